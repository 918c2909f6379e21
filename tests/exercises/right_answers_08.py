"""Lesson 08: right answers in other styles, which the checks must accept."""

import math

import numpy as np
import torch


def ratio_loop(log_probs, old_log_probs):
    return torch.stack(
        [torch.exp(new - old.item()) for new, old in zip(log_probs, old_log_probs, strict=True)]
    )


def ratio_without_graph_of_the_old(log_probs, old_log_probs):
    with torch.no_grad():
        old = old_log_probs.double().clone()
    return math.e ** (log_probs - old)


def ratio_from_numpy(log_probs, old_log_probs):
    return (log_probs - torch.from_numpy(old_log_probs.detach().numpy())).exp()


def loss_loop(log_probs, old_log_probs, advantages, clip):
    total = 0.0
    for new, old, advantage in zip(log_probs, old_log_probs.tolist(), advantages.tolist(), strict=True):
        rho = torch.exp(new - old)
        gains = rho * advantage, torch.clamp(rho, 1 - clip, 1 + clip) * advantage
        total = total + min(gains, key=lambda gain: gain.item())
    return -total / len(log_probs)


def loss_of_losses(log_probs, old_log_probs, advantages, clip):
    rho, a = (log_probs - old_log_probs.detach()).exp(), advantages.detach()
    return torch.max(-a * rho, -a * torch.clamp(rho, 1 - clip, 1 + clip)).mean()


def loss_by_sign(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach().double()
    rho = torch.exp(log_probs.double() - old_log_probs.detach().double())
    kept = torch.where(a >= 0, rho.clamp(max=1 + clip), rho.clamp(min=1 - clip))
    return -(kept * a).mean()


def loss_by_bound(log_probs, old_log_probs, advantages, clip):
    """g(ε, A) as Spinning Up writes it: (1 ± ε) A is the most there is to gain."""
    a = advantages.detach()
    most = torch.where(a > 0, (1 + clip) * a, (1 - clip) * a)
    return torch.minimum(torch.exp(log_probs - old_log_probs.detach()) * a, most).mul(-1).mean()


def loss_stacked(log_probs, old_log_probs, advantages, clip):
    rho = (log_probs - old_log_probs.detach()).exp()
    both = torch.stack([rho, rho.clip(1 - clip, 1 + clip)])
    return -(both * advantages.detach()).amin(0).sum() / rho.numel()


def loss_masked(log_probs, old_log_probs, advantages, clip):
    rho, a = (log_probs - old_log_probs.detach()).exp(), advantages.detach()
    idle = ((a > 0) & (rho > 1 + clip)) | ((a < 0) & (rho < 1 - clip))
    constant = a * (1 + clip * a.sign())
    return -torch.where(idle, constant, rho * a).mean()


def kl_loop(log_probs, old_log_probs):
    x = [new - old for new, old in zip(log_probs.tolist(), old_log_probs.tolist(), strict=True)]
    return sum(math.exp(d) - 1 - d for d in x) / len(x)


def kl_numpy(log_probs, old_log_probs):
    d = log_probs.numpy() - old_log_probs.numpy()
    return np.mean(np.exp(d) - 1 - d)


def fraction_loop(log_probs, old_log_probs, clip):
    rhos = [math.exp(new - old) for new, old in zip(log_probs.tolist(), old_log_probs.tolist(), strict=True)]
    return sum(rho < 1 - clip or rho > 1 + clip for rho in rhos) / len(rhos)


def fraction_clamped(log_probs, old_log_probs, clip):
    rho = torch.exp(log_probs - old_log_probs)
    return (rho != torch.clamp(rho, 1 - clip, 1 + clip)).double().mean()


RIGHT = {
    "ratio": [
        lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.detach().exp(),
        lambda log_probs, old_log_probs: torch.exp(log_probs - old_log_probs.detach()),
        lambda log_probs, old_log_probs: torch.exp(log_probs.double() - old_log_probs.double().detach()),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.data).expm1() + 1,
        ratio_loop,
        ratio_from_numpy,
        ratio_without_graph_of_the_old,
    ],
    "ppo_clip_loss": [
        loss_loop,
        loss_of_losses,
        loss_by_sign,
        loss_by_bound,
        loss_stacked,
        loss_masked,
    ],
    "approx_kl": [
        lambda log_probs, old_log_probs: (
            log_probs.exp() / old_log_probs.exp() - 1 - (log_probs.exp() / old_log_probs.exp()).log()
        ).mean(),
        lambda log_probs, old_log_probs: (
            torch.exp(log_probs - old_log_probs) - 1 - (log_probs - old_log_probs)
        ).mean(),
        lambda log_probs, old_log_probs: (
            torch.expm1((log_probs - old_log_probs).double()).mean()
            - (log_probs - old_log_probs).double().mean()
        ),
        lambda log_probs, old_log_probs: (
            (
                np.expm1(log_probs.numpy() - old_log_probs.numpy())
                + old_log_probs.numpy()
                - log_probs.numpy()
            ).sum()
            / len(log_probs)
        ),
        kl_loop,
        kl_numpy,
    ],
    "clip_fraction": [
        lambda log_probs, old_log_probs, clip: (
            (((log_probs - old_log_probs).exp() - 1).abs() > clip).float().mean()
        ),
        lambda log_probs, old_log_probs, clip: (
            np.abs(np.exp(log_probs.numpy() - old_log_probs.numpy()) - 1) > clip
        ).mean(),
        lambda log_probs, old_log_probs, clip: float(
            1
            - (
                ((log_probs - old_log_probs).exp() >= 1 - clip)
                & ((log_probs - old_log_probs).exp() <= 1 + clip)
            )
            .double()
            .mean()
        ),
        fraction_loop,
        fraction_clamped,
    ],
}
