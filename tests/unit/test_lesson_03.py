"""What lesson 03 says is so: each number and each claim of its prose, from an independent truth."""

from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from helpers import (
    CategoricalPolicy,
    enumerate_trajectories,
    exact_moments,
    exact_policy_gradient,
    expected_return,
    figures,
    finite_difference_gradient,
    lottery_world,
    random_world,
    rewards_to_go,
    sample_trajectories,
    score_function_gradient,
    softmax_score,
    trajectory_log_prob,
    two_state_world,
    widgets,
)

NOTEBOOK = Path(__file__).resolve().parents[2] / "solutions" / "03_log_derivative_trick.ipynb"
WORLD, HORIZON = lottery_world(), 3
COIN = torch.full((5, 2), 0.5, dtype=torch.float64)
THETA = torch.zeros(5, 2, dtype=torch.float64)


def outputs() -> str:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return "\n".join(o.get("text", "") for cell in cells if cell.cell_type == "code" for o in cell.outputs)


def return_of(tau) -> torch.Tensor:
    return rewards_to_go(tau.rewards, WORLD.gamma)[0]


def score_of(logits, tau) -> torch.Tensor:
    score = torch.zeros_like(logits)
    for state, action in zip(tau.states[:-1].tolist(), tau.actions.tolist(), strict=True):
        score[state] += softmax_score(logits[state], action)
    return score.flatten()


def test_the_returns_of_the_lottery_by_hand():
    ticket = -1 + 0.9 * 0.3 * 5
    work_always, ticket_always = 1 + 0.9 * 1, ticket + 0.9 * ticket
    for action, by_hand in [(0, work_always), (1, ticket_always)]:
        probs = torch.eye(2, dtype=torch.float64)[[action] * 5]
        assert expected_return(WORLD, probs).item() == pytest.approx(by_hand, abs=1e-12)
    assert expected_return(WORLD, COIN).item() == pytest.approx((work_always + ticket_always) / 2, abs=1e-12)
    assert (round(work_always, 10), round(ticket_always, 10)) == (1.9, 0.665)


def test_twelve_trajectories_and_the_best_two_gambled_twice():
    everything = sorted(enumerate_trajectories(WORLD, COIN, HORIZON), key=return_of, reverse=True)
    assert len(everything) == 12
    best = return_of(everything[0]).item()
    assert best == pytest.approx(-1 + 0.9 * (5 - 1) + 0.81 * 5)
    assert [tau.actions[:2].tolist() for tau in everything if return_of(tau).item() == best] == [
        [1, 1],
        [1, 1],
    ]


