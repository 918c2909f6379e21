"""Rollouts against a counting environment whose every observation is known by hand, and against Gymnasium."""

import random
import sys

import gymnasium as gym
import numpy as np
import pytest
import torch
from counting_env import Counting
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from helpers.envs import cartpole_at, make_envs
from helpers.policies import BetaPolicy, CategoricalPolicy, GaussianPolicy
from helpers.rollouts import collect, collect_episodes, play

BOTH_MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]


def counting_envs(mode, lengths=(2, 3), limits=(False, True)):
    makers = [lambda n=n, limit=limit: Counting(n, limit) for n, limit in zip(lengths, limits, strict=True)]
    return SyncVectorEnv(makers, autoreset_mode=mode)


def coin(obs):
    """A policy that takes no generator: it draws from torch's global one."""
    return torch.randint(2, (len(obs),))


def numpy_coin(obs):
    return np.random.randint(2, size=len(obs))  # noqa: NPY002  a policy as somebody may write it


def python_coin(obs):
    return torch.tensor([random.randrange(2) for _ in obs])


class Coin:
    def sample(self, obs, generator=None):
        return torch.randint(2, (len(obs),), generator=generator)


def test_next_step_mode_by_hand():
    """The first environment plays 2 steps, then a reset row, then 2 steps, ..."""
    rollout = collect(counting_envs(AutoresetMode.NEXT_STEP), coin, 5, seed=0)
    assert rollout.obs[:, 0].tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]
    assert rollout.final_obs[:, 0].tolist() == [[0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    assert rollout.rewards[:, 0].tolist() == [1, 2, 0, 1, 2]
    assert rollout.terminated[:, 0].tolist() == [False, True, False, False, True]
    assert rollout.valid[:, 0].tolist() == [True, True, False, True, True]
    assert rollout.truncated[:, 1].tolist() == [False, False, True, False, False]
    assert not rollout.terminated[:, 1].any()
    assert not rollout.truncated[:, 0].any()
    assert rollout.valid[:, 1].tolist() == [True, True, True, False, True]


def test_same_step_mode_by_hand():
    """The step that ends an episode already shows the next one: its last observation stands in final_obs."""
    rollout = collect(counting_envs(AutoresetMode.SAME_STEP), coin, 5, seed=0)
    assert rollout.obs[:, 0].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]
    assert rollout.final_obs[:, 0].tolist() == [[0, 1], [0, 2], [1, 1], [1, 2], [2, 1]]
    assert rollout.rewards[:, 0].tolist() == [1, 2, 1, 2, 1]
    assert rollout.terminated[:, 0].tolist() == [False, True, False, True, False]
    assert rollout.truncated[:, 1].tolist() == [False, False, True, False, False]
    assert rollout.valid.all()


def test_both_modes_hold_the_same_transitions():
    def transitions(mode):
        rollout = collect(counting_envs(mode), coin, 24, seed=0)
        steps = zip(
            rollout.obs[rollout.valid],
            rollout.rewards[rollout.valid],
            rollout.final_obs[rollout.valid],
            strict=True,
        )
        return [(*obs.tolist(), reward.item(), *final.tolist()) for obs, reward, final in steps]

    next_step, same_step = map(transitions, BOTH_MODES)
    assert set(next_step) <= set(same_step)
    for episode, step, reward, final_episode, final_step in same_step:
        assert (final_episode, final_step, reward) == (episode, step + 1, step + 1)


@pytest.mark.parametrize("mode", BOTH_MODES)
def test_without_a_seed_the_rollout_goes_on_even_over_a_reset_row(mode):
    in_one = collect(counting_envs(mode), coin, 6, seed=0)
    envs = counting_envs(mode)
    parts = [collect(envs, coin, 2, seed=0), collect(envs, coin, 1), collect(envs, coin, 3)]
    for name in ("obs", "rewards", "terminated", "truncated", "final_obs", "valid"):
        torch.testing.assert_close(torch.cat([getattr(part, name) for part in parts]), getattr(in_one, name))


@pytest.mark.parametrize("mode", BOTH_MODES)
@pytest.mark.parametrize("copy", [True, False])
def test_environments_that_use_their_arrays_again_change_no_row(mode, copy):
    makers = [lambda: Counting(2), lambda: Counting(3, limit=True)]
    whole = collect(SyncVectorEnv(makers, autoreset_mode=mode, copy=copy), coin, 5, seed=0)
    assert whole.obs[:3, 1].tolist() == [[0, 0], [0, 1], [0, 2]]
    assert whole.rewards[:3, 1].tolist() == [1, 2, 3]


@pytest.mark.parametrize("mode", BOTH_MODES)
def test_a_rollout_goes_on_from_where_somebody_else_has_put_the_environments(mode):
    """Each environment is stepped by hand to (0, 1): the next row is (0, 1), not what the last rollout saw."""
    for envs in (counting_envs(mode), make_envs("CartPole-v1", 2, seed=0)):
        obs, _ = envs.reset(seed=4)  # before any rollout
        np.testing.assert_array_equal(collect(envs, coin, 4).obs[0], obs)
        envs.reset(seed=4)
        obs, *_ = envs.step(np.zeros(2, dtype=np.int64))
        rollout = collect(envs, coin, 3)
        np.testing.assert_array_equal(rollout.obs[0], obs)
        assert rollout.valid[0].all()


@pytest.mark.parametrize("mode", BOTH_MODES)
@pytest.mark.parametrize("name", ["_env_obs", "_observations", "_autoreset_envs"])
def test_a_gymnasium_that_keeps_its_state_elsewhere_goes_on_from_the_last_rollout(mode, name):
    class Elsewhere(SyncVectorEnv):
        """Gymnasium itself finds its attribute, the module under test does not."""

        def __getattribute__(self, asked):
            if asked == name and sys._getframe(1).f_globals["__name__"] == "helpers.rollouts":
                raise AttributeError(asked)
            return super().__getattribute__(asked)

    def elsewhere():
        return Elsewhere([lambda: Counting(2), lambda: Counting(3, limit=True)], autoreset_mode=mode)

    envs = elsewhere()
    parts = [collect(envs, coin, 2, seed=0), collect(envs, coin, 4)]
    in_one = collect(counting_envs(mode), coin, 6, seed=0)
    for field in ("obs", "rewards", "final_obs", "valid"):
        assert torch.equal(torch.cat([getattr(part, field) for part in parts]), getattr(in_one, field))
    assert collect(elsewhere(), coin, 1).obs[:, :, 1].tolist() == [[0, 0]], "never reset: reset first"


def test_the_reset_row_of_an_episode_of_the_block_before_is_in_no_trajectory():
    envs = counting_envs(AutoresetMode.NEXT_STEP, (2, 3), (False, False))
    collect(envs, coin, 2, seed=0)  # the first environment has just ended
    after_reset, going_on = collect(envs, coin, 4).trajectories()
    assert after_reset.obs.tolist() == [[1, 0], [1, 1], [1, 2]]
    assert after_reset.rewards.tolist() == [1, 2]
    assert going_on.obs.tolist() == [[0, 2], [0, 3]]


@pytest.mark.parametrize("policy", [Coin(), coin, numpy_coin, python_coin])
@pytest.mark.parametrize("name", ["CartPole-v1", "MountainCar-v0", "FrozenLake-v1"])
def test_a_seed_reproduces_the_data_whatever_the_global_generators_hold(policy, name):
    rollouts = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002  the global generators are what is tested
        random.seed(global_seed)
        envs = make_envs(name, 3, seed=global_seed)
        collect(envs, policy, 7, seed=global_seed)
        before = torch.get_rng_state()
        rollouts.append(collect(envs, policy, 40, seed=5))
        assert torch.equal(before, torch.get_rng_state())
    for name in ("obs", "actions", "rewards", "terminated", "truncated", "final_obs", "valid"):
        assert torch.equal(getattr(rollouts[0], name), getattr(rollouts[1], name))


@pytest.mark.parametrize("name", ["CartPole-v1", "MountainCar-v0"])
def test_the_seed_of_make_envs_is_enough_to_reproduce(name):
    one, two = (collect(make_envs(name, 4, seed=3), Coin(), 30) for _ in range(2))
    other = collect(make_envs(name, 4, seed=4), Coin(), 30)
    assert torch.equal(one.obs, two.obs)
    assert torch.equal(one.actions, two.actions)
    assert not torch.equal(one.obs, other.obs)


def test_seeded_chances_differ_from_step_to_step_and_between_environments():
    actions = collect(make_envs("CartPole-v1", 8, seed=0), Coin(), 50, seed=0).actions.float()
    assert (actions.std(0) > 0).all()
    assert (actions.std(1) > 0).any()


def test_shapes_and_dtypes():
    continuous = collect(make_envs("Pendulum-v1", 3, seed=0), lambda obs: torch.zeros(len(obs), 1), 4)
    assert (continuous.obs.shape, continuous.actions.shape, continuous.rewards.shape) == (
        (4, 3, 3),
        (4, 3, 1),
        (4, 3),
    )
    assert (continuous.obs.dtype, continuous.rewards.dtype, continuous.valid.dtype) == (
        torch.float32,
        torch.float32,
        torch.bool,
    )
    table = collect(make_envs("FrozenLake-v1", 3, seed=0), coin, 4)
    assert (table.obs.shape, table.obs.dtype, table.final_obs.dtype) == ((4, 3), torch.int64, torch.int64)


def test_the_rollout_keeps_the_sampled_action_and_the_environment_gets_the_clipped_one():
    wild = collect(make_envs("MountainCarContinuous-v0", 2, seed=0), lambda obs: torch.full((2, 1), 7.0), 1)
    assert (wild.actions == 7.0).all()
    torch.testing.assert_close(
        wild.rewards, torch.full((1, 2), -0.1)
    )  # -0.1 times the clipped force 1, squared


def test_whole_episodes_stop_at_the_first_end_of_each_environment():
    for mode in BOTH_MODES:
        rollout = collect_episodes(counting_envs(mode, (2, 4), (False, True)), coin, seed=0)
        assert rollout.valid.tolist() == [[True, True], [True, True], [False, True], [False, True]]
        assert rollout.rewards.sum(0).tolist() == [1 + 2, 1 + 2 + 3 + 4]
        assert rollout.terminated.sum(0).tolist() == [1, 0]
        assert rollout.truncated.sum(0).tolist() == [0, 1]
        short, long = rollout.trajectories()
        assert short.obs.tolist() == [[0, 0], [0, 1], [0, 2]]
        assert (len(short), short.terminated, short.truncated) == (2, True, False)
        assert (len(long), long.terminated, long.truncated) == (4, False, True)


def test_whole_episodes_are_new_ones_each_time():
    envs = make_envs("CartPole-v1", 4, seed=0)
    first, second = (collect_episodes(envs, Coin()) for _ in range(2))
    assert not torch.equal(first.obs[0], second.obs[0])
    assert (second.obs[0].abs() <= 0.05).all()
    assert first.valid.sum(0).tolist() == first.rewards.sum(0).tolist()  # +1 for every step of an episode


def test_an_episode_longer_than_allowed_is_cut():
    rollout = collect_episodes(make_envs("ServerCooling-v0", 2, seed=0), Coin(), max_steps=11)
    assert rollout.valid.shape == (11, 2)
    assert rollout.valid.all()
    assert not rollout.ended.any()


def test_play_is_one_whole_episode_by_hand():
    trajectory = play(Counting(3, limit=True), coin_one := lambda obs: 1, seed=0)
    assert trajectory.obs.tolist() == [[0, 0], [0, 1], [0, 2], [0, 3]]
    assert trajectory.actions.tolist() == [coin_one(None)] * 3
    assert trajectory.rewards.tolist() == [1, 2, 3]
    assert (trajectory.terminated, trajectory.truncated) == (False, True)


def test_play_follows_the_dynamics_from_a_given_state():
    state = [0.0, 0.0, 0.05, 0.0]
    trajectory = play(cartpole_at(state), lambda obs: int(obs[2] > 0), seed=0)
    own = cartpole_at(state)
    obs, _ = own.reset()
    for t, action in enumerate(trajectory.actions):
        np.testing.assert_array_equal(trajectory.obs[t], obs)
        assert action == int(obs[2] > 0)
        obs, *_ = own.step(int(action))
    np.testing.assert_array_equal(trajectory.obs[-1], obs)


@pytest.mark.parametrize("policy", [Coin(), lambda obs: int(torch.randint(2, ()))])
def test_play_with_the_same_seed_is_the_same_episode(policy):
    episodes = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        episodes.append(play(gym.make("CartPole-v1"), policy, seed=9))
    assert torch.equal(episodes[0].obs, episodes[1].obs)
    assert not torch.equal(episodes[0].actions, play(gym.make("CartPole-v1"), policy, seed=10).actions)


def test_an_episode_that_ends_with_the_last_step_allowed_is_not_cut():
    trajectory = play(Counting(3), lambda obs: 0, seed=0, max_steps=3)
    assert (len(trajectory), trajectory.terminated, trajectory.truncated) == (3, True, False)


def test_play_cuts_what_does_not_end():
    trajectory = play(gym.make("ServerCooling-v0"), lambda obs: 2, seed=0, max_steps=20)
    assert (len(trajectory), trajectory.terminated, trajectory.truncated) == (20, False, True)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="vector environment"):
        play(make_envs("CartPole-v1", 2, seed=0), coin, seed=0)
    for n_steps in (0, -1, 2.5, "3", None):
        with pytest.raises(ValueError, match="n_steps: expected a whole number"):
            collect(make_envs("CartPole-v1", 2, seed=0), coin, n_steps)
    with pytest.raises(ValueError, match="DISABLED"):
        collect(counting_envs(AutoresetMode.DISABLED), coin, 1)


