"""An exercise of lesson 06 as data: the baseline that makes a gradient least noisy."""

import torch

from ..baselines import optimal_baseline
from .exercise import Case, Exercise, Mistake

__all__ = ["OPTIMAL_BASELINE"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def weighted(returns, scores) -> torch.Tensor:
    """The right answer, NaN where a score is always 0."""
    squares = scores.square()
    return (returns[:, None] * squares).sum(0) / squares.sum(0)


def guarded(numerator, denominator) -> torch.Tensor:
    """A ratio, 0 where the denominator is."""
    return torch.where(denominator == 0, 0.0, numerator / denominator)


STILL = normal(5, 3, seed=2) * torch.tensor([1.0, 0.0, 3.0])

OPTIMAL_BASELINE = Exercise(
    reference=optimal_baseline,
    returns="[P]: one number for each parameter",
    cases=(
        Case(
            "10 presses of the two buttons",
            (torch.tensor([1.0] * 3 + [-1.0] * 7), torch.tensor([[0.7, -0.7]] * 3 + [[-0.3, 0.3]] * 7)),
        ),
        Case(
            "2 samples of 2 parameters", (torch.tensor([4.0, 1.0]), torch.tensor([[1.0, 2.0], [3.0, -1.0]]))
        ),
        Case("6 samples of 3 parameters", (normal(6, seed=3) + 5.0, normal(6, 3, seed=4))),
        Case("as many samples as parameters", (normal(4, seed=5) + 1.0, normal(4, 4, seed=6))),
        Case("a single sample", (torch.tensor([7.0]), torch.tensor([[0.5, -2.0]]))),
        Case("equal returns", (torch.full((4,), 3.0), normal(4, 2, seed=7))),
        Case(
            "scores that are 0 for some samples",
            (torch.tensor([1.0, 2.0, 6.0]), torch.tensor([[1.0, 0.0], [0.0, 2.0], [2.0, 1.0]])),
        ),
        Case("a parameter whose score is always 0", (normal(5, seed=8) + 2.0, STILL)),
    ),
    mistakes=(
        Mistake(
            "This is the mean return; each return must count as much as the squared score that it multiplies.",
            lambda returns, scores: returns.mean().expand(scores.shape[1]),
        ),
        Mistake(
            "This is the mean return, one number: each parameter has its own baseline, weighted by its squared scores.",
            lambda returns, scores: returns.mean(),
        ),
        Mistake(
            "The weights are the absolute scores; they must be the squared scores, for a variance is made of squares.",
            lambda returns, scores: guarded((returns[:, None] * scores.abs()).sum(0), scores.abs().sum(0)),
        ),
        Mistake(
            "The scores are not squared: they average to 0, so this divides by almost nothing.",
            lambda returns, scores: guarded((returns[:, None] * scores).sum(0), scores.sum(0)),
        ),
        Mistake(
            "This divides by 0 where a parameter's score is always 0: return 0 there.",
            weighted,
        ),
        Mistake(
            "Where a score is always 0 the answer asked for is 0, not the mean return.",
            lambda returns, scores: torch.where(
                scores.abs().sum(0) == 0,
                returns.mean(),
                guarded((returns[:, None] * scores**2).sum(0), (scores**2).sum(0)),
            ),
        ),
        Mistake(
            "One baseline serves all parameters here, by the whole length of the score: each parameter has its own.",
            lambda returns, scores: ((returns @ scores.square().sum(1)) / scores.square().sum()).expand(
                scores.shape[1]
            ),
        ),
        Mistake(
            "This is one number for all parameters: sum over the samples only, dim 0.",
            lambda returns, scores: (returns @ scores.square().sum(1)) / scores.square().sum(),
        ),
        Mistake(
            "The division by the sum of the squared scores is missing: a weighted mean divides by its weights.",
            lambda returns, scores: (returns[:, None] * scores.square()).sum(0),
        ),
        Mistake(
            "This divides by N; a weighted mean divides by the sum of its weights, the squared scores.",
            lambda returns, scores: (returns[:, None] * scores.square()).mean(0),
        ),
        Mistake(
            "Numerator and denominator are exchanged: the returns are averaged, so they stand above.",
            lambda returns, scores: guarded(
                scores.square().sum(0), (returns[:, None] * scores.square()).sum(0)
            ),
        ),
        Mistake(
            "The returns are squared as well: only the scores are, Σ s²G / Σ s².",
            lambda returns, scores: guarded(
                (returns[:, None] * scores).square().sum(0), scores.square().sum(0)
            ),
        ),
        Mistake(
            "[N] times [N, P] pairs the returns with the columns: make them a column first, `returns[:, None]`.",
            lambda returns, scores: guarded((returns * scores.square()).sum(0), scores.square().sum(0)),
        ),
        Mistake(
            "The sums run over the parameters: they run over the samples, dim 0, and leave one number for each parameter.",
            lambda returns, scores: returns * scores.square().sum(1) / scores.square().sum(1),
        ),
        Mistake(
            "The weights are taken for the first parameter only: each parameter weighs with its own squared scores.",
            lambda returns, scores: weighted(returns, scores[:, :1]).expand(scores.shape[1]),
        ),
        Mistake(
            "The sign is turned round: this is to be subtracted from the return, so it lies among the returns.",
            lambda returns, scores: (
                -guarded((returns[:, None] * scores.square()).sum(0), scores.square().sum(0))
            ),
        ),
        Mistake(
            "This takes the sample mean off the scores first; their true mean is 0, so Σ s²G / Σ s² is all that is needed.",
            lambda returns, scores: guarded(
                (returns[:, None] * (scores - scores.mean(0)).square()).sum(0),
                (scores - scores.mean(0)).square().sum(0),
            ),
        ),
        Mistake(
            "This is the gradient, the mean of score times return; asked for is the baseline, Σ s²G / Σ s².",
            lambda returns, scores: (returns[:, None] * scores).mean(0),
        ),
        Mistake(
            "The weights are a softmax of the scores; they are the squared scores over their sum.",
            lambda returns, scores: returns @ scores.softmax(0),
        ),
        Mistake(
            "The mean return stands where the score is not always 0; each return counts as much as its squared score.",
            lambda returns, scores: returns.mean() * (scores.abs().sum(0) > 0),
        ),
        Mistake(
            "The scores above are not squared: it is Σ s²G / Σ s², the same weights above and below.",
            lambda returns, scores: guarded((returns[:, None] * scores).sum(0), scores.square().sum(0)),
        ),
        Mistake(
            "What guards against 0/0 is too large: it changes the other parameters' baselines too.",
            lambda returns, scores: (
                (returns[:, None] * scores.square()).sum(0) / (scores.square().sum(0) + 0.01)
            ),
        ),
        Mistake(
            "What guards against 0/0 is too large: it changes the other parameters' baselines too.",
            lambda returns, scores: (
                (returns[:, None] * scores.square()).sum(0) / scores.square().sum(0).clamp(min=1)
            ),
        ),
        Mistake(
            "What guards against 0/0 is too large: it changes the other parameters' baselines too.",
            lambda returns, scores: (
                (returns[:, None] * scores.square()).sum(0) / (scores.square().sum(0) + 1)
            ),
        ),
        Mistake(
            "Where a score is always 0 the answer asked for is 0, not 1.",
            lambda returns, scores: weighted(returns, scores).nan_to_num(1.0),
        ),
        Mistake(
            "The mean return is taken off first: the baseline lies among the returns themselves.",
            lambda returns, scores: weighted(returns - returns.mean(), scores).nan_to_num(),
        ),
        Mistake(
            "These are the returns with the baseline taken off; the baseline alone is asked for.",
            lambda returns, scores: returns[:, None] - weighted(returns, scores).nan_to_num(),
        ),
        Mistake(
            "This is a row [1, P]: leave `keepdim` out.",
            lambda returns, scores: weighted(returns, scores).nan_to_num()[None],
        ),
        Mistake(
            "These are the terms of the sum, [N, P]: add them up over the samples, dim 0.",
            lambda returns, scores: guarded(returns[:, None] * scores.square(), scores.square().sum(0)),
        ),
        Mistake(
            "The answer is 0 only where a score is 0 in every sample; one sample with score 0 just counts for nothing.",
            lambda returns, scores: weighted(returns, scores).nan_to_num() * (scores != 0).all(0),
        ),
        Mistake(
            "The sum below runs over all parameters: each parameter divides by its own squared scores, dim 0.",
            lambda returns, scores: (returns @ scores.square()) / scores.square().sum(),
        ),
        *(
            Mistake(
                "A mean stands on one side of the fraction and a sum on the other: take the same above and below.",
                lambda returns, scores, power=power: (
                    weighted(returns, scores).nan_to_num() * len(returns) ** power
                ),
            )
            for power in (-1, 1)
        ),
        *(
            Mistake(
                "A sum is squared here: square each score first, then add up.",
                lambda returns, scores, made=made: guarded(*made(returns, scores)).nan_to_num(),
            )
            for made in (
                lambda returns, scores: ((returns @ scores) ** 2, scores.square().sum(0)),
                lambda returns, scores: (returns @ scores.square(), scores.sum(0) ** 2),
                lambda returns, scores: (returns @ scores**2, (scores.sum() ** 2).expand(scores.shape[1])),
            )
        ),
        Mistake(
            "This fits a line through the sample, means taken off; the true mean of a score is 0: Σ s²G / Σ s².",
            lambda returns, scores: guarded(
                (
                    (returns[:, None] * scores - (returns @ scores) / len(returns))
                    * (scores - scores.mean(0))
                ).sum(0),
                (scores - scores.mean(0)).square().sum(0),
            ),
        ),
    ),
)
