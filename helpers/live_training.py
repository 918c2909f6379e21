"""A learner in, a picture of it that grows out: run, pause, step and stop a training while the class looks on.

The learner, one of the generators of `learners`, works in a thread of its own, so that other cells still run. It is
the generator that `train` drains: the same seed gives the same numbers in both.
"""

import base64
import html
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import ipywidgets as widgets
import numpy as np

from .learners import History, Update
from .live import LivePicture
from .plots import CRITIC, PIXELS_PER_INCH, POLICY, SAMPLES, TRUTH_LINE, new_figure, text_colour
from .spoken_names import spoken_names

__all__ = ["LiveTraining", "learning_curve"]

FRAMES_A_SECOND = 8
SENTENCES_A_SECOND = 1  # while it runs; a screen reader could not follow more
SHOWN_EPISODES = 2000  # dots in the picture; of more, every second, third, ... is drawn

_trainings: "weakref.WeakSet[LiveTraining]" = weakref.WeakSet()


class LiveTraining(widgets.VBox):
    """Buttons Run/Pause, Step and Stop, the picture of a training, and a sentence that says how far it has come.

    Nothing is trained before a button is pressed. Pause waits between two updates, Step makes one update, Stop ends
    the training: history and policy stay as they are, and the next Run or Step starts anew with a fresh learner. When
    one training runs, all others pause.

    Args:
        make_learner: () -> iterator of `Update`, called when a training starts; it makes environments and policy too,
            so that every start is the same. Keep the policy yourself if you need it afterwards.
        picture: () -> (figure, update), where `update(history) -> str` moves the figure's animated artists and says what
            they show; the rules of `LivePicture` hold. None: `learning_curve()`.
        target: pause once, when the mean return of the last `window` episodes has reached it and stayed there for
            `hold` further episodes, as `train` stops; None: never.
        window: int >= 1.
        hold: int >= 0.
    """

    def __init__(
        self,
        make_learner: Callable[[], Iterator[Update]],
        picture: Callable | None = None,
        *,
        target: float | None = None,
        window: int = 100,
        hold: int = 200,
    ):
        self.make_learner, self.target, self.window, self.hold = make_learner, target, window, hold
        self.history = History(window=window)
        self.error: Exception | None = None
        self._turn = threading.Condition(
            threading.RLock()
        )  # guards all below; callbacks come from any thread
        self._thread, self._running, self._owed, self._busy, self._over = None, False, 0, False, True
        self._held = (
            -1
        )  # episodes for which the target has been held; -1 below it, infinite once it has paused
        self._drawn_at = self._said_at = -np.inf
        figure, update = (picture or learning_curve(target=target, window=window))()
        self._view = LivePicture(figure, lambda: update(self.history), {}, columns=1)
        self.picture = self._view.picture
        self.run_button = _button("Run", "play", "Run the training, or pause it", self.run_or_pause)
        self.step_button = _button("Step", "step-forward", "Make one update", self.step)
        self.stop_button = _button("Stop", "stop", "Stop: the next Run starts anew", self.stop)
        room = {"width": f"{round(figure.get_figwidth() * PIXELS_PER_INCH)}px", "max_width": "100%"}
        self.line = widgets.HTML(layout=room)
        buttons = widgets.HBox([self.run_button, self.step_button, self.stop_button, spoken_names()])
        super().__init__([buttons, self.picture, self.line])
        self.add_class("live-training")
        _trainings.add(self)
        self._show()

    @property
    def state(self) -> str:
        """`"running"`, `"paused"`, or `"ready"` (nothing is under way: not started, stopped, ended or failed)."""
        with self._turn:
            return "ready" if self._over else "running" if self._running else "paused"

    def run_or_pause(self) -> None:
        """Go on, or wait after the update that is under way."""
        self.pause() if self.state == "running" else self.run()

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
            self._name_run_button()
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
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._running, self._owed = running, self._owed + (not running)
            self._name_run_button()
            self._turn.notify_all()

    def _work(self) -> None:
        """The thread: an update whenever there is one to make, until stopped, ended or failed."""
        try:
            learner = self.make_learner()
            while self._may_go_on():
                self._keep(next(learner))
                self._show(in_passing=True)
        except StopIteration:
            self.history.ended_by = "learner"
        except Exception as error:  # in a thread it would only go silent
            self.error = error
        finally:
            with self._turn:
                self._over, self._running, self._owed, self._busy, self._thread = True, False, 0, False, None
                self._show()
                self._turn.notify_all()

    def _may_go_on(self) -> bool:
        """Rest until there is something to do; false once the training is over."""
        with self._turn:
            self._busy = False
            if not self._has_work():
                self._show()
                self._turn.notify_all()
                self._turn.wait_for(self._has_work)
                self._show(in_passing=True)
            self._busy = not self._over
            return self._busy

    def _keep(self, update: Update) -> None:
        """Note an update; pause if it is the one with which the target is reached and held."""
        with self._turn:
            before = self.history.reached(self.target)
            self.history.append(update)
            self._owed = max(0, self._owed - 1)
            if self._held == np.inf:
                return
            reached = self.history.reached(self.target)
            self._held = -1 if not reached else self._held + len(update.returns) if before else 0
            if reached and self._held >= self.hold:
                self._running, self._held = False, np.inf  # once: from now on it runs as long as you like

    def _show(self, in_passing: bool = False) -> None:
        """Draw and say where the training stands; in passing only now and then, so that learning gets the time."""
        with self._turn:
            now = time.monotonic()
            if not in_passing or now - self._drawn_at >= 1 / FRAMES_A_SECOND:
                self._view.redraw()
                self._drawn_at = time.monotonic()
            if not in_passing or now - self._said_at >= 1 / SENTENCES_A_SECOND:
                self.line.value = self._sentence_in_html(spoken=not in_passing)
                self._said_at = now
            self._name_run_button()

    def _name_run_button(self) -> None:
        """The button says what pressing it would do."""
        running = self.state == "running"
        self.run_button.description, self.run_button.icon = ("Pause", "pause") if running else ("Run", "play")

    def _sentence_in_html(self, spoken: bool) -> str:
        """The sentence; a screen reader speaks it when the training comes to rest."""
        if self.error is not None:
            text, colour = f"Stopped by {type(self.error).__name__}: {self.error}", CRITIC
        elif "Not drawn." in self._view.line.value:
            return self._view.line.value
        else:
            ended = " The training is over; Run starts it anew." if len(self.history) and self._over else ""
            text, colour = self._view.sentence + ended, "#222222"
        live = ' role="status" aria-live="polite"' if spoken else ""
        rgb = ", ".join(str(round(255 * part)) for part in text_colour(colour))
        style = f"color: rgb({rgb}); font-size: 1.1em; line-height: 1.4; padding: 2px 10px"
        return f'<div{live} style="{style}">{html.escape(text)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and for places without a kernel its picture and a fixed text."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
        data["text/plain"] = f"[live training] {self._view.sentence}"
        data["image/png"] = base64.b64encode(self.picture.value).decode()
        return data


