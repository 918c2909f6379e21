"""A policy in, the actions an environment takes out, with all its chances drawn from one seed."""

import contextlib
import inspect
import random

import numpy as np
import torch
from gymnasium import spaces

from .policies import CategoricalPolicy, GaussianPolicy

__all__ = ["Chances", "acting", "playable", "to_tensor"]


class Chances:
    """The random numbers of one series of rollouts: whoever draws them, they go on where they stopped."""

    def __init__(self, seed: int):
        self.torch = torch.Generator().manual_seed(seed)
        self.numpy = np.random.default_rng(seed)
        lent_to_python, lent_to_numpy = random.Random(seed), np.random.RandomState(seed % 2**32)
        self.lent = self.torch.get_state(), lent_to_numpy.get_state(), lent_to_python.getstate()


@contextlib.contextmanager
def acting(policy, chances: Chances):
    """Give a function obs -> actions, arrays to arrays, of a policy that draws from `chances`.

    Args:
        policy: offers `.sample(obs)`, perhaps with a `generator`; or it is a function obs -> actions.
        chances: go on from where they are.
    """
    sample = getattr(policy, "sample", policy)
    with torch.no_grad():
        if _may_act_in_numpy(policy):
            yield _IN_NUMPY[type(policy)](policy, chances.numpy)
        elif "generator" in inspect.signature(sample).parameters:
            yield lambda obs: np.asarray(sample(to_tensor(obs), generator=chances.torch))
        else:
            with _instead_of_the_global_generators(chances):
                yield lambda obs: np.asarray(sample(to_tensor(obs)))


@contextlib.contextmanager
def _instead_of_the_global_generators(chances: Chances):
    """A policy that takes no generator draws from global ones: lend them our states, and put back what was there."""
    owned = _global_states()
    _set_global_states(chances.lent)
    try:
        yield
    finally:
        chances.lent = _global_states()
        _set_global_states(owned)


def _global_states() -> tuple:
    return torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002


def _set_global_states(states: tuple):
    torch.set_rng_state(states[0])
    np.random.set_state(states[1])  # noqa: NPY002
    random.setstate(states[2])


def _categorical(policy: CategoricalPolicy, chances: np.random.Generator):
    """`policy.sample` in NumPy, by the Gumbel trick: for the few rows of one step, torch takes three times as long."""
    layers = _layers(policy)

    def act(obs):
        logits = _outputs(layers, obs)
        return (logits + chances.gumbel(size=logits.shape)).argmax(1)

    return act


def _gaussian(policy: GaussianPolicy, chances: np.random.Generator):
    """`policy.sample` in NumPy: mean + exp(log_std) noise."""
    layers, spread = _layers(policy), policy.log_std.exp().numpy()

    def act(obs):
        mean = _outputs(layers, obs)
        return mean + spread * chances.standard_normal(mean.shape, dtype=mean.dtype)

    return act


# These types, not what inherits from them, nor a policy whose network or `sample` somebody has changed.
_IN_NUMPY = {CategoricalPolicy: _categorical, GaussianPolicy: _gaussian}
_SAMPLE = CategoricalPolicy.sample  # the one that all families share


def _may_act_in_numpy(policy) -> bool:
    if type(policy) not in _IN_NUMPY or getattr(policy.sample, "__func__", None) is not _SAMPLE:
        return False
    kinds = [type(layer) for layer in policy.network]
    return kinds == ([torch.nn.Linear, torch.nn.ReLU] * len(kinds))[: len(kinds)]


def _layers(policy) -> list[tuple[np.ndarray, np.ndarray]]:
    """The weights [I, O] and biases [O] of a policy's linear layers, with ReLU between them."""
    linear = [layer for layer in policy.network if isinstance(layer, torch.nn.Linear)]
    return [(layer.weight.numpy().T, layer.bias.numpy()) for layer in linear]


def _outputs(layers, obs: np.ndarray) -> np.ndarray:
    x = obs.astype(layers[0][0].dtype, copy=False)
    for weight, bias in layers[:-1]:
        x = np.maximum(x @ weight + bias, 0)
    return x @ layers[-1][0] + layers[-1][1]


def playable(actions: np.ndarray, space: spaces.Space):
    """The actions as the environment takes them: clipped into a box, integers for a discrete space.

    Trap: only the environment sees the clipped action. The log-probability belongs to the sampled one.
    """
    if isinstance(space, spaces.Box):
        return np.asarray(actions).clip(space.low, space.high).astype(space.dtype, copy=False)
    return int(actions) if actions.ndim == 0 else actions


def to_tensor(obs) -> torch.Tensor:
    """Observations as networks take them: numbers float32, the indices of a discrete space int64."""
    obs = np.asarray(obs)
    return torch.from_numpy(obs.astype(np.float32 if obs.dtype.kind == "f" else np.int64, copy=False))
