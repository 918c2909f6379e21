"""The exercises of lesson 08: how far one batch may move the policy."""

__all__ = ["EXERCISES"]

EXERCISES = ()
