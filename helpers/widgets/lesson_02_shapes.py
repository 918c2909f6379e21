"""The widget of the four families: parameters in, the shapes of a softmax, a Gaussian, a mixture and a Beta out."""

import ipywidgets
import numpy as np
import torch

from ..densities import (
    beta_entropy,
    beta_log_prob,
    entropy,
    gaussian_entropy,
    gaussian_log_prob,
    log_softmax,
    mixture_entropy,
    mixture_log_prob,
)
from ..live import LivePicture
from ..plots import POLICY, SAMPLES, TRUTH_LINE, new_figure

__all__ = ["policy_shapes", "shapes_of"]

GRID = torch.linspace(-2.5, 2.5, 501, dtype=torch.float64)
INSIDE = torch.linspace(-0.999, 0.999, 401, dtype=torch.float64)
LOW, HIGH = -1.0, 1.0
TOP = 3.1  # as far up as densities are drawn
HUMP = 0.25  # standard deviation of each of the mixture's two components


def _row(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers], dtype=torch.float64)


def _outside(mean: float, std: float) -> float:
    """Probability that a Gaussian leaves (LOW, HIGH)."""
    z = (torch.tensor([LOW - mean, mean - HIGH], dtype=torch.float64)) / std
    return torch.special.ndtr(z).sum().item()


def shapes_of(
    logit_1: float,
    logit_2: float,
    mean: float,
    log_std: float,
    share: float,
    distance: float,
    alpha: float,
    beta: float,
) -> dict:
    """The four families at their parameters: densities on the grids, entropies in nats, probability beyond the bounds.

    Args:
        logit_1, logit_2: logits of actions 1 and 2; that of action 0 is 0.
        mean, log_std: of the Gaussian.
        share: weight of the mixture's right component, in (0, 1).
        distance: between the two components' means, which lie evenly about 0.
        alpha, beta: of the Beta on (-1, 1), positive.

    Returns:
        `softmax` [3]; `gaussian` and `mixture` on GRID and `beta` on INSIDE, densities; `entropies` by family;
        `outside`: probability beyond (-1, 1), for the Gaussian and the mixture.
    """
    logits, mixing = _row(0.0, logit_1, logit_2), _row(0.0, np.log(share / (1 - share)))
    means, log_stds = _row(-distance / 2, distance / 2), _row(np.log(HUMP), np.log(HUMP))
    a, b, spread = _row(alpha)[0], _row(beta)[0], _row(log_std)[0]
    n = len(GRID)
    return {
        "softmax": log_softmax(logits).exp()[0],
        "gaussian": gaussian_log_prob(
            GRID[:, None], torch.full((n, 1), mean, dtype=torch.float64), spread
        ).exp(),
        "mixture": mixture_log_prob(GRID, *(x.expand(n, 2) for x in (mixing, means, log_stds))).exp(),
        "beta": beta_log_prob(INSIDE, a.expand(len(INSIDE)), b.expand(len(INSIDE)), LOW, HIGH).exp(),
        "entropies": {
            "softmax": entropy(logits).item(),
            "gaussian": gaussian_entropy(spread).item(),
            "mixture": mixture_entropy(mixing, means[:, :, None], log_stds[:, :, None]).item(),
            "beta": beta_entropy(a, b, LOW, HIGH).item(),
        },
        "outside": {
            "gaussian": _outside(mean, float(np.exp(log_std))),
            "mixture": (1 - share) * _outside(-distance / 2, HUMP) + share * _outside(distance / 2, HUMP),
        },
    }


def policy_shapes() -> LivePicture:
    """Two sliders for each family; its shape, its entropy and what lies beyond the bounds follow."""
    figure, axes = new_figure(
        "Four families of policies",
        xlabel=["action", "action", "action", "action"],
        ylabel=["probability", "density", "", ""],
        width=9.0,
        height=3.0,
        columns=4,
    )
    bars = axes[0].bar(range(3), [0.0] * 3, width=0.6, color=SAMPLES, animated=True)
    axes[0].set(ylim=(0, 1.3), xticks=range(3), yticks=[0, 0.5, 1])
    curves = [_draw_density(ax) for ax in axes[1:]]
    notes = []
    for ax, name in zip(axes, ("softmax", "Gaussian", "mixture", "Beta"), strict=True):
        ax.set_title(name, fontsize=10)
        place = {"transform": ax.transAxes, "ha": "left", "va": "top", "fontsize": 9, "zorder": 5}
        place["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
        notes.append(ax.text(0.04, 0.98, "", animated=True, **place))

    def update(**parameters) -> str:
        shapes = shapes_of(**parameters)
        for bar, probability in zip(bars, shapes["softmax"].tolist(), strict=True):
            bar.set_height(probability)
        for curve, name in zip(curves, ("gaussian", "mixture", "beta"), strict=True):
            drawn = shapes[name].clamp(max=TOP)  # only a Beta's edge goes higher, where the numbers stand
            curve.set_data((INSIDE if name == "beta" else GRID).numpy(), drawn.numpy())
        nats = [f"{value:.2f}" for value in shapes["entropies"].values()]
        beyond = [f"{shapes['outside'][name]:.0%}" for name in ("gaussian", "mixture")]
        lines = ("", f"\noutside {beyond[0]}", f"\noutside {beyond[1]}", "\noutside 0%")
        for note, entropy_, line in zip(notes, nats, lines, strict=True):
            note.set_text(f"entropy {entropy_}{line}")
        return (
            f"Entropies in nats: softmax {nats[0]}, Gaussian {nats[1]}, mixture {nats[2]}, Beta {nats[3]}. Beyond the dashed "
            f"bounds lie {beyond[0]} of the Gaussian, {beyond[1]} of the mixture and nothing of the Beta."
        )

    return LivePicture(figure, update, _controls())


def _draw_density(ax):
    """Axes with the two bounds, and a curve, which moves."""
    ax.set(xlim=(-2.5, 2.5), ylim=(0, 4))
    for bound in (LOW, HIGH):
        ax.plot([bound, bound], [0, TOP], **(TRUTH_LINE | {"linewidth": 1}))
    return ax.plot([], [], color=POLICY, linewidth=2, animated=True)[0]


def _controls() -> dict:
    """Two sliders for each family, side by side."""
    ranges = {
        "logit_1": ("softmax: logit of action 1", 1.0, -5.0, 5.0),
        "logit_2": ("softmax: logit of action 2", -1.0, -5.0, 5.0),
        "mean": ("Gaussian: mean", 0.9, -1.5, 1.5),
        "log_std": ("Gaussian: log σ", -0.7, -2.0, 0.7),
        "share": ("mixture: weight on the right", 0.6, 0.01, 0.99),
        "distance": ("mixture: distance of the humps", 1.4, 0.0, 3.0),
        "alpha": ("Beta: α", 4.0, 0.2, 10.0),
        "beta": ("Beta: β", 2.0, 0.2, 10.0),
    }
    return {
        name: ipywidgets.FloatSlider(
            value,
            min=low,
            max=high,
            step=0.01 if name == "share" else 0.1,
            description=text,
            readout_format=".2f",
        )
        for name, (text, value, low, high) in ranges.items()
    }
