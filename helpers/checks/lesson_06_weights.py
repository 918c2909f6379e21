"""Two exercises of lesson 06 as data: returns standardised in a batch, rewards shaped by a potential."""

import torch

from ..baselines import standardize
from ..returns import potential_shaping
from .exercise import Case, Exercise, Mistake

__all__ = ["POTENTIAL_SHAPING", "STANDARDIZE"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def centred(x: torch.Tensor) -> torch.Tensor:
    """The distance of each entry from the mean."""
    return x - x.mean()


def deviation(x: torch.Tensor, ddof: int = 0) -> torch.Tensor:
    """The standard deviation; NaN for a single entry with ddof 1."""
    return centred(x).square().sum().div(len(x) - ddof).sqrt()


def standardize_with_sample_deviation(x: torch.Tensor) -> torch.Tensor:
    """The other convention, 1/(B - 1): as right as the reference."""
    return torch.zeros_like(x) if len(x) == 1 else centred(x) / (deviation(x, 1) + 1e-8)


NO_GUARD = "Equal entries have a standard deviation of 0, and 0/0 is NaN: guard it, for example by adding 1e-8 to it."

STANDARDIZE = Exercise(
    reference=standardize,
    also_right=(standardize_with_sample_deviation,),
    returns="[B]: one number for each entry",
    tolerance=1e-4,  # of a small number added to the standard deviation, which students choose differently
    cases=(
        Case("1, 2, 4, 5", (torch.tensor([1.0, 2.0, 4.0, 5.0]),)),
        Case("returns around 100", (100.0 + 3.0 * normal(5, seed=1),)),
        Case("returns that are all negative", (-50.0 + 10.0 * normal(6, seed=2),)),
        Case("a batch of 30", (8.0 * normal(30, seed=3) + 4.0,)),
        Case("two entries", (torch.tensor([3.0, 7.0]),)),
        Case("equal entries, where the answer is 0", (torch.full((4,), 3.0),)),
        Case("a single entry, where the answer is 0", (torch.tensor([5.0]),)),
    ),
    mistakes=(
        Mistake(NO_GUARD, lambda x: centred(x) / deviation(x)),
        Mistake(NO_GUARD, lambda x: centred(x) / deviation(x, 1)),
        Mistake(NO_GUARD, lambda x: torch.zeros_like(x) if len(x) == 1 else centred(x) / deviation(x, 1)),
        Mistake(
            "One entry has no sample standard deviation: `.std()` divides by B - 1 = 0, and NaN spreads to every weight.",
            lambda x: centred(x) / (deviation(x, 1) + 1e-8),
        ),
        Mistake(
            "The mean is taken off, but the division by the standard deviation is missing.",
            centred,
        ),
        Mistake(
            "The entries are divided by their standard deviation, but their mean is not taken off.",
            lambda x: x / (deviation(x) + 1e-8),
        ),
        Mistake(
            "The entries are divided by their standard deviation, but their mean is not taken off.",
            lambda x: x / (deviation(x, 1) + 1e-8),
        ),
        Mistake(
            "This divides by the variance: take its square root, the standard deviation.",
            lambda x: centred(x) / (deviation(x) ** 2 + 1e-8),
        ),
        Mistake(
            "This divides by the variance: take its square root, the standard deviation.",
            lambda x: centred(x) / (deviation(x, 1) ** 2 + 1e-8),
        ),
        Mistake(
            "What is added to the standard deviation is too large: 1 changes every answer, 1e-8 only guards against 0.",
            lambda x: centred(x) / (deviation(x) + 1),
        ),
        Mistake(
            "What is added to the standard deviation is too large: 1 changes every answer, 1e-8 only guards against 0.",
            lambda x: torch.zeros_like(x) if len(x) == 1 else centred(x) / (deviation(x, 1) + 1),
        ),
        Mistake(
            "The sign is turned round: an entry above the mean must stay positive.",
            lambda x: -centred(x) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "This moves the entries to the range from 0 to 1; asked for are mean 0 and standard deviation 1.",
            lambda x: (x - x.min()) / (x.max() - x.min()),
        ),
        Mistake(
            "This moves the entries to the range from 0 to 1; asked for are mean 0 and standard deviation 1.",
            lambda x: (x - x.min()) / (x.max() - x.min() + 1e-8),
        ),
        Mistake(
            "The mean is taken off, but then the range divides: divide by the standard deviation.",
            lambda x: centred(x) / (x.max() - x.min() + 1e-8),
        ),
        Mistake(
            "This divides by the spread around 0; the standard deviation is the spread around the mean.",
            lambda x: centred(x) / (x.square().mean().sqrt() + 1e-8),
        ),
        Mistake(
            "This divides by the mean absolute distance from the mean; the standard deviation squares the distances.",
            lambda x: centred(x) / (centred(x).abs().mean() + 1e-8),
        ),
        Mistake(
            "The median is taken off; standardising takes the mean off.",
            lambda x: (x - x.median()) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "This divides by the length √Σ(x - mean)²; the standard deviation divides the sum of squares by B first.",
            lambda x: centred(x) / (centred(x).norm() + 1e-8),
        ),
        Mistake(
            "A single entry is handed back as it is; it equals its mean, so it becomes 0.",
            lambda x: x if len(x) == 1 else centred(x) / (deviation(x) + 1e-8),
        ),
        Mistake(
            "A batch of equal entries is handed back as it is; each equals the mean, so all become 0.",
            lambda x: x if deviation(x) == 0 else centred(x) / deviation(x),
        ),
        Mistake(
            "The entries are divided by their sum: asked for are mean 0 and standard deviation 1.",
            lambda x: x / x.sum(),
        ),
    ),
)


def shaped(rewards, potentials, before: float, after: float) -> torch.Tensor:
    """R + after Φ(S') + before Φ(S)."""
    return rewards + after * potentials[1:] + before * potentials[:-1]


def powers(rewards, gamma: float) -> torch.Tensor:
    """1, γ, γ², ..., [T]."""
    return gamma ** torch.arange(len(rewards), dtype=torch.float32)


def ended(potentials: torch.Tensor) -> torch.Tensor:
    """The potentials with the last one set to 0."""
    return torch.cat([potentials[:-1], torch.zeros(1)])


def backward(rewards, gamma: float) -> torch.Tensor:
    """The discounted return from each step on, [T]."""
    return torch.stack([(rewards[t:] * powers(rewards[t:], gamma)).sum() for t in range(len(rewards))])


POTENTIAL_SHAPING = Exercise(
    reference=potential_shaping,
    returns="[T]: one reward for each step",
    cases=(
        Case(
            "three steps to a goal",
            (torch.tensor([0.0, 0.0, 1.0]), torch.tensor([-0.3, -0.2, -0.1, 0.0]), 0.9),
        ),
        Case("random rewards and potentials", (normal(5, seed=4), normal(6, seed=5), 0.5)),
        Case("no discount, gamma = 1", (normal(4, seed=6), normal(5, seed=7), 1.0)),
        Case("gamma = 0", (normal(3, seed=8), normal(4, seed=9), 0.0)),
        Case(
            "an episode cut short, whose last potential is not 0",
            (torch.ones(2), torch.tensor([1.0, 2.0, 4.0]), 0.8),
        ),
        Case("a single step", (torch.tensor([2.0]), torch.tensor([3.0, 5.0]), 0.9)),
        Case("a step back", (torch.zeros(4), torch.tensor([1.0, 2.0, 1.0, 2.0, 3.0]), 0.9)),
    ),
    mistakes=(
        Mistake(
            "γ is missing: the potential of the next state comes one step later, so it is discounted, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -1, 1),
        ),
        Mistake(
            "γ is missing and the sign is turned round: it is γΦ(s') - Φ(s), what the step has gained.",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 1, -1),
        ),
        Mistake(
            "The sign is turned round: a step to a higher potential gains, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 1, -gamma),
        ),
        Mistake(
            "γ stands at the wrong potential: the next state's is discounted, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -gamma, 1),
        ),
        Mistake(
            "γ multiplies both potentials: only the next state's comes one step later, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -gamma, gamma),
        ),
        Mistake(
            "The potential of the present state is not taken off: Φ would be paid again and again, at every step.",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 0, gamma),
        ),
        Mistake(
            "The potential of the present state is not taken off (and γ is missing): it is γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 0, 1),
        ),
        Mistake(
            "The present state's potential is paid; shaping pays what a step gains, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 1, 0),
        ),
        Mistake(
            "The next state's potential is missing: a step pays γΦ(s') and costs Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -1, 0),
        ),
        Mistake(
            "Both potentials are added; the present state's is taken off, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, 1, gamma),
        ),
        Mistake(
            "The absolute difference pays for going back too, so that a dance on the spot earns for ever: leave `abs` out.",
            lambda rewards, potentials, gamma: rewards + (gamma * potentials[1:] - potentials[:-1]).abs(),
        ),
        Mistake(
            "The absolute difference pays for going back too, and γ is missing: it is γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: rewards + (potentials[1:] - potentials[:-1]).abs(),
        ),
        Mistake(
            "The rewards are missing: what the potential gives comes on top of them.",
            lambda rewards, potentials, gamma: gamma * potentials[1:] - potentials[:-1],
        ),
        Mistake(
            "The last potential is set to 0; here it is used as given, for the episode may have been cut short.",
            lambda rewards, potentials, gamma: shaped(rewards, ended(potentials), -1, gamma),
        ),
        Mistake(
            "The reward is discounted as well: only the next state's potential is, R + γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: gamma * rewards + gamma * potentials[1:] - potentials[:-1],
        ),
        Mistake(
            "γ multiplies the reward and all: only the next state's potential is discounted.",
            lambda rewards, potentials, gamma: gamma * shaped(rewards, potentials, -1, 1),
        ),
        Mistake(
            "The hint is discounted with γ^t on top; the return will discount each shaped reward later.",
            lambda rewards, potentials, gamma: (
                rewards + powers(rewards, gamma) * (gamma * potentials[1:] - potentials[:-1])
            ),
        ),
        Mistake(
            "These are returns of the shaped rewards; asked for are the shaped rewards themselves.",
            lambda rewards, potentials, gamma: backward(shaped(rewards, potentials, -1, gamma), gamma),
        ),
        Mistake(
            "This is one number: shaping gives one reward for each step.",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -1, gamma).sum(),
        ),
        Mistake(
            "The potentials are shifted the wrong way: `potentials[t]` belongs to the state before step t, "
            "`potentials[t + 1]` to the one after it.",
            lambda rewards, potentials, gamma: rewards + gamma * potentials[:-1] - potentials[:-1].roll(1),
        ),
    ),
)
