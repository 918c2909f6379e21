"""Losses against hand arithmetic, loops, finite differences and exact sums; gradients as well as values."""

import math

import pytest
import torch
import torch.nn.functional as F
from draws import draw

from helpers.losses import (
    actor_critic_loss,
    approx_kl,
    behaviour_cloning_loss,
    clip_fraction,
    policy_gradient_loss,
    ppo_clip_loss,
    ratio,
    reinforce_update,
)
from helpers.token_losses import grpo_loss, kl_penalty, masked_mean


def leaf(*shape, seed=0):
    return draw(*shape, seed=seed).requires_grad_()


def close(left, right, tolerance=1e-12):
    right = torch.as_tensor(right, dtype=left.dtype)
    torch.testing.assert_close(left, right, rtol=tolerance, atol=tolerance)


# policy gradient
def test_policy_gradient_loss_by_hand_and_its_gradient():
    log_probs, weights = torch.tensor([-1.0, -2.0], requires_grad=True), torch.tensor([3, 5])
    loss = policy_gradient_loss(log_probs, weights)
    assert loss.item() == (1 * 3 + 2 * 5) / 2
    loss.backward()
    assert log_probs.grad.tolist() == [-3 / 2, -5 / 2]


def test_the_gradient_is_minus_the_estimate():
    logits, actions, weights = leaf(5, 3), torch.tensor([0, 2, 1, 1, 0]), draw(5, seed=1)
    log_probs = logits.log_softmax(1)[torch.arange(5), actions]
    (gradient,) = torch.autograd.grad(policy_gradient_loss(log_probs, weights), logits)
    score = F.one_hot(actions, 3) - logits.softmax(1)  # ∇ log softmax
    close(gradient, -(score * weights[:, None] / 5).detach())


class Table(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))

    def log_prob(self, obs, actions):
        return self.logits.log_softmax(1)[obs, actions]


def test_reinforce_update_is_one_step_up_the_estimate():
    policy = Table()
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.5)
    policy.logits.grad = torch.full((2, 2), 1e9, dtype=torch.float64)  # stale: must not count
    obs, actions, weights = torch.tensor([0, 1, 1]), torch.tensor([1, 0, 0]), torch.tensor([2.0, 1.0, 4.0])
    loss = reinforce_update(policy, optimizer, obs, actions, weights)
    # every log-probability is log ½ and every score ±½
    assert isinstance(loss, float)
    assert loss == pytest.approx(math.log(2) * (2 + 1 + 4) / 3)
    step = 0.5 / 3 * 0.5
    close(policy.logits.detach(), [[-2 * step, 2 * step], [5 * step, -5 * step]])


def test_reinforce_update_refuses_weights_that_would_broadcast():
    policy, zeros = Table(), torch.zeros(3, dtype=torch.int64)
    optimizer = torch.optim.SGD(policy.parameters())
    with pytest.raises(ValueError, match="weights"):
        reinforce_update(policy, optimizer, zeros, zeros, torch.ones(3, 1))
    assert policy.logits.abs().max() == 0


# behaviour cloning
def test_behaviour_cloning_is_cross_entropy():
    logits, actions = leaf(6, 4), torch.tensor([0, 3, 2, 2, 1, 0])
    loss = behaviour_cloning_loss(logits, actions)
    close(loss, F.cross_entropy(logits, actions))
    assert torch.autograd.gradcheck(lambda x: behaviour_cloning_loss(x, actions), logits)
    assert behaviour_cloning_loss(torch.zeros(1, 2), torch.tensor([1])).item() == pytest.approx(math.log(2))


def test_behaviour_cloning_at_large_logits():
    logits = torch.tensor([[1e3, -1e3], [1e4, -1e4]], requires_grad=True)
    loss = behaviour_cloning_loss(logits, torch.tensor([1, 0]))
    assert loss.item() == 2e3 / 2
    loss.backward()
    assert logits.grad.tolist() == [[0.5, -0.5], [0, 0]]


@pytest.mark.parametrize("actions", [[2, 0], [-1, 0], [[0], [1]], [0], [0.5, 1.0], [True, False]])
def test_behaviour_cloning_refuses_actions_that_do_not_fit(actions):
    with pytest.raises(ValueError, match="expected"):
        behaviour_cloning_loss(torch.zeros(2, 2), torch.tensor(actions))


