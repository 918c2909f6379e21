# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · Can we learn from nothing but returns?
#
# We have a gradient that needs samples only (lesson 3), and know which terms we may drop (lesson 4). Now we learn with it:
# play episodes, add up rewards, push. On CartPole, as a recommender, in a car too weak for its hill; and beside DQN. About
# 60 minutes; five exercises.
#
# ## 5.1 One step, then many
#
# In a one-step game each score is weighted with its reward. With many steps an action also decides where we go next. The
# **policy gradient theorem** says what then stands in place of the reward:
#
# $$\nabla J = \sum_s d(s) \sum_a \nabla \pi(a|s)\, q(s, a), \qquad d(s) = \sum_t \gamma^t \Pr(S_t = s)$$
#
# We test it in a lottery of two rounds: work for 1, or pay 1 for a ticket, which wins 5 a round later, with probability
# $0.3$.
#
# **Predict.** The visits d and the values q change with θ as well, yet there is no ∇d and no ∇q. What has been left out?
#
# <!-- BEGIN SOLUTION -->
# Nothing. $\nabla q(s, a) = \gamma \sum_{s'} \Pr(s'|s, a)\, \nabla v(s')$ is the same sum, one step later. Unrolled, all later
# steps end up in d.
# <!-- END SOLUTION -->

# %%
import torch

import helpers
from helpers import checks, discounted_weights, exact_moments, figures, rewards_to_go, widgets

# %%
double, lottery = torch.float64, helpers.lottery_world()
undecided = torch.zeros(5, 2, dtype=double)
logits = undecided.clone().requires_grad_()
(by_autograd,) = torch.autograd.grad(helpers.expected_return(lottery, logits.softmax(1)), logits)

probs = undecided.softmax(1)
d, q = helpers.visitation(lottery, probs), helpers.action_values(lottery, probs)
slopes = probs[:, :, None] * (torch.eye(2) - probs[:, None, :])  # of pi(a|s) in logit k of s: [S, a, k]
theorem = torch.einsum("s,sak,sa->sk", d, slopes, q)
print("theorem ", theorem[:3, 0].round(decimals=4).tolist(), "for working in states 0, 1, 2")
print("autograd", by_autograd[:3, 0].round(decimals=4).tolist())
print(f"largest difference {(theorem - by_autograd).abs().max():.12f}")

buttons, pay = helpers.two_buttons(), torch.tensor([1.0, -1.0])  # one step: d = 1 and q is the reward
print("one step", helpers.exact_policy_gradient(buttons, torch.zeros(2, 2))[0].tolist(), end=" = ")
print("mean of reward times score", helpers.expected_score(torch.zeros(2), pay).tolist())

# %% [markdown]
# The theorem agrees with autograd through the whole of J.
#
# ## 5.2 REINFORCE
#
# Three facts turn the theorem into samples. If a visit at step t counts $\gamma^t$, episodes visit states as d says. The inner sum
# $\sum_a \nabla \pi\, q$ is the mean of $q\, \nabla \log \pi(A)$ (lesson 3). The discounted sum of rewards from a step on, its
# **reward-to-go** $G_t$, is a sample of q. This gives **REINFORCE**:
#
# $$\hat g = \sum_t \gamma^t G_t\, \nabla \log \pi(A_t|S_t), \qquad G_t = R_{t+1} + \gamma G_{t+1}$$
#
# The name is of Williams (1992), who weighs each score with the whole, undiscounted reinforcement of the episode. The form above
# is that of Sutton and Barto (2018).
#
# ### Exercise 5.1 · `rewards_to_go`
#
# Write $G_t$ for all t. 4 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_rewards_to_go(rewards, gamma):
    """The return from each step on; rewards [T] -> [T]."""
    # BEGIN SOLUTION
    returns = torch.as_tensor(rewards, dtype=torch.float64).clone()
    for t in reversed(range(len(returns) - 1)):
        returns[t] += gamma * returns[t + 1]
    return returns
    # END SOLUTION


# %% tags=["check"]
checks.rewards_to_go(my_rewards_to_go)

# %% [markdown]
# <details><summary>Hint</summary>Go backwards: the last return is the last reward. Integer rewards need a float tensor for the
# answer.</details>
#
# By lesson 4 two weights have the right mean: the total return $G_0$ for every action, or $\gamma^t G_t$, without the past.
#
# **Predict.** Which has less variance? In every world? And to compute $G_t$ backwards, or by its definition as a double sum: how
# much longer does each take if the episode is twice as long?
#
# <!-- BEGIN SOLUTION -->
# Mostly the one without the past. But not in every world, because a cost in the past may offset a prize still to come. Backwards
# the work grows like T, so it takes about twice as long. The double sum grows like T², so it takes about four times as long.
# <!-- END SOLUTION -->


