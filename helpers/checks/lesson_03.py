"""The exercises of lesson 03: differentiate an average that can only be sampled."""

__all__ = ["EXERCISES"]

EXERCISES = ()
