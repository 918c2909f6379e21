"""Returns in, calmer weights out: subtract a baseline, or standardise over a batch or a group."""

import torch

from .shapes import as_float, match_shapes

__all__ = ["group_advantages", "leave_one_out", "optimal_baseline", "standardize"]


def leave_one_out(returns: torch.Tensor) -> torch.Tensor:
    """A baseline for each sample that the sample itself has no part in, so that it costs no bias.

    b_i = 1/(N-1) Σ_{j≠i} G_j

    Args:
        returns: float [N], of independent samples, N ≥ 2.

    Returns:
        float [N], the mean of the others, in reward.

    Raises:
        ValueError: returns is not [N], or N < 2: one sample has no others.

    Source: Kool, van Hoof, Welling, Buy 4 REINFORCE Samples, Get a Baseline for Free! (2019).
    """
    returns = as_float(returns)
    n_samples = match_shapes(returns=(returns, "N"))["N"]
    if n_samples < 2:
        raise ValueError(f"returns: expected at least 2 samples, for the mean of the others, got {n_samples}")
    relative = returns - returns[0]  # so that equal returns get exactly their own value
    return returns[0] + (relative.sum() - relative) / (n_samples - 1)


def optimal_baseline(returns: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """The constant that, subtracted from the return, leaves each parameter's gradient the least variance.

    b_p = Σ_i s_ip² G_i / Σ_i s_ip², which minimises Σ_i s_ip² (G_i - b)²: the variance, since E[s] = 0.

    Args:
        returns: float [N].
        scores: float [N, P], gradient of the log-probability of each sample.

    Returns:
        float [P], in reward; 0 where a parameter's score is always 0.

    Raises:
        ValueError: shapes that do not fit each other, or no sample.

    Source: Peters and Schaal, Reinforcement Learning of Motor Skills with Policy Gradients (2008).
    """
    returns, scores = as_float(returns), as_float(scores)
    if match_shapes(returns=(returns, "N"), scores=(scores, "N P"))["N"] == 0:
        raise ValueError("returns: expected at least 1 sample, got none")
    largest = scores.abs().amax(dim=0)
    squares = (scores / largest.masked_fill(largest == 0, 1)).square()  # tiny scores would square to 0
    return (returns[:, None] * squares).sum(dim=0) / squares.sum(dim=0).masked_fill(largest == 0, 1)


def standardize(x: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    """The batch moved to mean 0 and scaled to standard deviation 1; equal entries are exactly 0.

    (x_i - mean(x)) / (std(x) + eps), std with 1/B

    As a weight this is a heuristic: mean and scale depend on the sample's own action, which is a bias.

    Args:
        x: float or int [B], B ≥ 1.
        eps: non-negative, in the unit of x.

    Returns:
        float [B], without unit.

    Raises:
        ValueError: x is not [B], or is empty; or eps is negative.

    Source: common practice, without a theorem; for one group of answers it is `group_advantages`.
    """
    x = as_float(x)
    match_shapes(x=(x, "B"))
    return _standardized(x, eps)


def group_advantages(rewards: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    """Each answer's reward beside the others to the same question; exactly 0 where all rewards are equal.

    Â_gk = (R_gk - mean_k(R_g)) / (std_k(R_g) + eps), std with 1/K

    Args:
        rewards: float or int [G, K], K ≥ 1 answers in each of G groups.
        eps: non-negative, in reward.

    Returns:
        float [G, K], without unit.

    Raises:
        ValueError: rewards is not [G, K], or the groups are empty; or eps is negative.

    Source: Shao et al., DeepSeekMath (2024), section 4.1.2.
    """
    rewards = as_float(rewards)
    match_shapes(rewards=(rewards, "G K"))
    return _standardized(rewards, eps)


def _standardized(x: torch.Tensor, eps: float) -> torch.Tensor:
    """Mean 0 and standard deviation 1 along the last dimension, 0 where all entries are equal."""
    if x.shape[-1] == 0:
        raise ValueError(f"expected at least one entry to standardise, got shape {list(x.shape)}")
    if not eps >= 0:
        raise ValueError(f"eps: expected a number of at least 0, got {eps}")
    x = x - x[..., :1]  # equal entries are now exactly 0: their mean, like that of 0.1, 0.1, 0.1, may round
    centered = x - x.mean(dim=-1, keepdim=True)
    scale = x.std(dim=-1, correction=0, keepdim=True) + eps
    return centered / scale.masked_fill(scale == 0, 1)
