"""Learners against one step made by hand with autograd, exact worlds, and themselves with the same seed."""

import itertools
import math

import numpy as np
import pytest
import torch
from counting_env import Counting
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from helpers.envs import make_envs
from helpers.learners import (
    History,
    QNetwork,
    Update,
    actor_critic,
    cem,
    dqn,
    ppo,
    reinforce,
    train,
    train_each,
)
from helpers.learners._batches import advantages_and_targets, finished_returns, minus_step_mean, valid_rows
from helpers.learners._dqn import _Replay
from helpers.own_envs import recommender_return
from helpers.policies import CategoricalPolicy, GaussianPolicy, TabularPolicy, ValueFunction
from helpers.returns import gae, n_step_returns, rewards_to_go
from helpers.rollouts import Rollout, collect, collect_episodes
from helpers.worlds import two_buttons


def uncentred(weights, valid):
    return weights


def learner(name, seed=0, n_envs=8):
    """Any learner on CartPole, from fresh networks."""
    envs, policy, critic = (
        make_envs("CartPole-v1", n_envs, seed=seed),
        CategoricalPolicy(4, 2, seed=seed),
        ValueFunction(4, seed=1),
    )
    if name == "dqn":
        return dqn(envs, QNetwork(4, 2, seed=seed), seed=seed, warmup=50)
    with_critic = {"actor_critic": actor_critic, "ppo": ppo, "reinforce with baseline": reinforce}
    if name in with_critic:
        return with_critic[name](envs, policy, critic, seed=seed)
    return {"cem": cem, "reinforce": reinforce}[name](envs, policy, seed=seed)


LEARNERS = ["cem", "reinforce", "reinforce with baseline", "actor_critic", "ppo", "dqn"]


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_seed_gives_the_same_numbers_whatever_the_global_generators_hold(name):
    streams = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002  the global generators are what is tested
        streams.append(list(itertools.islice(learner(name), 6)))
    for one, two in zip(*streams, strict=True):
        assert one.steps == two.steps
        assert torch.equal(one.returns, two.returns)
        for loss in one.losses:
            np.testing.assert_equal(one.losses[loss], two.losses[loss])
    other = list(itertools.islice(learner(name, seed=1), 6))
    assert [update.losses for update in other] != [update.losses for update in streams[0]]


@pytest.mark.parametrize("name", LEARNERS)
def test_steps_are_the_transitions_and_returns_those_of_whole_episodes(name):
    """CartPole pays 1 a step: the returns of all finished episodes are at most the steps made, and nearly all."""
    updates = list(itertools.islice(learner(name), 60 if name == "dqn" else 5))
    steps = [update.steps for update in updates]
    assert steps == sorted(set(steps))
    total = sum(update.returns.sum().item() for update in updates)
    unfinished = 8 * 500 if name in ("actor_critic", "ppo", "dqn") else 0
    assert total <= steps[-1] <= total + unfinished
    assert total > 0


def test_one_reinforce_step_is_the_policy_gradient_step_by_hand():
    """With N one-step episodes the loss is -mean(log pi(a) r); SGD's direction is what Adam's first step has the sign of."""
    mdp = two_buttons(shift=1.5)
    envs, policy = make_envs(mdp, 32, seed=0), TabularPolicy(len(mdp.start), 2)
    same = collect_episodes(make_envs(mdp, 32, seed=0), TabularPolicy(len(mdp.start), 2), seed=3)
    obs, actions, rewards = same.obs[0], same.actions[0], same.rewards[0]
    logits = torch.zeros(len(mdp.start), 2, requires_grad=True)
    loss = -(logits.log_softmax(1)[obs, actions] * rewards).mean()
    (gradient,) = torch.autograd.grad(loss, logits)
    update = next(reinforce(envs, policy, seed=3, lr=0.1, centre=uncentred))
    assert update.losses["policy"] == pytest.approx(loss.item())
    assert update.steps == 32
    assert torch.equal(update.returns, rewards)
    moved = policy.logits.detach()
    torch.testing.assert_close(moved[gradient != 0], -0.1 * gradient.sign()[gradient != 0], atol=1e-3, rtol=0)
    assert (gradient != 0).any()


