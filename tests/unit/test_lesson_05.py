"""The numbers of lesson 05, each against hand arithmetic, plain loops, finite differences or quadrature."""

import ast
import contextlib
import io
import itertools
import math
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
import scipy.integrate
import scipy.stats
import torch

import helpers
from helpers import (
    TabularPolicy,
    behaviour_cloning_loss,
    discounted_weights,
    enumerate_trajectories,
    exact_moments,
    exact_policy_gradient,
    expected_return,
    expected_score,
    gradient_samples,
    lottery_world,
    optimal_action_values,
    rewards_to_go,
    two_step_world,
    weight_functions,
    world_from_steps,
)
from helpers.figures import lesson_05, lesson_05_runs

SOURCE = Path(__file__).resolve().parents[2] / "solutions" / "05_reinforce.py"
GAMMA = 0.9
EVEN = torch.zeros(5, 2, dtype=torch.float64)


def functions_of_the_lesson(*names: str) -> dict:
    """Functions as the lesson's cells define them."""
    code = "\n\n".join(cell.source for cell in jupytext.read(SOURCE).cells if cell.cell_type == "code")
    wanted = [n for n in ast.parse(code).body if isinstance(n, ast.FunctionDef) and n.name in names]
    space: dict = {}
    exec(compile(ast.Module(wanted, []), "lesson", "exec"), space)
    return space


def lottery_episodes():
    """Every episode of the even policy in the lottery, told in plain Python: (probability, states, actions, rewards)."""
    for first, second in itertools.product((0, 1), repeat=2):
        for won, won_again in itertools.product((False, True), repeat=2):
            if (won and not first) or (won_again and not second):
                continue
            luck = (0.3 if won else 0.7) if first else 1.0
            luck *= (0.3 if won_again else 0.7) if second else 1.0
            states, actions = [0, 2 if won else 1], [first, second]
            rewards = [-1.0 if first else 1.0, (5.0 if won else 0.0) + (-1.0 if second else 1.0)]
            if (
                won_again
            ):  # a third round, in which nothing is left to decide: the score of either action, the prize
                for last in (0, 1):
                    yield 0.25 * luck * 0.5, [*states, 3], [*actions, last], [*rewards, 5.0]
            else:
                yield 0.25 * luck, states, actions, rewards


def moments_by_loops(weights_of) -> tuple[dict, float]:
    """Mean for each (state, action) and summed variance of the one-episode estimate at the even policy."""
    mean, square = dict.fromkeys(itertools.product(range(5), (0, 1)), 0.0), 0.0
    for chance, states, actions, rewards in lottery_episodes():
        estimate = dict.fromkeys(mean, 0.0)
        for state, action, weight in zip(states, actions, weights_of(rewards), strict=True):
            for logit in (0, 1):
                estimate[state, logit] += weight * ((logit == action) - 0.5)
        for place, value in estimate.items():
            mean[place] += chance * value
        square += chance * sum(value**2 for value in estimate.values())
    return mean, square - sum(value**2 for value in mean.values())


def discounted(rewards, start=0):
    return sum(GAMMA**k * reward for k, reward in enumerate(rewards) if k >= start)


def test_the_theorem_in_the_lottery_by_hand():
    v1 = (1 + (-1 + GAMMA * 0.3 * 5)) / 2
    v2 = 5 + v1
    work, ticket = 1 + GAMMA * v1, -1 + GAMMA * (0.3 * v2 + 0.7 * v1)
    d1, d2 = GAMMA * (0.5 + 0.5 * 0.7), GAMMA * 0.5 * 0.3
    for_working = [0.25 * (work - ticket), d1 * 0.25 * (1 - 0.35), d2 * 0.25 * (1 - 0.35)]
    assert exact_policy_gradient(lottery_world(), EVEN)[:3, 0].tolist() == pytest.approx(for_working)
    assert for_working == pytest.approx([0.1625, 0.1243125, 0.0219375])


