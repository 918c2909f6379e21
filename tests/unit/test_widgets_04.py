"""The numbers behind the widget `eglp`, against sums and integrals that share no code with it."""

import itertools

import numpy as np
import pytest
from scipy import integrate, special, stats

from helpers import widgets
from helpers.widgets.lesson_04_story import DEPENDS, FAMILIES, FREE, SIZES, exact_mean, running_means

every_choice = pytest.mark.parametrize(("family", "depends"), list(itertools.product(FAMILIES, DEPENDS)))
BIASED = [depends for depends in DEPENDS if depends not in FREE]


@every_choice
def test_free_is_what_is_settled_before_the_action_is_drawn(family, depends):
    largest = np.abs(exact_mean(family, depends)).max()
    if depends in FREE:
        assert largest < (
            1e-5 if family == "Beta" else 1e-10
        )  # near its ends a Beta density is no polynomial
    else:
        assert largest > 0.1


@every_choice
def test_the_samples_agree_with_the_exact_mean(family, depends):
    means, errors = running_means(family, depends)
    assert means.shape == errors.shape == (len(SIZES), len(FAMILIES[family].names))
    assert (np.abs(means[-1] - exact_mean(family, depends)) < 4 * errors[-1]).all()


@every_choice
def test_the_band_shrinks_like_one_over_root_n(family, depends):
    _, errors = running_means(family, depends)
    slopes = np.polyfit(np.log(SIZES[10:]), np.log(errors[10:]), 1)[0]  # from 100 samples on
    # Scores of log σ have heavy tails (a kurtosis of 15 and more), so the spread of 100 of them is itself noisy.
    assert np.allclose(slopes, -0.5, atol=0.15)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_next_state_is_as_biased_as_the_action_and_noisier(family):
    assert np.array_equal(exact_mean(family, "the next state"), exact_mean(family, "the current action"))
    noise = {depends: running_means(family, depends)[1][-1].sum() for depends in BIASED}
    assert noise["the next state"] > noise["the current action"]


def softmax_story(theta, b, chooser):
    """Walk through every (first state, past action, state, action, next state), one by one."""
    actions, total = (-1, 0, 1), np.zeros(3)

    def policy(values, state):
        return special.softmax(
            [value + 0.5 * state * action for value, action in zip(values, actions, strict=True)]
        )

    def chance(state, action):
        up = 1 / (1 + np.exp(-2 * action))
        return up if state == 1 else 1 - up

    for first, past, state, action, following in itertools.product(
        (-1, 1), actions, (-1, 1), actions, (-1, 1)
    ):
        probability = 0.5 * policy(chooser, first)[past + 1] * chance(state, past)
        probability *= policy(chooser, state)[action + 1] * chance(following, action)
        score = np.eye(3)[action + 1] - policy(theta, state)
        total += probability * b(past, state, action, following) * score
    return total


def test_the_softmax_by_walking_through_every_story():
    kind = FAMILIES["softmax"]
    b = {
        "nothing": lambda past, state, action, following: 1,
        "the state": lambda past, state, action, following: 1 + state,
        "the past action": lambda past, state, action, following: 1 + np.tanh(past),
        "the current action": lambda past, state, action, following: 1 + np.tanh(action),
        "the next state": lambda past, state, action, following: 1 + following,
    }
    for depends, function in b.items():
        assert np.allclose(
            exact_mean("softmax", depends), softmax_story(kind.theta, function, kind.theta), atol=1e-12
        )
    walked = softmax_story(kind.theta, b["nothing"], kind.other)
    assert np.allclose(exact_mean("softmax", DEPENDS[-1]), walked, atol=1e-12)


def test_the_gaussian_by_adaptive_integrals():
    (mean, log_std), (other_mean, other_log_std) = FAMILIES["Gaussian"].theta, FAMILIES["Gaussian"].other
    std = np.exp(log_std)

    def average(f, state, mean=mean, std=std):
        density = stats.norm(mean + 0.5 * state, std).pdf
        return integrate.quad(lambda a: density(a) * f(a), -12, 12, epsabs=1e-11)[0]

    up = sum(0.5 * average(lambda a: (1 + np.tanh(a)) / 2, first) for first in (-1, 1))
    wanted = sum(
        chance * average(lambda a, s=s: (1 + np.tanh(a)) * (a - mean - 0.5 * s) / std**2, s)
        for s, chance in ((-1, 1 - up), (1, up))
    )
    assert np.isclose(exact_mean("Gaussian", "the current action")[0], wanted, atol=1e-6)
    # Of another Gaussian: E[(A - mean) / std²] = (other mean - mean) / std², in either state.
    assert np.isclose(exact_mean("Gaussian", DEPENDS[-1])[0], (other_mean - mean) / std**2, atol=1e-6)
    # and E[((A - mean) / std)² - 1] = (other std² + (other mean - mean)²) / std² - 1
    spread = (np.exp(2 * other_log_std) + (other_mean - mean) ** 2) / std**2 - 1
    assert np.isclose(exact_mean("Gaussian", DEPENDS[-1])[1], spread, atol=1e-6)


def test_from_20_samples_on_the_current_action_leaves_zero_and_the_past_action_never_does():
    means, errors = running_means("softmax", "the current action")
    out = np.abs(means[:, 0]) > 1.96 * errors[:, 0]
    assert [n for n, left in zip(SIZES, out, strict=True) if left] == [n for n in SIZES if n >= 20]
    means, errors = running_means("softmax", "the past action")
    assert (np.abs(means[:, 0]) <= 1.96 * errors[:, 0]).all()


def test_sliding_changes_the_number_of_samples_and_not_the_noise():
    picture = widgets.eglp()
    line = next(artist for artist in picture.figure.axes[0].lines if artist.get_animated())
    picture.controls["samples"].value = 1000
    before = line.get_ydata().copy()
    picture.controls["samples"].value = 10_000
    assert np.array_equal(line.get_ydata()[: len(before)], before)
    assert running_means.__wrapped__("Beta", "the state")[0] == pytest.approx(
        running_means("Beta", "the state")[0]
    )


@every_choice
def test_the_sentence_says_what_the_picture_shows(family, depends):
    picture = widgets.eglp()
    picture.controls["family"].value = family
    picture.controls["depends"].value = depends
    picture.controls["samples"].value = 10_000
    assert "Not drawn" not in picture.line.value
    assert picture.sentence.startswith(f"{family}, ")
    assert "10,000 samples" in picture.sentence
    assert ("not free" in picture.sentence) == (depends in BIASED)
    if depends in BIASED:
        assert f"{exact_mean(family, depends)[0]:+.2f}" in picture.sentence
