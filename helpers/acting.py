"""A policy in, the actions an environment takes out, with all its chances drawn from one generator."""

import contextlib
import inspect

import numpy as np
import torch
from gymnasium import spaces

__all__ = ["acting", "playable", "seeded", "to_tensor"]


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@contextlib.contextmanager
def acting(policy, generator: torch.Generator):
    """Give the function obs -> actions of a policy that draws its chances from `generator`.

    A policy that takes no generator can only draw from the global one: for the time of the rollout that one
    is seeded from `generator`, and put back afterwards.
    """
    sample = getattr(policy, "sample", policy)
    if "generator" in inspect.signature(sample).parameters:
        with torch.no_grad():
            yield lambda obs: sample(obs, generator=generator)
        return
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        yield sample


def playable(actions: np.ndarray, space: spaces.Space):
    """The actions as the environment takes them: clipped into a box, integers for a discrete space.

    Trap: only the environment sees the clipped action. The log-probability belongs to the sampled one.
    """
    if isinstance(space, spaces.Box):
        return np.clip(actions, space.low, space.high).astype(space.dtype, copy=False)
    return int(actions) if actions.ndim == 0 else actions


def to_tensor(obs) -> torch.Tensor:
    """Observations as networks take them: numbers float32, the indices of a discrete space int64."""
    obs = np.asarray(obs)
    return torch.from_numpy(obs.astype(np.float32 if obs.dtype.kind == "f" else np.int64, copy=False))
