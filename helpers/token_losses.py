"""Log-probabilities of tokens and a mask in, what a language model is tuned by out: a leash, a mean, and GRPO's loss.

B sequences of at most L tokens; the mask is true where a token is real, and what stands elsewhere is never read.
"""

import torch

from .losses import k3, ppo_clip_loss
from .shapes import as_flags, as_float, match_shapes

__all__ = ["grpo_loss", "kl_penalty", "masked_mean"]


def kl_penalty(log_probs: torch.Tensor, reference_log_probs: torch.Tensor) -> torch.Tensor:
    """The leash, token by token: how far the policy has gone from the reference, which is not trained.

    KL(π ‖ π_ref) ≈ exp(x) - 1 - x, x = log π_ref(a|s) - log π(a|s), a ~ π (the estimator k3)

    The value estimates KL(π ‖ π_ref). Its gradient with the samples held fixed, (1 - exp(x)) ∇ log π, does not: it
    estimates the gradient of KL(π_ref ‖ π), which has the same minimum.

    Args:
        log_probs: float [B, L], of the policy's own samples, with its graph.
        reference_log_probs: float [B, L], of the same tokens.

    Returns:
        float [B, L], in nats, at least 0.

    Raises:
        ValueError: the two are not both [B, L].

    Source: Shao et al., DeepSeekMath (2024), equation 4.
    """
    match_shapes(log_probs=(log_probs, "B L"), reference_log_probs=(reference_log_probs, "B L"))
    return k3(as_float(reference_log_probs).detach() - as_float(log_probs))


def masked_mean(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the real tokens of the whole batch; padding, even NaN, counts neither here nor in gradients.

    Σ_bl m_bl x_bl / Σ_bl m_bl

    Args:
        x: float [B, L].
        mask: bool [B, L], true where a token is real; 0 and 1 will do.

    Returns:
        float [].

    Raises:
        ValueError: the two are not both [B, L], or no token is real.

    Source: Yu et al., DAPO (2025), equation 8: the mean over tokens, not over sequences.
    """
    match_shapes(x=(x, "B L"), mask=(mask, "B L"))
    return as_float(x)[_real(mask)].mean()  # selected, not multiplied: 0 · NaN is NaN


def grpo_loss(
    log_probs: torch.Tensor,
    old_log_probs: torch.Tensor,
    advantages: torch.Tensor,
    mask: torch.Tensor,
    clip: float = 0.2,
) -> torch.Tensor:
    """PPO's clipped loss over the real tokens, each with the advantage of its whole sequence.

    -1/Σm Σ_bl m_bl min(ρ_bl Â_b, clamp(ρ_bl, 1 - clip, 1 + clip) Â_b)

    Args:
        log_probs: float [B, L], with its graph.
        old_log_probs: float [B, L], of the policy that wrote the sequences.
        advantages: float [B], one for each sequence.
        mask: bool [B, L], true where a token is real; 0 and 1 will do.
        clip: non-negative.

    Returns:
        float [].

    Raises:
        ValueError: shapes that do not fit, no real token, or a negative clip.

    Source: Shao et al., DeepSeekMath (2024), equation 3, without its mean over each sequence and its KL term.
    """
    log_probs, advantages = as_float(log_probs), as_float(advantages)
    match_shapes(log_probs=(log_probs, "B L"), old_log_probs=(old_log_probs, "B L"))
    match_shapes(log_probs=(log_probs, "B L"), advantages=(advantages, "B"), mask=(mask, "B L"))
    real = _real(mask)
    of_tokens = advantages[:, None].expand_as(log_probs)[real]
    return ppo_clip_loss(log_probs[real], as_float(old_log_probs)[real], of_tokens, clip)


def _real(mask) -> torch.Tensor:
    """The mask as bool, with at least one real token."""
    mask = as_flags("mask", mask)
    if not mask.any():
        raise ValueError(f"mask: expected at least one real token, got none in shape {list(mask.shape)}")
    return mask