def learning_curve(
    title: str = "Return of the episodes as the training goes on",
    *,
    target: float | None = None,
    max_steps: int = 50_000,
    returns: tuple[float, float] = (0.0, 500.0),
    window: int = 100,
) -> Callable:
    """The picture of any training: every episode as a dot over the environment steps, and their running mean.

    Args:
        title: of the figure.
        target: drawn as a dashed line; None: no line.
        max_steps: > 0, where the axis ends at first; it is doubled whenever the training passes it.
        returns: lowest and highest return on the axis.
        window: int >= 1, the same as that of `LiveTraining`.

    Returns:
        () -> (figure, update), for `LiveTraining`.
    """

    def picture():
        figure, ax = new_figure(title, xlabel="environment steps", ylabel="return of an episode", height=3.2)
        low, high = returns
        margin = 0.05 * (high - low)
        ax.set(xlim=(0, max_steps), ylim=(low - margin, high + margin))
        if target is not None:
            ax.axhline(target, **TRUTH_LINE)
            ax.text(0.99, target, "target", transform=ax.get_yaxis_transform(), ha="right", va="bottom")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        words = f"dot: one episode\nline: mean of the last {window}"
        ax.text(0.99, 0.04, words, transform=ax.transAxes, ha="right")
        (dots,) = ax.plot([], [], ".", color=SAMPLES, markersize=4, animated=True)
        (mean,) = ax.plot([], [], color=POLICY, linewidth=2, animated=True)

        def update(history: History) -> str:
            steps, seen = history.episode_steps.numpy(), history.episode_returns.numpy()
            if history.steps > ax.get_xlim()[1]:
                ax.set_xlim(0, 2 * history.steps)
            every = max(1, -(-len(seen) // SHOWN_EPISODES))
            dots.set_data(steps[::every], seen[::every])
            last = np.append(np.diff(steps) > 0, True)[: len(seen)]  # one point for each update
            mean.set_data(steps[last], running_mean(seen, window)[last])
            return _progress(history, target)

        return figure, update

    return picture


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of the last `window` values up to each one, or of all so far where they are fewer; float [E]."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)


def _progress(history: History, target: float | None) -> str:
    """How far a training has come, in one sentence."""
    if not len(history):
        return "No update yet. Press Run, or Step for one update."
    episodes = len(history.episode_returns)
    told = f"{len(history):,} updates, {history.steps:,} environment steps, {episodes:,} episodes"
    if not episodes:
        return f"{told}."
    last = min(episodes, history.window)
    reached = f" That reaches the target of {target:g}." if history.reached(target) else ""
    return f"{told}; mean return of the last {last}: {history.mean_return:.1f}.{reached}"


def _button(description: str, icon: str, tooltip: str, press: Callable[[], None]) -> widgets.Button:
    """A button with a name, a sign and words."""
    button = widgets.Button(description=description, icon=icon, tooltip=tooltip, layout={"width": "100px"})
    button.on_click(lambda _: press())
    return button
