"""The exercises of lesson 05 that learn: the surrogate loss, one update with it, and behaviour cloning."""

import torch
import torch.nn.functional as F

from ..losses import behaviour_cloning_loss, policy_gradient_loss
from .exercise import Case, Exercise, Mistake
from .lesson_05_returns import normal, standardised

__all__ = ["CLONING", "SURROGATE"]


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
            "The logarithm is taken twice: log_probs are logarithms already.",
            lambda log_probs, weights: -(log_probs.abs().log() * weights.detach()).mean(),
        ),
        Mistake(
            "Squared errors belong to values; a log-probability has no target it should meet.",
            lambda log_probs, weights: ((log_probs - weights.detach()) ** 2).mean(),
        ),
        Mistake(
            "The weights are standardised here: that is a heuristic with a bias, and the caller's business.",
            lambda log_probs, weights: -(log_probs * standardised(weights.detach())).mean(),
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


def picked(logits: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """The log-probability of each expert's action, [B]."""
    return logits.log_softmax(1).gather(1, actions[:, None])[:, 0]


def binary(logits, actions):
    """Every logit by itself: is this the action, yes or no?"""
    return F.binary_cross_entropy_with_logits(logits, F.one_hot(actions, logits.shape[1]).to(logits.dtype))


CLONING = Exercise(
    reference=behaviour_cloning_loss,
    returns="one number",
    cases=(
        Case("equal logits, where the answer is log 3", (torch.zeros(2, 3), torch.tensor([0, 2]))),
        Case("one observation", (torch.tensor([[2.0, -1.0]]), torch.tensor([1]))),
        Case("as many observations as actions", (normal(3, 3, seed=31), torch.tensor([2, 0, 0]))),
        Case("six observations, four actions", (normal(6, 4, seed=32), torch.tensor([3, 1, 1, 0, 2, 1]))),
        Case("logits that are not centred", (normal(4, 3, seed=33) + 5.0, torch.tensor([0, 1, 2, 1]))),
        Case(
            "logits of 1000 and -1000",
            (torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0], [0.0, 1000.0]]), torch.tensor([0, 0, 1])),
        ),
        Case("two actions", (normal(5, 2, seed=34), torch.tensor([1, 1, 0, 1, 0]))),
    ),
    differentiate=("logits",),
    mistakes=(
        Mistake(
            "The sign is turned round: the loss is minus the log-probability of the expert's action.",
            lambda logits, actions: picked(logits, actions).mean(),
        ),
        Mistake(
            "This is the sum over the observations; the mean is asked for.",
            lambda logits, actions: -picked(logits, actions).sum(),
        ),
        Mistake(
            "Raw logits are no log-probabilities: take log_softmax first, or the other actions play no part.",
            lambda logits, actions: -logits.gather(1, actions[:, None]).mean(),
        ),
        Mistake(
            "The logarithm is missing: this is minus the accuracy of a stochastic policy, not the cross-entropy.",
            lambda logits, actions: -picked(logits, actions).exp().mean(),
        ),
        Mistake(
            "1 - π is the error rate of a stochastic policy; cross-entropy takes -log π.",
            lambda logits, actions: (1 - picked(logits, actions).exp()).mean(),
        ),
        Mistake(
            "The logarithm of a softmax is -inf for large logits: use log_softmax, which never leaves the logarithm.",
            lambda logits, actions: -logits.softmax(1).log().gather(1, actions[:, None]).mean(),
        ),
        Mistake(
            "A small number inside the logarithm keeps it finite but wrong, and stops the gradient: use log_softmax.",
            lambda logits, actions: -(logits.softmax(1) + 1e-8).log().gather(1, actions[:, None]).mean(),
        ),
        Mistake(
            "exp overflows for large logits: use log_softmax, which takes the largest logit off first.",
            lambda logits, actions: (logits.exp().sum(1).log() - logits[range(len(logits)), actions]).mean(),
        ),
        Mistake(
            "The softmax runs over the observations, dim 0: it runs over the actions, dim 1.",
            lambda logits, actions: -logits.log_softmax(0).gather(1, actions[:, None]).mean(),
        ),
        Mistake(
            "The mean runs over all B · A entries of the one-hot table: sum over the actions, mean over B.",
            lambda logits, actions: -(F.one_hot(actions, logits.shape[1]) * logits.log_softmax(1)).mean(),
        ),
        Mistake(
            "`log_probs[:, actions]` is a table of all pairs: each observation must meet its own action.",
            lambda logits, actions: -logits.log_softmax(1)[:, actions].mean(),
        ),
        Mistake(
            "Softmax is taken twice: `cross_entropy` wants logits, not probabilities.",
            lambda logits, actions: F.cross_entropy(logits.softmax(1), actions),
        ),
        Mistake(
            "This asks about every action by itself, yes or no; here exactly one of A is right: cross-entropy of a softmax.",
            binary,
        ),
        Mistake(
            "Squared distance to the one-hot row is another loss, whose gradient vanishes where the policy is surely wrong.",
            lambda logits, actions: (
                (logits.softmax(1) - F.one_hot(actions, logits.shape[1])).square().sum(1).mean()
            ),
        ),
        Mistake(
            "This counts the greedy action's mistakes: no gradient flows through argmax.",
            lambda logits, actions: (logits.argmax(1) != actions).to(logits.dtype).mean(),
        ),
        Mistake(
            "This is the surprise at the policy's own favourite action, not at the expert's.",
            lambda logits, actions: -logits.log_softmax(1).amax(1).mean(),
        ),
        Mistake(
            "This is the mean over all actions, whatever the expert did: pick the expert's.",
            lambda logits, actions: -logits.log_softmax(1).mean(),
        ),
        Mistake(
            "This is measured in bits; the exercise asks for nats, the natural logarithm.",
            lambda logits, actions: -picked(logits, actions).mean() / torch.tensor(2.0).log(),
        ),
        Mistake(
            "This is one number for each observation: take their mean.",
            lambda logits, actions: -picked(logits, actions),
        ),
    ),
)
