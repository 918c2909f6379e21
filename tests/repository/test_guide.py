"""The instructor's guide speaks of the lessons as they are: their titles, minutes, sections, widgets and exercises."""

import re
from pathlib import Path

import pytest

from helpers import widgets
from helpers.checks import LESSONS

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "solutions" / "README.md").read_text()
MINUTES = dict(re.findall(r"^\| (\d\d) \| .* \| (\d+) \|$", (ROOT / "README.md").read_text(), flags=re.M))
PARTS = (
    "**The demo not to miss**",
    "**What the room says, and a reply**",
    "**Short of time**",
    "**Homework**",
)
lessons = pytest.mark.parametrize("number", LESSONS)


def page(number: str) -> str:
    """The guide's page of one lesson."""
    found = re.search(rf"^### {number} · .*?(?=^###? |\Z)", GUIDE, flags=re.M | re.S)
    assert found, f"lesson {number} has no page"
    return found.group()


def text(number: str) -> str:
    (source,) = ROOT.glob(f"solutions/{number}_*.py")
    return source.read_text()


@lessons
def test_a_page_has_the_lessons_title_and_its_parts(number):
    title = re.search(r"^# # \d\d · (.*\?)$", text(number), flags=re.M).group(1)
    assert page(number).splitlines()[0] == f"### {number} · {title} ({MINUTES[number]} min)"
    for part in PARTS:
        assert page(number).count(part) == 1, part


@lessons
def test_the_minutes_follow_one_another_and_fill_the_lesson(number):
    spans = [tuple(map(int, span)) for span in re.findall(r"^\| (\d+)-(\d+) \|", page(number), flags=re.M)]
    assert len(spans) >= 4
    assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == int(MINUTES[number])


@lessons
def test_sections_that_the_plan_begins_with_exist(number):
    rows = re.findall(r"^\| \d+-\d+ \| (\d\.\d+)(?: and (\d\.\d+))?", page(number), flags=re.M)
    headings = set(re.findall(r"^# ## (\d\.\d+) ", text(number), flags=re.M))
    named = {section for row in rows for section in row if section}
    assert len(named) >= 3
    assert named <= headings


@lessons
def test_every_exercise_has_its_place(number):
    homework = page(number).partition("**Homework**")[2]
    for exercise in LESSONS[number].EXERCISES:
        assert f"`{exercise.name}`" in homework, exercise.name


@lessons
def test_widgets_that_are_named_exist(number):
    demo = page(number).partition(PARTS[0])[2].partition(PARTS[1])[0]
    called = set(re.findall(r"`widgets\.(\w+)", demo))
    assert all(hasattr(widgets, name) for name in called), called
