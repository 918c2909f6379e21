"""Cells may be run twice, and exercises filled or left empty in any mixture: nothing below is blocked or changes."""

import random

import pytest

from build_notebooks import read_source, student_notebook
from notebooks import SOURCES, code_cells, kernel, name_of

MIXTURES = 20


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_run_twice_in_a_row_says_the_same(source):
    notebook = read_source(source)
    with kernel(notebook) as run:
        for cell in code_cells(notebook):
            first, second = run(cell), run(cell)
            assert first == second, cell.source


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_exercises_filled_or_empty_in_any_mixture_block_nothing(source):
    """Everything once with all exercises empty; then mixtures of what can differ, exercises and their checks.

    No other cell mentions a student's function (a test of the lessons' text holds that), so the rest runs once.
    """
    full, empty = read_source(source), student_notebook(source)
    pairs = list(zip(code_cells(full), code_cells(empty), strict=True))
    touched = [pair for pair in pairs if {"exercise", "check"} & set(pair[0].metadata.get("tags", []))]
    chance = random.Random(source.stem)
    with kernel(empty) as run:
        for _, cell in pairs:
            run(cell)
        for _ in range(MIXTURES):
            filled = False
            for solution, stub in touched:
                if "exercise" in solution.metadata.tags:
                    filled = chance.random() < 0.5
                    run(solution if filled else stub)
                else:
                    said = run(solution)[0]["data"]["text/plain"]
                    assert (": correct." if filled else ": not started.") in said
