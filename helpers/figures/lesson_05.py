"""The figures of lesson 05: here what is exact (variances, γ^t, credit, the loss, old data), beside it what was run."""

from collections.abc import Sequence

import numpy as np
import torch

from ..plots import (
    ADVANTAGE,
    CRITIC,
    POLICY,
    REWARD,
    SAMPLES,
    SECONDARY,
    TRUTH,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
    text_colour,
)
from .lesson_05_runs import (
    cartpole_from_returns,
    cloned_or_not,
    copied_for,
    episodes_needed,
    nothing_or_something_to_learn,
    stand_still_or_climb,
)

__all__ = [
    "backwards_or_twice",
    "cartpole_from_returns",
    "cloned_or_not",
    "copied_for",
    "episodes_needed",
    "first_and_last_credit",
    "loss_and_return",
    "mean_over_steps",
    "nothing_or_something_to_learn",
    "old_data",
    "stand_still_or_climb",
    "two_ascents",
    "variance_of_both_weights",
]


def variance_of_both_weights(total: Sequence, to_go: Sequence, named: dict[str, tuple]) -> Shown:
    """Variance with the total return against variance with reward-to-go, a dot for each world; some with a name."""
    noisier = sum(b > a for a, b in zip(total, to_go, strict=True))
    louder = [name for name, (a, b) in named.items() if b > a] or ["none with a name"]
    figure, ax = new_figure(
        f"Without the past: less variance in {len(total) - noisier} of {len(total)} random worlds, "
        f"more in {' and '.join(louder)}",
        xlabel="variance with the total return (reward², log scale)",
        ylabel="variance with reward-to-go",
    )
    values = [*total, *to_go, *(value for pair in named.values() for value in pair)]
    ends = [min(values) / 1.6, 1.6 * max(values)]
    ax.plot(ends, ends, **TRUTH_LINE)
    ax.text(0.27, 0.97, "above the line: noisier\nwithout the past", va="top", transform=ax.transAxes)
    ax.plot(total, to_go, "o", color=SAMPLES, markersize=5)
    for name, (x, y) in named.items():
        ax.plot(x, y, "D", color=CRITIC, markersize=7)
        ax.annotate(name, (x, y), (-9, 4), textcoords="offset points", ha="right", color=text_colour(CRITIC))
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    said = ", ".join(f"{name} {y:.3f} against {x:.3f}" for name, (x, y) in named.items())
    return show(
        figure,
        f"Exact, so without a band. Dots: {len(total)} random worlds, of which {noisier} are noisier with reward-to-go. "
        f"Diamonds: {said}.",
    )


def backwards_or_twice(lengths: Sequence[int], seconds: dict[str, list[float]]) -> Shown:
    """Measured time of two ways to sum against the length of the episode; the sentence names no time."""
    factors = {name: times[-1] / times[-2] for name, times in seconds.items()}
    measured = ", ".join(f"{name} {factor:.1f} times" for name, factor in factors.items())
    figure, ax = new_figure(
        f"From {lengths[-2]} to {lengths[-1]} steps the time grows: {measured}",
        xlabel="steps in the episode, T (log scale)",
        ylabel="time for all returns (ms, log scale)",
    )
    for (name, times), colour, marker in zip(seconds.items(), (CRITIC, POLICY), "os", strict=True):
        (line,) = ax.plot(lengths, 1000 * np.array(times), marker + "-", color=colour)
        label_line(line, name, at=lengths[1] * 1.2, above=14)
    ax.set(xscale="log", yscale="log", xticks=lengths)
    ax.set_xticks(lengths, [f"{n}" for n in lengths])
    ax.minorticks_off()
    return show(
        figure,
        "Measured on this machine, the fastest of several tries each, log scales. The double sum takes T (T + 1) / 2 products, "
        "a line of slope 2; the way backwards takes T - 1, a line of slope 1.",
    )


def two_ascents(returns: dict[str, list[float]]) -> Shown:
    """J against the number of updates, one line for each gradient that is climbed."""
    figure, ax = new_figure(
        r"Without $\gamma^t$ the policy walks away from what it is meant to maximise",
        xlabel="updates with the exact mean of the estimate",
        ylabel="J, discounted return",
    )
    for (name, path), colour, above in zip(returns.items(), (POLICY, CRITIC), (-22, 6), strict=True):
        (line,) = ax.plot(path, color=colour)
        label_line(line, rf"{name} $\gamma^t$", at=0.6 * len(path), above=above)
    said = ", ".join(
        f"{name} the power of γ from {path[0]:.3f} to {path[-1]:.3f}" for name, path in returns.items()
    )
    return show(figure, f"Exact, nothing is sampled: J goes {said}.")


