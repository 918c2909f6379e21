"""Returns, TD errors and advantages against the double sums of their definitions, episode by episode."""

import itertools
import time

import numpy as np
import pytest
import torch
from draws import draw

from helpers.returns import (
    bootstrap_values,
    discounted_weights,
    episode_return,
    gae,
    n_step_returns,
    potential_shaping,
    rewards_to_go,
    td_errors,
)

SHARES = [0.0, 0.3, 0.9, 1.0]


def close(left, right):
    torch.testing.assert_close(left, torch.as_tensor(right, dtype=left.dtype), rtol=1e-10, atol=1e-10)


# The definitions, as double sums over one episode
def slow_rewards_to_go(rewards, gamma):
    return [sum(gamma ** (k - t) * rewards[k] for k in range(t, len(rewards))) for t in range(len(rewards))]


def slow_td_errors(rewards, values, gamma):
    return [rewards[t] + gamma * values[t + 1] - values[t] for t in range(len(rewards))]


def slow_gae(rewards, values, gamma, lam):
    deltas = slow_td_errors(rewards, values, gamma)
    return [
        sum((gamma * lam) ** (k - t) * deltas[k] for k in range(t, len(deltas))) for t in range(len(deltas))
    ]


def slow_n_step_returns(rewards, values, gamma, n):
    results = []
    for t in range(len(rewards)):
        m = min(n, len(rewards) - t)
        results.append(sum(gamma**k * rewards[t + k] for k in range(m)) + gamma**m * values[t + m])
    return results


def test_hand_arithmetic():
    rewards, values = torch.tensor([1, 2, 4]), torch.tensor([8.0, 4.0, 2.0, 1.0])
    assert rewards_to_go(rewards, 0.5).tolist() == [1 + 0.5 * (2 + 0.5 * 4), 2 + 0.5 * 4, 4]
    assert rewards_to_go(rewards).tolist() == [7, 6, 4]
    assert rewards_to_go(rewards, 0.0).tolist() == [1, 2, 4]
    assert discounted_weights(rewards, 0.5).tolist() == [3, 0.5 * 4, 0.25 * 4]
    assert discounted_weights(rewards, 0.0).tolist() == [1, 0, 0]  # 0^0 = 1
    assert td_errors(rewards, values, 0.5).tolist() == [1 + 2 - 8, 2 + 1 - 4, 4 + 0.5 - 2]
    assert gae(rewards, values, 0.5, 0.5).tolist() == [-5 + 0.25 * (-1 + 0.25 * 2.5), -1 + 0.25 * 2.5, 2.5]
    assert n_step_returns(rewards, values, 0.5, 2).tolist() == [1 + 1 + 0.25 * 2, 2 + 2 + 0.25 * 1, 4 + 0.5]


@pytest.mark.parametrize("length", [1, 2, 7])
@pytest.mark.parametrize("gamma", SHARES)
def test_one_episode_against_double_sums(length, gamma):
    rewards, values = draw(length), draw(length + 1, seed=1)
    close(rewards_to_go(rewards, gamma), slow_rewards_to_go(rewards, gamma))
    close(
        discounted_weights(rewards, gamma),
        [gamma**t * g for t, g in enumerate(slow_rewards_to_go(rewards, gamma))],
    )
    close(td_errors(rewards, values, gamma), slow_td_errors(rewards, values, gamma))
    close(potential_shaping(rewards, values, gamma), slow_td_errors(rewards, values, gamma))
    for lam in SHARES:
        close(gae(rewards, values, gamma, lam), slow_gae(rewards, values, gamma, lam))
    for n in (1, 2, 3, length, length + 5):
        close(n_step_returns(rewards, values, gamma, n), slow_n_step_returns(rewards, values, gamma, n))


@pytest.mark.parametrize("length", [1, 2, 7])
@pytest.mark.parametrize("gamma", SHARES)
def test_a_block_is_its_columns_side_by_side(length, gamma):
    rewards, values = draw(length, 3), draw(length + 1, 3, seed=1)
    for block, column in [
        (rewards_to_go(rewards, gamma), lambda i: rewards_to_go(rewards[:, i], gamma)),
        (discounted_weights(rewards, gamma), lambda i: discounted_weights(rewards[:, i], gamma)),
        (td_errors(rewards, values, gamma), lambda i: td_errors(rewards[:, i], values[:, i], gamma)),
        (gae(rewards, values, gamma, 0.7), lambda i: gae(rewards[:, i], values[:, i], gamma, 0.7)),
        (
            n_step_returns(rewards, values, gamma, 3),
            lambda i: n_step_returns(rewards[:, i], values[:, i], gamma, 3),
        ),
        (
            potential_shaping(rewards, values, gamma),
            lambda i: potential_shaping(rewards[:, i], values[:, i], gamma),
        ),
    ]:
        assert block.shape == rewards.shape
        close(block, torch.stack([column(i) for i in range(3)], dim=1))


