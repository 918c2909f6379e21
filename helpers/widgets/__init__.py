"""One function a widget: `widgets.q_table()` returns controls bound to one picture."""

from .lesson_01 import *
from .lesson_02 import *
from .lesson_03 import *
from .lesson_04 import *
