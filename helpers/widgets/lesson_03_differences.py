"""A step size and a number of episodes in, bias and noise of a finite difference out, exact; and the widget of both.

The one parameter is the logit of "work" in the first round of the lottery world; everything else is 50 : 50. The first
round is played once, so all of the parameter's effect is in the first action: work with probability sigmoid(logit).
"""

from functools import cache
from itertools import product

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import CRITIC, POLICY, SAMPLES, TRUTH, TRUTH_LINE, YOURS, label_line, new_figure
from ..worlds import lottery_world

__all__ = ["difference_quality", "finite_differences", "sampled_slopes", "slope"]

HORIZON = 3
# No probability of the world or of the 50 : 50 policy lies elsewhere strictly inside (0, 1).
CUTS = (0.3, 0.5, 0.7)
REPEATS, MOST = 40, 1000  # estimates in the picture, and episodes that each may use
STEPS = np.geomspace(0.02, 6.0, 80)


def returns_after(first_action: int, noise: np.ndarray) -> np.ndarray:
    """The return of episodes whose first action is given and whose other choices read their chance from `noise`.

    A draw is the first entry whose cumulative probability exceeds the uniform number.

    Args:
        first_action: 0 works, 1 buys a ticket.
        noise: float [..., HORIZON, 2] in [0, 1): for each round one number for the action and one for the world.

    Returns:
        float [...], in reward.
    """
    world = lottery_world()
    cumulative, reward = world.transition.numpy().cumsum(-1), world.reward.numpy()
    state, total = np.zeros(noise.shape[:-2], dtype=int), np.zeros(noise.shape[:-2])
    for t in range(HORIZON):
        action = (noise[..., t, 0] >= 0.5).astype(int) if t else np.full_like(state, first_action)
        total += world.gamma**t * reward[state, action]
        state = (noise[..., t, 1, None] >= cumulative[state, action] - 1e-12).sum(-1)
    return total


@cache
def cells() -> tuple[np.ndarray, np.ndarray]:
    """Every outcome that the noise can have: returns [2, K] by first action, and the probability [K] of each."""
    edges = np.array([0.0, *CUTS, 1.0])
    middles, widths = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    drawn = [(0, 1), (1, 0), (1, 1)]  # the numbers that matter: the third round's are without effect
    picks = np.array(list(product(range(len(middles)), repeat=len(drawn))))
    noise = np.full((len(picks), HORIZON, 2), 0.5)
    for column, (t, which) in enumerate(drawn):
        noise[:, t, which] = middles[picks[:, column]]
    return np.stack([returns_after(a, noise) for a in (0, 1)]), widths[picks].prod(1)


def slope() -> float:
    """The exact derivative of J with respect to the logit, at logit 0: sigmoid'(0) = 1/4 times q(work) - q(ticket)."""
    returns, chances = cells()
    return float((returns[0] - returns[1]) @ chances) / 4


def difference_quality(eps, episodes: int, shared: bool = False) -> dict[str, np.ndarray]:
    """Exact bias and noise of the central difference with so many episodes at each of its two points.

    bias = (J(eps) - J(-eps)) / (2 eps) - dJ, noise = sqrt(Var[G(eps) - G(-eps)] / episodes) / (2 eps)

    Args:
        eps: float [...], above 0.
        episodes: at each point, at least 1.
        shared: both points use the same random numbers: the two returns part only where the first action does.

    Returns:
        `bias`, `noise` and `error` (their root mean square), float [...], in reward per unit of the logit.

    Source: Glasserman, Monte Carlo methods in financial engineering (2003), section 7.1.
    """
    returns, chances = cells()
    eps = np.asarray(eps, dtype=float)
    work = 1 / (1 + np.exp(-eps))  # and 1 - work at -eps
    gap, parted = (returns[0] - returns[1]) @ chances, 2 * work - 1
    means, squares = returns @ chances, returns**2 @ chances
    if shared:
        variance = parted * ((returns[0] - returns[1]) ** 2 @ chances) - (parted * gap) ** 2
    else:
        variance = sum(p * squares[0] + (1 - p) * squares[1] - (p * means[0] + (1 - p) * means[1]) ** 2
                       for p in (work, 1 - work))  # fmt: skip
    bias, noise = parted * gap / (2 * eps) - slope(), np.sqrt(variance / episodes) / (2 * eps)
    return {"bias": bias, "noise": noise, "error": np.hypot(bias, noise)}


