"""A learner in, its updates made one by one in a thread of its own out: run, pause, step and stop it from any other.

The learner, one of the generators of `learners`, is the one that `train` drains: the same seed gives the same numbers
in both.
"""

import threading
import weakref
from collections.abc import Callable, Iterator

import numpy as np

from .learners import History, Update

__all__ = ["TrainingThread"]

_trainings: "weakref.WeakSet[TrainingThread]" = weakref.WeakSet()


class TrainingThread:
    """Makes updates while it runs, or one for each step; when one training runs, all others pause.

    Args:
        make_learner: () -> iterator of `Update`, called when a training starts.
        changed: called with `in_passing`, true between two updates of a run and false when the training comes to rest; no
            update is noted meanwhile.
        target: pause once, when the mean return of the last `window` episodes has reached it and stayed there for
            `hold` further episodes, as `train` stops; None: never.
        window: int >= 1.
        hold: int >= 0.
    """

    def __init__(
        self,
        make_learner: Callable[[], Iterator[Update]],
        changed: Callable[[bool], None],
        *,
        target: float | None = None,
        window: int = 100,
        hold: int = 200,
    ):
        self.make_learner, self.changed = make_learner, changed
        self.target, self.window, self.hold = target, window, hold
        self.history = History(window=window)
        self.error: Exception | None = None
        # One lock guards all below: calls come from any thread.
        self._turn = threading.Condition(threading.RLock())
        self._thread, self._running, self._owed, self._busy, self._over = None, False, 0, False, True
        # Episodes for which the target has been held; -1 below it, infinite once it has paused.
        self._held = -1
        _trainings.add(self)

    @property
    def state(self) -> str:
        """`"running"`, `"paused"`, or `"ready"` (nothing is under way: not started, stopped, ended or failed)."""
        with self._turn:
            return "ready" if self._over else "running" if self._running else "paused"

    def run(self) -> None:
        """Train on and on; other trainings pause."""
        for other in list(_trainings):
            if other is not self:
                other.pause()
        self._command(running=True)

    def pause(self) -> None:
        """Wait after the update that is under way."""
        with self._turn:
            self._running = False
            self.changed(True)
            self._turn.notify_all()

    def step(self) -> None:
        """Make one update, then wait."""
        self._command(running=False)

    def stop(self) -> None:
        """End the training and wait until its thread is gone; history and policy stay."""
        with self._turn:
            self._over, self._running, self._owed = True, False, 0
            self._turn.notify_all()
        self.wait()

    def wait(self, timeout: float = 30.0) -> None:
        """Wait until the thread rests or is gone: for scripts and tests."""
        if self._thread is not threading.current_thread():
            with self._turn:
                self._turn.wait_for(
                    lambda: self._thread is None or not (self._busy or self._has_work()), timeout
                )

    def _has_work(self) -> bool:
        """There is an update to make, or an end to come to."""
        return self._running or self._owed > 0 or self._over

    def _command(self, running: bool) -> None:
        """Start a thread if there is none, and tell it what to do."""
        with self._turn:
            if self._over:
                self.wait()
                if self._thread is not None:
                    return  # the last update of the old training takes very long: press again later
                self.history, self.error = History(window=self.window), None
                self._held, self._over = -1, False
                self._busy = True  # until it comes to its first rest
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._running, self._owed = running, self._owed + (not running)
            self.changed(True)
            self._turn.notify_all()

    def _work(self) -> None:
        """The thread: an update whenever there is one to make, until stopped, ended or failed."""
        try:
            learner = self.make_learner()
            while self._may_go_on():
                self._keep(next(learner))
        except StopIteration:
            self.history.ended_by = "learner"
        except Exception as error:  # in a thread it would only go silent
            self.error = error
        finally:
            with self._turn:
                self._over, self._running, self._owed, self._busy, self._thread = True, False, 0, False, None
                self.changed(False)
                self._turn.notify_all()

    def _may_go_on(self) -> bool:
        """Rest until there is something to do; false once the training is over."""
        with self._turn:
            self._busy = False
            if not self._has_work():
                self.changed(False)
                self._turn.notify_all()
                self._turn.wait_for(self._has_work)
                self.changed(True)
            self._busy = not self._over
            return self._busy

    def _keep(self, update: Update) -> None:
        """Note an update; pause if it is the one with which the target is reached and held."""
        with self._turn:
            self.history.append(update)
            self._owed = max(0, self._owed - 1)
            if self._held < np.inf:
                self._held = self.history.held(self._held, self.target)
                if self._held >= self.hold:
                    self._running, self._held = False, np.inf  # once: from now on it runs as long as you like
            self.changed(True)
