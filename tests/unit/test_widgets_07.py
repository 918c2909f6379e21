"""The numbers behind lesson 07's widgets, against plain enumeration, matrix algebra and a walk through the maze."""

import numpy as np
import pytest
import torch

from helpers import advantages, exact_moments, exact_policy_gradient, gae, state_values, widgets
from helpers.widgets.lesson_07_map import GAMMA, LAMBDAS, MAZE, SHOWN, TableCritic, maze_world, watch_critic
from helpers.widgets.lesson_07_mixer import LAMBDAS as GRID
from helpers.widgets.lesson_07_mixer import ROUNDS, courier_world, gradient_error, mixing_weights

WORLD = courier_world()
COIN = torch.full((11, 2), 0.5, dtype=torch.float64)
FRESH = ((0.9, 0.5), (0.5, 0.1))  # probability of being rested next; rows rested, tired; columns walk, run
PAYS = ((3, 4), (0, 1))


def gap_of_being_rested(rounds_left: int) -> float:
    """v(rested) - v(tired) under the coin: 3 from the rewards, and 0.4 of the next gap, for 0.7 - 0.3 = 0.4."""
    return 0.0 if rounds_left == 0 else 3.0 + 0.4 * gap_of_being_rested(rounds_left - 1)


def test_the_courier_by_hand():
    values, better = state_values(WORLD, COIN), advantages(WORLD, COIN)
    for k in range(ROUNDS):
        left = ROUNDS - k
        assert values[2 * k] - values[2 * k + 1] == pytest.approx(gap_of_being_rested(left))
        for state in (2 * k, 2 * k + 1):  # half of: 1 more now, 0.4 less often rested next
            assert better[state, 1].item() == pytest.approx(0.5 * (1 - 0.4 * gap_of_being_rested(left - 1)))


@pytest.mark.parametrize("lam", [0.0, 0.3, 0.9, 1.0])
def test_the_mixing_weights_turn_n_step_advantages_into_gae(lam):
    weights = mixing_weights(lam)
    assert weights.sum() == pytest.approx(1.0)
    rng = np.random.default_rng(0)
    rewards, values = rng.normal(size=ROUNDS), rng.normal(size=ROUNDS + 1)
    looks = [rewards[:n].sum() + values[n] - values[0] for n in range(1, ROUNDS + 1)]  # gamma = 1
    mixed = gae(torch.from_numpy(rewards), torch.from_numpy(values), 1.0, lam)[0].item()
    assert weights @ looks == pytest.approx(mixed)


@pytest.mark.parametrize("quality", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("place", [0, 10, 18, 20])
def test_bias_and_noise_are_those_of_plain_enumeration(quality, place):
    """`gradient_error` goes by a parabola in the quality; here every trajectory is weighed afresh."""
    logits = torch.zeros(11, 2, dtype=torch.float64)
    critic, lam = quality * state_values(WORLD, COIN), float(GRID[place])
    weight = lambda tau: gae(tau.rewards, critic[tau.states], 1.0, lam)  # noqa: E731
    mean, covariance = exact_moments(WORLD, logits, weight, ROUNDS)
    bias = (mean - exact_policy_gradient(WORLD, logits).flatten()).norm().item()
    told = gradient_error(quality, episodes=7)
    assert told["bias"][place] == pytest.approx(bias, abs=1e-9)
    assert told["noise"][place] ** 2 * 7 == pytest.approx(covariance.trace().item())
    assert told["error"][place] ** 2 == pytest.approx(bias**2 + covariance.trace().item() / 7)


def test_the_mixer_follows_its_sliders():
    widget = widgets.gae_mixer()
    first, sentence = widget.picture.value, widget.sentence
    widget.controls["lam"].value = 0.0
    assert widget.picture.value != first
    assert "λ = 0.00" in widget.sentence
    widget.controls["quality"].value = 1.0
    assert "bias 0.000" in widget.sentence
    assert "smallest at λ = 0.00" in widget.sentence
    widget.reset()
    assert (widget.picture.value, widget.sentence) == (first, sentence)


def distances() -> dict:
    """Steps from each free cell to the exit, by breadth-first search over the drawing."""
    free = {(r, c) for r, row in enumerate(MAZE) for c, mark in enumerate(row) if mark != "#"}
    exit_cell = next(cell for cell in free if MAZE[cell[0]][cell[1]] == "X")
    found, edge = {exit_cell: 0}, [exit_cell]
    while edge:
        row, column = edge.pop(0)
        for cell in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if cell in free and cell not in found:
                found[cell] = found[row, column] + 1
                edge.append(cell)
    return found


def test_the_maze_is_worth_what_the_shortest_way_says():
    """The policy that steps nearer to the exit is worth gamma^(distance - 1)."""
    world, cells = maze_world()
    far, moves = distances(), ((-1, 0), (0, 1), (1, 0), (0, -1))
    probs = torch.zeros(world.n_states, 4, dtype=torch.float64)
    for state, (row, column) in enumerate(cells.tolist()):
        reach = [far.get((row + down, column + right), 99) for down, right in moves]
        probs[state, int(np.argmin(reach))] = 1.0
    values = state_values(world, probs)
    for state, cell in enumerate(cells.tolist()[:-1]):
        assert values[state].item() == pytest.approx(GAMMA ** (far[tuple(cell)] - 1))
    assert len(far) == world.n_states


def test_the_table_critic_reads_its_table():
    critic = TableCritic(3)
    with torch.no_grad():
        critic.values.copy_(torch.tensor([1.0, 2.0, 0.0]))
    assert critic(torch.tensor([1, 0, 1])).tolist() == [2.0, 1.0, 2.0]


@pytest.mark.parametrize("lam", LAMBDAS)
def test_the_critic_ends_near_the_exact_values(lam):
    seen = watch_critic(lam)
    assert seen["updates"].tolist() == list(SHOWN)
    assert not seen["critic"][0].any()
    assert not seen["critic"][:, -1].any()  # the exit is never a row of a batch
    world, cells = maze_world()
    uniform = state_values(world, torch.full((world.n_states, 4), 0.25))
    assert np.allclose(seen["exact"][0], uniform, atol=1e-6)
    error = np.abs(seen["critic"][-1] - seen["exact"][-1])[:-1].mean()
    assert error < 0.1
    shortest = np.array([GAMMA ** (distances()[tuple(cell)] - 1) for cell in cells.tolist()[:-1]])
    assert np.abs(seen["exact"][-1][:-1] - shortest).mean() < 0.1  # the actor has found the way


def test_a_longer_look_carries_the_news_farther():
    """After ten updates the critic's map at λ = 0.95 is nearer to the truth of its policy than at λ = 0."""
    place = SHOWN.index(10)

    def missing(lam):
        seen = watch_critic(lam)
        gap = (seen["critic"][place] - seen["exact"][place])[:-1]
        return np.linalg.norm(gap) / np.linalg.norm(seen["exact"][place][:-1])

    assert missing(0.95) < missing(0.0) - 0.03


def test_the_map_follows_its_controls():
    widget = widgets.critic_map()
    first = widget.picture.value
    assert "After 200 updates with λ = 0.95" in widget.sentence
    widget.controls["updates"].value = 0
    assert widget.picture.value != first
    assert "says 0 everywhere" in widget.sentence
    widget.reset()
    assert widget.picture.value == first


def test_the_live_learner_makes_an_update_a_step():
    widget = widgets.live_actor_critic()
    try:
        widget.step()
        widget.wait()
        assert len(widget.history) == 1
        assert widget.history.steps <= 32 * 32
    finally:
        widget.stop()
