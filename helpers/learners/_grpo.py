"""Group relative policy optimisation: prompts and a reward in, clipped steps on groups of answers out."""

import copy
from collections.abc import Callable, Iterator

import torch

from ..baselines import group_advantages
from ..losses import approx_kl, clip_fraction
from ..token_losses import grpo_loss, kl_penalty, masked_mean
from ._training import Update

__all__ = ["grpo"]


def grpo(
    prompts: torch.Tensor,
    reward: Callable,
    policy,
    reference=None,
    *,
    seed: int,
    n_prompts: int = 16,
    n_answers: int = 16,
    lr: float = 0.01,
    clip: float = 0.2,
    epochs: int = 2,
    minibatch: int = 1024,
    kl_coef: float = 0.0,
    weight_fn: Callable = group_advantages,
) -> Iterator[Update]:
    """Compare several answers to one prompt with each other: the group says what a critic would have to learn.

    loss = -mean(min(ρ Â, clamp(ρ, 1 ± clip) Â)) + kl_coef · mean(KL(π ‖ π_ref) by k3), means over real tokens

    Args:
        prompts: int64 [M], to draw from.
        reward: (prompts [B], answers [B, L]) -> float [B], for whole answers.
        policy: sequence model, to be trained.
        reference: sequence model at the other end of the leash, not trained; None: the policy as it comes.
        seed: int; with the policy's first parameters it fixes all that follows.
        n_prompts, n_answers: int >= 1, G groups of K answers in a block.
        lr, clip, epochs, minibatch: as in `ppo`.
        kl_coef: >= 0, how short the leash is.
        weight_fn: rewards [G, K] -> advantages [G, K]; each token gets that of its answer.

    Source: Shao et al. (2024), DeepSeekMath, equation 3, with the mean over tokens of Yu et al. (2025), DAPO.
    """
    reference = copy.deepcopy(policy) if reference is None else reference
    optimizer = torch.optim.Adam(policy.parameters(), lr, fused=True)
    chance = torch.Generator().manual_seed(seed)
    steps = 0
    while True:
        drawn = prompts[torch.randint(len(prompts), (n_prompts,), generator=chance)]
        asked = drawn.repeat_interleave(n_answers)
        answers = policy.sample(asked, chance)
        mask, rewards = policy.mask(answers), reward(asked, answers)
        advantages = weight_fn(rewards.view(n_prompts, n_answers)).flatten()
        with torch.no_grad():
            old_log_probs = policy.log_prob(asked, answers)
            reference_log_probs = reference.log_prob(asked, answers)
        for _ in range(epochs):
            for rows in torch.randperm(len(asked), generator=chance).split(minibatch):
                real = mask[rows]
                log_probs, entropies = policy.evaluate(asked[rows], answers[rows])
                policy_loss = grpo_loss(log_probs, old_log_probs[rows], advantages[rows], real, clip)
                leash = masked_mean(kl_penalty(log_probs, reference_log_probs[rows]), real)
                loss = policy_loss + kl_coef * leash
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        steps += int(mask.sum())
        losses = {"policy": policy_loss.item(), "kl": leash.item()}
        losses["approx_kl"] = approx_kl(log_probs[real], old_log_probs[rows][real]).item()
        losses["clip_fraction"] = float(clip_fraction(log_probs[real], old_log_probs[rows][real], clip))
        yield Update(steps, rewards, losses, masked_mean(entropies, real).item())
