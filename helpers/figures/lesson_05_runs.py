"""The figures of lesson 05 that show real runs: curves of five seeds and more, each with its band.

Titles are made from the runs and hold their numbers. Sentences hold none, because trained results differ between machines
in their last digits: they say of how many seeds a thing is true.
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
from .curves import BAND, banded_curve, how_many, named_curve, updates_of

__all__ = [
    "cartpole_from_returns",
    "cloned_or_not",
    "copied_for",
    "episodes_needed",
    "nothing_or_something_to_learn",
    "stand_still_or_climb",
]


def cartpole_from_returns(returns: torch.Tensor, losses: torch.Tensor) -> Shown:
    """Mean return and surrogate loss of each update, both [seeds, U]."""
    first, last = returns[:, 0], returns[:, -5:].mean(1)
    low, high = losses[:, 0], losses[:, -5:].mean(1)
    figure, (left, right) = new_figure(
        f"From returns alone: the return goes from {first.mean():.0f} to {last.mean():.0f}, "
        f"the loss from {low.mean():.0f} to {high.mean():.0f}",
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
        f"Left: the return of the last five updates is above 250 for {how_many(last > 250)}. Right: the loss, which the "
        f"optimiser lowers on each batch, more than doubles for {how_many(high > 2 * low)}. {BAND.format(len(returns))}",
    )


def copied_for(copies: dict[int, list[float]], teacher: torch.Tensor) -> Shown:
    """How long clones last, before any reward, against how long they have copied; a dot for each clone.

    Args:
        copies: steps of copying -> the mean return of each clone.
        teacher: [E], the returns of the teacher's episodes.
    """
    lasts, lasted = (
        {steps: torch.tensor(means) for steps, means in copies.items()},
        teacher.double().mean().item(),
    )
    said = ", ".join(f"after {steps} steps {means.mean():.0f}" for steps, means in lasts.items())
    figure, ax = new_figure(
        f"Mean return of the clones: {said}; of their teacher {lasted:.0f}",
        xlabel="steps of copying, before any reward",
        ylabel="mean return",
    )
    ax.axhline(lasted, **TRUTH_LINE)
    ax.text(1.01, lasted, "teacher", va="center", transform=ax.get_yaxis_transform())
    for place, means in enumerate(lasts.values()):
        ax.plot([place] * len(means), means, "o", color=POLICY)
    ax.set_xticks(range(len(lasts)), list(lasts))
    ax.set(
        xlim=(-0.6, len(lasts) - 0.4), ylim=(0, 1.15 * max(means.max().item() for means in lasts.values()))
    )
    better = "; ".join(
        f"after {steps} steps {how_many(means > lasted + 15)}" for steps, means in lasts.items()
    )
    return show(
        figure,
        f"A dot is a clone, sampled over fresh episodes. More than 15 above the teacher: {better}.",
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
        f"The first step takes the clone's return from {hasty[:, 0].mean():.0f} to {hasty[:, 1].mean():.0f}; "
        f"a step a third as long, to {gentle[:, 1].mean():.0f}",
        xlabel="update of the policy gradient (64 episodes each)",
        ylabel="mean return of an update",
    )
    lasted = teacher.double().mean().item()
    ax.axhline(lasted, **TRUTH_LINE)
    ax.text(1.01, lasted, "teacher", va="center", transform=ax.get_yaxis_transform())
    curves = (
        (scratch, SECONDARY, "from scratch"),
        (hasty, CRITIC, "clone"),
        (gentle, POLICY, "clone, small steps"),
    )
    ends = spread([values[:, -1].mean().item() for values, *_ in curves], gap=32.0)
    for (values, colour, name), end in zip(curves, ends, strict=True):
        banded_curve(ax, updates_of(values), values, colour, linewidth=2, alpha=0.12)
        ax.text(values.shape[1] + 0.4, end, name, color=text_colour(colour), va="center")
    ax.set_ylim(0, 520)
    return show(
        figure,
        f"All three climb on plain returns-to-go. The first step costs the clone more than a fifth for "
        f"{how_many(hasty[:, 1] < 0.8 * hasty[:, 0])}; the small step costs less for "
        f"{how_many(gentle[:, 1] > hasty[:, 1])}. {BAND.format(len(scratch))}",
    )


def nothing_or_something_to_learn(
    drift: torch.Tensor, returns: torch.Tensor, known: dict[str, float]
) -> Shown:
    """Left the probability of one item for agents whose rewards ignore it [agents, U], right clicks [seeds, U]."""
    last = returns[:, -10:].mean(1)
    figure, (left, right) = new_figure(
        f"With nothing to learn, item 0 ends between {drift[:, -1].min():.0%} and {drift[:, -1].max():.0%}; "
        f"users with tastes: {last.mean():.2f} clicks",
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
    moved = (drift - 0.2).abs().amax(1) > 0.02
    return show(
        figure,
        f"Left: {len(drift)} agents, each line one; the share of item 0 moves by more than 2% for {how_many(moved)}. Right: "
        f"REINFORCE beside exact values, {said}; above the myopic rule in the last ten updates: "
        f"{how_many(last > known['myopic'])}. {BAND.format(len(returns))}",
    )


def stand_still_or_climb(runs: dict[str, torch.Tensor]) -> Shown:
    """Mean return of each update, [seeds, U] each, of ways to collect experience on the mountain."""
    lone, many, held = (values[:, -4:].mean(1) for values in runs.values())
    begun = next(iter(runs.values()))[:, :4].mean(1)
    said = "; ".join(f"{name} {values[:, -4:].mean():.0f}" for name, values in runs.items())
    figure, ax = new_figure(
        f"Return at the end: {said}",
        xlabel="update",
        ylabel="mean return of an update",
    )
    ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
    longest = max(values.shape[1] for values in runs.values())
    ax.text(longest, 2, "standing still: 0", ha="right", va="bottom", color=SECONDARY)
    for (name, values), colour in zip(runs.items(), (CRITIC, REWARD, POLICY), strict=True):
        named_curve(ax, updates_of(values), values, colour, name)
    ax.set(ylim=(-92, 105), xticks=range(2, longest + 1, 2))
    return show(
        figure,
        f"The flag pays 100, each push costs. From the first four updates to the last four, single episodes earn more for "
        f"{how_many(lone > begun)}, and stay below 0 for {how_many(lone < 0)}. Held pushes end above 50 for "
        f"{how_many(held > 50)}, above free pushes for {how_many(held > many)}. {BAND.format(len(held))}",
    )


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
    means = [score.unfold(0, 30, 1).mean(1) for score in scores]
    first_of_dqn = np.array([30 + passes(mean, 100) for mean in means])
    first = np.array([64 * (1 + passes(mean, 100)) for mean in returns])
    end_of_dqn, end = torch.stack([score[-100:].mean() for score in scores]), returns[:, -5:].mean(1)
    figure, (left, right) = new_figure(
        f"Episodes until the mean is above 100: DQN {np.median(first_of_dqn):.0f}, REINFORCE {np.median(first):.0f}; "
        f"means at the end: {end_of_dqn.mean():.0f} and {end.mean():.0f}",
        xlabel=["episodes (log scale)", ""],
        ylabel=["mean return", "noise / length of the gradient (log)"],
        columns=2,
        width_ratios=[1.5, 1],
    )
    left.plot(64 * updates_of(returns), returns.T, color=POLICY, linewidth=1.2)
    for mean in means:
        left.plot(np.arange(30, 30 + len(mean)), mean, color=CRITIC, linewidth=1.2)
    left.set(xscale="log", xlim=(30, None))
    left.set_xticks([30, 100, 300, 1000], ["30", "100", "300", "1000"])
    left.minorticks_off()
    left.text(0.66, 0.9, "REINFORCE", color=text_colour(POLICY), transform=left.transAxes, ha="right")
    left.text(0.05, 0.45, "DQN, mean of\nthe last 30", color=text_colour(CRITIC), transform=left.transAxes)
    for place, (values, colour) in enumerate(zip(noises.values(), (POLICY, POLICY, CRITIC), strict=True)):
        right.plot([place] * len(values), values, "o", color=colour)
    right.set(yscale="log", xlim=(-0.6, len(noises) - 0.4))
    right.set_xticks(range(len(noises)), list(noises), fontsize=8)
    right.axhline(1.0, color=SECONDARY, linewidth=0.8)
    one, _, of_dqn = (np.array(values) for values in noises.values())
    return show(
        figure,
        f"{len(scores)} seeds, a line or a dot each. Left, CartPole: DQN's lines end after {updates_of_dqn} gradient steps, "
        f"those of REINFORCE after {returns.shape[1]}. DQN's mean is above 100 after fewer episodes for "
        f"{how_many(first_of_dqn < first)}; REINFORCE ends higher for {how_many(end > end_of_dqn)}. Right, before any "
        f"learning: how far one estimate lies from its mean, in lengths of that mean; one episode is more than five times as "
        f"noisy as DQN for {how_many(one > 5 * of_dqn)} (DQN's gradient is that of its squared TD error, not of J).",
    )


def passes(curve: torch.Tensor, level: float) -> float:
    """The place of the first value above a level; infinity where there is none."""
    above = (curve > level).nonzero()
    return above[0].item() if len(above) else float("inf")


def spread(heights: list[float], gap: float) -> list[float]:
    """Heights of labels, moved up where two would lie closer than the gap."""
    places, last = [0.0] * len(heights), -float("inf")
    for place in np.argsort(heights):
        places[place] = last = max(heights[place], last + gap)
    return places
