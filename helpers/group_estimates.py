"""Groups of answers to one prompt in, what a weighting makes of the gradient out, over every group there can be."""

from collections.abc import Callable

import torch

from .shapes import as_float, match_shapes, need_counts
from .tabular import check_distribution

__all__ = ["every_group", "mean_group_gradient"]

LARGEST = 2_000_000  # groups listed at a time


def every_group(n_answers: int, size: int) -> torch.Tensor:
    """All ordered groups of answers.

    Args:
        n_answers: A, at least 1.
        size: K, at least 1.

    Returns:
        int64 [A^K, K], entries 0 ... A - 1.

    Raises:
        ValueError: A or K below 1, or more groups than can be listed.
    """
    need_counts(n_answers=n_answers, size=size)
    if n_answers**size > LARGEST:
        raise ValueError(
            f"expected at most {LARGEST:,} groups, got {n_answers} answers in groups of {size}: {n_answers**size:,}"
        )
    return torch.cartesian_prod(*[torch.arange(n_answers)] * size).view(-1, size)


def mean_group_gradient(
    probs: torch.Tensor, rewards: torch.Tensor, weight_fn: Callable, size: int
) -> torch.Tensor:
    """The exact mean of a group's gradient estimate, for a softmax over whole answers.

    E[1/K Σ_k w_k ∇ log π(a_k)], a_1 ... a_K ~ π, w = weight_fn(rewards of the group)

    Args:
        probs: float [A], the chance of each answer to the prompt.
        rewards: float [A].
        weight_fn: rewards [G, K] -> weights [G, K].
        size: K, at least 1.

    Returns:
        float [A], with respect to the logits.

    Raises:
        ValueError: shapes that do not fit, probs is no distribution, or more groups than can be listed.

    Source: Williams, Simple Statistical Gradient-Following Algorithms (1992), for one draw of K answers.
    """
    probs, rewards = as_float(probs), as_float(rewards)
    n_answers = match_shapes(probs=(probs, "A"), rewards=(rewards, "A"))["A"]
    check_distribution("probs", probs.detach())
    groups = every_group(n_answers, size)
    weights = weight_fn(rewards[groups])
    match_shapes(**{"weight_fn(rewards)": (weights, f"{len(groups)} {size}")})
    scores = torch.eye(n_answers, dtype=probs.dtype) - probs  # a row for each answer
    estimates = (weights[:, :, None] * scores[groups]).mean(dim=1)
    return probs[groups].prod(dim=1).to(estimates.dtype) @ estimates
