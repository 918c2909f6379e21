"""A mean and a score function in, samples, their scores and one update out; and the widget that steps through it."""

from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np
from matplotlib.patches import Circle

from ..live import LivePicture, StepButton
from ..plots import POLICY, SAMPLES, SECONDARY, TRUTH, YOURS, new_figure

__all__ = ["FieldStep", "field_step", "score_field"]

CENTRE, WIDTH, RADIUS = np.array([1.6, 1.0]), 1.2, 1.2  # of the hill and of the disc
START = np.array([-0.6, -0.5])
RATE = 4.0
SAMPLE_COUNT, UPDATES = 80, 6
PHASES = ("samples", "scores", "weighed", "gradient")
LIMITS = {"xlim": (-4.6, 5.8), "ylim": (-3.3, 4.4)}
ARROW = 0.45  # drawn length of a score of length 1
CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 100)), np.sin(np.linspace(0, 2 * np.pi, 100))])


class FieldStep(NamedTuple):
    """One update of the mean of a Gaussian with unit variance.

    Args:
        mean: float [2], before the update.
        samples: float [N, 2].
        scores: float [N, 2], grad of log p(x) with respect to the mean.
        values: float [N], f(x).
        gradient: float [2], mean of values times scores.
        exact: float [2], the exact gradient of the average of f.
        average: the exact average of f under the mean.
        after: float [2], the mean after the update.
        centre, radius: float [2] and float, where the disc is.
    """

    mean: np.ndarray
    samples: np.ndarray
    scores: np.ndarray
    values: np.ndarray
    gradient: np.ndarray
    exact: np.ndarray
    average: float
    after: np.ndarray
    centre: np.ndarray = CENTRE
    radius: float = RADIUS


def reward_at(kind: str, x: np.ndarray) -> np.ndarray:
    """f(x): a smooth "hill", or a "disc" that is 1 inside and 0 outside and has no slope anywhere.

    Args:
        kind: "hill" or "disc".
        x: float [..., 2].

    Returns:
        float [...], in [0, 1].
    """
    squared = ((x - CENTRE) ** 2).sum(-1)
    return np.exp(-squared / (2 * WIDTH**2)) if kind == "hill" else (squared < RADIUS**2).astype(float)


def exact_average(kind: str, mean: np.ndarray) -> tuple[float, np.ndarray]:
    """The average of f under N(mean, I) and its gradient with respect to the mean, by quadrature in polar coordinates.

    J = int f p dx, grad J = int f (x - mean) p dx, over a disc around the centre that holds all of f

    Args:
        kind: "hill" or "disc".
        mean: float [2].

    Returns:
        the average, and its gradient float [2].
    """
    nodes, weights = np.polynomial.legendre.leggauss(80)
    reach = RADIUS if kind == "disc" else 8.0 * WIDTH
    radius, angle = reach * (nodes + 1) / 2, np.linspace(0, 2 * np.pi, 120, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], -1)
    x = CENTRE + radius[:, None, None] * circle
    area = (weights * reach / 2 * radius)[:, None] * (2 * np.pi / len(angle))
    mass = area * reward_at(kind, x) * np.exp(-((x - mean) ** 2).sum(-1) / 2) / (2 * np.pi)
    return float(mass.sum()), (mass[..., None] * (x - mean)).sum((0, 1))


@cache
def stored_noise() -> np.ndarray:
    """The noise of every picture, float [UPDATES + 1, N, 2]: samples are the mean plus this."""
    return np.random.default_rng(3).normal(size=(UPDATES + 1, SAMPLE_COUNT, 2))


def field_step(kind: str = "disc", mean: np.ndarray = START, number: int = 0) -> FieldStep:
    """Sample, take the scores, weigh them with f, average, and move the mean.

    score = x - mean, gradient = 1/N sum_n f(x_n) score_n, after = mean + RATE gradient

    Args:
        kind: "hill" or "disc".
        mean: float [2].
        number: which of the stored noises is used, 0 to UPDATES.

    Returns:
        FieldStep.
    """
    samples = mean + stored_noise()[number]
    scores, values = samples - mean, reward_at(kind, samples)
    gradient = (values[:, None] * scores).mean(0)
    average, exact = exact_average(kind, mean)
    return FieldStep(mean, samples, scores, values, gradient, exact, average, mean + RATE * gradient)


