"""environment.yml, pyproject.toml, constraints.txt and the machine that runs this agree."""

import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "machines"))

from oldest import oldest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}
ONLY_CONDA = {"python", "pip", "pytest"}

REQUIRED = {r.name: r.specifier for r in map(Requirement, PROJECT["dependencies"])}
FOR_AUTHORS = {r.name: r.specifier for r in map(Requirement, PROJECT["optional-dependencies"]["dev"])}


def conda_packages() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    names = [entry for entry in listed if isinstance(entry, str)]
    split = [entry.partition(">=") if ">=" in entry else entry.partition("=") for entry in names]
    return {name: sign + bound for name, sign, bound in split}


def pins() -> dict[str, Version]:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    return {
        canonicalize_name(name): Version(number) for name, _, number in (x.partition("==") for x in lines)
    }


def test_conda_and_pip_ask_for_the_same():
    conda = conda_packages()
    assert {CONDA_NAMES.get(name, name) for name in REQUIRED} == set(conda) - ONLY_CONDA
    for name, specifier in REQUIRED.items():
        assert str(specifier) == conda[CONDA_NAMES.get(name, name)], name


def test_the_oldest_versions_are_those_that_test_oldest_installs_and_the_readme_names():
    """One lower bound each, and nothing else: the bound is what is installed, so what is told is what is tested."""
    told = (ROOT / "README.md").read_text().partition("With conda:")[2].partition("\n### ")[0]
    installed = dict(line.split("==") for line in oldest())
    for name, specifier in REQUIRED.items():
        assert str(specifier) == f">={installed[name]}"
    assert f"PyTorch {installed['torch']}, NumPy {installed['numpy']}" in told


def test_conda_installs_the_helpers_and_a_python_that_they_admit():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert {"pip": ["-e ."]} in listed
    python = Version(conda_packages()["python"].lstrip("="))
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(python)


@pytest.mark.parametrize("name", [*REQUIRED, *FOR_AUTHORS])
def test_the_pin_is_admitted_and_installed(name):
    pin = pins()[canonicalize_name(name)]
    assert (REQUIRED | FOR_AUTHORS)[name].contains(pin)
    assert Version(version(name)).public == pin.public


def test_pins_name_no_place():
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "+cpu" not in text
    assert "@" not in text


def test_every_dependency_says_what_it_is_for():
    for file, section in [("pyproject.toml", "dependencies = ["), ("environment.yml", "dependencies:")]:
        lines = (ROOT / file).read_text().partition(section)[2].splitlines()[1:]
        entries = [
            line for line in lines if line.strip().startswith(('"', "- ")) and not line.endswith("pip:")
        ]
        assert len(entries) >= len(REQUIRED)
        assert all("#" in line for line in entries if line.strip() != "]"), file
