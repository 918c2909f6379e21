# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Which terms may we add for free?
#
# The gradient of lesson 3 is right and noisy. This lesson finds out what we may subtract from it, or leave out of it,
# without moving its mean. One lemma decides. It also says which popular tricks are not free, and what they cost.
# About 35 minutes; four exercises.

# %%
from itertools import product

import torch

from helpers import (
    action_values,
    baselined_gradient,
    checks,
    exact_moments,
    exact_policy_gradient,
    expected_score,
    figures,
    leave_one_out,
    rewards_to_go,
    softmax_score,
    standard_error,
    state_values,
    widgets,
    world_from_steps,
)

# %% [markdown]
# ## 4.1 On average the score is zero
#
# The **score** ∇ log p(x) says which way θ must move to make x likelier. The **EGLP lemma** (expected gradient of the
# log-probability) says: if x comes from p itself, the pushes cancel.
#
# $$\mathbb{E}_{x \sim p_\theta}\bigl[\nabla_\theta \log p_\theta(x)\bigr] = 0$$

# %% [markdown]
# **Proof.** Probabilities sum to 1 whatever θ is, so the gradient of their sum is 0, and ∇p = p ∇ log p:
#
# $$\sum_x p_\theta(x)\, \nabla \log p_\theta(x) = \sum_x \nabla p_\theta(x) = \nabla \sum_x p_\theta(x) = \nabla 1 = 0$$
#
# For a density the sum is an integral. Gradient and integral may change places if p is smooth in θ, ∇p stays below a
# bound that can be integrated, and the set where p > 0 does not move with θ. ∎
#
# **Predict.** A softmax policy takes three actions with probabilities $0.7$, $0.2$ and $0.1$. Which action has the longest
# score, and what is the sum of the three, each weighted by its probability?
#
# <!-- BEGIN SOLUTION -->
# The rarest: its own logit has the score $1 - 0.1$, the usual action's $1 - 0.7$. The rare one is pushed hard but seldom, the
# usual one gently but often, and the weighted sum is 0.
# <!-- END SOLUTION -->

# %%
double = torch.float64
probs = torch.tensor([0.7, 0.2, 0.1], dtype=double)
logits = probs.log()
scores = torch.stack([softmax_score(logits, action) for action in range(3)])  # one row for each action
for p, row in zip(probs, scores, strict=True):
    print(f"taken with {p:.1f}: score {row.round(decimals=1).tolist()}, length {row.norm():.2f}")
print("weighted sum, size:", (probs @ scores).abs().round(decimals=12).tolist())

# %% [markdown]
# The rarest action's score has length 1.16, the usual one's 0.37, and the weighted sum is 0. Put a weight w(a) into the
# sum, and we get what the rest of the lesson needs:
#
# $$\sum_a \pi(a)\, w(a)\, \nabla \log \pi(a), \qquad \nabla \log \pi(a) = \text{onehot}(a) - \pi$$
#
# ### Exercise 4.1 · `expected_score`
#
# Write the sum, finite for large logits too. 1 or 2 lines, 6 minutes, medium.


# %% tags=["exercise"]
def my_expected_score(logits, weights):
    """The mean of weight times score over all actions; logits [A], weights [A] -> [A]."""
    # BEGIN SOLUTION
    return logits.softmax(0) * (weights - logits.softmax(0) @ weights)
    # END SOLUTION


# %% tags=["check"]
checks.expected_score(my_expected_score)

# %% [markdown]
# <details><summary>Hint</summary>The one-hot rows leave π(a) w(a) in place a; what is subtracted is π times the mean
# weight, Σ π(a) w(a). Use <code>softmax(0)</code>: it survives large logits.</details>
#
# **Predict.** What comes out for the weights 5, 5, 5? And for 5, 5, 6?
#
# <!-- BEGIN SOLUTION -->
# Zero for 5, 5, 5: that is the lemma, times 5. For 5, 5, 6 the same as for 0, 0, 1: the common 5 is a term for free.
# <!-- END SOLUTION -->

# %%
for weights in ([5.0, 5.0, 5.0], [5.0, 5.0, 6.0], [0.0, 0.0, 1.0]):
    weighted = expected_score(logits, torch.tensor(weights, dtype=double))
    print(weights, "->", [f"{entry:+.2f}" if abs(entry) > 1e-12 else "0" for entry in weighted])

# %% [markdown]
# With rewards as weights this is the exact gradient of a one-step game. Only differences of rewards count in it.
#
# ## 4.2 For every family
#
# For a density we need an integral. We cut the axis into `20 000` thin cells and add up density times score at their
# middles (a **quadrature**), for the Gaussian, the mixture and the Beta policy of lesson 2.


