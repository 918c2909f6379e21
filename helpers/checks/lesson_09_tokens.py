"""An exercise of lesson 09 as data: the mean over real tokens."""

import torch

from ..token_losses import masked_mean
from .exercise import Case, Exercise, Mistake
from .lesson_09_groups import normal

__all__ = ["MASKED_MEAN"]

NAN = float("nan")


def lengths_to_mask(*lengths: int, width: int) -> torch.Tensor:
    """True for the first tokens of each answer, bool [B, width]."""
    return torch.arange(width) < torch.tensor(lengths)[:, None]


def only_real(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """0 behind the mask, whatever stood there."""
    return torch.where(mask, x, torch.zeros_like(x))


def behind(x: torch.Tensor, mask: torch.Tensor, filler: float) -> torch.Tensor:
    """The same numbers with a filler behind the mask."""
    return torch.where(mask, x, torch.full_like(x, filler))


LONG_AND_SHORT = lengths_to_mask(5, 1, 3, width=5)

ALL = "Padding is counted as well: take only what stands where the mask is true."
ALL_COUNTED = "What is padding adds nothing, but it is still counted: divide by the number of real tokens, `mask.sum()`."
PER_ANSWER = "Each answer is averaged by itself first, so a token of a short answer weighs more: one mean over all real tokens."
MULTIPLIED = (
    "Padding may hold NaN, and 0 · NaN is NaN: select with `x[mask]`, or put 0 there with `torch.where`."
)
BY_ANSWERS = "The sum is divided by the number of answers: divide by the number of real tokens."
TURNED = "The mask is turned round: it is true where a token is real."
BY_PLACE = (
    "The average is taken place by place first, so late tokens weigh more: one mean over all real tokens."
)
UNMASKED_SUM = (
    "The tokens are counted by the mask, but padding is still in the sum: select there too, `x[mask]`."
)

MASKED_MEAN = Exercise(
    reference=masked_mean,
    returns="one number",
    differentiate=("x",),
    cases=(
        Case(
            "a long and a short answer",
            (torch.tensor([[1.0, 2.0, 3.0], [8.0, 7.0, 7.0]]), lengths_to_mask(3, 1, width=3)),
        ),
        Case("answers of 5, 1 and 3 tokens", (normal(3, 5, seed=1), LONG_AND_SHORT)),
        Case("no padding at all", (normal(2, 3, seed=2), lengths_to_mask(3, 3, width=3))),
        Case(
            "some values that are truly 0",
            (torch.tensor([[0.0, 4.0, 9.0], [0.0, 0.0, 2.0]]), lengths_to_mask(2, 3, width=3)),
        ),
        Case("a single token", (torch.tensor([[5.0, -1.0]]), lengths_to_mask(1, width=2))),
        Case("an answer of nothing but padding", (normal(2, 3, seed=3), lengths_to_mask(0, 2, width=3))),
        Case(
            "NaN behind the mask", (behind(normal(3, 5, seed=4) + 2.0, LONG_AND_SHORT, NAN), LONG_AND_SHORT)
        ),
    ),
    mistakes=(
        Mistake(ALL, lambda x, mask: x.mean()),
        Mistake(MULTIPLIED, lambda x, mask: (x * mask).sum() / mask.sum()),
        Mistake(
            "`nanmean` leaves out NaN only: padding may hold ordinary numbers too. Go by the mask.",
            lambda x, mask: x.nanmean(),
        ),
        Mistake(ALL, lambda x, mask: x.nan_to_num().mean()),
        Mistake(ALL_COUNTED, lambda x, mask: (x * mask).mean()),
        Mistake(ALL_COUNTED, lambda x, mask: only_real(x, mask).mean()),
        Mistake(PER_ANSWER, lambda x, mask: ((x * mask).sum(1) / mask.sum(1)).mean()),
        Mistake(PER_ANSWER, lambda x, mask: (only_real(x, mask).sum(1) / mask.sum(1)).mean()),
        Mistake(PER_ANSWER, lambda x, mask: (only_real(x, mask).sum(1) / mask.sum(1).clamp(min=1)).mean()),
        Mistake(PER_ANSWER, lambda x, mask: ((x * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()),
        Mistake(BY_ANSWERS, lambda x, mask: (x * mask).sum(1).mean()),
        Mistake(BY_ANSWERS, lambda x, mask: only_real(x, mask).sum(1).mean()),
        Mistake("This is the sum: divide by the number of real tokens.", lambda x, mask: x[mask].sum()),
        Mistake("This is the sum: divide by the number of real tokens.", lambda x, mask: (x * mask).sum()),
        Mistake(TURNED, lambda x, mask: x[~mask].mean()),
        Mistake(TURNED, lambda x, mask: only_real(x, ~mask).sum() / (~mask).sum()),
        Mistake(
            "These are the real tokens, one by one: take their mean.",
            lambda x, mask: x[mask],
        ),
        Mistake(
            "This is one mean for each answer: one number for the whole batch is asked for.",
            lambda x, mask: only_real(x, mask).sum(1) / mask.sum(1),
        ),
        Mistake(
            BY_PLACE,
            lambda x, mask: (only_real(x, mask).sum(0) / mask.sum(0).clamp(min=1)).mean(),
        ),
        Mistake(
            "Real tokens whose value is 0 are not counted: go by the mask, not by the values.",
            lambda x, mask: only_real(x, mask).sum() / (only_real(x, mask) != 0).sum(),
        ),
        Mistake(
            "The sum is divided by L, the width of the batch: divide by the number of real tokens.",
            lambda x, mask: only_real(x, mask).sum() / x.shape[1],
        ),
        Mistake("This is the median of the real tokens, not their mean.", lambda x, mask: x[mask].median()),
        Mistake(
            "Something is added to the number of tokens: guard against 0 with a clamp, or not at all.",
            lambda x, mask: x[mask].sum() / (mask.sum() + 1),
        ),
        Mistake(UNMASKED_SUM, lambda x, mask: x.sum() / mask.sum()),
        Mistake(UNMASKED_SUM, lambda x, mask: x.nan_to_num().sum() / mask.sum()),
        Mistake(TURNED, lambda x, mask: x.masked_fill(mask, 0).sum() / mask.sum()),
        Mistake(PER_ANSWER, lambda x, mask: (only_real(x, mask).sum(1) / mask.sum(1)).nanmean()),
        Mistake(BY_PLACE, lambda x, mask: (only_real(x, mask).sum(0) / mask.sum(0)).nanmean()),
        Mistake(BY_PLACE, lambda x, mask: (only_real(x, mask).sum(0) / mask.sum(0)).mean()),
        Mistake(
            "The sign is turned round: this is a plain mean; the minus belongs to a loss.",
            lambda x, mask: -x[mask].mean(),
        ),
        Mistake(
            "The sum is divided by the length of the longest answer: divide by the number of all real tokens.",
            lambda x, mask: only_real(x, mask).sum() / mask.sum(1).max(),
        ),
        Mistake(
            "Each answer is weighted with its length, though its sum already has that many terms: divide only once.",
            lambda x, mask: (only_real(x, mask).sum(1) * mask.sum(1)).sum() / mask.sum(),
        ),
        Mistake(
            "This divides by one token less, as a variance does: a mean divides by their number.",
            lambda x, mask: x[mask].sum() / (mask.sum() - 1),
        ),
    ),
)