# %%
def judge(world, logits, horizon):
    """Mean and variance of both estimates, exact: over every trajectory there is."""
    weights = helpers.weight_functions(world, logits.softmax(1))
    moments = [exact_moments(world, logits, weights[w], horizon) for w in ("total return", "reward-to-go")]
    return [(mean.view_as(logits), covariance.trace().item()) for mean, covariance in moments]


loan = {(0, 0): (0.0, {2: 1.0}), (0, 1): (5.0, {1: 1.0})} | {(2, a): (0.0, {3: 1.0}) for a in (0, 1)}
loan = helpers.world_from_steps(4, 2, loan | {(1, a): (-6.0, {3: 1.0}) for a in (0, 1)})  # 5 now, -6 later
named = {"lottery": judge(lottery, undecided, 3), "loan": judge(loan, undecided[:4], 2)}
truth = helpers.exact_policy_gradient(lottery, undecided)
bias = [(mean - truth).abs().max().item() for mean, _ in named["lottery"]]
print("bias in the lottery:", [round(size, 10) for size in bias])
chance = torch.Generator().manual_seed(0)
starts = torch.randn(30, 3, 2, generator=chance, dtype=double)
worlds = [judge(helpers.random_world(3, 2, seed), start, 3) for seed, start in enumerate(starts)]
total, to_go = ([world[which][1] for world in worlds] for which in (0, 1))
figures.variance_of_both_weights(total, to_go, {name: [v for _, v in pair] for name, pair in named.items()})

# %%
from functools import partial
from timeit import repeat


def double_sum(rewards, gamma):
    steps = range(len(rewards))
    return [sum(gamma ** (k - t) * rewards[k] for k in steps[t:]) for t in steps]


def backwards(rewards, gamma):
    returns = list(rewards)
    for t in reversed(range(len(rewards) - 1)):
        returns[t] += gamma * returns[t + 1]
    return returns


lengths, times = [50, 100, 200, 400, 800], {}
for way in (double_sum, backwards):
    times[way.__name__] = [min(repeat(partial(way, [1.0] * T, 0.99), number=1, repeat=5)) for T in lengths]

# %%
figures.backwards_or_twice(lengths, times)

# %% [markdown]
# Neither has a bias. Reward-to-go is calmer in all thirty random worlds. In the lottery it is noisier, 7.005 against 6.865,
# because a ticket costs first and pays later. A loan pays 5 now and costs 6 later. The total return sees only the difference, so
# its variance is 0.375, and that of reward-to-go is 9.125. Dropping the past mostly lowers the variance, but not always.
#
# ## 5.3 What $\gamma^t$ is for
#
# J counts the reward of step k with $\gamma^k$, so its gradient weighs step t with $\gamma^t G_t$. Most code drops the $\gamma^t$.
#
# ### Exercise 5.2 · `discounted_weights`
#
# Write $\gamma^t G_t$ for all t; use `rewards_to_go`. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_discounted_weights(rewards, gamma):
    """The weight of each score in the gradient of the discounted J; rewards [T] -> [T]."""
    # BEGIN SOLUTION
    return gamma ** torch.arange(len(rewards), dtype=torch.float64) * rewards_to_go(rewards, gamma)
    # END SOLUTION


# %% tags=["check"]
checks.discounted_weights(my_discounted_weights)

# %% [markdown]
# <details><summary>Hint</summary><code>gamma ** torch.arange(T)</code> gives all powers; with
# <code>dtype=torch.float64</code> they keep their digits.</details>
#
# One logit θ, shared by two steps, says how likely we act. Acting pays $+1$ in the first step and $-1.5$ in the second, and
# $\gamma = 0.5$.
#
# **Predict.** Is it good to act? Which way does the gradient point with $\gamma^t$, which way without?
#
# <!-- BEGIN SOLUTION -->
# It is good: acting is worth $1 - 0.5 \cdot 1.5$, a quarter. At θ = 0 the gradient is a quarter of that, upwards. Without
# $\gamma^t$ the second step counts in full. So the mean is $¼ \cdot (1 - 1.5)$, downwards.
# <!-- END SOLUTION -->

