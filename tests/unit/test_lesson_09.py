"""What lesson 09 states, against hand arithmetic, plain enumeration and finite differences."""

import ast
import itertools
import math
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from farm import FARM

import helpers.figures.lesson_09 as drawn
from helpers import (
    SequenceModel,
    all_answers,
    group_advantages,
    grpo_loss,
    kl_penalty,
    masked_mean,
    policy_gradient_loss,
)

SOURCE = Path(__file__).resolve().parents[2] / "solutions" / "09_grpo.py"
PI, REWARDS = np.array([0.7, 0.2, 0.1]), np.array([1.0, 2.0, 4.0])
SCORES = np.eye(3) - PI
REFERENCE = np.array([0.2, 0.3, 0.5])


@pytest.fixture(scope="module")
def shown() -> str:
    cells = nbformat.read(SOURCE.with_suffix(".ipynb"), as_version=4).cells
    found = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in found
    )


def standardized(group: np.ndarray) -> np.ndarray:
    centred = group - group.mean()
    return centred / group.std() if group.std() > 1e-12 else 0 * group


def without_own(group: np.ndarray) -> np.ndarray:
    return np.array([group[k] - np.delete(group, k).mean() for k in range(len(group))])


WEIGHTS = {
    "reward": lambda group: group,
    "leave one out": without_own,
    "group mean": lambda group: group - group.mean(),
    "group mean and std": standardized,
}


def test_what_each_weight_makes_of_the_gradient(shown):
    truth = PI * (REWARDS - PI @ REWARDS)
    for size in (2, 4, 8):
        means = dict.fromkeys(WEIGHTS, 0.0)
        for counts in itertools.product(range(size + 1), repeat=2):  # how many answers are 0, and 1
            counts = (*counts, size - sum(counts))
            if counts[2] < 0:
                continue
            group = np.repeat(np.arange(3), counts)  # the order does not matter to the mean
            ways = math.factorial(size) / math.prod(math.factorial(n) for n in counts)
            chance = ways * np.prod(PI ** np.array(counts))
            for name, weigh in WEIGHTS.items():
                means[name] = means[name] + chance * (weigh(REWARDS[group]) @ SCORES[group]) / size
        for name, mean in means.items():
            ratio = [float(round(part, 3)) for part in mean / truth]
            assert f"K = {size}, {name:18s} estimate / truth {ratio}" in shown
        assert np.allclose(means["leave one out"], truth)
        assert np.allclose(means["group mean"], (1 - 1 / size) * truth)


def test_easy_and_hard_prompts(shown):
    for p in (0.01, 0.1, 0.5):
        line = re.search(rf"^p = {p:4.2f} .*$", shown, flags=re.M).group(0)
        for size in (2, 4, 8):
            # E[sqrt(m (K - m))] / K is the mean std of a group; over the variance p (1 - p) it is the factor
            spread = sum(
                math.comb(size, m) * p**m * (1 - p) ** (size - m) * math.sqrt(m * (size - m)) / size
                for m in range(size + 1)
            )
            assert f"K = {size}: {spread / (p * (1 - p)):.2f}" in line
            assert spread / (p * (1 - p)) < math.sqrt(size - 1) + 1e-12
        assert f"limit: {1 / math.sqrt(p * (1 - p)):5.2f}" in line
        step = 1e-6
        slope = (2 * math.asin(math.sqrt(p + step)) - 2 * math.asin(math.sqrt(p - step))) / (2 * step)
        assert slope == pytest.approx(1 / math.sqrt(p * (1 - p)), rel=1e-6)
        assert f"silent of 8: {p**8 + (1 - p) ** 8:.0%}" in line
    best = max(standardized(np.array([1.0] * m + [0.0] * (8 - m))).max() for m in range(9))
    assert best == pytest.approx(math.sqrt(7))
    even = standardized(np.array([1.0] * 4 + [0.0] * 4)).max()
    assert f"4 of 8 answers right: a right one weighs {even:+.2f}" in shown  # where the widget opens


