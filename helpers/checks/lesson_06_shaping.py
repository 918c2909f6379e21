"""An exercise of lesson 06 as data: rewards shaped by a potential."""

import torch

from ..returns import potential_shaping
from .exercise import Case, Exercise, Mistake

__all__ = ["POTENTIAL_SHAPING"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


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
        Mistake(
            "The slices are exchanged: `potentials[1:]` stand after the steps and get γ, `potentials[:-1]` before them.",
            lambda rewards, potentials, gamma: rewards + gamma * potentials[:-1] - potentials[1:],
        ),
        Mistake(
            "The hint multiplies the reward; it is added, or a step without reward would never get one.",
            lambda rewards, potentials, gamma: rewards * (gamma * potentials[1:] - potentials[:-1]),
        ),
        Mistake(
            "Only gains are paid: what is never taken back can be earned again and again, by going to and fro.",
            lambda rewards, potentials, gamma: (
                rewards + (gamma * potentials[1:] - potentials[:-1]).clamp(min=0)
            ),
        ),
        Mistake(
            "Only the sign of the gain is paid: its size must count, or the hints on a way there and back do not cancel.",
            lambda rewards, potentials, gamma: rewards + (gamma * potentials[1:] - potentials[:-1]).sign(),
        ),
        Mistake(
            "The reward is taken off: the hint is added to it.",
            lambda rewards, potentials, gamma: gamma * potentials[1:] - potentials[:-1] - rewards,
        ),
        Mistake(
            "Every step is paid the gain of the whole episode: each gets its own, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: rewards + gamma * potentials[-1] - potentials[0],
        ),
        Mistake(
            "The last step gets no hint: it too goes from one potential to the next.",
            lambda rewards, potentials, gamma: (
                rewards + torch.cat([(gamma * potentials[1:] - potentials[:-1])[:-1], rewards.new_zeros(1)])
            ),
        ),
        Mistake(
            "The first potential is set to 0; all are used as given.",
            lambda rewards, potentials, gamma: shaped(
                rewards, torch.cat([potentials.new_zeros(1), potentials[1:]]), -1, gamma
            ),
        ),
        Mistake(
            "Φ(s) is divided by γ; γ multiplies the next state's potential, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: rewards + potentials[1:] - potentials[:-1] / max(gamma, 1e-9),
        ),
        Mistake(
            "Both potentials are taken off; the next state's is paid, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -1, -gamma),
        ),
        Mistake(
            "There is one potential more than rewards: `potentials[1:]` stand after the steps, `potentials[:-1]` before them.",
            lambda rewards, potentials, gamma: rewards + gamma * potentials - potentials,
        ),
        Mistake(
            "The whole hint is discounted once more: γ belongs to the next state's potential only.",
            lambda rewards, potentials, gamma: rewards + gamma * (gamma * potentials[1:] - potentials[:-1]),
        ),
        Mistake(
            "The next state's potential stands in both places: Φ(s), taken off, is `potentials[:-1]`.",
            lambda rewards, potentials, gamma: rewards + gamma * potentials[1:] - potentials[1:],
        ),
        Mistake(
            "The present state's potential stands in both places: Φ(s'), which is paid, is `potentials[1:]`.",
            lambda rewards, potentials, gamma: rewards + gamma * potentials[:-1] - potentials[:-1],
        ),
        Mistake(
            "0.99 is used whatever `gamma` is given.",
            lambda rewards, potentials, gamma: shaped(rewards, potentials, -1, 0.99),
        ),
        Mistake(
            "Only one step gets its hint: every step gets its own, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: torch.cat(
                [shaped(rewards, potentials, -1, gamma)[:1], rewards[1:]]
            ),
        ),
        Mistake(
            "The last step is paid the gain of the whole episode: each step gets its own, γΦ(s') - Φ(s).",
            lambda rewards, potentials, gamma: torch.cat(
                [rewards[:-1], rewards[-1:] + gamma * potentials[-1] - potentials[0]]
            ),
        ),
    ),
)
