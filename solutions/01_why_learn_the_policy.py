# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Why not just learn Q?
#
# Q-learning and DQN learn what every action is worth, and act on it. This lesson asks whether the value is the right
# thing to learn: how hard is it to know, beside the choice itself, and does a better estimate act better? About 30
# minutes; four exercises.
#
# *How to read:* at each **Predict.** commit to an answer before you run the next cell. An exercise left empty blocks
# nothing: every later cell uses the tested function from `helpers`.

# %%
from itertools import product

import numpy as np
import torch

from helpers import (
    TabularMDP,
    cartpole_at,
    checks,
    expected_return,
    figures,
    greedy_actions,
    greedy_return,
    mean_squared_error,
    optimal_action_values,
    play,
    regret,
    visitation,
    widgets,
)

# %% [markdown]
# ## 1.1 Left or right?
#
# CartPole pays +1 for every step on which the pole is up, for at most 500 steps. Here the pole leans 7° to the right
# and falls on, to the right, at 1 radian per second. The next push moves the cart left or right.

# %%
LEFT, RIGHT = 0, 1
FALLING = [0.0, 0.0, 0.12, 1.0]  # cart: position, velocity; pole: angle, angular velocity

env = cartpole_at(FALLING)
env.reset(seed=0)
figures.frame(
    env.render(), "Left or right?", "A cart on a track; its pole leans to the right and is falling."
)

# %% [markdown]
# **Predict.** Two questions about this picture. First: push left or right? Second: what is Q(s, right) at $\gamma = 0.99$, if
# play is perfect from then on? Write both answers down (a double click opens this cell), and how long each took you.
#
# <!-- BEGIN SOLUTION -->
# Right, at a glance. And 99.34, which takes the rest of this section.
# <!-- END SOLUTION -->
#
# No policy can earn more than +1 on each of 500 steps, so the value has an exact bound. And CartPole is deterministic:
# one rollout from this very state is an exact value of the rule that played it.
#
# $$q(s, a) \le \sum_{t=0}^{499} \gamma^t = \frac{1 - \gamma^{500}}{1 - \gamma}$$


# %%
def balance(obs):
    """Push to where the pole falls, a little earlier or later as the cart needs it."""
    position, velocity, angle, spin = obs
    return RIGHT if angle + 0.5 * spin + 0.05 * velocity + 0.02 * position > 0 else LEFT


gamma = 0.99
bound = (1 - gamma**500) / (1 - gamma)
episode = play(env, balance, seed=0)
earned = (gamma ** torch.arange(len(episode)) * episode.rewards).sum()
print(f"first push {episode.actions[0]}, {len(episode)} steps, return {earned:.2f}; bound {bound:.2f}")


# %%
def steps_of(pushes):
    """How long an episode with these pushes lasts."""
    script = iter(pushes)
    return len(play(env, lambda obs: next(script), seed=0))


after_left = [steps_of((LEFT, *rest)) for rest in product((LEFT, RIGHT), repeat=4)]
most = sum(gamma**t for t in range(max(after_left)))
print(
    f"{len(after_left)} ways to go on, over after {max(after_left)} steps at most: return {most:.2f} at most"
)

# %% [markdown]
# The rule pushes right first, keeps the pole up for all 500 steps and earns the bound: so Q(s, right) = 99.34. After a
# push to the left all 16 ways to go on end within 5 steps, so Q(s, left) = 4.90.
#
# You saw the choice in a second; the value took a bound, a rule and a discount. **Choosing is easier than valuing:**
# whoever has the values has the choice, but not the other way round.
#
# ## 1.2 Two estimates, one decision
#
# Two states, two actions, then it is over. Estimates A and B of the true values are each wrong in one place or two.

# %%
truth = torch.tensor([[1.0, 2.0], [3.0, 100.0]])
estimate_a = torch.tensor([[1.0, 2.0], [3.0, 50.0]])
estimate_b = torch.tensor([[2.0, 1.0], [3.0, 100.0]])
start = torch.tensor([0.5, 0.5])

# %% [markdown]
# The usual measure of an estimate is its **mean squared error** over all states and actions:
#
# $$\text{MSE} = \frac{1}{|\mathcal{S}||\mathcal{A}|} \sum_{s, a} \bigl(\hat q(s, a) - q(s, a)\bigr)^2$$
#
# ### Exercise 1.1 · `mean_squared_error`
#
# Write it for two tables of one shape. 1 line, 3 minutes, easy.


