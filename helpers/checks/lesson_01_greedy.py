"""The greedy actions of a table, lesson 01, as an exercise."""

import torch

from ..q_tables import greedy_actions
from .exercise import Case, Exercise, Mistake
from .lesson_01_tables import ESTIMATE_B, NEGATIVE, TIED, TRUTH, last_greedy, table

__all__ = ["GREEDY"]

GREEDY = Exercise(
    reference=greedy_actions,
    returns="[S]: one action for each state",
    dtype=("int64", "because it picks an entry of a table (`gather` takes nothing else)"),
    cases=(
        Case("the lesson's true values", (TRUTH,)),
        Case("the lesson's estimate B", (ESTIMATE_B,)),
        Case("values that are all negative", (NEGATIVE,)),
        Case("4 states and 3 actions", (table(4, 3, 5),)),
        Case("2 states and 5 actions", (table(2, 5, 6),)),
        Case("values close together", (torch.tensor([[0.61, 0.64, 0.62], [-0.44, -0.41, -0.43]]),)),
        Case("equal values, of which the first counts", (TIED,)),
    ),
    mistakes=(
        Mistake(
            "These are the largest values; the question is at which action they stand: use argmax.",
            lambda q: q.max(dim=1).values,
        ),
        Mistake(
            "The argmax runs over states (dim=0), which gives the best state for each action: it runs over actions, dim=1.",
            lambda q: q.argmax(dim=0),
        ),
        Mistake(
            "This is one index into the whole table: give `argmax` the dimension of the actions, dim=1.",
            lambda q: q.argmax(),
        ),
        Mistake("These are the worst actions: argmax, not argmin.", lambda q: q.argmin(dim=1)),
        Mistake(
            "Of equal values the last is taken here, and the first is asked for.",
            last_greedy,
        ),
        Mistake(
            "The actions are right, but each stands in a row of its own, [S, 1]: leave `keepdim` out.",
            lambda q: q.argmax(dim=1, keepdim=True),
        ),
        Mistake(
            "This table marks the best actions with a 1; their indices are asked for, one for each state.",
            lambda q: torch.nn.functional.one_hot(q.argmax(dim=1), q.shape[1]),
        ),
        Mistake(
            "This table marks every action that has the largest value; one index for each state is asked for.",
            lambda q: q == q.max(dim=1, keepdim=True).values,
        ),
        Mistake(
            "This picks the value that is largest in size: a large negative value is not a good one, leave `abs` out.",
            lambda q: q.abs().argmax(dim=1),
        ),
        Mistake(
            "The actions are counted from 1 here; in the table they are counted from 0.",
            lambda q: q.argmax(dim=1) + 1,
        ),
        Mistake(
            "This sorts all actions of each state; only the best one is asked for.",
            lambda q: q.argsort(dim=1, descending=True),
        ),
        Mistake(
            "This sorts all actions of each state; only the best one is asked for.",
            lambda q: q.argsort(dim=1),
        ),
        Mistake(
            "This is one best action for all states together; each state has its own.",
            lambda q: q.mean(dim=0).argmax(),
        ),
        Mistake(
            "These are probabilities; the greedy policy takes one action in each state: take their argmax.",
            lambda q: q.softmax(dim=1),
        ),
        Mistake(
            "Only two actions are compared: let argmax run over all of them, dim=1.",
            lambda q: (q[:, 1] > q[:, 0]).long(),
        ),
        Mistake(
            "The search starts from a best value of 0, so that negative values never win: start from the first action.",
            lambda q: torch.where(q.amax(1) > 0, q.argmax(1), 0),
        ),
        Mistake(
            "The values are cut or rounded to whole numbers before they are compared: compare them as they are.",
            lambda q: q.long().argmax(1),
        ),
        Mistake(
            "This is the state with the largest value; one action for each state is asked for.",
            lambda q: q.amax(1).argmax(),
        ),
        Mistake(
            "Where values are equal this gives all their places; only the first in each state is asked for.",
            lambda q: torch.where(q == q.amax(1, keepdim=True))[1],
        ),
        Mistake(
            "The values are cut or rounded to whole numbers before they are compared: compare them as they are.",
            lambda q: q.round().argmax(1),
        ),
    ),
)
