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
from .curves import how_many

__all__ = ["coefficients", "endless", "first_arrivals", "maze_maps", "pendulum"]

CLIMB = 300  # reward: by so much a pendulum's return has to rise, to have learned
TOLD = 0.05  # a cell of the maze has heard of the exit when the critic says more than this


def maze_maps(seen: dict[float, dict[str, np.ndarray]], cells: np.ndarray, shown=(4, 10, 30, 200)) -> Shown:
    """The critic's map of the maze after some updates, a row for each λ.

    Args:
        seen: λ -> what `watch_critic` notes.
        cells: int [S, 2], row and column of each state, the exit last.
        shown: updates; the title counts at the second of them.
    """
    (small, few), (large, many) = ((lam, _told(notes, shown[1])) for lam, notes in seen.items())
    figure, axes = new_figure(
        f"Cells worth more than {TOLD} after {shown[1]} updates: {few} with λ = {small:g}, {many} with λ = {large:g}",
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
        "The critic's value of every cell (no band: one seed); white are the walls, blue is the exit. After "
        f"{shown[1]} updates the critic of λ = {large:g} (below) says more than {TOLD} of {_compared(many, few)} that of "
        f"λ = {small:g} (above).",
    )


def _told(notes: dict[str, np.ndarray], updates: int) -> int:
    """How many cells but the exit are worth more than `TOLD` to the critic after some updates."""
    return int((notes["critic"][list(notes["updates"]).index(updates)][:-1] > TOLD).sum())


def _compared(many: int, few: int) -> str:
    """How two counts of cells compare, in words that another processor's run says, too."""
    if many >= 2 * few:
        return "at least twice as many cells as"
    return "more cells (but not twice as many) than" if many > few else "no more cells than"


def first_arrivals(races: dict[str, dict[str, list[float]]], limits: tuple[int, ...]) -> Shown:
    """Environment steps until the target, a dot for each seed, a bar from the fastest to the slowest.

    Args:
        races: environment -> algorithm -> steps of each seed, NaN for one that did not arrive.
        limits: for each environment the steps after which a training was given up.
    """
    races_to = [
        {name: np.nan_to_num(np.array(steps), nan=limit) for name, steps in race.items()}
        for race, limit in zip(races.values(), limits, strict=True)
    ]
    tasks = [name.split()[0] for name in races]
    fastest = [
        f"{min(race, key=lambda name: np.median(race[name]))} on {task}"
        for race, task in zip(races_to, tasks, strict=True)
    ]
    figure, axes = new_figure(
        f"The smallest median: {', '.join(fastest)}",
        xlabel=[f"{name}: environment steps" for name in races],
        width=9.0,
        height=2.8,
        columns=len(races),
        sharey=True,
    )
    for ax, task, race, limit in zip(axes, races, races_to, limits, strict=True):
        for row, (name, steps) in enumerate(race.items()):
            lost = np.isnan(races[task][name])
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
    n = len(next(iter(races_to[0].values())))
    arrived = [
        f"{how_many(~np.isnan(race['actor-critic']))} on {task}"
        for race, task in zip(races.values(), tasks, strict=True)
    ]
    return show(
        figure,
        f"A dot for each of {n} seeds, a tick at their median, a triangle at the limit for one that had not arrived. The bar "
        f"runs from the fastest to the slowest seed: it holds the median of all seeds with {1 - 2 * 0.5**n:.0%} confidence. "
        f"Actor-critic arrives for {', and for '.join(arrived)}.",
    )


def pendulum(runs: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Shown:
    """Learning curves of several seeds, and what the critic of the first says in the end.

    Args:
        runs: for each seed decisions [K], the mean return there [K], and v̂ over spin and angle [61, 61].
    """
    ends = np.array([float(returns[-3:].mean()) for _, returns, _ in runs])
    better = ends - [float(returns[0]) for _, returns, _ in runs] > CLIMB
    figure, (left, right) = new_figure(
        f"Continuous actions: over its last three points a seed has between {ends.min():.0f} and {ends.max():.0f}",
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
        f"Pendulum-v1. Left: {len(runs)} seeds, a line each (no band). The last three points lie more than {CLIMB} above the "
        f"first for {how_many(better)}. Right: the critic of the first seed at the end.",
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
    dips = rewards.min(axis=1) < rewards[:, 0] - 0.01
    learns = rewards[:, -1] > bounds["random"] + 0.1
    figure, ax = new_figure(
        f"A task without an end: actor-critic goes from {np.median(rewards[:, 0]):.2f} to "
        f"{np.median(rewards[:, -1]):.2f} reward a step, REINFORCE waits",
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
        f"Exact value of the policy, {len(rewards)} seeds (thin) and their median (thick), no band needed. Actor-critic first "
        f"gets worse for {how_many(dips)}, and ends at least 0.10 above the random policy for {how_many(learns)}. REINFORCE has "
        f"not made one update after {mute:,} environment steps.",
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
    apart = {name: _apart(rows) for name, rows in by_value.items()}
    separate, shared = (gaps.max() for gaps in apart.values())
    figure, (left, right) = new_figure(
        f"Over $c_v$ a seed's rewards lie up to {separate:.3f} apart with separate networks, {shared:.3f} with a shared body",
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
        f"Exact values after 80 updates: a small mark for each of {n} seeds, a bar from the worst to the best, a tick at their "
        "median. Over c_v a seed's rewards differ by less than 0.02 with separate networks for "
        f"{how_many(apart['separate'] < 0.02)}. They differ more with a shared body than with separate networks for "
        f"{how_many(apart['shared body'] > apart['separate'])}. With the largest c_H the policy stays within 0.05 of the "
        f"random one for {how_many(abs(np.array(by_entropy[max(by_entropy)]) - bounds['random']) < 0.05)}.",
    )


def _apart(rows: dict[float, list[float]]) -> np.ndarray:
    """How far each seed's rewards lie apart over the settings, [seeds]."""
    return np.ptp(np.array(list(rows.values())), axis=0)


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
