"""The one exercise of lesson 00, a toy: the return of an episode."""

import torch

from ..returns import episode_return
from .exercise import Case, Exercise, Mistake

__all__ = ["EXERCISES"]

RETURN = Exercise(
    reference=episode_return,
    returns="one number",
    cases=(
        Case("three steps of reward 1", (torch.ones(3),)),
        Case("rewards of both signs", (torch.tensor([2.0, 4.0, 0.5, -3.0]),)),
        Case("a reward that comes only at the end", (torch.tensor([0.0, 0.0, 0.0, 10.0]),)),
        Case("a single step", (torch.tensor([-1.5]),)),
        Case("whole numbers as rewards", (torch.tensor([3, -5, 4]),)),
    ),
    mistakes=(
        Mistake(
            "This is the mean reward of a step: a return is the sum over the episode.",
            lambda rewards: rewards.float().mean(),
        ),
        Mistake("This is the last reward: a return adds up all of them.", lambda rewards: rewards[-1]),
        Mistake("This is the first reward: a return adds up all of them.", lambda rewards: rewards[0]),
        Mistake(
            "The last reward is left out: the sum runs over every step.",
            lambda rewards: rewards[:-1].sum(),
        ),
        Mistake(
            "The first reward is left out: the sum runs over every step.", lambda rewards: rewards[1:].sum()
        ),
        Mistake("This is the largest reward: a return adds up all of them.", lambda rewards: rewards.max()),
        Mistake(
            "This counts the steps, which is the return only where every reward is 1: add up the rewards.",
            lambda rewards: len(rewards),
        ),
        Mistake(
            "This is the sum so far at each step: the return is the last of these.",
            lambda rewards: rewards.cumsum(0),
        ),
        Mistake(
            "The sign of the rewards is lost: a punishment lowers the return.",
            lambda rewards: rewards.abs().sum(),
        ),
        Mistake(
            "The rewards are discounted here (by 0.99): this return is undiscounted.",
            lambda rewards: (0.99 ** torch.arange(len(rewards)) * rewards).sum(),
        ),
        Mistake("The rewards are multiplied here: add them up.", lambda rewards: rewards.prod()),
    ),
)

EXERCISES = (RETURN,)
