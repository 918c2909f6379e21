"""The exercises of lesson 03: differentiate an average that can only be sampled."""

from .lesson_03_gradients import DIFFERENCES, ELITE, ESTIMATE
from .lesson_03_scores import SCORE, TRAJECTORY

__all__ = ["EXERCISES"]

EXERCISES = (TRAJECTORY, DIFFERENCES, ELITE, SCORE, ESTIMATE)
