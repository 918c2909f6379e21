"""Log-probabilities and weights in, a scalar to minimise out, whose gradient is the estimate we want.

No gradient flows into weights, advantages, targets or old log-probabilities: they are data, not the policy.
"""

import torch

from .shapes import as_float, as_indices, match_shapes

__all__ = [
    "actor_critic_loss",
    "approx_kl",
    "behaviour_cloning_loss",
    "clip_fraction",
    "policy_gradient_loss",
    "ppo_clip_loss",
    "ratio",
    "reinforce_update",
]


def policy_gradient_loss(log_probs: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The surrogate whose gradient is minus the policy gradient estimate; its value means nothing.

    -1/B Σ_b log π(a_b|s_b) w_b

    Args:
        log_probs: float [B], of the sampled actions under the policy to improve, with their graph.
        weights: float [B], returns or advantages.

    Returns:
        float [].

    Raises:
        ValueError: shapes other than [B] and [B]; [B] beside [B, 1] would broadcast to [B, B].

    Source: Williams, Simple Statistical Gradient-Following Algorithms (1992), section 4.
    """
    match_shapes(log_probs=(log_probs, "B"), weights=(weights, "B"))
    return -(as_float(log_probs) * as_float(weights).detach()).mean()


def reinforce_update(
    policy, optimizer, obs: torch.Tensor, actions: torch.Tensor, weights: torch.Tensor
) -> float:
    """One step of the optimizer along the policy gradient estimate, whatever gradients lay there before.

    θ ← θ + α 1/B Σ_b w_b ∇ log π(a_b|s_b), for plain gradient descent with step size α

    Args:
        policy: offers `log_prob(obs, actions)` [B].
        optimizer: of the policy's parameters.
        obs: float [B, O], or int64 [B] in a tabular world.
        actions: int64 [B] or float [B, D].
        weights: float [B].

    Returns:
        The loss before the step.

    Raises:
        ValueError: the log-probabilities and the weights are not both [B].

    Source: Sutton and Barto, Reinforcement Learning (2018), equation 13.8, over a batch.
    """
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def behaviour_cloning_loss(logits: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """How surprised the policy is by the expert's actions: cross-entropy, supervised learning of a policy.

    -1/B Σ_b log softmax(logits_b)[a_b]

    Args:
        logits: float [B, A].
        actions: int64 [B], each in 0 ... A-1.

    Returns:
        float [], in nats, at least 0.

    Raises:
        ValueError: shapes that do not fit, or an action that is no integer in 0 ... A-1.

    Source: Pomerleau, Efficient Training of Artificial Neural Networks for Autonomous Navigation (1991).
    """
    logits = as_float(logits)
    n_actions = match_shapes(actions=(actions, "B"), logits=(logits, "B A"))["A"]
    actions = as_indices("actions", actions, n_actions)
    return -logits.log_softmax(dim=1).gather(1, actions[:, None]).mean()


def actor_critic_loss(
    log_probs: torch.Tensor,
    values: torch.Tensor,
    advantages: torch.Tensor,
    targets: torch.Tensor,
    entropies: torch.Tensor,
    value_coef: float,
    entropy_coef: float,
) -> torch.Tensor:
    """Three losses in one: improve the policy, fit the critic, and keep the dice rolling.

    -1/B Σ log π(a|s) Â + value_coef · 1/B Σ (v̂(s) - target)² - entropy_coef · 1/B Σ H(π(·|s))

    Args:
        log_probs, values, entropies: float [B], with their graphs.
        advantages, targets: float [B]; the critic must not move its own target, nor the actor's weight.
        value_coef, entropy_coef: non-negative.

    Returns:
        float [].

    Raises:
        ValueError: the five are not all [B].

    Source: Mnih et al., Asynchronous Methods for Deep Reinforcement Learning (2016), section 4, one loss.
    """
    named = {"log_probs": log_probs, "values": values, "advantages": advantages}
    named |= {"targets": targets, "entropies": entropies}
    match_shapes(**{name: (tensor, "B") for name, tensor in named.items()})
    critic_loss = (as_float(values) - as_float(targets).detach()).square().mean()
    policy_loss = policy_gradient_loss(log_probs, advantages)
    return policy_loss + value_coef * critic_loss - entropy_coef * as_float(entropies).mean()


def ratio(log_probs: torch.Tensor, old_log_probs: torch.Tensor) -> torch.Tensor:
    """How much more likely the policy makes each action than the policy that drew it.

    ρ = π(a|s) / π_old(a|s) = exp(log π(a|s) - log π_old(a|s))

    Args:
        log_probs: float [B], with its graph.
        old_log_probs: float [B], of the policy that acted.

    Returns:
        float [B], at least 0.

    Raises:
        ValueError: the two are not both [B].

    Source: Schulman et al., Proximal Policy Optimization Algorithms (2017), section 3.
    """
    return _log_ratio(log_probs, old_log_probs).exp()


def ppo_clip_loss(
    log_probs: torch.Tensor, old_log_probs: torch.Tensor, advantages: torch.Tensor, clip: float = 0.2
) -> torch.Tensor:
    """The pessimistic surrogate: no reward for moving a ratio further than the clip in the good direction.

    -1/B Σ min(ρ Â, clamp(ρ, 1 - clip, 1 + clip) Â)

    Args:
        log_probs: float [B], with its graph.
        old_log_probs: float [B], of the policy that acted.
        advantages: float [B].
        clip: non-negative.

    Returns:
        float [].

    Raises:
        ValueError: the three are not all [B], or clip is negative.

    Source: Schulman et al., Proximal Policy Optimization Algorithms (2017), equation 7.
    """
    match_shapes(log_probs=(log_probs, "B"), advantages=(advantages, "B"))
    _check_clip(clip)
    log_ratio, advantages = _log_ratio(log_probs, old_log_probs), as_float(advantages).detach()
    # Clipped anyway where the advantage is not negative; an infinite ratio would make the gradient 0 · inf.
    log_ratio = torch.where(advantages < 0, log_ratio, log_ratio.clamp(max=1 + clip))
    unclipped = log_ratio.exp()
    return -torch.minimum(unclipped * advantages, unclipped.clamp(1 - clip, 1 + clip) * advantages).mean()


def approx_kl(log_probs: torch.Tensor, old_log_probs: torch.Tensor) -> torch.Tensor:
    """How far the policy has moved from the one that drew the actions; unbiased, and no sample is negative.

    KL(π_old ‖ π) ≈ 1/B Σ (ρ - 1) - log ρ, ρ = π(a|s) / π_old(a|s), a ~ π_old (the estimator k3)

    Args:
        log_probs: float [B].
        old_log_probs: float [B], of the policy that acted.

    Returns:
        float [], in nats, at least 0.

    Raises:
        ValueError: the two are not both [B].

    Source: Schulman, Approximating KL Divergence (2020).
    """
    return k3(_log_ratio(log_probs, old_log_probs)).mean()


def clip_fraction(log_probs: torch.Tensor, old_log_probs: torch.Tensor, clip: float = 0.2) -> torch.Tensor:
    """The share of actions whose ratio has left the clipping interval: how hard the batch was used.

    1/B Σ 1[ρ < 1 - clip or ρ > 1 + clip]

    Args:
        log_probs: float [B].
        old_log_probs: float [B], of the policy that acted.
        clip: non-negative.

    Returns:
        float [] in [0, 1], without a graph; NaN where a ratio is: a broken run must not look calm.

    Raises:
        ValueError: the two are not both [B], or clip is negative.

    Source: Schulman et al., Proximal Policy Optimization Algorithms (2017), figure 1, as a diagnostic.
    """
    _check_clip(clip)
    ratios = ratio(log_probs, old_log_probs).detach()
    outside = ((ratios < 1 - clip) | (ratios > 1 + clip)).to(ratios.dtype)
    return torch.where(ratios.isnan(), ratios, outside).mean()


def _log_ratio(log_probs, old_log_probs) -> torch.Tensor:
    """log ρ, [B], with no gradient into the old policy."""
    match_shapes(log_probs=(log_probs, "B"), old_log_probs=(old_log_probs, "B"))
    return as_float(log_probs) - as_float(old_log_probs).detach()


def k3(log_ratio: torch.Tensor) -> torch.Tensor:
    """The third of the usual estimators of KL(p ‖ q) from samples of p: unbiased, and never negative.

    (ρ - 1) - log ρ, ρ = q(a) / p(a)

    Args:
        log_ratio: float [B] or [B, L], log ρ.

    Returns:
        float, shape of log_ratio, in nats.

    Source: Schulman, Approximating KL Divergence (2020).
    """
    return log_ratio.expm1() - log_ratio  # exp(x) - 1 loses the digits of a small x


def _check_clip(clip: float) -> None:
    if not clip >= 0:
        raise ValueError(f"clip: expected a number of at least 0, got {clip}")
