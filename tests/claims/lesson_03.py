"""What lesson 03 says of an elite that is small or large, and of the score function, after rounds of sampled episodes."""

import functools

import torch
from claims import claim, definitions

from helpers import expected_return, lottery_world

COIN, WORK = 1.2825, 1.9  # exact returns: of the first policy and of the best


@functools.cache
def returns_of(seed: int) -> dict[tuple, list[float]]:
    """(fraction, variant) -> exact J after each round of 200 episodes; the score function under "score"."""
    lesson = definitions("03")
    lesson.world, lesson.HORIZON = lottery_world(), 3
    lesson.theta = torch.zeros(5, 2, dtype=torch.float64)
    start = expected_return(lesson.world, lesson.theta.softmax(1)).item()
    assert abs(start - COIN) < 1e-9, "the lesson's own world"
    updates = {
        (fraction, variant): functools.partial(lesson.imitate, by_state=variant == "steps", fraction=fraction)
        for fraction in (0.1, 0.5)
        for variant in ("episodes", "steps")
    }
    return {kind: lesson.rounds(update, seed) for kind, update in (updates | {"score": lesson.climb}).items()}


@claim("03", "The best tenth of the episodes ends below the coin", cheap=True)
def the_best_tenth_of_the_episodes_gambles(seed: int) -> float:
    """By how much its exact return after 15 rounds is below that of the coin."""
    return COIN - returns_of(seed)[0.1, "episodes"][-1]


@claim("03", "neither variant comes near 1.90", cheap=True)
def the_best_tenth_never_works(seed: int) -> float:
    """How far both variants stay below 1.6 after 15 rounds, in return; always working earns 1.9."""
    ends = [returns_of(seed)[0.1, variant][-1] for variant in ("episodes", "steps")]
    return 1.6 - max(ends)


@claim("03", "both variants learn to work", cheap=True)
def the_best_half_works(seed: int) -> float:
    """How far both variants end above 1.8, in return; always working earns 1.9."""
    ends = [returns_of(seed)[0.5, variant][-1] for variant in ("episodes", "steps")]
    return min(ends) - 1.8


@claim("03", "In the first rounds choosing steps is ahead of choosing episodes.", cheap=True)
def steps_are_ahead_of_episodes(seed: int) -> float:
    """How much more the best half of the steps earns than that of the episodes, mean of the first three rounds."""
    steps, episodes = (returns_of(seed)[0.5, variant][:3] for variant in ("steps", "episodes"))
    return (sum(steps) - sum(episodes)) / 3


@claim("03", "the fourth attempt climbs to where the best tenth could not", cheap=True)
def the_score_function_works(seed: int) -> float:
    """How far the score function ends above 1.7, or above the better of both variants if that is higher, in return."""
    ends = [returns_of(seed)[0.1, variant][-1] for variant in ("episodes", "steps")]
    return returns_of(seed)["score"][-1] - max(1.7, *ends)


@claim("03", "The best half gets there as well, here in fewer rounds.", cheap=True)
def the_best_half_needs_fewer_rounds(seed: int) -> float:
    """Rounds until an exact return of 1.87: of the score function, beyond those of the slower variant of the best half."""
    runs = returns_of(seed)
    needed = {
        kind: next((n for n, value in enumerate(curve, start=1) if value >= 1.87), 16)
        for kind, curve in runs.items()
    }
    return needed["score"] - max(needed[0.5, "episodes"], needed[0.5, "steps"])
