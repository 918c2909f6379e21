"""A tabular world and a policy in, exact answers out: values, gradients, every trajectory, exact moments.

Everything is a linear solve or a finite sum in float64, and differentiable with respect to probs or logits.
"""

import torch

from .enumeration import enumerate_trajectories, exact_moments
from .tabular import TabularMDP, policy_table, softmax_table

__all__ = [
    "action_values",
    "advantages",
    "enumerate_trajectories",
    "exact_moments",
    "exact_policy_gradient",
    "expected_return",
    "optimal_action_values",
    "state_values",
    "visitation",
]

SMALLEST_STEP = 1e-12  # at gamma = 1 a rarer step drowns in the rounding of 1 - Pr(stay): it counts as none


def state_values(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """What each state is worth under the policy.

    v = r_pi + gamma P_pi v, solved for the live states; a terminal state is worth 0.

    Args:
        mdp: the world.
        probs: float [S, A], probs[s, a] = pi(a | s); rows of live states sum to 1.

    Returns:
        float64 [S], in units of reward.

    Raises:
        ValueError: gamma = 1 and some live state does not surely reach an end; or probs is no policy.

    Source: Sutton and Barto (2018), equation 3.14 (the Bellman equation).
    """
    live = ~mdp.terminal
    rewards, system = _bellman_system(mdp, probs)
    return torch.zeros_like(mdp.start).index_put((live,), torch.linalg.solve(system, rewards))


def action_values(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """What each action is worth, if the policy is followed afterwards.

    q(s, a) = r(s, a) + gamma sum_s' P(s' | s, a) v(s')

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).

    Returns:
        float64 [S, A]; 0 in terminal states.

    Raises:
        ValueError: as `state_values`.

    Source: Sutton and Barto (2018), section 3.5.
    """
    return mdp.reward + mdp.gamma * mdp.transition @ state_values(mdp, probs)


def advantages(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """How much better each action is than what the policy does on average.

    a(s, a) = q(s, a) - v(s), so that sum_a pi(a | s) a(s, a) = 0

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).

    Returns:
        float64 [S, A]; 0 in terminal states.

    Raises:
        ValueError: as `state_values`.

    Source: Schulman et al., High-Dimensional Continuous Control Using GAE (2016), section 2.
    """
    values = state_values(mdp, probs)
    return mdp.reward + mdp.gamma * mdp.transition @ values - values[:, None]


def expected_return(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """The objective: the mean discounted return from the start.

    J = sum_s start(s) v(s) = E[sum_t gamma^t R_{t+1}]

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).

    Returns:
        float64 [].

    Raises:
        ValueError: as `state_values`.

    Source: Sutton and Barto, Reinforcement Learning (2018), section 13.2, for any start.
    """
    return mdp.start @ state_values(mdp, probs)


def visitation(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """How much time the policy spends in each state, later visits discounted.

    d(s) = sum_t gamma^t Pr(S_t = s), solved from d = start + gamma d P_pi

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).

    Returns:
        float64 [S], in visits (not normalised); 0 in terminal states.

    Raises:
        ValueError: as `state_values`.

    Source: Sutton and Barto (2018), equation 9.2, and the box in section 13.2 with gamma.
    """
    live = ~mdp.terminal
    _, system = _bellman_system(mdp, probs)
    return torch.zeros_like(mdp.start).index_put((live,), torch.linalg.solve(system.T, mdp.start[live]))


def exact_policy_gradient(mdp: TabularMDP, logits: torch.Tensor) -> torch.Tensor:
    """The gradient of J with respect to the logits of a tabular softmax policy.

    dJ / dlogits[s, a] = d(s) pi(a | s) a(s, a), with gamma^t inside the visitation d

    Args:
        mdp: the world.
        logits: float [S, A], any finite numbers.

    Returns:
        float64 [S, A]; 0 in terminal states.

    Raises:
        ValueError: as `state_values`.

    Source: Sutton et al., Policy gradient methods (1999), theorem 1; Sutton and Barto (2018), section 13.2.
    """
    probs = softmax_table(mdp, logits)
    return visitation(mdp, probs)[:, None] * probs * advantages(mdp, probs)


def optimal_action_values(mdp: TabularMDP, tolerance: float = 1e-10) -> torch.Tensor:
    """What each action is worth if the best is done afterwards, by policy iteration.

    q*(s, a) = r(s, a) + gamma sum_s' P(s' | s, a) max_a' q*(s', a')

    It starts from the uniform policy and shares probability evenly among equally good actions: at gamma = 1
    a tie broken at will could pick an action that never ends.

    Args:
        mdp: the world; at gamma = 1 the uniform policy must surely reach an end.
        tolerance: values closer than this (relative to the largest) count as equal.

    Returns:
        float64 [S, A]; 0 in terminal states.

    Raises:
        ValueError: gamma = 1 and the return has no bound, or the uniform policy does not surely end.

    Source: Sutton and Barto (2018), section 4.3.
    """
    probs = torch.full_like(mdp.reward, 1.0 / mdp.n_actions)
    while True:
        q = action_values(mdp, probs)
        slack = tolerance * (1.0 + q.abs().amax())
        ties = (q >= q.amax(1, keepdim=True) - slack).to(q.dtype)
        improved = ties / ties.sum(1, keepdim=True)
        if torch.equal(improved, probs):
            return q
        probs = improved


def _bellman_system(mdp: TabularMDP, probs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean rewards [L] and the matrix I - gamma P_pi [L, L] over the L live states."""
    live = ~mdp.terminal
    probs = policy_table(mdp, probs)[live]
    moves = torch.einsum("sa,sat->st", probs, mdp.transition[live])
    if mdp.gamma == 1.0:
        _require_sure_end(mdp, moves.detach())
    identity = torch.eye(len(moves), dtype=moves.dtype)
    return (probs * mdp.reward[live]).sum(-1), identity - mdp.gamma * moves[:, live]


def _require_sure_end(mdp: TabularMDP, moves: torch.Tensor) -> None:
    """Refuse a state that cannot reach an end: in a finite world, all can if and only if the end is sure."""
    reaches, live = mdp.terminal.clone(), ~mdp.terminal
    for _ in range(len(moves)):
        reaches[live] = ((moves > SMALLEST_STEP) & reaches).any(1)
    if not reaches.all():
        state = int((~reaches).nonzero()[0])
        raise ValueError(
            f"gamma = 1 needs a sure end, but from state {state} this policy never reaches a terminal state"
        )
