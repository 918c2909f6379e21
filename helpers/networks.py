"""Observations in, numbers out: the small networks behind policies, and the value function.

`seed` draws the initial weights (an int or a torch.Generator) and leaves torch's global generator alone; None draws from
the global one.
"""

from itertools import pairwise

import torch

from .shapes import as_float, match_shapes, need_counts

__all__ = ["ValueFunction", "apply_to", "network"]


class ValueFunction(torch.nn.Module):
    """The critic: observations in, their estimated values [B] out; it starts near 0.

    Args:
        obs_size: at least 1.
        hidden: sizes of the ReLU layers.
        seed: see the module.

    Source: Sutton and Barto, Reinforcement Learning (2018), section 13.5.
    """

    def __init__(self, obs_size: int, hidden=(64,), *, seed=None):
        super().__init__()
        self.network = network(obs_size, hidden, 1, seed)

    def forward(self, obs) -> torch.Tensor:
        return apply_to(self.network, obs)[:, 0]  # not .squeeze(): a batch of one keeps its dimension


def network(n_inputs: int, hidden, n_outputs: int, seed) -> torch.nn.Sequential:
    """Linear and ReLU layers with torch's usual weights, the last layer a tenth of them, its bias 0.

    Args:
        n_inputs, n_outputs: at least 1.
        hidden: sizes of the ReLU layers.
        seed: see the module.

    Raises:
        ValueError: a size that is no whole number of at least 1.
    """
    need_counts(
        n_inputs=n_inputs, n_outputs=n_outputs, **{f"hidden[{k}]": size for k, size in enumerate(hidden)}
    )
    if seed is not None and not isinstance(seed, torch.Generator):
        seed = torch.Generator().manual_seed(seed)
    layers, sizes = [], [n_inputs, *hidden, n_outputs]
    for fan_in, fan_out in pairwise(sizes):
        # Skipped, so that nothing is drawn from the global generator.
        linear = torch.nn.utils.skip_init(torch.nn.Linear, fan_in, fan_out)
        for parameter in linear.parameters():
            torch.nn.init.uniform_(parameter, -(fan_in**-0.5), fan_in**-0.5, generator=seed)
        layers += [linear, torch.nn.ReLU(inplace=True)]  # no second array for what nobody reads
    with torch.no_grad():
        layers[-2].weight.mul_(0.1)
        layers[-2].bias.zero_()
    return torch.nn.Sequential(*layers[:-1])


def apply_to(network: torch.nn.Sequential, obs) -> torch.Tensor:
    """The network's outputs for observations [B, O], in the dtype of its weights.

    Raises:
        ValueError: obs is not [B, O], with as many numbers as the network has inputs.
    """
    obs = as_float(obs).to(network[-1].weight.dtype)
    match_shapes(obs=(obs, f"B {network[0].in_features}"))
    return network(obs)
