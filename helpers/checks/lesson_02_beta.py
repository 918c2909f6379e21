"""The log-density of a Beta distribution on an interval, lesson 02, as an exercise."""

import math

import torch
from torch.distributions import Beta

from ..densities import beta_log_prob
from .exercise import Case, Exercise, Mistake
from .lesson_02_formulas import beta_of, columns, jacobian_of, log_b, powers_of, unit

__all__ = ["BETA"]


def _none(*given):
    return 0.0


RIGHT = beta_of()


def _without_rescaling(actions, alpha, beta, low, high):
    """Both distances to the bounds as they are, with no Jacobian."""
    powers = (alpha - 1) * (actions - low).log() + (beta - 1) * (high - actions).log()
    return powers - log_b(alpha, beta)


FLOAT32 = [-0.5, 0.0, 2.5], [2.0, 3.0, 1.5], [4.0, 2.0, 5.0]

UNSCALED = (
    "The action is not rescaled: the Beta density lives on (0, 1), so take u = (action - low) / (high - low)."
)
DISTANCES = "The distances to the bounds are not divided by the width: u = (action - low) / (high - low)."
BATCH = "The log-densities of the batch are taken together: each action keeps its own, [B]."
LOGARITHM = "lgamma is a logarithm already: its three terms are added and subtracted, with no further log."
CUT_OFF = (
    "u is kept away from the bounds before the logarithm, so that actions very near them come out wrong: actions lie "
    "strictly inside."
)

