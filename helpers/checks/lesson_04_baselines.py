"""An exercise of lesson 04: what is taken off the returns."""

import torch

from ..log_derivative import baselined_gradient
from .exercise import Case, Exercise, Mistake
from .lesson_04_score import normal

__all__ = ["BASELINED_GRADIENT"]


def batch(n: int, p: int, seed: int) -> tuple:
    """Scores, returns and baselines of one batch."""
    return normal(n, p, seed=seed), normal(n, seed=seed + 1) + 2.0, normal(n, seed=seed + 2) + 1.0


def left(returns: torch.Tensor, baselines: torch.Tensor) -> torch.Tensor:
    """What remains of the returns, as a column."""
    return (returns - baselines)[:, None]


def unguarded_std(rest: torch.Tensor) -> torch.Tensor:
    """The sample standard deviation, 0 / 0 for a single sample, without torch's warning."""
    return (((rest - rest.mean()) ** 2).sum() / (len(rest) - 1)).sqrt()


PLAIN = torch.tensor([[1.0, -1.0], [-2.0, 2.0]])


def standardised(scores, returns, baselines):
    """What is left over its own spread; a single sample has none."""
    rest = returns - baselines
    rest = rest - rest.mean()
    return (scores * (rest / ((rest**2).sum() / (len(rest) - 1)).sqrt().add(1e-8))[:, None]).mean(0)


