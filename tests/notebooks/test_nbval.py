"""nbval runs every notebook again: solutions compared with what is stored, student notebooks as far as they are empty."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from notebooks import ROOT, SOURCES, code_cells, name_of, read


def nbval(path, how: str, report) -> ElementTree.Element:
    """Run nbval on one notebook and return its report, or fail with what it printed."""
    command = [sys.executable, "-m", "pytest", how, "--nbval-current-env", "--nbval-cell-timeout=120", "-q"]
    command += ["-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}", str(path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return ElementTree.parse(report).find("testsuite")


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_runs_and_says_what_it_said(source, folder, tmp_path):
    path = ROOT / folder / f"{source.stem}.ipynb"
    suite = nbval(path, "--nbval" if folder == "solutions" else "--nbval-lax", tmp_path / "report.xml")
    # A cell that times out ends the run quietly for those after it: every single one must have passed.
    assert int(suite.get("tests")) == len(code_cells(read(path)))
    assert {suite.get(kind) for kind in ("errors", "failures", "skipped")} == {"0"}


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_stored_solutions_are_executed_and_student_notebooks_hold_no_outputs(source):
    # nbval compares nothing in a cell that was stored without having been run.
    for number, cell in enumerate(code_cells(read(source.with_suffix(".ipynb"))), start=1):
        assert cell.execution_count == number
    for cell in code_cells(read(ROOT / "notebooks" / f"{source.stem}.ipynb")):
        assert cell.execution_count is None
        assert cell.outputs == []
