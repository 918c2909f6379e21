"""The figures of lesson 03: an error with a best step, learning curves, the picture of the score, two variances."""

import numpy as np

from ..plots import (
    CRITIC,
    POLICY,
    REWARD,
    SAMPLES,
    SECONDARY,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
    text_colour,
)
from .curves import banded_curve, how_many

__all__ = ["difference_errors", "rounds_of_learning", "score_panels", "two_variances"]


def difference_errors(eps: np.ndarray, independent: dict, shared: dict, slope: float) -> Shown:
    """Error of the central difference against its step, with fresh and with common random numbers.

    Args:
        eps: float [E], the steps.
        independent, shared: with `bias` and `error` [E], as `widgets.difference_quality` returns them.
        slope: the exact derivative.
    """
    figure, ax = new_figure(
        "Between noise and bias lies a best step, and it is not good",
        xlabel="step ε (log scale)",
        ylabel="typical error (reward, log scale)",
    )
    ax.set(xscale="log", yscale="log", ylim=(5e-3, 20))
    lines = [
        (independent["error"], "-", POLICY, "", None, 0),
        (shared["error"], "--", REWARD, "common random numbers", 0.062, 11),
        (np.abs(independent["bias"]), ":", CRITIC, "", None, 0),
    ]
    for values, style, colour, name, at, above in lines:
        (line,) = ax.plot(eps, values, style, color=colour)
        if name:
            label_line(line, name, at=at, above=above)
    ax.text(0.28, 0.65, "fresh numbers at each point", color=text_colour(POLICY))
    ax.text(0.8, 0.011, "bias alone", ha="right", color=text_colour(CRITIC))
    ax.axhline(slope, **TRUTH_LINE)
    ax.text(eps[-1], slope * 1.15, "the slope itself", ha="right", va="bottom")
    best = [(eps[c["error"].argmin()], c["error"].min() / slope) for c in (independent, shared)]
    return show(
        figure,
        f"100 episodes at each point. Fresh numbers: the best step is {best[0][0]:.1f}, its error {best[0][1]:.0%} of the slope. "
        f"Common numbers: {best[1][0]:.1f} and {best[1][1]:.0%}. Exact values, not samples.",
    )


def rounds_of_learning(histories: dict[str, dict[str, np.ndarray]], start: float, best: float) -> Shown:
    """The exact return of each method after each round of episodes, a panel for each share of episodes that is the elite.

    Args:
        histories: share -> name -> float [seeds, rounds]; two variants of the cross-entropy method, then perhaps another
            method, the same in each panel.
        start, best: return of the first policy and of the best one.
    """
    means = {
        share: np.mean([runs[:, -1] for runs in list(part.values())[:2]]) for share, part in histories.items()
    }
    others = {name: runs for part in histories.values() for name, runs in list(part.items())[2:]}
    means |= {f"the {name}": runs[:, -1].mean() for name, runs in others.items()}
    figure, axes = new_figure(
        "At the end: " + ", ".join(f"{name} J = {mean:.2f}" for name, mean in means.items()),
        xlabel="round",
        ylabel=["exact return J (reward)", *[""] * (len(histories) - 1)],
        width=9.0,
        columns=len(histories),
        sharey=True,
    )
    styles = [(CRITIC, ":"), (SECONDARY, "--"), (POLICY, "-")]
    for ax, (share, part) in zip(np.ravel(axes), histories.items(), strict=True):
        ax.set_title(f"elite: {share}", fontsize=10)
        for (name, runs), (colour, style) in zip(part.items(), styles, strict=False):
            curves = np.insert(np.asarray(runs), 0, start, axis=1)
            line = banded_curve(ax, np.arange(curves.shape[1]), curves, colour, style, alpha=0.15)
            line.set_label(name)
        ax.axhline(best, **TRUTH_LINE)
        ax.text(0.2, best + 0.02, "always work", va="bottom")
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 0.5), frameon=False)
        ax.set(ylim=(0.5, best + 0.2), xticks=range(0, curves.shape[1], 5))
    parts = [
        (f"{share}, {name}", runs)
        for share, part in histories.items()
        for name, runs in list(part.items())[:2]
    ]
    parts += others.items()
    said = "; ".join(f"{name}: {where_it_ends(np.asarray(runs)[:, -1], start, best)}" for name, runs in parts)
    return show(
        figure,
        f"Exact J after each round, from {start:.2f} on; dashed: the best policy, {best:.2f}. Lines: mean over the seeds; "
        f"bands: from the lowest to the highest. At the end, {said}.",
    )