def slope_of(f) -> np.ndarray:
    """Central differences of a function of probabilities, with respect to the logits."""
    logits, out = np.log(PI), np.zeros(3)
    for i, step in enumerate(1e-6 * np.eye(3)):
        values = [f(np.exp(x) / np.exp(x).sum()) for x in (logits + step, logits - step)]
        out[i] = (values[0] - values[1]) / 2e-6
    return out


def test_what_the_leash_estimates(shown):
    forms = {
        "k1": lambda pi: PI @ np.log(pi / REFERENCE),
        "k2": lambda pi: PI @ np.log(pi / REFERENCE) ** 2 / 2,
        "k3": lambda pi: PI @ (REFERENCE / pi - 1 - np.log(REFERENCE / pi)),
        "KL(π, ref)": lambda pi: pi @ np.log(pi / REFERENCE),
        "KL(ref, π)": lambda pi: REFERENCE @ np.log(REFERENCE / pi),
    }
    for name, form in forms.items():
        slope = [float(round(part, 3)) + 0.0 for part in slope_of(form)]
        assert f"{name:10s} {form(PI):.3f}, gradient {slope}" in shown
    slopes = {name: slope_of(form) for name, form in forms.items()}
    assert np.allclose(slopes["k1"], 0, atol=1e-8)
    assert np.allclose(slopes["k2"], slopes["KL(π, ref)"], atol=1e-8)
    assert np.allclose(slopes["k3"], slopes["KL(ref, π)"], atol=1e-8)
    assert np.allclose(slopes["k3"], PI - REFERENCE, atol=1e-8)


def test_in_a_text_the_leash_holds_token_by_token():
    """Mean gradient of k3 = mean over the policy's own beginnings of grad KL(reference ‖ policy) of the next token."""
    policy, reference = (SequenceModel(1, 2, 3, (6, 6), seed=seed).double() for seed in (0, 1))
    with torch.no_grad():
        policy.head[-1].weight.mul_(20)
        reference.head[-1].weight.mul_(20)
    answers = all_answers(2, 3)
    prompts, mask = torch.zeros(len(answers), dtype=torch.int64), policy.mask(answers)
    log_probs = policy.log_prob(prompts, answers)
    chances = log_probs.sum(1).exp().detach()
    penalties = kl_penalty(log_probs, reference.log_prob(prompts, answers).detach())
    found = torch.autograd.grad(chances @ (penalties * mask).sum(1), list(policy.parameters()))

    log_pi, log_ref = (one.logits(prompts, answers).log_softmax(-1) for one in (policy, reference))
    towards = (log_ref.exp() * (log_ref - log_pi)).sum(
        -1
    )  # each beginning counts once for each answer it begins
    expected = torch.autograd.grad(chances @ (towards * mask).sum(1), list(policy.parameters()))
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)
    assert max(part.abs().max() for part in found) > 1e-3


def test_the_ideal_end_of_a_leash():
    """No other distribution has more reward minus beta times KL, and right answers keep their proportions."""
    rng, beta, right = np.random.default_rng(0), 0.2, np.array([1.0, 1.0, 0.0])

    def worth(pi):
        return pi @ right - beta * pi @ np.log(pi / REFERENCE)

    best = REFERENCE * np.exp(right / beta) / (REFERENCE @ np.exp(right / beta))
    assert best[0] / best[1] == pytest.approx(REFERENCE[0] / REFERENCE[1])
    assert all(worth(other) <= worth(best) + 1e-12 for other in rng.dirichlet(np.ones(3), size=2000))