# %%
steps, shared = helpers.two_step_world(), torch.tensor([0.0, 1.0], dtype=double)


def slope(theta, weigh):
    """Exact mean of the estimate for the one logit that both states share."""
    logits = (theta * shared).expand(3, 2)
    mean, _ = exact_moments(steps, logits, lambda tau: weigh(tau.rewards, steps.gamma), horizon=2)
    return (mean.view(3, 2) @ shared).sum()


paths = {}
for name, weigh in {"with": discounted_weights, "without": rewards_to_go}.items():
    print(f"{name} the power of γ: slope at θ = 0 is {slope(0.0, weigh):+.4f}")
    theta, paths[name] = 0.0, []
    for _ in range(60):
        paths[name].append(helpers.expected_return(steps, (theta * shared).softmax(0).expand(3, 2)).item())
        theta += slope(theta, weigh)
figures.two_ascents(paths)

# %% [markdown]
# With $\gamma^t$ the slope is +0.0625, without it -0.125. The sign has flipped, and the policy walks towards the lowest J of this
# world. Without $\gamma^t$ the mean is in general not the gradient of any objective. It is used all the same, because $\gamma^t$
# makes the weights of late steps very small. From here on we drop $\gamma^t$ too, and say so.
#
# **Predict.** In the widget choose *a goal at the end*: it pays 1 at the last of twelve steps. At which γ does the first action get half the credit of
# the last? And when the weight is $\gamma^t G_t$?
#
# <!-- BEGIN SOLUTION -->
# Where $\gamma^{11} = ½$, at about 0.94. With $\gamma^t$ all twelve get the same weight, $\gamma^{11}$.
# <!-- END SOLUTION -->

# %%
widgets.credit()

# %%
gammas, goal = (0.5, 0.94, 1.0), torch.tensor([0.0] * 11 + [1.0], dtype=double)
weights = {"$G_t$": rewards_to_go, r"$\gamma^t G_t$": discounted_weights}
figures.first_and_last_credit(gammas, {name: [w(goal, g) for g in gammas] for name, w in weights.items()})

# %% [markdown]
# ## 5.4 The loss means nothing
#
# PyTorch differentiates a number. So we build one from a batch of B steps b whose gradient points where -$\hat g$ points (its
# length: next section), the **surrogate loss**:
#
# $$L = -\frac{1}{B} \sum_b w_b \log \pi(a_b|s_b)$$
#
# ### Exercise 5.3 · `policy_gradient_loss`
#
# Write it; the weights are data, no gradient flows into them. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_policy_gradient_loss(log_probs, weights):
    """The surrogate loss, to be minimised; [B], [B] -> []."""
    # BEGIN SOLUTION
    return -(log_probs * weights.detach()).mean()
    # END SOLUTION


# %% tags=["check"]
checks.policy_gradient_loss(my_policy_gradient_loss)

# %% [markdown]
# <details><summary>Hint</summary>An optimiser goes downhill; the return should go up. <code>.detach()</code> cuts the
# weights' graph.</details>
#
# **Predict.** Two buttons pay 3 and 1. A policy unlearns the good one: its return falls from 2 to 1. What does the loss of its own
# presses do?
#
# <!-- BEGIN SOLUTION -->
# After a small rise it falls, too, to 0. A policy that is certain has log π = 0, whatever it is certain of.
# <!-- END SOLUTION -->
#
# ## 5.5 The mean over what?
#
# The estimate is a mean over N episodes. `.mean()` over all steps divides by ΣT instead, the batch's own length.
#
# **Predict.** *Stop* pays 1 at once. *Go on* takes two steps and pays $1.5$. Which way does `.mean()` push if the batch is one
# episode?
#
# <!-- BEGIN SOLUTION -->
# To stop. The longer episode is divided by more, so 1 a step stands against three quarters a step.
# <!-- END SOLUTION -->

# %%
good = torch.linspace(0.001, 0.999, 999, dtype=double)
choices, pay = torch.stack([good, 1 - good], 1), torch.tensor([3.0, 1.0], dtype=double)
figures.loss_and_return(good, losses=-(choices * choices.log()) @ pay, returns=choices @ pay)

# %%
from itertools import product

