"""Wrong answers written away from the catalogue: every one is rejected, and nine of ten are told what their mistake is."""

import importlib

import pytest
from test_catalogue import LESSON_OF, verdict

from helpers.checks import EXERCISES, NOT_YET


def wrong_answers(name: str) -> list:
    return importlib.import_module(f"wrong_answers_{LESSON_OF[name]}").WRONG[name]


@pytest.mark.parametrize("name", EXERCISES)
def test_no_wrong_answer_gets_through_and_nearly_all_are_named(name):
    answers = wrong_answers(name)
    assert len(answers) >= 10
    verdicts = [verdict(name, answer) for answer in answers]
    accepted = [number for number, result in enumerate(verdicts) if result.status != NOT_YET]
    assert not accepted, f"wrong answers {accepted} are accepted"
    sentences = {mistake.sentence for mistake in EXERCISES[name].mistakes}
    generic = {number: r.message for number, r in enumerate(verdicts) if r.message not in sentences}
    assert len(generic) <= len(answers) / 10, generic
