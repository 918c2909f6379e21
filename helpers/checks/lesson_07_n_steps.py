"""The exercise `n_step_returns` of lesson 07."""

import torch

from ..returns import n_step_returns
from .exercise import Case, Exercise, Mistake
from .lesson_07_returns import BY_HAND, ENDED, INTEGERS, LONG, ONE_STEP, without_last

__all__ = ["N_STEPS"]


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


def by_place(rewards, values, gamma, n):
    """Each reward discounted by its place in the episode."""
    steps, places = len(rewards), gamma ** torch.arange(len(rewards))
    word = n_steps(rewards, values, gamma, n) - n_steps(rewards, values, gamma, n, word=0.0)
    sums = [(places * rewards)[t : t + n].sum() for t in range(steps)]
    return torch.stack(sums) + word


def word_by_place(rewards, values, gamma, n):
    """The critic's word discounted by its place in the episode."""
    ends = (torch.arange(len(rewards)) + n).clamp(max=len(rewards))
    return n_steps(rewards, values, gamma, n, word=0.0) + gamma**ends * values[ends]


def without_last_step(rewards, values, gamma, n):
    """The episode is over one step too early."""
    cut = n_steps(rewards[:-1], values[:-1], gamma, n) if len(rewards) > 1 else values[:0]
    return torch.cat([cut, values[-2:-1]])


def zero_at_the_edge(rewards, values, gamma, n):
    """0 where fewer than n steps are left."""
    late = torch.arange(len(rewards)) + n > len(rewards)
    return n_steps(rewards, values, gamma, n).masked_fill(late, 0.0)


def word_in_the_loop(rewards, values, gamma, n):
    """The critic's word is added once for each reward."""
    lengths = (len(rewards) - torch.arange(len(rewards))).clamp(max=n)
    rewarded = n_steps(rewards, values, gamma, n, word=0.0)
    return rewarded + lengths * (n_steps(rewards, values, gamma, n) - rewarded)


def one_too_few(rewards, values, gamma, n):
    """n - 1 rewards, none where n is 1."""
    return n_steps(rewards, values, gamma, n - 1) if n > 1 else values[:-1]


def in_blocks(rewards, values, gamma, n):
    """The n-step return of a block's first step, then shorter ones up to the end of the block."""
    steps, found = len(rewards), torch.zeros(len(rewards))
    for t in range(steps):
        left = min(n - t % n, steps - t)
        found[t] = n_steps(rewards[t:], values[t:], gamma, left)[0]
    return found


def past_the_end(add_up):
    """All n rewards, and the value behind them, where fewer steps are left: the index runs out of the episode."""

    def code(rewards, values, gamma, n):
        found = [add_up(rewards, gamma, t, n) + gamma**n * values[t + n] for t in range(len(rewards))]
        return torch.stack(found)

    return code


def by_index(rewards, gamma, t, n):
    return sum(gamma**k * rewards[t + k] for k in range(n))


def by_powers(rewards, gamma, t, n):
    return (gamma ** torch.arange(n) * rewards[t : t + n]).sum()


OUT_OF_THE_EPISODE = (
    "Near the end fewer than n steps are left, and the index runs out of the episode: take m = min(n, T - t) rewards, then "
    "γ^m `values[t + m]`."
)

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
        *(Mistake(OUT_OF_THE_EPISODE, past_the_end(add_up)) for add_up in (by_index, by_powers)),
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
        Mistake(
            "One reward too few: n rewards are k = 0 ... n-1.",
            one_too_few,
        ),
        Mistake(
            "The rewards are discounted by their place in the episode; seen from step t, the reward k steps later counts γ^k.",
            by_place,
        ),
        Mistake(
            "The critic's word is discounted by its place in the episode; seen from step t it is m steps away, γ^m.",
            word_by_place,
        ),
        Mistake(
            "The rewards are discounted one step too much: the first one, `rewards[t]`, counts in full.",
            lambda rewards, values, gamma, n: (
                n_steps(rewards, values, gamma, n)
                - (1 - gamma) * n_steps(rewards, values, gamma, n, word=0.0)
            ),
        ),
        Mistake(
            "The episode is cut one step too early: the last reward, and `values[T]`, belong to it.",
            without_last_step,
        ),
        Mistake(
            "Where fewer than n steps are left stands 0; take the rewards that are left, and `values[T]`.",
            zero_at_the_edge,
        ),
        Mistake(
            "The critic's word is added once for each reward: move it out of the inner loop.",
            word_in_the_loop,
        ),
        Mistake(
            "This looks one step ahead, whatever n is.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, 1),
        ),
        Mistake(
            "This is the return from the start only; every step has one.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n)[0],
        ),
        Mistake(
            "The episode is cut into blocks of n steps; every step looks n steps ahead, a window that moves along.",
            in_blocks,
        ),
        Mistake(
            "The result is cut to whole numbers, as the rewards may be: make it from the values, `torch.zeros_like(values[1:])`.",
            lambda rewards, values, gamma, n: n_steps(rewards, values, gamma, n).to(rewards.dtype),
        ),
    ),
)
