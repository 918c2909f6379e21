"""The exercises of lesson 05: learning from nothing but returns."""

__all__ = ["EXERCISES"]

EXERCISES = ()
