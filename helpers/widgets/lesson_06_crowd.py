"""A shift and a baseline in, what they do to two buttons and to a crowd of agents out: exact pushes, the same noise."""

from functools import lru_cache

import numpy as np

__all__ = [
    "AGENTS",
    "BAD",
    "GOOD",
    "LEARNING_RATE",
    "PRESSES",
    "crowd_paths",
    "parabola_marks",
    "push_of_each_button",
]

AGENTS, PRESSES, LEARNING_RATE = 500, 200, 0.1
GOOD, BAD = 1.0, -1.0  # rewards of the two buttons, before any shift


def push_of_each_button(shift: float, baseline: float, p: float = 0.5) -> dict[str, float]:
    """The gradient that one press gives in the logit of the good button, for either press and on average.

    good: (1 - p)(R_good - b); bad: -p (R_bad - b); mean: p(1 - p)(R_good - R_bad), whatever shift and b are

    Args:
        shift: added to both rewards, +1 and -1.
        baseline: taken off the reward.
        p: probability of the good button, in (0, 1).

    Source: Sutton and Barto (2018), section 2.8.
    """
    good, bad = (1 - p) * (GOOD + shift - baseline), -p * (BAD + shift - baseline)
    return {"good": good, "bad": bad, "mean": p * good + (1 - p) * bad}


@lru_cache(maxsize=8)  # 0.4 MB each
def crowd_paths(offset: float) -> np.ndarray:
    """The probability of the good button of each agent after each press, float [PRESSES + 1, AGENTS].

    θ <- θ + α (R - b)(1[good] - p), p = σ(θ), from p = ½; every offset meets the same random numbers.

    Args:
        offset: shift minus baseline: only their difference reaches the update.
    """
    chances = np.random.default_rng(0).random((PRESSES, AGENTS), dtype=np.float32)
    logit, path = np.zeros(AGENTS, dtype=np.float32), np.empty((PRESSES + 1, AGENTS), dtype=np.float32)
    with np.errstate(over="ignore"):  # exp of a lost agent's logit: 1 / (1 + inf) is the right answer, 0
        for press in range(PRESSES):
            p = path[press] = 1 / (1 + np.exp(-logit))
            good = chances[press] < p
            weights = np.where(good, np.float32(GOOD + offset), np.float32(BAD + offset))
            logit += LEARNING_RATE * weights * (good - p)
        path[PRESSES] = 1 / (1 + np.exp(-logit))
    return path


def parabola_marks(p: float, shift: float, baseline: float) -> dict[str, tuple[float, float]]:
    """Where four baselines stand on the parabola of the variance: name -> (b, variance of the good button's logit).

    variance(b) = p(1 - p)(b - b*)², b* = (1 - p) R_good + p R_bad

    Args:
        p: probability of the good button, in (0, 1).
        shift: added to both rewards, +1 and -1.
        baseline: the student's.

    Source: Greensmith, Bartlett and Baxter, Variance reduction techniques for gradient estimates (2004).
    """
    value = p * GOOD + (1 - p) * BAD + shift
    best = (1 - p) * GOOD + p * BAD + shift
    baselines = {"none": 0.0, "V": value, "b*": best, "yours": baseline}
    return {name: (b, p * (1 - p) * (b - best) ** 2) for name, b in baselines.items()}
