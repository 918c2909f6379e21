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
from .curves import how_many

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
    shares = {name: (path[-1] < 0.5).double().mean().item() for name, path in paths.items()}
    figure, axes = new_figure(
        "Agents that prefer the bad button in the end: "
        + ", ".join(f"{share:.0%} ({name})" for name, share in shares.items()),
        xlabel="presses",
        ylabel=["probability of the good button", ""],
        width=8.0,
        height=3.8,
        columns=len(paths),
        sharey=True,
    )
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        presses, agents = len(path) - 1, path.shape[1]
        lost = shares[name]
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
    said = "; ".join(f"{name}: {share:.0%}" for name, share in shares.items())
    return show(
        figure,
        f"Thin: {shown} of {_spaced(agents)} agents; dashed: the mean of all. Agents that prefer the bad button after "
        f"{presses} presses: {said} (sampled; standard error at most {0.5 / agents**0.5:.1%}).",
    )


def _spaced(number: int) -> str:
    """20 000."""
    return f"{number:,}".replace(",", " ")


def lost_agents(shares: dict[str, dict[int, float]], agents: int) -> Shown:
    """The share of agents that prefer the bad button after some numbers of presses, for each baseline.

    Args:
        shares: baseline -> presses -> share, the same presses for all.
        agents: of which each share is a sample.
    """
    presses = list(next(iter(shares.values())))
    early, late = presses[0], presses[-1]
    groups = {"lost": [], "late": [], "home": []}
    for name, share in shares.items():
        groups["lost" if share[late] > 0.25 else "late" if share[early] > 0.01 else "home"].append(name)
    figure, ax = new_figure(
        f"Many agents are lost after {_spaced(early)} presses with {len(shares) - len(groups['home'])} of the {len(shares)} "
        f"baselines; after {_spaced(late)} still with {len(groups['lost'])}",
        xlabel="agents that prefer the bad button (%)",
        height=4.6,
    )
    names = list(shares)[::-1]
    looks = zip(presses, (SAMPLES, ADVANTAGE, SECONDARY), ("", "///", ""), strict=False)
    for row, (press, colour, hatch) in enumerate(looks):
        bars = ax.barh(
            [y + 0.27 * (1 - row) for y in range(len(names))],
            [100 * shares[name][press] for name in names],
            height=0.25,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=f"after {_spaced(press)} presses",
        )
        ax.bar_label(bars, [f"{shares[name][press]:.0%}" for name in names], padding=3, fontsize=8)
    ax.set_yticks(range(len(names)), names)
    ax.set_xlim(0, 62)
    ax.legend(frameon=False, loc="center right")
    said = "; ".join(f"{name}: {', '.join(map(_roughly, of.values()))}" for name, of in shares.items())
    return show(
        figure,
        f"Lost agents after {', '.join(map(_spaced, presses))} presses. {said}. Each share is of {_spaced(agents)} agents "
        f"(sampled; standard error at most {0.5 / agents**0.5:.1%}).",
    )


def _roughly(share: float) -> str:
    """A share in words that another processor's sample says, too."""
    return "none" if share < 0.01 else "some" if share < 0.35 else "half" if share < 0.65 else "most"


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
    low, middle, high = torch.quantile(variances, torch.tensor([0.1, 0.5, 0.9], dtype=variances.dtype), dim=1)
    helped = [n for n, variance in zip(episodes, middle.tolist(), strict=True) if variance < none]
    figure, ax = new_figure(
        f"Learned from {helped[0]} episodes or more, the median baseline has less variance than none"
        if helped
        else "No baseline that was learned here has less variance than none",
        xlabel="episodes from which the baseline was learned (log scale)",
        ylabel="variance of the gradient",
    )
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
    many = [bool((variance < none).all()) for n, variance in zip(episodes, variances, strict=True) if n >= 16]
    said = (
        "All" if all(many) else "Not all"
    )  # below 16 episodes chance decides, and another processor draws another
    return show(
        figure,
        f"Dots: median of {variances.shape[1]} baselines, each the mean returns in its own episodes; band: from the 10% to the "
        f"90% quantile. Dotted: no baseline, {none:.3f}; dashed: the best b(s), {best:.3f}. "
        f"{said} of those learned from 16 episodes or more have less variance than none.",
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


def trainings(curves: dict[str, dict[str, list]], target: float, slower: float = 1.2) -> Shown:
    """Learning curves in panels, one for each seed, each until it reaches a target.

    Args:
        curves: panel -> line -> one float [updates] for each seed, mean returns of its batches. The first line of a panel is
            what the others are compared with.
        target: mean return of the last batches at which a run ends.
        slower: a run that needs more than so many times the updates of the same seed in the first line is called slower.
    """
    needed = {
        panel: {name: np.array([len(run) for run in runs]) for name, runs in lines.items()}
        for panel, lines in curves.items()
    }
    figure, axes = new_figure(
        "Updates that CartPole needs with 100 more on each return: "
        + ", ".join(f"{_slowdown(lines):.1f} times as many ({panel})" for panel, lines in needed.items()),
        xlabel="updates (16 episodes each, log scale)",
        ylabel=["mean return (steps)", *[""] * (len(curves) - 1)],
        width=9.6,
        height=3.9,
        columns=len(curves),
        sharex=True,
        sharey=True,
    )
    looks = [(POLICY, "-", "o"), (SECONDARY, ":", "s"), (CRITIC, "--", "D")]
    said, there = [], []
    for ax, (panel, lines) in zip(np.ravel(axes), curves.items(), strict=True):
        medians = ", ".join(f"{np.median(counts):.0f}" for counts in needed[panel].values())
        ax.set_title(f"{panel}\nmedian updates: {medians}", fontsize=10, loc="left")
        first = next(iter(lines))
        for (name, runs), (colour, dash, marker) in zip(
            lines.items(), looks if len(lines) > 2 else looks[::2], strict=False
        ):
            for run in runs:
                ax.plot(range(1, len(run) + 1), run, color=colour, linestyle=dash, linewidth=0.9, alpha=0.7)
                ax.plot([len(run)], [run[-1]], marker, color=colour, markersize=6)
            ax.plot([], [], color=colour, linestyle=dash, marker=marker, label=name)
            there += [float(np.mean(np.asarray(run)[-5:])) >= target for run in runs]
            if name != first:
                late = needed[panel][name] > slower * needed[panel][first]
                said.append(f"{panel}, {name}: {how_many(late)}")
        ax.legend(frameon=False, loc="upper left", fontsize=9)
        ax.set(ylim=(0, 700), xscale="log")
        ax.xaxis.set_major_formatter("{x:.0f}")
    return show(
        figure,
        f"A line for each seed, without what was added, until the mean of the last five batches is {target:.0f} (marker). "
        f"{'All or all but one' if sum(there) >= len(there) - 1 else 'Not all'} of the runs get there. More than {slower} times "
        f"the updates of the same seed as it is need: {'; '.join(said)}.",
    )


def _slowdown(needed: dict[str, np.ndarray]) -> float:
    """The median of the last line beside that of the first."""
    medians = [float(np.median(updates)) for updates in needed.values()]
    return medians[-1] / medians[0]
