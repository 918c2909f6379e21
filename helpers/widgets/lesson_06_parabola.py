"""The widget of a parabola: a policy, a shift and a baseline in, the variance of one push with four baselines out."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import ADVANTAGE, CRITIC, SECONDARY, YOURS, new_figure, text_colour
from .lesson_06_crowd import parabola_marks

__all__ = ["baseline_parabola"]

HIGHEST = 1.5  # of the axis of the variance
LOOKS = {  # of the four baselines: name in words, colour, marker
    "none": ("none, b = 0", SECONDARY, "s"),
    "V": ("the value V", CRITIC, "D"),
    "b*": ("the best b*", text_colour(ADVANTAGE), "v"),
    "yours": ("yours", YOURS, "o"),
}


def baseline_parabola() -> LivePicture:
    """Sliders for the policy, the shift and a baseline; the parabola and four baselines on it follow at once."""
    figure, (left, right) = new_figure(
        "The variance is a parabola in the baseline; the value is its lowest point at p = ½ only",
        xlabel=["baseline b (reward)", ""],
        ylabel=["variance of one push (one logit)", ""],
        width=10.4,  # to be read from the last row
        height=3.9,
        columns=2,
        width_ratios=[1.5, 1],
    )
    left.set(xlim=(-4, 4), ylim=(-0.06, HIGHEST))
    left.tick_params(labelsize=11)
    (curve,) = left.plot([], [], color=ADVANTAGE, animated=True)
    marks = {
        name: left.plot([], [], marker, color=colour, markersize=11, clip_on=False, animated=True)[0]
        for name, (_, colour, marker) in LOOKS.items()
    }
    numbers, times = _draw_numbers(right)
    grid = np.linspace(-4, 4, 161)

    def update(p: float, shift: float, baseline: float) -> str:
        stand = parabola_marks(p, shift, baseline)
        curve.set_data(grid, p * (1 - p) * (grid - stand["b*"][0]) ** 2)
        for name, (b, variance) in stand.items():
            marks[name].set_data([b], [min(variance, 0.96 * HIGHEST)])
            marks[name].set_marker(LOOKS[name][2] if variance <= HIGHEST else "^")  # stands higher up
            numbers[name][0].set_text(f"{b:.2f}")
            numbers[name][1].set_text(f"{variance:.4f}")
        times.set_text(f"V: {_times(stand)} none")
        return _compare(p, shift, stand)

    controls = {
        "p": ipywidgets.FloatSlider(0.3, min=0.02, max=0.98, step=0.02, description="p(good)"),
        "shift": ipywidgets.FloatSlider(0.0, min=-2.0, max=2.0, step=0.1, description="Add to rewards"),
        "baseline": ipywidgets.FloatSlider(1.5, min=-4.0, max=4.0, step=0.1, description="Your baseline"),
    }
    live = LivePicture(figure, update, controls, columns=1)
    for slider in controls.values():
        slider.style.description_width = "110px"
    return live


def _times(stand: dict[str, tuple[float, float]]) -> str:
    """How the variance with the value compares with that of no baseline, in words."""
    none, value = stand["none"][1], stand["V"][1]
    if none < 1e-12:
        return "as much as" if value < 1e-12 else "worse than"
    return f"{value / none:.3g} times"


def _compare(p: float, shift: float, stand: dict[str, tuple[float, float]]) -> str:
    """What the parabola shows, in words; `stand` as from `parabola_marks`."""
    (_, none), (value, by_value), (best, _), (yours, by_yours) = stand.values()
    return (
        f"p = {p:.2f}, rewards {1 + shift:+g} and {-1 + shift:+g}. Variance {none:.4f} with no baseline, {by_value:.4f} with the "
        f"value {value:.2f} ({_times(stand)} none), 0 at b* = {best:.2f}, {by_yours:.4f} with yours, {yours:.2f}."
    )


def _draw_numbers(ax):
    """A row for each baseline with its mark; its place and its variance, and V beside none, which move."""
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.text(0.68, 0.93, "b", ha="right", fontsize=13, color=SECONDARY)
    ax.text(1.0, 0.93, "variance", ha="right", fontsize=13, color=SECONDARY)
    numbers = {}
    for row, (name, (words, colour, marker)) in enumerate(LOOKS.items()):
        y = 0.8 - 0.16 * row
        ax.plot([0.03], [y], marker, color=colour, markersize=11)
        ax.text(0.1, y, words, va="center", fontsize=13, color=text_colour(colour))
        look = {"ha": "right", "va": "center", "fontsize": 13, "fontweight": "bold", "animated": True}
        numbers[name] = ax.text(0.68, y, "", **look), ax.text(1.0, y, "", **look)
    look = {"ha": "center", "va": "center", "fontsize": 20, "fontweight": "bold", "animated": True}
    return numbers, ax.text(0.5, 0.07, "", color=text_colour(CRITIC), **look)
