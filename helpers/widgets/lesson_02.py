"""Two widgets of lesson 02: a mix of hands or a probability of right in, what it is worth out."""

import ipywidgets
import numpy as np
import torch

from ..exact import state_values, visitation
from ..figures.lesson_02 import draw_simplex, on_simplex
from ..live import LivePicture
from ..plots import CRITIC, POLICY, REWARD, TRUTH_LINE, new_figure, text_colour
from ..tabular import same_in_every_state
from ..worlds import rock_paper_scissors_payoff, short_corridor
from .lesson_02_shapes import policy_shapes, shapes_of

__all__ = [
    "corridor",
    "corridor_value",
    "corridor_visits",
    "mix_of",
    "policy_shapes",
    "rival_payoffs",
    "shapes_of",
    "simplex",
]

HANDS = ("rock", "paper", "scissors")


def mix_of(rock: int, paper: int, scissors: int) -> np.ndarray:
    """Probabilities [3] of a hand drawn from a hat with so many tickets of each; an empty hat counts as an even one."""
    tickets = np.array([rock, paper, scissors], dtype=float)
    return tickets / tickets.sum() if tickets.any() else np.full(3, 1 / 3)


def rival_payoffs(mix: np.ndarray) -> np.ndarray:
    """What a rival wins on average with rock, paper and scissors, [3], against a player with the mix [3]."""
    return rock_paper_scissors_payoff().numpy() @ mix


def simplex() -> LivePicture:
    """Three sliders fill a hat with tickets; the mix moves in its triangle, and the best response answers."""
    figure, (left, right) = new_figure(
        "Whoever knows your mix wins, unless it is even",
        ylabel=["", "the rival wins on average (reward)"],
        width=9.0,
        height=3.4,
        columns=2,
    )
    dot = _draw_triangle(left)
    bars, mark = _draw_payoffs(right)

    def update(**tickets) -> str:
        mix = mix_of(**tickets)
        payoffs = rival_payoffs(mix)
        best = int(payoffs.argmax())
        dot.set_data(*on_simplex(mix)[:, None])
        for bar, payoff in zip(bars, payoffs, strict=True):
            bar.set_height(payoff)
        even = payoffs[best] < 1e-12
        mark.set(x=1 if even else best, y=max(payoffs[best], 0) + 0.04)
        mark.set_text("no hand wins" if even else "▼ best")
        yours = ", ".join(f"{hand} {share:.0%}" for hand, share in zip(HANDS, mix, strict=True))
        if even:
            return f"You play {yours}: no hand of the rival wins more than 0 on average."
        return (
            f"You play {yours}: the best response is {HANDS[best]}, which wins {payoffs[best]:.2f} a round."
        )

    first = {"rock": 4, "paper": 3, "scissors": 3}
    controls = {
        hand: ipywidgets.IntSlider(count, min=0, max=10, description=f"tickets of {hand}")
        for hand, count in first.items()
    }
    return LivePicture(figure, update, controls, columns=3)


def _draw_triangle(ax):
    """The coloured triangle, and a dot, which moves."""
    draw_simplex(ax)
    ax.text(
        1.0, 0.75, "brighter:\nthe rival\nwins more", transform=ax.transAxes, ha="right", va="top", fontsize=9
    )
    return ax.plot(
        [0], [0], "o", color="white", markeredgecolor="black", markersize=11, clip_on=False, animated=True
    )[0]


def _draw_payoffs(ax):
    """A bar for each hand of the rival and a mark over the best, which move."""
    ax.set(xlim=(-0.6, 2.6), ylim=(-1.15, 1.25))
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(3), [f"rival plays\n{hand}" for hand in HANDS])
    bars = ax.bar(range(3), [0.0] * 3, width=0.6, color=CRITIC, animated=True)
    return bars, ax.text(0, 0, "", ha="center", va="bottom", color=text_colour(CRITIC), animated=True)


def _same_everywhere(right: float) -> torch.Tensor:
    """The corridor's policy [S, A] that goes right with one probability in every room."""
    row = torch.tensor([1.0 - right, right], dtype=torch.float64)
    return same_in_every_state(row, short_corridor().n_states)


def corridor_value(right: float) -> float:
    """Exact value of the corridor's start if right has this probability, in [0, 1], in every room; -inf at 0 and 1."""
    if right in (0.0, 1.0):
        return -float("inf")  # it never arrives
    return state_values(short_corridor(), _same_everywhere(right))[0].item()


def corridor_visits(right: float) -> np.ndarray:
    """Mean number of steps spent in each of the three rooms, [3], for a probability of right in [0, 1]."""
    if right in (0.0, 1.0):  # for ever in room 0, or to and fro between rooms 0 and 1
        return np.array([np.inf, np.inf if right else 0.0, 0.0])
    return visitation(short_corridor(), _same_everywhere(right))[:3].numpy()


def corridor() -> LivePicture:
    """One slider, the probability of right; the value of the start and the steps spent in each room follow."""
    figure, (left, right) = new_figure(
        "Three rooms that look alike: how often to go right?",
        xlabel=["probability of right", "steps spent in the room, on average"],
        ylabel=["value of the start (reward)", ""],
        width=9.0,
        height=3.4,
        columns=2,
        width_ratios=[1.4, 1],
    )
    dot, number = _draw_curve(left)
    right.set(xlim=(0, 45), ylim=(2.6, -0.6))
    right.set_yticks(range(3), ["room 0\n(start)", "room 1\n(swapped)", "room 2"])
    bars = right.barh(range(3), [0.0] * 3, height=0.6, color=REWARD, animated=True)

    def update(right: float) -> str:
        right = round(right, 3)
        value = corridor_value(right)
        arrives = np.isfinite(value)
        height = max(value, -110.0)
        dot.set_data([right], [height])
        dot.set_marker("o" if value >= -110 else "v")
        inward = 1 if right < 0.5 else -1
        beside = max(right + 0.03, 0.06) if inward > 0 else right - 0.03  # clear of the curve's left foot
        number.set(x=beside, y=max(height - 8, -106), ha="left" if inward > 0 else "right")
        number.set_text(f"{value:.2f}" if arrives else "never arrives")
        visits = corridor_visits(right)
        for bar, steps in zip(bars, visits, strict=True):
            bar.set_width(min(steps, 50))  # a bar that leaves the picture is longer than the axis
        if not arrives:
            where = "walks to and fro between rooms 0 and 1" if right else "runs into the wall of room 0"
            return f"With right at probability {right:g} the agent {where} for ever: it never arrives."
        rooms = ", ".join(f"{steps:.1f}" for steps in visits)
        return f"With right at probability {right:g} the start is worth {value:.2f}: {rooms} steps in rooms 0, 1 and 2."

    slider = ipywidgets.FloatSlider(0.95, min=0.0, max=1.0, step=0.002, description="probability of right")
    slider.readout_format = ".3f"
    return LivePicture(figure, update, {"right": slider})


def _draw_curve(ax):
    """The exact value of every probability of right; a dot and its number, which move."""
    rights = np.linspace(0.02, 0.985, 194)
    ax.plot(rights, [corridor_value(p) for p in rights], **TRUTH_LINE)
    ax.set(xlim=(-0.02, 1.02), ylim=(-110, 5))
    dot = ax.plot([0], [0], "o", color=POLICY, markersize=10, clip_on=False, animated=True)[0]
    return dot, ax.text(0, 0, "", va="center", color=POLICY, fontweight="bold", animated=True)
