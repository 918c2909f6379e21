"""Lesson 00: right answers in other styles, which the checks must accept."""

import functools
import math

import numpy as np
import torch


def loop(rewards):
    total = 0.0
    for reward in rewards:
        total += reward.item()
    return total


def backwards(rewards):
    later = torch.zeros(())
    for reward in reversed(rewards):
        later = reward + later
    return later


def recursive(rewards):
    return rewards[0] + recursive(rewards[1:]) if len(rewards) else 0.0


class Adder:
    def __call__(self, rewards):
        return torch.einsum("t->", rewards)


RIGHT = {
    "episode_return": [
        lambda rewards: rewards.sum(),
        lambda rewards: sum(rewards),
        lambda rewards: np.sum(rewards.numpy()),
        lambda rewards: rewards.double() @ torch.ones(len(rewards), dtype=torch.float64),
        lambda rewards: rewards.flip(0).cumsum(0)[-1],
        loop,
        backwards,
        recursive,
        Adder(),
        lambda rewards: math.fsum(rewards.tolist()),
        lambda rewards: functools.reduce(lambda total, reward: total + reward, rewards),
        lambda rewards: rewards.double().mean() * len(rewards),
        lambda rewards: np.float64(rewards.numpy().astype(np.float64).cumsum()[-1]),
    ]
}
