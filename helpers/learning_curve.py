"""A training's history in, the picture of it that grows out: every episode a dot, their running mean a line."""

from collections.abc import Callable

import numpy as np

from .learners import History
from .plots import POLICY, SAMPLES, TRUTH_LINE, new_figure

__all__ = ["learning_curve"]

SHOWN_EPISODES = 2000  # dots in the picture; of more, every second, third, ... is drawn


def learning_curve(
    title: str = "Return of the episodes as the training goes on",
    *,
    target: float | None = None,
    max_steps: int = 50_000,
    returns: tuple[float, float] = (0.0, 500.0),
    window: int = 100,
) -> Callable:
    """The picture of any training: every episode as a dot over the environment steps, and their running mean.

    Args:
        title: of the figure.
        target: drawn as a dashed line; None: no line.
        max_steps: > 0, where the axis ends at first; it is doubled whenever the training passes it.
        returns: lowest and highest return on the axis.
        window: int >= 1, the same as that of `LiveTraining`.

    Returns:
        () -> (figure, update), for `LiveTraining`.
    """

    def picture():
        figure, ax = new_figure(title, xlabel="environment steps", ylabel="return of an episode", height=3.2)
        low, high = returns
        margin = 0.05 * (high - low)
        ax.set(xlim=(0, max_steps), ylim=(low - margin, high + margin))
        if target is not None:
            ax.axhline(target, **TRUTH_LINE)
            ax.text(0.99, target, "target", transform=ax.get_yaxis_transform(), ha="right", va="bottom")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        words = f"dot: one episode\nline: mean of the last {window}"
        ax.text(0.99, 0.04, words, transform=ax.transAxes, ha="right")
        (dots,) = ax.plot([], [], ".", color=SAMPLES, markersize=4, animated=True)
        (mean,) = ax.plot([], [], color=POLICY, linewidth=2, animated=True)

        def update(history: History) -> str:
            steps, seen = history.episode_steps.numpy(), history.episode_returns.numpy()
            if history.steps > ax.get_xlim()[1]:
                ax.set_xlim(0, 2 * history.steps)
            every = max(1, -(-len(seen) // SHOWN_EPISODES))
            dots.set_data(steps[::every], seen[::every])
            mean.set_data(*running_returns(history, window))
            return _progress(history, target)

        return figure, update

    return picture


def running_returns(history: History, window: int) -> tuple[np.ndarray, np.ndarray]:
    """After each update that ended episodes the environment steps, int [K], and the mean of the last returns, float [K]."""
    steps, returns = history.episode_steps.numpy(), history.episode_returns.numpy()
    last = np.append(np.diff(steps) > 0, True)[: len(returns)]  # episodes of one update are reported together
    return steps[last], running_mean(returns, window)[last]


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of the last `window` values up to each one, or of all so far where they are fewer; float [E]."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)


def _progress(history: History, target: float | None) -> str:
    """How far a training has come, in one sentence."""
    if not len(history):
        return "No update yet. Press Run, or Step for one update."
    episodes = len(history.episode_returns)
    told = f"{len(history):,} updates, {history.steps:,} environment steps, {episodes:,} episodes"
    if not episodes:
        return f"{told}."
    last = min(episodes, history.window)
    reached = f" That reaches the target of {target:g}." if history.reached(target) else ""
    return f"{told}; mean return of the last {last}: {history.mean_return:.1f}.{reached}"
