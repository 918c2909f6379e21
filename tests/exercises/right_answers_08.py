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


class Policies:
    """Both policies in one object; the old one's numbers are copied once."""

    def __init__(self, new, old):
        self.new, self.old = new, torch.tensor(old.tolist(), dtype=torch.float64)

    def ratio(self):
        return torch.pow(math.e, self.new - self.old)


def ratio_in_halves(log_probs, old_log_probs):
    half = (0.5 * (log_probs - old_log_probs.detach())).exp()
    return half * half


def loss_by_relu(log_probs, old_log_probs, advantages, clip):
    """What runs beyond the fence on the action's own side is taken off."""
    a, rho = advantages.detach(), (log_probs - old_log_probs.detach()).exp()
    beyond = torch.relu(a.sign() * (rho - 1) - clip)
    return -(rho * a - a.abs() * beyond).mean()


def loss_in_cases(log_probs, old_log_probs, advantages, clip):
    losses = []
    for new, old, a in zip(log_probs, old_log_probs.detach(), advantages.detach(), strict=True):
        rho = (new - old).exp()
        if (a > 0 and rho > 1 + clip) or (a < 0 and rho < 1 - clip):
            rho = rho.clamp(1 - clip, 1 + clip)
        losses.append(-rho * a)
    return torch.stack(losses).mean()


class Clipped:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def objective(self, rho, a):
        inside = rho.clip(self.low, self.high)
        return torch.where(rho * a < inside * a, rho * a, inside * a)


def loss_of_a_class(log_probs, old_log_probs, advantages, clip):
    with torch.no_grad():
        a, old = advantages.double().clone(), old_log_probs.double().clone()
    return Clipped(1 - clip, 1 + clip).objective((log_probs - old).exp(), a).mean().neg()


def loss_by_sorting(log_probs, old_log_probs, advantages, clip):
    rho, a = (log_probs - old_log_probs.detach()).exp(), advantages.detach()
    both = torch.stack([rho * a, torch.clamp(rho, min=1 - clip, max=1 + clip) * a], dim=-1)
    return torch.einsum("b->", both.sort(-1).values[:, 0]) / -len(a)


def loss_by_max_of_products(log_probs, old_log_probs, advantages, clip):
    rho, w = (log_probs - old_log_probs.detach()).exp(), -advantages.detach()
    return torch.fmax(
        w * rho, w * torch.minimum(torch.maximum(rho, torch.tensor(1 - clip)), torch.tensor(1 + clip))
    ).mean()


def kl_by_integral(log_probs, old_log_probs):
    """x - log(1 + x) with x = ρ - 1, by log1p."""
    x = torch.expm1((log_probs - old_log_probs).double())
    return (x - torch.log1p(x)).mean()


def kl_by_bregman(log_probs, old_log_probs):
    """The Bregman distance of -log between ρ and 1."""
    rho = np.exp((log_probs - old_log_probs).double().numpy())
    return (-np.log(rho) - (-np.log(1.0)) - (-1.0) * (rho - 1)).mean()


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
        ratio_in_halves,
        lambda log_probs, old_log_probs: Policies(log_probs, old_log_probs.detach()).ratio(),
        lambda log_probs, old_log_probs: torch.logaddexp(
            log_probs - old_log_probs.detach(), torch.full_like(log_probs, -torch.inf)
        ).exp(),
        lambda log_probs, old_log_probs: torch.ldexp(
            ((log_probs.double() - old_log_probs.detach()) / math.log(2)).exp2(), torch.tensor(0)
        ),
        lambda log_probs, old_log_probs: torch.exp(log_probs - old_log_probs.detach()),
        lambda log_probs, old_log_probs: torch.exp(log_probs.double() - old_log_probs.double().detach()),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.data).expm1() + 1,
        ratio_loop,
        ratio_from_numpy,
        ratio_without_graph_of_the_old,
    ],
    "ppo_clip_loss": [
        loss_loop,
        loss_by_relu,
        loss_in_cases,
        loss_of_a_class,
        loss_by_sorting,
        loss_by_max_of_products,
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
        kl_by_integral,
        kl_by_bregman,
        lambda log_probs, old_log_probs: float(
            np.average([math.expm1(d) - d for d in (log_probs - old_log_probs).double().tolist()])
        ),
        lambda log_probs, old_log_probs: (
            torch.einsum("b->", (log_probs - old_log_probs).expm1() + (old_log_probs - log_probs))
            / log_probs.numel()
        ),
        lambda log_probs, old_log_probs: (
            ((log_probs - old_log_probs).exp() + old_log_probs - log_probs).mean() - 1
        ),
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
        lambda log_probs, old_log_probs, clip: (
            torch.count_nonzero(torch.abs(torch.expm1(log_probs - old_log_probs)) > clip) / len(log_probs)
        ),
        lambda log_probs, old_log_probs, clip: torch.where(
            (log_probs - old_log_probs > math.log(1 + clip))
            | (log_probs - old_log_probs < math.log(1 - clip)),
            1.0,
            0.0,
        ).mean(),
        lambda log_probs, old_log_probs, clip: (
            np.count_nonzero(
                ~np.isclose(
                    np.clip(np.exp(log_probs.numpy() - old_log_probs.numpy()), 1 - clip, 1 + clip),
                    np.exp(log_probs.numpy() - old_log_probs.numpy()),
                    rtol=0,
                    atol=1e-6,
                )
            )
            / old_log_probs.numel()
        ),
        lambda log_probs, old_log_probs, clip: (
            ((log_probs - old_log_probs).exp() > 1 + clip).double().mean()
            + ((log_probs - old_log_probs).exp() < 1 - clip).double().mean()
        ),
        lambda log_probs, old_log_probs, clip: (
            1 - ((log_probs - old_log_probs).exp().sub(1).abs() <= clip).sum() / len(log_probs)
        ),
        fraction_clamped,
    ],
}