# %%
from helpers import beta_log_prob, gaussian_log_prob, mixture_log_prob


def gaussian(theta, x):
    return gaussian_log_prob(x[:, None], theta[:1].expand(len(x), 1), theta[1:])  # mean, log std


def mixture(theta, x):
    return mixture_log_prob(x, *theta.view(3, 1, 2).expand(3, len(x), 2))  # logits, means, log stds


def beta(theta, x):
    return beta_log_prob(x, theta[0].expand(len(x)), theta[1].expand(len(x)), -1.0, 1.0)


# %%
def weighted_scores(log_prob, theta, low, high):
    """Midpoints x [M] of thin cells, and p(x) times the score at each, [M, P]."""
    x = low + (high - low) * (torch.arange(20_000, dtype=double) + 0.5) / 20_000
    return x, log_prob(theta, x).exp()[:, None] * torch.func.jacfwd(log_prob)(theta, x)


shapes = {
    "Gaussian (μ)": (gaussian, [0.5, -0.2], 12.0),
    "mixture (logit 1)": (mixture, [0.3, -0.3, -1.5, 1.0, -0.5, -0.2], 12.0),
    "Beta (α)": (beta, [2.5, 4.0], 1.0),
}
sizes, curves = {}, {"softmax (θ1)": (torch.arange(3), probs * scores[:, 0])}
for name, (log_prob, theta, reach) in shapes.items():
    x, y = weighted_scores(log_prob, torch.tensor(theta, dtype=double), -reach, reach)
    curves[name] = x, y[:, 0]
    sizes[name] = round((y.sum(0) * (x[1] - x[0])).abs().max().item(), 8)
print("largest mean score of any parameter:", sizes)
figures.cancelling_areas(curves)

# %% [markdown]
# Zero to 8 places for all ten parameters. The lemma asks of the family only what the proof used; all policies of this
# course fulfil it. (Lesson 3's uniform on [0, θ] does not, its edge moves: its mean score is -1/θ.)
#
# ## 4.3 A batch is not an average
#
# In a batch of N samples the mean score is not 0, only near it. How near, says the **standard error**, an estimate of
# the standard deviation of the mean:
#
# $$\text{se} = \frac{1}{\sqrt N} \sqrt{\frac{1}{N - 1} \sum_{n=1}^{N} (x_n - \bar x)^2}$$
#
# ### Exercise 4.2 · `standard_error`
#
# Write it for samples in rows, one number for each column. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_standard_error(samples):
    """The standard error of the mean of each column; samples [N, P] -> [P]."""
    # BEGIN SOLUTION
    return samples.std(0, correction=1) / len(samples) ** 0.5
    # END SOLUTION


# %% tags=["check"]
checks.standard_error(my_standard_error)

# %% [markdown]
# <details><summary>Hint</summary><code>samples.std(0)</code> divides by N - 1 by default; the root of N is still
# missing.</details>
#
# **Predict.** A band of ±1.96 standard errors around the mean holds the truth in about $95\%$ of all batches. How much narrower
# does 100 times as many samples make it?
#
# <!-- BEGIN SOLUTION -->
# Ten times: it shrinks like 1/√n. To halve the noise of a gradient costs four times the episodes.
# <!-- END SOLUTION -->

# %%
chance = torch.Generator().manual_seed(0)
streams = scores[probs.multinomial(20 * 10_000, replacement=True, generator=chance)].view(20, 10_000, 3)
batches = streams.reshape(2000, 100, 3)
holds = [batch[:, 0].mean().abs() <= 1.96 * standard_error(batch)[0] for batch in batches]
for n in (100, 10_000):
    batch = streams[0, :n]
    print(f"n = {n:6d}: sampled mean {batch[:, 0].mean():+.3f}, band ±{1.96 * standard_error(batch)[0]:.3f}")
share = torch.stack(holds).double()[:, None]
print(
    f"n =    100: of 2000 bands {share.mean():.0%} hold zero, standard error {standard_error(share)[0]:.1%}"
)
running = streams[:, :, 0].cumsum(1) / torch.arange(1, 10_001)
spread = (probs @ scores[:, 0] ** 2).sqrt()  # exact: the mean is 0
figures.shrinking_band(running, spread.item())

