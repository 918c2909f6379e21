"""A policy and trajectories in, gradient estimates out, one for each trajectory, and how good they are."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from .scores import score
from .shapes import as_float, match_shapes

__all__ = [
    "BiasAndVariance",
    "bias_and_variance",
    "finite_difference_gradient",
    "gradient_samples",
    "score",
    "standard_error",
]

ENTRIES_AT_ONCE = 4_000_000  # scores held in memory at a time


def gradient_samples(policy, trajectories: list, weight_fn: Callable) -> torch.Tensor:
    """The gradient estimate that each trajectory makes by itself; their mean is the batch's estimate.

    out[n] = sum_t weight_t grad_theta log pi_theta(a_t | s_t)

    Args:
        policy: as in `score`.
        trajectories: N records with .obs or .states [T+1, ...], .actions [T, ...] and .rewards [T].
        weight_fn: trajectory -> float [T], the weight of each log-probability.

    Returns:
        float [N, P].

    Raises:
        ValueError: no trajectory, or weight_fn does not return one weight for each action.

    Source: Williams (1992); Sutton and Barto (2018), section 13.3.
    """
    if not trajectories:
        raise ValueError("trajectories: expected at least one, got none")
    weights = [as_float(weight_fn(trajectory)).detach() for trajectory in trajectories]
    for trajectory, weight in zip(trajectories, weights, strict=True):
        if tuple(weight.shape) != tuple(trajectory.rewards.shape):
            match_shapes(**{"weight_fn(trajectory)": (weight, str(len(trajectory.rewards)))})
    owner = torch.repeat_interleave(torch.tensor([len(weight) for weight in weights]))
    obs = torch.cat([_observations(trajectory)[:-1] for trajectory in trajectories])
    actions = torch.cat([torch.as_tensor(trajectory.actions) for trajectory in trajectories])
    scores_of, n_parameters, dtype = _score_reader(policy, obs, actions)
    weights, samples = torch.cat(weights).to(dtype), torch.zeros(len(trajectories), n_parameters, dtype=dtype)
    for part in torch.arange(len(obs)).split(max(1, ENTRIES_AT_ONCE // n_parameters)):
        samples.index_add_(0, owner[part], weights[part, None] * scores_of(part))
    return samples


def _observations(trajectory) -> torch.Tensor:
    """What was seen, [T+1, ...], under either of its two names."""
    return torch.as_tensor(trajectory.obs if hasattr(trajectory, "obs") else trajectory.states)


class BiasAndVariance(NamedTuple):
    """How far estimates are from the truth: on average (bias), and each by itself (variance).

    Args:
        bias: float [P], mean of the samples minus the truth.
        variance: float [], summed over the parameters: the trace of the covariance of one sample.
        bias_in_standard_errors: float [P], the bias over the standard error of the mean; noise stays within 4.
        cosine: float [], between the mean of the samples and the truth; 0 if one of them is 0.
        squared_error: float [], mean over the samples of their squared distance to the truth.
    """

    bias: torch.Tensor
    variance: torch.Tensor
    bias_in_standard_errors: torch.Tensor
    cosine: torch.Tensor
    squared_error: torch.Tensor


def bias_and_variance(samples: torch.Tensor, truth: torch.Tensor) -> BiasAndVariance:
    """Hold gradient samples against the exact gradient.

    bias = mean - truth, variance = sum_p Var[g_p], squared error = mean_n ||g_n - truth||^2

    Args:
        samples: float [N, P], N at least 2, independent.
        truth: float [P].

    Returns:
        BiasAndVariance.

    Raises:
        ValueError: N below 2, or shapes that do not fit.

    Source: Wasserman, All of Statistics (2004), section 6.3.
    """
    match_shapes(samples=(samples, "N P"), truth=(truth, "P"))
    samples, truth = as_float(samples).detach(), as_float(truth).detach()
    errors, mean, limits = standard_error(samples), samples.mean(0), torch.finfo(samples.dtype)
    # Equal samples have no spread, but their mean is rounded: that is no bias of infinitely many standard errors.
    rounding = limits.eps * torch.maximum(samples.abs().amax(0), truth.abs()) + limits.tiny
    return BiasAndVariance(
        bias=mean - truth,
        variance=samples.var(0, correction=1).sum(),
        bias_in_standard_errors=(mean - truth) / torch.maximum(errors, rounding),
        cosine=_cosine(mean, truth),
        squared_error=((samples - truth) ** 2).sum(1).mean(),
    )


def finite_difference_gradient(f: Callable, theta: torch.Tensor, eps: float) -> torch.Tensor:
    """The gradient of a function by trying both sides of every parameter: 2 P evaluations, no derivative.

    out[p] = (f(theta + eps e_p) - f(theta - eps e_p)) / (2 eps)

    Args:
        f: [P] -> a number or a tensor []; each call gets a copy of its own.
        theta: float [P]; the same after the call as before.
        eps: half the distance between the two points, above 0; small is precise but, if f is noisy, noisy.

    Returns:
        float [P].

    Raises:
        ValueError: theta is no row, or eps is not above 0.

    Source: Nocedal and Wright, Numerical optimization (2006), equation 8.7.
    """
    match_shapes(theta=(theta, "P"))
    if not eps > 0:
        raise ValueError(f"eps: expected a number above 0, got {eps}")
    theta = as_float(theta).detach()
    slopes = []
    for step in eps * torch.eye(len(theta), dtype=theta.dtype):
        above, below = (torch.as_tensor(f(point)).item() for point in (theta + step, theta - step))
        slopes.append((above - below) / (2 * eps))
    return torch.tensor(slopes, dtype=theta.dtype)


def standard_error(samples: torch.Tensor) -> torch.Tensor:
    """How far the mean of the samples is likely to be from the truth.

    sqrt(1/(N - 1) sum_n (x_n - mean)^2) / sqrt(N)

    Args:
        samples: float [N, P], independent rows, N at least 2.

    Returns:
        float [P].

    Raises:
        ValueError: N below 2, or samples is no table.

    Source: Wasserman, All of Statistics (2004), section 6.3.
    """
    n = match_shapes(samples=(samples, "N P"))["N"]
    if n < 2:
        raise ValueError(f"samples: expected at least 2 rows, got {n}: one sample does not show its spread")
    return as_float(samples).std(0, correction=1) / n**0.5


def _cosine(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The cosine of the angle between two vectors; 0 if one has no direction."""
    lengths = one.norm() * other.norm()
    return torch.where(lengths > 0, one @ other.to(one.dtype) / lengths, 0.0)


def _score_reader(policy, obs, actions) -> tuple[Callable, int, torch.dtype]:
    """A function from row numbers to scores, P and the dtype; equal rows of a table are computed once."""
    if obs.ndim == actions.ndim == 1 and not obs.is_floating_point() and not actions.is_floating_point():
        pairs, which = torch.stack([obs, actions], 1).unique(dim=0, return_inverse=True)
        table = score(policy, pairs[:, 0], pairs[:, 1])
        return (lambda rows: table[which[rows]]), table.shape[1], table.dtype
    first = score(policy, obs[:1], actions[:1])
    return (lambda rows: score(policy, obs[rows], actions[rows])), first.shape[1], first.dtype
