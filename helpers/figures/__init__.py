"""One function a takeaway figure: numbers of a lesson in, the figure with its sentence out."""

from .lesson_00 import *
from .lesson_01 import *
from .lesson_02 import *
from .lesson_03 import *
from .lesson_04 import *
from .lesson_05 import *
from .lesson_06 import *
from .lesson_07 import *
from .lesson_08 import *
from .lesson_09 import *