pays = {(0, 0): (1.0, {2: 1.0}), (0, 1): (0.0, {1: 1.0}), (1, 0): (1.5, {2: 1.0}), (1, 1): (1.5, {2: 1.0})}
hurry, even = helpers.world_from_steps(3, 2, pays), helpers.TabularPolicy(3, 2).double()
episodes = helpers.enumerate_trajectories(hurry, even.probs.detach(), horizon=2)
chances, T = torch.stack([e.probability for e in episodes]), torch.tensor([len(e) for e in episodes])
pushes = helpers.gradient_samples(even, episodes, lambda tau: rewards_to_go(tau.rewards))[:, 1]


def mean_push(n, divide_by_steps):
    """Exact mean over every batch of n episodes."""
    batches = torch.tensor(list(product(range(len(episodes)), repeat=n)))
    divisor = T[batches].sum(1) if divide_by_steps else n
    return (chances[batches].prod(1) * pushes[batches].sum(1) / divisor).sum().item()


sizes = range(1, 8)
figures.mean_over_steps(sizes, *([mean_push(n, by_steps) for n in sizes] for by_steps in (False, True)))

# %% [markdown]
# So the loss can fall while the return falls. Judge a training by its return. Divided by its own steps, a batch of one pushes
# the wrong way, -0.0625 where +0.125 is exact. In large batches ΣT/N hardly varies, so only the length of the step changes. This is
# why the course's learners use `.mean()`.
#
# ## 5.6 CartPole
#
# ### Exercise 5.4 · `reinforce_update`
#
# One update: loss, gradient, step. Gradients of an earlier batch must not count. 5 lines, 6 minutes, medium.


# %% tags=["exercise"]
def my_reinforce_update(policy, optimizer, obs, actions, weights):
    """One step on `policy_gradient_loss`; policy.log_prob(obs, actions) is [B]. Returns the loss before it."""
    # BEGIN SOLUTION
    loss = helpers.policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


# %% tags=["check"]
checks.reinforce_update(my_reinforce_update)

# %% [markdown]
# <details><summary>Hint</summary>Three calls in this order: <code>zero_grad</code>, <code>backward</code>,
# <code>step</code>.</details>
#
# The learner `reinforce` repeats this update: 64 episodes side by side, then one step of Adam on their returns-to-go, with
# $\gamma = 0.99$ and without $\gamma^t$. It uses no values and no model.
#
# By default `reinforce` does more than this section has said. It subtracts a baseline: at each step, the mean weight of the
# episodes that still run (lesson 6). Here `as_they_are` switches that off, so the weights are the plain returns-to-go.
#
# **Predict.** A random policy lasts about twenty steps. After how many episodes do we last $250$? And what does the loss do?
#
# <!-- BEGIN SOLUTION -->
# After several hundred episodes. The mean return passes 250 within these 22 updates of 64 episodes. Meanwhile the loss more
# than doubles, because the returns grow faster than the surprise -log π shrinks.
# <!-- END SOLUTION -->


# %%
def runs(learner_of, updates):
    """Mean returns and losses of every update, for five seeds: both [5, updates]."""
    histories = helpers.train_each((learner_of(seed) for seed in range(5)), max_updates=updates)
    means = [torch.stack([update.returns.mean() for update in history.updates]) for history in histories]
    return torch.stack(means), torch.stack([history.losses("policy") for history in histories])


def beginner(seed):
    return helpers.CategoricalPolicy(4, 2, seed=seed)


def cartpole(seed, policy_of=beginner, **options):
    envs = helpers.make_envs("CartPole-v1", 64, seed=seed)
    return helpers.reinforce(envs, policy_of(seed), seed=seed, **options)


as_they_are = {"centre": lambda weights, valid: weights}  # the returns-to-go, nothing taken off
returns, losses = runs(lambda seed: cartpole(seed, lr=0.03, **as_they_are), updates=22)

# %%
widgets.live_training()

# %%
figures.cartpole_from_returns(returns, losses)

# %% [markdown]
# ## 5.7 Labels instead of rewards
#
# Where the right answers $a^*$ are known, take the reward $1[A = a^*]$. The mean of the estimate is then the gradient of
# **accuracy**, $\pi(a^*)$; the gradient of **cross-entropy**, $-\log \pi(a^*)$, is minus that over $\pi(a^*)$:
#
# $$\mathbb{E}\bigl[1[A = a^*]\, \nabla \log \pi(A)\bigr] = \pi(a^*)\, \nabla \log \pi(a^*) = \nabla \pi(a^*)$$
#
# Learning a policy from labels is **behaviour cloning**. The states in the labels are the teacher's; once the clone acts, they are
# its own.
#
# ### Exercise 5.5 · `behaviour_cloning_loss`
#
# Write the cross-entropy, finite for logits of `±1000`. 1 line, 5 minutes, medium.


