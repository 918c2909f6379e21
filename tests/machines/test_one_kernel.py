"""All lessons in one kernel in any order, and cells that are stopped at any moment: what is said afterwards is the same."""

import random
import time

import nbformat
import pytest

from notebooks import SOURCES, code_cells, kernel, name_of, outcome, read

PICTURES = {"image/png", "image/jpeg"}  # depend on the machine's fonts; nbval compares none either

# The kernel stops itself: a stop from outside may come before the cell has begun, and then no cell is met.
STOPPED = """
import _thread, threading
_stop = threading.Timer({moment}, _thread.interrupt_main)
try:
    _stop.start()
{cell}
    _stop.cancel()
    print("ran to its end")
except KeyboardInterrupt:
    print("was stopped")
"""


def said(outputs) -> list:
    """What a reader reads of a cell's outputs."""
    return [
        {**each, "data": {kind: value for kind, value in each["data"].items() if kind not in PICTURES}}
        if "data" in each
        else each
        for each in map(outcome, outputs)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_lessons_in_any_order_in_one_kernel(seed):
    order = list(SOURCES)
    random.Random(seed).shuffle(order)
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell()])
    with kernel(empty) as run:
        for source in order:
            for cell in code_cells(read(source.with_suffix(".ipynb"))):
                before = said(cell.outputs)
                assert said(run(cell)) == before, (
                    f"{source.stem} after {[s.stem for s in order]}: {cell.source}"
                )


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_cell_stopped_at_any_moment_can_be_run_again(source):
    """Every cell is stopped once, after a random part of the time it takes, and run again."""
    chance = random.Random(source.stem)
    notebook = read(source.with_suffix(".ipynb"))
    stops = 0
    with kernel(notebook) as run:
        for cell in code_cells(notebook):
            before = said(cell.outputs)
            begun = time.perf_counter()
            run(cell)
            moment = chance.random() * (time.perf_counter() - begun)
            lines = "\n".join(f"    {line}" for line in cell.source.splitlines())
            stopped = run(nbformat.v4.new_code_cell(STOPPED.format(moment=moment, cell=lines)))
            stops += "was stopped" in str(stopped)
            assert said(run(cell)) == before, cell.source
    assert stops >= 3, "hardly any cell was met while it ran"
