"""A table of estimated action values and the true one in, how far off and how badly acted out."""

import torch

from .shapes import as_float, match_shapes

__all__ = ["greedy_actions", "greedy_return", "mean_squared_error", "regret"]


def mean_squared_error(estimate: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """How far the estimate is from the truth, each state and action counted once.

    MSE = 1/(|S||A|) Σ_s Σ_a (q̂(s, a) - q(s, a))²

    Args:
        estimate: float [S, A], estimated action values.
        truth: float [S, A], true action values.

    Returns:
        float [], in reward squared.

    Raises:
        ValueError: the two are not tables of one shape.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 9.1, for action values, weights equal.
    """
    match_shapes(estimate=(estimate, "S A"), truth=(truth, "S A"))
    return (as_float(estimate) - as_float(truth)).square().mean()


def greedy_actions(q: torch.Tensor) -> torch.Tensor:
    """The action with the largest value in each state; of equal ones, the first.

    a(s) = min argmax_a q(s, a)

    Args:
        q: float [S, A], action values.

    Returns:
        int64 [S], each in 0 ... A-1.

    Raises:
        ValueError: q is not a table, or a number of it is NaN, which is larger than nothing.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 4.9.
    """
    match_shapes(q=(q, "S A"))
    q = torch.as_tensor(q)
    q = q if q.dtype == torch.int64 else as_float(q)  # float32 cannot tell large integers apart
    if q.isnan().any():
        raise ValueError(f"q: expected numbers that can be compared, got {q.tolist()}")
    return q.argmax(dim=1)


def greedy_return(estimate: torch.Tensor, truth: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """What is truly earned by one decision made greedily on the estimate.

    Σ_s start(s) q(s, a(s)), a(s) = argmax_a q̂(s, a)

    Args:
        estimate: float [S, A], the action values that choose.
        truth: float [S, A], the action values that pay.
        start: float [S], probability of each state, non-negative, sum 1.

    Returns:
        float [], in reward.

    Raises:
        ValueError: the shapes do not fit each other.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 13.4, averaged over the start.
    """
    match_shapes(estimate=(estimate, "S A"), truth=(truth, "S A"), start=(start, "S"))
    return (as_float(start) * _values_of(greedy_actions(estimate), truth)).sum()


def regret(estimate: torch.Tensor, truth: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """What acting greedily on the estimate costs beside the best possible: best return minus `greedy_return`.

    Σ_s start(s) (max_a q(s, a) - q(s, a(s))), a(s) = argmax_a q̂(s, a)

    The difference is taken state by state: no regret is exactly 0, and rounding never makes it negative.

    Args:
        estimate: float [S, A], the action values that choose.
        truth: float [S, A], the action values that pay.
        start: float [S], probability of each state, non-negative, sum 1.

    Returns:
        float [], in reward, at least 0.

    Raises:
        ValueError: the shapes do not fit each other.

    Source: Lattimore and Szepesvari, Bandit Algorithms (2020), section 33.1 (simple regret).
    """
    match_shapes(estimate=(estimate, "S A"), truth=(truth, "S A"), start=(start, "S"))
    lost = as_float(truth).amax(dim=1) - _values_of(greedy_actions(estimate), truth)
    return (as_float(start) * lost).sum()


def _values_of(actions: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """q(s, actions[s]) for each state, [S]."""
    return as_float(q).gather(1, actions[:, None])[:, 0]