@cache
def field_path(kind: str) -> tuple[FieldStep, ...]:
    """All updates from the start on."""
    path = [field_step(kind)]
    for number in range(1, UPDATES + 1):
        path.append(field_step(kind, path[-1].after, number))
    return tuple(path)


SENTENCES = (
    "Updates so far: {number}. 80 samples of the policy (circle: one standard deviation; dotted: before the update), and "
    "the grey area where f pays; the exact average of f is {average:.2f}.",
    "Every sample has an arrow, its score: moving the mean that way makes this sample likelier. On average the arrows cancel.",
    "Each arrow is multiplied by f at its sample: those outside the grey area shrink or vanish.",
    "The thick arrow is the mean of these, times the learning rate; the thin black one is the exact gradient. Next: the update.",
)


def score_field() -> LivePicture:
    """Step through samples, their scores, the scores weighed with f, the mean of these, and the update."""
    figure, ax = new_figure(
        "Samples pull the mean towards themselves, good ones harder",
        xlabel="x₁",
        ylabel="x₂",
        width=7.0,
        height=4.7,
    )
    ax.set(**LIMITS, aspect="equal")
    grounds, lines, arrows = _grounds(ax), _lines(ax), _arrows(ax)
    note = ax.text(0.99, 0.98, "", transform=ax.transAxes, ha="right", va="top", fontsize=11, animated=True)
    note.set_bbox({"color": "white", "alpha": 1.0, "pad": 2})

    def update(kind: str, steps: int) -> str:
        number, phase = divmod(steps, len(PHASES))
        step = field_path(kind)[number]
        before = field_path(kind)[max(number - 1, 0)].mean
        for name, patches in grounds.items():
            for patch in patches:
                patch.set_visible(name == kind)
        rings = (before[:, None] + CIRCLE, step.mean[:, None] + CIRCLE)
        for line, points in zip(lines, (*rings, step.mean[:, None], step.samples.T), strict=True):
            line.set_data(*points)
        weights = np.ones(SAMPLE_COUNT) if phase == 1 else step.values
        pulls = (ARROW * weights[:, None] * step.scores, RATE * step.gradient[None], RATE * step.exact[None])
        tails = (step.samples, step.mean[None], step.mean[None])
        for arrow, tail, pull, first in zip(arrows, tails, pulls, (1, 3, 3), strict=True):
            arrow.set_offsets(tail)
            arrow.set_UVC(*pull.T)
            arrow.set_visible(phase >= first)
        note.set_text(f"update {number}: average of f {step.average:.2f}")
        return SENTENCES[phase].format(number=number, average=step.average)

    controls = {
        "kind": ipywidgets.ToggleButtons(options=["disc", "hill"], description="reward f"),
        "steps": StepButton(last=len(PHASES) * UPDATES, description="Step"),
    }
    return LivePicture(figure, update, controls)


def _grounds(ax) -> dict[str, list]:
    """The grey area of each f: one circle for the disc, some for the hill."""
    circles = {"disc": ([RADIUS], 0.3), "hill": (np.arange(1, 7) * WIDTH / 2.5, 0.1)}
    style = {"color": SECONDARY, "linewidth": 0, "animated": True}
    return {
        kind: [ax.add_patch(Circle(CENTRE, radius, alpha=alpha, **style)) for radius in radii]
        for kind, (radii, alpha) in circles.items()
    }


def _lines(ax) -> list:
    """The Gaussian before and now, its mean, and the samples."""
    styles = [
        {"linestyle": ":"},
        {"linewidth": 2},
        {"marker": "+", "linestyle": "none", "markersize": 11, "markeredgewidth": 2},
        {"marker": "o", "linestyle": "none", "markersize": 5, "markerfacecolor": SAMPLES},
    ]
    return [ax.plot([], [], color=POLICY, animated=True, **style)[0] for style in styles]


def _arrows(ax) -> list:
    """One arrow a sample, their mean, and the exact gradient."""
    style = {"angles": "xy", "scale_units": "xy", "scale": 1, "animated": True, "zorder": 3}
    return [
        ax.quiver(*np.zeros((4, SAMPLE_COUNT)), color=POLICY, width=0.0035, **style),
        ax.quiver(*np.zeros((4, 1)), color=YOURS, edgecolor=TRUTH, linewidth=0.6, width=0.008, **style),
        ax.quiver(*np.zeros((4, 1)), color=TRUTH, width=0.003, **{**style, "zorder": 4}),
    ]
