"""The pure functions behind the widget of lesson 08, against the tested loss and finite differences; and the picture."""

import numpy as np
import pytest
import torch

from helpers import ppo_clip_loss, widgets
from helpers.widgets.lesson_08 import clip_objective, clip_push

RATIOS = np.linspace(0.05, 2.0, 79)  # none of them on a bound of the clips below
RULES = ("min", "clip", "none")


@pytest.mark.parametrize("advantage", [-2.0, -0.5, 0.0, 1.0, 1.5])
@pytest.mark.parametrize("clip", [0.11, 0.23, 0.49])
def test_the_objective_and_its_push_are_those_of_the_loss(advantage, clip):
    log_probs = torch.from_numpy(RATIOS).log().requires_grad_()
    values = torch.stack(
        [-ppo_clip_loss(x[None], torch.zeros(1), torch.tensor([advantage]), clip) for x in log_probs]
    )
    (pushes,) = torch.autograd.grad(values.sum(), log_probs)
    np.testing.assert_allclose(clip_objective(RATIOS, advantage, clip), values.detach(), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(clip_push(RATIOS, advantage, clip), pushes, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("advantage", [-1.5, 0.0, 2.0])
def test_the_push_is_the_slope_of_the_objective_along_the_log_probability(rule, advantage):
    step = 1e-6
    up, down = (clip_objective(RATIOS * np.exp(s), advantage, 0.23, rule) for s in (step, -step))
    np.testing.assert_allclose(clip_push(RATIOS, advantage, 0.23, rule), (up - down) / (2 * step), atol=1e-7)


@pytest.mark.parametrize(
    ("ratio", "advantage", "value", "push"),
    [
        (1.5, 2.0, 1.2 * 2, 0.0),  # good and likelier: far enough
        (0.5, 2.0, 0.5 * 2, 0.5 * 2),  # good and rarer: called back
        (1.5, -2.0, -1.5 * 2, -1.5 * 2),  # bad and likelier: called back
        (0.5, -2.0, -0.8 * 2, 0.0),  # bad and rarer: far enough
        (1.0, 2.0, 2.0, 2.0),  # not moved: the policy gradient
        (1.2 + 2e-16, 2.0, 2.4, 2.4),  # on the bound, with the rounding of a slider
    ],
)
def test_the_four_cases_by_hand(ratio, advantage, value, push):
    assert clip_objective(ratio, advantage, 0.2) == pytest.approx(value)
    assert clip_push(ratio, advantage, 0.2) == pytest.approx(push)


def test_the_pessimist_never_promises_more_than_either():
    for advantage in (-1.0, 1.0):
        least, clipped, plain = (clip_objective(RATIOS, advantage, 0.2, rule) for rule in RULES)
        np.testing.assert_array_equal(least, np.minimum(clipped, plain))
        assert (least < clipped).any()
        assert (least < plain).any()


def test_the_picture_follows_the_controls():
    widget = widgets.ppo_clip()
    first, sentence = widget.picture.value, widget.sentence
    assert "the push is 0: it has moved far enough" in sentence
    widget.controls["advantage"].value = -1.0
    assert widget.picture.value != first
    assert "A bad action" in widget.sentence
    assert "-1.50: it has moved the wrong way and is called back" in widget.sentence
    widget.controls["rule"].value = "clip without min"
    assert "nothing brings it back" in widget.sentence
    widget.controls["rule"].value = "no clip"
    widget.controls["ratio"].value = 0.5
    assert "-0.50: it goes on moving" in widget.sentence
    widget.reset()
    assert (widget.picture.value, widget.sentence) == (first, sentence)


def test_every_place_of_the_controls_can_be_drawn():
    widget = widgets.ppo_clip()
    for rule in widget.controls["rule"].options:
        widget.controls["rule"].value = rule
        for advantage in (-2.0, 0.0, 2.0):
            widget.controls["advantage"].value = advantage
            for ratio in (0.05, 0.8, 1.0, 1.2, 2.0):
                widget.controls["ratio"].value = ratio
                assert "Not drawn" not in widget.line.value
                assert f"(A = {advantage:+.2f}) with ratio {ratio:.2f}" in widget.sentence


def test_the_arrow_points_the_way_of_the_push_even_at_the_ends():
    widget = widgets.ppo_clip()
    arrow = widget.figure.axes[0].texts[-1]
    for rule in ("no clip", "min, as in PPO"):
        widget.controls["rule"].value = rule
        for advantage in (-2.0, -0.5, 0.5, 2.0):
            widget.controls["advantage"].value = advantage
            for ratio in (0.05, 1.0, 2.0):
                widget.controls["ratio"].value = ratio
                seen = arrow.arrow_patch.get_alpha() > 0
                push = clip_push(np.array([ratio]), advantage, 0.2, {"no clip": "none"}.get(rule, "min"))[0]
                assert seen == (abs(push) > 0.2)  # a push as small as 0.05 · 2 is only named
                assert not seen or np.sign(arrow.xy[0] - arrow.get_position()[0]) == np.sign(push)


def test_the_word_stands_on_no_line_of_the_picture():
    widget = widgets.ppo_clip()
    ax = widget.figure.axes[1]
    word = ax.texts[-1]
    widget.controls["clip"].value = 0.5  # the clip reaches furthest
    for rule in widget.controls["rule"].options:
        widget.controls["rule"].value = rule
        for advantage in (-2.0, -0.25, 0.0, 2.0):
            widget.controls["advantage"].value = advantage
            for ratio in (0.05, 1.0, 2.0):
                widget.controls["ratio"].value = ratio
                left, low, right, high = word.get_window_extent().extents
                for line in ax.lines:
                    x, y = line.get_transform().transform(np.column_stack(line.get_data())).T
                    inside = (left < x) & (x < right) & (low < y) & (y < high)
                    upright = len(set(line.get_xdata())) == 1 and len(x) == 2
                    assert not inside.any(), line
                    assert not (upright and left < x[0] < right), line
