"""The figures of lesson 06: pushes, crowds, a parabola, baselines that learn, shaped corridors and trainings."""

import numpy as np
import torch

from ..plots import (
    ADVANTAGE,
    CRITIC,
    POLICY,
    REWARD,
    SAMPLES,
    SECONDARY,
    TRUTH,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
    text_colour,
)
from .curves import banded_curve

__all__ = [
    "crowds",
    "learned_baseline",
    "lost_agents",
    "praise_of_the_first_half",
    "pushes",
    "shaped_corridors",
    "trainings",
    "variance_parabola",
]


def pushes(good: dict[str, float], bad: dict[str, float], p: float) -> Shown:
    """The push of either button on the good one's logit, and their mean, for each name of a game.

    Args:
        good, bad: name of the game -> push after pressing the good button, the bad one.
        p: probability of the good button.
    """
    figure, axes = new_figure(
        "100 more on both rewards: the mean push stays, the single pushes tear apart",
        xlabel="push on the good button's logit",
        height=2.6,
        columns=len(good),
    )
    said = []
    for ax, name in zip(axes, good, strict=True):
        mean = p * good[name] + (1 - p) * bad[name]
        rows = [("pressed good", good[name]), ("pressed bad", bad[name]), ("mean", mean)]
        limit = 1.35 * max(abs(push) for _, push in rows)
        ax.set(xlim=(-limit, limit), ylim=(-0.6, 2.6))
        ax.set_yticks([2, 1, 0], [row for row, _ in rows])
        ax.set_title(name, fontsize=10, loc="left")
        if limit > 10:
            ax.set_xlabel("the same push: mind the scale", fontsize=10)
        ax.axvline(0, color=SECONDARY, linewidth=0.8)
        for y, (row, push) in zip([2, 1, 0], rows, strict=True):
            colour = TRUTH if row == "mean" else POLICY
            if abs(push) > 0.05 * limit:
                ax.annotate(
                    "", (push, y), (0, y), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2.5}
                )
                ax.text(push, y + 0.22, f"{push:+.2f}", ha="center", color=colour)
            else:  # too short for an arrow
                ax.plot([push], [y], "|", color=colour, markersize=10, markeredgewidth=2.5)
                ax.text(push + 0.06 * limit, y, f"{push:+.2f}", va="center", color=colour)
        said.append(f"{name}: {good[name]:+.2f} after good, {bad[name]:+.2f} after bad, mean {mean:+.2f}")
    return show(figure, f"At p = {p}. " + "; ".join(said) + ".")


def crowds(paths: dict[str, torch.Tensor], shown: int = 60) -> Shown:
    """What becomes of agents that learn: some of their paths, and the share that prefers the bad button.

    Args:
        paths: name of the game -> float [presses + 1, agents], probability of the good button.
        shown: so many agents are drawn.
    """
    figure, axes = new_figure(
        "Add 100 to both rewards, and half of the agents lock on to the bad button",
        xlabel="presses",
        ylabel=["probability of the good button", ""],
        width=8.0,
        height=3.8,
        columns=len(paths),
        sharey=True,
    )
    said = []
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        presses, agents = len(path) - 1, path.shape[1]
        lost = (path[-1] < 0.5).double().mean().item()
        ax.plot(path[:, :shown], color=SAMPLES, linewidth=0.8, alpha=0.6)
        (line,) = ax.plot(path.mean(1), **TRUTH_LINE)
        lift = -28 if path[-1].mean() > 0.8 else 2  # below a line that runs along the top
        name_of_mean = label_line(line, f"mean of {_spaced(agents)}", at=0.66 * presses, above=lift)
        name_of_mean.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1})
        ax.set_title(name, fontsize=11, loc="left", fontweight="bold")
        ax.set(ylim=(-0.03, 1.03), xlim=(-0.02 * presses, 1.34 * presses))
        ax.set_xticks(range(0, presses + 1, 50))
        for y, share, word, colour in ((1, 1 - lost, "good", POLICY), (0, lost, "bad", text_colour(CRITIC))):
            ax.text(
                1.04 * presses, y, f"{share:.0%}", va="center", fontsize=17, fontweight="bold", color=colour
            )
            ax.text(1.04 * presses, y - 0.09 + 0.18 * (y == 0), f"prefer {word}", va="center", color=colour)
        said.append(f"{name}: {lost:.0%}")
    return show(
        figure,
        f"Thin: {shown} of {_spaced(agents)} agents; dashed: the mean of all. Agents that prefer the bad button after "
        f"{presses} presses: {'; '.join(said)}.",
    )


