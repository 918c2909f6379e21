"""Runs over several seeds in, a line with its band on a figure out: how every training of the course is drawn."""

import numpy as np

from ..plots import label_line

__all__ = ["BAND", "banded_curve", "how_many", "mean_return_at", "updates_of"]

BAND = "Line: mean over {} seeds; band: from the lowest to the highest of them."


def banded_curve(ax, x, runs, colour: str, style: str = "-", *, middle=np.mean, alpha=0.2, **line):
    """One line through the middle of several runs, and the band between the lowest and the highest of them.

    Args:
        ax: to draw on.
        x: float [U].
        runs: float [seeds, U].
        colour, style, line: of the line.
        middle: which of the runs' values the line shows, the mean or `np.median`.
        alpha: of the band.

    Returns:
        The line, to be labelled.
    """
    runs = np.asarray(runs)
    ax.fill_between(x, runs.min(0), runs.max(0), color=colour, alpha=alpha, linewidth=0)
    return ax.plot(x, middle(runs, axis=0), style, color=colour, **line)[0]


def named_curve(ax, x, runs, colour: str, name: str, **label):
    """`banded_curve` with its name beside it; `label` as in `label_line`."""
    label_line(banded_curve(ax, x, runs, colour, linewidth=2), name, **label)


def how_many(flags) -> str:
    """How many of some runs do a thing, in words that another processor's runs say, too: one run more or less is no news.

    Args:
        flags: bool [N], whether each run does it.

    Returns:
        "all or all but one of the 5 seeds", "some of the 5 seeds", or "none or one of the 5 seeds".
    """
    flags = np.asarray(flags, dtype=bool)
    count, total = int(flags.sum()), len(flags)
    if count >= total - 1:
        return f"all or all but one of the {total} seeds"
    if count <= 1:
        return f"none or one of the {total} seeds"
    return f"some of the {total} seeds"


def updates_of(runs) -> np.ndarray:
    """1, 2, ... U for runs [N, U]: the x of a curve over updates."""
    return np.arange(1, runs.shape[1] + 1)


def mean_return_at(history, grid: np.ndarray, window: int) -> np.ndarray:
    """The mean return of the last `window` episodes that were over at each number of steps; NaN before there are any.

    Args:
        history: of a training.
        grid: int or float [M], environment steps.
        window: int >= 1.

    Returns:
        float [M].
    """
    over = np.searchsorted(history.episode_steps.numpy(), grid, side="right")
    total = np.concatenate([[0.0], np.cumsum(history.episode_returns.double().numpy())])
    first = np.maximum(over - window, 0)
    with np.errstate(invalid="ignore"):
        return (total[over] - total[first]) / np.where(over > first, over - first, np.nan)
