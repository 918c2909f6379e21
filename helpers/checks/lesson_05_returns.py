"""The exercise of lesson 05 that turns rewards into returns: what comes from each step on."""

import torch

from ..returns import discounted_weights, rewards_to_go
from ..shapes import as_float
from .exercise import Case, Exercise, Mistake

__all__ = ["TO_GO"]

CUT_OFF = (
    "With integer rewards the fractions are cut off: work in a float tensor, not in a copy of the rewards."
)
PAST = "This sums the past: it runs forwards. What an action can be praised for comes after it, so start at the end."


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def powers(gamma: float, n: int) -> torch.Tensor:
    """1, γ, γ², ..., with 0⁰ = 1."""
    return gamma ** torch.arange(n, dtype=torch.float64)


def past(rewards, gamma):
    """The right sum, run the wrong way."""
    return rewards_to_go(rewards.flip(0), gamma).flip(0)


def later(rewards, gamma):
    """G_{t+1} at place t, 0 at the last."""
    return torch.cat([rewards_to_go(rewards, gamma)[1:], torch.zeros(1)])


def reset_at_zero(rewards, gamma):
    """Starts anew wherever a reward is 0."""
    running, weights = 0.0, []
    for reward in reversed(rewards.tolist()):
        running = 0.0 if reward == 0 else reward + gamma * running
        weights.append(running)
    return torch.tensor(weights[::-1])


def reset_at_reward(rewards, gamma):
    """Pong's trick: starts anew wherever a reward is not 0."""
    running, weights = 0.0, []
    for reward in reversed(rewards.tolist()):
        running = reward if reward != 0 else gamma * running
        weights.append(running)
    return torch.tensor(weights[::-1])


def truncating(rewards, gamma):
    """Right for floats; an array of integers drops what stands behind the point."""
    weights = rewards.clone()
    for t in reversed(range(len(weights) - 1)):
        weights[t] += (gamma * weights[t + 1]).to(weights.dtype)
    return weights


def in_the_rewards(rewards, gamma):
    """Adds up in place; torch refuses to put a float into integers."""
    weights = rewards.clone()
    for t in reversed(range(len(weights) - 1)):
        weights[t] += gamma * weights[t + 1]
    return weights


def last_left_out(rewards, gamma):
    """Goes backwards from the last step but one, beside a last return of 0."""
    weights = torch.zeros(len(rewards), dtype=torch.float64)
    for t in reversed(range(len(weights) - 1)):
        weights[t] = rewards[t] + gamma * weights[t + 1]
    return weights


def first_left_out(rewards, gamma):
    """Goes backwards and stops before the first step, beside a first return of 0."""
    weights = rewards_to_go(rewards, gamma).clone()
    weights[0] = 0
    return weights


def minus_the_future(rewards, gamma):
    """G_t = rewards[t] - γ G_{t+1}."""
    running, weights = 0.0, []
    for reward in reversed(rewards.tolist()):
        running = reward - gamma * running
        weights.append(running)
    return torch.tensor(weights[::-1])


def typed_in(number):
    """Uses a γ of its own."""
    return lambda rewards, gamma: rewards_to_go(rewards, number)


def divided(rewards, gamma):
    """Discounts from the start, sums, and takes the discount of the start off again."""
    factors = powers(gamma, len(rewards))
    return (rewards * factors).flip(0).cumsum(0).flip(0) / factors


def standardised(weights):
    """Mean 0, standard deviation 1."""
    return (weights - weights.mean()) / (weights.std(correction=0) + 1e-8)


def deviation(weights):
    """The sample's, with n - 1; of a single one it is no number."""
    return weights.std() if len(weights) > 1 else torch.tensor(torch.nan)


def standardised_by_sample(weights):
    """The same with n - 1."""
    return (weights - weights.mean()) / (deviation(weights) + 1e-8)


CASES = (
    Case("rewards 1, 2, 3 and γ = 0.5", (torch.tensor([1.0, 2.0, 3.0]), 0.5)),
    Case("γ = 1", (torch.tensor([1.0, -2.0, 0.5, 3.0]), 1.0)),
    Case("γ = 0", (torch.tensor([2.0, -1.0, 4.0]), 0.0)),
    Case("one reward only", (torch.tensor([3.0]), 0.9)),
    Case("rewards of 0 on the way to a goal", (torch.tensor([0.0, 0.0, 1.0, 0.0, 5.0]), 0.8)),
    Case("rewards that are integers", (torch.tensor([1, 1, 1, 4]), 0.5)),
    Case("an episode of 60 steps", (normal(60, seed=5) + 0.5, 0.9)),
)

