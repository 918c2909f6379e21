"""What lesson 06 states, from independent sources: enumeration, autograd, hand arithmetic."""

import itertools
import math
import re
import warnings
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest
import scipy.stats
import torch

from helpers import (
    TabularPolicy,
    entropy,
    enumerate_trajectories,
    estimator_table,
    exact_moments,
    exact_policy_gradient,
    gradient_samples,
    gradient_variance,
    leave_one_out,
    lottery_world,
    optimal_action_values,
    optimal_baseline,
    potential_shaping,
    rewards_to_go,
    standardize,
    state_values,
    two_buttons,
    world_from_steps,
)
from helpers.figures import lesson_06

SOURCE = next((Path(__file__).resolve().parents[2] / "solutions").glob("06_*.py"))
DOUBLE = torch.float64


def cell(start: str) -> dict:
    """What a code cell of the lesson that holds `start` defines, run by itself with torch and helpers at hand."""
    found = [
        c
        for c in jupytext.read(SOURCE, fmt="py:percent").cells
        if c.cell_type == "code" and start in c.source
    ]
    names = {"torch": torch, "world_from_steps": world_from_steps}
    exec(found[0].source, names)
    return names


def outputs() -> str:
    """Everything that the executed lesson prints."""
    notebook = nbformat.read(SOURCE.with_suffix(".ipynb"), as_version=4)
    found = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return "\n".join(o.get("text", "") + str(o.get("data", {}).get("text/plain", "")) for o in found)


def two_point_variance(p: float, first: float, second: float) -> float:
    """Variance of a number that is `first` with probability p, else `second`, by its definition."""
    mean = p * first + (1 - p) * second
    return p * (first - mean) ** 2 + (1 - p) * (second - mean) ** 2


@pytest.mark.parametrize(("shift", "stated"), [(0, 0.0336), (100, 2116.8336)])
def test_the_variance_of_one_logit(shift, stated):
    p = 0.3
    by_hand = two_point_variance(p, (1 - p) * (1 + shift), -p * (-1 + shift))
    assert by_hand == pytest.approx(stated, abs=1e-9)  # 0.3 * 0.7 * (0 - 0.4)^2, and with 100.4 for 0.4
    probs, rewards = torch.tensor([p, 1 - p], dtype=DOUBLE), torch.tensor([1.0, -1.0], dtype=DOUBLE) + shift
    assert gradient_variance(probs, rewards, 0.0).item() == pytest.approx(2 * by_hand)  # trace: both logits
    logits = probs.log().repeat(2, 1)
    mean, covariance = exact_moments(two_buttons(shift), logits, lambda tau: tau.rewards, 1)
    assert covariance[0, 0].item() == pytest.approx(by_hand)
    assert mean[0].item() == pytest.approx(2 * p * (1 - p))  # the same gradient
    assert f"{stated:9.4f}" in outputs()


def test_both_buttons_are_made_likelier_whenever_pressed():
    for reward in (101.0, 99.0):
        for button in (0, 1):
            logits = torch.zeros(2, requires_grad=True)
            logits.log_softmax(0)[button].backward()
            after = (logits + 0.1 * reward * logits.grad).log_softmax(0)[button]
            assert after > math.log(0.5)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9])
def test_the_value_has_four_times_the_variance_of_nothing(p):
    value, best = 2 * p - 1, (1 - p) - p
    variances = [two_point_variance(p, (1 - p) * (1 - b), -p * (-1 - b)) for b in (0.0, value, best)]
    assert variances[1] == pytest.approx(4 * variances[0], abs=1e-12)
    assert variances[2] == pytest.approx(0, abs=1e-12)


def by_hand(baseline: float, press: int, luck) -> float:
    """The logit of one agent of the game with 101 and 99 after some presses, in plain Python."""
    logit = 0.0
    for chance in luck[:press]:
        p = 1 / (1 + math.exp(-logit))
        logit += 0.1 * ((101 - baseline) * (1 - p) if chance < p else (99 - baseline) * -p)
    return logit


def test_an_agent_of_the_crowd_follows_the_update():
    luck, rows = torch.Generator().manual_seed(9), []
    path = cell("def crowd(")["crowd"](100, lambda p, seen: 90.0, agents=3, presses=40, every=20, seed=9)
    for _ in range(40):
        rows.append(torch.rand(3, generator=luck).tolist())
    for row, press in enumerate((0, 20, 40)):
        for agent, chances in enumerate(zip(*rows, strict=True)):
            p = 1 / (1 + math.exp(-by_hand(90.0, press, chances)))
            assert path[row, agent].item() == pytest.approx(p, abs=1e-4)
    assert path.shape == (3, 3)