# %% tags=["exercise"]
def my_mean_squared_error(estimate, truth):
    """The mean of the squared errors over all entries: tables [S, A] in, one number [] out."""
    # BEGIN SOLUTION
    return ((estimate - truth) ** 2).mean()
    # END SOLUTION


# %% tags=["check"]
checks.mean_squared_error(my_mean_squared_error)

# %% [markdown]
# <details><summary>Hint</summary>Subtract, square, then <code>.mean()</code>; without <code>dim</code> it runs over all
# entries.</details>

# %%
errors = [mean_squared_error(estimate, truth).item() for estimate in (estimate_a, estimate_b)]
print(f"MSE of A {errors[0]}, of B {errors[1]}, ratio {errors[0] / errors[1]:.0f}")

# %% [markdown]
# By its error B is the better estimate, 1250 times better. Both will now act: in each state they take the action with
# the largest estimate, the **greedy action** $\arg\max_a \hat q(s, a)$.
#
# ### Exercise 1.2 · `greedy_actions`
#
# Write it; of equal values take the first. 1 line, 3 minutes, easy.


# %% tags=["exercise"]
def my_greedy_actions(q):
    """The action with the largest value in each state, of equal ones the first: [S, A] in, int64 [S] out."""
    # BEGIN SOLUTION
    return q.argmax(dim=1)
    # END SOLUTION


# %% tags=["check"]
checks.greedy_actions(my_greedy_actions)

# %% [markdown]
# <details><summary>Hint</summary><code>argmax</code> takes the dimension that disappears: here that of the
# actions.</details>
#
# **Predict.** Which estimate acts better, A with its error of 625 or B with its error of 0.50?
#
# <!-- BEGIN SOLUTION -->
# A. It is far off in one entry, but in both states the best action still has the largest estimate. B is hardly off,
# yet it has the two actions of state 0 the wrong way round.
# <!-- END SOLUTION -->

# %% [markdown]
# To see how an estimate acts, let it choose and the true values pay:
#
# $$\text{greedy return} = \sum_s \text{start}(s)\; q\bigl(s, \arg\max_a \hat q(s, a)\bigr)$$
#
# ### Exercise 1.3 · `greedy_return`
#
# Write it. 2 lines, 6 minutes, medium.


# %% tags=["exercise"]
def my_greedy_return(estimate, truth, start):
    """What one greedy decision earns: tables [S, A] and probabilities of the states [S] in, one number [] out."""
    # BEGIN SOLUTION
    actions = greedy_actions(estimate)
    return (start * truth[torch.arange(len(truth)), actions]).sum()
    # END SOLUTION


# %% tags=["check"]
checks.greedy_return(my_greedy_return)

# %% [markdown]
# <details><summary>Hint</summary><code>truth[torch.arange(S), actions]</code> takes one entry of each
# row.</details>
#
# **Regret** is what the estimate's policy loses: the best possible return minus the greedy return. It is never
# negative, and it is zero exactly where the policy is as good as the best.
#
# ### Exercise 1.4 · `regret`
#
# Write it. 2 lines, 5 minutes, medium.


# %% tags=["exercise"]
def my_regret(estimate, truth, start):
    """What acting greedily on the estimate costs: tables [S, A] and start [S] in, one number [] out."""
    # BEGIN SOLUTION
    best = (start * truth.max(dim=1).values).sum()
    return best - greedy_return(estimate, truth, start)
    # END SOLUTION


# %% tags=["check"]
checks.regret(my_regret)

# %% [markdown]
# <details><summary>Hint</summary>The best possible return is the greedy return of an estimate that is
# right.</details>

# %%
for name, estimate in [("A", estimate_a), ("B", estimate_b)]:
    error, actions = mean_squared_error(estimate, truth), greedy_actions(estimate).tolist()
    earned, lost = greedy_return(estimate, truth, start), regret(estimate, truth, start)
    print(f"{name}: MSE {error:5.1f}, chooses {actions}, earns {earned:.1f}, regret {lost:.1f}")