def test_the_two_means_and_the_sum(shown):
    length, reward, scores = np.array([2.0, 8, 2, 8]), np.array([1.0, 1, 0, 0]), np.eye(4) - 0.25
    total = np.zeros((3, 4))
    for counts in itertools.product(range(7), repeat=3):
        counts = (*counts, 6 - sum(counts))
        if counts[3] < 0:
            continue
        group = np.repeat(np.arange(4), counts)
        chance = math.factorial(6) / math.prod(math.factorial(n) for n in counts) / 4**6
        weight, tokens = standardized(reward[group]), length[group]
        total[0] += chance * weight @ scores[group]
        total[1] += chance * weight @ scores[group] / tokens.sum()
        total[2] += chance * (weight / tokens) @ scores[group]
    names = ("sum over tokens", "mean over tokens of the batch", "mean of each answer first")
    for name, push in zip(names, total, strict=True):
        relative = ", ".join(f"{part:+.2f}" for part in push / np.abs(push).max())
        assert f"{name}: {relative}" in shown
    assert total[2, 0] / total[2, 1] == pytest.approx(4)
    assert total[1, 1] / total[1, 0] > 2 * total[2, 1] / total[2, 0]


def test_the_bias_of_the_token_mean_shrinks_with_the_batch():
    """Push on long over push on short right answers, one mean over all tokens of a batch of groups of two."""
    length, reward, scores = np.array([2.0, 8, 2, 8]), np.array([1.0, 1, 0, 0]), np.eye(4) - 0.25
    ratios = []
    for n_groups in (1, 2, 3, 4):
        total = np.zeros(4)
        for batch in itertools.product(range(4), repeat=2 * n_groups):
            groups = np.array(batch).reshape(n_groups, 2)
            weight = np.concatenate([standardized(reward[group]) for group in groups])
            total += weight @ scores[groups.ravel()] / length[groups.ravel()].sum()
        ratios.append(total[1] / total[0])
    assert all(smaller < larger < 1 for smaller, larger in itertools.pairwise(ratios)), ratios
    assert ratios[0] < 0.5
    assert ratios[-1] > 0.8


def test_equal_rewards_are_exactly_0_in_the_lessons_own_solution():
    text = SOURCE.read_text()
    body = text[text.index("def my_group_advantages") : text.index("# END SOLUTION")]
    lesson = {}
    exec(body, lesson)
    for reward in (0.1, 0.3, 0.7, 1.0):
        assert not lesson["my_group_advantages"](torch.full((2, 8), reward)).any()
    total = np.float32(0)
    for _ in range(8):
        total += np.float32(0.3)
    assert total / np.float32(8) != np.float32(0.3)  # what the comment there says


def test_a_loss_of_zero_with_and_without_a_gradient(shown):
    # Advantages (3, -1, -1, -1) / sqrt(3), twelve tokens, ratio 1: minus a twelfth of each.
    slopes = [f"{-a / 12:+.3f}" for a in np.array([3, -1, -1, -1]) / math.sqrt(3)]
    assert f"rewards [1.0, 0.0, 0.0, 0.0]: loss 0.000, gradients {slopes}" in shown
    assert f"rewards [1.0, 1.0, 1.0, 1.0]: loss 0.000, gradients {['+0.000'] * 4}" in shown
    # Where answers differ in length the token mean does not cancel exactly.
    log_probs, mask = torch.zeros(2, 3), torch.tensor([[True] * 3, [True, False, False]])
    loss = grpo_loss(log_probs, log_probs, group_advantages(torch.tensor([[1.0, 0.0]]))[0], mask)
    assert loss.item() == pytest.approx(-(3 * 1 - 1 * 1) / 4)


def test_imitation_is_a_policy_gradient_of_weight_one():
    log_probs = torch.log(torch.rand(3, 4, generator=torch.Generator().manual_seed(0)))
    mask = torch.tensor([[True] * 4, [True, False, False, False], [True, True, True, False]])
    loss = policy_gradient_loss(log_probs[mask], torch.ones(8))
    assert loss.item() == pytest.approx(-masked_mean(log_probs, mask).item())


# The farm at gamma = 0.9: the chance of each episode, and the exact value of each state.
CHANCES = np.array([chance for chance, *_ in FARM])
V = np.array([0.5 * (2 + 0.9 * 0.5) + 0.5 * 0.9 * (0.25 * 0.5 + 0.75 * 5), 0.5, 5.0])


BEST = V  # under fair coins both actions have scores of one length, so the best b(s) weighs their values evenly, as V does


