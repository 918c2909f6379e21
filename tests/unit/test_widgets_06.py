"""The pure functions behind the widgets of lesson 06, and that the pictures follow them."""

import math

import numpy as np
import pytest
import torch

from helpers import exact_moments, gradient_variance, two_buttons, widgets
from helpers.widgets.lesson_06_crowd import (
    AGENTS,
    LEARNING_RATE,
    PRESSES,
    crowd_paths,
    parabola_marks,
    push_of_each_button,
)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
@pytest.mark.parametrize(("shift", "baseline"), [(0, 0), (100, 0), (100, 99.5), (-7, 3)])
def test_the_pushes_are_those_of_autograd_and_their_mean_is_the_exact_gradient(p, shift, baseline):
    pushes = push_of_each_button(shift, baseline, p)
    for name, reward in (("good", 1 + shift), ("bad", -1 + shift)):
        logit = torch.tensor(math.log(p / (1 - p)), dtype=torch.float64, requires_grad=True)
        log_prob = torch.nn.functional.logsigmoid(logit if name == "good" else -logit)
        (score,) = torch.autograd.grad(log_prob, logit)
        assert pushes[name] == pytest.approx(score.item() * (reward - baseline))
    logits = torch.tensor([[p, 1 - p]] * 2, dtype=torch.float64).log()
    weight = lambda tau: tau.rewards - baseline  # noqa: E731
    mean, _ = exact_moments(two_buttons(shift), logits, weight, horizon=1)
    assert pushes["mean"] == pytest.approx(mean[0].item(), abs=1e-9)
    assert pushes["mean"] == pytest.approx(2 * p * (1 - p), abs=1e-9)


def test_an_agent_of_the_crowd_follows_the_update_step_by_step():
    offset, agent = 3.0, 7
    path = crowd_paths(offset)[:, agent]
    chances = np.random.default_rng(0).random((PRESSES, AGENTS), dtype=np.float32)[:, agent]
    logit = 0.0
    for press in range(PRESSES):
        p = 1 / (1 + math.exp(-logit))
        assert path[press] == pytest.approx(p, abs=1e-4)
        good = chances[press] < path[press]
        logit += LEARNING_RATE * ((1 if good else -1) + offset) * (good - p)
    assert path[PRESSES] == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-4)


def test_the_crowd_is_lost_with_the_shift_and_at_home_without():
    lost = {offset: (crowd_paths(float(offset))[-1] < 0.5).mean() for offset in (0, 1, -1, 100, -100)}
    assert lost[0] == lost[1] == lost[-1] == 0
    error = 4 * math.sqrt(0.25 / AGENTS)
    assert abs(lost[100] - 0.5) < error
    assert abs(lost[-100] - 0.5) < error


@pytest.mark.parametrize("offset", [-1, -0.5, 0, 0.3, 1])
def test_a_baseline_between_the_rewards_never_pushes_away_from_the_good_button(offset):
    assert (np.diff(crowd_paths(float(offset)), axis=0) >= -1e-6).all()


def test_the_parabola_is_half_the_total_variance_over_two_logits():
    for p, shift, baseline in [(0.3, 0.0, 1.5), (0.8, 1.2, -3.0), (0.5, 0.0, 0.0)]:
        probs = torch.tensor([p, 1 - p], dtype=torch.float64)
        rewards = torch.tensor([1.0 + shift, -1.0 + shift], dtype=torch.float64)
        for b, variance in parabola_marks(p, shift, baseline).values():
            assert variance == pytest.approx(gradient_variance(probs, rewards, b).item() / 2, abs=1e-12)


def test_the_pictures_follow_the_sliders():
    widget = widgets.reward_shift()
    first, sentence = widget.picture.value, widget.sentence
    assert " 0 of 500 agents" in sentence
    widget.controls["shift"].value = 100.0
    assert widget.picture.value != first
    assert "by -49.5" in widget.sentence
    assert " 0 of" not in widget.sentence
    widget.controls["baseline"].value = 100.0
    assert " 0 of 500 agents" in widget.sentence
    widget.reset()
    assert (widget.picture.value, widget.sentence) == (first, sentence)

    widget = widgets.baseline_parabola()
    first = widget.picture.value
    assert "4 times none" in widget.sentence
    widget.controls["p"].value = 0.5
    assert widget.picture.value != first
    assert "as much as none" in widget.sentence
