"""The figures of lesson 08: exact ratios, clips and estimates of a KL, and trainings over several seeds."""

from .lesson_08_exact import clip_cases, clipped_hill, kl_estimators, ratio_products, trust_region
from .lesson_08_runs import ends_falls_and_moves, pendulum_race, price_of_a_step, reuse_of_a_batch

__all__ = [
    "clip_cases",
    "clipped_hill",
    "ends_falls_and_moves",
    "kl_estimators",
    "pendulum_race",
    "price_of_a_step",
    "ratio_products",
    "reuse_of_a_batch",
    "trust_region",
]