def farm_gradients(weight, probs=None) -> np.ndarray:
    """One gradient for each episode; weight(states, actions, rewards, t)."""
    probs = np.full((3, 2), 0.5) if probs is None else probs
    out = np.zeros((6, 3, 2))
    for n, (_, states, actions, rewards) in enumerate(FARM):
        for t, (state, action) in enumerate(zip(states, actions, strict=True)):
            out[n, state] += weight(states, actions, rewards, t) * (np.eye(2)[action] - probs[state])
    return out.reshape(6, 6)


def farm_truth(probs: np.ndarray) -> np.ndarray:
    """dJ/dlogits by central differences of J, written out."""

    def value(p):
        bare, full = p[1, 1] * 1, p[2, 1] * 10
        return p[0, 0] * (2 + 0.9 * bare) + p[0, 1] * 0.9 * (0.25 * bare + 0.75 * full)

    out = np.zeros((3, 2))
    for place in np.ndindex(3, 2):
        step = np.zeros((3, 2))
        step[place] = 1e-6
        both = [np.exp(np.log(probs) + s) for s in (step, -step)]
        out[place] = np.subtract(*[value(p / p.sum(1, keepdims=True)) for p in both]) / 2e-6
    return out.ravel()


def line(name, gradients, chances, truth, cost=2) -> str:
    mean = chances @ gradients
    noise = chances @ ((gradients - mean) ** 2).sum(1) / (mean @ mean)
    bias = np.linalg.norm(mean - truth) / np.linalg.norm(truth)
    cosine = mean @ truth / np.linalg.norm(mean) / np.linalg.norm(truth)
    return f"{name:30s} bias {bias:4.2f}   cosine {cosine:+.2f}   steps {cost * noise:6.0f}"


def test_the_table_of_the_course_by_hand(shown):
    truth = farm_truth(np.full((3, 2), 0.5))
    mean_j = V[0]

    def delta(states, rewards, t, v):
        return rewards[t] + (0.9 * v[states[1]] if t == 0 else 0.0) - v[states[t]]

    none = np.zeros(3)
    rules = {
        "total return": lambda s, a, r, t: r[0] + 0.9 * r[1],
        "reward-to-go": lambda s, a, r, t: (r[0] + 0.9 * r[1], 0.9 * r[1])[t],
        "reward-to-go without gamma^t": lambda s, a, r, t: (r[0] + 0.9 * r[1], r[1])[t],
        "constant baseline J": lambda s, a, r, t: (r[0] + 0.9 * r[1] - mean_j, 0.9 * (r[1] - mean_j))[t],
        "optimal baseline": lambda s, a, r, t: (r[0] + 0.9 * r[1] - BEST[0], 0.9 * (r[1] - BEST[s[1]]))[t],
        "baseline V": lambda s, a, r, t: (r[0] + 0.9 * r[1] - V[s[0]], 0.9 * (r[1] - V[s[1]]))[t],
        "TD error, true V": lambda s, a, r, t: 0.9**t * delta(s, r, t, V),
        "TD error, untrained critic": lambda s, a, r, t: 0.9**t * delta(s, r, t, none),
        "GAE(0.9), untrained critic": lambda s, a, r, t: (r[0] + 0.9 * 0.9 * r[1], 0.9 * r[1])[t],
    }
    for name, weight in rules.items():
        assert line(name, farm_gradients(weight), CHANCES, truth) in shown, name
    # The best tenth of the episodes are the harvests after sowing, 3 in 16.
    elite = {"cross-entropy method": lambda s, a, r, t: (r[1] == 10) / (3 / 16)}
    assert (
        line("cross-entropy method", farm_gradients(elite["cross-entropy method"]), CHANCES, truth) in shown
    )


