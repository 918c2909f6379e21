"""The live picture without a kernel and without a screen: pixels, lock, way back, errors, fallback."""

import base64
import io
import random
import subprocess
import sys
import threading

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers.live import LivePicture, StepButton
from helpers.plots import POLICY, new_figure

HEIGHT = 10.0  # upper limit of the demo's axis


def bar_widget(first: float = 2.0, title: str = "A bar") -> LivePicture:
    """One slider, one bar, its number and a line; the sentence says the height."""
    figure, ax = new_figure(title, width=4, height=3)
    ax.set(xlim=(-1, 1), ylim=(0, HEIGHT))
    (bar,) = ax.bar([0], [0], width=0.5, color=POLICY, animated=True)
    number = ax.text(0.4, 0, "", animated=True)
    (line,) = ax.plot([-1, 1], [0, 0], color="black", animated=True)

    def update(height: float, second: float) -> str:
        if height == 7:
            raise RuntimeError("seven <is> unlucky")
        bar.set_height(height)
        number.set(y=height, text=f"{height:.2f}")
        line.set_ydata([second, second])
        return f"The bar is {height:.2f} high."

    controls = {
        "height": widgets.FloatSlider(value=first, min=0, max=HEIGHT),
        "second": widgets.FloatSlider(value=1, min=0, max=HEIGHT, description="height of the line"),
    }
    return LivePicture(figure, update, controls)


def pixels(live: LivePicture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(live.picture.value)).convert("RGB")).astype(int)


def blue_rows(live: LivePicture) -> float:
    """Height of the bar in rows of pixels, counted in its left half, away from the number."""
    image = pixels(live)
    box = live.figure.axes[0].transData.transform((-0.15, 0))
    column = image[:, round(box[0])]
    blue = np.array([0, 0x72, 0xB2])
    return (np.abs(column - blue).sum(axis=1) < 30).sum()


def test_bar_is_as_high_as_the_slider_says():
    live = bar_widget()
    rows = live.figure.axes[0].bbox.height
    for height in (2.0, 5.0, 8.5):
        live.controls["height"].value = height
        # The black line covers a few rows of the bar.
        assert blue_rows(live) == pytest.approx(rows * height / HEIGHT, abs=5)
        assert live.sentence == f"The bar is {height:.2f} high."
        assert live.sentence in live.line.value


def test_redraw_gives_the_picture_of_a_fresh_widget():
    live = bar_widget()
    for height in (9.0, 0.5, 4.0):  # nothing of the taller bar may stay
        live.controls["height"].value = height
    assert (pixels(live) == pixels(bar_widget(first=4.0))).all()
    assert (pixels(live) != pixels(bar_widget(first=4.5))).any()


def test_picture_holds_the_canvas_pixel_by_pixel():
    live = bar_widget()
    with Image.open(io.BytesIO(live.picture.value)) as image:
        image.verify()  # checksums
    with Image.open(io.BytesIO(live.picture.value)) as image:
        assert (np.asarray(image) == np.asarray(live._canvas.buffer_rgba())).all()


def test_layout_happens_once():
    live = bar_widget()
    place = live.figure.axes[0].get_position().bounds
    live.controls["height"].value = 10.0
    assert live.figure.axes[0].get_position().bounds == place


def test_change_of_something_that_stays_is_drawn_as_well():
    live = bar_widget()
    live.figure._suptitle.set_text("Another title")
    live.controls["height"].value = 4.0
    assert (pixels(live) == pixels(bar_widget(first=4.0, title="Another title"))).all()
    assert (pixels(live) != pixels(bar_widget(first=4.0))).any()


def test_background_is_drawn_only_when_it_changes(monkeypatch):
    live = bar_widget()
    draws = []
    monkeypatch.setattr(live._canvas, "draw", lambda: draws.append(1))
    live.controls["height"].value = 8.0
    assert draws == []