# actor-critic
def test_actor_critic_loss_by_hand():
    numbers = [torch.tensor(x) for x in ([-1.0, -2.0], [1.0, 2.0], [3.0, 5.0], [4.0, 0.0], [0.5, 0.7])]
    expected = (3 + 10) / 2 + 0.5 * (9 + 4) / 2 - 0.1 * (0.5 + 0.7) / 2
    assert actor_critic_loss(*numbers, 0.5, 0.1).item() == pytest.approx(expected)
    assert actor_critic_loss(*numbers, value_coef=0.5, entropy_coef=0.1).item() == pytest.approx(expected)


def test_actor_critic_gradients_reach_what_they_should_and_nothing_else():
    log_probs, values, advantages, targets, entropies = inputs = [leaf(4, seed=i) for i in range(5)]
    actor_critic_loss(*inputs, 0.5, 0.1).backward()
    assert advantages.grad is None
    assert targets.grad is None
    close(log_probs.grad, -advantages.detach() / 4)
    close(values.grad, 0.5 * 2 * (values - targets).detach() / 4)
    close(entropies.grad, [-0.1 / 4] * 4)


def test_the_critic_in_the_advantage_is_not_trained_by_the_actor():
    value, log_prob = leaf(4), leaf(4, seed=1)
    returns = draw(4, seed=2)
    actor_critic_loss(log_prob, value, returns - value, 0.9 * value + 1, value * 0, 0.0, 0.0).backward()
    assert value.grad.abs().max() == 0


# ratios and clipping
def test_ratio_and_its_gradient():
    log_probs, old = (
        torch.tensor([0.3, 0.1]).log().requires_grad_(),
        torch.tensor([0.1, 0.2]).log().requires_grad_(),
    )
    rho = ratio(log_probs, old)
    torch.testing.assert_close(rho.detach(), torch.tensor([3.0, 0.5]))
    rho.sum().backward()
    torch.testing.assert_close(log_probs.grad, torch.tensor([3.0, 0.5]))  # dρ / d log π = ρ
    assert old.grad is None


@pytest.mark.parametrize(
    ("rho", "advantage", "value", "slope"),
    [  # value and d value / d log π of min(ρ Â, clamp(ρ, 0.8, 1.2) Â): the four cases, and no clip
        (1.5, 2.0, 1.2 * 2, 0.0),  # good, and already much more likely: nothing to win
        (0.5, 2.0, 0.5 * 2, 0.5 * 2),  # good, but less likely: pull back
        (1.5, -2.0, 1.5 * -2, 1.5 * -2),  # bad, but more likely: pull back
        (0.5, -2.0, 0.8 * -2, 0.0),  # bad, and already much less likely: nothing to win
        (1.1, 2.0, 1.1 * 2, 1.1 * 2),
        (0.9, -2.0, 0.9 * -2, 0.9 * -2),
        (1.0, 2.0, 2.0, 2.0),
        (1.0, -2.0, -2.0, -2.0),
        (1.5, 0.0, 0.0, 0.0),
    ],
)
def test_ppo_clip_in_its_four_cases(rho, advantage, value, slope):
    old = torch.tensor([-0.7], dtype=torch.float64, requires_grad=True)
    log_probs = (old.detach() + math.log(rho)).requires_grad_()
    advantages = torch.tensor([advantage], dtype=torch.float64, requires_grad=True)
    loss = ppo_clip_loss(log_probs, old, advantages, 0.2)
    close(loss, -value)
    loss.backward()
    close(log_probs.grad, [-slope])
    assert old.grad is None
    assert advantages.grad is None


def test_ppo_clip_loss_is_the_mean_of_its_definition():
    log_probs, old, advantages = draw(200), draw(200, seed=1), draw(200, seed=2)
    terms = []
    for new, was, advantage in zip(log_probs.tolist(), old.tolist(), advantages.tolist(), strict=True):
        rho = math.exp(new - was)
        terms.append(min(rho * advantage, min(max(rho, 0.7), 1.3) * advantage))
    close(ppo_clip_loss(log_probs, old, advantages, clip=0.3), -sum(terms) / 200)
    close(ppo_clip_loss(log_probs, old, advantages), ppo_clip_loss(log_probs, old, advantages, 0.2))


