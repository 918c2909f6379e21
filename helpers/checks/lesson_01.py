"""The exercises of lesson 01: judge an estimated Q-table by its error and by how it acts."""

from .lesson_01_error import ERROR
from .lesson_01_greedy import GREEDY
from .lesson_01_regret import REGRET
from .lesson_01_return import RETURN

__all__ = ["EXERCISES"]

EXERCISES = (ERROR, GREEDY, RETURN, REGRET)
