"""The formulas of lesson 02 with steps that can be replaced: from a replacement to a function that makes one mistake."""

import math

import torch

__all__ = [
    "HALF_LOG_2PI",
    "beta_of",
    "columns",
    "each",
    "jacobian_of",
    "log_b",
    "mixture_of",
    "normal",
    "powers_of",
    "square",
    "unit",
    "weights",
]

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Standard normal numbers, the same for the same seed."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def columns(*rows) -> tuple:
    """Tensors in float64, for cases where large terms cancel."""
    return tuple(torch.tensor(row, dtype=torch.float64) for row in rows)


def square(actions, mean, log_std):
    """The squared distance in standard deviations."""
    return ((actions - mean) / log_std.exp()) ** 2


def each(actions, mean, log_std):
    """log N(a; mean, std) of every coordinate."""
    return -0.5 * square(actions, mean, log_std) - log_std - HALF_LOG_2PI


def weights(logits):
    """The weights of a mixture's components."""
    return logits.softmax(1)


def mixture_of(
    weigh=lambda logits: logits.log_softmax(1),
    hump=each,
    join=torch.add,
    add_up=lambda joint: joint.logsumexp(1),
):
    """`mixture_log_prob`, with any of its steps replaced: weights, components, their joint, the sum over K."""

    def log_density(actions, logits, means, log_stds):
        return add_up(join(weigh(logits), hump(actions[:, None], means, log_stds)))

    return log_density


def unit(actions, low, high):
    """The place between the bounds, in (0, 1)."""
    return (actions - low) / (high - low)


def powers_of(u, alpha, beta):
    """The logarithm of both powers of a Beta density."""
    return (alpha - 1) * u.log() + (beta - 1) * (1 - u).log()


def log_b(alpha, beta):
    """log B(α, β), which divides."""
    return alpha.lgamma() + beta.lgamma() - (alpha + beta).lgamma()


def jacobian_of(low, high):
    """The logarithm of the width, which divides as well."""
    return math.log(high - low)


def beta_of(u=unit, powers=powers_of, constant=log_b, jacobian=jacobian_of):
    """`beta_log_prob`, with any of its four parts replaced."""

    def log_density(actions, alpha, beta, low, high):
        return powers(u(actions, low, high), alpha, beta) - constant(alpha, beta) - jacobian(low, high)

    return log_density