def test_old_data_by_hand(shown):
    direction = farm_truth(np.full((3, 2), 0.5))
    for step in (0.2, 0.5):
        logits = (step * direction / np.linalg.norm(direction)).reshape(3, 2)
        probs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)

        def clipped(states, actions, rewards, t, probs=probs):
            to_go = (rewards[0] + 0.9 * rewards[1], rewards[1])[t]
            a, rho = 0.9**t * (to_go - V[states[t]]), probs[states[t], actions[t]] / 0.5
            return 0.0 if (a > 0 and rho > 1.2) or (a < 0 and rho < 0.8) else rho * a

        name = f"PPO, policy moved by {step}"
        assert line(name, farm_gradients(clipped, probs), CHANCES, farm_truth(probs)) in shown


def test_groups_of_four_on_the_farm(shown):
    returns = np.array([r[0] + 0.9 * r[1] for *_, r in FARM])
    scores = farm_gradients(lambda s, a, r, t: 1.0)
    truth, groups = farm_truth(np.full((3, 2), 0.5)), list(itertools.product(range(6), repeat=4))
    chances = np.array([np.prod(CHANCES[list(group)]) for group in groups])
    for name, weigh in WEIGHTS.items():
        gradients = np.array([weigh(returns[list(group)]) @ scores[list(group)] / 4 for group in groups])
        assert line(f"{name}, K = 4", gradients, chances, truth, cost=8) in shown, name


def test_the_pitfalls(shown):
    assert "std of the others 100000000, of the group 1.73" in shown  # (1 - 0) / (0 + 1e-8); 3 / sqrt(3)
    # Five of eight right: (1 - 5/8) / sqrt(5/8 · 3/8)
    assert (
        f"all four right: nan unguarded, {(3 / 8) / math.sqrt(15 / 64):+.2f} by the batch, 0.0 by the group"
        in shown
    )
    assert f"leash to itself 0.000, to the reference {PI @ np.log(PI / REFERENCE):.3f}" in shown
    cold = PI**2 / (PI**2).sum()
    assert f"ratio before any step: {[float(round(part, 2)) for part in PI / cold]}" in shown


def test_how_long_a_silent_prompt_waits(shown):
    for p in (0.9999, 0.3, 0.01, 0.001, 0.0001):
        heard = sum(math.comb(16, m) * p**m * (1 - p) ** (16 - m) for m in range(1, 16))
        wait = sum(
            n * (1 - heard) ** (n - 1) * heard for n in range(1, 20_000)
        )  # groups until the first that is heard
        assert f"p = {p:6.4f}: {1 - heard:6.1%} of its groups silent, {wait:5.1f} until one is not" in shown


def test_a_silent_group_has_no_push_and_the_leash_still_pulls():
    log_probs = torch.log(torch.full((16, 1), 0.9)).requires_grad_()
    everything = torch.ones(16, 1, dtype=torch.bool)
    for reward in (0.0, 1.0):
        weights = group_advantages(torch.full((1, 16), reward))[0]
        (push,) = torch.autograd.grad(grpo_loss(log_probs, log_probs, weights, everything), log_probs)
        assert not push.any()
    (pull,) = torch.autograd.grad(kl_penalty(log_probs, torch.log(torch.full((16, 1), 0.3))).sum(), log_probs)
    assert torch.allclose(pull, torch.full((16, 1), 1 - 0.3 / 0.9))  # 1 - exp(x)


def test_the_exact_share_of_right_answers(shown):
    """Against every string of at most four digits that is followed by a stop, and against samples."""
    strings = [s for n in range(5) for s in itertools.product(range(10), repeat=n)]
    mine = [s for s in strings if 5 <= sum(s) <= 24]
    assert f"{sum(10**n for n in range(6))} texts of at most 5 tokens, {len(mine)} of them right" in shown
    lesson = {"torch": torch, "DIGIT_PROMPTS": torch.arange(5, 25)}
    functions = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.FunctionDef)]
    for node in functions:
        if node.name in ("right", "share_right"):
            exec(ast.unparse(node), lesson)
    lesson["right_texts"] = torch.tensor([(*s, *[10] * (5 - len(s))) for s in mine])
    lesson["right_prompts"] = torch.tensor([sum(s) for s in mine])
    model = SequenceModel(25, 10, 5, seed=0)
    shares, chance = lesson["share_right"](model), torch.Generator().manual_seed(0)
    asked = torch.arange(5, 25).repeat_interleave(20_000)
    sampled = lesson["right"](asked, model.sample(asked, chance)).view(20, -1).mean(1)
    error = (shares * (1 - shares) / 20_000).sqrt()
    assert ((sampled - shares).abs() < 4 * error).all()


