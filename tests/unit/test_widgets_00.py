"""The pure function behind the widget of lesson 00, and that the picture follows it."""

import pytest

from helpers import widgets
from helpers.widgets.lesson_00 import discounted_rewards


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9, 1.0])
def test_a_reward_shrinks_by_gamma_each_step(gamma):
    counts = discounted_rewards(gamma)
    assert counts[0] == 1.0
    assert counts[1:] == pytest.approx(counts[:-1] * gamma)


def test_the_picture_follows_the_slider():
    widget = widgets.discount()
    first = widget.picture.value
    widget.controls["gamma"].value = 1.0
    assert widget.picture.value != first
    assert "1.000 after 50" in widget.sentence
