"""A table of outcomes in, environments that draw from it out: one, or N together.

Any world with finitely many states fits: Gymnasium's toy texts, our small worlds, our own environments.
"""

from dataclasses import dataclass

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from .whole_array_env import WholeArrayEnv

__all__ = ["OutcomeTable", "TableEnv", "TableVectorEnv", "table_of_gymnasium", "table_of_world"]


@dataclass(frozen=True)
class OutcomeTable:
    """What may happen in each state after each action: K outcomes with their probabilities.

    Args:
        probability: float64 [S, A, K], sums to 1 over K; unused outcomes have probability 0 and stand last.
        next_state: int64 [S, A, K].
        reward: float64 [S, A, K].
        ended: bool [S, A, K]; the outcome ends the episode.
        start: float64 [S], the distribution of the first state.
        features: float32 [S, O] what the agent sees in each state, or None: it sees the state's number.

    Raises:
        ValueError: for shapes that do not fit, and probabilities that do not sum to 1.
    """

    probability: np.ndarray
    next_state: np.ndarray
    reward: np.ndarray
    ended: np.ndarray
    start: np.ndarray
    features: np.ndarray | None = None

    def __post_init__(self):
        shape = self.probability.shape
        for name in ("next_state", "reward", "ended"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name}: expected shape {shape}, got {getattr(self, name).shape}")
        if self.start.shape != shape[:1] or not np.isclose(self.start.sum(), 1.0):
            raise ValueError(
                f"start: expected {shape[0]} probabilities with sum 1, got sum {self.start.sum()}"
            )
        if not np.allclose(self.probability.sum(-1), 1.0):
            raise ValueError("probability: expected outcomes that sum to 1 in every state, for every action")

    @property
    def spaces(self) -> tuple[spaces.Space, spaces.Discrete]:
        """The observation space and the action space of one environment."""
        if self.features is None:
            return spaces.Discrete(len(self.start)), spaces.Discrete(self.probability.shape[1])
        low, high = self.features.min(), self.features.max()
        box = spaces.Box(low, high, self.features.shape[1:], np.float32)
        return box, spaces.Discrete(self.probability.shape[1])

    def look(self, state):
        """What the agent sees in these states: their features, or their numbers."""
        return np.array(state) if self.features is None else np.array(self.features[state])


def _thresholds(probability: np.ndarray) -> np.ndarray:
    """Sums of the probabilities, infinite from the last possible outcome on: rounding finds no other."""
    sums = probability.cumsum(-1)
    possible_later = np.flip(np.flip(probability > 0, -1).cumsum(-1), -1) - (probability > 0) > 0
    return np.where(possible_later, sums, np.inf)


class TableVectorEnv(WholeArrayEnv):
    """N worlds of one table side by side."""

    def __init__(self, table: OutcomeTable, num_envs: int = 1, **options):
        self.table = table
        self.single_observation_space, self.single_action_space = table.spaces
        self._outcome_sums, self._start_sums = _thresholds(table.probability), _thresholds(table.start)
        super().__init__(num_envs, **options)

    def start(self, n):
        return np.searchsorted(self._start_sums, self.np_random.random(n), side="right")

    def look(self, state):
        return self.table.look(state)

    def move(self, state, actions):
        dice = self.np_random.random((len(state), 1))
        outcome = (dice >= self._outcome_sums[state, actions]).sum(1)
        row = (state, actions, outcome)
        return self.table.next_state[row], self.table.reward[row], self.table.ended[row]


class TableEnv(gym.Env):
    """One world of a table, as an ordinary Gymnasium environment."""

    metadata = {"render_modes": []}  # noqa: RUF012  Gymnasium's form

    def __init__(self, table: OutcomeTable, render_mode: str | None = None):
        self.table, self.render_mode = table, render_mode
        self.observation_space, self.action_space = table.spaces
        self._outcome_sums, self._start_sums = _thresholds(table.probability), _thresholds(table.start)

    def reset(self, *, seed=None, options=None):
        """Start a new episode."""
        super().reset(seed=seed)
        self.state = np.searchsorted(self._start_sums, self.np_random.random(), side="right")
        return self.table.look(self.state), {}

    def step(self, action):
        """Draw one outcome of the action: obs, reward, terminated, truncated, info."""
        sums = self._outcome_sums[self.state, action]
        row = (self.state, action, np.searchsorted(sums, self.np_random.random(), side="right"))
        self.state = self.table.next_state[row]
        return (
            self.table.look(self.state),
            float(self.table.reward[row]),
            bool(self.table.ended[row]),
            False,
            {},
        )


def table_of_gymnasium(env: gym.Env) -> OutcomeTable:
    """The table of an environment that publishes its dynamics as `P[state][action]`, as the toy texts do.

    Args:
        env: with `P[state][action]`, a list of (probability, next state, reward, ended), and `initial_state_distrib`.

    Returns:
        OutcomeTable, without features: the agent sees the state's number.

    Raises:
        ValueError: if the environment has no such table.
    """
    if not hasattr(env.unwrapped, "P"):
        raise ValueError(f"expected an environment with a transition table P, got {env}")
    dynamics, start = env.unwrapped.P, np.asarray(env.unwrapped.initial_state_distrib, dtype=np.float64)
    n_states, n_actions = env.observation_space.n, env.action_space.n
    width = max(len(outcomes) for actions in dynamics.values() for outcomes in actions.values())
    table = np.zeros((4, n_states, n_actions, width))
    for state, actions in dynamics.items():
        for action, outcomes in actions.items():
            table[:, state, action, : len(outcomes)] = np.array(outcomes, dtype=np.float64).T
    probability, next_state, reward, ended = table
    return OutcomeTable(
        probability, next_state.astype(np.int64), reward, ended.astype(bool), start / start.sum()
    )


def table_of_world(mdp) -> OutcomeTable:
    """The table of a `TabularMDP`: outcome k is "the next state is k", and the reward is r(s, a).

    Args:
        mdp: the world; an outcome ends the episode where its next state is terminal.

    Returns:
        OutcomeTable with K = S, without features.
    """
    parts = (mdp.transition, mdp.reward, mdp.start, mdp.terminal)
    transition, reward, start, terminal = (part.numpy().copy() for part in parts)
    next_state = np.broadcast_to(np.arange(len(start)), transition.shape).copy()
    rewards = np.broadcast_to(reward[:, :, None], transition.shape).copy()
    return OutcomeTable(transition, next_state, rewards, terminal[next_state], start)
