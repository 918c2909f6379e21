"""What lesson 08 says of trained runs: how a batch is used, what a step costs, and PPO beside A2C."""

import functools

import numpy as np
from claims import claim, definitions

from helpers import actor_critic, ppo, train
from helpers.figures.curves import mean_return_at

LESSON = definitions("08")
MANY, PIECES, FEW, FREE = LESSON.uses


@functools.cache
def cartpole(use: str, seed: int):
    """A training of PPO on CartPole: to the lesson's target where a claim counts steps, else as far as the lesson draws."""
    limits = LESSON.goal | {"max_steps": 250_000} if use in (MANY, FEW) else LESSON.batches
    settings = LESSON.on_cartpole | LESSON.uses[use]
    learner = ppo(*LESSON.agent("CartPole-v1", 32, seed), seed=seed, **settings)
    return train(learner, progress=False, **limits)


@functools.cache
def a2c_on_cartpole(n_envs: int, seed: int):
    """A training of A2C on CartPole, up to the lesson's target, or to a cost at which the claims are settled."""
    learner = actor_critic(*LESSON.agent("CartPole-v1", n_envs, seed), seed=seed, **LESSON.slower)
    return train(learner, progress=False, **(LESSON.goal | {"max_steps": 400_000}))


def at_the_end(history, steps: int = 60_000) -> float:
    """Mean return of the last 50 episodes that are over after so many steps: the end of a line in 8.7."""
    return float(mean_return_at(history, np.array([steps]), 50)[0])


@claim("08", "With 16 gradient steps on each batch PPO learns faster than with 4.")
def sixteen_steps_learn_faster_than_four(seed: int) -> float:
    """Mean return at 60,000 steps: four passes (16 gradient steps) less one pass (4)."""
    return at_the_end(cartpole(MANY, seed)) - at_the_end(cartpole(FEW, seed))


@claim(
    "08",
    """One pass of 16 smaller steps is faster than one pass of 4 steps, too, although it uses no row twice.""",
)
def sixteen_steps_without_reuse_learn_faster_than_four(seed: int) -> float:
    """Mean return at 60,000 steps: one pass in small minibatches less one pass in large ones."""
    return at_the_end(cartpole(PIECES, seed)) - at_the_end(cartpole(FEW, seed))


@claim("08", "With 4 steps PPO reaches $475$ as well, only later.")
def four_steps_arrive_later(seed: int) -> float:
    """Thousands of steps to 475: how much later than four passes, and how far below the limit of 250."""
    four = cartpole(FEW, seed)
    return min(four.steps - cartpole(MANY, seed).steps, 250_000 - four.steps) / 1000


@claim("08", "Without the clip one update moves the policy more than ten times as far in KL.")
def without_the_clip_an_update_goes_far(seed: int) -> float:
    """Median KL of an update: how many times as far as with the clip, less 10."""
    clipped = cartpole(MANY, seed).losses("approx_kl")[: len(cartpole(FREE, seed))]
    return float(cartpole(FREE, seed).losses("approx_kl").median() / clipped.median()) - 10


@claim(
    "08",
    "Then the next batch may come from a policy that has lost what it could do.",
)
def without_the_clip_it_is_behind(seed: int) -> float:
    """Mean return at 60,000 steps: four passes with the clip less four passes without it."""
    return at_the_end(cartpole(MANY, seed)) - at_the_end(cartpole(FREE, seed))


@claim(
    "08",
    "With 8 environments A2C needs at most two thirds of the environment steps that it needs with 128.",
)
def small_batches_save_steps(seed: int) -> float:
    """Steps to 475 with 128 environments as multiples of those with 8, less 1.5."""
    return a2c_on_cartpole(128, seed).steps / a2c_on_cartpole(8, seed).steps - 1.5


@claim("08", "PPO needs several times fewer steps than A2C with 128 environments.")
def ppo_needs_fewer_steps_than_a2c_with_large_batches(seed: int) -> float:
    """Steps to 475 of A2C with 128 environments as multiples of PPO's, less 3."""
    return a2c_on_cartpole(128, seed).steps / cartpole(MANY, seed).steps - 3


@claim("08", "Most of that lead is the size of A2C's batch.")
def most_of_the_lead_is_the_batch(seed: int) -> float:
    """Thousands of steps to 475: what A2C saves with 8 environments, less what it still needs more than PPO."""
    large, small = (a2c_on_cartpole(n_envs, seed).steps for n_envs in (128, 8))
    return ((large - small) - (small - cartpole(MANY, seed).steps)) / 1000


@claim("08", "fewer environment steps go with more gradient steps.")
def small_batches_take_more_gradient_steps(seed: int) -> float:
    """Gradient steps to 475 of A2C with 8 environments as multiples of those with 128, less 1."""
    return len(a2c_on_cartpole(8, seed)) / len(a2c_on_cartpole(128, seed)) - 1
