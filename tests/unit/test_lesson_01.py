"""Every number that lesson 01 states, from an independent truth, and that the lesson's cells show it."""

import itertools
from pathlib import Path

import gymnasium
import nbformat
import numpy as np
import pytest
import scipy.optimize

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
    assert f"met in the middle: MSE {found.fun:.0f}, regret {(100 - 3) / 2:.1f}" in shown


def test_the_best_lines_serve_too_early_and_one_line_of_logits_does_not(shown):
    load, run = np.arange(5.0), np.array([0.0, 0, 0, 0, -30])
    slope, level = np.polyfit(load, run, 1)
    lowest = ((slope * load + level - run) ** 2).sum() / 10  # the line of SERVE fits exactly: -1 everywhere
    serves = load[slope * load + level < -1]
    needless = sum(load < 4 for load in serves) / 5  # each costs 1, at one of five loads
    assert f"lowest MSE {lowest:.1f}, services at loads {serves.tolist()}, regret {needless:.2f}" in shown
    assert "likelier to serve at loads [4.0], regret 0.00" in shown
    assert f"the best possible is {-1 / 5:.2f}" in shown


def test_how_often_the_lower_error_has_the_higher_regret(shown):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 3))
    sizes = np.exp(rng.uniform(np.log(0.05), np.log(3.0), size=3000))
    tables = np.stack([values + size * rng.normal(size=(4, 3)) for size in sizes])
    errors = ((tables - values) ** 2).mean((1, 2))
    picked = np.take_along_axis(values[None], tables.argmax(2)[:, :, None], axis=2)[:, :, 0]
    regrets = (values.max(1) - picked).mean(1)
    order = np.argsort(errors)
    errors, regrets = errors[order], regrets[order]
    counts = np.zeros(4)  # differ, the wrong way round; the same within a factor of 2
    for i in range(3000):
        near = np.searchsorted(errors, 2 * errors[i]) - i - 1
        later = regrets[i + 1 :]
        differ, wrong = later != regrets[i], later < regrets[i]
        counts += differ.sum(), wrong.sum(), differ[:near].sum(), wrong[:near].sum()
    assert f"all pairs that differ in regret: {counts[1] / counts[0]:.0%} the wrong way round" in shown
    assert f"of these, errors within a factor of 2: {counts[3] / counts[2]:.0%}" in shown


@pytest.fixture(scope="module")
def true_q() -> np.ndarray:
    """The best values of section 1.5's world, by value iteration."""
    true = np.zeros((2, 2))
    for _ in range(5000):
        true = REWARDS + 0.99 * MOVES @ true.max(1)
    return true


def test_three_measures_three_orders(shown, true_q):
    def worth(actions):
        """Mean value of both starts under a deterministic policy, from its linear equations."""
        here = np.arange(2), actions
        return np.linalg.solve(np.eye(2) - 0.99 * MOVES[here], REWARDS[here]).mean()

    def measures(q):
        errors = [
            MOVES[s, a, n] * (q[s, a] - REWARDS[s, a] - 0.99 * q[n].max()) ** 2
            for s, a, n in itertools.product(range(2), repeat=3)
        ]
        return ((q - true_q) ** 2).mean(), sum(errors) / 4, worth(true_q.argmax(1)) - worth(q.argmax(1))

    tables = {
        "true q": true_q,
        "true q + 10": true_q + 10,
        "state 0 + 10": true_q + np.array([[10.0], [0.0]]),
        "state 0 swapped": np.array([true_q[0, ::-1], true_q[1]]),
    }
    found = {name: measures(q) for name, q in tables.items()}
    for name, numbers in found.items():
        assert (
            "{:16s} MSE {:6.2f}   squared TD error {:5.2f}   regret {:5.2f}".format(name, *numbers) in shown
        )
    (mse, td, lost) = (
        [found[name][k] for name in ("true q + 10", "state 0 + 10", "state 0 swapped")] for k in range(3)
    )
    assert mse[2] < mse[1] < mse[0]
    assert td[0] < td[2] < td[1]
    assert lost[0] == lost[1] == 0 < lost[2]
    assert td[0] - found["true q"][1] == pytest.approx((10 * (1 - 0.99)) ** 2)
    # and once more under Pitfalls: the table of one error, the formula of the other
    assert f"a shift of 10 adds {(10 * (1 - 0.99)) ** 2:.2f} to the squared TD error" in shown
    assert f"true q + 10: squared TD error {td[0]:.2f}, MSE {10**2:.2f}" in shown


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
