"""Densities and entropies against torch.distributions, quadrature, and each other; in float64 unless said."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch
from draws import draw
from torch import distributions as dist

from helpers.densities import (
    beta_entropy,
    beta_log_prob,
    entropy,
    gaussian_entropy,
    gaussian_log_prob,
    log_softmax,
    mixture_entropy,
    mixture_log_prob,
    reparameterized_sample,
)


def close(left, right, tolerance=1e-6):
    torch.testing.assert_close(left, torch.as_tensor(right, dtype=left.dtype), rtol=tolerance, atol=tolerance)


def gradients_of(function, *inputs):
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    return torch.autograd.grad(function(*leaves).sum(), leaves)


# softmax
@pytest.mark.parametrize("scale", [1.0, 30.0, 1e4])
def test_log_softmax_and_entropy_against_torch(scale):
    logits = draw(20, 5) * scale
    reference = dist.Categorical(logits=logits)
    close(log_softmax(logits), reference.logits, 1e-12)
    close(entropy(logits), reference.entropy(), 1e-12)
    coefficients = draw(20, 5, seed=1)  # any sum of all entries but the plain one, whose gradient is 0
    for ours, theirs in [
        (lambda x: coefficients * log_softmax(x), lambda x: coefficients * x.log_softmax(1)),
        (entropy, slow_entropy),
    ]:
        close(gradients_of(ours, logits)[0], gradients_of(theirs, logits)[0], 1e-9)


def slow_entropy(logits):
    log_probs = logits.log_softmax(1)
    return -(log_probs.exp() * log_probs).sum(1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_ten_thousand_by_hand(dtype):
    logits = torch.tensor([[1e4, -1e4], [1e4, 1e4], [-1e4, -1e4]], dtype=dtype, requires_grad=True)
    half = -math.log(2)
    close(log_softmax(logits), [[0, -2e4], [half, half], [half, half]])
    close(entropy(logits), [0, -half, -half])
    for function in (log_softmax, entropy):
        assert all(torch.isfinite(g).all() for g in gradients_of(lambda x, f=function: f(x), logits))
    (gradient,) = gradients_of(lambda x: log_softmax(x)[:, 0], logits)
    close(gradient, [[0, 0], [0.5, -0.5], [0.5, -0.5]])


def test_a_forbidden_action_costs_no_nan():
    logits = torch.tensor([[0.0, -math.inf, 0.0]], dtype=torch.float64)
    close(entropy(logits), [math.log(2)])
    assert all(torch.isfinite(g).all() for g in gradients_of(entropy, logits))


def test_entropy_lies_between_sure_and_undecided():
    logits = draw(50, 4, seed=3) * 3
    assert (entropy(logits) > 0).all()
    assert (entropy(logits) < math.log(4)).all()
    assert entropy(torch.zeros(4)).item() == pytest.approx(math.log(4))
    with pytest.raises(ValueError, match="logits"):
        log_softmax(torch.tensor(1.0))


# Gaussian
@pytest.mark.parametrize("per_state", [False, True])
def test_gaussian_against_torch(per_state):
    actions, mean = draw(30, 3) * 5, draw(30, 3, seed=1)
    log_std = draw(30, 3, seed=2) if per_state else draw(3, seed=2)
    reference = dist.Independent(dist.Normal(mean, log_std.exp().expand(30, 3)), 1)
    close(gaussian_log_prob(actions, mean, log_std), reference.log_prob(actions), 1e-12)
    close(gaussian_entropy(log_std).expand(30), reference.entropy(), 1e-12)
    assert torch.autograd.gradcheck(gaussian_log_prob, [x.requires_grad_() for x in (actions, mean, log_std)])


def test_gaussian_at_extreme_parameters():
    actions, mean = torch.tensor([[1e6], [0.0], [0.0], [1e-12]]).double(), torch.zeros(4, 1).double()
    log_std = torch.tensor([[0.0], [-30.0], [30.0], [-30.0]]).double()
    expected = scipy.stats.norm.logpdf(actions.numpy(), scale=log_std.exp().numpy())[:, 0]
    close(gaussian_log_prob(actions, mean, log_std), expected, 1e-12)
    assert all(torch.isfinite(g).all() for g in gradients_of(gaussian_log_prob, actions, mean, log_std))


def test_reparameterized_sample_and_its_gradients():
    mean, log_std, noise = (
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([0.0, math.log(3)]),
        torch.tensor([[2.0, -1.0]]),
    )
    close(reparameterized_sample(mean, log_std, noise), [[1 + 2, 2 - 3]])
    for_mean, for_log_std, for_noise = gradients_of(reparameterized_sample, mean, log_std, noise)
    close(for_mean, [[1, 1]])
    close(for_log_std, [2, -3])  # d/d log σ of σ ε is σ ε
    close(for_noise, [[1, 3]])


# mixture
def test_mixture_against_torch_in_one_and_in_more_dimensions():
    logits, means, log_stds = draw(30, 4), draw(30, 4, 3, seed=1) * 2, draw(30, 4, 3, seed=2) * 0.5
    weights = dist.Categorical(logits=logits)
    flat = dist.MixtureSameFamily(weights, dist.Normal(means[..., 0], log_stds[..., 0].exp()))
    actions = draw(30, 3, seed=3) * 4
    close(
        mixture_log_prob(actions[:, 0], logits, means[..., 0], log_stds[..., 0]),
        flat.log_prob(actions[:, 0]),
        1e-12,
    )
    joint = dist.MixtureSameFamily(weights, dist.Independent(dist.Normal(means, log_stds.exp()), 1))
    close(mixture_log_prob(actions, logits, means, log_stds), joint.log_prob(actions), 1e-12)
    inputs = [x[:3].clone().requires_grad_() for x in (actions, logits, means, log_stds)]
    assert torch.autograd.gradcheck(mixture_log_prob, inputs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mixture_is_finite_far_out_and_for_extreme_weights(dtype):
    actions = torch.tensor([1e3, -1e6, 0.0, 0.0, 1e8], dtype=dtype)
    logits = torch.tensor([[0.0, 0], [0, 0], [1e4, -1e4], [-1e4, 1e4], [1e4, -1e4]], dtype=dtype)
    means = torch.tensor([[-1.0, 1]] * 5, dtype=dtype)
    log_stds = torch.tensor([[0.0, 0], [1, -1], [-10, 3], [0, 0], [0, 0]], dtype=dtype)
    result = mixture_log_prob(actions, logits, means, log_stds)
    with np.errstate(divide="ignore"):
        weights = logits.double().log_softmax(1).numpy()
        components = scipy.stats.norm.logpdf(
            actions.double().numpy()[:, None], means.double().numpy(), log_stds.double().exp().numpy()
        )
    expected = scipy.special.logsumexp(weights + components, axis=1)
    close(result, expected, 1e-5 if dtype == torch.float32 else 1e-12)
    for gradient in gradients_of(mixture_log_prob, actions, logits, means, log_stds):
        assert torch.isfinite(gradient).all()


def test_mixture_of_one_is_a_gaussian():
    actions, mean, log_std = draw(9, 1), draw(9, 1, seed=1), draw(9, 1, seed=2)
    as_mixture = mixture_log_prob(actions[:, 0], torch.full((9, 1), 7.0).double(), mean, log_std)
    close(as_mixture, gaussian_log_prob(actions, mean, log_std), 1e-12)
    # Gauss-Hermite is exact for the square inside a single Gaussian's log-density
    estimate = mixture_entropy(torch.zeros(9, 1).double(), mean[..., None], log_std[..., None])
    close(estimate, gaussian_entropy(log_std), 1e-10)


def grid_entropy(logits, means, log_stds):
    x = torch.linspace(-60, 60, 400_001, dtype=torch.float64)
    rows = [row.expand(len(x), -1) for row in (logits, means, log_stds)]
    log_probs = mixture_log_prob(x, *rows)
    return -torch.trapezoid(log_probs.exp() * log_probs, x)


def test_mixture_entropy_estimate_in_one_dimension_against_quadrature():
    logits, means, log_stds = draw(20, 3), draw(20, 3, seed=1) * 3, draw(20, 3, seed=2) * 0.5
    exact = torch.stack([grid_entropy(*rows) for rows in zip(logits, means, log_stds, strict=True)])
    estimate = mixture_entropy(logits, means[..., None], log_stds[..., None])
    assert (estimate - exact).abs().max() < 0.02
    assert (estimate - exact).abs().median() < 1e-3


def test_mixture_entropy_in_three_dimensions_where_it_is_known():
    logits, log_stds = draw(5, 2), draw(5, 2, 3, seed=1) * 0.3
    # far apart: the weights' entropy and the weighted entropies of the components
    apart = torch.tensor([[-50.0] * 3, [50.0] * 3]).double().expand(5, 2, 3)
    known = entropy(logits) + (logits.softmax(1) * gaussian_entropy(log_stds.flatten(0, 1)).view(5, 2)).sum(1)
    close(mixture_entropy(logits, apart, log_stds), known, 1e-10)
    # all alike: one Gaussian
    alike = log_stds[:, :1].expand(5, 2, 3)
    close(mixture_entropy(logits, torch.zeros(5, 2, 3).double(), alike), gaussian_entropy(alike[:, 0]), 1e-10)


def test_mixture_entropy_estimate_in_two_dimensions_against_quadrature():
    logits, means, log_stds = draw(4, 3), draw(4, 3, 2, seed=1) * 1.5, draw(4, 3, 2, seed=2) * 0.4
    axis = torch.linspace(-15, 15, 401, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis)
    for rows in zip(logits, means, log_stds, strict=True):
        log_probs = mixture_log_prob(points, *(row.expand(len(points), *row.shape) for row in rows))
        exact = -(log_probs.exp() * log_probs).sum() * (axis[1] - axis[0]) ** 2
        assert abs(mixture_entropy(*(row[None] for row in rows)) - exact) < 0.03


@pytest.mark.parametrize("wide", range(3))
def test_mixture_entropy_takes_dtypes_as_they_come(wide):
    """One input in float64 beside two in float32: the numbers are those of float64 throughout."""
    inputs = [draw(3, 2).float(), draw(3, 2, 1, seed=1).float(), draw(3, 2, 1, seed=2).float()]
    mixed = [x.double() if place == wide else x for place, x in enumerate(inputs)]
    assert torch.equal(mixture_entropy(*mixed), mixture_entropy(*[x.double() for x in inputs]))


@pytest.mark.parametrize("n_dims", [1, 3])
def test_mixture_entropy_is_the_same_every_time_and_differentiable(n_dims):
    inputs = [draw(2, 2), draw(2, 2, n_dims, seed=1), draw(2, 2, n_dims, seed=2) * 0.3]
    torch.manual_seed(0)
    state = torch.random.get_rng_state()
    assert torch.equal(mixture_entropy(*inputs), mixture_entropy(*inputs))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.autograd.gradcheck(mixture_entropy, [x.requires_grad_() for x in inputs])


# Beta
BOUNDS = [(0.0, 1.0), (-2.0, 2.0), (0.1, 0.3), (-1e3, 5e3)]


def stretched(alpha, beta, low, high):
    return dist.TransformedDistribution(dist.Beta(alpha, beta), dist.AffineTransform(low, high - low))


@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_beta_against_torch(low, high):
    alpha, beta = (draw(40) * 2).exp(), (draw(40, seed=1) * 2).exp()
    actions = low + (high - low) * torch.from_numpy(np.random.default_rng(2).uniform(0.01, 0.99, size=40))
    close(
        beta_log_prob(actions, alpha, beta, low, high),
        stretched(alpha, beta, low, high).log_prob(actions),
        1e-9,
    )
    reference = dist.Beta(alpha, beta).entropy() + math.log(high - low)
    close(beta_entropy(alpha, beta, low, high), reference, 1e-9)
    inputs = [x[:5].clone().requires_grad_() for x in (alpha, beta)]
    assert torch.autograd.gradcheck(lambda a, b: beta_log_prob(actions[:5], a, b, low, high), inputs)
    assert torch.autograd.gradcheck(lambda a, b: beta_entropy(a, b, low, high), inputs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_beta_near_the_bounds_and_at_extreme_parameters(dtype):
    inside = torch.finfo(dtype).eps
    actions = torch.tensor([-1 + inside, 1 - inside, -1 + inside, 0.5, 0.0], dtype=dtype)
    alpha = torch.tensor([1.5, 300.0, 300.0, 1e5, 1e-3], dtype=dtype)
    beta = torch.tensor([200.0, 1.5, 200.0, 4e4, 1e-3], dtype=dtype)
    expected = scipy.stats.beta.logpdf(
        ((actions.double() + 1) / 2).numpy(), alpha.double().numpy(), beta.double().numpy()
    ) - math.log(2)
    close(beta_log_prob(actions, alpha, beta, -1.0, 1.0), expected, 1e-6)
    assert beta_log_prob(actions, alpha, beta, -1.0, 1.0).dtype == dtype
    for gradient in gradients_of(lambda *x: beta_log_prob(*x, -1.0, 1.0), actions, alpha, beta):
        assert torch.isfinite(gradient).all()
    close(beta_entropy(alpha, beta, 0.0, 1.0), scipy.stats.beta.entropy(alpha.double(), beta.double()), 1e-4)


def test_beta_keeps_the_digits_of_the_gap_to_the_upper_bound():
    # 2^-53 below the bound of an interval of length 1e6 + 1: u rounds to 1, but the gap is known exactly.
    # Beta(1, 3): p(u) = 3 (1 - u)²
    action, width = torch.tensor([1 - 2**-53], dtype=torch.float64), 1e6 + 1
    log_prob = beta_log_prob(action, torch.ones(1).double(), torch.full((1,), 3.0).double(), -1e6, 1.0)
    assert log_prob.item() == pytest.approx(math.log(3) + 2 * math.log(2**-53 / width) - math.log(width))


def test_beta_of_ones_is_uniform():
    ones = torch.ones(3)
    close(beta_log_prob(torch.tensor([2.1, 3.0, 5.9]), ones, ones, 2.0, 6.0), [-math.log(4)] * 3)
    assert beta_entropy(ones, ones, 2.0, 6.0)[0].item() == pytest.approx(math.log(4))


# every family integrates to one, its entropy is its expected surprise, and its expected score is zero (EGLP)
def line(low, high, n=200_001):
    x = torch.linspace(low, high, n, dtype=torch.float64)
    weights = torch.full_like(x, x[1] - x[0])
    weights[[0, -1]] /= 2
    return x, weights


def sine_line(low, high, n=200_001):
    """Nodes inside (low, high) for u = sin²(t), which smooths what a Beta's density does at its bounds."""
    t = (torch.arange(n, dtype=torch.float64) + 0.5) / n * math.pi / 2
    return low + (high - low) * t.sin() ** 2, (high - low) * (2 * t).sin() * math.pi / 2 / n


