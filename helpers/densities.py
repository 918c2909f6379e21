"""Parameters of a distribution and actions in, log-densities and entropies out: pure formulas, no network."""

import math
from functools import lru_cache, reduce

import numpy as np
import torch

from .shapes import as_float, match_shapes

__all__ = [
    "beta_entropy",
    "beta_log_prob",
    "entropy",
    "gaussian_entropy",
    "gaussian_log_prob",
    "log_softmax",
    "mixture_entropy",
    "mixture_log_prob",
    "reparameterized_sample",
]


def log_softmax(logits: torch.Tensor) -> torch.Tensor:
    """Log-probabilities from any real numbers, without ever taking the logarithm of a rounded probability.

    log p_a = z_a - log Σ_a' exp(z_a'), z = logits - max(logits)

    Args:
        logits: float [B, A], or any number of sizes before A; of any size.

    Returns:
        float, shape of logits, at most 0.

    Raises:
        ValueError: logits has no last dimension to sum over.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 13.2.
    """
    logits = as_float(logits)
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits: expected shape [B, A] with A ≥ 1, got {list(logits.shape)}")
    shifted = logits - logits.amax(dim=-1, keepdim=True).detach()  # the shift cancels, in the gradient too
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """How undecided a softmax is: 0 if one action is sure, log A if all are alike.

    H = -Σ_a p_a log p_a, with 0 log 0 = 0

    Args:
        logits: float [B, A], or any number of sizes before A; -inf forbids an action.

    Returns:
        float [B], in nats.

    Raises:
        ValueError: logits has no last dimension to sum over.

    Source: Shannon, A Mathematical Theory of Communication (1948), section 6.
    """
    return mean_surprise(log_softmax(logits))


def mean_surprise(log_probs: torch.Tensor) -> torch.Tensor:
    """The entropy, -Σ_a p_a log p_a, where the log-probabilities [..., A] are known already; 0 log 0 = 0."""
    finite = log_probs.clamp(min=torch.finfo(log_probs.dtype).min)  # 0 · (-inf) would be NaN
    return -(log_probs.exp() * finite).sum(dim=-1)


def gaussian_log_prob(actions: torch.Tensor, mean: torch.Tensor, log_std: torch.Tensor) -> torch.Tensor:
    """Joint log-density of D independent Gaussian coordinates.

    log p(a) = -Σ_d ½ ((a_d - μ_d) / σ_d)² + log σ_d + ½ log 2π

    Args:
        actions, mean: float [B, D].
        log_std: float [D], or [B, D] where the spread depends on the state.

    Returns:
        float [B], in nats.

    Raises:
        ValueError: shapes that do not fit each other.

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 13.19, one factor for each coordinate.
    """
    actions, mean, log_std = as_float(actions), as_float(mean), as_float(log_std)
    match_shapes(actions=(actions, "B D"), mean=(mean, "B D"))
    match_shapes(actions=(actions, "B D"), log_std=(log_std, "B D" if log_std.ndim == 2 else "D"))
    return _gaussian(actions, mean, log_std).sum(dim=-1)


def gaussian_entropy(log_std: torch.Tensor) -> torch.Tensor:
    """Entropy of D independent Gaussian coordinates: their spreads alone decide, and their number.

    H = Σ_d log σ_d + ½ log 2πe

    Args:
        log_std: float [D] or [B, D].

    Returns:
        float [] or [B], in nats; negative for a narrow density.

    Source: Cover and Thomas, Elements of Information Theory (2006), section 8.1.
    """
    return (as_float(log_std) + 0.5 * (math.log(2 * math.pi) + 1)).sum(dim=-1)


