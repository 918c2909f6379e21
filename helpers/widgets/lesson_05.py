"""The widgets of lesson 05: who gets the credit for an episode, and a learner that learns before the reader's eyes."""

import ipywidgets
import torch

from ..envs import make_envs
from ..learners import reinforce
from ..learning_curve import learning_curve
from ..live import LivePicture
from ..live_training import LiveTraining
from ..plots import POLICY, REWARD, SECONDARY, TEXT_SIZE, new_figure, text_colour
from ..policies import CategoricalPolicy
from ..returns import discounted_weights, rewards_to_go

__all__ = ["credit", "live_training"]

EPISODES = {
    "+1 a step, then the pole falls": [1.0] * 12,
    "a goal at the end": [0.0] * 11 + [1.0],
    "a bonus early, a penalty late": [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -3.0, 0.0, 0.0],
    "a cost now, a prize later": [0.0, -1.0, 0.0, 0.0, 5.0, 0.0, 0.0, -1.0, 0.0, 0.0, 5.0, 0.0],
}
WEIGHTS = ("total return", "reward-to-go", "γᵗ times reward-to-go")  # a menu sets no formulas: ᵗ is a letter


def weights_of(rewards: torch.Tensor, gamma: float, kind: str) -> torch.Tensor:
    """The weight of every action's log-probability, [T].

    Args:
        rewards: float [T].
        gamma: in [0, 1].
        kind: one of WEIGHTS: G_0 for all, G_t, or γ^t G_t.
    """
    if kind == WEIGHTS[0]:
        return rewards_to_go(rewards, gamma)[:1].expand(len(rewards))
    return (rewards_to_go if kind == WEIGHTS[1] else discounted_weights)(rewards, gamma)


def shares(steps: int, gamma: float, kind: str, action: int) -> torch.Tensor:
    """How much of each reward counts for one action, [T]; these times the rewards add up to its weight.

    γ^k in the total return; γ^(k-t) in reward-to-go and γ^k with γ^t, both only for rewards k >= t
    """
    k = torch.arange(steps)
    past = k < action if kind != WEIGHTS[0] else k < 0
    exponent = (k - action).clamp(min=0) if kind == WEIGHTS[1] else k
    return (gamma ** exponent.to(torch.float64)).masked_fill(past, 0.0)


def credit() -> LivePicture:
    """Choose an episode, γ and an action: which share of which reward it is credited with, and all actions' weights."""
    figure, (top, bottom) = new_figure(
        "Who gets the credit?",
        xlabel=["", "step t"],
        ylabel=["reward, and the\nshare that counts", "weight of action t"],
        width=9.0,
        height=4.2,
        rows=2,
        sharex=True,
    )
    steps = range(12)
    paid = top.bar(steps, [0] * 12, width=0.7, fill=False, edgecolor=SECONDARY, animated=True)
    counted = top.bar(steps, [0] * 12, width=0.7, color=REWARD, animated=True)
    weights = bottom.bar(steps, [0] * 12, width=0.7, color=POLICY, animated=True)
    (chosen,) = bottom.plot([0], [0], "v", color="black", markersize=7, animated=True)
    for ax in (top, bottom):
        ax.axhline(0.0, color=SECONDARY, linewidth=0.8)
        ax.set(xticks=steps, xlim=(-0.6, 14.4))
    look = {"ha": "right", "va": "top", "fontsize": TEXT_SIZE}
    top.text(1.0, 1.0, "box: reward", transform=top.transAxes, **look)
    top.text(
        1.0, 0.82, "filled: counts\nfor action ▼", transform=top.transAxes, color=text_colour(REWARD), **look
    )

    def update(episode: str, gamma: float, kind: str, action: int) -> str:
        rewards = torch.tensor(EPISODES[episode], dtype=torch.float64)
        worth, counts = weights_of(rewards, gamma, kind), shares(len(rewards), gamma, kind, action) * rewards
        for bars, heights in ((paid, rewards), (counted, counts), (weights, worth)):
            for bar, height in zip(bars, heights.tolist(), strict=True):
                bar.set_height(height)
        _fit(top, [rewards])
        _fit(bottom, [weights_of(rewards, g, name) for g in (0.0, 0.5, 1.0) for name in WEIGHTS])
        low, high = bottom.get_ylim()
        chosen.set_data([action], [max(worth[action].item(), 0.0) + 0.08 * (high - low)])
        return _sentence(action, worth, gamma, kind)

    return LivePicture(
        figure,
        update,
        {
            "episode": ipywidgets.Dropdown(options=list(EPISODES), description="Episode"),
            "kind": ipywidgets.Dropdown(options=WEIGHTS, value=WEIGHTS[1], description="Weight"),
            "gamma": ipywidgets.FloatSlider(value=0.9, min=0.0, max=1.0, step=0.01, description="γ"),
            "action": ipywidgets.IntSlider(value=3, min=0, max=11, description="Action t"),
        },
    )


def _fit(ax, rows) -> None:
    """Limits that hold for every γ, so that sliding moves the bars and not the ruler."""
    low, high = min(0.0, *(row.min().item() for row in rows)), max(0.0, *(row.max().item() for row in rows))
    limits = low - 0.1 * (high - low), high + 0.25 * (high - low)
    if ax.get_ylim() != limits:  # a new episode: this costs a full draw
        ax.set_ylim(limits)


def _sentence(action: int, worth: torch.Tensor, gamma: float, kind: str) -> str:
    """What the picture shows, in words."""
    return (
        f"Weight {kind}, γ = {gamma:.2f}: action {action} has the weight {worth[action]:+.3f}, "
        f"the first action {worth[0]:+.3f}, the last {worth[-1]:+.3f}."
    )


def plain_reinforce(seed: int = 0):
    """REINFORCE on CartPole with nothing but returns: a learner with environments and a policy of its own."""
    envs, policy = make_envs("CartPole-v1", 64, seed=seed), CategoricalPolicy(4, 2, seed=seed)
    return reinforce(envs, policy, seed=seed, centre=lambda weights, valid: weights)


def live_training(
    make_learner=plain_reinforce, title="REINFORCE learns CartPole from returns alone", **options
):
    """A learner learns while you look on: Run, Pause, Step (one update) and Stop.

    Args:
        make_learner: () -> learner with environments and a policy of its own; REINFORCE on CartPole if left out.
        title: of the picture.
        options: `target`, `max_steps`, `returns` of `learning_curve`, where they are not those of CartPole.
    """
    options = {"target": 475, "max_steps": 400_000, **options}
    return LiveTraining(make_learner, learning_curve(title, **options), target=options["target"])
