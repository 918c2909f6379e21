"""The widget of lesson 08: one action's ratio, advantage and clip in, its objective and the push it gives out."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import (
    ADVANTAGE,
    POLICY,
    SECONDARY,
    TRUTH,
    YOURS,
    new_figure,
    text_colour,
)

__all__ = ["clip_objective", "clip_push", "ppo_clip"]

RULES = {
    "min, as in PPO": "min",
    "clip without min": "clip",
    "no clip": "none",
}
LARGEST_RATIO, LARGEST_ADVANTAGE = 2.0, 2.0
PAPER_END = 2.6  # room for the arrow of an action at the largest ratio
ROUNDING = 1e-9  # a slider at 1.2 may say 1.2000000000000002


def clip_objective(ratios, advantage: float, clip: float, rule: str = "min") -> np.ndarray:
    """What one action adds to the objective, at each ratio.

    min: min(ρ A, clamp(ρ, 1 - clip, 1 + clip) A); clip: clamp(ρ, ...) A; none: ρ A

    Args:
        ratios: float [R], at least 0.
        advantage: of the action, any sign.
        clip: in (0, 1).
        rule: "min", "clip" or "none".

    Returns:
        float64 [R].

    Source: Schulman et al., Proximal Policy Optimization Algorithms (2017), figure 1.
    """
    ratios = np.asarray(ratios, dtype=float)
    plain, clipped = ratios * advantage, np.clip(ratios, 1 - clip, 1 + clip) * advantage
    return {"min": np.minimum(plain, clipped), "clip": clipped, "none": plain}[rule]


def clip_push(ratios, advantage: float, clip: float, rule: str = "min") -> np.ndarray:
    """How the objective pushes the log-probability of the action, at each ratio: its derivative.

    d objective / d log π = ρ A where the objective is ρ A, and 0 where it is constant

    Args:
        ratios, advantage, clip, rule: as in `clip_objective`.

    Returns:
        float64 [R].
    """
    ratios = np.asarray(ratios, dtype=float)
    above, below = ratios > 1 + clip + ROUNDING, ratios < 1 - clip - ROUNDING
    idle = {"min": above if advantage > 0 else below, "clip": above | below, "none": np.zeros_like(above)}
    return np.where(idle[rule], 0.0, ratios * advantage)


def ppo_clip() -> LivePicture:
    """Three sliders and a rule: where the action's ratio stands, what it is worth there, and which way it is pushed."""
    figure, (left, right) = _paper()
    (plain,) = left.plot([], [], "--", color=SECONDARY, animated=True)
    (shape,) = left.plot([], [], color=ADVANTAGE, linewidth=2.5, animated=True)
    (push_line,) = right.plot([], [], color=POLICY, linewidth=2.5, animated=True)
    fences = [
        ax.axvline(1.0, color=SECONDARY, linestyle=":", animated=True)
        for ax in (left, right)
        for _ in range(2)
    ]
    point = _point(left, right)
    grid = np.linspace(0.0, LARGEST_RATIO, 801)

    def update(ratio: float, advantage: float, clip: float, rule: str) -> str:
        kind, at = RULES[rule], np.array([ratio])
        value, push = clip_objective(at, advantage, clip, kind)[0], clip_push(at, advantage, clip, kind)[0]
        pushes = clip_push(grid, advantage, clip, kind)
        jumps = np.abs(np.diff(pushes, append=pushes[-1])) > 0.05  # a jump is no line
        plain.set_data([0.0, LARGEST_RATIO], [0.0, LARGEST_RATIO * advantage])
        shape.set_data(grid, clip_objective(grid, advantage, clip, kind))
        push_line.set_data(grid, np.where(jumps, np.nan, pushes))
        for fence, place in zip(fences, 2 * [1 - clip, 1 + clip], strict=True):
            fence.set_xdata([place, place])
        point(ratio, value, push)
        return _sentence(ratio, advantage, clip, rule, push)

    controls = {
        "ratio": ipywidgets.FloatSlider(1.5, min=0.05, max=LARGEST_RATIO, step=0.05, description="Ratio ρ"),
        "advantage": ipywidgets.FloatSlider(
            1.0, min=-LARGEST_ADVANTAGE, max=LARGEST_ADVANTAGE, step=0.25, description="Advantage A"
        ),
        "clip": ipywidgets.FloatSlider(0.2, min=0.05, max=0.5, step=0.05, description="Clip ε"),
        "rule": ipywidgets.Dropdown(options=list(RULES), description="Objective"),
    }
    return LivePicture(figure, update, controls)


