"""The figures of lesson 07: exact bias and variance, wrong targets, and trainings over several seeds."""

from .lesson_07_exact import best_lambda, noise_of_a_critic, patience, timeout_values
from .lesson_07_runs import coefficients, endless, first_arrivals, maze_maps, pendulum

__all__ = [
    "best_lambda",
    "coefficients",
    "endless",
    "first_arrivals",
    "maze_maps",
    "noise_of_a_critic",
    "patience",
    "pendulum",
    "timeout_values",
]
