"""Every number that lesson 02 states, from an independent truth, and that the lesson's cells show it."""

import math
from pathlib import Path

import nbformat
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
import torch

from helpers import (
    beta_entropy,
    expected_return,
    gaussian_entropy,
    log_softmax,
    optimal_action_values,
    rock_paper_scissors,
    same_in_every_state,
    short_corridor,
    state_values,
)

NOTEBOOK = Path(__file__).resolve().parents[2] / "solutions" / "02_stochastic_policies.ipynb"
NORMAL = scipy.stats.norm()


@pytest.fixture(scope="module")
def shown() -> str:
    """All text that the executed lesson shows."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)


def corridor(right: float) -> float:
    """The value of the corridor's start by the closed form, which test_widgets_02 derives from its three equations."""
    return (2 * right - 4) / (right * (1 - right))


def test_a_cold_softmax_is_greedy_unless_two_tie():
    for temperature, near in [(0.1, 1e-2), (0.01, 1e-20)]:
        probs = (torch.tensor([1.0, 2.0, 2.5]).double() / temperature).softmax(0)
        assert probs[2] >= 1 - near
        # by hand: e^0 / (e^0 + e^(-0.5/τ) + e^(-1.5/τ))
        assert probs[2].item() == pytest.approx(
            1 / (1 + math.exp(-0.5 / temperature) + math.exp(-1.5 / temperature))
        )
        tied = (torch.tensor([1.0, 2.5, 2.5]).double() / temperature).softmax(0)
        assert tied[1] == tied[2]
        assert tied[2].item() == pytest.approx(0.5, abs=near)


def test_huge_logits_by_hand(shown):
    assert log_softmax(torch.tensor([[1e4, 0.0, -1e4]])).tolist() == [
        [0, -1e4, -2e4]
    ]  # the rest rounds to nothing
    assert "[[-inf, -inf, -inf]]" in shown
    assert "[[0.0, -inf, -inf]]" in shown


def test_a_softmax_changes_by_at_most_a_quarter_of_the_change_over_the_temperature(shown):
    # p = 1 / (1 + exp(-q/τ)) has slope p (1 - p) / τ <= 1 / (4τ), reached at q = 0
    before, after = (1 / (1 + math.exp(-q / 0.2)) for q in (-1e-6, 1e-6))
    assert after - before == pytest.approx(2e-6 / (4 * 0.2), rel=1e-6)
    assert f"softmax  changes by {after - before:.2g}" in shown
    assert "ε-greedy changes by 0.9" in shown  # from ε/2 to 1 - ε/2


def test_only_the_even_mix_cannot_be_beaten(shown):
    rng = np.random.default_rng(0)
    for mix in [*rng.dirichlet(np.ones(3), size=50), *np.eye(3), np.full(3, 1 / 3)]:
        rock, paper, scissors = mix
        wins = np.array([scissors - paper, rock - scissors, paper - rock])
        worth = optimal_action_values(rock_paper_scissors(mix))[0].max().item()
        assert worth == pytest.approx(wins.max(), abs=1e-12)
        assert abs(wins.sum()) < 1e-12
        # if the best wins w, the others' sum is -w and each is at most w: all lie in [-2w, w], and w = 0 means even
        assert np.abs(mix - 1 / 3).max() <= 2 * worth + 1e-12
    assert "always rock loses 1; more rock loses 0.1; even loses 0" in shown


def test_the_best_dice_of_the_corridor(shown):
    best = 2 - math.sqrt(2)
    found = scipy.optimize.minimize_scalar(lambda p: -corridor(p), bounds=(0.01, 0.99), method="bounded").x
    assert found == pytest.approx(best, abs=1e-5)
    assert corridor(best) == pytest.approx(-(6 + 4 * math.sqrt(2)))  # -2√2 / (3√2 - 4), made rational
    right = torch.tensor(best, dtype=torch.float64, requires_grad=True)
    world = short_corridor()
    value = expected_return(world, same_in_every_state(torch.stack([1 - right, right]), world.n_states))
    (slope,) = torch.autograd.grad(value, right)
    assert value.item() == pytest.approx(corridor(best))
    assert abs(slope.item()) < 1e-9
    assert f"{corridor(best):.2f}" == "-11.66"
    assert f"2 - √2 = {best:.4f}, worth {corridor(best):.2f}" in shown


def test_epsilon_greedy_in_the_corridor(shown):
    right, left = corridor(1 - 0.1 / 2), corridor(0.1 / 2)
    assert (f"{right:.1f}", f"{left:.1f}") == ("-44.2", "-82.1")
    assert f"ε-greedy, right {right:.1f}, left {left:.1f}" in shown


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_a_deterministic_policy_never_arrives(right, shown):
    world = short_corridor()
    row = torch.tensor([1 - right, right], dtype=torch.float64)
    with pytest.raises(ValueError, match="never reaches"):
        state_values(world, same_in_every_state(row, world.n_states))
    assert "never reaches a terminal state" in shown


def test_a_log_density_may_be_positive(shown):
    peak = 1 / (0.1 * math.sqrt(2 * math.pi))
    assert f"log-density {math.log(peak):.2f}, density {peak:.2f}" in shown


def test_all_four_families_agree_with_torch(shown):
    assert shown.count("'softmax': True, 'Gaussian': True, 'mixture': True, 'Beta': True") == 2


def clipped_mean(mean: float, std: float) -> float:
    """E[clip(a, -1, 1)] by adaptive quadrature inside the bounds, and the mass at each of them."""
    density = scipy.stats.norm(mean, std)
    inside, _ = scipy.integrate.quad(lambda a: a * density.pdf(a), -1, 1)
    return inside + density.sf(1) - density.cdf(-1)