def test_reset_gives_the_first_picture_back_and_draws_once():
    live = bar_widget()
    first, calls = pixels(live), []
    live.controls["height"].value = 8.0
    live.controls["second"].value = 3.0
    update = live.update
    live.update = lambda **values: calls.append(values) or update(**values)
    live.reset_button.click()
    assert live.values == {"height": 2.0, "second": 1.0}
    assert calls == [{"height": 2.0, "second": 1.0}]
    assert (pixels(live) == first).all()
    live.controls["height"].value = 3.0  # still listens
    assert len(calls) == 2


def test_an_error_is_told_and_does_not_stop_the_widget():
    live = bar_widget()
    before = pixels(live)
    live.controls["height"].value = 7.0
    assert "RuntimeError: seven &lt;is&gt; unlucky" in live.line.value
    assert (pixels(live) == before).all()
    live.controls["height"].value = 8.0
    assert "The bar is 8.00 high." in live.line.value
    assert "RuntimeError" not in live.line.value


def test_every_control_has_words():
    live = bar_widget()
    assert live.controls["height"].description == "height"
    assert live.controls["second"].description == "height of the line"
    assert all(control.tooltip for control in [*live.controls.values(), live.reset_button])
    assert live.picture.tooltip is None  # an Image with a tooltip shows a JavaScript error
    assert 'role="status"' in live.line.value


def test_step_button_counts_stops_and_goes_back():
    figure, ax = new_figure("Steps", width=3, height=2)
    (line,) = ax.plot([0], [0], "o", animated=True)

    def update(steps: int) -> str:
        line.set_xdata([steps])
        return f"{steps} steps."

    live = LivePicture(figure, update, {"steps": StepButton(last=2)})
    button = live.controls["steps"]
    said = [live.sentence]
    for _ in range(3):
        button.click()
        said.append(live.sentence)
    assert said == ["0 steps.", "1 steps.", "2 steps.", "2 steps."]
    assert button.disabled
    live.reset()
    assert (button.value, button.disabled, live.sentence) == (0, False, "0 steps.")


def test_step_button_without_a_last_goes_on():
    button = StepButton()
    for _ in range(1000):
        button.click()
    assert (button.value, button.disabled) == (1000, False)


def test_what_cannot_work_is_refused():
    figure, ax = new_figure("Nothing moves")
    ax.plot([0, 1], [0, 1])
    with pytest.raises(ValueError, match="at least one artist made with animated=True"):
        LivePicture(figure, lambda: "x", {})
    ax.plot([0, 1], [0, 1], animated=True)
    with pytest.raises(ValueError, match=r"expected update.* to return one sentence .* got None"):
        LivePicture(figure, lambda: None, {})
    with pytest.raises(ZeroDivisionError):  # when the widget is made, an error is an ordinary one
        LivePicture(figure, lambda: 1 / 0, {})
    of_pyplot = pyplot.figure()
    of_pyplot.add_subplot().plot([0, 1], animated=True)
    with pytest.raises(ValueError, match="got one of pyplot"):
        LivePicture(of_pyplot, lambda: "x", {})
    pyplot.close(of_pyplot)


def test_without_a_kernel_there_are_picture_and_sentence():
    live = bar_widget()
    data = live._repr_mimebundle_()
    assert data["text/plain"] == "[interactive figure] The bar is 2.00 high."
    assert base64.b64decode(data["image/png"]) == live.picture.value
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == live.model_id


def pyplot_picture() -> tuple[int, bytes]:
    """What a student's cell draws: number of axes of its figure, and its pixels."""
    figure = pyplot.figure(figsize=(2, 1.5))
    for place in (1, 2):
        pyplot.subplot(1, 2, place)
        pyplot.plot(np.arange(place + 2))
        pyplot.title(f"panel {place}")
    FigureCanvasAgg(figure).draw()
    count, image = len(figure.axes), bytes(figure.canvas.buffer_rgba())
    pyplot.close(figure)
    return count, image


