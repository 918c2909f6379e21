# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 · How far may one batch move the policy?
#
# Lesson 7 throws a batch away after one gradient step. Here we use it for several steps. From the second step on the batch is
# wrong in three ways: its actions, the states that it visits, and its returns belong to a policy that is gone. We measure each
# error exactly. Then we build PPO's answer to them, and race it against A2C. About 45 minutes; four exercises.

# %%
import numpy as np
import torch

from helpers import (
    advantages,
    checks,
    enumerate_trajectories,
    exact_policy_gradient,
    expected_return,
    expected_score,
    figures,
    ppo_clip_loss,
    ratio,
    rewards_to_go,
    same_in_every_state,
    visitation,
    widgets,
    world_from_steps,
)

# %% [markdown]
# ## 8.1 The second step is off-policy
#
# A batch is drawn by π_old. One gradient step later the policy is π, and the batch shows what another one does: it is
# **off-policy**. Lesson 4 found the cure for an average over the wrong actions: weigh each with its **importance ratio**
#
# $$\rho = \frac{\pi(a|s)}{\pi_\text{old}(a|s)} = \exp\bigl(\log \pi(a|s) - \log \pi_\text{old}(a|s)\bigr)$$
#
# ### Exercise 8.1 · `ratio`
#
# Write it from log-probabilities. The old ones are data: no gradient into them. 1 line, 3 minutes, easy.


# %% tags=["exercise"]
def my_ratio(log_probs, old_log_probs):
    """How much likelier each action has become; new and old log-probabilities [B] -> [B]."""
    # BEGIN SOLUTION
    return (log_probs - old_log_probs.detach()).exp()
    # END SOLUTION


# %% tags=["check"]
checks.ratio(my_ratio)

# %% [markdown]
# <details><summary>Hint</summary>Subtract first, then <code>.exp()</code>: a quotient of two tiny probabilities would be
# 0/0. <code>.detach()</code> keeps the gradient out.</details>
#
# **Predict.** Three actions, taken with probabilities $0.7$, $0.2$ and $0.1$, pay 1, 2 and 4. We make one large gradient step,
# then want a second from the same batch. What does the batch say without ratios? And if all rewards were 10 higher?
#
# <!-- BEGIN SOLUTION -->
# Next to nothing of the right gradient is left. With 10 more the batch says something else, though the right gradient is the
# same. The reason: the score of π is 0 on average only under π itself.
# <!-- END SOLUTION -->

# %%
old, pay = torch.tensor([0.7, 0.2, 0.1]).double(), torch.tensor([1.0, 2.0, 4.0]).double()
new = (old.log() + 2 * expected_score(old.log(), pay)).softmax(0)
scores, rho = torch.eye(3) - new, ratio(new.log(), old.log())
print("exact       ", [f"{entry:+.3f}" for entry in expected_score(new.log(), pay)])
for name, weights in {"no ratio": old, "ratio": old * rho}.items():
    for shift in (0, 10):
        gradient = (weights * (pay + shift)) @ scores
        print(f"{name:8s} +{shift:2d}", [f"{entry:+.3f}" for entry in gradient])

# %% [markdown]
# With ratios the second gradient is exact on average, from actions that π did not choose. The price is noise: ρ has mean 1
# under π_old, and for the product over T such decisions 1 + Var[ρ] multiplies. The distance of the policies we measure by
# their **KL divergence**.
#
# $$\mathrm{Var}[\rho] = \sum_a \frac{\pi(a)^2}{\pi_\text{old}(a)} - 1, \qquad
# \mathrm{KL}(\pi_\text{old} \| \pi) = \sum_a \pi_\text{old}(a) \log \frac{\pi_\text{old}(a)}{\pi(a)}$$
#
# **Predict.** After our large step one ratio has a variance of about $0.3$. What is the variance of a product of 50 of them?
#
# <!-- BEGIN SOLUTION -->
# About $(1 + 0.3)^{50} - 1$, close to half a million. The mean is still 1, but no batch of a usual size will show it.
# <!-- END SOLUTION -->


# %%
def walk(size):
    """The policy after a gradient step of this size from the old one."""
    return (old.log() + size * expected_score(old.log(), pay)).softmax(0)


