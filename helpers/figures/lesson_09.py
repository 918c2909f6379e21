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
from .curves import banded_curve, how_many

__all__ = ["difficulty", "imitation", "leash", "lengths", "lost_prompts", "written", "zero_of_the_reward"]

BAND = "Lines: mean over {n} seeds; bands: from the lowest to the highest seed."


def difficulty(factor: Callable, sizes: tuple[int, ...]) -> Shown:
    """The mean push over the true gradient against a prompt's chance, for groups of some sizes, with the limit.

    Args:
        factor: (p, K) -> float.
        sizes: of the groups.
    """
    figure, ax = new_figure(
        "In groups of four and more, the std stretches the gradient most where nearly all answers are wrong, or right",
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


def imitation(losses, teacher: float, shares, standard_error: float = 0.0) -> Shown:
    """Cross-entropy while learning from demonstrations, and how often teacher and pupils are right.

    Args:
        losses: float [seeds, steps], nats per token.
        teacher: share of right demonstrations, sampled.
        shares: float [seeds], share of right answers of each trained model, exact.
        standard_error: of the teacher's share.
    """
    shares = np.asarray(shares)
    figure, (left, right) = new_figure(
        f"The teacher is right in {teacher:.0%} of its texts, its pupils in {shares.min():.0%} to {shares.max():.0%}",
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
        f"Left: {BAND.format(n=len(losses))} Right: the teacher's share, sampled ({teacher:.3f}, standard error "
        f"{standard_error:.3f}), and the exact share of each pupil. "
        f"It is lower than the teacher's for {how_many(shares < teacher)}.",
    )


LOOKS = {"before": (SECONDARY, ":", "s"), "free": (CRITIC, "-", "o"), "leashed": (POLICY, "--", "D")}


def leash(
    curves: dict[str, np.ndarray],
    distances: dict[str, np.ndarray],
    kinds: dict[str, np.ndarray],
    every: int = 1,
) -> Shown:
    """What tuning without and with a leash earns, how far it goes, and how many different right answers are left.

    Args:
        curves: "free" and "leashed" -> float [seeds, points], share of right answers, exact.
        distances: the same names -> float [seeds], KL to the reference in nats per answer.
        kinds: the same names and "before" -> float [seeds], different right answers among 100.
        every: updates from one point to the next, the first before any update.
    """
    earned = {name: runs[:, -5:].mean(1) for name, runs in curves.items()}
    distances, kinds = ({name: np.asarray(v) for name, v in group.items()} for group in (distances, kinds))
    figure, axes = new_figure(
        f"Free: {earned['free'].mean():.0%} right, {kinds['free'].mean():.1f} ways to be right for each prompt. "
        f"Leashed: {earned['leashed'].mean():.0%} right, {kinds['leashed'].mean():.1f} ways",
        xlabel=["updates (256 answers each)", "", ""],
        ylabel=["share of right answers", "KL to the reference (nats)", "different right answers in 100"],
        width=9.0,
        height=3.4,
        columns=3,
        width_ratios=[1.5, 1, 1],
    )
    for name, runs in curves.items():
        colour, dash, _ = LOOKS[name]
        banded_curve(axes[0], every * np.arange(runs.shape[1]), runs, colour, dash, label=name)
    axes[0].legend(frameon=False, loc="lower right")
    axes[0].set(ylim=(0, 1.02))
    for ax, groups in zip(axes[1:], (distances, kinds), strict=True):
        for place, (name, values) in enumerate(groups.items()):
            colour, _, marker = LOOKS[name]
            ax.plot(place + np.linspace(-0.15, 0.15, len(values)), values, marker, color=colour)
        ax.set(xlim=(-0.5, len(groups) - 0.5), ylim=(0, None))
        ax.set_xticks(range(len(groups)), list(groups))
    between = (kinds["free"] < kinds["leashed"]) & (kinds["leashed"] < kinds["before"])
    return show(
        figure,
        f"Left: exact shares. {BAND.format(n=len(runs))} Middle and right: one mark for each seed after tuning, from 100 sampled "
        "answers to each prompt (before: the reference). "
        f"Free earns more at the end in {how_many(earned['free'] > earned['leashed'])}. "
        f"Free is farther from the reference in {how_many(distances['free'] > distances['leashed'])}. "
        f"Leashed keeps more ways than free and fewer than before in {how_many(between)}.",
    )


def lost_prompts(shares: dict[str, np.ndarray], prompts: np.ndarray, every: int, after: int) -> Shown:
    """The run in which a prompt falls lowest: every prompt then, that prompt over time, and the lowest prompt of each seed.

    Args:
        shares: "free" and "leashed" -> float [seeds, points, M], each prompt's share of right answers, exact; the first
            point of both is the reference.
        prompts: int [M].
        every: updates from one point to the next.
        after: updates that do not count when a fall is looked for, because the models still learn.
    """
    first = after // every
    seed, point, prompt = np.unravel_index(
        shares["free"][:, first:].argmin(), shares["free"][:, first:].shape
    )
    point += first
    course = {name: runs[seed, :, prompt] for name, runs in shares.items()}
    figure, axes = new_figure(
        _fall(prompts[prompt], course["free"][: point + 1], course["leashed"][first:]),
        xlabel=[f"prompt, after {every * point} updates", "updates", ""],
        ylabel=[
            "share of right answers",
            f"share right, prompt {prompts[prompt]}",
            "lowest share of any prompt",
        ],
        width=9.0,
        height=3.6,
        columns=3,
        width_ratios=[1.6, 1.2, 1],
    )
    then = {"before": shares["free"][seed, 0], **{name: runs[seed, point] for name, runs in shares.items()}}
    for name, values in then.items():
        colour, _, marker = LOOKS[name]
        axes[0].plot(prompts, values, marker, color=colour, alpha=0.8, label=name)
    for place, (name, runs) in enumerate(shares.items()):
        colour, dash, marker = LOOKS[name]
        axes[1].plot(every * np.arange(runs.shape[1]), course[name], dash, color=colour)
        lowest = runs[:, first:].min((1, 2))
        axes[2].plot(place + np.linspace(-0.15, 0.15, len(lowest)), lowest, marker, color=colour)
    axes[1].axvline(after, color=SECONDARY, linewidth=0.8, linestyle=":")
    axes[2].set_xticks(range(len(shares)), list(shares))
    axes[2].set_xlim(-0.5, len(shares) - 0.5)
    for ax in axes:
        ax.set_ylim(-0.03, 1.03)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    better = {name: how_many((runs[:, -1] > runs[:, 0]).mean(1) >= 0.9) for name, runs in shares.items()}
    return show(
        figure,
        f"Exact. Left: the free run in which a prompt is lowest after update {after}, and the leashed run of the same seed. "
        f"Middle: that prompt over time. Right: for each seed the lowest share of any prompt after update {after} (dotted). "
        f"At the end at least nine in ten prompts are right more often than before: free in {better['free']}, "
        f"leashed in {better['leashed']}.",
    )


def _fall(prompt: int, free: np.ndarray, leashed: np.ndarray) -> str:
    """How far a prompt falls: its shares up to the lowest one in the free run, and those that count in the leashed one."""
    low, peak, held = free[-1], free.max(), leashed.min()
    if low < peak / 2:
        return f"Free, prompt {prompt} falls from {peak:.0%} right to {_small(low)}; leashed, its lowest is {_small(held)}"
    return f"Free, no prompt falls by half in these runs: the lowest is prompt {prompt}, {low:.0%} right"


def _small(share: float) -> str:
    return "less than 0.1%" if share < 0.001 else f"{share:.1%}" if share < 0.01 else f"{share:.0%}"


def written(models: dict, reward: Callable, prompts: tuple[int, ...], generator) -> Shown:
    """Six texts of each model to each prompt, a tick or a cross behind each.

    Args:
        models: name -> sequence model.
        reward: (prompts, answers) -> float [B], 1 for a right answer.
        prompts: what the digits should add up to.
        generator: draws the texts.
    """
    drawn, right = {}, {}
    for name, model in models.items():
        asked = torch.tensor(prompts).repeat_interleave(6)
        answers = model.sample(asked, generator)
        right[name] = reward(asked, answers) > 0
        drawn[name] = np.reshape(answer_texts(answers), (-1, 6))
    counts = ", ".join(f"{name} {int(ticks.sum())}" for name, ticks in right.items())
    figure, axes = new_figure(
        f"Right among {6 * len(prompts)} answers each: {counts}", width=9.0, height=3.6, columns=len(models)
    )
    for ax, (name, texts) in zip(axes, drawn.items(), strict=True):
        ax.axis("off")
        ax.set(xlim=(0, len(prompts)), ylim=(-6.3, 1))
        ax.set_title(name, loc="left", fontsize=10, fontweight="bold")
        ticks = right[name].view(-1, 6)
        for x, prompt in enumerate(prompts):
            ax.text(x, 0.2, f"{prompt} =", fontweight="bold")
            for y, text in enumerate(texts[x]):
                colour, mark = (POLICY, "✓") if ticks[x, y] else (CRITIC, "✗")
                look = {"color": text_colour(colour), "family": "DejaVu Sans Mono", "fontsize": 10}
                ax.text(x, -y - 0.8, f"{text} {mark}", **look)
    said = ", ".join(str(prompt) for prompt in prompts)
    return show(
        figure,
        f"Texts of one seed to the prompts {said}: digits that should add up to the prompt; a tick marks a right one.",
    )


def zero_of_the_reward(curves: dict[str, np.ndarray], every: int = 1) -> Shown:
    """Learning curves of weightings, the group's first and the shifted reward's last.

    Args:
        curves: name -> float [seeds, points], share of right answers, exact.
        every: updates from one point to the next, the first before any update.
    """
    last = {name: runs[:, -1] for name, runs in curves.items()}
    shares, runs = [values.mean() for values in last.values()], next(iter(curves.values()))
    figure, ax = new_figure(
        f"After {every * (runs.shape[1] - 1)} updates {shares[0]:.0%} are right with the group's weights, "
        f"{shares[-1]:.0%} with the bare rewards 11 and 10",
        xlabel="updates (256 answers each)",
        ylabel="share of right answers",
    )
    looks = [(POLICY, "-"), (REWARD, "-."), (SECONDARY, "--"), (CRITIC, ":")]
    for (name, runs), (colour, dash) in zip(curves.items(), looks, strict=False):
        banded_curve(ax, every * np.arange(runs.shape[1]), runs, colour, dash, label=name, alpha=0.12)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    ax.set(ylim=(0, 1.35), yticks=[0, 0.25, 0.5, 0.75, 1])
    said = "; ".join(f"{name}: in {how_many(values > 0.75)}" for name, values in last.items())
    return show(
        figure,
        f"Exact shares while tuning. {BAND.format(n=len(runs))} More than three quarters are right at the end. {said}.",
    )
