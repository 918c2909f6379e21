"""Rollouts in, the batches learners train on out: finished returns, advantages, flat rows."""

import torch

from ..returns import bootstrap_values
from ..rollouts import Rollout

__all__ = [
    "advantages_and_targets",
    "as_they_are",
    "episode_returns",
    "finished_returns",
    "minus_step_mean",
    "valid_rows",
]


def episode_returns(rollout: Rollout) -> torch.Tensor:
    """The undiscounted return of each environment's one episode, from `collect_episodes`, float [N]."""
    return (rollout.rewards * rollout.valid).sum(0)


def valid_rows(valid: torch.Tensor, *blocks: torch.Tensor) -> list[torch.Tensor]:
    """The transitions of blocks [T, N, ...], step by step in one batch [B, ...], each with its graph.

    Args:
        valid: bool [T, N], of a rollout.
        blocks: the first two sizes are T and N.
    """
    rows = valid.flatten().nonzero()[:, 0]  # once: as a mask, `valid` would be searched for each block
    return [block.flatten(0, 1)[rows] for block in blocks]


def as_they_are(weights: torch.Tensor) -> torch.Tensor:
    """No rescaling at all."""
    return weights


def minus_step_mean(weights: torch.Tensor, valid: torch.Tensor) -> torch.Tensor:
    """Take off what is no news: the mean weight of the episodes still running at the same step.

    w_ti - 1/N_t Σ_j w_tj, over the N_t valid rows of step t; a lone episode gets 0. Where all episodes reach the
    time limit, all weights are 0 and the policy rests. Trap: the mean holds the sample itself, so the expected
    gradient of step t shrinks by 1 - 1/N_t.

    Args:
        weights: float [T, N].
        valid: bool [T, N].

    Returns:
        float [T, N], 0 where not valid.
    """
    mean = (weights * valid).sum(1, keepdim=True) / valid.sum(1, keepdim=True).clamp(min=1)
    return (weights - mean) * valid


def finished_returns(rollout: Rollout, running: torch.Tensor) -> torch.Tensor:
    """The undiscounted returns of the episodes that ended in a block, in the order of their ends, float [E].

    Args:
        rollout: a block from `collect`.
        running: float [N], the rewards so far of the episodes still going on; changed in place for the next block.
    """
    so_far, ended, total = rollout.rewards.clone(), rollout.ended, running.numpy()
    for rewards, goes_on in zip(so_far.numpy(), (~ended).numpy(), strict=True):  # cheaper than torch's rows
        rewards += total
        total[:] = rewards * goes_on
    return so_far[ended]


def advantages_and_targets(rollout: Rollout, critic, gamma: float, advantage_fn, reward_scale: float):
    """The advantage of every action, what the critic should have said, and what it said.

    target = advantage + v̂(s), both without a gradient; v̂(s) with its graph, for the critic's loss.

    Args:
        rollout: a block from `collect`, in either autoreset mode.
        critic: obs [B, O] -> [B].
        gamma: in [0, 1].
        advantage_fn: (rewards [T,N], values [T+1,N], gamma, next_values=, ends=) -> [T,N], such as `gae` with a lam.
        reward_scale: > 0, multiplies the rewards, so that values stay of size 1.

    Returns:
        advantages, targets, values: float [T, N].
    """
    obs = torch.cat([rollout.obs, rollout.final_obs[-1:]])
    values = critic(obs.flatten(0, 1)).unflatten(0, obs.shape[:2])
    with torch.no_grad():
        following, ended = values[1:].clone(), rollout.ended
        if ended.any():  # obs[t+1] may belong to the next episode: look at the last one of this
            following[ended] = critic(rollout.final_obs[ended])
        next_values = bootstrap_values(following, rollout.terminated, rollout.truncated)
        rewards = reward_scale * rollout.rewards
        advantages = advantage_fn(rewards, values.detach(), gamma, next_values=next_values, ends=ended)
        targets = advantages + values[:-1]
    return advantages, targets, values[:-1]
