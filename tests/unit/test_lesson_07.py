"""What lesson 07 states, against recursions by hand, least squares, finite differences and value iteration."""

import itertools
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from helpers import (
    CategoricalPolicy,
    Update,
    ValueFunction,
    actor_critic,
    collect_episodes,
    gae,
    make_envs,
    optimal_values,
    server_cooling_table,
    table_return,
)
from helpers.figures import lesson_07_exact, lesson_07_runs
from helpers.widgets import lesson_07_server as server
from helpers.widgets import lesson_07_trials as trials

NOTEBOOK = Path(__file__).resolve().parents[2] / "solutions" / "07_actor_critic.ipynb"
PAYS, FRESH = ((3.0, 4.0), (0.0, 1.0)), ((0.9, 0.5), (0.5, 0.1))


@pytest.fixture(scope="module")
def shown() -> str:
    """All text that the executed lesson shows."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)


def courier_values() -> np.ndarray:
    """v under the coin by going back from the last round: [round, rested or tired]."""
    values = np.zeros((6, 2))
    for k in reversed(range(5)):
        for tired, action in itertools.product((0, 1), (0, 1)):
            fresh = FRESH[tired][action]
            later = fresh * values[k + 1, 0] + (1 - fresh) * values[k + 1, 1]
            values[k, tired] += 0.5 * (PAYS[tired][action] + later)
    return values


def walks():
    """Every trajectory of the courier: probability, tiredness [6], actions [5], rewards [5]."""
    for actions in itertools.product((0, 1), repeat=5):
        for tired in itertools.product((0, 1), repeat=4):
            path, chance = (0, *tired), 0.5**5
            for k in range(4):
                fresh = FRESH[path[k]][actions[k]]
                chance *= 1 - fresh if path[k + 1] else fresh
            yield chance, path, actions, [PAYS[path[k]][actions[k]] for k in range(5)]


def gradient_moments(critic: np.ndarray, weights_of) -> tuple[np.ndarray, float]:
    """Mean [5, 2] of weight times score of running, by round and tiredness, and the trace of the covariance."""
    mean, square = np.zeros((5, 2)), 0.0
    for chance, path, actions, rewards in walks():
        said = [critic[k, path[k]] for k in range(5)] + [0.0]
        weights = weights_of(rewards, said)
        for k in range(5):
            mean[k, path[k]] += chance * weights[k] * (actions[k] - 0.5)
        square += chance * sum(w**2 for w in weights) * 0.5  # (+-1/2)^2 on each of two logits
    return mean, square - 2 * (mean**2).sum()


def n_step_weights(n):
    def weights(rewards, said):
        ends = [min(k + n, 5) for k in range(5)]
        return [sum(rewards[k : ends[k]]) + said[ends[k]] - said[k] for k in range(5)]

    return weights


def gae_weights(lam):
    def weights(rewards, said):
        errors = [rewards[k] + said[k + 1] - said[k] for k in range(5)]
        return [sum(lam ** (j - k) * errors[j] for j in range(k, 5)) for k in range(5)]

    return weights


def bias_and_variance(critic, weights_of):
    truth, _ = gradient_moments(0 * critic, gae_weights(1.0))  # the plain return is unbiased
    mean, variance = gradient_moments(critic, weights_of)
    return np.sqrt(2 * ((mean - truth) ** 2).sum()), variance


def test_the_advantages_of_running(shown):
    v = courier_values()
    for k, rounds in ((0, 1), (3, 4), (4, 5)):
        q = [PAYS[0][a] + FRESH[0][a] * v[k + 1, 0] + (1 - FRESH[0][a]) * v[k + 1, 1] for a in (0, 1)]
        told = f"round {rounds}, rested: v {v[k, 0]:5.2f}, q(walk) {q[0]:5.2f}, q(run) {q[1]:5.2f}, a(run) {q[1] - v[k, 0]:+.2f}"
        assert told in shown
    assert v[0, 0] - 0.474 == pytest.approx(12.0, abs=1e-3)


@pytest.mark.parametrize(("name", "quality"), [("true v", 1.0), ("half of v", 0.5), ("0", 0.0)])
def test_a_wrong_critic_is_off_by_the_error_of_the_next_state(shown, name, quality):
    v = courier_values()
    critic = quality * v
    errors = [
        PAYS[0][a] + FRESH[0][a] * critic[1, 0] + (1 - FRESH[0][a]) * critic[1, 1] - critic[0, 0]
        for a in (0, 1)
    ]
    said = f"critic says {name:9s}: walking {errors[0]:+.2f}, running {errors[1]:+.2f}, difference {errors[1] - errors[0]:+.2f}"
    assert said in shown
    e = critic - v
    true_difference = 1.0 - 0.4 * (v[1, 0] - v[1, 1])
    assert errors[1] - errors[0] - true_difference == pytest.approx(-0.4 * (e[1, 0] - e[1, 1]))


def test_more_steps_less_bias_more_variance(shown):
    v = courier_values()
    rows = [bias_and_variance(0 * v, n_step_weights(n)) for n in range(1, 6)]
    told = f"bias {rows[0][0]:.2f} and variance {rows[0][1]:.1f} at n = 1, bias 0.00 and variance {rows[4][1]:.1f}"
    assert told in shown
    for critic in (0 * v, v / 2, v):
        bias, variance = np.array([bias_and_variance(critic, n_step_weights(n)) for n in range(1, 6)]).T
        assert (np.diff(bias) < 1e-9).all()
        assert bias[-1] == pytest.approx(0.0, abs=1e-9)
        assert (np.diff(variance) > 0).all()


@pytest.mark.parametrize(("name", "quality"), [("0", 0.0), ("half of v", 0.5), ("the true v", 1.0)])
def test_the_table_over_lambda(shown, name, quality):
    rows = [bias_and_variance(quality * courier_values(), gae_weights(lam)) for lam in (0.0, 0.5, 0.9, 1.0)]
    bias = " ".join(f"{bias:5.2f}" for bias, _ in rows)
    variance = " ".join(f"{variance:6.2f}" for _, variance in rows)
    assert f"critic {name:10s}  bias {bias}  variance {variance}" in shown


def test_the_best_lambda_grows_with_the_data(shown):
    rows = np.array([bias_and_variance(courier_values() / 2, gae_weights(k / 20)) for k in range(21)])
    best = {n: np.hypot(rows[:, 0], np.sqrt(rows[:, 1] / n)).argmin() / 20 for n in (100, 1000, 10_000)}
    assert best[100] < best[1000] < best[10_000]
    assert ", ".join(f"{lam:.2f} for {n:,} episodes" for n, lam in best.items()) in shown


def test_a_baseline_costs_half_its_squared_error(shown):
    v = courier_values()
    _, least = bias_and_variance(v, gae_weights(1.0))
    critics = {"0         ": 0 * v, "half of v ": v / 2, "the true v": v}
    for name, critic in critics.items():
        error = sum(
            chance * sum((critic[k, path[k]] - v[k, path[k]]) ** 2 for k in range(5))
            for chance, path, *_ in walks()
        )
        _, variance = bias_and_variance(critic, gae_weights(1.0))
        assert variance == pytest.approx(least + error / 2)
        assert f"{name}: squared error {error:6.1f}, variance {variance:6.2f}" in shown


def test_through_its_target_the_critic_rests_elsewhere(shown):
    """Least squares over all transitions: reward = v(s) - v(s'), each row weighted with the root of its probability."""
    rows, paid = [], []
    for chance, path, _, rewards in walks():
        for k in range(5):
            row = np.zeros((6, 2))
            row[k, path[k]] += 1
            row[k + 1, path[k + 1] if k < 4 else 0] -= k < 4
            rows.append(np.sqrt(chance) * row[:5].ravel())
            paid.append(np.sqrt(chance) * rewards[k])
    rows, paid = np.array(rows), np.array(paid)
    rest = np.linalg.lstsq(rows, paid, rcond=None)[0]
    loss = ((rows @ rest - paid) ** 2).sum()
    true_loss = ((rows @ courier_values()[:5].ravel() - paid) ** 2).sum()
    rested, tired = courier_values()[1]
    beside = f"(true {rested:.2f}, {tired:.2f})"
    assert (
        f"rests at {rest[2]:.2f}, {rest[3]:.2f} {beside}: squared TD error {loss:.2f}, with v {true_loss:.2f}"
        in shown
    )
    push = 2 * rows.T @ (paid - rows @ courier_values()[:5].ravel())  # minus the gradient, at the true v
    assert (
        f"critic, not      pushes v: start +0.00, then rested {push[2]:+.2f}, tired {push[3]:+.2f}" in shown
    )


def test_an_advantage_that_is_not_detached_lifts_the_start(shown):
    """-log ½ times the sum of the TD errors; the values in between cancel, and v̂(start) is left with log ½."""
    told = f"actor,  not      pushes v: start {np.log(2):+.2f}, then rested +0.00, tired +0.00"
    assert told in shown
    for name in ("critic, detached", "actor,  detached"):
        assert f"{name} pushes v: start +0.00, then rested +0.00, tired +0.00" in shown


def test_the_corridor_and_its_wrong_targets(shown):
    """Linear equations: of the visits to states 2 to 6 a third come at the third step, where the clock cuts; 7 ends by itself."""
    exact = -(1 - 0.9 ** (8.0 - np.arange(8))) / 0.1
    cut = np.array([0, 0, 1, 1, 1, 1, 1, 0]) / 3
    onward = 0.9 * np.diag(1 - cut[:7], k=1)
    taken = np.linalg.solve(np.eye(8) - onward, -np.ones(8))
    elsewhere = np.linalg.solve(np.eye(8) - onward - 0.9 * np.outer(cut, np.full(8, 1 / 8)), -np.ones(8))
    errors = {
        "right": 0.0,
        "a cut taken for the end": abs(taken - exact).max(),
        "next episode's first state": abs(elsewhere - exact).max(),
        "a value (-5) after the end": 5 * 0.9,  # one step after state 7
    }
    assert "by its target: " + ", ".join(f"{name} {error:.2f}" for name, error in errors.items()) in shown


def test_a_wrong_critic_can_have_less_variance_where_a_state_recurs(shown):
    """Episodes of K steps have probability 2^-K; the score of a step is +-(½, -½), + for all steps but the last."""
    for wrong, told in ((0, 6), (1, 7), (2, 10)):
        mean = square = 0.0
        for length in range(1, 80):
            weights = [length - t - 2 - wrong for t in range(length)]
            logit = (sum(weights[:-1]) - weights[-1]) / 2  # the other logit moves as much the other way
            mean += 0.5**length * logit
            square += 0.5**length * logit**2
        variance = 2 * (square - mean**2)
        assert f"a state that recurs, v + {wrong}: variance {variance:.2f}, the formula {told:.2f}" in shown


def test_the_server_as_a_world_is_the_server_as_a_table(shown):
    table = server_cooling_table()
    rng = np.random.default_rng(0)
    probs = rng.dirichlet(np.ones(3), size=63)
    assert server.reward_a_step(torch.from_numpy(probs)) == pytest.approx(
        0.02 * table_return(table, probs, 0.98)
    )
    best = 0.02 * table.start @ optimal_values(table, 0.98)[0]
    random = 0.02 * table_return(table, np.full((63, 3), 1 / 3), 0.98)
    assert server.bounds() == pytest.approx({"best possible": best, "random": random})
    assert f"best possible {best:.3f}, random {random:.3f}" in shown


def test_reinforce_would_wait_for_ever(shown):
    envs = make_envs("ServerCooling-v0", 16, seed=0)
    block = collect_episodes(envs, CategoricalPolicy(4, 3, seed=0), max_steps=1600)
    assert not block.ended.any()
    assert f"{16 * 1600} steps, 0 ends" in shown


def test_a_shared_critic_trains_the_policys_body_and_owns_its_head():
    policy = CategoricalPolicy(4, 3, seed=0)
    critic = server.SharedCritic(policy, seed=1)
    assert {id(p) for p in critic.parameters()} == {id(p) for p in critic.head.parameters()}
    critic(torch.ones(5, 4)).sum().backward()
    assert policy.network[0].weight.grad.abs().sum() > 0
    assert policy.network[-1].weight.grad is None


def first_step(value_coef, shared):
    """Weights of the policy and of the critic after one update."""
    envs, policy = make_envs("ServerCooling-v0", 16, seed=0), CategoricalPolicy(4, 3, seed=0)
    critic = server.SharedCritic(policy, 1) if shared else ValueFunction(4, seed=1)
    next(actor_critic(envs, policy, critic, seed=0, n_steps=8, reward_scale=0.1, value_coef=value_coef))
    return [torch.nn.utils.parameters_to_vector(net.parameters()).detach() for net in (policy, critic)]


def test_adam_takes_the_value_coefficient_out_again():
    (actor, critic), (same_actor, other_critic) = first_step(0.005, False), first_step(50.0, False)
    assert torch.equal(actor, same_actor)
    # A step of Adam has the length of the learning rate, 0.005, but where a gradient is as small as its eps.
    assert ((critic - other_critic).abs() < 0.0005).double().mean() > 0.95


def test_a_shared_body_feels_the_value_coefficient():
    (actor, _), (other_actor, _) = first_step(0.005, True), first_step(50.0, True)
    assert ((actor - other_actor).abs() > 0.0005).double().mean() > 0.1


def test_the_update_of_the_lesson_is_that_of_the_helper(shown):
    assert "after three updates our weights and the helper's differ by 0.0000" in shown


def test_an_untrained_critic_adds_noise_at_first_and_pays_later():
    before, after = zip(
        *((r[0], r[-1]) for r in (trials.error_ratios(seed, 10) for seed in range(5))), strict=True
    )
    assert min(before) > 1.5
    assert np.median(after) < 0.8


def test_an_advantage_leaks_over_the_end_of_an_episode(shown):
    rewards, values = torch.tensor([1.0, 1.0, 5.0, 5.0]), torch.tensor([2.0, 1.0, 10.0, 5.0, 0.0])
    assert gae(rewards[:2], torch.tensor([2.0, 1.0, 0.5]), 1.0, 1.0).tolist() == [0.5, 0.5]  # 1 + 1 + 0.5 - 2
    assert "leaking [10.0, 10.0, 0.0, 0.0] exact [0.5, 0.5, 0.0, 0.0]" in shown
    assert gae(rewards, values, 1.0, 1.0)[:2].tolist() == [10.0, 10.0]


def test_a_column_against_a_row(shown):
    mean_square_of_all_pairs = np.mean([(a - b) ** 2 for a in range(3) for b in range(3)])
    assert f"[B, 1]: {mean_square_of_all_pairs:.3f}, exact 0.000" in shown


def test_the_race_gives_all_three_the_same_reward_bonus_and_scale(monkeypatch):
    """A learner that ends at once notes what it was given; nobody arrives, so every number of steps is NaN."""
    given = []

    def note(envs, policy, critic=None, **settings):
        given.append((critic is not None, settings))
        yield Update(10, torch.tensor([-500.0]), {}, 0.0)

    monkeypatch.setattr(trials, "reinforce", note)
    monkeypatch.setattr(trials, "actor_critic", note)
    same = {"gamma": 0.99, "reward_scale": 0.1, "entropy_coef": 0.01, "rescale": trials.as_they_are}
    steps = trials.race("Acrobot-v1", -100, 100, [7], episodes={"lr": 1.0}, blocks={"lr": 2.0}, **same)
    assert [critic for critic, _ in given] == [False, True, True]
    assert [settings.pop("lr") for _, settings in given] == [1.0, 1.0, 2.0]
    assert all(settings == {**same, "seed": 7} for _, settings in given)
    assert all(np.isnan(row).all() for row in steps.values())


def test_the_lesson_races_with_the_same_settings_for_all():
    """Standardising, bonus, discount and scale stand in `same`, none of them among an algorithm's own settings."""
    cells = [
        cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if "trials.race(" in cell.source
    ]
    assert len(cells) == 2
    for source in cells:
        own, shared = re.split(r"same_\w+ = ", source)
        assert set(re.findall(r'"(\w+)":', own)) == {
            "episodes",
            "blocks",
            "lr",
            "n_steps",
            "lam",
            "critic_lr",
        }
        names = set(re.findall(r'"(\w+)":', shared.splitlines()[0]))
        assert names == {"gamma", "reward_scale", "entropy_coef", "rescale"}
        assert re.search(r"\*\*own_(\w+), \*\*same_\1\)", shared)


def test_a_training_is_the_same_whether_it_is_looked_at_often_or_once():
    """So the sweep may take the runs of the section before, after their 80 updates."""
    assert server.training(0, updates=90, every=10)[8] == server.training(0)[-1]


def test_the_widest_gap_is_that_of_one_seed():
    assert server.widest({1.0: [0.0, 10.0], 2.0: [3.0, 9.0], 3.0: [1.0, 8.5]}) == 3.0


@pytest.fixture
def told(monkeypatch):
    """Title and sentence of a figure, as `told(draw, *arguments)`."""
    titles = []
    for module in (lesson_07_exact, lesson_07_runs):
        real = module.new_figure
        monkeypatch.setattr(
            module,
            "new_figure",
            lambda title, real=real, **rest: titles.append(title) or real(title, **rest),
        )
    return lambda draw, *arguments: (draw(*arguments).sentence, titles.pop())


def both_differ(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] != other[0] and one[1] != other[1]


def test_the_figure_of_the_critics_noise_tells_its_data(told):
    high, low = [[3.0, 1.2]] * 5, [[3.0, 0.5]] * 5
    usual = told(lesson_07_exact.noise_of_a_critic, {1: high, 10: low})
    swapped = told(lesson_07_exact.noise_of_a_critic, {1: low, 10: high})
    assert both_differ(usual, swapped)
    assert usual[1].endswith("0 of 5 with 1 step, 5 of 5 with 10 steps")
    assert "none or one of the 5 seeds with 1 gradient step a batch" in usual[0]


def test_the_figure_of_the_maze_tells_its_data(told):
    cells = np.array([(0, 0), (0, 1), (0, 2), (0, 3)])
    little, much = (
        {"updates": [1, 2], "critic": np.array([[0.0] * 4, row])} for row in ([0, 0, 1, 0], [1] * 4)
    )
    draw = lesson_07_runs.maze_maps
    usual = told(lambda: draw({0.0: little, 0.95: much}, cells, (1, 2)))
    swapped = told(lambda: draw({0.0: much, 0.95: little}, cells, (1, 2)))
    assert both_differ(usual, swapped)
    assert usual[1] == "Cells worth more than 0.05 after 2 updates: 1 with λ = 0, 3 with λ = 0.95"
    assert "at least twice as many cells as that of λ = 0" in usual[0]
    assert "no more cells than that of λ = 0" in swapped[0]


def test_the_figure_of_the_races_tells_its_data(told):
    names, nan = trials.ALGORITHMS, float("nan")
    race = dict(zip(names, ([10.0] * 5, [20.0] * 5, [30.0] * 5), strict=True))
    other = dict(zip(names, ([50.0] * 5, [20.0] * 5, [nan] * 5), strict=True))
    usual = told(lesson_07_runs.first_arrivals, {"A to 1": race, "B to 2": race}, (100, 100))
    changed = told(lesson_07_runs.first_arrivals, {"A to 1": race, "B to 2": other}, (100, 100))
    assert both_differ(usual, changed)
    assert usual[1] == f"The smallest median: {names[0]} on A, {names[0]} on B"
    assert changed[1] == f"The smallest median: {names[0]} on A, {names[1]} on B"
    assert changed[0].endswith(
        "all or all but one of the 5 seeds on A, and for none or one of the 5 seeds on B."
    )


def test_the_figure_of_the_pendulum_tells_its_data(told):
    steps, view = np.arange(4), np.zeros((3, 3))
    climbs, stays = (np.array([-1300.0, end, end, end]) for end in (-300, -1200))
    usual = told(lesson_07_runs.pendulum, [(steps, climbs, view)] * 5)
    changed = told(lesson_07_runs.pendulum, [(steps, stays, view)] * 5)
    assert both_differ(usual, changed)
    assert "between -300 and -300" in usual[1]
    assert "for none or one of the 5 seeds" in changed[0]


def test_the_figure_of_the_server_tells_its_data(told):
    bounds = {"best possible": -0.1, "random": -0.32}
    dips, falls = [[-0.32, -0.4, -0.13]] * 5, [[-0.32, -0.31, -0.30]] * 5
    usual = told(lesson_07_runs.endless, [0, 1, 2], dips, bounds, 100)
    changed = told(lesson_07_runs.endless, [0, 1, 2], falls, bounds, 100)
    assert both_differ(usual, changed)
    assert "from -0.32 to -0.13 reward a step" in usual[1]
    assert "gets worse for none or one of the 5 seeds" in changed[0]


def test_the_figure_of_the_coefficients_tells_its_data(told):
    bounds = {"best possible": -0.1, "random": -0.32}
    flat, wide = {0.5: [-0.2] * 5, 50.0: [-0.21] * 5}, {0.5: [-0.2] * 5, 50.0: [-0.3] * 5}
    draw, bonus = lesson_07_runs.coefficients, {0.0: [-0.2] * 5, 3.0: [-0.3] * 5}
    usual = told(draw, {"separate": flat, "shared body": wide}, bonus, bounds)
    swapped = told(draw, {"separate": wide, "shared body": flat}, bonus, bounds)
    assert both_differ(usual, swapped)
    assert usual[1].endswith("0.010 apart with separate networks, 0.100 with a shared body")
    assert "the policy stays within 0.05 of the random one for all or all but one" in usual[0]
