"""The log-density of a mixture of Gaussians, lesson 02, as an exercise."""

import math

import torch
from torch.distributions import Normal

from ..densities import mixture_log_prob
from .exercise import Case, Exercise, Mistake
from .lesson_02_gaussian import HALF_LOG_2PI, columns, each, normal

__all__ = ["MIXTURE"]


def _component(actions, means, log_stds):
    return each(actions[:, None], means, log_stds)


def _joint(actions, logits, means, log_stds):
    return logits.log_softmax(1) + _component(actions, means, log_stds)


def _one_gaussian(actions, logits, means, log_stds):
    weights = logits.softmax(1)
    mean = (weights * means).sum(1)
    variance = (weights * (log_stds.exp() ** 2 + means**2)).sum(1) - mean**2
    return each(actions, mean, 0.5 * variance.log())


def _mixed(rows: int, components: int, seed: int) -> tuple:
    """Actions [B], logits, means and log_stds [B, K]; the log_stds have both signs."""
    shape = rows, components
    return normal(rows, seed=seed), normal(*shape, seed=seed + 1), 2 * normal(*shape, seed=seed + 2), (
        0.5 * normal(*shape, seed=seed + 3)
    )  # fmt: skip


MIXTURE = Exercise(
    reference=mixture_log_prob,
    returns="[B]: one log-density for each action",
    cases=(
        Case(
            "two humps of unlike weight and an action between them",
            (
                torch.tensor([0.2]),
                torch.tensor([[1.0, 0.0]]),
                torch.tensor([[-1.0, 1.0]]),
                torch.tensor([[-0.5, 0.4]]),
            ),
        ),
        Case("4 actions and 3 components", _mixed(4, 3, seed=10)),
        Case("3 actions and 3 components", _mixed(3, 3, seed=20)),
        Case(
            "2 actions and 5 components of positive log_std",
            (*_mixed(2, 5, seed=30)[:3], torch.full((2, 5), 0.7)),
        ),
        Case(
            "a single component, whatever its logit",
            (torch.tensor([0.5]), torch.tensor([[3.0]]), torch.zeros(1, 1), torch.zeros(1, 1)),
        ),
        Case(
            "an action 40 standard deviations away from every hump",
            (
                torch.tensor([41.0]),
                torch.tensor([[0.0, 1.0]]),
                torch.tensor([[-1.0, 1.0]]),
                torch.zeros(1, 2),
            ),
        ),
        Case(
            "logits of ±1e4",
            columns([0.3], [[1e4, -1e4]], [[0.0, 1.0]], [[0.2, 0.1]]),
        ),
        Case(
            "a hump of weight exp(-1000), and an action on top of it",
            columns([60.0], [[1000.0, 0.0]], [[0.0, 60.0]], [[0.0, 0.0]]),
        ),
    ),
    mistakes=(
        Mistake(
            "The weights do not sum to 1: a component's log-weight is log_softmax of the logits, not the logit itself.",
            lambda actions, logits, means, log_stds: (
                logits + _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The densities round to 0 far out, so that the logarithm of their sum is -inf: stay in logarithms with logsumexp.",
            lambda actions, logits, means, log_stds: (
                (logits.softmax(1) * _component(actions, means, log_stds).exp()).sum(1).log()
            ),
        ),
        *(
            Mistake(
                "A small number added inside the logarithm hides the -inf, but far out the answer is wrong: use logsumexp.",
                lambda actions, logits, means, log_stds, tiny=tiny: (
                    (logits.softmax(1) * _component(actions, means, log_stds).exp()).sum(1) + tiny
                ).log(),
            )
            for tiny in (1e-6, 1e-8, 1e-10, 1e-12, 1e-20)
        ),
        Mistake(
            "This is the weighted mean of log-densities: the mixture averages densities, and the logarithm comes last "
            "(Jensen: this is never more).",
            lambda actions, logits, means, log_stds: (
                logits.softmax(1) * _component(actions, means, log_stds)
            ).sum(1),
        ),
        Mistake(
            "The components' log-densities are added up, as if all had acted at once: densities add up, so use logsumexp.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, log_stds).sum(1),
        ),
        Mistake(
            "Every component weighs the same here: add log_softmax of the logits before the logsumexp.",
            lambda actions, logits, means, log_stds: (
                _component(actions, means, log_stds).logsumexp(1) - math.log(logits.shape[1])
            ),
        ),
        Mistake(
            "The weights are missing: add log_softmax of the logits before the logsumexp.",
            lambda actions, logits, means, log_stds: _component(actions, means, log_stds).logsumexp(1),
        ),
        Mistake(
            "Only the best fitting component counts here: all of them contribute, so logsumexp, not max.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, log_stds).amax(1),
        ),
        Mistake(
            "Only the component of the largest weight counts here: the action may have come from any of them.",
            lambda actions, logits, means, log_stds: _component(actions, means, log_stds).gather(
                1, logits.argmax(1, keepdim=True)
            )[:, 0],
        ),
        Mistake(
            "This is one Gaussian at the weighted mean, with the weighted spread: it has one hump, a mixture has several.",
            lambda actions, logits, means, log_stds: each(
                actions,
                (logits.softmax(1) * means).sum(1),
                (logits.softmax(1) * log_stds.exp()).sum(1).log(),
            ),
        ),
        Mistake(
            "This is one Gaussian with the mixture's mean and variance: it has one hump, a mixture has several.",
            _one_gaussian,
        ),
        Mistake(
            "The weights are normalised over the batch, dim=0: those of one action sum to 1, dim=1.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(0) + _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The logsumexp runs over the batch, dim=0: it runs over the components of one action, dim=1.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, log_stds).logsumexp(0),
        ),
        Mistake(
            "`actions - means` subtracts [B, K] from [B] along the wrong side: give the actions a dimension, `actions[:, None]`.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(1) + each(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The weights stand where their logarithms belong: log_softmax, not softmax.",
            lambda actions, logits, means, log_stds: (
                logits.softmax(1) + _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The log-weights are multiplied to the log-densities: a product of densities is a sum of logarithms.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(1) * _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The weights multiply log-densities: they multiply densities, so add their logarithms, log_softmax.",
            lambda actions, logits, means, log_stds: (
                logits.softmax(1) * _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The components are averaged: densities add up, so use logsumexp.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, log_stds).mean(1),
        ),
        Mistake(
            "The components are not normalised: subtract log_std and ½ log 2π from each.",
            lambda actions, logits, means, log_stds: (
                (_joint(actions, logits, means, log_stds) + log_stds).logsumexp(1) + HALF_LOG_2PI
            ),
        ),
        Mistake(
            "A sigmoid gives each weight alone; the weights share one unit: log_softmax.",
            lambda actions, logits, means, log_stds: (
                torch.nn.functional.logsigmoid(logits) + _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "The term -log_std is missing in the components: a wide hump is a low one.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds) + log_stds
            ).logsumexp(1),
        ),
        Mistake(
            "The constant -½ log 2π is missing.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds).logsumexp(1) + HALF_LOG_2PI
            ),
        ),
        Mistake(
            "log_stds are used as standard deviations: take their exp.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(1) + Normal(means, log_stds).log_prob(actions[:, None])
            ).logsumexp(1),
        ),
        Mistake(
            "log_stds are used as standard deviations: take their exp.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(1)
                - 0.5 * ((actions[:, None] - means) / log_stds) ** 2
                - log_stds
                - HALF_LOG_2PI
            ).logsumexp(1),
        ),
        Mistake(
            "log_stds are read as log-variances here: the standard deviation is exp(log_std), without a root.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, 0.5 * log_stds).logsumexp(
                1
            ),
        ),
        Mistake(
            "The variance stands where the standard deviation belongs: that is exp(log_std).",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, 2 * log_stds).logsumexp(
                1
            ),
        ),
        Mistake(
            "This is the density: its logarithm is asked for.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds).logsumexp(1).exp()
            ),
        ),
        Mistake(
            "This is one number for each component: add their densities up with logsumexp over dim=1.",
            _joint,
        ),
        Mistake(
            "The log-density is right, but each stands in a row of its own, [B, 1]: leave `keepdim` out.",
            lambda actions, logits, means, log_stds: _joint(actions, logits, means, log_stds).logsumexp(
                1, keepdim=True
            ),
        ),
        Mistake(
            "The sign is turned round: this is -log p, the loss of a fit.",
            lambda actions, logits, means, log_stds: -_joint(actions, logits, means, log_stds).logsumexp(1),
        ),
        Mistake(
            "The logarithm of a softmax is -inf where a weight rounds to 0, and that hump is lost: use log_softmax.",
            lambda actions, logits, means, log_stds: (
                logits.softmax(1).log() + _component(actions, means, log_stds)
            ).logsumexp(1),
        ),
        Mistake(
            "Weights and densities are added: each weight multiplies the density of its component.",
            lambda actions, logits, means, log_stds: (
                (logits.softmax(1) + _component(actions, means, log_stds).exp()).sum(1).log()
            ),
        ),
        Mistake(
            "This is one Gaussian with averaged parameters: it has one hump, a mixture has several.",
            lambda actions, logits, means, log_stds: each(
                actions, (logits.softmax(1) * means).sum(1), (logits.softmax(1) * log_stds).sum(1)
            ),
        ),
        Mistake(
            "`nan_to_num` hides the -inf, but far out the answer is still lost: stay in logarithms with logsumexp.",
            lambda actions, logits, means, log_stds: (
                (logits.softmax(1) * _component(actions, means, log_stds).exp()).sum(1).log().nan_to_num()
            ),
        ),
        Mistake(
            "The factor ½ of the square is missing.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds)
                - 0.5 * ((actions[:, None] - means) / log_stds.exp()) ** 2
            ).logsumexp(1),
        ),
        Mistake(
            "The squared distance is divided by the standard deviation: it is divided by its square, the variance.",
            lambda actions, logits, means, log_stds: (
                logits.log_softmax(1)
                - 0.5 * (actions[:, None] - means) ** 2 / log_stds.exp()
                - log_stds
                - HALF_LOG_2PI
            ).logsumexp(1),
        ),
        Mistake(
            "The constant is log 2π here: it is half of it, since 2π stands under a root.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds).logsumexp(1) - HALF_LOG_2PI
            ),
        ),
        Mistake(
            "The standard deviation is subtracted: it is its logarithm, log_std.",
            lambda actions, logits, means, log_stds: (
                _joint(actions, logits, means, log_stds) + log_stds - log_stds.exp()
            ).logsumexp(1),
        ),
        Mistake(
            "Dividing the logits by their sum gives no weights, since logits may be negative: use log_softmax.",
            lambda actions, logits, means, log_stds: (
                (logits / logits.sum(1, keepdim=True) * _component(actions, means, log_stds).exp())
                .sum(1)
                .log()
            ),
        ),
    ),
)
