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
        Mistake(
            "The rewards are discounted here (by 0.9): this return is undiscounted.",
            lambda rewards: (0.9 ** torch.arange(len(rewards)) * rewards).sum(),
        ),
        Mistake("The rewards are multiplied here: add them up.", lambda rewards: rewards.prod()),
        Mistake(
            "This is the sum from each step on: of these, the return of the episode is the first.",
            lambda rewards: rewards.flip(0).cumsum(0).flip(0),
        ),
        Mistake("These are the rewards as they came: add them up.", lambda rewards: rewards),
        Mistake(
            "The sum is right, but in a tensor [1]: one number [] is expected, so leave out `keepdim`.",
            lambda rewards: rewards.sum(0, keepdim=True),
        ),
        Mistake(
            "The sum is cut to a whole number: a return may have digits after the point, so no `int`.",
            lambda rewards: int(rewards.sum()),
        ),
        Mistake(
            "The sign is turned round: a return is earned, not paid, so there is no minus.",
            lambda rewards: -rewards.sum(),
        ),
        Mistake(
            "Only the positive rewards are added here: a punishment counts too.",
            lambda rewards: rewards[rewards > 0].sum(),
        ),
        Mistake(
            "This counts the steps with a positive reward: add up the rewards themselves.",
            lambda rewards: (rewards > 0).sum(),
        ),
        Mistake(
            "A reward that comes twice is added once here, as in a set: every step counts.",
            lambda rewards: sum(set(rewards.tolist())),
        ),
        Mistake(
            "This adds up the step numbers 0, 1, 2, ...: add up the rewards of these steps.",
            lambda rewards: sum(range(len(rewards))),
        ),
        Mistake(
            "This is the reward in the middle, the median: a return adds up all of them.",
            lambda rewards: rewards.median(),
        ),
        Mistake("The rewards are squared here: add them up as they are.", lambda rewards: (rewards**2).sum()),
        Mistake(
            "This is the length (norm) of the vector of rewards: add them up instead.",
            lambda rewards: rewards.float().norm(),
        ),
        Mistake("One is added that no step has paid.", lambda rewards: rewards.sum() + 1),
    ),
)

EXERCISES = (RETURN,)
