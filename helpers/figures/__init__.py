"""One function a takeaway figure: numbers of a lesson in, the figure with its sentence out."""

from .lesson_01 import *
