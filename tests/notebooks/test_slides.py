"""The decks hold every lesson and no solution, ask before they answer, and load nothing from anywhere."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_output

from build_slides import deck, is_for_slides, readable
from html_reader import Reader
from notebooks import SOURCES, name_of
from pages import ANSWER, read_lesson
from screens import ROOM, height, screens


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_nothing_stands_below_a_prediction_and_every_cell_has_a_screen(source):
    notebook = read_lesson(source)
    shown = screens(notebook)
    for cells in shown:
        assert not [cell for cell in cells[:-1] if cell.source.startswith("**Predict")]
        for cell in cells:
            if cell.source.startswith("**Predict"):
                (told,) = (c.source for c in notebook.cells if f"{cell.source}\n\n{ANSWER}" in c.source)
                assert told.count(cell.source) == 1, (
                    "the question whole, and nothing of what follows its answer"
                )
    questions = sum(cell.source.startswith("**Predict") for cells in shown for cell in cells)
    assert (
        questions == sum(len(re.findall(r"^\*\*Predict", c.source, flags=re.M)) for c in notebook.cells) > 0
    )
    # The lesson's code, joined, is the screens' code, joined: cutting loses nothing.
    told, cut = (
        "".join("".join(c.source.split()) for c in cells if c.cell_type == "code")
        for cells in (notebook.cells, [cell for cells in shown for cell in cells])
    )
    assert told == cut


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_deck_holds_every_picture_and_no_solution_and_loads_nothing(source):
    page, notebook = deck(source), read_lesson(source)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = Reader(page).all("img")
    assert len(pictures) == sum("image/png" in output.get("data", {}) for output in outputs) > 0
    assert all(picture["src"].startswith("data:image/png;base64,") and picture["alt"] for picture in pictures)
    assert "SOLUTION" not in page
    assert not re.search(r"<(script|link|iframe)[^>]*(src|href)=|@import|url\(", page)
    shown = [[cell for cell in cells if is_for_slides(cell)] for cells in screens(notebook)]
    assert page.count("<section") == sum(len(list(readable(cells))) for cells in shown if cells) > 10


def test_a_long_print_is_cut_and_nothing_of_it_lost():
    told = [f"line {number}\n" for number in range(50)]
    cell = new_code_cell("run()", outputs=[new_output("stream", name="stdout", text="".join(told))])
    whole, *rest = readable([cell])
    assert whole[0].source == "run()"
    assert whole[0].outputs == []
    assert "".join(part[0].outputs[0].text for part in rest) == "".join(told)
    assert all(sum(map(height, part)) <= ROOM for part in rest)
