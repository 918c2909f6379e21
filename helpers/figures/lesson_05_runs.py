"""The figures of lesson 05 that show real runs: curves of five seeds and more, each with its band.

Sentences here hold no trained number: trained results differ between machines in their last digits.
"""

import numpy as np
import torch

from ..plots import (
    CRITIC,
    POLICY,
    REWARD,
    SECONDARY,
    TRUTH_LINE,
    Shown,
    new_figure,
    show,
    text_colour,
)
from .curves import BAND, banded_curve, named_curve, updates_of

__all__ = [
    "cartpole_from_returns",
    "cloned_or_not",
    "episodes_needed",
    "nothing_or_something_to_learn",
    "stand_still_or_climb",
]


def cartpole_from_returns(returns: torch.Tensor, losses: torch.Tensor) -> Shown:
    """Mean return and surrogate loss of each update, both [seeds, U]."""
    figure, (left, right) = new_figure(
        "CartPole learned from returns alone, while the loss goes up",
        xlabel="update (64 episodes each)",
        ylabel=["mean return of an update", "surrogate loss"],
        columns=2,
    )
    left.axhline(500, **TRUTH_LINE)
    left.annotate("longest episode", (1, 500), (0, 3), textcoords="offset points", va="bottom")
    banded_curve(left, updates_of(returns), returns, POLICY, linewidth=2)
    banded_curve(right, updates_of(losses), losses, CRITIC, linewidth=2)
    left.set_ylim(0, 570)
    right.set_ylim(0, None)
    return show(
        figure,
        f"Left the return, which should rise and does; right the loss, which an optimiser is told to lower, and which rises. "
        f"{BAND.format(len(returns))}",
    )


def cloned_or_not(
    scratch: torch.Tensor, hasty: torch.Tensor, gentle: torch.Tensor, teacher: torch.Tensor
) -> Shown:
    """Mean return of each update, [seeds, U]: from scratch, and from a clone with large and with small steps.

    Args:
        scratch, hasty, gentle: float [seeds, U]; U may differ.
        teacher: [E], the returns of the teacher's episodes.
    """
    figure, ax = new_figure(
        "A clone starts far ahead; large steps forget what it knows, small ones build on it",
        xlabel="update of the policy gradient (64 episodes each)",
        ylabel="mean return of an update",
    )
    lasted = teacher.double()
    ax.axhline(lasted.mean(), **TRUTH_LINE)
    ax.text(1.01, lasted.mean(), "teacher", va="center", transform=ax.get_yaxis_transform())
    named_curve(ax, updates_of(scratch), scratch, SECONDARY, "from scratch", at=6.8, above=-31)
    named_curve(ax, updates_of(hasty), hasty, CRITIC, "cloned, hasty", at=3.6, above=-22)
    named_curve(ax, updates_of(gentle), gentle, POLICY, "cloned, gentle", at=6.0, above=34)
    ax.set_ylim(0, None)
    return show(
        figure,
        f"Dashed: the teacher, {lasted.mean():.0f} over {len(lasted)} episodes, standard error "
        f"{lasted.std() / len(lasted) ** 0.5:.0f}; the clone plays better before it has seen any reward. Hasty: large steps, "
        f"nothing centred; gentle: smaller ones, centred. {BAND.format(len(scratch))}",
    )


def nothing_or_something_to_learn(
    drift: torch.Tensor, returns: torch.Tensor, known: dict[str, float]
) -> Shown:
    """Left the probability of one item for agents whose rewards ignore it [agents, U], right clicks [seeds, U]."""
    figure, (left, right) = new_figure(
        "Rewards that ignore the action teach nothing; users with tastes teach a lot",
        xlabel=["update", "update (128 sessions each)"],
        ylabel=["probability of item 0", "clicks in a session"],
        columns=2,
    )
    left.plot(updates_of(drift), drift.T, color=SECONDARY, linewidth=0.9)
    left.axhline(0.2, **TRUTH_LINE)
    left.set_ylim(0, 1)
    left.set_title("rewards ignore the action", fontsize=10, loc="left")
    banded_curve(right, updates_of(returns), returns, POLICY, linewidth=2)
    for name, value in known.items():
        right.axhline(value, **TRUTH_LINE)
        place = {"optimal": "center", "myopic": "bottom"}.get(name, "top")
        right.text(1.02, value, f"{name}\n{value:.2f}", va=place, transform=right.get_yaxis_transform())
    right.set_ylim(min(known.values()) - 0.35, max(known.values()) + 0.4)
    right.set_title("the recommender", fontsize=10, loc="left")
    said = ", ".join(f"{name} {value:.2f}" for name, value in known.items())
    return show(
        figure,
        f"Left: {len(drift)} agents, each line one; they wander, for nothing they do matters. Right: REINFORCE, nothing "
        f"centred, beside exact values, {said}. {BAND.format(len(returns))}",
    )


