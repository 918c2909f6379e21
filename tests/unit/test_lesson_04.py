"""What lesson 04 states, against hand arithmetic, scipy's integrals and plain enumeration."""

import itertools
import re
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest
import torch
from farm import FARM
from scipy import integrate, stats

from helpers import (
    baselined_gradient,
    exact_moments,
    expected_score,
    leave_one_out,
    rewards_to_go,
    world_from_steps,
)

SOURCE = Path(__file__).resolve().parents[2] / "solutions" / "04_eglp_lemma.py"
PI = np.array([0.7, 0.2, 0.1])
SCORES = np.eye(3) - PI


def by_hand(trajectories, weight):
    """Mean and total variance of the estimate, one trajectory after the other; weight(states, actions, rewards, t)."""
    mean, square = np.zeros((3, 2)), 0.0
    for probability, states, actions, rewards in trajectories:
        estimate = np.zeros((3, 2))
        for t, (state, action) in enumerate(zip(states, actions, strict=True)):
            estimate[state] += weight(states, actions, rewards, t) * (np.eye(2)[action] - 0.5)
        mean += probability * estimate
        square += probability * (estimate**2).sum()
    return mean, square - (mean**2).sum()


def outputs() -> str:
    cells = nbformat.read(SOURCE.with_suffix(".ipynb"), as_version=4).cells
    found = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in found
    )


@pytest.mark.parametrize(
    ("density", "theta", "low", "high"),
    [
        (lambda x, t: stats.norm.pdf(x, t[0], np.exp(t[1])), [0.5, -0.2], -12, 12),
        (
            lambda x, t: (
                stats.norm.pdf(x, t[2], np.exp(t[4])) / (1 + np.exp(t[1] - t[0]))
                + stats.norm.pdf(x, t[3], np.exp(t[5])) / (1 + np.exp(t[0] - t[1]))
            ),
            [0.3, -0.3, -1.5, 1.0, -0.5, -0.2],
            -12,
            12,
        ),
        (lambda x, t: stats.beta.pdf(x, t[0], t[1], -1, 2), [2.5, 4.0], -1, 1),
    ],
)
def test_the_score_averages_to_zero_by_another_quadrature(density, theta, low, high):
    for p in range(len(theta)):
        step = 1e-5 * np.eye(len(theta))[p]

        def weighted(x, step=step):
            up, down = density(x, theta + step), density(x, theta - step)
            return density(x, theta) * (np.log(up) - np.log(down)) / 2e-5

        # The score grows without bound where the density dies: leave out what weighs less than 1e-12.
        area = integrate.quad(
            lambda x: weighted(x) if density(x, theta) > 1e-12 else 0.0, low, high, limit=400
        )[0]
        assert abs(area) < 1e-6
        half = integrate.quad(
            lambda x: abs(weighted(x)) if density(x, theta) > 1e-12 else 0.0, low, high, limit=400
        )[0]
        assert half > 0.1, "each of the two areas that cancel is there"


def test_the_softmax_score_and_what_equal_rewards_add():
    assert np.allclose(PI @ SCORES, 0)
    lengths = np.sqrt((SCORES**2).sum(1))
    assert np.allclose(lengths.round(2), [0.37, 1.07, 1.16])
    logits = torch.tensor(PI).log()
    for w in ([5.0, 5.0, 5.0], [5.0, 5.0, 6.0], [0.0, 0.0, 1.0]):
        by_sum = sum(p * weight * score for p, weight, score in zip(PI, w, SCORES, strict=True))
        assert np.allclose(expected_score(logits, torch.tensor(w, dtype=torch.float64)), by_sum, atol=1e-12)


def test_the_rarer_an_action_the_longer_its_score():
    # |onehot(a) - pi|² = 1 - 2 pi(a) + sum pi²: it falls with pi(a).
    for seed in range(20):
        pi = np.random.default_rng(seed).dirichlet(np.ones(4))
        lengths = ((np.eye(4) - pi) ** 2).sum(1)
        assert np.allclose(lengths, 1 - 2 * pi + (pi**2).sum())
        assert (np.argsort(lengths) == np.argsort(-pi)).all()


