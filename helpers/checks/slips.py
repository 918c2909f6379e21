"""An exercise and an answer that no single mistake explains in, the mistakes and slips that together give it out.

A slip fits any formula: an argument that is not used, or used with another sign; a result that is scaled or reversed. It is
written as a step, like a mistake, so two of them, or one of each, can be made at once. What is said was measured: with exactly
these changes the right formula gives the student's answer on every input.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from time import thread_time

import numpy as np
import torch

from .calling import Outcome
from .steps import Step

__all__ = ["Change", "find_slips", "slips_of"]

PATIENCE = 1.5  # seconds of processor time for the search
CONSTANTS = (0.0, 1.0, 0.5, 2.0, 0.1, 0.2, 0.01, 0.001, 0.9, 0.95, 0.99)
OF_TENSORS = {  # what may happen to an argument; {x} is its name
    "`{x}` is not used, as if all of it were 0": "torch.zeros_like({x})",
    "`{x}` is not used, as if all of it were 1": "torch.ones_like({x})",
    "`{x}` has the wrong sign": "-{x}",
    "`{x}` has lost its sign": "{x}.abs()",
    "`{x}` is squared": "{x} ** 2",
    "`{x}` is taken twice": "2 * {x}",
    "half of `{x}` is taken": "{x} / 2",
    "`{x}` goes through `exp` first": "{x}.exp()",
    "`{x}` goes through `log` first": "{x}.log()",
    "`{x}` runs backwards": "{x}.flip(0)",
    "`{x}` is one place too late, with 0 in front": "torch.cat([torch.zeros_like({x}[:1]), {x}[:-1]])",
    "`{x}` is one place too early, with 0 at the end": "torch.cat([{x}[1:], torch.zeros_like({x}[:1])])",
    "`{x}` is one place too late, its last entry in front": "{x}.roll(1, 0)",
    "`{x}` is one place too early, its first entry at the end": "{x}.roll(-1, 0)",
    "`{x}` is sorted first": "{x}.sort(0).values",
    "`{x}` is replaced by its mean": "torch.zeros_like({x}) + {x}.mean()",
    "the mean of `{x}` is taken off first": "{x} - {x}.mean()",
    "`{x}` is standardised first": "({x} - {x}.mean()) / ({x}.std(correction=0) + 1e-8)",
    "the last entry of `{x}` is taken to be 0": "torch.cat([{x}[:-1], torch.zeros_like({x}[:1])])",
    "the first entry of `{x}` is taken to be 0": "torch.cat([torch.zeros_like({x}[:1]), {x}[1:]])",
}
OF_MASKS = {
    "`{x}` is not used, as if it were true everywhere": "torch.ones_like({x})",
    "`{x}` is not used, as if it were false everywhere": "torch.zeros_like({x})",
    "`{x}` has true and false exchanged": "~{x}",
}
OF_INDICES = {
    "`{x}` is not used, as if all of it were 0": "torch.zeros_like({x})",
    "`{x}` runs backwards": "{x}.flip(0)",
}
OF_NUMBERS = {
    "`{x}` has the wrong sign": "-{x}",
    "1 - `{x}` stands where `{x}` belongs": "1 - {x}",
    "`{x}` is squared": "{x} ** 2",
    "the root of `{x}` is taken": "{x} ** 0.5",
    "`{x}` is taken twice": "2 * {x}",
    "half of `{x}` is taken": "{x} / 2",
}
OF_COUNTS = {"`{x}` is one too large": "{x} + 1", "`{x}` is one too small": "{x} - 1"}
OF_RESULTS = {
    "the result has the wrong sign": "-{x}",
    "the result has lost its sign": "abs({x})",
    "the result is halved": "{x} / 2",
    "the result is doubled": "2 * {x}",
    "the result is squared": "{x} ** 2",
    "a root of the result is taken": "{x} ** 0.5",
    "the result is turned upside down, 1 over it": "1 / {x}",
    "the result is taken from 1": "1 - {x}",
    "1 is added to the result": "{x} + 1",
    "1 is taken off the result": "{x} - 1",
    "the result goes through `exp`": "torch.as_tensor({x}).exp()",
    "the result goes through `log`": "torch.as_tensor({x}).log()",
    "the result is rounded": "torch.as_tensor({x}).round()",
    "negative results are cut to 0": "torch.as_tensor({x}).clamp(min=0)",
    "the result is in reverse order": "{x}.flip(0)",
    "the results are added up as they come": "{x}.cumsum(0)",
    "the results are added up to one number": "{x}.sum() if {x}.ndim else None",
    "the mean of the results stands alone": "{x}.mean() if {x}.ndim else None",
    "the mean of the results is taken off": "{x} - {x}.mean() if {x}.ndim else None",
    "the results are standardised": "({x} - {x}.mean()) / ({x}.std(correction=0) + 1e-8) if {x}.ndim else None",
    "the results are one place too late, with 0 in front": "torch.cat([torch.zeros_like({x}[:1]), {x}[:-1]])",
    "the results are one place too early, with 0 at the end": "torch.cat([{x}[1:], torch.zeros_like({x}[:1])])",
    "the last result is missing": "{x}[:-1]",
    "the first result is missing": "{x}[1:]",
    "the result has one dimension too many in front": "{x}[None]",
    "the result has one dimension too many at the end": "{x}[..., None]",
}
OF_SIZES = {
    "the result is multiplied by the number of rows (a sum where a mean is asked for)": "{x} * len({n})",
    "the result is divided by the number of rows (a mean where a sum is asked for)": "{x} / len({n})",
    "the result is divided by one less than the number of rows": "{x} * len({n}) / (len({n}) - 1) if len({n}) > 1 else None",
}


@dataclass(frozen=True)
class Change:
    """A mistake of the catalogue or a slip: its words, and the steps that it replaces.

    Args:
        words: a sentence of the catalogue, or a clause for a slip.
        steps: that are replaced.
        named: whether the catalogue names it.
    """

    words: str
    steps: tuple[Step, ...]
    named: bool

    @property
    def about(self) -> tuple[str, ...]:
        """The names that it changes."""
        return tuple(name for step in self.steps for name in step.makes)


def find_slips(exercise, answers: list[Outcome]) -> tuple[str, list[Outcome]] | None:
    """The words for two mistakes, a slip, or a mistake and a slip, and their outcomes; None if nothing fits, or too much.

    Args:
        exercise: with a formula.
        answers: the student's outcomes, all with a value.
    """
    if any(answer.value is None for answer in answers) or _is_discrete(exercise):
        return None
    named, slips = _named(exercise), exercise.slips
    until = thread_time() + PATIENCE
    with warnings.catch_warnings():  # what a wrong formula meets on its way is no news for the student
        warnings.simplefilter("ignore")
        for combined in (
            ((slip,) for slip in slips),
            combinations(named, 2),
            product(named, slips),
            (pair for pair in combinations(slips, 2) if pair[0].about != pair[1].about),
        ):
            fitting = _fitting(exercise, answers, combined, until)
            if fitting:
                return _told(fitting)
    return None


def _is_discrete(exercise) -> bool:
    """Whether all right answers are whole numbers: then many explanations fit, and none is proved."""
    return all((outcome.value == outcome.value.round()).all() for outcome in exercise.right[0])


def _named(exercise) -> list[Change]:
    return [Change(m.sentence, m.steps, True) for m in exercise.mistakes if m.steps]


def slips_of(exercise) -> list[Change]:
    """The slips that change something and are not a mistake of the catalogue, or another slip, in other words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known, slips = (
            {_print_of(exercise, change) for change in [Change("", (), False), *_named(exercise)]},
            [],
        )
        for words, text in _slips(exercise):
            slip = Change(words, exercise.formula.changes(text), False)
            made = _print_of(exercise, slip)
            if made not in known:
                known.add(made)
                slips.append(slip)
    return slips