# %% tags=["exercise"]
def my_behaviour_cloning_loss(logits, actions):
    """Mean of -log softmax(logits)[action]; float [B, A], int64 [B] -> []."""
    # BEGIN SOLUTION
    return -logits.log_softmax(1)[torch.arange(len(actions)), actions].mean()
    # END SOLUTION


# %% tags=["check"]
checks.behaviour_cloning_loss(my_behaviour_cloning_loss)

# %% [markdown]
# <details><summary>Hint</summary><code>log_softmax(1)</code>, then one entry of each row.</details>
#
# **Predict.** The right action has probability $0.01$. How many times longer is the gradient by label? And can a clone play
# better than its teacher before it has seen a reward?
#
# <!-- BEGIN SOLUTION -->
# A hundred times. A label pulls hardest where the policy is most wrong, but a reward must first be met by chance. A clone can play
# better, because its copy is not exact. Nothing in the labels asks for that: copied for longer, it plays like its teacher.
# <!-- END SOLUTION -->

# %%
logits = torch.tensor([[0.01, 0.59, 0.40]], dtype=double).log().requires_grad_()
(by_label,) = torch.autograd.grad(-helpers.behaviour_cloning_loss(logits, torch.tensor([0])), logits)
by_reward = helpers.expected_score(logits[0].detach(), torch.tensor([1.0, 0.0, 0.0], dtype=double))
print("label over reward, logit by logit:", (by_label[0] / by_reward).round(decimals=6).tolist())


# %%
def by_spin(obs):  # the teacher: push to where the pole turns, look at nothing else
    return (obs[:, 3] > 0).long()


def clone(seed, steps=100):  # it sees ten episodes of the teacher, and no reward
    policy = beginner(seed)
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
    for _ in range(steps):  # the surrogate loss with weights of 1 is the loss of the exercise
        helpers.reinforce_update(policy, optimizer, obs, actions, torch.ones(len(obs)))
    return policy


def exam(player, seed):  # the returns of 256 fresh episodes
    envs = helpers.make_envs("CartPole-v1", 256, seed=seed)
    return helpers.collect_episodes(envs, player).valid.sum(0).double()


demo = helpers.collect_episodes(helpers.make_envs("CartPole-v1", 10, seed=100), by_spin)
obs, actions = demo.obs[demo.valid], demo.actions[demo.valid]

# %%
copies = {n: [exam(clone(seed, n), 101 + seed).mean().item() for seed in range(5)] for n in (100, 1000)}
teacher = exam(by_spin, 101)
figures.copied_for(copies, teacher)

# %%
hasty, _ = runs(lambda seed: cartpole(seed, clone, lr=0.03, **as_they_are), updates=22)
gentle, _ = runs(lambda seed: cartpole(seed, clone, lr=0.01, **as_they_are), updates=22)
figures.cloned_or_not(returns, hasty, gentle, teacher)

# %% [markdown]
# After 100 steps the clones play better than their teacher. The teacher looks at the spin alone. In its episodes the angle and the
# cart move along with the spin, so the unfinished copy leans on them too. Here that is the better rule: a clone that sees the spin
# alone gains less. After 1000 steps the copy is closer, and most of the advantage is gone.
#
# Then rewards come in. The first step of the recipe from above undoes more than a fifth of the clone's return. A third of that step
# size undoes less. Each curve goes on from there, so look also at how far it has come at the right.
#
# ## 5.8 A recommender
#
# A tutorial's recommender shows one of five items and draws the reward at random, whatever it shows. In ours, users have tastes,
# a history and boredom. A click pays 1, and a user who does not click soon leaves.
#
# **Predict.** What does REINFORCE learn from the first? Does its policy stay uniform?
#
# <!-- BEGIN SOLUTION -->
# It learns nothing, because the exact gradient is 0. Yet the policy does not stay uniform: noise alone pushes it away.
# <!-- END SOLUTION -->


# %%
def recommender(seed):
    envs = helpers.make_envs("Recommender-v0", 128, seed=seed)
    policy = helpers.CategoricalPolicy(13, 5, seed=seed)
    return helpers.reinforce(envs, policy, seed=seed, gamma=0.95, **as_they_are)


