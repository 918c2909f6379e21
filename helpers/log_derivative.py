"""Logits, scores and returns in, the small formulas of lessons 03, 04 and 06 out."""

import torch

from .shapes import as_float, as_indices, match_shapes
from .tabular import TabularMDP

__all__ = [
    "baselined_gradient",
    "expected_score",
    "gradient_variance",
    "score_function_gradient",
    "softmax_score",
    "trajectory_log_prob",
]


def softmax_score(logits: torch.Tensor, action: int) -> torch.Tensor:
    """Which way the logits must move to make one action likelier.

    grad log pi(action) = onehot(action) - pi, with pi = softmax(logits)

    Args:
        logits: float [A], any finite numbers, however large.
        action: int in [0, A).

    Returns:
        float [A]; its entries sum to 0.

    Raises:
        ValueError: logits is no row, or there is no such action.

    Source: Sutton and Barto (2018), section 2.8, and equation 13.9 for features that are one-hot.
    """
    n_actions = match_shapes(logits=(logits, "A"))["A"]
    if not 0 <= action < n_actions or action != int(action):
        raise ValueError(f"action: expected an integer from 0 to {n_actions - 1}, got {action}")
    logits = as_float(logits)
    return torch.eye(n_actions, dtype=logits.dtype)[int(action)] - logits.softmax(0)


def trajectory_log_prob(
    mdp: TabularMDP, logits: torch.Tensor, states: torch.Tensor, actions: torch.Tensor
) -> torch.Tensor:
    """How likely a trajectory is, as a logarithm; only the policy's part depends on the logits.

    log p(tau) = log start(s_0) + sum_t [log pi(a_t | s_t) + log P(s_{t+1} | s_t, a_t)]; gamma plays no part

    Args:
        mdp: the world.
        logits: float [S, A] of a tabular softmax policy.
        states: int64 [T+1]; none but the last is terminal.
        actions: int64 [T], T at least 1.

    Returns:
        float64 [], differentiable in logits; -inf for an impossible trajectory.

    Raises:
        ValueError: shapes that do not fit, no such state or action, no integer, or an action in a terminal state.

    Source: Peters and Schaal, Reinforcement learning of motor skills with policy gradients (2008), likelihood ratio methods.
    """
    match_shapes(actions=(actions, "T"), states=(states, "T+1"))
    match_shapes(logits=(logits, f"{mdp.n_states} {mdp.n_actions}"))
    states = as_indices("states", states, mdp.n_states)
    actions = as_indices("actions", actions, mdp.n_actions)
    before, after = states[:-1], states[1:]
    if mdp.terminal[before].any():
        raise ValueError(f"states: expected only the last one to be terminal, got {states.tolist()}")
    by_policy = torch.as_tensor(logits, dtype=torch.float64).log_softmax(-1)[before, actions].sum()
    by_world = mdp.transition[before, actions, after].log().sum()
    return mdp.start[states[0]].log() + by_policy + by_world


def score_function_gradient(scores: torch.Tensor, returns: torch.Tensor) -> torch.Tensor:
    """The gradient of an average that can only be sampled, by the log-derivative trick.

    g = 1/N sum_n scores[n] returns[n], because grad E[f(x)] = E[f(x) grad log p(x)]

    Args:
        scores: float [N, P], grad log p(x_n); for a trajectory the sum over its steps.
        returns: float [N].

    Returns:
        float [P].

    Raises:
        ValueError: shapes that do not fit.

    Source: Williams, Simple statistical gradient-following algorithms (1992); Sutton and Barto (2018), 13.3.
    """
    match_shapes(scores=(scores, "N P"), returns=(returns, "N"))
    return (as_float(scores) * as_float(returns)[:, None]).mean(0)


def baselined_gradient(scores: torch.Tensor, returns: torch.Tensor, baselines: torch.Tensor) -> torch.Tensor:
    """The score-function gradient with something free of the action taken off each return.

    g = 1/N sum_n scores[n] (returns[n] - baselines[n])

    Args:
        scores: float [N, P].
        returns: float [N].
        baselines: float [N]; unbiased if baselines[n] does not depend on what scores[n] is the score of.

    Returns:
        float [P].

    Raises:
        ValueError: shapes that do not fit.

    Source: Williams (1992); Sutton and Barto (2018), equation 13.11.
    """
    match_shapes(returns=(returns, "N"), baselines=(baselines, "N"))
    return score_function_gradient(scores, as_float(returns) - as_float(baselines))


def expected_score(logits: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The mean of weight times score over all actions: the exact gradient if the weights are the rewards.

    sum_a pi(a) w(a) grad log pi(a) = pi * (w - sum_a pi(a) w(a)), which is 0 for equal weights (EGLP)

    Args:
        logits: float [A], any finite numbers, however large.
        weights: float [A].

    Returns:
        float [A]; its entries sum to 0.

    Raises:
        ValueError: shapes that do not fit.

    Source: Sutton and Barto (2018), section 2.8 (the box on the bandit gradient algorithm).
    """
    match_shapes(logits=(logits, "A"), weights=(weights, "A"))
    probs, weights = as_float(logits).softmax(0), as_float(weights)
    weights = weights - weights[0]  # changes nothing but the rounding: equal weights now give exactly 0
    return probs * (weights - (probs * weights).sum())


def gradient_variance(probs: torch.Tensor, rewards: torch.Tensor, baseline: float) -> torch.Tensor:
    """How noisy the gradient of one sample is, added up over the logits; exact.

    trace Cov[g] = sum_a pi(a) ||g(a) - E[g]||^2, with g(a) = (rewards[a] - baseline) (onehot(a) - pi)

    Args:
        probs: float [A], pi(a), in [0, 1]; sums to 1.
        rewards: float [A].
        baseline: a number.

    Returns:
        float [], at least 0; for two actions twice the variance of a single logit.

    Raises:
        ValueError: shapes that do not fit, or probs is no distribution.

    Source: Greensmith, Bartlett and Baxter, Variance reduction techniques for gradient estimates (2004).
    """
    match_shapes(probs=(probs, "A"), rewards=(rewards, "A"))
    probs, rewards = as_float(probs), as_float(rewards)
    rewards = rewards.to(torch.promote_types(probs.dtype, rewards.dtype))
    if not ((probs >= 0).all() and abs(probs.sum() - 1.0) <= 1e-3):
        raise ValueError(f"probs: expected probabilities that sum to 1, got {probs.detach().tolist()}")
    gradients = (rewards - baseline)[:, None] * (torch.eye(len(probs), dtype=probs.dtype) - probs)
    mean = (probs[:, None] * gradients).sum(0)
    return (probs * ((gradients - mean) ** 2).sum(1)).sum()
