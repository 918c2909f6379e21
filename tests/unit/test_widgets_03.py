"""What the widgets of lesson 03 draw is exact: bias and noise of a difference, and the picture of the score."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import ncx2

from helpers import (
    action_values,
    enumerate_trajectories,
    exact_policy_gradient,
    expected_return,
    lottery_world,
    rewards_to_go,
    widgets,
)
from helpers.widgets import lesson_03_differences as differences
from helpers.widgets import lesson_03_field as field

WORLD = lottery_world()
EPS = (0.05, 0.5, 1.0, 3.0)


def policy(logit: float) -> torch.Tensor:
    """The coin everywhere but for the logit of "work" in the first round, [S, A]."""
    logits = torch.zeros(5, 2, dtype=torch.float64)
    logits[0, 0] = logit
    return logits.softmax(1)


def return_variance(logit: float) -> float:
    """Variance of the return by listing every trajectory."""
    records = enumerate_trajectories(WORLD, policy(logit), 3)
    chances = torch.stack([record.probability for record in records])
    returns = torch.stack([rewards_to_go(record.rewards, WORLD.gamma)[0] for record in records])
    return float(chances @ returns**2 - (chances @ returns) ** 2)


def test_the_slope_is_the_policy_gradient():
    exact = exact_policy_gradient(WORLD, torch.zeros(5, 2))[0, 0].item()
    assert widgets.slope() == pytest.approx(exact, abs=1e-12)


def test_the_cells_of_the_noise_cover_everything_once():
    returns, chances = differences.cells()
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    q = action_values(WORLD, policy(0.0))[0]
    assert torch.allclose(torch.from_numpy(returns @ chances), q, atol=1e-12)


@pytest.mark.parametrize("eps", EPS)
def test_bias_and_noise_of_fresh_numbers_are_those_of_the_world(eps):
    drawn = widgets.difference_quality(eps, 100)
    slope = (expected_return(WORLD, policy(eps)) - expected_return(WORLD, policy(-eps))).item() / (2 * eps)
    assert drawn["bias"] == pytest.approx(slope - widgets.slope(), abs=1e-12)
    variance = (return_variance(eps) + return_variance(-eps)) / 100 / (2 * eps) ** 2
    assert drawn["noise"] == pytest.approx(variance**0.5, rel=1e-10)
    assert drawn["error"] == pytest.approx((drawn["bias"] ** 2 + variance) ** 0.5, rel=1e-10)


@pytest.mark.parametrize("eps", EPS)
def test_the_noise_of_common_numbers_by_hand(eps):
    # The two episodes part only if the first actions do. Then work earns 2 more at once, and in 3 of 10 cases the
    # ticket's prize of 5 comes one step later: 2 - 0.9 * 5 = -2.5. All later numbers are shared, so nothing else parts.
    mean, square = 0.7 * 2 + 0.3 * -2.5, 0.7 * 2**2 + 0.3 * 2.5**2
    parted = np.tanh(eps / 2)  # sigmoid(eps) - sigmoid(-eps)
    variance = (parted * square - (parted * mean) ** 2) / 100 / (2 * eps) ** 2
    assert widgets.difference_quality(eps, 100, shared=True)["noise"] == pytest.approx(
        variance**0.5, rel=1e-10
    )


def test_the_noise_grows_like_one_over_the_step_or_over_its_root():
    for shared, power in [(False, 1.0), (True, 0.5)]:
        wide, small = (widgets.difference_quality(eps, 10, shared)["noise"] for eps in (1e-2, 1e-4))
        assert np.log(small / wide) / np.log(100) == pytest.approx(power, abs=1e-3)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("eps", [0.1, 1.0])
def test_sampled_slopes_have_the_exact_mean_and_noise(eps, shared):
    slopes = widgets.sampled_slopes(eps, 1000, shared)
    exact = widgets.difference_quality(eps, 1000, shared)
    assert abs(slopes.mean() - widgets.slope() - exact["bias"]) < 4 * exact["noise"] / len(slopes) ** 0.5
    assert abs(slopes.std(ddof=1) / exact["noise"] - 1) < 4 / (2 * (len(slopes) - 1)) ** 0.5


def test_sliding_changes_the_step_and_not_the_noise():
    first = widgets.sampled_slopes(0.5, 100)
    assert np.array_equal(first, widgets.sampled_slopes(0.5, 100))
    # A hair's breadth turns no first action round: the same returns, divided by another step.
    assert np.allclose(first * 0.5, widgets.sampled_slopes(0.5 + 1e-9, 100) * (0.5 + 1e-9), atol=1e-12)
    # Twice the episodes keep those that were there: what is added is the mean of the second half.
    more = widgets.sampled_slopes(0.5, 200)
    chance, returns = differences.stored_episodes()
    works = [chance[side, :, 100:200] < 1 / (1 + np.exp(-logit)) for side, logit in enumerate((0.5, -0.5))]
    second = [np.where(w, *returns[side, :, :, 100:200]).mean(-1) for side, w in enumerate(works)]
    assert np.allclose(more, (first + second[0] - second[1]) / 2, atol=1e-12)


def test_the_picture_follows_the_controls():
    widget = widgets.finite_differences()
    seen = {widget.picture.value}
    for name, value in [("eps", 1.0), ("episodes", 1000), ("shared", True)]:
        widget.controls[name].value = value
        seen.add(widget.picture.value)
        assert "Not drawn" not in widget.line.value
    assert len(seen) == 4
    assert "1000 episodes" in widget.sentence


MEANS = [np.array([0.0, 0.0]), np.array([-0.6, -0.5]), np.array([2.5, 1.0])]


@pytest.mark.parametrize("mean", MEANS)
def test_the_average_over_a_disc_is_a_chi_squared_probability(mean):
    average, _ = field.exact_average("disc", mean)
    distance = ((mean - field.CENTRE) ** 2).sum()
    assert average == pytest.approx(ncx2.cdf(field.RADIUS**2, 2, distance), abs=1e-10)


@pytest.mark.parametrize("mean", MEANS)
def test_the_average_over_a_hill_is_a_product_of_gaussians(mean):
    average, _ = field.exact_average("hill", mean)
    spread = field.WIDTH**2 + 1
    closed = field.WIDTH**2 / spread * np.exp(-((mean - field.CENTRE) ** 2).sum() / (2 * spread))
    assert average == pytest.approx(closed, abs=1e-10)


@pytest.mark.parametrize("kind", ["disc", "hill"])
@pytest.mark.parametrize("mean", MEANS)
def test_the_exact_arrow_is_the_slope_of_the_average(kind, mean):
    _, gradient = field.exact_average(kind, mean)
    step = 1e-5 * np.eye(2)
    slopes = [
        (field.exact_average(kind, mean + s)[0] - field.exact_average(kind, mean - s)[0]) / 2e-5 for s in step
    ]
    assert np.allclose(gradient, slopes, atol=1e-8)


@pytest.mark.parametrize("kind", ["disc", "hill"])
def test_each_update_is_a_score_function_gradient(kind):
    path = field.field_path(kind)
    for now, following in pairwise(path):
        mean = torch.tensor(now.mean, requires_grad=True)
        log_probs = torch.distributions.Normal(mean, 1.0).log_prob(torch.from_numpy(now.samples)).sum(1)
        for sample in (0, 7):
            (score,) = torch.autograd.grad(log_probs[sample], mean, retain_graph=True)
            assert np.allclose(score, now.scores[sample], atol=1e-12)
        (gradient,) = torch.autograd.grad((log_probs * torch.from_numpy(now.values)).mean(), mean)
        assert np.allclose(gradient, now.gradient, atol=1e-12)
        assert np.allclose(following.mean, now.mean + field.RATE * now.gradient, atol=1e-12)
        errors = (now.values[:, None] * now.scores).std(0, ddof=1) / len(now.samples) ** 0.5
        assert (np.abs(now.gradient - now.exact) < 4 * errors).all()
    assert path[-1].average > 4 * path[0].average


def test_every_step_of_the_field_is_drawn_and_told():
    widget = widgets.score_field()
    button, pictures, sentences = widget.controls["steps"], {widget.picture.value}, {widget.sentence}
    while not button.disabled:
        button.step()
        assert "Not drawn" not in widget.line.value
        pictures.add(widget.picture.value)
        sentences.add(widget.sentence)
    assert button.value == len(field.PHASES) * field.UPDATES
    assert len(pictures) == button.value + 1
    widget.controls["kind"].value = "hill"
    assert widget.picture.value not in pictures
    assert len(sentences) >= len(field.PHASES)
