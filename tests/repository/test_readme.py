"""The README's pictures are those of the lessons, its links lead somewhere, and it holds a part for each kind of reader."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "solutions"))

from build_pictures import FOLDER, PICTURES, picture

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_lessons_and_is_shown_with_words(name):
    png, sentence = picture(*PICTURES[name])
    assert (FOLDER / name).read_bytes() == png, "stale: python solutions/build_pictures.py"
    assert sentence.endswith(".")
    (words,) = re.findall(rf'<img src="solutions/pictures/{name}" width="\d+" alt="([^"]+)">', README)
    assert words.endswith(".")
    assert len(words.split()) >= 6


def test_what_the_readme_says_of_the_pictures_is_what_they_show():
    _, shown = picture(*PICTURES["plus_100.png"])
    assert re.search(r"rewards \+1, -1: 0%; rewards \+101, \+99: 50%", shown)
    assert "half of them lock on to the bad button" in README
    _, shown = picture(*PICTURES["learning.png"])
    assert shown.startswith("One line for each of 5 seeds")
    assert "Five learning curves" in README


def test_every_picture_is_used():
    assert {path.name for path in FOLDER.iterdir()} == set(PICTURES)


def test_links_lead_to_files_of_the_repository():
    links = [to for to in re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', README) for to in to if to]
    inside = [link for link in links if not link.startswith("https://")]
    assert len(inside) >= 13
    for link in inside:
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize(
    "part", ["Quick start", "The lessons", "For students", "For instructors", "For authors", "How fast"]
)
def test_there_is_a_part_for_each_reader(part):
    assert re.search(rf"^## {part}$", README, flags=re.M)


def test_a_lesson_is_changed_in_four_steps():
    steps = README.partition("four steps:")[2].partition("`make test-fast`")[0]
    assert re.findall(r"^(\d)\. ", steps, flags=re.M) == ["1", "2", "3", "4"]


def test_words_that_the_readme_quotes_are_said():
    """The first column of "If something does not work": ours stand in the Makefile, others in what programs say."""
    table = README.partition("| You read | Do this |")[2].partition("\n## ")[0]
    quoted = re.findall(r"^\| (.+?) \| ", table, flags=re.M)
    makefile = (ROOT / "Makefile").read_text()
    ours = [words.strip("`") for words in quoted if words.strip("`") in makefile]
    assert ours == ["The course needs Python 3.11 or newer", "Not everything could be installed"]
    for command in re.findall(r"`make ([\w -]+)`", table):
        for target in command.split():
            assert re.search(rf"^{target}:", makefile, flags=re.M), target
