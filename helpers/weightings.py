"""A tabular world and a policy in, weight functions for its trajectories out: one for each estimator."""

from collections.abc import Callable

import torch

from .enumeration import enumerate_trajectories
from .exact import action_values, expected_return, state_values
from .returns import discounted_weights, rewards_to_go
from .tabular import TabularMDP, policy_table

__all__ = ["optimal_state_baseline", "weight_functions"]


def optimal_state_baseline(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """The number that each state should take off its returns for the least variance over its logits.

    b(s) = sum_a w(s, a) q(s, a) / sum_a w(s, a), with w(s, a) = pi(a | s) ||onehot(a) - pi(. | s)||^2

    V(s) weighs by pi(a | s) alone, which is not the same. For a tabular softmax policy in a world where no
    episode visits a state twice, no other b(s) has less variance.

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).

    Returns:
        float64 [S]; V(s) where the policy is certain, for there every baseline is as good; 0 in terminal states.

    Raises:
        ValueError: as `state_values`.

    Source: Greensmith, Bartlett and Baxter, Variance reduction techniques for gradient estimates (2004).
    """
    q, probs = action_values(mdp, probs), policy_table(mdp, probs)
    weights = probs * (1.0 - 2.0 * probs + (probs**2).sum(1, keepdim=True))
    weights = torch.where(weights.sum(1, keepdim=True) > 0, weights, probs)
    return torch.where(mdp.terminal, 0.0, (weights * q).sum(1) / weights.sum(1))


def weight_functions(mdp: TabularMDP, probs: torch.Tensor) -> dict[str, Callable]:
    """The estimators of lessons 05 and 06 that differ only in the weight of grad log pi(a_t | s_t).

    G_0 for all t; gamma^t G_t; G_t; gamma^t (G_t - b) with b the constant J, then v(s_t), then the optimal b(s_t)

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s), for the baselines.

    Returns:
        dict from name to weight_fn: trajectory -> float64 [T].

    Raises:
        ValueError: as `state_values`.

    Source: Sutton and Barto (2018), sections 13.3 and 13.4.
    """
    gamma = mdp.gamma

    def minus(baseline):
        return lambda trajectory: (
            discounted_weights(trajectory.rewards, gamma)
            - discounts(gamma, trajectory) * baseline[trajectory.states[:-1]]
        )

    return {
        "total return": lambda trajectory: discounted_weights(trajectory.rewards, gamma)[:1].expand(
            len(trajectory.rewards)
        ),
        "reward-to-go": lambda trajectory: discounted_weights(trajectory.rewards, gamma),
        "reward-to-go without gamma^t": lambda trajectory: rewards_to_go(trajectory.rewards, gamma),
        "constant baseline J": minus(expected_return(mdp, probs).expand(mdp.n_states)),
        "baseline V": minus(state_values(mdp, probs)),
        "optimal baseline": minus(optimal_state_baseline(mdp, probs)),
    }


def episode_outcomes(mdp: TabularMDP, probs, horizon: int) -> tuple:
    """The discounted return [N] and the probability [N] of every trajectory, and the mean length []."""
    return outcomes_of(mdp, enumerate_trajectories(mdp, probs, horizon))


def outcomes_of(mdp: TabularMDP, records: list) -> tuple:
    """`episode_outcomes` of trajectories that are listed already."""
    chances = torch.stack([record.probability for record in records])
    returns = torch.stack([_discounted_return(mdp, record) for record in records])
    return returns, chances, chances @ torch.tensor([len(record) for record in records], dtype=chances.dtype)


def discounts(gamma: float, trajectory) -> torch.Tensor:
    """gamma^t for each action of a trajectory, float64 [T]."""
    return gamma ** torch.arange(len(trajectory.rewards), dtype=torch.float64)


def _discounted_return(mdp: TabularMDP, trajectory) -> torch.Tensor:
    return discounts(mdp.gamma, trajectory) @ trajectory.rewards
