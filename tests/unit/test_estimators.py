"""Estimators against independent truths: autograd, sums over all outcomes, numpy, hand arithmetic."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from helpers.elite import elite_mask
from helpers.enumeration import enumerate_trajectories, exact_moments
from helpers.estimators import (
    bias_and_variance,
    finite_difference_gradient,
    gradient_samples,
    score,
    standard_error,
)
from helpers.exact import exact_policy_gradient, expected_return
from helpers.log_derivative import (
    baselined_gradient,
    expected_score,
    gradient_variance,
    score_function_gradient,
    softmax_score,
    trajectory_log_prob,
)
from helpers.rollouts import Trajectory
from helpers.sampling import sample_trajectories
from helpers.worlds import lottery_world, random_world, short_corridor, two_buttons, two_state_world

DOUBLE = torch.float64


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed: int = 0, dtype=DOUBLE) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=generator(seed))


class Table(nn.Module):
    """A tabular softmax policy."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits.clone())

    def log_prob(self, obs, actions):
        return self.logits.log_softmax(-1)[obs, actions]


class Net(nn.Module):
    """A small network with a categorical or a Gaussian head; `validate` makes torch.distributions check values,
    which is what vmap cannot follow."""

    def __init__(self, continuous: bool, validate: bool):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.body = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)).double()
        self.log_std = nn.Parameter(torch.tensor([-0.3, 0.2], dtype=DOUBLE))
        self.frozen = nn.Parameter(torch.ones(4), requires_grad=False)
        self.continuous, self.validate = continuous, validate

    def log_prob(self, obs, actions):
        if self.continuous:
            normal = torch.distributions.Normal(
                self.body(obs), self.log_std.exp(), validate_args=self.validate
            )
            return normal.log_prob(actions).sum(-1)
        categorical = torch.distributions.Categorical(logits=self.body(obs), validate_args=self.validate)
        return categorical.log_prob(actions)


class Bare:
    """A policy that is no module."""

    def __init__(self):
        self.theta = torch.zeros(2, dtype=DOUBLE, requires_grad=True)

    def parameters(self):
        return [self.theta]

    def log_prob(self, obs, actions):
        return (obs @ self.theta) * actions


def scores_by_loop(policy, obs, actions) -> torch.Tensor:
    """One plain backward pass for each row: the independent truth."""
    rows = []
    for one_obs, one_action in zip(obs, actions, strict=True):
        parameters = [p for p in policy.parameters() if p.requires_grad]
        for parameter in parameters:
            parameter.grad = None
        policy.log_prob(one_obs[None], one_action[None]).sum().backward()
        rows.append(
            torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters])
        )
        for parameter in parameters:
            parameter.grad = None
    return torch.stack(rows)


# Scores of any policy


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize("validate", [False, True])
def test_scores_are_the_gradients_of_single_log_probs(continuous, validate):
    policy, obs = Net(continuous, validate), normal(7, 3)
    actions = normal(7, 2, seed=1) if continuous else torch.arange(7) % 2
    scores = score(policy, obs, actions)
    assert scores.shape == (7, 3 * 5 + 5 + 5 * 2 + 2 + 2)  # the frozen parameter is not counted
    torch.testing.assert_close(scores, scores_by_loop(policy, obs, actions), rtol=1e-12, atol=1e-12)
    assert all(parameter.grad is None for parameter in policy.parameters())
    with torch.no_grad():
        torch.testing.assert_close(score(policy, obs, actions), scores)


def test_scores_of_a_table_are_onehot_minus_softmax():
    logits = normal(3, 2)
    states, actions = torch.tensor([0, 2, 2]), torch.tensor([1, 0, 1])
    by_hand = torch.zeros(3, 3, 2, dtype=DOUBLE)
    for row, (state, action) in enumerate(zip(states.tolist(), actions.tolist(), strict=True)):
        by_hand[row, state] = (
            torch.eye(2, dtype=DOUBLE)[action] - logits[state].exp() / logits[state].exp().sum()
        )
    torch.testing.assert_close(score(Table(logits), states, actions), by_hand.flatten(1))


