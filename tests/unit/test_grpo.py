"""GRPO against steps made by hand with autograd, silent groups, and an exact world."""

import copy
import itertools

import numpy as np
import pytest
import torch

from helpers.learners import grpo, train
from helpers.sequence_model import SequenceModel, all_answers


def model(seed=0, width=8) -> SequenceModel:
    return SequenceModel(3, 2, 4, (width, width), seed=seed)


def count_ones(prompts, answers):
    """A reward for whole answers that differs from answer to answer."""
    return (answers == 1).sum(1).float() + 0.5 * prompts


def draw(policy, seed, n_prompts, n_answers):
    """The first block that a learner with this seed draws, and its chance as it stands afterwards."""
    chance = torch.Generator().manual_seed(seed)
    asked = torch.randint(3, (n_prompts,), generator=chance).repeat_interleave(n_answers)
    return asked, policy.sample(asked, chance), chance


def standardized(rewards, n_answers):
    """Group by group in numpy."""
    groups = rewards.numpy().astype(float).reshape(-1, n_answers)
    deviation = groups.std(axis=1, keepdims=True)
    centred = groups - groups.mean(axis=1, keepdims=True)
    return np.divide(centred, deviation, out=np.zeros_like(groups), where=deviation > 0).ravel()


def loss_by_hand(policy, old, reference, asked, answers, advantages, clip, kl_coef):
    """Token by token: the clipped surrogate and the k3 leash, averaged over all real tokens."""
    new, before, anchor = (one.logits(asked, answers).log_softmax(-1) for one in (policy, old, reference))
    terms = []
    for b, answer in enumerate(answers.tolist()):
        for t, token in enumerate(answer):
            log_ratio = new[b, t, token] - before[b, t, token].detach()
            ratio, weight = log_ratio.exp(), float(advantages[b])
            far = (
                ratio > 1 + clip if weight > 0 else ratio < 1 - clip
            )  # gone far enough in the good direction
            surrogate = (1 + clip if weight > 0 else 1 - clip) * weight if far else ratio * weight
            away = anchor[b, t, token].detach() - new[b, t, token]
            terms.append(-surrogate + kl_coef * (away.exp() - 1 - away))
            if token == policy.stop:
                break
    return sum(terms) / len(terms), len(terms)


def adam(policy, loss, lr, state=None):
    """One step of Adam by its formulas; state holds the moments and the count."""
    state = state or {name: (0.0, 0.0, 0) for name, _ in policy.named_parameters()}
    gradients = torch.autograd.grad(loss, list(policy.parameters()))
    for (name, parameter), gradient in zip(policy.named_parameters(), gradients, strict=True):
        m, v, n = state[name]
        m, v, n = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2, n + 1
        with torch.no_grad():
            parameter -= lr * (m / (1 - 0.9**n)) / ((v / (1 - 0.999**n)).sqrt() + 1e-8)
        state[name] = m, v, n
    return state


def assert_same(one, other):
    for (name, a), b in zip(one.named_parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=2e-4, atol=2e-5, msg=lambda text, name=name: f"{name}: {text}")


@pytest.mark.parametrize("kl_coef", [0.0, 0.5])
def test_two_epochs_by_hand(kl_coef):
    policy, reference = model(), model(seed=9)
    old, expected = copy.deepcopy(policy), copy.deepcopy(policy)
    asked, answers, _ = draw(policy, 7, 2, 4)
    options = {"n_prompts": 2, "n_answers": 4, "lr": 0.05, "clip": 0.1, "epochs": 2, "kl_coef": kl_coef}
    update = next(grpo(torch.arange(3), count_ones, policy, reference, seed=7, **options))
    rewards, state = count_ones(asked, answers), None
    advantages = standardized(rewards, 4)
    for _ in range(2):
        loss, n_tokens = loss_by_hand(expected, old, reference, asked, answers, advantages, 0.1, kl_coef)
        state = adam(expected, loss, 0.05, state)
    assert_same(policy, expected)
    assert update.steps == n_tokens == int(policy.mask(answers).sum())
    assert torch.equal(update.returns, rewards)
    assert update.losses["clip_fraction"] > 0, "the second epoch meets the clip"
    assert update.losses["policy"] + kl_coef * update.losses["kl"] == pytest.approx(loss.item(), abs=1e-5)


