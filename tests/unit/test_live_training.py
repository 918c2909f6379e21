"""A learner in a worker thread, watched: buttons, pace, errors, the same numbers as `train`, and the picture without a kernel."""

import base64
import io
import threading
import time
import types

import numpy as np
import pytest
import torch
from PIL import Image

from helpers import CategoricalPolicy, Update, make_envs, reinforce, train
from helpers.learning_curve import learning_curve, running_mean
from helpers.live_training import FRAMES_A_SECOND, LiveTraining
from helpers.plots import new_figure
from helpers.training_thread import TrainingThread

PATIENCE = 300.0  # seconds: only what never happens fails, however busy the machine is


def counting(last: int | None = None, pause: float = 0.0, started: list | None = None):
    """A learner that learns nothing: update k reports one episode of return k; `started` counts its starts."""

    def make():
        if started is not None:
            started.append(1)

        def learner():
            number = 0
            while last is None or number < last:
                time.sleep(pause)
                number += 1
                yield Update(10 * number, torch.tensor([float(number)]), {}, 0.0)

        return learner()

    return make


def until(condition) -> None:
    """Wait for something that another thread does."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.002)


def threads() -> int:
    return threading.active_count()


def cartpole():
    """A learner with everything it needs, from the same seed at every start."""
    envs, policy = make_envs("CartPole-v1", 4, seed=3), CategoricalPolicy(4, 2, seed=3)
    return reinforce(envs, policy, seed=3)


def test_nothing_is_trained_before_a_button_is_pressed():
    started, before = [], threads()
    live = LiveTraining(counting(started=started))
    time.sleep(0.05)
    assert (started, threads(), live.state, len(live.history)) == ([], before, "ready", 0)


def test_step_makes_one_update_and_presses_add_up():
    live = LiveTraining(counting(pause=0.01))
    live.step_button.click()
    live.wait(PATIENCE)
    assert (len(live.history), live.state) == (1, "paused")
    for _ in range(3):
        live.step_button.click()
    live.wait(PATIENCE)
    assert [update.steps for update in live.history.updates] == [10, 20, 30, 40]
    live.stop()


def test_run_pauses_and_goes_on_where_it_stood():
    started = []
    live = LiveTraining(counting(pause=0.001, started=started))
    live.run_button.click()
    assert live.state == "running"
    assert live.run_button.description == "Pause"
    until(lambda: len(live.history) >= 3)
    live.run_button.click()
    live.wait(PATIENCE)
    stood = len(live.history)
    time.sleep(0.05)
    assert (len(live.history), live.state, live.run_button.description) == (stood, "paused", "Run")
    live.run_button.click()
    until(lambda: len(live.history) >= stood + 3)
    live.stop()
    numbers = live.history.episode_returns.tolist()
    assert numbers == list(range(1, len(numbers) + 1))  # none lost, none twice
    assert started == [1]


def test_step_pauses_a_training_that_runs():
    live = LiveTraining(counting(pause=0.001))
    live.run()
    until(lambda: len(live.history) >= 2)
    live.step_button.click()
    live.wait(PATIENCE)
    stood = len(live.history)
    time.sleep(0.05)
    assert (len(live.history), live.state) == (stood, "paused")
    live.stop()


def test_stop_ends_the_thread_keeps_the_history_and_the_next_run_starts_anew():
    started, before = [], threads()
    live = LiveTraining(counting(pause=0.001, started=started))
    live.run()
    until(lambda: len(live.history) >= 5)
    live.stop_button.click()
    assert (live.state, threads()) == ("ready", before)
    kept = len(live.history)
    assert kept >= 5
    assert f"{kept} updates" in live.line.value
    assert "starts it anew" in live.line.value
    live.step()
    live.wait(PATIENCE)
    assert (started, live.history.episode_returns.tolist()) == ([1, 1], [1.0])
    live.stop()


def test_stop_before_any_start_and_twice_does_no_harm():
    live = LiveTraining(counting())
    live.stop()
    live.step()
    live.stop()
    live.stop()
    assert live.state == "ready"


def test_a_learner_that_ends_is_told():
    live = LiveTraining(counting(last=3))
    live.run()
    until(lambda: live.state == "ready")
    assert (len(live.history), live.history.ended_by) == (3, "learner")
    assert live.run_button.description == "Run"


def test_same_numbers_as_train():
    live = LiveTraining(cartpole)
    for _ in range(4):
        live.step()
    live.wait(PATIENCE)
    live.stop()
    drained = train(cartpole(), max_updates=4, progress=False)
    for one, other in zip(live.history.updates, drained.updates, strict=True):
        assert (one.steps, one.losses, one.entropy) == (other.steps, other.losses, other.entropy)
        assert torch.equal(one.returns, other.returns)


def test_an_error_in_the_learner_is_told_and_the_widget_lives_on():
    fails = [True]

    def make():
        def learner():
            yield Update(10, torch.tensor([1.0]), {}, 0.0)
            if fails[0]:
                raise RuntimeError("the <pole> broke")
            yield Update(20, torch.tensor([2.0]), {}, 0.0)

        return learner()

    live = LiveTraining(make)
    live.run()
    until(lambda: live.state == "ready")
    assert "RuntimeError: the &lt;pole&gt; broke" in live.line.value
    assert isinstance(live.error, RuntimeError)
    assert len(live.history) == 1
    fails[0] = False
    live.run()
    until(lambda: live.state == "ready")
    assert live.error is None
    assert "RuntimeError" not in live.line.value


def test_an_error_in_the_making_of_the_learner_is_told():
    live = LiveTraining(lambda: 1 / 0)
    live.step()
    until(lambda: live.state == "ready")
    assert "ZeroDivisionError" in live.line.value


def test_an_error_of_the_picture_is_told_and_the_training_goes_on():
    def picture():
        figure, ax = new_figure("Breaks at the third update")
        (line,) = ax.plot([], [], animated=True)

        def update(history):
            if len(history) == 3:
                raise KeyError("third")
            line.set_data([0], [len(history)])
            return f"{len(history)} updates."

        return figure, update

    live = LiveTraining(counting(), picture)
    for number in range(1, 5):
        live.step()
        live.wait(PATIENCE)
        assert ("KeyError" in live.line.value) == (number == 3)
    assert "4 updates." in live.line.value
    live.stop()


def test_it_draws_no_more_often_than_it_says(monkeypatch):
    drawn, now = [], [0.0]  # a clock that only the learner moves, by a millisecond each update
    monkeypatch.setattr("helpers.live_training.time", types.SimpleNamespace(monotonic=lambda: now[0]))

    def picture():
        figure, ax = new_figure("Counts its frames", width=2, height=2)
        (line,) = ax.plot([], [], animated=True)

        def update(history):
            drawn.append(len(history))
            line.set_data([0], [len(history)])
            return f"{len(history)} updates."

        return figure, update

    def learner():
        for update in counting(last=2000)():
            now[0] += 0.001
            yield update

    live = LiveTraining(learner, picture)
    drawn.clear()
    live.run()
    until(lambda: live.state == "ready")
    assert drawn[-1] == len(live.history) == 2000
    frames = FRAMES_A_SECOND * now[0]
    assert 0.9 * frames <= len(drawn) <= frames + 2  # one at the start, one at the end


@pytest.mark.parametrize(("hold", "updates"), [(0, 6), (3, 9)])
def test_it_pauses_once_when_its_target_is_held(hold, updates):
    live = LiveTraining(
        counting(pause=0.001), target=5.5, window=2, hold=hold
    )  # reached by the returns 5 and 6
    live.run()
    until(lambda: live.state == "paused")
    live.wait(PATIENCE)
    drained = train(counting()(), target=5.5, window=2, hold=hold, progress=False)
    assert len(live.history) == len(drained) == updates
    assert "reaches the target of 5.5" in live.line.value
    live.run()
    until(lambda: len(live.history) >= 2 * updates)
    assert live.state == "running"
    live.stop()


def test_only_one_training_runs_at_a_time():
    one, other = LiveTraining(counting(pause=0.001)), LiveTraining(counting(pause=0.001))
    one.run()
    until(lambda: len(one.history) >= 1)
    other.run()
    assert (one.state, other.state) == ("paused", "running")
    one.stop()
    other.stop()


def test_buttons_have_names_and_words():
    live = LiveTraining(counting())
    buttons = [live.run_button, live.step_button, live.stop_button]
    assert [button.description for button in buttons] == ["Run", "Step", "Stop"]
    assert all(button.tooltip for button in buttons)
    assert live.picture.tooltip is None  # an Image with a tooltip shows a JavaScript error


def test_a_screen_reader_speaks_only_when_the_training_rests():
    live = LiveTraining(counting(pause=0.001))
    assert 'role="status"' in live.line.value
    live.run()
    until(lambda: 'role="status"' not in live.line.value)
    live.pause()
    live.wait(PATIENCE)
    assert 'role="status"' in live.line.value
    live.stop()


def test_waiting_waits_for_a_thread_that_has_not_come_to_its_first_rest():
    def make():
        time.sleep(0.2)
        return counting()()

    in_passing = []
    training = TrainingThread(make, in_passing.append)
    training.run()
    training.pause()
    training.wait(PATIENCE)
    assert in_passing[-1] is False
    assert (training.state, len(training.history)) == ("paused", 0)
    training.stop()


def test_without_a_kernel_there_are_picture_and_sentence():
    live = LiveTraining(counting())
    data = live._repr_mimebundle_()
    assert data["text/plain"] == "[live training] No update yet. Press Run, or Step for one update."
    assert base64.b64decode(data["image/png"]) == live.picture.value
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == live.model_id


def test_the_picture_grows_and_its_axis_with_it():
    live = LiveTraining(counting(), learning_curve(max_steps=25, returns=(0, 10)))
    pictures = [live.picture.value]
    for _ in range(3):
        live.step()
        live.wait(PATIENCE)
        pictures.append(live.picture.value)
    live.stop()
    assert len(set(pictures)) == 4
    assert live._view.figure.axes[0].get_xlim() == (0, 60)  # 30 steps are beyond 25: twice 30
    with Image.open(io.BytesIO(live.picture.value)) as image:
        assert image.size == (960, 480)


@pytest.mark.parametrize("window", [1, 3, 100])
def test_running_mean(window):
    values = np.array([4.0, -1.0, 2.0, 7.0, 0.5])
    expected = [values[max(0, i - window + 1) : i + 1].mean() for i in range(5)]
    assert running_mean(values, window) == pytest.approx(expected)
    assert running_mean(values[:0], window).shape == (0,)
