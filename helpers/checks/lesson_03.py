"""The exercises of lesson 03: differentiate an average that can only be sampled."""

from .lesson_03_differences import DIFFERENCES
from .lesson_03_elite import ELITE
from .lesson_03_estimate import ESTIMATE
from .lesson_03_score import SCORE
from .lesson_03_trajectory import TRAJECTORY

__all__ = ["EXERCISES"]

EXERCISES = (TRAJECTORY, DIFFERENCES, ELITE, SCORE, ESTIMATE)