def test_identities_that_hold_for_any_numbers():
    rewards, values, gamma = draw(9), draw(10, seed=1), 0.8
    close(gae(rewards, values, gamma, 0.0), td_errors(rewards, values, gamma))
    # lam = 1 telescopes to the return bootstrapped at the end, less the value
    bootstrapped = (
        rewards_to_go(rewards, gamma)
        + gamma ** torch.arange(9.0, 0.0, -1.0, dtype=torch.float64) * values[-1]
    )
    close(gae(rewards, values, gamma, 1.0), bootstrapped - values[:-1])
    close(n_step_returns(rewards, values, gamma, 9), bootstrapped)
    close(n_step_returns(rewards, values, gamma, 1) - values[:-1], td_errors(rewards, values, gamma))
    # the weights (1 - lam) lam^(n-1) mix n-step returns into the same advantage (from T on they are all one)
    lam = 0.6
    mixture = sum(
        (1 - lam) * lam ** (n - 1) * n_step_returns(rewards, values, gamma, n) for n in range(1, 200)
    )
    close(gae(rewards, values, gamma, lam), mixture - values[:-1])


def test_shaping_moves_every_return_by_the_same_potential_whatever_was_done():
    potentials, gamma = draw(8, seed=2), 0.9
    for seed in (3, 4):  # two ways through the same states
        rewards = draw(7, seed=seed)
        shift = rewards_to_go(potential_shaping(rewards, potentials, gamma), gamma) - rewards_to_go(
            rewards, gamma
        )
        close(shift[0], gamma**7 * potentials[7] - potentials[0])


def split(n_steps, ends):
    """Where episodes begin and stop in one column."""
    stops = [t + 1 for t in range(n_steps) if ends[t]]
    edges = sorted({0, *stops, n_steps})
    return list(itertools.pairwise(edges))


@pytest.mark.parametrize("gamma", SHARES)
def test_nothing_crosses_the_end_of_an_episode(gamma):
    n_steps, n_envs = 23, 4
    random = np.random.default_rng(5)
    rewards, values, final_values = (
        draw(n_steps, n_envs),
        draw(n_steps + 1, n_envs, seed=1),
        draw(n_steps, n_envs, seed=2),
    )
    terminated = torch.from_numpy(random.random((n_steps, n_envs)) < 0.2)
    truncated = torch.from_numpy(random.random((n_steps, n_envs)) < 0.2)
    terminated[-1], truncated[-1] = torch.tensor([[True, False, True, False], [False, True, True, False]])
    ends = terminated | truncated
    final_values[~ends] = torch.nan  # looked at only where an episode ends
    keep_apart = {"next_values": bootstrap_values(final_values, terminated, truncated), "ends": ends}
    blocks = {
        "rewards_to_go": rewards_to_go(rewards, gamma, ends=ends),
        "td_errors": td_errors(rewards, values, gamma, **keep_apart),
        "gae": gae(rewards, values, gamma, 0.7, **keep_apart),
        **{f"n = {n}": n_step_returns(rewards, values, gamma, n, **keep_apart) for n in (1, 3, 23, 50)},
    }
    for i in range(n_envs):
        for begin, stop in split(n_steps, ends[:, i]):
            episode = rewards[begin:stop, i]
            after = values[stop, i] if not ends[stop - 1, i] else final_values[stop - 1, i]
            after = torch.zeros(()) if terminated[stop - 1, i] else after
            known = [*values[begin:stop, i], after]
            expected = {
                "rewards_to_go": slow_rewards_to_go(episode, gamma),
                "td_errors": slow_td_errors(episode, known, gamma),
                "gae": slow_gae(episode, known, gamma, 0.7),
                **{f"n = {n}": slow_n_step_returns(episode, known, gamma, n) for n in (1, 3, 23, 50)},
            }
            for name, block in blocks.items():
                close(block[begin:stop, i], expected[name])


def test_a_time_limit_keeps_its_value_and_an_end_loses_it():
    values = torch.tensor([[1.0, 2.0], [torch.nan, 4.0], [5.0, torch.inf]])
    terminated = torch.tensor([[False, False], [True, False], [True, True]])
    truncated = torch.tensor([[False, True], [True, False], [False, True]])
    assert bootstrap_values(values, terminated, truncated).tolist() == [[1, 2], [0, 4], [0, 0]]
    assert bootstrap_values(values, terminated.int(), truncated.float()).tolist() == [[1, 2], [0, 4], [0, 0]]
    assert bootstrap_values(values[:, 1], terminated[:, 1], truncated[:, 1]).tolist() == [2, 4, 0]


def test_integers_are_taken_as_floats_and_inputs_stay_as_they_were():
    rewards = torch.tensor([0, 0, 1])
    assert rewards_to_go(rewards, 0.5).tolist() == [0.25, 0.5, 1]  # truncated to 0, 0, 1 if done on integers
    assert discounted_weights(rewards, 0.5).tolist() == [0.25, 0.25, 0.25]
    assert td_errors(rewards, torch.tensor([0, 0, 0, 1]), 0.5).tolist() == [0, 0, 1.5]
    assert rewards.tolist() == [0, 0, 1]
    floats = torch.tensor([1.0, 1.0])
    rewards_to_go(floats)
    assert floats.tolist() == [1, 1]
    assert rewards_to_go(np.array([1, 2]), 0.5).tolist() == [2, 2]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_dtype_stays(dtype):
    rewards, values = draw(5, 2).to(dtype), draw(6, 2).to(dtype)
    for result in (
        rewards_to_go(rewards, 0.9),
        discounted_weights(rewards, 0.9),
        td_errors(rewards, values, 0.9),
        gae(rewards, values, 0.9, 0.9),
        n_step_returns(rewards, values, 0.9, 2),
        n_step_returns(rewards, values, 0.9, 9),
        potential_shaping(rewards, values, 0.9),
    ):
        assert result.dtype == dtype


