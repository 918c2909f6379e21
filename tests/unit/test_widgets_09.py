"""The numbers behind lesson 09's widget, against every possible group and hand arithmetic."""

import itertools

import numpy as np
import pytest

from helpers import widgets
from helpers.widgets.lesson_09 import CHANCES, WEIGHTINGS, answer_weights, push, silent

SIZES = (2, 3, 5, 8)


def weights_of(weighting: str, rewards: np.ndarray) -> np.ndarray:
    """The weights of one group by their definitions, answer by answer."""
    if weighting == "reward":
        return rewards
    if weighting == "leave one out":
        others = [np.delete(rewards, k).mean() for k in range(len(rewards))]
        return rewards - np.array(others)
    centred = rewards - rewards.mean()
    if weighting == "group mean" or not centred.any():
        return centred
    return centred / rewards.std()


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("size", SIZES)
def test_weights_of_right_and_wrong_answers(weighting, size):
    for right in range(size + 1):
        group = np.array([1.0] * right + [0.0] * (size - right))
        good, bad = answer_weights(weighting, right, size)
        assert np.allclose(weights_of(weighting, group), [good] * right + [bad] * (size - right))


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("size", SIZES)
def test_the_mean_push_over_every_group(weighting, size):
    for p in (0.02, 0.3, 0.5, 0.95):
        # One logit: the score of a right answer is 1 - p, of a wrong one -p; the true gradient is p (1 - p).
        mean = 0.0
        for answers in itertools.product((1.0, 0.0), repeat=size):
            group = np.array(answers)
            chance = np.prod(np.where(group == 1, p, 1 - p))
            mean += chance * (weights_of(weighting, group) * (group - p)).mean()
        assert push(weighting, p, size) == pytest.approx(mean / (p * (1 - p)))


def test_the_pushes_that_are_known():
    for size in (2, 8, 16):
        assert np.allclose(push("reward", CHANCES, size), 1)
        assert np.allclose(push("leave one out", CHANCES, size), 1)
        assert np.allclose(push("group mean", CHANCES, size), 1 - 1 / size)
        with_std = push("group mean and std", CHANCES, size)
        assert (with_std <= (size - 1) ** 0.5 + 1e-9).all(), "never above the root of K - 1"
        assert push("group mean and std", 1e-9, size) == pytest.approx((size - 1) ** 0.5)
    # With two answers the std of an unequal pair is always 1/2: a factor 2 on the mean's 1/2.
    assert np.allclose(push("group mean and std", CHANCES, 2), 1)
    assert push("group mean and std", 0.3, 400) == pytest.approx((0.3 * 0.7) ** -0.5, rel=0.01)


def test_silent_groups_by_listing():
    for p, size in ((0.1, 2), (0.5, 4), (0.9, 3)):
        groups = itertools.product((1, 0), repeat=size)
        listed = sum(np.prod([p if r else 1 - p for r in g]) for g in groups if len(set(g)) == 1)
        assert silent(p, size) == pytest.approx(listed)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_picture_says_what_it_shows(weighting):
    picture = widgets.grpo_group()
    for name, value in (("weighting", weighting), ("size", 4), ("right", 3), ("p", 0.25)):
        picture.controls[name].value = value
    good, bad = answer_weights(weighting, 3, 4)
    assert f"3 of 4 answers right: a right one weighs {good:+.2f}, a wrong one {bad:+.2f}" in picture.sentence
    assert f"{float(push(weighting, 0.25, 4)):.2f} times its true gradient" in picture.sentence
    assert "32% of its groups" in picture.sentence  # 0.75^4 + 0.25^4 = 0.3203
    bars = [line for line in picture.figure.axes[0].lines if line.get_animated()]
    heights = [line.get_ydata()[1::3] for line in bars]
    assert np.allclose(np.concatenate(heights), [good] * 3 + [bad])
    assert "Not drawn" not in picture.line.value


def test_there_are_no_more_right_answers_than_answers():
    picture = widgets.grpo_group()
    size, right = picture.controls["size"], picture.controls["right"]
    assert right.max == 8
    right.value = 8
    assert "All of 8 answers right: each weighs +0.00" in picture.sentence
    size.value = 4
    assert (right.value, right.max) == (4, 4)
    assert "All of 4 answers right: each weighs +0.00" in picture.sentence
    size.value = 16
    assert (right.value, right.max) == (4, 16)
    assert "4 of 16 answers right" in picture.sentence
    size.value = 2
    picture.reset()
    assert (size.value, right.value, right.max) == (8, 4, 8)
    right.value = 0
    assert "None of 8 answers right: each weighs +0.00" in picture.sentence
    for name, control in picture.controls.items():
        if hasattr(control, "min"):
            for value in (control.min, control.max):
                control.value = value
                assert "Not drawn" not in picture.line.value, name
