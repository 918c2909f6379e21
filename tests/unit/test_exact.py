"""Exact answers against independent truths: hand algebra, autograd, central differences, plain simulation."""

import math

import pytest
import torch

from helpers.exact import (
    action_values,
    advantages,
    enumerate_trajectories,
    exact_moments,
    exact_policy_gradient,
    expected_return,
    optimal_action_values,
    state_values,
    visitation,
)
from helpers.sampling import sample_trajectories
from helpers.tabular import TabularMDP, same_in_every_state, world_from_steps
from helpers.worlds import (
    lottery_world,
    random_world,
    short_corridor,
    timeout_corridor,
    two_buttons,
    two_step_world,
)

DOUBLE = torch.float64


def a_case(seed: int) -> tuple[TabularMDP, torch.Tensor]:
    """A random world and random logits; sizes, gamma (1 included) and number of ends vary with the seed."""
    gamma = (0.0, 0.5, 0.9, 0.99, 1.0)[seed % 5]
    mdp = random_world(3 + seed % 4, 2 + seed % 3, seed, gamma, n_terminal=1 + seed % 2)
    generator = torch.Generator().manual_seed(1000 + seed)
    return mdp, torch.randn(mdp.n_states, mdp.n_actions, dtype=DOUBLE, generator=generator)


def always(action: int, mdp: TabularMDP) -> torch.Tensor:
    """The policy that takes one action everywhere."""
    return same_in_every_state(torch.eye(mdp.n_actions)[action], mdp.n_states)


def endless_world(gamma: float) -> TabularMDP:
    """One state, reward 1, for ever."""
    return TabularMDP(torch.ones(1, 1, 1), torch.ones(1, 1), torch.ones(1), gamma, torch.zeros(1))


# Values


@pytest.mark.parametrize("seed", range(40))
def test_values_leave_no_bellman_residual(seed):
    mdp, logits = a_case(seed)
    probs = logits.softmax(-1)
    v, q, a = state_values(mdp, probs), action_values(mdp, probs), advantages(mdp, probs)
    for state in range(mdp.n_states):
        if mdp.terminal[state]:
            assert v[state] == 0
            assert (q[state] == 0).all()
            assert (a[state] == 0).all()
            continue
        for action in range(mdp.n_actions):
            after = sum(mdp.transition[state, action, s] * v[s] for s in range(mdp.n_states))
            assert q[state, action].item() == pytest.approx(
                (mdp.reward[state, action] + mdp.gamma * after).item(), abs=1e-10
            )
        assert v[state].item() == pytest.approx((probs[state] @ q[state]).item(), abs=1e-10)
        assert (probs[state] @ a[state]).item() == pytest.approx(0.0, abs=1e-10)


def test_values_by_geometric_series():
    assert state_values(endless_world(0.9), torch.ones(1, 1)).item() == pytest.approx(1 / (1 - 0.9))
    # One live state that ends with probability 1/4 a step: 4 steps on average at reward 1, gamma = 1.
    leaky = world_from_steps(2, 1, {(0, 0): (1.0, {0: 0.75, 1: 0.25})})
    assert state_values(leaky, torch.ones(2, 1)).tolist() == pytest.approx([4.0, 0.0])