def test_a_band_of_100_samples_holds_zero_in_95_percent():
    # The first entry of the score is 0.3 with probability 0.7, else -0.7: its mean is (k - 70) / 100, k binomial.
    k = np.arange(101)
    error = np.sqrt(k * (100 - k) / 100 / 99 / 100)
    exact = stats.binom.pmf(k, 100, 0.7)[np.abs(k / 100 - 0.7) <= 1.96 * error].sum()
    assert abs(exact - 0.95) < 0.005
    error = np.sqrt(exact * (1 - exact) / 2000)
    shown, its_error = re.search(
        r"of 2000 bands (\d+)% hold zero, standard error ([\d.]+)%", outputs()
    ).groups()
    assert abs(int(shown) / 100 - exact) < 4 * error
    assert float(its_error) == round(100 * error, 1)


def test_the_farm_by_hand():
    q_eat, q_sow = 2 + 0.5, 0.75 * 5 + 0.25 * 0.5
    assert (q_eat, q_sow) == (2.5, 3.875)
    assert sum(probability for probability, *_ in FARM) == 1
    total, total_variance = by_hand(FARM, lambda s, a, r, t: sum(r))
    to_go, to_go_variance = by_hand(FARM, lambda s, a, r, t: sum(r[t:]))
    assert np.allclose(total, to_go, atol=1e-12)
    assert np.isclose(to_go[0, 1], 0.25 * (q_sow - q_eat))
    text = outputs()
    for number in (total_variance, to_go_variance):
        assert f"bias 0.00, variance {number:7.2f}" in text
    assert total_variance > to_go_variance


def test_what_each_baseline_does_by_hand():
    v = (3.1875, 0.5, 5.0, 0.0)
    after = {(0, 1): 1, (0, 2): 2}
    truth, _ = by_hand(FARM, lambda s, a, r, t: sum(r[t:]))
    baselines = {
        "b = 100": lambda s, a, r, t: 100,
        "b = v(s)": lambda s, a, r, t: v[s[t]],
        "nothing": lambda s, a, r, t: 4,
        "time": lambda s, a, r, t: (4, 3)[t],
        "state": lambda s, a, r, t: v[s[t]],
        "past action": lambda s, a, r, t: 3 * a[0] * t,
        "current action": lambda s, a, r, t: 3 * a[t],
        "next state": lambda s, a, r, t: v[after[s]] if t == 0 else 0.0,
    }
    text = outputs()
    for name, b in baselines.items():
        mean, variance = by_hand(FARM, lambda s, a, r, t, b=b: sum(r[t:]) - b(s, a, r, t))
        bias = np.sqrt(((mean - truth) ** 2).sum())
        assert (bias < 1e-12) == (name not in ("current action", "next state"))
        assert re.search(
            rf"^{re.escape(name)} +for sowing {mean[0, 1]:+.3f}, bias {bias:.2f}, variance +{variance:.2f}$".replace(
                "+0", r"\+0"
            ),
            text,
            flags=re.M,
        ), name
    mean, _ = by_hand(FARM, lambda s, a, r, t: sum(r[t:]) - baselines["next state"](s, a, r, t))
    assert np.isclose(mean[0, 1], 0.25 * (0 - 2)), "what is left is the gradient of the immediate reward"
    assert f"mean of v(S_1): {0.75 * 5 + 0.25 * 0.5:.3f} after sowing, {0.5:.3f} after eating" in text
    pitfall = f"gradient for sowing with values[1:] {mean[0, 1]:+.3f}, exact {truth[0, 1]:+.3f}"
    assert pitfall in text
    assert f"gradient of the immediate reward alone: 1/4 · (0 - 2) = {0.25 * (0 - 2):+.3f}" in text


def test_ten_presses_by_enumeration():
    presses = np.array(list(itertools.product((0, 1), repeat=10)))
    rewards, score = 1.0 - presses, 0.5 - presses  # of the logit of button 0; the other's is its negative
    for weights, shown in [
        (np.repeat(rewards.sum(1, keepdims=True), 10, axis=1), "147.50"),
        (rewards[:, ::-1].cumsum(1)[:, ::-1], "53.75"),
    ]:
        estimate = (weights * score).sum(1)
        assert np.isclose(estimate.mean(), 10 * 0.25)
        assert f"{2 * estimate.var():.2f}" == shown
        assert shown in outputs()