lengths, products = torch.arange(1, 101), {}
for size in (0.5, 1.0, 2.0):
    apart, variance = (old * (old / walk(size)).log()).sum(), (walk(size) ** 2 / old).sum() - 1
    products[apart.item()] = (1 + variance) ** lengths.double() - 1
    of_50 = products[apart.item()][49]
    print(f"step {size}: KL {apart:.4f}, variance of one ratio {variance:.4f}, of 50 multiplied {of_50:.3g}")
figures.ratio_products(lengths, products)

# %% [markdown]
# For small steps the variance of one ratio is about twice the KL. At a KL of 0.0070 a product of 50 has variance 1.11. At
# a KL of 0.1213 the product is useless.
#
# ## 8.2 A ratio for the action, none for visits and returns
#
# A ratio for each single action is calm. It mends the actions, but two more things in the batch are old. π *visits* other
# states than π_old did. And π earns other *returns* after an action, because it goes on differently.
#
# In this world of two decisions BOLD on the road pays 1 and leads to the edge. BOLD at the edge costs 3. One probability p
# of BOLD serves both states.

# %%
CAREFUL, BOLD = 0, 1
ROAD, EDGE, END = 0, 1, 2
steps = {(ROAD, CAREFUL): (0.0, {END: 1.0}), (ROAD, BOLD): (1.0, {EDGE: 1.0})}
steps |= {(EDGE, CAREFUL): (0.0, {END: 1.0}), (EDGE, BOLD): (-3.0, {END: 1.0})}
world = world_from_steps(3, 2, steps, gamma=0.5)


def bold(p):
    """The policy that is bold with probability p wherever it stands, [S, A]."""
    p = torch.as_tensor(p, dtype=torch.float64)
    return same_in_every_state(torch.stack([1 - p, p]), 3)


places = (0.1, 0.2, 0.4)
print("J(p) at p = 0.1, 0.2, 0.4:", [f"{expected_return(world, bold(p)):+.3f}" for p in places])
print("by hand, p - 3/2 p²:      ", [f"{p - 1.5 * p**2:+.3f}" for p in places])

# %% [markdown]
# **Predict.** The batch is drawn at $p = 0.1$. Several gradient steps later the policy is at $p = 0.4$, past the top of J. Which
# way does the exact gradient point there? And which way the old batch, with a ratio for each action?
#
# <!-- BEGIN SOLUTION -->
# The exact gradient points down. The batch says up, more than ever, for two reasons. It visits the edge only one time in ten,
# but π gets there four times in ten. And its returns after BOLD on the road are too high, because π_old is bold at the edge
# only one time in ten, while π loses 3 there four times in ten.
# <!-- END SOLUTION -->


# %%
def from_old_batch(p, weighting):
    """Mean of weight · score · γ^t G_t over every trajectory of the policy with p = 0.1, for the logit of BOLD."""
    total = 0.0
    for tau in enumerate_trajectories(world, bold(0.1), horizon=2):
        rho = (bold(p) / bold(0.1))[tau.states[:-1], tau.actions]
        credit = world.gamma ** torch.arange(len(tau)) * rewards_to_go(tau.rewards, world.gamma)
        total += tau.probability * (weighting(rho) * (tau.actions - p) * credit).sum()
    return total


weightings = {
    "actions": lambda rho: rho,
    "actions and visits": lambda rho: rho.cumprod(0),  # the action's ratio, and those before it
    "actions and returns": lambda rho: rho.flip(0).cumprod(0).flip(0),  # and those after it
    "all three": lambda rho: rho.prod().expand(len(rho)),  # the product over the episode
}
for p in places:
    truth = exact_policy_gradient(world, bold(p).log())[:, BOLD].sum()
    row = [f"{name} {from_old_batch(p, weighting):+.3f}" for name, weighting in weightings.items()]
    print(f"p = {p}: truth {truth:+.3f}; mended: " + ", ".join(row))