def test_short_corridor_by_hand():
    """With p = Pr(right) the Bellman equations of the corridor are, at reward -1 a step,

        v0 = -1 + p v1 + (1 - p) v0        =>  v1 = v0 + 1 / p
        v1 = -1 + p v0 + (1 - p) v2        =>  v2 = (v1 + 1 - p v0) / (1 - p)
        v2 = -1 + (1 - p) v1               (right ends)

    Putting v1 and v2 into the third: v0 (1 - (1 - p)) = ... = v0 p, which gives v0 = (2p - 4) / (p (1 - p)).
    Its derivative is 0 where 2 p (1 - p) = (2p - 4)(1 - 2p), that is p^2 - 4p + 2 = 0, so p = 2 - sqrt(2).
    """
    mdp = short_corridor()

    def value(p: float) -> float:
        return expected_return(mdp, same_in_every_state(torch.tensor([1 - p, p], dtype=DOUBLE), 4)).item()

    for p in (0.05, 0.3, 0.586, 0.95):
        v0 = (2 * p - 4) / (p * (1 - p))
        v1 = v0 + 1 / p
        v2 = -1 + (1 - p) * v1
        assert v1 == pytest.approx(
            -1 + p * v0 + (1 - p) * v2
        )  # the hand-made values solve all three equations
        assert value(p) == pytest.approx(v0, rel=1e-12)
    best = 2 - math.sqrt(2)
    assert best**2 - 4 * best + 2 == pytest.approx(0, abs=1e-12)
    assert value(best) > max(value(best - 1e-3), value(best + 1e-3))
    # (2p - 4) / (p (1 - p)) at 2 - sqrt 2: numerator -2 sqrt 2, denominator 3 sqrt 2 - 4.
    assert value(best) == pytest.approx(-2 * math.sqrt(2) / (3 * math.sqrt(2) - 4), rel=1e-12)
    assert round(value(best), 2) == -11.66
    epsilon = 0.1
    assert round(value(1 - epsilon / 2), 1) == -44.2
    assert round(value(epsilon / 2), 1) == -82.1


@pytest.mark.parametrize("seed", range(20))
def test_visitation_is_the_discounted_sum_over_time(seed):
    mdp, logits = a_case(seed)
    probs = logits.softmax(-1)
    step = torch.einsum("sa,sat->st", probs, mdp.transition)
    by_time, now, weight = torch.zeros(mdp.n_states, dtype=DOUBLE), mdp.start.clone(), 1.0
    for _ in range(4000):
        now = torch.where(mdp.terminal, 0.0, now)
        by_time, now, weight = by_time + weight * now, now @ step, weight * mdp.gamma
    torch.testing.assert_close(visitation(mdp, probs), by_time, rtol=1e-10, atol=1e-10)
    reward_rate = (probs * mdp.reward).sum(-1)
    assert (by_time @ reward_rate).item() == pytest.approx(expected_return(mdp, probs).item(), abs=1e-9)


# An end that is sure, and one that is not


@pytest.mark.parametrize("function", [state_values, action_values, advantages, expected_return, visitation])
def test_without_a_sure_end_gamma_one_is_refused_and_the_state_named(function):
    corridor = short_corridor()
    with pytest.raises(ValueError, match=r"state 0.*never reaches a terminal state"):
        function(corridor, always(1, corridor))
    half_blocked = always(1, corridor).clone()
    half_blocked[0] = torch.tensor([0.5, 0.5])  # from 0 to 1 and back, never to 3
    with pytest.raises(ValueError, match="state 0"):
        function(corridor, half_blocked)
    with pytest.raises(ValueError, match="state 0"):
        function(endless_world(1.0), torch.ones(1, 1))
    function(endless_world(0.99), torch.ones(1, 1))


def test_the_named_state_is_one_that_is_stuck():
    two_ways = world_from_steps(3, 1, {(0, 0): (0.0, {2: 1.0}), (1, 0): (0.0, {1: 1.0})})
    with pytest.raises(ValueError, match="from state 1 "):
        state_values(two_ways, torch.ones(3, 1))


def test_a_sure_end_is_enough_even_if_some_action_never_ends():
    corridor = timeout_corridor(length=3, gamma=1.0)
    probs = same_in_every_state(torch.tensor([0.5, 0.5]), 4)
    # E[steps] from k to go, fair walk with a wall on the left: h0 = 1 + h0/2 + h1/2, ..., so h = 12, 10, 6.
    assert state_values(corridor, probs).tolist() == pytest.approx([-12, -10, -6, 0])
    with pytest.raises(ValueError, match="gamma = 1"):
        state_values(corridor, always(0, corridor))