def test_a_loan_is_where_the_total_return_is_calmer():
    loan = [
        (0.25, (0, s), (a, c), (10 * (1 - a), c - 10 * (1 - a))) for a, s in ((0, 1), (1, 2)) for c in (0, 1)
    ]
    total, total_variance = by_hand(loan, lambda s, a, r, t: sum(r))
    to_go, to_go_variance = by_hand(loan, lambda s, a, r, t: sum(r[t:]))
    assert np.allclose(total, to_go)
    assert total_variance < to_go_variance
    shown = f"variance with the total return {total_variance:.2f}, with reward-to-go {to_go_variance:.2f}"
    assert shown in outputs()
    assert "same mean: True" in outputs()


def test_a_score_and_a_reward_of_the_past_are_uncorrelated_in_random_policies():
    steps = {(0, a): (2.0 - a, {1: 0.3 + 0.4 * a, 2: 0.7 - 0.4 * a}) for a in (0, 1)}
    steps |= {(s, a): (s * a * 1.0, {3: 1.0}) for s in (1, 2) for a in (0, 1)}
    world = world_from_steps(4, 2, steps)
    for seed in range(20):
        logits = torch.randn(4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        mean, _ = exact_moments(world, logits, lambda tau: torch.tensor([0.0, 1.0]) * tau.rewards[0], 2)
        assert mean.abs().max() < 1e-12
        total, _ = exact_moments(world, logits, lambda tau: tau.rewards.sum().expand(2), 2)
        to_go, _ = exact_moments(world, logits, lambda tau: rewards_to_go(tau.rewards), 2)
        assert torch.allclose(total, to_go, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_batch_mean_shrinks_the_gradient_by_one_minus_one_over_n(n):
    rewards = np.array([1.0, 2.0, 4.0])
    gradient = sum(p * r * score for p, r, score in zip(PI, rewards, SCORES, strict=True))
    own, others = np.zeros(3), np.zeros(3)
    for batch in itertools.product(range(3), repeat=n):
        chance, returns = np.prod(PI[list(batch)]), rewards[list(batch)]
        own += chance * sum((g - returns.mean()) * SCORES[a] for a, g in zip(batch, returns, strict=True)) / n
        if n > 1:
            scores = torch.tensor(SCORES[list(batch)])
            left = baselined_gradient(scores, torch.tensor(returns), leave_one_out(torch.tensor(returns)))
            others += chance * left.numpy()
    assert np.allclose(own, (1 - 1 / n) * gradient, atol=1e-12)
    assert n == 1 or np.allclose(others, gradient, atol=1e-12)
    if n < 5:
        assert f"N = {n}: ratio to the exact gradient {[round(1 - 1 / n, 4)] * 3}" in outputs()


def test_the_mean_score_under_another_policy_is_the_difference_of_the_two():
    other = np.full(3, 1 / 3)
    mean = sum(chance * score for chance, score in zip(other, SCORES, strict=True))
    assert np.allclose(mean, other - PI)
    assert str(mean.round(3).tolist()) in outputs()


def test_a_number_in_the_prose_is_one_that_a_cell_shows():
    cells = jupytext.read(SOURCE, fmt="py:percent").cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    shown = [
        float(number)
        for number in re.findall(r"\d+\.?\d*", (code + outputs()).replace("_", "").replace(",", ""))
    ]
    for cell in cells:
        if cell.cell_type == "markdown" and not cell.source.startswith("## Sources"):
            text = re.sub(r"\$\$.*?\$\$", "", cell.source.replace("20 000", "20000"), flags=re.S)
            text = re.sub(r"^#.*$", "", text, flags=re.M)
            for number in re.findall(r"\d+\.\d+|\d{3,}", text):
                digits = len(number.partition(".")[2])
                assert any(f"{other:.{digits}f}" == number for other in shown), (number, cell.source[:60])