def test_gradients_flow_and_agree_with_finite_differences():
    rewards, values = draw(4, 2).requires_grad_(), draw(5, 2, seed=1).requires_grad_()
    ends = torch.tensor([[0, 0], [1, 0], [0, 0], [0, 1]]).bool()
    final = draw(4, 2, seed=2).requires_grad_()
    for function in (
        lambda r, v, w: rewards_to_go(r, 0.9),
        lambda r, v, w: discounted_weights(r, 0.9),
        lambda r, v, w: gae(r, v, 0.9, 0.8),
        lambda r, v, w: gae(r, v, 0.9, 0.8, next_values=w, ends=ends),
        lambda r, v, w: n_step_returns(r, v, 0.9, 2, next_values=w, ends=ends),
        lambda r, v, w: n_step_returns(r, v, 0.9, 9, next_values=w, ends=ends),
    ):
        assert torch.autograd.gradcheck(function, (rewards, values, final))
        # with and without a graph the numbers are the same
        plain = function(rewards.detach(), values.detach(), final.detach())
        close(plain, function(rewards, values, final).detach())


def test_an_empty_stretch_gives_an_empty_answer():
    assert rewards_to_go(torch.zeros(0), 0.9).shape == (0,)
    assert gae(torch.zeros(0, 3), torch.zeros(1, 3), 0.9, 0.9).shape == (0, 3)
    assert n_step_returns(torch.zeros(0, 3), torch.zeros(1, 3), 0.9, 2).shape == (0, 3)


def test_bad_input_is_refused_with_what_was_expected():
    rewards, values = torch.zeros(4, 2), torch.zeros(5, 2)
    for bad in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"gamma.*\[0, 1\]"):
            rewards_to_go(rewards, bad)
        with pytest.raises(ValueError, match=r"lam.*\[0, 1\]"):
            gae(rewards, values, 0.9, bad)
    for function in (td_errors, potential_shaping):
        with pytest.raises(ValueError, match=r"T\+1"):
            function(rewards, values[:4], 0.9)
        with pytest.raises(ValueError, match="expected shape"):
            function(rewards, values[:, 0], 0.9)
    with pytest.raises(ValueError, match="expected shape"):
        rewards_to_go(torch.zeros(2, 2, 2))
    with pytest.raises(ValueError, match="ends"):
        rewards_to_go(rewards, 0.9, ends=torch.zeros(4, 1).bool())
    for bad in (0, 1.5):
        with pytest.raises(ValueError, match="n: expected"):
            n_step_returns(rewards, values, 0.9, bad)
    with pytest.raises(ValueError, match="potentials: expected shape"):
        potential_shaping(rewards, values[:4], 0.9)
    for half in ({"ends": rewards.bool()}, {"next_values": rewards}):
        with pytest.raises(ValueError, match="both or neither"):
            gae(rewards, values, 0.9, 0.9, **half)
    with pytest.raises(ValueError, match="terminated"):
        bootstrap_values(rewards, rewards[:, :1].bool(), rewards.bool())


def test_a_whole_block_is_at_least_fifty_times_faster_than_a_loop_over_episodes():
    n_steps, n_envs, sample = 1000, 256, 4
    rewards, values = draw(n_steps, n_envs).float(), draw(n_steps + 1, n_envs).float()

    def per_episode():  # over a few environments only; the whole block takes n_envs / sample times as long
        for i in range(sample):
            advantage, advantages = 0.0, [0.0] * n_steps
            for t in reversed(range(n_steps)):
                delta = rewards[t, i] + 0.99 * values[t + 1, i] - values[t, i]
                advantages[t] = advantage = delta + 0.99 * 0.95 * advantage

    def seconds(function, repeats):
        times = []
        for _ in range(repeats):
            begin = time.process_time()  # what this process had of the processor, however busy the machine is
            function()
            times.append(time.process_time() - begin)
        return min(times)

    slow = seconds(per_episode, 2) * n_envs / sample
    assert slow / seconds(lambda: gae(rewards, values, 0.99, 0.95), 5) >= 50


def test_an_episode_returns_the_sum_of_its_rewards():
    assert episode_return(torch.tensor([1, -2, 4])) == 1 - 2 + 4
    assert episode_return(torch.tensor([0.5])).dtype == torch.float32
    assert episode_return(torch.zeros(0)) == 0
    with pytest.raises(ValueError, match=r"rewards: expected shape \[T\]"):
        episode_return(torch.zeros(2, 2))