def wander(seed, updates=40):  # the probability of item 0, update by update, where rewards ignore it
    agent, envs = helpers.TabularPolicy(5, 5), helpers.make_envs(deaf, 16, seed=seed)
    learner = helpers.reinforce(envs, agent, seed=seed, lr=0.1, **as_they_are)
    return torch.stack([agent.probs[0, 0].detach() for _ in zip(learner, range(updates), strict=False)])


drawn = {(0, item): (0.0, {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}) for item in range(5)}  # the reward is drawn
paid = {(1 + k, item): (pay, {4: 1.0}) for k, pay in enumerate((-0.1, 0.5, 1.0)) for item in range(5)}
deaf = helpers.world_from_steps(5, 5, drawn | paid)
mean, spread = exact_moments(deaf, torch.zeros(5, 5), lambda tau: rewards_to_go(tau.rewards), horizon=2)
print(f"rewards at random: gradient {mean.abs().max():.10f}, variance of one estimate {spread.trace():.3f}")
known = {kind: helpers.recommender_return(kind) for kind in ("random", "myopic", "optimal")}
clicks, _ = runs(recommender, updates=50)
figures.nothing_or_something_to_learn(torch.stack([wander(seed) for seed in range(12)]), clicks, known)

# %% [markdown]
# The mean of the estimate is 0, but its variance is 0.672. So agents that can learn nothing still come to prefer some items. In our
# recommender returns alone are enough to pass the myopic rule, which shows what is clicked most today. Nothing is centred there.
#
# ## 5.9 Continuous actions
#
# With a Gaussian policy (lesson 2) only log π changes. A car too weak for its hill must swing. The flag pays `100`, and a push a costs
# $0.1 a^2$. We compare one episode an update, as in many tutorials, then 64 episodes, then 64 in which each push is held for eight
# steps. All three have one learning rate, and weigh with standardised returns-to-go. With one episode an update, the car has seen 64
# times fewer episodes after as many updates.
#
# **Predict.** What is learned from single episodes that do not meet the flag? And what do the other two change?
#
# <!-- BEGIN SOLUTION -->
# To push less and less, because standing still costs nothing. Among 64 episodes there is more often one that meets the flag. Held
# pushes swing the car, so most episodes meet it.
# <!-- END SOLUTION -->


# %%
def drive(seed, n_envs, hold=1):
    """REINFORCE on MountainCarContinuous-v0, on standardised returns-to-go however many episodes there are."""
    envs = helpers.make_envs("MountainCarContinuous-v0", n_envs, seed=seed, hold=hold)
    policy, weights = helpers.GaussianPolicy(2, 1, seed=seed), {"rescale": helpers.standardize, **as_they_are}
    return helpers.reinforce(envs, policy, seed=seed, gamma=0.95, **weights)


drives = {"one episode": (1, 1), "64 episodes": (64, 1), "64 episodes, pushes held": (64, 8)}
climbs = {name: runs(lambda seed, how=how: drive(seed, *how), updates=12)[0] for name, how in drives.items()}
figures.stand_still_or_climb(climbs)

# %% [markdown]
# Single episodes teach the car to push less, because only the pushes cost. Returns cannot teach what no episode has met. Held pushes
# earn more, because most of these episodes meet the flag. Holding does two things. The car swings, and γ counts pushes of eight
# steps, so credit reaches eight times as far back.
#
# ## 5.10 Beside DQN
#
# Beside REINFORCE we set a small DQN with as large a network.
#
# **Predict.** Which rises after fewer episodes on CartPole, and which ends higher? Which may learn from the data of an older policy?
#
# <!-- BEGIN SOLUTION -->
# DQN rises after fewer episodes, because it uses each step many times. This small DQN then stays below REINFORCE. DQN may learn from
# old data, because its target holds for any policy that acts. REINFORCE takes far fewer gradient steps and any action space.
# <!-- END SOLUTION -->


# %%
def noise(gradients):
    """How long the deviation of one estimate is, in lengths of the mean."""
    deviations = gradients - gradients.mean(0)
    return (deviations.square().sum(1).mean().sqrt() / gradients.mean(0).norm()).item()


