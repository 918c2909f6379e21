"""The figures of lesson 02."""

__all__ = []
