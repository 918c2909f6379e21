"""The exact figures of lesson 08: ratios that multiply, a region of trust, cases of a clip, estimates of a KL."""

import numpy as np

from ..plots import (
    ADVANTAGE,
    CRITIC,
    POLICY,
    SAMPLES,
    SECONDARY,
    TRUTH,
    TRUTH_LINE,
    YOURS,
    Shown,
    label_line,
    new_figure,
    show,
    text_colour,
)

__all__ = ["clip_cases", "clipped_hill", "kl_estimators", "ratio_products", "trust_region"]


def ratio_products(steps: np.ndarray, variances: dict[float, np.ndarray]) -> Shown:
    """Variance of the product of T ratios, for policies that have moved by different distances.

    Args:
        steps: int [T], numbers of decisions.
        variances: KL of one decision -> float [T].
    """
    figure, ax = new_figure(
        "Multiplied over an episode, even ratios near 1 grow noisy",
        xlabel="decisions in an episode, T",
        ylabel="variance of the product (log scale)",
    )
    styles = [(CRITIC, "--"), (SECONDARY, ":"), (POLICY, "-")]
    for (kl, values), (colour, style) in zip(variances.items(), styles, strict=True):
        (line,) = ax.plot(steps, values, style, color=colour)
        label_line(line, f"KL {kl:.3f}")
    ax.set(yscale="log", ylim=(1e-3, 1e12), xlim=(0, 1.14 * max(steps)))
    ax.axhline(1.0, color=SECONDARY, linewidth=0.8)
    ax.text(max(steps), 0.5, "a variance as large as the squared mean", ha="right", va="top", color=SECONDARY)
    said = ", ".join(f"{values[-1]:.3g} at KL {kl:.3f}" for kl, values in variances.items())
    return show(figure, f"Exact variance of a product of {max(steps)} ratios, each of mean 1: {said}.")


def trust_region(p: np.ndarray, exact, surrogate, bound, inside, places) -> Shown:
    """What the batch says, what is true, what is guaranteed, and where the batch is trusted.

    Args:
        p: float [M], probability of the bold action.
        exact, surrogate, bound: float [M], each as a return.
        inside: bool [M], where the batch is trusted.
        places: the indices of the first policy, and of those after each step to the edge of the region of that time.
    """
    p, exact, surrogate, bound = (np.asarray(values) for values in (p, exact, surrogate, bound))
    figure, ax = new_figure(
        "The batch is right near its own policy, not far away",
        xlabel="probability p of being bold",
        ylabel="return J (reward)",
    )
    region = p[np.asarray(inside)]
    ax.axvspan(region.min(), region.max(), color=SAMPLES, alpha=0.35, lw=0)
    ax.text(0.22, -0.6, "trusted: KL ≤ 0.01", color=text_colour(SAMPLES))
    lines = [(surrogate, POLICY, "--", "surrogate L", 0.6, 14), (exact, TRUTH, "-", "true J", 0.75, 10)]
    for values, colour, style, name, at, above in lines:
        (line,) = ax.plot(p, values, style, color=colour)
        label_line(line, name, at=at, above=above)
    ax.plot(p, bound, ":", color=SECONDARY, linewidth=2)
    ax.text(0.185, -0.3, "L - C KL", color=SECONDARY)
    ax.plot(p[places], exact[places], "o", color=YOURS, mec=TRUTH, zorder=5)
    ax.annotate("steps of that radius,\na new batch for each", (p[places[-1]], exact[places[-1]]),
                (p[places[-1]] + 0.02, -0.25), arrowprops={"arrowstyle": "-", "color": SECONDARY})  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(-0.65, 0.8))
    top = bound.argmax()
    return show(
        figure,
        f"Exact curves. At p = {p[-1]:.3f} the surrogate promises {surrogate[-1]:+.3f}, the truth is {exact[-1]:+.3f}. The bound "
        f"is highest at p = {p[top]:.3f}. {len(places) - 1} steps of that radius climb from {exact[places[0]]:.3f} to "
        f"{exact[places[-1]]:.3f}; the best there is is {exact.max():.3f}.",
    )


