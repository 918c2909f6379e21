"""The exercises of lesson 02: policies that roll dice."""

__all__ = ["EXERCISES"]

EXERCISES = ()