TO_GO = Exercise(
    reference=rewards_to_go,
    returns="[T]: one return for each step",
    cases=CASES,
    mistakes=(
        Mistake(
            "Every step gets the return of the whole episode; step t may count only what comes from t on.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma)[:1].expand(len(rewards)),
        ),
        Mistake(
            PAST,
            past,
        ),
        Mistake(
            PAST,
            lambda rewards, gamma: rewards.cumsum(0),
        ),
        Mistake(
            PAST,
            lambda rewards, gamma: (powers(gamma, len(rewards)) * rewards).cumsum(0),
        ),
        Mistake(
            "This runs forwards over the future's formula, G = reward + γ G from the start: begin with the last reward.",
            lambda rewards, gamma: rewards_to_go(rewards.flip(0), gamma),
        ),
        Mistake(
            "The numbers are right but stand in reversed order: collected from the end, they must be turned round again.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma).flip(0),
        ),
        Mistake(
            "γ is not used: a reward k steps away counts γ^k.",
            lambda rewards, gamma: rewards_to_go(rewards, 1.0),
        ),
        Mistake(
            "This discounts from the start of the episode, which is γ^t G_t; G_t itself discounts from step t.",
            discounted_weights,
        ),
        Mistake(
            "The step's own reward is missing: G_t begins with rewards[t], which action t has caused.",
            later,
        ),
        Mistake(
            "The step's own reward is missing, and the rest is discounted once: G_t = rewards[t] + γ G_{t+1}.",
            lambda rewards, gamma: gamma * later(rewards, gamma),
        ),
        Mistake(
            "Everything is discounted once too often: the step's own reward counts in full, γ^0 = 1.",
            lambda rewards, gamma: gamma * rewards_to_go(rewards, gamma),
        ),
        Mistake(
            "γ multiplies the reward instead of what follows: it is rewards[t] + γ G_{t+1}.",
            lambda rewards, gamma: gamma * rewards_to_go(rewards, 1.0),
        ),
        Mistake(
            "Only the next reward is added; G_t goes on to the end: add γ G_{t+1}, which already holds all the rest.",
            lambda rewards, gamma: as_float(rewards) + gamma * torch.cat([rewards[1:], rewards[:1] * 0]),
        ),
        Mistake(
            "These are the discounted rewards by themselves: they still have to be summed.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * rewards,
        ),
        Mistake(
            "The sum starts anew at each reward of 0; G_t runs on to the end of the episode, past rewards of 0 as well.",
            reset_at_zero,
        ),
        Mistake(
            "The sum starts anew at each reward that is not 0: Pong's trick, which cuts off the future everywhere else.",
            reset_at_reward,
        ),
        Mistake(
            CUT_OFF,
            truncating,
        ),
        Mistake(
            "Integer rewards stop this: `returns[t] += ...` cannot put fractions into them. Work on a copy made of floats.",
            in_the_rewards,
        ),
        Mistake(
            "Dividing by γ^t gives NaN at γ = 0 (and loses digits in long episodes): go backwards instead.",
            divided,
        ),
        Mistake(
            "The last return stays 0: the loop starts a step too early. The last step's return is its own reward.",
            last_left_out,
        ),
        Mistake(
            "The first return stays 0: `range` stops before its end, so count down to -1. The first step is step 0.",
            first_left_out,
        ),
        Mistake(
            "The first return is missing: `range` stops before its end, so count down to -1. The first step is step 0.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma)[1:],
        ),
        Mistake(
            "The formula is right, but the loop runs forwards: G_{t+1} is still 0 when it is used. Begin with the last step.",
            lambda rewards, gamma: as_float(rewards),
        ),
        Mistake(
            "The future is taken off: it is added, G_t = rewards[t] + γ G_{t+1}.",
            minus_the_future,
        ),
        *(
            Mistake("γ is typed in here: use the argument `gamma`.", typed_in(gamma))
            for gamma in (0.99, 0.9, 0.95)
        ),
        Mistake(
            "The mean is taken off the returns: a baseline is the caller's business.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma) - rewards_to_go(rewards, gamma).mean(),
        ),
        Mistake(
            "The returns are standardised; asked for are the returns themselves.",
            lambda rewards, gamma: standardised(rewards_to_go(rewards, gamma)),
        ),
        Mistake(
            "The returns are standardised; asked for are the returns themselves.",
            lambda rewards, gamma: standardised_by_sample(rewards_to_go(rewards, gamma)),
        ),
        Mistake(
            "This is the mean of what is to come; the return is its sum.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma) / torch.arange(len(rewards), 0, -1),
        ),
        Mistake(
            "The first step's return only: every step t has its own.",
            lambda rewards, gamma: rewards_to_go(rewards, gamma)[0],
        ),
        Mistake(
            "The values are right, but they stand in a column [T, 1].",
            lambda rewards, gamma: rewards_to_go(rewards, gamma)[:, None],
        ),
    ),
)
