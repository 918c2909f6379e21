"""The figures of lesson 00: how the course works."""

__all__ = []