# %% [markdown]
# At $p = 0.1$ all agree. At $p = 0.4$ the truth is -0.048, and a ratio for each action says +0.168. This error has two halves:
#
# * The ratios of all earlier actions mend the visits, too. That alone brings the gradient to +0.060.
# * The ratios of all later actions mend the returns, too. That alone brings it to the same value: here both halves are equal.
#
# The product over the episode mends all three and is exact, but it has the variance that we saw. So PPO keeps one ratio for
# each action, and takes care **not to go far**.
#
# ## 8.3 A region of trust
#
# With a ratio for each action the batch climbs the **surrogate**, in which d_old are the discounted visits of π_old, and a_old
# its advantages:
#
# $$L(\pi) = J(\pi_\text{old}) + \sum_s d_\text{old}(s) \sum_a \pi(a|s)\, a_\text{old}(s, a)$$
#
# With the visits $d_\pi$ in place of $d_\text{old}$ it would be J itself. At π_old it has the value and the slope of J. Further
# off, a theorem bounds what the old visits can cost:
#
# $$J(\pi) \ge L(\pi) - C \max_s \mathrm{KL}\bigl(\pi_\text{old}(\cdot|s) \| \pi(\cdot|s)\bigr), \qquad
# C = \frac{4 \gamma \max |a_\text{old}|}{(1 - \gamma)^2}$$
#
# **Predict.** In our world L is a straight line in p, and J has its top at 1/3. Where has L its own top, and what is J there?
# If we climb the bound instead: do we get from $p = 0.1$ to about 1/3, half of the way, or hardly anywhere?
#
# <!-- BEGIN SOLUTION -->
# L rises to the end. There it promises 0.71, and J is -0.50. The bound gets us hardly anywhere: it is true everywhere, but
# its top is at 0.103.
# <!-- END SOLUTION -->

# %%
d_old, a_old = visitation(world, bold(0.1)), advantages(world, bold(0.1))


def objective(p, rule):
    """The exact mean of rule(ρ, a) over what the old policy visits and does, for the policy with this p."""
    return (d_old[:, None] * bold(0.1) * rule(bold(p) / bold(0.1), a_old)).sum()


def kl(p, q):
    """KL of being bold with probability p from being so with q; the same in every state."""
    return p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()


grid = torch.arange(1, 1000).double() / 1000
true_return = torch.stack([expected_return(world, bold(p)) for p in grid])
surrogate = true_return[99] + torch.stack([objective(p, lambda rho, a: rho * a) for p in grid])
penalty = 4 * world.gamma * a_old.abs().max() / (1 - world.gamma) ** 2
bound = surrogate - penalty * kl(grid[99], grid)

# %%
places, near = [99], kl(grid[99], grid) <= 0.01
for _ in range(4):  # as far up as the region allows, then a new batch
    places.append((kl(grid[places[-1]], grid) <= 0.01).nonzero().max().item())
figures.trust_region(grid, true_return, surrogate, bound, near, places)

# %% [markdown]
# The surrogate promises 0.71, but the return there is -0.50. The bound holds, but its best step leads only to 0.103.
# **TRPO** keeps the idea and drops the constant. It maximises L where the KL, averaged over the states, is at most a radius.
# Then it draws a new batch. Here such steps climb J to its top.
#
# ## 8.4 The clip
#
# TRPO solves a constrained problem for each batch. **PPO** builds the fence into the objective: what moves a ratio further
# than 1 ± ε in its own direction is not paid.
#
# $$L^\text{clip} = \mathbb{E}_\text{old}\bigl[\min(\rho\, \hat A,\; \mathrm{clamp}(\rho, 1 - \epsilon, 1 + \epsilon)\, \hat A)\bigr]$$
#
# ### Exercise 8.2 · `ppo_clip_loss`
#
# Write the loss, minus the mean. No gradient into old log-probabilities or advantages. 2 or 3 lines, 8 minutes,
# medium.


# %% tags=["exercise"]
def my_ppo_clip_loss(log_probs, old_log_probs, advantages, clip):
    """Minus the mean of the clipped objective; three [B] and a number -> []."""
    # BEGIN SOLUTION
    rho, weights = ratio(log_probs, old_log_probs), advantages.detach()
    return -torch.minimum(rho * weights, rho.clamp(1 - clip, 1 + clip) * weights).mean()
    # END SOLUTION


# %% tags=["check"]
checks.ppo_clip_loss(my_ppo_clip_loss)

# %% [markdown]
# <details><summary>Hint</summary>Two products, each [B]: the ratio times the advantage, and the clamped ratio times the
# advantage. <code>torch.minimum</code> compares them entry by entry.</details>
#
# **Predict.** An action is good (A = 1) or bad (A = -1). Its ratio is $0.5$ or $1.5$, with $\epsilon = 0.2$. In which of the
# four cases does the gradient vanish?
#
# <!-- BEGIN SOLUTION -->
# In two: a good action that has become likelier, and a bad one that has become rarer. Both have gone far enough.
# <!-- END SOLUTION -->


