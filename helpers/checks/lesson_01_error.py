"""The mean squared error of a table, lesson 01, as an exercise."""

from ..q_tables import mean_squared_error
from .exercise import Case, Exercise, Mistake
from .lesson_01_tables import ESTIMATE_A, ESTIMATE_B, TRUTH, best, table

__all__ = ["ERROR"]

ERROR = Exercise(
    reference=mean_squared_error,
    returns="one number",
    cases=(
        Case("the lesson's estimate A", (ESTIMATE_A, TRUTH)),
        Case("the lesson's estimate B", (ESTIMATE_B, TRUTH)),
        Case("an estimate that is right", (TRUTH.clone(), TRUTH)),
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
            "Only the true value is squared, `**` binds tighter than `-`: put the difference in brackets, then square it.",
            lambda estimate, truth: (estimate - truth**2).mean(),
        ),
        Mistake(
            "Only the estimate is squared, `**` binds tighter than `-`: put the difference in brackets, then square it.",
            lambda estimate, truth: (truth - estimate**2).mean(),
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
        Mistake(
            "This divides by one less than the number of entries, as a sample variance does: a plain mean divides by S times A.",
            lambda estimate, truth: ((estimate - truth) ** 2).sum() / (estimate.numel() - 1),
        ),
        Mistake(
            "The mean is cut to a whole number: leave `int` or `round` out.",
            lambda estimate, truth: int(((estimate - truth) ** 2).mean()),
        ),
        Mistake(
            "The mean is cut to a whole number: leave `int` or `round` out.",
            lambda estimate, truth: ((estimate - truth) ** 2).mean().round(),
        ),
    ),
)
