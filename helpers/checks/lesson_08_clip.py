"""The clipped loss of lesson 08 as an exercise."""

import torch

from ..losses import ppo_clip_loss
from .exercise import Case, Exercise, Mistake
from .lesson_08_diagnostics import moved

__all__ = ["PPO_CLIP_LOSS"]


def rho_of(log_probs, old_log_probs) -> torch.Tensor:
    """The right ratio, from which the mistakes in the loss start."""
    return (log_probs - old_log_probs.detach()).exp()


def pessimist(rho, clipped, advantages) -> torch.Tensor:
    """The right loss, given two versions of the ratio."""
    return -torch.minimum(rho * advantages.detach(), clipped * advantages.detach()).mean()


def surrogate(change, reduce=torch.mean, forgotten=()):
    """A wrong loss whose objective [B] is change(rho, advantages, clip); forgotten: what is not detached besides."""

    def loss(log_probs, old_log_probs, advantages, clip):
        old_log_probs = old_log_probs if "old" in forgotten else old_log_probs.detach()
        advantages = advantages if "advantages" in forgotten else advantages.detach()
        return -reduce(change((log_probs - old_log_probs).exp(), advantages, clip))

    return loss


def bounded(low, high):
    """A wrong loss whose second ratio is clamped from low(clip) to high(clip)."""
    return surrogate(lambda rho, a, clip: torch.minimum(rho * a, rho.clamp(low(clip), high(clip)) * a))


def on_logs(change):
    """A wrong loss whose two ratios are change(log ratio, clip)."""

    def loss(log_probs, old_log_probs, advantages, clip):
        return pessimist(*change(log_probs - old_log_probs.detach(), clip), advantages)

    return loss


def old_not_detached(log_probs, old_log_probs, advantages, clip):
    rho = (log_probs - old_log_probs).exp()
    return pessimist(rho, rho.clamp(1 - clip, 1 + clip), advantages)


def advantages_not_detached(log_probs, old_log_probs, advantages, clip):
    rho = rho_of(log_probs, old_log_probs)
    return -torch.minimum(rho * advantages, rho.clamp(1 - clip, 1 + clip) * advantages).mean()


def nothing_detached(log_probs, old_log_probs, advantages, clip):
    rho = (log_probs - old_log_probs).exp()
    return -torch.minimum(rho * advantages, rho.clamp(1 - clip, 1 + clip) * advantages).mean()


def old_one_moves(log_probs, old_log_probs, advantages, clip):
    rho = (log_probs.detach() - old_log_probs).exp()
    return pessimist(rho, rho.clamp(1 - clip, 1 + clip), advantages)


def standardised_inside(log_probs, old_log_probs, advantages, clip):
    calm = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    rho = rho_of(log_probs, old_log_probs)
    return pessimist(rho, rho.clamp(1 - clip, 1 + clip), calm)


def smaller_mean(log_probs, old_log_probs, advantages, clip):
    rho, a = rho_of(log_probs, old_log_probs), advantages.detach()
    return -torch.minimum((rho * a).mean(), (rho.clamp(1 - clip, 1 + clip) * a).mean())


def with_log_prob(log_probs, old_log_probs, advantages, clip):
    return -(_objective(rho_of(log_probs, old_log_probs), advantages.detach(), clip) * log_probs).mean()


def _objective(rho, a, clip):
    return torch.minimum(rho * a, rho.clamp(1 - clip, 1 + clip) * a)


def _table(rho, a, clip):
    return torch.minimum(rho[:, None] * a, rho.clamp(1 - clip, 1 + clip)[:, None] * a)


def only_inside(rho, a, clip):
    return torch.where((rho > 1 - clip) & (rho < 1 + clip), rho * a, torch.zeros_like(rho))


def step(ratios: list, advantages: list, clip: float) -> tuple:
    """Arguments of the loss with these ratios."""
    return (*moved(ratios), torch.tensor(advantages), clip)


WRONG_SIDE = (
    "Here only ratios above 1 + clip are cut, whatever the sign: for a negative advantage that is the wrong side. "
    "Take the minimum of the two products, not of the two ratios."
)

