"""An exercise of lesson 06 as data: returns standardised in a batch."""

import torch

from ..baselines import standardize
from .exercise import Case, Exercise, Mistake

__all__ = ["STANDARDIZE"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def centred(x: torch.Tensor) -> torch.Tensor:
    """The distance of each entry from the mean."""
    return x - x.mean()


def deviation(x: torch.Tensor, ddof: int = 0) -> torch.Tensor:
    """The standard deviation; NaN for a single entry with ddof 1."""
    return centred(x).square().sum().div(len(x) - ddof).sqrt()


def standardize_with_sample_deviation(x: torch.Tensor) -> torch.Tensor:
    """The other convention, 1/(B - 1): as right as the reference."""
    x = x - x[0]  # equal entries are exactly 0 now
    return torch.zeros_like(x) if len(x) == 1 else centred(x) / (deviation(x, 1) + 1e-8)


def guarded(ddof: int, small: float):
    """Something is added to the deviation."""

    def code(x):
        return torch.zeros_like(x) if len(x) == 1 else centred(x) / (deviation(x, ddof) + small)

    return code


ROUNDED = (
    "the mean rounds, and a tiny rest over a tiny deviation is not 0. Take the first entry off first, or put 0 where all "
    "are equal"
)
NO_GUARD = "Equal entries have a standard deviation of 0, and 0/0 is NaN: guard it, for example by adding 1e-8 to it."

TOO_LARGE = "What is added to the standard deviation is too large, it changes every answer: 1e-8 is enough to guard against 0."

STANDARDIZE = Exercise(
    reference=standardize,
    also_right=(standardize_with_sample_deviation,),
    returns="[B]: one number for each entry",
    tolerance=2e-4,  # of a small number added to the standard deviation, which students choose differently
    cases=(
        Case("1, 2, 4, 5", (torch.tensor([1.0, 2.0, 4.0, 5.0]),)),
        Case("returns around 100", (100.0 + 3.0 * normal(5, seed=1),)),
        Case("returns that are all negative", (-50.0 + 10.0 * normal(6, seed=2),)),
        Case("a batch of 30", (8.0 * normal(30, seed=3) + 4.0,)),
        Case("two entries", (torch.tensor([3.0, 7.0]),)),
        Case("entries close to each other", (torch.tensor([0.2, 1.0, 2.0]),)),
        Case("equal entries, where the answer is 0", (torch.full((4,), 3.0),)),
        Case("three times 3.4, where the answer is 0", (torch.full((3,), 3.4),), edge=ROUNDED),
        Case("eight times 0.3, where the answer is 0", (torch.full((8,), 0.3),), edge=ROUNDED),
        Case("a single entry, where the answer is 0", (torch.tensor([5.0]),)),
    ),
    mistakes=(
        Mistake(NO_GUARD, lambda x: centred(x) / deviation(x)),
        Mistake(NO_GUARD, lambda x: centred(x) / deviation(x, 1)),
        Mistake(NO_GUARD, lambda x: torch.zeros_like(x) if len(x) == 1 else centred(x) / deviation(x, 1)),
        Mistake(
            "One entry has no sample standard deviation: `.std()` divides by B - 1 = 0, and NaN spreads to every weight.",
            lambda x: centred(x) / (deviation(x, 1) + 1e-8),
        ),
        Mistake(
            "The mean is taken off, but the division by the standard deviation is missing.",
            centred,
        ),
        Mistake(
            "The entries are divided by their standard deviation, but their mean is not taken off.",
            lambda x: x / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The entries are divided by their standard deviation, but their mean is not taken off.",
            lambda x: x / (deviation(x, 1) + 1e-8),
        ),
        *(
            Mistake(
                "The mean is not taken off before the division, and equal entries are divided by 0: take the mean off first, and "
                "guard the division.",
                lambda x, ddof=ddof: x / deviation(x, ddof),
            )
            for ddof in (0, 1)
        ),
        Mistake(
            "This divides by the variance: take its square root, the standard deviation.",
            lambda x: centred(x) / (deviation(x) ** 2 + 1e-8),
        ),
        Mistake(
            "This divides by the variance: take its square root, the standard deviation.",
            lambda x: centred(x) / (deviation(x, 1) ** 2 + 1e-8),
        ),
        Mistake(
            TOO_LARGE,
            lambda x: centred(x) / (deviation(x) + 1),
        ),
        Mistake(
            TOO_LARGE,
            lambda x: torch.zeros_like(x) if len(x) == 1 else centred(x) / (deviation(x, 1) + 1),
        ),
        Mistake(
            "The sign is turned round: an entry above the mean must stay positive.",
            lambda x: -centred(x) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "This moves the entries to the range from 0 to 1; asked for are mean 0 and standard deviation 1.",
            lambda x: (x - x.min()) / (x.max() - x.min()),
        ),
        Mistake(
            "This moves the entries to the range from 0 to 1; asked for are mean 0 and standard deviation 1.",
            lambda x: (x - x.min()) / (x.max() - x.min() + 1e-8),
        ),
        Mistake(
            "The mean is taken off, but then the range divides: divide by the standard deviation.",
            lambda x: centred(x) / (x.max() - x.min() + 1e-8),
        ),
        Mistake(
            "This divides by the spread around 0; the standard deviation is the spread around the mean.",
            lambda x: centred(x) / (x.square().mean().sqrt() + 1e-8),
        ),
        Mistake(
            "This divides by the mean absolute distance from the mean; the standard deviation squares the distances.",
            lambda x: centred(x) / (centred(x).abs().mean() + 1e-8),
        ),
        Mistake(
            "The median is taken off; standardising takes the mean off.",
            lambda x: (x - x.median()) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "This divides by the length √Σ(x - mean)²; the standard deviation divides the sum of squares by B first.",
            lambda x: centred(x) / (centred(x).norm() + 1e-8),
        ),
        Mistake(
            "A single entry is handed back as it is; it equals its mean, so it becomes 0.",
            lambda x: x if len(x) == 1 else centred(x) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "A batch of equal entries is handed back as it is; each equals the mean, so all become 0.",
            lambda x: x if deviation(x) == 0 else centred(x) / deviation(x),
        ),
        Mistake(
            "The entries are divided by their sum: asked for are mean 0 and standard deviation 1.",
            lambda x: x / x.sum(),
        ),
        Mistake(TOO_LARGE, lambda x: centred(x) / (deviation(x) + 0.1)),
        Mistake(TOO_LARGE, lambda x: centred(x) / (deviation(x) + 0.01)),
        Mistake(TOO_LARGE, guarded(1, 0.1)),
        Mistake(TOO_LARGE, guarded(1, 0.01)),
        Mistake(TOO_LARGE, guarded(0, 0.001)),
        Mistake(TOO_LARGE, guarded(1, 0.001)),
        Mistake(
            "The whole mean is taken off after the division: take it off first, then divide.",
            lambda x: x / (deviation(x) + 1e-8) - x.mean(),
        ),
        Mistake(
            "Only the mean is divided: a bracket is missing, (x - mean) / std.",
            lambda x: x - x.mean() / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The largest entry is taken off; standardising takes the mean off.",
            lambda x: (x - x.max()) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The smallest entry is taken off; standardising takes the mean off.",
            lambda x: (x - x.min()) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The first entry is taken off; standardising takes the mean off.",
            lambda x: (x - x[0]) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The signs are lost: an entry below the mean must stay negative.",
            lambda x: centred(x).abs() / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The mean divides, and 1 is taken off: the distance from the mean is divided by the standard deviation.",
            lambda x: x / x.mean() - 1,
        ),
        Mistake(
            "The mean is not taken off, and the spread around 0 divides: both are measured from the mean.",
            lambda x: x / (x.square().mean().sqrt() + 1e-8),
        ),
        Mistake(
            "This is a softmax, which is positive and adds up to 1; asked for are mean 0 and standard deviation 1.",
            lambda x: x.softmax(0),
        ),
        Mistake(
            "These are all zeros: only equal entries, and a single one, become 0.",
            torch.zeros_like,
        ),
        Mistake(
            "This is one number: each entry is standardised.",
            lambda x: (centred(x) / (deviation(x) + 1e-8)).mean(),
        ),
        *(
            Mistake(
                "A standard deviation below 1 is raised to 1: entries close to each other then keep less than deviation 1.",
                lambda x, ddof=ddof: 0 * x if len(x) == 1 else centred(x) / deviation(x, ddof).clamp(min=1),
            )
            for ddof in (0, 1)
        ),
        Mistake(
            "The mean is added: take it off.",
            lambda x: (x + x.mean()) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The largest entry divides: divide by the standard deviation.",
            lambda x: centred(x) / (x.abs().max() + 1e-8),
        ),
        Mistake(
            "This scales the entries to length 1; asked for are mean 0 and standard deviation 1.",
            lambda x: x / x.norm(),
        ),
        Mistake(
            "A single entry is handed back as it is; it equals its mean, so it becomes 0.",
            lambda x: x if len(x) == 1 else centred(x) / (deviation(x, 1) + 1e-8),
        ),
        Mistake(
            "The standard deviation is taken off where the mean belongs: (x - mean) / std.",
            lambda x: x / (deviation(x) + 1e-8) - deviation(x / (deviation(x) + 1e-8)),
        ),
        Mistake(
            "The standard deviation is taken off where the mean belongs: (x - mean) / std.",
            lambda x: (x - deviation(x)) / (deviation(x) + 1e-8),
        ),
    ),
)
