"""The figures of lesson 02: a jump beside a slope, a triangle of mixes, a corridor's values, a clipped density."""

import numpy as np
import torch

from ..densities import beta_log_prob, gaussian_log_prob
from ..plots import (
    CRITIC,
    MAP,
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
from ..worlds import rock_paper_scissors_payoff

__all__ = [
    "best_responses",
    "choice_probabilities",
    "clipped_beside_beta",
    "corridor_values",
    "draw_simplex",
    "on_simplex",
]

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])  # rock, paper, scissors


def choice_probabilities(
    gaps: torch.Tensor, greedy: torch.Tensor, exploring: torch.Tensor, soft: torch.Tensor
) -> Shown:
    """Probability of the second of two actions against the gap between their values, for three policies, each [N]."""
    figure, ax = new_figure(
        "Greedy choices jump where a softmax moves smoothly",
        xlabel="Q(second action) - Q(first action) (reward)",
        ylabel="probability of the second action",
    )
    (line,) = ax.plot(gaps, soft, color=POLICY, linewidth=2.5)
    label_line(line, "softmax", at=0.22, above=12)
    (line,) = ax.plot(gaps, greedy, color=CRITIC, drawstyle="steps-mid")
    label_line(line, "greedy", at=0.75, above=1)
    (line,) = ax.plot(gaps, exploring, color=CRITIC, linestyle="--", drawstyle="steps-mid")
    label_line(line, "ε-greedy", at=0.75, above=-20)
    ax.set_ylim(-0.03, 1.12)
    jump, slope = (exploring[-1] - exploring[0]).item(), (soft.diff() / gaps.diff()).max().item()
    return show(
        figure,
        f"At a gap of 0 the greedy choice jumps by 1 and the ε-greedy one by {jump:g}; the softmax never rises faster than "
        f"{slope:.2f} per unit of reward.",
    )


def on_simplex(mix) -> np.ndarray:
    """Where mixes of rock, paper and scissors, float [..., 3], lie in the triangle: [..., 2]."""
    return np.asarray(mix, dtype=float) @ CORNERS


def draw_simplex(ax):
    """The triangle of all mixes, coloured by what the best response to each of them wins; returns the colours' scale."""
    steps = 60
    mixes = np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps
    worth = (mixes @ rock_paper_scissors_payoff().numpy().T).max(axis=1)
    x, y = on_simplex(mixes).T
    colours = ax.tricontourf(x, y, worth, levels=np.linspace(0, 1, 11), cmap=MAP)
    ax.tricontour(x, y, worth, levels=np.linspace(0, 1, 11), colors="white", linewidths=0.5)
    ax.set_aspect("equal")
    ax.axis("off")
    names = zip(("rock", "paper", "scissors"), CORNERS, ((0, -18), (0, -18), (0, 9)), strict=True)
    for name, corner, shift in names:
        ax.annotate(name, corner, xytext=shift, textcoords="offset points", ha="center")
    return colours


def best_responses(mixes: dict[str, tuple], worth: dict[str, float]) -> Shown:
    """The triangle with some named mixes on it, and what the best response to each wins."""
    figure, ax = new_figure("Any mix but the even one can be beaten", width=6.4, height=3.8)
    colours = draw_simplex(ax)
    bar = figure.colorbar(colours, ax=ax, shrink=0.8)
    bar.set_label("best response wins (reward)")
    box = {"boxstyle": "round", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    for name, mix in mixes.items():
        point = on_simplex(mix)
        ax.plot(*point, "o", color="white", markeredgecolor="black", markersize=8, clip_on=False)
        leftward = 0.1 < point[0] < 0.49
        aside = {"xytext": (-9, 7) if leftward else (9, 5), "ha": "right" if leftward else "left"}
        ax.annotate(f"{name}: {worth[name]:.2g}", point, textcoords="offset points", bbox=box, **aside)
    said = "; ".join(f"{name} loses {worth[name]:.2g}" for name in mixes)
    return show(figure, f"Against the best response to it, {said} a round on average.")


def corridor_values(
    rights: torch.Tensor, values: torch.Tensor, marks: dict[str, tuple[float, float]]
) -> Shown:
    """The value of the start against the probability of right, both [N], with named points on the curve."""
    figure, ax = new_figure(
        "Where rooms look alike, dice beat every fixed choice",
        xlabel="probability of right, in every room",
        ylabel="value of the start (reward)",
    )
    ax.plot(rights, values, color=POLICY)
    ax.set(ylim=(-110, 5), xlim=(0, 1))
    for name, (right, value) in marks.items():
        ax.plot(right, value, "o", color=CRITIC if "greedy" in name else REWARD)
        side = "left" if right < 0.5 else "right"
        ax.annotate(
            f"{name}: {value:.2f}",
            (right, value),
            xytext=(9 if side == "left" else -9, -12),
            textcoords="offset points",
            ha=side,
            color=text_colour(CRITIC if "greedy" in name else REWARD),
        )
    said = "; ".join(
        f"{name}, p = {right:.3g}, is worth {value:.2f}" for name, (right, value) in marks.items()
    )
    return show(figure, f"Exact values of the start: {said}. At p = 0 and p = 1 the curve falls without end.")


def clipped_beside_beta(mean: float, std: float, alpha: float, beta: float) -> Shown:
    """A Gaussian density with what clipping to [-1, 1] piles up at each bound, beside a Beta density on (-1, 1)."""
    figure, axes = new_figure(
        "Clipping piles probability up at a bound; a Beta stays inside",
        xlabel="action",
        ylabel=["density (per unit of action)", ""],
        columns=2,
        sharey=True,
    )
    grid = torch.linspace(-1.3, 2.4, 1851, dtype=torch.float64)
    inside = torch.linspace(-0.999, 0.999, 1999, dtype=torch.float64)
    column, log_std, ones = grid[:, None], torch.tensor([std]).double().log(), torch.ones_like(inside)
    gaussian = gaussian_log_prob(column, torch.full_like(column, mean), log_std).exp()
    bounded = beta_log_prob(inside, alpha * ones, beta * ones, -1, 1).exp()
    kept = grid.abs() <= 1
    axes[0].plot(grid, gaussian, color=SECONDARY, linestyle=":")
    for ax, name, x, y in zip(
        axes, ("Gaussian, then clipped", "Beta"), (grid[kept], inside), (gaussian[kept], bounded), strict=True
    ):
        ax.set_title(name, fontsize=10)
        ax.fill_between(x, y, color=SAMPLES, alpha=0.6, lw=0)
        ax.plot(x, y, color=POLICY)
        ax.set(xlim=(-1.3, 2.4), ylim=(0, 3.6))
        for bound in (-1, 1):
            ax.axvline(bound, **(TRUTH_LINE | {"linewidth": 1}))
    z = torch.tensor([(-1 - mean) / std, (mean - 1) / std], dtype=torch.float64)
    low, high = torch.special.ndtr(z).tolist()
    for bound, mass in ((-1, low), (1, high)):
        if mass > 0.005:
            axes[0].plot([bound, bound], [0, 2.4], color=POLICY, linewidth=5, solid_capstyle="butt")
            axes[0].text(bound + 0.15, 2.3, f"{mass:.0%} exactly\nhere", va="top", color=POLICY)
    return show(
        figure,
        f"Dashed: the bounds. After clipping, {high:.0%} of the Gaussian's actions are exactly 1: a bar without a width, and "
        f"so without a density. Beta({alpha:.1f}, {beta:.1f}), of the same mean, has none.",
    )
