"""The exercises of lesson 07: actor-critic."""

from .gae import GAE
from .lesson_07_bootstrap import BOOTSTRAP
from .lesson_07_losses import LOSS
from .lesson_07_n_steps import N_STEPS
from .lesson_07_returns import ERRORS

__all__ = ["EXERCISES"]

EXERCISES = (ERRORS, N_STEPS, GAE, LOSS, BOOTSTRAP)
