"""An environment whose every observation and reward is known by hand."""

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class Counting(gym.Env):
    """Shows (episode, step), pays the step's number; after `length` steps ends or meets a time limit."""

    observation_space = spaces.Box(-1.0, 1e6, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, length, limit=False):
        self.length, self.limit, self.episode = length, limit, -1

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.episode, self.step_number = 0 if seed is not None else self.episode + 1, 0
        return np.float32([self.episode, 0]), {}

    def step(self, action):
        self.step_number += 1
        over = self.step_number >= self.length
        obs = np.float32([self.episode, self.step_number])
        return obs, float(self.step_number), over and not self.limit, over and self.limit, {}
