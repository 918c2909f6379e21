"""Wrong answers written away from the catalogue: every one is rejected, and nine of ten are told what their mistake is.

`WRONG` holds answers of which the tests ask no more than that; `TOLD` holds answers with the words that must be in what
they are told.
"""

import importlib

import pytest
from test_catalogue import LESSON_OF, verdict

from helpers.checks import EXERCISES, LESSONS, NOT_YET


def wrong_answers(name: str) -> list:
    return importlib.import_module(f"wrong_answers_{LESSON_OF[name]}").WRONG[name]


def told() -> list:
    modules = {lesson: importlib.import_module(f"wrong_answers_{lesson}") for lesson in LESSONS}
    answers = [
        (name, *pair) for module in modules.values() for name in module.TOLD for pair in module.TOLD[name]
    ]
    return [pytest.param(*answer, id=f"{answer[0]}-{number}") for number, answer in enumerate(answers)]


@pytest.mark.parametrize("name", EXERCISES)
def test_no_wrong_answer_gets_through_and_nearly_all_are_named(name):
    answers = wrong_answers(name)
    assert len(answers) >= 10
    verdicts = [verdict(name, answer) for answer in answers]
    accepted = [number for number, result in enumerate(verdicts) if result.status != NOT_YET]
    assert not accepted, f"wrong answers {accepted} are accepted"
    sentences = tuple(mistake.sentence for mistake in EXERCISES[name].mistakes)
    edges = tuple(case.edge for case in EXERCISES[name].cases if case.edge)
    generic = {
        number: r.message
        for number, r in enumerate(verdicts)
        if not r.message.startswith(sentences) and not r.message.removesuffix(".").endswith(edges or "?")
    }
    assert len(generic) <= len(answers) / 10, generic


@pytest.mark.parametrize(("name", "answer", "words"), told())
def test_what_a_wrong_answer_is_told(name, answer, words):
    result = verdict(name, answer)
    assert result.status == NOT_YET
    for part in (words,) if isinstance(words, str) else words:
        assert part in result.message, result.message
