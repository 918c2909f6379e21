"""The figures of lesson 00: what a discount forgets, learning curves of several seeds, and an episode on film."""

from dataclasses import replace

import numpy as np

from ..film import Film, film_episode
from ..learners import History
from ..learning_curve import running_returns
from ..plots import POLICY, REWARD, SECONDARY, Shown, label_line, new_figure, show
from .curves import how_many

__all__ = ["discounts", "episode_on_film", "learning_curves"]


def discounts(gammas: tuple[float, ...], steps: int = 100) -> Shown:
    """What a reward of 1 counts after t steps, γ^t, a line for each γ."""
    figure, ax = new_figure(
        "Close to 1, a hundredth more of γ looks much further ahead",
        xlabel="steps until the reward",
        ylabel="what a reward of 1 counts",
    )
    after = np.arange(steps + 1)
    for gamma, dash in zip(gammas, ("-", "--", "-."), strict=True):
        (line,) = ax.plot(after, gamma**after, color=REWARD, linestyle=dash)
        label_line(line, f"γ = {gamma:g}", above=4)
    ax.axhline(0.5, color=SECONDARY, linestyle=":", linewidth=1.0)
    ax.text(steps, 0.51, "half", color=SECONDARY, ha="right", va="bottom")
    ax.set(xlim=(0, steps), ylim=(0, 1.05))
    until = ", ".join(f"{np.log(0.5) / np.log(gamma):.0f} at γ = {gamma:g}" for gamma in gammas)
    return show(figure, f"A reward counts half after this many steps: {until}.")


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
        ax.plot(*running_returns(history, 100), color=POLICY, lw=1.2)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.axhline(target, color=SECONDARY, ls=":")
    ax.text(0, target, f"solved: {target:.0f} ", color=SECONDARY, va="bottom")
    ax.set_ylim(0, 1.05 * ax.get_ylim()[1])
    solved = how_many([history.ended_by == "target" for history in histories])
    return show(
        figure,
        f"One line for each of {len(histories)} seeds on {name}: {solved} reach {target:.0f}. Training goes on until the "
        "line has stayed there for 200 more episodes.",
    )


def episode_on_film(env, policy, *, seed: int, text: str) -> Film:
    """One episode of a trained policy, moving; its words do not depend on how the episode went."""
    moving, _ = film_episode(env, policy, seed=seed)
    return replace(moving, text=text)
