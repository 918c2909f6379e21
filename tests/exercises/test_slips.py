"""Two mistakes at once, and slips that fit any formula: both are told, and nothing is told that was not measured."""

import importlib
from pathlib import Path

import pytest
import torch
from test_catalogue import verdict

from helpers.checks import CORRECT, EXERCISES, NOT_YET, Case, by_steps
from helpers.checks.steps import Formula

HERE = Path(__file__).parent
STEPPED = [name for name, exercise in EXERCISES.items() if exercise.formula]


def line(x, slope, shift):
    """A straight line, [N]."""
    return slope * x + shift


LINE = by_steps(
    line,
    "[N]: a number for each",
    (
        Case("three numbers", (torch.tensor([1.0, -2.0, 4.0]), 0.7, 0.3)),
        Case("two numbers", (torch.tensor([0.5, 3.0]), -1.5, 2.3)),
        Case("no shift", (torch.tensor([2.0, 5.0]), 1.1, 0.0)),
    ),
    """
    scaled = slope * x
    answer = scaled + shift
    """,
    {
        "The slope is divided by.": "scaled = x / slope",
        "The shift is subtracted.": "answer = scaled - shift",
        "The square of x is used.": "x = x**2",
    },
    {"torch": torch},
    differentiate=("x",),
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, slope, shift: x / slope - shift, ["Two mistakes", "divided by", "subtracted"]),
        (lambda x, slope, shift: x**2 / slope + shift, ["Two mistakes", "divided by", "square"]),
        (lambda x, slope, shift: 0.5 * x + shift, ["what comes out if `slope` is always 0.5"]),
        (lambda x, slope, shift: -(slope * x + shift), ["the result has the wrong sign"]),
        (
            lambda x, slope, shift: -(x / slope + shift),
            ["divided by", "not all", "the result has the wrong sign"],
        ),
        (lambda x, slope, shift: slope * x.flip(0) + 1, ["`x` runs backwards", "`shift` is always 1"]),
        (lambda x, slope, shift: shift * x + slope, ["`slope` and `shift` are exchanged"]),
        (lambda x, slope, shift: (-slope * x - shift).detach(), ["wrong sign", "no gradient"]),
    ],
)
def test_what_is_wrong_is_told(answer, words):
    result = LINE.check(answer)
    assert result.status == NOT_YET
    assert all(word in result.message for word in words), result.message


def test_nothing_is_told_that_does_not_fit_everywhere():
    def slope_ignored_for_three(x, slope, shift):
        return (0.5 if len(x) == 3 else slope) * x + shift

    told = LINE.check(slope_ignored_for_three).message
    assert "always" not in told
    assert "right on 2 of 3 inputs" in told


def test_a_change_builds_on_what_was_there_and_arguments_change_first():
    formula = Formula(("x", "y"), "double = 2 * x\nanswer = double + y", {})
    assert formula.function()(3, 1) == 7
    assert formula.function(formula.changes("answer = -answer; x = x + 1"))(3, 1) == -9
    assert formula.function(formula.changes("x, y = y, x"))(3, 1) == 5
    assert formula.function(formula.changes("answer = y"))(3, 1) == 1, "what nothing needs is not made"
    with pytest.raises(ValueError, match="expected `name = expression`"):
        formula.changes("answer += 1")


@pytest.mark.parametrize("name", STEPPED)
def test_the_steps_are_the_reference(name):
    exercise = EXERCISES[name]
    assert verdict(name, exercise.formula.function()).status == CORRECT


def doubles() -> list:
    found = []
    for path in sorted(HERE.glob("double_mistakes_*.py")):
        for name, answers in importlib.import_module(path.stem).DOUBLES.items():
            found += [pytest.param(name, *answer, id=f"{name}-{i}") for i, answer in enumerate(answers)]
    return found


@pytest.mark.parametrize(("name", "answer", "words"), doubles())
def test_two_mistakes_at_once_are_both_told(name, answer, words):
    result = verdict(name, answer)
    assert result.status == NOT_YET
    assert all(word in result.message for word in words), result.message
