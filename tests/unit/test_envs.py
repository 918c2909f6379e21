"""The whole-array environments against Gymnasium's own, step by step; our own against hand arithmetic."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv

from helpers.envs import cartpole_at, make_envs
from helpers.own_envs import TASTES, recommender_return, recommender_table, server_cooling_table
from helpers.table_envs import OutcomeTable, TableVectorEnv, table_of_gymnasium
from helpers.table_values import optimal_values, table_return
from helpers.worlds import TabularMDP

CLASSIC = ["CartPole-v1", "Acrobot-v1", "Pendulum-v1", "MountainCarContinuous-v0"]
TAXI = next(name for name in gym.registry if name.startswith("Taxi-"))
TOY_TEXTS = ["FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1", "CliffWalkingSlippery-v1", TAXI]


@pytest.mark.parametrize("name", CLASSIC)
def test_every_step_agrees_with_gymnasium_from_the_same_state(name):
    envs, single = make_envs(name, 16, seed=1), gym.make(name).unwrapped
    single.reset(seed=1)
    for _ in range(300):
        before, running = envs.state.copy(), ~envs.ended
        actions = envs.action_space.sample()
        obs, rewards, terminated, _, _ = envs.step(actions)
        for i in np.flatnonzero(running)[:4]:
            single.state, single.steps_beyond_terminated = before[:, i].copy(), None
            own_obs, own_reward, own_terminated, _, _ = single.step(actions[i])
            np.testing.assert_allclose(obs[i], own_obs, atol=1e-6)
            assert abs(rewards[i] - own_reward) < 1e-6
            assert terminated[i] == own_terminated


@pytest.mark.parametrize("name", CLASSIC)
def test_a_whole_episode_agrees_with_gymnasium_up_to_its_end_and_time_limit(name):
    envs, single = make_envs(name, 1, seed=3), gym.make(name)
    single.reset(seed=3)
    single.unwrapped.state = envs.state[:, 0].copy()
    ended, steps = False, 0
    while not ended:
        actions = envs.action_space.sample()
        obs, reward, terminated, truncated, _ = envs.step(actions)
        own_obs, own_reward, own_terminated, own_truncated, _ = single.step(actions[0])
        np.testing.assert_allclose(obs[0], own_obs, atol=1e-5)
        assert abs(reward[0] - own_reward) < 1e-5
        assert (terminated[0], truncated[0]) == (own_terminated, own_truncated)
        ended, steps = own_terminated or own_truncated, steps + 1
    assert steps == single.spec.max_episode_steps or terminated[0]


@pytest.mark.parametrize("name", TOY_TEXTS)
def test_a_toy_text_with_the_same_random_numbers_takes_the_same_way(name):
    envs, single = make_envs(name, 1, seed=0), gym.make(name).unwrapped
    obs, _ = envs.reset(seed=5)
    own_obs, _ = single.reset(seed=5)
    assert obs[0] == own_obs
    single.np_random.bit_generator.state = envs.np_random.bit_generator.state
    for action in np.random.default_rng(0).integers(0, single.action_space.n, 2000):
        if envs.ended[0]:
            envs.step(np.array([action]))
            single.reset()
            # One draw for the dice of the reset row more than the single environment makes.
            single.s = int(envs.state[0])
            single.np_random.bit_generator.state = envs.np_random.bit_generator.state
            continue
        obs, reward, terminated, _, _ = envs.step(np.array([action]))
        own_obs, own_reward, own_terminated, _, _ = single.step(int(action))
        assert (obs[0], reward[0], terminated[0]) == (own_obs, own_reward, own_terminated)


@pytest.mark.parametrize("name", [*CLASSIC, "FrozenLake-v1", "Recommender-v0"])
def test_spaces_are_gymnasiums_and_observations_lie_in_them(name):
    envs, single = make_envs(name, 5, seed=0), gym.make(name)
    assert envs.single_observation_space == single.observation_space
    assert envs.single_action_space == single.action_space
    obs, _ = envs.reset(seed=2)
    for _ in range(50):
        assert envs.observation_space.contains(obs)
        obs, *_ = envs.step(envs.action_space.sample())


def test_the_row_after_an_end_only_resets():
    envs = make_envs("CartPole-v1", 32, seed=0)
    ended, seen = np.zeros(32, dtype=bool), 0
    for _ in range(200):
        obs, rewards, terminated, truncated, _ = envs.step(np.ones(32, dtype=int))
        assert (rewards[ended] == 0).all()
        assert (rewards[~ended] == 1).all()
        assert not (terminated | truncated)[ended].any()
        assert (np.abs(obs[ended]) <= 0.05).all()
        ended = terminated | truncated
        seen += ended.sum()
    assert seen > 32


def test_a_time_limit_truncates_at_its_step_and_the_clock_starts_again():
    envs = make_envs("Pendulum-v1", 2, seed=0, max_episode_steps=3)
    flags = [envs.step(np.zeros((2, 1)))[3][0] for _ in range(9)]
    assert flags == [False, False, True, False, False, False, True, False, False]


def test_holding_an_action_is_the_same_as_repeating_it():
    held, plain = (make_envs("MountainCarContinuous-v0", 3, seed=4, hold=hold) for hold in (8, 1))
    np.testing.assert_array_equal(held.state, plain.state)
    actions = np.array([[0.3], [-1.0], [1.0]], dtype=np.float32)
    obs, rewards, *_ = held.step(actions)
    repeated = [plain.step(actions) for _ in range(8)]
    np.testing.assert_array_equal(obs, repeated[-1][0])
    np.testing.assert_allclose(rewards, sum(step[1] for step in repeated))
    assert held.max_steps == 125  # 999 steps of the simulation, rounded up


def test_holding_an_action_stops_where_the_episode_ends():
    """The pole falls before step 8: a hold of 8 pays the steps until then, as repeating would."""
    envs = make_envs("CartPole-v1", 1, seed=0, hold=8)
    envs.state = np.array([[0.0], [0.0], [0.2], [0.3]])
    single = cartpole_at([0.0, 0.0, 0.2, 0.3])
    single.reset()
    total, over = 0.0, False
    while not over:
        obs, reward, over, _, _ = single.step(0)
        total += reward
    held_obs, held_reward, held_over, _, _ = envs.step(np.array([0]))
    assert (held_reward[0], held_over[0]) == (total, True)
    assert total < 8
    np.testing.assert_allclose(held_obs[0], obs, atol=1e-6)


def test_the_same_seed_gives_the_same_environments_whatever_the_global_generators_hold():
    def first_steps(global_seed):
        np.random.seed(global_seed)  # noqa: NPY002  the global generator is what is tested
        envs = make_envs("CartPole-v1", 4, seed=7)
        start, _ = envs.reset()
        return start, [envs.step(envs.action_space.sample())[0] for _ in range(30)]

    one, two = first_steps(0), first_steps(1)
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])


def test_other_names_fall_back_to_gymnasiums_sync_vector_env():
    envs = make_envs("MountainCar-v0", 3, seed=0)
    assert isinstance(envs, SyncVectorEnv)
    assert envs.num_envs == 3


@pytest.mark.parametrize("name", ["NoSuchThing-v0", "CartPole-v99", "nowhere/CartPole-v1", "not a name", ""])
def test_an_unknown_name_is_refused_and_told(name):
    with pytest.raises(ValueError, match="expected a Gymnasium environment"):
        make_envs(name, 2, seed=0)


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (np.array([0, 2]), "integers 0 ... 1"),
        (np.array([0]), "expected shape"),
        (np.array([-1, 0]), "integers"),
    ],
)
def test_wrong_actions_are_refused(actions, said):
    with pytest.raises(ValueError, match=said):
        make_envs("CartPole-v1", 2, seed=0).step(actions)


def test_no_environments_at_all_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        make_envs("CartPole-v1", 0, seed=0)


@pytest.mark.parametrize("name", ["Recommender-v0", "ServerCooling-v0"])
@pytest.mark.filterwarnings("error")
def test_our_own_environments_pass_gymnasiums_checker(name):
    check_env(gym.make(name).unwrapped, skip_render_check=True)


@pytest.mark.parametrize("name", ["Recommender-v0", "ServerCooling-v0"])
def test_one_and_many_of_our_own_take_the_same_way(name):
    envs, single = make_envs(name, 1, seed=0), gym.make(name)
    obs, _ = envs.reset(seed=11)
    own_obs, _ = single.reset(seed=11)
    for action in np.random.default_rng(0).integers(0, envs.single_action_space.n, 200):
        np.testing.assert_array_equal(obs[0], own_obs)
        obs, reward, terminated, _, _ = envs.step(np.array([action]))
        own_obs, own_reward, own_terminated, _, _ = single.step(int(action))
        assert (reward[0], terminated[0]) == (own_reward, own_terminated)
        if own_terminated:
            break


def test_the_recommenders_first_click_has_the_probability_of_its_taste():
    """Fresh items, nothing clicked yet: the expected first reward of an item is the taste itself."""
    table = recommender_table()
    first = (table.probability * table.reward).sum(-1)
    starts = np.flatnonzero(table.start)
    np.testing.assert_allclose(first[starts], TASTES)


def test_a_recommended_item_bores_and_recovers_step_by_step():
    envs = make_envs("Recommender-v0", 64, seed=0)
    boredom = []
    for item in (0, 1, 1):
        obs, *_ = envs.step(np.full(64, item))
        boredom.append(obs[~envs.ended, 3:8])
    np.testing.assert_array_equal(boredom[0][0], [1, 0, 0, 0, 0])
    np.testing.assert_array_equal(boredom[1][0], [0.5, 1, 0, 0, 0])


def test_click_bait_bores_with_everything():
    obs, *_ = make_envs("Recommender-v0", 1, seed=0).step(np.array([4]))
    np.testing.assert_array_equal(obs[0, 3:8], [0.5, 0.5, 0.5, 0.5, 1])


@pytest.mark.parametrize("kind", ["random", "myopic"])
def test_the_recommenders_exact_return_is_what_sessions_give(kind):
    table = recommender_table()
    q_now = (table.probability * table.reward).sum(-1)
    envs, generator = make_envs("Recommender-v0", 4000, seed=0), np.random.default_rng(0)
    returns, alive = np.zeros(4000), np.ones(4000, dtype=bool)
    while alive.any():
        actions = q_now[envs.state].argmax(1) if kind == "myopic" else generator.integers(0, 5, 4000)
        _, rewards, terminated, _, _ = envs.step(actions)
        returns += rewards * alive
        alive &= ~terminated
    error = returns.std(ddof=1) / np.sqrt(len(returns))
    assert abs(returns.mean() - recommender_return(kind)) < 4 * error


def test_looking_ahead_pays_in_the_recommender():
    assert recommender_return("random") < recommender_return("myopic") < recommender_return("optimal") - 1.0
    assert (
        recommender_return("optimal") < 1 / 0.02
    )  # the bound if every item were clicked: 50 steps on average


def test_optimal_values_by_hand():
    """One state: 1 and stay, or 3 and end. At gamma 0.5, staying for ever is worth 1 / (1 - 0.5) = 2,
    ending at once 3, and 1 + 0.5 * 3 = 2.5 < 3: so v = 3 and q = (2.5, 3)."""
    table = OutcomeTable(
        probability=np.ones((1, 2, 1)),
        next_state=np.zeros((1, 2, 1), dtype=int),
        reward=np.array([[[1.0], [3.0]]]),
        ended=np.array([[[False], [True]]]),
        start=np.ones(1),
    )
    values, action_values = optimal_values(table, 0.5)
    np.testing.assert_allclose(values, [3.0])
    np.testing.assert_allclose(action_values, [[2.5, 3.0]])
    assert table_return(table, np.array([[1.0, 0.0]]), 0.5) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="converge"):
        table_return(table, np.array([[1.0, 0.0]]), 1.0)


def test_the_server_never_ends_and_a_fan_at_full_costs_what_it_says():
    """Full fan removes 3 degrees, the most the load and the noise bring: never hot, 0.5 a step for ever."""
    table = server_cooling_table()
    assert not table.ended.any()
    full = np.tile([0.0, 0.0, 1.0], (63, 1))
    assert table_return(table, full, 0.9) == pytest.approx(-0.5 / (1 - 0.9))
    envs = make_envs("ServerCooling-v0", 8, seed=0)
    for _ in range(1000):
        _, rewards, terminated, truncated, _ = envs.step(np.full(8, 2))
        assert not (terminated | truncated).any()
        np.testing.assert_array_equal(rewards, -0.5)


def test_the_table_of_a_toy_text_is_its_own():
    env = gym.make("FrozenLake-v1")
    table = table_of_gymnasium(env)
    for chance, state, reward, ended in env.unwrapped.P[14][2]:
        hits = (table.next_state[14, 2] == state) & (table.probability[14, 2] > 0)
        assert table.probability[14, 2, hits] == pytest.approx(chance)
        assert (table.reward[14, 2, hits] == reward).all()
        assert (table.ended[14, 2, hits] == ended).all()
    with pytest.raises(ValueError, match="transition table"):
        table_of_gymnasium(gym.make("CartPole-v1"))


def test_outcomes_come_with_their_probabilities():
    """Of n draws, the count of an outcome with probability p has standard deviation sqrt(n p (1 - p))."""
    chances = np.array([0.1, 0.6, 0.3, 0.0])
    table = OutcomeTable(
        probability=np.broadcast_to(chances, (4, 1, 4)).copy(),
        next_state=np.broadcast_to(np.arange(4), (4, 1, 4)).copy(),
        reward=np.zeros((4, 1, 4)),
        ended=np.zeros((4, 1, 4), dtype=bool),
        start=chances,
    )
    envs = TableVectorEnv(table, 20_000)
    for states in (envs.reset(seed=0)[0], envs.step(np.zeros(20_000, dtype=int))[0]):
        counts = np.bincount(states, minlength=4)
        spread = np.sqrt(20_000 * chances * (1 - chances))
        assert (np.abs(counts - 20_000 * chances) <= 4 * spread).all()


def test_cartpole_starts_where_it_is_told():
    state = [0.5, -1.0, 0.1, 2.0]
    env = cartpole_at(state)
    for seed in (0, 1):
        obs, _ = env.reset(seed=seed)
        np.testing.assert_allclose(obs, state, rtol=1e-6)
        np.testing.assert_array_equal(env.unwrapped.state, state)
    assert env.render().shape == (400, 600, 3)


@pytest.mark.parametrize(
    "state", [[0.0, 0.0, 0.0], [0.0, 0.0, 0.3, 0.0], [3.0, 0.0, 0.0, 0.0], [0.0, np.nan, 0.0, 0.0]]
)
def test_cartpole_refuses_a_state_that_is_none_or_already_over(state):
    with pytest.raises(ValueError, match="state: expected"):
        cartpole_at(state)


def test_a_small_world_of_ours_steps_as_its_table_says():
    """Rewards and ends are the table's, and so are the shares of the next states after each action."""
    mdp = TabularMDP(
        transition=torch.tensor(
            [[[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]], [[0.6, 0.0, 0.4], [0.0, 0.1, 0.9]], [[0, 0, 1.0]] * 2]
        ),
        reward=torch.tensor([[1.0, -2.0], [0.5, 3.0], [9.0, 9.0]]),
        start=torch.tensor([0.5, 0.5, 0.0]),
        gamma=1.0,
        terminal=torch.tensor([False, False, True]),
    )
    envs = make_envs(mdp, 5000, seed=0)
    generator, counts, ended = np.random.default_rng(0), np.zeros((3, 2, 3)), np.zeros(5000, dtype=bool)
    states, _ = envs.reset()
    for _ in range(10):
        actions = generator.integers(0, 2, 5000)
        after, rewards, terminated, _, _ = envs.step(actions)
        np.testing.assert_allclose(rewards[~ended], mdp.reward.numpy()[states, actions][~ended])
        np.testing.assert_array_equal(terminated[~ended], (after == 2)[~ended])
        np.add.at(counts, (states[~ended], actions[~ended], after[~ended]), 1)
        states, ended = after, terminated
    visits, chances = counts[:2].sum(-1, keepdims=True), mdp.transition.numpy()[:2]
    assert (np.abs(counts[:2] - visits * chances) <= 4 * np.sqrt(visits * chances * (1 - chances))).all()