BETA = Exercise(
    reference=beta_log_prob,
    returns="[B]: one log-density for each action",
    differentiate=("alpha", "beta"),
    cases=(
        Case("the interval (0, 1)", (*columns([0.3, 0.9], [2.0, 1.5], [5.0, 3.0]), 0.0, 1.0)),
        Case(
            "the interval (-2, 2)", (*columns([-1.5, 0.4, 1.9], [2.0, 1.2, 3.0], [3.0, 2.5, 1.5]), -2.0, 2.0)
        ),
        Case(
            "the interval (1, 1.5), narrower than 1",
            (*columns([1.1, 1.3], [2.5, 4.0], [2.0, 1.5]), 1.0, 1.5),
        ),
        Case("float32 on (-1, 3)", (*map(torch.tensor, FLOAT32), -1.0, 3.0)),
        Case("α = β = 1, which is uniform", (*columns([1.5, 3.9], [1.0, 1.0], [1.0, 1.0]), 1.0, 4.0)),
        Case("α and β below 1", (*columns([-0.99, 0.2], [0.5, 0.3], [0.7, 0.5]), -1.0, 1.0)),
        # The largest terms are half a million, of which float32 keeps 0.03; its right formulas are up to 0.1 off.
        Case(
            "α and β of 2e4 and more, in float32",
            (*map(torch.tensor, ([0.1, -0.2], [3e4, 2e4], [2.5e4, 3e4])), -1.0, 1.0),
            tolerance=0.05,
        ),
        Case("an action very near its bound", (*columns([2e-7], [3.0], [1.5]), 0.0, 1.0)),
        Case("an action that is all but impossible", (*columns([0.9], [2000.0], [2000.0]), -1.0, 1.0)),
    ),
    tolerance=1e-4,
    mistakes=(
        Mistake(
            "The Jacobian is missing: stretching (0, 1) to (low, high) thins the density out, so subtract log(high - low).",
            beta_of(jacobian=_none),
        ),
        Mistake(
            "The sign of the Jacobian is turned round: a wider interval means a lower density, so subtract log(high - low).",
            beta_of(jacobian=lambda low, high: -jacobian_of(low, high)),
        ),
        Mistake(
            "The log-density is divided by the width: a density is divided by it, so subtract log(high - low).",
            lambda *given: beta_of(jacobian=_none)(*given) / (given[4] - given[3]),
        ),
        Mistake(
            "The width itself is subtracted: it is its logarithm, log(high - low).",
            beta_of(jacobian=lambda low, high: high - low),
        ),
        Mistake(UNSCALED, beta_of(u=lambda actions, low, high: actions, jacobian=_none)),
        Mistake(UNSCALED, beta_of(u=lambda actions, low, high: actions)),
        Mistake(UNSCALED, lambda actions, alpha, beta, low, high: Beta(alpha, beta).log_prob(actions)),
        Mistake(
            "The action is shifted but not divided by the width: u = (action - low) / (high - low).",
            beta_of(u=lambda actions, low, high: actions - low),
        ),
        Mistake(DISTANCES, lambda *given: _without_rescaling(*given) - jacobian_of(*given[3:])),
        Mistake(DISTANCES, _without_rescaling),
        Mistake(
            "The density is computed first and rounds to 0 far from the hump, so that its logarithm is -inf: write the "
            "logarithm term by term.",
            lambda *given: RIGHT(*given).exp().log(),
        ),
        Mistake(
            "The action is divided but not shifted: u = (action - low) / (high - low).",
            beta_of(u=lambda actions, low, high: actions / (high - low)),
        ),
        Mistake(
            "Brackets are missing: `actions - low / (high - low)` divides low alone.",
            beta_of(u=lambda actions, low, high: actions - low / (high - low)),
        ),
        Mistake(
            "The distance from low is divided by high: it is divided by the width, high - low.",
            beta_of(u=lambda actions, low, high: (actions - low) / torch.tensor(high)),
        ),
        Mistake(
            "The interval is taken to be (-1, 1) here: use low and high.",
            beta_of(u=lambda actions, low, high: (actions + 1) / 2, jacobian=lambda low, high: math.log(2)),
        ),
        Mistake(
            "1 - action stands where 1 - u belongs.",
            lambda actions, alpha, beta, low, high: (
                RIGHT(actions, alpha, beta, low, high)
                + (beta - 1) * ((1 - actions).log() - (1 - unit(actions, low, high)).log())
            ),
        ),
        Mistake(
            "α and β are swapped: α - 1 goes with log u, β - 1 with log(1 - u).",
            beta_of(powers=lambda u, alpha, beta: powers_of(u, beta, alpha)),
        ),
        Mistake(
            "The exponents are α - 1 and β - 1, not α and β.",
            beta_of(powers=lambda u, alpha, beta: powers_of(u, alpha + 1, beta + 1)),
        ),
        Mistake(
            "The normalising constant is missing: subtract log B(α, β), made of three `torch.lgamma`.",
            beta_of(constant=_none),
        ),
        Mistake(
            "The normalising constant is missing, and so is the Jacobian: subtract log B(α, β) and log(high - low).",
            beta_of(constant=_none, jacobian=_none),
        ),
        Mistake(
            "The sign of log B(α, β) is turned round: B divides the density, so subtract it.",
            beta_of(constant=lambda alpha, beta: -log_b(alpha, beta)),
        ),
        Mistake(
            "The term lgamma(α + β) is missing: log B(α, β) = lgamma(α) + lgamma(β) - lgamma(α + β).",
            beta_of(constant=lambda alpha, beta: alpha.lgamma() + beta.lgamma()),
        ),
        Mistake(
            "The sign of lgamma(α + β) is turned round: log B(α, β) = lgamma(α) + lgamma(β) - lgamma(α + β).",
            beta_of(constant=lambda alpha, beta: log_b(alpha, beta) + 2 * (alpha + beta).lgamma()),
        ),
        Mistake(
            "The minus reaches lgamma(α) only: -log B(α, β) = -lgamma(α) - lgamma(β) + lgamma(α + β), so put brackets.",
            beta_of(constant=lambda alpha, beta: alpha.lgamma() - beta.lgamma() + (alpha + beta).lgamma()),
        ),
        Mistake(
            "The minus reaches lgamma(α) only: -log B(α, β) = -lgamma(α) - lgamma(β) + lgamma(α + β), so put brackets.",
            beta_of(constant=lambda alpha, beta: alpha.lgamma() - beta.lgamma() - (alpha + beta).lgamma()),
        ),
        Mistake(
            "u and 1 - u stand where their logarithms belong: (α - 1) log u + (β - 1) log(1 - u).",
            beta_of(powers=lambda u, alpha, beta: (alpha - 1) * u + (beta - 1) * (1 - u)),
        ),
        Mistake(
            "u stands where its logarithm belongs: (α - 1) log u + (β - 1) log(1 - u).",
            beta_of(powers=lambda u, alpha, beta: (alpha - 1) * u + (beta - 1) * (1 - u).log()),
        ),
        Mistake(
            "lgamma is a logarithm already: its three terms are added and subtracted, not multiplied and divided.",
            beta_of(constant=lambda alpha, beta: alpha.lgamma() * beta.lgamma() / (alpha + beta).lgamma()),
        ),
        Mistake(LOGARITHM, beta_of(constant=lambda alpha, beta: log_b(alpha, beta).log())),
        Mistake(
            LOGARITHM,
            beta_of(
                constant=lambda alpha, beta: (
                    alpha.lgamma().log() + beta.lgamma().log() - (alpha + beta).lgamma().log()
                )
            ),
        ),
        Mistake(
            "B(α, β) itself is subtracted: the density is divided by it, so subtract its logarithm.",
            beta_of(constant=lambda alpha, beta: log_b(alpha, beta).exp()),
        ),
        Mistake(
            "The Gamma function overflows for large α and β: stay in logarithms, `torch.lgamma` without exp.",
            beta_of(
                constant=lambda alpha, beta: (
                    alpha.lgamma().exp() * beta.lgamma().exp() / (alpha + beta).lgamma().exp()
                ).log()
            ),
        ),
        Mistake(
            "u to the power of α - 1 is computed first and rounds to 0 for large α and β: write the logarithm term by term.",
            beta_of(powers=lambda u, alpha, beta: (u ** (alpha - 1) * (1 - u) ** (beta - 1)).log()),
        ),
        Mistake(
            "digamma is the slope of lgamma: the formula needs lgamma itself.",
            beta_of(constant=lambda alpha, beta: alpha.digamma() + beta.digamma() - (alpha + beta).digamma()),
        ),
        Mistake(
            "α and β are taken for logarithms here: they are given as positive numbers, no exp.",
            lambda actions, alpha, beta, *bounds: RIGHT(actions, alpha.exp(), beta.exp(), *bounds),
        ),
        Mistake(
            "1 is added to α and β here: a network may need that to keep one hump, but they are given ready for use.",
            lambda actions, alpha, beta, *bounds: RIGHT(actions, alpha + 1, beta + 1, *bounds),
        ),
        Mistake("This is the density: its logarithm is asked for.", lambda *given: RIGHT(*given).exp()),
        Mistake(BATCH, lambda *given: RIGHT(*given).sum()),
        Mistake(BATCH, lambda *given: RIGHT(*given).mean()),
        Mistake(
            "The sign is turned round: this is -log p, the loss of a fit.", lambda *given: -RIGHT(*given)
        ),
        Mistake(
            "Both terms hold log u: β - 1 goes with log(1 - u).",
            beta_of(powers=lambda u, alpha, beta: (alpha + beta - 2) * u.log()),
        ),
        Mistake(
            "The sign of (β - 1) log(1 - u) is turned round: both powers multiply, so their logarithms add up.",
            beta_of(powers=lambda u, alpha, beta: (alpha - 1) * u.log() - (beta - 1) * (1 - u).log()),
        ),
        Mistake(
            "This is log(1 + u): the second term needs log(1 - u), `torch.log1p(-u)`.",
            beta_of(powers=lambda u, alpha, beta: (alpha - 1) * u.log() + (beta - 1) * u.log1p()),
        ),
        Mistake(
            "The upper bound is taken for the width: it is high - low.",
            beta_of(jacobian=lambda low, high: torch.tensor(high).log()),
        ),
        Mistake(
            "The bounds are added: the width is high - low.",
            beta_of(jacobian=lambda low, high: torch.tensor(high + low).log()),
        ),
        Mistake("The Jacobian is subtracted twice.", beta_of(jacobian=lambda *ends: 2 * jacobian_of(*ends))),
        Mistake(
            "The Jacobian is that of both powers and of the action: u is already rescaled, so subtract log(high - low) once.",
            lambda actions, alpha, beta, *bounds: (
                RIGHT(actions, alpha, beta, *bounds) - (alpha + beta - 2) * jacobian_of(*bounds)
            ),
        ),
        *(
            Mistake(
                CUT_OFF,
                beta_of(u=lambda *given, tiny=tiny: unit(*given).clamp(tiny, 1 - tiny)),
            )
            for tiny in (1e-6, 1e-5, 1e-4, 1e-3)
        ),
    ),
)