@pytest.mark.parametrize("world", [WORLD, two_state_world(), random_world(4, 3, seed=5)])
def test_the_dynamics_drop_out_of_the_score(world):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(world.reward.shape, generator=generator, dtype=torch.float64).requires_grad_()
    for tau in enumerate_trajectories(world, logits.detach().softmax(1), 3):
        (whole,) = torch.autograd.grad(trajectory_log_prob(world, logits, tau.states, tau.actions), logits)
        assert (whole.flatten() - score_of(logits.detach(), tau)).abs().max() < 1e-10


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_of_score_times_return_is_the_gradient(seed):
    logits = torch.randn(5, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    everything = enumerate_trajectories(WORLD, logits.softmax(1), HORIZON)
    mean = sum(tau.probability * return_of(tau) * score_of(logits, tau) for tau in everything)
    assert torch.allclose(mean, exact_policy_gradient(WORLD, logits).flatten(), atol=1e-10)


def test_a_sampled_gradient_is_unbiased_within_its_noise():
    episodes = sample_trajectories(WORLD, COIN, 3000, HORIZON, torch.Generator().manual_seed(1))
    scores = torch.stack([score_of(THETA, tau) for tau in episodes])
    estimate = score_function_gradient(scores, torch.stack([return_of(tau) for tau in episodes]))
    mean, covariance = exact_moments(WORLD, THETA, lambda tau: return_of(tau).expand(len(tau)), HORIZON)
    assert torch.allclose(mean, exact_policy_gradient(WORLD, THETA).flatten(), atol=1e-10)
    assert ((estimate - mean).abs() <= 4 * (covariance.diag() / 3000).sqrt()).all()


def test_sampling_cuts_the_graph():
    probs = THETA.clone().requires_grad_().softmax(1)
    episodes = sample_trajectories(WORLD, probs, 20, HORIZON, torch.Generator().manual_seed(0))
    average = torch.stack([return_of(tau) for tau in episodes]).mean()
    assert probs.requires_grad
    assert not average.requires_grad
    with pytest.raises(RuntimeError):
        average.backward()


def test_the_bias_of_central_differences_falls_with_the_square_of_the_step():
    def exact_j(flat):
        return expected_return(WORLD, flat.reshape(5, 2).softmax(1))

    truth = exact_policy_gradient(WORLD, THETA).flatten()
    errors = [
        (finite_difference_gradient(exact_j, THETA.flatten(), eps) - truth).abs().max().item()
        for eps in (0.1, 0.01)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_what_is_said_of_the_steps():
    steps = np.geomspace(0.02, 6, 400)
    fresh, common = (widgets.difference_quality(steps, 100, shared)["error"] for shared in (False, True))
    assert widgets.difference_quality(0.1, 100)["error"] / widgets.slope() == pytest.approx(9, abs=0.5)
    assert steps[fresh.argmin()] > 1
    assert steps[common.argmin()] > 1
    assert (common <= fresh + 1e-12).all()
    _, covariance = exact_moments(WORLD, THETA, lambda tau: return_of(tau).expand(len(tau)), HORIZON)
    noise = (covariance.diag() / 200).sqrt().numpy()
    assert noise[0] == pytest.approx(fresh.min(), rel=0.15)  # "about the same"
    assert noise.max() == noise[:2].max()


def test_the_parameters_of_a_small_net():
    net = CategoricalPolicy(4, 2, hidden=(64,))
    assert sum(parameter.numel() for parameter in net.parameters()) == 4 * 64 + 64 + 64 * 2 + 2 == 450


def imitate_endlessly_many(probs, fraction: float, by_state: bool) -> torch.Tensor:
    """One round of the cross-entropy method on infinitely many episodes: the elite by exact probability."""
    steps = []  # (group, return that is compared, chance, states, actions)
    for tau in enumerate_trajectories(WORLD, probs, HORIZON):
        to_go = rewards_to_go(tau.rewards, WORLD.gamma)
        pairs = list(zip(tau.states[:-1].tolist(), tau.actions.tolist(), strict=True))
        if by_state:
            steps += [
                (s, to_go[t].item(), tau.probability.item(), [(s, a)]) for t, (s, a) in enumerate(pairs)
            ]
        else:
            steps.append((0, to_go[0].item(), tau.probability.item(), pairs))
    counts = torch.zeros(5, 2, dtype=torch.float64)
    for group in {step[0] for step in steps}:
        members = sorted((step for step in steps if step[0] == group), key=lambda step: -step[1])
        total, passed, threshold = sum(step[2] for step in members), 0.0, -np.inf
        for _, value, chance, _ in members:
            passed += chance
            if passed >= fraction * total - 1e-12:
                threshold = value - 1e-9
                break
        for _, value, chance, pairs in members:
            for state, action in pairs:
                counts[state, action] += chance * (value >= threshold)
    seen = counts.sum(1, keepdim=True) > 0
    return torch.where(seen, counts / counts.sum(1, keepdim=True).clamp(min=1e-300), probs)


@pytest.mark.parametrize("by_state", [False, True])
def test_luck_throws_both_variants_of_the_cross_entropy_method(by_state):
    probs = imitate_endlessly_many(COIN, 0.1, by_state)
    assert probs[1, 0] == 0, "after one round nobody works in the second round"
    for _ in range(30):
        probs = imitate_endlessly_many(probs, 0.1, by_state)
    assert expected_return(WORLD, probs) < 1.4 < 1.9


@pytest.mark.parametrize("by_state", [False, True])
def test_the_best_half_learns_to_work(by_state):
    probs = COIN
    for _ in range(30):
        probs = imitate_endlessly_many(probs, 0.5, by_state)
    assert expected_return(WORLD, probs).item() == pytest.approx(1.9, abs=1e-3)


def test_in_the_first_round_of_the_best_half_steps_are_ahead_of_episodes():
    episodes, steps = (expected_return(WORLD, imitate_endlessly_many(COIN, 0.5, by)) for by in (False, True))
    assert steps > episodes + 0.05


def test_the_best_tenth_holds_winners_only():
    everything = enumerate_trajectories(WORLD, COIN, HORIZON)
    won = [tau.rewards.max() > 3 for tau in everything]  # nothing but a prize pays more
    chance = sum(tau.probability for tau, paid in zip(everything, won, strict=True) if paid)
    # By hand: a ticket in round one wins with 1/2 * 0.3, a ticket in round two likewise.
    assert chance.item() == pytest.approx(1 - (1 - 0.5 * 0.3) ** 2)
    assert 0.25 < chance < 0.3, "more than a quarter"
    lowest = min(return_of(tau).item() for tau, paid in zip(everything, won, strict=True) if paid)
    assert lowest == pytest.approx(-1 - 0.9 + 0.81 * 5)
    assert lowest > max(return_of(tau).item() for tau, paid in zip(everything, won, strict=True) if not paid)


def test_the_curves_say_what_the_runs_say():
    low, high = np.full((5, 15), 0.9), np.full((5, 15), 1.89)
    parts = {
        "the best tenth": {"episodes": low, "steps": low},
        "the best half": {"episodes": high, "steps": high},
    }
    swapped = dict(zip(parts, reversed(parts.values()), strict=True))
    gradient = {share: part | {"score function": high} for share, part in parts.items()}
    shown = [figures.rounds_of_learning(part, 1.2825, 1.9) for part in (parts, swapped, gradient)]
    many = "all or all but one of the 5 seeds are"
    assert f"the best tenth, episodes: {many} far below the best" in shown[0].sentence
    assert f"the best tenth, episodes: {many} close to the best" in shown[1].sentence
    assert f"score function: {many} close to the best" in shown[2].sentence
    assert len({one.png for one in shown}) == 3


def test_one_sided_differences_err_like_the_step_and_two_sided_ones_like_its_square():
    def exact_j(flat):
        return expected_return(WORLD, flat.reshape(5, 2).softmax(1))

    point = torch.randn(10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    truth = exact_policy_gradient(WORLD, point.reshape(5, 2)).flatten()
    units, errors = torch.eye(10, dtype=torch.float64), []
    for eps in (0.01, 0.001):
        forward = torch.stack([(exact_j(point + eps * unit) - exact_j(point)) / eps for unit in units])
        central = finite_difference_gradient(exact_j, point, eps)
        errors.append([(slopes - truth).abs().max().item() for slopes in (forward, central)])
    assert errors[0][0] / errors[1][0] == pytest.approx(10, rel=0.02)
    assert errors[0][1] / errors[1][1] == pytest.approx(100, rel=0.02)


@pytest.mark.parametrize(("mu", "by_score"), [(1.0, 30), (3.0, 222)])
def test_thirty_and_two_hundred_twenty_two_to_four(mu, by_score):
    def mean_of(function):
        return quad(lambda x: function(x) * norm.pdf(x, mu), mu - 12, mu + 12, epsabs=1e-10)[0]

    for estimate, variance in [(lambda x: x**2 * (x - mu), by_score), (lambda x: 2 * x, 4)]:
        assert mean_of(estimate) == pytest.approx(2 * mu, abs=1e-7)
        assert mean_of(lambda x, g=estimate: (g(x) - 2 * mu) ** 2) == pytest.approx(variance, abs=1e-6)
    assert mu**4 + 14 * mu**2 + 15 == by_score


def test_where_f_waves_fast_the_score_is_calmer_than_the_path():
    # f(x) = cos(10 x): J = cos(10 μ) exp(-50), flat; the path's estimate is -10 sin(10 x), the score's cos(10 x) ε.
    def mean_of(function):
        return quad(lambda e: function(1.0 + e, e) * norm.pdf(e), -9, 9, limit=1000)[0]

    by_path, by_score = (lambda x, e: -10 * np.sin(10 * x)), (lambda x, e: np.cos(10 * x) * e)
    variances = []
    for estimate in (by_path, by_score):
        assert mean_of(estimate) == pytest.approx(0, abs=1e-7)
        variances.append(mean_of(lambda x, e, g=estimate: g(x, e) ** 2))
    assert variances == pytest.approx([50, 0.5], rel=1e-6)


def test_the_pitfalls_show_the_wrong_number_beside_the_exact_one():
    text = outputs()
    # x² ε with x = 1 + ε: mean E[2 ε²] = 2, and by hand a variance of 30; 10 000 samples err by 4 x 0.055 at most.
    assert 4 * (30 / 10_000) ** 0.5 < 0.5, "so that the rounded estimate is the exact 2"
    assert "rsample: sampled gradient 0, exactly zero True; exact 2" in text
    assert "sample : sampled gradient 2, exactly zero False; exact 2" in text
    assert f"from the exact variance 30: {(30 / 10_000) ** 0.5:.3f}" in text
    # By hand: one action more at the coin halves each probability; 1/5 for 1/2 at each of two or three choices.
    turned = 0.85 * 0.4**2 + 0.15 * 0.4**3
    assert f"all p(tau) together: 1.00; with t = 0 … T: 0.50; with pi(s|a): {turned:.2f}" in text
    assert "two_state_world: 1.00; without p(S_0): 2.00" in text
    # Eleven returns of mean J over ten: J = (1.9 + 0.665) / 2.
    j = (1.9 + 0.665) / 2
    assert f"J over n = 1 … 10: {j:.2f}; over n = 0 … 10, divided by 10: {1.1 * j:.2f}" in text


def test_the_score_of_an_attached_sample_is_zero():
    mu = torch.tensor(1.3, requires_grad=True)
    with torch.random.fork_rng():
        x = torch.distributions.Normal(mu.expand(500), 0.7).rsample()
    loss = -(torch.distributions.Normal(mu, 0.7).log_prob(x) * (x.detach() ** 2)).mean()
    loss.backward()
    assert mu.grad.item() == 0


def test_a_moving_edge_turns_the_trick_round():
    theta = 2.0
    by_trick = quad(lambda x: x * (-1 / theta) / theta, 0, theta)[0]
    above, below = (quad(lambda x, t=t: x / t, 0, t)[0] for t in (theta + 1e-4, theta - 1e-4))
    assert (above - below) / 2e-4 == pytest.approx(0.5, abs=1e-9)
    assert by_trick == pytest.approx(-0.5, abs=1e-9)
    assert by_trick + theta * (1 / theta) == pytest.approx(0.5, abs=1e-9), "what the edge adds is f(θ) p(θ)"


def test_one_factor_too_many_or_too_few():
    everything = enumerate_trajectories(WORLD, COIN, HORIZON)
    assert sum(tau.probability * COIN[tau.states[-1], 0] for tau in everything).item() == pytest.approx(0.5)
    # Each choice 1/5 for 1/2; a third action is taken where round two won a prize, with chance 0.5 * 0.3.
    turned = sum(tau.probability * 0.4 ** len(tau) for tau in everything)
    assert turned.item() == pytest.approx(0.85 * 0.4**2 + 0.15 * 0.4**3) == pytest.approx(0.15, abs=0.005)
    world = two_state_world()
    records = enumerate_trajectories(world, COIN[:3], 1)
    assert sum(tau.probability / world.start[tau.states[0]] for tau in records).item() == pytest.approx(2.0)
