"""Every number that lesson 01 states, from an independent truth, and that the lesson's cells show it."""

import itertools
from pathlib import Path

import gymnasium
import nbformat
import numpy as np
import pytest
import scipy.optimize
import torch

from helpers import figures

NOTEBOOK = Path(__file__).resolve().parents[2] / "solutions" / "01_why_learn_the_policy.ipynb"
TRUTH = np.array([[1.0, 2.0], [3.0, 100.0]])
MOVES = np.array([[[0.9, 0.1], [0.5, 0.5]], [[0.6, 0.4], [0.1, 0.9]]])  # section 1.5
REWARDS = np.array([[1.0, 2.0], [0.0, -1.0]])
FALLING = np.array([0.0, 0.0, 0.12, 1.0])


@pytest.fixture(scope="module")
def shown() -> str:
    """All text that the executed lesson shows."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)


def steps_with(choose) -> int:
    """Length of an episode of Gymnasium's own CartPole from the falling state; `choose(obs, t)` pushes."""
    env = gymnasium.make("CartPole-v1")
    env.reset(seed=3)
    env.unwrapped.state, obs = tuple(FALLING), FALLING
    for t in itertools.count(1):
        obs, reward, terminated, truncated, _ = env.step(choose(obs, t - 1))
        assert reward == 1.0
        if terminated or truncated:
            return t


def test_the_push_to_the_right_earns_the_bound(shown):
    def balance(obs, t):
        return int(obs[2] + 0.5 * obs[3] + 0.05 * obs[1] + 0.02 * obs[0] > 0)

    assert balance(FALLING, 0) == 1
    assert steps_with(balance) == 500
    bound = sum(0.99**t for t in range(500))  # nobody earns more than 1 a step
    assert f"first push 1, 500 steps, return {bound:.2f}; bound {bound:.2f}" in shown


def test_the_push_to_the_left_is_lost_whatever_follows(shown):
    lengths = [
        steps_with(lambda _, t, plan=(0, *rest): plan[t]) for rest in itertools.product((0, 1), repeat=4)
    ]
    assert max(lengths) == 5
    worth = sum(0.99**t for t in range(5))
    assert f"16 ways to go on, over after 5 steps at most: return {worth:.2f} at most" in shown


def test_the_two_estimates(shown):
    # A: one entry 50 off. B: two entries 1 off. Both over four entries; greedy rewards by reading the truth.
    assert f"MSE of A {50**2 / 4}, of B {(1 + 1) / 4}, ratio {50**2 / 2:.0f}" in shown
    assert f"A: MSE 625.0, chooses [1, 1], earns {(2 + 100) / 2:.1f}, regret 0.0" in shown
    assert f"B: MSE   0.5, chooses [0, 1], earns {(1 + 100) / 2:.1f}, regret {(2 - 1) / 2:.1f}" in shown


def test_the_cheapest_way_to_a_regret_of_48_and_a_half(shown):
    def error(q):
        return ((q - TRUTH.ravel()) ** 2).mean()

    turned = {"type": "ineq", "fun": lambda q: q[2] - q[3]}  # state 1 takes action 0
    found = scipy.optimize.minimize(error, TRUTH.ravel(), constraints=turned)
    assert found.x == pytest.approx([1, 2, 51.5, 51.5], abs=1e-3)
    assert f"both at {found.x[2]:.1f}: MSE {found.fun:.0f}, regret {(100 - 3) / 2:.1f}" in shown


def test_the_best_lines_serve_too_early_and_one_line_of_logits_does_not(shown):
    load, run = np.arange(5.0), np.array([0.0, 0, 0, 0, -30])
    slope, level = np.polyfit(load, run, 1)
    lowest = ((slope * load + level - run) ** 2).sum() / 10  # the line of SERVE fits exactly: -1 everywhere
    serves = load[slope * load + level < -1]
    needless = sum(load < 4 for load in serves) / 5  # each costs 1, at one of five loads
    assert f"lowest MSE {lowest:.1f}, services at loads {serves.tolist()}, regret {needless:.2f}" in shown
    assert "likelier to serve at loads [4.0], regret 0.00" in shown
    assert f"nearly the best possible {-1 / 5:.2f}: True" in shown


