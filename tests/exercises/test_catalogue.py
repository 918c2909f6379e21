"""Every exercise: each wrong answer is told its own sentence, each right one is accepted, and nothing is ever raised."""

import dataclasses
import importlib
import itertools

import numpy as np
import pytest
import torch

from helpers import checks
from helpers.checks import CORRECT, EXERCISES, LESSONS, NOT_STARTED, NOT_YET

LESSON_OF = {exercise.name: number for number, lesson in LESSONS.items() for exercise in lesson.EXERCISES}
every_exercise = pytest.mark.parametrize("name", EXERCISES)
MISTAKES = [(name, i) for name, exercise in EXERCISES.items() for i in range(len(exercise.mistakes))]


def right_answers(name: str) -> list:
    return importlib.import_module(f"right_answers_{LESSON_OF[name]}").RIGHT[name]


def verdict(name: str, function) -> checks.Result:
    result = getattr(checks, name)(function)
    assert result.exercise == name
    assert result.status in (CORRECT, NOT_YET, NOT_STARTED)
    assert result.message.endswith("."), result.message
    assert len(result.message) < 420, result.message
    return result


@pytest.mark.parametrize(("name", "number"), MISTAKES)
def test_each_mistake_is_told_its_own_sentence(name, number):
    mistake = EXERCISES[name].mistakes[number]
    made = EXERCISES[name].outcomes(mistake.code)
    assert any(outcome.value is not None for outcome in made), (
        "it crashes everywhere, as any other crash would"
    )
    result = verdict(name, mistake.code)
    assert result.status == NOT_YET
    assert result.message == mistake.sentence


@every_exercise
def test_the_catalogue_is_worth_its_name(name):
    sentences = [mistake.sentence for mistake in EXERCISES[name].mistakes]
    assert len(set(sentences)) >= 5, "at least five usual mistakes"
    assert all(sentence.endswith(".") and len(sentence) < 200 for sentence in sentences)


@every_exercise
def test_the_reference_is_accepted(name):
    assert verdict(name, EXERCISES[name].reference).status == CORRECT


@every_exercise
def test_right_answers_in_other_styles_are_accepted(name):
    answers = right_answers(name)
    assert len(answers) >= 4
    for number, answer in enumerate(answers):
        result = verdict(name, answer)
        assert result.status == CORRECT, f"right answer {number}: {result.message}"


@every_exercise
def test_every_case_is_needed_or_is_an_edge(name):
    labels = [case.label for case in EXERCISES[name].cases]
    assert len(labels) >= 3
    assert len(set(labels)) == len(labels)


def memory(argument) -> list[int]:
    """Where the numbers of an argument lie, which must be without gaps."""
    if isinstance(argument, torch.Tensor):
        assert argument.is_contiguous()
        return [argument.data_ptr() + number * argument.element_size() for number in range(argument.numel())]
    if dataclasses.is_dataclass(argument):
        return [at for field in dataclasses.fields(argument) for at in memory(getattr(argument, field.name))]
    return []


@every_exercise
def test_no_case_passes_one_tensor_twice(name):
    """Else one change in place is blamed on two arguments."""
    for case in EXERCISES[name].cases:
        places = [set(memory(argument)) for argument in case.arguments]
        assert sum(map(len, places)) == len(set().union(*places)), case.label


@every_exercise
def test_a_stub_is_not_started(name):
    def stub(*arguments):
        """What it should do."""
        ...  # your code here

    def refuses(*arguments):
        raise NotImplementedError

    typed_in = {}
    exec(
        "def stub(*arguments):\n    'What it should do.'\n    ...", typed_in
    )  # no source is kept of this one
    for function in (stub, refuses, typed_in["stub"], ...):
        assert verdict(name, function).status == NOT_STARTED


def crashes(*arguments):
    return arguments[99]


def forgets_to_return(*arguments):
    found = len(arguments)
    found += 1


