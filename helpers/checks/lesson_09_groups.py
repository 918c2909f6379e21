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


def both(sentence: str, made) -> tuple[Mistake, Mistake]:
    """One mistake under either convention of the deviation: made(rewards, deviation [G, 1]) -> the wrong answer."""
    return (
        Mistake(sentence, lambda rewards: made(rewards, deviation(rewards, 1))),
        Mistake(sentence, lambda rewards: made(rewards, deviation(rewards))),
    )


def with_sample_deviation(rewards: torch.Tensor) -> torch.Tensor:
    """The other convention, 1/(K - 1): as right as the reference."""
    rewards = rewards - rewards[:, :1]  # equal rewards are exactly 0 now
    return centred(rewards) / (deviation(rewards, 1) + 1e-8)


def whole_batch(rewards: torch.Tensor) -> torch.Tensor:
    """Mean and deviation of all groups together."""
    return (rewards - rewards.mean()) / (rewards.std(correction=0) + 1e-8)


def across(rewards: torch.Tensor, ddof: int = 0) -> torch.Tensor:
    """Standardised down the columns; NaN for a single group with ddof 1."""
    off = rewards - rewards.mean(0)
    return off / ((off.square().sum(0) / (len(rewards) - ddof)).sqrt() + 1e-8)


ROUNDED = (
    "the mean rounds, and a tiny rest over a tiny deviation is not 0. Take the first reward of the group off first, or "
    "put 0 where all are equal"
)
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
TOO_LARGE = "What guards the std against 0 is too large: it changes the answers; adding 1e-8 is enough."

KEPT = (
    "A group of equal rewards is handed back as it is; no answer is better than the others, so all become 0."
)
FIRST_GROUP = "Mean and std are those of the first group: each group has its own, `dim=1, keepdim=True`."
OTHERS_MEAN = (
    "The baseline is the mean of the others here: standardising takes the mean of the whole group off."
)
SIGN = "The sign is turned round: an answer that is better than its group has a positive advantage."
BATCH_MEAN = "The mean is that of the whole batch here: each answer is compared with its own group, dim=1."
MEDIAN = "The group's median is taken off; standardising takes its mean off."
BY_MEAN = "This divides by the group's mean; standardising divides by its standard deviation."
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
        Case("a group of eight times 0.3, where the answer is 0", (torch.full((1, 8), 0.3),), edge=ROUNDED),
        Case(
            "two groups of three times 3.4, where the answer is 0", (torch.full((2, 3), 3.4),), edge=ROUNDED
        ),
    ),
    mistakes=(
        *both(NO_GUARD, lambda rewards, std: centred(rewards) / std),
        Mistake(NO_STD, centred),
        *both(NO_MEAN, lambda rewards, std: rewards / (std + 1e-8)),
        Mistake(WHOLE, whole_batch),
        Mistake(WHOLE, lambda rewards: (rewards - rewards.mean()) / (rewards.std() + 1e-8)),
        Mistake(BATCH_STD, lambda rewards: centred(rewards) / (rewards.std(correction=0) + 1e-8)),
        Mistake(BATCH_STD, lambda rewards: centred(rewards) / (rewards.std() + 1e-8)),
        *both(BATCH_MEAN, lambda rewards, std: (rewards - rewards.mean()) / (std + 1e-8)),
        Mistake(ACROSS, across),
        Mistake(ACROSS, lambda rewards: across(rewards, 1)),
        *both(VARIANCE, lambda rewards, std: centred(rewards) / (std**2 + 1e-8)),
        *both(SIGN, lambda rewards, std: -centred(rewards) / (std + 1e-8)),
        Mistake(
            "This is leave-one-out, the reward minus the mean of the others: take the mean of the whole group, and divide by "
            "its std.",
            lambda rewards: rewards - others_mean(rewards),
        ),
        *both(OTHERS_MEAN, lambda rewards, std: (rewards - others_mean(rewards)) / (std + 1e-8)),
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
        *both(KEPT, lambda rewards, std: torch.where(std == 0, rewards, centred(rewards) / std)),
        Mistake(
            "These are the ranks in the group; the advantages keep how much better an answer is.",
            lambda rewards: rewards.argsort(1).argsort(1).float(),
        ),
        Mistake(
            "This is a softmax, all positive: the advantages of a group have the mean 0.",
            lambda rewards: rewards.softmax(1),
        ),
        *both(NO_COLUMN, lambda rewards, std: (rewards - rewards.mean(1)) / (std[:, 0] + 1e-8)),
        *both(FIRST_GROUP, lambda rewards, std: (rewards - rewards[0].mean()) / (std[0] + 1e-8)),
        *both(
            MEDIAN,
            lambda rewards, std: (rewards - rewards.median(1, keepdim=True).values) / (std + 1e-8),
        ),
        Mistake(
            "All groups stand in one row here: return the shape of the rewards, [G, K].",
            lambda rewards: (centred(rewards) / (deviation(rewards) + 1e-8)).flatten(),
        ),
        *both(TOO_LARGE, lambda rewards, std: centred(rewards) / (std + 1)),
        *both(TOO_LARGE, lambda rewards, std: centred(rewards) / (std + 0.1)),
        *both(TOO_LARGE, lambda rewards, std: centred(rewards) / (std + 0.01)),
        *both(TOO_LARGE, lambda rewards, std: centred(rewards) / (std + 0.001)),
        *both(TOO_LARGE, lambda rewards, std: centred(rewards) / std.clamp(min=1)),
        *both(BRACKETS, lambda rewards, std: rewards - rewards.mean(1, keepdim=True) / (std + 1e-8)),
        Mistake(
            RANGE, lambda rewards: centred(rewards) / (rewards.amax(1, True) - rewards.amin(1, True) + 1e-8)
        ),
        Mistake(ABSOLUTE, lambda rewards: centred(rewards) / (centred(rewards).abs().mean(1, True) + 1e-8)),
        *both(TIMES, lambda rewards, std: centred(rewards) * std),
        *both(STD_ROW, lambda rewards, std: centred(rewards) / (std[:, 0] + 1e-8)),
        Mistake(STD_ACROSS, lambda rewards: centred(rewards) / (deviation(rewards.T, 1).T + 1e-8)),
        Mistake(STD_ACROSS, lambda rewards: centred(rewards) / (deviation(rewards.T).T + 1e-8)),
        Mistake(
            "Mean and std are those of the others: if the others are all equal this divides by next to nothing. "
            "Take the whole group's.",
            lambda rewards: (rewards - others_mean(rewards)) / (others_deviation(rewards) + 1e-8),
        ),
        Mistake(BY_MEAN, lambda rewards: rewards / rewards.mean(1, keepdim=True) - 1),
        Mistake(BY_MEAN, lambda rewards: centred(rewards) / (rewards.mean(1, keepdim=True) + 1e-8)),
    ),
)
