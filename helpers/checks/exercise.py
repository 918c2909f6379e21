"""An exercise as data: a reference, inputs that tell right from wrong, and the usual wrong answers, each with its sentence.

Adding an exercise is adding an `Exercise`; nothing here knows any of them.
"""

import ast
import dis
import inspect
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .calling import Outcome, call_all
from .result import CORRECT, NOT_STARTED, NOT_YET, Result
from .wording import explain, lower

__all__ = ["Case", "Exercise", "Mistake"]


@dataclass(frozen=True)
class Case:
    """One set of arguments.

    Args:
        label: completes "with ...", for example `"two equal values"`.
        arguments: in the order of the reference's signature.
    """

    label: str
    arguments: tuple


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer.

    Args:
        sentence: what it is and why it is wrong, to the student.
        code: a function with the reference's signature that makes the mistake.
    """

    sentence: str
    code: Callable


@dataclass(frozen=True)
class Exercise:
    """One exercise and everything its check needs to know.

    Args:
        reference: the tested helper; the exercise has its name.
        returns: what comes back, in words: `"one number"`, `"[S]: one action for each state"`.
        cases: inputs that tell right from wrong.
        mistakes: the catalogue; the first whose outcomes are the student's names the mistake.
        also_right: other conventions that are right as well, as functions like the reference.
        differentiate: arguments for which gradients are judged as well; where the reference sends none, none may flow.
        observe: from (arguments after the call, returned value) to what is judged, where that is not the returned value.
        may_change: arguments that the function is meant to change.
        tolerance: of float arithmetic, relative to the largest entry of the expected value and absolute near 0.
    """

    reference: Callable
    returns: str
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...]
    also_right: tuple[Callable, ...] = ()
    differentiate: tuple[str, ...] = ()
    observe: Callable | None = None
    may_change: tuple[str, ...] = ()
    tolerance: float = 1e-5

    @property
    def name(self) -> str:
        return self.reference.__name__

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arguments, from the reference's signature."""
        return tuple(inspect.signature(self.reference).parameters)[: len(self.cases[0].arguments)]

    def outcomes(self, function: Callable) -> list[Outcome]:
        """What comes of calling a function on every case."""
        inputs = [case.arguments for case in self.cases]
        return call_all(function, inputs, self.names, self.differentiate, self.observe)

    @cached_property
    def right(self) -> list[list[Outcome]]:
        """The outcomes of every right answer, the reference's first."""
        return [self.outcomes(function) for function in (self.reference, *self.also_right)]

    def check(self, function: Callable) -> Result:
        """Judge a student's function; never raises, whatever the function does (unless nbgrader grades)."""
        result = self._judge(function)
        # nbgrader gives full marks to a check cell that raises nothing, so there, and only there, a wrong answer raises.
        if "NBGRADER_EXECUTION" in os.environ and result.status != CORRECT:
            raise AssertionError(repr(result))
        return result

    def _judge(self, function: Callable) -> Result:
        if function is Ellipsis or is_stub(function):
            return Result(
                self.name, NOT_STARTED, f"Write the body of `my_{self.name}` and run this cell again."
            )
        if not callable(function):
            sentence = f"The check expects your function `my_{self.name}`, without brackets; it got {type(function).__name__}."
            return Result(self.name, NOT_YET, sentence)
        answers = self.outcomes(function)
        changed = {name for answer in answers for name in answer.changed} - set(self.may_change)
        if not any(all(map(self.agree, answers, right)) for right in self.right):
            # A gradient through an argument that was overwritten cannot be taken: then the change is the mistake.
            spoiled = changed and any(answer.raised and answer.changed for answer in answers)
            sentence = _names_changed(changed) if spoiled else self._name_mistake(answers)
            return Result(self.name, NOT_YET, sentence or self._explain(function, answers))
        if changed:
            return Result(self.name, NOT_YET, f"The values are right, but {lower(_names_changed(changed))}")
        sentence = (
            f"On all {len(answers)} inputs the answer is exact, the last of them {self.cases[-1].label}."
        )
        return Result(self.name, CORRECT, sentence)

    def _explain(self, function: Callable, answers: list[Outcome]) -> str:
        """What is wrong, in words, where no mistake of the catalogue fits."""
        again = self.outcomes(function)
        if any(a.value is not None and not self.agree(a, b) for a, b in zip(answers, again, strict=True)):
            return (
                "Your function gives another answer each time it is called: it rolls dice of its own, and is to use "
                "nothing but its arguments."
            )
        return explain(self, answers)

    def _name_mistake(self, answers: list[Outcome]) -> str:
        """The sentence of the catalogue's mistake that does what the student's function does, or ""."""
        for mistake in self.mistakes:
            made = self.outcomes(mistake.code)
            alike = [self.agree(answer, other) for answer, other in zip(answers, made, strict=True)]
            wrong = [
                not self.agree(answer, right) for answer, right in zip(answers, self.right[0], strict=True)
            ]
            # A crash of the student's on one case does not hide the mistake that the others show.
            crashed = [answer.value is None for answer in answers]
            shown = any(a and w and not c for a, w, c in zip(alike, wrong, crashed, strict=True))
            if all(alike) or (shown and all(a or c for a, c in zip(alike, crashed, strict=True))):
                return mistake.sentence
        return ""

    def agree(self, one: Outcome, other: Outcome) -> bool:
        """Whether two outcomes are the same answer, gradients included, up to float arithmetic."""
        if one.value is None or other.value is None:
            return one.value is None and other.value is None and one.raised == other.raised != ""
        return self.close(one.value, other.value) and all(
            self.close(one.gradients[name], other.gradients[name]) for name in self.differentiate
        )

    def close(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether two arrays have one shape and, up to the tolerance, the same entries (NaN and infinity included)."""
        if one.shape != other.shape:
            return False
        finite = np.abs(other[np.isfinite(other)])
        allowed = self.tolerance * max(0.1, finite.max(initial=0.0))
        return np.allclose(one, other, rtol=0.0, atol=allowed, equal_nan=True)


def _names_changed(names: set[str]) -> str:
    named = " and ".join(f"`{name}`" for name in sorted(names))
    return f"Your function changes {named}, which the caller still needs: work on a copy."


def is_stub(function: Callable) -> bool:
    """Whether the function still has the body `...` that the course gives it (or `pass`, or `raise NotImplementedError`)."""
    code = getattr(function, "__code__", None)
    if code is None or getattr(function, "__name__", "") == "<lambda>":
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # typed in where no source is kept: compare the bytecode
        steps = {instruction.opname for instruction in dis.get_instructions(code)}
        return steps <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"} and (
            set(code.co_consts) <= {None, function.__doc__}
        )
    definition = tree.body[0]
    return isinstance(definition, ast.FunctionDef) and all(map(_does_nothing, definition.body))


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return "NotImplementedError" in ast.unparse(statement)
    if isinstance(statement, ast.Return):
        return isinstance(statement.value, ast.Constant) and statement.value.value is Ellipsis
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