def _point(left, right):
    """The action as a dot in both pictures, with an arrow the way it is pushed; returns the function that moves them."""
    look = {"color": YOURS, "markersize": 11, "mec": TRUTH, "animated": True}
    dots = [ax.plot([], [], "o", **look)[0] for ax in (left, right)]
    arrow = left.annotate(
        "", (1, 0), (1, 0), arrowprops={"arrowstyle": "-|>", "lw": 3, "color": POLICY}, animated=True
    )
    look = {"color": text_colour(POLICY), "fontsize": 20, "fontweight": "bold", "animated": True}
    word = right.text(0.98, 0.5, "", transform=right.transAxes, ha="right", va="center", **look)

    def move(ratio: float, value: float, push: float) -> None:
        dots[0].set_data([ratio], [value])
        dots[1].set_data([ratio], [push])
        reach = float(np.clip(0.35 * push, -0.9, PAPER_END - LARGEST_RATIO - 0.02))
        arrow.set_position((ratio, value))
        arrow.xy = (float(np.clip(ratio + reach, 0.02, PAPER_END - 0.02)), value)
        arrow.arrow_patch.set_alpha(1.0 if abs(reach) > 0.06 else 0.0)  # a shorter arrow is all head
        word.set_y(
            0.92 if value < 0 else 0.08
        )  # right of the clip, on the side of zero where the line is not
        word.set_text("push up" if push > 0 else "push down" if push < 0 else "no push")

    return move


def _paper():
    """What does not move: axes, zero, the policy that has not moved, and the words that say what is what."""
    figure, (left, right) = new_figure(
        "What an action is worth to the objective, and the push that is left",
        xlabel="ratio ρ = π / π_old (line: not moved; dots: the clip)",
        ylabel=["objective (advantage); dashed: ρ A", "push on log π (advantage)"],
        width=10.4,  # to be read from the last row
        height=3.9,
        columns=2,
    )
    for ax in (left, right):
        ax.set(xlim=(0.0, PAPER_END), ylim=(-4.6, 4.6))
        ax.tick_params(labelsize=11)
        ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
        ax.axvline(1.0, color=TRUTH, linewidth=0.8)
    return figure, (left, right)


def _sentence(ratio: float, advantage: float, clip: float, rule: str, push: float) -> str:
    """What the picture shows, in words."""
    place = (
        f"above the clip at {1 + clip:.2f}"
        if ratio > 1 + clip + ROUNDING
        else f"below the clip at {1 - clip:.2f}"
        if ratio < 1 - clip - ROUNDING
        else "inside the clip"
    )
    kind = "good" if advantage > 0 else "bad" if advantage < 0 else "neutral"
    return (
        f"A {kind} action (A = {advantage:+.2f}) with ratio {ratio:.2f}, {place}. {rule[0].upper() + rule[1:]}: "
        f"{_verdict(ratio, advantage, clip, push)}"
    )


def _verdict(ratio: float, advantage: float, clip: float, push: float) -> str:
    """What the push, or its absence, means."""
    outside = abs(ratio - 1) > clip + ROUNDING
    wrong_way = advantage * (ratio - 1) < 0
    if advantage == 0:
        return "it asks for nothing."
    if push == 0 and wrong_way:
        return "the push is 0, although the ratio has moved the wrong way: nothing brings it back."
    if push == 0:
        return "the push is 0: it has moved far enough in its own direction."
    if outside and wrong_way:
        return f"the push is {push:+.2f}: it has moved the wrong way and is called back."
    if outside:
        return f"the push is {push:+.2f}: it goes on moving, however far it is."
    return f"the push is {push:+.2f}, as without a clip."
