"""Lesson 08: wrong answers that students give, written from the text of the exercises alone."""

import torch
import torch.nn.functional as F


def rho_of(log_probs, old_log_probs):
    return torch.exp(log_probs - old_log_probs.detach())


def loss_of(rho, advantages, clip):
    a = advantages.detach()
    return -torch.minimum(rho * a, rho.clamp(1 - clip, 1 + clip) * a).mean()


def loss_standardised(log_probs, old_log_probs, advantages, clip):
    a = advantages.detach()
    return loss_of(rho_of(log_probs, old_log_probs), (a - a.mean()) / (a.std() + 1e-8), clip)


def loss_where_inside(log_probs, old_log_probs, advantages, clip):
    """Only samples inside the clip count, and the mean is over them."""
    rho = rho_of(log_probs, old_log_probs)
    inside = (rho - 1).abs() <= clip
    return -(rho * advantages.detach())[inside].mean()


def loss_masked_to_zero(log_probs, old_log_probs, advantages, clip):
    rho = rho_of(log_probs, old_log_probs)
    inside = (rho - 1).abs() <= clip
    return -torch.where(inside, rho * advantages.detach(), 0.0).mean()


def loss_without_graph(log_probs, old_log_probs, advantages, clip):
    with torch.no_grad():
        return loss_of(rho_of(log_probs, old_log_probs), advantages, clip)


def ratio_in_no_grad(log_probs, old_log_probs):
    with torch.no_grad():
        return (log_probs - old_log_probs).exp()


def fraction_by_loss(log_probs, old_log_probs, clip):
    """The mean distance that the clamp moves a ratio."""
    rho = rho_of(log_probs, old_log_probs)
    return (rho - rho.clamp(1 - clip, 1 + clip)).abs().mean()


def both_compared_with_and(log_probs, old_log_probs, clip):
    ratios = (log_probs - old_log_probs).exp()
    return (ratios < 1 - clip and ratios > 1 + clip).float().mean()


def both_compared_with_or(log_probs, old_log_probs, clip):
    ratios = (log_probs - old_log_probs).exp()
    return (ratios < 1 - clip or ratios > 1 + clip).float().mean()


def between_as_in_a_book(log_probs, old_log_probs, clip):
    return 1 - (1 - clip <= (log_probs - old_log_probs).exp() <= 1 + clip).float().mean()


def clips_with_if(log_probs, old_log_probs, advantages, clip):
    rho = (log_probs - old_log_probs.detach()).exp()
    if rho > 1 - clip and rho < 1 + clip:
        return -(rho * advantages.detach()).mean()
    return -(rho.clamp(1 - clip, 1 + clip) * advantages.detach()).mean()


def only_above_in_place(log_probs, old_log_probs, clip):
    log_probs -= old_log_probs
    log_probs.exp_()
    return (log_probs > 1 + clip).float().mean()


