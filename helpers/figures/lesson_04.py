"""The figures of lesson 04: areas that cancel, bands that shrink, the price of the past, and the size of a bias."""

import numpy as np
import torch

from ..plots import (
    ADVANTAGE,
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
    text_colour,
)

__all__ = ["batch_shrinkage", "bias_bars", "cancelling_areas", "price_of_the_past", "shrinking_band"]


def cancelling_areas(curves: dict[str, tuple[torch.Tensor, torch.Tensor]]) -> Shown:
    """Probability times score along the action; a curve of fewer than ten points is drawn as bars.

    Args:
        curves: name -> (actions [M], probability or density times the score of one parameter [M]).
    """
    figure, axes = new_figure(
        "What pushes up and what pushes down cancel in every family",
        xlabel="action",
        ylabel=["probability · score", *[""] * (len(curves) - 1)],
        width=9.0,
        height=3.0,
        columns=len(curves),
    )
    sizes = []
    for ax, (name, (x, y)) in zip(axes, curves.items(), strict=True):
        ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
        ax.set_title(name, fontsize=10)
        width, few = (x[1] - x[0]).item(), len(x) < 10
        seen = y.abs() > 0.001 * y.abs().max()
        for sign, colour, word in [(1, POLICY, "+"), (-1, CRITIC, "−")]:
            part = (sign * y).clamp(min=0)
            size = part.sum().item() * (1.0 if few else width)
            if few:
                ax.bar(x, sign * part, color=colour, width=0.6)
            else:
                ax.fill_between(x[seen], 0, (sign * part)[seen], color=colour, alpha=0.7, linewidth=0)
            ax.text(0.97, 0.95 if sign > 0 else 0.05, f"{word}{size:.3f}", transform=ax.transAxes, ha="right",
                    va="top" if sign > 0 else "bottom", color=text_colour(colour))  # fmt: skip
            sizes.append(size)
        reach = 1.4 * y.abs().max().item()
        ax.set_ylim(-reach, reach)
        if few:
            ax.set_xticks(x)
    said = ", ".join(f"{name} {size:.3f}" for name, size in zip(curves, sizes[::2], strict=True))
    return show(figure, f"For one parameter each: the area above the axis equals that below it ({said}).")


def shrinking_band(means: torch.Tensor, spread: float) -> Shown:
    """Running means of many streams of samples, and the band that holds 95% of them at each length.

    Args:
        means: float [R, N], the mean of the first n samples of each stream.
        spread: exact standard deviation of one sample.
    """
    n_streams, longest = means.shape
    n = np.unique(np.geomspace(10, longest, 200).round().astype(int))
    band = 1.96 * spread / np.sqrt(n)
    figure, ax = new_figure(
        "The band around zero shrinks like 1/√n",
        xlabel="number of samples n (log scale)",
        ylabel="mean of the first score",
    )
    ax.fill_between(n, -band, band, color=SAMPLES, alpha=0.4, linewidth=0)
    ax.plot(n, means[:, n - 1].T, color=SECONDARY, linewidth=0.6)
    ax.axhline(0.0, **TRUTH_LINE)
    ax.set(xscale="log", xlim=(n[0], n[-1]))
    ax.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1 000", "10 000"])
    outside = (means[:, 99].abs() > 1.96 * spread / 10).sum().item()
    return show(
        figure,
        f"{n_streams} streams of samples (lines) and the band of ±1.96 standard errors, exact, that holds 95% of them at "
        f"each n; of these {n_streams} lie outside at n = 100: {outside}.",
    )


def price_of_the_past(rounds: list[int], total: list[float], to_go: list[float]) -> Shown:
    """Variance of the gradient against the length of the episode, with and without the past."""
    figure, ax = new_figure(
        "The longer this game, the more the past costs",
        xlabel="decisions in an episode",
        ylabel="variance of the gradient (reward²)",
    )
    (line,) = ax.plot(rounds, total, "o-", color=CRITIC)
    label_line(line, "total return", at=rounds[-4], above=22)
    (line,) = ax.plot(rounds, to_go, "s-", color=POLICY)
    label_line(line, "reward-to-go", at=rounds[-2], above=-30)
    ax.set_xticks(rounds)
    return show(
        figure,
        f"Exact, from every trajectory, so there is no band: at {rounds[-1]} decisions the total return has a variance of "
        f"{total[-1]:.2f}, reward-to-go of {to_go[-1]:.2f}.",
    )


def bias_bars(biases: dict[str, float]) -> Shown:
    """How far each baseline moves the mean gradient: its length, by what the baseline depends on."""
    figure, ax = new_figure(
        "Free is what is known before the action is drawn", xlabel="length of the bias (reward)"
    )
    names, sizes = list(biases), list(biases.values())
    bars = ax.barh(names, sizes, color=ADVANTAGE, height=0.6)
    ax.bar_label(bars, fmt=" %.2f", color=TRUTH)
    ax.invert_yaxis()
    ax.tick_params(axis="y", labelsize=10)
    ax.set_xlim(0, 1.15 * max(sizes))
    said = ", ".join(f"{name} {size:.2f}" for name, size in biases.items())
    return show(figure, f"Exact bias of the gradient by what b depends on: {said}.")


def batch_shrinkage(sizes: list[int], own_mean: list[float], others_mean: list[float]) -> Shown:
    """Mean gradient over the exact one, against the size of the batch."""
    figure, ax = new_figure(
        "The mean of the batch shortens the gradient, the mean of the others does not",
        xlabel="samples in a batch, N",
        ylabel="mean gradient / exact gradient",
    )
    (line,) = ax.plot(sizes, others_mean, "s", color=ADVANTAGE)
    label_line(line, "mean of the others", at=sizes[-1] - 0.6, above=3)
    (line,) = ax.plot(sizes, own_mean, "o", color=POLICY)
    label_line(line, "mean of the batch", at=sizes[-1] - 0.6, above=-30)
    n = np.linspace(1, sizes[-1], 200)
    ax.plot(n, 1 - 1 / n, zorder=1, **TRUTH_LINE)
    ax.text(1.45, 0.18, "1 - 1/N")
    ax.set(ylim=(-0.03, 1.15), xticks=range(1, sizes[-1] + 1))
    return show(
        figure,
        f"Exact, over every possible batch: with the batch mean the ratio is {own_mean[0]:.2f} at N = {sizes[0]} and "
        f"{own_mean[-1]:.2f} at N = {sizes[-1]}; with the mean of the others it is 1 at each N.",
    )
