"""The cross-entropy method: whole episodes in, imitation of the best of them out."""

from collections.abc import Iterator
from itertools import chain, repeat

import torch

from ..elite import elite_mask
from ..rollouts import collect_episodes
from ._batches import episode_returns
from ._training import Update

__all__ = ["cem"]


def cem(
    envs,
    policy,
    *,
    seed: int,
    fraction: float = 0.2,
    lr: float = 0.02,
    epochs: int = 5,
    max_episode_steps: int = 10_000,
) -> Iterator[Update]:
    """Imitate the luckiest: every environment plays one episode, the policy copies the elite.

    maximise 1/B Σ_b log π(a_b|s_b) over the B steps of the episodes whose return is in the best fraction

    Args:
        envs: vector environment whose episodes end.
        policy: to be trained.
        seed: int; with the policy's first parameters it fixes all that follows.
        fraction: in (0, 1), of the episodes that are elite.
        lr: > 0, Adam's.
        epochs: int >= 1, gradient steps on one elite.
        max_episode_steps: episodes longer than this are cut.

    Source: Rubinstein (1999), The cross-entropy method for combinatorial and continuous optimization.
    """
    optimizer = torch.optim.Adam(policy.parameters(), lr, fused=True)
    steps = 0
    for start_seed in chain([seed], repeat(None)):
        rollout = collect_episodes(envs, policy, seed=start_seed, max_steps=max_episode_steps)
        returns = episode_returns(rollout)
        elite = rollout.valid & elite_mask(returns, fraction)
        obs, actions = rollout.obs[elite], rollout.actions[elite]
        for _ in range(epochs):
            loss = -policy.log_prob(obs, actions).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        steps += int(rollout.valid.sum())
        with torch.no_grad():
            entropy = policy.entropy(obs).mean().item()
        yield Update(steps, returns, {"policy": loss.item()}, entropy)
