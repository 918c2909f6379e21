"""The figures of lesson 01: a frame, errors beside regrets, lines fitted to values, and a crowd of estimates."""

import numpy as np
import torch

from ..plots import CRITIC, POLICY, SAMPLES, TRUTH, YOURS, Shown, label_line, new_figure, show

__all__ = ["error_and_regret", "fitted_lines", "frame", "regret_cloud"]


def frame(image: np.ndarray, title: str, sentence: str) -> Shown:
    """One frame of an environment, uint8 [height, width, 3], cropped to where it is not white."""
    inked = np.flatnonzero((image < 255).any(axis=(1, 2)))
    figure, ax = new_figure(title, width=5.0, height=2.4)
    ax.imshow(image[max(inked[0] - 15, 0) : inked[-1] + 15])
    ax.axis("off")
    return show(figure, sentence)


def error_and_regret(errors: dict[str, float], regrets: dict[str, float]) -> Shown:
    """The MSE of each estimate beside its regret."""
    figure, (left, right) = new_figure(
        "The estimate with the smaller error acts worse",
        ylabel=["MSE (reward², log scale)", "regret (reward)"],
        columns=2,
    )
    for ax, numbers, colour in [(left, errors, CRITIC), (right, regrets, POLICY)]:
        ax.bar_label(ax.bar(list(numbers), list(numbers.values()), color=colour, width=0.5), fmt="{:g}")
    left.set(yscale="log", ylim=(min(errors.values()) / 5, 3 * max(errors.values())))
    said = [
        ", ".join(f"{name} {value:g}" for name, value in numbers.items()) for numbers in (errors, regrets)
    ]
    return show(figure, f"Mean squared error: {said[0]}. Regret: {said[1]}.")


def fitted_lines(load: torch.Tensor, values: torch.Tensor, fit: torch.Tensor, switch: float) -> Shown:
    """True values of running on, the two fitted lines, and where the policy switches.

    Args:
        load: float [S].
        values: float [S, 2], true values of running (0) and of a service (1).
        fit: float [S, 2], the lines fitted to them.
        switch: the load above which the policy orders a service.
    """
    gap = fit[:, 1] - fit[:, 0]
    crossing = (load[0] - gap[0] * (load[1] - load[0]) / (gap[1] - gap[0])).item()
    low, high = load[-2].item(), load[-1].item()  # only the highest load needs a service
    early, right = (
        f"too {'early' if at < low else 'late'}" if not low < at < high else "" for at in (crossing, switch)
    )
    figure, ax = new_figure(
        f"Lines fitted to Q cross {early or 'where they should'}; the policy switches {right or 'where it should'}",
        xlabel="load",
        ylabel="value (reward)",
    )
    ax.plot(load, values[:, 0], "o", color=TRUTH)
    ax.text(load[0] + 0.08, values[0, 0] - 8, "dots: true\nQ(load, run)")
    (line,) = ax.plot(load, fit[:, 0], color=CRITIC)
    label_line(line, "fitted Q(load, run)", at=0.6, above=9)
    (line,) = ax.plot(load, fit[:, 1], color=CRITIC, linestyle=":")
    label_line(line, "fitted Q(load, serve)", at=2.5, above=6)
    ax.axvspan(crossing, switch, color=YOURS, alpha=0.25, lw=0)
    ax.text(crossing + 0.05, -23, "the fitted Q serves\nneedlessly here")
    ax.axvline(switch, color=POLICY)
    ax.text(switch + 0.05, -23, "the policy\nserves", color=POLICY)
    ax.set_xticks(load)
    return show(
        figure,
        f"The fitted line of RUN falls below that of SERVE at a load of {crossing:.2f}; the truth does so only between "
        f"{low:.0f} and {high:.0f}. The policy switches {right or 'there'}.",
    )


def regret_cloud(mse: np.ndarray, regrets: np.ndarray) -> Shown:
    """Every estimate as a dot: its MSE against its regret, both [N]."""
    figure, ax = new_figure(
        "Equal errors have very different regrets, until they are very small",
        xlabel="MSE of the estimate (reward², log scale)",
        ylabel="regret (reward)",
    )
    ax.plot(mse, regrets, ".", color=SAMPLES, markersize=3)
    ax.set_xscale("log")
    near_one = regrets[(mse > 0.9) & (mse < 1.1)]
    return show(
        figure,
        f"Each of {len(mse)} dots is one estimate. At errors between 0.9 and 1.1 the regrets lie between "
        f"{near_one.min():.1f} and {near_one.max():.1f}.",
    )