def first_and_last_credit(gammas: Sequence[float], weights: dict[str, list[torch.Tensor]]) -> Shown:
    """Weights of all actions for a goal at the end of an episode, one line for each γ, with and without γ^t."""
    figure, axes = new_figure(
        r"A goal at the end: γ decides how far back the credit reaches, $\gamma^t$ who shares it",
        xlabel="step t",
        ylabel=["weight of action t", ""],
        columns=2,
        sharey=True,
    )
    for ax, (name, rows) in zip(axes, weights.items(), strict=True):
        for gamma, row, style in zip(gammas, rows, ("-", "--", ":"), strict=True):
            (line,) = ax.plot(row, style, color=POLICY)
            label_line(line, f"γ = {gamma:g}", at=1.6, above=8 if ax is axes[0] and 0.9 < gamma < 1 else 0)
        ax.set_title(name, fontsize=10, loc="left")
        ax.set_ylim(-0.03, 1.12)
    plain = next(iter(weights.values()))
    first = [f"{row[0]:.2f} at γ = {gamma:g}" for gamma, row in zip(gammas, plain, strict=True)]
    return show(
        figure,
        f"One reward of 1 at the last of {len(plain[0])} steps. Left, the returns-to-go: the first action has the weight "
        f"{', '.join(first)}, the last always 1. Right, with the power of γ: all actions have the weight of the first.",
    )


def loss_and_return(good: torch.Tensor, losses: torch.Tensor, returns: torch.Tensor) -> Shown:
    """Mean surrogate loss and return against the probability of the good button."""
    figure, (left, right) = new_figure(
        "Certain of either button, the loss ends at 0; the return does not",
        xlabel="probability of the good button",
        ylabel=["surrogate loss", "return"],
        columns=2,
    )
    half, near = len(good) // 2, len(good) // 25
    for ax, values, colour in ((left, losses, CRITIC), (right, returns, REWARD)):
        ax.plot(good, values, color=colour)
        ax.plot(good[half], values[half], "o", color=TRUTH)
        ax.plot(good[[near, -near]], values[[near, -near]], "D", color=SECONDARY, markersize=5)
    ends = {"ha": "center", "fontsize": 9, "color": SECONDARY}
    left.annotate(
        "certain of\nthe bad one", (good[near], losses[near]), (34, -4), textcoords="offset points", **ends
    )
    left.annotate(
        "certain of\nthe good one",
        (good[-near], losses[-near]),
        (-40, -4),
        textcoords="offset points",
        **ends,
    )
    right.annotate("start", (good[half], returns[half]), (-18, 6), textcoords="offset points", ha="center")
    left.annotate("start", (good[half], losses[half]), (0, -18), textcoords="offset points", ha="center")
    left.set_ylim(-0.1, None)
    return show(
        figure,
        f"Exact means over the policy's own presses: from p = 0.5 to p = 0 the loss falls from {losses[half]:.2f} to 0, and "
        f"the return from {returns[half]:.0f} to {returns[0]:.0f}; to p = 1 the loss falls to 0 as well.",
    )


def mean_over_steps(sizes: Sequence[int], by_episodes: list[float], by_steps: list[float]) -> Shown:
    """Mean push of both divisors against the number of episodes in a batch."""
    figure, ax = new_figure(
        "Divided by its own number of steps, a batch of one pushes the wrong way",
        xlabel="episodes in a batch, N",
        ylabel="mean push towards going on",
    )
    ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
    (line,) = ax.plot(sizes, by_episodes, "s-", color=POLICY)
    label_line(line, "divided by N", at=sizes[-2], above=4)
    (line,) = ax.plot(sizes, by_steps, "o-", color=CRITIC)
    label_line(line, "divided by ΣT", at=sizes[-2], above=-26)
    limit = by_episodes[0] / 1.5
    ax.axhline(limit, **TRUTH_LINE)
    above = {"xytext": (0, 4), "textcoords": "offset points", "va": "bottom"}
    ax.annotate("exact, over the mean length", (sizes[0] - 0.2, limit), **above)
    ax.set_xticks(list(sizes))
    return show(
        figure,
        f"Exact, over every possible batch: divided by N the push is {by_episodes[0]:+.3f} at each N, divided by the steps of "
        f"the batch {by_steps[0]:+.4f} at N = {sizes[0]} and {by_steps[-1]:+.4f} at N = {sizes[-1]}.",
    )


def old_data(paths: dict[str, list[float]], best: float) -> Shown:
    """J against the number of updates, for learners on fresh and on old data."""
    figure, ax = new_figure(
        "Old data mislead the policy gradient, not Q-learning",
        xlabel="updates with the exact mean over the data",
        ylabel="J, discounted return",
    )
    ax.axhline(best, **TRUTH_LINE)
    ax.annotate("best possible", (0, best), (0, 4), textcoords="offset points", va="bottom")
    styles = ((POLICY, "-", -25), (ADVANTAGE, "-", 3), (CRITIC, "--", -22))
    for (name, path), (colour, style, above) in zip(paths.items(), styles, strict=True):
        (line,) = ax.plot(path, style, color=colour)
        label_line(line, name, at=0.66 * len(path), above=above)
    ax.set_ylim(None, best + 0.12 * (best - min(min(path) for path in paths.values())))
    said = ", ".join(f"{name} {path[-1]:.3f}" for name, path in paths.items())
    return show(figure, f"Exact, so without a band. J at the end: {said}; best possible {best:.3f}.")
