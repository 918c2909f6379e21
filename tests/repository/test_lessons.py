"""The text of the lessons keeps its form: cells, tags, predictions, exercises, and numbers that a cell has computed."""

import ast
import inspect
import re
import statistics
from pathlib import Path

import jupytext
import nbformat
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


def numbers(text: str) -> set[str]:
    """Every number with a decimal point or at least three digits, as written, with an ordinary minus sign."""
    text = text.replace("−", "-").replace("\u202f", "").replace("\u00a0", " ")
    return {
        match.replace(" ", "")
        for match in re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d{1,3}(?: \d{3})+|(?<![\w.])\d{3,}", text)
    }


@lessons
def test_a_number_in_the_prose_is_one_that_a_cell_shows(source):
    notebook = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    shown = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown += cell.source + "\n"
            for output in cell.outputs:
                shown += output.get("text", "") + str(output.get("data", {}).get("text/plain", "")) + "\n"
    said = prose(source).partition("## Sources")[0]
    formulas = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|`[^`]*`", flags=re.S)
    headings_and_years = re.compile(r"^#+ .*$|\([12]\d{3}\)", flags=re.M)
    said = headings_and_years.sub("", formulas.sub("", said))
    computed = numbers(shown.replace("_", ""))
    missing = {number for number in numbers(said) if not any(same(number, other) for other in computed)}
    assert not missing, f"stated, but shown by no cell: {sorted(missing)}"


def same(stated: str, shown: str) -> bool:
    """Whether a stated number is a shown one, or that one rounded to the digits that are stated."""
    digits = len(stated.partition(".")[2])
    return stated == shown or f"{float(shown):.{digits}f}" == stated


def test_the_prose_test_would_see_a_wrong_number():
    """Numbers as they are written: the last one is stated and not shown."""
    stated = numbers(
        "## 1.1 Title\nIt is 0.50, at 1\u202f250 times, and 99.34; not 12.345.".partition("\n")[2]
    )
    assert stated == {"0.50", "1250", "99.34", "12.345"}
    shown = numbers("0.4999 1250.0 99.3429")
    assert {n for n in stated if not any(same(n, other) for other in shown)} == {"12.345"}
