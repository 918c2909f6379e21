# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · Why does adding 100 to every reward break learning?
#
# Two buttons pay $+1$ and $-1$. Add $100$ to both, and the same button is best, by the same margin. Yet many agents that
# learned the first game do not learn the second one. We find out why, and what brings them home.
#
# This game has one step, so its reward is its return. In longer games the two are different. A constant on every *return*
# changes nothing in any game. A constant on every *reward* changes nothing only where all episodes are equally long. Elsewhere
# it pays for time, as a corridor and CartPole show at the end. About 45 minutes; five exercises.

# %%
import torch

from helpers import (
    cartpole_at,
    checks,
    discounted_weights,
    entropy,
    estimator_table,
    exact_moments,
    exact_policy_gradient,
    figures,
    gradient_variance,
    lottery_world,
    optimal_baseline,
    play,
    rewards_to_go,
    standardize,
    widgets,
    world_from_steps,
)

# %% [markdown]
# ## 6.1 Two buttons
#
# The good button pays R₀ = +1, the bad one R₁ = -1. One logit θ decides: p₀ = σ(θ), p₁ = 1 - p₀. A press pushes θ by
# reward times score, p₁R₀ or -p₀R₁. On average
#
# $$\nabla J = p_0 \cdot p_1 R_0 + p_1 \cdot (-p_0 R_1) = p_0 p_1 (R_0 - R_1)$$
#
# **Predict.** Both rewards rise by $100$, to $101$ and $99$. What happens to the mean push? To the push after the bad button?
#
# <!-- BEGIN SOLUTION -->
# The mean stays, because only the difference of the rewards is in it. The push after the bad button turns round: 99 is a
# large reward, so the bad button becomes likelier too. Whatever is pressed becomes likelier.
# <!-- END SOLUTION -->

# %%
p = 0.3
good = {f"rewards {1 + shift}, {-1 + shift}": (1 - p) * (1 + shift) for shift in (0, 100)}
bad = {f"rewards {1 + shift}, {-1 + shift}": -p * (-1 + shift) for shift in (0, 100)}
figures.pushes(good, bad, p)

# %% [markdown]
# The mean push, +0.42, is now a small difference of large numbers. Either button becomes likelier whenever it is pressed. How
# noisy is one push? With a logit for each action, as in code, g(a) = (R(a) - b)(onehot(a) - π), and the **total variance** adds up over the logits:
#
# $$\operatorname{tr} \operatorname{Cov}[g] = \sum_a \pi(a)\, \lVert g(a) - \mathbb{E}[g] \rVert^2$$
#
# ### Exercise 6.1 · `gradient_variance`
#
# Write it, exactly, for any number of actions and a number b to be taken off the rewards. 2 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_gradient_variance(probs, rewards, baseline):
    """The exact total variance of the gradient of one sample; probs [A], rewards [A], a number -> []."""
    # BEGIN SOLUTION
    pushes = (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs)  # a row for each action
    return probs @ ((pushes - probs @ pushes) ** 2).sum(1)
    # END SOLUTION


# %% tags=["check"]
checks.gradient_variance(my_gradient_variance)

# %% [markdown]
# <details><summary>Hint</summary><code>torch.eye(A) - probs</code> holds the score of action a in row a. Weigh each row
# with what is left of its reward, then take mean and squared distance with the probabilities as weights.</details>
#
# **Predict.** How much more variance do the rewards $101$ and $99$ have?
#
# <!-- BEGIN SOLUTION -->
# 63 001 times as much. Variance goes with the square of the distance between the two pushes: from 0.30 to 0.70, and now from
# -29.70 to 70.70.
# <!-- END SOLUTION -->

# %%
probs, rewards = torch.tensor([0.3, 0.7], dtype=torch.float64), torch.tensor([1.0, -1.0], dtype=torch.float64)
for shift in (0, 100):
    total = gradient_variance(probs, rewards + shift, 0.0)  # of both logits: twice that of one
    ratio = total / gradient_variance(probs, rewards, 0.0)
    print(f"shift {shift:3d}: one logit {total / 2:9.4f}, total {total:9.4f}, ratio {ratio:.0f}")