def fixed_obs_envs(obs, n_envs, actions):
    """N environments that always show the same observation, for ever."""

    class Still(gym.Env):
        observation_space = spaces.Box(-10, 10, (len(obs),), np.float32)
        action_space = actions

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            return np.float32(obs), {}

        def step(self, action):
            return np.float32(obs), 0.0, False, False, {}

    return SyncVectorEnv([Still] * n_envs)


def sharpened(policy):
    """The same policy with a last layer ten times as large, far from uniform."""
    with torch.no_grad():
        policy.network[-1].weight.mul_(10)
    return policy


def test_a_categorical_policy_acts_with_its_own_probabilities():
    policy, obs = sharpened(CategoricalPolicy(3, 4, seed=1)), [0.5, -1.0, 2.0]
    actions = collect(fixed_obs_envs(obs, 4, spaces.Discrete(4)), policy, 3000, seed=0).actions.flatten()
    probs = policy.distribution(torch.tensor([obs])).probs[0].detach()
    shares = torch.bincount(actions, minlength=4) / len(actions)
    assert (probs - 0.25).abs().max() > 0.05
    assert ((shares - probs).abs() <= 4 * (probs * (1 - probs) / len(actions)).sqrt()).all()


def test_a_gaussian_policy_acts_with_its_own_mean_and_spread():
    """Of n standardised actions the mean has standard error 1/√n, the mean square √(2/n)."""
    policy, obs = sharpened(GaussianPolicy(3, 2, hidden=(16, 16), seed=1)), [0.5, -1.0, 2.0]
    with torch.no_grad():
        policy.log_std.copy_(torch.tensor([-1.0, 0.5]))
        normal = policy.distribution(torch.tensor([obs])).base_dist
        envs = fixed_obs_envs(obs, 4, spaces.Box(-100, 100, (2,), np.float32))
        actions = collect(envs, policy, 3000, seed=0).actions.flatten(0, 1)
        z = (actions - normal.mean) / normal.stddev
    assert (z.mean(0).abs() <= 4 / len(z) ** 0.5).all()
    assert ((z.square().mean(0) - 1).abs() <= 4 * (2 / len(z)) ** 0.5).all()
    assert abs((z[:, 0] * z[:, 1]).mean()) <= 4 / len(z) ** 0.5


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("CartPole-v1", CategoricalPolicy(4, 2, seed=0)),
        ("MountainCarContinuous-v0", BetaPolicy(2, 1, -1, 1, seed=0)),
        ("CartPole-v1", Coin()),
        ("CartPole-v1", coin),
    ],
    ids=["numpy", "torch", "own generator", "global generator"],
)
def test_the_chances_of_any_policy_go_on_from_rollout_to_rollout(name, policy):
    """T steps at once are the same as their parts one after the other."""
    envs = make_envs(name, 3, seed=0)
    whole = collect(envs, policy, 30, seed=1).actions
    parts = [collect(envs, policy, 10, seed=1), collect(envs, policy, 1), collect(envs, policy, 19)]
    assert torch.equal(torch.cat([part.actions for part in parts]), whole)


