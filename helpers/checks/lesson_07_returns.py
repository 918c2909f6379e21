"""The exercise `td_errors` of lesson 07, and the inputs that it shares with `n_step_returns` and `gae`."""

import torch

from ..returns import td_errors
from .exercise import Case, Exercise, Mistake

__all__ = ["ERRORS"]


def numbers(*shape: int, seed: int) -> torch.Tensor:
    """Normal numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


BY_HAND = torch.tensor([1.0, 0.0, 2.0]), torch.tensor([4.0, 3.0, 1.0, 5.0])
ENDED = torch.tensor([1.0, -1.0, 3.0, 0.5]), torch.tensor([2.0, -1.0, 0.5, 3.0, 0.0])
INTEGERS = torch.tensor([1, 2, 3, -4]), torch.tensor([0.5, 1.5, -2.5, 3.5, 1.0])
ONE_STEP = torch.tensor([2.0]), torch.tensor([3.0, 5.0])
LONG = numbers(12, seed=1), numbers(13, seed=2) + 1.0


def deltas(rewards, values, gamma):
    return rewards + gamma * values[1:] - values[:-1]


def without_last(values):
    """The values with nothing after the end."""
    return torch.cat([values[:-1], torch.zeros(1)])


def to_go(terms, decay):
    """x_t = terms_t + decay x_{t+1}."""
    total, found = 0.0, []
    for term in reversed(terms):
        total = term + decay * total
        found.append(total)
    return torch.stack(found[::-1])


ERRORS = Exercise(
    reference=td_errors,
    returns="[T]: one TD error for each step",
    cases=(
        Case("three steps worked out by hand, cut off where the state is worth 5", (*BY_HAND, 0.5)),
        Case("an episode that has ended: values[T] is 0", (*ENDED, 0.9)),
        Case("integer rewards", (*INTEGERS, 0.8)),
        Case("a single step", (*ONE_STEP, 0.9)),
        Case("gamma = 1", (*BY_HAND, 1.0)),
        Case("gamma = 0", (*BY_HAND, 0.0)),
        Case("twelve steps", (*LONG, 0.97)),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: the TD error is what came (reward and next value) minus what had been said.",
            lambda rewards, values, gamma: -deltas(rewards, values, gamma),
        ),
        Mistake(
            "The discount is missing: the next value counts γ times.",
            lambda rewards, values, gamma: deltas(rewards, values, 1.0),
        ),
        Mistake(
            "The discount also multiplies the reward; only the next value comes one step later.",
            lambda rewards, values, gamma: gamma * (rewards + values[1:]) - values[:-1],
        ),
        Mistake(
            "Both values are discounted; γ belongs to the next one, `values[1:]`, only.",
            lambda rewards, values, gamma: rewards + gamma * (values[1:] - values[:-1]),
        ),
        Mistake(
            "The discount is at the wrong value: γ belongs to the next one, `values[1:]`, not to `values[:-1]`.",
            lambda rewards, values, gamma: rewards + values[1:] - gamma * values[:-1],
        ),
        Mistake(
            "The two values are swapped: `values[1:]` is what follows and is added, `values[:-1]` is taken off.",
            lambda rewards, values, gamma: rewards + gamma * values[:-1] - values[1:],
        ),
        Mistake(
            "The value of the present state is not taken off: this is the TD target, the error is the target minus v̂(S_t).",
            lambda rewards, values, gamma: rewards + gamma * values[1:],
        ),
        Mistake(
            "The value of the next state is missing: what a step is worth is its reward and γ times what follows.",
            lambda rewards, values, gamma: rewards - values[:-1],
        ),
        Mistake(
            "The reward is missing: a step brings its reward and the next state.",
            lambda rewards, values, gamma: gamma * values[1:] - values[:-1],
        ),
        Mistake(
            "The last value is set to 0 here; `values[T]` is to be used as given: the caller has put 0 where the world ended.",
            lambda rewards, values, gamma: deltas(rewards, without_last(values), gamma),
        ),
        Mistake(
            "The value of the start is taken off at every step; step t takes off v̂(S_t).",
            lambda rewards, values, gamma: rewards + gamma * values[1:] - values[0],
        ),
        Mistake(
            "γ is raised to the number of the step; within one TD error the next state is always one step away.",
            lambda rewards, values, gamma: (
                rewards + gamma ** (torch.arange(len(rewards)) + 1.0) * values[1:] - values[:-1]
            ),
        ),
        Mistake(
            "This is the return minus the value; a TD error looks one step ahead and lets the critic say the rest.",
            lambda rewards, values, gamma: (
                to_go(torch.cat([rewards[:-1], rewards[-1:] + gamma * values[-1:]]), gamma) - values[:-1]
            ),
        ),
        Mistake(
            "This is the return minus the value, without the critic's word at all; a TD error looks one step ahead.",
            lambda rewards, values, gamma: to_go(rewards, gamma) - values[:-1],
        ),
        Mistake(
            "The errors are squared; the critic's loss does that later, the TD error keeps its sign.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma) ** 2,
        ),
        Mistake(
            "This is the mean of the errors; one for each step is asked for.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma).mean(),
        ),
        Mistake(
            "The last step is lost: T rewards and T + 1 values make T errors.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma)[:-1],
        ),
        Mistake(
            "The next value is not `values[t+1]` here: `roll` brings the first value to the end.",
            lambda rewards, values, gamma: rewards + gamma * values.roll(-1)[1:] - values[:-1],
        ),
        Mistake(
            "Both values have the wrong sign: what follows is added, what had been said of the present state is taken off.",
            lambda rewards, values, gamma: rewards - gamma * values[1:] + values[:-1],
        ),
        Mistake(
            "The whole error is multiplied by γ^t; a TD error compares one step with one word, whenever it comes.",
            lambda rewards, values, gamma: (
                gamma ** torch.arange(len(rewards)) * deltas(rewards, values, gamma)
            ),
        ),
        Mistake(
            "The last step asks the first state: `roll` brings it to the end. What follows step T - 1 is `values[T]`.",
            lambda rewards, values, gamma: rewards + gamma * values[:-1].roll(-1) - values[:-1],
        ),
        Mistake(
            "This is the sum of the errors; one for each step is asked for.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma).sum(),
        ),
        Mistake(
            "The errors have lost their sign; a step that went worse than the critic had said has a negative one.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma).abs(),
        ),
        Mistake(
            "The result is cut to whole numbers, as the rewards may be: make it from the values, `torch.zeros_like(values[1:])`.",
            lambda rewards, values, gamma: deltas(rewards, values, gamma).to(rewards.dtype),
        ),
        Mistake(
            "Every step asks for the best of all values; what follows step t is the next state, `values[t + 1]`.",
            lambda rewards, values, gamma: rewards + gamma * values.max() - values[:-1],
        ),
        Mistake(
            "Everything moved on by one: `rewards[t]` is paid for step t, between `values[t]` and `values[t + 1]`.",
            lambda rewards, values, gamma: rewards[1:] + gamma * values[2:] - values[1:-1],
        ),
    ),
)
