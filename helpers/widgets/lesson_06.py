"""The widgets of lesson 06: a shift and a baseline in, two pushes and a crowd of agents out; and a parabola."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import ADVANTAGE, CRITIC, POLICY, SECONDARY, TRUTH, new_figure, text_colour
from .lesson_06_crowd import AGENTS, BAD, GOOD, PRESSES, crowd_paths, push_of_each_button
from .lesson_06_parabola import baseline_parabola

__all__ = ["baseline_parabola", "reward_shift"]

ROWS = {"good": 2, "bad": 1, "mean": 0}  # of the arrows, from the top
BIG = {"fontsize": 14, "fontweight": "bold", "animated": True}


def reward_shift() -> LivePicture:
    """Sliders for the shift and the baseline; the push of each button and 500 agents follow at once."""
    figure, (left, right) = new_figure(
        "The mean push never moves. Where are 500 agents after their presses?",
        xlabel=[
            "push on the logit of the good button at p = ½ (log scale beyond ±1)",
            "probability of the good button",
        ],
        width=10.4,  # to be read from the last row
        height=3.9,
        columns=2,
        width_ratios=[1.2, 1],
    )
    arrows = _draw_arrows(left)
    noise = left.text(0, -0.72, "", **BIG, ha="center", va="center")
    credits = _draw_credits(left)
    home, lost, counts = _draw_crowd(right)
    height, jitter = np.random.default_rng(1).uniform([[0.03], [-0.03]], [[0.97], [0.03]], (2, AGENTS))

    def update(shift: float, baseline: float, presses: int) -> str:
        pushes = push_of_each_button(shift, baseline)
        for name, (line, tip, number) in arrows.items():
            _point(line, tip, number, pushes[name], ROWS[name])
        for name, reward in (("good", GOOD), ("bad", BAD)):
            credits[name].set_text(f"R - b = {_signed(reward + shift - baseline)}")
        variance = ((pushes["good"] - pushes["bad"]) / 2) ** 2  # two values, each half of the time
        noise.set_text(f"variance of one push: {variance:,.{0 if variance >= 10 else 2}f}".replace(",", " "))
        p = crowd_paths(float(shift - baseline))[presses]
        bad = p < 0.5
        home.set_data(p[~bad] + jitter[~bad], height[~bad])
        lost.set_data(p[bad] + jitter[bad], height[bad])
        shares = {"bad": bad.mean(), "good": (p > 0.5).mean()}  # before the first press nobody prefers any
        for button, text in counts.items():
            text.set_text(f"{shares[button]:.0%}")
        return _say(shift, baseline, presses, pushes, bad.sum())

    controls = {
        "shift": _hundreds("Add to rewards"),
        "baseline": _hundreds("Baseline"),
        "presses": ipywidgets.IntSlider(PRESSES, min=0, max=PRESSES, description="Presses"),
    }
    live = LivePicture(figure, update, controls, columns=1)  # the two scales, one above the other
    for slider in controls.values():
        slider.style.description_width = "110px"
    return live


def _hundreds(description: str) -> ipywidgets.FloatSlider:
    """A slider from -100 to 100 that starts at 0."""
    return ipywidgets.FloatSlider(
        0.0, min=-100.0, max=100.0, step=1.0, description=description, readout_format=".0f"
    )


def _signed(number: float) -> str:
    """+2, -2, and 0 without a sign."""
    return f"{number:+g}" if number else "0"


def _say(shift: float, baseline: float, presses: int, pushes: dict[str, float], lost: int) -> str:
    """What the picture shows, in words; so many agents are `lost`."""
    return (
        f"Rewards {_signed(GOOD + shift)} and {_signed(BAD + shift)}, baseline {baseline:g}. At p = ½ a press of the good button "
        f"pushes θ by {_signed(pushes['good'])}, one of the bad button by {_signed(pushes['bad'])}; on average "
        f"{_signed(pushes['mean'])}, as always. After "
        f"{presses} press{'' if presses == 1 else 'es'} {lost} of {AGENTS} agents prefer the bad button."
    )


def _draw_arrows(ax) -> dict:
    """One arrow for each press and one for their mean, which move; 0, and what left and right mean, which do not."""
    ax.set_xscale("symlog", linthresh=1.0, linscale=0.8)
    ax.set(xlim=(-9000, 9000), ylim=(-1.0, 3.0))
    ax.set_xticks(
        [-100, -10, -1, 0, 1, 10, 100], ["-100", "-10", "-1", "0", "+1", "+10", "+100"], fontsize=11
    )
    ax.set_yticks(list(ROWS.values()), ["pressed good", "pressed bad", "mean of both"], fontsize=13)
    ax.axvline(0.0, ymin=0.15, color=SECONDARY, linewidth=0.8)
    ax.text(-8000, 2.75, "towards bad", ha="left", va="center", color=SECONDARY, fontsize=12)
    ax.text(8000, 2.75, "towards good", ha="right", va="center", color=SECONDARY, fontsize=12)
    arrows = {}
    for name, row in ROWS.items():
        colour = TRUTH if name == "mean" else POLICY
        (line,) = ax.plot([0, 1], [row, row], color=colour, linewidth=6, solid_capstyle="butt", animated=True)
        (tip,) = ax.plot([1], [row], ">", color=colour, markersize=15, animated=True)
        arrows[name] = line, tip, ax.text(1, row, "", va="center", color=colour, **BIG)
    return arrows


def _draw_credits(ax) -> dict:
    """Under the name of either press what is left of its reward, which moves."""
    look = {"ha": "right", "va": "center", "fontsize": 12, "color": text_colour(ADVANTAGE), "animated": True}
    beside = ax.get_yaxis_transform()
    return {name: ax.text(-0.02, ROWS[name] - 0.3, "", transform=beside, **look) for name in ("good", "bad")}


def _point(line, tip, number, push: float, row: int) -> None:
    """Let an arrow end at `push`."""
    line.set_data([0, push], [row, row])
    tip.set_data([push], [row])
    tip.set_marker(">" if push > 0 else "<" if push < 0 else "|")
    outward = 1 if push >= 0 else -1
    number.set_position((push + outward * max(0.35, 0.9 * abs(push)), row))
    number.set_horizontalalignment("left" if outward > 0 else "right")
    number.set_text(_signed(push))


def _draw_crowd(ax):
    """Agents at home as filled dots, lost ones as crosses, and how many they are; all move."""
    ax.set(xlim=(-0.08, 1.08), ylim=(0, 1.34), yticks=[])
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"], fontsize=11)
    ax.axvline(0.5, ymax=0.73, color=SECONDARY, linewidth=0.8, linestyle=":")
    red = text_colour(CRITIC)
    (home,) = ax.plot([], [], "o", color=POLICY, markersize=4, animated=True)
    (lost,) = ax.plot([], [], "x", color=red, markersize=6, animated=True)
    counts = {}
    for x, side, button, colour in ((-0.07, "left", "bad", red), (1.07, "right", "good", POLICY)):
        ax.text(x, 1.05, f"prefer {button}", ha=side, va="center", fontsize=13, color=colour)
        look = {"fontsize": 26, "fontweight": "bold", "animated": True}
        counts[button] = ax.text(x, 1.22, "", ha=side, va="center", color=colour, **look)
    return home, lost, counts
