"""The exercises of lesson 08: how far one batch may move the policy."""

import torch

from ..losses import ratio
from .exercise import Case, Exercise, Mistake
from .lesson_08_clip import PPO_CLIP_LOSS
from .lesson_08_diagnostics import APPROX_KL, CLIP_FRACTION, moved, normal

__all__ = ["EXERCISES"]

RATIO = Exercise(
    reference=ratio,
    returns="[B]: one ratio for each action",
    cases=(
        Case("an action twice as likely as before, and one half as likely", moved([2.0, 0.5])),
        Case("a policy that has not moved", moved([1.0, 1.0, 1.0])),
        Case("a single action", moved([1.3])),
        Case(
            "4 actions", (-normal(4, seed=1).abs(), -normal(4, seed=2).abs())
        ),  # log-probabilities are negative
        Case(
            "densities above 1, as a narrow Gaussian has",
            (torch.tensor([1.5, 2.0]), torch.tensor([1.0, 2.25])),
        ),
        Case(
            "an action far out, with log-probabilities near -20",
            (torch.tensor([-20.5, -1.0]).double(), torch.tensor([-21.0, -1.5]).double()),
        ),
        Case(
            "an action whose probabilities round to 0 in float32",
            (torch.tensor([-110.0, -1.0]), torch.tensor([-110.5, -1.5])),
        ),
    ),
    differentiate=("log_probs", "old_log_probs"),
    mistakes=(
        Mistake(
            "A gradient flows into the old log-probabilities: they are data about the policy that acted, so detach them.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs).exp(),
        ),
        Mistake(
            "The wrong one is detached: the gradient belongs to the new log-probabilities, the old ones are data.",
            lambda log_probs, old_log_probs: (log_probs.detach() - old_log_probs).exp(),
        ),
        Mistake(
            "Far out both probabilities round to 0, and their quotient is NaN. Subtract the log-probabilities, then take `exp`.",
            lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.detach().exp(),
        ),
        Mistake(
            "Far out both probabilities round to 0, and their quotient is NaN; and a gradient flows into the old ones. Take "
            "exp(new - old), with old detached.",
            lambda log_probs, old_log_probs: log_probs.exp() / old_log_probs.exp(),
        ),
        Mistake(
            "A small number below the line hides 0/0, but then far out the ratio is wrong: subtract the log-probabilities, "
            "then take one exponential.",
            lambda log_probs, old_log_probs: log_probs.exp() / (old_log_probs.exp().detach() + 1e-8),
        ),
        Mistake(
            "`softmax` makes the batch add up to 1: these are log-probabilities of the actions taken, not logits.",
            lambda log_probs, old_log_probs: log_probs.softmax(0) / old_log_probs.softmax(0).detach(),
        ),
        Mistake(
            "The size of the log-ratio is taken, `abs`: an action that became rarer has a ratio below 1.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).abs().exp(),
        ),
        Mistake(
            "The ratio is upside down: new over old, so an action that became likelier has a ratio above 1.",
            lambda log_probs, old_log_probs: (old_log_probs.detach() - log_probs).exp(),
        ),
        Mistake(
            "The ratio is upside down, and a gradient flows into the old log-probabilities: new over old, old detached.",
            lambda log_probs, old_log_probs: (old_log_probs - log_probs).exp(),
        ),
        Mistake(
            "This is the logarithm of the ratio: take its exponential.",
            lambda log_probs, old_log_probs: log_probs - old_log_probs.detach(),
        ),
        Mistake(
            "This is the logarithm of the ratio: take its exponential.",
            lambda log_probs, old_log_probs: log_probs - old_log_probs,
        ),
        Mistake(
            "Logarithms are divided here: a ratio of probabilities is a difference of their logarithms, then `exp`.",
            lambda log_probs, old_log_probs: log_probs / old_log_probs.detach(),
        ),
        Mistake(
            "Logarithms are divided here: a ratio of probabilities is a difference of their logarithms, then `exp`.",
            lambda log_probs, old_log_probs: log_probs / old_log_probs,
        ),
        Mistake(
            "The log-probabilities are added, which multiplies the probabilities: subtract the old one.",
            lambda log_probs, old_log_probs: (log_probs + old_log_probs.detach()).exp(),
        ),
        Mistake(
            "This is the new probability alone: divide it by the old one.",
            lambda log_probs, old_log_probs: log_probs.exp(),
        ),
        Mistake(
            "This is the difference of the two probabilities: their quotient is asked for.",
            lambda log_probs, old_log_probs: log_probs.exp() - old_log_probs.exp().detach(),
        ),
        Mistake(
            "This is the ratio minus 1: for a policy that has not moved the ratio is 1.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).expm1(),
        ),
        Mistake(
            "This is one number for the whole batch, the mean ratio: each action keeps its own.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp().mean(),
        ),
        Mistake(
            "This is the product over the batch: each action keeps a ratio of its own.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).sum().exp(),
        ),
        Mistake(
            "The ratios are divided by their sum here: they are not probabilities, and need not add up to 1.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).softmax(0),
        ),
        Mistake(
            "The ratio is clipped here already: the clip comes later, in the loss.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp().clamp(0.8, 1.2),
        ),
        Mistake(
            "[B, 1] minus [B] is a table of all pairs: each action meets its own old log-probability only.",
            lambda log_probs, old_log_probs: (log_probs[:, None] - old_log_probs.detach()).exp(),
        ),
        Mistake(
            "The values are right, but they stand in a column [B, 1]: return [B].",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).exp()[:, None],
        ),
        Mistake(
            "The values are right, but no gradient flows back to `log_probs`: only the old ones are data, detach these alone.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs).exp().detach(),
        ),
        Mistake(
            "Logarithms are divided here: a ratio of probabilities is a difference of their logarithms, then `exp`.",
            lambda log_probs, old_log_probs: (log_probs / old_log_probs.detach()).exp(),
        ),
        Mistake(
            "This is the running product along the batch: each action keeps a ratio of its own.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs.detach()).cumsum(0).exp(),
        ),
        Mistake(
            "This compares the new policy with itself, so every ratio is 1: divide by the old probabilities.",
            lambda log_probs, old_log_probs: (log_probs - log_probs.detach()).exp(),
        ),
        Mistake(
            "This is 1 plus the log-ratio, right only for small steps: take the exponential.",
            lambda log_probs, old_log_probs: 1 + log_probs - old_log_probs.detach(),
        ),
    ),
)

EXERCISES = (RATIO, PPO_CLIP_LOSS, APPROX_KL, CLIP_FRACTION)
