"""The log-density of a Beta distribution on an interval, lesson 02, as an exercise."""

import math

import torch
from torch.distributions import Beta

from ..densities import beta_log_prob
from .exercise import Case, Exercise, Mistake
from .lesson_02_gaussian import columns

__all__ = ["BETA"]


def _log_b(alpha, beta):
    return alpha.lgamma() + beta.lgamma() - (alpha + beta).lgamma()


def _kernel(actions, alpha, beta, low, high):
    u = (actions - low) / (high - low)
    return (alpha - 1) * u.log() + (beta - 1) * (1 - u).log()


def _unit(actions, alpha, beta, low, high):
    return _kernel(actions, alpha, beta, low, high) - _log_b(alpha, beta)


def _width(low, high):
    return math.log(high - low)


BETA = Exercise(
    reference=beta_log_prob,
    returns="[B]: one log-density for each action",
    cases=(
        Case("the interval (0, 1)", (*columns([0.3, 0.9], [2.0, 1.5], [5.0, 3.0]), 0.0, 1.0)),
        Case(
            "the interval (-2, 2)", (*columns([-1.5, 0.4, 1.9], [2.0, 1.2, 3.0], [3.0, 2.5, 1.5]), -2.0, 2.0)
        ),
        Case(
            "the interval (1, 1.5), narrower than 1",
            (*columns([1.1, 1.3], [2.5, 4.0], [2.0, 1.5]), 1.0, 1.5),
        ),
        Case(
            "float32 on (-1, 3)",
            (
                torch.tensor([-0.5, 0.0, 2.5]),
                torch.tensor([2.0, 3.0, 1.5]),
                torch.tensor([4.0, 2.0, 5.0]),
                -1.0,
                3.0,
            ),
        ),
        Case("α = β = 1, which is uniform", (*columns([1.5, 3.9], [1.0, 1.0], [1.0, 1.0]), 1.0, 4.0)),
        Case("α and β below 1", (*columns([-0.99, 0.2], [0.5, 0.3], [0.7, 0.5]), -1.0, 1.0)),
        Case(
            "α and β of 2e4 and more",
            (*columns([0.1, -0.2], [3e4, 2e4], [2.5e4, 3e4]), -1.0, 1.0),
        ),
        Case("an action very near its bound", (*columns([2e-7], [3.0], [1.5]), 0.0, 1.0)),
        Case("an action that is all but impossible", (*columns([0.9], [2000.0], [2000.0]), -1.0, 1.0)),
    ),
    tolerance=1e-4,
    mistakes=(
        Mistake(
            "The Jacobian is missing: stretching (0, 1) to (low, high) thins the density out, so subtract log(high - low).",
            _unit,
        ),
        Mistake(
            "The sign of the Jacobian is turned round: a wider interval means a lower density, so subtract log(high - low).",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) + _width(low, high)
            ),
        ),
        Mistake(
            "The log-density is divided by the width: a density is divided by it, so subtract log(high - low).",
            lambda actions, alpha, beta, low, high: _unit(actions, alpha, beta, low, high) / (high - low),
        ),
        Mistake(
            "The width itself is subtracted: it is its logarithm, log(high - low).",
            lambda actions, alpha, beta, low, high: _unit(actions, alpha, beta, low, high) - (high - low),
        ),
        Mistake(
            "The action is not rescaled: the Beta density lives on (0, 1), so take u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: _unit(actions, alpha, beta, 0.0, 1.0),
        ),
        Mistake(
            "The action is not rescaled: the Beta density lives on (0, 1), so take u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: _unit(actions, alpha, beta, 0.0, 1.0) - _width(low, high),
        ),
        Mistake(
            "The action is not rescaled: the Beta density lives on (0, 1), so take u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: Beta(alpha, beta).log_prob(actions),
        ),
        Mistake(
            "The action is shifted but not divided by the width: u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, low + 1) - _width(low, high)
            ),
        ),
        Mistake(
            "The distances to the bounds are not divided by the width: u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: (
                (alpha - 1) * (actions - low).log()
                + (beta - 1) * (high - actions).log()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "The distances to the bounds are not divided by the width: u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: (
                (alpha - 1) * (actions - low).log()
                + (beta - 1) * (high - actions).log()
                - _log_b(alpha, beta)
            ),
        ),
        Mistake(
            "The density is computed first and rounds to 0 far from the hump, so that its logarithm is -inf: write the "
            "logarithm term by term.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high).exp() / (high - low)
            ).log(),
        ),
        Mistake(
            "The action is divided but not shifted: u = (action - low) / (high - low).",
            lambda actions, alpha, beta, low, high: (
                _unit(actions / (high - low), alpha, beta, 0.0, 1.0) - _width(low, high)
            ),
        ),
        Mistake(
            "The interval is taken to be (-1, 1) here: use low and high.",
            lambda actions, alpha, beta, low, high: _unit(actions, alpha, beta, -1.0, 1.0) - math.log(2),
        ),
        Mistake(
            "1 - action stands where 1 - u belongs.",
            lambda actions, alpha, beta, low, high: (
                (alpha - 1) * ((actions - low) / (high - low)).log()
                + (beta - 1) * (1 - actions).log()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "α and β are swapped: α - 1 goes with log u, β - 1 with log(1 - u).",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, beta, alpha, low, high) - _width(low, high)
            ),
        ),
        Mistake(
            "The exponents are α - 1 and β - 1, not α and β.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha + 1, beta + 1, low, high) - _log_b(alpha, beta) - _width(low, high)
            ),
        ),
        Mistake(
            "The normalising constant is missing: subtract log B(α, β), made of three `torch.lgamma`.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high) - _width(low, high)
            ),
        ),
        Mistake(
            "The normalising constant is missing, and so is the Jacobian: subtract log B(α, β) and log(high - low).",
            _kernel,
        ),
        Mistake(
            "The sign of log B(α, β) is turned round: B divides the density, so subtract it.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high) + _log_b(alpha, beta) - _width(low, high)
            ),
        ),
        Mistake(
            "The term lgamma(α + β) is missing: log B(α, β) = lgamma(α) + lgamma(β) - lgamma(α + β).",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high) - alpha.lgamma() - beta.lgamma() - _width(low, high)
            ),
        ),
        Mistake(
            "The sign of lgamma(α + β) is turned round: log B(α, β) = lgamma(α) + lgamma(β) - lgamma(α + β).",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - 2 * (alpha + beta).lgamma() - _width(low, high)
            ),
        ),
        Mistake(
            "lgamma is a logarithm already: its three terms are added and subtracted, not multiplied and divided.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high)
                - alpha.lgamma() * beta.lgamma() / (alpha + beta).lgamma()
                - _width(low, high)
            ),
        ),
        Mistake(
            "The Gamma function overflows for large α and β: stay in logarithms, `torch.lgamma` without exp.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high)
                - (alpha.lgamma().exp() * beta.lgamma().exp() / (alpha + beta).lgamma().exp()).log()
                - _width(low, high)
            ),
        ),
        Mistake(
            "u to the power of α - 1 is computed first and rounds to 0 for large α and β: write the logarithm term by term.",
            lambda actions, alpha, beta, low, high: (
                ((u := (actions - low) / (high - low)) ** (alpha - 1) * (1 - u) ** (beta - 1)).log()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "digamma is the slope of lgamma: the formula needs lgamma itself.",
            lambda actions, alpha, beta, low, high: (
                _kernel(actions, alpha, beta, low, high)
                - (alpha.digamma() + beta.digamma() - (alpha + beta).digamma())
                - _width(low, high)
            ),
        ),
        Mistake(
            "α and β are taken for logarithms here: they are given as positive numbers, no exp.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha.exp(), beta.exp(), low, high) - _width(low, high)
            ),
        ),
        Mistake(
            "1 is added to α and β here: a network may need that to keep one hump, but they are given ready for use.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha + 1, beta + 1, low, high) - _width(low, high)
            ),
        ),
        Mistake(
            "This is the density: its logarithm is asked for.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - _width(low, high)
            ).exp(),
        ),
        Mistake(
            "The log-densities of the batch are added up: each action keeps its own, [B].",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - _width(low, high)
            ).sum(),
        ),
        Mistake(
            "The sign is turned round: this is -log p, the loss of a fit.",
            lambda actions, alpha, beta, low, high: (
                _width(low, high) - _unit(actions, alpha, beta, low, high)
            ),
        ),
        Mistake(
            "Both terms hold log u: β - 1 goes with log(1 - u).",
            lambda actions, alpha, beta, low, high: (
                (alpha + beta - 2) * ((actions - low) / (high - low)).log()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "The sign of (β - 1) log(1 - u) is turned round: both powers multiply, so their logarithms add up.",
            lambda actions, alpha, beta, low, high: (
                (alpha - 1) * (u := (actions - low) / (high - low)).log()
                - (beta - 1) * (1 - u).log()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "This is log(1 + u): the second term needs log(1 - u), `torch.log1p(-u)`.",
            lambda actions, alpha, beta, low, high: (
                (alpha - 1) * (u := (actions - low) / (high - low)).log()
                + (beta - 1) * u.log1p()
                - _log_b(alpha, beta)
                - _width(low, high)
            ),
        ),
        Mistake(
            "The upper bound is taken for the width: it is high - low.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - torch.tensor(high).log()
            ),
        ),
        Mistake(
            "The Jacobian is subtracted twice.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - 2 * _width(low, high)
            ),
        ),
        Mistake(
            "The Jacobian is that of both powers and of the action: u is already rescaled, so subtract log(high - low) once.",
            lambda actions, alpha, beta, low, high: (
                _unit(actions, alpha, beta, low, high) - (alpha + beta - 1) * _width(low, high)
            ),
        ),
        *(
            Mistake(
                "u is kept away from the bounds before the logarithm, so that actions very near them come out wrong: actions lie "
                "strictly inside.",
                lambda actions, alpha, beta, low, high, tiny=tiny: (
                    _unit(((actions - low) / (high - low)).clamp(tiny, 1 - tiny), alpha, beta, 0.0, 1.0)
                    - _width(low, high)
                ),
            )
            for tiny in (1e-6, 1e-5, 1e-4, 1e-3)
        ),
    ),
)
