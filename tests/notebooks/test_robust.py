"""Cells may be run twice, and exercises filled or left empty in any mixture: nothing below is blocked or changes."""

import ast
import random

import nbformat
import pytest

from build_notebooks import read_source, student_notebook
from notebooks import SOURCES, code_cells, kernel, name_of

MIXTURES = 20
TOUCHED = {"exercise", "check"}


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_run_twice_in_a_row_says_the_same(source):
    notebook = read_source(source)
    with kernel(notebook) as run:
        for cell in code_cells(notebook):
            first, second = run(cell), run(cell)
            assert first == second, cell.source


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
