"""REINFORCE: whole episodes in, one gradient step a batch out, with or without a learned baseline."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat

import torch

from ..losses import policy_gradient_loss
from ..returns import rewards_to_go
from ..rollouts import Rollout, collect_episodes
from ._batches import as_they_are, episode_returns, minus_step_mean, valid_rows
from ._training import Update

__all__ = ["reinforce"]


def reinforce(
    envs,
    policy,
    baseline=None,
    *,
    seed: int,
    gamma: float = 0.99,
    lr: float = 0.04,
    baseline_lr: float = 0.01,
    reward_scale: float = 1.0,
    entropy_coef: float = 0.0,
    weight_fn: Callable | None = None,
    centre: Callable | None = None,
    rescale: Callable = as_they_are,
    max_episode_steps: int = 10_000,
) -> Iterator[Update]:
    """Make likely what was followed by much: every environment plays one episode, then one step.

    θ <- θ + lr · 1/B Σ_b w_b ∇ log π(a_b|s_b), Adam's step, B all steps of all episodes: long episodes count more

    Args:
        envs: vector environment whose episodes end.
        policy: to be trained.
        baseline: value function to subtract from the weights, trained on the returns; None: none.
        seed: int; with the policy's first parameters it fixes all that follows.
        gamma: in [0, 1], of the returns-to-go (without the factor γ^t of the exact discounted gradient).
        lr, baseline_lr: > 0, Adam's.
        reward_scale: > 0, multiplies the rewards, so that a baseline's values stay of size 1.
        entropy_coef: >= 0, bonus for the policy's entropy.
        weight_fn: trajectory -> [T], the weights of its log-probabilities; None: returns-to-go, on whole arrays.
        centre: (weights [T, N], valid) -> [T, N], a baseline from the batch itself; None: `minus_step_mean`, but
            the weights of a `weight_fn` stay as they are.
        rescale: weights [B] -> [B] over the batch; `standardize` is a heuristic with a bias.
        max_episode_steps: episodes longer than this are cut.

    Source: Williams (1992), Simple statistical gradient-following algorithms; Sutton and Barto (2018), section 13.4.
    """
    optimizer = torch.optim.Adam(policy.parameters(), lr, fused=True)
    critic = None if baseline is None else torch.optim.Adam(baseline.parameters(), baseline_lr, fused=True)
    centre = centre or (minus_step_mean if weight_fn is None else lambda weights, valid: weights)
    steps = 0
    for start_seed in chain([seed], repeat(None)):
        rollout = collect_episodes(envs, policy, seed=start_seed, max_steps=max_episode_steps)
        valid, losses = rollout.valid, {}
        obs, actions = valid_rows(valid, rollout.obs, rollout.actions)
        weights = _weights(rollout, weight_fn, gamma, reward_scale)
        if baseline is not None:
            returns, values = weights[valid], baseline(obs)
            weights = weights.masked_scatter(valid, returns - values.detach())
            losses["value"] = _step(critic, (values - returns).square().mean())
        weights = rescale(centre(weights, valid)[valid])
        log_probs, entropies = policy.evaluate(obs, actions)
        loss = policy_gradient_loss(log_probs, weights)
        if entropy_coef:  # 0 times a gradient is work for nothing
            loss = loss - entropy_coef * entropies.mean()
        losses["policy"] = _step(optimizer, loss)
        steps += len(obs)
        yield Update(steps, episode_returns(rollout), losses, entropies.mean().item())


def _step(optimizer, loss: torch.Tensor) -> float:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _weights(rollout: Rollout, weight_fn: Callable | None, gamma: float, reward_scale: float) -> torch.Tensor:
    """The weight of each log-probability, float [T, N], 0 after an episode's end."""
    if weight_fn is None:
        return rewards_to_go(reward_scale * rollout.rewards, gamma)
    weights = torch.zeros_like(rollout.rewards)
    for i, trajectory in enumerate(rollout.trajectories()):
        weights[: len(trajectory), i] = reward_scale * weight_fn(trajectory)
    return weights
