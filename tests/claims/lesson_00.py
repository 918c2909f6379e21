"""What lesson 00 says of the agent that learns while you look on."""

import functools

import gymnasium as gym
from claims import claim, definitions

from helpers import play, train


@functools.cache
def trained(seed: int):
    """The policy of one agent, and the history of its training."""
    policy, learner = definitions("00").agent(seed)
    return policy, train(learner, target=475, window=100, progress=False)


@claim("00", "the mean return of the last $100$ episodes grows to 475, which counts as solved", cheap=True)
def ppo_solves_cartpole(seed: int) -> float:
    """The share of the limit of a million steps that is left when the mean return of 100 episodes has stayed at 475."""
    history = trained(seed)[1]
    return 1 - history.steps / 1_000_000 if history.ended_by == "target" else -1.0


@claim("00", "A trained agent balances the pole, animated.", cheap=True)
def the_trained_agent_balances(seed: int) -> float:
    """Steps of an episode of the trained agent beyond 400; an episode has at most 500."""
    return len(play(gym.make("CartPole-v1"), trained(seed)[0], seed=seed)) - 400
