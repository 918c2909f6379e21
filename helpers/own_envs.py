"""Nothing in, the course's two own environments out, small enough that their best returns are known exactly.

`Recommender-v0`: five items for users with tastes, a history and boredom; the session ends when the user
leaves. `ServerCooling-v0`: a server to keep cool for ever; no episode ever ends.
Both are tables of outcomes, registered with Gymnasium, one environment or N together.
"""

from functools import cache
from itertools import product

import gymnasium as gym
import numpy as np

from .table_envs import OutcomeTable, TableEnv, TableVectorEnv
from .table_values import action_values_of, optimal_values, table_return

__all__ = [
    "recommender_return",
    "recommender_table",
    "server_cooling_table",
]

# Probability of a click on a fresh item, one row a taste; item 4 is the click-bait that everyone falls for.
TASTES = np.array(
    [[0.60, 0.35, 0.10, 0.10, 0.65], [0.10, 0.60, 0.35, 0.10, 0.65], [0.10, 0.10, 0.60, 0.35, 0.65]]
)
CLICK_BAIT, BOREDOM_LEVELS = 4, 3
FRESHNESS = np.array([1.0, 0.5, 0.2])  # what is left of a taste at boredom 0, 1, 2
SEQUEL = 0.2  # more clicks on item i + 1 right after a click on item i < 3
LEAVES_AFTER_CLICK, LEAVES_OTHERWISE = 0.02, 0.15


@cache
def recommender_table() -> OutcomeTable:
    """The recommender: taste (3) x boredom with each of five items (3^5) x last clicked item (5, or none).

    An action shows an item; a click pays 1. A shown item is boring at once (level 2), the others recover by
    one level; the click-bait pays best today, and bores with everything. Who does not click soon leaves.
    Observation, float32 [13]: taste one-hot (3), boredom / 2 (5), last clicked item one-hot (5, zeros for
    none).
    """
    states = np.array(list(product(range(3), *[range(BOREDOM_LEVELS)] * 5, range(6))))
    taste, boredom, clicked = states[:, 0], states[:, 1:6], states[:, 6]
    table = np.zeros((4, len(states), 5, 4))  # outcomes: click or not, stays or leaves
    for item in range(5):
        click = TASTES[taste, item] * FRESHNESS[boredom[:, item]]
        click = click + SEQUEL * ((clicked == item - 1) & (item > 0) & (item < CLICK_BAIT))
        bored = np.minimum(boredom + 1, 2) if item == CLICK_BAIT else np.maximum(boredom - 1, 0)
        bored[:, item] = 2
        outcomes = product(
            ((click, item, 1.0, LEAVES_AFTER_CLICK), (1 - click, 5, 0.0, LEAVES_OTHERWISE)), (0, 1)
        )
        for k, ((chance, last, reward, leaves), over) in enumerate(outcomes):
            table[0, :, item, k] = chance * (leaves if over else 1 - leaves)
            table[1, :, item, k] = _number(taste, bored, last)
            table[2, :, item, k], table[3, :, item, k] = reward, over
    fresh = ((boredom == 0).all(1) & (clicked == 5)) / 3.0
    features = np.concatenate([np.eye(3)[taste], boredom / 2, np.eye(6)[clicked][:, :5]], axis=1)
    return _as_table(table, fresh, features)


def _number(taste, boredom, clicked) -> np.ndarray:
    """The number of a state in the order of `itertools.product`."""
    number = taste
    for level in boredom.T:
        number = number * BOREDOM_LEVELS + level
    return number * 6 + clicked


HEAT = np.array([0, 1, 2])  # degrees a step under low, medium and high load
COOLING, POWER = np.array([0, 1, 3]), np.array([0.0, 0.1, 0.5])  # of the fan: off, half, full
DEGREES, HOT = 21, 15


@cache
def server_cooling_table() -> OutcomeTable:
    """The server: 21 temperatures (20 to 40 degrees) x load low, medium, high; fan off, half, full.

    A step adds the heat of the load, the cooling of the fan, and -1, 0 or +1 degree by chance (1/4, 1/2,
    1/4); the load moves to a neighbour with probability 0.1. Reward: minus the fan's power (0, 0.1, 0.5),
    minus 1 where the temperature is 35 degrees or more. No outcome ends the episode. The start is cool: 20
    degrees, any load. Observation, float32 [4]: temperature from -1 (20) to 1 (40), load one-hot.
    """
    states = np.array(list(product(range(DEGREES), range(3))))
    degree, load = states.T
    table = np.zeros((4, len(states), 3, 9))
    noise = ((-1, 0.25), (0, 0.5), (1, 0.25))
    for fan, (k, ((change, chance), next_load)) in product(range(3), enumerate(product(noise, range(3)))):
        warmer = np.clip(degree + HEAT[load] - COOLING[fan] + change, 0, DEGREES - 1)
        table[0, :, fan, k] = chance * _load_moves()[load, next_load]
        table[1, :, fan, k] = warmer * 3 + next_load
        table[2, :, fan, k] = -POWER[fan] - (degree >= HOT)
    features = np.concatenate([degree[:, None] / 10 - 1, np.eye(3)[load]], axis=1)
    return _as_table(table, (degree == 0) / 3.0, features)


def _load_moves() -> np.ndarray:
    return np.array([[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.0, 0.1, 0.9]])


def _as_table(table: np.ndarray, start: np.ndarray, features: np.ndarray) -> OutcomeTable:
    probability, next_state, reward, ended = table
    order = np.argsort(probability == 0, axis=-1, kind="stable")  # impossible outcomes last
    parts = [np.take_along_axis(part, order, -1) for part in (probability, next_state, reward, ended)]
    return OutcomeTable(
        parts[0],
        parts[1].astype(np.int64),
        parts[2],
        parts[3].astype(bool),
        start,
        features.astype(np.float32),
    )


def recommender_return(kind: str) -> float:
    """The exact number of clicks in a session of the recommender.

    Args:
        kind: "optimal"; "myopic", which always shows the item with the best chance of a click now; or
            "random".

    Returns:
        In clicks, undiscounted.

    Raises:
        ValueError: another kind.
    """
    table = recommender_table()
    n_states, n_actions = table.probability.shape[:2]
    if kind == "random":
        return table_return(table, np.full((n_states, n_actions), 1 / n_actions))
    if kind not in ("optimal", "myopic"):
        raise ValueError(f'kind: expected "optimal", "myopic" or "random", got {kind!r}')
    q = optimal_values(table)[1] if kind == "optimal" else action_values_of(table, np.zeros(n_states), 0.0)
    return table_return(table, np.eye(n_actions)[q.argmax(1)])


class RecommenderEnv(TableEnv):
    """One user session of the recommender, see `recommender_table`."""

    def __init__(self, render_mode: str | None = None):
        super().__init__(recommender_table(), render_mode)


class ServerCoolingEnv(TableEnv):
    """One server to keep cool for ever, see `server_cooling_table`."""

    def __init__(self, render_mode: str | None = None):
        super().__init__(server_cooling_table(), render_mode)


def _register(name: str, env: type, table):
    """Make an environment known to Gymnasium, once."""

    def together(num_envs: int = 1, **options):
        return TableVectorEnv(table(), num_envs, **options)

    if name not in gym.registry:
        gym.register(name, entry_point=env, vector_entry_point=together)


_register("Recommender-v0", RecommenderEnv, recommender_table)
_register("ServerCooling-v0", ServerCoolingEnv, server_cooling_table)