# %% [markdown]
# A chooses what the truth chooses and earns 51, the best possible. B, whose error is 1250 times smaller, has state 0
# the wrong way round and earns 50.5: a regret of 0.50.
#
# **Predict.** How far can you push the error of an estimate up without any regret? And how small an error is enough for
# a regret of 48.5? Find both with the sliders.
#
# <!-- BEGIN SOLUTION -->
# Without limit: only the order of the actions in each state counts, so Q(state 1, action 1) may be as large as we
# like. A regret of 48.5 needs state 1 turned round. The cheapest way is to meet in the middle, both values at 51.5,
# where the tie goes to action 0: an MSE of 2 · 48.5² / 4 = 1176.
# <!-- END SOLUTION -->

# %%
widgets.q_table()

# %%
met = torch.tensor([[1.0, 2.0], [51.5, 51.5]])
error, lost = mean_squared_error(met, truth), regret(met, truth, start)
print(f"both at {met[1, 0]}: MSE {error:.0f}, regret {lost:.1f}")
regrets = [regret(estimate, truth, start).item() for estimate in (estimate_a, estimate_b)]
figures.error_and_regret(dict(zip("AB", errors, strict=True)), dict(zip("AB", regrets, strict=True)))

# %% [markdown]
# ## 1.3 The lowest possible error
#
# Tables can hold every value; networks and other **function approximators** cannot. A machine runs at one of five
# loads. To run on costs nothing, except at load 4, where it breaks down (-30). A service costs 1 at any load.
#
# Our approximator draws one straight line over the load for each action. Least squares finds the lines with the lowest
# MSE; no other lines come closer.
#
# **Predict.** At which loads does the best fit order a service?
#
# <!-- BEGIN SOLUTION -->
# At 2, 3 and 4. One breakdown bends the whole line of RUN: it passes below -1 between loads 1 and 2.
# <!-- END SOLUTION -->

# %%
load, uniform = torch.arange(5.0), torch.full((5,), 0.2)
RUN, SERVE = 0, 1
machine = torch.tensor([[0.0, -1.0], [0.0, -1.0], [0.0, -1.0], [0.0, -1.0], [-30.0, -1.0]])
features = torch.stack([torch.ones(5), load], dim=1)
weights = torch.linalg.lstsq(features, machine).solution
fit = features @ weights
error, lost = mean_squared_error(fit, machine), regret(fit, machine, uniform)
print(
    f"lowest MSE {error:.1f}, services at loads {load[greedy_actions(fit) == SERVE].tolist()}, regret {lost:.2f}"
)

# %% [markdown]
# Now the same two features, used by a policy: π(SERVE∣load) = σ(θ₀ + θ₁ · load). We climb its exact average reward,
# without any Q in between. (How to do this when only samples are known is what the rest of the course is about.)

# %%
theta = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.Adam([theta], lr=0.1)
for _ in range(1500):
    serve = torch.sigmoid(features @ theta)
    average = ((1 - serve) * machine[:, RUN] + serve * machine[:, SERVE]).mean()
    optimizer.zero_grad()
    (-average).backward()
    optimizer.step()
probs = torch.stack([1 - serve, serve], dim=1).detach()
print(
    f"likelier to serve at loads {load[serve > 0.5].tolist()}, regret {regret(probs, machine, uniform):.2f}"
)
best = machine.amax(dim=1).mean()
print(f"with its dice it earns nearly the best possible {best:.2f}: {(best - average < 0.1).item()}")
figures.fitted_lines(load, machine, fit, switch=(-theta[0] / theta[1]).item())

# %% [markdown]
# The fit with the lowest possible MSE, 36, orders two needless services: regret 0.40. The policy has the same two
# features and no values; its likelier action is the best one at every load, and what its dice cost shrinks. An
# approximator spends its capacity on what it is asked for, and the size of a disaster is not what a decision needs.
#
# ## 1.4 How often does it happen?
#
# A and B might be a rare pair. We take 40 random worlds of 4 states and 3 actions. In each we make `1000` estimates, the
# truth plus noise of some size.
#
# **Predict.** Take any two estimates of one world that differ in regret. How often does the one with the lower MSE have
# the higher regret? And if their errors are about the same?
#
# <!-- BEGIN SOLUTION -->
# Over all pairs seldom, 15.6% on average over the worlds. If the errors are within a factor of 2, nearly every other time:
# 43.5%.
# <!-- END SOLUTION -->