# %% [markdown]
# That is why free terms matter. They add nothing to the mean, but in every batch they add or remove noise.
#
# ## 4.4 First use: drop the past
#
# The gradient of lesson 3 weighs every score with the whole return, rewards of the past included. For a reward earned
# before the action at t, that is k < t (there is no discount in this lesson; lesson 5 brings it back):
#
# $$\mathbb{E}\bigl[\nabla \log \pi(A_t|S_t)\, R_{k+1}\bigr] = 0$$
#
# **Proof.** Hold everything up to $S_t$ fixed. Then $R_{k+1}$ is a constant, and the mean over $A_t$ of a constant times
# the score is 0 by the lemma. The mean over all histories of 0 is 0. ∎
#
# The proof never used that $R_{k+1}$ is a reward. It holds for anything that is settled before $A_t$ is drawn.

# %%
farm = world_from_steps(
    n_states=4,  # 0: seed corn in hand, 1: bare field, 2: full field, 3: the end
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
undecided = torch.zeros(4, 2, dtype=double)
truth = exact_policy_gradient(farm, undecided)
values = state_values(farm, undecided.softmax(1))
q = action_values(farm, undecided.softmax(1))
print("v of a bare and a full field:", values[1:3].tolist(), " q of eating and sowing:", q[0].tolist())
print(f"gradient for sowing: {truth[0, 1]:.3f}")

# %% [markdown]
# The farmer decides each time by a fair coin. By hand: a bare field is worth ½ and a full one 5. So sowing is worth
# $0.75 \cdot 5 + 0.25 \cdot 0.5$ = 3.875 and eating $2 + 0.5$ = 2.50. The gradient for sowing is ¼ · (3.875 - 2.50) = 0.344.
#
# **Predict.** Two actions and two rewards make four products of a score and a reward. Which have the mean 0?
#
# <!-- BEGIN SOLUTION -->
# Only the second score with the first reward: that reward was settled before the second action was drawn.
# <!-- END SOLUTION -->


# %%
def pair(t, k):
    """Length of the mean of score t times reward k, over every trajectory."""
    mean, _ = exact_moments(farm, undecided, lambda tau: (torch.arange(2) == t) * tau.rewards[k], horizon=2)
    return mean.norm().item()


[[round(pair(t, k), 3) for k in (0, 1)] for t in (0, 1)]  # a row for each score, a column for each reward

# %% [markdown]
# The zero stands where the reward came first. So each score may be weighed with what comes after it, the
# **reward-to-go** $G_t$. The six trajectories of the farm give mean and variance of both weights, exactly. The figure does
# the same for a longer episode: up to ten presses of a button that pays 1 or of one that pays 0.


# %%
def judge(weight_fns):
    """Print what each weight makes of the gradient, exactly; return the bias of each."""
    biases, lines = {}, []
    for name, weight_fn in weight_fns.items():
        mean, covariance = exact_moments(farm, undecided, weight_fn, horizon=2)
        biases[name] = (mean - truth.flatten()).norm().item()
        lines.append(
            f"{name:14s} for sowing {mean[1]:+.3f}, bias {biases[name]:.2f}, variance {covariance.trace():7.2f}"
        )
    print("\n".join(lines))
    return biases


weights = {
    "total return": lambda tau: tau.rewards.sum().expand(len(tau)),
    "reward-to-go": lambda tau: rewards_to_go(tau.rewards),
}
_ = judge(weights)

# %%
buttons = world_from_steps(2, 2, {(0, 0): (1.0, {0: 1.0}), (0, 1): (0.0, {0: 1.0})})  # each leads back
presses = list(range(1, 11))
variances = {
    name: [exact_moments(buttons, undecided[:2], weight, n)[1].trace().item() for n in presses]
    for name, weight in weights.items()
}
figures.price_of_the_past(presses, variances["total return"], variances["reward-to-go"])

# %% [markdown]
# ## 4.5 Second use: subtract a baseline
#
# What holds for a past reward holds for any $b(S_t)$. Such a **baseline** may be taken off the return:
#
# $$\hat g = \frac{1}{N} \sum_{n=1}^{N} \nabla \log \pi(x_n)\, (G_n - b_n)$$
#
# ### Exercise 4.3 · `baselined_gradient`
#
# Write it. 1 line, 5 minutes, medium.


# %% tags=["exercise"]
def my_baselined_gradient(scores, returns, baselines):
    """The mean of score times what is left of the return; [N, P], [N], [N] -> [P]."""
    # BEGIN SOLUTION
    return (scores * (returns - baselines)[:, None]).mean(0)
    # END SOLUTION


# %% tags=["check"]
checks.baselined_gradient(my_baselined_gradient)

# %% [markdown]
# <details><summary>Hint</summary>One weight for each row: make the weights a column, <code>[:, None]</code>, before they
# meet the scores.</details>
#
# **Predict.** Take 100 off every return. What happens to the mean of the gradient, and to its variance?
#
# <!-- BEGIN SOLUTION -->
# The mean stays, exactly. The variance explodes: every score now carries a weight near -100. Free of bias does not mean
# free of noise.
# <!-- END SOLUTION -->

# %%
tables = {"b = 0": 0 * values, "b = 100": 0 * values + 100, "b = v(s)": values}
_ = judge({k: lambda tau, b=b: rewards_to_go(tau.rewards) - b[tau.states[:-1]] for k, b in tables.items()})

# %% [markdown]
# The mean is the same in all three rows; the variance is 18.52, 9481.02 or 8.67. Which b is best is the question of
# lesson 6.
#
# ## 4.6 What may b depend on?
#
# Any b changes the mean by
#
# $$\text{bias} = -\,\mathbb{E}\Bigl[\sum_t \nabla \log \pi(A_t|S_t)\; b_t\Bigr]$$
#
# **Predict.** Six baselines: a constant; one for each t; $v(S_t)$; the past action; the action $A_t$ itself;
# $v(S_{t+1})$. Which are free?
#
# <!-- BEGIN SOLUTION -->
# The first four: they are settled before $A_t$ is drawn. The last two are not, and $A_t$ has a hand in both.
# <!-- END SOLUTION -->

# %%
candidates = {
    "nothing": lambda tau: 4.0,
    "time": lambda tau: torch.tensor([4.0, 3.0]),
    "state": lambda tau: values[tau.states[:-1]],
    "past action": lambda tau: torch.tensor([0.0, 3.0]) * tau.actions[0],
    "current action": lambda tau: 3.0 * tau.actions,
    "next state": lambda tau: values[tau.states[1:]],
}
biases = judge({k: lambda tau, b=b: rewards_to_go(tau.rewards) - b(tau) for k, b in candidates.items()})
eaten, sown = farm.transition[0] @ values
print(f"mean of v(S_1): {sown:.3f} after sowing, {eaten:.3f} after eating")

# %% [markdown]
# The first four have no bias. For the next state we compute the bias by hand. On average $v(S_1)$ is 3.875 after sowing and
# 0.500 after eating, so the gradient for sowing moves by $-\tfrac14 (3.875 - 0.5)$, from +0.344 to -0.500.
#
# **Predict.** The lemma takes x from p itself. What if another policy, which takes each action equally often, has drawn
# the actions: what is the mean score of our policy $(0.7, 0.2, 0.1)$?
#
# <!-- BEGIN SOLUTION -->
# $\sum_a \mu(a)\,(\text{onehot}(a) - \pi) = \mu - \pi$ for actions from μ: the difference of the two policies.
# <!-- END SOLUTION -->

# %%
other = torch.full((3,), 1 / 3, dtype=double)
print("mean score of their actions", (other @ scores).round(decimals=3).tolist())
print("mu - pi                    ", (other - probs).round(decimals=3).tolist())
print("weighed with pi/mu, size   ", (other * (probs / other) @ scores).abs().round(decimals=3).tolist())

# %% [markdown]
# With actions of another policy (old data, say) not even a constant is free: b adds -b (μ - π), for b > 0 a push away
# from what μ does more often than π. Weighing with π/μ mends it; lesson 8 builds on that.
#
# The widget tells a story of two states, -1 and +1: the higher the action, the likelier the next state is +1.
#
# **Predict.** Let b depend on the current action: from how many samples on does the band of θ1 leave zero? And for the
# past action?
#
# <!-- BEGIN SOLUTION -->
# From 20 on. For the past action never: mean and band close in on zero together (one band in twenty may miss it). The
# next state has the mean of the current action, and more noise.
# <!-- END SOLUTION -->

# %%
widgets.eglp()

# %%
figures.bias_bars(biases)

# %% [markdown]
# ## 4.7 The mean of the batch
#
# The handiest baseline is the mean return of a batch of independent samples. But sample i is part of it: a share 1/N of
# its baseline is its own return, and depends on its action.
#
# **Predict.** What does this share do to the mean gradient of a batch of two? And of a batch of one?
#
# <!-- BEGIN SOLUTION -->
# It halves it; the direction is right. In a batch of one nothing is left: each return is its own mean.
# <!-- END SOLUTION -->


# %%
rewards = torch.tensor([1.0, 2.0, 4.0], dtype=double)
gradient = expected_score(logits, rewards)


def mean_over_all_batches(baseline, n):
    """The exact mean of the baselined gradient: every batch of n actions, weighted by its probability."""
    batches = [list(batch) for batch in product(range(3), repeat=n)]
    chances = torch.stack([probs[batch].prod() for batch in batches])
    gradients = [baselined_gradient(scores[b], rewards[b], baseline(rewards[b])) for b in batches]
    return chances @ torch.stack(gradients)


def batch_mean(returns):
    return returns.mean().expand(len(returns))


ratios = [mean_over_all_batches(batch_mean, n) / gradient for n in (1, 2, 3, 4)]
for n, ratio in enumerate(ratios, start=1):
    print(f"N = {n}: ratio to the exact gradient {[round(entry + 0.0, 4) for entry in ratio.tolist()]}")

# %% [markdown]
# Exactly 1 - 1/N in every entry. The other samples' returns are free by the lemma; the own share is not:
#
# $$\mathbb{E}[\hat g] = \nabla J - \tfrac{1}{N} \nabla J = \bigl(1 - \tfrac{1}{N}\bigr) \nabla J$$
#
# The cure is to leave the own return out: $b_i = \frac{1}{N - 1} \sum_{j \ne i} G_j$.
#
# ### Exercise 4.4 · `leave_one_out`
#
# Write it. 1 line, 5 minutes, medium.


# %% tags=["exercise"]
def my_leave_one_out(returns):
    """For each sample the mean return of the others; returns [N], N at least 2 -> [N]."""
    # BEGIN SOLUTION
    return (returns.sum() - returns) / (len(returns) - 1)
    # END SOLUTION


# %% tags=["check"]
checks.leave_one_out(my_leave_one_out)

# %% [markdown]
# <details><summary>Hint</summary>The sum of the others is the sum of all minus the own return: no loop is
# needed.</details>

# %%
sizes = [2, 3, 4, 5, 6]
own = [(mean_over_all_batches(batch_mean, n) / gradient)[0].item() for n in sizes]
others = [(mean_over_all_batches(leave_one_out, n) / gradient)[0].item() for n in sizes]
figures.batch_shrinkage(sizes, own, others)

# %% [markdown]
# The two differ by a factor only, $G_i - b_i = \frac{N}{N-1} (G_i - \bar G)$, so the batch mean is a shorter step in the
# right direction. For large batches no one notices; for groups of four (lesson 9) it is shorter by a quarter.
#
# ## What to remember
#
# 1. The score averages to zero under its own distribution: any factor settled before the action is drawn is free.
# 2. Hence rewards of the past may go, and b(s) may come; both change the noise, neither changes the mean.
# 3. What the action has touched is not free: the next state, the action itself, its share 1/N of a batch mean.

# %% [markdown]
# ## Pitfalls
#
# **A baseline from the state after the action**, `values[1:]` for `values[:-1]`: one slice, no error message. What is left
# of the return is, on average, the immediate reward. So this gradient tells the farmer to eat the seed corn.

# %%
wrong, _ = exact_moments(farm, undecided, lambda tau: rewards_to_go(tau.rewards) - values[tau.states[1:]], 2)
print(f"gradient for sowing with values[1:] {wrong[1]:+.3f}, exact {truth[0, 1]:+.3f}")
print(f"gradient of the immediate reward alone: 1/4 · (0 - 2) = {0.25 * (0 - 2):+.3f}")

# %% [markdown]
# **"Dropping the past reduces variance"** is the rule, not a law. Take a loan of 10 now and pay it back next: the total
# return hardly varies, its parts do.

# %%
steps = {(0, 0): (10.0, {1: 1.0}), (0, 1): (0.0, {2: 1.0})}  # borrow, or not
steps |= {(1, a): (a - 10.0, {3: 1.0}) for a in (0, 1)}  # pay back, and earn 0 or 1
steps |= {(2, a): (a + 0.0, {3: 1.0}) for a in (0, 1)}  # earn 0 or 1
loan = world_from_steps(4, 2, steps)
(total, spread), (to_go, wider) = [exact_moments(loan, undecided, w, 2) for w in weights.values()]
print(f"same mean: {torch.allclose(total, to_go)}")
print(f"variance with the total return {spread.trace():.2f}, with reward-to-go {wider.trace():.2f}")

# %% [markdown]
# ## Sources
#
# * Williams: *Simple statistical gradient-following algorithms for connectionist reinforcement learning* (1992): the
#   baseline and why it is free.
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 2.8 and 13.4.
# * Greensmith, Bartlett, Baxter: *Variance reduction techniques for gradient estimates in reinforcement learning* (2004).
# * Kool, van Hoof, Welling: *Buy 4 REINFORCE samples, get a baseline for free!* (2019): leave one out.
# * Achiam: *Spinning Up in Deep RL* (2018), part 3: the lemma under this name, and the proof that the past may go.
# * Efron, Tibshirani: *An Introduction to the Bootstrap* (1993), chapter 2: the standard error.
