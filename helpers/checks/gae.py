"""The exercise `gae` of lesson 07: the generalised advantage estimate."""

import torch

from ..returns import gae
from .exercise import Case, by_steps
from .lesson_07_returns import BY_HAND, ENDED, INTEGERS, LONG, ONE_STEP, to_go

__all__ = ["GAE"]

GAE = by_steps(
    gae,
    "[T]: one advantage for each step",
    (
        Case("three steps worked out by hand, cut off where the state is worth 5", (*BY_HAND, 0.5, 0.5)),
        Case("lam = 0, the TD errors", (*LONG, 0.9, 0.0)),
        Case("lam = 1, the return less the value", (*LONG, 0.9, 1.0)),
        Case("an episode that has ended: values[T] is 0", (*ENDED, 0.9, 0.8)),
        Case("gamma = 1", (*LONG, 1.0, 0.7)),
        Case("integer rewards", (*INTEGERS, 0.8, 0.95)),
        Case("a single step", (*ONE_STEP, 0.9, 0.95)),
        Case("twelve steps", (*LONG, 0.97, 0.9)),
    ),
    """
    discount = gamma
    after = values[1:]
    before = values[:-1]
    errors = rewards + discount * after - before
    decay = gamma * lam
    sums = to_go(errors, decay)
    answer = sums
    """,
    {
        "Each further TD error is multiplied by γ alone. Multiply it by γλ.": "decay = gamma",
        "Each further TD error is multiplied by λ alone. Multiply it by γλ.": "decay = lam",
        "The TD errors are added up without a decay. Multiply each further one by γλ.": "decay = 1.0",
        "The TD error contains λ. In it the next value is multiplied by γ only; λ weighs the later errors.": (
            "discount = gamma * lam"
        ),
        "The discount is missing from the TD error. Multiply the next value by γ.": "discount = 1.0",
        "These are the TD errors alone. Add the later ones too, each further one multiplied by γλ.": "sums = errors",
        "The sum runs the wrong way: an action is followed by later errors. Go from the last step to the first.": (
            "sums = to_go(errors.flip(0), decay).flip(0)"
        ),
        "The result is in reverse order. Reverse it after the backward loop.": "answer = answer.flip(0)",
        "Rewards are added up here. Add up TD errors.": "errors = rewards",
        "The value is subtracted once, from the sum of rewards. Subtract it inside each TD error, which holds both values.": (
            "errors = rewards; answer = answer - values[:-1]"
        ),
        "This is the advantage plus the value, which is the critic's target. Return the advantage alone.": (
            "answer = answer + values[:-1]"
        ),
        "The step's own TD error is missing. The sum begins with δ_t.": "answer = answer - errors",
        "The sign is wrong: an action that went better than the critic expected has a positive advantage.": (
            "answer = -answer"
        ),
        "The sum is multiplied by 1 - λ. That factor belongs to a mean of n-step advantages; leave it out.": (
            "answer = (1 - lam) * answer"
        ),
        "The last value is set to 0. Use `values[T]` as it is given.": "after = torch.cat([after[:-1], torch.zeros(1)])",
        "λ and 1 - λ are exchanged. With λ = 0 a single TD error must remain.": "decay = gamma * (1 - lam)",
        "The advantages are standardised. That is another step, and it changes them: leave it out here.": (
            "answer = (answer - answer.mean()) / (answer.std(correction=0) + 1e-8)"
        ),
        "The value is never subtracted: a TD error is R + γ v̂(S') minus v̂(S). Subtract `values[:-1]`.": "before = 0.0",
        "The sum starts from `values[T]`. No error follows the last step, so start from 0.": (
            "sums = to_go(torch.cat([errors[:-1], errors[-1:] + decay * values[-1]]), decay)"
        ),
        "The loop leaves out the last step. Its advantage is its own TD error.": (
            "answer = torch.cat([answer[:-1], torch.zeros(1)])"
        ),
        "The loop leaves out the last step, so its error is missing from every sum. Begin at T - 1.": (
            "sums = to_go([*errors[:-1], torch.zeros(())], decay)"
        ),
        "The loop leaves out the first step: `range` stops before its end. Count down to -1.": (
            "answer = torch.cat([torch.zeros(1), answer[1:]])"
        ),
        "Only the next error is added. Add all that follow, each further one multiplied by γλ.": (
            "sums = errors + decay * torch.cat([errors[1:], torch.zeros(1)])"
        ),
        "The errors are weighed by their place in the episode. Seen from step t, the error k steps later counts (γλ)^k.": (
            "sums = (decay ** torch.arange(len(rewards)) * errors).flip(0).cumsum(0).flip(0)"
        ),
        "The errors are weighed by their place and not added up. Add to each step's own error all later ones.": (
            "sums = decay ** torch.arange(len(rewards)) * errors"
        ),
        "γλ multiplies the step's own error as well. Â_t = δ_t + γλ Â_{t+1}: only what comes later is discounted.": (
            "sums = decay * to_go(errors, decay)"
        ),
        "γ and λ are added. Multiply them: each further step counts γλ.": "decay = gamma + lam",
        "This is the sum over all steps. Return one advantage for each step.": "answer = answer.sum()",
        "The last step is lost: T rewards and T + 1 values make T advantages.": "answer = answer[:-1]",
        "The result is cut to whole numbers, because the rewards may be integers. Make it with `torch.zeros_like(errors)`.": (
            "answer = answer.to(rewards.dtype)"
        ),
    },
    {"torch": torch, "to_go": to_go},
)
