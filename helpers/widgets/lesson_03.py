"""The widgets of lesson 03: differentiate an average that can only be sampled."""

from .lesson_03_differences import difference_quality, finite_differences, sampled_slopes, slope
from .lesson_03_field import field_step, score_field

__all__ = ["difference_quality", "field_step", "finite_differences", "sampled_slopes", "score_field", "slope"]
