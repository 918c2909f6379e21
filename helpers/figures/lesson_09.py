"""The figures of lesson 09: easy and hard prompts, weights by length, a model that learns to add up, and what it writes."""

from collections.abc import Callable

import numpy as np
import torch

from ..digit_sums import answer_texts
from ..plots import (
    CRITIC,
    POLICY,
    REWARD,
    SECONDARY,
    TRUTH_LINE,
    Shown,
    label_line,
    new_figure,
    show,
    text_colour,
)
from .curves import banded_curve

__all__ = ["difficulty", "imitation", "leash", "lengths", "written", "zero_of_the_reward"]

BAND = "Lines: mean over {n} seeds; bands: from the lowest to the highest seed."


def difficulty(factor: Callable, sizes: tuple[int, ...]) -> Shown:
    """The mean push over the true gradient against a prompt's chance, for groups of some sizes, with the limit.

    Args:
        factor: (p, K) -> float.
        sizes: of the groups.
    """
    figure, ax = new_figure(
        "Dividing by the std stretches the gradient most where answers are nearly all wrong, or nearly all right",
        xlabel="chance p that an answer is right",
        ylabel="mean push / true gradient",
    )
    grid, chances = np.linspace(0.01, 0.99, 200), [0.01, 0.04, *np.linspace(0.1, 0.9, 17), 0.96, 0.99]
    ax.plot(grid, (grid * (1 - grid)) ** -0.5, **TRUTH_LINE)
    ax.text(0.09, 4.6, "K endless: 1/√(p(1 - p))")
    said = []
    for size, dash in zip(sizes, ["-", "--", "-.", ":"], strict=False):
        (line,) = ax.plot(chances, [factor(p, size) for p in chances], dash, color=POLICY)
        label_line(line, f"K = {size}")
        said.append(
            f"K = {size}: {factor(0.5, size):.2f} at p = 0.5 and {factor(0.01, size):.2f} at p = 0.01"
        )
    ax.set(xlim=(0, 1), ylim=(0, 6))
    return show(
        figure,
        f"Exact, over every possible group of 0/1 rewards. {'; '.join(said)}. Dashed: the limit of large groups.",
    )


def lengths(pushes: dict[str, list[float]], answers: list[str]) -> Shown:
    """The mean push on each kind of answer, relative to the largest, for each way to average.

    Args:
        pushes: name -> float [A].
        answers: name of each kind of answer.
    """
    figure, axes = new_figure(
        "Averaged answer by answer, long texts are praised less and blamed less",
        xlabel="mean push (largest = 1)",
        width=9.0,
        height=2.6,
        columns=len(pushes),
        sharey=True,
    )
    said = []
    for ax, (name, push) in zip(axes, pushes.items(), strict=True):
        push = np.asarray(push) / np.abs(push).max()
        bars = ax.barh(answers, push, color=[POLICY if part > 0 else CRITIC for part in push], height=0.6)
        ax.bar_label(bars, [f"{part:+.2f}" for part in push], padding=3)
        ax.set_title(name, fontsize=10, loc="left")
        ax.set_xlim(-1.7, 1.7)
        ax.axvline(0, color=SECONDARY, linewidth=0.8)
        said.append(f"{name}: {', '.join(f'{part:+.2f}' for part in push)}")
    axes[0].invert_yaxis()
    return show(figure, f"Exact mean push on {', '.join(answers)}. {'; '.join(said)}.")


def imitation(losses, teacher: float, shares) -> Shown:
    """Cross-entropy while learning from demonstrations, and how often teacher and pupils are right.

    Args:
        losses: float [seeds, steps], nats per token.
        teacher: share of right demonstrations.
        shares: float [seeds], share of right answers of each trained model.
    """
    figure, (left, right) = new_figure(
        "The pupil learns to write like its teacher, slips included",
        xlabel=["step of supervised learning", "share of right answers"],
        ylabel=["cross-entropy (nats per token)", ""],
        width=9.0,
        height=3.0,
        columns=2,
    )
    banded_curve(left, range(losses.shape[1]), losses, POLICY)
    right.plot([teacher], ["teacher"], "D", color=REWARD, markersize=9)
    right.plot(shares, ["pupils"] * len(shares), "o", color=POLICY, alpha=0.7)
    right.set(xlim=(0, 1), ylim=(-0.6, 1.6))
    return show(
        figure,
        f"Left: {BAND.format(n=len(losses))} Right: the teacher's own share, and the model of each of {len(shares)} seeds.",
    )


