"""A policy, observations and actions in, the gradient of each log-probability out."""

import torch
from torch.func import functional_call, grad, vmap

from .shapes import match_shapes

__all__ = ["score"]


def score(policy, obs: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """Which way the parameters must move to make each action likelier where it was taken.

    out[b] = grad_theta log pi_theta(actions[b] | obs[b])

    Args:
        policy: has `.log_prob(obs, actions) -> [B]` and `.parameters()`.
        obs: float [B, O], or int64 [B] for a tabular policy.
        actions: int64 [B] or float [B, D].

    Returns:
        float [B, P], P counts the trainable parameters in the order of `policy.parameters()`.

    Raises:
        ValueError: obs and actions of different length, no trainable parameter, or a log_prob that is not [B].

    Source: Sutton and Barto (2018), section 13.3 (the eligibility vector).
    """
    obs, actions = torch.as_tensor(obs), torch.as_tensor(actions)
    if len(obs) != len(actions):
        raise ValueError(
            f"expected one action for each observation, got {len(obs)} obs, {len(actions)} actions"
        )
    if not any(parameter.requires_grad for parameter in policy.parameters()):
        raise ValueError("policy: expected at least one trainable parameter, got none")
    with torch.no_grad():
        match_shapes(log_prob=(policy.log_prob(obs[:2], actions[:2]), str(len(obs[:2]))))
    try:
        return _scores_at_once(policy, obs, actions)
    except Exception:  # vmap cannot follow .item(), argument validation and the like; plain autograd can
        return _scores_one_by_one(policy, obs, actions)


class _LogProb(torch.nn.Module):
    """The log-probability of one action as the forward pass of a module, for `functional_call`."""

    def __init__(self, policy):
        super().__init__()
        self.policy = policy

    def forward(self, obs, action):
        return self.policy.log_prob(obs[None], action[None]).sum()


def _scores_at_once(policy, obs, actions) -> torch.Tensor:
    """One backward pass for all rows."""
    module = _LogProb(policy)
    parameters = {name: value.detach() for name, value in module.named_parameters() if value.requires_grad}
    gradients = vmap(grad(lambda *inputs: functional_call(module, inputs[0], inputs[1:])), (None, 0, 0))(
        parameters, obs, actions
    )
    return torch.cat([gradients[name].flatten(1) for name in parameters], dim=1)


def _scores_one_by_one(policy, obs, actions) -> torch.Tensor:
    """One backward pass a row, for policies that vmap cannot follow."""
    parameters = [parameter for parameter in policy.parameters() if parameter.requires_grad]
    rows = []
    with torch.enable_grad():
        for row in range(len(obs)):
            log_prob = policy.log_prob(obs[row : row + 1], actions[row : row + 1]).sum()
            gradients = torch.autograd.grad(log_prob, parameters, allow_unused=True, materialize_grads=True)
            rows.append(torch.cat([gradient.flatten() for gradient in gradients]))
    return torch.stack(rows)
