"""The exercises of lesson 01: judge an estimated Q-table by its error and by how it acts."""

import torch

from ..q_tables import greedy_actions, greedy_return, mean_squared_error, regret
from .exercise import Case, Exercise, Mistake

__all__ = ["EXERCISES"]

TRUTH = torch.tensor([[1.0, 2.0], [3.0, 100.0]])
ESTIMATE_A = torch.tensor([[1.0, 2.0], [3.0, 50.0]])
ESTIMATE_B = torch.tensor([[2.0, 1.0], [3.0, 100.0]])
UNIFORM = torch.tensor([0.5, 0.5])


def table(n_states: int, n_actions: int, seed: int) -> torch.Tensor:
    """A table of values of both signs, [S, A]."""
    return 3.0 * torch.randn(n_states, n_actions, generator=torch.Generator().manual_seed(seed))


def best(values: torch.Tensor) -> torch.Tensor:
    """The largest value in each state, [S]."""
    return values.max(dim=1).values


def at(values: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    """The value of one action in each state, [S]."""
    return values[torch.arange(len(values)), actions]


def last_greedy(values: torch.Tensor) -> torch.Tensor:
    """The greedy action, ties broken by the last."""
    return values.shape[1] - 1 - values.flip(1).argmax(1)


ERROR = Exercise(
    reference=mean_squared_error,
    returns="one number",
    cases=(
        Case("the lesson's estimate A", (ESTIMATE_A, TRUTH)),
        Case("the lesson's estimate B", (ESTIMATE_B, TRUTH)),
        Case("an estimate that is right", (TRUTH, TRUTH)),
        Case("a table of 3 states and 4 actions", (table(3, 4, 1), table(3, 4, 2))),
        Case("a single state", (table(1, 5, 3), table(1, 5, 4))),
    ),
    mistakes=(
        Mistake(
            "This is the sum of the squared errors, not their mean: divide by the number of entries, S times A.",
            lambda estimate, truth: ((estimate - truth) ** 2).sum(),
        ),
        Mistake(
            "The squares are summed over actions and averaged over states only: the mean runs over all S times A entries.",
            lambda estimate, truth: ((estimate - truth) ** 2).sum(1).mean(),
        ),
        Mistake(
            "The squares are summed over states and averaged over actions only: the mean runs over all S times A entries.",
            lambda estimate, truth: ((estimate - truth) ** 2).sum(0).mean(),
        ),
        Mistake(
            "This is the root of the mean squared error: leave the square root out.",
            lambda estimate, truth: ((estimate - truth) ** 2).mean().sqrt(),
        ),
        Mistake(
            "This is the norm of the error, the root of the summed squares: take the mean of the squares, and no root.",
            lambda estimate, truth: ((estimate - truth) ** 2).sum().sqrt(),
        ),
        Mistake(
            "This is half the mean squared error; the factor 1/2 is handy in a loss, but it is not part of the mean.",
            lambda estimate, truth: 0.5 * ((estimate - truth) ** 2).mean(),
        ),
        Mistake(
            "This is the mean absolute error: square each difference instead of taking its absolute value.",
            lambda estimate, truth: (estimate - truth).abs().mean(),
        ),
        Mistake(
            "The mean is taken before the square, so that errors of opposite sign cancel: square each difference first.",
            lambda estimate, truth: (estimate - truth).mean() ** 2,
        ),
        Mistake(
            "The differences are not squared, so that errors of opposite sign cancel: square each one first.",
            lambda estimate, truth: (estimate - truth).mean(),
        ),
        Mistake(
            "The differences are not squared, so that errors of opposite sign cancel (and the sign is turned round).",
            lambda estimate, truth: (truth - estimate).mean(),
        ),
        Mistake(
            "This is one error for each state: average over the states as well, to get one number.",
            lambda estimate, truth: ((estimate - truth) ** 2).mean(1),
        ),
        Mistake(
            "This is one error for each action: average over the actions as well, to get one number.",
            lambda estimate, truth: ((estimate - truth) ** 2).mean(0),
        ),
        Mistake(
            "This is the table of squared errors: take its mean.",
            lambda estimate, truth: (estimate - truth) ** 2,
        ),
        Mistake(
            "This is the largest squared error: the mean counts every entry.",
            lambda estimate, truth: ((estimate - truth) ** 2).max(),
        ),
        Mistake(
            "This compares only the largest value of each state: the mean runs over all S times A entries.",
            lambda estimate, truth: ((best(estimate) - best(truth)) ** 2).mean(),
        ),
        Mistake(
            "This is a difference of squares; it is the difference that is squared.",
            lambda estimate, truth: (estimate**2 - truth**2).mean(),
        ),
        Mistake(
            "The sign is turned round: a mean of squares is never negative.",
            lambda estimate, truth: -((estimate - truth) ** 2).mean(),
        ),
        Mistake(
            "This doubles each difference: its square is `** 2`.",
            lambda estimate, truth: ((estimate - truth) * 2).mean(),
        ),
        Mistake(
            "The two tables are added: the error is their difference.",
            lambda estimate, truth: ((estimate + truth) ** 2).mean(),
        ),
        Mistake(
            "This is the variance of the errors: it takes their mean off first, so that a common shift would cost nothing.",
            lambda estimate, truth: (estimate - truth).var(),
        ),
        Mistake(
            "This is the variance of the errors: it takes their mean off first, so that a common shift would cost nothing.",
            lambda estimate, truth: (estimate - truth).var(unbiased=False),
        ),
        Mistake(
            "This is the median of the squared errors: the mean counts every entry.",
            lambda estimate, truth: ((estimate - truth) ** 2).median(),
        ),
        Mistake(
            "Each error is divided by the true value here: the plain difference is squared.",
            lambda estimate, truth: (((estimate - truth) / truth) ** 2).mean(),
        ),
    ),
)

TIED = torch.tensor([[2.0, 2.0, 1.0], [0.0, 5.0, 5.0], [4.0, 4.0, 4.0]])
NEGATIVE = torch.tensor([[-3.0, -1.0, -2.0], [-5.0, -7.0, -6.0]])

GREEDY = Exercise(
    reference=greedy_actions,
    returns="[S]: one action for each state",
    cases=(
        Case("the lesson's true values", (TRUTH,)),
        Case("the lesson's estimate B", (ESTIMATE_B,)),
        Case("values that are all negative", (NEGATIVE,)),
        Case("4 states and 3 actions", (table(4, 3, 5),)),
        Case("2 states and 5 actions", (table(2, 5, 6),)),
        Case("values less than 1 apart", (torch.tensor([[0.2, 0.9, 0.5], [-0.6, -0.1, -0.3]]),)),
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
            "The values are cut to whole numbers before they are compared: compare them as they are.",
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
    ),
)

DECISIONS = (
    Case("the lesson's estimate A", (ESTIMATE_A, TRUTH, UNIFORM)),
    Case("the lesson's estimate B", (ESTIMATE_B, TRUTH, UNIFORM)),
    Case("a start that is not uniform", (ESTIMATE_B, TRUTH, torch.tensor([0.9, 0.1]))),
    Case("values that are all negative", (NEGATIVE.flip(1), NEGATIVE, torch.tensor([0.3, 0.7]))),
    Case("4 states and 3 actions", (table(4, 3, 7), table(4, 3, 8), torch.tensor([0.1, 0.2, 0.3, 0.4]))),
    Case("3 states and 5 actions", (table(3, 5, 9), table(3, 5, 10), torch.tensor([0.5, 0.0, 0.5]))),
    Case("equal values, of which the first counts", (TIED, table(3, 3, 11), torch.tensor([0.2, 0.3, 0.5]))),
)


def _earned(estimate, truth, start):
    return (start * at(truth, estimate.argmax(1))).sum()


def _shared(estimate, truth, start):
    tied = (estimate == estimate.amax(1, keepdim=True)).float()
    return (start * (truth * tied).sum(1) / tied.sum(1)).sum()


PAIRED = (
    "`truth[:, actions]` pairs every state with every state's action; take one entry of each row: "
    "`truth[torch.arange(S), actions]`."
)
ROWS = (
    "`truth[actions]` takes whole rows, as if actions were states; take one entry of each row: "
    "`truth[torch.arange(S), actions]`."
)


RETURN = Exercise(
    reference=greedy_return,
    returns="one number",
    cases=DECISIONS,
    mistakes=(
        Mistake(
            "This is what the estimate promises; the estimate chooses the action, and the true value is what it pays.",
            lambda estimate, truth, start: (start * best(estimate)).sum(),
        ),
        Mistake(
            "This is the best possible return: the action is to be chosen by the estimate, not by the truth.",
            lambda estimate, truth, start: (start * best(truth)).sum(),
        ),
        Mistake(
            "The roles are swapped: the estimate chooses the action, and the truth says what it pays.",
            lambda estimate, truth, start: (start * at(estimate, truth.argmax(1))).sum(),
        ),
        Mistake(
            "Every state counts the same here: weigh each with its probability `start`.",
            lambda estimate, truth, start: at(truth, estimate.argmax(1)).mean(),
        ),
        Mistake(
            "The values are summed without weights: weigh each state with its probability `start`.",
            lambda estimate, truth, start: at(truth, estimate.argmax(1)).sum(),
        ),
        Mistake(
            "After weighing with `start` comes a sum, not a mean: the probabilities have divided already.",
            lambda estimate, truth, start: (start * at(truth, estimate.argmax(1))).mean(),
        ),
        Mistake(
            "This is what each state contributes: add the contributions up.",
            lambda estimate, truth, start: start * at(truth, estimate.argmax(1)),
        ),
        Mistake(
            "This is the value in each state: weigh it with `start` and add up.",
            lambda estimate, truth, start: at(truth, estimate.argmax(1)),
        ),
        Mistake(
            "Of equal estimates the last action is taken here, and the first is asked for.",
            lambda estimate, truth, start: (start * at(truth, last_greedy(estimate))).sum(),
        ),
        Mistake(
            PAIRED,
            lambda estimate, truth, start: (start * truth[:, estimate.argmax(1)]).sum(),
        ),
        Mistake(
            PAIRED,
            lambda estimate, truth, start: start @ truth[:, estimate.argmax(1)],
        ),
        Mistake(
            "The argmax runs over states here: choose among the actions of each state, dim=1.",
            lambda estimate, truth, start: (start * at(truth, estimate.argmax(0)[: len(start)])).sum(),
        ),
        Mistake(
            "The action with the lowest estimate is taken here: greedy means the highest.",
            lambda estimate, truth, start: (start * at(truth, estimate.argmin(1))).sum(),
        ),
        Mistake(
            "This lets every action be taken equally often; the greedy policy takes the one with the highest estimate.",
            lambda estimate, truth, start: (start * truth.mean(1)).sum(),
        ),
        Mistake(
            "This draws the action from a softmax of the estimate; the greedy policy takes the highest one for sure.",
            lambda estimate, truth, start: (start * (estimate.softmax(1) * truth).sum(1)).sum(),
        ),
        Mistake(
            "This is the regret, what is lost; the return is what is earned.",
            lambda estimate, truth, start: (start * best(truth)).sum() - _earned(estimate, truth, start),
        ),
        Mistake(
            PAIRED,
            lambda estimate, truth, start: (start[:, None] * truth[:, estimate.argmax(1)]).sum(),
        ),
        Mistake(
            PAIRED,
            lambda estimate, truth, start: truth[:, estimate.argmax(1)].mean(),
        ),
        Mistake(
            PAIRED,
            lambda estimate, truth, start: truth[:, estimate.argmax(1)].sum(),
        ),
        Mistake(
            ROWS,
            lambda estimate, truth, start: truth[estimate.argmax(1)].sum(),
        ),
        Mistake(
            ROWS,
            lambda estimate, truth, start: (start[:, None] * truth[estimate.argmax(1)]).sum(),
        ),
        Mistake(
            ROWS,
            lambda estimate, truth, start: truth[estimate.argmax(1)].mean(),
        ),
        Mistake(
            "Where estimates are equal, all of these actions are paid at once: the first of them acts alone.",
            lambda estimate, truth, start: (
                start[:, None] * truth * (estimate == estimate.amax(1, keepdim=True))
            ).sum(),
        ),
        Mistake(
            "Equal estimates share the decision here: the first of them takes it alone.",
            lambda estimate, truth, start: _shared(estimate, truth, start),
        ),
        Mistake(
            "Both states are taken to start with probability 1/2: use `start`.",
            lambda estimate, truth, start: 0.5 * at(truth, estimate.argmax(1)).sum(),
        ),
    ),
)

REGRET = Exercise(
    reference=regret,
    returns="one number",
    cases=DECISIONS,
    mistakes=(
        Mistake(
            "The sign is turned round: regret is the best possible minus what is earned, never below zero.",
            lambda estimate, truth, start: _earned(estimate, truth, start) - (start * best(truth)).sum(),
        ),
        Mistake(
            "This is what is earned; the regret is what is missing to the best possible.",
            _earned,
        ),
        Mistake(
            "This is the best possible return: subtract what the greedy policy earns.",
            lambda estimate, truth, start: (start * best(truth)).sum(),
        ),
        Mistake(
            "This compares with what the estimate promises; regret compares with the best possible by the true values.",
            lambda estimate, truth, start: (start * best(estimate)).sum() - _earned(estimate, truth, start),
        ),
        Mistake(
            "This compares what the estimate promises with the best possible; subtract what is truly earned instead.",
            lambda estimate, truth, start: (start * (best(truth) - best(estimate))).sum(),
        ),
        Mistake(
            "Both terms use the estimate's values; what is possible and what is earned are both true values.",
            lambda estimate, truth, start: (start * (best(estimate) - at(estimate, truth.argmax(1)))).sum(),
        ),
        Mistake(
            "Every state counts the same here: weigh each with its probability `start`.",
            lambda estimate, truth, start: (best(truth) - at(truth, estimate.argmax(1))).mean(),
        ),
        Mistake(
            "The losses are summed without weights: weigh each state with its probability `start`.",
            lambda estimate, truth, start: (best(truth) - at(truth, estimate.argmax(1))).sum(),
        ),
        Mistake(
            "This is the regret of each state: weigh it with `start` and add up.",
            lambda estimate, truth, start: best(truth) - at(truth, estimate.argmax(1)),
        ),
        Mistake(
            "This is what each state contributes: add the contributions up.",
            lambda estimate, truth, start: start * (best(truth) - at(truth, estimate.argmax(1))),
        ),
        Mistake(
            "After weighing with `start` comes a sum, not a mean: the probabilities have divided already.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, estimate.argmax(1)))).mean(),
        ),
        Mistake(
            "The best possible is taken over the whole table here; a policy can only take the best action of each state.",
            lambda estimate, truth, start: truth.max() - _earned(estimate, truth, start),
        ),
        Mistake(
            "Of equal estimates the last action is taken here, and the first is asked for.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, last_greedy(estimate)))).sum(),
        ),
        Mistake(
            "This is the regret of the worst state; regret weighs all states with `start`.",
            lambda estimate, truth, start: (best(truth) - at(truth, estimate.argmax(1))).max(),
        ),
        Mistake(
            "This is the largest possible regret, best minus worst action: the estimate must choose the action.",
            lambda estimate, truth, start: (start * (best(truth) - truth.min(1).values)).sum(),
        ),
        Mistake(
            "The difference is squared here; regret is in units of reward, not of reward squared.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, estimate.argmax(1))) ** 2).sum(),
        ),
        Mistake(
            "This is a share of the best possible; regret is the difference itself.",
            lambda estimate, truth, start: 1 - _earned(estimate, truth, start) / (start * best(truth)).sum(),
        ),
        Mistake(
            "This is the mean squared error of the table; regret asks how the table acts.",
            lambda estimate, truth, start: ((estimate - truth) ** 2).mean(),
        ),
        Mistake(
            "The best possible is taken without `start`, and what is earned with it: weigh both.",
            lambda estimate, truth, start: best(truth).mean() - _earned(estimate, truth, start),
        ),
        Mistake(
            "The best possible is taken without `start`, and what is earned with it: weigh both.",
            lambda estimate, truth, start: best(truth).sum() - _earned(estimate, truth, start),
        ),
        Mistake(
            "The roles are swapped where it earns: the estimate chooses the action, and the truth says what it pays.",
            lambda estimate, truth, start: (start * (best(truth) - at(estimate, truth.argmax(1)))).sum(),
        ),
        Mistake(
            "This is how often another action is chosen; regret counts what the choice costs.",
            lambda estimate, truth, start: (start * (estimate.argmax(1) != truth.argmax(1))).sum(),
        ),
        Mistake(
            "This is how often another action is chosen; regret counts what the choice costs.",
            lambda estimate, truth, start: (estimate.argmax(1) != truth.argmax(1)).float().mean(),
        ),
        Mistake(
            "The difference is squared here; regret is in units of reward, not of reward squared.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, estimate.argmax(1)))).sum() ** 2,
        ),
        Mistake(
            "This compares with the average action; regret compares with the best possible.",
            lambda estimate, truth, start: (start * (truth.mean(1) - at(truth, estimate.argmax(1)))).sum(),
        ),
    ),
)

EXERCISES = (ERROR, GREEDY, RETURN, REGRET)
