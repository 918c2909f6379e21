"""The exercises of lesson 07: actor-critic."""

__all__ = ["EXERCISES"]

EXERCISES = ()
