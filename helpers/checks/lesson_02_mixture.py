"""The log-density of a mixture of Gaussians, lesson 02, as an exercise."""

import math

import torch
from torch.distributions import Normal
from torch.nn.functional import logsigmoid

from ..densities import mixture_log_prob
from .exercise import Case, Exercise, Mistake
from .lesson_02_formulas import HALF_LOG_2PI, columns, each, mixture_of, normal, square, weights

__all__ = ["MIXTURE"]


def _one_hump(log_std_of):
    """A single Gaussian at the weighted mean."""

    def log_density(actions, logits, means, log_stds):
        shares = weights(logits)
        mean = (shares * means).sum(1)
        return each(actions, mean, log_std_of(shares, means, log_stds, mean))

    return log_density


def _density(actions, means, log_stds):
    return each(actions, means, log_stds).exp()


def _mixed(rows: int, components: int, seed: int) -> tuple:
    """Actions [B], logits, means and log_stds [B, K]; the log_stds have both signs."""
    shape = rows, components
    return normal(rows, seed=seed), normal(*shape, seed=seed + 1), 2 * normal(*shape, seed=seed + 2), (
        0.5 * normal(*shape, seed=seed + 3)
    )  # fmt: skip


TWO_HUMPS = tuple(map(torch.tensor, ([0.2], [[1.0, 0.0]], [[-1.0, 1.0]], [[-0.5, 0.4]])))
ONE_HUMP = tuple(map(torch.tensor, ([0.5], [[3.0]], [[0.0]], [[0.0]])))
FAR_OUT = tuple(map(torch.tensor, ([41.0], [[0.0, 1.0]], [[-1.0, 1.0]], [[0.0, 0.0]])))
UNLIKELY = columns([60.0], [[1000.0, 0.0]], [[0.0, 60.0]], [[0.0, 0.0]])

TINY = "A small number added inside the logarithm hides the -inf, but far out the answer is wrong: use logsumexp."
AS_STD = "log_stds are used as standard deviations: take their exp."
QUOTIENT = "Dividing the logits by their sum gives no weights, since logits may be negative: use log_softmax."
PRODUCT = "The components' log-densities are added up, as if all had acted at once: densities add up, so use logsumexp."
BATCH = "The batch is taken together: each action keeps a log-density of its own, [B]."
CUT_OFF = "The log-densities are cut off from below, so that far out the answer is wrong: logsumexp needs no such help."

