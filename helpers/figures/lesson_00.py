"""The figures of lesson 00: learning curves of several seeds, and an episode on film."""

from dataclasses import replace

import numpy as np

from ..film import Film, film_episode
from ..learners import History
from ..plots import POLICY, SECONDARY, Shown, new_figure, show

__all__ = ["episode_on_film", "learning_curves"]


def learning_curves(histories: list[History], title: str, target: float, name: str) -> Shown:
    """The mean return of the last 100 episodes against environment steps, a line for each seed.

    Args:
        histories: one for each seed.
        title: the finding.
        target: the mean return that counts as solved.
        name: of the environment.
    """
    figure, ax = new_figure(title, xlabel="environment steps", ylabel="mean return of the last 100 episodes")
    for history in histories:
        returns, steps = history.episode_returns.numpy(), history.episode_steps.numpy()
        sums = np.concatenate([[0.0], np.cumsum(returns)])
        ends = np.arange(1, len(returns) + 1)
        starts = np.maximum(ends - 100, 0)
        last = np.append(steps[1:] != steps[:-1], True)  # episodes of one update are reported together
        ax.plot(steps[last], ((sums[ends] - sums[starts]) / (ends - starts))[last], color=POLICY, lw=1.2)
    ax.axhline(target, color=SECONDARY, ls=":")
    ax.text(0, target, f"solved: {target:.0f} ", color=SECONDARY, va="bottom")
    ax.set_ylim(0, 1.05 * ax.get_ylim()[1])
    return show(
        figure,
        f"One line for each of {len(histories)} seeds on {name}; training stops where the line reaches {target:.0f}.",
    )


def episode_on_film(env, policy, *, seed: int, text: str) -> Film:
    """One episode of a trained policy, moving; its words do not depend on how the episode went."""
    moving, _ = film_episode(env, policy, seed=seed)
    return replace(moving, text=text)