@cache
def stored_episodes() -> tuple[np.ndarray, np.ndarray]:
    """The noise of every picture, drawn once: first actions' numbers [2, R, N] and returns [2, 2, R, N] by side, action."""
    noise = np.random.default_rng(3).random((2, REPEATS, MOST, HORIZON, 2))
    returns = np.stack([np.stack([returns_after(a, side) for a in (0, 1)]) for side in noise])
    return noise[..., 0, 0], returns


def sampled_slopes(eps: float, episodes: int, shared: bool = False) -> np.ndarray:
    """The estimates of REPEATS repetitions, all from the same stored noise whatever the arguments.

    Args:
        eps: above 0.
        episodes: at each point, at most MOST: the first of the stored ones.
        shared: both points use the same random numbers.

    Returns:
        float [REPEATS].
    """
    chance, returns = stored_episodes()
    means = []
    for side, logit in enumerate((eps, -eps)):
        used = 0 if shared else side
        works = chance[used, :, :episodes] < 1 / (1 + np.exp(-logit))
        means.append(np.where(works, *returns[used, :, :, :episodes]).mean(-1))
    return (means[0] - means[1]) / (2 * eps)


def finite_differences() -> LivePicture:
    """Step size, number of episodes and common random numbers; bias and noise of the estimate follow."""
    figure, (left, right) = _axes_with_the_truth()
    (noise,) = left.plot(STEPS, STEPS, "-.", color=POLICY, animated=True)
    (error,) = left.plot(STEPS, STEPS, color=TRUTH, linewidth=2, alpha=0.6, animated=True)
    (here,) = left.plot([1], [1], "o", color=YOURS, markeredgecolor=TRUTH, markersize=10, animated=True)
    places = np.linspace(-0.7, 0.7, REPEATS)
    (dots,) = right.plot(places, places, "o", color=SAMPLES, markersize=4, animated=True)

    def update(eps: float, episodes: int, shared: bool) -> str:
        curves, now = (difference_quality(at, episodes, shared) for at in (STEPS, eps))
        noise.set_ydata(curves["noise"])
        error.set_ydata(curves["error"])
        here.set_data([eps], [now["error"]])
        dots.set_ydata(sampled_slopes(eps, episodes, shared))
        return (
            f"With ε = {eps:.2g} and {episodes} episodes at each point the bias is {now['bias']:.2g} and the noise "
            f"{now['noise']:.2g}: a typical error of {now['error'] / slope():.0%} of the slope, {slope():.4f}."
        )

    step = ipywidgets.FloatLogSlider(0.1, min=-1.7, max=0.75, step=0.05, readout_format=".2f")
    step.description = "step ε"
    episodes = ipywidgets.SelectionSlider(options=[10, 30, 100, 300, MOST], value=100)
    episodes.description = "episodes at each point"
    controls = {
        "eps": step,
        "episodes": episodes,
        "shared": ipywidgets.Checkbox(False, description="the same random numbers at both points"),
    }
    return LivePicture(figure, update, controls)


def _axes_with_the_truth():
    """What does not move: axes, the bias, the exact slope."""
    figure, (left, right) = new_figure(
        "A small step drowns in noise, a wide one is biased",
        xlabel=["step ε (log scale)", ""],
        ylabel=["typical error (reward, log scale)", "estimated slope (reward)"],
        width=9.0,
        height=3.8,
        columns=2,
        width_ratios=[1.5, 1],
    )
    left.set(xscale="log", yscale="log", xlim=(STEPS[0], STEPS[-1]), ylim=(3e-4, 100))
    right.set(xlim=(-1, 1), ylim=(-100, 800), xticks=[])
    right.set_yscale("symlog", linthresh=0.3)
    right.set_yticks([-100, -10, -1, 0, 1, 10, 100], ["-100", "-10", "-1", "0", "1", "10", "100"])
    (line,) = left.plot(STEPS, np.abs(difference_quality(STEPS, 1)["bias"]), ":", color=CRITIC)
    label_line(line, "bias", at=0.45, above=3)
    for ax, words in (
        (left, "dashed: the slope itself\ndash-dot: noise    solid: both together"),
        (right, f"{REPEATS} estimates; dashed: exact"),
    ):
        ax.axhline(slope(), **TRUTH_LINE)
        ax.text(0.98, 0.97, words, transform=ax.transAxes, ha="right", va="top")
    return figure, (left, right)