def test_at_the_old_policy_ppo_has_the_policy_gradient():
    log_probs, advantages = leaf(6), draw(6, seed=1)
    (ppo,) = torch.autograd.grad(ppo_clip_loss(log_probs, log_probs, advantages), log_probs)
    (plain,) = torch.autograd.grad(policy_gradient_loss(log_probs, advantages), log_probs)
    close(ppo, plain)


def test_an_exploded_ratio_leaves_the_clipped_gradient_finite():
    log_probs = torch.tensor([200.0, 200.0, -200.0, -200.0], requires_grad=True)
    loss = ppo_clip_loss(log_probs, torch.zeros(4), torch.tensor([1.0, 0.0, 1.0, -1.0]), 0.2)
    assert loss.item() == pytest.approx(-(1.2 + 0 + 0 - 0.8) / 4)
    loss.backward()
    assert log_probs.grad.tolist() == [0, 0, 0, 0]


def test_clip_fraction_counts_both_sides_and_has_no_gradient():
    rho = torch.tensor([0.5, 0.79, 0.81, 1.0, 1.19, 1.21, 3.0, 1.0])
    log_probs = rho.log().requires_grad_()
    share = clip_fraction(log_probs, torch.zeros(8), 0.2)
    assert share.item() == 4 / 8
    assert not share.requires_grad
    assert clip_fraction(log_probs, log_probs, 0.0).item() == 0


def test_clip_fraction_of_a_broken_policy_is_nan_and_of_an_infinite_ratio_one():
    broken, whole = torch.tensor([math.nan, 0.0, 1.0]), torch.zeros(3)
    assert clip_fraction(broken, whole).isnan()
    assert clip_fraction(whole, broken).isnan()
    assert clip_fraction(torch.tensor([1e4, -1e4]), torch.zeros(2)).item() == 1


# divergences
def exact_kl(left, right):
    return (left.softmax(-1) * (left.log_softmax(-1) - right.log_softmax(-1))).sum()


def test_approx_kl_is_exact_in_expectation_with_its_gradient():
    old, new = draw(5), leaf(5, seed=1)
    # all five actions, each weighted by its probability under the policy that draws
    terms = [approx_kl(new.log_softmax(0)[[a]], old.log_softmax(0)[[a]]) for a in range(5)]
    expectation = (old.softmax(0) * torch.stack(terms)).sum()
    close(expectation, exact_kl(old, new))
    (ours,) = torch.autograd.grad(expectation, new)
    (truth,) = torch.autograd.grad(exact_kl(old, new), new)
    close(ours, truth)


def test_approx_kl_by_hand_and_without_gradient_into_the_old():
    log_probs, old = torch.tensor([0.0, 0.0]), torch.tensor([-math.log(2), math.log(4)], requires_grad=True)
    loss = approx_kl(log_probs.requires_grad_(), old)  # ratios 2 and 1/4
    assert loss.item() == pytest.approx((1 - math.log(2) + (-0.75) + math.log(4)) / 2)
    loss.backward()
    assert old.grad is None


def test_small_divergences_keep_their_digits():
    # k3(x) = x²/2 + x³/6 + ...; exp(x) - 1 - x in float32 would leave nothing of it
    x = torch.tensor([1e-3, -1e-3, 1e-4])
    terms = torch.stack([approx_kl(x[[i]], torch.zeros(1)) for i in range(3)])
    torch.testing.assert_close(terms, x**2 / 2 + x**3 / 6, rtol=1e-2, atol=0)
    grid = torch.linspace(-1e-2, 1e-2, 20001)
    assert min(approx_kl(grid[[i]], torch.zeros(1)).item() for i in range(0, 20001, 100)) >= 0


def test_kl_penalty_value_and_what_its_gradient_estimates():
    policy, reference = leaf(5), leaf(5, seed=1)
    log_probs, reference_log_probs = policy.log_softmax(0)[None], reference.log_softmax(0)[None]
    weights = policy.softmax(0).detach()  # the samples are drawn and stay: no gradient through the drawing
    expectation = (weights * kl_penalty(log_probs, reference_log_probs)).sum()
    close(expectation, exact_kl(policy, reference))
    (ours,) = torch.autograd.grad(expectation, policy, retain_graph=True)
    (of_reversed,) = torch.autograd.grad(exact_kl(reference.detach(), policy), policy)
    (of_forward,) = torch.autograd.grad(exact_kl(policy, reference.detach()), policy)
    close(ours, of_reversed)
    assert (ours - of_forward).abs().max() > 0.01
    assert torch.autograd.grad(expectation, reference, allow_unused=True) == (None,)


