"""A result says the same in a terminal and in a notebook, and only a grading run ever raises."""

import html
import re

import pytest
import torch

from helpers import checks
from helpers.checks import CORRECT, NOT_STARTED, NOT_YET, Case, Exercise, Mistake, Result


@pytest.mark.parametrize("status", [CORRECT, NOT_YET, NOT_STARTED])
def test_both_forms_say_the_same(status):
    result = Result("regret", status, "Weigh <each> state & add up.")
    plain = html.unescape(re.sub(r"<[^>]+>", "", result._repr_html_()))
    assert plain.split() == repr(result).split()
    assert bool(result) == (status == CORRECT)


def double(x):
    """Twice x, [N]."""
    return 2 * x


EXERCISE = Exercise(
    reference=double,
    returns="[N]: twice each",
    cases=(Case("two numbers", (torch.tensor([1.0, -2.0]),)), Case("one number", (torch.tensor([3.0]),))),
    mistakes=(Mistake("This is the square.", lambda x: x**2),),
    differentiate=("x",),
)


def test_the_catalogue_comes_first():
    assert EXERCISE.check(lambda x: x**2).message == "This is the square."


def test_a_crash_on_one_input_does_not_hide_the_mistake():
    def crashes_on_one(x):
        return x**2 if len(x) > 1 else x[5]

    assert EXERCISE.check(crashes_on_one).message == "This is the square."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: -2 * x, "-1 times the right answer"),
        (lambda x: x, "0.5 times the right answer"),
        (lambda x: (2 * x)[:, None], "shape [2] is expected ([N]: twice each), yours is [2, 1]"),
        (lambda x: 2 * x.abs(), "[2, -4] is expected, yours is [2, 4] (right on 1 of 2 inputs)"),
        (lambda x: 2 * x * x / x.abs().sqrt() ** 2 * float("nan"), "NaN"),
        (lambda x: (2 * x).detach(), "no gradient flows back to `x`"),
        (lambda x: torch.tensor((2 * x).tolist()), "no gradient flows back to `x`"),
        (lambda x: 4 * x.detach() - 2 * x, "its gradient for `x` is [-2, -1.081] where [2, 1.081] is right"),
        (lambda x: 2 * x + (0 * x).abs().sqrt(), "its gradient for `x` holds NaN"),
        (lambda x: 2 * x if len(x) > 1 else None, "With one number: your function returned None"),
    ],
)
def test_what_no_catalogue_names_is_described(answer, words):
    result = EXERCISE.check(answer)
    assert result.status == NOT_YET
    assert words in result.message, result.message


def test_an_argument_may_change_where_that_is_the_point():
    def add_one(x):
        with torch.no_grad():
            x += 1
        return x.detach().clone()

    free = Exercise(add_one, "[N]", EXERCISE.cases, (), may_change=("x",))
    strict = Exercise(add_one, "[N]", EXERCISE.cases, ())
    assert free.check(add_one).status == CORRECT
    assert "changes `x`" in strict.check(add_one).message


def test_a_gradient_into_what_is_given_is_told():
    def loss(x, given):
        return (x * given.detach()).sum()

    case = Case("two numbers", (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])))
    exercise = Exercise(loss, "one number", (case,), (), differentiate=("x", "given"))
    assert "a gradient flows into `given`" in exercise.check(lambda x, given: (x * given).sum()).message
    assert exercise.check(lambda x, given: x @ given.detach()).status == CORRECT


def test_another_convention_is_right_as_a_whole_or_not_at_all():
    exercise = Exercise(double, "[N]", EXERCISE.cases, (), also_right=(lambda x: 3 * x,))
    assert exercise.check(lambda x: 3 * x).status == CORRECT
    assert exercise.check(lambda x: 2 * x if len(x) > 1 else 3 * x).status == NOT_YET


def test_what_is_judged_may_be_what_the_call_leaves_behind():
    def step(x):
        with torch.no_grad():
            x *= 0.5
        return 0.0

    exercise = Exercise(
        step, "one number", EXERCISE.cases, (), observe=lambda given, returned: given[0], may_change=("x",)
    )
    assert exercise.check(step).status == CORRECT
    assert exercise.check(lambda x: 0.0).status == NOT_YET


def test_only_a_grading_run_raises(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checks.regret(checks.EXERCISES["regret"].reference).status == CORRECT
    with pytest.raises(AssertionError, match="regret: not started"):
        checks.regret(...)


def test_what_a_function_prints_is_seen(capsys):
    def prints(x):
        print("here", x.tolist())
        return 2 * x

    assert EXERCISE.check(prints).status == CORRECT
    assert "here [1.0, -2.0]" in capsys.readouterr().out


def test_a_function_that_rolls_its_own_dice_is_told_so():
    assert "another answer each time" in EXERCISE.check(lambda x: 2 * x + torch.randn(len(x))).message


def test_an_argument_overwritten_before_the_gradient_is_taken_is_told():
    def weighted(x, weights):
        return (x * weights).sum()

    def doubles_the_weights(x, weights):
        total = (x * weights).sum()
        weights *= 2
        return total

    case = Case("two numbers", (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])))
    exercise = Exercise(weighted, "one number", (case,), (), differentiate=("x",))
    assert "changes `weights`" in exercise.check(doubles_the_weights).message


def test_a_function_without_a_definition_of_its_own_is_judged():
    kept = {"answer": lambda x: 2 * x}
    kept["answer"].__name__ = "my_double"
    assert EXERCISE.check(kept["answer"]).status == CORRECT
    assert EXERCISE.check(torch.neg).status == NOT_YET


@pytest.mark.filterwarnings("error")
def test_an_answer_near_the_largest_number_is_told_without_a_warning():
    assert EXERCISE.check(lambda x: x * 1e38).status == NOT_YET
    assert EXERCISE.check(lambda x: x.double() * 1e300).status == NOT_YET


def test_a_wrong_value_is_told_before_a_gradient_that_happens_to_be_zero():
    def square(x):
        return (x**2).sum()

    cases = (Case("zero", (torch.zeros(2),)), Case("two numbers", (torch.tensor([1.0, 2.0]),)))
    exercise = Exercise(square, "one number", cases, (), differentiate=("x",))
    assert "5 is expected, yours is 3" in exercise.check(lambda x: x.sum()).message
