"""Lesson 00: wrong answers that a newcomer gives from the exercise's text alone."""

import torch


def assigns_instead_of_adding(rewards):
    total = 0.0
    for reward in rewards:
        total = reward
    return total


def returns_inside_the_loop(rewards):
    total = 0.0
    for reward in rewards:
        total += reward
        return total


def starts_at_one(rewards):
    total = 0.0
    for step in range(1, len(rewards)):
        total += rewards[step]
    return total


def stops_one_early(rewards):
    total = 0.0
    for step in range(len(rewards) - 1):
        total += rewards[step]
    return total


def adds_the_indices(rewards):
    total = 0
    for step, _ in enumerate(rewards):
        total += step
    return total


def discounts_in_a_loop(rewards):
    total, weight = 0.0, 1.0
    for reward in rewards:
        total += weight * reward
        weight *= 0.9
    return total


WRONG = {
    "episode_return": [
        lambda rewards: rewards.mean(),
        lambda rewards: rewards.sum() / len(rewards),
        assigns_instead_of_adding,
        returns_inside_the_loop,
        starts_at_one,
        stops_one_early,
        adds_the_indices,
        discounts_in_a_loop,
        lambda rewards: sum(0.99**t * reward for t, reward in enumerate(rewards)),
        lambda rewards: rewards.cumsum(0),
        lambda rewards: rewards.flip(0).cumsum(0).flip(0),
        lambda rewards: len(rewards),
        lambda rewards: rewards.sum(0, keepdim=True),
        lambda rewards: int(rewards.sum()),
        lambda rewards: -rewards.sum(),
        lambda rewards: rewards[rewards > 0].sum(),
        lambda rewards: (rewards > 0).sum(),
        lambda rewards: sum(set(rewards.tolist())),
        lambda rewards: rewards.max(),
        lambda rewards: rewards.median(),
        lambda rewards: (rewards**2).sum(),
        lambda rewards: rewards.float().norm(),
        lambda rewards: rewards.sum,
        lambda rewards: print(end=""),
        lambda rewards: rewards,
        lambda rewards: torch.sum(rewards > 0),
        lambda rewards: rewards.sum() + 1,
        lambda rewards: rewards.prod(),
    ]
}

TOLD = {}
