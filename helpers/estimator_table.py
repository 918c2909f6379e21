"""A small world and a policy in, the exact bias, variance and cost of every gradient estimator out."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from .elite import elite_weight
from .enumeration import exact_moments
from .estimators import finite_difference_gradient
from .tabular import TabularMDP, softmax_table
from .weightings import episode_outcomes, weight_functions

__all__ = ["EstimatorRow", "estimator_table"]


class EstimatorRow(NamedTuple):
    """One estimator and what its smallest sample is worth: one episode; finite differences need many.

    Args:
        name: of the estimator.
        bias: float, length of (mean estimate - exact gradient).
        variance: float, trace of the covariance of one estimate.
        cosine: float, between the mean estimate and the exact gradient.
        environment_steps: float, mean number of steps that one estimate costs.
    """

    name: str
    bias: float
    variance: float
    cosine: float
    environment_steps: float


def estimator_table(
    mdp: TabularMDP, logits: torch.Tensor, horizon: int, eps: float = 0.1, fraction: float = 0.1
) -> list[EstimatorRow]:
    """Every estimator of the course on one world, by enumeration: nothing here is sampled.

    The truth is the gradient of J over `horizon` steps. Finite differences play one episode at each of the two
    points of each logit of a live state.

    Args:
        mdp: the world.
        logits: float [S, A] of a tabular softmax policy.
        horizon: largest number of actions.
        eps: step of the finite differences, above 0.
        fraction: elite of the cross-entropy method, in (0, 1).

    Returns:
        list of EstimatorRow.

    Raises:
        ValueError: as `state_values` and `enumerate_trajectories`.
    """
    logits = torch.as_tensor(logits, dtype=torch.float64).detach()
    probs = softmax_table(mdp, logits)
    truth, steps = _exact_gradient(mdp, logits, horizon), episode_outcomes(mdp, probs, horizon)[2].item()
    weights = {
        "cross-entropy method": elite_weight(mdp, probs, horizon, fraction),
        **weight_functions(mdp, probs),
    }
    rows = [_finite_difference_row(mdp, logits, horizon, eps, truth)]
    for name, weight_fn in weights.items():
        mean, covariance = exact_moments(mdp, logits, weight_fn, horizon)
        rows.append(_row(name, mean, covariance.trace(), truth, steps))
    return rows


def _row(name: str, mean, variance, truth, steps: float) -> EstimatorRow:
    cosine = torch.cosine_similarity(mean, truth, dim=0).item()
    return EstimatorRow(name, (mean - truth).norm().item(), float(variance), cosine, steps)


def _finite_difference_row(mdp: TabularMDP, logits, horizon: int, eps: float, truth) -> EstimatorRow:
    """Two independent episodes a logit: the variance of (G' - G'') / (2 eps) is a sum of two over 4 eps^2."""

    def outcome(kind: int) -> Callable:
        return lambda theta: _outcome_moments(mdp, theta.reshape(logits.shape), horizon)[kind]

    mean = finite_difference_gradient(outcome(0), logits.flatten(), eps)
    variance, steps = 0.0, 0.0
    for state in (~mdp.terminal).nonzero().flatten():
        for action in range(mdp.n_actions):
            for sign in (-1.0, 1.0):
                moved = logits.clone()
                moved[state, action] += sign * eps
                _, spread, length = _outcome_moments(mdp, moved, horizon)
                variance, steps = variance + float(spread) / (4 * eps**2), steps + float(length)
    return _row("finite differences", mean, variance, truth, steps)


def _outcome_moments(mdp: TabularMDP, logits, horizon: int) -> tuple:
    """Mean and variance of the discounted return, and the mean length, of one episode."""
    returns, chances, length = episode_outcomes(mdp, softmax_table(mdp, logits), horizon)
    mean = chances @ returns
    return mean, chances @ (returns - mean) ** 2, length


def _exact_gradient(mdp: TabularMDP, logits, horizon: int) -> torch.Tensor:
    """grad J over `horizon` steps, by autograd through the probability of every trajectory, float64 [P]."""
    logits = logits.clone().requires_grad_()
    returns, chances, _ = episode_outcomes(mdp, softmax_table(mdp, logits), horizon)
    return torch.autograd.grad(chances @ returns, logits)[0].flatten()
