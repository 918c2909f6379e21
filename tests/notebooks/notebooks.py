"""The notebooks of the course, and a kernel that runs their cells one by one."""

import base64
import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image

import build_notebooks
from build_notebooks import ENDLESS, PATIENT

ROOT = Path(__file__).resolve().parents[2]
SOURCES = build_notebooks.sources([])
# Two forms of one picture, with ids that differ from run to run; the picture itself is compared.
VIEWS = "application/vnd.jupyter.widget-view+json"


def name_of(path: Path) -> str:
    return path.stem


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def nbval(path: Path, how: str, report: Path, *, environment=None, root=ROOT, before=()) -> None:
    """Run nbval on one notebook, in another environment and behind another command if they are given; every cell must pass.

    A cell that times out ends the run quietly for those after it: so they are counted.
    """
    command = [*before, sys.executable, "-m", "pytest", how, "--nbval-current-env", "-q"]
    command += [f"--nbval-cell-timeout={ENDLESS}", f"--nbval-kernel-startup-timeout={ENDLESS}"]
    command += ["-p", "no:cacheprovider", "-p", "no:xdist"]
    command += [f"--junitxml={report}", str(path)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept |= environment or {}
    done = subprocess.run(command, cwd=root, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    suite = ElementTree.parse(report).find("testsuite")
    assert int(suite.get("tests")) == len(code_cells(read(path)))
    assert {suite.get(kind) for kind in ("errors", "failures", "skipped")} == {"0"}


@contextlib.contextmanager
def kernel(notebook):
    """A function that runs a cell in one fresh kernel and returns its outputs; an error in a cell is raised."""
    client = NotebookClient(notebook, coalesce_streams=True, kernel_name="python3", **PATIENT)
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


def is_the_same_picture(one: str, other: str) -> bool:
    """Whether two pictures (PNG, base64) show one figure: the ink lies where it lay, wherever a trained curve ends.

    Both are shrunk to a few pixels and correlated, so that fonts and the last digits of a training make no difference.
    """
    small = [ink(picture) for picture in (one, other)]
    if any(picture.std() == 0 for picture in small):
        return False
    return np.corrcoef(*small)[0, 1] > 0.6


def ink(picture: str) -> np.ndarray:
    """How dark a picture is in each of 48 x 27 places, in one row."""
    image = (
        Image.open(io.BytesIO(base64.b64decode(picture))).convert("L").resize((48, 27), Image.Resampling.BOX)
    )
    return 255.0 - np.asarray(image, dtype=float).ravel()


def pictures(outputs) -> list[str]:
    """The PNG pictures among some outputs."""
    return [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def read(path: Path):
    return nbformat.read(path, as_version=4)