# %%
def pushes(advantage, rho):
    """What one action asks for: gradients of three objectives with respect to its log-probability."""
    log_prob = torch.tensor([rho]).log().requires_grad_()
    r, a = ratio(log_prob, torch.zeros(1)), torch.tensor([advantage])
    objectives = r * a, r.clamp(0.8, 1.2) * a, -ppo_clip_loss(log_prob, torch.zeros(1), a, 0.2)
    return [torch.autograd.grad(o.sum(), log_prob, retain_graph=True)[0].item() for o in objectives]


for advantage, rho in [(1.0, 1.5), (1.0, 0.5), (-1.0, 1.5), (-1.0, 0.5), (1.0, 1.0), (-1.0, 1.0)]:
    row = [f"{push + 0.0:+.1f}" for push in pushes(advantage, rho)]
    print(f"A = {advantage:+.0f}, ρ = {rho}: no clip {row[0]}, clip without min {row[1]}, with min {row[2]}")

# %% [markdown]
# At ρ = 1, in the first step on a batch, all three are the plain policy gradient. Where the action has gone its own way
# both clips stop it. They differ where it has gone the *wrong* way: other samples have dragged it there, and the clip with
# `min` keeps the push that calls it back.
#
# **Predict.** In the widget choose a bad action, then find the ratios at which PPO gives it no push. What happens to that
# range if you take "clip without min"?
#
# <!-- BEGIN SOLUTION -->
# Below 1 - ε. Without min also above 1 + ε: a bad action that has become much too likely is left there.
# <!-- END SOLUTION -->

# %%
widgets.ppo_clip()

# %%
ratios, zero = torch.linspace(0.02, 2, 199), torch.zeros(1)
good, bad = ([-ppo_clip_loss(r.log()[None], zero, zero + a, 0.2).item() for r in ratios] for a in (1.0, -1.0))
figures.clip_cases(ratios, {1.0: good, -1.0: bad}, 0.2)

# %% [markdown]
# ## 8.5 What `min` is for
#
# Back on the road: the steps on the batch of $p = 0.1$ have overshot to $p = 0.4$. We take the exact mean of each objective
# over all that π_old visits and does.
#
# **Predict.** What does each of the three say at $p = 0.4$: go on, stay, or go back?
#
# <!-- BEGIN SOLUTION -->
# Without a clip the batch says go on. Clipped without min it says nothing: all ratios are outside the clip, so every
# gradient is 0. Only with min does it say go back.
# <!-- END SOLUTION -->


# %%
rules = {
    "no clip": lambda rho, a: rho * a,
    "clip without min": lambda rho, a: rho.clamp(0.8, 1.2) * a,
    "with min": lambda rho, a: torch.minimum(rho * a, rho.clamp(0.8, 1.2) * a),
}
logit = torch.tensor(0.4, dtype=torch.float64).logit().requires_grad_()
for name, rule in rules.items():
    (gradient,) = torch.autograd.grad(objective(logit.sigmoid(), rule), logit)
    print(f"{name:16s} gradient at p = 0.4: {gradient + 0.0:+.3f}")
truth = exact_policy_gradient(world, bold(0.4).log())[:, BOLD].sum()
print(f"{'truth':16s} gradient at p = 0.4: {truth:+.3f}")
curves = {name: torch.stack([objective(p, rule) for p in grid]) for name, rule in rules.items()}
figures.clipped_hill(grid, true_return - true_return[99], curves, 0.1, 0.4)

# %% [markdown]
# Without a clip the batch says +0.168, without min 0, with min -0.036. The truth is -0.048. The clip alone does not fence the
# policy in. It takes away the reasons to go further, and `min` keeps the reasons to return.
#
# ## 8.6 How far have we gone?
#
# A run should report the KL of each update. The exact sum needs all actions. We estimate it from the sampled ones, because we
# have their ratios anyway. There are three estimators, each averaged over the batch:
#
# $$k_1 = -\log \rho, \qquad k_2 = \tfrac12 (\log \rho)^2, \qquad k_3 = (\rho - 1) - \log \rho$$
#
# ### Exercise 8.3 · `approx_kl`
#
# Write the mean of k₃. 1 or 2 lines, 4 minutes, easy.