def _print_of(exercise, change: Change) -> tuple:
    """What a change makes of every case, to five digits: two changes with one print are one."""
    function, found = exercise.formula.function(change.steps), []
    for case in exercise.cases:
        try:
            made = np.asarray(torch.as_tensor(function(*case.arguments)).detach().double())
            found.append((made.shape, *(f"{number:.5g}" for number in made.ravel())))
        except Exception:  # a slip that this formula cannot bear
            found.append(None)
    return tuple(found)


def _slips(exercise) -> Iterator[tuple[str, str]]:
    """(clause, text of the change) for each argument of a kind that we know, and for the result."""
    rows = None
    for name, value in zip(exercise.names, exercise.cases[0].arguments, strict=True):
        for words, expression in _of_argument(value).items():
            yield words.format(x=name), f"{name} = {expression.format(x=name)}"
        if rows is None and isinstance(value, torch.Tensor) and value.ndim:
            rows = name
    for one, other in combinations(exercise.names, 2):
        if _alike(exercise, one, other):
            yield f"`{one}` and `{other}` are exchanged", f"{one}, {other} = {other}, {one}"
    answer = exercise.formula.answer[0]
    sizes = OF_SIZES if rows else {}
    for words, expression in {**OF_RESULTS, **sizes}.items():
        yield words, f"{answer} = {expression.format(x=answer, n=rows)}"


