"""The widgets of lesson 09: what is left when the critic goes away."""

__all__ = []
