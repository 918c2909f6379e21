"""What acting greedily on an estimate earns, lesson 01, as an exercise."""

import torch

from ..q_tables import greedy_return
from .exercise import Exercise, Mistake
from .lesson_01_tables import DECISIONS, at, best, earned, last_greedy, turned_index

__all__ = ["RETURN"]


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
            "The values are summed without weights: weigh each with its probability `start`, [S] beside [S], not beside [S, 1].",
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
            lambda estimate, truth, start: (start * best(truth)).sum() - earned(estimate, truth, start),
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
        Mistake(ROWS, lambda estimate, truth, start: (start * truth[estimate.argmax(1)]).sum()),
        Mistake(
            "This pays the best entry of the whole table: `argmax` needs dim=1, one action for each state.",
            lambda estimate, truth, start: truth.flatten()[estimate.argmax()],
        ),
        Mistake(
            "Only the likeliest state is counted: weigh every state with its probability `start`, and add up.",
            lambda estimate, truth, start: at(truth, estimate.argmax(1))[start.argmax()],
        ),
        Mistake(
            "Among equal estimates the truth chooses here: the estimate knows nothing of it, and takes the first.",
            lambda estimate, truth, start: (
                start * truth.masked_fill(estimate < estimate.amax(1, keepdim=True), -torch.inf).amax(1)
            ).sum(),
        ),
        Mistake(
            "Every action is paid at once here: only the one with the highest estimate acts.",
            lambda estimate, truth, start: (start[:, None] * truth).sum(),
        ),
        Mistake(
            "One action is chosen for all states together: each state chooses its own, dim=1.",
            lambda estimate, truth, start: start @ truth[:, (start @ estimate).argmax()],
        ),
        Mistake(
            "One action is chosen for all states together: each state chooses its own, dim=1.",
            lambda estimate, truth, start: start @ truth[:, estimate.sum(0).argmax()],
        ),
        Mistake(
            "The number of the action is weighed here, not what it pays: look it up, `truth[s, action]`.",
            lambda estimate, truth, start: (start * estimate.argmax(1)).sum(),
        ),
        Mistake(
            "Only the first two states are counted: there may be more.",
            lambda estimate, truth, start: (start * at(truth, estimate.argmax(1)))[:2].sum(),
        ),
        Mistake(
            "Only the first two states are counted: there may be more.",
            lambda estimate, truth, start: (
                torch.stack([start[0], 1 - start[0]]) @ at(truth, estimate.argmax(1))[:2]
            ),
        ),
        Mistake(
            "The indices are exchanged: a table has a row for each state, so it is `truth[torch.arange(S), actions]`.",
            lambda estimate, truth, start: (start * turned_index(truth, estimate.argmax(1))).sum(),
        ),
    ),
)