def test_the_first_press_without_a_baseline():
    # from p = 1/2: +0.1 · 101 / 2 after the good button, -0.1 · 99 / 2 after the bad one
    first, second = 1 / (1 + math.exp(4.95)), 1 / (1 + math.exp(-5.05))
    assert f"after one press: p = {first:.4f} or p = {second:.4f}" in outputs()


def test_the_noise_of_many_presses_beside_their_drift():
    for presses in (
        200,
        2_000,
        20_000,
    ):  # at p = 1/2 a press of the game with 101 and 99 pushes by 50.5 or by -49.5
        mean, variance = (50.5 - 49.5) / 2, ((50.5 + 49.5) / 2) ** 2
        ratio = math.sqrt(presses * variance) / (presses * mean)
        assert f"{presses} presses: noise / drift {ratio:.2f};" in outputs()
    assert math.sqrt(10_000 * variance) == 10_000 * mean


def test_the_bonus_in_the_crowd_is_the_gradient_of_the_entropy():
    crowd = cell("def crowd(")["crowd"]
    free = crowd(0, lambda p, seen: 2 * (p > 2) - 1 + 0 * seen, agents=8, presses=3)
    pulled = crowd(0, lambda p, seen: 2 * (p > 2) - 1 + 0 * seen, agents=8, presses=3, bonus=5.0)
    assert torch.equal(free[:2], pulled[:2])  # at p = 1/2 the entropy is flat
    logit = (free[1].double() / (1 - free[1].double())).log().requires_grad_()
    entropy(torch.stack([logit, torch.zeros_like(logit)], 1)).sum().backward()
    change = (pulled[2] / (1 - pulled[2])).log() - (free[2] / (1 - free[2])).log()
    torch.testing.assert_close(change.double(), 0.1 * 5.0 * logit.grad, rtol=1e-3, atol=1e-4)


def test_the_best_policy_under_an_entropy_bonus_is_a_softmax_of_the_rewards():
    for beta in (0.5, 1.0, 100.0):
        logits = (torch.tensor([[1.0, -1.0]], dtype=DOUBLE) / beta).requires_grad_()
        probs = logits.softmax(1)
        objective = probs[0, 0] - probs[0, 1] + beta * entropy(logits)[0]
        (slope,) = torch.autograd.grad(objective, logits)
        assert slope.abs().max() < 1e-12
        assert f"best at p = {probs[0, 0]:.3f}" in outputs()


def test_the_table_of_baselines_falls_as_the_lesson_says():
    logits = torch.tensor([[0.5, -0.5]] * 5, dtype=DOUBLE)
    rows = {row.name: row for row in estimator_table(lottery_world(), logits, 3)}
    order = ["total return", "reward-to-go", "constant baseline J", "baseline V", "optimal baseline"]
    assert all(rows[name].bias < 1e-12 for name in order)
    assert sorted(order, key=lambda name: -rows[name].variance) == order


def test_leave_one_out_by_sampling_pairs():
    world, logits = lottery_world(), torch.tensor([[0.5, -0.5]] * 5, dtype=DOUBLE)
    episodes = enumerate_trajectories(world, logits.softmax(1), 3)
    chances = torch.stack([tau.probability for tau in episodes])
    policy = TabularPolicy(5, 2, logits)
    returns = torch.stack([rewards_to_go(tau.rewards, world.gamma)[0] for tau in episodes])

    def gradient(tau, baseline):
        discounts = world.gamma ** torch.arange(len(tau), dtype=DOUBLE)
        weights = discounts * (rewards_to_go(tau.rewards, world.gamma) - baseline)
        loss = (policy.log_prob(tau.states[:-1], tau.actions) * weights).sum()
        return torch.autograd.grad(loss, policy.logits)[0].flatten()

    table = torch.stack(
        [torch.stack([gradient(tau, b) for b in returns]) for tau in episodes]
    )  # [own, other]
    drawn = chances.multinomial(200_000, True, generator=torch.Generator().manual_seed(0)).view(-1, 2)
    pairs = (table[drawn[:, 0], drawn[:, 1]] + table[drawn[:, 1], drawn[:, 0]]) / 2
    torch.testing.assert_close(leave_one_out(returns[drawn[0]]), returns[drawn[0]].flip(0))
    spread = ((pairs - pairs.mean(0)) ** 2).sum(1)
    error = 2 * spread.std() / len(pairs) ** 0.5
    stated = float(re.search(r"N = 2: bias 0.000, variance x N (\S+)", outputs()).group(1))
    assert abs(2 * spread.mean() - stated) < 4 * error + 5e-4


