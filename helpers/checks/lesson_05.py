"""The exercises of lesson 05: learning from nothing but returns."""

from .lesson_05_cloning import CLONING
from .lesson_05_discounted import DISCOUNTED
from .lesson_05_losses import SURROGATE
from .lesson_05_returns import TO_GO
from .lesson_05_update import UPDATE

__all__ = ["EXERCISES"]

EXERCISES = (TO_GO, DISCOUNTED, SURROGATE, UPDATE, CLONING)
