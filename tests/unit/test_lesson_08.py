"""Every number that lesson 08 states, from an independent truth, and that the lesson's cells show it."""

import itertools
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import torch
from scipy.stats import norm

from helpers import (
    History,
    advantages,
    expected_return,
    random_world,
    visitation,
    world_from_steps,
)
from helpers.figures import (
    ends_falls_and_moves,
    lesson_08_runs,
    pendulum_race,
    price_of_a_step,
    reuse_of_a_batch,
)
from helpers.learners import Update

NOTEBOOK = Path(__file__).resolve().parents[2] / "solutions" / "08_ppo.ipynb"
OLD, PAY = np.array([0.7, 0.2, 0.1]), np.array([1.0, 2.0, 4.0])


@pytest.fixture(scope="module")
def shown() -> str:
    """All text that the executed lesson shows."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)


def gradient(probs: np.ndarray) -> np.ndarray:
    """Of the mean pay with respect to the logits, by differentiating the softmax: dp_a/dz_b = p_a (1[a=b] - p_b)."""
    return (np.diag(probs) - np.outer(probs, probs)) @ PAY


def walk(size: float) -> np.ndarray:
    weights = OLD * np.exp(size * gradient(OLD))
    return weights / weights.sum()


def row(numbers) -> str:
    return str([f"{number:+.3f}" for number in numbers])


# 8.1


def test_the_second_gradient_needs_the_ratio_and_no_ratio_feels_a_shift(shown):
    new = walk(2.0)
    assert f"exact        {row(gradient(new))}" in shown
    for shift in (0, 10):  # sum_a old(a) r(a) (onehot(a) - new), entry by entry
        without = OLD * (PAY + shift) - new * (OLD @ (PAY + shift))
        assert f"no ratio +{shift:2d} {row(without)}" in shown
        assert f"ratio    +{shift:2d} {row(gradient(new))}" in shown
    assert abs(gradient(new)[0]) > 30 * abs((OLD * PAY - new * (OLD @ PAY))[0])  # next to nothing is left


def test_the_variance_of_a_product_of_ratios(shown):
    new = walk(1.0)
    three = list(itertools.product(range(3), repeat=3))  # every sequence of three actions
    chances = np.array([OLD[list(actions)].prod() for actions in three])
    products = np.array([(new / OLD)[list(actions)].prod() for actions in three])
    one = (new**2 / OLD).sum() - 1
    assert chances @ products == pytest.approx(1.0)
    assert chances @ (products - 1) ** 2 == pytest.approx((1 + one) ** 3 - 1)
    for size in (0.5, 1.0, 2.0):
        new = walk(size)
        kl = torch.distributions.kl_divergence(
            *(torch.distributions.Categorical(torch.tensor(p)) for p in (OLD, new))
        )
        variance = OLD @ (new / OLD - 1) ** 2
        said = f"step {size}: KL {kl:.4f}, variance of one ratio {variance:.4f}, of 50 multiplied {(1 + variance) ** 50 - 1:.3g}"
        assert said in shown
        assert 1.9 < variance / kl < 2.5  # about twice the KL


# 8.2: the road and its edge. J(p) = p · 1 + γ p · p · (-3) = p - 3/2 p², so J'(p) = 1 - 3p; dp/dθ = p (1 - p)


def test_old_data_are_wrong_in_actions_visits_and_returns(shown):
    for p in (0.1, 0.2, 0.4):

        def mended(visitor, earner, slope=p * (1 - p)):
            """Σ_s d(s) ∂π(BOLD|s) (q(s, BOLD) - q(s, CAREFUL)): d as one policy visits, q as another goes on."""
            return slope * ((1 - 0.5 * 3 * earner) - 0.5 * visitor * 3)

        truth = p * (1 - p) * (1 - 3 * p)
        assert mended(p, p) == pytest.approx(truth)
        said = (
            f"p = {p}: truth {truth:+.3f}; mended: actions {mended(0.1, 0.1):+.3f}, actions and visits {mended(p, 0.1):+.3f}, "
            f"actions and returns {mended(0.1, p):+.3f}, all three {truth:+.3f}"
        )
        assert said in shown
    assert "['+0.085', '+0.140', '+0.160']" in shown


# 8.3


def road():
    steps = {
        (0, 0): (0.0, {2: 1.0}),
        (0, 1): (1.0, {1: 1.0}),
        (1, 0): (0.0, {2: 1.0}),
        (1, 1): (-3.0, {2: 1.0}),
    }
    return world_from_steps(3, 2, steps, gamma=0.5)


def bound_holds(world, old, new) -> bool:
    """The theorem of 8.3, from definitions: surrogate and constant by hand, KL by torch.distributions."""
    live, values = ~world.terminal, advantages(world, old)
    surrogate = expected_return(world, old) + visitation(world, old) @ (new * values).sum(1)
    kl = torch.distributions.kl_divergence(*(torch.distributions.Categorical(p[live]) for p in (old, new)))
    constant = 4 * world.gamma * values[live].abs().max() / (1 - world.gamma) ** 2
    return bool(expected_return(world, new) >= surrogate - constant * kl.max() - 1e-12)


def test_the_bound_holds_on_the_road_and_in_worlds_drawn_by_chance():
    def bold(p):
        return torch.tensor([[1 - p, p]] * 3, dtype=torch.float64)

    assert all(bound_holds(road(), bold(0.1), bold(p)) for p in np.linspace(0.001, 0.999, 60))
    chance = torch.Generator().manual_seed(0)
    for seed in range(40):
        world = random_world(4, 3, seed, gamma=(0.2, 0.5, 0.9)[seed % 3])
        logits = torch.randn(4, 3, generator=chance, dtype=torch.float64)
        for size in (0.03, 0.3, 3.0):
            moved = logits + size * torch.randn(4, 3, generator=chance, dtype=torch.float64)
            assert bound_holds(world, logits.softmax(1), moved.softmax(1))


def test_the_trust_region_in_numbers(shown):
    p = np.arange(1, 1000) / 1000
    exact, surrogate = p - 1.5 * p**2, 0.085 + 0.7 * (p - 0.1)  # J and its tangent at 0.1

    def kl(one, other):
        return one * np.log(one / other) + (1 - one) * np.log((1 - one) / (1 - other))

    # a(EDGE, BOLD) = -3 - 0.1 · (-3) = -2.7 is the largest advantage; C = 4 · 0.5 · 2.7 / 0.5² = 21.6
    bound = surrogate - 21.6 * kl(0.1, p)
    place = 0.1
    for _ in range(4):
        place = p[kl(place, p) <= 0.01].max()
    assert (
        f"At p = 0.999 the surrogate promises {surrogate[-1]:+.3f}, the truth is {exact[-1]:+.3f}." in shown
    )
    assert f"The bound is highest at p = {p[bound.argmax()]:.3f}." in shown
    assert (
        f"climb from 0.085 to {place - 1.5 * place**2:.3f}; the best there is is {1 / 3 - 1.5 / 9:.3f}."
        in shown
    )


# 8.4 and 8.5


def test_four_cases_and_the_policy_that_has_not_moved(shown):
    table = {  # no clip: ρ A; without min: 0 outside the clip; with min: 0 only where the action has gone its own way
        (1, 1.5): (1.5, 0, 0),
        (1, 0.5): (0.5, 0, 0.5),
        (-1, 1.5): (-1.5, 0, -1.5),
        (-1, 0.5): (-0.5, 0, 0),
        (1, 1.0): (1, 1, 1),
        (-1, 1.0): (-1, -1, -1),
    }
    for (advantage, rho), (plain, clipped, least) in table.items():
        said = f"A = {advantage:+d}, ρ = {rho}: no clip {plain:+.1f}, clip without min {clipped:+.1f}, with min {least:+.1f}"
        assert said in shown


def test_only_min_leads_back_from_an_overshoot(shown):
    p, frequency_of_the_edge = 0.4, 0.05
    # a(ROAD, ·) = 0.85 - 0.085 and -0.085; a(EDGE, ·) = -2.7 and 0.3. At p = 0.4: ρ(BOLD) = 4, ρ(CAREFUL) = 2/3.
    # With min the road is silent (good and likelier, bad and rarer); at the edge both have gone the wrong way.
    # d/dθ of π(a) is +p(1-p) for BOLD and -p(1-p) for CAREFUL.
    with_min = frequency_of_the_edge * p * (1 - p) * (-2.7 - 0.3)
    assert f"no clip          gradient at p = 0.4: {p * (1 - p) * 0.7:+.3f}" in shown
    assert "clip without min gradient at p = 0.4: +0.000" in shown
    assert f"with min         gradient at p = 0.4: {with_min:+.3f}" in shown
    assert f"truth            gradient at p = 0.4: {p * (1 - p) * (1 - 3 * p):+.3f}" in shown
    assert with_min < 0


# 8.6


def test_bias_and_spread_of_the_three_estimators(shown):
    common, rare = np.array([0.98, 0.01, 0.01]), np.array([0.2, 0.4, 0.4])
    for name, old, new in (
        ("near", OLD, walk(0.5)),
        ("far", OLD, walk(4.0)),
        ("rare to common", common, rare),
    ):
        kl = torch.distributions.kl_divergence(
            *(torch.distributions.Categorical(torch.tensor(p)) for p in (old, new))
        ).item()
        words = []
        for number, estimate in enumerate(
            (np.log(old / new), 0.5 * np.log(new / old) ** 2, new / old - 1 + np.log(old / new)), 1
        ):
            mean = old @ estimate
            spread = np.sqrt(old @ estimate**2 - mean**2)
            assert (abs(mean - kl) < 1e-12) == (number != 2)  # k1 and k3 are right, k2 is not
            assert (estimate < 0).any() == (number == 1)
            words.append(f"k{number} {mean / kl:.3f} ± {spread / kl:.3f}")
        assert f"{name:14s} KL {kl:.4f}; divided by it: {', '.join(words)}" in shown


# Pitfalls


def test_the_mean_ratio_of_a_clipped_action(shown):
    old, new = norm(1.5), norm(1.8)
    inside = new.cdf(2) - new.cdf(-2)
    ends = (1 - old.cdf(2)) * new.pdf(2) / old.pdf(2) + old.cdf(-2) * new.pdf(-2) / old.pdf(-2)
    assert "scoring the sampled action: 1.000" in shown
    assert f"scoring the clipped action: {inside + ends:.3f}" in shown


def test_the_clip_on_the_wrong_side(shown):
    # min(ρ, clamp(ρ)) A for A = -1: at 1.5 it is the constant 1.2 A, at 0.5 it is ρ A, where the clip should hold it
    assert "bad action, ρ = 1.5: wrong side +0.0, exact -1.5" in shown
    assert "bad action, ρ = 0.5: wrong side -0.5, exact +0.0" in shown


def test_the_end_of_a_run_its_deepest_fall_and_its_usual_move():
    returns = np.array([0.0, 2, 6, 8, 2, 0, 4, 6])  # means of two: 1 4 7 5 1 2 5; from 7 down to 1
    seeds = [
        SimpleNamespace(episode_returns=returns, losses=lambda name: torch.tensor([1.0, 2.0, 9.0])),
        SimpleNamespace(
            episode_returns=returns[:3], losses=lambda name: torch.tensor([3.0, 4.0])
        ),  # 1 4: no fall
    ]
    assert ends_falls_and_moves({"use": seeds}, window=2) == ({"use": 4.5}, {"use": 3.0}, {"use": 3.0})


# Trained figures: their titles and sentences come from the runs at hand


@pytest.fixture
def told(monkeypatch):
    """draw, its arguments -> (title, sentence) of a figure of trained runs."""
    titles, real = [], lesson_08_runs.new_figure
    monkeypatch.setattr(
        lesson_08_runs, "new_figure", lambda title, **rest: titles.append(title) or real(title, **rest)
    )
    return lambda draw, *arguments: (draw(*arguments).sentence, titles.pop())[::-1]


def five(level: float, kl: float = 0.01) -> list[History]:
    """Five runs of 30 blocks of 2,000 steps, whose episodes all return about so much, with that KL in each update."""
    return [
        History(
            [
                Update(
                    2000 * (1 + k),
                    torch.full((5,), level + seed),
                    {"approx_kl": kl, "clip_fraction": 0.1},
                    0.5,
                )
                for k in range(30)
            ]
        )
        for seed in range(5)
    ]


def test_the_figure_of_reuse_says_what_the_runs_say(told):
    names = ("many", "pieces", "few", "free")
    as_in_the_lesson = dict(zip(names, (five(480), five(460), five(250), five(200, kl=1.0)), strict=True))
    the_other_way = dict(zip(names, (five(250), five(200), five(480), five(490)), strict=True))
    all_alike = dict(zip(names, [five(300)] * 4, strict=True))
    title, sentence = told(reuse_of_a_batch, as_in_the_lesson, 60_000)
    assert title.startswith(
        "More gradient steps on a batch learn faster: 482 with reuse and 462 without, 252"
    )
    assert sentence.count("all or all but one of the 5 seeds") == 4
    title, sentence = told(reuse_of_a_batch, the_other_way, 60_000)
    assert "learn slower" in title
    assert sentence.count("none or one of the 5 seeds") == 4
    assert "change little" in told(reuse_of_a_batch, all_alike, 60_000)[0]


def test_the_figure_of_costs_says_what_the_runs_say(told):
    names = ("large", "small", "other")
    steps = {"large": [400, 410, 390], "small": [80, 90, 100], "other": [70, 71, 72]}
    gradients, rows = {name: [10, 20, 30] for name in names}, dict.fromkeys(names, 64)
    title, sentence = told(price_of_a_step, steps, gradients, rows)
    assert title == "“large” needs 5.6 times the environment steps of “other”, “small” 1.3 times"
    assert sentence.count("all or all but one of the 3 seeds") == 2
    swapped = dict(zip(names, reversed(steps.values()), strict=True))
    title, sentence = told(price_of_a_step, swapped, gradients, rows)
    assert title == "“large” needs 0.2 times the environment steps of “other”, “small” 0.2 times"
    assert sentence.count("none or one of the 3 seeds") == 2


def test_the_race_on_pendulum_says_what_the_runs_say(told):
    title, sentence = told(pendulum_race, {"PPO": five(-200.0), "A2C": five(-900.0)}, 60_000)
    assert title == "Pendulum, after 60 thousand steps: PPO at -198, A2C at -898"
    assert "PPO is ahead of A2C in all or all but one of the 5 seeds" in sentence
    title, sentence = told(pendulum_race, {"PPO": five(-900.0), "A2C": five(-200.0)}, 60_000)
    assert title.endswith("PPO at -898, A2C at -198")
    assert "in none or one of the 5 seeds" in sentence
