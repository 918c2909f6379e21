"""Environments and a policy in, the steps they made together out."""

from dataclasses import dataclass

import torch

__all__ = ["Trajectory"]


@dataclass(frozen=True)
class Trajectory:
    """One episode: the actions at t = 0 ... T-1, the rewards they caused, and the T + 1 observations around them.

    Args:
        obs: float [T+1, O] or int64 [T+1], `obs[t]` is what `actions[t]` answered; in a tabular world the states.
        actions: int64 [T] or float [T, D].
        rewards: float [T]; `rewards[t]` is R_{t+1}, caused by `actions[t]`.
        terminated: the world ended the episode: nothing is worth anything afterwards.
        truncated: a time limit cut the episode: the last observation still has a value.

    Source: Sutton and Barto, Reinforcement Learning (2018), section 3.1.
    """

    obs: torch.Tensor
    actions: torch.Tensor
    rewards: torch.Tensor
    terminated: bool
    truncated: bool

    @property
    def states(self) -> torch.Tensor:
        """The observations under the name they have in a tabular world, int64 [T+1]."""
        return self.obs

    def __len__(self) -> int:
        return len(self.rewards)
