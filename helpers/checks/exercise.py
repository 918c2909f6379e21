"""An exercise as data: a reference, inputs that tell right from wrong, and the usual wrong answers, each with its sentence.

Adding an exercise is adding an `Exercise`; nothing here knows any of them.
"""

import ast
import dis
import inspect
import os
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .calling import Outcome, call_all
from .result import CORRECT, NOT_STARTED, NOT_YET, Result
from .slips import Change, find_slips, slips_of
from .steps import Formula, Step
from .wording import explain, lower

__all__ = ["Case", "Exercise", "Mistake"]


@dataclass(frozen=True)
class Case:
    """One set of arguments.

    Args:
        label: completes "with ...", for example `"two equal values"`.
        arguments: in the order of the reference's signature.
        tolerance: of this case, where it is another than the exercise's.
        edge: what is told where an answer is wrong here alone, after "yours is [...]:"; such a case, of rounding, has
            no say in which mistake of the catalogue was made.
    """

    label: str
    arguments: tuple
    tolerance: float | None = None
    edge: str = ""


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer.

    Args:
        sentence: what it is and why it is wrong, to the student.
        code: a function with the reference's signature that makes the mistake.
        steps: those of the formula that it replaces; none where the mistake is a function of its own.
    """

    sentence: str
    code: Callable
    steps: tuple[Step, ...] = ()


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
        dtype: the type of number that is asked for and why, such as `("int64", "it is an index")`.
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
    dtype: tuple[str, str] | None = None
    formula: Formula | None = None

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

    def nearest(self, answers: list[Outcome]) -> list[Outcome]:
        """The outcomes of the right answer that these come closest to: what is wrong is measured in its convention."""
        return max(self.right, key=lambda right: sum(self.agree_all(answers, right)))

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
        if not any(all(self.agree_all(answers, right)) for right in self.right):
            return Result(self.name, NOT_YET, self._name_mistake(function, answers, changed))
        if changed:
            return Result(self.name, NOT_YET, f"The values are right, but {lower(_names_changed(changed))}")
        others = [answer.dtype for answer in answers if self.dtype and answer.dtype != self.dtype[0]]
        if others:
            wanted, reason = self.dtype
            sentence = (
                f"The values are right, but their type is {others[0]}: {wanted} is asked for, {reason}."
            )
            return Result(self.name, NOT_YET, sentence)
        sentence = (
            f"On all {len(answers)} inputs the answer is exact, the last of them {self.cases[-1].label}."
        )
        return Result(self.name, CORRECT, sentence)

    def _name_mistake(self, function: Callable, answers: list[Outcome], changed: set[str]) -> str:
        """The catalogue's sentence for what the student's function does, or what is wrong in words; and what is beside it."""
        mistake, in_gradients = self._find(answers)
        if mistake is not None:
            sentence, made = mistake.sentence, self._made(mistake)
        elif self.formula and (found := find_slips(self, answers)):
            (sentence, made), in_gradients = found, False
        else:
            return self._describe(function, answers, changed)
        beside = [self._crash_beside(answers, made)]
        if not in_gradients:
            beside.append(self._gradient_beside(answers, made))
        beside.append(_also_changes(changed - {name for outcome in made for name in outcome.changed}))
        return " ".join(filter(None, [sentence, *beside]))

    def _describe(self, function: Callable, answers: list[Outcome], changed: set[str]) -> str:
        """What is wrong, in words, where no mistake of the catalogue fits."""
        again = self.outcomes(function)
        if any(self.rolls_dice(a, b, i) for i, (a, b) in enumerate(zip(answers, again, strict=True))):
            sentence = (
                "Your function gives another answer each time it is called: it rolls dice of its own, and is to use "
                "nothing but its arguments."
            )
        elif changed and self._only_spoiled(answers):
            # A gradient through an argument that was overwritten cannot be taken: then the change is the mistake.
            return f"The values are right, but {lower(_names_changed(changed))}"
        else:
            sentence = explain(self, answers)
        return " ".join(filter(None, [sentence, _also_changes(changed)]))

    def rolls_dice(self, one: Outcome, other: Outcome, case: int) -> bool:
        both = one.value is not None and other.value is not None
        return both and not self.agree(one, other, case, bool(one.gradients and other.gradients))

    def _only_spoiled(self, answers: list[Outcome]) -> bool:
        """Whether all values are right, and each gradient that is not could not be taken."""
        right = self.nearest(answers)
        values = all(self.agree_all(answers, right, gradients=False))
        return values and all(
            good or answer.raised
            for good, answer in zip(self.agree_all(answers, right), answers, strict=True)
        )

    @cached_property
    def slips(self) -> list[Change]:
        """What may go wrong with any formula of this form, see `slips_of`."""
        return slips_of(self)

    @cached_property
    def _memory(self) -> dict[Mistake, list[Outcome]]:
        return {}

    def _made(self, mistake: Mistake) -> list[Outcome]:
        """The outcomes of a mistake's code, found once."""
        if mistake not in self._memory:
            with (
                warnings.catch_warnings()
            ):  # what torch says of a mistake in the catalogue is not meant for the student
                warnings.simplefilter("ignore")
                self._memory[mistake] = self.outcomes(mistake.code)
        return self._memory[mistake]

    def _find(self, answers: list[Outcome]) -> tuple[Mistake | None, bool]:
        """The catalogue's mistake that does what the student's function does, and whether it does so in its gradients too.

        A crash on some cases does not hide the mistake that the others show, nor does a gradient that is wrong besides.
        """
        crashed = [answer.value is None for answer in answers]
        for gradients in (True, False) if self.differentiate else (True,):
            right = self.agree_all(answers, self.nearest(answers), gradients)
            for may_crash in (False, True):
                if may_crash and not 0 < sum(crashed) <= len(answers) / 2:
                    continue
                for mistake in self.mistakes:
                    alike = self.agree_all(answers, self._made(mistake), gradients)
                    facts = list(zip(alike, right, crashed, self.cases, strict=True))
                    fits = all(a or case.edge or (may_crash and c) for a, _, c, case in facts)
                    # A right value says nothing of a mistake; a crash does where the mistake crashes there, too.
                    shown = any(
                        a and not r and (not c or not may_crash) and not case.edge for a, r, c, case in facts
                    )
                    if fits and shown:
                        return mistake, gradients
        return None, False

    def _crash_beside(self, answers: list[Outcome], made: list[Outcome]) -> str:
        for case, answer, other in zip(self.cases, answers, made, strict=True):
            if answer.value is None and other.value is not None:
                what = f"stops with {answer.raised}{answer.place}" if answer.raised else "returns no number"
                return f"And with {case.label} your function {what}."
        return ""

    def _gradient_beside(self, answers: list[Outcome], made: list[Outcome]) -> str:
        """What is wrong with the gradient besides a mistake that the values show."""
        read = [answer for answer in answers if answer.value is not None]
        if failed := [answer for answer in read if answer.raised]:
            # The change of an argument, told anyway, may be why.
            return "" if failed[0].changed else f"And its gradient stops with {failed[0].raised}."
        if not any(answer.connected for answer in read):
            lost = [name for name in self.differentiate if _flows(made, name)]
            return f"And no gradient flows back to `{lost[0]}`: the graph is cut." if lost else ""
        for name in self.differentiate:
            flows, asked = _flows(read, name), _flows(self.right[0], name)
            if flows and not asked and not _flows(made, name):
                return f"And a gradient flows into `{name}`, which is to be taken as given: detach it."
            if asked and not flows and _flows(made, name):
                return f"And no gradient flows back to `{name}`."
        return ""

    def agree_all(self, answers: list[Outcome], others: list[Outcome], gradients: bool = True) -> list[bool]:
        """For each case whether two functions gave the same answer."""
        pairs = zip(answers, others, strict=True)
        return [self.agree(one, other, case, gradients) for case, (one, other) in enumerate(pairs)]

    def agree(self, one: Outcome, other: Outcome, case: int, gradients: bool = True) -> bool:
        """Whether two outcomes of a case are the same answer, gradients included, up to float arithmetic."""
        if one.value is None or other.value is None:
            return one.value is None and other.value is None and one.raised == other.raised != ""
        if not self.close(one.value, other.value, case):
            return False
        return not gradients or all(
            name in one.gradients
            and name in other.gradients
            and self.close(one.gradients[name], other.gradients[name], case)
            for name in self.differentiate
        )

    def close(self, one: np.ndarray, other: np.ndarray, case: int) -> bool:
        """Whether two arrays have one shape and, up to the tolerance, the same entries (NaN and infinity included)."""
        if one.shape != other.shape:
            return False
        own = self.cases[case].tolerance
        finite = np.abs(other[np.isfinite(other)])
        allowed = (self.tolerance if own is None else own) * max(0.1, finite.max(initial=0.0))
        return np.allclose(one, other, rtol=0.0, atol=allowed, equal_nan=True)


