"""Two exercises of lesson 09 as data: advantages within groups, and the leash to the reference."""

import torch

from ..baselines import group_advantages
from ..token_losses import kl_penalty
from .exercise import Case, Exercise, Mistake

__all__ = ["GROUP_ADVANTAGES", "KL_PENALTY"]


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
    ),
)


def tokens(*shape: int, seed: int, shift: float = 0.0) -> tuple:
    """Log-probabilities of the same tokens under two policies."""
    log_probs = -normal(*shape, seed=seed).abs() - 0.1
    return log_probs, log_probs + 0.7 * normal(*shape, seed=seed + 50) + shift


def k3_of(away: torch.Tensor) -> torch.Tensor:
    """ρ - 1 - log ρ from log ρ."""
    return away.exp() - 1 - away


UPSIDE_DOWN = "The ratio is upside down: with samples from the policy it is ρ = π_ref/π, `exp(reference_log_probs - log_probs)`."
TINY = "Probabilities as small as exp(-200) round to 0, and 0/0 is NaN: subtract log-probabilities, then take `exp`."
NUMBER = "This is one number: the penalty keeps its tokens, [B, L]; the masked mean comes later."

KL_PENALTY = Exercise(
    reference=kl_penalty,
    returns="[B, L]: one penalty for each token",
    tolerance=1e-4,
    cases=(
        Case(
            "a token twice as likely under the policy, and one half as likely",
            (torch.tensor([[0.4, 0.2]]).log(), torch.tensor([[0.2, 0.4]]).log()),
        ),
        Case("a policy that has not moved", (tokens(2, 3, seed=1)[0],) * 2),
        Case("2 answers of 4 tokens", tokens(2, 4, seed=2)),
        Case("3 answers of 3 tokens, the policy surer than the reference", tokens(3, 3, seed=3, shift=-1.0)),
        Case("a single token", (torch.tensor([[-1.0]]), torch.tensor([[-0.2]]))),
        Case("log-probabilities near -200", (torch.tensor([[-200.0, -2.0]]), torch.tensor([[-200.5, -1.0]]))),
    ),
    mistakes=(
        Mistake(UPSIDE_DOWN, lambda log_probs, reference_log_probs: k3_of(log_probs - reference_log_probs)),
        Mistake(
            TINY,
            lambda log_probs, reference_log_probs: (
                reference_log_probs.exp() / log_probs.exp()
                - 1
                - (reference_log_probs.exp() / log_probs.exp()).log()
            ),
        ),
        Mistake(
            TINY,
            lambda log_probs, reference_log_probs: (
                reference_log_probs.exp() / log_probs.exp() - 1 - (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "This is k1, the plain difference of log-probabilities: unbiased, but single tokens can be negative; k3 adds ρ - 1.",
            lambda log_probs, reference_log_probs: log_probs - reference_log_probs,
        ),
        Mistake(
            "This is log ρ alone: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: reference_log_probs - log_probs,
        ),
        Mistake(
            "This is k2, half the squared log-ratio: close to k3 near ρ = 1, but biased; k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: 0.5 * (log_probs - reference_log_probs) ** 2,
        ),
        Mistake(
            "This is the squared log-ratio: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs) ** 2,
        ),
        Mistake(
            "This is the absolute log-ratio: k3 is (ρ - 1) - log ρ, never negative by itself.",
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs).abs(),
        ),
        Mistake(
            "The sign is turned round: a penalty is never negative.",
            lambda log_probs, reference_log_probs: -k3_of(reference_log_probs - log_probs),
        ),
        Mistake(
            "The -1 is missing: where policy and reference agree, ρ = 1 and the penalty is 0.",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs) + 1,
        ),
        Mistake(
            "- log ρ is missing: ρ - 1 by itself has the mean 0, whatever the two policies are.",
            lambda log_probs, reference_log_probs: (reference_log_probs - log_probs).expm1(),
        ),
        Mistake(
            "log ρ is added where it is to be taken off: (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs).expm1() + (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "This is the ratio ρ itself: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (reference_log_probs - log_probs).exp(),
        ),
        Mistake(
            "The ratio takes the place of its own logarithm here: ρ is `exp` of the difference.",
            lambda log_probs, reference_log_probs: k3_of((reference_log_probs - log_probs).exp()),
        ),
        Mistake(
            "The log-ratio is weighted with the probability, but the samples come from the policy already: do not weigh twice.",
            lambda log_probs, reference_log_probs: log_probs.exp() * (log_probs - reference_log_probs),
        ),
        Mistake(
            "This is PyTorch's `kl_div`, a sum over all tokens there are; here only the sampled ones are known: use k3.",
            lambda log_probs, reference_log_probs: torch.nn.functional.kl_div(
                log_probs, reference_log_probs, log_target=True, reduction="none"
            ),
        ),
        Mistake(
            "ρ and log ρ are turned different ways: both are reference minus policy, `reference_log_probs - log_probs`.",
            lambda log_probs, reference_log_probs: (
                (log_probs - reference_log_probs).expm1() - (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "Log-probabilities are divided here: a ratio of probabilities is a difference of logarithms, then `exp`.",
            lambda log_probs, reference_log_probs: (
                reference_log_probs / log_probs - 1 - (reference_log_probs / log_probs).log()
            ),
        ),
        Mistake(
            NUMBER,
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).mean(),
        ),
        Mistake(
            NUMBER,
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).sum(),
        ),
        Mistake(
            "The tokens are added up, one number for each answer: keep them apart, [B, L].",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).sum(1),
        ),
        Mistake(
            "The tokens are averaged, one number for each answer: keep them apart, [B, L].",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).mean(1),
        ),
        Mistake(
            "The log-ratios of an answer are added up first; the leash is taken token by token.",
            lambda log_probs, reference_log_probs: k3_of((reference_log_probs - log_probs).sum(1)),
        ),
    ),
)