def test_minibatches_are_every_answer_once_an_epoch():
    policy = model()
    old, expected = copy.deepcopy(policy), copy.deepcopy(policy)
    asked, answers, chance = draw(policy, 3, 3, 2)
    next(grpo(torch.arange(3), count_ones, policy, seed=3, n_prompts=3, n_answers=2, epochs=1, minibatch=4))
    advantages, state = standardized(count_ones(asked, answers), 2), None
    order = torch.randperm(6, generator=chance)
    for rows in (order[:4], order[4:]):
        parts = asked[rows], answers[rows], advantages[rows.numpy()]
        loss, _ = loss_by_hand(expected, old, old, *parts, 0.2, 0.0)
        state = adam(expected, loss, 0.01, state)
    assert_same(policy, expected)


def test_the_reference_is_the_policy_as_it_came_and_is_not_trained():
    policy, same = model(), model()
    given = copy.deepcopy(policy)
    options = {"seed": 1, "kl_coef": 0.3, "n_prompts": 4, "n_answers": 4}
    streams = [
        grpo(torch.arange(3), count_ones, policy, **options),
        grpo(torch.arange(3), count_ones, same, given, **options),
    ]
    updates = list(itertools.islice(zip(*streams, strict=True), 3))
    assert all(one.losses == other.losses for one, other in updates)
    assert updates[-1][0].losses["kl"] > 0
    assert all(torch.equal(a, b) for a, b in zip(given.parameters(), model().parameters(), strict=True))
    assert all(parameter.grad is None for parameter in given.parameters())


def test_equal_rewards_move_nothing():
    policy = model()
    stream = grpo(torch.arange(3), lambda prompts, answers: torch.full((len(prompts),), 0.1), policy, seed=0)
    for update in itertools.islice(stream, 3):
        assert update.losses["policy"] == 0.0
    assert all(torch.equal(a, b) for a, b in zip(policy.parameters(), model().parameters(), strict=True))


def test_any_weight_function_takes_the_rewards_in_groups():
    seen = []

    def keep(rewards):
        seen.append(rewards)
        return rewards - rewards.mean(1, keepdim=True)

    policy = model()
    asked, answers, _ = draw(policy, 5, 2, 3)
    stream = grpo(torch.arange(3), count_ones, policy, seed=5, n_prompts=2, n_answers=3, weight_fn=keep)
    next(stream)
    assert torch.equal(seen[0], count_ones(asked, answers).view(2, 3))


def test_the_leash_alone_pulls_back_to_the_reference():
    answers = all_answers(2, 4)
    policy, reference = model(), model(seed=4)
    with torch.no_grad():
        reference.head[-1].weight.mul_(30)

    def distance():
        with torch.no_grad():
            prompts = torch.zeros(len(answers), dtype=torch.int64)
            log_ref, log_pi = (one.log_prob(prompts, answers).sum(1) for one in (reference, policy))
            return (log_ref.exp() * (log_ref - log_pi)).sum().item()

    before = distance()
    stream = grpo(torch.arange(3), lambda p, a: torch.zeros(len(p)), policy, reference, seed=0, kl_coef=1.0)
    train(stream, max_updates=60, progress=False)
    assert distance() < before / 10


def test_an_answer_that_is_seldom_right_becomes_the_usual_one():
    """Right is one answer of 31 to each prompt, drawn once in 27 times at first; its probability is read from the model."""
    right = torch.tensor([[0, 1, 2, 2], [1, 1, 2, 2], [1, 0, 2, 2]])
    for seed in range(3):
        policy = model(seed, width=32)

        def chance(policy=policy):
            with torch.no_grad():
                return policy.log_prob(torch.arange(3), right).sum(1).exp()

        assert chance().max() < 0.2
        stream = grpo(
            torch.arange(3), lambda p, a: (a == right[p]).all(1).float(), policy, seed=seed, lr=0.02
        )
        history = train(stream, max_updates=120, progress=False)
        assert chance().min() > 0.9
        assert history.mean_return > 0.9


def test_the_same_seed_gives_the_same_training():
    def run():
        policy = model()
        return train(grpo(torch.arange(3), count_ones, policy, seed=2), max_updates=3, progress=False), policy

    (one, first), (two, second) = run(), run()
    assert torch.equal(one.episode_returns, two.episode_returns)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
