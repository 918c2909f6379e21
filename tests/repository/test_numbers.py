"""Every number that the prose states is shown by an output of its own section; a number that is slightly wrong is not."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(ROOT.glob("solutions/[0-9]*.ipynb"))
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)

FORMULAS = re.compile(r"```.*?```|\$\$.*?\$\$|\$[^$\n]*\$|`[^`]*`", flags=re.S)
HEADINGS_AND_YEARS = re.compile(r"^#+ .*$|\([12]\d{3}\)", flags=re.M)
# A share in per cent, a number with a decimal point, or one of at least three digits, with or without marks between thousands.
NUMBER = re.compile(r"(?<![\w.,])(?:\d+(?:\.\d+)? ?%|\d+\.\d+|\d{1,3}(?:[, ]\d{3})+(?!\d)|\d{3,})")


@dataclass
class Section:
    """A heading and what stands under it."""

    title: str
    prose: str = ""
    outputs: str = ""


def sections(notebook) -> list[Section]:
    """The lesson cut at its `## ` headings, prose and outputs apart, up to the sources."""
    found = [Section("the beginning")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                found[-1].outputs += (
                    output.get("text", "") + "\n" + output.get("data", {}).get("text/plain", "") + "\n"
                )
        elif cell.cell_type == "markdown":
            first, *rest = re.split(r"^(?=## )", cell.source, flags=re.M)
            found[-1].prose += first + "\n\n"
            for part in rest:
                title, _, prose = part.partition("\n")
                found.append(Section(title, prose + "\n\n"))
    return [section for section in found if section.title != "## Sources"]


def numbers(text: str) -> list[str]:
    """The numbers of a text without the marks between thousands; a share keeps its per cent sign."""
    text = text.replace("\u202f", " ").replace("\u00a0", " ")
    return [re.sub("[ ,]", "", match) for match in NUMBER.findall(text)]


def stated(section: Section) -> list[str]:
    return numbers(HEADINGS_AND_YEARS.sub("", FORMULAS.sub("", section.prose)))


def is_shown(number: str, shown: set[str]) -> bool:
    """Whether a number is a shown one, or a shown one rounded to the digits that are stated; shares are like shares only."""
    digits, share = digits_of(number), number.endswith("%")
    alike = (other for other in shown if other.endswith("%") == share)
    return any(f"{float(other.strip('%')):.{digits}f}" == number.strip("%") for other in alike)


def digits_of(number: str) -> int:
    """How many digits stand behind the point."""
    return len(number.strip("%").partition(".")[2])


def is_result(number: str) -> bool:
    """Whether a number has two digits that count: one digit cannot be told from a wrong one."""
    return number.endswith("%") or len(number.replace(".", "").lstrip("0")) > 1


def shifted(number: str) -> list[str]:
    """The number with 1, 2 or 3 more or less in its last digit."""
    digits, sign = digits_of(number), "%" * number.endswith("%")
    near = [float(number.strip("%")) + step * 10.0**-digits for step in (-3, -2, -1, 1, 2, 3)]
    return [f"{other:.{digits}f}{sign}" for other in near if other >= 0]


@lessons
def test_a_number_in_plain_prose_is_a_result(path):
    """A setting such as γ = 0.9 is written as a formula or as code; a result has at least two digits that count."""
    found = [
        (section.title, number)
        for section in sections(nbformat.read(path, as_version=4))
        for number in stated(section)
        if not is_result(number)
    ]
    assert not found, f"write a setting as a formula or as code, and a result with two digits: {found}"


@lessons
def test_a_number_in_the_prose_is_one_that_its_section_shows(path):
    missing = []
    for section in sections(nbformat.read(path, as_version=4)):
        shown = set(numbers(section.outputs))
        missing += [(section.title, number) for number in stated(section) if not is_shown(number, shown)]
    assert not missing, f"stated, but shown by no output of the section: {missing}"


def test_a_number_that_is_slightly_wrong_is_found():
    """Each stated number is shifted by 1 to 3 in its last digit: at most 2 % of the shifted ones pass."""
    passed, tried = [], 0
    for path in LESSONS:
        for section in sections(nbformat.read(path, as_version=4)):
            shown = set(numbers(section.outputs))
            for number in stated(section):
                wrong = shifted(number)
                tried += len(wrong)
                passed += [
                    (path.stem, section.title, number, other) for other in wrong if is_shown(other, shown)
                ]
    assert tried > 500
    assert len(passed) <= 0.02 * tried, f"{len(passed)} of {tried}: {passed}"


def test_numbers_are_read_as_they_are_written():
    text = "0.50, at 1\u202f250 or 20,000 times, and 99.34; 49 % of 7.5%; not 12 or A1.5"
    assert numbers(text) == ["0.50", "1250", "20000", "99.34", "49%", "7.5%"]
    assert is_shown("0.50", {"0.4999"})
    assert is_shown("49%", {"49.3%"})
    assert not is_shown("49%", {"49.0"})
    assert not is_shown("12.345", {"12.35"})
    assert shifted("0.10") == ["0.07", "0.08", "0.09", "0.11", "0.12", "0.13"]
    assert shifted("2%") == ["0%", "1%", "3%", "4%", "5%"]
    assert not is_result("0.05")
    assert is_result("0.050")
