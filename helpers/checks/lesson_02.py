"""The exercises of lesson 02: log-probabilities of four families, and a sample as a function of its noise."""

from .lesson_02_beta import BETA
from .lesson_02_gaussian import GAUSSIAN
from .lesson_02_mixture import MIXTURE
from .lesson_02_sample import SAMPLE
from .lesson_02_softmax import SOFTMAX

__all__ = ["EXERCISES"]

EXERCISES = (SOFTMAX, GAUSSIAN, MIXTURE, BETA, SAMPLE)
