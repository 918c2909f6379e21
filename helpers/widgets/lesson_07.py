"""The widgets of lesson 07: actor-critic."""

from ..envs import make_envs
from ..learners import actor_critic
from ..learning_curve import learning_curve
from ..live_training import LiveTraining
from ..policies import CategoricalPolicy, ValueFunction
from .lesson_07_map import critic_map, maze_world, watch_critic
from .lesson_07_mixer import courier_world, gae_mixer, gradient_error, mixing_weights

__all__ = [
    "cartpole_actor_critic",
    "courier_world",
    "critic_map",
    "gae_mixer",
    "gradient_error",
    "live_actor_critic",
    "maze_world",
    "mixing_weights",
    "watch_critic",
]


def cartpole_actor_critic(seed: int = 0):
    """Actor-critic on CartPole, 32 environments in blocks of 32 steps: a learner with everything of its own."""
    envs, policy = make_envs("CartPole-v1", 32, seed=seed), CategoricalPolicy(4, 2, seed=seed)
    critic = ValueFunction(4, seed=seed + 1)
    settings = {"n_steps": 32, "gamma": 0.98, "lam": 0.95, "reward_scale": 0.05, "critic_lr": 0.01}
    return actor_critic(envs, policy, critic, seed=seed, rescale=lambda advantages: advantages, **settings)


def live_actor_critic() -> LiveTraining:
    """Actor-critic learns CartPole while you look on: Run, Pause, Step (32 steps of 32 environments) and Stop."""
    curve = learning_curve("Actor-critic on CartPole, block by block", target=475, max_steps=250_000)
    return LiveTraining(cartpole_actor_critic, curve, target=475)