# %% tags=["exercise"]
def my_approx_kl(log_probs, old_log_probs):
    """The estimate k3 of KL(old ‖ new) from samples of old; two [B] -> []."""
    # BEGIN SOLUTION
    return (ratio(log_probs, old_log_probs) - 1 - (log_probs - old_log_probs)).mean()
    # END SOLUTION


# %% tags=["check"]
checks.approx_kl(my_approx_kl)

# %% [markdown]
# <details><summary>Hint</summary>log ρ is new minus old, because the samples come from the old policy.</details>
#
# **Predict.** Which of the three is right on average? Which can be negative in a batch?
#
# <!-- BEGIN SOLUTION -->
# The mean of k₁ is the KL by definition, and k₃ adds ρ - 1 to it, whose mean is 0. k₂ has a bias. Only k₁ can be negative:
# ρ - 1 is never less than log ρ.
# <!-- END SOLUTION -->


# %%
def moments(old, new):
    """Exact mean and standard deviation of one sample of each estimator, from actions of the old policy."""
    rho = new / old
    estimators = torch.stack([-rho.log(), rho.log() ** 2 / 2, rho - 1 - rho.log()])
    means = estimators @ old
    return means, ((estimators - means[:, None]) ** 2 @ old).sqrt()


common, rare = torch.tensor([0.98, 0.01, 0.01]).double(), torch.tensor([0.2, 0.4, 0.4]).double()
for name, pair in {"near": (old, walk(0.5)), "far": (old, walk(4)), "rare to common": (common, rare)}.items():
    means, spreads = moments(*pair)
    apart = means[0]  # the mean of k1 is the KL
    rows = [f"{mean:.3f} ± {std:.3f}" for mean, std in zip(means / apart, spreads / apart, strict=True)]
    print(f"{name:14s} KL {apart:.4f}; divided by it: k1 {rows[0]}, k2 {rows[1]}, k3 {rows[2]}")

# %%
found = [moments(old, walk(size)) for size in np.geomspace(0.2, 5.0, 40)]
figures.kl_estimators(*(torch.stack(part).numpy() for part in zip(*found, strict=True)))

# %% [markdown]
# In the row `near` the standard deviation of one sample is 16.6 times the KL for k₁, but only about the KL for k₃. The mean of
# k₂ is too low there, 0.968 of the KL. In the row `far` it is too high, 1.111 of the KL. k₃ has its limit where a rare action
# becomes common: there ρ is large, and k₃ has the largest standard deviation of the three.
#
# ## 8.7 What several steps on one batch win
#
# The second number to watch is the **clip fraction**: how many actions have left the clip.
#
# $$\frac{1}{B} \sum_b \mathbb{1}[\rho_b < 1 - \epsilon \;\text{or}\; \rho_b > 1 + \epsilon]$$
#
# ### Exercise 8.4 · `clip_fraction`
#
# Write it. 1 or 2 lines, 4 minutes, easy.


# %% tags=["exercise"]
def my_clip_fraction(log_probs, old_log_probs, clip):
    """The share of ratios outside [1 - clip, 1 + clip]; two [B] and a number -> []."""
    # BEGIN SOLUTION
    return ((ratio(log_probs, old_log_probs) - 1).abs() > clip).float().mean()
    # END SOLUTION


# %% tags=["check"]
checks.clip_fraction(my_clip_fraction)

# %% [markdown]
# <details><summary>Hint</summary>A comparison gives a bool tensor; <code>.float().mean()</code> makes it a
# share.</details>
#
# From A2C to PPO it is now a short way. An **epoch** is one pass over the batch, in **minibatches** of random rows. Below,
# lines with - are those of `actor_critic`, lines with + are those of `ppo`.

# %%
import difflib
import inspect

from helpers import actor_critic, ppo

codes = [inspect.getsource(learner).split('"""')[2].splitlines() for learner in (actor_critic, ppo)]
changes = list(difflib.unified_diff(*codes, n=0, lineterm=""))[2:]
print("\n".join("" if line.startswith("@@") else line for line in changes))