@pytest.mark.parametrize("name", ["reinforce", "actor_critic", "ppo"])
def test_an_entropy_bonus_pulls_towards_fair_dice_and_none_does_not(name):
    """Adam's first step is lr times the sign of the gradient; dH/dbias = -p (log p + H), negative for the likelier action."""
    moved = {}
    for entropy_coef in (0.0, 1e-9, 1e4):
        policy, critic = CategoricalPolicy(4, 2, seed=0), ValueFunction(4, seed=1)
        bias = policy.network[-1].bias
        with torch.no_grad():
            bias += torch.tensor([1.0, -1.0])
        arguments = (make_envs("CartPole-v1", 8, seed=0), policy)
        options = {"seed": 0, "lr": 0.01, "entropy_coef": entropy_coef}
        if name == "reinforce":
            update = next(reinforce(*arguments, **options))
        elif name == "actor_critic":
            update = next(actor_critic(*arguments, critic, **options))
        else:
            update = next(ppo(*arguments, critic, epochs=1, minibatch=10_000, **options))
        assert 0 < update.entropy < math.log(2)
        moved[entropy_coef] = bias.detach() - torch.tensor([1.0, -1.0])
    torch.testing.assert_close(moved[1e4], torch.tensor([-0.01, 0.01]), atol=1e-4, rtol=0)
    torch.testing.assert_close(moved[0.0], moved[1e-9], atol=1e-5, rtol=0)  # the limit of a small bonus


def test_a_weight_function_sees_every_episode_and_its_weights_are_used():
    """Returns-to-go given as a function of one trajectory are the default on whole arrays."""
    seen = []

    def to_go(trajectory):
        seen.append(len(trajectory))
        return rewards_to_go(trajectory.rewards, 0.9)

    streams = [
        reinforce(
            make_envs("CartPole-v1", 5, seed=0),
            CategoricalPolicy(4, 2, seed=0),
            seed=0,
            gamma=0.9,
            weight_fn=weight_fn,
            centre=uncentred,
        )
        for weight_fn in (None, to_go)
    ]
    for own, given in itertools.islice(zip(*streams, strict=True), 3):
        assert own.losses["policy"] == pytest.approx(given.losses["policy"], rel=1e-4, abs=1e-6)
        assert torch.equal(own.returns, given.returns)
    assert len(seen) == 15


def test_the_baseline_is_subtracted_before_it_learns():
    """Returns of whole episodes less what the baseline said before this update, by hand."""
    baseline = ValueFunction(4, seed=1)
    rollout = collect_episodes(make_envs("CartPole-v1", 4, seed=0), CategoricalPolicy(4, 2, seed=0), seed=5)
    with torch.no_grad():
        advantages, losses = [], []
        for trajectory in rollout.trajectories():
            returns = [sum(0.9**k for k in range(len(trajectory) - t)) for t in range(len(trajectory))]
            advantages.append(torch.tensor(returns) - baseline(trajectory.obs[:-1]))
            log_probs = CategoricalPolicy(4, 2, seed=0).log_prob(trajectory.obs[:-1], trajectory.actions)
            losses.append(-log_probs * advantages[-1])
    envs, policy = make_envs("CartPole-v1", 4, seed=0), CategoricalPolicy(4, 2, seed=0)
    update = next(reinforce(envs, policy, baseline, seed=5, gamma=0.9, centre=uncentred))
    assert update.losses["policy"] == pytest.approx(torch.cat(losses).mean().item(), rel=1e-4)
    assert update.losses["value"] == pytest.approx(torch.cat(advantages).square().mean().item(), rel=1e-4)


def test_the_step_mean_by_hand():
    """Three episodes run at step 0, two at step 1, one at step 2: each weight less the mean of its row."""
    weights = torch.tensor([[3.0, 6.0, 9.0], [1.0, 5.0, 7.0], [4.0, 7.0, 7.0]])
    valid = torch.tensor([[True, True, True], [True, True, False], [True, False, False]])
    assert minus_step_mean(weights, valid).tolist() == [[-3, 0, 3], [-2, 2, 0], [0, 0, 0]]


def test_a_weight_function_is_not_centred_unless_asked_for():
    """With all weights 1 the loss is the mean surprise -log pi > 0; centred, the weights and the loss would be 0."""
    losses = [
        next(
            reinforce(make_envs("CartPole-v1", 5, seed=0), CategoricalPolicy(4, 2, seed=0), seed=0, **options)
        ).losses
        for options in (
            {"weight_fn": lambda trajectory: torch.ones(len(trajectory))},
            {"weight_fn": lambda trajectory: torch.ones(len(trajectory)), "centre": minus_step_mean},
        )
    ]
    assert losses[0]["policy"] > 0.5
    assert losses[1]["policy"] == 0