def reparameterized_sample(mean: torch.Tensor, log_std: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """A Gaussian sample as a smooth function of its parameters; the chance is all in the noise.

    a = μ + σ ε, ε ~ N(0, 1)

    Args:
        mean: float [B, D].
        log_std: float [D], or [B, D] where the spread depends on the state.
        noise: float [B, D], standard normal.

    Returns:
        float [B, D], differentiable in mean and log_std. Detach it before a score-function loss.

    Raises:
        ValueError: shapes that do not fit each other.

    Source: Kingma and Welling, Auto-Encoding Variational Bayes (2014), section 2.4.
    """
    mean, log_std, noise = as_float(mean), as_float(log_std), as_float(noise)
    match_shapes(mean=(mean, "B D"), noise=(noise, "B D"))
    match_shapes(mean=(mean, "B D"), log_std=(log_std, "B D" if log_std.ndim == 2 else "D"))
    return mean + log_std.exp() * noise


def mixture_log_prob(
    actions: torch.Tensor, logits: torch.Tensor, means: torch.Tensor, log_stds: torch.Tensor
) -> torch.Tensor:
    """Log-density of a mixture of K Gaussians; finite even where every single density rounds to 0.

    log p(a) = log Σ_k w_k N(a | μ_k, σ_k²), w = softmax(logits)

    Args:
        actions: float [B], or [B, D] for a joint density: one component is drawn for all D coordinates.
        logits: float [B, K].
        means, log_stds: float [B, K], or [B, K, D].

    Returns:
        float [B], in nats.

    Raises:
        ValueError: shapes that do not fit each other.

    Source: Bishop, Mixture Density Networks (1994), equations 22 and 23.
    """
    actions, logits, means, log_stds = map(as_float, (actions, logits, means, log_stds))
    joint = " D" if actions.ndim == 2 else ""
    match_shapes(
        actions=(actions, "B" + joint),
        logits=(logits, "B K"),
        means=(means, "B K" + joint),
        log_stds=(log_stds, "B K" + joint),
    )
    of_components = _gaussian(actions[:, None], means, log_stds)
    of_components = of_components.sum(dim=-1) if joint else of_components
    return torch.logsumexp(log_softmax(logits) + of_components, dim=-1)


def mixture_entropy(logits: torch.Tensor, means: torch.Tensor, log_stds: torch.Tensor) -> torch.Tensor:
    """An estimate of a mixture's entropy, for which no closed formula exists; the same every time, differentiable.

    H = -Σ_k w_k E[log p(μ_k + σ_k ε)] ≈ -Σ_k w_k Σ_m q_m log p(μ_k + σ_k ε_m)

    The expectation is a sum over fixed nodes ε_m of weight q_m: for D = 1 Gauss-Hermite quadrature, mostly within 1e-3,
    for more coordinates some 70 quasi-random points, mostly within 2e-2. For a single Gaussian both are exact.

    Args:
        logits: float [B, K].
        means, log_stds: float [B, K, D].

    Returns:
        float [B], in nats.

    Raises:
        ValueError: shapes that do not fit each other.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), equation 25.4.46.
    """
    logits, means, log_stds = _in_one_dtype(logits, means, log_stds)  # `@` below promotes nothing
    sizes = match_shapes(logits=(logits, "B K"), means=(means, "B K D"), log_stds=(log_stds, "B K D"))
    nodes, weights = (x.to(means.dtype) for x in _normal_nodes(sizes["D"]))
    points = means[:, :, None] + log_stds.exp()[:, :, None] * nodes  # [B, K, M, D]
    densities = _gaussian(points[:, :, :, None], means[:, None, None], log_stds[:, None, None]).sum(dim=-1)
    log_probs = torch.logsumexp(log_softmax(logits)[:, None, None] + densities, dim=-1)  # [B, K, M]
    return -(log_softmax(logits).exp() * (log_probs @ weights)).sum(dim=-1)


def beta_log_prob(
    actions: torch.Tensor, alpha: torch.Tensor, beta: torch.Tensor, low: float, high: float
) -> torch.Tensor:
    """Log-density of a Beta distribution stretched from (0, 1) to (low, high), with the Jacobian of the stretching.

    log p(a) = (α - 1) log u + (β - 1) log(1 - u) - log B(α, β) - log(high - low), u = (a - low) / (high - low)

    Args:
        actions: float [B], strictly inside (low, high).
        alpha, beta: float [B], positive.
        low, high: the bounds, low < high.

    Returns:
        float [B], in nats.

    Raises:
        ValueError: shapes that do not fit, low ≥ high, an action not strictly inside, alpha or beta not positive.

    Source: Chou, Maturana, Scherer, Improving Stochastic Policy Gradients with the Beta Distribution (2017).
    """
    actions, alpha, beta = as_float(actions), as_float(alpha), as_float(beta)
    match_shapes(actions=(actions, "B"), alpha=(alpha, "B"), beta=(beta, "B"))
    _check_beta(alpha, beta, low, high)
    if not ((actions > low) & (actions < high)).all():
        raise ValueError(
            f"actions: expected strictly inside ({low}, {high}), got {actions.min()} ... {actions.max()}"
        )
    return beta_log_density(actions, alpha, beta, low, high)


def beta_log_density(actions, alpha, beta, low, high) -> torch.Tensor:
    """`beta_log_prob` entry by entry, for shapes that broadcast; no look at the values, so that it is fast."""
    dtype = torch.promote_types(actions.dtype, alpha.dtype)
    actions, alpha, beta = actions.double(), alpha.double(), beta.double()  # large terms nearly cancel
    u = (actions - low) / (high - low)
    one_less_u = (high - actions) / (high - low)  # the subtraction 1 - u would lose the digits near high
    kernel = torch.xlogy(alpha - 1, u) + torch.xlogy(beta - 1, one_less_u)
    return (kernel - _log_beta(alpha, beta) - _log_width(low, high)).to(dtype)


def beta_entropy(alpha: torch.Tensor, beta: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """Entropy of a Beta distribution on (low, high): at most log(high - low), at α = β = 1.

    H = log B(α, β) - (α - 1) ψ(α) - (β - 1) ψ(β) + (α + β - 2) ψ(α + β) + log(high - low)

    Args:
        alpha, beta: float, of shapes that broadcast, positive.
        low, high: the bounds, low < high; floats, or tensors that broadcast.

    Returns:
        float, the broadcast shape, in nats.

    Raises:
        ValueError: shapes that do not broadcast, low ≥ high, alpha or beta not positive.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 25.
    """
    alpha, beta = as_float(alpha), as_float(beta)
    _check_beta(alpha, beta, low, high)
    return beta_entropies(alpha, beta, low, high)


def beta_entropies(alpha, beta, low, high) -> torch.Tensor:
    """`beta_entropy` of tensors that are known to fit; no look at the values, so that it is fast."""
    dtype, alpha, beta = alpha.dtype, alpha.double(), beta.double()
    psi_sum = torch.digamma(alpha + beta)
    result = _log_beta(alpha, beta) + _log_width(low, high)
    result = (
        result + (alpha - 1) * (psi_sum - torch.digamma(alpha)) + (beta - 1) * (psi_sum - torch.digamma(beta))
    )
    return result.to(dtype)


def _check_beta(alpha: torch.Tensor, beta: torch.Tensor, low, high) -> None:
    """Refuse what is no Beta distribution on (low, high); NaN is none."""
    low, high = (torch.as_tensor(bound, dtype=torch.float64) for bound in (low, high))
    shapes = [list(x.shape) for x in (alpha, beta, low, high)]
    try:
        np.broadcast_shapes(*shapes)  # torch's own loads a library for symbols, at the first call
    except ValueError as error:
        raise ValueError(f"alpha, beta, low, high: expected shapes that broadcast, got {shapes}") from error
    if not (low < high).all():
        raise ValueError(f"low, high: expected low < high, got {low.tolist()} and {high.tolist()}")
    if not ((alpha > 0) & (beta > 0)).all():
        raise ValueError(f"alpha, beta: expected positive numbers, got minima {alpha.min()} and {beta.min()}")


def _in_one_dtype(*numbers) -> list[torch.Tensor]:
    """All as floating tensors of the widest dtype among them."""
    tensors = [as_float(x) for x in numbers]
    widest = reduce(torch.promote_types, (x.dtype for x in tensors))
    return [x.to(widest) for x in tensors]


def _gaussian(x, mean, log_std) -> torch.Tensor:
    """log N(x | mean, std²), entry by entry."""
    return -0.5 * ((x - mean) * (-log_std).exp()).square() - log_std - 0.5 * math.log(2 * math.pi)


def _log_width(low, high) -> torch.Tensor:
    """log(high - low) in float64: the Jacobian of stretching (0, 1) to (low, high)."""
    return torch.as_tensor(high - low, dtype=torch.float64).log()


def _log_beta(alpha, beta) -> torch.Tensor:
    """log B(α, β), entry by entry."""
    return torch.lgamma(alpha) + torch.lgamma(beta) - torch.lgamma(alpha + beta)


@lru_cache
def _normal_nodes(n_dims: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Nodes [M, D] and weights [M], sum 1, for expectations over D standard normal coordinates; always the same."""
    if n_dims == 1:
        nodes, weights = np.polynomial.hermite_e.hermegauss(32)
        return torch.from_numpy(nodes)[:, None], torch.from_numpy(weights / weights.sum())
    uniform = torch.quasirandom.SobolEngine(n_dims, scramble=True, seed=0).draw(
        32 + n_dims, dtype=torch.float64
    )
    nodes = torch.special.ndtri(uniform.clamp(1e-6, 1 - 1e-6))
    nodes = torch.cat([nodes, -nodes])  # mean exactly 0, and covariance exactly 1 after the next line
    nodes = torch.linalg.solve_triangular(
        torch.linalg.cholesky(nodes.T @ nodes / len(nodes)), nodes.T, upper=False
    ).T
    return nodes, torch.full((len(nodes),), 1 / len(nodes), dtype=torch.float64)
