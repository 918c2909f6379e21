"""A result says the same in a terminal and in a notebook, and only a grading run ever raises."""

import html
import re
import threading
import time

import pytest
import torch

from helpers import checks
from helpers.checks import CORRECT, NOT_STARTED, NOT_YET, Case, Exercise, Mistake, Result, calling


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

    message = EXERCISE.check(crashes_on_one).message
    assert message.startswith("This is the square.")
    assert "with one number your function stops with IndexError in its line 2" in message


def meddling(answer):
    """The same answer from a function that overwrites its argument."""

    def overwrites(x):
        returned = answer(x)
        with torch.no_grad():
            x.copy_(x.sort(descending=True).values + 1)
        return returned

    return overwrites


def crashing(answer):
    """The same answer from a function that stops on one of the two inputs."""
    return lambda x: answer(x) if len(x) > 1 else x[5]


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        (meddling(lambda x: x + x.square() - x), ["This is the square.", "also changes `x`"]),
        (crashing(lambda x: x.square()), ["This is the square.", "with one number", "IndexError"]),
        (
            meddling(crashing(lambda x: x.square())),
            ["This is the square.", "with one number", "IndexError", "also changes `x`"],
        ),
        (lambda x: x.detach().square(), ["This is the square.", "no gradient flows back to `x`"]),
        (
            meddling(lambda x: x.detach().square()),
            ["This is the square.", "no gradient flows back to `x`", "also changes `x`"],
        ),
        (meddling(lambda x: 3 * x), ["1.5 times the right answer", "also changes `x`"]),
        (crashing(lambda x: x + 5), ["[2, -4] is expected", "with one number it stops with IndexError"]),
        (meddling(lambda x: x[7]), ["stopped", "IndexError"]),
        (meddling(lambda x: (2 * x).detach()), ["no gradient flows back to `x`", "also changes `x`"]),
    ],
)
def test_one_mistake_does_not_hide_another(answer, sentences):
    message = EXERCISE.check(answer).message
    for sentence in sentences:
        assert sentence in message, message


def test_a_gradient_that_a_change_in_place_spoils_is_no_second_mistake():
    def squares_and_shifts(x):
        squares = x**2
        x -= 1
        return squares

    message = EXERCISE.check(squares_and_shifts).message
    assert message.startswith("This is the square. Your function also changes `x`"), message

    def loses_its_own_result(x):
        powers = x.exp()
        answer = powers.log() ** 2
        powers += 1
        return answer

    message = EXERCISE.check(loses_its_own_result).message
    assert message == "This is the square. And its gradient stops with RuntimeError."


def test_a_nan_that_is_wiped_out_is_a_change():
    case = Case("one that is NaN", (torch.tensor([1.0, torch.nan]),))
    exercise = Exercise(lambda x: x[0], "one number", (case,), ())
    assert exercise.check(lambda x: 1.0 * x[0]).status == CORRECT
    assert "changes `x`" in exercise.check(lambda x: x.nan_to_num_()[0]).message


def test_a_change_before_a_crash_is_told():
    def overwrites_and_stops(x):
        x -= 1
        return x[7]

    message = EXERCISE.check(overwrites_and_stops).message
    assert "IndexError" in message
    assert "also changes `x`" in message


def test_a_crash_on_most_inputs_is_the_mistake():
    """The one input that is left may look like anything."""
    cases = (*EXERCISE.cases, Case("three numbers", (torch.tensor([1.0, 2.0, 3.0]),)))
    exercise = Exercise(double, "[N]", cases, EXERCISE.mistakes)
    message = exercise.check(lambda x: x**2 if x[0] == 3.0 else x[5]).message
    assert "This is the square" not in message
    assert "stopped in its line 1 with IndexError" in message


def test_a_factor_holds_in_every_case_and_not_only_where_numbers_are_large():
    def shrink(x):
        return torch.where(x.abs() > 100, x / 2, x * 3)

    cases = (Case("small", (torch.tensor([1.0, 2.0]),)), Case("large", (torch.tensor([1e4, -3e4]),)))
    exercise = Exercise(double, "[N]", cases, ())
    assert "times the right answer" not in exercise.check(shrink).message
    assert "everywhere yours is 0.25 times" in exercise.check(lambda x: x / 2).message
    assert "times the right answer" not in exercise.check(lambda x: x / 2 + 0.1).message


def test_a_case_may_have_a_tolerance_of_its_own():
    cases = (Case("strict", (torch.ones(2),)), Case("rough", (torch.full((2,), 1e3),), tolerance=0.1))
    exercise = Exercise(double, "[N]", cases, ())
    assert exercise.check(lambda x: torch.where(x > 10, 2.1 * x, 2 * x)).status == CORRECT
    assert exercise.check(lambda x: torch.where(x > 10, 2 * x, 2.1 * x)).status == NOT_YET


def test_the_type_of_number_is_told_where_one_is_asked_for():
    def first(x):
        return x.argmax()

    exercise = Exercise(first, "one index", EXERCISE.cases, (), dtype=("int64", "it is an index"))
    assert exercise.check(lambda x: x.argmax()).status == CORRECT
    assert exercise.check(lambda x: x.numpy().argmax()).status == CORRECT
    assert exercise.check(lambda x: int(x.argmax())).status == CORRECT
    for wrong, name in ((torch.float32, "float32"), (torch.int32, "int32")):
        message = exercise.check(lambda x, wrong=wrong: x.argmax().to(wrong)).message
        assert f"their type is {name}: int64 is asked for, it is an index" in message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: x - x.max(0), "take `.values`"),
        (lambda x: x if x > 0 and x < 1 else 2 * x, "joined with `&`, `|` and `~`"),
        (lambda x: torch.from_numpy(2 * x.numpy()), "NumPy keeps no graph"),
        (lambda x: x[torch.arange(2), torch.arange(3)], "too many indices"),
        (lambda x: x[None][torch.arange(2), torch.arange(3)], "must be equally long"),
    ],
)
def test_what_torch_says_of_a_slip_is_put_into_words(answer, words):
    assert words in EXERCISE.check(answer).message


def test_parts_that_are_not_added_up_are_told():
    def both(x):
        return x.sum() + x.max()

    exercise = Exercise(both, "one number", EXERCISE.cases, ())
    assert (
        "these are its parts, and one number is expected, their sum"
        in exercise.check(lambda x: (x.sum(), x.max())).message
    )
    message = exercise.check(lambda x: (x.sum(), x.argmax())).message
    assert "one number is expected" in message
    assert "their sum" not in message
    assert "torch.stack" in EXERCISE.check(lambda x: (x[0], x[-1])).message


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


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no thread has a clock of its own")
def test_a_function_that_a_busy_machine_keeps_waiting_is_not_endless(monkeypatch):
    """Waiting stands for a busy machine: the clock on the wall goes on, that of the thread does not."""
    monkeypatch.setattr(calling, "PATIENCE", 0.1)
    over = threading.Event()

    def burn():
        while not over.is_set():
            pass

    def waits(x):
        time.sleep(0.5)
        return 2 * x

    other = threading.Thread(target=burn)  # its work is not the function's
    other.start()
    try:
        assert EXERCISE.check(waits).status == CORRECT
    finally:
        over.set()
        other.join()


def test_a_function_that_waits_for_ever_is_told_so_in_the_end(monkeypatch):
    monkeypatch.setattr(calling, "LONGEST", 0.3)
    over = threading.Event()
    assert "had not returned" in EXERCISE.check(lambda x: over.wait()).message
    over.set()


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
