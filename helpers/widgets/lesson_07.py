"""The widgets of lesson 07: actor-critic."""

__all__ = []
