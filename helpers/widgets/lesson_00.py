"""The widget of lesson 00, a toy: a discount in, what a later reward counts out."""

import ipywidgets
import numpy as np

from ..live import LivePicture
from ..plots import REWARD, new_figure

__all__ = ["discount", "discounted_rewards"]

HORIZON = 100


def discounted_rewards(gamma: float) -> np.ndarray:
    """What a reward of 1 counts after t steps, γ^t for t = 0 ... 99, float64 [100]."""
    return gamma ** np.arange(HORIZON)


def discount() -> LivePicture:
    """One slider, γ; the bars show what a reward counts now, and after each number of steps."""
    figure, ax = new_figure(
        "The smaller γ, the sooner a later reward is forgotten",
        xlabel="steps until the reward",
        ylabel="what a reward of 1 counts",
        width=8.0,
        height=2.8,
    )
    ax.set(xlim=(-1, HORIZON), ylim=(0, 1.1))
    bars = ax.bar(range(HORIZON), [0.0] * HORIZON, width=0.8, color=REWARD, animated=True)

    def update(gamma: float) -> str:
        counts = discounted_rewards(gamma)
        for bar, height in zip(bars, counts, strict=True):
            bar.set_height(height)
        return f"At γ = {gamma:.2f} a reward counts {counts[10]:.3f} after 10 steps and {counts[50]:.3f} after 50."

    slider = ipywidgets.FloatSlider(0.9, min=0.0, max=1.0, step=0.01, description="discount γ")
    return LivePicture(figure, update, {"gamma": slider})
