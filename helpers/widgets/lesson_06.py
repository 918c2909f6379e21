"""The widgets of lesson 06: baselines."""

__all__ = []