def test_a_chance_lost_in_rounding_is_no_sure_end():
    leaky = world_from_steps(2, 2, {(0, 0): (1.0, {0: 1.0}), (0, 1): (1.0, {1: 1.0})})
    with pytest.raises(ValueError, match="gamma = 1"):
        state_values(leaky, torch.tensor([[50.0, 0.0], [0.0, 0.0]], dtype=DOUBLE).softmax(-1))


@pytest.mark.parametrize(
    ("probs", "sentence"),
    [
        ([[1.0, 1.0], [0.5, 0.5]], r"probs\[0\].*sum to 1"),
        ([[1.5, -0.5], [0.5, 0.5]], r"probs\[0\]"),
        ([[math.nan, 1.0], [0.5, 0.5]], r"probs\[0\]"),
        ([[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]], r"probs: expected shape \[2, 2\], got \[2, 3\]"),
    ],
)
def test_what_is_no_policy_is_refused(probs, sentence):
    with pytest.raises(ValueError, match=sentence):
        expected_return(two_buttons(), torch.tensor(probs))


# The gradient


@pytest.mark.parametrize("seed", range(200))
def test_autograd_theorem_and_central_differences_agree(seed):
    mdp, logits = a_case(seed)

    def objective(table):
        return expected_return(mdp, table.softmax(-1))

    theorem = exact_policy_gradient(mdp, logits)
    leaf = logits.clone().requires_grad_()
    (autograd,) = torch.autograd.grad(objective(leaf), leaf)
    eps, differences = 1e-5, torch.zeros_like(logits)
    for state in range(mdp.n_states):
        for action in range(mdp.n_actions):
            moved = torch.zeros_like(logits)
            moved[state, action] = eps
            differences[state, action] = (objective(logits + moved) - objective(logits - moved)) / (2 * eps)
    torch.testing.assert_close(theorem, autograd, rtol=0, atol=1e-8)
    torch.testing.assert_close(theorem, differences, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_the_gradient_in_the_probabilities_is_visitation_times_q(seed):
    mdp, logits = a_case(seed)
    probs = logits.softmax(-1).requires_grad_()
    (autograd,) = torch.autograd.grad(expected_return(mdp, probs), probs)
    by_theorem = visitation(mdp, probs)[:, None] * action_values(mdp, probs)
    torch.testing.assert_close(autograd, by_theorem, rtol=1e-9, atol=1e-9)


def test_float32_logits_are_lifted_to_float64_with_their_graph():
    logits = torch.zeros(2, 2, requires_grad=True)
    value = expected_return(two_buttons(), logits.softmax(-1))
    assert value.dtype == DOUBLE
    (gradient,) = torch.autograd.grad(value, logits)
    # d(p - (1 - p)) / dlogit = 2 p (1 - p) = 1/2 for the good button, -1/2 for the other.
    assert gradient.tolist() == [[0.5, -0.5], [0.0, 0.0]]


def test_dropping_gamma_to_the_t_turns_the_two_step_gradient_round():
    mdp, logits = two_step_world(), torch.zeros(3, 2)
    shared = exact_policy_gradient(mdp, logits).sum(0)[1].item()
    assert shared == pytest.approx(0.5 * (1 - 0.5) * (1 - 0.5 * 1.5)) == pytest.approx(0.0625)

    def reward_to_go(trajectory):
        first, second = trajectory.rewards.tolist()
        return [first + 0.5 * second, second]

    mean, _ = exact_moments(mdp, logits, reward_to_go, horizon=2)
    assert mean.reshape(3, 2).sum(0)[1].item() == pytest.approx(0.25 * (1 - 1.5)) == pytest.approx(-0.125)


# The optimum


@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_beats_every_deterministic_policy_and_is_one_of_them(seed):
    mdp, _ = a_case(seed % 20)
    if mdp.n_states > 4:
        mdp = random_world(4, 2, seed, mdp.gamma)
    q = optimal_action_values(mdp)
    live = int((~mdp.terminal).sum())
    choices = torch.cartesian_prod(*[torch.arange(mdp.n_actions)] * live).reshape(-1, live)
    returns = []
    for choice in choices:
        probs = torch.eye(mdp.n_actions, dtype=DOUBLE)[
            torch.cat([choice, torch.zeros(mdp.n_states - live).long()])
        ]
        returns.append(state_values(mdp, probs))
    best = torch.stack(returns).amax(0)
    torch.testing.assert_close(q.amax(1), best, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(q, mdp.reward + mdp.gamma * mdp.transition @ best, rtol=1e-9, atol=1e-9)


def test_a_tie_with_an_endless_action_is_no_trap():
    # Staying is free and going pays 1: both are worth 1 at gamma = 1, but only going ever ends.
    mdp = world_from_steps(2, 2, {(0, 0): (0.0, {0: 1.0}), (0, 1): (1.0, {1: 1.0})})
    assert optimal_action_values(mdp)[0].tolist() == pytest.approx([1.0, 1.0])


def test_a_return_without_bound_is_refused():
    mdp = world_from_steps(2, 2, {(0, 0): (1.0, {0: 1.0}), (0, 1): (0.0, {1: 1.0})})
    with pytest.raises(ValueError, match="gamma = 1"):
        optimal_action_values(mdp)


# Every trajectory


@pytest.mark.parametrize("seed", range(20))
def test_enumerated_probabilities_sum_to_one_and_give_the_return(seed):
    mdp, logits = a_case(seed)
    probs = logits.softmax(-1)
    horizon = 2 if mdp.n_states > 3 else 3
    records = enumerate_trajectories(mdp, probs, horizon)
    assert sum(record.probability for record in records).item() == pytest.approx(1.0, abs=1e-12)
    by_hand, values = 0.0, torch.zeros(mdp.n_states, dtype=DOUBLE)
    for record in records:
        states, actions = record.states.tolist(), record.actions.tolist()
        probability = mdp.start[states[0]]
        for t, action in enumerate(actions):
            probability = (
                probability * probs[states[t], action] * mdp.transition[states[t], action, states[t + 1]]
            )
            assert record.rewards[t] == mdp.reward[states[t], action]
            assert not mdp.terminal[states[t]]
            by_hand += record.probability * mdp.gamma**t * record.rewards[t]
        assert record.probability.item() == pytest.approx(probability.item(), rel=1e-12)
        assert record.terminated == bool(mdp.terminal[states[-1]])
        assert record.truncated == (not record.terminated)
        assert len(record) == len(actions) == len(states) - 1 <= horizon
        assert record.terminated or len(record) == horizon
    for _ in range(horizon):  # value iteration: exactly the return of so many steps
        values = torch.where(
            mdp.terminal, 0.0, (probs * (mdp.reward + mdp.gamma * mdp.transition @ values)).sum(-1)
        )
    assert by_hand.item() == pytest.approx((mdp.start @ values).item(), abs=1e-10)
    unique = {(tuple(r.states.tolist()), tuple(r.actions.tolist())) for r in records}
    assert len(unique) == len(records)


def test_impossible_trajectories_are_left_out():
    corridor = short_corridor()
    records = enumerate_trajectories(corridor, always(1, corridor), horizon=4)
    assert [record.states.tolist() for record in records] == [[0, 1, 0, 1, 0]]
    assert records[0].probability == 1.0
    # Lottery by hand: round one ends without a prize in 2 ways (work, lost ticket), with one in 1 way;
    # round two ends at once by work or a lost ticket, or after state 3 by either action: 4 ways.
    assert len(enumerate_trajectories(lottery_world(), torch.full((5, 2), 0.5), horizon=9)) == (2 + 1) * 4


def test_an_explosion_is_refused_with_its_size():
    mdp = random_world(3, 2, seed=0, n_terminal=0)
    with pytest.raises(ValueError, match=rf"got {3 * 6**8:,} within 8 actions"):
        enumerate_trajectories(mdp, torch.full((3, 2), 0.5), horizon=8)
    with pytest.raises(ValueError, match="at most 100 "):
        exact_moments(mdp, torch.zeros(3, 2), lambda trajectory: trajectory.rewards, horizon=3, limit=100)
    assert len(enumerate_trajectories(mdp, torch.full((3, 2), 0.5), horizon=2)) == 3 * 6**2
    with pytest.raises(ValueError, match="horizon"):
        enumerate_trajectories(mdp, torch.full((3, 2), 0.5), horizon=0)


def test_the_dynamics_cancel():
    """grad log p(tau), by autograd through start, policy and dynamics, is the sum of the policy's scores."""
    mdp = random_world(4, 2, seed=3)
    logits = torch.randn(4, 2, dtype=DOUBLE, generator=torch.Generator().manual_seed(4)).requires_grad_()
    records = enumerate_trajectories(mdp, logits.softmax(-1), horizon=3)
    assert len(records) > 100
    for record in records[::7]:
        (whole,) = torch.autograd.grad(record.probability.log(), logits, retain_graph=True)
        by_policy = torch.zeros(4, 2, dtype=DOUBLE)
        for state, action in zip(record.states.tolist(), record.actions.tolist(), strict=False):
            by_policy[state] += torch.eye(2, dtype=DOUBLE)[action] - logits[state].detach().softmax(-1)
        torch.testing.assert_close(whole, by_policy, rtol=0, atol=1e-10)


# Moments


def discounted_total(gamma):
    return lambda trajectory: (
        [sum(gamma**t * r for t, r in enumerate(trajectory.rewards.tolist()))] * len(trajectory)
    )


def test_moments_of_one_decision_by_hand():
    """Two buttons, p_0 = 0.3: a logit has variance p_0 p_1 (0 - b*)^2, b* = p_1 R_0 + p_0 R_1 = 0.4 + shift."""
    logits = torch.tensor([[0.3, 0.7], [0.5, 0.5]], dtype=DOUBLE).log()
    for shift, variance in ((0.0, 0.21 * 0.4**2), (100.0, 0.21 * 100.4**2)):
        mean, covariance = exact_moments(
            two_buttons(shift), logits, lambda trajectory: trajectory.rewards, horizon=1
        )
        assert mean.tolist() == pytest.approx([2 * 0.21, -2 * 0.21, 0, 0])
        assert covariance.diag()[:2].tolist() == pytest.approx([variance, variance])
        assert covariance[0, 1].item() == pytest.approx(-variance)
        assert covariance[2:].abs().max() == 0


@pytest.mark.parametrize("seed", range(10))
def test_in_a_world_that_ends_in_time_the_mean_is_the_exact_gradient(seed):
    layered, generator = {}, torch.Generator().manual_seed(seed)
    for state, following in ((0, (1, 2)), (1, (3, 4)), (2, (3, 4)), (3, (4,))):
        for action in range(3):
            chances = torch.rand(len(following), generator=generator, dtype=DOUBLE)
            chances = dict(zip(following, (chances / chances.sum()).tolist(), strict=True))
            layered[state, action] = (torch.randn((), generator=generator).item(), chances)
    mdp = world_from_steps(5, 3, layered, gamma=0.8)
    logits = torch.randn(5, 3, dtype=DOUBLE, generator=generator)
    mean, covariance = exact_moments(mdp, logits, discounted_total(0.8), horizon=3)
    torch.testing.assert_close(mean, exact_policy_gradient(mdp, logits).flatten(), rtol=0, atol=1e-12)
    assert torch.linalg.eigvalsh(covariance).min() > -1e-12


def test_moments_by_enumeration_are_moments_by_sampling():
    mdp, n = random_world(3, 2, seed=5), 20_000
    logits = torch.tensor([[0.5, -0.3], [-1.0, 0.4], [9.0, 9.0]], dtype=DOUBLE)
    probs, horizon = logits.softmax(-1), 4

    def weights(trajectory):  # nothing symmetric: depends on time and on what follows
        return trajectory.rewards.flip(0).cumsum(0).flip(0) * 0.9 ** torch.arange(len(trajectory.rewards))

    mean, covariance = exact_moments(mdp, logits, weights, horizon)
    samples = torch.zeros(n, 3, 2, dtype=DOUBLE)
    sampled = sample_trajectories(mdp, probs, n, horizon, torch.Generator().manual_seed(0))
    for sample, trajectory in zip(samples, sampled, strict=True):
        visited, taken = trajectory.states[:-1], torch.nn.functional.one_hot(trajectory.actions, 2)
        sample.index_add_(0, visited, weights(trajectory)[:, None] * (taken - probs[visited]))
    samples = samples.flatten(1)
    errors = samples.std(0) / math.sqrt(n)
    assert ((samples.mean(0) - mean).abs() <= 4 * errors + 1e-12).all()
    products = (samples - mean)[:, :, None] * (samples - mean)[:, None, :]
    errors = products.std(0) / math.sqrt(n)
    assert ((products.mean(0) - covariance).abs() <= 4 * errors + 1e-12).all()


def test_a_weight_function_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"weight_fn\(trajectory\): expected shape \[1\], got \[2\]"):
        exact_moments(two_buttons(), torch.zeros(2, 2), lambda trajectory: trajectory.states, horizon=1)


# Sampling


def test_sampled_trajectories_have_the_enumerated_frequencies():
    mdp, n = lottery_world(), 20_000
    probs = torch.tensor([[0.6, 0.4]] * 5, dtype=DOUBLE)
    counts: dict = {}
    for trajectory in sample_trajectories(mdp, probs, n, 2, torch.Generator().manual_seed(1)):
        key = (tuple(trajectory.states.tolist()), tuple(trajectory.actions.tolist()))
        counts[key] = counts.get(key, 0) + 1
        assert trajectory.rewards.tolist() == mdp.reward[trajectory.states[:-1], trajectory.actions].tolist()
        assert trajectory.terminated == (trajectory.states[-1] == 4)
        assert trajectory.truncated != trajectory.terminated
    records = enumerate_trajectories(mdp, probs, horizon=2)
    assert {(tuple(r.states.tolist()), tuple(r.actions.tolist())) for r in records} == set(counts)
    for record in records:
        seen = counts[tuple(record.states.tolist()), tuple(record.actions.tolist())]
        p = record.probability.item()
        assert abs(seen - n * p) <= 4 * math.sqrt(n * p * (1 - p))


def test_a_start_in_a_terminal_state_is_an_episode_without_actions():
    mdp = TabularMDP(torch.full((2, 1, 2), 0.5), torch.ones(2, 1), [0.25, 0.75], 0.9, [False, True])
    probs = torch.ones(2, 1)
    records = enumerate_trajectories(mdp, probs, horizon=2)
    assert [len(record) for record in records] == [0, 1, 2, 2]
    assert records[0].probability == 0.75
    assert expected_return(mdp, probs).item() == pytest.approx(0.25 / (1 - 0.9 * 0.5))
    assert visitation(mdp, probs).tolist() == pytest.approx([0.25 / (1 - 0.9 * 0.5), 0.0])
    for trajectory in sample_trajectories(mdp, probs, 20, 2, torch.Generator().manual_seed(0)):
        assert len(trajectory.states) == len(trajectory.actions) + 1 == len(trajectory.rewards) + 1
        assert (len(trajectory.actions) == 0) == (trajectory.states[0] == 1)


def test_optimal_values_near_gamma_one_come_to_an_end():
    mdp = random_world(6, 3, seed=1, gamma=1 - 1e-9, n_terminal=0)
    q = optimal_action_values(mdp)
    residual = mdp.reward + mdp.gamma * mdp.transition @ q.amax(1) - q
    assert residual.abs().max() < 1e-6 * q.abs().max()


def test_the_generator_alone_decides_what_is_sampled():
    mdp, probs = random_world(4, 3, seed=2), torch.full((4, 3), 1 / 3)
    before = torch.get_rng_state()
    first, again = (sample_trajectories(mdp, probs, 5, 6, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(before, torch.get_rng_state())
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one.states, other.states)
        assert torch.equal(one.actions, other.actions)
        assert len(one.states) == len(one.actions) + 1 == len(one.rewards) + 1 <= 7