def td_gradients(seed):
    """Gradients of DQN's first squared TD errors, each over 128 remembered steps of random play, [64, P]."""
    network = helpers.QNetwork(4, 2, seed=seed)
    network.epsilon = 1.0
    block = helpers.collect(helpers.make_envs("CartPole-v1", 64, seed=seed), network, 160, seed=seed)
    parts = (block.obs, block.actions, block.rewards, block.final_obs, block.terminated)
    rows = torch.randperm(64 * 128, generator=torch.Generator().manual_seed(seed)).view(64, 128)
    gradients = []
    for obs, actions, rewards, after, over in zip(*(part[block.valid][rows] for part in parts), strict=True):
        targets = 0.1 * rewards + 0.98 * network(after).amax(1).detach() * ~over
        loss = (network(obs).gather(1, actions[:, None])[:, 0] - targets).square().mean()
        gradients.append(torch.cat([g.flatten() for g in torch.autograd.grad(loss, network.parameters())]))
    return torch.stack(gradients)


# %%
settings = {"gamma": 0.98, "lr": 4e-3, "reward_scale": 0.1, "target_every": 50, "epsilon": (1.0, 0.02, 5000)}


def valued(seed, updates=2000):  # the return of every episode of DQN
    network, envs = helpers.QNetwork(4, 2, seed=seed), helpers.make_envs("CartPole-v1", 16, seed=seed)
    learner = helpers.dqn(envs, network, seed=seed, **settings)
    return helpers.train_each([learner], max_updates=updates)[0].episode_returns


def first_noises(seed):  # of one gradient before any learning
    envs = helpers.make_envs("CartPole-v1", 256, seed=seed)
    played = helpers.collect_episodes(envs, beginner(seed), seed=seed).trajectories()
    samples = helpers.gradient_samples(beginner(seed), played, lambda tau: rewards_to_go(tau.rewards, 0.99))
    return noise(samples), noise(samples) / 64**0.5, noise(td_gradients(seed))


scores = [valued(seed) for seed in range(5)]
noises = zip(*[first_noises(seed) for seed in range(5)], strict=True)
named_noises = dict(zip(("one\nepisode", "64\nepisodes", "128 steps\nof DQN"), noises, strict=True))
figures.episodes_needed(returns, scores, named_noises, updates_of_dqn=2000)
# %%
old = helpers.enumerate_trajectories(lottery, undecided.softmax(1), horizon=3)  # by the undecided policy
chances = torch.stack([tau.probability for tau in old])
fresh, stale, q = undecided.clone(), undecided.clone(), torch.tensor([0.0, 1.0], dtype=double).expand(5, 2)
paths = {"policy gradient, fresh data": [], "Q-learning, old data": [], "policy gradient, old data": []}
for step in range(41):
    policies = (fresh.softmax(1), torch.eye(2, dtype=double)[q.argmax(1)], stale.softmax(1))
    for path, probs in zip(paths.values(), policies, strict=True):
        path.append(helpers.expected_return(lottery, probs).item())
    agent, exact = helpers.TabularPolicy(5, 2, stale), helpers.exact_policy_gradient(lottery, stale)
    samples = helpers.gradient_samples(agent, old, lambda tau: discounted_weights(tau.rewards, 0.9))
    by_old = (chances @ samples).view(5, 2)
    if step in (0, 10):
        print(f"update {step}: bias {(by_old - exact).norm():.3f}, exact gradient {exact.norm():.3f}")
    fresh, stale = fresh + helpers.exact_policy_gradient(lottery, fresh), stale + by_old
    q = q + 0.2 * (lottery.reward + 0.9 * lottery.transition @ (q.amax(1) * ~lottery.terminal) - q)
servers = helpers.make_envs("ServerCooling-v0", 8, seed=0)
server = helpers.collect(servers, helpers.CategoricalPolicy(4, 3, seed=0), n_steps=1000)
print(f"episodes that ended in 1000 steps of 8 servers: {int(server.ended.sum())}")
figures.old_data(paths, best=(lottery.start @ helpers.optimal_action_values(lottery).amax(1)).item())

# %% [markdown]
# Before any learning, one episode's estimate is more than five times as noisy as DQN's. DQN climbs after fewer episodes, and takes
# far more gradient steps for it. REINFORCE climbs later, and at the end it lasts longer. This compares two small learners with these
# settings. It says nothing of larger networks or other settings.
#
# On old data the bias soon cancels the gradient, 0.264 against 0.271. The policy stops at 1.492 of 1.900. Q-learning's target holds
# for data of any policy that tries every action. REINFORCE also waits for an end, so on servers that run for ever it cannot begin
# (lesson 7).
#
# ## What to remember
#
# 1. Play, weigh each log-probability with what came after it, push: no model, no values, but whole and fresh episodes.
# 2. Say what is dropped and what is divided by: without $\gamma^t$, or divided by ΣT, the mean of the estimate is not ∇J.
# 3. The loss is a tool for a gradient. Only the return says how well a training goes.
#
# ## Pitfalls
#
# Lines seen in courses, each beside the exact number. First the weights: **the reward in place of the return; the mean
# log-probability times the sum of the returns; 1 - π as the loss; the log-probability of the clipped action; discounting in place
# in integers.** Then the episodes: **a return that starts anew at each reward of 0; an environment seeded again for each episode; all parallel
# episodes cut when one ends.**


