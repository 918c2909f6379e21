"""The text of the lessons keeps its form: cells, tags, predictions and exercises."""

import ast
import inspect
import re
import statistics
from pathlib import Path

import jupytext
import pytest

import helpers
from helpers.checks import EXERCISES, LESSONS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(ROOT.glob("solutions/[0-9]*.py"))
lessons = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def cells(source: Path, kind: str, tag: str = "") -> list:
    found = [cell for cell in jupytext.read(source, fmt="py:percent").cells if cell.cell_type == kind]
    return [cell for cell in found if not tag or tag in cell.metadata.get("tags", [])]


def prose(source: Path) -> str:
    return "\n\n".join(cell.source for cell in cells(source, "markdown"))


def test_there_are_lessons():
    assert [path.name[:2] for path in SOURCES] == [f"{number:02d}" for number in range(10)] == sorted(LESSONS)


@lessons
def test_cells_are_short(source):
    lengths = [len(cell.source.splitlines()) for cell in cells(source, "code")]
    total = len(lengths) + len(cells(source, "markdown"))
    assert total >= 25, f"{total} cells"
    assert statistics.median(lengths) <= 5, sorted(lengths)
    assert max(lengths) <= 20, max(lengths)


@lessons
def test_a_lesson_has_its_parts(source):
    text = prose(source)
    assert re.match(rf"# {source.name[:2]} · .*\?\n", text), "the title is a question"
    for part in ("## What to remember", "## Pitfalls", "## Sources"):
        assert part in text
    assert text.count("**Predict.**") >= (3 if source.name.startswith("00") else 4)
    remembered = text.partition("## What to remember")[2].partition("\n#")[0]
    assert len(re.findall(r"^\d\. ", remembered, flags=re.M)) == 3
    headings = re.findall(r"^## (.*)$", text, flags=re.M)
    numbered = [heading for heading in headings if heading[0].isdigit()]
    assert [heading.split()[0] for heading in numbered] == [
        f"{int(source.name[:2])}.{number}" for number in range(1, len(numbered) + 1)
    ]


@lessons
def test_exercises_are_those_of_the_checks(source):
    exercises, checks = cells(source, "code", "exercise"), cells(source, "code", "check")
    names = [re.search(r"def my_(\w+)\(", cell.source).group(1) for cell in exercises]
    assert names == [exercise.name for exercise in LESSONS[source.name[:2]].EXERCISES]
    assert [cell.source for cell in checks] == [f"checks.{name}(my_{name})" for name in names]
    for name, cell in zip(names, exercises, strict=True):
        assert f"· `{name}`" in prose(source)
        assert re.search(r"# BEGIN SOLUTION\n(.*\n)+ +# END SOLUTION$", cell.source.rstrip())
        asked = [argument.arg for argument in ast.parse(cell.source).body[0].args.args]
        offered = list(inspect.signature(getattr(helpers, name)).parameters)[: len(asked)]
        assert asked == offered == list(EXERCISES[name].names)


@lessons
def test_nothing_depends_on_what_a_student_writes(source):
    for cell in cells(source, "code"):
        if not {"exercise", "check"} & set(cell.metadata.get("tags", [])):
            assert not re.search(r"\bmy_\w+", cell.source), cell.source


@lessons
def test_no_cell_is_left_out_of_the_comparison(source):
    tags = {tag for cell in cells(source, "code") for tag in cell.metadata.get("tags", [])}
    assert tags <= {"exercise", "check", "raises-exception", "hide-input"}


@lessons
def test_no_cell_touches_global_chance_or_other_places(source):
    for cell in cells(source, "code"):
        assert not re.search(r"torch\.manual_seed|np\.random\.(?!default_rng|Generator)", cell.source)
        assert not re.search(r"https?://|open\(|/home|/tmp|urllib|requests", cell.source)
