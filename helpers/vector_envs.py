"""Many environments as one: actions [N] in, observations [N, O] out, every step computed on whole arrays.

Each class states the dynamics of one Gymnasium environment once, for all N copies together, with Gymnasium's
own constants; a test steps both side by side. Clocks, ends and restarts are those of `WholeArrayEnv`.
"""

import numpy as np
from gymnasium import spaces

from .whole_array_env import WholeArrayEnv

__all__ = [
    "VectorAcrobot",
    "VectorCartPole",
    "VectorMountainCarContinuous",
    "VectorPendulum",
]


def _box(*high: float) -> spaces.Box:
    high = np.array(high, dtype=np.float32)
    return spaces.Box(-high, high)


class VectorCartPole(WholeArrayEnv):
    """CartPole-v1: push the cart left or right so that the pole stays up; +1 a step, 500 steps at most.

    Source: Barto, Sutton and Anderson (1983), Neuronlike adaptive elements; Gymnasium's `CartPole-v1`.
    """

    max_steps = 500
    max_position, max_angle = 2.4, 12 * 2 * np.pi / 360
    single_observation_space = _box(2 * max_position, np.inf, 2 * max_angle, np.inf)
    single_action_space = spaces.Discrete(2)

    def start(self, n):
        return self.np_random.uniform(-0.05, 0.05, (4, n))

    def look(self, state):
        return state.T.astype(np.float32)

    def move(self, state, actions):
        _, velocity, angle, spin = state
        force = 20.0 * actions - 10.0
        cos, sin = np.cos(angle), np.sin(angle)
        push = (force + 0.05 * spin**2 * sin) / 1.1  # pole 0.1 kg at 0.5 m; cart and pole 1.1 kg
        spin_rate = (9.8 * sin - cos * push) / (0.5 * (4.0 / 3.0 - 0.1 * cos**2 / 1.1))
        velocity_rate = push - 0.05 * spin_rate * cos / 1.1
        state = state + 0.02 * np.array([velocity, velocity_rate, spin, spin_rate])
        terminated = (np.abs(state[0]) > self.max_position) | (np.abs(state[2]) > self.max_angle)
        return state, np.ones(len(terminated)), terminated


class VectorPendulum(WholeArrayEnv):
    """Pendulum-v1: swing a pendulum up with a torque in [-2, 2] and hold it; never terminates, 200 steps.

    Source: Gymnasium's `Pendulum-v1`.
    """

    max_steps = 200
    single_observation_space = _box(1.0, 1.0, 8.0)
    single_action_space = spaces.Box(-2.0, 2.0, (1,), np.float32)

    def start(self, n):
        return self.np_random.uniform([[-np.pi], [-1.0]], [[np.pi], [1.0]], (2, n))

    def look(self, state):
        return np.stack([np.cos(state[0]), np.sin(state[0]), state[1]], axis=1).astype(np.float32)

    def move(self, state, actions):
        angle, spin = state
        torque = np.clip(actions[:, 0], -2.0, 2.0)
        upright = (angle + np.pi) % (2 * np.pi) - np.pi
        cost = upright**2 + 0.1 * spin**2 + 0.001 * torque**2
        spin = np.clip(spin + 0.05 * (15.0 * np.sin(angle) + 3.0 * torque), -8.0, 8.0)
        return np.stack([angle + 0.05 * spin, spin]), -cost, np.zeros(len(cost), dtype=bool)


class VectorMountainCarContinuous(WholeArrayEnv):
    """MountainCarContinuous-v0: rock a weak car up a hill; +100 at the flag, -0.1 force² a step, 999 steps.

    Source: Moore (1990), Efficient memory-based learning for robot control; Gymnasium's
    `MountainCarContinuous-v0`.
    """

    max_steps = 999
    single_observation_space = spaces.Box(np.float32([-1.2, -0.07]), np.float32([0.6, 0.07]))
    single_action_space = spaces.Box(-1.0, 1.0, (1,), np.float32)

    def start(self, n):
        return np.stack([self.np_random.uniform(-0.6, -0.4, n), np.zeros(n)]).astype(np.float32)

    def look(self, state):
        return state.T.copy()

    def move(self, state, actions):
        position, velocity = state  # float32, as Gymnasium keeps it
        force = actions[:, 0].clip(-1.0, 1.0)  # the method: of so few numbers `np.clip` takes twice as long
        velocity = velocity + 0.0015 * force - (0.0025 * np.cos(3.0 * position))
        velocity = velocity.clip(-0.07, 0.07)
        position = (position + velocity).clip(-1.2, 0.6)
        velocity = np.where((position <= -1.2) & (velocity < 0), 0.0, velocity)
        terminated = (position >= 0.45) & (velocity >= 0)
        rewards = 100.0 * terminated - 0.1 * actions[:, 0].astype(np.float64) ** 2
        return np.array([position, velocity], dtype=np.float32), rewards, terminated


class VectorAcrobot(WholeArrayEnv):
    """Acrobot-v1: swing a two-link arm above the line by a torque at the elbow; -1 a step, 500 steps.

    Source: Sutton (1996), Generalization in reinforcement learning; Gymnasium's `Acrobot-v1`.
    """

    max_steps = 500
    single_observation_space = _box(1.0, 1.0, 1.0, 1.0, 4 * np.pi, 9 * np.pi)
    single_action_space = spaces.Discrete(3)

    def start(self, n):
        return self.np_random.uniform(-0.1, 0.1, (4, n))

    def look(self, state):
        first, second, spin1, spin2 = state
        parts = [np.cos(first), np.sin(first), np.cos(second), np.sin(second), spin1, spin2]
        return np.stack(parts, axis=1).astype(np.float32)

    def move(self, state, actions):
        torque, step = actions - 1.0, 0.2
        slope1 = self._slope(state, torque)  # Runge and Kutta's fourth-order step
        slope2 = self._slope(state + step / 2 * slope1, torque)
        slope3 = self._slope(state + step / 2 * slope2, torque)
        slope4 = self._slope(state + step * slope3, torque)
        state = state + step / 6 * (slope1 + 2 * slope2 + 2 * slope3 + slope4)
        state[:2] = (state[:2] + np.pi) % (2 * np.pi) - np.pi
        state[2] = np.clip(state[2], -4 * np.pi, 4 * np.pi)
        state[3] = np.clip(state[3], -9 * np.pi, 9 * np.pi)
        terminated = -np.cos(state[0]) - np.cos(state[0] + state[1]) > 1.0
        return state, terminated - 1.0, terminated

    @staticmethod
    def _slope(state, torque):
        """Rates of both angles and both spins; links of 1 m and 1 kg, inertia 1, centres in the middle."""
        first, second, spin1, spin2 = state
        cos, sin = np.cos(second), np.sin(second)
        inertia1, inertia2 = 3.5 + cos, 1.25 + 0.5 * cos
        weight2 = 4.9 * np.sin(first + second)
        weight1 = 14.7 * np.sin(first) + weight2 - 0.5 * spin2**2 * sin - spin1 * spin2 * sin
        rate2 = torque + inertia2 / inertia1 * weight1 - 0.5 * spin1**2 * sin - weight2
        rate2 = rate2 / (1.25 - inertia2**2 / inertia1)
        return np.stack([spin1, spin2, -(inertia2 * rate2 + weight1) / inertia1, rate2])
