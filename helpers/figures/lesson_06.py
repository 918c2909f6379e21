"""The figures of lesson 06: baselines."""

__all__ = []
