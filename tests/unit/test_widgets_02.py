"""The pure functions behind the widgets of lesson 02, and that the pictures follow the sliders."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats

from helpers import optimal_action_values, rock_paper_scissors, widgets
from helpers.widgets.lesson_02 import corridor_value, corridor_visits, mix_of, rival_payoffs
from helpers.widgets.lesson_02_shapes import GRID, INSIDE, shapes_of

FIRST = {
    "logit_1": 1.0,
    "logit_2": -1.0,
    "mean": 0.9,
    "log_std": -0.7,
    "share": 0.6,
    "distance": 1.4,
    "alpha": 4.0,
    "beta": 2.0,
}


def test_tickets_become_a_mix():
    assert mix_of(4, 3, 3).tolist() == [0.4, 0.3, 0.3]
    assert mix_of(0, 0, 7).tolist() == [0, 0, 1]
    assert mix_of(0, 0, 0).tolist() == mix_of(5, 5, 5).tolist() == [1 / 3] * 3


def test_the_rival_wins_what_a_count_of_hands_gives():
    rng = np.random.default_rng(0)
    for mix in [*rng.dirichlet(np.ones(3), size=20), np.array([0.4, 0.3, 0.3])]:
        rock, paper, scissors = mix  # each hand beats one of the player's and loses to another
        expected = [scissors - paper, rock - scissors, paper - rock]
        np.testing.assert_allclose(rival_payoffs(mix), expected, atol=1e-12)
        best = optimal_action_values(rock_paper_scissors(mix))[0].max().item()
        assert rival_payoffs(mix).max() == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("right", [0.05, 0.3, 0.5, 2 - math.sqrt(2), 0.95])
def test_the_corridor_is_the_solution_of_its_three_equations(right):
    left = 1 - right  # v = -1 + M v, with the doors of the middle room swapped
    moves = np.array([[left, right, 0], [right, 0, left], [0, left, 0]])
    values = np.linalg.solve(np.eye(3) - moves, -np.ones(3))
    assert corridor_value(right) == pytest.approx(values[0], rel=1e-10)
    assert values[0] == pytest.approx((2 * right - 4) / (right * left), rel=1e-10)
    visits = np.linalg.solve((np.eye(3) - moves).T, [1.0, 0, 0])
    np.testing.assert_allclose(corridor_visits(right), visits, rtol=1e-10)
    assert visits.sum() == pytest.approx(-values[0], rel=1e-10)  # each step costs 1


def test_whoever_never_arrives_spends_for_ever_where_it_goes_round():
    assert corridor_visits(0.0).tolist() == [np.inf, 0, 0]  # left, into the wall of room 0
    assert corridor_visits(1.0).tolist() == [np.inf, np.inf, 0]  # right to room 1, where right leads back


def test_without_dice_the_exit_is_never_reached():
    assert corridor_value(0.0) == corridor_value(1.0) == -math.inf


@pytest.mark.parametrize(
    "other", [{}, {"mean": -1.2, "log_std": 0.3, "share": 0.01, "distance": 0.0, "alpha": 0.5, "beta": 0.3}]
)
def test_the_shapes_are_those_of_scipy(other):
    parameters = FIRST | other
    shapes = shapes_of(**parameters)
    weights = np.exp([0, parameters["logit_1"], parameters["logit_2"]])
    np.testing.assert_allclose(shapes["softmax"], weights / weights.sum())
    gaussian = scipy.stats.norm(parameters["mean"], math.exp(parameters["log_std"]))
    np.testing.assert_allclose(shapes["gaussian"], gaussian.pdf(GRID), rtol=1e-9)
    left, right = (scipy.stats.norm(sign * parameters["distance"] / 2, 0.25) for sign in (-1, 1))
    share = parameters["share"]

    def mixture(x):
        return (1 - share) * left.pdf(x) + share * right.pdf(x)

    np.testing.assert_allclose(shapes["mixture"], mixture(GRID.numpy()), rtol=1e-9, atol=1e-300)
    beta = scipy.stats.beta(parameters["alpha"], parameters["beta"], loc=-1, scale=2)
    np.testing.assert_allclose(shapes["beta"], beta.pdf(INSIDE), rtol=1e-9)
    found, _ = scipy.integrate.quad(
        lambda x: -mixture(x) * math.log(mixture(x)), -5, 5, limit=200, points=(-1, 0, 1)
    )
    exact = [scipy.stats.entropy(weights), gaussian.entropy(), found, beta.entropy()]
    np.testing.assert_allclose(list(shapes["entropies"].values()), exact, atol=2e-3)
    outside = {
        "gaussian": 1 - (gaussian.cdf(1) - gaussian.cdf(-1)),
        "mixture": 1 - scipy.integrate.quad(mixture, -1, 1, points=(-0.7, 0, 0.7))[0],
    }
    for name, probability in outside.items():
        assert shapes["outside"][name] == pytest.approx(probability, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "control", "value", "words"),
    [
        ("simplex", "rock", 3, "no hand of the rival wins more than 0"),
        ("simplex", "rock", 10, "paper, which wins 0.44"),  # (10 - 3) / 16
        ("corridor", "right", 0.05, "worth -82.11"),
        ("corridor", "right", 1.0, "never arrives"),
        ("policy_shapes", "mean", 0.0, "4% of the Gaussian"),  # two sides beyond 1 / exp(-0.7) deviations
        ("policy_shapes", "logit_2", 5.0, "softmax 0.13"),
    ],
)
def test_a_picture_follows_its_slider(name, control, value, words):
    widget = getattr(widgets, name)()
    first, sentence = widget.picture.value, widget.sentence
    widget.controls[control].value = value
    assert widget.picture.value != first
    assert words in widget.sentence, widget.sentence
    widget.reset()
    assert (widget.picture.value, widget.sentence) == (first, sentence)


@pytest.mark.parametrize("name", ["simplex", "corridor", "policy_shapes"])
def test_no_corner_of_the_sliders_breaks_a_widget(name):
    widget = getattr(widgets, name)()
    for end in ("min", "max"):
        for control in widget.controls.values():
            control.value = getattr(control, end)
            assert "Not drawn" not in widget.line.value
        assert "nan" not in widget.sentence.lower()
