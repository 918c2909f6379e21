"""An exercise of lesson 03: the elite of a batch."""

from math import ceil

import torch

from ..elite import elite_mask
from .exercise import Case, Exercise, Mistake
from .lesson_03_score import table

__all__ = ["ELITE"]


ELEVEN = torch.tensor([3.0, -1.0, 8.0, 2.0, 5.0, 0.0, 13.0, -4.0, 1.0, 21.0, -7.0])
NINE = torch.tensor([1.0, 7.0, 3.0, 9.0, 5.0, 2.0, 8.0, 4.0, 6.0])
LOSSES = torch.tensor([-10.0, -30.0, -20.0, -90.0, -50.0, -41.0])
LUCKY = torch.tensor([1.9, 0.1, 4.4, -1.9, 1.9, 4.4, 1.9, 0.1, 1.9, 4.4])


def quantile(returns, share, interpolation="linear") -> torch.Tensor:
    return torch.quantile(returns, share, interpolation=interpolation)


def best(returns, count) -> torch.Tensor:
    """The mask of exactly `count` best returns, ties cut off by their place."""
    mask = torch.zeros(len(returns), dtype=torch.bool)
    mask[returns.argsort(descending=True, stable=True)[:count]] = True
    return mask


def by_topk(count):
    """The mask of the best returns as `topk` picks them among ties; count of fraction * N."""

    def code(returns, fraction):
        mask = torch.zeros(len(returns), dtype=torch.bool)
        mask[returns.topk(max(1, count(fraction * len(returns)))).indices] = True
        return mask

    return code


BY_PLACE = (
    "This takes the best fraction · N by their place, which cuts ties off: compare every return with the threshold.",
    "This takes the best fraction · N, rounded, and cuts ties off: compare every return with the threshold.",
    "This takes the best fraction · N, rounded up, and cuts ties off: compare every return with the threshold.",
)


AT_PLACE = "The threshold is the return at place fraction · N from the top; the quantile lies at (1 - fraction) · (N - 1)."
SORTED = "`argsort` gives the places of the returns in sorted order, not their ranks; compare the returns with a quantile."


def kth_best(count):
    """At or above the k-th best return, ties included; count of fraction * N is k."""
    return lambda returns, fraction: (
        returns >= returns.topk(max(1, count(fraction * len(returns)))).values[-1]
    )


def beyond_the_kth(count):
    """At or above the return behind the k best, which makes one too many."""
    return lambda returns, fraction: (
        returns >= returns.sort(descending=True).values[min(count(fraction * len(returns)), len(returns) - 1)]
    )


def by_sorted_places(count):
    """The best k as `sort` brings them, ties cut off by their place."""

    def code(returns, fraction):
        mask = torch.zeros(len(returns), dtype=torch.bool)
        mask[returns.sort(descending=True).indices[: max(1, count(fraction * len(returns)))]] = True
        return mask

    return code