def test_a_policy_that_inherits_is_asked_for_its_own_actions():
    class AlwaysOne(CategoricalPolicy):
        def sample(self, obs, generator=None):
            return torch.ones(len(obs), dtype=torch.int64)

    assert (collect(make_envs("CartPole-v1", 2, seed=0), AlwaysOne(4, 2), 5).actions == 1).all()


def test_a_policy_that_somebody_has_changed_acts_as_changed(monkeypatch):
    envs = make_envs("CartPole-v1", 4, seed=0)
    policy = CategoricalPolicy(4, 2, hidden=(1,), seed=0)
    policy.network[1] = torch.nn.Tanh()  # -50 -> -1 -> logits (-50, 50); through a ReLU it would be (0, 0)
    with torch.no_grad():
        for layer, weight, bias in ((0, 0.0, -50.0), (2, torch.tensor([[50.0], [-50.0]]), 0.0)):
            policy.network[layer].weight[:] = weight
            policy.network[layer].bias[:] = bias
    assert (collect(envs, policy, 10, seed=0).actions == 1).all()
    policy = CategoricalPolicy(4, 2, seed=0)
    policy.sample = lambda obs, generator=None: torch.ones(len(obs), dtype=torch.int64)
    assert (collect(envs, policy, 10, seed=0).actions == 1).all()
    monkeypatch.setattr(
        CategoricalPolicy,
        "sample",
        lambda self, obs, generator=None: torch.zeros(len(obs), dtype=torch.int64),
    )
    assert (collect(envs, CategoricalPolicy(4, 2, seed=0), 10, seed=0).actions == 0).all()
