"""The widget of lesson 01: an estimate of the two-state table in, its error and the regret of acting on it out."""

import ipywidgets
import torch

from ..live import LivePicture
from ..plots import CRITIC, POLICY, TRUTH, TRUTH_LINE, YOURS, new_figure, text_colour
from ..q_tables import greedy_actions, greedy_return, mean_squared_error, regret
from ..worlds import two_state_world

__all__ = ["judge_table", "q_table"]

WORLD = two_state_world()
TRUE_VALUES, START = WORLD.reward[:2], WORLD.start[:2]  # one decision: the reward is the value


def judge_table(q00: float, q01: float, q10: float, q11: float) -> dict:
    """What an estimate of the two-state table is worth: its error, its greedy policy, what that earns and loses.

    Args:
        q00, q01, q10, q11: estimated values of actions 0 and 1 in state 0, then in state 1, in reward.

    Returns:
        `mse` (reward squared), `actions` (one for each state), `earned` and `regret` (reward).
    """
    estimate = torch.tensor([[q00, q01], [q10, q11]])
    return {
        "mse": mean_squared_error(estimate, TRUE_VALUES).item(),
        "actions": greedy_actions(estimate).tolist(),
        "earned": greedy_return(estimate, TRUE_VALUES, START).item(),
        "regret": regret(estimate, TRUE_VALUES, START).item(),
    }


def q_table() -> LivePicture:
    """Four sliders, one for each entry of the estimate; its MSE, greedy policy and regret follow at once."""
    figure, (left, right) = new_figure(
        "The error of the table and the loss of its policy are two different things",
        ylabel=["value (reward)", ""],
        width=9.0,
        height=3.4,
        columns=2,
        width_ratios=[1.7, 1],
    )
    bars, marks = _draw_table(left)
    numbers = _draw_numbers(right)

    def update(**estimate) -> str:
        judged, values = judge_table(**estimate), list(estimate.values())
        for bar, value in zip(bars, values, strict=True):
            bar.set_height(value)
        for state, (mark, action) in enumerate(zip(marks, judged["actions"], strict=True)):
            place = 2 * state + action
            mark.set_position((place, max(values[place], TRUE_VALUES[state, action].item()) + 2))
        first, second = judged["actions"]
        mse, earned, lost = f"{judged['mse']:.4g}", f"{judged['earned']:g}", f"{judged['regret']:g}"
        for number, text in zip(numbers, (mse, f"{first} in 0, {second} in 1", earned, lost), strict=True):
            number.set_text(text)
        return (
            f"The estimate's mean squared error is {mse}; its greedy policy takes action {first} in state 0 and "
            f"action {second} in state 1, earns {earned} on average, and so has a regret of {lost}."
        )

    names = ("q00", "q01", "q10", "q11")
    places = ("state 0, action 0", "state 0, action 1", "state 1, action 0", "state 1, action 1")
    return LivePicture(
        figure,
        update,
        {
            name: ipywidgets.FloatSlider(
                value, min=0.0, max=110.0, step=0.5, description=f"Q({place})", readout_format=".1f"
            )
            for name, place, value in zip(names, places, (1.0, 2.0, 3.0, 50.0), strict=True)
        },
    )


def _draw_table(ax):
    """The true values as dashed lines; a bar for each estimate and a mark for each choice, which move."""
    ax.set(xlim=(-0.6, 3.6), ylim=(0, 150), yticks=range(0, 101, 20))
    ax.set_xticks(range(4), [f"state {state}\naction {action}" for state in (0, 1) for action in (0, 1)])
    bars = ax.bar(range(4), [0.0] * 4, width=0.6, color=YOURS, animated=True)
    for place, value in enumerate(TRUE_VALUES.flatten().tolist()):
        # does not move, but is drawn over the bars, which would hide it
        ax.plot([place - 0.38, place + 0.38], [value, value], **TRUTH_LINE, animated=True)
    ax.text(-0.5, 146, "dashed: true value", va="top")
    ax.text(1.1, 146, "bar: your estimate", va="top", color=text_colour(YOURS))
    mark = {"ha": "center", "va": "bottom", "color": POLICY, "animated": True}
    return bars, [ax.text(0, 0, "▼ chosen", **mark) for _ in range(2)]


def _draw_numbers(ax):
    """Four named rows; their numbers, which move."""
    ax.axis("off")
    numbers = []
    rows = [("MSE", CRITIC), ("greedy policy", POLICY), ("it earns", TRUTH), ("regret", TRUTH)]
    for row, (name, colour) in enumerate(rows):
        place = {"y": 0.87 - 0.26 * row, "va": "center", "transform": ax.transAxes}
        look = {"color": text_colour(colour), "fontweight": "bold", "animated": True}
        ax.text(0.0, s=name, fontsize=12, **place)
        numbers.append(ax.text(1.0, s="", fontsize=15, ha="right", **place, **look))
    return numbers
