"""The helpers are a house: a module imports only from lower floors, and each says what comes in and what goes out."""

import ast
import re
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[2] / "helpers"

FLOORS = [
    {"shapes", "tabular"},
    {
        "returns",
        "baselines",
        "losses",
        "token_losses",
        "densities",
        "digit_sums",
        "group_estimates",
        "networks",
        "policies",
        "q_tables",
        "sequence_model",
        "worlds",
    },
    {
        "enumeration",
        "exact",
        "envs",
        "table_envs",
        "table_values",
        "whole_array_env",
        "vector_envs",
        "own_envs",
        "acting",
        "rollouts",
        "sampling",
    },
    {
        "scores",
        "log_derivative",
        "weightings",
        "elite",
        "estimators",
        "estimator_table",
        "course_table",
        "learners",
    },
    {"plots", "film", "spoken"},
    {"installation", "live", "live_training", "learning_curve", "training_thread", "figures"},
    {"widgets", "checks"},
]
FLOOR = {module: number for number, modules in enumerate(FLOORS) for module in modules}
MODULES = sorted(path for path in HELPERS.rglob("*.py") if path != HELPERS / "__init__.py")


def room(path: Path) -> str:
    """The module or folder directly below helpers to which a file belongs."""
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    package = ["helpers", *path.relative_to(HELPERS).parent.parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            names = [".".join(filter(None, [base, node.module]))]
            names += [f"{names[0]}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("helpers.")}
    return found & set(FLOOR)


def test_every_module_has_a_floor():
    assert {room(path) for path in MODULES} <= set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HELPERS)))
def test_a_module_imports_only_from_lower_floors(path):
    here = room(path)
    for other in imported_rooms(path) - {here}:
        assert FLOOR[other] < FLOOR[here] or (FLOOR[other] == FLOOR[here] and not reaches(other, here)), (
            f"{here} (floor {FLOOR[here]}) imports {other} (floor {FLOOR[other]})"
        )


def reaches(start: str, goal: str) -> bool:
    """Whether one room imports another, directly or through others: neighbours on a floor must not go in circles."""
    seen, ahead = set(), [start]
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            ahead += [n for path in MODULES if room(path) == name for n in imported_rooms(path)]
    return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HELPERS)))
def test_a_module_opens_with_one_sentence_and_says_what_it_offers(path):
    tree = ast.parse(path.read_text())
    opening = (ast.get_docstring(tree) or "").split("\n\n")[0]
    assert opening.rstrip().endswith((".", ":")), "the first paragraph is one sentence"
    if path.name != "__init__.py":
        assert "\n__all__ = [" in path.read_text()
    if path.parent.name == "checks" and path.name.startswith("lesson_"):
        return  # data: a wrong answer is described by its sentence
    offered = [
        node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_"
    ]
    assert all(ast.get_docstring(node) for node in offered), [
        n.name for n in offered if not ast.get_docstring(n)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HELPERS)))
def test_functions_stay_short(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 45, f"{node.name} has {length} lines"


def test_nobody_uses_pyplot():
    for path in MODULES:
        text = path.read_text()
        assert "pyplot" not in re.sub(r'""".*?"""|#.*|"[^"\n]*"', "", text, flags=re.S), path