def turned_pairs(seed: int) -> list[float]:
    """Of 1000 estimates of one random world: the share of turned pairs and of ties, over all pairs and over close ones."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(4, 3))
    sizes = np.exp(rng.uniform(np.log(0.05), np.log(3.0), size=1000))
    tables = values + sizes[:, None, None] * rng.normal(size=(1000, 4, 3))
    errors = ((tables - values) ** 2).mean((1, 2))
    regrets = np.array(
        [
            sum(row.max() - row[best] for row, best in zip(values, q.argmax(1), strict=True)) / 4
            for q in tables
        ]
    )
    order = np.argsort(errors)
    errors, regrets = errors[order], regrets[order]
    counts = np.zeros((2, 3))  # all pairs, close ones: pairs, those that differ, the wrong way round
    for i in range(1000):
        near = np.searchsorted(errors, 2 * errors[i]) - i - 1
        gaps = regrets[i + 1 :] - regrets[i]
        gaps[abs(gaps) < 1e-12] = 0
        for row, some in enumerate((gaps, gaps[:near])):
            counts[row] += len(some), (some != 0).sum(), (some < 0).sum()
    return [share for pairs, differ, wrong in counts for share in (wrong / differ, 1 - differ / pairs)]


def test_how_often_the_lower_error_has_the_higher_regret(shown):
    def told(shares):
        return f"{shares.mean():.1%} (lowest world {shares.min():.1%}, highest {shares.max():.1%})"

    turned, ties, close, close_ties = np.transpose([turned_pairs(seed) for seed in range(40)])
    assert f"all pairs: the wrong way round {told(turned)}; equal regret, left out {told(ties)}" in shown
    assert (
        f"within a factor of 2: the wrong way round {told(close)}; equal regret, left out {told(close_ties)}"
        in shown
    )


@pytest.mark.parametrize("switch", [2.5, 3.5])
def test_the_title_of_the_lines_says_where_the_policy_switches(switch):
    load = torch.arange(5.0)
    values = torch.tensor([[0.0, -1.0]] * 4 + [[-30.0, -1.0]])
    fit = torch.stack([6 - 6 * load, torch.full((5,), -1.0)], dim=1)
    told = figures.fitted_lines(load, values, fit, switch)
    assert told.sentence.endswith(
        "The policy switches there." if switch == 3.5 else "The policy switches too early."
    )
    assert told.png != figures.fitted_lines(load, values, fit, 6 - switch).png


@pytest.fixture(scope="module")
def true_q() -> np.ndarray:
    """The best values of section 1.5's world, by value iteration."""
    true = np.zeros((2, 2))
    for _ in range(5000):
        true = REWARDS + 0.99 * MOVES @ true.max(1)
    return true


def td_error(q, targets_from):
    """The mean squared TD error by its definition: every state and action alike, every next state by its chance."""
    errors = [
        MOVES[s, a, n] * (q[s, a] - REWARDS[s, a] - 0.99 * targets_from[n].max()) ** 2
        for s, a, n in itertools.product(range(2), repeat=3)
    ]
    return sum(errors) / 4


def lowest_moving_error() -> np.ndarray:
    """The table with the lowest TD error whose target moves along, by linear least squares for its greedy actions."""
    tables = []
    for best in itertools.product(range(2), repeat=2):
        rows, right = [], []
        for s, a, n in itertools.product(range(2), repeat=3):
            row = np.zeros((2, 2))
            row[s, a] += 1
            row[n, best[n]] -= 0.99
            rows.append(np.sqrt(MOVES[s, a, n]) * row.ravel())
            right.append(np.sqrt(MOVES[s, a, n]) * REWARDS[s, a])
        q = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0].reshape(2, 2)
        if (q.argmax(1) == best).all():
            tables.append(q)
    return min(tables, key=lambda q: td_error(q, q))


def test_four_measures_of_each_table(shown, true_q):
    def worth(actions):
        """Mean value of both starts under a deterministic policy, from its linear equations."""
        here = np.arange(2), actions
        return np.linalg.solve(np.eye(2) - 0.99 * MOVES[here], REWARDS[here]).mean()

    swapped, lowest = np.array([true_q[0, ::-1], true_q[1]]), lowest_moving_error()
    tables = {
        "true q": true_q,
        "true q + 10": true_q + 10,
        "state 0 + 10": true_q + np.array([[10.0], [0.0]]),
        "state 0 swapped": swapped,
        "lowest moving": lowest,
        "then DQN's steps": true_q,
    }
    for name, q in tables.items():
        mse, held, moving = ((q - true_q) ** 2).mean(), td_error(q, true_q), td_error(q, q)
        lost = worth(true_q.argmax(1)) - worth(q.argmax(1))
        errors = f"MSE {mse:8.4f}   TD held {held:8.4f}   TD moving {moving:7.4f}"
        assert f"{name:15s} {errors}   regret {lost:5.2f}" in shown
        assert held == pytest.approx(mse + td_error(true_q, true_q), abs=1e-6)
    assert f"true q: {true_q.round(2).tolist()}" in shown
    assert td_error(true_q + 10, true_q + 10) - td_error(true_q, true_q) == pytest.approx(
        (10 * (1 - 0.99)) ** 2
    )
    # why an error of 0.28 costs 23.80: the discounted visits to state 0, from both starts, times what is lost at each
    actions = np.arange(2), swapped.argmax(1)
    visits = np.linalg.solve(np.eye(2) - 0.99 * MOVES[actions].T, [0.5, 0.5])[0]
    gap = abs(true_q[0, 1] - true_q[0, 0])
    assert f"{visits:.2f} discounted visits to state 0, {gap:.4f} lost at each: {visits * gap:.2f}" in shown
    assert visits * gap == pytest.approx(worth(true_q.argmax(1)) - worth(swapped.argmax(1)))
    # and once more under Pitfalls: the table of one error, the formula of the other
    shifted = true_q + 10
    assert f"true q + 10: squared TD error {td_error(shifted, shifted):.2f}, target moving along" in shown
    assert f"true q + 10: MSE {10**2:.2f}" in shown


def test_targets_of_one_step(shown, true_q):
    targets = REWARDS[0, 0] + 0.99 * true_q.max(1)
    assert f"two possible targets for state 0, action 0: {targets.round(2).tolist()}" in shown
    average = MOVES[0, 0] @ targets  # the Bellman equation: an average over the next state, not each sample
    assert average == pytest.approx(true_q[0, 0])
    assert min(abs(targets - true_q[0, 0])) > 0.1
    assert f"their average {average:.2f}, the exact value {true_q[0, 0]:.2f}" in shown


def test_nothing_follows_the_end(shown):
    # an episode that ends with reward 1 returned 1, whatever a network says of its last observation
    assert f"without the factor {1 + 0.99 * 5:.2f}, exact {1:.2f}" in shown
