"""A maze and an actor-critic in, what the critic says of every cell out, beside the exact value, update by update."""

from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np
import torch
from matplotlib.patches import Rectangle

from ..envs import make_envs
from ..exact import state_values
from ..learners import actor_critic
from ..live import LivePicture
from ..plots import MAP, POLICY, new_figure
from ..policies import TabularPolicy
from ..tabular import TabularMDP, world_from_steps

__all__ = ["TableCritic", "critic_map", "maze_world", "watch_critic"]

MAZE = ("....#....", "....#....", ".........", "....#....", "....#...X")
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
GAMMA = 0.9
SHOWN = (0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200)  # updates
LAMBDAS = (0.0, 0.5, 0.95)


class Maze(NamedTuple):
    """A world, and where its states lie: `cells` int [C, 2] (row, column), the exit last."""

    world: TabularMDP
    cells: np.ndarray


class TableCritic(torch.nn.Module):
    """One value for each state, the exit's fixed at 0: states int64 [B] -> [B]."""

    def __init__(self, n_states: int):
        super().__init__()
        self.values = torch.nn.Parameter(torch.zeros(n_states))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.values[states]


@cache
def maze_world() -> Maze:
    """Two rooms and a door; the exit pays 1, every other step nothing; a step into a wall stays. Start: anywhere."""
    cells = [(r, c) for r, row in enumerate(MAZE) for c, mark in enumerate(row) if mark == "."]
    cells.append(next((r, row.index("X")) for r, row in enumerate(MAZE) if "X" in row))
    number, n = {cell: k for k, cell in enumerate(cells)}, len(cells)
    steps = {}
    for (row, column), state in list(number.items())[:-1]:
        for action, (down, right) in enumerate(MOVES):
            after = number.get((row + down, column + right), state)
            steps[state, action] = (float(after == n - 1), {after: 1.0})
    start = [1 / (n - 1)] * (n - 1)
    return Maze(world_from_steps(n, len(MOVES), steps, gamma=GAMMA, start=start), np.array(cells))


@cache
def watch_critic(lam: float, seed: int = 0, last: int = SHOWN[-1]) -> dict[str, np.ndarray]:
    """Train actor and critic in the maze, and note what the critic says, what is true, and where the policy goes.

    Args:
        lam: λ of the advantages, in [0, 1].
        seed: of the training.
        last: int >= 0, the number of updates.

    Returns:
        `updates` [U], those that are noted; `critic` and `exact` (v of the policy of that moment) [U, S]; `best` int [U, S],
        the likeliest action.
    """
    world, _ = maze_world()
    policy, critic = TabularPolicy(world.n_states, world.n_actions), TableCritic(world.n_states)
    envs = make_envs(world, 32, seed=seed, max_episode_steps=200)
    learner = actor_critic(
        envs,
        policy,
        critic,
        seed=seed,
        n_steps=16,
        gamma=GAMMA,
        lam=lam,
        lr=0.1,
        critic_lr=0.02,
        reward_scale=1.0,
    )
    seen, noted = {"critic": [], "exact": [], "best": []}, [update for update in SHOWN if update <= last]
    for update in range(last + 1):
        if update in noted:
            probs = policy.probs.detach()
            seen["critic"].append(critic.values.detach().numpy().copy())
            seen["exact"].append(state_values(world, probs.double().clamp(min=1e-9)).numpy())
            seen["best"].append(probs.argmax(1).numpy())
        next(learner)
    return {"updates": np.array(noted), **{name: np.stack(rows) for name, rows in seen.items()}}


def critic_map() -> LivePicture:
    """A slider over the updates: the critic's map on the left, the exact values of the same policy on the right."""
    figure, axes = _paper()
    cells = maze_world().cells
    images = [
        ax.imshow(_map(np.zeros(len(cells))), vmin=0.0, vmax=1.0, cmap=MAP, animated=True) for ax in axes
    ]
    moves = np.array(MOVES)
    arrows = axes[0].quiver(
        cells[:-1, 1], cells[:-1, 0], moves[0, 1] + 0 * cells[:-1, 1], moves[0, 0] + 0 * cells[:-1, 0],
        angles="xy", pivot="mid", scale=2.0, scale_units="xy", width=0.006, color="white",
        edgecolor="black", linewidth=0.4, animated=True,
    )  # fmt: skip
    figure.colorbar(images[0], ax=list(axes), shrink=0.7, label="value (reward)")

    def update(updates: int, lam: float) -> str:
        seen, place = watch_critic(lam), SHOWN.index(updates)
        critic, exact = seen["critic"][place], seen["exact"][place]
        for image, values in zip(images, (critic, exact), strict=True):
            image.set_data(_map(values))
        toward = moves[seen["best"][place][:-1]] * (updates > 0)  # at first all are equally likely
        arrows.set_UVC(toward[:, 1], toward[:, 0])
        return f"After {updates} update{'s' if updates != 1 else ''} with λ = {lam:g} the critic {_verdict(critic, exact)}."

    controls = {
        "updates": ipywidgets.SelectionSlider(options=list(SHOWN), value=SHOWN[-1], description="Updates"),
        "lam": ipywidgets.ToggleButtons(
            options=[(f"λ = {lam:g}", lam) for lam in LAMBDAS], value=LAMBDAS[-1], description="Advantages"
        ),
    }
    return LivePicture(figure, update, controls)


def _verdict(critic: np.ndarray, exact: np.ndarray) -> str:
    """How near the critic is to the exact value, in words that hold on any machine."""
    if not critic.any():
        return "says 0 everywhere, for nothing has been learned"
    far = np.sqrt(((critic - exact)[:-1] ** 2).mean() / (exact[:-1] ** 2).mean())
    if far > 0.6:
        return "has hardly begun to see what the exact map shows"
    return "sees the exact map in outline" if far > 0.25 else "shows nearly the exact map"


def _map(values: np.ndarray) -> np.ma.MaskedArray:
    """Values of the states as a picture of the maze; walls are masked, the exit pays 1."""
    picture = np.full((len(MAZE), len(MAZE[0])), np.nan)
    cells = maze_world().cells
    picture[cells[:-1, 0], cells[:-1, 1]] = values[:-1]
    return np.ma.masked_invalid(picture)


def _paper():
    """What does not move: frames, walls, the exit."""
    figure, axes = new_figure(
        "The critic's map, and the exact one (white: walls)", width=9.0, height=3.0, columns=2
    )
    exit_row, exit_column = maze_world().cells[-1]
    for ax, title in zip(
        axes,
        ("what the critic says; arrows: the likeliest action", "exact value of this policy"),
        strict=True,
    ):
        ax.set_title(title, fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.add_patch(Rectangle((exit_column - 0.5, exit_row - 0.5), 1, 1, color=POLICY, linewidth=0))
        ax.text(exit_column, exit_row, "exit", ha="center", va="center", color="white", fontweight="bold")
    return figure, axes
