"""The widgets of lesson 03: differentiate an average that can only be sampled."""

__all__ = []