# %% [markdown]
# The gradient is the same; the variance of one logit is 2116.8 instead of 0.0336. (Two logits move against each other, so
# the total over both is twice that.)
#
# ## 6.2 A crowd of agents
#
# Noise averages out, one may hope. We let `20_000` agents learn side by side, each from its own $200$ presses, all from p = ½
# and with the learning rate $\alpha = 0.1$.
#
# **Predict.** How many of them prefer the bad button after these presses, without and with the $100$?
#
# <!-- BEGIN SOLUTION -->
# None without; about half with it. Their first press is chance, and it moves them far to one side.
# <!-- END SOLUTION -->


# %%
def crowd(
    shift, baseline=lambda p, seen: 0.0, bonus=0.0, agents=20_000, presses=200, lr=0.1, every=1, seed=2
):
    """The probability of the good button of every agent after each `every` presses, [presses / every + 1, agents]."""
    chance = torch.Generator().manual_seed(seed)  # the same luck for every setting
    logit, seen, path = torch.zeros(agents), torch.zeros(agents), []
    for press in range(presses):
        p = logit.sigmoid()
        path += [p] if press % every == 0 else []
        good = (torch.rand(agents, generator=chance) < p).float()
        reward = 2 * good - 1 + shift
        push = (reward - baseline(p, seen)) * (good - p)
        logit = logit + lr * (push - bonus * logit * p * (1 - p))  # bonus: of section 6.6
        seen = seen + (reward - seen) / (press + 1)  # mean of the own rewards so far
    return torch.stack([*path, logit.sigmoid()])


def lost(path, row=-1):
    return (path[row] < 0.5).double().mean().item()


# %%
paths = {"rewards +1, -1": crowd(shift=0), "rewards +101, +99": crowd(shift=100)}
first = paths["rewards +101, +99"][1]
print(f"with 100 added, after one press: p = {first.min():.4f} or p = {first.max():.4f}")
figures.crowds(paths)

# %% [markdown]
# With the $100$, about half of them are lost. One press moves the logit by about 5, p from ½ to 0.0070 or 0.9936. The button that
# came first is pressed again, and it becomes likelier again. An agent that presses the other button once jumps to the other
# side. The mean over all agents hardly moves, because near p = 0 and p = 1 the mean push p₀p₁(R₀ - R₁) is almost 0.
#
# **Predict.** In the widget, add $100$, then raise the baseline slowly. From which baseline on is every agent home? With
# nothing added, what does a baseline of $100$ do, which is too *high*?
#
# <!-- BEGIN SOLUTION -->
# From about 97 on. A few too high or too low does no harm, because then every push is small. From 99 to $101$ it is certain:
# there the good press is never blamed and the bad one never praised. A baseline that is $100$ too high blames whatever is
# pressed, and about half are lost again. Only shift minus baseline reaches the update.
# <!-- END SOLUTION -->

# %%
widgets.reward_shift()


