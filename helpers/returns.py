"""Rewards (and a critic's values) in, one weight for each step out: returns, TD errors, advantages.

Every function takes one episode [T] or a block [T, N] of N environments side by side (values [T+1, N]).
A block may hold the end of one episode and the start of the next. Two keywords then keep them apart:
    ends: bool [T, N], an episode ends after this step: terminated or truncated.
    next_values: float [T, N], from `bootstrap_values`: what follows is worth this where an episode ends,
        for `values[t+1]` may belong to the next episode there. Elsewhere it is not looked at.
"""

from numbers import Number

import torch

from .shapes import as_flags, as_float, match_shapes

__all__ = [
    "bootstrap_values",
    "discounted_weights",
    "episode_return",
    "gae",
    "n_step_returns",
    "potential_shaping",
    "rewards_to_go",
    "td_errors",
]


def episode_return(rewards: torch.Tensor) -> torch.Tensor:
    """What an episode pays in all, undiscounted: the score that learning curves show.

    Σ_{t=0}^{T-1} R_{t+1}

    Args:
        rewards: float or int [T], `rewards[t]` is R_{t+1}.

    Returns:
        float [], in reward.

    Raises:
        ValueError: rewards is not [T].

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 3.7.
    """
    match_shapes(rewards=(rewards, "T"))
    return as_float(rewards).sum()


def rewards_to_go(rewards: torch.Tensor, gamma: float = 1.0, *, ends=None) -> torch.Tensor:
    """The return from each step on: what came after an action, discounted to the moment of that action.

    G_t = Σ_{k=t}^{T-1} γ^(k-t) R_{k+1} = R_{t+1} + γ G_{t+1}, G_T = 0

    Args:
        rewards: float or int [T] or [T, N], `rewards[t]` is R_{t+1}.
        gamma: in [0, 1].
        ends: bool, shape of rewards (see the module): the return stops there.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: shapes that do not fit, or gamma outside [0, 1].

    Source: Sutton and Barto, Reinforcement Learning (2018), equations 3.8 and 3.9.
    """
    rewards = as_float(rewards)
    size = _steps(rewards)
    match_shapes(rewards=(rewards, size), ends=(rewards if ends is None else ends, size))
    return _backward_sums(rewards, _share(gamma=gamma), ends)


def discounted_weights(rewards: torch.Tensor, gamma: float) -> torch.Tensor:
    """The weight of each log-probability in the exact gradient of the discounted return from the start.

    γ^t G_t = Σ_{k=t}^{T-1} γ^k R_{k+1}

    Args:
        rewards: float or int [T] or [T, N], whole episodes: row t is the t-th step.
        gamma: in [0, 1], with 0^0 = 1.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: rewards is neither [T] nor [T, N], or gamma is outside [0, 1].

    Source: Sutton and Barto, Reinforcement Learning (2018), section 13.3, the update of REINFORCE.
    """
    returns = rewards_to_go(rewards, gamma)
    powers = gamma ** torch.arange(len(returns), dtype=returns.dtype)
    return (powers * returns.T).T if returns.ndim == 2 else powers * returns


def td_errors(rewards: torch.Tensor, values: torch.Tensor, gamma: float, *, next_values=None, ends=None):
    """How much better one step went than the critic had said.

    δ_t = R_{t+1} + γ v̂(S_{t+1}) - v̂(S_t)

    Args:
        rewards: float or int [T] or [T, N].
        values: float [T+1] or [T+1, N]; `values[T]` is used as given: 0 if terminated, else v̂(S_T).
        gamma: in [0, 1].
        next_values, ends: shape of rewards (see the module), both or neither.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: shapes that do not fit, gamma outside [0, 1], or one keyword without the other.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 6.5.
    """
    rewards, values, following = _read(rewards, values, next_values, ends)
    return rewards + _share(gamma=gamma) * following - values[:-1]


def gae(
    rewards: torch.Tensor, values: torch.Tensor, gamma: float, lam: float, *, next_values=None, ends=None
):
    """Generalised advantage estimate: from one TD error (lam = 0) to the return less the value (lam = 1).

    Â_t = Σ_{k=t}^{T-1} (γλ)^(k-t) δ_k = δ_t + γλ Â_{t+1}, Â_T = 0

    Args:
        rewards: float or int [T] or [T, N].
        values: float [T+1] or [T+1, N]; `values[T]` is used as given: 0 if terminated, else v̂(S_T).
        gamma, lam: in [0, 1].
        next_values, ends: shape of rewards (see the module), both or neither: the sum stops at an end.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: shapes that do not fit, gamma or lam outside [0, 1], or one keyword without the other.

    Source: Schulman et al., High-Dimensional Continuous Control Using Generalized Advantage Estimation (2016), eq. 16.
    """
    errors = td_errors(rewards, values, gamma, next_values=next_values, ends=ends)
    return _backward_sums(errors, gamma * _share(lam=lam), ends)


