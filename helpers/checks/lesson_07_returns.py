"""Two exercises of lesson 07: TD errors and n-step returns."""

import torch

from ..returns import n_step_returns, td_errors
from .exercise import Case, Exercise, Mistake

__all__ = ["ERRORS", "N_STEPS"]


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
    ),
)


def n_steps(rewards, values, gamma, n, power=lambda m: m, last=lambda t, m: t + m, start=0, word=1.0):
    """n-step returns with the usual places to go wrong: the discount's power, the value looked at, the first reward."""
    steps, found = len(rewards), []
    for t in range(steps):
        m = min(n, steps - t)
        total = sum(gamma**k * rewards[t + k] for k in range(start, m))
        found.append(total + word * gamma ** power(m) * values[min(last(t, m), steps)])
    return torch.stack([torch.as_tensor(x, dtype=values.dtype) for x in found])


def stops_short(rewards, values, gamma, n):
    """Only where n whole steps fit in."""
    return n_steps(rewards, values, gamma, n)[: max(0, len(rewards) - n + 1)]


def silent_at_the_edge(rewards, values, gamma, n):
    """The critic has no say where fewer than n steps are left."""
    full = n_steps(rewards, values, gamma, n)
    silent = n_steps(rewards, values, gamma, n, word=0.0)
    late = torch.arange(len(rewards)) + n > len(rewards)
    return torch.where(late, silent, full)


def always_to_the_n(rewards, values, gamma, n):
    """γ^n even where fewer steps are left."""
    return n_steps(rewards, values, gamma, n, power=lambda m: n)


N_STEPS = Exercise(
    reference=n_step_returns,
    returns="[T]: one return for each step",
    cases=(
        Case("three steps, n = 2, worked out by hand", (*BY_HAND, 0.5, 2)),
        Case("n = 1, the TD target", (*LONG, 0.9, 1)),
        Case("n = 3 in twelve steps", (*LONG, 0.9, 3)),
        Case("n larger than the episode", (*INTEGERS, 0.8, 10)),
        Case("n equal to the number of steps", (*ENDED, 0.9, 4)),
        Case("an episode that has ended: values[T] is 0", (*ENDED, 0.9, 2)),
        Case("gamma = 1", (*LONG, 1.0, 5)),
        Case("a single step", (*ONE_STEP, 0.9, 3)),
    ),
    mistakes=(
        Mistake(
            "The critic's word is not discounted: it comes m steps later, γ to the power m.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, power=lambda m: 0),
        ),
        Mistake(
            "The critic's word is discounted once only: it comes m steps later, γ to the power m.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, power=lambda m: 1),
        ),
        Mistake(
            "The critic's word is discounted one step too little: after m rewards γ stands to the power m.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, power=lambda m: m - 1),
        ),
        Mistake(
            "The critic's word is discounted one step too much: after m rewards γ stands to the power m.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, power=lambda m: m + 1),
        ),
        Mistake(
            "Near the end γ still stands to the power n; where m < n steps are left, it is γ to the power m.",
            always_to_the_n,
        ),
        Mistake(
            "The critic is asked one state too early: after m rewards the state is S_{t+m}, `values[t + m]`.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, last=lambda t, m: t + m - 1),
        ),
        Mistake(
            "The critic is asked one state too late: after m rewards the state is S_{t+m}, `values[t + m]`.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, last=lambda t, m: t + m + 1),
        ),
        Mistake(
            "The critic's word for the rest is missing: after n rewards comes γ^n v̂(S_{t+n}).",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, word=0.0),
        ),
        Mistake(
            "Where fewer than n steps are left the critic is not asked; `values[T]` says what the rest is worth.",
            silent_at_the_edge,
        ),
        Mistake(
            "One reward too many: n rewards are k = 0 ... n-1.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n + 1),
        ),
        Mistake(
            "One reward too few: n rewards are k = 0 ... n-1.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, max(n - 1, 1)),
        ),
        Mistake(
            "The first reward is left out: the sum begins with R_{t+1}, `rewards[t]`, at k = 0.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n, start=1),
        ),
        Mistake(
            "The rewards are not discounted: the reward k steps later counts γ^k.",
            lambda rewards, values, gamma, n: (
                n_steps(rewards, values, 1.0, n, word=0.0)
                + n_steps(rewards, values, gamma, n)
                - n_steps(rewards, values, gamma, n, word=0.0)
            ),
        ),
        Mistake(
            "The discount is missing: the reward k steps later counts γ^k, the value after n steps γ^n.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, 1.0, n),
        ),
        Mistake(
            "The value of the present state is taken off: that is an advantage, the return is asked for.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n) - values[:-1],
        ),
        Mistake(
            "This is the full return, to the end; after n rewards the critic says the rest.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, len(rewards)),
        ),
        Mistake(
            "The steps near the end are left out; there the return has fewer rewards, but every step has one.",
            stops_short,
        ),
        Mistake(
            "The critic's values are added up along the way; only the last one, v̂(S_{t+m}), counts.",
            lambda rewards, values, gamma, n: n_steps(
                rewards + gamma * values[1:], values, gamma, n, word=0.0
            ),
        ),
        Mistake(
            "The last value is set to 0 here; `values[T]` is to be used as given.",
            lambda rewards, values, gamma, n: n_steps(rewards, without_last(values), gamma, n),
        ),
    ),
)
