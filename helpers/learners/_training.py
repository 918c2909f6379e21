"""A learner's stream of updates in, the history of its training out, whatever ends it."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

__all__ = ["History", "Update", "train", "train_each"]


@dataclass(frozen=True)
class Update:
    """What a learner tells after one update.

    Args:
        steps: environment steps so far, all environments together; reset rows do not count.
        returns: float [E], undiscounted returns of the episodes that ended since the last update, E >= 0.
        losses: name -> loss before the step, such as "policy" or "value".
        entropy: mean entropy of the policy over the batch, in nats; NaN for a learner without a policy.
    """

    steps: int
    returns: torch.Tensor
    losses: dict[str, float]
    entropy: float


@dataclass
class History:
    """Every update of a training, and what it means for a learning curve.

    Args:
        updates: in their order.
        window: so many last episodes make the mean that is compared with a target.
        ended_by: "target", "limit" (steps or updates), "interrupt" (the student pressed stop), "learner" (the stream
            ended), or "" while it goes on.
    """

    updates: list[Update] = field(default_factory=list)
    window: int = 100
    ended_by: str = ""

    def __post_init__(self):
        self._last = deque(
            (r for update in self.updates for r in update.returns.tolist()), maxlen=self.window
        )

    def __len__(self) -> int:
        return len(self.updates)

    def append(self, update: Update):
        """Keep one more update."""
        self.updates.append(update)
        self._last.extend(update.returns.tolist())

    @property
    def steps(self) -> int:
        """Environment steps so far."""
        return self.updates[-1].steps if self.updates else 0

    @property
    def episode_returns(self) -> torch.Tensor:
        """The return of every finished episode in the order of their ends, float [E]."""
        return torch.cat([update.returns for update in self.updates]) if self.updates else torch.zeros(0)

    @property
    def episode_steps(self) -> torch.Tensor:
        """The environment steps made when each episode was reported, int64 [E]: x of a learning curve."""
        counts = torch.tensor([len(update.returns) for update in self.updates], dtype=torch.int64)
        steps = torch.tensor([update.steps for update in self.updates], dtype=torch.int64)
        return steps.repeat_interleave(counts)

    @property
    def mean_return(self) -> float:
        """The mean return of the last `window` episodes; NaN before the first one ended."""
        return sum(self._last) / len(self._last) if self._last else float("nan")

    def reached(self, target: float | None) -> bool:
        """Whether the last `window` episodes, and no fewer, have the target as their mean return."""
        return target is not None and len(self._last) == self.window and self.mean_return >= target

    def held(self, before: int, target: float | None) -> int:
        """For how many episodes the mean has stayed at the target since it got there; -1 while it is below.

        Args:
            before: the same, one update ago; -1 before the first update.
            target: as in `reached`.
        """
        if not self.reached(target):
            return -1
        return 0 if before < 0 else before + len(self.updates[-1].returns)

    def losses(self, name: str) -> torch.Tensor:
        """One of the losses, update by update, float [U]; NaN where an update had none of this name."""
        return torch.tensor([update.losses.get(name, float("nan")) for update in self.updates])

    @property
    def entropies(self) -> torch.Tensor:
        """The policy's mean entropy, update by update, float [U]."""
        return torch.tensor([update.entropy for update in self.updates])


def train(
    learner: Iterable[Update],
    *,
    target: float | None = None,
    max_steps: int | None = 1_000_000,
    max_updates: int | None = None,
    window: int = 100,
    hold: int = 200,
    progress: bool = True,
) -> History:
    """Drain a learner until its target, a limit, or the student's stop button; nothing learned is lost.

    Args:
        learner: an iterator of updates; it can be drained further afterwards.
        target: stop when the mean return of the last `window` episodes has reached it; None: only at a limit.
        max_steps, max_updates: stop at or after so many environment steps, updates of this call; None: no limit.
        window: int >= 1.
        hold: int >= 0, so many further episodes the mean must stay there: one good batch is often followed by a
            worse policy, a step too far, and what is left at the end should be what was reached.
        progress: show a bar while it runs, in a notebook or a terminal.

    Returns:
        History of all updates of this call, and what ended it. The policy holds what it has learned.

    Raises:
        ValueError: if nothing would ever end the training, or window < 1.
    """
    if target is None and max_steps is None and max_updates is None:
        raise ValueError("expected a target, max_steps or max_updates: a learner goes on for ever")
    if window < 1:
        raise ValueError(f"window: expected at least 1, got {window}")
    history, learner, held = History(window=window), iter(learner), -1
    with _progress_bar(progress, max_steps) as show:
        try:
            while not history.ended_by:
                history.append(next(learner))
                show(history)
                held = history.held(held, target)
                if held >= hold:
                    history.ended_by = "target"
                elif _beyond(history.steps, max_steps) or _beyond(len(history), max_updates):
                    history.ended_by = "limit"
        except StopIteration:
            history.ended_by = "learner"
        except KeyboardInterrupt:  # the notebook's stop button
            history.ended_by = "interrupt"
    return history


def train_each(learners: Iterable[Iterable[Update]], **limits) -> list[History]:
    """Drain several learners one after the other, for a comparison; the student's stop button ends them all.

    Args:
        learners: each an iterator of updates; a generator of them makes each when its turn comes.
        limits: as in `train`.

    Returns:
        One history for each learner.

    Raises:
        KeyboardInterrupt: when it was stopped: a comparison that lacks some of its runs is none. The policies hold
            what they have learned.
    """
    histories = []
    for learner in learners:
        histories.append(train(learner, progress=False, **limits))
        if histories[-1].ended_by == "interrupt":
            raise KeyboardInterrupt
    return histories


def _beyond(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


@contextmanager
def _progress_bar(wanted: bool, max_steps: int | None) -> Iterator:
    """A function that shows how far a history has come: a bar in a notebook, a line in a terminal, else nothing.

    The bar vanishes at the end, so a cell leaves the same output however fast the machine is.
    """
    if wanted and "ipykernel" in sys.modules:
        bar = _notebook_bar(max_steps)
        try:
            yield bar.show
        finally:
            bar.close()
    elif wanted and sys.stderr.isatty():
        yield lambda history: print(f"\r{_line(history)}", end="", file=sys.stderr)
        print(file=sys.stderr)
    else:
        yield lambda history: None


def _line(history: History) -> str:
    return f"{history.steps:>9,} steps, mean return {history.mean_return:8.1f}"


def _notebook_bar(max_steps: int | None):
    import ipywidgets  # only here: the import costs more than all of helpers
    from IPython.display import display

    class Bar(ipywidgets.HBox):
        def __init__(self):
            self.bar, self.label = ipywidgets.FloatProgress(max=1.0), ipywidgets.Label()
            super().__init__([self.bar, self.label])

        def __repr__(self) -> str:
            return "A progress bar, shown while the training runs"

        def show(self, history: History):
            self.bar.value = history.steps / max_steps if max_steps else 0.0
            self.label.value = _line(history)

    bar = Bar()
    display(bar)
    return bar
