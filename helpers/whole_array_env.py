"""Actions [N] in, observations [N, ...] out: what all environments share that step N copies as one array.

Episodes end and restart as in Gymnasium's NEXT_STEP mode: the step after an end ignores the action and only resets, with
reward 0.
"""

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .shapes import need_counts

__all__ = ["WholeArrayEnv"]


class WholeArrayEnv(VectorEnv):
    """The part all whole-array environments share: clocks, ends, restarts, held actions.

    A subclass gives the two spaces, `max_steps` (None: no time limit) and three functions:
    `start(n) -> state [..., n]`, `move(state, actions) -> (state, rewards [N], terminated [N])`,
    `look(state) -> obs [N, ...]`.

    Args:
        num_envs: int >= 1, N.
        max_episode_steps: int >= 1 or None for the environment's own limit; an episode is truncated there.
        hold: int >= 1; every action is applied for this many steps of the simulation, their rewards are
            summed.

    Raises:
        ValueError: for numbers below 1, and in `step` for actions of the wrong shape or outside a discrete
            space.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012
    max_steps: int | None = None

    def __init__(self, num_envs: int = 1, *, max_episode_steps: int | None = None, hold: int = 1):
        need_counts(num_envs=num_envs, hold=hold)
        if max_episode_steps is not None:
            need_counts(max_episode_steps=max_episode_steps)
        limit = max_episode_steps or self.max_steps
        self.max_steps = None if limit is None else -(-limit // hold)
        self.num_envs, self.hold = num_envs, hold
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.state = None

    def reset(self, *, seed=None, options=None):
        """Start N new episodes. An int seed fixes all that follows; None goes on with the random numbers."""
        super().reset(seed=seed)
        self.state = self.start(self.num_envs)
        self.clock = np.zeros(self.num_envs, dtype=np.int64)
        self.ended = np.zeros(self.num_envs, dtype=bool)
        return self.look(self.state), {}

    def step(self, actions):
        """One step of all N: obs, rewards [N], terminated [N], truncated [N], info."""
        actions = self._checked(np.asarray(actions))
        self.state, rewards, terminated = self._held(self.state, actions)
        self.clock += 1
        truncated = np.zeros_like(terminated) if self.max_steps is None else self.clock >= self.max_steps
        # These episodes ended one step ago: for them this is the reset, not a transition.
        reset_row = self.ended
        if reset_row.any():
            self.state[..., reset_row] = self.start(int(reset_row.sum()))
            self.clock[reset_row], rewards[reset_row] = 0, 0.0
            terminated[reset_row], truncated[reset_row] = False, False
        self.ended = terminated | truncated
        return self.look(self.state), rewards, terminated, truncated, {}

    def _held(self, state, actions):
        state, rewards, terminated = self.move(state, actions)
        for _ in range(self.hold - 1):
            later, more, over = self.move(state, actions)
            state = np.where(terminated, state, later)  # an episode that is over stays where it ended
            rewards, terminated = rewards + more * ~terminated, terminated | over
        return state, rewards, terminated

    def _checked(self, actions: np.ndarray) -> np.ndarray:
        if self.state is None:
            raise ValueError("step: expected a reset first, got an environment that was never reset")
        if actions.shape != self.action_space.shape:
            raise ValueError(f"actions: expected shape {self.action_space.shape}, got {actions.shape}")
        choices = getattr(self.single_action_space, "n", None)
        if choices is not None and (actions.min() < 0 or actions.max() >= choices):
            raise ValueError(
                f"actions: expected integers 0 ... {choices - 1}, got {actions.min()} ... {actions.max()}"
            )
        return actions
