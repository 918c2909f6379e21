"""The Gaussian log-density of lesson 02 as an exercise."""

import math

import torch
from torch.distributions import Normal

from ..densities import gaussian_log_prob
from .exercise import Case, Exercise, Mistake
from .lesson_02_formulas import HALF_LOG_2PI, each, normal, square

__all__ = ["GAUSSIAN"]

TINY = (
    "A small number is added to the standard deviation, which exp has made positive already: narrow policies come out "
    "wrong."
)


def _wider_throughout(actions, mean, log_std, tiny):
    return each(actions, mean, (log_std.exp() + tiny).log()).sum(1)


def _wider_in_the_square(actions, mean, log_std, tiny):
    return (-0.5 * ((actions - mean) / (log_std.exp() + tiny)) ** 2 - log_std - HALF_LOG_2PI).sum(1)


GAUSSIAN = Exercise(
    reference=gaussian_log_prob,
    returns="[B]: one joint log-density for each action",
    differentiate=("mean", "log_std"),
    cases=(
        Case("the action at the mean, std 1", (torch.tensor([[2.0]]), torch.tensor([[2.0]]), torch.zeros(1))),
        Case(
            "4 actions of 2 coordinates",
            (normal(4, 2, seed=1), normal(4, 2, seed=2), torch.tensor([0.3, -0.7])),
        ),
        Case(
            "3 actions of 3 coordinates",
            (normal(3, 3, seed=3), normal(3, 3, seed=4), torch.tensor([0.2, 0.9, 0.5])),
        ),
        Case("5 actions of 1 coordinate", (normal(5, 1, seed=5), normal(5, 1, seed=6), torch.tensor([-0.4]))),
        Case(
            "1 action of 4 coordinates", (normal(1, 4, seed=7), normal(1, 4, seed=8), 0.3 * normal(4, seed=9))
        ),
        Case(
            "one narrow and one wide coordinate",
            (torch.tensor([[0.001, 30.0]]), torch.tensor([[0.0, -20.0]]), torch.tensor([-6.0, 3.5])),
        ),
        Case(
            "an action 40 standard deviations away",
            (torch.tensor([[40.0]]), torch.zeros(1, 1), torch.zeros(1)),
        ),
    ),
    mistakes=(
        Mistake(
            "These are the log-densities of the single coordinates: the joint one is their sum over D.",
            each,
        ),
        Mistake(
            "This is the mean over the coordinates: independent coordinates multiply, so their log-densities add up.",
            lambda actions, mean, log_std: each(actions, mean, log_std).mean(1),
        ),
        Mistake(
            "The sum runs over the batch, dim=0: add up the coordinates of one action, dim=1.",
            lambda actions, mean, log_std: each(actions, mean, log_std).sum(0),
        ),
        Mistake(
            "The whole table is added up: each action keeps a log-density of its own, so sum over D only, dim=1.",
            lambda actions, mean, log_std: each(actions, mean, log_std).sum(),
        ),
        Mistake(
            "The joint log-density is right, but each stands in a row of its own, [B, 1]: leave `keepdim` out.",
            lambda actions, mean, log_std: each(actions, mean, log_std).sum(1, keepdim=True),
        ),
        Mistake(
            "Everything is averaged into one number: each action keeps its own log-density, the sum over its D coordinates.",
            lambda actions, mean, log_std: each(actions, mean, log_std).mean(),
        ),
        Mistake(
            "log_std is subtracted after the sum over D: it belongs to each coordinate, so subtract it before.",
            lambda actions, mean, log_std: (
                (-0.5 * square(actions, mean, log_std)).sum(1) - log_std - HALF_LOG_2PI
            ),
        ),
        Mistake(
            "The root of 2π is subtracted: it is its logarithm, ½ log 2π.",
            lambda actions, mean, log_std: (
                -0.5 * square(actions, mean, log_std) - log_std - math.sqrt(2 * math.pi)
            ).sum(1),
        ),
        Mistake(
            "The standard deviation is subtracted: it is its logarithm, log_std.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + log_std - log_std.exp()).sum(1),
        ),
        Mistake(
            "The log-densities are multiplied: densities multiply, and their logarithms add up.",
            lambda actions, mean, log_std: each(actions, mean, log_std).prod(1),
        ),
        Mistake(
            "The constant -½ log 2π is missing, once for each coordinate.",
            lambda actions, mean, log_std: (-0.5 * square(actions, mean, log_std) - log_std).sum(1),
        ),
        Mistake(
            "The constant ½ log 2π is subtracted once: every coordinate has one of its own.",
            lambda actions, mean, log_std: (
                (-0.5 * square(actions, mean, log_std) - log_std).sum(1) - HALF_LOG_2PI
            ),
        ),
        Mistake(
            "The constant is log 2π here: it is half of it, since 2π stands under a root.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) - HALF_LOG_2PI).sum(1),
        ),
        Mistake(
            "The constant is ½ log π here: it is ½ log 2π.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + 0.5 * math.log(2)).sum(1),
        ),
        Mistake(
            "The constant is added here: a Gaussian is divided by the root of 2π, so subtract ½ log 2π.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + 2 * HALF_LOG_2PI).sum(1),
        ),
        Mistake(
            "The minus reaches the first term only: log_std and ½ log 2π are subtracted as well, so put brackets.",
            lambda actions, mean, log_std: (
                -0.5 * square(actions, mean, log_std) + log_std + HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "The term -log_std is missing: a wide density is a low one. This is the density of the noise, not of the action.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + log_std).sum(1),
        ),
        Mistake(
            "The sign of log_std is turned round: a wide density is a low one, so subtract it.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + 2 * log_std).sum(1),
        ),
        Mistake(
            "2 log_std is subtracted here, the logarithm of the variance: it is one log_std, of the root.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) - log_std).sum(1),
        ),
        Mistake(
            "The factor ½ of the square is missing.",
            lambda actions, mean, log_std: (
                each(actions, mean, log_std) - 0.5 * square(actions, mean, log_std)
            ).sum(1),
        ),
        Mistake(
            "The sign of the square is turned round: far from the mean the density falls.",
            lambda actions, mean, log_std: (
                each(actions, mean, log_std) + square(actions, mean, log_std)
            ).sum(1),
        ),
        Mistake(
            "The distance is not squared.",
            lambda actions, mean, log_std: (
                -0.5 * (actions - mean) / log_std.exp() - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "The squared distance is divided by the standard deviation: it is divided by its square, the variance.",
            lambda actions, mean, log_std: (
                -0.5 * (actions - mean) ** 2 / log_std.exp() - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "The distance is not divided by the standard deviation exp(log_std).",
            lambda actions, mean, log_std: (-0.5 * (actions - mean) ** 2 - log_std - HALF_LOG_2PI).sum(1),
        ),
        Mistake(
            "log_std is used as the standard deviation: take exp(log_std), which is positive whatever the network says.",
            lambda actions, mean, log_std: (
                -0.5 * ((actions - mean) / log_std) ** 2 - log_std.log() - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "log_std is used as the standard deviation: take exp(log_std), which is positive whatever the network says.",
            lambda actions, mean, log_std: Normal(mean, log_std).log_prob(actions).sum(1),
        ),
        Mistake(
            "log_std is used as the standard deviation: take exp(log_std), which is positive whatever the network says.",
            lambda actions, mean, log_std: (
                -0.5 * ((actions - mean) / log_std) ** 2 - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "log_std is read as a log-variance here: the standard deviation is exp(log_std), without a root.",
            lambda actions, mean, log_std: each(actions, mean, 0.5 * log_std).sum(1),
        ),
        Mistake(
            "The variance stands where the standard deviation belongs: that is exp(log_std), `Normal` takes it as `scale`.",
            lambda actions, mean, log_std: each(actions, mean, 2 * log_std).sum(1),
        ),
        Mistake(
            "This is the density: its logarithm is asked for.",
            lambda actions, mean, log_std: each(actions, mean, log_std).sum(1).exp(),
        ),
        Mistake(
            "The density is computed first and rounds to 0 far out, so that its logarithm is -inf: write the logarithm "
            "term by term.",
            lambda actions, mean, log_std: each(actions, mean, log_std).exp().log().sum(1),
        ),
        Mistake(
            "The sign is turned round: this is -log p, the loss of a fit.",
            lambda actions, mean, log_std: -each(actions, mean, log_std).sum(1),
        ),
        *(
            Mistake(
                "log_std is cut off before use, so very narrow or wide policies come out wrong: use it as it is.",
                lambda actions, mean, log_std, low=low, high=high: each(
                    actions, mean, log_std.clamp(low, high)
                ).sum(1),
            )
            for low, high in ((-20.0, 2.0), (-5.0, 2.0), (-2.0, 2.0))
        ),
        Mistake(
            "The distance is multiplied by the standard deviation: divide by it.",
            lambda actions, mean, log_std: (
                -0.5 * ((actions - mean) * log_std.exp()) ** 2 - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "Half of log_std is subtracted, as if it were a log-variance: subtract it whole.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + 0.5 * log_std).sum(1),
        ),
        Mistake(
            "A softplus is another way to make a positive number: here the standard deviation is exp(log_std).",
            lambda actions, mean, log_std: each(
                actions, mean, torch.nn.functional.softplus(log_std).log()
            ).sum(1),
        ),
        Mistake(
            "The distance is not squared.",
            lambda actions, mean, log_std: (
                -0.5 * (actions - mean).abs() / log_std.exp() - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "The mean is added to the action: the distance is their difference.",
            lambda actions, mean, log_std: each(actions, -mean, log_std).sum(1),
        ),
        Mistake(
            "One log_std is subtracted for all coordinates together: each has its own.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + log_std).sum(1) - log_std[0],
        ),
        Mistake(
            "One log_std is subtracted for all coordinates together: each has its own.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + log_std).sum(1) - log_std.mean(),
        ),
        Mistake(
            "The coordinates' densities are added up with logsumexp: independent ones multiply, so add up their logarithms.",
            lambda actions, mean, log_std: each(actions, mean, log_std).logsumexp(1),
        ),
        Mistake(
            "log_std is subtracted after the sum over D: it belongs to each coordinate, so subtract it before.",
            lambda actions, mean, log_std: (each(actions, mean, log_std) + log_std).sum(1) - log_std,
        ),
        Mistake(
            "The distance is not squared.",
            lambda actions, mean, log_std: (
                -0.5 * (actions - mean) / (2 * log_std).exp() - log_std - HALF_LOG_2PI
            ).sum(1),
        ),
        Mistake(
            "This is the probability of a smaller action (`cdf`): the density at the action itself is asked for.",
            lambda actions, mean, log_std: Normal(mean, log_std.exp()).cdf(actions).log().sum(1),
        ),
        *(
            Mistake(TINY, lambda *given, tiny=tiny, made=made: made(*given, tiny))
            for made in (_wider_throughout, _wider_in_the_square)
            for tiny in (1e-3, 1e-4, 1e-5, 1e-6)
        ),
    ),
)
