"""The trainings of lesson 07 as figures: maps of the critic, races over seeds, curves, coefficients."""

import numpy as np
from matplotlib.patches import Rectangle

from ..plots import (
    CRITIC,
    MAP,
    POLICY,
    SECONDARY,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
)

__all__ = ["coefficients", "endless", "first_arrivals", "maze_maps", "pendulum"]


def maze_maps(seen: dict[float, dict[str, np.ndarray]], cells: np.ndarray, shown=(4, 10, 30, 200)) -> Shown:
    """The critic's map of the maze after some updates, a row for each λ.

    Args:
        seen: λ -> what `watch_critic` notes.
        cells: int [S, 2], row and column of each state, the exit last.
        shown: updates.
    """
    figure, axes = new_figure(
        "The map fills from the exit; a larger λ carries the news farther at a time",
        width=9.0,
        height=2.9,
        rows=len(seen),
        columns=len(shown),
    )
    for row, (lam, notes) in zip(axes, seen.items(), strict=True):
        row[0].set_ylabel(f"λ = {lam:g}", fontsize=11)
        for ax, updates in zip(row, shown, strict=True):
            picture = np.full(cells.max(axis=0) + 1, np.nan)
            values = notes["critic"][list(notes["updates"]).index(updates)]
            picture[cells[:-1, 0], cells[:-1, 1]] = values[:-1]
            image = ax.imshow(np.ma.masked_invalid(picture), vmin=0.0, vmax=1.0, cmap=MAP)
            place = cells[-1, ::-1]
            ax.add_patch(Rectangle(place - 0.5, 1, 1, color=POLICY, linewidth=0))
            ax.text(*place, "exit", ha="center", va="center", fontsize=6.5, color="white")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
    for ax, updates in zip(axes[0], shown, strict=True):
        ax.set_title(f"{updates} updates", fontsize=10)
    figure.colorbar(image, ax=axes.ravel().tolist(), label="v̂ (reward)", shrink=0.8)
    return show(
        figure,
        "The critic's value of every cell (no band: one seed); white are the walls, blue is the exit. Above λ = 0: after 10 "
        "updates only cells near the exit have a value. Below λ = 0.95: the whole right room has.",
    )


def first_arrivals(races: dict[str, dict[str, list[float]]], limits: tuple[int, ...]) -> Shown:
    """Environment steps until the target, a dot for each seed, a bar from the fastest to the slowest.

    Args:
        races: environment -> algorithm -> steps of each seed, NaN for one that did not arrive.
        limits: for each environment the steps after which a training was given up.
    """
    figure, axes = new_figure(
        "No algorithm wins on both tasks",
        xlabel=[f"{name}: environment steps" for name in races],
        width=9.0,
        height=2.8,
        columns=len(races),
        sharey=True,
    )
    for ax, race, limit in zip(axes, races.values(), limits, strict=True):
        for row, steps in enumerate(race.values()):
            steps, lost = np.nan_to_num(np.array(steps), nan=limit), np.isnan(steps)
            ends = [steps.min(), steps.max()]
            ax.plot(ends, [row, row], color=POLICY, linewidth=7, alpha=0.3, solid_capstyle="butt")
            ax.plot(steps[~lost], np.full((~lost).sum(), row), "o", color=POLICY, markersize=6)
            ax.plot(steps[lost], np.full(lost.sum(), row), ">", color=CRITIC, markersize=9)
            if lost.any():
                ax.text(limit, row - 0.28, f"{lost.sum()} not yet ", ha="right", va="center", fontsize=9)
            ax.plot(np.median(steps), row, "|", color="black", markersize=20, markeredgewidth=2)
        ax.axvline(limit, color=SECONDARY, linewidth=0.8)
        ax.set(xlim=(0, 1.05 * limit), ylim=(len(race) - 0.5, -0.5))
        ax.set_yticks(range(len(race)), list(race))
        ax.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1000:.0f}k" if steps else "0")
    n = len(next(iter(next(iter(races.values())).values())))
    return show(
        figure,
        f"A dot for each of {n} seeds, a tick at their median, a triangle at the limit for one that had not arrived. The bar "
        f"runs from the fastest to the slowest seed: it holds the median of all seeds with {1 - 2 * 0.5**n:.0%} confidence.",
    )


def pendulum(runs: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Shown:
    """Learning curves of several seeds, and what the critic of the first says in the end.

    Args:
        runs: for each seed decisions [K], the mean return there [K], and v̂ over spin and angle [61, 61].
    """
    figure, (left, right) = new_figure(
        "Continuous actions: the pendulum learns to stand up",
        xlabel=["decisions", "angle (°, 0 is upright)"],
        ylabel=["mean return of 50 episodes", "spin (radians a second)"],
        width=9.0,
        columns=2,
    )
    for (steps, returns, _), marker in zip(runs, "os^Dv", strict=False):
        left.plot(steps, returns, marker=marker, color=POLICY, linewidth=1.2, markersize=4)
    left.axhline(0.0, **TRUTH_LINE)
    left.text(0.03, -30, "upright all the time", va="top", transform=left.get_yaxis_transform())
    left.set(ylim=(-1700, 80))
    left.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1000:.0f}k" if steps else "0")
    image = right.imshow(runs[0][2], origin="lower", extent=(-180, 180, -8, 8), aspect="auto", cmap=MAP)
    right.set_xticks([-180, -90, 0, 90, 180])
    figure.colorbar(image, ax=right, label="v̂ (scaled reward)")
    return show(
        figure,
        f"Pendulum-v1. Left: {len(runs)} seeds, a line each (no band); every one climbs far above its start. Right: the critic "
        "of the first seed at the end; the bright stripe is the way up, spinning against the lean.",
    )


