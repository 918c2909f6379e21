"""Advantage actor-critic: blocks of steps in, one step for the policy and its critic a block out."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat

import torch

from ..baselines import standardize
from ..losses import actor_critic_loss
from ..returns import gae
from ..rollouts import collect
from ._batches import advantages_and_targets, finished_returns, valid_rows
from ._training import Update

__all__ = ["actor_critic"]


def actor_critic(
    envs,
    policy,
    critic,
    *,
    seed: int,
    n_steps: int = 32,
    gamma: float = 0.98,
    lam: float = 0.98,
    lr: float = 0.005,
    critic_lr: float = 0.005,
    value_coef: float = 0.5,
    entropy_coef: float = 0.0,
    reward_scale: float = 0.02,
    advantage_fn: Callable | None = None,
    rescale: Callable = standardize,
) -> Iterator[Update]:
    """Learn before the episode ends: a critic says what the rest is worth, after every block of n steps.

    loss = -mean(log π(a|s) Â) + value_coef · mean((v̂(s) - target)²) - entropy_coef · mean(H)

    Args:
        envs: vector environment; its episodes need not end.
        policy, critic: to be trained, together.
        seed: int; with the first parameters it fixes all that follows.
        n_steps: int >= 1, T of a block.
        gamma, lam: in [0, 1].
        lr, critic_lr: > 0, Adam's.
        value_coef, entropy_coef: >= 0.
        reward_scale: > 0, multiplies the rewards, so that values stay of size 1.
        advantage_fn: (rewards, values, gamma, next_values=, ends=) -> [T,N]; None: `gae` with lam.
        rescale: advantages [B] -> [B] over the batch; `lambda a: a` is none.

    Source: Mnih et al. (2016), Asynchronous methods for deep reinforcement learning, in its synchronous form.
    """
    learned = [{"params": policy.parameters(), "lr": lr}, {"params": critic.parameters(), "lr": critic_lr}]
    optimizer = torch.optim.Adam(learned, fused=True)
    advantage_fn = advantage_fn or partial(gae, lam=lam)
    steps, running = 0, torch.zeros(envs.num_envs)
    for start_seed in chain([seed], repeat(None)):
        rollout = collect(envs, policy, n_steps, seed=start_seed)
        credit = advantages_and_targets(rollout, critic, gamma, advantage_fn, reward_scale)
        blocks = (rollout.obs, rollout.actions, *credit)
        obs, actions, advantages, targets, values = valid_rows(rollout.valid, *blocks)
        log_probs, entropies = policy.evaluate(obs, actions)
        advantages = rescale(advantages)
        bonus = entropies if entropy_coef else entropies.detach()  # 0 times a gradient is work for nothing
        loss = actor_critic_loss(log_probs, values, advantages, targets, bonus, value_coef, entropy_coef)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += len(obs)
        value_loss = (values - targets).square().mean().item()
        losses = {"total": loss.item(), "value": value_loss}
        yield Update(steps, finished_returns(rollout, running), losses, entropies.mean().item())
