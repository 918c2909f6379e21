"""Build a deck of slides for each lesson in build/slides: one page of HTML each, readable without a kernel or a network.

python solutions/build_slides.py            all lessons
python solutions/build_slides.py 03 06      lessons whose name starts so
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from build_notebooks import sources
from pages import BUILD, cells_as_html, fill, read_lesson, text, title_of
from screens import ROOM, height, is_distracting, is_import, screens

LARGE = 84  # letters in a line of code that can be shown in larger type
SMALLEST = 0.7  # of the usual size: a slide is not shrunk further if it can be cut
PRINTED = 22  # lines of a print that have room on a slide


def deck(source: Path) -> str:
    """A lesson as one page, a section for each slide; imports and checks, which only run, are left out."""
    notebook = read_lesson(source)
    shown = [[cell for cell in screen if is_for_slides(cell)] for screen in screens(notebook)]
    body = "\n".join(slide(part) for cells in shown if cells for part in readable(cells))
    return fill("slides.html", title=text(title_of(notebook)), body=body)


def is_for_slides(cell: NotebookNode) -> bool:
    """A slide shows nothing that only runs."""
    return not is_import(cell) and "check" not in cell.metadata.get("tags", [])


def readable(cells: list[NotebookNode]) -> Iterator[list[NotebookNode]]:
    """A slide, or several where a long print would have to be shrunk until nobody can read it."""
    last = cells[-1]
    told = "".join(output.get("text", "") for output in last.get("outputs", [])).splitlines(keepends=True)
    if ROOM / sum(map(height, cells)) > SMALLEST or len(told) < PRINTED:
        yield cells
        return
    last.outputs = []
    yield cells
    for start in range(0, len(told), PRINTED):
        text = "".join(told[start : start + PRINTED])
        yield [new_code_cell("", outputs=[new_output("stream", name="stdout", text=text)])]


def slide(cells: list[NotebookNode]) -> str:
    """The cells of one slide; of a cell that draws the picture only."""
    for cell in cells:
        if is_distracting(cell):
            cell.source = ""
        elif cell.cell_type == "code" and cell.source and max(map(len, cell.source.splitlines())) <= LARGE:
            cell.metadata.tags = [*cell.metadata.get("tags", []), "large"]
    kind = re.match(r"\*\*(Predict)|(# )|", cells[0].source)
    name = "predict" if kind[1] else "opening" if kind[2] else "plain"
    notebook = new_notebook()
    notebook.cells = cells
    zoom = min(1, ROOM / sum(map(height, cells)))
    return f'<section class="{name}" tabindex="-1"><div style="zoom: {zoom:.2f}">{cells_as_html(notebook)}</div></section>'


def build(folder: Path, lessons: list[Path]) -> None:
    """Write a deck for each lesson, and a page that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in lessons:
        (folder / f"{source.stem}.html").write_text(deck(source))
    entries = [f'<li><a href="{s.stem}.html">{text(title_of(read_lesson(s)))}</a></li>' for s in lessons]
    listed = f'<section class="opening"><div><h1>Slides</h1><ul>{"".join(entries)}</ul></div></section>'
    (folder / "index.html").write_text(fill("slides.html", title="Slides", body=listed))


if __name__ == "__main__":
    build(BUILD / "slides", sources(sys.argv[1:]))
    print("Open", BUILD / "slides" / "index.html")