FREE, LEASHED = np.full((5, 17, 20), 0.9), np.full((5, 17, 20), 0.7)
FREE[3, 10:12, 15] = 0.0004  # the run in which prompt 20 falls
FREE[:, 0], LEASHED[:, 0] = 0.3, 0.3


def title_and_sentence(make, monkeypatch) -> tuple[str, str]:
    kept = []
    monkeypatch.setattr(drawn, "show", lambda figure, sentence: kept.append((figure, sentence)))
    make()
    [(figure, sentence)] = kept
    return figure.get_suptitle(), sentence


def test_titles_and_sentences_are_made_from_the_data(monkeypatch):
    curves = {"free": FREE.mean(2), "leashed": LEASHED.mean(2)}
    swapped = {"free": LEASHED.mean(2), "leashed": FREE.mean(2)}
    few, some, many = [1.0] * 5, [5.0] * 5, [13.0] * 5
    losses, worse = np.ones((5, 3)), np.where(np.arange(5)[:, None, None] < 2, FREE, 0.3)
    pairs = {
        "imitation": (
            lambda: drawn.imitation(losses, 0.58, [0.3] * 5, 0.002),
            lambda: drawn.imitation(losses, 0.58, [0.7] * 5, 0.002),
        ),
        "leash": (
            lambda: drawn.leash(
                curves, {"free": some, "leashed": few}, {"before": many, "free": few, "leashed": some}
            ),
            lambda: drawn.leash(
                swapped, {"free": few, "leashed": some}, {"before": many, "free": some, "leashed": few}
            ),
        ),
        "lost": (
            lambda: drawn.lost_prompts({"free": FREE, "leashed": LEASHED}, np.arange(5, 25), 5, 40),
            lambda: drawn.lost_prompts({"free": LEASHED, "leashed": worse}, np.arange(5, 25), 5, 40),
        ),
        "zero": (
            lambda: drawn.zero_of_the_reward({"group": curves["free"], "bare": curves["leashed"]}),
            lambda: drawn.zero_of_the_reward({"group": curves["leashed"], "bare": curves["free"]}),
        ),
    }
    for name, (one, other) in pairs.items():
        (title, sentence), (other_title, other_sentence) = (
            title_and_sentence(make, monkeypatch) for make in (one, other)
        )
        assert title != other_title, name
        assert sentence != other_sentence, name


def test_the_figure_tells_which_prompt_fell_and_how_far(monkeypatch):
    shares = {"free": FREE, "leashed": LEASHED}
    title, sentence = title_and_sentence(
        lambda: drawn.lost_prompts(shares, np.arange(5, 25), 5, 40), monkeypatch
    )
    assert title == "Free, prompt 20 falls from 90% right to less than 0.1%; leashed, its lowest is 70%"
    assert "right more often than before: free in all or all but one of the 5 seeds" in sentence
    quiet = {"free": FREE[:3], "leashed": LEASHED[:3]}
    title, _ = title_and_sentence(lambda: drawn.lost_prompts(quiet, np.arange(5, 25), 5, 40), monkeypatch)
    assert title == "Free, no prompt falls by half in these runs: the lowest is prompt 5, 90% right"


def test_the_title_over_the_texts_counts_the_ticks(monkeypatch):
    models = {"before": SequenceModel(25, 10, 5, seed=0), "free": SequenceModel(25, 10, 5, seed=1)}
    for reward, count in ((torch.ones_like, 12), (torch.zeros_like, 0)):
        title, _ = title_and_sentence(
            lambda reward=reward: drawn.written(
                models, lambda p, a: reward(p.float()), (8, 17), torch.Generator().manual_seed(0)
            ),
            monkeypatch,
        )
        assert title == f"Right among 12 answers each: before {count}, free {count}"
