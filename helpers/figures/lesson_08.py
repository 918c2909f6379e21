"""The figures of lesson 08: how far one batch may move the policy."""

__all__ = []