def test_a_policy_needs_no_module():
    obs, actions = normal(4, 2), normal(4, seed=1)
    torch.testing.assert_close(score(Bare(), obs, actions), obs * actions[:, None])


def test_scores_refuse_what_does_not_fit():
    table = Table(torch.zeros(2, 2))
    with pytest.raises(ValueError, match="3 obs, 2 actions"):
        score(table, torch.tensor([0, 1, 1]), torch.tensor([0, 1]))
    table.logits.requires_grad_(False)
    with pytest.raises(ValueError, match="trainable"):
        score(table, torch.tensor([0]), torch.tensor([0]))
    column = Bare()
    column.log_prob = lambda obs, actions: (obs @ column.theta)[:, None]
    with pytest.raises(ValueError, match=r"log_prob: expected shape \[2\], got \[2, 1\]"):
        score(column, normal(4, 2), normal(4))


@pytest.mark.parametrize(
    "name", ["TabularPolicy", "CategoricalPolicy", "GaussianPolicy", "MixturePolicy", "BetaPolicy"]
)
def test_scores_of_the_policies_of_the_course(name):
    policies = pytest.importorskip("helpers.policies")
    arguments = {
        "TabularPolicy": (3, 2),
        "CategoricalPolicy": (3, 2),
        "GaussianPolicy": (3, 2),
        "MixturePolicy": (3, 1, 2),
        "BetaPolicy": (3, 2, -1.0, 2.0),
    }[name]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        policy = getattr(policies, name)(*arguments)
        obs = torch.tensor([0, 2, 1, 1]) if name == "TabularPolicy" else torch.randn(4, 3)
        actions = policy.sample(obs)
    scores = score(policy, obs, actions)
    assert scores.shape == (4, sum(parameter.numel() for parameter in policy.parameters()))
    torch.testing.assert_close(scores, scores_by_loop(policy, obs, actions), rtol=1e-4, atol=1e-5)


# Gradient samples