# %% [markdown]
# Two loops around the gradient step, and a clipped ratio where A2C has a log-probability: that is PPO.
#
# Four passes over $2048$ rows in minibatches of $512$ are 16 gradient steps. One pass is 4 steps. So two things differ: the rows
# are used again, and there are more steps. We need a control. One pass with minibatches of $128$ also takes 16 steps, but it
# uses no row twice.
#
# **Predict.** CartPole-v1, 30 batches each: four passes (16 steps), one pass (16 steps), one pass (4 steps), and four passes
# without the clip. Who is ahead at the end? (Each cell that trains takes up to ten seconds.)
#
# <!-- BEGIN SOLUTION -->
# Both uses with 16 steps and the clip learn faster than the one with 4 steps. So the number of steps counts, also without reuse.
# Four passes without the clip are behind: some updates go so far that the policy loses what it could do.
# <!-- END SOLUTION -->

# %%
from helpers import CategoricalPolicy, GaussianPolicy, History, ValueFunction, make_envs, train_each


def agent(name, n_envs, seed):
    """Environments, a policy and a critic."""
    envs = make_envs(name, n_envs, seed=seed)
    size, action = envs.single_observation_space.shape[0], envs.single_action_space
    policy = GaussianPolicy(size, 1, seed=seed) if action.shape else CategoricalPolicy(size, 2, seed=seed)
    return envs, policy, ValueFunction(size, seed=100 + seed)


def five_seeds(learner, name, n_envs, goal, **settings):
    """The histories of five trainings."""
    return train_each(
        (learner(*agent(name, n_envs, seed), seed=seed, **settings) for seed in range(5)), **goal
    )


# %%
on_cartpole = {"n_steps": 64, "gamma": 0.99, "lam": 0.95, "lr": 0.01, "reward_scale": 0.1}
batches = {"max_updates": 30}  # of 64 steps in 32 environments
uses = {
    "4 passes, 16 steps": {"epochs": 4, "minibatch": 512},
    "1 pass, 16 steps": {"epochs": 1, "minibatch": 128},
    "1 pass, 4 steps": {"epochs": 1, "minibatch": 512},
    "4 passes, no clip": {"epochs": 4, "minibatch": 512, "clip": 1e9},
}
many, pieces, few, free = uses
runs = {use: five_seeds(ppo, "CartPole-v1", 32, batches, **on_cartpole, **uses[use]) for use in (pieces, few)}

# %%
goal = {"target": 475, "max_steps": 1_000_000, "hold": 0}  # the first time; section 8.8 needs the whole runs
ppo_runs = five_seeds(ppo, "CartPole-v1", 32, goal, **on_cartpole, **uses[many])
runs[many] = [History(h.updates[:30]) for h in ppo_runs]
runs[free] = five_seeds(ppo, "CartPole-v1", 32, batches, **on_cartpole, **uses[free])
figures.reuse_of_a_batch({use: runs[use] for use in uses}, 60_000)

# %% [markdown]
# With 16 gradient steps on each batch PPO learns faster than with 4. One pass of 16 smaller steps is faster than one pass
# of 4 steps, too, although it uses no row twice. So more steps on a batch help even without reuse. With 4 steps PPO reaches $475$
# as well, only later.
#
# The clip makes many steps possible. Without the clip one update moves the policy more than ten times as far in KL. Then the
# next batch may come from a policy that has lost what it could do.
#
# ## 8.8 PPO against A2C
#
# A2C takes one gradient step for each batch. The setting below is meant for the clock: 128 environments make large batches,
# because many environments at once cost little more time than a few. Then we change one thing and take 8 environments.
#
# **Predict.** To $475$ on CartPole-v1: how many times fewer environment steps does PPO need than A2C with 128 environments? How
# much of that lead is left against A2C with 8 environments?
#
# <!-- BEGIN SOLUTION -->
# PPO needs several times fewer steps than A2C with 128 environments. Most of that lead is the size of A2C's batch.
# <!-- END SOLUTION -->

# %%
slower = {"n_steps": 32, "gamma": 0.98, "lam": 0.98, "lr": 0.005, "critic_lr": 0.005, "reward_scale": 0.02}
a2c_runs = {n_envs: five_seeds(actor_critic, "CartPole-v1", n_envs, goal, **slower) for n_envs in (128, 8)}

