"""nbval runs every notebook again: solutions compared with what is stored, student notebooks as far as they are empty."""

import pytest

from notebooks import ROOT, SOURCES, code_cells, name_of, nbval, read


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_runs_and_says_what_it_said(source, folder, tmp_path):
    path = ROOT / folder / f"{source.stem}.ipynb"
    nbval(path, "--nbval" if folder == "solutions" else "--nbval-lax", tmp_path / "report.xml")


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_stored_solutions_are_executed_and_student_notebooks_hold_no_outputs(source):
    # nbval compares nothing in a cell that was stored without having been run.
    for number, cell in enumerate(code_cells(read(source.with_suffix(".ipynb"))), start=1):
        assert cell.execution_count == number
    for cell in code_cells(read(ROOT / "notebooks" / f"{source.stem}.ipynb")):
        assert cell.execution_count is None
        assert cell.outputs == []
