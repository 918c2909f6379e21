"""The exercise of lesson 05 that writes the surrogate loss: judged by its value and by both gradients."""

import torch

from ..losses import policy_gradient_loss
from .exercise import Case, Exercise, Mistake
from .lesson_05_returns import normal, standardised, standardised_by_sample

__all__ = ["SURROGATE"]


STANDARDISED = (
    "The weights are standardised here: that is a heuristic with a bias, and the caller's business."
)
TWICE = "The logarithm is taken twice: log_probs are logarithms already."


def draw(b: int, seed: int) -> tuple:
    """Log-probabilities and weights of one batch."""
    return normal(b, seed=seed).sigmoid().log(), 2 * normal(b, seed=seed + 1) + 1.0


SURROGATE = Exercise(
    reference=policy_gradient_loss,
    returns="one number",
    cases=(
        Case(
            "probabilities 0.5 and 0.25, weights 4 and 1",
            (torch.tensor([0.5, 0.25]).log(), torch.tensor([4.0, 1.0])),
        ),
        Case("a single step", (torch.tensor([-0.7]), torch.tensor([3.0]))),
        Case("weights of both signs", (torch.tensor([-0.1, -2.0, -1.0]), torch.tensor([2.0, -3.0, 0.5]))),
        Case("weights that are all 0", (torch.tensor([-0.3, -1.2]), torch.zeros(2))),
        Case("a step that was certain", (torch.tensor([0.0, -1.5, -0.4]), torch.tensor([5.0, 1.0, -1.0]))),
        Case("a density above 1", (torch.tensor([0.8, -0.5]), torch.tensor([2.0, 1.0]))),
        Case("a batch of 7", draw(7, seed=20)),
    ),
    differentiate=("log_probs", "weights"),
    mistakes=(
        Mistake(
            "The sign is turned round: an optimiser goes downhill, so the loss is minus what should grow.",
            lambda log_probs, weights: (log_probs * weights.detach()).mean(),
        ),
        Mistake(
            "The sign is turned round, and a gradient flows into the weights: minus the mean, weights detached.",
            lambda log_probs, weights: (log_probs * weights).mean(),
        ),
        Mistake(
            "This is the sum over the batch; the mean is asked for, so that the step does not grow with the batch.",
            lambda log_probs, weights: -(log_probs * weights.detach()).sum(),
        ),
        Mistake(
            "This is the sum over the batch, and a gradient flows into the weights: take the mean, detach the weights.",
            lambda log_probs, weights: -(log_probs * weights).sum(),
        ),
        Mistake(
            "The value is right, but a gradient flows into the weights, which are data: detach them.",
            lambda log_probs, weights: -(log_probs * weights).mean(),
        ),
        Mistake(
            "The wrong factor is detached: the log-probabilities carry the gradient, the weights are data.",
            lambda log_probs, weights: -(log_probs.detach() * weights).mean(),
        ),
        Mistake(
            "A mean of the one times a sum of the other: each log-probability must meet its own weight, then comes the mean.",
            lambda log_probs, weights: -log_probs.mean() * weights.detach().sum(),
        ),
        Mistake(
            "A sum times a sum: each log-probability must meet its own weight, then comes the mean.",
            lambda log_probs, weights: -log_probs.sum() * weights.detach().sum(),
        ),
        Mistake(
            "The weights are added; they multiply: a weight of 2 pushes twice as hard.",
            lambda log_probs, weights: -(log_probs + weights.detach()).mean(),
        ),
        Mistake(
            "This divides by the sum of the weights: the sum may be 0, or negative; divide by their number, B.",
            lambda log_probs, weights: -(log_probs * weights.detach()).sum() / weights.detach().sum(),
        ),
        Mistake(
            "This is the product of two means ([B] beside [B, 1] does it, too): multiply step by step, then take the mean.",
            lambda log_probs, weights: -log_probs.mean() * weights.detach().mean(),
        ),
        Mistake(
            "Probabilities stand here instead of their logarithms: ∇π alone counts frequent actions twice.",
            lambda log_probs, weights: -(log_probs.exp() * weights.detach()).mean(),
        ),
        Mistake(
            "1 - π is no loss of a policy gradient: it is the logarithm that makes the mean over samples right.",
            lambda log_probs, weights: ((1 - log_probs.exp()) * weights.detach()).mean(),
        ),
        Mistake(
            TWICE,
            lambda log_probs, weights: -(log_probs.abs().log() * weights.detach()).mean(),
        ),
        Mistake(
            TWICE,
            lambda log_probs, weights: -(log_probs.log() * weights.detach()).mean(),
        ),
        Mistake(
            "Squared errors belong to values; a log-probability has no target it should meet.",
            lambda log_probs, weights: ((log_probs - weights.detach()) ** 2).mean(),
        ),
        Mistake(
            STANDARDISED,
            lambda log_probs, weights: -(log_probs * standardised(weights.detach())).mean(),
        ),
        Mistake(
            STANDARDISED,
            lambda log_probs, weights: -(log_probs * standardised_by_sample(weights.detach())).mean(),
        ),
        Mistake(
            "The mean of the weights is taken off: a baseline is the caller's business.",
            lambda log_probs, weights: -(log_probs * (weights - weights.mean()).detach()).mean(),
        ),
        Mistake(
            "Negative weights are lost: what went badly must become less likely.",
            lambda log_probs, weights: -(log_probs * weights.detach().clamp(min=0)).mean(),
        ),
        Mistake(
            "The size of the weights is taken, `abs`: what went badly must become less likely, not more.",
            lambda log_probs, weights: -(log_probs * weights.detach().abs()).mean(),
        ),
        Mistake(
            "The weights are not used: this makes every action likelier, whatever followed.",
            lambda log_probs, weights: -log_probs.mean(),
        ),
        Mistake(
            "These are the terms step by step: take their mean.",
            lambda log_probs, weights: -log_probs * weights.detach(),
        ),
    ),
)
