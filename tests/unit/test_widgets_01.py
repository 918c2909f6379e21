"""The pure function behind the widget of lesson 01, and that the picture follows it."""

import pytest

from helpers import widgets
from helpers.widgets.lesson_01 import judge_table


@pytest.mark.parametrize(
    ("estimate", "mse", "actions", "earned", "regret"),
    [
        ((1, 2, 3, 50), 50**2 / 4, [1, 1], (2 + 100) / 2, 0),  # the lesson's A
        ((2, 1, 3, 100), (1 + 1) / 4, [0, 1], (1 + 100) / 2, 0.5),  # the lesson's B
        ((1, 2, 51.5, 51.5), 2 * 48.5**2 / 4, [1, 0], (2 + 3) / 2, 48.5),  # a tie goes to the first action
        ((1, 2, 3, 100), 0, [1, 1], 51, 0),
    ],
)
def test_an_estimate_is_judged(estimate, mse, actions, earned, regret):
    told = {"mse": mse, "actions": actions, "earned": earned, "regret": regret}
    assert judge_table(*estimate) == told  # small halves: exact in binary


def test_the_picture_follows_the_sliders():
    widget = widgets.q_table()
    first, sentence = widget.picture.value, widget.sentence
    assert "625" in sentence
    widget.controls["q11"].value = 100.0
    assert widget.picture.value != first
    assert "error is 0;" in widget.sentence
    widget.reset()
    assert (widget.picture.value, widget.sentence) == (first, sentence)
