"""The exercise `gae` of lesson 07: the generalised advantage estimate."""

import torch

from ..returns import gae
from .exercise import Case, Exercise, Mistake
from .lesson_07_returns import BY_HAND, ENDED, INTEGERS, LONG, ONE_STEP, deltas, to_go, without_last

__all__ = ["GAE"]


def forwards(rewards, values, gamma, lam):
    """The loop runs from the first step to the last."""
    total, found = 0.0, []
    for delta in deltas(rewards, values, gamma):
        total = delta + gamma * lam * total
        found.append(total)
    return torch.stack(found)


def one_less(rewards, values, gamma, lam):
    """The sum starts after the step itself."""
    sums = to_go(deltas(rewards, values, gamma), gamma * lam)
    return torch.cat([gamma * lam * sums[1:], torch.zeros(1)])


def only_part(part):
    """GAE at some of the steps, 0 at the others."""

    def code(rewards, values, gamma, lam):
        sums, kept = to_go(deltas(rewards, values, gamma), gamma * lam), torch.zeros(len(rewards))
        kept[part] = sums[part]
        return kept

    return code


def one_more(rewards, values, gamma, lam):
    """Each error and the next, no more."""
    errors = deltas(rewards, values, gamma)
    return errors + gamma * lam * torch.cat([errors[1:], torch.zeros(1)])


def starts_with_the_last_value(rewards, values, gamma, lam):
    errors, decay = deltas(rewards, values, gamma), gamma * lam
    return to_go(torch.cat([errors[:-1], errors[-1:] + decay * values[-1]]), decay)


def not_brought_back(rewards, values, gamma, lam):
    """The running sum of weighed errors, its weights never divided out."""
    weighed = (gamma * lam) ** torch.arange(len(rewards)) * deltas(rewards, values, gamma)
    return weighed.flip(0).cumsum(0).flip(0)


GAE = Exercise(
    reference=gae,
    returns="[T]: one advantage for each step",
    cases=(
        Case("three steps worked out by hand, cut off where the state is worth 5", (*BY_HAND, 0.5, 0.5)),
        Case("lam = 0, the TD errors", (*LONG, 0.9, 0.0)),
        Case("lam = 1, the return less the value", (*LONG, 0.9, 1.0)),
        Case("an episode that has ended: values[T] is 0", (*ENDED, 0.9, 0.8)),
        Case("gamma = 1", (*LONG, 1.0, 0.7)),
        Case("integer rewards", (*INTEGERS, 0.8, 0.95)),
        Case("a single step", (*ONE_STEP, 0.9, 0.95)),
        Case("twelve steps", (*LONG, 0.97, 0.9)),
    ),
    mistakes=(
        Mistake(
            "The TD errors are summed with γ only; each further step counts γλ.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma),
        ),
        Mistake(
            "The TD errors are summed with λ only; each further step counts γλ.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), lam),
        ),
        Mistake(
            "The TD errors are summed without any decay; each further step counts γλ.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), 1.0),
        ),
        Mistake(
            "λ has found its way into the TD error; there the next value counts γ, λ only weighs later errors.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma * lam), gamma * lam),
        ),
        Mistake(
            "The discount is missing from the TD error: the next value counts γ.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, 1.0), gamma * lam),
        ),
        Mistake(
            "These are the TD errors alone; later ones are added, each further step counting γλ.",
            lambda rewards, values, gamma, lam: deltas(rewards, values, gamma),
        ),
        Mistake(
            "The sum runs the wrong way: an action answers for the errors after it. Go from the last step to the first.",
            forwards,
        ),
        Mistake(
            "The result is in reverse order: turn it round after the backward loop.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma * lam).flip(0),
        ),
        Mistake(
            "Rewards are summed here in place of TD errors.",
            lambda rewards, values, gamma, lam: to_go(rewards, gamma * lam),
        ),
        Mistake(
            "The value is taken off at the end only; each TD error holds both values, and the sum of errors is all.",
            lambda rewards, values, gamma, lam: to_go(rewards, gamma * lam) - values[:-1],
        ),
        Mistake(
            "This is the advantage plus the value, the critic's target; the advantage alone is asked for.",
            lambda rewards, values, gamma, lam: (
                to_go(deltas(rewards, values, gamma), gamma * lam) + values[:-1]
            ),
        ),
        Mistake(
            "The step's own TD error is missing: the sum begins with δ_t.",
            one_less,
        ),
        Mistake(
            "The sign is turned round: an action that went better than the critic had said has a positive advantage.",
            lambda rewards, values, gamma, lam: -to_go(deltas(rewards, values, gamma), gamma * lam),
        ),
        Mistake(
            "The whole is multiplied by 1 - λ; that belongs to the mean over n-step advantages, the sum of TD errors has none.",
            lambda rewards, values, gamma, lam: (
                (1 - lam) * to_go(deltas(rewards, values, gamma), gamma * lam)
            ),
        ),
        Mistake(
            "The last value is set to 0 here; `values[T]` is to be used as given.",
            lambda rewards, values, gamma, lam: to_go(
                deltas(rewards, without_last(values), gamma), gamma * lam
            ),
        ),
        Mistake(
            "λ and 1 - λ are swapped: with λ = 0 a single TD error must remain.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma * (1 - lam)),
        ),
        Mistake(
            "The advantages are standardised; that is a step of its own, and it changes them.",
            lambda rewards, values, gamma, lam: (
                ((x := to_go(deltas(rewards, values, gamma), gamma * lam)) - x.mean())
                / (x.std(correction=0) + 1e-8)
            ),
        ),
        Mistake(
            "The value is never taken off: R + γ v̂(S') is a target; a TD error is that less v̂(S), at every step.",
            lambda rewards, values, gamma, lam: to_go(rewards + gamma * values[1:], gamma * lam),
        ),
        Mistake(
            "The sum starts from `values[T]`; behind the last step there is no error, so it starts from 0.",
            starts_with_the_last_value,
        ),
        Mistake(
            "The last step is left out of the loop: its advantage is its own TD error.",
            only_part(slice(0, -1)),
        ),
        Mistake(
            "The last step is left out, and its error missing from all sums: let the loop begin at T - 1.",
            lambda rewards, values, gamma, lam: to_go(
                [*deltas(rewards, values, gamma)[:-1], torch.zeros(())], gamma * lam
            ),
        ),
        Mistake(
            "The first step is left out of the loop: `range` stops before its end, count down to -1.",
            only_part(slice(1, None)),
        ),
        Mistake(
            "Only the next error is added; all that follow count, each further step γλ.",
            one_more,
        ),
        Mistake(
            "The errors are weighed by their place in the episode; seen from step t the error k steps later counts (γλ)^k.",
            not_brought_back,
        ),
        Mistake(
            "The errors are weighed by their place and not summed: each step adds up its own error and all later ones.",
            lambda rewards, values, gamma, lam: (
                (gamma * lam) ** torch.arange(len(rewards)) * deltas(rewards, values, gamma)
            ),
        ),
        Mistake(
            "γ and λ are added; each further step counts their product, γλ.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma + lam),
        ),
        Mistake(
            "This is the sum over all steps; one advantage for each step is asked for.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma * lam).sum(),
        ),
        Mistake(
            "The last step is lost: T rewards and T + 1 values make T advantages.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma * lam)[:-1],
        ),
        Mistake(
            "The result is cut to whole numbers, as the rewards may be: make it from the errors, `torch.zeros_like(errors)`.",
            lambda rewards, values, gamma, lam: to_go(deltas(rewards, values, gamma), gamma * lam).to(
                rewards.dtype
            ),
        ),
    ),
)