def stand_still_or_climb(runs: dict[str, torch.Tensor]) -> Shown:
    """Mean return of each update, [seeds, U] each, of ways to collect experience on the mountain."""
    figure, ax = new_figure(
        "From single episodes the car learns to stand still; held pushes find the flag",
        xlabel="update",
        ylabel="mean return of an update",
    )
    ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
    longest = max(values.shape[1] for values in runs.values())
    ax.text(longest, 2, "standing still: 0", ha="right", va="bottom", color=SECONDARY)
    styles = ((CRITIC, {"at": 9.0, "above": -30}), (REWARD, {}), (POLICY, {}))
    for (name, values), (colour, place) in zip(runs.items(), styles, strict=True):
        named_curve(ax, updates_of(values), values, colour, name, **place)
    ax.set(ylim=(-92, 105), xticks=range(2, longest + 1, 2))
    return show(figure, f"The flag pays 100, each push costs. {BAND.format(len(next(iter(runs.values()))))}")


def episodes_needed(
    returns: torch.Tensor, scores: list[torch.Tensor], noises: dict[str, list[float]], updates_of_dqn: int
) -> Shown:
    """Left learning curves over the episodes, a line for each seed; right the noise of one gradient, a dot each.

    Args:
        returns: float [seeds, U], mean return of each update of REINFORCE, 64 episodes each.
        scores: for each seed float [E], the return of every episode of DQN.
        noises: name -> for each seed the deviation of one gradient, in lengths of its mean.
        updates_of_dqn: gradient steps behind the scores.
    """
    figure, (left, right) = new_figure(
        "DQN climbs after fewer episodes, and its first gradients are calmer",
        xlabel=["episodes (log scale)", ""],
        ylabel=["mean return", "noise / length of the gradient (log)"],
        columns=2,
        width_ratios=[1.5, 1],
    )
    left.plot(64 * updates_of(returns), returns.T, color=POLICY, linewidth=1.2)
    for score in scores:
        means = score.unfold(0, 30, 1).mean(1)
        left.plot(np.arange(30, 30 + len(means)), means, color=CRITIC, linewidth=1.2)
    left.set(xscale="log", xlim=(30, None))
    left.set_xticks([30, 100, 300, 1000], ["30", "100", "300", "1000"])
    left.minorticks_off()
    left.text(0.66, 0.85, "REINFORCE", color=text_colour(POLICY), transform=left.transAxes, ha="right")
    left.text(0.05, 0.45, "DQN, mean of\nthe last 30", color=text_colour(CRITIC), transform=left.transAxes)
    for place, (values, colour) in enumerate(zip(noises.values(), (POLICY, POLICY, CRITIC), strict=True)):
        right.plot([place] * len(values), values, "o", color=colour)
    right.set(yscale="log", xlim=(-0.6, len(noises) - 0.4))
    right.set_xticks(range(len(noises)), list(noises), fontsize=8)
    right.axhline(1.0, color=SECONDARY, linewidth=0.8)
    return show(
        figure,
        f"{len(scores)} seeds, a line or a dot each. Left: CartPole; DQN's lines end after {updates_of_dqn} gradient steps, "
        f"those of REINFORCE after {returns.shape[1]}. Right, both before any learning: how far one gradient estimate lies from "
        f"its mean, in lengths of that mean (DQN's gradient is that of its squared TD error, not of J).",
    )
