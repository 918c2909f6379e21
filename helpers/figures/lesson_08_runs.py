"""The trainings of lesson 08 as figures: what several passes win, what a step costs, PPO beside A2C."""

import numpy as np

from ..plots import CRITIC, POLICY, SECONDARY, TRUTH, TRUTH_LINE, Shown, new_figure, show, text_colour
from .curves import banded_curve, how_many, mean_return_at

__all__ = ["ends_falls_and_moves", "pendulum_race", "price_of_a_step", "reuse_of_a_batch"]

STYLES = [(POLICY, "-"), (SECONDARY, "-."), (SECONDARY, ":"), (CRITIC, "--")]


def _draw_curves(ax, histories: dict, budget: int, window: int, apart: float) -> None:
    """Median and range over seeds, a line and a band for each name; labels stand at the end, so far apart at least."""
    grid, ends = np.linspace(budget / 60, budget, 60), {}
    for (name, runs), (colour, style) in zip(histories.items(), STYLES, strict=False):
        curves = np.stack([mean_return_at(history, grid, window) for history in runs])
        seen = ~np.isnan(curves).any(0)
        x, curves = grid[seen] / 1000, curves[:, seen]
        banded_curve(ax, x, curves, colour, style, middle=np.median, alpha=0.15, linewidth=2)
        ends[name] = (np.median(curves, 0)[-1], colour)
    height = np.inf
    for name, (end, colour) in sorted(ends.items(), key=lambda item: -item[1][0]):
        height = min(end, height - apart)
        ax.text(1.02 * budget / 1000, height, name, va="center", color=text_colour(colour))


def ends_falls_and_moves(histories: dict, window: int = 50) -> tuple[dict, dict, dict]:
    """What became of each use of a batch, over its seeds; each: name -> float.

    Args:
        histories: name -> one `History` for each seed.
        window: episodes in a running mean of the returns.

    Returns:
        Mean of the last running mean; mean of its deepest fall from the best before; median KL of an update.
    """
    ends, falls, moves = {}, {}, {}
    for name, runs in histories.items():
        means = [np.convolve(run.episode_returns, np.ones(window) / window, "valid") for run in runs]
        ends[name] = np.mean([mean[-1] for mean in means])
        falls[name] = np.mean([(np.maximum.accumulate(mean) - mean).max() for mean in means])
        moves[name] = np.median(np.concatenate([run.losses("approx_kl") for run in runs]))
    return ends, falls, moves


