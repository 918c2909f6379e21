"""A family of policies and what b depends on in, the mean of b times the score out, exact and sampled.

One step of an endless story: state S_0, action, state S, action A, next state S'. Each state is -1 or +1, and the higher
an action, the likelier the next state is +1. What b may look at is a choice; the score is that of A in S.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import torch

from ..densities import beta_log_prob, gaussian_log_prob, log_softmax, mixture_log_prob
from ..estimators import standard_error

__all__ = ["DEPENDS", "FAMILIES", "FREE", "SIZES", "exact_mean", "running_means"]

SIZES = tuple(round(10 ** (1 + k / 10)) for k in range(31))  # 10 to 10 000 samples
DEPENDS = (
    "nothing",
    "the state",
    "the past action",
    "the current action",
    "the next state",
    "nothing, but another policy acts",
)
FREE, OTHER_POLICY = DEPENDS[:3], DEPENDS[5]


class Family(NamedTuple):
    """One kind of policy: the state moves it, theta [P] shapes it; `other` is the theta of a different policy."""

    names: tuple[str, ...]
    theta: tuple[float, ...]
    other: tuple[float, ...]
    log_prob: Callable  # theta [B, P], states [B], actions [B] -> [B]
    edges: np.ndarray | None  # of the cells over which a density is summed; None for the actions -1, 0, 1


def _softmax(theta, states, actions):
    logits = theta + 0.5 * states[:, None] * torch.tensor([-1.0, 0.0, 1.0])
    return log_softmax(logits).gather(1, actions.long()[:, None] + 1)[:, 0]


def _gaussian(theta, states, actions):
    return gaussian_log_prob(actions[:, None], theta[:, :1] + 0.5 * states[:, None], theta[:, 1:])


def _mixture(theta, states, actions):
    return mixture_log_prob(actions, theta[:, :2], theta[:, 2:4] + 0.5 * states[:, None], theta[:, 4:])


def _beta(theta, states, actions):
    return beta_log_prob(actions, (theta[:, 0] + 0.3 * states).exp(), theta[:, 1].exp(), -1.0, 1.0)


WIDE, BOUNDED = np.linspace(-9.0, 9.0, 4001), np.linspace(-1.0, 1.0, 4001)
FAMILIES = {
    "softmax": Family(("θ1", "θ2", "θ3"), (0.4, 0.0, -0.4), (-0.6, 0.0, 0.6), _softmax, None),
    "Gaussian": Family(("μ", "log σ"), (0.2, 0.0), (0.8, 0.1), _gaussian, WIDE),
    "mixture": Family(
        ("w1", "w2", "μ1", "μ2", "log σ1", "log σ2"),
        (0.3, -0.3, -0.8, 1.0, -0.4, -0.1),
        (-0.5, 0.5, -0.6, 1.4, -0.4, -0.1),
        _mixture,
        WIDE,
    ),
    "Beta": Family(("log α", "log β"), (0.9, 0.7), (0.8, 0.95), _beta, BOUNDED),
}


@cache
def exact_mean(family: str, depends: str) -> np.ndarray:
    """The mean of b times the score, by a sum over all states and actions (midpoints of 4000 cells for a density).

    sum_s Pr(s) sum_a mu(a | s) E[b | s, a] grad log pi(a | s), where mu, which acts, is pi or the other policy

    Args:
        family: a key of FAMILIES.
        depends: one of DEPENDS.

    Returns:
        float64 [P]; 0 wherever the lemma holds.
    """
    kind = FAMILIES[family]
    points, chances = _policy(family, _acting(kind, depends))  # [M], [2, M]: in state -1 and in state +1
    ends_up = 1 / (1 + np.exp(-2 * points))  # Pr(+1 | a), so that the next state is tanh(a) on average
    # Of the state and the past action, [2, M].
    joint = 0.5 * chances.sum(0) * np.stack([1 - ends_up, ends_up])
    state = joint.sum(1)
    b = {
        "the state": np.array([[0.0], [2.0]]),
        "the past action": (joint @ (1 + np.tanh(points)) / state)[:, None],
        "the current action": 1 + np.tanh(points),
        "the next state": 1 + np.tanh(points),
    }.get(depends, 1.0)
    scores = np.stack([_scores(kind, np.full(len(points), s), points) for s in (-1.0, 1.0)])
    return np.einsum("s,sm,smp->p", state, chances * b, scores)


@cache
def running_means(family: str, depends: str) -> tuple[np.ndarray, np.ndarray]:
    """The mean of b times the score over the first 10, ..., 10 000 samples, and its standard error.

    Every choice is made with the same random numbers: another choice changes the question, not the noise.

    Returns:
        two float64 [len(SIZES), P].
    """
    kind = FAMILIES[family]
    uniform = np.random.default_rng(4).random((5, SIZES[-1]))
    points, chances = _policy(family, _acting(kind, depends))
    first = _sign(0.5, uniform[0])
    past = _draw(kind, points, chances, first, uniform[1])
    state = _sign(1 / (1 + np.exp(-2 * past)), uniform[2])
    action = _draw(kind, points, chances, state, uniform[3])
    following = _sign(1 / (1 + np.exp(-2 * action)), uniform[4])
    b = {
        "the state": 1 + state,
        "the past action": 1 + np.tanh(past),
        "the current action": 1 + np.tanh(action),
        "the next state": 1 + following,
    }.get(depends, np.ones_like(state))
    samples = b[:, None] * _scores(kind, state, action)
    errors = [standard_error(torch.from_numpy(samples[:n])).numpy() for n in SIZES]
    return np.stack([samples[:n].mean(0) for n in SIZES]), np.stack(errors)


def _acting(kind: Family, depends: str) -> tuple[float, ...]:
    """The parameters of the policy that draws the actions."""
    return kind.other if depends == OTHER_POLICY else kind.theta


@cache
def _policy(family: str, theta: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Actions [M] and their probabilities [2, M] in state -1 and in state +1; a density is cut into cells."""
    kind = FAMILIES[family]
    points = np.arange(-1.0, 2.0) if kind.edges is None else (kind.edges[1:] + kind.edges[:-1]) / 2
    width = 1.0 if kind.edges is None else kind.edges[1] - kind.edges[0]
    table = torch.tensor(theta, dtype=torch.float64).expand(len(points), -1)
    states = [torch.full((len(points),), s, dtype=torch.float64) for s in (-1.0, 1.0)]
    log_probs = [kind.log_prob(table, s, torch.from_numpy(points)).numpy() for s in states]
    return points, width * np.exp(np.stack(log_probs))


def _scores(kind: Family, states: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """The gradient of each log-probability, float64 [B, P]."""
    theta = torch.tensor(kind.theta, dtype=torch.float64).repeat(len(actions), 1).requires_grad_()
    total = kind.log_prob(theta, torch.from_numpy(states), torch.from_numpy(actions)).sum()
    return torch.autograd.grad(total, theta)[0].numpy()  # row n of theta reaches sample n only


def _sign(chance, uniform: np.ndarray) -> np.ndarray:
    """+1 with this chance, otherwise -1."""
    return np.where(uniform < chance, 1.0, -1.0)


def _draw(kind: Family, points, chances, states, uniform) -> np.ndarray:
    """One action for each state, by inverting the distribution function at the uniform numbers."""
    actions = np.empty_like(uniform)
    for row, state in zip(chances, (-1.0, 1.0), strict=True):
        here, below = states == state, np.cumsum(row) / row.sum()
        if kind.edges is None:
            actions[here] = points[np.searchsorted(below, uniform[here], side="right")]
        else:
            actions[here] = np.interp(uniform[here], np.concatenate([[0.0], below]), kind.edges)
    return actions