def test_gradient_samples_are_the_gradients_of_weighted_sums():
    mdp, logits = lottery_world(), normal(5, 2)
    policy = Table(logits)
    trajectories = sample_trajectories(mdp, logits.softmax(-1), 30, 3, generator(0))

    def weights(trajectory):
        return trajectory.rewards * torch.arange(1, len(trajectory.rewards) + 1)

    samples = gradient_samples(policy, trajectories, weights)
    assert samples.shape == (30, 10)
    for sample, trajectory in zip(samples, trajectories, strict=True):
        surrogate = (weights(trajectory) * policy.log_prob(trajectory.states[:-1], trajectory.actions)).sum()
        (gradient,) = torch.autograd.grad(surrogate, policy.logits)
        torch.testing.assert_close(sample, gradient.flatten(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("entries", [4_000_000, 100])
def test_gradient_samples_of_a_network_whatever_the_chunks(entries, monkeypatch):
    monkeypatch.setattr("helpers.estimators.ENTRIES_AT_ONCE", entries)
    policy = Net(continuous=True, validate=False)
    trajectories = [
        Trajectory(normal(steps + 1, 3, seed=steps), normal(steps, 2, seed=9), torch.ones(steps), True, False)
        for steps in (3, 1, 6)
    ]
    samples = gradient_samples(policy, trajectories, lambda trajectory: range(len(trajectory.rewards)))
    for sample, trajectory in zip(samples, trajectories, strict=True):
        scores = scores_by_loop(policy, trajectory.obs[:-1], trajectory.actions)
        by_hand = sum(t * row for t, row in enumerate(scores))
        torch.testing.assert_close(sample, by_hand, rtol=1e-12, atol=1e-12)


def test_scores_and_samples_from_arrays_and_under_either_name_of_the_observations():
    policy, obs, actions = Table(normal(3, 2)), torch.tensor([0, 2, 1]), torch.tensor([1, 0])
    torch.testing.assert_close(
        score(policy, obs[:2].numpy(), actions.numpy()), score(policy, obs[:2], actions)
    )
    seen = Trajectory(obs, actions, torch.tensor([1.0, 2.0]), True, False)
    in_arrays = SimpleNamespace(states=obs.numpy(), actions=actions.numpy(), rewards=np.array([1.0, 2.0]))
    one, other = (gradient_samples(policy, [each], lambda tau: tau.rewards) for each in (seen, in_arrays))
    torch.testing.assert_close(one, other)


def test_gradient_samples_have_the_exact_moments():
    mdp, logits, n = lottery_world(), normal(5, 2, seed=3) / 2, 20_000
    trajectories = sample_trajectories(mdp, logits.softmax(-1), n, 3, generator(1))

    def total(trajectory):
        discounts = mdp.gamma ** torch.arange(len(trajectory.rewards), dtype=DOUBLE)
        return (discounts * trajectory.rewards).sum().expand(len(trajectory.rewards))

    mean, covariance = exact_moments(mdp, logits, total, horizon=3)
    torch.testing.assert_close(mean, exact_policy_gradient(mdp, logits).flatten(), rtol=0, atol=1e-12)
    judged = bias_and_variance(gradient_samples(Table(logits), trajectories, total), mean)
    assert judged.bias_in_standard_errors.abs().max() < 4
    assert judged.cosine > 0.99
    samples = gradient_samples(Table(logits), trajectories, total)
    squares = ((samples - mean) ** 2).sum(1)  # its mean is the trace of the covariance
    assert abs(squares.mean() - covariance.trace()) < 4 * squares.std() / math.sqrt(n)


def test_gradient_samples_refuse_weights_that_do_not_fit():
    trajectories = sample_trajectories(two_buttons(), torch.full((2, 2), 0.5), 3, 1, generator(0))
    with pytest.raises(ValueError, match=r"weight_fn\(trajectory\): expected shape \[1\], got \[\]"):
        gradient_samples(Table(torch.zeros(2, 2)), trajectories, lambda trajectory: trajectory.rewards.sum())
    with pytest.raises(ValueError, match="at least one"):
        gradient_samples(Table(torch.zeros(2, 2)), [], lambda trajectory: trajectory.rewards)


# Judging samples


def test_bias_and_variance_by_numpy():
    samples, truth = normal(50, 3), normal(3, seed=1)
    array, target = samples.numpy(), truth.numpy()
    judged = bias_and_variance(samples, truth)
    mean = array.mean(0)
    np.testing.assert_allclose(judged.bias, mean - target)
    np.testing.assert_allclose(
        judged.bias_in_standard_errors, (mean - target) / (array.std(0, ddof=1) / np.sqrt(50))
    )
    assert judged.variance.item() == pytest.approx(np.trace(np.cov(array.T)))
    assert judged.cosine.item() == pytest.approx(
        mean @ target / np.linalg.norm(mean) / np.linalg.norm(target)
    )
    assert judged.squared_error.item() == pytest.approx(np.mean(np.sum((array - target) ** 2, axis=1)))
    # error = bias^2 + variance, with the variance over N, not N - 1
    by_parts = (judged.bias**2).sum() + judged.variance * 49 / 50
    assert judged.squared_error.item() == pytest.approx(by_parts.item())


def test_samples_without_spread_are_judged_without_nan():
    judged = bias_and_variance(torch.full((10, 2), 0.1), torch.tensor([0.1, 0.2]))
    assert judged.bias_in_standard_errors[0].abs() < 4
    assert judged.bias_in_standard_errors[1] < -1e3
    nothing = bias_and_variance(torch.zeros(10, 2), torch.zeros(2))
    assert all(torch.isfinite(torch.as_tensor(part)).all() for part in nothing)
    assert nothing.bias_in_standard_errors.tolist() == [0, 0]
    assert nothing.cosine == 0
    with pytest.raises(ValueError, match="2 rows"):
        bias_and_variance(torch.zeros(1, 2), torch.zeros(2))
    with pytest.raises(ValueError, match="truth"):
        bias_and_variance(torch.zeros(4, 2), torch.zeros(3))


def test_standard_error_by_hand_and_by_repetition():
    # 1, 2, 3, 4 around 2.5: squares 2.25 + 0.25 + 0.25 + 2.25 = 5, over N - 1 = 3, over N = 4.
    assert standard_error(torch.tensor([[1], [2], [3], [4]])).item() == pytest.approx(math.sqrt(5 / 3 / 4))
    assert standard_error(normal(5, 3, dtype=torch.float32)).dtype == torch.float32
    means = normal(20_000, 25).mean(1)  # 20 000 means of 25: their spread is what is estimated
    claimed = standard_error(normal(25, 20_000, seed=1)).square().mean().sqrt()
    assert claimed.item() == pytest.approx(means.std().item(), rel=0.03)
    with pytest.raises(ValueError, match="at least 2 rows, got 1"):
        standard_error(torch.zeros(1, 3))


# Finite differences


def test_central_differences_are_exact_for_quadratics_and_cubic_to_eps_squared():
    theta = torch.tensor([1.0, -2.0, 0.5], dtype=DOUBLE)
    matrix = normal(3, 3)
    gradient = finite_difference_gradient(lambda x: x @ matrix @ x, theta, eps=0.5)
    torch.testing.assert_close(gradient, (matrix + matrix.T) @ theta, rtol=0, atol=1e-12)
    # ((t + e)^3 - (t - e)^3) / 2e = 3 t^2 + e^2: the bias is eps^2 exactly.
    cubic = finite_difference_gradient(lambda x: (x**3).sum(), theta, eps=0.1)
    torch.testing.assert_close(cubic, 3 * theta**2 + 0.1**2, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_theta_is_as_it_was_whatever_f_does(dtype):
    theta = torch.tensor([1.0, 2.0], dtype=dtype, requires_grad=True)

    def rude(x):
        value = float((x**2).sum())
        x.fill_(math.nan)
        return value

    gradient = finite_difference_gradient(rude, theta, eps=0.25)
    assert gradient.tolist() == [2.0, 4.0]
    assert gradient.dtype == dtype
    assert theta.tolist() == [1.0, 2.0]
    assert theta.requires_grad
    assert finite_difference_gradient(lambda x: x.sum() ** 2, torch.tensor([1, 2]), 0.5).tolist() == [
        6.0,
        6.0,
    ]


def test_finite_differences_of_the_return_are_the_exact_gradient():
    mdp, logits = random_world(4, 3, seed=1), normal(4, 3)
    by_differences = finite_difference_gradient(
        lambda theta: expected_return(mdp, theta.reshape(4, 3).softmax(-1)), logits.flatten(), eps=1e-5
    )
    torch.testing.assert_close(
        by_differences, exact_policy_gradient(mdp, logits).flatten(), rtol=0, atol=1e-8
    )


@pytest.mark.parametrize("eps", [0.0, -1.0, math.nan])
def test_a_step_that_is_none_is_refused(eps):
    with pytest.raises(ValueError, match="eps"):
        finite_difference_gradient(torch.sum, torch.zeros(2), eps)
    with pytest.raises(ValueError, match=r"theta: expected shape \[P\]"):
        finite_difference_gradient(torch.sum, torch.zeros(2, 2), 0.1)


# Lesson 03


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_softmax_score_is_the_gradient_of_log_softmax(dtype, scale):
    logits = (scale * normal(5)).to(dtype).requires_grad_()
    for action in range(5):
        (gradient,) = torch.autograd.grad(logits.log_softmax(0)[action], logits)
        mine = softmax_score(logits.detach(), action)
        torch.testing.assert_close(mine, gradient)
        assert mine.isfinite().all()
    assert softmax_score(torch.tensor([0, 0]), 1).tolist() == [-0.5, 0.5]
    for action in (-1, 5, 1.5):
        with pytest.raises(ValueError, match="action"):
            softmax_score(logits, action)


def test_trajectory_log_prob_is_the_log_of_the_enumerated_probability():
    mdp, logits = random_world(4, 2, seed=0, gamma=0.3), normal(4, 2).requires_grad_()
    records = enumerate_trajectories(mdp, logits.softmax(-1), horizon=3)
    for record in records[::11]:
        mine = trajectory_log_prob(mdp, logits, record.states, record.actions)
        assert mine.item() == pytest.approx(math.log(record.probability.item()), rel=1e-12)
        (gradient,) = torch.autograd.grad(mine, logits)
        scores = torch.zeros(4, 2, dtype=DOUBLE)
        for state, action in zip(record.states.tolist(), record.actions.tolist(), strict=False):
            scores[state] += softmax_score(logits[state].detach(), action)
        torch.testing.assert_close(gradient, scores, rtol=0, atol=1e-10)  # start and dynamics are gone


def test_trajectory_log_prob_by_hand():
    logits = torch.tensor([[0.0, math.log(3.0)]] * 3)  # 1/4 and 3/4
    by_hand = math.log(0.5) + math.log(3 / 4)
    mine = trajectory_log_prob(two_state_world(), logits, torch.tensor([1, 2]), torch.tensor([1]))
    assert mine.item() == pytest.approx(by_hand, rel=1e-6)
    extreme = trajectory_log_prob(two_state_world(), torch.tensor([[1e4, -1e4]] * 3), [0, 2], [1])
    assert extreme.item() == pytest.approx(math.log(0.5) - 2e4)
    impossible = trajectory_log_prob(short_corridor(), torch.zeros(4, 2), [0, 2], [1])
    assert impossible.item() == -math.inf
    with pytest.raises(ValueError, match="terminal"):
        trajectory_log_prob(two_state_world(), torch.zeros(3, 2), [0, 2, 2], [1, 1])
    with pytest.raises(ValueError, match="states"):
        trajectory_log_prob(two_state_world(), torch.zeros(3, 2), [0], [1])
    for states, actions, wrong in (
        ([0, -1], [1], "states"),
        ([0, 3], [1], "states"),
        ([0, 2], [-1], "actions"),
    ):
        with pytest.raises(ValueError, match=wrong):
            trajectory_log_prob(two_state_world(), torch.zeros(3, 2), states, actions)


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_elite_mask_agrees_with_numpy(dtype):
    for seed, n in enumerate((1, 2, 7, 10, 50)):
        returns = normal(n, seed=seed, dtype=dtype)
        for fraction in (0.03, 0.123, 0.456, 0.789, 0.97):
            array = returns.double().numpy()
            by_numpy = array >= np.quantile(array, 1 - fraction)
            assert elite_mask(returns, fraction).tolist() == by_numpy.tolist()


def test_elite_mask_by_hand():
    # 0, 1, ..., 10: the quantile 1 - 0.3 lies at position 0.7 * 10 = 7, exactly on a return.
    assert elite_mask(torch.arange(11), 0.3).tolist() == [False] * 7 + [True] * 4
    # 1 - 0.7 is 0.30000000000000004 in floats: the tie at 3 must not be lost to it.
    assert elite_mask(torch.arange(11.0), 0.7).tolist() == [False] * 3 + [True] * 8
    # Half way between 1 and 3 is 2: only 3 is at or above.
    assert elite_mask(torch.tensor([3.0, 1.0]), 0.5).tolist() == [True, False]
    # Ties: all of them are in, more than the fraction.
    assert elite_mask(torch.tensor([5.0, 1.0, 5.0, 5.0]), 0.25).tolist() == [True, False, True, True]
    assert elite_mask(torch.full((6,), 0.1), 0.3).all()
    for fraction in (0.0, 1.0, -0.1, math.nan):
        with pytest.raises(ValueError, match="fraction"):
            elite_mask(torch.zeros(3), fraction)
    with pytest.raises(ValueError, match="return"):
        elite_mask(torch.zeros(0), 0.5)


def test_score_function_gradient_is_the_gradient_of_the_weighted_mean():
    scores, returns = normal(6, 3), normal(6, seed=1)
    theta = torch.zeros(3, dtype=DOUBLE, requires_grad=True)
    (gradient,) = torch.autograd.grad((returns * (scores @ theta)).sum() / 6, theta)
    torch.testing.assert_close(score_function_gradient(scores, returns), gradient)
    integers = score_function_gradient(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 0]))
    assert integers.tolist() == [0.5, 1.0]
    with pytest.raises(ValueError, match="returns"):
        score_function_gradient(scores, normal(6, 1))


# Lesson 04


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_expected_score_is_the_gradient_of_the_expected_weight(scale):
    logits, weights = (scale * normal(4)).requires_grad_(), normal(4, seed=1)
    (gradient,) = torch.autograd.grad(logits.softmax(0) @ weights, logits)
    torch.testing.assert_close(expected_score(logits.detach(), weights), gradient)
    by_sum = sum(logits.softmax(0)[a] * weights[a] * softmax_score(logits, a) for a in range(4))
    torch.testing.assert_close(expected_score(logits.detach(), weights), by_sum.detach())


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_equal_weights_are_free(dtype):
    for constant in (0.1, 1e6, -3.0):
        mine = expected_score(normal(7).to(dtype), torch.full((7,), constant, dtype=dtype))
        assert mine.tolist() == [0.0] * 7
    assert expected_score(torch.tensor([0, 0]), torch.tensor([1, 3])).tolist() == [-0.5, 0.5]


def test_baselined_gradient_by_hand():
    scores, returns = torch.tensor([[1, 0], [0, 2]]), torch.tensor([3, 5])
    assert baselined_gradient(scores, returns, torch.tensor([1, 2])).tolist() == [
        (3 - 1) / 2,
        2 * (5 - 2) / 2,
    ]
    with pytest.raises(ValueError, match="baselines"):
        baselined_gradient(scores, returns, torch.tensor([[1], [2]]))


# Lesson 06


def test_gradient_variance_by_enumeration_and_by_the_parabola():
    for seed in range(5):
        logits, rewards, baseline = normal(4, seed=seed), normal(4, seed=seed + 50), float(seed)
        probs = logits.softmax(0)
        samples = torch.stack([(rewards[a] - baseline) * softmax_score(logits, a) for a in range(4)])
        second = (probs[:, None] * samples**2).sum()
        mean = (probs[:, None] * samples).sum(0)
        torch.testing.assert_close(gradient_variance(probs, rewards, baseline), second - (mean**2).sum())
    # Two buttons at p = 0.3: one logit has p0 p1 (b - b*)^2, b* = p1 R0 + p0 R1 = 0.4; the trace is twice that.
    probs, rewards = torch.tensor([0.3, 0.7], dtype=DOUBLE), torch.tensor([1, -1])
    for baseline in (0.0, 0.4, -0.4, 7.0):
        by_parabola = 2 * 0.3 * 0.7 * (baseline - 0.4) ** 2
        assert gradient_variance(probs, rewards, baseline).item() == pytest.approx(by_parabola, abs=1e-12)
    shifted = gradient_variance(probs, rewards + 100, 0.0).item()
    assert shifted == pytest.approx(2 * 0.21 * 100.4**2)
    value = 0.3 - 0.7  # the state's value as a baseline: four times the variance of none at all
    none = gradient_variance(probs, rewards, 0.0).item()
    assert gradient_variance(probs, rewards, value).item() == pytest.approx(4 * none)


def test_gradient_variance_of_a_certain_policy_is_zero_and_bad_probs_are_refused():
    assert gradient_variance(torch.tensor([0, 1]), torch.tensor([3, 5]), 0.0) == 0
    with pytest.raises(ValueError, match="probs"):
        gradient_variance(torch.tensor([0.5, 0.6]), torch.tensor([1.0, 2.0]), 0.0)