def reuse_of_a_batch(histories: dict, budget: int) -> Shown:
    """Learning curves and the KL of each update, for different uses of a batch.

    Args:
        histories: name -> one `History` for each seed, in this order: many gradient steps by several passes, as many by
            small minibatches of one pass, few by one pass, several passes without a clip.
        budget: environment steps of each run.
    """
    figure, (left, right) = new_figure(
        _what_more_steps_bring(histories, budget),
        xlabel="environment steps (thousands)",
        ylabel=["mean return of 50 episodes (reward)", "approximate KL of an update (nats, log)"],
        columns=2,
        width=9.6,
        height=3.8,
    )
    _draw_curves(left, histories, budget, 50, apart=45)
    left.set(xlim=(0, 1.6 * budget / 1000), ylim=(0, 540), xticks=range(0, budget // 1000 + 1, 10))
    for runs, (colour, style) in zip(histories.values(), STYLES, strict=True):
        shortest = min(map(len, runs))
        kl = np.stack([history.losses("approx_kl").numpy()[:shortest] for history in runs])
        x = np.array([update.steps for update in runs[0].updates[:shortest]]) / 1000
        banded_curve(right, x, kl, colour, style, middle=np.median, alpha=0.12, linewidth=2)
    right.set(yscale="log", ylim=(2e-5, 3e1))
    reuse, pieces, few, free = histories
    outside = np.mean([run.losses("clip_fraction").mean() for run in histories[reuse]])
    words = f"with the clip: after {reuse},\n{outside:.0%} of the ratios are outside it"
    for height, colour, word in [(0.94, CRITIC, free), (0.04, POLICY, words)]:
        right.text(0.97, height, word, transform=right.transAxes, ha="right", color=text_colour(colour))
    ends = {name: _returns_at(runs, budget) for name, runs in histories.items()}
    moves = {
        name: np.array([run.losses("approx_kl").median() for run in runs]) for name, runs in histories.items()
    }
    return show(
        figure,
        f"Lines: median of {len(histories[few])} seeds; bands: lowest to highest seed. All take the same environment steps. At "
        f"the end “{reuse}” is ahead of “{few}” in {how_many(ends[reuse] > ends[few])}, and “{pieces}” in "
        f"{how_many(ends[pieces] > ends[few])}. “{reuse}” is ahead of “{free}” in {how_many(ends[reuse] > ends[free])}. Without "
        f"the clip an update moves the policy more than ten times as far in KL in {how_many(moves[free] > 10 * moves[reuse])}.",
    )


def _returns_at(runs: list, budget: int) -> np.ndarray:
    """Of each seed the mean return of the last 50 episodes within the budget, float [seeds]."""
    return np.array([mean_return_at(history, np.array([budget]), 50)[0] for history in runs])


def _what_more_steps_bring(histories: dict, budget: int) -> str:
    """The title: what the runs at hand show."""
    reused, cut, few, free = (_returns_at(runs, budget).mean() for runs in histories.values())
    lead = min(reused, cut) - few
    more = (
        "learn faster" if lead > 50 else "learn slower" if max(reused, cut) - few < -50 else "change little"
    )
    return (
        f"More gradient steps on a batch {more}: {reused:.0f} with reuse and {cut:.0f} without, {few:.0f} with few steps, "
        f"{free:.0f} without the clip"
    )


def price_of_a_step(
    environment_steps: dict[str, list], gradient_steps: dict[str, list], rows: dict[str, int]
) -> Shown:
    """What each learner paid to reach the target, one mark for each seed.

    Args:
        environment_steps, gradient_steps: learner -> one number for each seed.
        rows: learner -> rows of the batch that one of its gradient steps uses.
    """
    steps = {name: np.array(numbers) for name, numbers in environment_steps.items()}
    figure, axes = new_figure(
        _what_was_paid(environment_steps),
        ylabel=["environment steps (thousands)", "gradient steps"],
        columns=2,
        width=9.6,
        height=3.4,
    )
    styles = [(SECONDARY, "s"), (SECONDARY, "D"), (POLICY, "o")]
    thousands = {name: numbers / 1000 for name, numbers in steps.items()}
    for ax, learners in zip(axes, (thousands, gradient_steps), strict=True):
        for place, (numbers, (colour, marker)) in enumerate(zip(learners.values(), styles, strict=True)):
            spread = np.linspace(-0.12, 0.12, len(numbers))
            ax.plot(place + spread, numbers, marker, color=colour, markersize=6)
            middle = np.median(numbers)
            ax.plot([place - 0.25, place + 0.25], [middle, middle], color=TRUTH, linewidth=1.2)
            ax.text(place + 0.28, middle, f"{middle:.0f}", va="center")
        words = [f"{name}\n{rows[name]} rows each" if ax is axes[1] else name for name in learners]
        ax.set_xticks(range(len(learners)), words, fontsize=10)
        ax.set(xlim=(-0.5, len(learners) - 0.4), ylim=(0, 1.15 * max(map(max, learners.values()))))
    large, small, ppo = steps
    most, fewer, fewest = steps.values()
    sizes = ", ".join(f"{count} for “{name}”" for name, count in rows.items())
    return show(
        figure,
        f"To a mean return of 475 over 100 episodes: one mark for each of {len(fewest)} seeds, line: their median. Right: so "
        f"many rows of a batch go into one gradient step: {sizes}. “{ppo}” needs less than a third of the environment steps of "
        f"“{large}” in {how_many(3 * fewest < most)}, and “{small}” two thirds at most in {how_many(3 * fewer <= 2 * most)}.",
    )


def _what_was_paid(environment_steps: dict[str, list]) -> str:
    """The title: what the runs at hand show."""
    (large, most), (small, fewer), (ppo, fewest) = environment_steps.items()
    times = [np.median(steps) / np.median(fewest) for steps in (most, fewer)]
    return f"“{large}” needs {times[0]:.1f} times the environment steps of “{ppo}”, “{small}” {times[1]:.1f} times"


def pendulum_race(histories: dict, budget: int) -> Shown:
    """Learning curves on Pendulum: name -> one `History` for each seed, PPO first; budget in environment steps."""
    ends = {
        name: np.array([mean_return_at(history, np.array([budget]), 32)[0] for history in runs])
        for name, runs in histories.items()
    }
    (ppo, ours), (other, theirs) = ends.items()
    figure, ax = new_figure(
        f"Pendulum, after {budget // 1000} thousand steps: {ppo} at {np.median(ours):.0f}, {other} at {np.median(theirs):.0f}",
        xlabel="environment steps (thousands)",
        ylabel="mean return of 32 episodes (reward)",
    )
    _draw_curves(ax, histories, budget, 32, apart=150)
    ax.plot([0, budget / 1000], [-200, -200], **(TRUTH_LINE | {"linewidth": 1.0}))
    ax.text(1, -185, "our mark, -200", va="bottom")
    ax.set(ylim=(-1700, 50), xlim=(0, 1.1 * budget / 1000))
    return show(
        figure,
        f"Lines: median of {len(ours)} seeds; bands: lowest to highest seed. Both learn from the same number of environment "
        f"steps. At the end {ppo} is ahead of {other} in {how_many(ours > theirs)}.",
    )