def _flows(outcomes: list[Outcome], name: str) -> bool:
    """Whether a gradient reaches the argument anywhere."""
    return any(outcome.gradients[name].any() for outcome in outcomes if name in outcome.gradients)


def _names_changed(names: set[str]) -> str:
    named = " and ".join(f"`{name}`" for name in sorted(names))
    return f"Your function changes {named}, which the caller still needs: work on a copy."


def _also_changes(names: set[str]) -> str:
    return _names_changed(names).replace("changes", "also changes") if names else ""


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


def by_steps(
    reference, returns: str, cases: tuple, steps: str, mistakes: dict, tools: dict, **judged
) -> Exercise:
    """An exercise whose reference is written as named steps, and whose mistakes are steps that replace them.

    Args:
        reference, returns, cases, judged: as in `Exercise`.
        steps: the lines of the formula, see `Formula`.
        mistakes: sentence -> the steps that it replaces, one text or several that deserve the same sentence.
        tools: what the steps may use besides.
    """
    names = tuple(inspect.signature(reference).parameters)[: len(cases[0].arguments)]
    formula = Formula(names, steps, tools)
    made = []
    for sentence, texts in mistakes.items():
        for text in [texts] if isinstance(texts, str) else texts:
            changes = formula.changes(text)
            made.append(Mistake(sentence, formula.function(changes), changes))
    return Exercise(reference, returns, cases, tuple(made), formula=formula, **judged)