WRONG = {
    "ratio": [
        lambda log_probs, old_log_probs: (log_probs - old_log_probs).exp(),
        lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.exp(),
        lambda log_probs, old_log_probs: (old_log_probs.detach() - log_probs).exp(),
        lambda log_probs, old_log_probs: (old_log_probs - log_probs).exp(),
        lambda log_probs, old_log_probs: log_probs - old_log_probs.detach(),
        lambda log_probs, old_log_probs: log_probs / old_log_probs.detach(),
        lambda log_probs, old_log_probs: (log_probs / old_log_probs.detach()).exp(),
        lambda log_probs, old_log_probs: log_probs.exp() - old_log_probs.detach().exp(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp().mean(),
        lambda log_probs, old_log_probs: (log_probs.detach() - old_log_probs).exp(),
        lambda log_probs, old_log_probs: (log_probs.detach() - old_log_probs.detach()).exp(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs).exp().detach(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).sum().exp(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp().prod(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).cumsum(0).exp(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).softmax(0),
        lambda log_probs, old_log_probs: log_probs.exp(),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp().clamp(0.8, 1.2),
        lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).abs().exp(),
        lambda log_probs, old_log_probs: (log_probs + old_log_probs.detach()).exp(),
        lambda log_probs, old_log_probs: log_probs.softmax(0) / old_log_probs.detach().softmax(0),
        lambda log_probs, old_log_probs: (log_probs - log_probs.detach()).exp(),
        lambda log_probs, old_log_probs: 1 + log_probs - old_log_probs.detach(),
        lambda log_probs, old_log_probs: log_probs.log() - old_log_probs.detach().log(),
        lambda log_probs, old_log_probs: log_probs.exp() / (log_probs.exp() + old_log_probs.detach().exp()),
        ratio_in_no_grad,
    ],
    "ppo_clip_loss": [
        lambda new, old, a, clip: -loss_of(rho_of(new, old), a, clip),
        lambda new, old, a, clip: -(rho_of(new, old) * a.detach()).mean(),
        lambda new, old, a, clip: -(rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()).mean(),
        lambda new, old, a, clip: (
            -torch.maximum(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()
            ).mean()
        ),
        lambda new, old, a, clip: torch.minimum(
            -rho_of(new, old) * a.detach(), -rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()
        ).mean(),
        lambda new, old, a, clip: (
            -(torch.minimum(rho_of(new, old), rho_of(new, old).clamp(1 - clip, 1 + clip)) * a.detach()).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                (rho_of(new, old) * a.detach()).mean(),
                (rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()).mean(),
            )
        ),
        lambda new, old, a, clip: loss_of(rho_of(new, old), a, clip) * len(new),
        lambda new, old, a, clip: (
            -torch.minimum(rho_of(new, old) * a, rho_of(new, old).clamp(1 - clip, 1 + clip) * a).mean()
        ),
        lambda new, old, a, clip: loss_of((new - old).exp(), a, clip),
        lambda new, old, a, clip: loss_of(rho_of(new, old), a, 0.2),
        lambda new, old, a, clip: loss_of(new - old.detach(), a, clip),
        lambda new, old, a, clip: loss_of(rho_of(old, new), a, clip),
        lambda new, old, a, clip: loss_of((old.detach() - new).exp(), a, clip),
        lambda new, old, a, clip: loss_of(rho_of(new, old).detach(), a, clip),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(-clip, clip) * a.detach()
            ).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(max=1 + clip) * a.detach()
            ).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(min=1 - clip) * a.detach()
            ).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), (rho_of(new, old) * a.detach()).clamp(1 - clip, 1 + clip)
            ).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), (new - old.detach()).clamp(-clip, clip).exp() * a.detach()
            ).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()
            )
        ),
        lambda new, old, a, clip: (
            -torch.min(
                rho_of(new, old) * a.detach(), rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()
            ).min()
        ),
        lambda new, old, a, clip: loss_of(rho_of(new, old), a.abs(), clip),
        lambda new, old, a, clip: (
            -torch.minimum(new * a.detach(), rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()).mean()
        ),
        lambda new, old, a, clip: (
            -(torch.minimum(rho_of(new, old), torch.tensor(1 + clip)) * a.detach()).mean()
        ),
        lambda new, old, a, clip: (
            -torch.minimum(rho_of(new, old) * a.detach(), rho_of(new, old).clamp(1 - clip, 1 + clip)).mean()
        ),
        lambda new, old, a, clip: (
            -(rho_of(new, old) * a.detach() + rho_of(new, old).clamp(1 - clip, 1 + clip) * a.detach()).mean()
        ),
        lambda new, old, a, clip: -(new * a.detach()).mean(),
        loss_standardised,
        loss_where_inside,
        loss_masked_to_zero,
        loss_without_graph,
    ],
    "approx_kl": [
        lambda new, old: (old - new).mean(),
        lambda new, old: (new - old).mean(),
        lambda new, old: ((new - old) ** 2).mean() / 2,
        lambda new, old: ((new - old) ** 2).mean(),
        lambda new, old: ((old - new).exp() - 1 - (old - new)).mean(),
        lambda new, old: ((new - old).exp() - 1 - (new - old)).sum(),
        lambda new, old: (new - old).exp() - 1 - (new - old),
        lambda new, old: -((new - old).exp() - 1 - (new - old)).mean(),
        lambda new, old: ((new - old).exp() - 1 + (new - old)).mean(),
        lambda new, old: ((new - old).exp() - (new - old)).mean(),
        lambda new, old: ((new - old).exp() - 1).mean(),
        lambda new, old: ((new - old).exp() * (new - old)).mean(),
        lambda new, old: (old.exp() * (old - new)).sum(),
        lambda new, old: (old.exp() * (old - new)).mean(),
        lambda new, old: (new - old).mean().exp() - 1 - (new - old).mean(),
        lambda new, old: -(new - old).exp().mean().log(),
        lambda new, old: (new - old).abs().mean(),
        lambda new, old: F.kl_div(new, old, log_target=True, reduction="batchmean"),
        lambda new, old: F.kl_div(new, old.exp(), reduction="sum"),
        lambda new, old: ((new - old).exp() * (new - old) - (new - old).exp() + 1).mean(),
        lambda new, old: ((new - old).exp() - 1 - (new - old)).max(),
        lambda new, old: ((new - old) - 1 - (new - old).log()).mean(),
        lambda new, old: ((new / old) - 1 - (new / old).log()).mean(),
        lambda new, old: (1 - (new - old).exp() - (new - old)).mean(),
        lambda new, old: ((new - old).exp() - 1 - new).mean(),
        lambda new, old: (old.exp() * ((new - old).exp() - 1 - (new - old))).sum(),
        lambda new, old: ((new - old).exp() - 1 - torch.log((new - old).exp() - 1)).mean(),
    ],
    "clip_fraction": [
        lambda new, old, clip: (((new - old).exp() - 1).abs() <= clip).float().mean(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > clip).float().sum(),
        lambda new, old, clip: ((new - old).exp() > 1 + clip).float().mean(),
        lambda new, old, clip: ((new - old).exp() < 1 - clip).float().mean(),
        lambda new, old, clip: ((new - old).exp() - 1 > clip).float().mean(),
        lambda new, old, clip: ((new - old).abs() > clip).float().mean(),
        lambda new, old, clip: (((old - new).exp() - 1).abs() > clip).float().mean(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > 0.2).float().mean(),
        lambda new, old, clip: ((new - old).exp().abs() > clip).float().mean(),
        lambda new, old, clip: ((new - old).exp() > clip).float().mean(),
        lambda new, old, clip: 100 * (((new - old).exp() - 1).abs() > clip).float().mean(),
        lambda new, old, clip: ((new - old).exp() - 1).abs() > clip,
        lambda new, old, clip: (
            (((new - old).exp() < 1 - clip) & ((new - old).exp() > 1 + clip)).float().mean()
        ),
        lambda new, old, clip: (new - old).exp().clamp(1 - clip, 1 + clip).mean(),
        lambda new, old, clip: ((new.exp() - old.exp()).abs() > clip).float().mean(),
        lambda new, old, clip: (((new - old).abs().exp() - 1) > clip).float().mean(),
        lambda new, old, clip: ((new - old - 1).abs() > clip).float().mean(),
        lambda new, old, clip: (((new / old) - 1).abs() > clip).float().mean(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > 1 + clip).float().mean(),
        lambda new, old, clip: (((new - old).exp().mean() - 1).abs() > clip).float(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > clip).mean(),
        lambda new, old, clip: ((new - old).exp() - 1).abs().mean(),
        lambda new, old, clip: (((new - old).exp() - 1) ** 2 > clip).float().mean(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > clip).any().float(),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > clip).sum() // len(new),
        lambda new, old, clip: (((new - old).exp() - 1).abs() > clip / 2).float().mean(),
        fraction_by_loss,
    ],
}

TOLD = {
    "ratio": [
        (lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.detach().exp(), "round to 0"),
        (
            lambda log_probs, old_log_probs: torch.exp(log_probs) * torch.exp(-old_log_probs.detach()),
            "round to 0",
        ),
        (
            lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.exp(),
            ("round to 0", "gradient flows into the old"),
        ),
    ],
    "clip_fraction": [
        (both_compared_with_and, "joined with `&`, `|` and `~`"),
        (both_compared_with_or, "joined with `&`, `|` and `~`"),
        (between_as_in_a_book, "joined with `&`, `|` and `~`"),
        (only_above_in_place, ("Only ratios above 1 + clip", "also changes `log_probs`")),
    ],
    "ppo_clip_loss": [
        (clips_with_if, "joined with `&`, `|` and `~`"),
    ],
}