# %%
names = {"A2C, 128 envs": a2c_runs[128], "A2C, 8 envs": a2c_runs[8], "PPO, 32 envs": ppo_runs}
costs = {name: [h.steps for h in five] for name, five in names.items()}
each = dict(zip(names, (1, 1, 4 * 4), strict=True))  # gradient steps on a batch; PPO: 4 passes, 4 minibatches
gradient_steps = {name: [each[name] * len(h) for h in five] for name, five in names.items()}
figures.price_of_a_step(costs, gradient_steps, dict(zip(names, (128 * 32, 8 * 32, 512), strict=True)))

# %% [markdown]
# With 8 environments A2C needs at most two thirds of the environment steps that it needs with 128. Only the batch has changed.
# So most of PPO's lead over A2C with 128 environments comes from A2C's large batch.
#
# The two panels belong together: fewer environment steps go with more gradient steps. A2C gets more gradient steps from small
# batches. PPO gets them from several steps on a large batch, so many environments can still run at once.
#
# Pendulum-v1 has continuous actions: a Gaussian policy. We take a return of $-200$ as done.


# %%
budget = {"max_steps": 80_000}
patient = {"n_steps": 200, "lr": 0.004, "epochs": 4, "minibatch": 400, "gamma": 0.9, "lam": 0.95}
ppo_swings = five_seeds(ppo, "Pendulum-v1", 16, budget, reward_scale=0.02, **patient)

# %%
hasty = {"n_steps": 8, "lr": 0.002, "critic_lr": 0.01, "gamma": 0.9, "lam": 0.95}
a2c_swings = five_seeds(actor_critic, "Pendulum-v1", 32, budget, reward_scale=0.02, **hasty)
figures.pendulum_race({"PPO": ppo_swings, "A2C": a2c_swings}, 80_000)

# %% [markdown]
# ## What to remember
#
# 1. After the first step a batch is off-policy. Ratios mend the actions, but nothing cheap mends the visits and the returns, so
#    we stay near.
# 2. The clip takes away the reward for going further, and `min` keeps the push back. Two of four cases have no gradient.
# 3. Several gradient steps on each batch save environment steps. Watch the KL (k₃) and the clip fraction.
#
# ## Pitfalls
#
# **The clip on the wrong side.** The minimum of the two *ratios*, times the advantage, looks alike and is right for every good
# action. For bad ones it stops the push that should call them back, and it never stops the push further away.
#
# **The log-probability of the clipped action.** Pendulum takes torques up to 2; a Gaussian samples beyond. Only the environment
# may see the clipped action. If that one is scored, all actions beyond the bound count as one at it, and the mean of ρ is not
# 1 any more.

# %%
from helpers import gaussian_log_prob

for rho in (1.5, 0.5):
    log_prob = torch.tensor([rho]).log().requires_grad_()
    r = ratio(log_prob, zero)
    (wrong,) = torch.autograd.grad(-torch.minimum(r, r.clamp(0.8, 1.2)).sum(), log_prob)
    print(
        f"bad action, ρ = {rho}: wrong side {wrong.item() + 0.0:+.1f}, exact {pushes(-1.0, rho)[2] + 0.0:+.1f}"
    )

a = torch.arange(-12, 16, 0.001, dtype=torch.float64)[:, None]  # quadrature in thin cells
for name, scored in {"sampled": a, "clipped": a.clamp(-2, 2)}.items():
    before, after = (gaussian_log_prob(scored, 0 * a + mean, torch.zeros(1)) for mean in (1.5, 1.8))
    density = gaussian_log_prob(a, 0 * a + 1.5, torch.zeros(1)).exp()
    print(f"mean of ρ, scoring the {name} action: {(density * ratio(after, before)).sum() * 0.001:.3f}")

# %% [markdown]
# ## Sources
#
# * Kakade, Langford: *Approximately optimal approximate reinforcement learning* (2002): the surrogate and how far it holds.
# * Schulman, Levine, Moritz, Jordan, Abbeel: *Trust region policy optimization* (2015): theorem 1 is the bound of 8.3.
# * Schulman, Wolski, Dhariwal, Radford, Klimov: *Proximal policy optimization algorithms* (2017): equation 7 is the clip.
# * Schulman: *Approximating KL divergence* (2020): k₁, k₂ and k₃.
# * Engstrom et al.: *Implementation matters in deep policy gradients* (2020), and Huang et al.: *The 37 implementation
#   details of proximal policy optimization* (2022): what else is in PPO's numbers.
# * Mnih et al.: *Asynchronous methods for deep reinforcement learning* (2016): A2C's parent.
