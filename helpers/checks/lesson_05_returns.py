"""The exercises of lesson 05 that turn rewards into weights: returns from each step on, with and without γ^t."""

import torch

from ..returns import discounted_weights, rewards_to_go
from ..shapes import as_float
from .exercise import Case, Exercise, Mistake

__all__ = ["DISCOUNTED", "TO_GO"]


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


def divided(rewards, gamma):
    """Discounts from the start, sums, and takes the discount of the start off again."""
    factors = powers(gamma, len(rewards))
    return (rewards * factors).flip(0).cumsum(0).flip(0) / factors


def standardised(weights):
    """Mean 0, standard deviation 1."""
    return (weights - weights.mean()) / (weights.std(correction=0) + 1e-8)


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
            "This sums the past: it runs forwards. What an action can be praised for comes after it, so start at the end.",
            past,
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
            "The sum starts anew at each reward of 0: that trick belongs to no game but Pong (and there it is turned round).",
            reset_at_zero,
        ),
        Mistake(
            "The sum starts anew at each reward that is not 0: Pong's trick, which cuts off the future everywhere else.",
            reset_at_reward,
        ),
        Mistake(
            "With integer rewards the fractions are cut off: work in a float tensor, not in a copy of the rewards.",
            truncating,
        ),
        Mistake(
            "Dividing by γ^t gives NaN at γ = 0 (and loses digits in long episodes): go backwards instead.",
            divided,
        ),
        Mistake(
            "The returns are standardised; asked for are the returns themselves.",
            lambda rewards, gamma: standardised(rewards_to_go(rewards, gamma)),
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
            "These are the discounted rewards by themselves: step t's weight is the sum of all from t on.",
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
            "With integer rewards the fractions are cut off: work in a float tensor, not in a copy of the rewards.",
            lambda rewards, gamma: powers(gamma, len(rewards)) * truncating(rewards, gamma),
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
