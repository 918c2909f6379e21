"""Lesson 09: right answers in other styles, which the checks must accept."""

import math

import numpy as np
import torch


def groups_loop(rewards):
    out = torch.zeros(rewards.shape, dtype=torch.float64)
    for g, group in enumerate(rewards.tolist()):
        mean = sum(group) / len(group)
        deviation = math.sqrt(sum((r - mean) ** 2 for r in group) / len(group))
        for k, reward in enumerate(group):
            out[g, k] = (reward - mean) / deviation if deviation > 0 else 0.0
    return out


def groups_numpy(rewards):
    rewards = rewards.numpy().astype(np.float64)
    deviation = rewards.std(axis=1, keepdims=True)
    centred = rewards - rewards.mean(axis=1, keepdims=True)
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0)


def groups_where(rewards):
    rewards = rewards.double()
    std, mean = torch.std_mean(rewards, dim=1, keepdim=True)
    return torch.where(std > 0, (rewards - mean) / std, 0.0)


def loss_loop(log_probs, old_log_probs, advantages, mask, clip):
    terms = []
    for b in range(len(log_probs)):
        advantage = advantages[b].item()
        for t in range(log_probs.shape[1]):
            if mask[b, t]:
                rho = torch.exp(log_probs[b, t] - old_log_probs[b, t].item())
                terms.append(-torch.min(rho * advantage, torch.clamp(rho, 1 - clip, 1 + clip) * advantage))
    return sum(terms) / len(terms)


def loss_multiplied(log_probs, old_log_probs, advantages, mask, clip):
    with torch.no_grad():
        old, weight = old_log_probs.clone(), advantages[:, None].clone()
    rho = torch.exp(log_probs - old)
    worse = torch.maximum(-weight * rho, -weight * torch.clamp(rho, 1 - clip, 1 + clip))
    return (worse * mask).sum() / mask.sum()


def loss_of_reals(log_probs, old_log_probs, advantages, mask, clip):
    rows = mask.nonzero()[:, 0]
    weight = advantages.detach()[rows].double()
    rho = (log_probs[mask].double() - old_log_probs.detach()[mask].double()).exp()
    return -torch.where(weight > 0, rho.clamp(max=1 + clip), rho.clamp(min=1 - clip)).mul(weight).mean()


def loss_where(log_probs, old_log_probs, advantages, mask, clip):
    weight = advantages.detach().unsqueeze(1).expand_as(log_probs)
    rho = (log_probs - old_log_probs.detach()).exp()
    gain = torch.stack([rho * weight, rho.clip(1 - clip, 1 + clip) * weight]).amin(0)
    return -torch.where(mask, gain, 0.0).sum() / mask.float().sum()


def loss_einsum(log_probs, old_log_probs, advantages, mask, clip):
    rho = torch.exp(log_probs - old_log_probs.data)
    weight = advantages.data
    bounded = torch.where(weight[:, None] > 0, rho.clamp(max=1 + clip), rho.clamp(min=1 - clip))
    return -torch.einsum("bl,b,bl->", bounded, weight, mask.float()) / mask.sum()


def groups_by_moments(rewards):
    """E[r²] - E[r]², in float64."""
    r = rewards.double()
    mean = r.sum(1, keepdim=True) / r.shape[1]
    variance = ((r - mean) ** 2).sum(1, keepdim=True) / (r.shape[1] - 1)
    return (r - mean) * torch.rsqrt(variance + 1e-12)


def groups_einsum(rewards):
    r, K = rewards.double(), rewards.shape[1]
    centred = torch.einsum("gk,kj->gj", r, torch.eye(K, dtype=torch.double) - 1 / K)
    norm = torch.einsum("gk,gk->g", centred, centred).sqrt()
    return centred / norm.clamp(min=1e-9)[:, None] * K**0.5


def groups_vmap(rewards):
    def one(group):
        return (group - group.mean()) / (group.std() + 1e-8)

    return torch.vmap(one)(rewards.double())


def groups_nan_to_num(rewards):
    z = (rewards.double() - rewards.double().mean(1, keepdim=True)) / rewards.double().std(1, keepdim=True)
    return z.nan_to_num(0.0)


class Penalty:
    def __call__(self, log_probs, reference_log_probs):
        rho = torch.exp(reference_log_probs) / torch.exp(log_probs)
        return rho - 1 - torch.log(rho)


def penalty_rowwise(log_probs, reference_log_probs):
    rows = []
    for own, other in zip(log_probs, reference_log_probs, strict=True):
        rows.append(torch.stack([torch.expm1(b - a) + (a - b) for a, b in zip(own, other, strict=True)]))
    return torch.stack(rows)


def mean_dot(x, mask):
    weight = mask.flatten().double()
    return torch.dot(torch.where(mask, x, torch.zeros_like(x)).flatten().double(), weight) / weight.sum()


def mean_running(x, mask):
    mean = torch.zeros(())
    for seen, value in enumerate(x[mask], 1):
        mean = mean + (value - mean) / seen
    return mean


