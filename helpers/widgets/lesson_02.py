"""The widgets of lesson 02: policies that roll dice."""

__all__ = []