def endless(steps: list[int], rewards: list[list[float]], bounds: dict[str, float], mute: int) -> Shown:
    """Exact reward per step while actor-critic learns, and REINFORCE, which waits.

    Args:
        steps: [K] environment steps.
        rewards: [seeds, K] exact discounted reward per step of each policy.
        bounds: name -> exact reward per step of a fixed policy.
        mute: environment steps that REINFORCE waited without one update.
    """
    rewards = np.array(rewards)
    figure, ax = new_figure(
        "A task without an end: actor-critic learns, REINFORCE waits",
        xlabel="environment steps",
        ylabel="exact reward a step",
    )
    ax.plot(steps, rewards.T, color=POLICY, linewidth=0.8, alpha=0.7)
    (line,) = ax.plot(steps, np.median(rewards, axis=0), color=POLICY, linewidth=2.4)
    label_line(line, "actor-critic", at=0.55 * steps[-1], above=-30)
    for name, level in bounds.items():
        _level(ax, level, name, 1.0, ha="right")
    (line,) = ax.plot([0, mute], [rewards[:, 0].mean()] * 2, color=CRITIC, linewidth=2)
    label_line(line, "REINFORCE: no episode ends, no update", at=0.62 * steps[-1], above=2)
    return show(
        figure,
        f"Exact value of the policy, {len(rewards)} seeds (thin) and their median (thick), no band needed. REINFORCE has not "
        f"made one update after {mute:,} environment steps.",
    )


def coefficients(
    by_value: dict[str, dict[float, list[float]]],
    by_entropy: dict[float, list[float]],
    bounds: dict[str, float],
) -> Shown:
    """Exact reward per step after a short training against each coefficient of the loss.

    Args:
        by_value: network -> value_coef -> reward of each seed.
        by_entropy: entropy_coef -> reward of each seed, separate networks.
        bounds: name -> exact reward per step of a fixed policy.
    """
    figure, (left, right) = new_figure(
        "Separate networks do not feel the critic's weight",
        xlabel=["$c_v$, the critic's weight", "$c_H$, the entropy's weight (separate networks)"],
        ylabel=["exact reward a step", ""],
        width=9.0,
        columns=2,
        sharey=True,
    )
    looks = zip(by_value.items(), ("o", "s"), (POLICY, CRITIC), (-0.1, 0.1), strict=True)
    for (name, rows), marker, colour, shift in looks:
        _bars(left, rows, marker, colour, shift, name)
    _bars(right, by_entropy, "o", POLICY, 0.0, "")
    left.legend(frameon=False, loc="lower center", ncols=2, bbox_to_anchor=(0.5, -0.02))
    left.set_ylim(top=-0.09, bottom=min(-0.37, left.get_ylim()[0] - 0.03))
    for ax in (left, right):
        for name, level in bounds.items():
            _level(ax, level, name, 0.02 if level > -0.2 else 0.33, linewidth=0.8, fontsize=9)
    n = len(next(iter(by_entropy.values())))
    return show(
        figure,
        f"Each small mark is one of {n} seeds, the bar runs from the worst to the best, the tick is their median; exact "
        "values after 80 updates.",
    )


def _level(ax, level: float, name: str, at: float, linewidth: float = 1.5, **text):
    """A dashed line across, and its name just above it, `at` the fraction of the width."""
    ax.axhline(level, **{**TRUTH_LINE, "linewidth": linewidth})
    place = {
        "xycoords": ax.get_yaxis_transform(),
        "xytext": (0, 1),
        "textcoords": "offset points",
        "va": "bottom",
    }
    ax.annotate(name, (at, level), **place, **text)


def _bars(ax, rows: dict[float, list[float]], marker: str, colour: str, shift: float, name: str):
    """A bar, dots and a tick for each setting."""
    for place, values in enumerate(rows.values()):
        x = place + shift
        ax.plot(
            [x, x], [min(values), max(values)], color=colour, linewidth=6, alpha=0.25, solid_capstyle="butt"
        )
        ax.plot(
            [x] * len(values), values, marker, color=colour, markersize=4, label=name if place == 0 else ""
        )
        ax.plot(x, np.median(values), "_", color="black", markersize=15, markeredgewidth=2)
    ax.set_xticks(range(len(rows)), [f"{setting:g}" for setting in rows])