@pytest.mark.parametrize(
    ("name", "weights_of", "variance"),
    [
        ("total return", lambda rewards: [discounted(rewards)] * len(rewards), 6.865),
        ("reward-to-go", lambda rewards: [discounted(rewards, t) for t in range(len(rewards))], 7.005),
    ],
)
def test_both_weights_are_unbiased_and_in_the_lottery_the_past_calms(name, weights_of, variance):
    mean, spread = moments_by_loops(weights_of)
    truth = exact_policy_gradient(lottery_world(), EVEN)
    assert [mean[s, a] for s in range(5) for a in (0, 1)] == pytest.approx(
        truth.flatten().tolist(), abs=1e-12
    )
    weight_fn = weight_functions(lottery_world(), EVEN.softmax(1))[name]
    assert exact_moments(lottery_world(), EVEN, weight_fn, 3)[1].trace().item() == pytest.approx(spread)
    assert round(spread, 3) == variance


def test_of_a_loan_the_total_return_sees_only_the_difference():
    # borrow (5, then -6) or not (0, then 0); scores of two even choices: squared length 1/2 each, at right angles
    total = 0.5 * ((-1) ** 2 * 1 + 0) - 2 * (0.5 * -1 * 0.5) ** 2  # E|g|^2 - |E g|^2
    to_go = 0.5 * ((-1) ** 2 / 2 + 6**2 / 2) - 2 * (0.5 * -1 * 0.5) ** 2
    assert (total, to_go) == (0.375, 9.125)
    steps = {(0, 0): (0.0, {2: 1.0}), (0, 1): (5.0, {1: 1.0})}
    steps |= {(1, a): (-6.0, {3: 1.0}) for a in (0, 1)} | {(2, a): (0.0, {3: 1.0}) for a in (0, 1)}
    world = world_from_steps(4, 2, steps)
    weights = weight_functions(world, EVEN[:4].softmax(1))
    spreads = [
        exact_moments(world, EVEN[:4], weights[name], 2)[1].trace()
        for name in ("total return", "reward-to-go")
    ]
    assert [spread.item() for spread in spreads] == pytest.approx([total, to_go])


def test_without_the_power_of_gamma_the_sign_flips():
    world = two_step_world()

    def j(theta):
        return expected_return(world, torch.tensor([0.0, theta], dtype=torch.float64).softmax(0).expand(3, 2))

    slope = (j(1e-5) - j(-1e-5)).item() / 2e-5
    assert slope == pytest.approx(0.0625, abs=1e-9)
    means = {}
    for name, weigh in (("with", discounted_weights), ("without", rewards_to_go)):
        mean, _ = exact_moments(world, EVEN[:3], lambda tau, weigh=weigh: weigh(tau.rewards, 0.5), horizon=2)
        means[name] = mean.view(3, 2)[:, 1].sum().item()
    assert means["with"] == pytest.approx(slope, abs=1e-9)
    # a score is ±1/2 and each action has probability 1/2: a quarter of what acting adds, here +1 and -1.5 in full
    assert means["without"] == pytest.approx(0.25 * (1.0 - 1.5)) == pytest.approx(-0.125)


class Counted(float):
    """A number that counts how often it and its like are multiplied."""

    products = 0

    def __mul__(self, other):
        Counted.products += 1
        return Counted(float(self) * float(other))

    __rmul__ = __mul__

    def __add__(self, other):
        return Counted(float(self) + float(other))

    __radd__ = __add__