def test_advantages_of_a_block_are_those_of_each_episode_alone():
    """Episodes in a block end by termination and by a time limit: each one's own GAE, computed alone, in both modes."""
    critic = ValueFunction(2, seed=3)
    with torch.no_grad():
        critic.network[-1].weight.mul_(10)
    for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
        envs = SyncVectorEnv([lambda: Counting(3), lambda: Counting(4, limit=True)], autoreset_mode=mode)
        rollout = collect(envs, lambda obs: torch.zeros(len(obs), dtype=torch.int64), 12, seed=0)
        advantages, targets, _ = advantages_and_targets(
            rollout, critic, 0.9, lambda *a, **k: gae(*a, 0.8, **k), 1.0
        )
        for i, (length, terminated) in enumerate(((3, True), (4, False))):
            for episode in range(2):
                obs = torch.tensor([[episode, step] for step in range(length + 1)], dtype=torch.float32)
                with torch.no_grad():
                    values = critic(obs)
                values[-1] = 0.0 if terminated else values[-1]
                alone = gae(torch.arange(1.0, length + 1), values, 0.9, 0.8)
                rows = (rollout.obs[:, i, 0] == episode) & rollout.valid[:, i]
                torch.testing.assert_close(advantages[rows, i], alone)
                torch.testing.assert_close(targets[rows, i], alone + values[:-1])


def test_a_block_that_stops_in_the_middle_of_an_episode_bootstraps_from_its_last_observation():
    critic = ValueFunction(2, seed=3)
    envs = SyncVectorEnv([lambda: Counting(9)])
    rollout = collect(envs, lambda obs: torch.zeros(len(obs), dtype=torch.int64), 2, seed=0)
    _, targets, values = advantages_and_targets(rollout, critic, 0.5, lambda *a, **k: gae(*a, 1.0, **k), 10.0)
    last = critic(torch.tensor([[0.0, 2.0]])).item()
    assert torch.equal(values[:, 0], critic(torch.tensor([[0.0, 0.0], [0.0, 1.0]])))
    assert values.requires_grad
    assert not targets.requires_grad
    assert targets[:, 0].tolist() == pytest.approx(
        [10 * 1 + 0.5 * 10 * 2 + 0.25 * last, 10 * 2 + 0.5 * last], rel=1e-5
    )


def test_valid_rows_are_those_a_mask_selects_with_their_gradient():
    generator = torch.Generator().manual_seed(0)
    valid = torch.rand(5, 3, generator=generator) < 0.6
    plain, learned = (
        torch.arange(15).view(5, 3),
        torch.randn(5, 3, 2, generator=generator, requires_grad=True),
    )
    rows, graph = valid_rows(valid, plain, learned)
    assert rows.tolist() == plain[valid].tolist()
    assert torch.equal(graph, learned[valid])
    (slope,) = torch.autograd.grad(graph.sum(), learned)
    assert torch.equal(slope, valid[:, :, None].expand(5, 3, 2).float())


def test_finished_returns_go_on_over_blocks_by_hand():
    rewards = torch.tensor([[1.0, 10.0], [2.0, 20.0], [0.0, 30.0], [4.0, 0.0]])
    ended = torch.tensor([[False, False], [True, False], [False, True], [False, False]])
    unused, flags = torch.zeros(4, 2, 1), torch.zeros(4, 2, dtype=torch.bool)
    block = Rollout(unused, unused, rewards, ended, flags, unused, ~flags)
    running = torch.tensor([100.0, 0.0])
    assert finished_returns(block, running).tolist() == [100 + 1 + 2, 10 + 20 + 30]
    assert running.tolist() == [4.0, 0.0]


def test_an_actor_critic_with_n_step_returns_takes_any_advantage_function():
    def two_steps(rewards, values, gamma, **ends):
        return n_step_returns(rewards, values, gamma, 2, **ends) - values[:-1]

    envs, policy, critic = (
        make_envs("CartPole-v1", 8, seed=0),
        CategoricalPolicy(4, 2, seed=0),
        ValueFunction(4, seed=1),
    )
    update = next(actor_critic(envs, policy, critic, seed=0, advantage_fn=two_steps))
    assert math.isfinite(update.losses["value"])