LOOKS = {"before": (SECONDARY, ":", "s"), "free": (CRITIC, "-", "o"), "leashed": (POLICY, "--", "D")}


def leash(
    curves: dict[str, np.ndarray], distances: dict[str, np.ndarray], kinds: dict[str, np.ndarray]
) -> Shown:
    """What tuning without and with a leash earns, how far it goes, and how many different right answers are left.

    Args:
        curves: name -> float [seeds, updates], share of right answers.
        distances: name -> float [seeds], KL to the reference in nats per answer.
        kinds: name -> float [seeds], different right answers among 100.
    """
    figure, axes = new_figure(
        "Without a leash nearly all is right, and nearly all the same",
        xlabel=["updates (256 answers each)", "", ""],
        ylabel=["share of right answers", "KL to the reference (nats)", "different right answers in 100"],
        width=9.0,
        height=3.4,
        columns=3,
        width_ratios=[1.5, 1, 1],
    )
    for name, runs in curves.items():
        colour, dash, _ = LOOKS[name]
        banded_curve(axes[0], range(runs.shape[1]), runs, colour, dash, label=name)
    axes[0].legend(frameon=False, loc="lower right")
    axes[0].set(ylim=(0, 1.02))
    for ax, groups in zip(axes[1:], (distances, kinds), strict=True):
        for place, (name, values) in enumerate(groups.items()):
            colour, _, marker = LOOKS[name]
            ax.plot(place + np.linspace(-0.15, 0.15, len(values)), values, marker, color=colour)
        ax.set(xlim=(-0.5, len(groups) - 0.5), ylim=(0, None))
        ax.set_xticks(range(len(groups)), list(groups))
    seeds = len(runs)
    return show(
        figure,
        f"Left: {BAND.format(n=seeds)} Middle and right: one mark for each of the {seeds} seeds, of models after tuning "
        "(before: the reference itself).",
    )


def written(models: dict, reward: Callable, prompts: tuple[int, ...], generator) -> Shown:
    """Six texts of each model to each prompt, a tick or a cross behind each.

    Args:
        models: name -> sequence model.
        reward: (prompts, answers) -> float [B], 1 for a right answer.
        prompts: what the digits should add up to.
        generator: draws the texts.
    """
    figure, axes = new_figure(
        "Three writers, six answers to each prompt", width=9.0, height=3.6, columns=len(models)
    )
    for ax, (name, model) in zip(axes, models.items(), strict=True):
        ax.axis("off")
        ax.set(xlim=(0, len(prompts)), ylim=(-6.3, 1))
        ax.set_title(name, loc="left", fontsize=10, fontweight="bold")
        for x, prompt in enumerate(prompts):
            asked = torch.full((6,), prompt)
            answers = model.sample(asked, generator)
            ax.text(x, 0.2, f"{prompt} =", fontweight="bold")
            for y, (text, earned) in enumerate(
                zip(answer_texts(answers), reward(asked, answers), strict=True)
            ):
                colour, mark = (POLICY, "✓") if earned > 0 else (CRITIC, "✗")
                look = {"color": text_colour(colour), "family": "DejaVu Sans Mono", "fontsize": 10}
                ax.text(x, -y - 0.8, f"{text} {mark}", **look)
    said = ", ".join(str(prompt) for prompt in prompts)
    return show(
        figure,
        f"Texts of one seed to the prompts {said}: digits that should add up to the prompt; a tick marks a right one.",
    )


def zero_of_the_reward(curves: dict[str, np.ndarray]) -> Shown:
    """Learning curves: name -> float [seeds, updates], share of right answers."""
    figure, ax = new_figure(
        "The group does not care where the zero of the reward lies; the bare reward does",
        xlabel="updates (256 answers each)",
        ylabel="share of right answers",
    )
    looks = [(POLICY, "-"), (SECONDARY, "--"), (CRITIC, ":")]
    for (name, runs), (colour, dash) in zip(curves.items(), looks, strict=False):
        banded_curve(ax, range(runs.shape[1]), runs, colour, dash, label=name)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 1.0))
    ax.set(ylim=(0, 1.3), yticks=[0, 0.25, 0.5, 0.75, 1])
    return show(figure, f"Share of right answers while tuning. {BAND.format(n=len(runs))}")
