"""A tabular world and a policy in, every trajectory there is out, and the moments of an estimate."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from .shapes import match_shapes, need_counts
from .tabular import TabularMDP, policy_table, softmax_table

__all__ = ["EnumeratedTrajectory", "enumerate_trajectories", "exact_moments"]


@dataclass(frozen=True, eq=False)
class EnumeratedTrajectory:
    """One possible trajectory with its exact probability; otherwise read like a sampled `Trajectory`.

    Args:
        probability: float64 [], Pr(trajectory) under start, policy and dynamics; carries the policy's graph.
        states: int64 [T+1].
        actions: int64 [T].
        rewards: float64 [T].
        terminated: the last state is terminal; otherwise the horizon cut the trajectory.
    """

    probability: torch.Tensor
    states: torch.Tensor
    actions: torch.Tensor
    rewards: torch.Tensor
    terminated: bool

    @property
    def obs(self) -> torch.Tensor:
        """The states under the name they have in a `Trajectory`, int64 [T+1]."""
        return self.states

    @property
    def truncated(self) -> bool:
        """The horizon cut the trajectory."""
        return not self.terminated

    def __len__(self) -> int:
        return len(self.rewards)


def enumerate_trajectories(
    mdp: TabularMDP, probs: torch.Tensor, horizon: int, limit: int = 200_000
) -> list[EnumeratedTrajectory]:
    """Every trajectory of positive probability; it stops at a terminal state or after `horizon` actions.

    p(tau) = start(s_0) prod_t pi(a_t | s_t) P(s_{t+1} | s_t, a_t), which sums to 1 over the list

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).
        horizon: largest number of actions, at least 1.
        limit: refuse to list more trajectories than this.

    Returns:
        list of EnumeratedTrajectory, short ones first.

    Raises:
        ValueError: more trajectories than `limit` (says how many), horizon below 1, or probs is no policy.
    """
    probs = policy_table(mdp, probs)
    _refuse_explosion(mdp, probs, horizon, limit)
    records, states = [], mdp.start.nonzero()
    actions, chances = states[:, :0], mdp.start[states[:, 0]]
    for _ in range(horizon):
        going = ~mdp.terminal[states[:, -1]]
        records += _records(mdp, chances[~going], states[~going], actions[~going])
        chances, states, actions = chances[going], states[going], actions[going]
        steps = probs[states[:, -1], :, None] * mdp.transition[states[:, -1]]
        path, action, following = (steps > 0).nonzero(as_tuple=True)
        chances = chances[path] * steps[path, action, following]
        states = torch.cat([states[path], following[:, None]], dim=1)
        actions = torch.cat([actions[path], action[:, None]], dim=1)
    return records + _records(mdp, chances, states, actions)


def exact_moments(
    mdp: TabularMDP, logits: torch.Tensor, weight_fn: Callable, horizon: int, limit: int = 200_000
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and covariance of the one-trajectory gradient estimate, over every trajectory there is.

    g(tau) = sum_t weight_t grad log pi(a_t | s_t)
    mean = sum_tau p(tau) g(tau), covariance = sum_tau p(tau) (g(tau) - mean) (g(tau) - mean)^T

    Args:
        mdp: the world.
        logits: float [S, A] of a tabular softmax policy.
        weight_fn: trajectory -> float [T], the weight of each log-probability.
        horizon: largest number of actions, at least 1.
        limit: refuse to list more trajectories than this.

    Returns:
        mean float64 [P] and covariance float64 [P, P], with P = S A, row by row of `logits`.

    Raises:
        ValueError: as `enumerate_trajectories`; or weight_fn does not return one weight for each action.
    """
    probs = softmax_table(mdp, logits)
    records = enumerate_trajectories(mdp, probs, horizon, limit)
    chances = torch.stack([record.probability for record in records])
    credit = _credit(mdp, records, weight_fn)
    estimates = (credit - credit.sum(-1, keepdim=True) * probs).flatten(1)
    mean = chances @ estimates
    return mean, (estimates - mean).T @ (chances[:, None] * (estimates - mean))


def _refuse_explosion(mdp: TabularMDP, probs: torch.Tensor, horizon: int, limit: int) -> None:
    """Count the trajectories before listing them: n_h(s) = sum over possible (a, s') of n_{h-1}(s')."""
    need_counts(horizon=horizon, limit=limit)
    possible = ((probs.detach()[:, :, None] * mdp.transition) > 0).to(torch.float64)
    counts = torch.ones_like(mdp.start)
    for _ in range(horizon):
        counts = torch.where(mdp.terminal, 1.0, (possible @ counts).sum(1))
    total = float(counts[mdp.start > 0].sum())
    if total > limit:
        shown = f"{total:,.0f}" if total < 1e12 else f"{total:.1e}"
        raise ValueError(f"expected at most {limit:,} trajectories, got {shown} within {horizon} actions")


def _records(mdp: TabularMDP, chances, states, actions) -> list[EnumeratedTrajectory]:
    """One record for each row of equally long trajectories: chances [N], states [N, T+1], actions [N, T]."""
    columns = (chances, states, actions, mdp.reward[states[:, :-1], actions])
    ended = mdp.terminal[states[:, -1]].tolist()
    rows = zip(*(column.unbind() for column in columns), ended, strict=True) if len(chances) else ()
    return [EnumeratedTrajectory(*row) for row in rows]


def _credit(mdp: TabularMDP, records: list, weight_fn: Callable) -> torch.Tensor:
    """The weight that each trajectory gives to each (state, action), float64 [N, S, A]."""
    weights = [torch.as_tensor(weight_fn(record), dtype=torch.float64).detach() for record in records]
    for record, weight in zip(records, weights, strict=True):
        if weight.shape != record.actions.shape:
            match_shapes(**{"weight_fn(trajectory)": (weight, str(len(record)))})
    owner = torch.repeat_interleave(torch.tensor([len(record) for record in records]))
    visited = torch.cat([record.states[:-1] for record in records])
    actions = torch.cat([record.actions for record in records])
    credit = torch.zeros(len(records), mdp.n_states, mdp.n_actions, dtype=torch.float64)
    return credit.index_put((owner, visited, actions), torch.cat(weights), accumulate=True)
