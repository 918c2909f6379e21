"""The exercise `bootstrap_values` of lesson 07: what follows a step is worth."""

import torch

from ..returns import bootstrap_values
from .exercise import Case, Exercise, Mistake

__all__ = ["BOOTSTRAP"]

T, F = True, False
NEXT = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0], [2.0, 7.0, -3.0]])
ENDS = torch.tensor([[F, T, F], [F, F, F], [T, F, F]])
CUTS = torch.tensor([[F, F, T], [F, F, F], [F, T, F]])
NONE = torch.zeros(3, 3, dtype=torch.bool)
BOTH = torch.tensor([[T, F]]), torch.tensor([[T, T]])


def zero_where(condition):
    """A wrong answer that is 0 on the steps a condition of (terminated, truncated) names."""

    def code(next_values, terminated, truncated):
        return torch.where(condition(terminated.bool(), truncated.bool()), 0.0, next_values)

    return code


def stops_for_good(next_values, terminated, truncated):
    return next_values * (terminated.cumsum(0) == 0)


def one_row_late(next_values, terminated, truncated):
    late = torch.cat([torch.zeros_like(terminated[:1]), terminated[:-1]])
    return torch.where(late.bool(), 0.0, next_values)


def one_row_early(next_values, terminated, truncated):
    early = torch.cat([terminated[1:], torch.zeros_like(terminated[:1])])
    return torch.where(early.bool(), 0.0, next_values)


def the_row_after(next_values, terminated, truncated):
    """The value one step farther, 0 behind the last row."""
    after = torch.cat([next_values[1:], torch.zeros_like(next_values[:1])])
    return torch.where(terminated.bool(), 0.0, after)


def if_any(next_values, terminated, truncated):
    """All or nothing, by an `if` over the whole block."""
    return torch.zeros_like(next_values) if terminated.any() else next_values.clone()


def ends_all(next_values, terminated, truncated):
    return torch.where(terminated.bool().any(1, keepdim=True), 0.0, next_values)


BOOTSTRAP = Exercise(
    reference=bootstrap_values,
    returns="[T, N]: one number for each step of each environment",
    cases=(
        Case("ends of both kinds in three environments", (NEXT, ENDS, CUTS)),
        Case("no end at all", (NEXT, NONE, NONE.clone())),
        Case("time limits only", (NEXT, NONE, CUTS)),
        Case("ends only", (NEXT, ENDS, NONE)),
        Case("a step that is terminated and truncated at once", (torch.tensor([[3.0, 5.0]]), *BOTH)),
        Case("a single step of one environment", (NEXT[:1, :1], ENDS[:1, :1], ~ENDS[:1, :1])),
        Case(
            "two environments for four steps",
            (NEXT.flatten()[:8].view(4, 2), ENDS.flatten()[:8].view(4, 2), CUTS.flatten()[:8].view(4, 2)),
        ),
    ),
    mistakes=(
        Mistake(
            "A time limit is taken for the end: where the clock cut the episode, the state is still worth v̂.",
            zero_where(lambda terminated, truncated: terminated | truncated),
        ),
        Mistake(
            "The value is kept where the world ended; nothing follows there, so it is worth 0.",
            lambda next_values, terminated, truncated: next_values + 0.0,
        ),
        Mistake(
            "The two are swapped: 0 belongs where terminated, the value where truncated.",
            zero_where(lambda terminated, truncated: truncated),
        ),
        Mistake(
            "The flag is turned round: values are kept where the world ended and dropped where it went on.",
            zero_where(lambda terminated, truncated: ~terminated),
        ),
        Mistake(
            "Values are kept at time limits only; every step that did not end the world has a value after it.",
            zero_where(lambda terminated, truncated: ~truncated),
        ),
        Mistake(
            "Values are kept at time limits only, and not where both flags are set; steps that go on have one, too.",
            zero_where(lambda terminated, truncated: ~truncated | terminated),
        ),
        Mistake(
            "A step that is terminated and truncated at once is worth 0 as well: the world did end.",
            zero_where(lambda terminated, truncated: terminated & ~truncated),
        ),
        Mistake(
            "This is 0 only where both flags are set; terminated alone is enough.",
            zero_where(lambda terminated, truncated: terminated & truncated),
        ),
        Mistake(
            "Everything after the first end is 0 as well; the environment has started a new episode there.",
            stops_for_good,
        ),
        Mistake(
            "The zeros stand one row too late: `terminated[t]` belongs to step t, as `next_values[t]` does.",
            one_row_late,
        ),
        Mistake(
            "When one environment ends, all are taken to end; each of the N has its own flags.",
            ends_all,
        ),
        Mistake(
            "These are the values of the steps that went on, in a row; keep the shape, with 0 where the world ended.",
            lambda next_values, terminated, truncated: next_values[~terminated.bool()],
        ),
        Mistake(
            "The value is turned negative where the world ended; it is 0 there.",
            lambda next_values, terminated, truncated: next_values * (1.0 - 2.0 * terminated.float()),
        ),
        Mistake(
            "Where the world ended stands 1; nothing follows, so it is 0.",
            lambda next_values, terminated, truncated: torch.where(terminated.bool(), 1.0, next_values),
        ),
        Mistake(
            "The zeros stand one row too early: `terminated[t]` belongs to step t, as `next_values[t]` does.",
            one_row_early,
        ),
        Mistake(
            "The zeros stand one row too late, and the last row's in the first: `terminated[t]` belongs to step t.",
            lambda next_values, terminated, truncated: torch.where(
                terminated.bool().roll(1, dims=0), 0.0, next_values
            ),
        ),
        Mistake(
            "The zeros stand one row too early, and the first row's in the last: `terminated[t]` belongs to step t.",
            lambda next_values, terminated, truncated: torch.where(
                terminated.bool().roll(-1, dims=0), 0.0, next_values
            ),
        ),
        Mistake(
            "`next_values[t]` is already the value of what follows step t; here it is shifted once more.",
            the_row_after,
        ),
        Mistake(
            "One end anywhere makes the whole block 0; every step of every environment has its own flag.",
            if_any,
        ),
        Mistake(
            "Once a clock cuts anywhere, no end counts any more; every step has its own flags.",
            lambda next_values, terminated, truncated: torch.where(
                terminated.bool() & ~truncated.any(), 0.0, next_values
            ),
        ),
        Mistake(
            "These are the flags, 1 where it went on; multiply `next_values` by them.",
            lambda next_values, terminated, truncated: 1 - terminated.float(),
        ),
        Mistake(
            "1 is taken off where the world ended; what follows there is worth 0, whatever the critic says.",
            lambda next_values, terminated, truncated: next_values - terminated.float(),
        ),
        Mistake(
            "Where the world ended stands -1; nothing follows, so it is 0.",
            lambda next_values, terminated, truncated: torch.where(terminated.bool(), -1.0, next_values),
        ),
        Mistake(
            "Nothing is kept: only where the world ended is what follows worth 0.",
            lambda next_values, terminated, truncated: torch.zeros_like(next_values),
        ),
        Mistake(
            "This is the sum over the block; one number for each step of each environment is asked for.",
            lambda next_values, terminated, truncated: (next_values * (1 - terminated.float())).sum(),
        ),
        Mistake(
            "Rows and columns are swapped: time runs down, [T, N], as it comes in.",
            lambda next_values, terminated, truncated: (next_values * (1 - terminated.float())).T,
        ),
    ),
)