def asks_for_another_argument(first, second, third, fourth, fifth, sixth, seventh, eighth):
    return first


def endless_list(*arguments):
    found = []
    while True:
        found.append(len(found))


def swallows_everything(*arguments):
    while True:
        try:
            itertools.count().__next__()
        except Exception:
            continue


def deep(*arguments):
    return deep(*arguments)


class Grumpy(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


def grumpy(*arguments):
    raise Grumpy


HOLDS_ITSELF = []
HOLDS_ITSELF.append(HOLDS_ITSELF)

BAD = {
    "an exception": (crashes, "IndexError"),
    "the line of an exception": (crashes, "in its line 2"),
    "None": (forgets_to_return, "None"),
    "a wrong number of arguments": (asks_for_another_argument, "TypeError"),
    "a loop without end": (endless_list, "never ends"),
    "a loop without end that swallows exceptions": (swallows_everything, "never ends"),
    "a recursion without end": (deep, "RecursionError"),
    "an exception that cannot be read": (grumpy, "Grumpy"),
    "an exit": (lambda *arguments: exit(), "SystemExit"),
    "a Python list": (lambda *arguments: [1.0, 2.0], "Python list"),
    "a list that holds itself": (lambda *arguments: HOLDS_ITSELF, "Python list"),
    "a tuple": (lambda *arguments: (1.0, 2.0), "Python tuple"),
    "an endless iterator": (lambda *arguments: itertools.count(), "`count`"),
    "text": (lambda *arguments: "0.5", "`str`"),
    "an array of objects": (lambda *arguments: np.array([{}]), "`ndarray`"),
    "complex numbers": (lambda *arguments: torch.ones(2) * 1j, "`Tensor`"),
    "NaN": (lambda *arguments: torch.full((), float("nan")), ""),
    "a wrong shape": (lambda *arguments: torch.zeros(2, 3, 4, 5), "[2, 3, 4, 5]"),
    "an empty tensor": (lambda *arguments: torch.zeros(0), "[0]"),
    "no function": (torch.zeros(2), "Tensor"),
    "None instead of a function": (None, "NoneType"),
}


@pytest.mark.parametrize("kind", BAD)
def test_whatever_the_function_does_is_told(kind):
    function, word = BAD[kind]
    for name in EXERCISES if word != "never ends" else list(EXERCISES)[:1]:
        result = verdict(name, function)
        assert result.status == NOT_YET
        assert word in result.message, result.message


@every_exercise
def test_a_changed_argument_is_told(name):
    exercise = EXERCISES[name]

    def meddles(*arguments):
        answer = exercise.reference(*arguments)
        for argument in arguments:
            if isinstance(argument, torch.Tensor) and argument.is_floating_point():
                with torch.no_grad():
                    argument += 1.0
        return answer

    tensors = any(isinstance(a, torch.Tensor) for case in exercise.cases for a in case.arguments)
    if tensors:
        result = verdict(name, meddles)
        assert result.status == NOT_YET
        assert "changes" in result.message, result.message


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.differentiate])
def test_a_lost_gradient_and_a_wrong_sign_of_it_are_told(name):
    exercise = EXERCISES[name]

    def cut(*arguments):
        return exercise.reference(*arguments).detach()

    def mirrored(*arguments):
        answer = exercise.reference(*arguments)
        return 2 * answer.detach() - answer

    assert "no gradient" in verdict(name, cut).message
    assert verdict(name, mirrored).status == NOT_YET


@every_exercise
def test_the_inputs_survive_the_check(name):
    exercise = EXERCISES[name]
    before = [outcome.value for outcome in exercise.outcomes(exercise.reference)]

    def wipes(*arguments):
        for argument in arguments:
            if isinstance(argument, torch.Tensor):
                argument.detach().zero_()
        return 0.0

    verdict(name, wipes)
    after = [outcome.value for outcome in exercise.outcomes(exercise.reference)]
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
