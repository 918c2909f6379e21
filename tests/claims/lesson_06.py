"""What lesson 06 says of agents that learn by pressing, of baselines that are learned, and of CartPole with a prize."""

import functools
import math

import torch
from claims import claim, definitions

from helpers import estimator_table, lottery_world, train

LESSON = definitions("06")


@functools.cache
def lost(seed: int, shift=100, baseline="none", bonus=0.0, presses=200) -> float:
    """The share of 2 000 agents that prefer the bad button."""
    setting = {"agents": 2_000, "presses": presses, "every": presses, "seed": seed}
    return LESSON.lost(LESSON.crowd(shift, baseline_called(baseline, seed), bonus=bonus, **setting))


def baseline_called(name: str, seed: int):
    """A baseline of the lesson's figure, or a constant."""
    luck = torch.Generator().manual_seed(1000 + seed)
    LESSON.tried = 99 + 2 * torch.randint(2, (2_000,), generator=luck)
    return LESSON.baselines[name] if name in LESSON.baselines else lambda p, seen: float(name)


@functools.cache
def updates(seed: int, **options) -> float:
    """The updates of a training of the lesson until it reaches its goal; infinity if it takes more than 150."""
    limits = LESSON.goal | {"max_updates": 150}
    history = train(LESSON.learner(seed, **options), progress=False, **limits)
    return len(history) if history.ended_by == "target" else math.inf


@claim("06", "None without; about half with it.", cheap=True)
def adding_100_loses_half_of_the_agents(seed: int) -> float:
    """How far the share of lost agents stays within 0.07 of one half with 100 added, and below 0.01 with nothing added."""
    return min(0.07 - abs(lost(seed) - 0.5), 0.01 - lost(seed, shift=0))


@claim(
    "06",
    "A baseline that is $100$ too high blames whatever is pressed, and about half are lost again.",
    cheap=True,
)
def a_baseline_far_too_high_loses_half_as_well(seed: int) -> float:
    """How far the share of lost agents stays within 0.07 of one half, with nothing added and a baseline of 100."""
    return 0.07 - abs(lost(seed, shift=0, baseline="100") - 0.5)


@claim(
    "06",
    "Each one near the rewards brings all home: a constant, the value V, the best b* of the next section, the mean of the "
    "own rewards.",
    cheap=True,
)
def a_baseline_near_the_rewards_brings_all_home(seed: int) -> float:
    """How far the largest share of lost agents after 200 presses stays below 0.005."""
    near = ("97", "constant 100", "value V", "best b*", "own mean, one look first")
    return 0.005 - max(lost(seed, baseline=name) for name in near)


@claim("06", "But then the mean is right, every push is small, and the lost agents climb back.", cheap=True)
def a_mean_from_zero_is_late(seed: int) -> float:
    """Half of the agents are lost after 200 presses, within 0.07; less than 0.2 after 1 000; less than 0.01 after 3 000."""
    first, later, last = (
        lost(seed, baseline="own mean, starts at 0", presses=n) for n in (200, 1_000, 3_000)
    )
    return min(0.07 - abs(first - 0.5), 0.2 - later, 0.01 - last)


@claim("06", "Without a baseline about half of the agents are still lost at the end.", cheap=True)
def without_a_baseline_half_stay_lost(seed: int) -> float:
    """How far the share of lost agents stays within 0.07 of one half after 3 000 presses."""
    return 0.07 - abs(lost(seed, presses=3_000) - 0.5)


@claim("06", "A smaller learning rate helps, at a price.", cheap=True)
def a_smaller_learning_rate_loses_fewer(seed: int) -> float:
    """How many fewer are lost, in shares beyond 0.15, at a hundredth of the rate with a hundred times the presses."""
    few = LESSON.lost(LESSON.crowd(100, agents=500, presses=20_000, lr=0.001, every=20_000, seed=seed))
    return lost(seed) - few - 0.15


@claim("06", "with each β about half stay lost", cheap=True)
def an_entropy_bonus_is_no_baseline(seed: int) -> float:
    """How far the share of lost agents stays within 0.1 of one half after 3 000 presses, for the worst of three bonuses."""
    return 0.1 - max(abs(lost(seed, bonus=beta, presses=3_000) - 0.5) for beta in (0.5, 1.0, 100.0))


@claim("06", "A b(s) learned from 16 episodes or more has less.", cheap=True)
def a_baseline_learned_from_16_episodes_helps(seed: int) -> float:
    """By how much the median variance of 9 learned baselines is below that of none."""
    LESSON.world, LESSON.logits = lottery_world(), torch.tensor([[0.5, -0.5]] * 5, dtype=torch.float64)
    rows = {row.name: row for row in estimator_table(LESSON.world, LESSON.logits, horizon=3)}
    learned = torch.stack([LESSON.learned(16, 100 * seed + repeat) for repeat in range(9)])
    return (rows["reward-to-go"].variance - learned.median()).item()


@claim("06", "With the prize and no baseline learning is late.")
def a_prize_without_a_baseline_is_late(seed: int) -> float:
    """Times the updates without the prize, beyond 1.5; infinite where 150 updates are not enough."""
    return updates(seed, prize=100.0) / updates(seed) - 1.5


@claim("06", "A learned baseline that starts at 0 is less late.")
def a_learned_baseline_shortens_the_delay(seed: int) -> float:
    """Times the updates, beyond 1: of no baseline beside a learned one with the prize, of that beside itself without."""
    with_prize = updates(seed, learned=True, prize=100.0)
    return min(updates(seed, prize=100.0) / with_prize, with_prize / updates(seed, learned=True)) - 1


@claim("06", "With the batch mean the prize costs nothing.")
def the_batch_mean_takes_the_prize_off(seed: int) -> float:
    """How far the updates with the prize stay below 1.4 times those without."""
    ratio = updates(seed, rescale=LESSON.centre, prize=100.0) / updates(seed, rescale=LESSON.centre)
    return 1.4 - ratio


@claim("06", "$100$ more on each reward does no harm in CartPole")
def a_constant_on_each_reward_is_a_factor(seed: int) -> float:
    """How far the updates with 100 more on each reward stay below 1.5 times those without."""
    return 1.5 - updates(seed, each=100.0) / updates(seed)
