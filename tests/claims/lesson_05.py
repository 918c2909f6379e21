"""What lesson 05 says of trained runs."""

import functools

import torch
from claims import claim, definitions

import helpers

lesson = definitions("05")


def means_of(learner, updates):
    """Mean return and loss of each update, both [updates]."""
    history = helpers.train_each([learner], max_updates=updates, max_steps=None)[0]
    return torch.stack([update.returns.mean() for update in history.updates]), history.losses("policy")


@functools.cache
def from_returns(seed):
    return means_of(lesson.cartpole(seed, lr=0.03, **lesson.as_they_are), updates=22)


def clone(seed, steps=100):
    """The lesson's clone, of ten episodes of the teacher that the seed draws."""
    demo = helpers.collect_episodes(helpers.make_envs("CartPole-v1", 10, seed=1000 + seed), lesson.by_spin)
    lesson.obs, lesson.actions = demo.obs[demo.valid], demo.actions[demo.valid]
    return lesson.clone(seed, steps)


@functools.cache
def examined(seed, steps):
    """The mean return of a clone that was copied for so many steps."""
    return lesson.exam(clone(seed, steps), 2000 + seed).mean().item()


@functools.cache
def two_updates(seed, lr):
    """The mean return of a clone before and after one step on rewards."""
    learner = lesson.cartpole(seed, clone, lr=lr, **lesson.as_they_are)
    return means_of(learner, updates=2)[0].tolist()


@functools.cache
def climb(seed, n_envs, hold):
    return means_of(lesson.drive(seed, n_envs, hold), updates=12)[0]


@functools.cache
def dqn(seed):
    return lesson.valued(seed).double()


@functools.cache
def noises(seed):
    return lesson.first_noises(seed)


@claim("05", "The mean return passes 250 within these 22 updates of 64 episodes.", cheap=True)
def returns_alone_pass_250(seed):
    """Steps by which the mean return of the last five updates is above 250."""
    return from_returns(seed)[0][-5:].mean().item() - 250


@claim("05", "Meanwhile the loss more than doubles", cheap=True)
def the_loss_doubles_while_the_return_grows(seed):
    """The mean loss of the last five updates over that of the first update, less 2."""
    losses = from_returns(seed)[1]
    return (losses[-5:].mean() / losses[0]).item() - 2


@claim("05", "After 100 steps the clones play better than their teacher.", cheap=True)
def a_clone_beats_its_teacher(seed):
    """Steps by which a clone's mean return over 256 episodes is above the teacher's over the same starts."""
    return examined(seed, 100) - lesson.exam(lesson.by_spin, 2000 + seed).mean().item()


@claim("05", "Here that is the better rule: a clone that sees the spin alone gains less.", cheap=True)
def spin_alone_gains_less(seed):
    """Steps by which a clone's mean return is above that of a clone that sees the spin alone, copied for as long."""
    spin = torch.tensor([0.0, 0.0, 0.0, 1.0])
    clone(seed, steps=0)  # draws the teacher's episodes
    lesson.obs = lesson.obs * spin
    blind = lesson.clone(seed)
    return examined(seed, 100) - lesson.exam(lambda obs: blind.sample(obs * spin), 2000 + seed).mean().item()


@claim("05", "After 1000 steps the copy is closer, and most of the advantage is gone.", cheap=True)
def copied_for_longer_it_plays_like_the_teacher(seed):
    """Steps: half of the short copy's lead over the teacher, less the long copy's lead."""
    teacher = lesson.exam(lesson.by_spin, 2000 + seed).mean().item()
    return (examined(seed, 100) - teacher) / 2 - (examined(seed, 1000) - teacher)


@claim(
    "05",
    "The first step of the recipe from above undoes more than a fifth of the clone's return.",
    cheap=True,
)
def a_large_step_undoes_a_fifth(seed):
    """Steps by which the mean return after the large step is below four fifths of that before."""
    before, after = two_updates(seed, 0.03)
    return 0.8 * before - after


@claim("05", "A third of that step size undoes less.", cheap=True)
def a_smaller_step_undoes_less(seed):
    """Steps by which the mean return after the smaller step is above that after the large one."""
    return two_updates(seed, 0.01)[1] - two_updates(seed, 0.03)[1]


@claim("05", "So agents that can learn nothing still come to prefer some items.", cheap=True)
def who_learns_nothing_still_wanders(seed):
    """By how much the largest change of the probability of item 0 is above 0.02."""
    lesson.deaf = helpers.world_from_steps(5, 5, deaf_steps())
    return (lesson.wander(seed) - 0.2).abs().max().item() - 0.02


def deaf_steps():
    drawn = {(0, item): (0.0, {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}) for item in range(5)}
    pays = enumerate((-0.1, 0.5, 1.0))
    return drawn | {(1 + k, item): (pay, {4: 1.0}) for k, pay in pays for item in range(5)}


@claim("05", "returns alone are enough to pass the myopic rule")
def returns_pass_the_myopic_rule(seed):
    """Clicks a session by which the mean of the last ten of 50 updates is above the myopic rule's."""
    clicks, _ = means_of(lesson.recommender(seed), updates=50)
    return clicks[-10:].mean().item() - helpers.recommender_return("myopic")


@claim("05", "Single episodes teach the car to push less, because only the pushes cost.", cheap=True)
def single_episodes_teach_to_push_less(seed):
    """Reward by which the median return of the last four of 12 updates is above that of the first four."""
    returns = climb(seed, 1, 1)
    return (returns[-4:].median() - returns[:4].median()).item()


@claim("05", "Held pushes earn more, because most of these episodes meet the flag.", cheap=True)
def held_pushes_earn_more(seed):
    """Reward by which the mean of the last four of 12 updates with held pushes is above that without, and above 50.

    An episode earns at most 100, and less than 0 if it does not meet the flag: a mean above 50 says that most have met it.
    """
    held, free = climb(seed, 64, 8)[-4:].mean().item(), climb(seed, 64, 1)[-4:].mean().item()
    return held - max(free, 50.0)


@claim("05", "one episode's estimate is more than five times as noisy as DQN's", cheap=True)
def one_episode_is_noisier_than_dqn(seed):
    """The noise of one episode's gradient over that of DQN's 128 steps, less 5."""
    one, _, of_dqn = noises(seed)
    return one / of_dqn - 5


@claim("05", "DQN climbs after fewer episodes, and takes far more gradient steps for it.")
def dqn_climbs_after_fewer_episodes(seed):
    """Episodes by which DQN's mean of 30 passes 100 before the mean of 64 of REINFORCE does."""
    first = 30 + int((dqn(seed).unfold(0, 30, 1).mean(1) > 100).int().argmax())
    return 64 * (1 + int((from_returns(seed)[0] > 100).int().argmax())) - first


@claim("05", "REINFORCE climbs later, and at the end it lasts longer.")
def reinforce_ends_higher(seed):
    """Steps by which REINFORCE's last five of 22 updates last longer than DQN's last 100 episodes."""
    return from_returns(seed)[0][-5:].mean().item() - dqn(seed)[-100:].mean().item()
