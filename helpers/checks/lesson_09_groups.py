"""An exercise of lesson 09 as data: advantages within groups."""

import torch

from ..baselines import group_advantages
from .exercise import Case, Exercise, Mistake

__all__ = ["GROUP_ADVANTAGES"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def centred(rewards: torch.Tensor) -> torch.Tensor:
    """The distance of each reward from its group's mean."""
    return rewards - rewards.mean(1, keepdim=True)


def deviation(rewards: torch.Tensor, ddof: int = 0) -> torch.Tensor:
    """The standard deviation of each group, [G, 1]."""
    return (centred(rewards).square().sum(1, keepdim=True) / (rewards.shape[1] - ddof)).sqrt()


def others_mean(rewards: torch.Tensor) -> torch.Tensor:
    """For each answer the mean reward of the other answers in its group."""
    return (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)


def others_deviation(rewards: torch.Tensor) -> torch.Tensor:
    """For each answer the standard deviation of the other answers in its group, by 1/(K - 1)."""
    columns = [
        torch.cat([rewards[:, :k], rewards[:, k + 1 :]], 1).std(1, correction=0)
        for k in range(rewards.shape[1])
    ]
    return torch.stack(columns, 1)


def with_sample_deviation(rewards: torch.Tensor) -> torch.Tensor:
    """The other convention, 1/(K - 1): as right as the reference."""
    return centred(rewards) / (deviation(rewards, 1) + 1e-8)


def whole_batch(rewards: torch.Tensor) -> torch.Tensor:
    """Mean and deviation of all groups together."""
    return (rewards - rewards.mean()) / (rewards.std(correction=0) + 1e-8)


def across(rewards: torch.Tensor, ddof: int = 0) -> torch.Tensor:
    """Standardised down the columns; NaN for a single group with ddof 1."""
    off = rewards - rewards.mean(0)
    return off / ((off.square().sum(0) / (len(rewards) - ddof)).sqrt() + 1e-8)


NO_GUARD = (
    "In a group of equal rewards this is 0/0, NaN: guard the division, for example by 1e-8 added to the std."
)
BATCH_STD = (
    "The std is that of the whole batch here: each group is divided by its own, `dim=1, keepdim=True`."
)
WHOLE = (
    "Mean and std are those of the whole batch: an easy prompt's answers would all be praised. "
    "Take them in each group."
)
ACROSS = "This compares across prompts (dim=0); answers are compared with the others of their group, dim=1."
NO_COLUMN = "Mean and std lie in a row [G] and meet the answers, not the groups, if they fit at all: use `keepdim=True`."
VARIANCE = "This divides by the variance: take its square root, the standard deviation."
NO_STD = "The group's mean is taken off, but the division by the group's standard deviation is missing."
NO_MEAN = "The rewards are divided by their std, but the group's mean is not taken off."
TOO_LARGE = "What is added to the std is too large: it changes the answers; 1e-8 only guards against 0."

BRACKETS = "Only the mean is divided by the std: put brackets round rewards - mean, then divide."
RANGE = "This divides by the range, largest minus smallest: divide by the standard deviation."
ABSOLUTE = "This divides by the mean absolute distance; the standard deviation is the root of the mean squared distance."
TIMES = "The std multiplies here: divide by it."
STD_ROW = "The std is a row [G] and meets the answers, not the groups, if it fits at all: `keepdim=True` for it too."
STD_ACROSS = "The std is taken across prompts (dim=0): each group has its own, `dim=1, keepdim=True`."

GROUP_ADVANTAGES = Exercise(
    reference=group_advantages,
    also_right=(with_sample_deviation,),
    returns="[G, K]: one advantage for each answer",
    tolerance=1e-3,  # of a small number added to the standard deviation, which students choose differently
    cases=(
        Case("one right answer of four", (torch.tensor([[1.0, 0.0, 0.0, 0.0]]),)),
        Case("an easy and a hard prompt", (torch.tensor([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]]),)),
        Case("3 groups of 5 answers", (normal(3, 5, seed=1) * torch.tensor([[1.0], [10.0], [3.0]]) + 4.0,)),
        Case("4 groups of 4 answers, all rewards negative", (2.0 * normal(4, 4, seed=2) - 20.0,)),
        Case("groups of two", (torch.tensor([[3.0, 7.0], [5.0, 1.0]]),)),
        Case(
            "a group of equal rewards, where the answer is 0",
            (torch.tensor([[1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]]),),
        ),
    ),
    mistakes=(
        Mistake(NO_GUARD, lambda rewards: centred(rewards) / deviation(rewards)),
        Mistake(NO_GUARD, lambda rewards: centred(rewards) / deviation(rewards, 1)),
        Mistake(NO_STD, lambda rewards: centred(rewards)),
        Mistake(NO_MEAN, lambda rewards: rewards / (deviation(rewards) + 1e-8)),
        Mistake(NO_MEAN, lambda rewards: rewards / (deviation(rewards, 1) + 1e-8)),
        Mistake(WHOLE, lambda rewards: whole_batch(rewards)),
        Mistake(WHOLE, lambda rewards: (rewards - rewards.mean()) / (rewards.std() + 1e-8)),
        Mistake(BATCH_STD, lambda rewards: centred(rewards) / (rewards.std(correction=0) + 1e-8)),
        Mistake(BATCH_STD, lambda rewards: centred(rewards) / (rewards.std() + 1e-8)),
        Mistake(
            "The mean is that of the whole batch here: each answer is compared with its own group, dim=1.",
            lambda rewards: (rewards - rewards.mean()) / (deviation(rewards) + 1e-8),
        ),
        Mistake(ACROSS, lambda rewards: across(rewards)),
        Mistake(ACROSS, lambda rewards: across(rewards, 1)),
        Mistake(VARIANCE, lambda rewards: centred(rewards) / (deviation(rewards) ** 2 + 1e-8)),
        Mistake(VARIANCE, lambda rewards: centred(rewards) / (deviation(rewards, 1) ** 2 + 1e-8)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards) + 1)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards, 1) + 1)),
        Mistake(
            "The sign is turned round: an answer that is better than its group has a positive advantage.",
            lambda rewards: -centred(rewards) / (deviation(rewards) + 1e-8),
        ),
        Mistake(
            "This is leave-one-out, the reward minus the mean of the others: take the mean of the whole group, and divide by "
            "its std.",
            lambda rewards: rewards - others_mean(rewards),
        ),
        Mistake(
            "The baseline is the mean of the others here: standardising takes the mean of the whole group off.",
            lambda rewards: (rewards - others_mean(rewards)) / (deviation(rewards) + 1e-8),
        ),
        Mistake(
            "This moves each group to the range from 0 to 1; asked for are mean 0 and standard deviation 1.",
            lambda rewards: (
                (rewards - rewards.amin(1, keepdim=True))
                / (rewards.amax(1, keepdim=True) - rewards.amin(1, keepdim=True) + 1e-8)
            ),
        ),
        Mistake(
            "This divides by the length √Σ(R - mean)²; the standard deviation divides the sum of squares by K first.",
            lambda rewards: centred(rewards) / (centred(rewards).norm(dim=1, keepdim=True) + 1e-8),
        ),
        Mistake(
            "A group of equal rewards is handed back as it is; no answer is better than the others, so all become 0.",
            lambda rewards: torch.where(
                deviation(rewards) == 0, rewards, centred(rewards) / deviation(rewards)
            ),
        ),
        Mistake(
            "These are the ranks in the group; the advantages keep how much better an answer is.",
            lambda rewards: rewards.argsort(1).argsort(1).float(),
        ),
        Mistake(
            "This is a softmax, all positive: the advantages of a group have the mean 0.",
            lambda rewards: rewards.softmax(1),
        ),
        Mistake(NO_COLUMN, lambda rewards: (rewards - rewards.mean(1)) / (deviation(rewards)[:, 0] + 1e-8)),
        Mistake(
            NO_COLUMN, lambda rewards: (rewards - rewards.mean(1)) / (deviation(rewards, 1)[:, 0] + 1e-8)
        ),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards, 1) + 0.01)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards) + 0.01)),
        Mistake(
            "The group's median is taken off; standardising takes its mean off.",
            lambda rewards: (
                (rewards - rewards.median(1, keepdim=True).values) / (deviation(rewards, 1) + 1e-8)
            ),
        ),
        Mistake(
            "All groups stand in one row here: return the shape of the rewards, [G, K].",
            lambda rewards: (centred(rewards) / (deviation(rewards) + 1e-8)).flatten(),
        ),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / deviation(rewards, 1).clamp(min=1)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / deviation(rewards).clamp(min=1)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards, 1) + 0.001)),
        Mistake(TOO_LARGE, lambda rewards: centred(rewards) / (deviation(rewards) + 0.001)),
        Mistake(
            BRACKETS, lambda rewards: rewards - rewards.mean(1, keepdim=True) / (deviation(rewards, 1) + 1e-8)
        ),
        Mistake(
            BRACKETS, lambda rewards: rewards - rewards.mean(1, keepdim=True) / (deviation(rewards) + 1e-8)
        ),
        Mistake(
            RANGE, lambda rewards: centred(rewards) / (rewards.amax(1, True) - rewards.amin(1, True) + 1e-8)
        ),
        Mistake(ABSOLUTE, lambda rewards: centred(rewards) / (centred(rewards).abs().mean(1, True) + 1e-8)),
        Mistake(TIMES, lambda rewards: centred(rewards) * deviation(rewards, 1)),
        Mistake(TIMES, lambda rewards: centred(rewards) * deviation(rewards)),
        Mistake(STD_ROW, lambda rewards: centred(rewards) / (deviation(rewards, 1)[:, 0] + 1e-8)),
        Mistake(STD_ROW, lambda rewards: centred(rewards) / (deviation(rewards)[:, 0] + 1e-8)),
        Mistake(STD_ACROSS, lambda rewards: centred(rewards) / (deviation(rewards.T, 1).T + 1e-8)),
        Mistake(STD_ACROSS, lambda rewards: centred(rewards) / (deviation(rewards.T).T + 1e-8)),
        Mistake(
            "Mean and std are those of the others: if the others are all equal this divides by next to nothing. "
            "Take the whole group's.",
            lambda rewards: (rewards - others_mean(rewards)) / (others_deviation(rewards) + 1e-8),
        ),
        Mistake(
            "This divides by the group's mean; standardising divides by its standard deviation.",
            lambda rewards: rewards / rewards.mean(1, keepdim=True) - 1,
        ),
    ),
)
