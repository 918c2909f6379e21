"""A Gaussian sample as a function of its noise, lesson 02, as an exercise."""

import torch

from ..densities import reparameterized_sample
from .exercise import Case, Exercise, Mistake
from .lesson_02_formulas import normal

__all__ = ["SAMPLE"]


def _noisy(rows: int, columns: int, seed: int) -> tuple:
    """A mean [B, D], a log_std [D] and noise [B, D], all of them float32."""
    return (
        normal(rows, columns, seed=seed),
        0.5 * normal(columns, seed=seed + 1),
        normal(rows, columns, seed=seed + 2),
    )


SAMPLE = Exercise(
    reference=reparameterized_sample,
    returns="[B, D]: one sample for each row of noise",
    cases=(
        Case("a standard deviation of 1", (torch.tensor([[2.0]]), torch.zeros(1), torch.tensor([[0.5]]))),
        Case("4 samples of 2 coordinates", _noisy(4, 2, seed=10)),
        Case("3 samples of 3 coordinates", _noisy(3, 3, seed=20)),
        Case("5 samples of 1 coordinate", _noisy(5, 1, seed=30)),
        Case(
            "one narrow and one wide coordinate",
            (normal(2, 2, seed=40), torch.tensor([-4.0, 3.0]), normal(2, 2, seed=41)),
        ),
        Case("no noise at all", (normal(2, 2, seed=50), torch.tensor([0.5, -0.5]), torch.zeros(2, 2))),
    ),
    differentiate=("mean", "log_std"),
    mistakes=(
        Mistake(
            "The noise is scaled by log_std itself: the standard deviation is exp(log_std).",
            lambda mean, log_std, noise: mean + log_std * noise,
        ),
        Mistake(
            "The noise is scaled by the variance, exp(2 log_std): the standard deviation is exp(log_std).",
            lambda mean, log_std, noise: mean + (2 * log_std).exp() * noise,
        ),
        Mistake(
            "log_std is read as a log-variance here: the standard deviation is exp(log_std), without a root.",
            lambda mean, log_std, noise: mean + (0.5 * log_std).exp() * noise,
        ),
        Mistake(
            "The noise is not scaled: multiply it by the standard deviation exp(log_std).",
            lambda mean, log_std, noise: mean + noise,
        ),
        Mistake(
            "The mean is missing: this noise is scaled, but still centred at 0.",
            lambda mean, log_std, noise: log_std.exp() * noise,
        ),
        Mistake(
            "The noise is not used: mean + std is one fixed point, what noise from N(1, 0) would give.",
            lambda mean, log_std, noise: mean + log_std.exp(),
        ),
        Mistake(
            "This is the mean, not a sample: add exp(log_std) times the noise.",
            lambda mean, log_std, noise: mean + 0 * log_std.exp() * noise,
        ),
        Mistake(
            "The scale applies to the noise alone, not to mean + noise.",
            lambda mean, log_std, noise: (mean + noise) * log_std.exp(),
        ),
        Mistake(
            "The noise is subtracted: the distribution is the same, but it is not the sample that this noise stands for.",
            lambda mean, log_std, noise: mean - log_std.exp() * noise,
        ),
        Mistake(
            "The noise is divided by the standard deviation: a wide policy must move far, so multiply.",
            lambda mean, log_std, noise: mean + noise / log_std.exp(),
        ),
        Mistake(
            "This is the way back, from a sample to its noise: multiply by the standard deviation and add the mean.",
            lambda mean, log_std, noise: (noise - mean) / log_std.exp(),
        ),
        Mistake(
            "The samples are right, but the standard deviation is cut from the graph, so log_std gets no gradient and is "
            "never learned.",
            lambda mean, log_std, noise: mean + log_std.detach().exp() * noise,
        ),
        Mistake(
            "The samples are right, but the mean is cut from the graph, so it gets no gradient and is never learned.",
            lambda mean, log_std, noise: mean.detach() + log_std.exp() * noise,
        ),
        Mistake(
            "The coordinates are added up: each keeps its own sample, [B, D].",
            lambda mean, log_std, noise: (mean + log_std.exp() * noise).sum(1),
        ),
        Mistake(
            "`log_std[:, None]` scales rows; each coordinate has its own spread, and [D] fits [B, D] as it is.",
            lambda mean, log_std, noise: mean + log_std[:, None].exp() * noise,
        ),
        Mistake(
            "A softplus is another way to make a positive number: here the standard deviation is exp(log_std).",
            lambda mean, log_std, noise: mean + torch.nn.functional.softplus(log_std) * noise,
        ),
        Mistake(
            "This makes log_std positive by its size: the standard deviation is exp(log_std).",
            lambda mean, log_std, noise: mean + log_std.abs() * noise,
        ),
        *(
            Mistake(
                "log_std is cut off before exp, so very narrow or wide policies come out wrong: use it as it is.",
                lambda mean, log_std, noise, low=low, high=high: (
                    mean + log_std.clamp(low, high).exp() * noise
                ),
            )
            for low, high in ((-20.0, 2.0), (-2.0, 2.0), (-1.0, 1.0), (-5.0, 2.0))
        ),
        Mistake(
            "This is the noise alone: scale it by exp(log_std) and add the mean.",
            lambda mean, log_std, noise: noise + 0 * mean + 0 * log_std,
        ),
        Mistake(
            "The standard deviation is added to the noise: it multiplies it.",
            lambda mean, log_std, noise: mean + log_std.exp() + noise,
        ),
        Mistake(
            "The noise is shifted by 1, as if it came from N(1, 1): its mean is 0 as it is given.",
            lambda mean, log_std, noise: mean + log_std.exp() * (1 + noise),
        ),
        Mistake(
            "The mean is scaled and the noise is not: it is the other way round.",
            lambda mean, log_std, noise: mean * log_std.exp() + noise,
        ),
        Mistake(
            "One number scales all coordinates here: each has a standard deviation of its own.",
            lambda mean, log_std, noise: mean + log_std.exp().mean() * noise,
        ),
        Mistake(
            "One number scales all coordinates here: each has a standard deviation of its own.",
            lambda mean, log_std, noise: mean + log_std[0].exp() * noise,
        ),
        Mistake(
            "One number scales all coordinates here: each has a standard deviation of its own.",
            lambda mean, log_std, noise: mean + log_std.exp().sum() * noise,
        ),
        Mistake(
            "One number scales all coordinates here: each has a standard deviation of its own.",
            lambda mean, log_std, noise: mean + log_std.mean().exp() * noise,
        ),
        Mistake(
            "The sign of the noise is lost: half of the samples lie below the mean.",
            lambda mean, log_std, noise: mean + log_std.exp() * noise.abs(),
        ),
        Mistake(
            "The samples are right, but no gradient flows back through them: leave out what cuts the graph, such as "
            "`.detach()`, `.item()`, `no_grad` or NumPy.",
            lambda mean, log_std, noise: (mean + log_std.exp() * noise).detach(),
        ),
        Mistake(
            "The roles are swapped: the noise is scaled by exp(log_std), and the mean is added.",
            lambda mean, log_std, noise: mean * noise + log_std.exp(),
        ),
        Mistake(
            "The mean is scaled by the noise, too: scale the noise alone, then add the mean.",
            lambda mean, log_std, noise: (mean + log_std.exp()) * noise,
        ),
        Mistake(
            "The noise stands inside the exponential: take exp(log_std) alone, then multiply by the noise.",
            lambda mean, log_std, noise: mean + (log_std * noise).exp(),
        ),
        Mistake(
            "The noise stands inside the exponential: take exp(log_std) alone, then multiply by the noise.",
            lambda mean, log_std, noise: mean + (log_std + noise).exp(),
        ),
        Mistake(
            "The mean is multiplied: it is added, so that it shifts the sample.",
            lambda mean, log_std, noise: mean * log_std.exp() * noise,
        ),
        Mistake(
            "The sample is squashed by tanh: a Gaussian has no bounds.",
            lambda mean, log_std, noise: (mean + log_std.exp() * noise).tanh(),
        ),
        *(
            Mistake(
                "The sample is clipped: a Gaussian has no bounds, and the environment does its own clipping.",
                lambda mean, log_std, noise, bound=bound: (mean + log_std.exp() * noise).clamp(-bound, bound),
            )
            for bound in (1.0, 2.0)
        ),
        Mistake(
            "This is the exponential of a sample, which is never negative: exp belongs to log_std alone.",
            lambda mean, log_std, noise: (mean + log_std.exp() * noise).exp(),
        ),
        Mistake(
            "The samples of the batch are averaged: each row of noise gives its own, [B, D].",
            lambda mean, log_std, noise: (mean + log_std.exp() * noise).mean(0),
        ),
        Mistake(
            "The noise is centred over its batch: each sample depends on its own noise alone.",
            lambda mean, log_std, noise: mean + log_std.exp() * (noise - noise.mean(0)),
        ),
    ),
)
