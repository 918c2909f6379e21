"""The exercises of lesson 07: actor-critic."""

from .lesson_07_gae import GAE
from .lesson_07_losses import BOOTSTRAP, LOSS
from .lesson_07_returns import ERRORS, N_STEPS

__all__ = ["EXERCISES"]

EXERCISES = (ERRORS, N_STEPS, GAE, LOSS, BOOTSTRAP)