def where_it_ends(ends: np.ndarray, start: float, best: float) -> str:
    """How many seeds end close to the best return, or nearer to the first policy's, in words."""
    near, far = ends > best - 0.15 * (best - start), ends < (start + best) / 2
    if near.sum() >= far.sum():
        return f"{how_many(near)} are close to the best"
    return f"{how_many(far)} are far below the best"


def score_panels(step) -> Shown:
    """One update in three pictures: samples with their scores, the scores that f leaves, the Gaussian moved.

    Args:
        step: as `widgets.field_step` returns it, for f = 1 inside a disc.
    """
    figure, axes = new_figure(
        "The samples in the disc pull the Gaussian towards it",
        xlabel="x₁",
        ylabel=["x₂", "", ""],
        width=9.0,
        height=3.2,
        columns=3,
        sharex=True,
        sharey=True,
    )
    turn = np.linspace(0, 2 * np.pi, 100)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    arrows = {"angles": "xy", "scale_units": "xy", "scale": 3.0, "color": POLICY, "width": 0.006}
    titles = ["samples and their scores", "scores times f", "after the update"]
    weights = [np.ones_like(step.values), step.values, 0 * step.values]
    for ax, title, weight in zip(axes, titles, weights, strict=True):
        ax.set(aspect="equal", xlim=(-5.0, 4.6), ylim=(-4.0, 4.0))
        ax.set_title(title, fontsize=10)
        ax.fill(*(step.centre[:, None] + step.radius * circle), color=SECONDARY, alpha=0.3, lw=0)
        ax.plot(*step.samples.T, "o", color=SAMPLES, markersize=2.5)
        shown = weight > 0
        ax.quiver(*step.samples[shown].T, *(weight[:, None] * step.scores)[shown].T, **arrows)
        ax.plot(*(step.mean[:, None] + circle), ":" if title == titles[-1] else "-", color=POLICY)
    axes[-1].plot(*(step.after[:, None] + circle), color=POLICY, linewidth=2)
    axes[-1].annotate(
        "",
        step.after,
        step.mean,
        arrowprops={"color": POLICY, "arrowstyle": "-|>", "lw": 1, "shrinkA": 0, "shrinkB": 0},
    )
    return show(
        figure,
        f"f is 1 in the grey disc and 0 elsewhere: only the arrows of the {int(step.values.sum())} samples inside are left, and "
        "their mean moves the Gaussian (circle: one standard deviation) towards the disc.",
    )


def two_variances(means: np.ndarray, by_score: np.ndarray, by_path: np.ndarray) -> Shown:
    """Variance of one sample's gradient by the score function and by reparametrisation, each [M]."""
    figure, ax = new_figure(
        "By the path the variance stays at 4, by the score it grows with μ",
        xlabel="mean μ",
        ylabel="variance of one sample (log scale)",
    )
    ax.set_yscale("log")
    lines = [
        (by_score, "-", POLICY, "score: x² (x - μ)", 3.2, -45),
        (by_path, "--", REWARD, "path: 2 x", 2.0, 4),
    ]
    for values, style, colour, name, at, above in lines:
        (line,) = ax.plot(means, values, style, color=colour)
        label_line(line, name, at=at, above=above)
    for mean in (1.0, 3.0):
        value = by_score[np.abs(means - mean).argmin()]
        ax.plot([mean], [value], "o", color=POLICY)
        ax.annotate(
            f"{value:.0f}",
            (mean, value),
            (0, 8),
            textcoords="offset points",
            ha="right",
            color=text_colour(POLICY),
        )
    said = "; ".join(
        f"at μ = {mean:g} {by_score[at]:.0f} by the score and {by_path[at]:.0f} by the path"
        for mean, at in ((mean, np.abs(means - mean).argmin()) for mean in (1.0, 3.0))
    )
    return show(figure, f"Exact variances of the two estimates of one gradient, 2 μ, for f(x) = x²: {said}.")