NO_MIN = (
    "The `min` with the unclipped term is missing: a ratio that has gone the wrong way gets no push back."
)
NO_CLIP = "The clip is missing: nothing stops the ratio from running away."
NO_MEAN = "This is one loss for each action: take the mean over the batch."
TURNED = "The sign is turned round: the objective is to be maximised, so the loss is minus its mean."
SUM = "This is the sum over the batch, not the mean."
AROUND_ZERO = "The ratio is clamped between -clip and +clip: a ratio stays near 1, so clamp it between 1 - clip and 1 + clip."
UPSIDE_DOWN = "The ratio is upside down: it is new over old."
CHANGES = {  # often made together with a forgotten detach: the sentence is about the larger mistake
    NO_CLIP: (lambda rho, a, clip: rho * a, torch.mean),
    NO_MIN: (lambda rho, a, clip: rho.clamp(1 - clip, 1 + clip) * a, torch.mean),
    WRONG_SIDE: (lambda rho, a, clip: torch.minimum(rho, rho.clamp(1 - clip, 1 + clip)) * a, torch.mean),
    NO_MEAN: (_objective, lambda objective: objective),
    TURNED: (lambda rho, a, clip: -_objective(rho, a, clip), torch.mean),
    SUM: (_objective, torch.sum),
    AROUND_ZERO: (lambda rho, a, clip: torch.minimum(rho * a, rho.clamp(-clip, clip) * a), torch.mean),
    UPSIDE_DOWN: (lambda rho, a, clip: _objective(1 / rho, a, clip), torch.mean),
}

