"""What the exercises of lesson 01 share: tables of values, starts, and the steps from a table to what it earns."""

import torch

from .exercise import Case

__all__ = [
    "DECISIONS",
    "ESTIMATE_A",
    "ESTIMATE_B",
    "NEGATIVE",
    "TIED",
    "TRUTH",
    "at",
    "best",
    "earned",
    "last_greedy",
    "table",
    "turned_index",
]

TRUTH = torch.tensor([[1.0, 2.0], [3.0, 100.0]])
ESTIMATE_A = torch.tensor([[1.0, 2.0], [3.0, 50.0]])
ESTIMATE_B = torch.tensor([[2.0, 1.0], [3.0, 100.0]])
UNIFORM = torch.tensor([0.5, 0.5])
TIED = torch.tensor([[2.0, 2.0, 1.0], [0.0, 5.0, 5.0], [4.0, 4.0, 4.0]])
NEGATIVE = torch.tensor([[-3.0, -1.0, -2.0], [-5.0, -7.0, -6.0]])


def table(n_states: int, n_actions: int, seed: int) -> torch.Tensor:
    """A table of values of both signs, [S, A]."""
    return 3.0 * torch.randn(n_states, n_actions, generator=torch.Generator().manual_seed(seed))


def best(values: torch.Tensor) -> torch.Tensor:
    """The largest value in each state, [S]."""
    return values.max(dim=1).values


def at(values: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """The value of one action in each state, [S]."""
    return values[torch.arange(len(values)), actions]


def turned_index(values: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """The entries at [action, state], which stops where there are fewer states than actions."""
    return values[actions, torch.arange(len(values))]


def last_greedy(values: torch.Tensor) -> torch.Tensor:
    """The greedy action, ties broken by the last."""
    return values.shape[1] - 1 - values.flip(1).argmax(1)


def earned(estimate, truth, start):
    """What the greedy policy of the estimate earns."""
    return (start * at(truth, estimate.argmax(1))).sum()


DECISIONS = (
    Case("the lesson's estimate A", (ESTIMATE_A, TRUTH, UNIFORM)),
    Case("the lesson's estimate B", (ESTIMATE_B, TRUTH, UNIFORM)),
    Case("a start that is not uniform", (ESTIMATE_B, TRUTH, torch.tensor([0.9, 0.1]))),
    Case("values that are all negative", (NEGATIVE.flip(1), NEGATIVE, torch.tensor([0.3, 0.7]))),
    Case("4 states and 3 actions", (table(4, 3, 7), table(4, 3, 8), torch.tensor([0.1, 0.2, 0.3, 0.4]))),
    Case("3 states and 5 actions", (table(3, 5, 9), table(3, 5, 10), torch.tensor([0.5, 0.0, 0.5]))),
    Case("equal values, of which the first counts", (TIED, table(3, 3, 11), torch.tensor([0.2, 0.3, 0.5]))),
)