def test_what_clipping_does(shown):
    mass = NORMAL.sf((1 - 0.9) / 0.5)
    assert f"exactly 1: {mass:.1%}; mean {clipped_mean(0.9, 0.5):.2f}" in shown
    alpha = 10 * (clipped_mean(0.9, 0.5) + 1)
    assert f"Beta({alpha:.1f}, {20 - alpha:.1f})" in shown
    assert 2 * alpha / 20 - 1 == pytest.approx(clipped_mean(0.9, 0.5))


def test_the_slope_of_a_hit(shown):
    # J(μ) = P(a > 1) = Φ(μ - 1), so J' = φ(1) at μ = 0; the score's mean is the integral of a φ(a) beyond 1: the same
    by_score, _ = scipy.integrate.quad(lambda a: a * NORMAL.pdf(a), 1, np.inf)
    assert by_score == pytest.approx(NORMAL.pdf(1))
    assert f"exact {NORMAL.pdf(1):.2f}" in shown
    second, _ = scipy.integrate.quad(lambda a: a**2 * NORMAL.pdf(a), 1, np.inf)
    error = math.sqrt((second - by_score**2) / 1_000_000)
    assert f"score function, sampled {by_score:.2f}, standard error {error:.4f}" in shown
    assert all(
        f"{by_score + k * error:.2f}" == "0.24" for k in (-3, 3)
    )  # the print holds for other noise, too
    assert "they earn has one: False" in shown


def test_which_families_offer_rsample(shown):
    for name, offers in [
        ("Categorical", False),
        ("Normal", True),
        ("MixtureSameFamily", False),
        ("Beta", True),
    ]:
        assert getattr(torch.distributions, name).has_rsample == offers
        assert f"{name} offers rsample: {offers}" in shown


def test_entropies(shown):
    assert f"softmax: even {math.log(3):.3f}" in shown
    narrow = scipy.stats.norm(0, 0.1).entropy()
    assert gaussian_entropy(torch.tensor([0.1]).log()).item() == pytest.approx(narrow, abs=1e-6)
    assert f"σ = 0.1: {narrow:.2f}, by the integral {narrow:.2f}" in shown
    assert f"six such coordinates: {6 * narrow:.2f}" in shown
    assert (
        f"two such humps: {narrow + math.log(2):.2f}" in shown
    )  # ten deviations apart from the middle: no overlap
    for a, b in [(1, 1), (4, 2)]:
        exact = scipy.stats.beta(a, b, loc=-1, scale=2).entropy()
        assert beta_entropy(torch.tensor(a), torch.tensor(b), -1, 1).item() == pytest.approx(exact, abs=1e-6)
        assert f"Beta({a}, {b}) on (-1, 1): {exact:.2f}" in shown
    assert scipy.stats.beta(1, 1, loc=-1, scale=2).entropy() == pytest.approx(math.log(2))


def test_one_spread_for_all_states_misses_the_gate(shown):
    nodes, weights = np.polynomial.hermite_e.hermegauss(
        8
    )  # exact for the polynomial that a Gaussian's logarithm is

    def fit(shared):
        """Minus the mean log-density of both states' steering under one shared spread."""
        return (
            -np.mean([weights @ scipy.stats.norm(0, shared).logpdf(own * nodes) for own in (1.0, 0.1)])
            / weights.sum()
        )

    best = scipy.optimize.minimize_scalar(fit, bounds=(0.1, 2), method="bounded").x
    shared = math.sqrt((1 + 0.1**2) / 2)
    assert best == pytest.approx(shared, abs=1e-4)
    own, together = (2 * NORMAL.cdf(0.3 / sigma) - 1 for sigma in (0.1, shared))
    assert f"0.100 at the gate, mean log-density {-fit_own():.2f}, passes {own:.1%}" in shown
    assert f"{shared:.3f} at the gate, mean log-density {-fit(shared):.2f}, passes {together:.1%}" in shown


def fit_own() -> float:
    """Mean entropy of the two steerings: minus their mean log-density under themselves."""
    return sum(scipy.stats.norm(0, own).entropy() for own in (1.0, 0.1)) / 2


def test_noise_without_variance_is_one_point(shown):
    assert f"N(1, 0), sampled: mean {2 + 0.5 * 1:.2f}, standard deviation 0.00" in shown
    assert f"N(0, 1), sampled: mean {2 + 0.5 * 0:.2f}, standard deviation 0.50" in shown
    assert f"exact 2.00 and 0.50; standard error of a sampled mean {0.5 / 100_000**0.5:.4f}" in shown


def test_scores_of_what_did_not_act(shown):
    clipped = (clipped_mean(0.9, 0.5) - 0.9) / 0.5**2
    assert f"clipped action scored: mean score {clipped:.2f}, exact 0.00" in shown
    assert "sampled action scored: mean score 0.00, exact 0.00" in shown
    # acts with (0, ½, ½), scored with (⅓, ⅓, ⅓): the mean of onehot - ⅓
    drift = np.array([0, 0.5, 0.5]) - 1 / 3
    assert "scored unmasked: mean score " + "  ".join(f"{x:.3f}" for x in drift) in shown


def test_a_squashed_density(shown):
    at_a = NORMAL.cdf(1) - NORMAL.cdf(-1)
    at_u, _ = scipy.integrate.quad(lambda u: NORMAL.pdf(u) / np.cosh(u) ** 2, -20, 20)  # da = du / cosh² u
    assert f"Gaussian at a: integral {at_a:.2f}" in shown
    assert f"Gaussian at u: integral {at_u:.2f}" in shown
    assert "Gaussian at u / (1 - a²): integral 1.00" in shown
