"""The figures of lesson 05: learning from nothing but returns."""

__all__ = []
