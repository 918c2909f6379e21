"""One function a widget: `widgets.q_table()` returns controls bound to one picture."""

from .lesson_01 import q_table

__all__ = ["q_table"]
