"""The widget of lesson 04: the mean of b times the score beside zero, with a band that shrinks."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import POLICY, SAMPLES, SECONDARY, TEXT_SIZE, TRUTH_LINE, new_figure, text_colour
from .lesson_04_story import DEPENDS, FAMILIES, FREE, SIZES, exact_mean, running_means

__all__ = ["eglp"]

HALF_BAND = 1.96  # standard errors to each side of a mean: 95% of such bands hold the truth


def eglp() -> LivePicture:
    """Choose the family, the number of samples and what b depends on; the mean score and its band against zero."""
    figure, (left, right) = _paper()
    (band,) = left.fill([10, 10], [0, 0], color=SAMPLES, alpha=0.5, linewidth=0, animated=True)
    (line,) = left.plot([], [], "o-", color=POLICY, markevery=[-1], animated=True)  # a dot at its end
    (truth,) = left.plot([], [], animated=True, **TRUTH_LINE)
    (bars,) = right.plot([], [], color=SAMPLES, linewidth=9, solid_capstyle="butt", animated=True)
    (ticks,) = right.plot([], [], "_", color="black", markersize=22, markeredgewidth=1.5, animated=True)
    (dots,) = right.plot([], [], "o", color=POLICY, animated=True)
    below = right.get_xaxis_transform()
    names = [
        right.text(k, -0.04, "", ha="center", va="top", transform=below, fontsize=9, animated=True)
        for k in range(6)
    ]

    def update(family: str, depends: str, samples: int) -> str:
        (means, errors), exact = running_means(family, depends), exact_mean(family, depends)
        shown = SIZES.index(samples) + 1
        sizes, half = np.array(SIZES[:shown]), HALF_BAND * errors[:shown]
        low, high, mean, error = means[:shown] - half, means[:shown] + half, means[shown - 1], half[-1]
        band.set_xy(np.stack([[*sizes, *sizes[::-1]], [*low[:, 0], *high[::-1, 0]]], axis=1))
        line.set_data(sizes, means[:shown, 0])
        truth.set_data([SIZES[0], SIZES[-1]], [exact[0], exact[0]])
        place = np.arange(len(exact))
        bars.set_data(
            np.repeat(place, 3), np.stack([low[-1], high[-1], np.full(len(exact), np.nan)], axis=1).ravel()
        )
        dots.set_data(place, mean)
        ticks.set_data(place, exact)
        for k, text in enumerate(names):
            text.set_text(FAMILIES[family].names[k] if k < len(exact) else "")
        return _sentence(family, depends, samples, mean, error, exact)

    controls = {
        "family": ipywidgets.Dropdown(options=list(FAMILIES), description="Policy"),
        "depends": ipywidgets.Dropdown(options=DEPENDS, description="b depends on"),
        "samples": ipywidgets.SelectionSlider(
            options=[(f"{n:,}", n) for n in SIZES], value=100, description="Samples"
        ),
    }
    return LivePicture(figure, update, controls, columns=3)


def _paper():
    """What does not move: axes, zero, and the words that say what is what."""
    figure, (left, right) = new_figure(
        "Baseline times score: is zero inside the band?",
        xlabel=["number of samples", ""],
        ylabel=["mean of b · score, first parameter", "mean of b · score, each parameter"],
        width=9.0,
        height=3.6,
        columns=2,
        sharey=True,
        width_ratios=[1.4, 1],
    )
    left.set(xscale="log", xlim=(0.9 * SIZES[0], 1.12 * SIZES[-1]), ylim=(-1.85, 1.75))
    left.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1 000", "10 000"])
    left.set_yticks([-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5])
    right.set(xlim=(-0.6, 5.6))
    right.set_xticks([])
    right.tick_params(labelleft=True)
    for ax in (left, right):
        ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
    words = {
        "dashes: exact mean": "black",
        "line: mean of the samples so far": POLICY,
        "band: ±1.96 standard errors": SAMPLES,
    }
    for row, (word, colour) in enumerate(words.items()):
        left.text(
            9500,
            1.6 - 0.22 * row,
            word,
            ha="right",
            va="center",
            fontsize=TEXT_SIZE,
            color=text_colour(colour),
        )
    return figure, (left, right)


def _sentence(family: str, depends: str, samples: int, mean, error, exact) -> str:
    """What the picture shows, in words; mean, error (half a band) and exact mean of each parameter, all [P]."""
    inside = int((np.abs(mean) <= error).sum())
    known = (
        f"b depends on {depends}"
        if "another" not in depends
        else "b is a constant, but another policy has drawn the actions"
    )
    verdict = (
        "free: its exact mean is 0" if depends in FREE else f"not free: its exact mean is {exact[0]:+.2f}"
    )
    return (
        f"{family}, {known}, {samples:,} samples. For {FAMILIES[family].names[0]} the mean is {mean[0]:+.3f} with a band of "
        f"±{error[0]:.3f}; zero lies inside {inside} of {len(exact)} bands. Such a term is {verdict}."
    )
