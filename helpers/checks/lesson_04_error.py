"""An exercise of lesson 04: how uncertain a mean is."""

import torch

from ..estimators import standard_error
from .exercise import Case, Exercise, Mistake
from .lesson_04_score import normal

__all__ = ["STANDARD_ERROR"]


def spread(samples: torch.Tensor, ddof: int = 1) -> torch.Tensor:
    """The standard deviation of each column."""
    return samples.std(0, correction=ddof)


STANDARD_ERROR = Exercise(
    reference=standard_error,
    returns="[P]: one number for each column",
    cases=(
        Case("2 samples of 2 numbers", (torch.tensor([[1.0, 2.0], [5.0, 2.5]]),)),
        Case("4 samples of 3 numbers", (normal(4, 3, seed=5),)),
        Case("as many samples as numbers", (normal(3, 3, seed=6),)),
        Case("samples far from zero", (normal(5, 2, seed=7) + 5.0,)),
        Case("4 samples of a single number, P = 1", (normal(4, 1, seed=9),)),
        Case("100 samples of 2 numbers", (normal(100, 2, seed=8) * torch.tensor([1.0, 4.0]),)),
        Case("a column of equal numbers", (torch.tensor([[2.0, 1.0], [2.0, 3.0], [2.0, 8.0]]),)),
    ),
    mistakes=(
        Mistake(
            "This is the spread of one sample; the mean of N samples spreads less: divide by the root of N.",
            spread,
        ),
        Mistake(
            "This is the spread of one sample (and with 1/N): take 1/(N - 1), and divide by the root of N.",
            lambda samples: spread(samples, 0),
        ),
        Mistake(
            "The spread is taken with 1/N inside, which is too small for few samples: use N - 1 (correction=1, ddof=1).",
            lambda samples: spread(samples, 0) / len(samples) ** 0.5,
        ),
        Mistake(
            "The spread is divided by N; variances shrink like 1/N, so the standard error shrinks like 1/√N.",
            lambda samples: spread(samples) / len(samples),
        ),
        Mistake(
            "The spread is divided by N (and taken with 1/N inside): use N - 1 inside, and divide by the root of N.",
            lambda samples: spread(samples, 0) / len(samples),
        ),
        Mistake(
            "This is the variance of the mean: take its square root.",
            lambda samples: samples.var(0) / len(samples),
        ),
        Mistake(
            "The variance is divided by the root of N: take the root of the variance too, or of the whole.",
            lambda samples: samples.var(0) / len(samples) ** 0.5,
        ),
        Mistake(
            "N - 1 counts twice here: it belongs inside the standard deviation only; outside, divide by the root of N.",
            lambda samples: spread(samples) / (len(samples) - 1) ** 0.5,
        ),
        Mistake(
            "This runs along each sample: samples stand in rows, so the spread is taken down each column, dim 0.",
            lambda samples: samples.std(1) / samples.shape[1] ** 0.5,
        ),
        Mistake(
            "This runs along each sample: samples stand in rows, so the spread is taken down each column, dim 0.",
            lambda samples: samples.std(1) / len(samples) ** 0.5,
        ),
        Mistake(
            "The spread is divided by the root of P, the number of columns: divide by the root of N, the number of samples.",
            lambda samples: spread(samples) / samples.shape[1] ** 0.5,
        ),
        Mistake(
            "The spread is divided by the root of N times P: each column has N samples only.",
            lambda samples: spread(samples) / samples.numel() ** 0.5,
        ),
        Mistake(
            "All entries are thrown together: give `std` the dimension of the samples, 0, to get one number for each column.",
            lambda samples: samples.std() / len(samples) ** 0.5,
        ),
        Mistake(
            "All entries are thrown together: give `std` the dimension of the samples, 0, to get one number for each column.",
            lambda samples: samples.std() / samples.numel() ** 0.5,
        ),
        Mistake(
            "This is the spread around zero: subtract each column's mean before squaring.",
            lambda samples: (samples**2).mean(0).sqrt() / len(samples) ** 0.5,
        ),
        Mistake(
            "This is the mean itself; asked for is how uncertain it is.",
            lambda samples: samples.mean(0),
        ),
        Mistake(
            "This is the half-width of a 95% band, 1.96 standard errors; return the standard error itself.",
            lambda samples: 1.96 * spread(samples) / len(samples) ** 0.5,
        ),
        Mistake(
            "This takes absolute instead of squared distances from the mean: the standard deviation squares them.",
            lambda samples: (samples - samples.mean(0)).abs().mean(0) / len(samples) ** 0.5,
        ),
        Mistake(
            "The values are right, but they stand in a table [1, P]: leave `keepdim` out.",
            lambda samples: samples.std(0, keepdim=True) / len(samples) ** 0.5,
        ),
        Mistake(
            "`squeeze` takes the only column away: with P = 1 the answer is [1], not a number.",
            lambda samples: (spread(samples) / len(samples) ** 0.5).squeeze(),
        ),
        Mistake(
            "The columns are put together into one number: return one for each column.",
            lambda samples: (spread(samples) / len(samples) ** 0.5).mean(),
        ),
        Mistake(
            "The columns are put together into one number: return one for each column.",
            lambda samples: (spread(samples) / len(samples) ** 0.5).norm(),
        ),
        Mistake(
            "The spread is multiplied by the root of N: the mean of many samples is calmer, so divide.",
            lambda samples: spread(samples) * len(samples) ** 0.5,
        ),
        Mistake(
            "All entries are thrown together (and with 1/N inside): give the dimension of the samples, 0, and use N - 1.",
            lambda samples: samples.std(correction=0) / len(samples) ** 0.5,
        ),
        Mistake(
            "This is the spread around zero: subtract each column's mean before squaring.",
            lambda samples: ((samples**2).sum(0) / (len(samples) - 1) / len(samples)).sqrt(),
        ),
        Mistake(
            "The mean of all entries is subtracted: each column has a mean of its own, `samples.mean(0)`.",
            lambda samples: (
                ((samples - samples.mean()) ** 2).sum(0) / (len(samples) - 1) / len(samples)
            ).sqrt(),
        ),
        Mistake(
            "Each sample's own mean is subtracted: take each column's, `samples.mean(0)`.",
            lambda samples: (
                ((samples - samples.mean(1, keepdim=True)) ** 2).sum(0) / (len(samples) - 1) / len(samples)
            ).sqrt(),
        ),
        Mistake(
            "The squared distances are not added up: sum over the samples, dim 0, before the root.",
            lambda samples: ((samples - samples.mean(0)) ** 2 / (len(samples) - 1) / len(samples)).sqrt(),
        ),
        Mistake(
            "The mean is divided by the root of N; the spread around it, the standard deviation, belongs there.",
            lambda samples: samples.mean(0) / len(samples) ** 0.5,
        ),
        Mistake(
            "The root runs over N twice: the variance over N has a root, the standard deviation is one already.",
            lambda samples: (spread(samples) / len(samples)).sqrt(),
        ),
        Mistake(
            "This is the spread between the means of the columns: take the spread down each column.",
            lambda samples: samples.mean(0).std() / len(samples) ** 0.5,
        ),
        Mistake(
            "This is the spread between the means of the columns: take the spread down each column.",
            lambda samples: samples.mean(0).std(),
        ),
        Mistake(
            "Distances from the mean add up to 0: square them before the sum, and take the root after it.",
            lambda samples: (samples - samples.mean(0)).sum(0) / (len(samples) - 1) / len(samples) ** 0.5,
        ),
        Mistake(
            "This is the standard error over the mean: it stands for itself, without dividing by the mean.",
            lambda samples: spread(samples) / len(samples) ** 0.5 / samples.mean(0),
        ),
        Mistake(
            "This is the covariance of the means, a table [P, P]: take the roots of its diagonal.",
            lambda samples: torch.cov(samples.T) / len(samples),
        ),
        Mistake(
            "This is the covariance of the samples, a table [P, P]: take the spread of each column, over the root of N.",
            lambda samples: torch.cov(samples.T),
        ),
        Mistake(
            "The columns are put together into one number: return one for each column.",
            lambda samples: (((samples - samples.mean(0)) ** 2).mean() / len(samples)).sqrt(),
        ),
        Mistake(
            "This is the spread between the means of the columns: take the spread down each column.",
            lambda samples: samples.mean(0).std() / samples.shape[1] ** 0.5,
        ),
        Mistake(
            "The spread is divided by the root of N + 1: divide by the root of N.",
            lambda samples: spread(samples) / (len(samples) + 1) ** 0.5,
        ),
    ),
)