def _of_argument(value) -> dict[str, str]:
    if isinstance(value, torch.Tensor):
        if value.dtype == torch.bool:
            return OF_MASKS
        if value.is_floating_point():
            return OF_TENSORS if value.ndim else {}
        return OF_INDICES if value.ndim else {}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return {}
    if isinstance(value, int):
        return OF_COUNTS
    return OF_NUMBERS | {f"`{{x}}` is always {c:g}": f"{c}" for c in CONSTANTS}


def _alike(exercise, one: str, other: str) -> bool:
    """Whether two arguments could be exchanged in every case."""
    places = exercise.names.index(one), exercise.names.index(other)
    pairs = [tuple(case.arguments[place] for place in places) for case in exercise.cases]
    return all(
        type(a) is type(b)
        and (
            a.shape == b.shape and a.dtype == b.dtype
            if isinstance(a, torch.Tensor)
            else isinstance(a, int | float)
        )
        for a, b in pairs
    )


def _fitting(exercise, answers: list[Outcome], changes, until: float) -> list:
    """Those changes, one or several at once, that give the student's answer in every case, gradients left aside.

    Args:
        changes: tuples of `Change`.
        until: the thread's processor time at which the search gives up.

    Returns:
        (changes, outcomes) of each that fits; none at all after giving up: what was not tried may fit as well.
    """
    found = []
    order = _most_telling_first(exercise, answers)
    for combined in changes:
        if thread_time() > until:
            return []
        for sequence in _orders(combined):
            function = exercise.formula.function(tuple(step for change in sequence for step in change.steps))
            if all(_gives(exercise, function, case, answers[case].value) for case in order):
                found.append((sequence, exercise.outcomes(function)))
                break
    return found


def _most_telling_first(exercise, answers: list[Outcome]) -> list[int]:
    """The wrong cases before the others, small ones first: nearly every change is ruled out by the first of them."""
    right = exercise.right[0]
    good = [exercise.close(a.value, r.value, i) for i, (a, r) in enumerate(zip(answers, right, strict=True))]
    sizes = [sum(a.numel() for a in case.arguments if isinstance(a, torch.Tensor)) for case in exercise.cases]
    return sorted(range(len(answers)), key=lambda i: (good[i], sizes[i]))


def _orders(combined: tuple[Change, ...]) -> list[tuple[Change, ...]]:
    """The orders in which changes can be made at once: none where one would undo another, both where both build on one name."""
    if len(combined) == 1 or not set(combined[0].about) & set(combined[1].about):
        return [combined]
    builds = [all(step.needs & set(step.makes) for step in change.steps) for change in combined]
    return [order for order, last in ((combined, builds[1]), (combined[::-1], builds[0])) if last]


def _gives(exercise, function: Callable, case: int, value: np.ndarray) -> bool:
    try:
        made = function(*exercise.cases[case].arguments)
        made = (
            made.detach().double().numpy()
            if isinstance(made, torch.Tensor)
            else np.asarray(made, dtype=float)
        )
    except Exception:  # a slip that this formula cannot bear
        return False
    if made.shape != value.shape:
        return False
    near = made.size == 0 or abs(made.flat[0] - value.flat[0]) <= 1e-2 * abs(value.flat[0]) + 1e-3
    return (near or made.flat[0] != made.flat[0]) and exercise.close(value, made, case)


def _told(found) -> tuple[str, list[Outcome]] | None:
    """One explanation, or what several have in common."""
    if not found:
        return None
    shared = set.intersection(*(set(changes) for changes, _ in found))
    changes, made = found[0]
    if len(found) == 1:
        return _sentence(changes), made
    named = [change for change in shared if change.named]
    if named:
        return f"{named[0].words} That is not all: something else is wrong as well.", made
    if len(found) == 2 and all(len(changes) == 1 for changes, _ in found):
        (one,), (other,) = (changes for changes, _ in found)
        return f"Your answer is what comes out if {one.words}, or if {other.words}.", made
    return None


def _sentence(changes: tuple[Change, ...]) -> str:
    named = sorted(changes, key=lambda change: not change.named)
    if not named[0].named:
        return f"Your answer is what comes out if {' and '.join(change.words for change in named)}."
    if len(named) == 1:
        return named[0].words
    first, second = named
    if second.named:
        return f"Two mistakes at once. {first.words} And: {second.words}"
    return f"{first.words} That is not all: {second.words}, too."
