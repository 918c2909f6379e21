"""An exercise of lesson 04: the mean of the others."""

import torch

from ..baselines import leave_one_out
from .exercise import Case, Exercise, Mistake
from .lesson_04_score import normal

__all__ = ["LEAVE_ONE_OUT"]


def others_mean(returns: torch.Tensor) -> torch.Tensor:
    """The right answer, from which some mistakes start."""
    return (returns.sum() - returns) / (len(returns) - 1)


def without_equal_returns(returns):
    """Tells the others by their value instead of their place."""
    return torch.stack([returns[returns != own].mean() for own in returns])


def overwrites(returns):
    """Puts each mean where the next one still needs the return."""
    means = returns.clone()
    for i in range(len(means)):
        means[i] = (means.sum() - means[i]) / (len(means) - 1)
    return means


def those_before(returns):
    """0 for the first sample."""
    before = returns.cumsum(0) - returns
    return before / torch.arange(len(returns)).clamp(min=1)


def zeroes(returns):
    """Puts 0 for the own return, and does not put it back."""
    kept, means = returns.clone(), torch.zeros_like(returns)
    for i in range(len(kept)):
        kept[i] = 0.0
        means[i] = kept.sum() / (len(kept) - 1)
    return means


LEAVE_ONE_OUT = Exercise(
    reference=leave_one_out,
    returns="[N]: one baseline for each sample",
    cases=(
        Case("returns 1, 2 and 6", (torch.tensor([1.0, 2.0, 6.0]),)),
        Case("two returns", (torch.tensor([3.0, -1.0]),)),
        Case("five returns", (normal(5, seed=60),)),
        Case("the same return twice", (torch.tensor([4.0, 1.0, 4.0, 0.0]),)),
        Case("equal returns", (torch.full((3,), 5.0),)),
        Case("one return far from the others", (torch.tensor([1.0, 2.0, 3.0, 50.0]),)),
    ),
    mistakes=(
        Mistake(
            "This is the mean of all returns, the sample's own included: leave it out of the sum, and divide by N - 1.",
            lambda returns: returns.mean().expand(len(returns)),
        ),
        Mistake(
            "This is one mean for all samples: each sample has its own baseline, the mean of the others.",
            lambda returns: returns.mean(),
        ),
        Mistake(
            "The own return is left out of the sum, but the sum is divided by N: there are N - 1 others.",
            lambda returns: (returns.sum() - returns) / len(returns),
        ),
        Mistake(
            "This is the sum of the others: divide by how many they are, N - 1.",
            lambda returns: returns.sum() - returns,
        ),
        Mistake(
            "The whole sum is divided by N - 1: take the sample's own return out of the sum first.",
            lambda returns: (returns.sum() / (len(returns) - 1)).expand(len(returns)),
        ),
        Mistake(
            "The own return is taken off the mean, not out of the sum: sum the others, then divide by N - 1.",
            lambda returns: returns.mean() - returns,
        ),
        Mistake(
            "This is the return minus the mean of all; asked for is the baseline itself, the mean of the others.",
            lambda returns: returns - returns.mean(),
        ),
        Mistake(
            "This is what is left after the baseline is taken off; return the baseline itself.",
            lambda returns: returns - others_mean(returns),
        ),
        Mistake(
            "This is the baseline minus the return; return the baseline itself.",
            lambda returns: others_mean(returns) - returns,
        ),
        Mistake(
            "The others are told by their value here, so equal returns drop out too: leave out the place, not the value.",
            without_equal_returns,
        ),
        Mistake(
            "This is the mean of the samples before this one; the others are those before and after it.",
            those_before,
        ),
        Mistake(
            "The means are written over the returns, which later samples still need: collect them in a new tensor.",
            overwrites,
        ),
        Mistake(
            "This is the mean of this sample and those after it; the others are all but this one.",
            lambda returns: torch.stack([returns[i:].mean() for i in range(len(returns))]),
        ),
        Mistake(
            "This is the mean of the samples up to this one: the others are all but this one.",
            lambda returns: returns.cumsum(0) / torch.arange(1, len(returns) + 1),
        ),
        Mistake(
            "This is the return of one neighbour; the baseline is the mean of all others.",
            lambda returns: returns.roll(1),
        ),
        Mistake(
            "This is the return of one neighbour; the baseline is the mean of all others.",
            lambda returns: returns.roll(-1),
        ),
        Mistake(
            "This is the median of the others; the mean is asked for.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i].median() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "This is the largest of the others; their mean is asked for.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i].max() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "This leaves out the last sample only, once for all: each sample leaves out itself.",
            lambda returns: returns[:-1].mean().expand(len(returns)),
        ),
        Mistake(
            "This leaves out the last sample only, once for all: each sample leaves out itself.",
            lambda returns: returns[:-1].mean(),
        ),
        Mistake(
            "`//` rounds down; divide with `/`.",
            lambda returns: (returns.sum() - returns) // (len(returns) - 1),
        ),
        Mistake(
            "The values are right, but they stand in a column [N, 1]: leave `keepdim` out.",
            lambda returns: others_mean(returns)[:, None],
        ),
        Mistake(
            "Only the own return is divided: put brackets around the difference, `(sum - returns) / (N - 1)`.",
            lambda returns: returns.sum() - returns / (len(returns) - 1),
        ),
        Mistake(
            "The sum of the others is divided by N - 2: there are N - 1 others.",
            lambda returns: (returns.sum() - returns) / (len(returns) - 2),
        ),
        Mistake(
            "The sign is turned round: take the own return off the sum, not the sum off the return.",
            lambda returns: (returns - returns.sum()) / (len(returns) - 1),
        ),
        Mistake(
            "The mean of all is taken off first; the baseline is the mean of the others' returns as they are.",
            lambda returns: others_mean(returns - returns.mean()),
        ),
        Mistake(
            "This is the mean of the samples before this one; the others are those before and after it.",
            lambda returns: (returns.cumsum(0) - returns) / torch.arange(len(returns)),
        ),
        Mistake(
            "This is the mean of the samples after this one; the others are those before and after it.",
            lambda returns: torch.stack([returns[i + 1 :].mean() for i in range(len(returns))]),
        ),
        Mistake(
            "Two samples are left out, this one and the next: go on at `returns[i + 1:]`.",
            lambda returns: torch.stack(
                [torch.cat([returns[:i], returns[i + 2 :]]).mean() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "Returns that were set to zero stay zero for the samples that follow: work on a fresh copy each time.",
            zeroes,
        ),
        Mistake(
            "This is the table of the others' returns: add up each row.",
            lambda returns: returns * (1 - torch.eye(len(returns))) / (len(returns) - 1),
        ),
        Mistake(
            "Each sample leaves out a neighbour's return instead of its own.",
            lambda returns: others_mean(returns).roll(-1),
        ),
        Mistake(
            "Each sample leaves out a neighbour's return instead of its own.",
            lambda returns: others_mean(returns).roll(1),
        ),
        Mistake(
            "The first return is left out for every sample: each leaves out its own.",
            lambda returns: returns[1:].mean().expand(len(returns)),
        ),
        Mistake(
            "This is one number, the mean of all but the first: each sample leaves out its own return.",
            lambda returns: returns[1:].mean(),
        ),
        Mistake(
            "This is the table of the others' returns, one row a sample: take the mean of each row.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i] for i in range(len(returns))]
            ),
        ),
        Mistake(
            "One baseline is missing: the loop runs over all N samples.",
            lambda returns: others_mean(returns)[:-1],
        ),
        Mistake(
            "The sum of the others is divided by N + 1: there are N - 1 others.",
            lambda returns: (returns.sum() - returns) / (len(returns) + 1),
        ),
        Mistake(
            "This is the smallest of the others; their mean is asked for.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i].min() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "The sum is divided by 2, which is right for three samples only: there are N - 1 others.",
            lambda returns: (returns.sum() - returns) / 2,
        ),
        Mistake(
            "The others are told by their value here, so equal returns drop out too: leave out the place, not the value.",
            lambda returns: torch.stack(
                [returns[returns != r].mean() if (returns != r).any() else r for r in returns]
            ),
        ),
        Mistake(
            "The baselines are multiplied with the returns: return the baselines themselves.",
            lambda returns: others_mean(returns) * returns,
        ),
    ),
)
