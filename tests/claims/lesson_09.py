"""What lesson 09 says of a small language model that imitates and is tuned."""

import functools
from types import SimpleNamespace

import torch
from claims import claim, definitions

from helpers import DIGIT_PROMPTS, all_answers, demonstrations, different_right_answers, distance_to_reference


@functools.cache
def lesson(seed: int) -> SimpleNamespace:
    """The lesson's functions with this seed's pupil."""
    space = definitions("09")
    texts = all_answers(10, 5)
    prompts = (texts * (texts < 10)).sum(1)
    possible = torch.isin(prompts, DIGIT_PROMPTS) & (space.right(prompts, texts) == 1)
    space.right_texts, space.right_prompts = texts[possible], prompts[possible]
    space.references = {seed: space.pupil(seed)[0]}
    return space


@functools.cache
def tuned(seed: int, leash: float):
    """The model after the lesson's updates, and each prompt's share right at every fifth; [17, 20]."""
    return lesson(seed).tuned(seed, kl_coef=leash)


@functools.cache
def after_40(seed: int, shift: float, weight: str) -> float:
    """The share of right answers after 25 to 40 updates with one of the lesson's weights, the mean of four records."""
    space = lesson(seed)
    return space.tuned(seed, shift, updates=40, weight_fn=space.weights[weight])[1][5:9].mean().item()


def group_after_40(seed: int) -> float:
    """The same for the group's mean and std, from the beginning of the free run."""
    return tuned(seed, 0.0)[1][5:9].mean().item()


def end(seed: int, leash: float) -> float:
    """The mean share right of the last five records."""
    return tuned(seed, leash)[1][-5:].mean().item()


def ways(seed: int, model) -> float:
    return different_right_answers(model, lesson(seed).right, 100, torch.Generator().manual_seed(0))


@claim("09", "The pupil is right less often than its teacher.", cheap=True)
def the_teacher_is_right_more_often(seed: int) -> float:
    """Share of right answers, the teacher's (sampled) minus the pupil's (exact)."""
    space = lesson(seed)
    taught = space.right(*demonstrations(20_000, torch.Generator().manual_seed(seed))).mean()
    return (taught - space.share_right(space.references[seed]).mean()).item()


@claim("09", "Free, more answers are right than on the leash.")
def free_earns_more(seed: int) -> float:
    """Share of right answers, free minus leashed, mean of the last five records."""
    return end(seed, 0.0) - end(seed, 0.2)


@claim("09", "The leash keeps more ways to answer than the free run, but fewer than there were before.")
def the_leash_keeps_ways(seed: int) -> float:
    """Different right answers among 100 to a prompt: the smaller one of leashed minus free and before minus leashed."""
    free, leashed = (ways(seed, tuned(seed, leash)[0]) for leash in (0.0, 0.2))
    return min(leashed - free, ways(seed, lesson(seed).references[seed]) - leashed)


@claim("09", "The free model ends farther from its reference.")
def free_goes_farther(seed: int) -> float:
    """KL to the reference in nats, free minus leashed."""
    chance, reference = torch.Generator().manual_seed(0), lesson(seed).references[seed]
    free, leashed = (
        distance_to_reference(tuned(seed, leash)[0], reference, 100, chance) for leash in (0.0, 0.2)
    )
    return free - leashed


@claim("09", "the group mean alone learns about as well")
def the_std_buys_nothing_here(seed: int) -> float:
    """Share right after 40 updates, the group mean's over that with the std, minus 0.85."""
    return after_40(seed, 0.0, "group mean") / group_after_40(seed) - 0.85


@claim("09", "With 1 and 0, the bare reward learns about as well as the group")
def the_bare_reward_learns(seed: int) -> float:
    """Share right after 40 updates, the bare reward's over the group's, minus 0.85."""
    return after_40(seed, 0.0, "reward") / group_after_40(seed) - 0.85


@claim("09", "everything written is praised, so the bare reward falls far behind")
def a_shifted_reward_is_slow(seed: int) -> float:
    """Half of the group's share right after 40 updates minus that of the bare rewards 11 and 10."""
    return group_after_40(seed) / 2 - after_40(seed, 10.0, "reward")
