"""The exercises of lesson 06: baselines."""

__all__ = ["EXERCISES"]

EXERCISES = ()
