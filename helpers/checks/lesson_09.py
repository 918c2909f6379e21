"""The exercises of lesson 09: what is left when the critic goes away."""

from .lesson_09_groups import GROUP_ADVANTAGES
from .lesson_09_leash import KL_PENALTY
from .lesson_09_loss import GRPO_LOSS
from .lesson_09_tokens import MASKED_MEAN

__all__ = ["EXERCISES"]

EXERCISES = (GROUP_ADVANTAGES, KL_PENALTY, MASKED_MEAN, GRPO_LOSS)