def test_threads_and_pyplot_do_not_disturb_each_other():
    """Callbacks in other threads (subshells) while a cell draws: both get the picture they get in quiet."""
    pyplot.close("all")
    live, quiet = bar_widget(), pyplot_picture()
    torn, stop = [], threading.Event()
    update, inside = live.update, []

    def watched(**values) -> str:
        inside.append(1)
        torn.extend(["two at once"] * (len(inside) > 1))
        try:
            return update(**values)
        finally:
            inside.pop()

    live.update = watched

    def hammer(name: str, seed: int) -> None:
        generator = random.Random(seed)
        while not stop.is_set():
            live.controls[name].value = generator.choice([1.0, 2.5, 3.0, 6.5, 9.0])
            picture = pixels(live)
            torn.extend(["half a picture"] * (picture.shape != (450, 600, 3)))

    threads = [
        threading.Thread(target=hammer, args=(name, seed))
        for seed, name in enumerate(["height", "second"] * 2)
    ]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that threads interleave wherever they can
    try:
        for thread in threads:
            thread.start()
        drawn = [pyplot_picture() for _ in range(25)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
    assert torn == []
    assert drawn == [quiet] * len(drawn)
    assert pyplot.get_fignums() == []
    last = bar_widget()
    for name, value in live.values.items():
        last.controls[name].value = value
    assert (pixels(live) == pixels(last)).all()
    assert live.sentence == last.sentence


CELL_WIDGET = """
import ipywidgets as widgets
from helpers.live import LivePicture
from helpers.plots import new_figure, show
figure, ax = new_figure("One line")
(line,) = ax.plot([0, 1], [0, 1], animated=True)
def update(slope):
    line.set_ydata([0, slope])
    return f"The slope is {slope:.2f}."
LivePicture(figure, update, {"slope": widgets.FloatSlider(value=0.5, max=1)})
"""
CELL_FIGURE = 'show(new_figure("Nothing")[0], "Nothing is shown.")'


def test_nbval_strict_passes_on_a_machine_that_draws_other_pixels(tmp_path):
    """The stored notebook has other image bytes and another widget's number; the words must be the same."""
    other = base64.b64encode(b"pixels of another machine").decode()
    view = {"version_major": 2, "version_minor": 0, "model_id": "0" * 32}
    sentence = "The slope is 0.50."
    cells = [nbformat.v4.new_code_cell(CELL_WIDGET), nbformat.v4.new_code_cell(CELL_FIGURE)]
    cells[0].outputs = [
        nbformat.v4.new_output(
            "execute_result",
            {
                "text/plain": f"[interactive figure] {sentence}",
                "image/png": other,
                "application/vnd.jupyter.widget-view+json": view,
            },
            execution_count=1,
        )
    ]
    words = {"text/plain": "Nothing is shown.", "text/markdown": "Nothing is shown."}
    cells[1].outputs = [
        nbformat.v4.new_output(
            "display_data", {"text/plain": "[figure] Nothing is shown.", "image/png": other}
        ),
        nbformat.v4.new_output("display_data", words),
    ]
    for number, cell in enumerate(cells, start=1):
        cell.execution_count = number
    save(tmp_path / "same.ipynb", cells)
    cells[0].outputs[0].data["text/plain"] = "[interactive figure] The slope is 0.51."
    cells[1].outputs[1].data["text/markdown"] = "Something is shown."
    save(tmp_path / "other_words.ipynb", cells)
    command = [
        *(sys.executable, "-m", "pytest", "-rA", "--tb=no", "--nbval", "--nbval-current-env"),
        str(tmp_path),
    ]
    report = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    for cell in ("Cell 0", "Cell 1"):
        assert f"PASSED same.ipynb::{cell}" in report, report
        assert f"FAILED other_words.ipynb::{cell}" in report, report


def save(path, cells) -> None:
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)
