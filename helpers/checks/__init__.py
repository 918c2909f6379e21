"""One function an exercise, named like it: `checks.regret(my_regret)` returns a `Result` that names the mistake."""

from collections.abc import Callable

from . import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
)
from .exercise import Case, Exercise, Mistake, by_steps
from .result import CORRECT, NOT_STARTED, NOT_YET, Result

LESSONS = {
    "00": lesson_00,
    "01": lesson_01,
    "02": lesson_02,
    "03": lesson_03,
    "04": lesson_04,
    "05": lesson_05,
    "06": lesson_06,
    "07": lesson_07,
    "08": lesson_08,
    "09": lesson_09,
}

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for lesson in LESSONS.values() for exercise in lesson.EXERCISES
}


def _check_of(exercise: Exercise) -> Callable[[Callable], Result]:
    def check(function: Callable) -> Result:
        return exercise.check(function)

    check.__name__ = exercise.name
    check.__doc__ = f"Judge `my_{exercise.name}`, which returns {exercise.returns}."
    return check


globals().update({name: _check_of(exercise) for name, exercise in EXERCISES.items()})

__all__ = [
    "CORRECT",
    "EXERCISES",
    "NOT_STARTED",
    "NOT_YET",
    "Case",
    "Exercise",
    "Mistake",
    "Result",
    "by_steps",
    *EXERCISES,
]