def _spaced(number: int) -> str:
    """20 000."""
    return f"{number:,}".replace(",", " ")


def lost_agents(shares: dict[str, float]) -> Shown:
    """The share of agents that prefer the bad button, for each baseline."""
    figure, ax = new_figure(
        "A baseline near the rewards brings every agent home; one that comes late does not",
        xlabel="agents that prefer the bad button after 200 presses (%)",
        height=2.9,
    )
    names = list(shares)[::-1]
    bars = ax.barh(names, [100 * shares[name] for name in names], color=ADVANTAGE, height=0.6)
    ax.bar_label(bars, [f"{shares[name]:.0%}" for name in names], padding=4)
    ax.set_xlim(0, 60)
    return show(
        figure,
        "Share of lost agents: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()) + ".",
    )


def variance_parabola(p: float, baselines: dict[str, float], variances: dict[str, float]) -> Shown:
    """The variance of one push over the baseline, ±1 at probability p, with marked baselines.

    Args:
        p: probability of the good button.
        baselines, variances: name -> b and its variance of one logit; b* is the one without variance.
    """
    best = min(variances, key=variances.get)
    grid = np.linspace(-1.5, 2.3, 200)
    figure, ax = new_figure(
        f"At p = {p} the value is four times as noisy a baseline as none at all",
        xlabel="baseline b (reward)",
        ylabel="variance of one push (one logit)",
    )
    ax.plot(grid, p * (1 - p) * (grid - baselines[best]) ** 2, color=ADVANTAGE)
    for (name, b), colour in zip(baselines.items(), [SECONDARY, CRITIC, text_colour(ADVANTAGE)], strict=True):
        ax.plot([b], [variances[name]], "o", color=colour, markersize=8)
        ax.annotate(
            f"{name}\n{variances[name]:.4f}",
            (b, variances[name]),
            xytext=(0, 34),
            textcoords="offset points",
            ha="center",
            color=text_colour(colour),
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8},
        )
    ax.set_ylim(-0.03, 0.75)
    said = ", ".join(f"{variances[name]:.4f} at {name} = {b:.1f}" for name, b in baselines.items())
    return show(figure, f"A parabola with its lowest point at b* = {baselines[best]:.1f}. Variance {said}.")


def learned_baseline(episodes: list[int], variances: torch.Tensor, none: float, best: float) -> Shown:
    """The exact variance with a baseline learned from some episodes, between that of none and of the best.

    Args:
        episodes: from how many episodes a baseline was learned.
        variances: float [len(episodes), repetitions].
        none, best: variance without a baseline, and with the best one.
    """
    figure, ax = new_figure(
        "A learned baseline pays after a handful of episodes",
        xlabel="episodes from which the baseline was learned (log scale)",
        ylabel="variance of the gradient",
    )
    low, middle, high = torch.quantile(variances, torch.tensor([0.1, 0.5, 0.9], dtype=variances.dtype), dim=1)
    ax.fill_between(episodes, low, high, color=CRITIC, alpha=0.2, linewidth=0)
    (line,) = ax.plot(episodes, middle, "o-", color=CRITIC)
    label_line(line, "learned", at=episodes[-3], above=12)
    for name, level, look in [
        ("none", none, {"color": SECONDARY, "linestyle": ":"}),
        ("best b(s)", best, TRUTH_LINE),
    ]:
        (line,) = ax.plot(episodes[:1] + episodes[-1:], [level, level], **look)
        label_line(line, name)
    ax.set(xscale="log", ylim=(0, None))
    ax.set_xticks(episodes, [str(n) for n in episodes])
    ax.minorticks_off()
    return show(
        figure,
        f"Dots: median of {variances.shape[1]} baselines, each the mean returns in its own episodes; band: from the 10% to the "
        f"90% quantile. Dotted: no baseline, {none:.2f}; dashed: the best b(s), {best:.2f}.",
    )