def test_kl_penalty_keeps_the_tokens():
    log_probs, reference = draw(3, 4), draw(3, 4, seed=1)
    penalty = kl_penalty(log_probs, reference)
    for b in range(3):
        for i in range(4):
            difference = (reference[b, i] - log_probs[b, i]).item()
            assert penalty[b, i].item() == pytest.approx(math.exp(difference) - 1 - difference, rel=1e-9)


# tokens
@pytest.mark.parametrize("hidden", [math.nan, math.inf, -math.inf, 7.0])
def test_what_stands_behind_the_mask_is_ignored_in_value_and_gradient(hidden):
    x = torch.tensor([[1.0, 2.0, hidden], [6.0, hidden, hidden]], requires_grad=True)
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    for form in (mask.bool(), mask, mask.float()):
        x.grad = None
        mean = masked_mean(x, form)
        assert (
            mean.item() == (1 + 2 + 6) / 3
        )  # over tokens: the mean of sequence means would be (1.5 + 6) / 2
        mean.backward()
        torch.testing.assert_close(x.grad, mask / 3)


@pytest.mark.parametrize("hidden", [math.nan, math.inf, -math.inf, 7.0])
def test_grpo_loss_by_its_definition(hidden):
    log_probs, old, advantages = draw(3, 4), draw(3, 4, seed=1), leaf(3, seed=2)
    mask = torch.tensor([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]]).bool()
    terms, slopes = [], torch.zeros(3, 4, dtype=torch.float64)
    for b, i in mask.nonzero().tolist():
        rho, advantage = math.exp(log_probs[b, i] - old[b, i]), advantages[b].item()
        terms.append(min(rho * advantage, min(max(rho, 0.8), 1.2) * advantage))
        blocked = rho > 1.2 if advantage > 0 else rho < 0.8
        slopes[b, i] = 0 if blocked else -rho * advantage / 6
    assert len({*slopes[mask].tolist()}) > 2  # both clipped and unclipped tokens are in the data
    log_probs[~mask], old[~mask] = hidden, hidden
    log_probs.requires_grad_()
    old.requires_grad_()
    loss = grpo_loss(log_probs, old, advantages, mask, 0.2)
    close(loss, -sum(terms) / 6)
    loss.backward()
    close(log_probs.grad, slopes)
    assert old.grad is None
    assert advantages.grad is None


def test_an_advantage_without_tokens_is_ignored():
    mask = torch.tensor([[True, True], [False, False]])
    loss = grpo_loss(torch.zeros(2, 2), torch.zeros(2, 2), torch.tensor([3.0, math.nan]), mask, 0.2)
    assert loss.item() == -3


# refusals
def test_a_column_beside_a_row_is_refused_everywhere():
    row, column = torch.zeros(3), torch.zeros(3, 1)
    calls = [
        lambda: policy_gradient_loss(row, column),
        lambda: policy_gradient_loss(column, row),
        lambda: policy_gradient_loss(column, column),
        lambda: ratio(row, column),
        lambda: ppo_clip_loss(row, column, row),
        lambda: ppo_clip_loss(row, row, column),
        lambda: approx_kl(row, column),
        lambda: clip_fraction(row, column),
        lambda: kl_penalty(column, torch.zeros(3, 2)),
        lambda: kl_penalty(row, row),
        lambda: masked_mean(column, torch.ones(3, 2).bool()),
        lambda: grpo_loss(column, column, column, column.bool() | True, 0.2),
        lambda: grpo_loss(column, torch.zeros(3, 2), row, column.bool() | True, 0.2),
    ]
    for place in range(5):
        arguments = [row] * 5
        arguments[place] = column
        calls.append(lambda arguments=arguments: actor_critic_loss(*arguments, 0.5, 0.0))
    for call in calls:
        with pytest.raises(ValueError, match="expected shape"):
            call()


def test_nothing_real_and_a_negative_clip_are_refused():
    with pytest.raises(ValueError, match="real token"):
        masked_mean(torch.ones(2, 2), torch.zeros(2, 2).bool())
    for call in (ppo_clip_loss, lambda *a: clip_fraction(*a[:2], a[3])):
        with pytest.raises(ValueError, match="clip"):
            call(torch.ones(2), torch.ones(2), torch.ones(2), -0.1)