# %%
def for_buying(weight_fn):
    """Exact mean of the estimate for buying a ticket in the first round."""
    return exact_moments(lottery, undecided, weight_fn, horizon=3)[0][1].item()


exact = for_buying(lambda tau: discounted_weights(tau.rewards, 0.9))
print(f"rewards, not returns: {for_buying(lambda tau: tau.rewards):+.4f}; exact {exact:+.4f}")
mixed = for_buying(lambda tau: rewards_to_go(tau.rewards, 0.9).sum().expand(len(tau)) / len(tau))
print(f"mean log-probability, sum of returns: {mixed:+.4f}; exact {exact:+.4f}")
often, prizes = torch.tensor([0.9, 0.1]), torch.tensor([1.0, 2.0])  # the better button is rare
by_probability, right = (helpers.expected_score(often.log(), w)[0] for w in (prizes * often, prizes))
print(f"1 - π for -log π, first button: {by_probability:+.3f}; exact {right:+.3f}")
a = torch.linspace(-6.0, 8.0, 100_001, dtype=double)  # N(0.8, 0.5), clipped to [-1, 1]
density = torch.softmax(-0.5 * ((a - 0.8) / 0.5) ** 2, dim=0)
print(f"mean score, scored as clipped: {density @ (a.clamp(-1, 1) - 0.8) / 0.25:+.3f}; exact 0")
ones, kept = torch.ones(4, dtype=torch.int64), torch.ones(4, dtype=torch.int64)
for t in (2, 1, 0):
    ones[t] += (0.5 * ones[t + 1]).long()
print(f"returns of integers: {ones.tolist()}; exact {rewards_to_go(kept, 0.5).tolist()}")

# %%
rewards, anew, running = torch.tensor([0.0, 0.0, 1.0, 0.0, 4.0]), [], 0.0
for reward in rewards.flip(0).tolist():
    running = reward + 0.5 * running if reward else 0.0
    anew.insert(0, running)
print(f"starting anew at 0: {anew}; exact {rewards_to_go(rewards, 0.5).tolist()}")

two = helpers.two_state_world()
envs, best = helpers.make_envs(two, 1, seed=0), two.reward.amax(1)
met = [int(envs.reset(seed=0)[0][0]) for _ in range(100)]  # the seed belongs in front of the loop
print(
    f"seeded for each episode: mean of 100 best returns {best[met].mean():.1f}; exact {two.start @ best:.1f}"
)

lasting = helpers.world_from_steps(2, 1, {(0, 0): (1.0, {0: 0.9, 1: 0.1})})  # 1 a step, each may be the last
many_envs = helpers.make_envs(lasting, 8 * 1000, seed=0)
ended = helpers.collect_episodes(many_envs, helpers.TabularPolicy(2, 1), seed=0).valid.sum(0).double()
cut, whole = ended.view(1000, 8).amin(1), helpers.expected_return(lasting, torch.ones(2, 1))
error = helpers.standard_error(cut[:, None]).item()
print(f"eight cut when one ends: sampled {cut.mean():.2f}, standard error {error:.2f}; exact {whole:.1f}")

# %% [markdown]
# ## Sources
#
# * Williams: *Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning* (1992): REINFORCE, with the
#   whole reinforcement of an episode.
# * Sutton, McAllester, Singh, Mansour: *Policy Gradient Methods for Reinforcement Learning with Function Approximation* (1999):
#   the theorem.
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 13.1 to 13.3, 13.7; REINFORCE
#   as written here, with $\gamma^t G_t$, is in section 13.3.
# * Nota, Thomas: *Is the Policy Gradient a Gradient?* (2020): without $\gamma^t$ it is the gradient of no objective.
# * Pomerleau: *Efficient Training of Artificial Neural Networks for Autonomous Navigation* (1991): behaviour cloning.
# * Moore: *Efficient Memory-Based Learning for Robot Control* (1990): the mountain car.
# * Mnih et al.: *Human-level control through deep reinforcement learning* (2015): DQN.