def praise_of_the_first_half(weights: dict[str, torch.Tensor]) -> Shown:
    """The standardised returns of whole episodes over their steps: name of the episode -> float [T]."""
    figure, ax = new_figure(
        "Standardised alone, a CartPole episode praises its own first half, be it clumsy or good",
        xlabel="step / length of the episode",
        ylabel="weight of the action",
    )
    for (name, weight), colour, dash in zip(
        weights.items(), [POLICY, CRITIC, TRUTH], ["-", "--", ":"], strict=False
    ):
        ax.plot(np.linspace(0, 1, len(weight)), weight, color=colour, linestyle=dash, label=name)
    ax.axhline(0, color=SECONDARY, linewidth=0.8)
    ax.legend(frameon=False)
    said = [
        f"{name}: {int((weight > 0).sum())} of {len(weight)} actions praised, all in the first half"
        for name, weight in weights.items()
        if (weight[len(weight) // 2 :] <= 1e-6).all()
    ]
    return show(figure, "; ".join(said) + ".")


def shaped_corridors(policies: dict[str, torch.Tensor], earned: dict[str, float]) -> Shown:
    """The best policy of each corridor as arrows, and what it earns without any hint.

    Args:
        policies: name of the hint -> float [S, 2], probability of left and right in each live state.
        earned: name of the hint -> true return from the start.
    """
    figure, ax = new_figure(
        "A potential leaves the best policy alone; pay for movement or time, and it avoids the goal",
        xlabel="position (the goal is at the right)",
        height=2.8,
    )
    rows = range(len(policies) - 1, -1, -1)
    for y, (name, probs) in zip(rows, policies.items(), strict=True):
        for x, (left, right) in enumerate(probs.tolist()):
            for share, step in ((left, -1), (right, 1)):
                if share > 0:
                    ax.annotate(
                        "",
                        (x + 0.36 * step, y),
                        (x, y),
                        arrowprops={"arrowstyle": "-|>", "color": POLICY, "lw": 2.2},
                    )
        ax.plot([len(probs)], [y], "*", color=REWARD, markersize=14)
        ax.text(len(probs) + 0.5, y, f"earns {earned[name]:.2f}", va="center", fontweight="bold")
    ax.set(xlim=(-0.6, len(probs) + 1.6), ylim=(-0.5, len(policies) - 0.5))
    ax.set_yticks(list(rows), list(policies))
    ax.set_xticks(range(len(probs) + 1))
    said = ", ".join(f"{name} {value:.2f}" for name, value in earned.items())
    return show(
        figure,
        f"Arrows: the best action with each hint, of equal ones the first; star: the goal. True return from position 0: "
        f"{said}.",
    )


def trainings(curves: dict[str, dict[str, np.ndarray]]) -> Shown:
    """Learning curves in panels: panel -> line -> float [seeds, updates], mean return of a batch."""
    figure, axes = new_figure(
        "CartPole: 100 more on every return, and no seed learns, unless a baseline is there in time",
        xlabel="updates (16 episodes each)",
        ylabel=["mean return (steps)", *[""] * (len(curves) - 1)],
        width=9.0,
        columns=len(curves),
        sharey=True,
    )
    looks = [(POLICY, "-"), (CRITIC, "--"), (SECONDARY, ":")]
    for ax, (panel, lines) in zip(axes, curves.items(), strict=True):
        ax.set_title(panel, fontsize=10, loc="left")
        for (name, runs), (colour, dash) in zip(lines.items(), looks, strict=False):
            banded_curve(ax, range(runs.shape[1]), runs, colour, dash, alpha=0.15, label=name)
        ax.legend(frameon=False, loc="upper left")
        ax.set(ylim=(0, 520), xlim=(0, runs.shape[1] - 1))
    seeds = len(runs)
    return show(
        figure,
        f"Lines: mean over {seeds} seeds; bands: from the worst to the best of the {seeds}. Returns are counted without the "
        f"added 100.",
    )