# %%
tried = 99 + 2 * torch.randint(2, (4_000,), generator=torch.Generator().manual_seed(1))  # one press to look
baselines = {
    "none": lambda p, seen: 0.0,
    "constant 90": lambda p, seen: 90.0,
    "constant 100": lambda p, seen: 100.0,
    "value V": lambda p, seen: 2 * p - 1 + 100,
    "best b*": lambda p, seen: 1 - 2 * p + 100,
    "own mean, one look first": lambda p, seen: torch.where(seen > 0, seen, tried),
    "own mean, starts at 0": lambda p, seen: seen,
}
shares, late = {}, {"agents": 4_000, "presses": 3_000, "every": 200}
for name, b in baselines.items():
    path = crowd(100, b, **late)
    shares[name] = {presses: lost(path, presses // 200) for presses in (200, 1_000, 3_000)}
figures.lost_agents(shares, agents=4_000)

# %%
for lr in (0.1, 0.01, 0.001):
    presses = round(20 / lr)  # all go equally far
    share = lost(crowd(100, agents=2_000, presses=presses, lr=lr, every=presses))
    ratio = 100 / presses**0.5  # at p = 1/2
    print(f"rate {lr}, {presses} presses: noise / drift {ratio:.2f}; lost {share:.1f} of all (sampled)")

# %% [markdown]
# A **baseline** is a number taken off the reward before it weighs the score. By the lemma of lesson 4 it is free. Each one near
# the rewards brings all home: a constant, the value V, the best b* of the next section, the mean of the own rewards.
#
# A mean that starts at 0 is late: the first press still weighs about $100$, and half go astray. But then the mean is right, every
# push is small, and the lost agents climb back. They were *delayed*. Without a baseline about half of the agents are still lost
# at the end.
#
# A smaller learning rate helps, at a price. At p = ½ the pushes of n presses add up to n/2 on average, with a standard
# deviation of 50√n. So the noise is 100/√n times the drift, and only $10\,000$ presses make them equal.
#
# ## 6.3 Which baseline is best?
#
# For one logit the two pushes are p₁(R₀ - b) and -p₀(R₁ - b). They differ by (b* - b), so
#
# $$\operatorname{Var} = p_0 p_1 (b - b^*)^2, \qquad b^* = p_1 R_0 + p_0 R_1$$
#
# **Predict.** V = p₀R₀ + p₁R₁ is what everyone subtracts. At $+1$, $-1$ and $p = 0.3$: is it better than nothing?
#
# <!-- BEGIN SOLUTION -->
# No. b* weighs each reward with the *other* button's probability, which gives 0.40. V = -0.40 lies on the wrong side of 0,
# twice as far from b*. So the variance is four times that of b = 0, at any p but ½, where all three are 0.
# <!-- END SOLUTION -->

# %%
widgets.baseline_parabola()

# %%
for p_good in (0.1, 0.3, 0.45, 0.9):
    pi = torch.tensor([p_good, 1 - p_good], dtype=torch.float64)
    ratio = gradient_variance(pi, rewards, 2 * p_good - 1) / gradient_variance(pi, rewards, 0.0)
    print(f"p = {p_good}: V has {ratio:.2f} times the variance of no baseline")
ratio = gradient_variance(probs, rewards + 100, 99.6) / gradient_variance(probs, rewards + 100, 0.0)
print(f"with 100 added: {ratio:.6f} times")
marks = {"none": 0.0, "V": 2 * p - 1, "b*": 1 - 2 * p}
one_logit = {name: gradient_variance(probs, rewards, b).item() / 2 for name, b in marks.items()}
figures.variance_parabola(p, marks, one_logit)

# %% [markdown]
# V has exactly four times the variance, at rewards that happen to lie around 0. With $100$ added, V takes nearly all of the
# variance away. V makes E[(R - b)²] smallest, but the variance also weighs with the squared score s. So the best b of each
# parameter is a mean of the returns, weighted by s²:
#
# $$b_k = \frac{\sum_n s_{nk}^2 G_n}{\sum_n s_{nk}^2}$$
#
# ### Exercise 6.2 · `optimal_baseline`
#
# Write it from samples; 0 for a parameter whose score is always 0. 1 to 3 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_optimal_baseline(returns, scores):
    """The baseline of least variance for each parameter; returns [N], scores [N, P] -> [P]."""
    # BEGIN SOLUTION
    return ((returns @ scores**2) / (scores**2).sum(0)).nan_to_num()  # 0/0 -> 0
    # END SOLUTION


# %% tags=["check"]
checks.optimal_baseline(my_optimal_baseline)

# %% [markdown]
# <details><summary>Hint</summary>Set the derivative of Σ s²(G - b)² to 0. Make the returns a column beside s²; mend 0/0 in the
# end.</details>
#
# ## 6.4 Baselines in a world with states
#
# The lottery of lesson 3 has two rounds: work, or buy a ticket. Where a prize waits, every return is high: a number for
# each state, b(s), knows that. Its twelve trajectories give bias and variance exactly.
#
# **Predict.** Rank by variance: no baseline, the constant J, V(s), the best b(s).
#
# <!-- BEGIN SOLUTION -->
# In this order, falling. V(s) is not the best, but here close to it.
# <!-- END SOLUTION -->

# %%
world, logits = lottery_world(), torch.tensor([[0.5, -0.5]] * 5, dtype=torch.float64)
table = {row.name: row for row in estimator_table(world, logits, horizon=3)}
for row in list(table.values())[2:]:  # finite differences and the cross-entropy method stand in lesson 3
    print(f"{row.name:28s} bias {row.bias:.3f}, variance {row.variance:.3f}")

# %% [markdown]
# The row with a bias drops γ^t (lesson 5). Where no exact value is known, two things help, both without bias. The mean of the
# *other* episodes of a batch, **leave-one-out**, stands for J. And b(s) can be learned: here as the mean return seen in each
# state, in earlier episodes.


# %%
from helpers import TabularPolicy, enumerate_trajectories, gradient_samples, leave_one_out


def powers(tau):
    return world.gamma ** torch.arange(len(tau), dtype=torch.float64)


policy, truth = TabularPolicy(5, 2, logits), exact_policy_gradient(world, logits).flatten()
episodes = enumerate_trajectories(world, logits.softmax(1), horizon=3)
chances = torch.stack([tau.probability for tau in episodes])
returns = torch.stack([rewards_to_go(tau.rewards, world.gamma)[0] for tau in episodes])
weighted = gradient_samples(policy, episodes, lambda tau: discounted_weights(tau.rewards, world.gamma))
for n in (2, 3):
    batches = torch.cartesian_prod(*[torch.arange(12)] * n)  # every batch of n episodes
    others = torch.stack([leave_one_out(returns[batch]) for batch in batches])[:, :, None]
    gradients = weighted[batches] - others * gradient_samples(policy, episodes, powers)[batches]
    errors, chance = gradients.mean(1) - truth, chances[batches].prod(1)
    bias, spread = (chance @ errors).norm(), n * chance @ (errors**2).sum(1)
    print(f"leave-one-out, N = {n}: bias {bias:.3f}, variance x N {spread:.3f}")

# %%
from helpers import sample_trajectories


def minus(b):
    return lambda tau: powers(tau) * (rewards_to_go(tau.rewards, world.gamma) - b[tau.states[:-1]])


def learned(n, seed):
    """The exact variance with b(s) learned as the mean return seen in each state, in n episodes."""
    seen = sample_trajectories(world, logits.softmax(1), n, 3, torch.Generator().manual_seed(seed))
    states = torch.cat([tau.states[:-1] for tau in seen])
    total = torch.cat([rewards_to_go(tau.rewards, world.gamma) for tau in seen])
    total = torch.zeros(5, dtype=torch.float64).index_add(0, states, total)
    b = total / states.bincount(minlength=5).clamp(min=1)
    return exact_moments(world, logits, minus(b), 3)[1].trace()


sizes = [1, 2, 4, 16, 64, 256]
variances = torch.tensor([[learned(n, seed) for seed in range(25)] for n in sizes])
figures.learned_baseline(sizes, variances, table["reward-to-go"].variance, table["optimal baseline"].variance)

# %% [markdown]
# Leave-one-out brings the noise of the other episodes along. In batches of two it has more variance than no baseline at all,
# 5.286 against 4.624. In batches of three it has 4.448, and in the limit that of J. A b(s) learned from one episode can have more,
# too. A b(s) learned from 16 episodes or more has less. V(s) is not the best, but it is simple and close: 2.672 against 2.607.
#
# ## 6.5 Standardised returns: a hidden baseline
#
# Most code moves the returns of a batch to mean 0 and scales them to standard deviation 1. The mean is a baseline, the
# division a change of step size:
#
# $$\tilde x_i = \frac{x_i - \operatorname{mean}(x)}{\operatorname{std}(x)}$$
#
# ### Exercise 6.3 · `standardize`
#
# Write it; equal entries, and a single one, become exactly 0. Either convention of the standard deviation is right.
# 1 or 2 lines, 6 minutes, easy but for one trap.


# %% tags=["exercise"]
def my_standardize(x):
    """The entries moved to mean 0 and scaled to standard deviation 1; 0 for equal entries; [B] -> [B]."""
    # BEGIN SOLUTION
    x = x - x[0]  # equal entries are exactly 0 now; their mean may round (see Pitfalls)
    return (x - x.mean()) / (x.std(correction=0) + 1e-8)  # 1/B: a single entry has 0, and not NaN
    # END SOLUTION


# %% tags=["check"]
checks.standardize(my_standardize)

# %% [markdown]
# <details><summary>Hint</summary>0/0 is NaN, so add a small number below. That is not enough: the mean of equal entries may
# round, and a tiny rest over a tiny deviation is not 0. So subtract <code>x[0]</code> first. And <code>x.std()</code> of one
# entry divides by 1 - 1; <code>correction=0</code> does not.</details>
#
# Both numbers are made of the sample's own return, hence of its own action: a bias (lesson 4). How bad depends on what is
# a batch. Popular code takes *one episode*.
#
# **Predict.** CartPole pays 1 at every step. Which actions get a positive weight if an episode is standardised by itself?
#
# <!-- BEGIN SOLUTION -->
# Those of its first half, whatever they were: the return-to-go T - t falls from step to step, so its mean lies in the
# middle. Good and bad episodes get the same weights.
# <!-- END SOLUTION -->

# %%
env, weights = cartpole_at([0.0, 0.0, 0.02, 0.0]), {}
rules = {
    "always left": lambda obs: 0,
    "a good rule": lambda obs: int(obs[2] + 0.5 * obs[3] + 0.1 * obs[1] > 0),
}
for name, rule in rules.items():
    rewards_of_one = play(env, rule, seed=0).rewards
    weights[f"{name}, {len(rewards_of_one)} steps"] = standardize(rewards_to_go(rewards_of_one))
figures.praise_of_the_first_half(weights)

# %%
farm = world_from_steps(
    n_states=4,  # of lesson 4. 0: seed corn in hand, 1: bare field, 2: full field, 3: the end
    n_actions=2,
    steps={
        (0, 0): (2.0, {1: 1.0}),  # eat the seed corn
        (0, 1): (0.0, {1: 0.25, 2: 0.75}),  # sow it: grows three times in four
        (1, 0): (0.0, {3: 1.0}),  # rest
        (1, 1): (1.0, {3: 1.0}),  # glean
        (2, 0): (0.0, {3: 1.0}),  # rest
        (2, 1): (10.0, {3: 1.0}),  # harvest
    },
)
undecided = torch.zeros(4, 2, dtype=torch.float64)
right = exact_policy_gradient(farm, undecided)[0, 1]
wrong, _ = exact_moments(farm, undecided, lambda tau: standardize(rewards_to_go(tau.rewards)), 2)
print(f"for sowing: exact {right:+.3f}, each episode standardised by itself {wrong[1]:+.3f}")

# %% [markdown]
# The clumsy episode's first half gets as much praise as the good one's. On the farm of lesson 4 even the sign turns. Who eats has
# G₀ > G₁ and is praised, whatever follows. Who sows has G₀ = G₁ and gets nothing.
#
# Standardise *many* episodes together, and the bias fades. On the farm this takes some: up to 8 episodes in a batch the mean
# push for sowing has the wrong sign, from 9 on the right one. From about 32 on the bias falls like 1/N.
#
# ## 6.6 A bonus for doubt
#
# The lost agents stopped trying. An **entropy bonus** adds βH to the objective, to keep them doubting:
#
# $$H(\pi) = -\sum_a \pi(a) \log \pi(a)$$
#
# ### Exercise 6.4 · `entropy`
#
# Write it for each row of logits, in nats, differentiable, and finite for logits of ±10 000. 1 line, 5 minutes, easy
# but for one trap.


# %% tags=["exercise"]
def my_entropy(logits):
    """The entropy of the softmax of each row; logits [B, A] -> [B]."""
    # BEGIN SOLUTION
    return -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)
    # END SOLUTION


# %% tags=["check"]
checks.entropy(my_entropy)

# %% [markdown]
# <details><summary>Hint</summary><code>log_softmax</code> is finite where <code>softmax(...).log()</code> is
# -∞.</details>
#
# **Predict.** Does a bonus of $\beta = 1$, or of $\beta = 100$, bring the crowd home that earns $101$ and $99$, in $3000$ presses?
#
# <!-- BEGIN SOLUTION -->
# No. A push of ±50 outweighs the smaller one, and near p = 0 or 1 the gradient of the entropy vanishes. What a bonus does do is
# change the goal: J + βH is largest at p = σ(2/β), not at 1. With the larger one that is almost ½, so half stay below it.
# <!-- END SOLUTION -->

# %%
choices = torch.stack([grid := torch.arange(0.001, 1.0, 0.001, dtype=torch.float64), 1 - grid], dim=1)
for beta in (0.5, 1.0, 100.0):
    best = grid[(choices @ rewards + beta * entropy(choices.log())).argmax()]
    half = abs(lost(crowd(100, bonus=beta, **late)) - 0.5) < 0.1
    print(f"beta {beta:5.1f}: best at p = {best:.3f}; about half of the agents lost: {half}")

# %% [markdown]
# The bonus does not replace a baseline here: with each β about half stay lost. It is a term of the objective, and it has a
# price: the best policy of the new objective is not that of J.
#
# ## 6.7 Hints in the reward
#
# Where reward is rare one adds hints. **Potential-based shaping** pays what a step gains in a potential Φ of the state:
#
# $$R'_{t+1} = R_{t+1} + \gamma \Phi(S_{t+1}) - \Phi(S_t)$$
#
# ### Exercise 6.5 · `potential_shaping`
#
# Write it for one episode; the last potential is used as given. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_potential_shaping(rewards, potentials, gamma):
    """The shaped rewards; rewards [T], potentials [T + 1], a number in [0, 1] -> [T]."""
    # BEGIN SOLUTION
    return rewards + gamma * potentials[1:] - potentials[:-1]
    # END SOLUTION


# %% tags=["check"]
checks.potential_shaping(my_potential_shaping)

# %% [markdown]
# <details><summary>Hint</summary><code>potentials[:-1]</code> are those before the steps, <code>potentials[1:]</code> those
# after.</details>
#
# A corridor pays 1 at its goal, position 4, and $\gamma = 0.99$. We try three hints. One is the potential
# $\Phi = -0.1 \cdot \text{distance}$ to the goal, which is 0 at the end. One is $0.1 \cdot |\Delta x|$ for any movement. One is $0.1$
# for every step.
#
# **Predict.** With which hint does an agent that solves the corridor perfectly still walk to the goal?
#
# <!-- BEGIN SOLUTION -->
# Only with the potential: what a step forward pays, the step back takes away. With $|\Delta x|$, dancing to and fro earns
# $0.1 / (1 - \gamma) = 10$. With $0.1$ a step, so does any walk that avoids the goal. The goal pays 1 and ends all pay.
# <!-- END SOLUTION -->


# %%
from helpers import expected_return, greedy_actions, optimal_action_values, potential_shaping, state_values


def corridor(hint):
    """Positions 0 to 4; left is 0, right is 1; arriving at 4 pays 1 and ends; hint(before, after) is added."""
    goes = {(x, action): max(x + step, 0) for x in range(4) for action, step in ((0, -1), (1, 1))}
    steps = {(x, action): (float(y == 4) + hint(x, y), {y: 1.0}) for (x, action), y in goes.items()}
    return world_from_steps(5, 2, steps, gamma=0.99)


phi = -0.1 * (4 - torch.arange(5.0, dtype=torch.float64))
worlds = {
    "no hint": corridor(lambda x, y: 0.0),
    "potential": corridor(lambda x, y: 0.99 * phi[y] - phi[x]),
    "|Δx|": corridor(lambda x, y: 0.1 * abs(y - x)),
    "0.1 a step": corridor(lambda x, y: 0.1),
}


# %%
def best_policy(mdp):
    return torch.eye(2, dtype=torch.float64)[greedy_actions(optimal_action_values(mdp).round(decimals=6))]


def shaped_weights(tau):
    return discounted_weights(potential_shaping(tau.rewards, values[tau.states], world.gamma), world.gamma)


policies = {name: best_policy(mdp) for name, mdp in worlds.items()}
earned = {name: expected_return(worlds["no hint"], best).item() for name, best in policies.items()}
moved = optimal_action_values(worlds["potential"]) - optimal_action_values(worlds["no hint"])
print("q' - q at positions 0 to 3:", moved[:4].round(decimals=3).tolist())

values = state_values(world, logits.softmax(1))
_, covariance = exact_moments(world, logits, shaped_weights, 3)
by_shaping, by_baseline = covariance.trace(), table["baseline V"].variance
print(f"lottery shaped by V: variance {by_shaping:.3f}; with V as baseline {by_baseline:.3f}")
figures.shaped_corridors({name: best[:4] for name, best in policies.items()}, earned)

# %% [markdown]
# The potential moves every q(s, a) by -Φ(s), so the best action stays. With Φ = 0 at the end the return-to-go of the shaped
# rewards is $G_t - \Phi(S_t)$: a potential *is* a baseline. With Φ = V both have the variance 2.672.
#
# A constant on each reward is something else. It adds up to more where an episode lasts longer, so it pays for time and changes
# the game. No baseline mends that. Only where all episodes are equally long does it add the same number to every return.
#
# ## 6.8 A real run
#
# CartPole pays 1 for every step. REINFORCE learns it as in lesson 5, with $\gamma = 1$ and five seeds. We add $100$ in two ways: to
# each reward, and once to each return (a prize for taking part). Each run goes on until its last $80$ episodes have a mean
# return of $400$, so that slow and lost can be told apart.
#
# **Predict.** Which of the two disturbs learning without a baseline? Are its runs lost or delayed? Does a learned baseline that
# starts at 0 help? Does the mean of the batch?
#
# <!-- BEGIN SOLUTION -->
# The prize does. It delays learning, and some runs it locks up. $100$ more on each reward makes each return $101$ times as
# large. That is only a factor, and Adam divides factors out. A learned baseline that starts at 0 shortens the delay. The mean
# of the batch takes the prize off at once.
# <!-- END SOLUTION -->


# %%
from helpers import CategoricalPolicy, ValueFunction, make_envs, reinforce, train_each

goal = {"target": 400.0, "window": 80, "hold": 0, "max_updates": 1000, "max_steps": None}


def learner(seed, each=0.0, prize=0.0, learned=False, rescale=lambda weights: weights):
    """REINFORCE with something added to each reward and to each return, and perhaps a learned baseline."""
    envs, policy = make_envs("CartPole-v1", 16, seed=seed), CategoricalPolicy(4, 2, (32,), seed=seed)
    settings = {"seed": seed, "gamma": 1.0, "lr": 0.02, "baseline_lr": 0.02, "rescale": rescale}
    settings["reward_scale"] = 0.02 if learned else 1.0  # a baseline learns numbers of size 1 best
    settings["weight_fn"] = lambda tau: rewards_to_go(tau.rewards + each) + prize
    return reinforce(envs, policy, ValueFunction(4, (32,), seed=100 + seed) if learned else None, **settings)


def five(**options):
    """The mean return of each batch of 16 episodes, without what was added, for five seeds."""
    histories = train_each((learner(seed, **options) for seed in range(5)), **goal)
    return [history.episode_returns.view(-1, 16).mean(1) for history in histories]


# %%
def centre(weights):
    return weights - weights.mean()


plain = {"as it is": five(), "+100 each step": five(each=100.0), "+100 each return": five(prize=100.0)}
slow = {"as it is": five(learned=True), "+100 each return": five(learned=True, prize=100.0)}
mean = {"as it is": five(rescale=centre), "+100 each return": five(rescale=centre, prize=100.0)}
panels = {"no baseline": plain, "learned baseline, starts at 0": slow, "mean of the batch": mean}
figures.trainings(panels, target=goal["target"])

# %% [markdown]
# With the prize and no baseline learning is late. A learned baseline that starts at 0 is less late. With the batch mean the prize
# costs nothing. (The own episode's share in that mean is a small bias, lesson 4.)
#
# Most runs without a baseline are delayed and not lost. Unlike a press of the crowd, a step averages 16 episodes, and Adam keeps it
# small, however large the returns are. But a run can still lock on to one action, as those agents do.
#
# $100$ more on each reward does no harm in CartPole. CartPole pays for time anyway, so this is only a factor. It is harmless
# where the optimiser divides factors out, as Adam does. Plain ascent would take steps $101$ times as long.
#
# ## What to remember
#
# 1. A constant added to the return leaves the mean gradient alone, not its variance. Learning is late then, or it locks on to
#    what chance brought first.
# 2. Take a baseline off, near the returns and early. V is a good one, not the best, and not always better than none.
# 3. Not free: standardising has a bias, an entropy bonus and most hints change the goal. A potential does neither.
#
# ## Pitfalls
#
# **NaN.** One sample has no standard deviation by 1/(B - 1), and p log p has no value at p = 0; one NaN spreads to every
# parameter. **Rounding.** In float32 the mean of three returns of 3.4 is not 3.4: what is left, over a deviation as
# small, is a weight out of nothing. **[B] minus [B, 1]** is a table of all pairs, without an error; `squeeze()` mends it, and takes the
# last dimension away too from a batch of one. **The best baseline of the same batch** knows the own action: a bias, though
# each press by itself is weighed with the least variance.

# %%
one, sure = torch.tensor([5.0]), torch.tensor([[1000.0, 0.0]])
deviation = (((one - one.mean()) ** 2).sum() / (len(one) - 1)).sqrt()  # what one.std() computes
print(f"one return: {((one - one.mean()) / deviation).tolist()}, rightly {standardize(one).tolist()}")
left = (equal := torch.full((3,), 3.4)) - equal.mean()
naive = left / ((left**2).mean().sqrt() + 1e-8)
print(f"three returns of 3.4: {abs(naive[0]):.1f} in size, rightly {standardize(equal)[0]:.1f}")
p_log_p = sure.softmax(1) * sure.softmax(1).log()
print(f"entropy by p log p: {-p_log_p.sum()}, exact {abs(entropy(sure)[0])}")
seen, critic = torch.tensor([1.0, 2.0, 6.0]), torch.tensor([[1.0], [2.0], [6.0]])
print(f"[3] - [3, 1]: {(seen - critic).tolist()}, exact {(seen - critic[:, 0]).tolist()}")
alone = critic[:1]  # a batch of one
print(f"squeeze of [1, 1]: shape {list(alone.squeeze().shape)}, rightly {list(alone[:, 0].shape)}")
scores, mean = torch.eye(2) - probs, 0.0  # a row for each button
for pair in ([0, 0], [0, 1], [1, 0], [1, 1]):  # every batch of two presses, with its probability
    weights = rewards[pair][:, None] - optimal_baseline(rewards[pair], scores[pair])
    mean = mean + probs[pair].prod() * (scores[pair] * weights).mean(0)
print(f"b* of the same two presses: mean push {mean[0]:+.3f}, exact {probs.prod() * 2:+.3f}")

# %% [markdown]
# ## Sources
#
# * Williams: *Simple statistical gradient-following algorithms for connectionist reinforcement learning* (1992): baselines.
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 2.8 and 13.4.
# * Weaver, Tao: *The optimal reward baseline for gradient-based reinforcement learning* (2001).
# * Greensmith, Bartlett, Baxter: *Variance reduction techniques for gradient estimates in reinforcement learning* (2004).
# * Peters, Schaal: *Reinforcement learning of motor skills with policy gradients* (2008): the best baseline of each parameter.
# * Chung, Thomas, Machado, Le Roux: *Beyond variance reduction: understanding the true impact of baselines on policy
#   optimization* (2021): how a baseline decides where agents commit.
# * Kool, van Hoof, Welling: *Buy 4 REINFORCE samples, get a baseline for free!* (2019): leave one out.
# * Ng, Harada, Russell: *Policy invariance under reward transformations* (1999): potential-based shaping.
# * Wiewiora: *Potential-based shaping and Q-value initialization are equivalent* (2003).
# * Williams, Peng: *Function optimization using connectionist reinforcement learning algorithms* (1991): the entropy bonus.
