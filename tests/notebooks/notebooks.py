"""The notebooks of the course, and a kernel that runs their cells one by one."""

import contextlib
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import build_notebooks

ROOT = Path(__file__).resolve().parents[2]
SOURCES = build_notebooks.sources([])
# Two forms of one picture, with ids that differ from run to run; the picture itself is compared.
VIEWS = "application/vnd.jupyter.widget-view+json"


def name_of(path: Path) -> str:
    return path.stem


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


@contextlib.contextmanager
def kernel(notebook):
    """A function that runs a cell in one fresh kernel and returns its outputs; an error in a cell is raised."""
    client = NotebookClient(notebook, timeout=120, coalesce_streams=True, kernel_name="python3")
    client.resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    with client.setup_kernel():

        def run(cell) -> list:
            ran = client.execute_cell(cell, 0)
            return [outcome(output) for output in ran.outputs]

        yield run


def outcome(output) -> dict:
    """An output without what may differ: execution counts, and the ids of widgets."""
    plain = {key: value for key, value in output.items() if key not in ("execution_count", "metadata")}
    if "data" in plain:
        plain["data"] = {kind: value for kind, value in plain["data"].items() if kind != VIEWS}
    return plain


def read(path: Path):
    return nbformat.read(path, as_version=4)
