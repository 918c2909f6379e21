"""The widget of lesson 09: what one group's weights are, and what a weighting makes of easy and hard prompts."""

from math import comb

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import CRITIC, POLICY, SECONDARY, TRUTH_LINE, YOURS, new_figure, text_colour

__all__ = ["grpo_group"]

LARGEST = 16
WEIGHTINGS = ("reward", "leave one out", "group mean", "group mean and std")
CHANCES = np.concatenate([[0.001, 0.003], np.linspace(0.01, 0.99, 99), [0.997, 0.999]])


def answer_weights(weighting: str, right: int, size: int) -> tuple[float, float]:
    """The weight of a right answer (reward 1) and of a wrong one (reward 0), with `right` of `size` answers right.

    Where there is no such answer, its weight is what it would be by the formula, or 0 in a group of equal rewards.
    """
    share = right / size
    if weighting == "reward":
        return 1.0, 0.0
    if weighting == "leave one out":
        return (size - right) / (size - 1), 0.0 - right / (size - 1)
    deviation = (share * (1 - share)) ** 0.5 if weighting == "group mean and std" else 1.0
    return ((1 - share) / deviation, -share / deviation) if deviation else (0.0, 0.0)


def push(weighting: str, p, size: int) -> np.ndarray:
    """The mean gradient of a prompt over the true gradient of its chance p to be answered rightly, exact.

    A right answer's mean score is ∇p / p, a wrong one's -∇p / (1 - p); m of the K answers are right, m ~ binomial(K, p):
    push = E[m/K · w_right(m)] / p - E[(K - m)/K · w_wrong(m)] / (1 - p)

    Args:
        weighting: one of WEIGHTINGS.
        p: float or array, in (0, 1).
        size: K, at least 2.
    """
    p, m = np.asarray(p, dtype=float)[..., None], np.arange(size + 1)
    chances = np.array([comb(size, k) for k in m]) * p**m * (1 - p) ** (size - m)
    right, wrong = np.array([answer_weights(weighting, k, size) for k in m]).T
    return (chances * (m * right / p - (size - m) * wrong / (1 - p))).sum(-1) / size


def silent(p: float, size: int) -> float:
    """The chance of a group in which all answers are right, or all are wrong."""
    return p**size + (1 - p) ** size


def grpo_group() -> LivePicture:
    """Choose the weighting, the group and the prompt: the answers' weights, and the mean push of easy and hard prompts."""
    figure, (left, right_ax) = _paper()
    (good,) = left.plot([], [], color=POLICY, linewidth=13, solid_capstyle="butt", animated=True)
    (bad,) = left.plot([], [], color=CRITIC, linewidth=13, solid_capstyle="butt", animated=True)
    numbers = [
        left.text(0.02, y, "", transform=left.transAxes, color=text_colour(colour), animated=True)
        for y, colour in ((0.95, POLICY), (0.05, CRITIC))
    ]
    (curve,) = right_ax.plot([], [], color=POLICY, animated=True)
    (here,) = right_ax.plot([], [], "o", color=YOURS, markersize=10, markeredgecolor="black", animated=True)

    def update(weighting: str, size: int, right: int, p: float) -> str:
        weights = answer_weights(weighting, right, size)
        stems = [np.arange(right), np.arange(right, size)]
        for line, places, weight in zip((good, bad), stems, weights, strict=True):
            heights = np.tile([0.0, weight, np.nan], len(places))
            line.set_data(np.repeat(places, 3), heights)
        numbers[0].set_text(f"right: {weights[0]:+.2f}" if right else "")
        numbers[1].set_text(f"wrong: {weights[1]:+.2f}" if right < size else "")
        curve.set_data(CHANCES, push(weighting, CHANCES, size))
        mean = float(push(weighting, p, size))
        here.set_data([p], [mean])
        return _sentence(weighting, size, right, p, weights, mean)

    size = ipywidgets.IntSlider(8, min=2, max=LARGEST, description="Group size K")
    right = ipywidgets.IntSlider(4, min=0, max=size.value, description="Right answers")
    ipywidgets.dlink(
        (size, "value"), (right, "max")
    )  # first of all: no redraw sees more right answers than answers
    return LivePicture(
        figure,
        update,
        {
            "weighting": ipywidgets.Dropdown(options=WEIGHTINGS, value=WEIGHTINGS[-1], description="Weight"),
            "size": size,
            "right": right,
            "p": ipywidgets.FloatSlider(0.5, min=0.01, max=0.99, step=0.01, description="Chance p"),
        },
        columns=2,
    )


def _paper():
    """What does not move: axes, zero, the true gradient, and the limit of large groups."""
    figure, (left, right) = new_figure(
        "What the group makes of an answer, and of a prompt",
        xlabel=["answer of the group, right ones first", "chance p that an answer is right"],
        ylabel=["weight of the answer", "mean push / true gradient"],
        width=9.0,
        height=3.8,
        columns=2,
    )
    left.set(xlim=(-0.7, LARGEST - 0.3), ylim=(-4.2, 4.2), xticks=[])
    left.axhline(0.0, color=SECONDARY, linewidth=0.8)
    right.set(xlim=(0, 1), ylim=(0, 4.2))
    right.plot(CHANCES, (CHANCES * (1 - CHANCES)) ** -0.5, **TRUTH_LINE)
    right.text(0.5, 3.4, "dashed: with std,\nK endless", ha="center", va="center")
    right.axhline(1.0, color=SECONDARY, linewidth=0.8)
    return figure, (left, right)


def _sentence(weighting: str, size: int, right: int, p: float, weights: tuple, mean: float) -> str:
    """What the picture shows, in words."""
    if right in (0, size):
        group = f"{'None' if right == 0 else 'All'} of {size} answers right: " + (
            f"each weighs {weights[0] if right else weights[1]:+.2f}."
        )
    else:
        group = f"{right} of {size} answers right: a right one weighs {weights[0]:+.2f}, a wrong one {weights[1]:+.2f}."
    return (
        f"Weight: {weighting}. {group} A prompt with p = {p:.2f} is pushed {mean:.2f} times its true gradient on average; "
        f"{silent(p, size):.0%} of its groups are all right or all wrong."
    )
