"""Small widgets like those of the lessons: the demo of `helpers.live`, for tests, benchmarks and the eye."""

import io
import threading

import ipywidgets as widgets
import numpy as np

from helpers.live import LivePicture, StepButton
from helpers.plots import CRITIC, POLICY, REWARD, SAMPLES, TRUTH, new_figure

TRUE_VALUES = np.array([1.0, 2.0, 3.0, 100.0])
PLACES = np.array([0.0, 1.0, 3.0, 4.0])
TIMES = np.linspace(0, 10, 300)


def demo() -> LivePicture:
    """Four sliders, bars with their numbers, three lines, and a sentence that tells which thread drew."""
    figure, (left, right) = new_figure(
        "Four numbers, drawn twice",
        width=8,
        height=3,
        columns=2,
        xlabel=["action", "time"],
        ylabel=["value", ""],
    )
    left.set(xlim=(-0.7, 4.7), ylim=(0, 115))
    left.set_xticks(PLACES, ["s0 left", "s0 right", "s1 left", "s1 right"])
    right.set(xlim=(0, 10), ylim=(0, 1.05))
    left.plot(PLACES, TRUE_VALUES, "_", color=TRUTH, markersize=30, markeredgewidth=2)
    bars = left.bar(PLACES, TRUE_VALUES, color=SAMPLES, animated=True)
    numbers = [left.text(x, 0, "", ha="center", va="bottom", animated=True) for x in PLACES]
    lines = [right.plot(TIMES, 0 * TIMES, color=c, animated=True)[0] for c in (POLICY, CRITIC, REWARD)]

    def update(**values: float) -> str:
        for value, bar, number in zip(values.values(), bars, numbers, strict=True):
            bar.set_height(value)
            number.set(y=value + 1, text=f"{value:.1f}")
        for value, line in zip(values.values(), lines, strict=False):
            line.set_ydata(1 - np.exp(-value * TIMES / 10))
        error = np.mean((np.array(list(values.values())) - TRUE_VALUES) ** 2)
        is_main = threading.current_thread() is threading.main_thread()
        return (
            f"The mean squared error is {error:.2f}. Drawn in {'the main' if is_main else 'another'} thread."
        )

    names = ["s0, left", "s0, right", "s1, left", "s1, right"]
    sliders = {
        f"q{number}": widgets.FloatSlider(value=value, min=0, max=100, step=0.5, description=name)
        for number, (name, value) in enumerate(zip(names, TRUE_VALUES, strict=True))
    }
    return LivePicture(figure, update, sliders)


def every_control() -> LivePicture:
    """One control of each kind that the lessons use."""
    figure, ax = new_figure(
        "A walk, one step at a time", width=6.4, height=2.6, xlabel="step", ylabel="place"
    )
    ax.set(xlim=(0, 20), ylim=(-8, 8))
    (line,) = ax.plot([], [], "o-", color=POLICY, animated=True)
    walks = np.random.default_rng(0).choice([-1, 1], size=(3, 20)).cumsum(axis=1)

    def update(walk: str, scale: float, mirror: bool, kind: str, steps: int) -> str:
        places = np.concatenate([[0], walks["abc".index(walk), :steps]]) * scale * (-1 if mirror else 1)
        line.set_data(np.arange(len(places)), places)
        line.set_linestyle("-" if kind == "line" else "none")
        return f"After {steps} steps walk {walk} stands at {places[-1]:g}."

    controls = {
        "walk": widgets.Dropdown(options=["a", "b", "c"]),
        "scale": widgets.FloatSlider(value=1, min=0.5, max=1.5, step=0.1),
        "kind": widgets.ToggleButtons(options=["line", "points"]),
        "mirror": widgets.Checkbox(description="turn the walk upside down"),
        "steps": StepButton(last=20),
    }
    return LivePicture(figure, update, controls)


def figures_with_two_axes(live: LivePicture, moves: int) -> bool:
    """What a student's cell does while a slider moves: draw with pyplot, whose current figure all threads share."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    counts, pictures = set(), []
    live.picture.observe(lambda change: pictures.append(change.new), "value")
    while len(pictures) < moves:
        figure = pyplot.figure(figsize=(3, 2))
        for place in (1, 2):
            pyplot.subplot(1, 2, place)
            pyplot.plot(np.arange(place + 1))
        pyplot.savefig(io.BytesIO())
        counts.add(len(figure.axes))
        pyplot.close(figure)
    return counts == {2}
