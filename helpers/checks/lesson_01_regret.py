"""What acting greedily on an estimate costs, lesson 01, as an exercise."""

from ..q_tables import regret
from .exercise import Exercise, Mistake
from .lesson_01_tables import DECISIONS, at, best, earned, last_greedy, turned_index

__all__ = ["REGRET"]

REGRET = Exercise(
    reference=regret,
    returns="one number",
    cases=DECISIONS,
    mistakes=(
        Mistake(
            "The sign is turned round: regret is the best possible minus what is earned, never below zero.",
            lambda estimate, truth, start: earned(estimate, truth, start) - (start * best(truth)).sum(),
        ),
        Mistake(
            "This is what is earned; the regret is what is missing to the best possible.",
            earned,
        ),
        Mistake(
            "This is the best possible return: subtract what the greedy policy earns.",
            lambda estimate, truth, start: (start * best(truth)).sum(),
        ),
        Mistake(
            "This compares with what the estimate promises; regret compares with the best possible by the true values.",
            lambda estimate, truth, start: (start * best(estimate)).sum() - earned(estimate, truth, start),
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
            lambda estimate, truth, start: truth.max() - earned(estimate, truth, start),
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
            lambda estimate, truth, start: 1 - earned(estimate, truth, start) / (start * best(truth)).sum(),
        ),
        Mistake(
            "This is the mean squared error of the table; regret asks how the table acts.",
            lambda estimate, truth, start: ((estimate - truth) ** 2).mean(),
        ),
        Mistake(
            "The best possible is taken without `start`, and what is earned with it: weigh both.",
            lambda estimate, truth, start: best(truth).mean() - earned(estimate, truth, start),
        ),
        Mistake(
            "The best possible is taken without `start`, and what is earned with it: weigh both.",
            lambda estimate, truth, start: best(truth).sum() - earned(estimate, truth, start),
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
        Mistake(
            "The best possible takes one action for all states here, but each state has its own best one: max over dim=1 first.",
            lambda estimate, truth, start: (start @ truth).max() - earned(estimate, truth, start),
        ),
        Mistake(
            "The best possible is the largest share of one state here: the shares of all states add up.",
            lambda estimate, truth, start: (start * best(truth)).max() - earned(estimate, truth, start),
        ),
        Mistake(
            "This is the largest loss of one state: the losses of all states add up.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, estimate.argmax(1)))).max(),
        ),
        Mistake(
            "This compares what the estimate promises with the best possible; subtract what is truly earned instead.",
            lambda estimate, truth, start: (start * (best(truth) - best(estimate))).abs().sum(),
        ),
        Mistake(
            "This compares with the average action; regret compares with the best possible.",
            lambda estimate, truth, start: (start * (at(truth, estimate.argmax(1)) - truth.mean(1))).sum(),
        ),
        Mistake(
            "The best possible is still one number for each state: weigh it with `start` and add up, then subtract.",
            lambda estimate, truth, start: best(truth) - earned(estimate, truth, start),
        ),
        Mistake(
            "The action with the lowest estimate is taken here: greedy means the highest.",
            lambda estimate, truth, start: (start * (best(truth) - at(truth, estimate.argmin(1)))).sum(),
        ),
        Mistake(
            "[S] beside [S, 1] makes a table [S, S] of all pairs of states: take one column off, `[:, 0]`, before subtracting.",
            lambda estimate, truth, start: (
                start * (best(truth) - truth.gather(1, estimate.argmax(1, keepdim=True)))
            ).sum(),
        ),
        Mistake(
            "The indices are exchanged: a table has a row for each state, so it is `truth[torch.arange(S), actions]`.",
            lambda estimate, truth, start: (
                start * (best(truth) - turned_index(truth, estimate.argmax(1)))
            ).sum(),
        ),
    ),
)
