"""An exercise of lesson 03: the gradient from scores and returns."""

import torch

from ..log_derivative import score_function_gradient
from .exercise import Case, Exercise, Mistake
from .lesson_03_score import table

__all__ = ["ESTIMATE"]


def standardised(returns, correction: int) -> torch.Tensor:
    """(returns - mean) / std; NaN for a single return and correction 1, without torch's warning."""
    centered = returns - returns.mean()
    return centered / ((centered**2).sum() / (len(returns) - correction)).sqrt().add(1e-8)


def unguarded(returns, correction: int) -> torch.Tensor:
    """The same without a guard: 0 / 0 for equal returns."""
    centered = returns - returns.mean()
    return centered / ((centered**2).sum() / (len(returns) - correction)).sqrt()


def product(scores, returns) -> torch.Tensor:
    """Each score times the return of its own sample, [N, P]."""
    return scores * returns[:, None]


ESTIMATE = Exercise(
    reference=score_function_gradient,
    returns="[P]: one entry for each parameter",
    cases=(
        Case(
            "three samples of two parameters",
            (torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]]), torch.tensor([1.0, 2.0, 4.0])),
        ),
        Case("seven samples of three parameters", (table(7, 3, seed=4), table(7, seed=5))),
        Case("as many samples as parameters", (table(4, 4, seed=6), table(4, seed=7))),
        Case(
            "more parameters than samples, in float64",
            (table(2, 5, seed=8).double(), table(2, seed=9).double()),
        ),
        Case("equal returns", (table(6, 2, seed=10), torch.full((6,), 3.0))),
        Case("a single parameter", (table(5, 1, seed=11), table(5, seed=12))),
        Case("a single sample", (torch.tensor([[0.5, -0.5, 2.0]]), torch.tensor([-3.0]))),
    ),
    mistakes=(
        Mistake(
            "This is the sum over the samples: divide by N, an average is estimated.",
            lambda scores, returns: product(scores, returns).sum(0),
        ),
        Mistake(
            "This is the mean score times the mean return: multiply each score with its own return first, then average.",
            lambda scores, returns: scores.mean(0) * returns.mean(),
        ),
        Mistake(
            "This is the mean score times the sum of the returns: multiply each score with its own return, then average.",
            lambda scores, returns: scores.mean(0) * returns.sum(),
        ),
        Mistake(
            "The mean runs over parameters too: average over samples only (dim=0), one entry for each parameter.",
            lambda scores, returns: product(scores, returns).mean(),
        ),
        Mistake(
            "The mean runs over parameters, which leaves one number for each sample: average over samples, dim=0.",
            lambda scores, returns: product(scores, returns).mean(1),
        ),
        Mistake(
            "These are the estimates of the single samples: average them over the samples.",
            product,
        ),
        Mistake(
            "`scores * returns` lines the returns up with the parameters: write `returns[:, None]`, one return for each row.",
            lambda scores, returns: (scores * returns).mean(0),
        ),
        Mistake(
            "The sign is turned round: this is the gradient of a loss; that of the average itself is asked for.",
            lambda scores, returns: -product(scores, returns).mean(0),
        ),
        Mistake(
            "The returns are missing: without them the mean score is zero but for noise.",
            lambda scores, returns: scores.mean(0),
        ),
        Mistake(
            "The mean return is subtracted here: a good idea whose bias has to be known first (lesson 4); leave it out.",
            lambda scores, returns: product(scores, returns - returns.mean()).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, standardised(returns, 1)).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, standardised(returns, 0)).mean(0),
        ),
        Mistake(
            "The sum is divided by N - 1; a mean divides by N (N - 1 belongs to a variance).",
            lambda scores, returns: product(scores, returns).sum(0) / (len(returns) - 1),
        ),
        Mistake(
            "The sum is divided by the number of parameters: divide by the number of samples.",
            lambda scores, returns: product(scores, returns).sum(0) / scores.shape[1],
        ),
        Mistake(
            "The sum is divided by the sum of the returns: an average over samples divides by N.",
            lambda scores, returns: product(scores, returns).sum(0) / returns.sum(),
        ),
        Mistake(
            "The size of a return counts here, not its sign: leave `abs` out, bad samples must push the other way.",
            lambda scores, returns: product(scores, returns.abs()).mean(0),
        ),
        Mistake(
            "Only samples with positive returns count here: bad samples must push the other way.",
            lambda scores, returns: product(scores, returns.clamp(min=0)).mean(0),
        ),
        Mistake(
            "The estimate stands in a row of its own, [1, P]: leave `keepdim` out.",
            lambda scores, returns: product(scores, returns).mean(0, keepdim=True),
        ),
        Mistake(
            "The estimate is scaled to length 1: the length of the gradient belongs to it.",
            lambda scores, returns: torch.nn.functional.normalize(product(scores, returns).mean(0), dim=0),
        ),
        Mistake(
            "The sum is divided by N · P: each entry of the gradient is a mean over the N samples only.",
            lambda scores, returns: product(scores, returns).sum(0) / scores.numel(),
        ),
        Mistake(
            "The returns are cut to whole numbers: they stay floats.",
            lambda scores, returns: product(scores, returns.long()).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, unguarded(returns, 1)).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, unguarded(returns, 0)).mean(0),
        ),
        Mistake(
            "This is the median of the samples: their mean is asked for.",
            lambda scores, returns: product(scores, returns).median(0).values,
        ),
        Mistake(
            "Only the sample with the best return counts here: all of them do, bad ones must push the other way.",
            lambda scores, returns: scores[returns.argmax()] * returns.max(),
        ),
        Mistake(
            "Score and return are added: each score is multiplied with the return of its sample.",
            lambda scores, returns: (scores + returns[:, None]).mean(0),
        ),
        Mistake(
            "The scores are gradients of log-probabilities already: multiply them as they are, without `exp`.",
            lambda scores, returns: product(scores.exp(), returns).mean(0),
        ),
        Mistake(
            "The scores are gradients of log-probabilities already: multiply them as they are, without another `log`.",
            lambda scores, returns: product(scores.log(), returns).mean(0),
        ),
        Mistake(
            "This is the mean return, without the scores: multiply each return with the score of its sample first.",
            lambda scores, returns: returns.mean(),
        ),
        Mistake(
            "`scores @ returns` runs along the parameters: the sum is over samples, write `returns @ scores`.",
            lambda scores, returns: scores @ returns / len(returns),
        ),
        Mistake(
            "The sum is divided by the root of N: a mean divides by N.",
            lambda scores, returns: product(scores, returns).sum(0) / len(returns) ** 0.5,
        ),
        Mistake(
            "The parameters are added up: one entry for each of them is asked for.",
            lambda scores, returns: product(scores, returns).mean(0).sum(),
        ),
        Mistake(
            "This is the length of the estimate: return its entries, one for each parameter.",
            lambda scores, returns: product(scores, returns).mean(0).norm(),
        ),
        Mistake(
            "The scores are divided by the returns: multiply.",
            lambda scores, returns: (scores / returns[:, None]).mean(0),
        ),
        Mistake(
            "The returns are squared here: each weighs its score as it is, with its sign.",
            lambda scores, returns: product(scores, returns**2).mean(0),
        ),
        Mistake(
            "Only whether a return is positive counts here: its size and its sign weigh the score.",
            lambda scores, returns: product(scores, returns > 0).mean(0),
        ),
    ),
)
