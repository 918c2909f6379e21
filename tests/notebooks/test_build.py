"""Both notebooks of a lesson are what its source says, byte for byte, and can be edited from either side."""

import json

import jupytext
import nbformat
import pytest

from build_notebooks import read_source, solution_notebook, student_notebook
from notebooks import ROOT, SOURCES, name_of, read


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_student_notebook_is_stale(source):
    stored = ROOT / "notebooks" / f"{source.stem}.ipynb"
    built = nbformat.writes(student_notebook(source)) + "\n"
    assert stored.read_text() == built, f"run: make notebooks LESSON={source.name[:2]}"


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_solution_notebook_is_stale(source):
    stored, fresh = read(source.with_suffix(".ipynb")), read_source(source)
    told = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in stored.cells]
    wanted = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in fresh.cells]
    assert told == wanted, f"run: make notebooks LESSON={source.name[:2]}"
    assert stored.metadata == fresh.metadata


def test_two_builds_give_the_same_bytes():
    # One lesson stands for all: nbval runs each again, and another test runs every cell of each twice.
    source = SOURCES[1]
    assert nbformat.writes(solution_notebook(source)) == nbformat.writes(solution_notebook(source))


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_solution_is_left_in_a_student_notebook(source):
    student = student_notebook(source)
    text = nbformat.writes(student)
    assert "SOLUTION" not in text
    for cell in student.cells:
        if "exercise" in cell.metadata.get("tags", []):
            assert cell.source.rstrip().endswith("...  # your code here")


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_exercises_checks_and_predictions_carry_what_nbgrader_reads(source):
    cells = [cell for cell in read_source(source).cells if "nbgrader" in cell.metadata]
    grading = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in cells}
    assert len(grading) == len(cells), "every id once"
    kinds = [name.partition("-")[0] for name in grading]
    assert kinds.count("exercise") == kinds.count("check") > 0
    assert kinds.count("prediction") >= 3
    points = {"exercise": None, "check": 1, "prediction": 0}
    for name, cell in zip(grading, cells, strict=True):
        kind = name.partition("-")[0]
        assert grading[name].get("points") == points[kind]
        assert grading[name].solution == ("SOLUTION" in cell.source) == (kind != "check")


@pytest.fixture
def paired(tmp_path):
    """A copy of a lesson and its pairing, served as JupyterLab's file browser serves it."""
    source = SOURCES[0]
    for path in (source, source.with_suffix(".ipynb"), source.with_name("jupytext.toml")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manager = jupytext.TextFileContentsManager()
    manager.root_dir = str(tmp_path)
    return manager, tmp_path / source.name


def test_saving_an_unchanged_notebook_leaves_the_script_as_it_is(paired):
    manager, script = paired
    before = script.read_text()
    model = manager.get(f"{script.stem}.ipynb", content=True)
    manager.save(model, f"{script.stem}.ipynb")
    assert script.read_text() == before


def test_saving_an_edited_notebook_updates_the_script(paired):
    manager, script = paired
    model = manager.get(f"{script.stem}.ipynb", content=True)
    model["content"]["cells"][0]["source"] += "\n\nOne more sentence."
    manager.save(json.loads(json.dumps(model, default=str)), f"{script.stem}.ipynb")
    assert "# One more sentence." in script.read_text()
