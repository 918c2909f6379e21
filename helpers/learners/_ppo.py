"""Proximal policy optimisation: blocks of steps in, several clipped steps on each block out."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat

import torch

from ..baselines import standardize
from ..losses import approx_kl, clip_fraction, ppo_clip_loss
from ..returns import gae
from ..rollouts import collect
from ._batches import advantages_and_targets, finished_returns, valid_rows
from ._training import Update

__all__ = ["ppo"]


def ppo(
    envs,
    policy,
    critic,
    *,
    seed: int,
    n_steps: int = 64,
    gamma: float = 0.99,
    lam: float = 0.95,
    lr: float = 0.01,
    clip: float = 0.2,
    epochs: int = 2,
    minibatch: int = 1024,
    value_coef: float = 0.5,
    entropy_coef: float = 0.0,
    reward_scale: float = 0.1,
    rescale=standardize,
) -> Iterator[Update]:
    """Use each block several times, but let it move the policy only so far.

    loss = -mean(min(ρ Â, clamp(ρ, 1 ± clip) Â)) + value_coef · mean((v̂(s) - target)²) - entropy_coef · mean(H)

    Args:
        envs, policy, critic, seed, n_steps, gamma, lam, lr, value_coef, entropy_coef, reward_scale: as in `actor_critic`.
        clip: > 0, how far the ratio of new to old probability pays.
        epochs: int >= 1, passes over each block.
        minibatch: int >= 1, rows of one gradient step.
        rescale: advantages [B] -> [B] over the whole block.

    Source: Schulman et al. (2017), Proximal policy optimization algorithms, equations 7 and 9.
    """
    optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr, fused=True)
    shuffle = torch.Generator().manual_seed(seed)
    steps, running = 0, torch.zeros(envs.num_envs)
    for start_seed in chain([seed], repeat(None)):
        rollout = collect(envs, policy, n_steps, seed=start_seed)
        with torch.no_grad():
            credit = advantages_and_targets(rollout, critic, gamma, partial(gae, lam=lam), reward_scale)
            blocks = (rollout.obs, rollout.actions, *credit[:2])
            obs, actions, advantages, targets = valid_rows(rollout.valid, *blocks)
            rows = (obs, actions, rescale(advantages), targets, policy.log_prob(obs, actions))
        for _ in range(epochs):
            order = torch.randperm(len(rows[0]), generator=shuffle)
            minibatches = zip(*(column[order].split(minibatch) for column in rows), strict=True)
            for obs, actions, advantages, targets, old_log_probs in minibatches:
                log_probs, entropies = policy.evaluate(obs, actions)
                policy_loss = ppo_clip_loss(log_probs, old_log_probs, advantages, clip)
                value_loss = (critic(obs) - targets).square().mean()
                loss = policy_loss + value_coef * value_loss
                if entropy_coef:  # 0 times a gradient is work for nothing
                    loss = loss - entropy_coef * entropies.mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        steps += len(order)
        losses = {"policy": policy_loss.item(), "value": value_loss.item()}
        losses["approx_kl"] = approx_kl(log_probs, old_log_probs).item()
        losses["clip_fraction"] = float(clip_fraction(log_probs, old_log_probs, clip))
        yield Update(steps, finished_returns(rollout, running), losses, entropies.mean().item())
