"""The exercises of lesson 04: terms that may be added for free."""

__all__ = ["EXERCISES"]

EXERCISES = ()
