"""A table of outcomes and a policy in, exact values out, by dynamic programming.

`exact` answers the same for a `TabularMDP` by a linear solve; the recommender's 4374 states are too many for one, but each
action has four outcomes only.
"""

import numpy as np

from .table_envs import OutcomeTable

__all__ = ["optimal_values", "table_return", "table_values"]


def action_values_of(table: OutcomeTable, values: np.ndarray, gamma: float) -> np.ndarray:
    """What each action is worth where the next state has these values [S].

    q(s, a) = sum over outcomes p (r + gamma v(s') [not ended]), float64 [S, A]
    """
    later = values[table.next_state] * ~table.ended
    return (table.probability * (table.reward + gamma * later)).sum(-1)


def _fixed_point(table: OutcomeTable, gamma: float, of_state) -> np.ndarray:
    """Apply v <- of_state(q(v)) until it stands still to 1e-10 of its size."""
    if not 0.0 <= gamma <= 1.0:
        raise ValueError(f"gamma: expected a number in [0, 1], got {gamma}")
    values = np.zeros(len(table.start))
    for _ in range(100_000):
        updated = of_state(action_values_of(table, values, gamma))
        if np.abs(updated - values).max() <= 1e-12 * max(1.0, np.abs(updated).max()):
            return updated
        values = updated
    raise ValueError(f"expected values that converge, got none at gamma {gamma}: do the episodes end?")


def table_values(table: OutcomeTable, probs: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    """What each state is worth under a policy: v(s) = sum_a pi(a|s) q(s, a).

    Args:
        table: the world.
        probs: float [S, A], pi(a|s).
        gamma: in [0, 1]; 1 only where every episode ends.

    Returns:
        float64 [S].

    Raises:
        ValueError: probs is no policy, gamma is outside [0, 1], or the values do not converge.

    Source: Sutton and Barto (2018), equation 4.5.
    """
    probs, shape = np.asarray(probs, dtype=np.float64), table.probability.shape[:2]
    if probs.shape != shape or not (np.all(probs >= 0) and np.allclose(probs.sum(1), 1.0, atol=1e-3)):
        raise ValueError(
            f"probs: expected {list(shape)} probabilities, each row with sum 1, got {list(probs.shape)}"
        )
    return _fixed_point(table, gamma, lambda q: (probs * q).sum(1))


def optimal_values(table: OutcomeTable, gamma: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """What each state is worth under the best policy, and what each action is: v*(s) = max_a q*(s, a).

    Args:
        table: the world.
        gamma: in [0, 1]; 1 only where every episode ends.

    Returns:
        v*, float64 [S], and q*, float64 [S, A].

    Raises:
        ValueError: gamma is outside [0, 1], or the values do not converge.

    Source: Sutton and Barto (2018), equation 4.10.
    """
    values = _fixed_point(table, gamma, lambda q: q.max(1))
    return values, action_values_of(table, values, gamma)


def table_return(table: OutcomeTable, probs: np.ndarray, gamma: float = 1.0) -> float:
    """The expected return of a policy from the table's start: J = sum_s start(s) v(s).

    Args:
        table, probs, gamma: as in `table_values`.

    Raises:
        ValueError: as `table_values`.

    Source: Sutton and Barto (2018), equation 13.4, averaged over the start.
    """
    return float(table.start @ table_values(table, probs, gamma))