def test_backwards_takes_one_product_a_step_and_the_double_sum_half_a_square():
    ways = functions_of_the_lesson("double_sum", "backwards")
    rewards = [1.0, -2.0, 0.5, 3.0, 0.0, 1.5]
    expected = rewards_to_go(torch.tensor(rewards, dtype=torch.float64), 0.9).tolist()
    for name, products in (("double_sum", lambda n: n * (n + 1) // 2), ("backwards", lambda n: n - 1)):
        assert [float(value) for value in ways[name](rewards, 0.9)] == pytest.approx(expected)
        for n in (5, 10, 20):
            Counted.products = 0
            ways[name]([Counted(1.0)] * n, 0.9)
            assert Counted.products == products(n)


def test_the_loss_of_a_policy_that_is_certain_of_the_worse_button_is_nothing():
    def loss(p):
        return -3 * p * math.log(p) - (1 - p) * math.log(1 - p)

    assert loss(0.5) == pytest.approx(2 * math.log(2))
    assert f"{loss(0.5):.2f}" == "1.39"
    assert loss(1e-6) < 1e-4 > loss(1 - 1e-6)
    # and it is the mean of the surrogate over the policy's own presses
    log_probs = torch.tensor([0.3, 0.7], dtype=torch.float64).log()
    mean = sum(-p * (lp * r) for p, lp, r in zip((0.3, 0.7), log_probs.tolist(), (3, 1), strict=True))
    assert loss(0.3) == pytest.approx(mean)


def test_divided_by_its_own_steps_a_batch_of_one_pushes_the_wrong_way():
    def by_steps(n):  # k of n episodes stop: push -1/2 for a return of 1; the others go on: +1/2 for 1.5
        return sum(
            math.comb(n, k) / 2**n * (-0.5 * k + 0.75 * (n - k)) / (k + 2 * (n - k)) for k in range(n + 1)
        )

    assert by_steps(1) == -0.0625
    assert f"{by_steps(7):+.4f}" == "+0.0640"
    assert 0.5 * (-0.5 + 0.75) == 0.125  # divided by N
    assert by_steps(400) == pytest.approx(0.125 / 1.5, rel=0.01)
    pays = {(0, 0): (1.0, {2: 1.0}), (0, 1): (0.0, {1: 1.0})} | {(1, a): (1.5, {2: 1.0}) for a in (0, 1)}
    assert exact_policy_gradient(world_from_steps(3, 2, pays), EVEN[:3])[0, 1].item() == pytest.approx(0.125)


@pytest.mark.parametrize("right", [0.5, 0.1, 0.01])
def test_a_reward_for_the_right_answer_climbs_accuracy_and_a_label_its_logarithm(right):
    logits = torch.tensor([right, 0.6 * (1 - right), 0.4 * (1 - right)], dtype=torch.float64).log()
    leaf = logits.clone().requires_grad_()
    (of_accuracy,) = torch.autograd.grad(leaf.softmax(0)[0], leaf)
    (of_label,) = torch.autograd.grad(-behaviour_cloning_loss(leaf[None], torch.tensor([0])), leaf)
    by_reward = expected_score(logits, torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64))
    assert by_reward.tolist() == pytest.approx(of_accuracy.tolist())
    assert (of_label / by_reward).tolist() == pytest.approx([1 / right] * 3)


def test_nothing_can_be_learned_where_rewards_ignore_the_action():
    deaf = {(0, item): (0.0, {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}) for item in range(5)}
    deaf |= {(1 + k, a): (pay, {4: 1.0}) for k, pay in enumerate((-0.1, 0.5, 1.0)) for a in range(5)}
    world = world_from_steps(5, 5, deaf)
    for seed in range(3):
        logits = torch.randn(5, 5, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        assert exact_policy_gradient(world, logits).abs().max() < 1e-14
        assert expected_return(world, logits.softmax(1)).item() == pytest.approx((-0.1 + 0.5 + 1.0) / 3)
    weight_fn = lambda tau: rewards_to_go(tau.rewards)  # noqa: E731
    # two scores of length² 4/5 each, at right angles in their states, both weighted with the one reward
    square = 2 * 0.8 * (0.1**2 + 0.5**2 + 1.0**2) / 3
    spread = exact_moments(world, torch.zeros(5, 5), weight_fn, 2)[1].trace().item()
    assert spread == pytest.approx(square)
    assert round(spread, 3) == 0.672


def on_old_data(logits: torch.Tensor) -> torch.Tensor:
    """The mean of the estimate at `logits`, of episodes that the even policy has played, by loops."""
    total, probs = torch.zeros(5, 2, dtype=torch.float64), logits.softmax(1)
    for chance, states, actions, rewards in lottery_episodes():
        for t, (state, action) in enumerate(zip(states, actions, strict=True)):
            score = torch.eye(2, dtype=torch.float64)[action] - probs[state]
            total[state] += chance * discounted(rewards, t) * score
    return total


def test_old_data_bias_the_gradient_by_what_the_lesson_says():
    world, stale = lottery_world(), EVEN.clone()
    old = enumerate_trajectories(world, EVEN.softmax(1), horizon=3)
    chances = torch.stack([tau.probability for tau in old])
    for step in range(11):
        agent = TabularPolicy(5, 2, stale)
        samples = gradient_samples(agent, old, lambda tau: discounted_weights(tau.rewards, GAMMA))
        by_old, exact = (chances @ samples).view(5, 2), exact_policy_gradient(world, stale)
        assert by_old.flatten().tolist() == pytest.approx(on_old_data(stale).flatten().tolist(), abs=1e-12)
        if step == 0:
            assert (by_old - exact).norm() < 1e-12
        stale = stale + by_old if step < 10 else stale
    assert (round((by_old - exact).norm().item(), 3), round(exact.norm().item(), 3)) == (0.264, 0.271)


def test_on_old_data_the_policy_gradient_stops_where_probabilities_follow_the_old_values():
    # the mean vanishes where pi(a|s) is proportional to mu(a|s) q_mu(s, a): values as in the theorem's test
    q = {0: (1.6075, 0.9575), 1: (1.0, 0.35), 2: (6.0, 5.35)}
    stuck = EVEN.clone()
    for state, values in q.items():
        stuck[state] = torch.tensor(values, dtype=torch.float64).log()
    assert on_old_data(stuck).abs().max() < 1e-12
    assert round(expected_return(lottery_world(), stuck.softmax(1)).item(), 3) == 1.492
    best = optimal_action_values(lottery_world()).amax(1)[0].item()
    assert best == pytest.approx(1 + GAMMA * 1) == pytest.approx(1.9)  # work twice


def test_the_pitfalls_of_the_lottery():
    def for_buying(weights_of):
        return moments_by_loops(weights_of)[0][0, 1]

    assert for_buying(lambda rewards: rewards) == pytest.approx(-0.5)  # -1 against +1: 1/4 of -2

    def mixed(rewards):
        returns = [discounted(rewards, t) / GAMMA**t for t in range(len(rewards))]
        return [sum(returns) / len(returns)] * len(returns)

    assert round(for_buying(mixed), 4) == 0.1009
    right = for_buying(lambda rewards: [discounted(rewards, t) for t in range(len(rewards))])
    assert right == pytest.approx(-0.1625)


def test_one_minus_the_probability_as_a_loss_climbs_towards_the_worse_button():
    probs, prizes = (
        torch.tensor([0.9, 0.1], dtype=torch.float64),
        torch.tensor([1.0, 2.0], dtype=torch.float64),
    )
    logits = probs.log().requires_grad_()
    chances = logits.softmax(0)
    # the mean over the policy's own presses of minus the gradient of w (1 - π): actions drawn from fixed probabilities
    (by_probability,) = torch.autograd.grad(
        -(probs * prizes * (1 - chances)).sum(), logits, retain_graph=True
    )
    (right,) = torch.autograd.grad((prizes * chances).sum(), logits)
    assert right[0].item() == pytest.approx(0.9 * 0.1 * (1 - 2)) == pytest.approx(-0.09)
    assert by_probability[0].item() == pytest.approx(0.9 * 0.1 * (0.9 * 1 - 0.1 * 2)) == pytest.approx(0.063)
    assert by_probability.tolist() == pytest.approx(expected_score(logits.detach(), prizes * probs).tolist())


def test_the_score_of_a_clipped_action_has_a_mean():
    normal = scipy.stats.norm(0.8, 0.5)

    def clipped_score(a):
        return normal.pdf(a) * (min(max(a, -1.0), 1.0) - 0.8) / 0.25

    mean, _ = scipy.integrate.quad(clipped_score, -5, 7, points=[-1.0, 1.0])
    assert f"{mean:+.3f}" == "-0.461"


def test_the_checks_load_no_compiler():
    # the first optimiser of a session loads torch's compiler, a second of work: not before it is needed
    code = "import sys, helpers.checks; sys.exit('torch._dynamo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def lines_of_exhibit(place: int) -> list[str]:
    """What an exhibit of the lesson prints, run now; `place` counts code cells, -1 is the last."""
    exhibit = [cell.source for cell in jupytext.read(SOURCE).cells if cell.cell_type == "code"][place]
    names = {"lottery": lottery_world(), "undecided": EVEN, "double": torch.float64, "torch": torch}
    tools = {"helpers": helpers, "exact_moments": exact_moments, "rewards_to_go": rewards_to_go}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(exhibit, names | tools | {"discounted_weights": discounted_weights})
    return said.getvalue().splitlines()


def test_the_pitfalls_of_weights_are_shown_as_they_are():
    assert lines_of_exhibit(-2) == [  # each number has a test of its own above
        "rewards, not returns: -0.5000; exact -0.1625",
        "mean log-probability, sum of returns: +0.1009; exact -0.1625",
        "1 - π for -log π, first button: +0.063; exact -0.090",
        "mean score, scored as clipped: -0.461; exact 0",
        # 1, then 1 + 1/2, 1 + 1.5/2, 1 + 1.75/2; among integers each half is cut off
        f"returns of integers: [1, 1, 1, 1]; exact {[1 + 1.75 / 2, 1 + 1.5 / 2, 1 + 1 / 2, 1.0]}",
    ]


def test_the_pitfalls_of_episodes():
    anew, seeded, cut = lines_of_exhibit(-1)
    # 4 at the end, a 0 before it: begun anew; without that 4/2, then 1 + 2/2, then halves
    assert anew == "starting anew at 0: [0.0, 0.0, 1.0, 0.0, 4.0]; exact [0.5, 1.0, 2.0, 2.0, 4.0]"
    # the lecture's table: the best actions are worth 2 and 100, each start has probability 1/2
    wrong, exact = (float(part.split()[-1]) for part in seeded.split("; "))
    assert wrong in (2.0, 100.0)
    assert exact == (2 + 100) / 2
    # an episode goes on with probability 0.9: 1 / (1 - 0.9) steps; eight together with probability 0.9^8
    sampled, standard_error, exact = (float(number) for number in re.findall(r"\d+\.\d+", cut))
    assert exact == round(1 / (1 - 0.9))
    going_on = 0.9**8
    error = math.sqrt(going_on) / (1 - going_on) / math.sqrt(1000)  # of the mean of 1000 geometric lengths
    assert abs(sampled - 1 / (1 - going_on)) < 3 * error + 0.005  # and half of the last digit that is shown
    assert standard_error == pytest.approx(error, abs=0.01)


def test_a_seed_in_the_loop_gives_one_start_and_one_in_front_of_it_gives_both():
    envs = helpers.make_envs(helpers.two_state_world(), 1, seed=0)
    assert len({int(envs.reset(seed=0)[0][0]) for _ in range(50)}) == 1
    envs.reset(seed=0)
    assert {int(envs.reset()[0][0]) for _ in range(50)} == {0, 1}


@pytest.fixture
def told(monkeypatch):
    """draw, its arguments -> (title, sentence) of a figure of this lesson."""
    titles = []
    for module in (lesson_05, lesson_05_runs):
        real = module.new_figure
        monkeypatch.setattr(
            module,
            "new_figure",
            lambda title, real=real, **rest: titles.append(title) or real(title, **rest),
        )
    return lambda draw, *arguments: (draw(*arguments).sentence, titles.pop())[::-1]


def runs_from(first: float, last: float, updates: int = 22) -> torch.Tensor:
    """Five runs on a straight line, a little apart, [5, updates]."""
    return torch.linspace(first, last, updates) + 0.1 * torch.arange(5.0)[:, None]


MANY, FEW = "all or all but one of the 5 seeds", "none or one of the 5 seeds"


def test_cartpole_says_whether_it_was_learned_and_whether_the_loss_rose(told):
    draw = lesson_05_runs.cartpole_from_returns
    title, sentence = told(draw, runs_from(20, 500), runs_from(8, 35))
    assert (
        "the return goes from 20 to 454, the loss from 8 to 33" in title
    )  # 500 less two of 21 steps of 480 / 21
    assert f"above 250 for {MANY}" in sentence
    assert f"more than doubles for {MANY}" in sentence
    title, sentence = told(draw, runs_from(500, 20), runs_from(35, 8))
    assert "the return goes from 500 to 66" in title
    assert f"above 250 for {FEW}" in sentence
    assert f"more than doubles for {FEW}" in sentence


def test_the_copies_say_who_beats_the_teacher(told):
    teacher, better, alike = torch.full((9,), 200.0), [240.0, 250.0, 235.0, 245.0, 255.0], [200.0] * 5
    title, sentence = told(lesson_05_runs.copied_for, {100: better, 1000: alike}, teacher)
    assert (
        title == "Mean return of the clones: after 100 steps 245, after 1000 steps 200; of their teacher 200"
    )
    assert f"after 100 steps {MANY}; after 1000 steps {FEW}" in sentence
    title, sentence = told(lesson_05_runs.copied_for, {100: alike, 1000: better}, teacher)
    assert "after 100 steps 200, after 1000 steps 245" in title
    assert f"after 100 steps {FEW}; after 1000 steps {MANY}" in sentence


def test_the_clones_say_what_the_first_step_undoes(told):
    teacher, scratch = torch.full((9,), 200.0), runs_from(20, 500)
    falls, stays = runs_from(250, 400), runs_from(250, 300)
    falls[:, 1] -= 100
    title, sentence = told(lesson_05_runs.cloned_or_not, scratch, falls, stays, teacher)
    assert "from 250 to 157; a step a third as long, to 253" in title
    assert f"more than a fifth for {MANY}; the small step costs less for {MANY}" in sentence
    title, sentence = told(lesson_05_runs.cloned_or_not, scratch, stays, falls, teacher)
    assert "from 250 to 253; a step a third as long, to 157" in title
    assert f"more than a fifth for {FEW}; the small step costs less for {FEW}" in sentence


def test_the_recommender_says_who_wanders_and_who_passes_the_rule(told):
    draw, known = (
        lesson_05_runs.nothing_or_something_to_learn,
        {"random": 2.26, "myopic": 2.45, "optimal": 4.69},
    )
    wanders, rests = runs_from(0.2, 0.5), torch.full((5, 22), 0.2)
    title, sentence = told(draw, wanders, runs_from(2.2, 3.5), known)
    assert "item 0 ends between 50% and 90%" in title
    assert f"by more than 2% for {MANY}" in sentence
    assert f"in the last ten updates: {MANY}" in sentence
    title, sentence = told(draw, rests, runs_from(2.2, 1.5), known)
    assert "item 0 ends between 20% and 20%" in title
    assert f"by more than 2% for {FEW}" in sentence
    assert f"in the last ten updates: {FEW}" in sentence


def test_the_car_says_who_pushes_less_and_who_climbs(told):
    lone, many, held = runs_from(-52, -35, 12), runs_from(-50, -20, 12), runs_from(45, 75, 12)
    names = ("one episode", "64 episodes", "held")
    title, sentence = told(
        lesson_05_runs.stand_still_or_climb, dict(zip(names, (lone, many, held), strict=True))
    )
    assert title.startswith("Return at the end: one episode -37; 64 episodes -24; held 71")
    assert f"earn more for {MANY}, and stay below 0 for {MANY}" in sentence
    assert f"end above 50 for {MANY}, above free pushes for {MANY}" in sentence
    swapped = dict(zip(names, (held.flip(1), held, many), strict=True))
    title, sentence = told(lesson_05_runs.stand_still_or_climb, swapped)
    assert title.startswith("Return at the end: one episode 49; 64 episodes 71; held -24")
    assert f"earn more for {FEW}, and stay below 0 for {FEW}" in sentence
    assert f"end above 50 for {FEW}, above free pushes for {FEW}" in sentence


def test_dqn_and_reinforce_say_who_climbs_first_and_who_ends_higher(told):
    quick = [torch.linspace(10, 250, 300) for _ in range(5)]
    slow = [torch.cat([torch.full((2000,), 10.0), torch.full((200,), 600.0)]) for _ in range(5)]
    noises, quiet = (
        {"1": [4.0] * 5, "64": [0.5] * 5, "DQN": [0.1] * 5},
        {"1": [0.1] * 5, "64": [0.1] * 5, "DQN": [4.0] * 5},
    )
    title, sentence = told(lesson_05_runs.episodes_needed, runs_from(20, 500), quick, noises, 2000)
    # DQN: a mean of 30 centred at episode i has 10 + 240 i / 299 > 100, so i > 112.1, and its last episode is 127 + 1.
    assert (
        "above 100: DQN 128, REINFORCE 320" in title
    )  # REINFORCE: 20 + 480 k / 21 > 100, so k = 4, the fifth update
    assert f"after fewer episodes for {MANY}; REINFORCE ends higher for {MANY}" in sentence
    assert f"as noisy as DQN for {MANY}" in sentence
    title, sentence = told(lesson_05_runs.episodes_needed, runs_from(20, 500), slow, quiet, 2000)
    assert "DQN 128" not in title
    assert f"after fewer episodes for {FEW}; REINFORCE ends higher for {FEW}" in sentence
    assert f"as noisy as DQN for {FEW}" in sentence
    title, _ = told(lesson_05_runs.episodes_needed, runs_from(20, 50), quick, noises, 2000)
    assert "REINFORCE inf" in title  # it never gets there


def test_the_variances_and_the_times_say_what_was_measured(told):
    draw = lesson_05.variance_of_both_weights
    assert (
        "less variance in 2 of 2 random worlds, more in loan"
        in told(draw, [2, 3], [1, 2], {"loan": (1, 9)})[0]
    )
    assert (
        "less variance in 1 of 2 random worlds, more in none"
        in told(draw, [2, 3], [1, 4], {"loan": (9, 1)})[0]
    )
    draw, lengths = lesson_05.backwards_or_twice, [50, 100]
    title, _ = told(draw, lengths, {"double_sum": [1.0, 4.0], "backwards": [1.0, 2.0]})
    assert title == "From 50 to 100 steps the time grows: double_sum 4.0 times, backwards 2.0 times"
    title, _ = told(draw, lengths, {"double_sum": [1.0, 2.0], "backwards": [1.0, 4.0]})
    assert title == "From 50 to 100 steps the time grows: double_sum 2.0 times, backwards 4.0 times"


def test_labels_of_curves_that_end_together_are_kept_apart():
    assert lesson_05_runs.spread([500.0, 490.0, 100.0], gap=32.0) == [522.0, 490.0, 100.0]