def loss_pieces(log_probs, old_log_probs, advantages, mask, clip):
    """The clip as a switch: a token that has moved too far its way keeps the value and loses the gradient."""
    rho = torch.exp(log_probs - old_log_probs.detach())
    weight = advantages.detach().reshape(-1, 1).expand_as(rho)
    up, down = (weight >= 0) & (rho > 1 + clip), (weight < 0) & (rho < 1 - clip)
    rho = torch.where(
        up, torch.full_like(rho, 1 + clip), torch.where(down, torch.full_like(rho, 1 - clip), rho)
    )
    return -(rho * weight).masked_select(mask).sum() / mask.sum()


def loss_by_answer(log_probs, old_log_probs, advantages, mask, clip):
    total, count = 0.0, 0
    for own, old, weight, real in zip(log_probs, old_log_probs, advantages, mask, strict=True):
        rho = (own[real] - old[real].detach()).exp()
        worse = torch.min(rho * weight.detach(), rho.clip(1 - clip, 1 + clip) * weight.detach())
        total, count = total - worse.sum(), count + len(worse)
    return total / count


def loss_hinge(log_probs, old_log_probs, advantages, mask, clip):
    """min(ρ Â, clamp(ρ) Â) = ρ Â - |Â| max(0, sign(Â) (ρ - 1) - clip)."""
    rho = (log_probs[mask] - old_log_probs[mask].detach()).exp()
    weight = advantages.detach()[:, None].expand(mask.shape)[mask]
    over = torch.relu(weight.sign() * (rho - 1) - clip)
    return (weight.abs() * over - rho * weight).mean()


def loss_double(log_probs, old_log_probs, advantages, mask, clip):
    rho = torch.exp(log_probs.double() - old_log_probs.detach().double())
    weight = torch.outer(advantages.detach().double(), torch.ones(rho.shape[1], dtype=torch.double))
    gain = torch.minimum(rho * weight, torch.clamp(rho, 1 - clip, 1 + clip) * weight)
    return -gain.masked_fill(mask.logical_not(), 0.0).sum() / mask.count_nonzero()


def loss_flat(log_probs, old_log_probs, advantages, mask, clip):
    """Lesson 8's loss on the flat list of real tokens."""
    weight = torch.repeat_interleave(advantages.detach(), mask.sum(1))
    rho = torch.exp(log_probs[mask] - old_log_probs.detach()[mask])
    return torch.max(-weight * rho, -weight * torch.clamp(rho, 1.0 - clip, 1.0 + clip)).mean()


RIGHT = {
    "group_advantages": [
        groups_loop,
        groups_numpy,
        groups_where,
        lambda rewards: (
            (rewards - rewards[:, :1] - (rewards - rewards[:, :1]).mean(1, keepdim=True))
            / (rewards.std(1, keepdim=True) + 1e-8)
        ),
        lambda rewards: torch.where(
            rewards.amax(1, keepdim=True) == rewards.amin(1, keepdim=True),
            0.0,
            (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, correction=0, keepdim=True),
        ),
        lambda rewards: torch.nn.functional.layer_norm(rewards.double(), rewards.shape[1:], eps=1e-12),
        groups_by_moments,
        groups_einsum,
        groups_vmap,
        groups_nan_to_num,
    ],
    "kl_penalty": [
        lambda log_probs, reference_log_probs: (
            torch.exp(reference_log_probs - log_probs) - (reference_log_probs - log_probs) - 1
        ),
        lambda log_probs, reference_log_probs: (
            torch.expm1(reference_log_probs - log_probs) + log_probs - reference_log_probs
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs.double() - log_probs.double()).exp().sub(1)
            - (reference_log_probs.double() - log_probs.double())
        ),
        Penalty(),
        lambda log_probs, reference_log_probs: (
            torch.exp(reference_log_probs - log_probs).sub(1).add(log_probs - reference_log_probs)
        ),
        penalty_rowwise,
        lambda log_probs, reference_log_probs: (
            torch.special.expm1(reference_log_probs - log_probs) + (log_probs - reference_log_probs)
        ),
    ],
    "masked_mean": [
        lambda x, mask: x[mask].mean(),
        lambda x, mask: torch.where(mask, x, 0.0).sum() / mask.sum(),
        lambda x, mask: x.masked_fill(~mask, 0).sum() / mask.float().sum(),
        lambda x, mask: torch.masked_select(x, mask).double().mean(),
        lambda x, mask: (x.nan_to_num() * mask).sum() / mask.sum(),
        lambda x, mask: x.masked_fill(~mask, float("nan")).nanmean(),
        mean_dot,
        mean_running,
        lambda x, mask: (x * mask).nansum() / mask.sum(),
    ],
    "grpo_loss": [
        loss_loop,
        loss_multiplied,
        loss_of_reals,
        loss_where,
        loss_einsum,
        loss_pieces,
        loss_by_answer,
        loss_hinge,
        loss_double,
        loss_flat,
    ],
}
