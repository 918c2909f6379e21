"""The exercises of lesson 04: terms that may be added for free."""

from .lesson_04_baselines import BASELINED_GRADIENT
from .lesson_04_error import STANDARD_ERROR
from .lesson_04_others import LEAVE_ONE_OUT
from .lesson_04_score import EXPECTED_SCORE

__all__ = ["EXERCISES"]

EXERCISES = (EXPECTED_SCORE, STANDARD_ERROR, BASELINED_GRADIENT, LEAVE_ONE_OUT)