def clip_cases(ratios, objectives: dict[float, list], clip: float) -> Shown:
    """The clipped objective of a good and of a bad action against the ratio, and what each branch does.

    Args:
        ratios: float [R].
        objectives: advantage -> float [R], the positive one first.
        clip: ε.
    """
    figure, axes = new_figure(
        "The push stops on one side only: where the action has gone its own way",
        xlabel="ratio ρ = π / π_old",
        ylabel=["objective (advantage)", ""],
        columns=2,
        sharey=True,
        width=9.0,
        height=3.4,
    )
    for ax, (advantage, values), name in zip(axes, objectives.items(), ("good", "bad"), strict=True):
        good = advantage > 0
        ax.set_title(f"{name} action, A = {advantage:+g}", fontsize=10)
        ax.plot(ratios, advantage * ratios, color=SECONDARY, linestyle=":")
        ax.plot(ratios, values, color=ADVANTAGE, linewidth=2.5)
        ax.axvline(1.0, color=TRUTH, linewidth=0.8)
        for fence in (1 - clip, 1 + clip):
            ax.axvline(fence, color=SECONDARY, linestyle=":", linewidth=1)
        ax.set(xlim=(ratios[0], ratios[-1]), ylim=(-2.2, 2.2))
        words = {0.4: ("pushed up", "wrong way", 1.8), 1.6: ("no push", "own way", 0.75)}
        if not good:
            words = {0.4: ("no push", "own way", -1.15), 1.6: ("pushed down", "wrong way", -0.35)}
        for place, (push, way, height) in words.items():
            ax.text(place, height, push, ha="center", color=text_colour(POLICY))
            ax.text(
                place,
                height - 0.33,
                f"moved its {way}" if way == "own way" else f"moved the {way}",
                ha="center",
                fontsize=9,
            )
    return show(
        figure,
        f"Line: min(ρ A, clamp(ρ) A); dotted: ρ A, and the clip at {1 - clip:g} and {1 + clip:g}. A good action above "
        f"{1 + clip:g} and a bad one below {1 - clip:g} get no push; an action that has gone the wrong way always gets one.",
    )


def clipped_hill(p: np.ndarray, exact, objectives: dict[str, np.ndarray], old: float, at: float) -> Shown:
    """Three objectives of one batch against the true return, as the policy moves.

    Args:
        p: float [M], probability of the bold action.
        exact: float [M], the true gain over the old policy.
        objectives: name -> float [M]; without a clip, clipped without min, clipped with min.
        old, at: the p of the batch, and the p of an overshoot.
    """
    figure, ax = new_figure(
        "Only with min does an overshoot lead back",
        xlabel="probability p of being bold",
        ylabel="gain over the old policy (reward)",
    )
    places = [(0.31, 16), (0.74, 3), (0.86, 6)]
    styles = [(SECONDARY, ":"), (CRITIC, "--"), (POLICY, "-")]
    for (name, values), (colour, style), (where, above) in zip(
        objectives.items(), styles, places, strict=True
    ):
        (line,) = ax.plot(p, values, style, color=colour, linewidth=2)
        label_line(line, name, at=where, above=above)
        ax.plot([at], [np.interp(at, p, values)], "o", color=colour, markersize=5)
    (line,) = ax.plot(p, exact, **TRUTH_LINE)
    label_line(line, "true gain", at=0.68, above=-44)
    ax.axvline(old, color=TRUTH, linewidth=0.8)
    ax.text(old + 0.01, -0.33, "batch drawn here")
    ax.set(xlim=(0, 1), ylim=(-0.36, 0.3))
    return show(
        figure,
        f"Exact. Dots at p = {at:g}, an overshoot: without a clip the batch says go on; clipped without min it says nothing; "
        "with min it says back, as the truth does.",
    )


def kl_estimators(means: np.ndarray, spreads: np.ndarray) -> Shown:
    """Mean and standard deviation of one sample of k1, k2 and k3, as multiples of the true KL.

    Args:
        means, spreads: float [M, 3], in nats, for policies further and further away; the mean of k1 is the KL.
    """
    kl = means[:, 0]
    means, spreads = (dict(zip(("k1", "k2", "k3"), table.T, strict=True)) for table in (means, spreads))
    figure, axes = new_figure(
        "Between policies that are close, k3 has the mean of k1 and the calm of k2",
        xlabel="true KL (nats, log scale)",
        ylabel=["mean / KL", "standard deviation / KL (log scale)"],
        columns=2,
        width=9.0,
        height=3.4,
    )
    styles = {"k1": (SECONDARY, ":", 3), "k2": (CRITIC, "--", 2), "k3": (POLICY, "-", 2)}
    for ax, numbers in zip(axes, (means, spreads), strict=True):
        for name, values in numbers.items():
            colour, style, width = styles[name]
            (line,) = ax.plot(kl, values / kl, style, color=colour, linewidth=width)
            if numbers is spreads or name != "k1":  # on the left k1 hides behind k3
                word = "k1 and k3" if numbers is means and name == "k3" else name
                label_line(line, word, at=kl[len(kl) // 3], above=-20 if name == "k2" else 2)
        ax.set_xscale("log")
    axes[0].set_ylim(0.8, 1.3)
    axes[1].set_yscale("log")
    near = len(kl) // 3
    return show(
        figure,
        f"Exact, one sample of each. At a KL of {kl[near]:.3f} the standard deviation is {spreads['k1'][near] / kl[near]:.1f} "
        f"times the KL for k1, {spreads['k2'][near] / kl[near]:.1f} for k2 and {spreads['k3'][near] / kl[near]:.1f} for k3; "
        "on the left k1 and k3 lie on one line at 1.",
    )
