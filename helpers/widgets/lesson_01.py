"""The widget of lesson 01: an estimate of the two-state table in, its error and the regret of acting on it out."""

import ipywidgets
import torch

from ..live import LivePicture
from ..plots import CRITIC, POLICY, TEXT_SIZE, TRUTH, YOURS, new_figure, text_colour
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
        ylabel=["value", ""],
        width=9.0,
        height=3.4,
        columns=2,
        width_ratios=[1.7, 1],
    )
    left.set(xlim=(-0.6, 3.6), ylim=(0, 118))
    left.set_xticks(
        range(4), ["state 0\naction 0", "state 0\naction 1", "state 1\naction 0", "state 1\naction 1"]
    )
    bars = left.bar(range(4), [0.0] * 4, width=0.6, color=YOURS, animated=True)
    for place, value in enumerate(TRUE_VALUES.flatten().tolist()):
        left.plot([place - 0.38, place + 0.38], [value, value], color=TRUTH, linestyle=(0, (5, 3)), zorder=3)
    left.text(2.55, 101, "dashed: true value", ha="right", va="center", fontsize=TEXT_SIZE)
    left.text(
        2.55, 91, "bar: your estimate", ha="right", va="center", fontsize=TEXT_SIZE, color=text_colour(YOURS)
    )
    marks = [
        left.text(0, 0, "▼ chosen", ha="center", va="bottom", color=POLICY, animated=True) for _ in range(2)
    ]
    right.axis("off")
    rows = [("MSE", CRITIC), ("greedy policy", POLICY), ("it earns", TRUTH), ("regret", TRUTH)]
    numbers = []
    for row, (name, colour) in enumerate(rows):
        height = 0.87 - 0.26 * row
        right.text(0.0, height, name, fontsize=12, va="center", transform=right.transAxes)
        number = right.text(1.0, height, "", fontsize=15, ha="right", va="center", transform=right.transAxes)
        number.set(color=text_colour(colour), fontweight="bold", animated=True)
        numbers.append(number)

    def update(**estimate) -> str:
        judged = judge_table(**estimate)
        values = list(estimate.values())
        for bar, value in zip(bars, values, strict=True):
            bar.set_height(value)
        for state, (mark, action) in enumerate(zip(marks, judged["actions"], strict=True)):
            place = 2 * state + action
            mark.set_position((place, max(values[place], TRUE_VALUES[state, action].item()) + 2))
        first, second = judged["actions"]
        texts = [
            f"{judged['mse']:.4g}", f"{first} in 0, {second} in 1", f"{judged['earned']:g}", f"{judged['regret']:g}"
        ]  # fmt: skip
        for number, text in zip(numbers, texts, strict=True):
            number.set_text(text)
        return (
            f"The estimate's mean squared error is {texts[0]}; its greedy policy takes action {first} in state 0 and action "
            f"{second} in state 1, earns {texts[2]} on average, and so has a regret of {texts[3]}."
        )

    def slider(label: str, value: float) -> ipywidgets.FloatSlider:
        return ipywidgets.FloatSlider(
            value, min=0.0, max=110.0, step=0.5, description=label, readout_format=".1f"
        )

    controls = {
        "q00": slider("Q(state 0, action 0)", 1.0),
        "q01": slider("Q(state 0, action 1)", 2.0),
        "q10": slider("Q(state 1, action 0)", 3.0),
        "q11": slider("Q(state 1, action 1)", 50.0),
    }
    return LivePicture(figure, update, controls)
