"""The widgets of lesson 04: terms that may be added for free."""

__all__ = []