BASELINED_GRADIENT = Exercise(
    reference=baselined_gradient,
    returns="[P]: one number for each parameter",
    cases=(
        Case(
            "2 samples and one baseline for both", (PLAIN, torch.tensor([4.0, 1.0]), torch.tensor([2.0, 2.0]))
        ),
        Case("4 samples of 3 parameters", batch(4, 3, seed=10)),
        Case("as many samples as parameters", batch(3, 3, seed=20)),
        Case("a single sample", batch(1, 2, seed=30)),
        Case("baselines of 0", (*batch(5, 2, seed=40)[:2], torch.zeros(5))),
        Case("baselines that are the returns", (PLAIN, torch.tensor([4.0, 1.0]), torch.tensor([4.0, 1.0]))),
        Case("6 samples of 4 parameters", batch(6, 4, seed=50)),
    ),
    mistakes=(
        Mistake(
            "This is the sum over the samples, not their mean: divide by N.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).sum(0),
        ),
        Mistake(
            "The sign is turned round: it is return minus baseline, without the minus of a loss: this is a gradient to climb.",
            lambda scores, returns, baselines: -(scores * left(returns, baselines)).mean(0),
        ),
        Mistake(
            "The baseline is added; it is taken off the return.",
            lambda scores, returns, baselines: (scores * (returns + baselines)[:, None]).mean(0),
        ),
        Mistake(
            "The baselines are not used: weigh each score with its return minus its baseline.",
            lambda scores, returns, baselines: (scores * returns[:, None]).mean(0),
        ),
        Mistake(
            "Only the baselines are left: weigh each score with its return minus its baseline.",
            lambda scores, returns, baselines: (scores * baselines[:, None]).mean(0),
        ),
        Mistake(
            "One mean baseline is taken off all returns: each sample has its own.",
            lambda scores, returns, baselines: (scores * left(returns, baselines.mean())).mean(0),
        ),
        Mistake(
            "The mean of the returns is taken off instead of the baselines that are given.",
            lambda scores, returns, baselines: (scores * left(returns, returns.mean())).mean(0),
        ),
        Mistake(
            "The baselines are taken off the gradient; they must be taken off the returns, before the scores multiply them.",
            lambda scores, returns, baselines: (scores * returns[:, None]).mean(0) - baselines.mean(),
        ),
        Mistake(
            "The baseline is taken off the score; it belongs to the return, which then weighs the score.",
            lambda scores, returns, baselines: ((scores - baselines[:, None]) * returns[:, None]).mean(0),
        ),
        Mistake(
            "This is the product of two means: each sample's own score must meet its own weight, and then comes the mean.",
            lambda scores, returns, baselines: scores.mean(0) * (returns - baselines).mean(),
        ),
        Mistake(
            "This multiplies the mean score with the sum of the weights: each score must meet its own weight first.",
            lambda scores, returns, baselines: scores.mean(0) * (returns - baselines).sum(),
        ),
        Mistake(
            "The mean runs over the parameters: it runs over the samples, dim 0, and leaves one number for each parameter.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).mean(1),
        ),
        Mistake(
            "The mean runs over samples and parameters: take it over the samples only, dim 0.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).mean(),
        ),
        Mistake(
            "This is what each sample says: take the mean over the samples, dim 0.",
            lambda scores, returns, baselines: scores * left(returns, baselines),
        ),
        Mistake(
            "[N, P] times [N] pairs the weights with the columns: make them a column first, `[:, None]`.",
            lambda scores, returns, baselines: (scores * (returns - baselines)).mean(0),
        ),
        Mistake(
            "[N, 1] minus [N] is a table of all pairs: subtract the baselines before the returns become a column.",
            lambda scores, returns, baselines: (scores * (returns[:, None] - baselines)).mean(0),
        ),
        Mistake(
            "The mean divides by N - 1; that belongs to a variance, a mean divides by N.",
            lambda scores, returns, baselines: (
                (scores * left(returns, baselines)).sum(0) / max(len(returns) - 1, 1)
            ),
        ),
        Mistake(
            "The size of the weight is taken, `abs`: what was worse than its baseline must push the other way.",
            lambda scores, returns, baselines: (scores * left(returns, baselines).abs()).mean(0),
        ),
        Mistake(
            "The returns are divided by their baselines: subtract, a quotient is not free of bias.",
            lambda scores, returns, baselines: (scores * (returns / baselines)[:, None]).mean(0),
        ),
        Mistake(
            "What is left is centred once more: subtract the given baselines and nothing else.",
            lambda scores, returns, baselines: (
                scores * (left(returns, baselines) - left(returns, baselines).mean())
            ).mean(0),
        ),
        Mistake(
            "What is left is standardised here: subtract the given baselines and nothing else.",
            standardised,
        ),
        Mistake(
            "What is left is squared, as in the loss of a critic: the weight of a score is return minus baseline, with its sign.",
            lambda scores, returns, baselines: (scores * left(returns, baselines) ** 2).mean(0),
        ),
        Mistake(
            "Only samples better than their baseline count: worse ones must push the other way.",
            lambda scores, returns, baselines: (scores * left(returns, baselines).clamp(min=0)).mean(0),
        ),
        Mistake(
            "The mean divides by N - 1; that belongs to a variance, a mean divides by N.",
            lambda scores, returns, baselines: (
                (scores * left(returns, baselines)).sum(0) / (len(returns) - 1)
            ),
        ),
        Mistake(
            "The mean return minus each baseline is the weight: each sample has a return of its own.",
            lambda scores, returns, baselines: (scores * left(returns.mean(), baselines)).mean(0),
        ),
        Mistake(
            "The weights are cut to whole numbers: they stay floats.",
            lambda scores, returns, baselines: (scores * left(returns, baselines).long()).mean(0),
        ),
        Mistake(
            "The sum is divided by the sum of the weights: a mean over samples divides by N.",
            lambda scores, returns, baselines: (
                (scores * left(returns, baselines)).sum(0) / left(returns, baselines).sum()
            ),
        ),
        Mistake(
            "The returns are multiplied with their baselines: subtract.",
            lambda scores, returns, baselines: (scores * (returns * baselines)[:, None]).mean(0),
        ),
        Mistake(
            "What is left is standardised here: subtract the given baselines and nothing else.",
            lambda scores, returns, baselines: (
                scores * left(returns, baselines) / unguarded_std(returns - baselines)
            ).mean(0),
        ),
        Mistake(
            "What is left is standardised here: subtract the given baselines and nothing else.",
            lambda scores, returns, baselines: (
                scores
                * (left(returns, baselines) - (returns - baselines).mean())
                / unguarded_std(returns - baselines)
            ).mean(0),
        ),
        Mistake(
            "Only the baselines are left: weigh each score with its return minus its baseline.",
            lambda scores, returns, baselines: -(scores * baselines[:, None]).mean(0),
        ),
        Mistake(
            "The values are right, but they stand in a table [1, P]: leave `keepdim` out.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).mean(0, keepdim=True),
        ),
        Mistake(
            "A baseline made from the returns is taken off: use the baselines that are given.",
            lambda scores, returns, baselines: (
                scores * left(returns, (returns.sum() - returns) / (len(returns) - 1))
            ).mean(0),
        ),
        Mistake(
            "Only the sign of what is left counts here: its size weighs the score as well.",
            lambda scores, returns, baselines: (scores * left(returns, baselines).sign()).mean(0),
        ),
        Mistake(
            "The sum is divided by N · P: each entry is a mean over the N samples only.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).sum(0) / scores.numel(),
        ),
        Mistake(
            "The sum is divided by P, the number of parameters: divide by the number of samples.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).sum(0) / scores.shape[1],
        ),
        Mistake(
            "The scores are missing: this is the mean of what is left of the returns.",
            lambda scores, returns, baselines: (returns - baselines).mean(),
        ),
        Mistake(
            "The returns are missing: this is the mean score.",
            lambda scores, returns, baselines: scores.mean(0),
        ),
        Mistake(
            "What is left is added to the scores: it multiplies them.",
            lambda scores, returns, baselines: (scores + left(returns, baselines)).mean(0),
        ),
        Mistake(
            "The scores are gradients of log-probabilities already: multiply them as they are, without another `log`.",
            lambda scores, returns, baselines: (scores.log() * left(returns, baselines)).mean(0),
        ),
        Mistake(
            "All baselines together are taken off each return: each sample has its own.",
            lambda scores, returns, baselines: (scores * left(returns, baselines.sum())).mean(0),
        ),
        Mistake(
            "`scores @ weights` runs along the parameters: the sum is over samples, write `weights @ scores`.",
            lambda scores, returns, baselines: scores @ (returns - baselines) / len(returns),
        ),
    ),
)