def test_reinforce_finds_the_better_button():
    """Two buttons, +1 and -1: nearly every press becomes the better one, and the exact return says so."""
    mdp = two_buttons()
    policy = TabularPolicy(len(mdp.start), 2)
    history = train(
        reinforce(make_envs(mdp, 64, seed=0), policy, seed=0, lr=0.1), max_updates=100, progress=False
    )
    assert history.mean_return > 0.9
    assert policy.probs[0].max().item() > 0.95


def test_an_actor_critic_learns_a_task_that_never_ends():
    """Half power for ever costs 0.1 a step; the first policy, near uniform, pays for full power and for heat."""
    envs = make_envs("ServerCooling-v0", 32, seed=0)
    policy, critic = CategoricalPolicy(4, 3, seed=0), ValueFunction(4, seed=1)

    def mean_reward():
        return collect(make_envs("ServerCooling-v0", 200, seed=1), policy, 300, seed=2).rewards.mean().item()

    before = mean_reward()
    history = train(
        actor_critic(envs, policy, critic, seed=0, lr=0.01, reward_scale=0.2), max_updates=150, progress=False
    )
    assert len(history.episode_returns) == 0
    assert mean_reward() > before / 2  # rewards are negative: at most half the cost


def test_learning_to_look_ahead_in_the_recommender_beats_the_exact_myopic_return():
    envs = make_envs("Recommender-v0", 128, seed=0)
    policy = CategoricalPolicy(13, 5, seed=0)
    history = train(reinforce(envs, policy, seed=0, gamma=0.98), max_updates=80, progress=False)
    returns = collect_episodes(make_envs("Recommender-v0", 1000, seed=1), policy, seed=2).rewards.sum(0)
    assert len(history) == 80
    assert returns.mean() - 4 * returns.std() / 1000**0.5 > recommender_return("myopic")


@pytest.mark.parametrize("name", ["cem", "ppo", "actor_critic", "reinforce with baseline"])
def test_cartpole_gets_better(name):
    history = train(learner(name, n_envs=32), target=150, max_steps=150_000, progress=False)
    assert history.ended_by == "target"


def test_dqn_gets_better():
    network = QNetwork(4, 2, seed=0)
    stream = dqn(make_envs("CartPole-v1", 8, seed=0), network, seed=0)
    history = train(stream, target=100, max_steps=60_000, window=20, hold=0, progress=False)
    assert history.ended_by == "target"


def test_continuous_actions_pendulum_gets_better():
    policy, critic = GaussianPolicy(3, 1, seed=0), ValueFunction(3, seed=1)
    stream = ppo(make_envs("Pendulum-v1", 32, seed=0), policy, critic, seed=0, gamma=0.95, epochs=6, lr=0.005)
    history = train(stream, target=-600, max_steps=300_000, progress=False)
    assert history.episode_returns[:32].mean() < -1000
    assert history.ended_by == "target"


def test_the_replay_forgets_the_oldest_and_never_holds_a_reset_row():
    envs = SyncVectorEnv([lambda: Counting(2)])
    replay, policy = _Replay(4), lambda obs: torch.zeros(len(obs), dtype=torch.int64)
    kept = replay.remember(collect(envs, policy, 9, seed=0))  # 9 rows, 3 of them resets
    assert kept == 6
    obs, _, rewards, terminated, next_obs = replay.draw(200, torch.Generator().manual_seed(0))
    assert {tuple(o) for o in obs.tolist()} == {(1.0, 0.0), (1.0, 1.0), (2.0, 0.0), (2.0, 1.0)}
    assert torch.equal(next_obs[:, 1], obs[:, 1] + 1)
    assert torch.equal(terminated, rewards == 2)


def test_epsilon_greedy_by_its_shares():
    network = QNetwork(1, 4, seed=0)
    network.epsilon = 0.2
    actions = network.sample(torch.ones(20_000, 1), torch.Generator().manual_seed(0))
    best = network(torch.ones(1, 1)).argmax().item()
    share, chance = (actions == best).float().mean().item(), 0.8 + 0.2 / 4
    assert abs(share - chance) < 4 * math.sqrt(chance * (1 - chance) / 20_000)


