"""Environments and a policy in, the steps they made together out."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from .acting import Chances, acting, playable, to_tensor
from .shapes import need_counts
from .whole_array_env import WholeArrayEnv

__all__ = ["Rollout", "Trajectory", "collect", "collect_episodes", "play"]


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


@dataclass(frozen=True)
class Rollout:
    """T steps of N environments side by side, as blocks [T, N].

    Args:
        obs: float32 [T, N, O] or int64 [T, N]; `obs[t]` is what `actions[t]` answered.
        actions: int64 [T, N] or float [T, N, D], as the policy sampled them, before any clipping.
        rewards: float32 [T, N].
        terminated: bool [T, N]; the world ended the episode with this step: nothing follows, worth 0.
        truncated: bool [T, N]; a time limit cut it: `final_obs` still has a value.
        final_obs: shape of obs; the observation after step t, before any reset.
        valid: bool [T, N]; false where a row is no transition: the reset row of a NEXT_STEP vector
            environment, and in `collect_episodes` what comes after the end. Losses and counts leave these
            rows out.

    Source: Gymnasium's documentation on the autoreset modes of vector environments.
    """

    obs: torch.Tensor
    actions: torch.Tensor
    rewards: torch.Tensor
    terminated: torch.Tensor
    truncated: torch.Tensor
    final_obs: torch.Tensor
    valid: torch.Tensor

    @property
    def ended(self) -> torch.Tensor:
        """The episode ended with this step, whoever ended it, bool [T, N]: no return goes beyond."""
        return self.terminated | self.truncated

    def trajectories(self) -> list[Trajectory]:
        """The episodes that each environment played from row 0 to its first end (or to T), N of them."""
        return [self._trajectory(i, int(steps)) for i, steps in enumerate(_first_episode(self.ended).sum(0))]

    def _trajectory(self, i: int, steps: int) -> Trajectory:
        first = int(not self.valid[0, i])  # the reset row of an episode that ended in the block before
        obs = torch.cat([self.obs[first:steps, i], self.final_obs[steps - 1 : steps, i]])
        last = self.terminated[steps - 1, i], self.truncated[steps - 1, i]
        return Trajectory(obs, self.actions[first:steps, i], self.rewards[first:steps, i], *map(bool, last))


@dataclass
class _Standing:
    """Where a vector environment stands between two rollouts, as far as we have seen it."""

    obs: np.ndarray
    ended: np.ndarray
    chances: Chances


_standing: WeakKeyDictionary[VectorEnv, _Standing] = WeakKeyDictionary()


def collect(envs: VectorEnv, policy, n_steps: int, *, seed: int | None = None) -> Rollout:
    """Let a policy act for T steps in N environments that restart by themselves.

    Args:
        envs: a Gymnasium vector environment in the NEXT_STEP or the SAME_STEP autoreset mode.
        policy: anything with `.sample(obs [N, O]) -> [N]` or `[N, D]`, or a plain function like it.
        n_steps: int >= 1, T.
        seed: an int resets the environments and reproduces the data, whatever the global generators hold;
            None goes on from where the environments stand (a reset if they were never reset).

    Returns:
        Rollout with blocks [T, N].

    Raises:
        ValueError: if n_steps is no whole number of at least 1, or the environments do not restart by themselves.

    Source: Gymnasium's documentation on the autoreset modes of vector environments.
    """
    need_counts(n_steps=n_steps)
    if seed is not None:
        _reset(envs, seed)
    else:
        _catch_up(envs)
    return _record(envs, policy, n_steps, until_all_ended=False)


def collect_episodes(envs: VectorEnv, policy, *, seed: int | None = None, max_steps: int = 10_000) -> Rollout:
    """Let every one of N environments play one whole episode, from a reset to its own end.

    Args:
        envs, policy, seed: as in `collect`; the environments are reset in any case.
        max_steps: int >= 1; episodes that still run then are cut: neither terminated nor truncated.

    Returns:
        Rollout with blocks [T, N], T the length of the longest episode; `valid` is false, and the reward 0,
        after an environment's episode is over.
    """
    _reset(envs, seed)
    rollout = _record(envs, policy, max_steps, until_all_ended=True)
    alive = _first_episode(rollout.ended)
    flags = rollout.terminated & alive, rollout.truncated & alive
    return Rollout(rollout.obs, rollout.actions, rollout.rewards * alive, *flags, rollout.final_obs, alive)


def _first_episode(ended: torch.Tensor) -> torch.Tensor:
    """True up to and with the first end in each column, bool [T, N]."""
    return ended.cumsum(0) - ended.long() == 0


def _reset(envs: VectorEnv, seed: int | None):
    """Start new episodes; without a seed the policy's generator goes on, or comes from the environments'."""
    obs, _ = envs.reset(seed=seed)
    _stand(envs, obs, np.zeros(envs.num_envs, dtype=bool), Chances(seed) if seed is not None else None)


def _catch_up(envs: VectorEnv):
    """Ask the environments what they show: somebody else may have reset or stepped them since the last rollout."""
    if isinstance(envs, WholeArrayEnv) and envs.state is not None:
        _stand(envs, envs.look(envs.state), envs.ended)
    elif (seen := _shown(envs)) is not None:
        _stand(envs, *seen)
    elif envs not in _standing:  # other kinds keep it to themselves
        _reset(envs, None)


def _shown(envs: VectorEnv) -> tuple | None:
    """What a SyncVectorEnv shows and which of its episodes have ended; None before its first reset.

    It keeps them in private: None as well for a Gymnasium that keeps them elsewhere.
    """
    if not isinstance(envs, SyncVectorEnv):
        return None
    names = ("_env_obs", "_observations", "_autoreset_envs")
    each, obs, ended = (getattr(envs, name, None) for name in names)
    if each is None or each[0] is None or obs is None or ended is None:
        return None
    return obs, ended


def _stand(envs: VectorEnv, obs, ended, chances: Chances | None = None):
    if chances is None and envs in _standing:
        chances = _standing[envs].chances
    elif chances is None:
        own = envs.np_random[0] if isinstance(envs.np_random, tuple) else envs.np_random  # one each, or one
        chances = Chances(int(own.integers(2**62)))
    # Copies: an environment may go on writing to its own.
    _standing[envs] = _Standing(np.array(obs), np.array(ended), chances)


def _record(envs: VectorEnv, policy, n_steps: int, until_all_ended: bool) -> Rollout:
    """Step all environments together, in the one loop over time, and note what happened."""
    same_step, standing = _resets_in_same_step(envs), _standing[envs]
    obs, ended, over, rows = standing.obs, standing.ended, np.zeros(envs.num_envs, dtype=bool), []
    with acting(policy, standing.chances) as act:
        for _ in range(n_steps):
            actions = act(obs)
            taken = playable(actions, envs.action_space)
            *outcome, info = envs.step(taken)
            # Copies: an environment may hand out the same arrays again and again.
            after, rewards, terminated, truncated = map(np.array, outcome)
            last = _before_reset(after, info) if same_step else after
            rows.append((obs, actions, rewards, terminated, truncated, last, ended))
            obs, ended = after, terminated | truncated
            if until_all_ended and (over := over | ended).all():
                break
    standing.obs, standing.ended = obs, ended
    blocks = [np.array(column) for column in zip(*rows, strict=True)]  # thrice as fast as np.stack
    return Rollout(
        to_tensor(blocks[0]),
        torch.from_numpy(blocks[1]),
        torch.from_numpy(blocks[2].astype(np.float32)),
        *map(torch.from_numpy, blocks[3:5]),
        to_tensor(blocks[5]),
        # In the NEXT_STEP mode the row after an end is the reset: no transition, the action was ignored.
        torch.from_numpy(~blocks[6] | same_step),
    )


def _resets_in_same_step(envs: VectorEnv) -> bool:
    mode = AutoresetMode(envs.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
    if mode is AutoresetMode.DISABLED:
        raise ValueError("envs: expected the NEXT_STEP or SAME_STEP autoreset mode, got DISABLED")
    return mode is AutoresetMode.SAME_STEP


def _before_reset(after: np.ndarray, info: dict) -> np.ndarray:
    """The observations before any reset: after a SAME_STEP reset, `after` belongs to the next episode."""
    if "final_obs" not in info:
        return after
    last = after.copy()
    for i in np.flatnonzero(info["_final_obs"]):
        last[i] = info["final_obs"][i]
    return last


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
    one_row = hasattr(policy, "sample")
    with acting(policy, Chances(seed)) as act:
        while not (terminated or truncated):
            action = act(np.asarray(obs)[None])[0] if one_row else act(obs)
            obs, reward, terminated, truncated, _ = env.step(playable(action, env.action_space))
            truncated = truncated or (len(actions) + 1 >= max_steps and not terminated)
            seen.append(obs), actions.append(action), rewards.append(float(reward))
    blocks = to_tensor(np.stack(seen)), torch.from_numpy(np.stack(actions)), torch.tensor(rewards)
    return Trajectory(*blocks, bool(terminated), bool(truncated))
