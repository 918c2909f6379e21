"""The figures of lesson 03."""

__all__ = []
