"""The figures of lesson 07 without a race: patience, the best λ, what a wrong critic costs, wrong targets in a corridor."""

import numpy as np
import torch

from ..plots import (
    CRITIC,
    POLICY,
    SAMPLES,
    SECONDARY,
    TRUTH,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
)
from .curves import how_many

__all__ = ["best_lambda", "noise_of_a_critic", "patience", "timeout_values"]


def patience(moments: dict[str, list[tuple[float, float]]]) -> Shown:
    """Bias and variance of the gradient against the number of steps before the critic is asked.

    Args:
        moments: name of the critic -> for n = 1, 2, ... the length of the bias and the variance.
    """
    figure, (left, right) = new_figure(
        "More steps: less bias, more variance",
        xlabel="steps n before the critic is asked",
        ylabel=["length of the bias (reward)", "variance (reward²)"],
        width=8.0,
        columns=2,
    )
    for (name, rows), marker, colour in zip(moments.items(), "osD", (CRITIC, POLICY, TRUTH), strict=True):
        bias, variance = np.array(rows).T
        n = np.arange(1, len(rows) + 1)
        for ax, y in ((left, bias), (right, variance)):
            ax.plot(n, y, marker=marker, color=colour, label=name)
            ax.set_xticks(n)
    left.legend(frameon=False, title="the critic says")
    right.set_yscale("log")
    name, rows = next(iter(moments.items()))
    return show(
        figure,
        f"Exact, from every trajectory, so there is no band. A critic that says {name}: bias {rows[0][0]:.2f} and variance "
        f"{rows[0][1]:.1f} at n = 1, bias {rows[-1][0]:.2f} and variance {rows[-1][1]:.1f} at n = {len(rows)}.",
    )


def best_lambda(lams: list[float], moments: list[tuple[float, float]], episodes: tuple[int, ...]) -> Shown:
    """The error of the gradient against λ for several amounts of data, the best λ marked.

    Args:
        lams: [L], in [0, 1].
        moments: for each λ the length of the bias, and the variance of one episode's estimate.
        episodes: how many episodes are averaged.
    """
    bias, variance = np.array(moments).T
    figure, ax = new_figure(
        "The more data, the larger the best λ", xlabel="λ", ylabel="error of the gradient (reward)"
    )
    (line,) = ax.plot(lams, bias, "--", color=CRITIC)
    label_line(line, "bias alone", at=0.12, above=-22)
    best = []
    for count in episodes:
        error = np.hypot(bias, np.sqrt(variance / count))
        lowest = int(error.argmin())
        (line,) = ax.plot(lams, error, color=TRUTH)
        ax.plot(lams[lowest], error[lowest], "*", color=TRUTH, markersize=13, clip_on=False)
        ax.text(1.04, error[-1], f"{count:,} episodes", va="center")
        best.append(f"{lams[lowest]:.2f} for {count:,} episodes")
    ax.set(ylim=(0, None), xlim=(0, 1))
    return show(
        figure,
        f"Exact, no band; stars mark the best λ: {', '.join(best)}. The error is the root of bias² + variance / episodes, "
        "the critic says half the true value.",
    )


def noise_of_a_critic(ratios: dict[int, list[list[float]]]) -> Shown:
    """The critic's squared error over the variance of the returns, before each update, for several seeds.

    Args:
        ratios: gradient steps of the critic an update -> for each seed a list [U].
    """
    below = {fits: np.array(rows).min(axis=1) < 1 for fits, rows in ratios.items()}
    told = [
        f"{flags.sum()} of {len(flags)} with {fits} step{'s' if fits > 1 else ''}"
        for fits, flags in below.items()
    ]
    figure, ax = new_figure(
        f"Critics that beat the mean of the batch: {', '.join(told)}",
        xlabel="update",
        ylabel="E[(G - v̂)²] / Var[G]",
    )
    for (fits, rows), colour, style in zip(ratios.items(), (CRITIC, POLICY), ("--", "-"), strict=True):
        rows = np.array(rows)
        updates = np.arange(rows.shape[1])
        ax.plot(updates, rows.T, style, color=colour, linewidth=0.7, alpha=0.6)
        (line,) = ax.plot(updates, np.median(rows, axis=0), style, color=colour, linewidth=2.2)
        label_line(line, f"{fits} step{'s' if fits > 1 else ''}", at=None)
    ax.axhline(1.0, **TRUTH_LINE)
    ax.text(
        len(updates) - 1, 2.6, "black dashes: saying the mean\nreturn of the batch, which is free", ha="right"
    )
    ax.set(ylim=(0, None))
    return show(
        figure,
        "CartPole-v1, a thin line for each seed and their median (thick): squared error of the critic against that of saying "
        f"the mean return of the batch, before each of {len(updates)} updates of REINFORCE with a learned baseline. It falls "
        "below 1 for "
        + ", and for ".join(
            f"{how_many(flags)} with {fits} gradient step{'s' if fits > 1 else ''} a batch"
            for fits, flags in below.items()
        )
        + ".",
    )


def timeout_values(exact: torch.Tensor, learned: dict[str, torch.Tensor]) -> Shown:
    """What a critic learns in the corridor from each target, beside the exact value.

    Args:
        exact: float [S], of the live states.
        learned: name of the target -> float [S]; the right one first.
    """
    figure, ax = new_figure(
        "Three wrong targets, three wrong critics",
        xlabel="state (the end is right of the last)",
        ylabel="value (reward)",
    )
    places = np.arange(len(exact))
    colours, above, places_of_names = (
        (SAMPLES, CRITIC, POLICY, SECONDARY),
        (10, 12, -66, -34),
        (2.9, 3.6, 6.1, 4.6),
    )
    looks = zip("osD^", colours, above, places_of_names, strict=True)
    for (name, values), (marker, colour, above, at) in zip(learned.items(), looks, strict=True):
        (line,) = ax.plot(places, values, marker=marker, color=colour, linewidth=1.2, markersize=6)
        label_line(line, name, at=at, above=above)
    ax.plot(places, exact, **TRUTH_LINE)
    ax.set_xticks(places)
    worst = {name: (values - exact).abs().max().item() for name, values in learned.items()}
    said = ", ".join(f"{name} {error:.2f}" for name, error in worst.items())
    return show(
        figure,
        f"All exact, no sampling. Dashes: exact value. Largest error of the critic by its target: {said}.",
    )
