"""Names in, Gymnasium environments out: one, or many that step together."""

import os

import gymnasium as gym
import numpy as np
from gymnasium.vector import SyncVectorEnv, VectorEnv

from .own_envs import recommender_table, server_cooling_table
from .shapes import need_counts
from .table_envs import TableVectorEnv, table_of_gymnasium, table_of_world
from .vector_envs import VectorAcrobot, VectorCartPole, VectorMountainCarContinuous, VectorPendulum

__all__ = ["cartpole_at", "make_envs"]

# Frames are drawn without a screen, and pygame greets nobody.
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

WHOLE_ARRAYS = {
    "Acrobot-v1": VectorAcrobot,
    "CartPole-v1": VectorCartPole,
    "MountainCarContinuous-v0": VectorMountainCarContinuous,
    "Pendulum-v1": VectorPendulum,
}
OWN_TABLES = {"Recommender-v0": recommender_table, "ServerCooling-v0": server_cooling_table}
TAXI = next(name for name in gym.registry if name.startswith("Taxi-"))  # its version depends on Gymnasium's
TOY_TEXTS = ("FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1", "CliffWalkingSlippery-v1", TAXI)


def make_envs(name, n_envs: int, *, seed: int, **options) -> VectorEnv:
    """N copies of one environment that step together, already seeded.

    Whole-array dynamics where we have them (`vector_envs`, `table_envs`); Gymnasium's own environments one by
    one in a `SyncVectorEnv` for every other name. All restart in the NEXT_STEP mode.

    Args:
        name: a Gymnasium name such as "CartPole-v1", or a `TabularMDP` (observations are then its states).
        n_envs: int >= 1, N.
        seed: int; the first `reset()` without a seed of its own already depends on nothing else.
        options: for whole arrays `max_episode_steps` and `hold` (steps an action lasts); the environment's
            own, such as `is_slippery=False`, where Gymnasium makes it.

    Returns:
        The vector environment, reset.

    Raises:
        ValueError: if the name is not known to Gymnasium, or n_envs < 1.
    """
    need_counts(n_envs=n_envs)
    envs = _unseeded_envs(name, n_envs, options)
    envs.reset(seed=seed)
    envs.action_space.seed(seed)
    return envs


def _unseeded_envs(name, n_envs: int, options: dict) -> VectorEnv:
    if not isinstance(name, str):
        return TableVectorEnv(table_of_world(name), n_envs, **options)
    if name in WHOLE_ARRAYS:
        return WHOLE_ARRAYS[name](n_envs, **options)
    if name in OWN_TABLES:
        return TableVectorEnv(OWN_TABLES[name](), n_envs, **options)
    if name in TOY_TEXTS and not options.get("fickle_passenger"):  # a fickle passenger is not in the table
        whole = {key: options.pop(key) for key in ("max_episode_steps", "hold") if key in options}
        env = _known(name, options)
        whole.setdefault("max_episode_steps", env.spec.max_episode_steps)
        return TableVectorEnv(table_of_gymnasium(env), n_envs, **whole)
    return SyncVectorEnv([lambda: _known(name, options)] * n_envs)


def _known(name: str, options: dict) -> gym.Env:
    try:
        gym.spec(name)
    except (gym.error.Error, ModuleNotFoundError) as error:
        ours = ", ".join([*WHOLE_ARRAYS, *OWN_TABLES, *TOY_TEXTS])
        raise ValueError(
            f"name: expected a Gymnasium environment, for example {ours}; got {name!r}"
        ) from error
    return gym.make(name, **options)


class _StartAt(gym.Wrapper):
    """Every episode starts in one given state, whatever the seed."""

    def __init__(self, env: gym.Env, state: np.ndarray):
        super().__init__(env)
        self.start = state

    def reset(self, *, seed=None, options=None):
        _, info = self.env.reset(seed=seed, options=options)
        self.unwrapped.state = self.start.copy()
        return self.start.astype(np.float32), info


def cartpole_at(state) -> gym.Env:
    """A CartPole-v1 that draws frames and whose every episode starts in exactly this state.

    Args:
        state: float [4]: position in m (|x| <= 2.4), velocity in m/s, angle of the pole in rad (at most
            0.2094, 12 degrees), angular velocity in rad/s.

    Raises:
        ValueError: if the state is not four finite numbers, or the episode would be over before it starts.
    """
    state = np.asarray(state, dtype=np.float64)
    if state.shape != (4,) or not np.isfinite(state).all():
        raise ValueError(f"state: expected 4 finite numbers, got {state}")
    env = gym.make("CartPole-v1", render_mode="rgb_array")
    limits = np.array([env.unwrapped.x_threshold, env.unwrapped.theta_threshold_radians])
    if (np.abs(state[[0, 2]]) > limits).any():
        raise ValueError(f"state: expected |position| <= 2.4 and |angle| <= {limits[1]:.4f}, got {state}")
    return _StartAt(env, state)
