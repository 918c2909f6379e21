"""The widgets of lesson 06: a shift and a baseline beside a crowd of agents, and the variance as a parabola."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import (
    ADVANTAGE,
    CRITIC,
    POLICY,
    SECONDARY,
    TRUTH,
    YOURS,
    new_figure,
    text_colour,
)
from .lesson_06_crowd import AGENTS, PRESSES, crowd_paths, parabola_marks, push_of_each_button

__all__ = ["baseline_parabola", "reward_shift"]

ROWS = {"good": 2, "bad": 1, "mean": 0}  # of the arrows, from the top


def reward_shift() -> LivePicture:
    """Sliders for the shift and the baseline; the push of each button and 500 agents follow at once."""
    figure, (left, right) = new_figure(
        "The mean push never moves; shift minus baseline decides the fate of the crowd",
        xlabel=[
            "push on the logit of the good button (log scale beyond ±1)",
            "probability of the good button",
        ],
        width=9.0,
        height=3.6,
        columns=2,
        width_ratios=[1.25, 1],
    )
    arrows = _draw_arrows(left)
    noise = left.text(0.5, 0.03, "", ha="center", transform=left.transAxes, animated=True)
    home, lost, counts = _draw_crowd(right)
    height, jitter = np.random.default_rng(1).uniform([[0.03], [-0.02]], [[0.97], [0.02]], (2, AGENTS))

    def update(shift: float, baseline: float, presses: int) -> str:
        pushes = push_of_each_button(shift, baseline)
        for name, (line, tip, number) in arrows.items():
            _point(line, tip, number, pushes[name], ROWS[name])
        variance = ((pushes["good"] - pushes["bad"]) / 2) ** 2  # two values, each half of the time
        noise.set_text(f"variance of one push: {variance:,.0f}".replace(",", " "))
        p = crowd_paths(float(shift - baseline))[presses]
        at_home = p >= 0.5
        home.set_data(p[at_home] + jitter[at_home], height[at_home])
        lost.set_data(p[~at_home] + jitter[~at_home], height[~at_home])
        share = at_home.mean()
        for text, part, button in zip(counts, (1 - share, share), ("bad", "good"), strict=True):
            text.set_text(f"{part:.0%} prefer {button}")
        return _say(shift, baseline, presses, pushes, share)

    return LivePicture(
        figure,
        update,
        {
            "shift": _hundreds("Add to rewards"),
            "baseline": _hundreds("Baseline"),
            "presses": ipywidgets.IntSlider(PRESSES, min=0, max=PRESSES, description="Presses"),
        },
        columns=3,
    )


def _hundreds(description: str) -> ipywidgets.FloatSlider:
    """A slider from -100 to 100 that starts at 0."""
    return ipywidgets.FloatSlider(0.0, min=-100.0, max=100.0, step=1.0, description=description)


def _say(shift: float, baseline: float, presses: int, pushes: dict[str, float], share: float) -> str:
    """What the picture shows, in words; `share` of the agents are at home."""
    return (
        f"Rewards {1 + shift:+g} and {-1 + shift:+g}, baseline {baseline:g}. At p = ½ pressing the good button pushes its logit "
        f"by {pushes['good']:+g}, pressing the bad one by {pushes['bad']:+g}; the mean is {pushes['mean']:+g}, as always. After "
        f"{presses} presses {1 - share:.0%} of {AGENTS} agents prefer the bad button."
    )


def _draw_arrows(ax) -> dict:
    """One arrow for each press and one for their mean, which move; 0, and what left and right mean, which do not."""
    ax.set_xscale("symlog", linthresh=1.0, linscale=0.8)
    ax.set(xlim=(-900, 900), ylim=(-0.75, 2.9))
    ax.set_xticks([-100, -10, -1, 0, 1, 10, 100], ["-100", "-10", "-1", "0", "+1", "+10", "+100"])
    ax.set_yticks(list(ROWS.values()), ["pressed good", "pressed bad", "mean of both"])
    ax.axvline(0.0, color=SECONDARY, linewidth=0.8)
    ax.text(-850, 2.6, "towards bad", ha="left", va="center", color=SECONDARY)
    ax.text(850, 2.6, "towards good", ha="right", va="center", color=SECONDARY)
    arrows = {}
    for name, row in ROWS.items():
        colour = TRUTH if name == "mean" else POLICY
        (line,) = ax.plot([0, 1], [row, row], color=colour, linewidth=4, animated=True)
        (tip,) = ax.plot([1], [row], ">", color=colour, markersize=10, animated=True)
        arrows[name] = line, tip, ax.text(1, row, "", va="center", color=colour, animated=True)
    return arrows


def _point(line, tip, number, push: float, row: int) -> None:
    """Let an arrow end at `push`."""
    line.set_data([0, push], [row, row])
    tip.set_data([push], [row])
    tip.set_marker(">" if push > 0 else "<" if push < 0 else "|")
    outward = 1 if push >= 0 else -1
    number.set_position((push + outward * max(0.25, 0.45 * abs(push)), row))
    number.set_horizontalalignment("left" if outward > 0 else "right")
    number.set_text(f"{push:+g}")


def _draw_crowd(ax):
    """Agents at home as filled dots, lost ones as crosses, and how many they are; all move."""
    ax.set(xlim=(-0.08, 1.08), ylim=(0, 1.18), yticks=[])
    ax.set_xticks([0, 0.5, 1])
    ax.axvline(0.5, ymax=0.85, color=SECONDARY, linewidth=0.8, linestyle=":")
    (home,) = ax.plot([], [], "o", color=POLICY, markersize=3, animated=True)
    (lost,) = ax.plot([], [], "x", color=text_colour(CRITIC), markersize=4, animated=True)
    look = {"va": "center", "fontsize": 12, "fontweight": "bold", "animated": True}
    counts = (
        ax.text(-0.07, 1.1, "", ha="left", color=text_colour(CRITIC), **look),
        ax.text(1.07, 1.1, "", ha="right", color=POLICY, **look),
    )
    return home, lost, counts


LOOKS = {  # of the four baselines: name in words, colour, marker
    "none": ("none, b = 0", SECONDARY, "s"),
    "V": ("the value V", CRITIC, "D"),
    "b*": ("the best b*", text_colour(ADVANTAGE), "v"),
    "yours": ("yours", YOURS, "o"),
}


def baseline_parabola() -> LivePicture:
    """Sliders for the policy, the shift and a baseline; the parabola and four baselines on it follow at once."""
    figure, (left, right) = new_figure(
        "The variance is a parabola in the baseline, and its lowest point is not the value",
        xlabel=["baseline b (reward)", ""],
        ylabel=["variance of one push (one logit)", ""],
        width=9.0,
        height=3.6,
        columns=2,
        width_ratios=[1.9, 1],
    )
    left.set(xlim=(-4, 4), ylim=(-0.06, 1.5))
    (curve,) = left.plot([], [], color=ADVANTAGE, animated=True)
    marks = {
        name: left.plot([], [], marker, color=colour, markersize=9, animated=True)[0]
        for name, (_, colour, marker) in LOOKS.items()
    }
    numbers = _draw_numbers(right)
    grid = np.linspace(-4, 4, 161)

    def update(p: float, shift: float, baseline: float) -> str:
        stand = parabola_marks(p, shift, baseline)
        curve.set_data(grid, p * (1 - p) * (grid - stand["b*"][0]) ** 2)
        for name, (b, variance) in stand.items():
            marks[name].set_data([b], [variance])
            numbers[name][0].set_text(f"{b:.2f}")
            numbers[name][1].set_text(f"{variance:.4f}")
        return _compare(p, shift, stand)

    return LivePicture(
        figure,
        update,
        {
            "p": ipywidgets.FloatSlider(0.3, min=0.02, max=0.98, step=0.02, description="p(good)"),
            "shift": ipywidgets.FloatSlider(0.0, min=-2.0, max=2.0, step=0.1, description="Add to rewards"),
            "baseline": ipywidgets.FloatSlider(1.5, min=-4.0, max=4.0, step=0.1, description="Your baseline"),
        },
        columns=3,
    )


def _compare(p: float, shift: float, stand: dict[str, tuple[float, float]]) -> str:
    """What the parabola shows, in words; `stand` as from `parabola_marks`."""
    (_, none), (value, by_value), (best, _), (yours, by_yours) = stand.values()
    times = "as much as" if none < 1e-12 else f"{by_value / none:.3g} times that of"
    return (
        f"p = {p:.2f}, rewards {1 + shift:+g} and {-1 + shift:+g}. Variance {none:.4f} with no baseline, {by_value:.4f} with the "
        f"value {value:.2f} ({times} none), 0 at b* = {best:.2f}, {by_yours:.4f} with yours, {yours:.2f}."
    )


def _draw_numbers(ax) -> dict:
    """A row for each baseline with its mark; its place and its variance, which move."""
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.text(0.72, 0.93, "b", ha="right", fontsize=11, color=SECONDARY)
    ax.text(1.0, 0.93, "variance", ha="right", fontsize=11, color=SECONDARY)
    numbers = {}
    for row, (name, (words, colour, marker)) in enumerate(LOOKS.items()):
        y = 0.78 - 0.22 * row
        ax.plot([0.03], [y], marker, color=colour, markersize=9)
        ax.text(0.1, y, words, va="center", fontsize=11, color=text_colour(colour))
        look = {"ha": "right", "va": "center", "fontsize": 11, "fontweight": "bold", "animated": True}
        numbers[name] = ax.text(0.72, y, "", **look), ax.text(1.0, y, "", **look)
    return numbers
