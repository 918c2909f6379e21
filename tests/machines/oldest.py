"""pyproject.toml in, a constraints file out: of each package the oldest version that it admits."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def oldest() -> list[str]:
    """Lines as `numpy==2.0`, for what the course and its tests ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    return [requirement.replace(">=", "==") for requirement in asked]


if __name__ == "__main__":
    print(*oldest(), sep="\n")