def test_standardised_by_itself_an_episode_praises_its_first_half():
    for steps in (2, 9, 10, 500):
        weights = standardize(rewards_to_go(torch.ones(steps)))
        by_hand = (steps - 1) / 2 - torch.arange(steps)  # T - t minus the mean (T + 1) / 2
        assert torch.equal(weights > 1e-6, by_hand > 0)
        assert torch.equal(weights < -1e-6, by_hand < 0)


FARM = {(0, 0): (2.0, {1: 1.0}), (0, 1): (0.0, {1: 0.25, 2: 0.75}), (1, 0): (0.0, {3: 1.0})}
FARM |= {(1, 1): (1.0, {3: 1.0}), (2, 0): (0.0, {3: 1.0}), (2, 1): (10.0, {3: 1.0})}


def test_the_farm_turns_round_if_each_episode_is_standardised():
    # eating: G0 = 2 + r, G1 = r, weights +1 and -1; sowing: G0 = G1, weights 0. The second score averages to 0.
    by_hand = 0.5 * (0.0 - 0.5) * 1.0 + 0.5 * (1.0 - 0.5) * 0.0
    shown = re.search(r"for sowing: exact (\S+), each episode standardised by itself (\S+)", outputs())
    assert float(shown.group(2)) == pytest.approx(by_hand)
    assert float(shown.group(1)) == pytest.approx(0.25 * (0.75 * 5 + 0.25 * 0.5 - 2 - 0.5), abs=5e-4)


def test_standardised_over_many_episodes_the_bias_fades():
    farm, logits = world_from_steps(4, 2, FARM), torch.zeros(4, 2, dtype=DOUBLE)
    episodes = enumerate_trajectories(farm, logits.softmax(1), 2)
    chances = torch.stack([tau.probability for tau in episodes])
    returns = torch.stack([rewards_to_go(tau.rewards) for tau in episodes])
    policy = TabularPolicy(4, 2, logits)
    scores = [
        gradient_samples(policy, episodes, lambda tau, t=t: (torch.arange(2) == t).double()) for t in (0, 1)
    ]
    scores, truth = torch.stack(scores, 1), exact_policy_gradient(farm, logits).flatten()
    deviation = ((chances @ returns**2).mean() - (chances @ returns).mean() ** 2).sqrt()
    biases, cosines = [], []
    for n in (1, 2, 4, 6):
        batches = torch.tensor(list(itertools.product(range(6), repeat=n)))
        weights = torch.vmap(lambda x: (x - x.mean()) / (x.std(correction=0) + 1e-8))(
            returns[batches].flatten(1)
        )
        estimates = torch.einsum("bnt,bntp->bp", weights.view(-1, n, 2), scores[batches]) / n
        mean = chances[batches].prod(1) @ estimates
        cosines.append(torch.cosine_similarity(mean, truth, dim=0).item())
        biases.append((mean - truth / deviation).norm().item())
    assert cosines == sorted(cosines)
    assert cosines[0] < 0 < cosines[1]
    assert biases == sorted(biases, reverse=True)


def test_on_the_farm_batches_of_up_to_8_have_the_wrong_sign_and_from_32_on_the_bias_falls_like_1_over_n():
    # Returns (G0, G1) of an episode, its probability, and the mean score of sowing in its first step: all starts are even.
    kinds = [((2, 0), 1 / 4, -0.5), ((3, 1), 1 / 4, -0.5), ((0, 0), 1 / 4, 0.5)]
    kinds += [((1, 1), 1 / 16, 0.5), ((10, 10), 3 / 16, 0.5)]
    returns, chances, scores = (np.array(column, dtype=float) for column in zip(*kinds, strict=True))
    mean, square = chances @ returns.mean(1), chances @ (returns**2).mean(1)
    aim = chances @ (scores * returns[:, 0]) / math.sqrt(square - mean**2)

    def push(n: int) -> float:
        """For sowing, its exact mean over batches of n: over how many episodes of each kind they hold."""
        counts = np.indices([n + 1] * 4).reshape(4, -1)
        counts = np.vstack([counts, n - counts.sum(0)]).T
        counts = counts[counts[:, -1] >= 0]
        chance = scipy.stats.multinomial.pmf(counts, n, chances)
        centre = counts @ returns.mean(1) / n
        spread = np.sqrt(np.maximum(counts @ (returns**2).mean(1) / n - centre**2, 0))
        weights = (returns[:, 0] - centre[:, None]) / (spread[:, None] + 1e-8)
        return float(chance @ ((counts / n) * weights @ scores))

    assert aim * math.sqrt(square - mean**2) == pytest.approx(
        0.34375
    )  # the exact gradient, of the cell above
    assert all(push(n) < 0 for n in (1, 2, 4, 7, 8))
    assert push(9) > 0
    assert push(1) == pytest.approx(-0.25)
    early, late = (n * (aim - push(n)) for n in (8, 32))
    assert late < 0.6 * early
    assert 40 * (aim - push(40)) == pytest.approx(late, rel=0.05)


