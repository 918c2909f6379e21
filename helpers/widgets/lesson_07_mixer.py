"""The courier's world in, the exact bias and noise of every GAE(λ) out, and the widget that mixes them."""

from functools import cache

import ipywidgets
import numpy as np
import torch

from ..enumeration import enumerate_trajectories
from ..exact import exact_policy_gradient, state_values
from ..live import LivePicture
from ..plots import ADVANTAGE, CRITIC, SAMPLES, SECONDARY, TRUTH, TRUTH_LINE, new_figure, text_colour
from ..returns import gae
from ..tabular import TabularMDP, world_from_steps

__all__ = ["courier_world", "gae_mixer", "gradient_error", "mixing_weights"]

ROUNDS = 5
LAMBDAS = np.linspace(0.0, 1.0, 21)


def courier_world() -> TabularMDP:
    """Five rounds of walking or running, rested or tired: running pays now and tires.

    States: 2k is rested in round k, 2k + 1 tired; 10 is the end. Start: rested.
    Actions: 0 walks, 1 runs. The next round finds the courier rested with probability 0.9 (rested, walks), 0.5 (rested,
    runs; or tired, walks) or 0.1 (tired, runs).
    Rewards: rested 3 or 4, tired 0 or 1. gamma = 1.
    """
    pays, stays_fresh = [[3.0, 4.0], [0.0, 1.0]], [[0.9, 0.5], [0.5, 0.1]]
    steps = {}
    for state in range(2 * ROUNDS):
        k, tired = divmod(state, 2)
        for action, fresh in enumerate(stays_fresh[tired]):
            after = {2 * k + 2: fresh, 2 * k + 3: 1 - fresh} if k < ROUNDS - 1 else {2 * ROUNDS: 1.0}
            steps[state, action] = (pays[tired][action], after)
    return world_from_steps(2 * ROUNDS + 1, 2, steps)


def mixing_weights(lam: float, longest: int = ROUNDS) -> np.ndarray:
    """How much each n-step advantage counts in GAE(λ): (1-λ) λ^(n-1), the longest takes what is left, [longest]."""
    weights = (1 - lam) * lam ** np.arange(longest)
    weights[-1] = lam ** (longest - 1)
    return weights


