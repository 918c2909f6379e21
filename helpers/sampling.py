"""A tabular world and a policy in, sampled episodes out, all of them at once."""

import torch

from .rollouts import Trajectory
from .shapes import need_counts
from .tabular import TabularMDP, policy_table

__all__ = ["sample_trajectories"]


def sample_trajectories(
    mdp: TabularMDP, probs: torch.Tensor, n: int, horizon: int, generator: torch.Generator
) -> list[Trajectory]:
    """Play n independent episodes of a tabular world side by side: the loop runs over time only.

    S_0 ~ start, A_t ~ pi(. | S_t), S_{t+1} ~ P(. | S_t, A_t), to a terminal state or for `horizon` actions

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).
        n: number of episodes, at least 1.
        horizon: largest number of actions, at least 1.
        generator: the same state of the generator gives the same episodes.

    Returns:
        n Trajectory records with states int64 [T+1], actions int64 [T], rewards float64 [T].

    Raises:
        ValueError: n or horizon below 1, or probs is no policy.
    """
    need_counts(n=n, horizon=horizon)
    probs = torch.where(mdp.terminal[:, None], 1.0, policy_table(mdp, probs).detach())
    states, actions = [mdp.start.multinomial(n, replacement=True, generator=generator)], []
    for _ in range(horizon):
        actions.append(probs[states[-1]].multinomial(1, generator=generator)[:, 0])
        following = mdp.transition[states[-1], actions[-1]]
        states.append(following.multinomial(1, generator=generator)[:, 0])
    states, actions = torch.stack(states, 1), torch.stack(actions, 1)
    live = ~mdp.terminal[states[:, :-1]]  # a terminal state stays, so live steps are all at the front
    lengths, ended = live.sum(1), mdp.terminal[states[:, -1]].tolist()
    seen = torch.arange(horizon + 1) <= lengths[:, None]
    states_of = states[seen].split((lengths + 1).tolist())
    actions_of = actions[live].split(lengths.tolist())
    rewards_of = mdp.reward[states[:, :-1], actions][live].split(lengths.tolist())
    columns = zip(states_of, actions_of, rewards_of, ended, strict=True)
    return [Trajectory(*column, not column[-1]) for column in columns]
