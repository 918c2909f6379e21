"""The exercise of lesson 05 that learns from labels: the cross-entropy of a teacher's actions."""

import torch
import torch.nn.functional as F

from ..losses import behaviour_cloning_loss
from .exercise import Case, Exercise, Mistake
from .lesson_05_returns import normal

__all__ = ["CLONING"]


def picked(logits: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """The log-probability of each expert's action, [B]."""
    return logits.log_softmax(1).gather(1, actions[:, None])[:, 0]


def raised_by(small):
    """log(π + small)."""
    return lambda logits, actions: -(logits.softmax(1) + small).log().gather(1, actions[:, None]).mean()


def clamped_at(small):
    """log of π, of which nothing is below small."""
    return lambda logits, actions: (
        -logits.softmax(1).clamp(min=small).log().gather(1, actions[:, None]).mean()
    )


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
        *(
            Mistake(
                "A floor inside the logarithm keeps it finite but wrong, and stops the gradient: use log_softmax.",
                code(small),
            )
            for code in (raised_by, clamped_at)
            for small in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
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
            "Squared distance to the one-hot row is another loss, whose gradient vanishes where the policy is surely wrong.",
            lambda logits, actions: (logits.softmax(1) - F.one_hot(actions, logits.shape[1])).square().mean(),
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
            "This is the policy's own entropy, whatever the expert did: pick the expert's action.",
            lambda logits, actions: -(logits.softmax(1) * logits.log_softmax(1)).sum(1).mean(),
        ),
        Mistake(
            "The sum is divided by the number of actions A: divide by the number of observations, B.",
            lambda logits, actions: -picked(logits, actions).sum() / logits.shape[1],
        ),
        Mistake(
            "The actions are shifted by one: they count from 0, as the columns do.",
            lambda logits, actions: -picked(logits, (actions - 1) % logits.shape[1]).mean(),
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