@cache
def _second_moments() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each λ: the bias of a critic that says 0 [L, P], E||g||² at quality 0, ½, 1 [L, 3]; the exact gradient [P]."""
    world = courier_world()
    logits = torch.zeros(world.n_states, 2, dtype=torch.float64)
    probs, truth = logits.softmax(1), exact_policy_gradient(world, logits).flatten()
    records, values = enumerate_trajectories(world, probs, ROUNDS), state_values(world, probs)
    chances, rewards = (torch.stack([getattr(r, n) for r in records], -1) for n in ("probability", "rewards"))
    states, actions = (torch.stack([getattr(r, n) for r in records], -1) for n in ("states", "actions"))
    scores = torch.nn.functional.one_hot(actions, 2) - probs[states[:-1]]  # [T, M, A]
    bias, squares = [], []
    for lam in LAMBDAS:
        sizes = []
        for quality in (0.0, 0.5, 1.0):
            estimates = torch.zeros(len(chances), world.n_states, 2, dtype=torch.float64)
            parts = gae(rewards, quality * values[states], 1.0, float(lam))[:, :, None] * scores
            for row, part in zip(states, parts, strict=False):
                estimates[torch.arange(len(chances)), row] += part
            sizes.append(chances @ estimates.flatten(1).square().sum(1))
            bias += [chances @ estimates.flatten(1) - truth] if quality == 0 else []
        squares.append(torch.stack(sizes))
    return torch.stack(bias).numpy(), torch.stack(squares).numpy(), truth.numpy()


def gradient_error(quality: float, episodes: int) -> dict[str, np.ndarray]:
    """What GAE(λ) with a critic v̂ = quality · v makes of the gradient, for λ = 0, 0.05, ..., 1: exact.

    E||ĝ - ∇J||² = ||bias||² + variance / episodes

    Args:
        quality: 0 says 0 everywhere, 1 is the true value.
        episodes: int >= 1, how many the estimate is averaged over.

    Returns:
        `bias` (length), `noise` (standard deviation of the mean) and `error` (root of the mean square), each [21].
    """
    from_zero, squares, truth = _second_moments()
    at = np.array(
        [(1 - quality) * (1 - 2 * quality), 4 * quality * (1 - quality), quality * (2 * quality - 1)]
    )
    mean = truth + (1 - quality) * from_zero  # the advantage is linear in v̂, and unbiased for the true one
    variance = squares @ at - (mean**2).sum(1)  # a parabola through three points
    bias = (1 - quality) * np.linalg.norm(from_zero, axis=1)
    noise = np.sqrt(variance / episodes)
    return {"bias": bias, "noise": noise, "error": np.hypot(bias, noise)}


def gae_mixer() -> LivePicture:
    """λ, the critic's quality and the number of episodes: weights on the left, bias and noise on the right."""
    figure, left, right = _paper()
    bars = left.bar(range(1, ROUNDS + 1), [0.0] * ROUNDS, width=0.6, color=ADVANTAGE, animated=True)
    marker = right.axvline(0.0, ymax=0.75, color=SECONDARY, linewidth=1, animated=True)
    looks = {"bias": (CRITIC, "--"), "noise": (text_colour(SAMPLES), ":"), "error": (TRUTH, "-")}
    lines, dots = {}, {}
    for name, (colour, style) in looks.items():
        (lines[name],) = right.plot(LAMBDAS, 0 * LAMBDAS, style, color=colour, linewidth=2, animated=True)
        (dots[name],) = right.plot([], [], "o", color=colour, animated=True)
    (best,) = right.plot([], [], "*", color=TRUTH, markersize=13, animated=True)

    def update(lam: float, quality: float, episodes: int) -> str:
        place = round(20 * lam)
        for bar, weight in zip(bars, mixing_weights(lam), strict=True):
            bar.set_height(weight)
        curves = gradient_error(quality, episodes)
        for name, curve in curves.items():
            lines[name].set_ydata(curve)
            dots[name].set_data([lam], [curve[place]])
        marker.set_xdata([lam, lam])
        lowest = int(curves["error"].argmin())
        best.set_data([LAMBDAS[lowest]], [curves["error"][lowest]])
        bias, noise, error = (curve[place] for curve in curves.values())
        return (
            f"λ = {lam:.2f}, a critic that says {quality:.2f} times the true value, {episodes:,} episodes: bias "
            f"{bias:.3f}, noise {noise:.3f}, error {error:.3f}. The error is smallest at λ = {LAMBDAS[lowest]:.2f}."
        )

    return LivePicture(figure, update, _controls(), columns=3)


def _controls() -> dict:
    return {
        "lam": ipywidgets.FloatSlider(0.5, min=0.0, max=1.0, step=0.05, description="λ"),
        "quality": ipywidgets.FloatSlider(0.5, min=0.0, max=1.0, step=0.05, description="Critic: v̂ / v"),
        "episodes": ipywidgets.SelectionSlider(
            options=[(f"{n:,}", n) for n in (100, 300, 1000, 3000, 10_000)],
            value=1000,
            description="Episodes",
        ),
    }


def _paper():
    """What does not move."""
    figure, (left, right) = new_figure(
        "λ mixes short looks, which trust the critic, with long ones, which trust the dice",
        xlabel=["steps n before the critic is asked", "λ"],
        ylabel=["weight of the n-step advantage", "error of the gradient"],
        width=9.0,
        height=3.6,
        columns=2,
        width_ratios=[1, 1.5],
    )
    left.set(ylim=(0, 1.05), xlim=(0.4, ROUNDS + 0.6))
    right.set(xlim=(-0.02, 1.02), ylim=(0, 1.6))
    length = float(np.linalg.norm(_second_moments()[2]))
    right.axhline(length, **{**TRUTH_LINE, "linewidth": 0.8})
    right.annotate(
        "length of\nthe exact\ngradient", (1.03, length), va="center", fontsize=9, annotation_clip=False
    )
    words = [("dashes: bias", CRITIC), ("dots: noise", SAMPLES), ("line: both; star: best λ", TRUTH)]
    for row, (word, colour) in enumerate(words):
        right.text(0.01, 1.53 - 0.12 * row, word, va="center", color=text_colour(colour))
    return figure, left, right
