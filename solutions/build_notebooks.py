"""Build both notebooks of a lesson from its one source, solutions/NN_topic.py.

    python solutions/build_notebooks.py            all lessons
    python solutions/build_notebooks.py 03 06      lessons whose name starts so

solutions/NN_topic.ipynb   the source, executed: what an instructor opens
notebooks/NN_topic.ipynb   solutions cleared, no outputs: what a student opens
"""

import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

ROOT = Path(__file__).resolve().parent.parent
# Seconds. The slowest cell needs ten on an idle machine: so this stops a cell that never ends, and no busy machine.
ENDLESS = 1200
PATIENT = dict.fromkeys(["timeout", "startup_timeout", "iopub_timeout"], ENDLESS)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
GRADING = {  # what nbgrader must know: an exercise is filled, a check gives a point, a prediction is read but not graded
    "exercise": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True, "points": 1},
    "prediction": {"grade": True, "solution": True, "locked": False, "points": 0},
}


def sources(prefixes: list[str]) -> list[Path]:
    """The scripts whose name starts with one of the prefixes; all of them if there is none."""
    return [p for p in sorted(ROOT.glob("solutions/[0-9]*.py")) if p.name.startswith(tuple(prefixes) or "")]


def read_source(source: Path) -> NotebookNode:
    """The script as a notebook without outputs; ids and metadata hold nothing that changes from build to build."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(KERNEL))
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode(tags=tags) if tags else NotebookNode()
        cell.id = f"cell-{number:02d}"
        if kind := kind_of(cell, tags):
            name = re.search(r"\bmy_(\w+)", cell.source).group(1) if kind != "prediction" else str(number)
            grading = {"schema_version": 3, "task": False, "grade_id": f"{kind}-{name}", **GRADING[kind]}
            cell.metadata.nbgrader = NotebookNode(grading)
    return notebook


def kind_of(cell: NotebookNode, tags: list[str]) -> str:
    """What a cell is to nbgrader: an exercise, a check, a prediction with its answer, or nothing ("")."""
    if cell.cell_type == "markdown":
        return "prediction" if "BEGIN SOLUTION" in cell.source else ""
    return next((tag for tag in tags if tag in GRADING), "")


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """The notebook with each solution replaced by a stub."""
    clear = ClearSolutions(
        code_stub={"python": "...  # your code here"}, text_stub="*Your answer here.*", enforce_metadata=False
    )
    return clear.preprocess(notebook, {})[0]


def student_notebook(source: Path) -> NotebookNode:
    """The notebook with each solution replaced by a stub, and no outputs."""
    return without_solutions(read_source(source))


def solution_notebook(source: Path) -> NotebookNode:
    """The notebook executed from top to bottom, without the state of its widgets; an error stops the build."""
    run = ExecutePreprocessor(record_timing=False, coalesce_streams=True, kernel_name="python3", **PATIENT)
    notebook, _ = run.preprocess(read_source(source), {"metadata": {"path": ROOT / "solutions"}})
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(KERNEL))
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def build(source: Path) -> None:
    """Write both notebooks of one lesson."""
    nbformat.write(solution_notebook(source), source.with_suffix(".ipynb"))
    nbformat.write(student_notebook(source), ROOT / "notebooks" / f"{source.stem}.ipynb")


if __name__ == "__main__":
    for script in sources(sys.argv[1:]):
        print("building", script.stem)
        build(script)
