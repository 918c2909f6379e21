"""The trainings of lesson 08 as figures: what several passes win, what a step costs, PPO beside A2C."""

import numpy as np

from ..plots import CRITIC, POLICY, SECONDARY, TRUTH, TRUTH_LINE, Shown, new_figure, show, text_colour
from .curves import banded_curve, mean_return_at

__all__ = ["ends_falls_and_moves", "pendulum_race", "price_of_a_step", "reuse_of_a_batch"]

STYLES = [(POLICY, "-"), (SECONDARY, ":"), (CRITIC, "--")]


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
        histories: name -> one `History` for each seed: several passes, one pass, several without a clip.
        budget: environment steps of each run.
    """
    figure, (left, right) = new_figure(
        "Four passes beat one, as long as the clip holds them back",
        xlabel="environment steps (thousands)",
        ylabel=["mean return of 50 episodes (reward)", "approximate KL of an update (nats, log)"],
        columns=2,
        width=9.0,
        height=3.6,
    )
    _draw_curves(left, histories, budget, 50, apart=45)
    left.set(xlim=(0, 1.45 * budget / 1000), ylim=(0, 520), xticks=range(0, budget // 1000 + 1, 10))
    for runs, (colour, style) in zip(histories.values(), STYLES, strict=True):
        shortest = min(map(len, runs))
        kl = np.stack([history.losses("approx_kl").numpy()[:shortest] for history in runs])
        x = np.array([update.steps for update in runs[0].updates[:shortest]]) / 1000
        banded_curve(right, x, kl, colour, style, middle=np.median, alpha=0.15, linewidth=2)
    right.set(yscale="log", ylim=(2e-5, 3e1))
    cut = np.mean([history.losses("clip_fraction").mean() for history in next(iter(histories.values()))])
    words = [(0.92, CRITIC, "4 passes, no clip"), (0.04, POLICY, "with the clip")]
    for height, colour, word in words:
        right.text(0.97, height, word, transform=right.transAxes, ha="right", color=text_colour(colour))
    seeds = len(next(iter(histories.values())))
    return show(
        figure,
        f"Lines: median of {seeds} seeds; bands: lowest to highest seed; left dotted line: 1 pass. Same environment steps for "
        f"all. With the clip four passes learn faster than one, and at the end of an update about {round(cut, 1):.0%} of the "
        "ratios are outside it; without it an update moves the policy tens of times as far, and the outcome is a gamble.",
    )


def price_of_a_step(
    environment_steps: dict[str, list], gradient_steps: dict[str, list], rows: dict[str, int]
) -> Shown:
    """What each learner paid to reach the target, one mark for each seed.

    Args:
        environment_steps, gradient_steps: learner -> one number for each seed.
        rows: learner -> rows of the batch that one of its gradient steps uses.
    """
    figure, axes = new_figure(
        "PPO needs fewer environment steps, and more, smaller gradient steps",
        ylabel=["environment steps (thousands)", "gradient steps"],
        columns=2,
        width=9.0,
        height=3.2,
    )
    thousands = {name: np.array(numbers) / 1000 for name, numbers in environment_steps.items()}
    for ax, learners in zip(axes, (thousands, gradient_steps), strict=True):
        for place, numbers in enumerate(learners.values()):
            colour, marker = [(SECONDARY, "s"), (POLICY, "o")][place]
            spread = np.linspace(-0.12, 0.12, len(numbers))
            ax.plot(place + spread, numbers, marker, color=colour, markersize=6)
            middle = np.median(numbers)
            ax.plot([place - 0.25, place + 0.25], [middle, middle], color=TRUTH, linewidth=1.2)
            ax.text(place + 0.28, middle, f"{middle:.0f}", va="center")
        words = [f"{name}, {rows[name]} rows each" if ax is axes[1] else name for name in learners]
        ax.set_xticks(range(len(learners)), words, fontsize=10)
        ax.set(xlim=(-0.5, len(learners) - 0.4), ylim=(0, 1.15 * max(map(max, learners.values()))))
    seeds = len(next(iter(environment_steps.values())))
    return show(
        figure,
        f"To a mean return of 475 over 100 episodes: one mark for each of {seeds} seeds, line: their median. Right: so many rows "
        "of a batch go into one gradient step: "
        + ", ".join(f"{rows[name]} for {name}" for name in rows)
        + ".",
    )


def pendulum_race(histories: dict, budget: int) -> Shown:
    """Learning curves on Pendulum: name -> one `History` for each seed, PPO first; budget in environment steps."""
    figure, ax = new_figure(
        "Pendulum: PPO is near our mark, A2C still on its way",
        xlabel="environment steps (thousands)",
        ylabel="mean return of 32 episodes (reward)",
    )
    _draw_curves(ax, histories, budget, 32, apart=150)
    ax.plot([0, budget / 1000], [-200, -200], **(TRUTH_LINE | {"linewidth": 1.0}))
    ax.text(1, -185, "our mark, -200", va="bottom")
    ax.set(ylim=(-1700, 50), xlim=(0, 1.1 * budget / 1000))
    seeds = len(next(iter(histories.values())))
    return show(
        figure,
        f"Lines: median of {seeds} seeds; bands: lowest to highest seed. Both learn from the same number of environment steps.",
    )
