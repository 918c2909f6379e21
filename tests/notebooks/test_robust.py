"""Cells may be run twice, and exercises filled or left empty in any mixture: nothing below is blocked or changes."""

import ast
import base64
import io
import itertools
import random

import nbformat
import numpy as np
import pytest
from PIL import Image

from build_notebooks import read_source, student_notebook
from notebooks import SOURCES, code_cells, is_the_same_picture, kernel, name_of, pictures, read

MIXTURES = 20
TOUCHED = {"exercise", "check"}


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_run_twice_in_a_row_says_the_same_and_draws_what_is_stored(source):
    notebook, stored = read_source(source), code_cells(read(source.with_suffix(".ipynb")))
    with kernel(notebook) as run:
        for cell, kept in zip(code_cells(notebook), stored, strict=True):
            first, second = run(cell), run(cell)
            assert first == second, cell.source
            # nbval compares no pictures.
            drawn = zip(pictures(first), pictures(kept.outputs), strict=True)
            assert all(is_the_same_picture(*pair) for pair in drawn), (
                f"another picture is stored: {cell.source}"
            )


def test_another_picture_or_noise_would_be_seen():
    drawn = [picture for source in SOURCES for picture in figures_of(source)]
    noise = [as_noise(picture) for picture in drawn]
    assert not any(is_the_same_picture(*pair) for pair in zip(drawn, noise, strict=True))
    assert not any(is_the_same_picture(picture, blank(picture)) for picture in drawn)
    swapped = [is_the_same_picture(*pair) for pair in itertools.pairwise(drawn)]
    assert sum(swapped) < 0.1 * len(swapped), "most figures are unlike the next one"


def figures_of(source) -> list[str]:
    return [p for cell in code_cells(read(source.with_suffix(".ipynb"))) for p in pictures(cell.outputs)]


def as_noise(picture: str) -> str:
    """The same pixels in another order."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("L")
    pixels = np.random.default_rng(0).permutation(np.asarray(image).ravel()).reshape(image.size[::-1])
    return encoded(Image.fromarray(pixels))


def blank(picture: str) -> str:
    """A white picture of the same size."""
    return encoded(Image.new("L", Image.open(io.BytesIO(base64.b64decode(picture))).size, 255))


def encoded(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, format="png")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_exercises_filled_or_empty_in_any_mixture_block_nothing(source):
    """Twenty mixtures of what can differ, exercises and their checks; every check says what its exercise is.

    No other cell mentions a student's function (a test of the lessons' text holds that), and nbval runs the whole
    notebook with all of them empty and with all of them filled: so of the other cells only the imports run here.
    """
    full, empty = code_cells(read_source(source)), code_cells(student_notebook(source))
    touched = [
        pair for pair in zip(full, empty, strict=True) if TOUCHED & set(pair[0].metadata.get("tags", []))
    ]
    chance = random.Random(source.stem)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(imports(full))])
    with kernel(notebook) as run:
        run(notebook.cells[0])
        for _ in range(MIXTURES):
            filled = False
            for solution, stub in touched:
                if "exercise" in solution.metadata.tags:
                    filled = chance.random() < 0.5
                    run(solution if filled else stub)
                else:
                    said = run(solution)[0]["data"]["text/plain"]
                    assert (": correct." if filled else ": not started.") in said


def imports(cells) -> str:
    """Every import statement of some cells."""
    statements = [node for cell in cells for node in ast.parse(cell.source).body]
    return "\n".join(
        ast.unparse(node) for node in statements if isinstance(node, (ast.Import, ast.ImportFrom))
    )
