"""Names in, Gymnasium environments out: one, or many that step together."""

import os

import gymnasium as gym
import numpy as np

__all__ = ["cartpole_at"]

# Frames are drawn without a screen, and pygame greets nobody.
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")


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
