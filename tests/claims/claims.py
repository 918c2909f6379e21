"""What a lesson says of trained runs, as functions of a seed: each gives a margin, and the claim holds where it is above 0."""

import ast
import contextlib
import functools
import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import jupytext

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Claim:
    """One claim.

    Args:
        name: of the function that measures it.
        lesson: two digits.
        sentence: of the lesson, word for word: what the claim stands behind.
        margin: seed -> float, by how much the claim holds; it holds where that is above 0.
        cheap: whether one seed takes so little time that `make test` runs two.
        version: changes with the claim's own code and sentence: then the table is measured anew.
    """

    name: str
    lesson: str
    sentence: str
    margin: Callable[[int], float]
    cheap: bool
    version: str


CLAIMS: dict[str, Claim] = {}


def claim(lesson: str, sentence: str, *, cheap: bool = False) -> Callable:
    """Register the function below as the measure of a sentence: `@claim("09", "Free, nearly all answers are right.")`."""

    def register(margin: Callable[[int], float]) -> Callable[[int], float]:
        name = margin.__name__
        if name in CLAIMS:
            raise ValueError(f"expected a new name for each claim, got {name!r} twice")
        words = " ".join(sentence.split())
        version = hashlib.sha256((inspect.getsource(margin) + words).encode()).hexdigest()[:8]
        CLAIMS[name] = Claim(name, lesson, words, margin, cheap, version)
        return margin

    return register


def all_claims() -> dict[str, Claim]:
    """The claims of every lesson, in the order of the lessons."""
    for path in sorted(HERE.glob("lesson_*.py")):
        importlib.import_module(path.stem)
    return CLAIMS


@functools.cache
def definitions(lesson: str) -> SimpleNamespace:
    """The functions, imports and plain settings of a lesson's cells, so that a claim trains exactly what the lesson trains.

    Nothing that is called in a cell is called here. What a function of the lesson reads from a cell's result has to be set
    by the claim: `lesson.references = ...`.
    """
    [source] = ROOT.glob(f"solutions/{lesson}_*.py")
    space = SimpleNamespace()
    for cell in jupytext.read(source, fmt="py:percent").cells:
        if cell.cell_type == "code":
            for statement in ast.parse(cell.source).body:
                if _only_defines(statement):
                    code = compile(ast.Module([statement], []), str(source), "exec")
                    with contextlib.suppress(NameError):  # built from a result, which is not there
                        exec(code, space.__dict__)
    return space


def _only_defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    return isinstance(statement, ast.Assign) and not _calls(statement.value)


def _calls(node: ast.AST) -> bool:
    """Whether evaluating an expression calls something (the body of a lambda is not evaluated)."""
    if isinstance(node, ast.Lambda):
        return False
    return isinstance(node, ast.Call) or any(map(_calls, ast.iter_child_nodes(node)))
