"""The exercises of lesson 09: what is left when the critic goes away."""

__all__ = ["EXERCISES"]

EXERCISES = ()
