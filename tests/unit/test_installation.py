"""What a newcomer meets when something is missing or in the way: lesson 00's first cell and make say it, and what to type."""

import ast
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from helpers import installation

ROOT = Path(__file__).resolve().parents[2]
BOOK = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text())
CELL = next("".join(cell["source"]) for cell in BOOK["cells"] if cell["cell_type"] == "code")
PACKAGES = ("torch", "numpy", "matplotlib", "ipywidgets", "gymnasium", "pygame", "PIL", "helpers")
OTHERS = [path for path in map(shutil.which, ("python3.10", "python3.9", "python3.8")) if path]


def told(folder: Path, code: str = CELL, *options: str, python: str = sys.executable) -> str:
    """What the cell prints, run in a folder as a kernel would."""
    run = subprocess.run(
        [python, "-E", *options, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    return run.stdout if run.returncode == 0 else run.stderr


def test_the_cell_comes_first_and_needs_nothing_that_could_be_missing():
    imports = [step for step in ast.walk(ast.parse(CELL)) if isinstance(step, ast.Import | ast.ImportFrom)]
    names = {getattr(step, "module", None) or step.names[0].name for step in imports}
    assert names <= sys.stdlib_module_names | {"importlib.util"}
    assert "Everything is in place." in CELL


def test_a_notebook_in_another_folder_finds_the_course(tmp_path):
    assert told(tmp_path) == "Everything is in place.\n"
    assert told(ROOT) == "Everything is in place.\n"


def test_a_kernel_without_the_environment_is_named(tmp_path):
    words = told(tmp_path, CELL, "-S")  # -S: no site-packages, as in a bare environment
    assert f"{sys.executable}, does not have: {', '.join(PACKAGES)}." in words
    assert "type:  make lab\n" in words
    assert "make clean lab\n" in words
    assert "conda activate policy-gradients\n" in words


@pytest.mark.parametrize("name", ["torch", "helpers"])
def test_a_missing_package_is_named_and_no_other(tmp_path, name):
    for other in set(PACKAGES) - {name}:
        (tmp_path / other).mkdir()
        (tmp_path / other / "__init__.py").touch()
    words = told(tmp_path, CELL, "-S")
    assert f"does not have: {name}.\n" in words
    assert "make lab" in words


@pytest.mark.parametrize(
    "file", ["helpers.py", "helpers/__init__.py", "helpers/notes.txt", "numpy.py", "torch.py"]
)
def test_a_file_of_the_students_own_in_the_way_is_named(tmp_path, file):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    blocks = told(tmp_path, "import helpers; helpers.installed_versions").strip() != ""
    words = told(tmp_path)
    if not blocks:  # a folder without __init__.py gives way where the course's own folder is on the path
        assert words == "Everything is in place.\n"
        return
    assert str(path if path.suffix == ".py" and path.parent == tmp_path else path.parent) in words
    assert "rename it, then restart the kernel" in words


def test_an_old_python_is_told_its_version(tmp_path):
    old = 'import sys\nsys.version_info, sys.version = (3, 9, 18), "3.9.18 (main)"\n'
    words = told(tmp_path, old + CELL, "-S")
    assert words.startswith("This is Python 3.9.18, but the course needs 3.11 or newer.\n")
    assert "make lab" in words


def test_the_cell_runs_on_any_old_python_of_this_machine(tmp_path):
    ast.parse(CELL, feature_version=(3, 8))
    for python in OTHERS:
        works = subprocess.run([python, "-c", "print()"], capture_output=True, check=False).returncode == 0
        if works:
            assert "but the course needs 3.11 or newer" in told(tmp_path, python=python), python


@pytest.fixture
def old_python(tmp_path) -> Path:
    """An interpreter that says it is Python 3.9."""
    stub = tmp_path / "old"
    stub.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit 0\nexit 1\n')
    stub.chmod(0o755)
    return stub


def make_lab(python, folder: Path, path: str) -> str:
    """What make says before it gives up; it never comes to make an environment."""
    run = subprocess.run(
        ["make", "--no-print-directory", "lab", f"PYTHON={python}", f"VENV={folder / 'none'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    assert run.returncode != 0
    assert not (folder / "none").exists()
    return run.stdout


@pytest.mark.parametrize(("interpreter", "is_there"), [("old", True), ("none-such", False)])
def test_make_tells_an_old_python_and_names_another_that_works(old_python, tmp_path, interpreter, is_there):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "make", "id"):
        (tools / tool).symlink_to(shutil.which(tool))
    python = tmp_path / interpreter
    words = make_lab(python, tmp_path, str(tools))
    assert f"{python} is {'Python 3.9.18' if is_there else 'not there'}." in words
    assert "Install one from python.org" in words
    assert "type: make lab PYTHON=python3.12" in words
    (tools / "python3.11").symlink_to(old_python)  # one that answers
    (tools / "python3.13").symlink_to(tools / "gone")  # one that does not
    words = make_lab(python, tmp_path, str(tools))
    assert words.endswith("You have another. Type: make lab PYTHON=python3.11\n")


def test_the_table_names_every_package_and_its_version():
    table = installation.installed_versions()
    assert platform.python_version() in table.value
    assert version("torch") in table.value
    needed = [Requirement(line) for line in requires(installation.COURSE) if "extra ==" not in line]
    assert len(needed) >= 9
    assert all(f"<td>{one.name}&emsp;</td>" in table.value for one in needed)
    assert "make lab" not in table.value
    assert "version" in repr(table)
    assert version("torch") not in repr(table)


@pytest.mark.parametrize(
    ("needed", "verdict"), [("no-such-package>=1", "missing"), ("torch>=99", "too old"), ("torch>=1", "")]
)
def test_a_package_that_is_missing_or_too_old_is_said_to_be(monkeypatch, needed, verdict):
    monkeypatch.setattr(installation, "requires", lambda name: [needed, 'ruff>=999 ; extra == "dev"'])
    words = installation.installed_versions().value
    assert f"<td>{verdict}&emsp;</td></tr></table>" in words
    assert ("make lab" in words) == (verdict != "")
    assert "ruff" not in words


def test_helpers_that_pip_has_not_installed_are_said_to_be_missing(monkeypatch):
    monkeypatch.setattr(installation, "COURSE", "no-such-course")
    assert "<td>no-such-course&emsp;</td><td>none&emsp;</td>" in installation.installed_versions().value
