"""Environments and a policy in, the steps they made together out."""

import contextlib
import inspect
from dataclasses import dataclass

import numpy as np
import torch
from gymnasium import spaces

__all__ = ["Trajectory", "play"]


@dataclass(frozen=True)
class Trajectory:
    """One episode: actions at t = 0 ... T-1, the rewards they caused, and the T + 1 observations around them.

    Args:
        obs: float [T+1, O] or int64 [T+1], `obs[t]` is what `actions[t]` answered; in a table the states.
        actions: int64 [T] or float [T, D].
        rewards: float [T]; `rewards[t]` is R_{t+1}, caused by `actions[t]`.
        terminated: the world ended the episode: nothing is worth anything afterwards.
        truncated: a time limit cut the episode: the last observation still has a value.

    Source: Sutton and Barto, Reinforcement Learning (2018), section 3.1.
    """

    obs: torch.Tensor
    actions: torch.Tensor
    rewards: torch.Tensor
    terminated: bool
    truncated: bool

    @property
    def states(self) -> torch.Tensor:
        """The observations under the name they have in a tabular world, int64 [T+1]."""
        return self.obs

    def __len__(self) -> int:
        return len(self.rewards)


def play(env, policy, *, seed: int, max_steps: int = 100_000) -> Trajectory:
    """Play one episode of one environment from its reset to its end.

    Args:
        env: a Gymnasium environment (not a vector of them).
        policy: anything with `.sample(obs [1, O]) -> [1]` or `[1, D]`, or a plain function of one observation
            [O] that returns one action.
        seed: int; resets the environment and feeds the policy's generator: the same seed plays the same
            episode, whatever the global generators hold.
        max_steps: int >= 1; an episode still running then is cut, and counts as truncated.

    Returns:
        Trajectory with T actions and T + 1 observations.

    Raises:
        ValueError: if `env` is a vector environment.
    """
    if hasattr(env, "num_envs"):
        raise ValueError("play: expected one environment, got a vector environment; use collect for those")
    obs, _ = env.reset(seed=seed)
    seen, actions, rewards, terminated, truncated = [obs], [], [], False, False
    with _acting(policy, _generator(seed)) as act:
        while not (terminated or truncated):
            action = (
                act(_to_tensor(np.asarray(obs)[None]))[0]
                if hasattr(policy, "sample")
                else act(_to_tensor(obs))
            )
            action = torch.as_tensor(action).detach()
            obs, reward, terminated, truncated, _ = env.step(_playable(action.numpy(), env.action_space))
            truncated = truncated or len(actions) + 1 >= max_steps
            seen.append(obs), actions.append(action), rewards.append(float(reward))
    return Trajectory(
        _to_tensor(np.stack(seen)),
        torch.stack(actions),
        torch.tensor(rewards),
        bool(terminated),
        bool(truncated),
    )


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@contextlib.contextmanager
def _acting(policy, generator: torch.Generator):
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


def _playable(actions: np.ndarray, space: spaces.Space):
    """The actions as the environment takes them: clipped into a box, integers for a discrete space.

    Trap: only the environment sees the clipped action. The log-probability belongs to the sampled one.
    """
    if isinstance(space, spaces.Box):
        return np.clip(actions, space.low, space.high).astype(space.dtype, copy=False)
    return int(actions) if actions.ndim == 0 else actions


def _to_tensor(obs) -> torch.Tensor:
    """Observations as networks take them: numbers float32, the indices of a discrete space int64."""
    obs = np.asarray(obs)
    return torch.from_numpy(obs.astype(np.float32 if obs.dtype.kind == "f" else np.int64, copy=False))