def n_step_returns(
    rewards: torch.Tensor, values: torch.Tensor, gamma: float, n: int, *, next_values=None, ends=None
) -> torch.Tensor:
    """The next n rewards, then the critic's word for the rest; fewer rewards where the data stop earlier.

    G_t^(n) = Σ_{k=0}^{m-1} γ^k R_{t+k+1} + γ^m v̂(S_{t+m}), m = min(n, T-t)

    Args:
        rewards: float or int [T] or [T, N].
        values: float [T+1] or [T+1, N]; `values[T]` is used as given: 0 if terminated, else v̂(S_T).
        gamma: in [0, 1].
        n: whole number, at least 1.
        next_values, ends: shape of rewards (see the module), both or neither: m stops at an end, too.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: shapes that do not fit, gamma outside [0, 1], n below 1, or one keyword without the other.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 7.1.
    """
    if not 1 <= n < torch.inf or n != int(n):
        raise ValueError(f"n: expected a whole number of at least 1, got {n}")
    gamma = _share(gamma=gamma)
    rewards, _, following = _read(rewards, values, next_values, ends)
    stops = torch.zeros(rewards.shape, dtype=torch.bool) if ends is None else as_flags("ends", ends).clone()
    stops[-1:] = True
    if n >= len(rewards):
        return _backward_sums(rewards + gamma * following.masked_fill(~stops, 0.0), gamma, stops)
    later = following
    for _ in range(int(n) - 1):  # G_t^(k) = R_{t+1} + γ G_{t+1}^(k-1), for all t at once
        later = torch.where(stops, following, (rewards + gamma * later).roll(-1, dims=0))
    return rewards + gamma * later


def bootstrap_values(next_values: torch.Tensor, terminated: torch.Tensor, truncated: torch.Tensor):
    """What follows each step is worth: nothing where the world ended, the critic's word everywhere else.

    0 if terminated, else v̂(S_{t+1}). A time limit does not make the rest worthless: that is why `truncated`
    changes nothing, and why it must not be mixed into `terminated`.

    Args:
        next_values: float [T, N] or [T], v̂ of the observation after the step and before any reset.
        terminated, truncated: bool, shape of next_values.

    Returns:
        float, shape of next_values, in reward.

    Raises:
        ValueError: shapes that do not fit.

    Source: Pardo et al., Time Limits in Reinforcement Learning (2018), section 3.
    """
    next_values, size = as_float(next_values), _steps(next_values)
    match_shapes(next_values=(next_values, size), terminated=(terminated, size), truncated=(truncated, size))
    return next_values.masked_fill(as_flags("terminated", terminated), 0.0)


def potential_shaping(rewards: torch.Tensor, potentials: torch.Tensor, gamma: float) -> torch.Tensor:
    """Rewards with a hint that changes what looks good early on, but not which policy is best.

    R'_{t+1} = R_{t+1} + γ Φ(S_{t+1}) - Φ(S_t)

    Args:
        rewards: float or int [T] or [T, N].
        potentials: float [T+1] or [T+1, N]; `potentials[T]` is used as given: 0 in a terminal state.
        gamma: in [0, 1], the discount of the returns.

    Returns:
        float, shape of rewards, in reward.

    Raises:
        ValueError: shapes that do not fit, or gamma outside [0, 1].

    Source: Ng, Harada, Russell, Policy Invariance under Reward Transformations (1999), theorem 1.
    """
    rewards, size = as_float(rewards), _steps(rewards)
    match_shapes(rewards=(rewards, size), potentials=(potentials, size.replace("T", "T+1")))
    return td_errors(rewards, potentials, gamma)  # the same formula, with any Φ for the critic


def _backward_sums(terms: torch.Tensor, decay: float, ends) -> torch.Tensor:
    """x_t = terms_t + decay x_{t+1}, and x_t = terms_t where an episode ends: one loop, over T, backwards."""
    factors = torch.full_like(terms, decay, requires_grad=False)
    if ends is not None:
        factors.masked_fill_(torch.as_tensor(ends).bool(), 0.0)
    if not terms.requires_grad:  # NumPy's rows cost a third of torch's
        sums = terms.clone()
        rows, factors = list(sums.numpy()[..., None]), factors.numpy()[..., None]  # so a row is a view
        for t in reversed(range(len(rows) - 1)):
            rows[t] += factors[t] * rows[t + 1]
        return sums
    rows = list(terms.unbind())
    for t in reversed(range(len(rows) - 1)):
        rows[t] = torch.addcmul(rows[t], factors[t], rows[t + 1])
    return torch.stack(rows)


def _read(rewards, values, next_values, ends) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Rewards, values, and what follows each step is worth; `ValueError` for shapes that do not fit."""
    rewards, values, size = as_float(rewards), as_float(values), _steps(rewards)
    match_shapes(rewards=(rewards, size), values=(values, size.replace("T", "T+1")))
    if (next_values is None) != (ends is None):
        raise ValueError("next_values and ends: expected both or neither, got one of them")
    if ends is None:
        return rewards, values, values[1:]
    next_values, ends = as_float(next_values), as_flags("ends", ends)
    match_shapes(rewards=(rewards, size), next_values=(next_values, size), ends=(ends, size))
    return rewards, values, torch.where(ends, next_values, values[1:])


def _steps(tensor) -> str:
    """The pattern of a block of steps: [T] for one episode, [T, N] for N environments."""
    return "T N" if as_float(tensor).ndim == 2 else "T"


def _share(**named: float) -> float:
    """The one named number, checked to lie in [0, 1]."""
    ((name, share),) = named.items()
    if not (isinstance(share, Number) or torch.is_tensor(share)) or not 0 <= share <= 1:
        raise ValueError(f"{name}: expected a number in [0, 1], got {share}")
    return share