# %%
def estimates(seed, n=1000):
    """MSE and regret of n estimates of a random world's values, [n] each; its states are met equally often."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(4, 3))
    sizes = np.exp(rng.uniform(np.log(0.05), np.log(3.0), size=(n, 1, 1)))
    tables = values + sizes * rng.normal(size=(n, 4, 3))
    chosen = np.take_along_axis(values[None], tables.argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    return ((tables - values) ** 2).mean(axis=(1, 2)), (values.max(axis=1) - chosen).mean(axis=1)


def compare(mse, loss, factor=np.inf):
    """Of all pairs with errors within a factor: the share that ties in regret, and how many others are turned."""
    pairs = (mse[:, None] < mse) & (mse < factor * mse[:, None])  # [one, other]: one has the lower error
    differ, turned = loss[:, None] != loss, loss[:, None] > loss
    return 1 - differ[pairs].mean(), turned[pairs & differ].mean()


# %%
def spread(shares):
    return f"{np.mean(shares):.1%} (lowest world {min(shares):.1%}, highest {max(shares):.1%})"


worlds = [estimates(seed) for seed in range(40)]
for name, factor in [("all pairs", np.inf), ("errors within a factor of 2", 2)]:
    ties, turned = zip(*(compare(*world, factor) for world in worlds), strict=True)
    print(f"{name}: the wrong way round {spread(turned)}; equal regret, left out {spread(ties)}")
figures.regret_cloud(*worlds[0])

# %% [markdown]
# The larger error mostly does act worse. Over all pairs 15.6% are the wrong way round on average, and between 9.2% and 24.9%
# in each of the 40 worlds. With errors within a factor of 2 it is 43.5%, close to a coin toss, and from 41.1% to 45.9% in each
# world. (Pairs with equal regret are left out.) A very small error leaves no room for turning two actions round. So it is
# sufficient, but it is not needed.
#
# ## 1.5 What DQN follows is neither
#
# DQN never sees the true q, so it cannot minimise the MSE. It looks at the squared **TD error**, the distance to a target
# that it makes itself from a table or network $\hat q'$:
#
# $$\mathbb{E}\Bigl[\bigl(\hat q(S_t, A_t) - (R_{t+1} + \gamma \max_{a'} \hat q'(S_{t+1}, a'))\bigr)^2\Bigr]$$
#
# While it takes a step, it holds $\hat q'$ still. Later it sets $\hat q'$ to the new $\hat q$. So one name stands for two
# errors: with the target held, and with the target moving along, $\hat q' = \hat q$.

# %%
moves = [[[0.9, 0.1], [0.5, 0.5]], [[0.6, 0.4], [0.1, 0.9]]]  # [state, action, next state]
moves = torch.tensor(moves, dtype=torch.float64)
rewards, never = torch.tensor([[1.0, 2.0], [0.0, -1.0]]), torch.tensor([False, False])
world = TabularMDP(moves, rewards, start, 0.99, never)
q_star = optimal_action_values(world)
print("true q:", q_star.round(decimals=2).tolist())


def targets_of(q):
    """The target for each state, action and next state, [S, A, S]."""
    return world.reward[:, :, None] + world.gamma * q.max(dim=1).values


def squared_td_error(q, targets):
    """Exact mean of the squared TD error, every state and action weighing the same."""
    return (world.transition * (q[:, :, None] - targets) ** 2).sum(dim=2).mean()


# %%
def policy_of(q):
    """The greedy policy of q, [S, A]."""
    return torch.nn.functional.one_hot(greedy_actions(q), 2).double()


def report(name, q):
    """Four measures of q, all exact; the last is the return that its greedy policy misses."""
    held, moving = squared_td_error(q, targets_of(q_star)), squared_td_error(q, targets_of(q))
    lost = expected_return(world, policy_of(q_star)) - expected_return(world, policy_of(q))
    errors = f"MSE {mean_squared_error(q, q_star):8.4f}   TD held {held:8.4f}   TD moving {moving:7.4f}"
    print(f"{name:15s} {errors}   regret {lost:5.2f}")


# %% [markdown]
# **Predict.** Add 10 to every entry of the true q. By how much does the squared TD error grow with the target held at the
# true q? And with the target moving along? Is it zero for the true q itself?
#
# <!-- BEGIN SOLUTION -->
# Held, from 0.5437 to 100.5437, by 10 · 10. Moving along, only from 0.5437 to 0.5537, because the target is lifted by 10γ, too.
# It is not zero for the true q: the target is random, and its variance remains.
# <!-- END SOLUTION -->

# %%
lifted, swapped = q_star + torch.tensor([[10.0], [0.0]]), torch.stack([q_star[0].flip(0), q_star[1]])
report("true q", q_star)
report("true q + 10", q_star + 10)
report("state 0 + 10", lifted)
report("state 0 swapped", swapped)

# %%
visits, gap = visitation(world, policy_of(swapped))[0], q_star[0].diff().abs().item()
print(
    f"state 0 swapped: {visits:.2f} discounted visits to state 0, {gap:.4f} lost at each: {visits * gap:.2f}"
)

# %% [markdown]
# With the target held at the true q the error is the MSE plus 0.5437, the variance of the target. With the target moving
# along, the shift by 10 nearly vanishes. Neither shift costs any return.
#
# The swap looks harmless to each error: the two values of state 0 are only 0.2793 apart. But the wrong choice is made again
# and again. Its policy visits state 0 85.21 times (discounted), so it loses 85.21 · 0.2793 = 23.80.
#
# Does DQN at least minimise the moving error? We look for the table where that is lowest, and let DQN start there. On
# average one step of DQN, with step size 1, sets each q to its mean target.

# %%
lowest = q_star.clone().requires_grad_()
search = torch.optim.LBFGS([lowest], max_iter=2000, tolerance_grad=1e-12, tolerance_change=0.0)


def moving_error():
    search.zero_grad()
    error = squared_td_error(lowest, targets_of(lowest))
    error.backward()
    return error


search.step(moving_error)
report("lowest moving", lowest.detach())

# %%
q = lowest.detach()
for _ in range(3000):
    q = (world.transition * targets_of(q)).sum(dim=2)
report("then DQN's steps", q)

# %% [markdown]
# No. The lowest moving error, 0.2605, belongs to a table with an MSE of 21.98. From there DQN's steps lead to the true q,
# and the moving error rises to 0.5437. DQN follows the gradient for a held target, a **semi-gradient**, and then holds the
# next one. What it follows is neither the MSE nor the regret, and only the regret is what we care about. From lesson 2 on
# we learn the policy itself.
#
# ## What to remember
#
# 1. Choosing the best action is easier than knowing what it is worth.
# 2. A lower error of Q does not mean a better policy: A has by far the larger error and no regret, B has a regret.
# 3. DQN follows a TD error with a target that it holds and renews. That is neither the error of Q nor the regret.
#
# ## Pitfalls
#
# **A table of one error, the formula of the other.** Where nothing follows a decision, and its reward is sure, the
# squared TD error is the MSE, and the two are easily mixed up; in a world that goes on they part. **Q = r + γ max Q as
# an equality.** It holds for the true q on average over the next state, not for one sample of it.

# %%
shifted = q_star + 10
print(
    f"true q + 10: squared TD error {squared_td_error(shifted, targets_of(shifted)):.2f}, target moving along"
)
print(f"true q + 10: MSE {mean_squared_error(shifted, q_star):.2f}")
samples = targets_of(q_star)
average = (world.transition * samples).sum(dim=2)
print("two possible targets for state 0, action 0:", samples[0, 0].round(decimals=2).tolist())
print(f"their average {average[0, 0]:.2f}, the exact value {q_star[0, 0]:.2f}")

# %% [markdown]
# **A value after the end.** A network gives a number to every observation, to the last one of an episode too. What
# follows a terminal state is worth 0: the target is r + γ · (1 - terminated) · max q̂(s', ·).

# %%
reward, terminated, network_says = 1.0, True, 5.0
wrong = reward + gamma * network_says
right = reward + gamma * (1 - terminated) * network_says
print(f"without the factor {wrong:.2f}, exact {right:.2f}")

# %% [markdown]
# ## Sources
#
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 3.5, 6.5, 13.1.
# * Singh, Yee: *An Upper Bound on the Loss from Approximate Optimal-Value Functions* (1994): how much regret an error
#   can cause at most.
# * Farahmand: *Action-Gap Phenomenon in Reinforcement Learning* (2011): why it is often far less.
# * Mnih et al.: *Human-level control through deep reinforcement learning* (2015): DQN.
# * Barto, Sutton, Anderson: *Neuronlike adaptive elements that can solve difficult learning control problems* (1983):
#   the cart and the pole.