def stream(returns_of_updates, error_after=None):
    """Updates by hand; after some of them an error, as a student's stop button raises it."""
    for k, returns in enumerate(returns_of_updates):
        if k == error_after:
            raise KeyboardInterrupt
        yield Update(10 * (k + 1), torch.tensor(returns, dtype=torch.float32), {"policy": float(k)}, 0.5)


def test_train_keeps_everything_and_says_what_ended_it():
    updates = [[1.0], [], [2.0, 3.0], [9.0]]
    history = train(stream(updates), max_updates=10, progress=False)
    assert history.ended_by == "learner"
    assert history.episode_returns.tolist() == [1, 2, 3, 9]
    assert history.episode_steps.tolist() == [10, 30, 30, 40]
    assert history.losses("policy").tolist() == [0, 1, 2, 3]
    assert history.entropies.tolist() == [0.5] * 4
    assert history.mean_return == (1 + 2 + 3 + 9) / 4


def test_train_stops_at_the_target_only_with_a_full_window():
    updates = [[100.0], [100.0], [1.0], [100.0], [100.0], [100.0]]
    history = train(stream(updates), target=60, window=3, hold=0, progress=False)
    assert history.ended_by == "target"
    assert history.episode_returns.tolist() == [100, 100, 1]  # (100 + 100 + 1) / 3 = 67
    assert train(stream(updates[:2]), target=60, window=3, progress=False).ended_by == "learner"


def test_the_target_must_hold_for_further_episodes():
    """Windows of 2 from the second episode on: 10, 5, 5, 10, 10, 10; at least 9 from the fifth episode on, so the
    mean has stayed there for two further episodes at the seventh."""
    returns = [[10.0], [10.0], [0.0], [10.0], [10.0], [10.0], [10.0], [10.0]]
    history = train(stream(returns), target=9, window=2, hold=2, progress=False)
    assert history.ended_by == "target"
    assert len(history.episode_returns) == 7


def test_a_history_counts_the_episodes_for_which_its_target_is_held():
    """Windows of 2 after each update: none, 9 10, 10 10 (two more), the same (no more), 10 0 (lost), 20 20 (anew)."""
    history, held, seen = History(window=2), -1, []
    for update in stream([[9.0], [10.0], [10.0, 10.0], [], [0.0], [20.0, 20.0]]):
        history.append(update)
        assert history.held(held, None) == -1, "no target is never reached"
        held = history.held(held, 9.5)
        seen.append(held)
    assert seen == [-1, 0, 2, 2, -1, 0]


@pytest.mark.parametrize("limit", [{"max_steps": 25}, {"max_updates": 3}])
def test_train_stops_at_a_limit_and_can_be_taken_up_again(limit):
    updates = stream([[1.0]] * 5)
    assert train(updates, **limit, progress=False).episode_returns.tolist() == [1, 1, 1]
    rest = train(updates, max_updates=10, progress=False)
    assert rest.steps == 50
    assert len(rest) == 2


def test_the_stop_button_keeps_history_and_policy():
    history = train(stream([[1.0], [2.0], [3.0]], error_after=2), progress=False)
    assert history.ended_by == "interrupt"
    assert history.episode_returns.tolist() == [1, 2]


def test_the_stop_button_ends_a_whole_comparison():
    begun = []

    def learners():
        for number in range(3):
            begun.append(number)
            yield stream([[1.0], [2.0]], error_after=1 if number == 1 else None)

    with pytest.raises(KeyboardInterrupt):
        train_each(learners(), max_updates=2)
    assert begun == [0, 1]


def test_a_comparison_drains_each_learner_to_its_limit():
    histories = train_each([stream([[1.0]] * 3), stream([[2.0]] * 3)], max_updates=2)
    assert [history.episode_returns.tolist() for history in histories] == [[1, 1], [2, 2]]


def test_a_history_without_episodes_is_empty_not_an_error():
    history = History()
    assert (len(history), history.steps, len(history.episode_returns), len(history.episode_steps)) == (
        0,
        0,
        0,
        0,
    )
    assert math.isnan(history.mean_return)
    assert not history.reached(-1e9)


def test_a_training_that_nothing_would_end_is_refused():
    with pytest.raises(ValueError, match="for ever"):
        train(stream([]), max_steps=None)
    with pytest.raises(ValueError, match="window"):
        train(stream([]), window=0)
