"""Lesson 00: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def loop(rewards):
    total = 0.0
    for reward in rewards:
        total += reward.item()
    return total


RIGHT = {
    "episode_return": [
        lambda rewards: rewards.sum(),
        lambda rewards: sum(rewards),
        lambda rewards: np.sum(rewards.numpy()),
        lambda rewards: rewards.double() @ torch.ones(len(rewards), dtype=torch.float64),
        lambda rewards: rewards.flip(0).cumsum(0)[-1],
        loop,
    ]
}