def corridor(hint):
    return cell("def corridor(")["corridor"](hint)


def test_only_the_potential_keeps_the_way_to_the_goal():
    gamma, phi = 0.99, [-0.4, -0.3, -0.2, -0.1, 0.0]
    plain = optimal_action_values(corridor(lambda x, y: 0.0))
    for x in range(4):
        assert plain[x, 1].item() == pytest.approx(gamma ** (3 - x))  # by hand: 4 - x steps to a reward of 1
    shaped = optimal_action_values(corridor(lambda x, y: gamma * phi[y] - phi[x]))
    torch.testing.assert_close(shaped[:4], plain[:4] - torch.tensor(phi[:4], dtype=DOUBLE)[:, None])
    moving = optimal_action_values(corridor(lambda x, y: 0.1 * abs(y - x)))
    assert moving[3, 0].item() == pytest.approx(0.1 / (1 - gamma))  # dances for ever
    assert moving[3, 1].item() == pytest.approx(1.1)
    waiting = optimal_action_values(corridor(lambda x, y: 0.1))
    assert (waiting[3, 0] - waiting[3, 1]).item() == pytest.approx(0.1 / (1 - gamma) - 1.1)


def test_a_potential_is_a_baseline():
    world, gamma = lottery_world(), 0.9
    probs = torch.full((5, 2), 0.5, dtype=DOUBLE)
    values = state_values(world, probs)
    for tau in enumerate_trajectories(world, probs, 3):
        shaped = rewards_to_go(potential_shaping(tau.rewards, values[tau.states], gamma), gamma)
        torch.testing.assert_close(shaped, rewards_to_go(tau.rewards, gamma) - values[tau.states[:-1]])


def test_learned_and_leave_one_out_baselines_have_no_bias():
    world, logits = lottery_world(), torch.tensor([[0.5, -0.5]] * 5, dtype=DOUBLE)
    truth = exact_policy_gradient(world, logits).flatten()
    for seed in range(5):  # any b(s) that the episode itself had no part in
        b = 10 * torch.randn(5, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)

        def weight(tau, b=b):
            powers = world.gamma ** torch.arange(len(tau), dtype=DOUBLE)
            return powers * (rewards_to_go(tau.rewards, world.gamma) - b[tau.states[:-1]])

        torch.testing.assert_close(exact_moments(world, logits, weight, 3)[0], truth)
    assert outputs().count("bias 0.000, variance x N") == 2


def test_one_return_and_a_sure_policy_give_nan_if_nobody_guards():
    one = np.array([5.0])
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(((one - one.mean()) / one.std(ddof=1))[0])
        p = np.array([1.0, 0.0])
        assert np.isnan(-(p * np.log(p)).sum())
    assert scipy.stats.entropy(p) == 0  # 0 log 0 = 0
    assert "one return: [nan], rightly [0.0]" in outputs()
    assert "entropy by p log p: nan, exact 0.0" in outputs()


def test_three_equal_returns_become_a_weight_by_rounding_alone():
    x = np.float32(3.4)
    mean = np.float32(np.float32(np.float32(x + x) + x) / np.float32(3))  # x + x is exact, the rest rounds
    gap = abs(float(mean) - float(x))
    assert gap > 0
    wrong = gap / (gap + 1e-8)  # every entry is this far off, so it is the deviation too
    assert f"three returns of 3.4: {wrong:.1f} in size, rightly 0.0" in outputs()
    assert standardize(torch.full((3,), 3.4)).tolist() == [0.0] * 3


def test_shapes_that_meet_wrongly_say_nothing():
    seen = critic = [1.0, 2.0, 6.0]
    table = [[s - c for s in seen] for c in critic]  # row by row: the critic is the column
    assert f"[3] - [3, 1]: {table}, exact {[0.0] * 3}" in outputs()
    assert f"squeeze of [1, 1]: shape {list(np.ones((1, 1)).squeeze().shape)}, rightly [1]" in outputs()