MIXTURE = Exercise(
    reference=mixture_log_prob,
    returns="[B]: one log-density for each action",
    differentiate=("logits", "means", "log_stds"),
    cases=(
        Case("two humps of unlike weight and an action between them", TWO_HUMPS),
        Case("4 actions and 3 components", _mixed(4, 3, seed=10)),
        Case("3 actions and 3 components", _mixed(3, 3, seed=20)),
        Case(
            "2 actions and 5 components of positive log_std",
            (*_mixed(2, 5, seed=30)[:3], torch.full((2, 5), 0.7)),
        ),
        Case("a single component, whatever its logit", ONE_HUMP),
        Case("an action 40 standard deviations away from every hump", FAR_OUT),
        Case("logits of ±1e4", columns([0.3], [[1e4, -1e4]], [[0.0, 1.0]], [[0.2, 0.1]])),
        Case("a hump of weight exp(-1000), and an action on top of it", UNLIKELY),
    ),
    mistakes=(
        Mistake(
            "The weights do not sum to 1: a component's log-weight is log_softmax of the logits, not the logit itself.",
            mixture_of(weigh=lambda logits: logits),
        ),
        Mistake(
            "The densities round to 0 far out, so that the logarithm of their sum is -inf: stay in logarithms with logsumexp.",
            mixture_of(add_up=lambda joint: joint.exp().sum(1).log()),
        ),
        *(
            Mistake(TINY, mixture_of(add_up=lambda joint, tiny=tiny: (joint.exp().sum(1) + tiny).log()))
            for tiny in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-20)
        ),
        *(
            Mistake(CUT_OFF, mixture_of(hump=lambda *given, least=least: each(*given).clamp(min=least)))
            for least in (-10.0, -20.0, -50.0, -100.0, -500.0)
        ),
        Mistake(
            "This is the weighted mean of log-densities: the mixture averages densities, and the logarithm comes last "
            "(Jensen: this is never more).",
            mixture_of(weigh=weights, join=torch.mul, add_up=lambda joint: joint.sum(1)),
        ),
        Mistake(PRODUCT, mixture_of(add_up=lambda joint: joint.sum(1))),
        Mistake(PRODUCT, mixture_of(add_up=lambda joint: joint.exp().log().sum(1))),
        Mistake(
            "Every component weighs the same here: add log_softmax of the logits before the logsumexp.",
            mixture_of(weigh=lambda logits: torch.zeros_like(logits) - math.log(logits.shape[1])),
        ),
        Mistake(
            "The weights have no effect: they are missing, or multiply what is summed already. Add log_softmax of the logits "
            "before the logsumexp.",
            mixture_of(weigh=torch.zeros_like),
        ),
        Mistake(
            "Only the best fitting component counts here: all of them contribute, so logsumexp, not max.",
            mixture_of(add_up=lambda joint: joint.amax(1)),
        ),
        Mistake(
            "Only the component of the largest weight counts here: the action may have come from any of them.",
            lambda actions, logits, means, log_stds: each(actions[:, None], means, log_stds).gather(
                1, logits.argmax(1, keepdim=True)
            )[:, 0],
        ),
        Mistake(
            "This is one Gaussian at the weighted mean, with the weighted spread: it has one hump, a mixture has several.",
            _one_hump(lambda shares, means, log_stds, mean: (shares * log_stds.exp()).sum(1).log()),
        ),
        Mistake(
            "This is one Gaussian with the mixture's mean and variance: it has one hump, a mixture has several.",
            _one_hump(
                lambda shares, means, log_stds, mean: (
                    0.5 * ((shares * (log_stds.exp() ** 2 + means**2)).sum(1) - mean**2).log()
                )
            ),
        ),
        Mistake(
            "This is one Gaussian with averaged parameters: it has one hump, a mixture has several.",
            _one_hump(lambda shares, means, log_stds, mean: (shares * log_stds).sum(1)),
        ),
        Mistake(
            "The weights are normalised over the batch, dim=0: those of one action sum to 1, dim=1.",
            mixture_of(weigh=lambda logits: logits.log_softmax(0)),
        ),
        Mistake(
            "The logsumexp runs over the batch, dim=0: it runs over the components of one action, dim=1.",
            mixture_of(add_up=lambda joint: joint.logsumexp(0)),
        ),
        Mistake(
            "`actions - means` subtracts [B, K] from [B] along the wrong side: give the actions a dimension, `actions[:, None]`.",
            mixture_of(hump=lambda actions, means, log_stds: each(actions[:, 0], means, log_stds)),
        ),
        Mistake(
            "The weights stand where their logarithms belong: log_softmax, not softmax.",
            mixture_of(weigh=weights),
        ),
        Mistake(
            "The log-weights multiply the log-densities: a product becomes a sum of logarithms, so add them.",
            mixture_of(join=torch.mul),
        ),
        Mistake(
            "The weights multiply log-densities: they multiply densities, so add their logarithms, log_softmax.",
            mixture_of(weigh=weights, join=torch.mul),
        ),
        Mistake(
            "The components are averaged: densities add up, so use logsumexp.",
            mixture_of(add_up=lambda joint: joint.mean(1)),
        ),
        Mistake(
            "The components are not normalised: subtract log_std and ½ log 2π from each.",
            mixture_of(hump=lambda *given: -0.5 * square(*given)),
        ),
        Mistake(
            "A sigmoid gives each weight alone; the weights share one unit: log_softmax.",
            mixture_of(weigh=logsigmoid),
        ),
        Mistake(
            "The term -log_std is missing in the components: a wide hump is a low one.",
            mixture_of(hump=lambda actions, means, log_stds: each(actions, means, log_stds) + log_stds),
        ),
        Mistake(
            "The minus reaches the first term only: log_std and ½ log 2π are subtracted as well, so put brackets.",
            mixture_of(
                hump=lambda actions, means, log_stds: (
                    -0.5 * square(actions, means, log_stds) + log_stds + HALF_LOG_2PI
                )
            ),
        ),
        Mistake(
            "The constant -½ log 2π is missing.",
            mixture_of(hump=lambda *given: each(*given) + HALF_LOG_2PI),
        ),
        Mistake(
            AS_STD,
            mixture_of(hump=lambda actions, means, log_stds: Normal(means, log_stds).log_prob(actions)),
        ),
        Mistake(
            AS_STD,
            mixture_of(
                hump=lambda actions, means, log_stds: (
                    -0.5 * ((actions - means) / log_stds) ** 2 - log_stds - HALF_LOG_2PI
                )
            ),
        ),
        Mistake(
            "log_stds are read as log-variances here: the standard deviation is exp(log_std), without a root.",
            mixture_of(hump=lambda actions, means, log_stds: each(actions, means, 0.5 * log_stds)),
        ),
        Mistake(
            "The variance stands where the standard deviation belongs: that is exp(log_std).",
            mixture_of(hump=lambda actions, means, log_stds: each(actions, means, 2 * log_stds)),
        ),
        Mistake(
            "This is the density: its logarithm is asked for.",
            mixture_of(add_up=lambda joint: joint.logsumexp(1).exp()),
        ),
        Mistake(
            "This is one number for each component: add their densities up with logsumexp over dim=1.",
            mixture_of(add_up=lambda joint: joint),
        ),
        Mistake(
            "The log-density is right, but each stands in a row of its own, [B, 1]: leave `keepdim` out.",
            mixture_of(add_up=lambda joint: joint.logsumexp(1, keepdim=True)),
        ),
        Mistake(
            "The sign is turned round: this is -log p, the loss of a fit.",
            mixture_of(add_up=lambda joint: -joint.logsumexp(1)),
        ),
        Mistake(BATCH, mixture_of(add_up=lambda joint: joint.logsumexp(1).sum())),
        Mistake(BATCH, mixture_of(add_up=lambda joint: joint.logsumexp(1).mean())),
        Mistake(BATCH, mixture_of(add_up=lambda joint: joint.logsumexp((0, 1)))),
        Mistake(
            "The logarithm of a softmax is -inf where a weight rounds to 0, and that hump is lost: use log_softmax.",
            mixture_of(weigh=lambda logits: logits.softmax(1).log()),
        ),
        *(
            Mistake(
                "A floor under the weights, added or by `clamp`, lets humps count that weigh next to nothing: use log_softmax.",
                mixture_of(weigh=lambda logits, tiny=tiny: (logits.softmax(1) + tiny).log()),
            )
            for tiny in (1e-6, 1e-8, 1e-10, 1e-12)
        ),
        Mistake(
            "Weights and densities are added: each weight multiplies the density of its component.",
            mixture_of(weigh=weights, hump=_density, add_up=lambda joint: joint.sum(1).log()),
        ),
        Mistake(
            "`nan_to_num` hides the -inf, but far out the answer is still lost: stay in logarithms with logsumexp.",
            mixture_of(add_up=lambda joint: joint.exp().sum(1).log().nan_to_num()),
        ),
        Mistake(
            "The factor ½ of the square is missing.",
            mixture_of(hump=lambda *given: each(*given) - 0.5 * square(*given)),
        ),
        Mistake(
            "The squared distance is divided by the standard deviation: it is divided by its square, the variance.",
            mixture_of(
                hump=lambda actions, means, log_stds: (
                    -0.5 * (actions - means) ** 2 / log_stds.exp() - log_stds - HALF_LOG_2PI
                )
            ),
        ),
        Mistake(
            "The constant is log 2π here: it is half of it, since 2π stands under a root.",
            mixture_of(hump=lambda *given: each(*given) - HALF_LOG_2PI),
        ),
        Mistake(
            "The standard deviation is subtracted: it is its logarithm, log_std.",
            mixture_of(
                hump=lambda actions, means, log_stds: (
                    each(actions, means, log_stds) + log_stds - log_stds.exp()
                )
            ),
        ),
        Mistake(
            QUOTIENT,
            mixture_of(
                weigh=lambda logits: logits / logits.sum(1, keepdim=True),
                hump=_density,
                join=torch.mul,
                add_up=lambda joint: joint.sum(1).log(),
            ),
        ),
        Mistake(QUOTIENT, mixture_of(weigh=lambda logits: (logits / logits.sum(1, keepdim=True)).log())),
        Mistake(QUOTIENT, mixture_of(weigh=lambda logits: logits.log() - logits.sum(1, keepdim=True).log())),
    ),
)