PPO_CLIP_LOSS = Exercise(
    reference=ppo_clip_loss,
    returns="one number",
    cases=(
        Case("ratios exactly 1", step([1.0, 1.0, 1.0], [1.0, -2.0, 0.5], 0.2)),
        Case("a good action above the clip", step([1.5], [2.0], 0.2)),
        Case("a good action below the clip", step([0.5], [2.0], 0.2)),
        Case("a bad action above the clip", step([1.6], [-1.5], 0.2)),
        Case("a bad action below the clip", step([0.6], [-1.5], 0.2)),
        Case("all four cases in one batch", step([1.5, 0.5, 1.4, 0.7], [1.0, 3.0, -2.0, -0.5], 0.2)),
        Case("ratios inside the clip", step([0.9, 1.1, 1.15], [1.0, -1.0, 2.0], 0.2)),
        Case("a clip of 0.1", step([1.15, 0.85, 1.15, 0.85], [1.0, 2.0, -1.0, -2.5], 0.1)),
        Case("a clip of 0.5 and an advantage of 0", step([1.6, 1.4, 0.6, 0.3], [0.0, 1.0, -1.0, -2.0], 0.5)),
    ),
    differentiate=("log_probs", "old_log_probs", "advantages"),
    mistakes=(
        Mistake(
            "A gradient flows into the old log-probabilities: they are data about the policy that acted, so detach them.",
            old_not_detached,
        ),
        Mistake(
            "A gradient flows into the advantages: they are weights, and the loss must not train the critic. Detach them.",
            advantages_not_detached,
        ),
        Mistake(
            "Gradients flow into the old log-probabilities and the advantages: both are data here, so detach both.",
            nothing_detached,
        ),
        Mistake(
            "The wrong log-probabilities are detached: the gradient belongs to the new ones, the old ones are data.",
            old_one_moves,
        ),
        Mistake(
            "The larger of the two products is taken: PPO takes the smaller one, which is the larger one once both are negated.",
            surrogate(lambda rho, a, clip: torch.maximum(rho * a, rho.clamp(1 - clip, 1 + clip) * a)),
        ),
        Mistake(
            "`max` belongs to the negated terms: with the minus outside, take the minimum of the two products.",
            surrogate(lambda rho, a, clip: -torch.maximum(rho * a, rho.clamp(1 - clip, 1 + clip) * a)),
        ),
        Mistake(
            "The lower bound 1 - clip is missing: a bad action's probability is pushed down without end.",
            surrogate(lambda rho, a, clip: torch.minimum(rho * a, rho.clamp(max=1 + clip) * a)),
        ),
        Mistake(
            "The upper bound 1 + clip is missing: a good action's probability is pushed up without end.",
            surrogate(lambda rho, a, clip: torch.minimum(rho * a, rho.clamp(min=1 - clip) * a)),
        ),
        Mistake(
            "The lower bound is 1/(1 + clip) here: it is 1 - clip.",
            bounded(lambda clip: 1 / (1 + clip), lambda clip: 1 + clip),
        ),
        Mistake(
            "0.2 is used whatever `clip` is given.",
            bounded(lambda clip: 0.8, lambda clip: 1.2),
        ),
        Mistake(
            "The logarithm of the ratio is clamped between -clip and clip: clamp the ratio itself, after `exp`.",
            on_logs(lambda log_ratio, clip: (log_ratio.exp(), log_ratio.clamp(-clip, clip).exp())),
        ),
        Mistake(
            "The logarithm of the ratio is used as if it were the ratio: take `exp` first.",
            on_logs(lambda log_ratio, clip: (log_ratio, log_ratio.clamp(1 - clip, 1 + clip))),
        ),
        Mistake(
            "The logarithm of the ratio is used as if it were the ratio: take `exp` first.",
            on_logs(lambda log_ratio, clip: (log_ratio, log_ratio.clamp(-clip, clip))),
        ),
        Mistake(
            "This is the plain policy gradient loss, with log π where the clipped ratio belongs.",
            lambda log_probs, old_log_probs, advantages, clip: -(log_probs * advantages.detach()).mean(),
        ),
        Mistake(
            "A log-probability stands beside the ratio: the ratio carries the gradient already.",
            with_log_prob,
        ),
        Mistake(
            "The product with the advantage is clamped: clamp the ratio alone, then multiply.",
            surrogate(lambda rho, a, clip: torch.minimum(rho * a, (rho * a).clamp(1 - clip, 1 + clip))),
        ),
        Mistake(
            "The minimum is taken of two means: take it for each action, then the mean.",
            smaller_mean,
        ),
        Mistake(
            "Actions outside the clip are dropped on both sides: those that went the wrong way must keep their push.",
            surrogate(only_inside),
        ),
        Mistake(
            "The advantages are standardised inside the loss: use them as they are given; a batch of one would lose its own.",
            standardised_inside,
        ),
        Mistake(
            "The size of the advantage is taken, `abs`: bad actions must become rarer.",
            surrogate(lambda rho, a, clip: _objective(rho, a.abs(), clip)),
        ),
        Mistake(
            "[B, 1] times [B] is a table of all pairs: each ratio meets its own advantage only.",
            surrogate(_table),
        ),
        *(
            Mistake(sentence, surrogate(change, reduce, forgotten))
            for forgotten in ((), ("advantages",), ("old",), ("old", "advantages"))
            for sentence, (change, reduce) in CHANGES.items()
        ),
        Mistake(
            "The value is right, but no gradient flows back to `log_probs`: only old log-probabilities and advantages are data.",
            lambda log_probs, old_log_probs, advantages, clip: pessimist(
                rho_of(log_probs, old_log_probs).detach(),
                rho_of(log_probs, old_log_probs).detach().clamp(1 - clip, 1 + clip),
                advantages,
            ),
        ),
        Mistake(
            "The ratio is upside down, and the new log-probabilities are detached: it is new over old, with the old as data.",
            lambda log_probs, old_log_probs, advantages, clip: surrogate(_objective)(
                old_log_probs, log_probs, advantages, clip
            ),
        ),
        Mistake(
            "The minimum runs over the whole batch here: `torch.minimum` compares two tensors entry by entry.",
            surrogate(_objective, torch.min),
        ),
        Mistake(
            "The advantage is missing in the second product: both ratios are multiplied with it.",
            surrogate(lambda rho, a, clip: torch.minimum(rho * a, rho.clamp(1 - clip, 1 + clip))),
        ),
        Mistake(
            "log π stands where the unclipped ratio belongs: both products start from the ratio.",
            lambda log_probs, old_log_probs, advantages, clip: (
                -torch.minimum(
                    log_probs * advantages.detach(),
                    rho_of(log_probs, old_log_probs).clamp(1 - clip, 1 + clip) * advantages.detach(),
                ).mean()
            ),
        ),
        Mistake(
            "The advantages are standardised inside the loss: use them as they are given; a batch of one has no deviation.",
            lambda log_probs, old_log_probs, advantages, clip: pessimist(
                rho_of(log_probs, old_log_probs),
                rho_of(log_probs, old_log_probs).clamp(1 - clip, 1 + clip),
                (advantages - advantages.mean())
                / (
                    advantages.var(correction=0) * len(advantages) / (len(advantages) - 1 or torch.nan)
                ).sqrt(),
            ),
        ),
        Mistake(
            "Actions outside the clip are left out of the mean: those that went the wrong way must keep their push.",
            lambda log_probs, old_log_probs, advantages, clip: (
                -(rho_of(log_probs, old_log_probs) * advantages.detach())[
                    (rho_of(log_probs, old_log_probs) - 1).abs() <= clip
                ].mean()
            ),
        ),
    ),
)