def test_the_best_baseline_of_the_same_batch_is_biased():
    p0, p1 = 0.3, 0.7  # only pairs of different buttons push: b = (p1² - p0²) / (p1² + p0²) for both logits
    b = (p1**2 - p0**2) / (p1**2 + p0**2)
    by_hand = 2 * p0 * p1 * (p1 * (1 - b) - p0 * (-1 - b)) / 2
    assert f"b* of the same two presses: mean push {by_hand:+.3f}, exact {2 * p0 * p1:+.3f}" in outputs()
    scores, rewards = (
        torch.tensor([[p1, -p1], [-p0, p0]], dtype=DOUBLE),
        torch.tensor([1.0, -1.0], dtype=DOUBLE),
    )
    assert optimal_baseline(rewards, scores).tolist() == pytest.approx([b, b])
    assert all(optimal_baseline(rewards[[k, k]], scores[[k, k]]).tolist() == [rewards[k]] * 2 for k in (0, 1))


# Figures of samples and of trainings tell the data at hand


@pytest.fixture
def told(monkeypatch):
    """Title and sentence of a figure, as `told(draw, *arguments)`."""
    titles, real = [], lesson_06.new_figure
    monkeypatch.setattr(
        lesson_06, "new_figure", lambda title, **rest: titles.append(title) or real(title, **rest)
    )
    return lambda draw, *arguments, **more: (draw(*arguments, **more).sentence, titles.pop())


def test_the_figure_of_the_crowds_tells_its_data(told):
    good, bad = torch.full((11, 8), 0.9), torch.full((11, 8), 0.1)
    sentence, title = told(lesson_06.crowds, {"one": good, "two": bad})
    assert title == "Agents that prefer the bad button in the end: 0% (one), 100% (two)"
    assert "one: 0%; two: 100% (sampled; standard error at most 17.7%)" in sentence  # 1/2 / sqrt(8)
    sentence, title = told(lesson_06.crowds, {"one": bad, "two": good})
    assert title.endswith("100% (one), 0% (two)")
    assert "one: 100%; two: 0%" in sentence


def test_the_figure_of_the_lost_agents_tells_its_data(told):
    never, late, lost = (
        {200: a, 1_000: b, 3_000: c} for a, b, c in [(0, 0, 0), (0.5, 0.1, 0), (0.5, 0.5, 0.5)]
    )
    sentence, title = told(lesson_06.lost_agents, {"a": never, "b": late, "c": lost}, agents=2_500)
    assert title.startswith("Many agents are lost after 200 presses with 2 of the 3 baselines")
    assert title.endswith("after 3 000 still with 1")
    assert (
        "a: none, none, none; b: half, some, none; c: half, half, half. Each share is of 2 500 agents"
        in sentence
    )
    assert "standard error at most 1.0%" in sentence  # 1/2 / sqrt(2500)
    sentence, title = told(lesson_06.lost_agents, {"a": late, "b": late, "c": never}, agents=2_500)
    assert title.endswith("after 3 000 still with 0")
    assert "c: none, none, none" in sentence


def test_the_figure_of_learned_baselines_tells_its_data(told):
    noisy, calm = torch.full((3, 5), 6.0), torch.tensor([[6.0], [4.0], [3.0]]).expand(3, 5)
    sentence, title = told(lesson_06.learned_baseline, [1, 4, 16], calm, 5.0, 2.5)
    assert title == "Learned from 4 episodes or more, the median baseline has less variance than none"
    assert "All of those learned from 16 episodes or more have less" in sentence
    sentence, title = told(lesson_06.learned_baseline, [1, 4, 16], noisy, 5.0, 2.5)
    assert title == "No baseline that was learned here has less variance than none"
    assert "Not all of those learned from 16 episodes" in sentence


def test_the_figure_of_the_trainings_tells_its_data(told):
    def runs(updates: int, end: float = 450.0) -> list:
        return [torch.full((updates + seed,), end) for seed in range(5)]

    usual = {"no baseline": {"as it is": runs(30), "+100 each return": runs(90)}}
    sentence, title = told(lesson_06.trainings, usual, target=400.0)
    assert title.endswith("on each return: 2.9 times as many (no baseline)")  # 92 / 32
    assert "All or all but one of the runs get there." in sentence
    assert "no baseline, +100 each return: all or all but one of the 5 seeds" in sentence
    swapped = {"no baseline": {"as it is": runs(90), "+100 each return": runs(30, end=50.0)}}
    sentence, title = told(lesson_06.trainings, swapped, target=400.0)
    assert "0.3 times as many" in title
    assert "Not all of the runs get there." in sentence
    assert "no baseline, +100 each return: none or one of the 5 seeds" in sentence