GAUSSIAN = [torch.tensor([0.7]), torch.tensor([-0.4])]
MIXTURE = [torch.tensor(x) for x in ([0.3, -0.5, 0.0], [-3.0, 0.0, 2.0], [0.2, -1.0, -0.3])]
FAMILIES = {
    "Gaussian": (
        line(-15, 15),
        GAUSSIAN,
        lambda x, m, s: gaussian_log_prob(x[:, None], m.expand(len(x), 1), s),
    ),
    "mixture": (line(-25, 25), MIXTURE, lambda x, *p: mixture_log_prob(x, *(q.expand(len(x), 3) for q in p))),
    **{
        f"Beta {a}, {b}": (
            sine_line(-2.0, 3.0),
            [torch.tensor(a), torch.tensor(b)],
            lambda x, a, b: beta_log_prob(x, a.expand(len(x)), b.expand(len(x)), -2.0, 3.0),
        )
        for a, b in [(1.3, 4.0), (1.0, 1.0), (30.0, 2.0), (0.7, 0.9)]
    },
}
ENTROPIES = {
    "Gaussian": lambda mean, log_std: gaussian_entropy(log_std),
    "mixture": lambda *p: mixture_entropy(p[0][None], p[1][None, :, None], p[2][None, :, None])[0],
    "Beta": lambda alpha, beta: beta_entropy(alpha, beta, -2.0, 3.0),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_it_integrates_to_one_with_its_entropy_and_an_expected_score_of_zero(name):
    (x, weights), parameters, log_prob = FAMILIES[name]
    parameters = [p.double().requires_grad_() for p in parameters]
    log_probs = log_prob(x, *parameters)
    mass = weights * log_probs.detach().exp()
    assert mass.sum().item() == pytest.approx(1, abs=1e-8)
    scores = torch.autograd.grad((mass * log_probs).sum(), parameters)
    assert max(score.abs().max().item() for score in scores) < 1e-6
    surprise = -(mass * log_probs.detach()).sum().item()
    estimate = ENTROPIES[name.split()[0]](*parameters).item()
    assert estimate == pytest.approx(surprise, abs=5e-3 if name == "mixture" else 1e-6)


def test_the_softmax_sums_to_one_and_has_an_expected_score_of_zero():
    logits = (draw(6, 4) * 3).requires_grad_()
    log_probs = log_softmax(logits)
    close(log_probs.exp().sum(1), [1.0] * 6, 1e-12)
    (score,) = torch.autograd.grad((log_probs.detach().exp() * log_probs).sum(), logits)
    assert score.abs().max() < 1e-12


def test_bad_input_is_refused():
    row, column, square = torch.zeros(3), torch.zeros(3, 1), torch.zeros(3, 3)
    half, ones = torch.full((3,), 0.5), torch.ones(3)
    calls = [
        lambda: gaussian_log_prob(row, row, row),
        lambda: gaussian_log_prob(square, column, row),
        lambda: gaussian_log_prob(square, square, torch.zeros(2)),
        lambda: gaussian_log_prob(square, square, column),
        lambda: reparameterized_sample(square, row, column),
        lambda: mixture_log_prob(column, square, square, square),
        lambda: mixture_log_prob(row, square, square, torch.zeros(3, 2)),
        lambda: mixture_entropy(square, square, square),
        lambda: beta_log_prob(half[:, None], ones, ones, 0.0, 1.0),
        lambda: beta_log_prob(half, ones[:1], ones, 0.0, 1.0),
        lambda: beta_log_prob(half, ones, ones, 1.0, 1.0),
        lambda: beta_log_prob(half, ones, ones, 0.5, 1.0),
        lambda: beta_log_prob(half, ones, ones, -1.0, 0.2),
        lambda: beta_log_prob(half, -ones, ones, 0.0, 1.0),
        lambda: beta_log_prob(half * math.nan, ones, ones, 0.0, 1.0),
        lambda: beta_entropy(ones, ones, 1.0, 1.0),
        lambda: beta_entropy(ones, ones, 1.0, -1.0),
        lambda: beta_entropy(ones, ones, 0.0, torch.tensor([1.0, 0.0, 1.0])),
        lambda: beta_entropy(ones, row, 0.0, 1.0),
        lambda: beta_entropy(ones * math.nan, ones, 0.0, 1.0),
        lambda: beta_entropy(ones, ones[:2], 0.0, 1.0),
        lambda: beta_entropy(ones, ones, 0.0, ones[:2]),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="expected"):
            call()
