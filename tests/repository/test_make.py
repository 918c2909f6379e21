"""The commands of the README do what it says, and keep a student's machine to itself."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def steps(target: str) -> str:
    """What make would run."""
    return subprocess.run(
        ["make", "--dry-run", "--always-make", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_the_lab_keeps_its_token_and_listens_on_this_machine_only():
    command = next(line for line in steps("lab").splitlines() if "jupyterlab" in line)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert not re.search(r"token|password|allow_origin|disable_check_xsrf", command)


APART = {"benchmarks", "machines"}  # they take longer than a change may wait


def test_the_test_command_runs_every_folder_of_tests_but_those_that_run_apart():
    ran = steps("test")
    folders = {path.name for path in (ROOT / "tests").iterdir() if list(path.glob("test_*.py"))}
    for folder in folders:
        assert (f"tests/{folder}" in ran) == (folder not in APART), folder
    assert "ruff check" in ran
    assert "install_chromium" in ran


def test_torch_is_installed_with_its_pin_before_anything_asks_for_it():
    installs = [line for line in steps("test").splitlines() if "pip install" in line]
    assert all("-c constraints.txt" in line for line in installs)
    assert " torch " in f"{installs[0]} "


def test_ci_calls_make():
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^make test$", script, flags=re.M)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


@pytest.mark.parametrize(
    "command",
    ["make lab", "make test", "make notebooks", "make test-fast", "make benchmark", "make test-machines"],
)
def test_the_readmes_name_commands_that_exist(command):
    told = (ROOT / "README.md").read_text() + (ROOT / "solutions" / "README.md").read_text()
    assert command in told
    assert steps(command.split()[1])


def test_the_readme_lists_every_lesson():
    text = (ROOT / "README.md").read_text()
    for path in ROOT.glob("notebooks/*.ipynb"):
        assert f"`{path.stem}`" in text