ELITE = Exercise(
    reference=elite_mask,
    returns="[N]: true for the elite",
    dtype=("bool", "because `returns[mask]` would take whole numbers for places, and refuses others"),
    cases=(
        Case("eleven returns and a fraction of 0.25", (ELEVEN, 0.25)),
        Case("a threshold that is one of the returns", (NINE, 0.25)),
        Case("returns that are all negative", (LOSSES, 0.35)),
        Case("ties at the threshold", (LUCKY, 0.2)),
        Case(
            "one return that came often, below the threshold",
            (torch.tensor([0.0, 2.0, 0.0, 1.0, 0.0, 0.0, 3.0, 0.0]), 0.3),
        ),
        Case("a fraction above one half", (table(8, seed=2), 0.65)),
        Case("many returns in float64", (table(53, seed=3).double(), 0.1)),
        Case("equal returns, all of them elite", (torch.full((4,), 1.5), 0.5)),
        Case("a quantile close to its lower neighbour", (table(6, seed=13), 0.15)),
        Case("a single return", (torch.tensor([-2.0]), 0.3)),
    ),
    mistakes=(
        Mistake(
            "A return at the threshold belongs to the elite: at or above it, >= and not >.",
            lambda returns, fraction: returns > quantile(returns, 1 - fraction),
        ),
        Mistake(
            "Two slips: the threshold is the 1 - fraction quantile, and a return at the threshold is elite (>=).",
            lambda returns, fraction: returns > quantile(returns, fraction),
        ),
        Mistake(
            "The threshold is the `fraction` quantile, so that 1 - fraction of the episodes are kept: take 1 - fraction.",
            lambda returns, fraction: returns >= quantile(returns, fraction),
        ),
        Mistake(
            "These are the worst episodes: the elite lies at or above the 1 - fraction quantile.",
            lambda returns, fraction: returns <= quantile(returns, fraction),
        ),
        Mistake(
            "The mask is turned round: true stands for the elite.",
            lambda returns, fraction: returns < quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The comparison is turned round: the elite lies at or above the threshold.",
            lambda returns, fraction: returns <= quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The quantile's argument is read as percent (`percentile`): a fraction needs `quantile`, or 100 (1 - fraction).",
            lambda returns, fraction: returns >= quantile(returns, (1 - fraction) / 100),
        ),
        Mistake(
            BY_PLACE[0],
            lambda returns, fraction: best(returns, max(1, int(fraction * len(returns)))),
        ),
        Mistake(
            BY_PLACE[1],
            lambda returns, fraction: best(returns, max(1, round(fraction * len(returns)))),
        ),
        Mistake(
            BY_PLACE[2],
            lambda returns, fraction: best(returns, ceil(fraction * len(returns))),
        ),
        Mistake(
            AT_PLACE,
            lambda returns, fraction: (
                returns >= returns.topk(max(1, int(fraction * len(returns)))).values[-1]
            ),
        ),
        Mistake(
            "The threshold is the return below the quantile: interpolate linearly between the two neighbours.",
            lambda returns, fraction: returns >= quantile(returns, 1 - fraction, "lower"),
        ),
        Mistake(
            "The threshold is the sorted return at (1 - fraction) · N; the quantile lies at (1 - fraction) · (N - 1).",
            lambda returns, fraction: returns >= returns.sort().values[int((1 - fraction) * len(returns))],
        ),
        Mistake(
            "This is a share of the largest return, which fails for negative ones: the elite is a share of the episodes.",
            lambda returns, fraction: returns >= (1 - fraction) * returns.max(),
        ),
        Mistake(
            "This is a share of the range from worst to best; the elite is a share of the episodes: take a quantile.",
            lambda returns, fraction: returns >= returns.max() - fraction * (returns.max() - returns.min()),
        ),
        Mistake(
            "The threshold is the mean return, whatever the fraction: take the 1 - fraction quantile.",
            lambda returns, fraction: returns >= returns.mean(),
        ),
        Mistake(
            "The threshold is the median, whatever the fraction: take the 1 - fraction quantile.",
            lambda returns, fraction: returns >= quantile(returns, 0.5),
        ),
        Mistake(
            "Only the best episode is kept: the elite is every return at or above the 1 - fraction quantile.",
            lambda returns, fraction: returns >= returns.max(),
        ),
        Mistake(
            "These are the elite's returns; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns[returns >= quantile(returns, 1 - fraction)],
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)).nonzero()[:, 0],
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns.topk(int(fraction * len(returns))).indices,
        ),
        Mistake(
            "This is the threshold; compare every return with it.",
            lambda returns, fraction: quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The mask is multiplied with the returns; true or false for every episode is asked for.",
            lambda returns, fraction: returns * (returns >= quantile(returns, 1 - fraction)),
        ),
        Mistake(
            "The size of a return counts here, not its sign: a large negative return is no elite, leave `abs` out.",
            lambda returns, fraction: returns.abs() >= quantile(returns.abs(), 1 - fraction),
        ),
        Mistake(BY_PLACE[0], by_topk(int)),
        Mistake(BY_PLACE[1], by_topk(round)),
        Mistake(BY_PLACE[2], by_topk(ceil)),
        Mistake(
            "The threshold is the return nearest to the quantile: interpolate linearly between the two neighbours.",
            lambda returns, fraction: returns >= quantile(returns, 1 - fraction, "nearest"),
        ),
        Mistake(
            "The mask belongs to the sorted returns: compare `returns` as they came, each keeps its place.",
            lambda returns, fraction: returns.sort().values >= quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The mask belongs to the sorted returns: compare `returns` as they came, each keeps its place.",
            lambda returns, fraction: returns.sort(descending=True).values >= quantile(returns, 1 - fraction),
        ),
        *(
            Mistake(
                "The threshold is a sorted return counted from the top, one place too far; it is the 1 - fraction quantile.",
                beyond_the_kth(count),
            )
            for count in (round, ceil)
        ),
        *(
            Mistake(sentence, by_sorted_places(count))
            for sentence, count in zip(BY_PLACE, (int, round, ceil), strict=True)
        ),
        Mistake(
            SORTED,
            lambda returns, fraction: returns.argsort() >= (1 - fraction) * len(returns),
        ),
        Mistake(
            "This counts by rank, which parts equal returns: compare every return with the quantile.",
            lambda returns, fraction: returns.argsort().argsort() >= (1 - fraction) * len(returns),
        ),
        Mistake(
            "The threshold is the median, whatever the fraction: take the 1 - fraction quantile.",
            lambda returns, fraction: returns >= returns.median(),
        ),
        Mistake(
            "The mask is divided by its sum; true or false for every episode is asked for.",
            lambda returns, fraction: torch.nn.functional.normalize(
                (returns >= quantile(returns, 1 - fraction)).float(), p=1, dim=0
            ),
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns.topk(max(1, int(fraction * len(returns)))).indices,
        ),
        Mistake(
            AT_PLACE,
            kth_best(round),
        ),
        Mistake(
            SORTED,
            lambda returns, fraction: returns.argsort() >= (1 - fraction) * (len(returns) - 1),
        ),
        Mistake(
            "The quantile is that of 0.9, whatever the fraction: take 1 - fraction.",
            lambda returns, fraction: returns >= quantile(returns, 0.9),
        ),
        Mistake(
            "Returns are compared with 1 - fraction itself: that is a share of the episodes, find the return at this quantile.",
            lambda returns, fraction: returns >= 1 - fraction,
        ),
        Mistake(
            "Returns are compared with the fraction itself: that is a share of the episodes, find the return at this quantile.",
            lambda returns, fraction: returns >= fraction,
        ),
        Mistake(
            "One truth value is left: leave `any` and `all` out, the elite needs one for each episode.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)).any(),
        ),
        Mistake(
            "This is the share of the elite: a mask is asked for, true or false for every episode.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)).double().mean(),
        ),
        Mistake(
            "Equal returns are counted once here: each episode counts, take the quantile of all returns.",
            lambda returns, fraction: returns >= quantile(returns.unique(), 1 - fraction),
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)).nonzero(),
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns.argsort(descending=True)[
                : max(1, int(fraction * len(returns)))
            ],
        ),
        Mistake(
            "These are the elite's returns; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns.topk(max(1, int(fraction * len(returns)))).values,
        ),
        Mistake(
            "-1 stands for the others here: a mask is true or false, 1 or 0.",
            lambda returns, fraction: torch.where(returns >= quantile(returns, 1 - fraction), 1.0, -1.0),
        ),
        Mistake(
            "Only positive returns may be elite here: all that counts is to be at or above the quantile.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)) & (returns > 0),
        ),
    ),
)
