"""The exercise of lesson 05 that weighs step t with γ^t G_t."""

import math

import torch

from ..returns import discounted_weights, rewards_to_go
from .exercise import Exercise, Mistake
from .lesson_05_returns import (
    CASES,
    CUT_OFF,
    first_left_out,
    later,
    powers,
    standardised,
    standardised_by_sample,
    truncating,
)

__all__ = ["DISCOUNTED"]

NO_LOGARITHM = "At γ = 0 there is no logarithm: take the power itself, `gamma ** t`, in which 0 ** 0 is 1."


def torch_log(gamma):
    """-inf at 0, where `math.log` stops."""
    return torch.tensor(gamma).log()


def by_logarithm(rewards, gamma, log):
    """γ^t as exp(t log γ)."""
    return (log(gamma) * torch.arange(len(rewards))).exp() * rewards_to_go(rewards, gamma)


def cut_off(rewards, gamma):
    """Keeps the whole returns, then the whole weights, in a tensor of the rewards' type."""
    weights = rewards_to_go(rewards, gamma).to(rewards.dtype)
    return (powers(gamma, len(rewards)) * weights).to(rewards.dtype)


DISCOUNTED = Exercise(
    reference=discounted_weights,
    returns="[T]: one weight for each step",
    cases=CASES,
    mistakes=(
        Mistake(
            "This is G_t alone; the gradient of a discounted J weighs step t with γ^t G_t.",
            rewards_to_go,
        ),
        Mistake(
            "Every step gets the discounted return of the whole episode: step t counts only rewards from t on.",
            lambda rewards, gamma: discounted_weights(rewards, gamma)[:1].expand(len(rewards)),
        ),
        Mistake(
            "Every step gets the first one's return, G_0: γ^t multiplies the step's own return, G_t.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * rewards_to_go(rewards, gamma)[0],
        ),
        Mistake(
            "The first weight stays 0: `range` stops before its end, so count down to -1. The first step is step 0.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * first_left_out(rewards, gamma),
        ),
        Mistake(
            "The returns are standardised before γ^t: asked for is γ^t G_t itself.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * standardised(rewards_to_go(rewards, gamma)),
        ),
        Mistake(
            "The returns are standardised before γ^t: asked for is γ^t G_t itself.",
            lambda rewards, gamma: (
                powers(gamma, len(rewards)) * standardised_by_sample(rewards_to_go(rewards, gamma))
            ),
        ),
        Mistake(
            "These are the discounted rewards by themselves, as a loop that runs forwards leaves them too: step t's weight is "
            "the sum of all from t on.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * rewards,
        ),
        Mistake(
            "The return inside is not discounted: γ^t multiplies G_t, which itself discounts from step t.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * rewards_to_go(rewards, 1.0),
        ),
        Mistake(
            "The exponent is t + 1: the first step has t = 0 and counts in full.",
            lambda rewards, gamma: gamma * discounted_weights(rewards, gamma),
        ),
        Mistake(
            "Each G_t is multiplied by γ once; step t needs γ^t.",
            lambda rewards, gamma: gamma * rewards_to_go(rewards, gamma),
        ),
        Mistake(
            "The exponents count from the end of the episode: the first step has γ^0, the second γ^1.",
            lambda rewards, gamma: powers(gamma, len(rewards)).flip(0) * rewards_to_go(rewards, gamma),
        ),
        Mistake(
            "γ counts twice: here it discounts what is discounted already. γ^t G_t is the sum of γ^k rewards[k] for k >= t.",
            lambda rewards, gamma: discounted_weights(powers(gamma, len(rewards)) * rewards, gamma),
        ),
        Mistake(
            "γ counts twice: the rewards are discounted from the start, and again from step t; γ^t G_t takes one of the two.",
            lambda rewards, gamma: rewards_to_go(powers(gamma, len(rewards)) * rewards, gamma),
        ),
        Mistake(
            "γ^t is applied twice, to the rewards and to their sum: once is enough.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * discounted_weights(rewards, gamma),
        ),
        Mistake(
            "This divides by γ^t: later steps count less, not more.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma) / powers(gamma, len(rewards)),
        ),
        Mistake(
            "The factor is γ · t; a discount is a power, γ^t.",
            lambda rewards, gamma: gamma * torch.arange(len(rewards)) * rewards_to_go(rewards, gamma),
        ),
        Mistake(
            "Base and exponent are exchanged: the discount is γ^t, not t^γ.",
            lambda rewards, gamma: torch.arange(len(rewards)) ** gamma * rewards_to_go(rewards, gamma),
        ),
        Mistake(
            "Every step has the same power, γ^T: step t needs its own, γ^t.",
            lambda rewards, gamma: gamma ** len(rewards) * rewards_to_go(rewards, gamma),
        ),
        Mistake(NO_LOGARITHM, lambda rewards, gamma: by_logarithm(rewards, gamma, math.log)),
        Mistake(NO_LOGARITHM, lambda rewards, gamma: by_logarithm(rewards, gamma, torch_log)),
        Mistake(
            "This is the sum over all steps: every step has a weight of its own.",
            lambda rewards, gamma: discounted_weights(rewards, gamma).sum(),
        ),
        Mistake(
            "This sums the past: rewards before step t are not for its action.",
            lambda rewards, gamma: (powers(gamma, len(rewards)) * rewards).cumsum(0),
        ),
        Mistake(
            "The step's own reward is missing: the sum begins with γ^t rewards[t].",
            lambda rewards, gamma: powers(gamma, len(rewards)) * gamma * later(rewards, gamma),
        ),
        Mistake(
            "The numbers are right but stand in reversed order.",
            lambda rewards, gamma: discounted_weights(rewards, gamma).flip(0),
        ),
        Mistake(
            CUT_OFF,
            lambda rewards, gamma: powers(gamma, len(rewards)) * truncating(rewards, gamma),
        ),
        Mistake(
            CUT_OFF,
            cut_off,
        ),
        Mistake(
            "The weights are standardised; asked for are the weights themselves.",
            lambda rewards, gamma: standardised_by_sample(discounted_weights(rewards, gamma)),
        ),
        Mistake(
            "The weights are standardised; asked for are the weights themselves.",
            lambda rewards, gamma: standardised(discounted_weights(rewards, gamma)),
        ),
        Mistake(
            "The values are right, but they stand in a column [T, 1].",
            lambda rewards, gamma: discounted_weights(rewards, gamma)[:, None],
        ),
    ),
)
