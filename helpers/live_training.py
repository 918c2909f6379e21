"""A learner in, buttons and a picture of its training that grows out: run, pause, step and stop it while the class looks on."""

import time
from collections.abc import Callable, Iterator

import ipywidgets as widgets
import numpy as np

from .learners import History, Update
from .learning_curve import learning_curve
from .live import LivePicture, also_without_a_kernel
from .plots import CRITIC, PIXELS_PER_INCH
from .spoken import TEXT, spoken_line, spoken_names
from .training_thread import TrainingThread

__all__ = ["LiveTraining"]

FRAMES_A_SECOND = 8
SENTENCES_A_SECOND = 1  # while it runs; a screen reader could not follow more


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
        self.training = TrainingThread(make_learner, self._show, target=target, window=window, hold=hold)
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
        self._show(False)

    @property
    def history(self) -> History:
        """All updates of the training so far; it stays when the training ends."""
        return self.training.history

    @property
    def error(self) -> Exception | None:
        """What ended the training, if it failed."""
        return self.training.error

    @property
    def state(self) -> str:
        """`"running"`, `"paused"`, or `"ready"` (nothing is under way: not started, stopped, ended or failed)."""
        return self.training.state

    def run_or_pause(self) -> None:
        """Go on, or wait after the update that is under way."""
        self.pause() if self.state == "running" else self.run()

    def run(self) -> None:
        """Train on and on; other trainings pause."""
        self.training.run()

    def pause(self) -> None:
        """Wait after the update that is under way."""
        self.training.pause()

    def step(self) -> None:
        """Make one update, then wait."""
        self.training.step()

    def stop(self) -> None:
        """End the training and wait until its thread is gone; history and policy stay."""
        self.training.stop()

    def wait(self, timeout: float = 30.0) -> None:
        """Wait until the training rests or is over: for scripts and tests."""
        self.training.wait(timeout)

    def _show(self, in_passing: bool) -> None:
        """Draw and say where the training stands; in passing only now and then, so that learning gets the time."""
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
            ended = (
                " The training is over; Run starts it anew."
                if len(self.history) and self.state == "ready"
                else ""
            )
            text, colour = self._view.sentence + ended, TEXT
        return spoken_line(text, colour, spoken=spoken)

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and for places without a kernel its picture and a fixed text."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return also_without_a_kernel(bundle, f"[live training] {self._view.sentence}", self.picture.value)


def _button(description: str, icon: str, tooltip: str, press: Callable[[], None]) -> widgets.Button:
    """A button with a name, a sign and words."""
    button = widgets.Button(description=description, icon=icon, tooltip=tooltip, layout={"width": "100px"})
    button.on_click(lambda _: press())
    return button
