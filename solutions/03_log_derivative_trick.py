# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · How do you differentiate an average you can only sample?
#
# We want more return, so we want the gradient of the average return. But we never see the average, only episodes, and
# the world's dynamics are unknown. Four attempts, on one small world where the exact gradient is known; the fourth
# carries the rest of the course. About 50 minutes; five exercises.

# %%
import torch

from helpers import (
    checks,
    elite_mask,
    enumerate_trajectories,
    exact_moments,
    exact_policy_gradient,
    expected_return,
    figures,
    finite_difference_gradient,
    lottery_world,
    rewards_to_go,
    sample_trajectories,
    score_function_gradient,
    softmax_score,
    trajectory_log_prob,
    widgets,
)

# %% [markdown]
# ## 3.1 An average over episodes
#
# A **trajectory** is all that one episode writes down: $S_0, A_0, R_1, S_1, \dots, A_{T-1}, R_T, S_T$, that is T actions,
# T rewards and T + 1 states. Its **return** is
#
# $$G(\tau) = \sum_{t=0}^{T-1} \gamma^t R_{t+1}$$
#
# Our world has two rounds. Work pays 1. A ticket costs 1 and wins, with probability $0.3$, a prize of 5, paid one step
# later. State 0 is round one; 1 and 2 are round two, in 2 a prize waits; 3 collects a prize of round two; 4 is the end.
# We set $\gamma = 0.9$, and the first policy tosses a coin.

# %%
world, HORIZON = lottery_world(), 3  # no episode has more than three actions
theta = torch.zeros(5, 2, dtype=torch.float64)  # logits: one row a state, columns: work, ticket


def return_of(trajectory):
    """The discounted return of one trajectory."""
    return rewards_to_go(trajectory.rewards, world.gamma)[0]


J_start = expected_return(world, theta.softmax(1))
J_work, J_ticket = (expected_return(world, torch.eye(2)[[action] * 5]) for action in (0, 1))
print(f"gamma {world.gamma}: coin {J_start:.4f}, always work {J_work:.2f}, always a ticket {J_ticket:.3f}")

# %% [markdown]
# Always working is best. The average return, the **objective** J, is a sum over all trajectories (an integral where
# states or actions are continuous):
#
# $$J(\theta) = \sum_\tau p(\tau; \theta)\, G(\tau)$$
#
# **Predict.** How many different trajectories does this world have? (In state 3 an action is taken too, without effect.)
# Did the one with the highest return work or gamble?
#
# <!-- BEGIN SOLUTION -->
# Twelve. The two best gambled twice and won twice: 6.65. Great luck, and a poor policy.
# <!-- END SOLUTION -->

# %%
everything = enumerate_trajectories(world, theta.softmax(1), HORIZON)
for tau in sorted(everything, key=return_of, reverse=True):
    print(
        f"p {tau.probability:.5f}  G {return_of(tau):5.2f}  actions {tau.actions.tolist()}  states {tau.states.tolist()}"
    )

# %% [markdown]
# How likely is a trajectory? The start, then at each step a choice of the policy and an answer of the world:
#
# $$p(\tau; \theta) = p(S_0) \prod_{t=0}^{T-1} \pi_\theta(A_t \mid S_t)\; p(S_{t+1} \mid S_t, A_t)$$
#
# ### Exercise 3.1 · `trajectory_log_prob`
#
# Write its logarithm, a sum. π is the softmax of each row of `logits`; the world has `start` [S] and `transition`
# [S, A, S]. 4 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_trajectory_log_prob(mdp, logits, states, actions):
    """How likely a trajectory is, as a logarithm: logits [S, A], states [T+1] and actions [T] in, one number out."""
    # BEGIN SOLUTION
    before, after = states[:-1], states[1:]
    choices = logits.log_softmax(dim=1)[before, actions]
    answers = mdp.transition[before, actions, after].log()
    return mdp.start[states[0]].log() + choices.sum() + answers.sum()
    # END SOLUTION


# %% tags=["check"]
checks.trajectory_log_prob(my_trajectory_log_prob)

# %% [markdown]
# <details><summary>Hint</summary><code>table[states[:-1], actions]</code> takes one entry for each step; the states
# that follow are <code>states[1:]</code>.</details>
#
# With every p(τ; θ) in hand, autograd gives the exact gradient of J; so does a theorem of lesson 5. This is the truth
# that every attempt must meet.


# %%
logits = theta.clone().requires_grad_()
J = sum(
    trajectory_log_prob(world, logits, tau.states, tau.actions).exp() * return_of(tau) for tau in everything
)
(by_autograd,) = torch.autograd.grad(J, logits)
truth = exact_policy_gradient(world, theta)
error = (
    sum(tau.probability * (return_of(tau) - J_start) ** 2 for tau in everything).div(1000).sqrt()
)  # of 1000
print(f"J {J.item():.4f}, the two gradients agree to 1e-10: {torch.allclose(by_autograd, truth, atol=1e-10)}")
for state, row in enumerate(truth[:3].tolist()):
    print(f"state {state}: dJ/d work {row[0]:+.4f}, dJ/d ticket {row[1]:+.4f}")

# %% [markdown]
# The gradient says: work more, wherever there is a choice. (State 3 only collects a prize, state 4 is the end.) We could
# list all trajectories because we know the world. From here on we may only play.
#
# ## 3.2 First attempt: average, then differentiate
#
# **Predict.** We play `1000` episodes and average their returns: a good estimate of J. What gradient does autograd find?
#
# <!-- BEGIN SOLUTION -->
# None. The average is a plain number: θ decided which episodes we saw, but it stands in none of their rewards.
# <!-- END SOLUTION -->

# %%
probs = theta.clone().requires_grad_().softmax(1)
episodes = sample_trajectories(world, probs, 1000, HORIZON, torch.Generator().manual_seed(0))
average = torch.stack([return_of(tau) for tau in episodes]).mean()
print(f"sampled J within 4 standard errors ({error:.3f}): {abs(average - J_start) < 4 * error}")
print("has a graph:", average.requires_grad, "- grad_fn:", average.grad_fn)

# %% [markdown]
# The **Monte Carlo** average is close to J, but it has lost θ: sampling cuts the graph.
#
# ## 3.3 Second attempt: finite differences
#
# Then try both sides of each parameter, $e_p$ being the unit vector of parameter p:
#
# $$\frac{\partial J}{\partial \theta_p} \approx \frac{J(\theta + \varepsilon e_p) - J(\theta - \varepsilon e_p)}{2 \varepsilon}$$
#
# Many slides show the one-sided difference instead, $(J(\theta + \varepsilon e_p) - J(\theta)) / \varepsilon$. Its error
# falls only with ε. The error of the two-sided one falls with ε², so we take both sides.
#
# ### Exercise 3.2 · `finite_difference_gradient`
#
# Write it for any `f`, which returns a number or a tensor []; leave `theta` as it was. 6 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_finite_difference_gradient(f, theta, eps):
    """The central difference for each parameter: a function, theta [P] and a step in, slopes [P] out."""
    # BEGIN SOLUTION
    gradient = torch.zeros_like(theta)
    for p in range(len(theta)):
        step = torch.zeros_like(theta)
        step[p] = eps
        gradient[p] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient
    # END SOLUTION


# %% tags=["check"]
checks.finite_difference_gradient(my_finite_difference_gradient)

# %% [markdown]
# <details><summary>Hint</summary>A loop over the parameters; in each round a vector of zeros with <code>eps</code> in
# one place. <code>theta + step</code> makes a new tensor.</details>
#
# First on the exact J, where nothing is random:


# %%
def exact_J(flat):
    """J as a function of the ten logits."""
    return expected_return(world, flat.reshape(5, 2).softmax(1))


for eps in (1.0, 0.1, 0.01):
    error = (finite_difference_gradient(exact_J, theta.flatten(), eps) - truth.flatten()).abs().max()
    print(f"step {eps:4.2f}: largest error {error:.7f}")

# %% [markdown]
# The **bias** falls with ε²: a step ten times smaller, an error about a hundred times smaller. Now J is an average over
# episodes, and we look at one slope: that of the logit of work in state 0.
#
# **Predict.** With `100` episodes at each point, which step is best: `0.01`, `0.1` or `1`? And what changes if both
# points use the same random numbers?
#
# <!-- BEGIN SOLUTION -->
# Of the three, 1 is best. A wider step is better still, because the noise of the two averages is divided by 2ε. At
# $\varepsilon = 0.1$ it is nine times the slope. With common random numbers the two returns differ only where the first
# action differs. At a small step that is seldom, so most of the noise cancels.
# <!-- END SOLUTION -->

# %%
widgets.finite_differences()

# %%
import numpy as np

steps = np.geomspace(0.02, 6, 200)
fresh, common = (widgets.difference_quality(steps, 100, shared) for shared in (False, True))
for name, curve in [("fresh", fresh), ("common", common)]:
    small, best = np.interp(0.1, steps, curve["error"]), curve["error"].argmin()
    print(
        f"{name:6s} numbers: error {small:.3f} at the step 0.1, {curve['error'][best]:.3f} at the best step, {steps[best]:.1f}"
    )
for name, parameters in [("this table", theta.numel()), ("a net 4-64-2", 4 * 64 + 64 + 64 * 2 + 2)]:
    print(f"{name}: {parameters} parameters, {2 * parameters * 100} episodes for one gradient")
figures.difference_errors(steps, fresh, common, widgets.slope())

# %% [markdown]
# As the step shrinks, the noise grows like 1/ε. So a small step is hopeless: at $\varepsilon = 0.1$ the error is 1.421,
# on a slope of 0.1625. At the best step it is 0.077, still about half of the slope. With common numbers the noise grows only
# like 1/√ε, but only a simulator has them. And each parameter costs two more averages: a net with 450 parameters needs
# 90000 episodes for one gradient.
#
# ## 3.4 Third attempt: imitate the best
#
# The **cross-entropy method** needs no slope: play, keep the best episodes, and set the policy to the shares of
# actions in this **elite**. An episode is elite if its return is at or above the 1 - fraction quantile (linear between
# neighbours).
#
# ### Exercise 3.3 · `elite_mask`
#
# Write it. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_elite_mask(returns, fraction):
    """Which episodes are elite: returns [N] and a fraction between 0 and 1 in, bool [N] out."""
    # BEGIN SOLUTION
    return returns >= torch.quantile(returns, 1 - fraction)
    # END SOLUTION


# %% tags=["check"]
checks.elite_mask(my_elite_mask)

# %% [markdown]
# <details><summary>Hint</summary><code>torch.quantile(returns, q)</code> is the value below which a share q of the
# returns lies.</details>
#
# A second variant chooses steps, not whole episodes: in each state those with the best **return-to-go**, which counts
# only what came after them. The idea: a wise step in a bad episode is not lost.
#
# **Predict.** Both variants start from the coin, J = 1.28, and keep the best tenth; working pays 1.90. Where do they
# end? And where, if they keep the best half?
#
# <!-- BEGIN SOLUTION -->
# With the best tenth both learn to gamble. With the best half both learn to work: the reason stands below the figure.
# <!-- END SOLUTION -->


# %%
from functools import partial


def elite_steps(episodes, by_state, fraction):
    """One truth value a step: is its episode, or its return-to-go among those of its state, among the best?"""
    to_go = [rewards_to_go(tau.rewards, world.gamma) for tau in episodes]
    if not by_state:
        elite = elite_mask(torch.stack([returns[0] for returns in to_go]), fraction)
        return elite.repeat_interleave(torch.tensor([len(returns) for returns in to_go]))
    states, to_go = torch.cat([tau.states[:-1] for tau in episodes]), torch.cat(to_go)
    elite = torch.zeros(len(states), dtype=torch.bool)
    for state in states.unique():
        elite[states == state] = elite_mask(to_go[states == state], fraction)
    return elite


# %%
def imitate(logits, episodes, by_state, fraction):
    """Set each state's policy to the shares of its actions among the elite steps."""
    elite = elite_steps(episodes, by_state, fraction)
    states, actions = torch.cat([t.states[:-1] for t in episodes]), torch.cat([t.actions for t in episodes])
    counts = torch.zeros_like(logits)
    counts.index_put_((states[elite], actions[elite]), counts.new_ones(1), accumulate=True)
    return torch.where(counts.sum(1, keepdim=True) > 0, counts.log(), logits)


def rounds(update, seed, count=15, n_episodes=200):
    """J after each round of playing and updating, [count]."""
    generator, logits, history = torch.Generator().manual_seed(seed), theta, []
    for _ in range(count):
        logits = update(logits, sample_trajectories(world, logits.softmax(1), n_episodes, HORIZON, generator))
        history.append(expected_return(world, logits.softmax(1)).item())
    return history


def curves_of(update):
    return np.array([rounds(update, seed) for seed in range(5)])


# %%
histories, variants = {}, {"episodes": False, "steps": True}
for share, part in {"the best tenth": 0.1, "the best half": 0.5}.items():
    updates = {name: partial(imitate, by_state=by, fraction=part) for name, by in variants.items()}
    histories[share] = {name: curves_of(update) for name, update in updates.items()}
figures.rounds_of_learning(histories, J_start.item(), J_work.item())

# %% [markdown]
# The best tenth of the episodes ends below the coin, and neither variant comes near 1.90. The reason is luck. More
# than a quarter of the coin's episodes win a prize, and each of these returns more than work can (see the list of trajectories above). So
# the best tenth holds winners only, and all of them bought a ticket. Those who bought one and lost are not there to warn us.
#
# The best half has room for those who worked, and the losers stay outside: both variants learn to work. In the first
# rounds choosing steps is ahead of choosing episodes. How large the elite must be depends on how often luck strikes, and
# that is not known beforehand.
#
# ## 3.5 Fourth attempt: the log-derivative trick
#
# Take the gradient into the sum. ∇p is no probability, so it cannot be sampled; but ∇p = p ∇ log p:
#
# $$\nabla J = \sum_\tau \nabla p(\tau)\, G(\tau) = \sum_\tau p(\tau)\, \nabla \log p(\tau)\, G(\tau)
# = \mathbb{E}\bigl[\nabla \log p(\tau)\, G(\tau)\bigr]$$
#
# An average again, over episodes that we can play. ∇ log p is called the **score**.
#
# **Predict.** log p(τ; θ) is a sum of three kinds of terms. Which of them must we know for the score?
#
# <!-- BEGIN SOLUTION -->
# Only log π: start and dynamics do not contain θ. The world's model drops out; playing in it is enough.
# <!-- END SOLUTION -->
#
# First the score of one choice. A softmax over logits z has $\log \pi(a) = z_a - \log \sum_b \exp z_b$, so
#
# $$\nabla_z \log \pi(a) = \text{onehot}(a) - \pi$$
#
# ### Exercise 3.4 · `softmax_score`
#
# Write it, finite for large logits too. 1 line, 5 minutes, easy.


# %% tags=["exercise"]
def my_softmax_score(logits, action):
    """The gradient of log softmax(logits)[action] with respect to the logits: [A] and an int in, [A] out."""
    # BEGIN SOLUTION
    return torch.eye(len(logits))[action] - logits.softmax(dim=0)
    # END SOLUTION


# %% tags=["check"]
checks.softmax_score(my_softmax_score)

# %% [markdown]
# <details><summary>Hint</summary>A row of <code>torch.eye(A)</code> is a onehot; <code>logits.softmax(dim=0)</code> does
# not overflow.</details>
#
# Start and dynamics do not contain θ, so the score of a trajectory should be the sum of the policy's scores over its
# steps. We hold that sum against autograd through all of log p(τ), start and dynamics included.


# %%
def trajectory_score(logits, tau):
    """The gradient of log p(tau), flat: [S A]; it asks the policy only."""
    score = torch.zeros_like(logits)
    for state, action in zip(tau.states[:-1].tolist(), tau.actions.tolist(), strict=True):
        score[state] += softmax_score(logits[state], action)
    return score.flatten()


gaps, average = [], 0.0
for tau in everything:
    log_prob = trajectory_log_prob(world, logits, tau.states, tau.actions)
    score = trajectory_score(theta, tau)
    gaps.append((torch.autograd.grad(log_prob, logits)[0].flatten() - score).abs().max().item())
    average += tau.probability * return_of(tau) * score
print(f"{len(gaps)} trajectories, the dynamics drop out to 1e-10: {max(gaps) < 1e-10}")
print("E[score · G] is the exact gradient, to 1e-10:", torch.allclose(average, truth.flatten(), atol=1e-10))

# %% [markdown]
# Exact, over all trajectories. Over N sampled ones it becomes
#
# $$\hat g = \frac{1}{N} \sum_{n=1}^{N} \nabla \log p(\tau_n)\, G(\tau_n)$$
#
# ### Exercise 3.5 · `score_function_gradient`
#
# Write it, for scores [N, P] and returns [N]. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_score_function_gradient(scores, returns):
    """The mean over samples of score times return: [N, P] and [N] in, [P] out."""
    # BEGIN SOLUTION
    return (scores * returns[:, None]).mean(dim=0)
    # END SOLUTION


# %% tags=["check"]
checks.score_function_gradient(my_score_function_gradient)

# %% [markdown]
# <details><summary>Hint</summary><code>returns[:, None]</code> is a column: one return for each row of
# <code>scores</code>.</details>
#
# **Predict.** Finite differences spend `200` episodes on one slope, and err by 0.077 at the best step. How far off is the
# score function in that slope, after `200` episodes?
#
# <!-- BEGIN SOLUTION -->
# About as far, 0.084. But from the same `200` episodes come all ten slopes, without a bias and without a step to choose.
# <!-- END SOLUTION -->

# %%
_, covariance = exact_moments(world, theta, lambda tau: return_of(tau).expand(len(tau)), HORIZON)
noise = (covariance.diag() / 200).sqrt()
print(f"differences, best step: error {fresh['error'].min():.3f} in one slope")
print(
    f"score function: error {noise[0]:.3f} in the same slope, at most {noise.max():.3f} in any of {len(noise)}"
)


def climb(logits, episodes):
    """One step of gradient ascent."""
    scores = torch.stack([trajectory_score(logits, tau) for tau in episodes])
    returns = torch.stack([return_of(tau) for tau in episodes])
    return logits + 3.0 * score_function_gradient(scores, returns).reshape(5, 2)


by_score = {"score function": curves_of(climb)}
both = {share: runs | by_score for share, runs in histories.items()}
figures.rounds_of_learning(both, J_start.item(), J_work.item())

# %% [markdown]
# With as many episodes the fourth attempt climbs to where the best tenth could not: every episode counts, the losing
# tickets too. The best half gets there as well, here in fewer rounds. But the gradient needs no such share: its mean is the
# exact gradient, however rare the luck is.
#
# ## 3.6 The picture
#
# The same in the plane: a policy N(μ, I), and a reward f that is 1 inside a disc and 0 elsewhere. The score with respect
# to μ is x - μ, an arrow away from the mean. (Some call f the "score function"; here the score is ∇ log p.)
#
# **Predict.** f is flat: its slope is zero wherever it has one. Can μ still find the disc? Step and see.
#
# <!-- BEGIN SOLUTION -->
# Yes. The slope of f is never asked for: the samples inside the disc pull μ towards themselves, the others do not.
# <!-- END SOLUTION -->

# %%
widgets.score_field()

# %%
figures.score_panels(widgets.field_step("disc"))

# %% [markdown]
# ## 3.7 Two ways through one average
#
# If f has a slope and we know it, there is another way. Write the sample as x = μ + ε, with ε ~ N(0, 1): now μ is
# inside f (**reparametrisation**, lesson 2). For f(x) = x², J = μ² + 1:
#
# $$\text{score: } x^2 (x - \mu) \qquad \text{path: } 2 (\mu + \varepsilon)$$
#
# **Predict.** Both average to 2μ. Which has the larger variance at μ = 1, and how many times?
#
# <!-- BEGIN SOLUTION -->
# The score function: 30 against 4; at μ = 3 it is 222 against 4. In general μ⁴ + 14μ² + 15, and always 4.
# <!-- END SOLUTION -->

# %%
nodes, weights = np.polynomial.hermite_e.hermegauss(20)  # averages over N(0, 1), exact for polynomials


def moments(mu):
    """Exact means of the score's and of the path's estimate, and their exact variances."""
    estimates = np.stack([(mu + nodes) ** 2 * nodes, 2 * (mu + nodes)])
    means = estimates @ weights / weights.sum()
    return means, (estimates - means[:, None]) ** 2 @ weights / weights.sum()


for mu in (1, 3):
    (by_score, by_path), (spread, calm) = moments(mu)
    print(f"mu {mu}: means {by_score:.1f} and {by_path:.1f}, variances {spread:.0f} and {calm:.0f}")
    print(f"      variance of the score by the formula {mu**4 + 14 * mu**2 + 15}")
means = np.linspace(0, 4, 81)
figures.two_variances(means, *np.transpose([moments(mu)[1] for mu in means]))

# %% [markdown]
# Both are unbiased; 30 : 4, then 222 : 4. Where f has a known slope that is not too steep, take the path. (If f waves
# fast, the score is the calmer one.) A return has no slope: it comes out of a world that we cannot differentiate, and a
# choice between two actions jumps. So policy gradients use the score, and the next lessons fight its variance.
#
# ## 3.8 Where the trick fails
#
# Taking ∇ into the integral misses what happens at the edge of the possible x, if θ moves that edge. Let x be uniform
# on [0, θ] and f(x) = x: J = θ/2, with slope ½.
#
# **Predict.** log p(x) = -log θ. What does E[f(x) ∇ log p(x)] give?
#
# <!-- BEGIN SOLUTION -->
# Minus one half: the wrong sign. What the moving edge adds is missing, f(θ) p(θ) = 1.
# <!-- END SOLUTION -->

# %%
edge = 2.0
x = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000 * edge  # the middles of 1000 equal parts
by_trick, by_path = (x * (-1 / edge)).mean(), (x / edge).mean()  # the path is x = theta u
print(f"exact slope {0.5:+.2f}, by the trick {by_trick:+.2f}, by the path {by_path:+.2f}")

# %% [markdown]
# The score is the same for every x: it only sees that the density sinks. A softmax, a Gaussian or a Beta policy on
# fixed bounds is safe; bounds that are learned are not.
#
# ## What to remember
#
# 1. ∇ E[f] = E[f ∇ log p]: an average again, so samples give an unbiased gradient of what we can only sample.
# 2. In ∇ log p(τ) start and dynamics drop out: no model of the world is needed, only log π.
# 3. The price is variance: for x² at μ = 1 it is 30, against 4 by the path.
#
# ## Pitfalls
#
# **`rsample` with a score loss.** "How do I backpropagate through the sample?" One does not. With `rsample` the mean
# moves the sample along, (x - μ) stays ε, and the gradient with respect to μ is zero, whatever the
# rewards are.

# %%
noise = torch.randn(10000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
for draw in ("rsample", "sample"):
    mu = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    x = mu + noise if draw == "rsample" else (mu + noise).detach()  # what the two methods of Normal(mu, 1) do
    log_prob = torch.distributions.Normal(mu, 1.0).log_prob(x)
    (log_prob * x.detach() ** 2).mean().backward()
    print(
        f"{draw:7s}: sampled gradient {mu.grad:.0f}, exactly zero {mu.grad.item() == 0}; exact {2 * mu:.0f}"
    )
print(f"standard error of the second one, from the exact variance 30: {(30 / len(noise)) ** 0.5:.3f}")

# %% [markdown]
# **One factor too many, too few, or turned round.** Let t run to T, and the last state acts too; leave p(S₀) out (the
# score does not mind, J does); write π(s|a) for π(a|s), a softmax over states. Then the probabilities no longer sum
# to 1. And samples from n = 0 to N are N + 1: divided by N, every average is (N + 1)/N times too long.

# %%
from helpers import two_state_world

coin, table = theta.softmax(1), two_state_world()
one_step = enumerate_trajectories(table, coin[:3], 1)
too_many = sum(tau.probability * coin[tau.states[-1], 0] for tau in everything)
too_few = sum(tau.probability / table.start[tau.states[0]] for tau in one_step)
over_states = [(theta.softmax(0) / coin)[tau.states[:-1], tau.actions].prod() for tau in everything]
turned = sum(tau.probability * factor for tau, factor in zip(everything, over_states, strict=True))
whole = sum(tau.probability for tau in everything)
print(f"all p(tau) together: {whole:.2f}; with t = 0 … T: {too_many:.2f}; with pi(s|a): {turned:.2f}")
print(f"two_state_world: {sum(tau.probability for tau in one_step):.2f}; without p(S_0): {too_few:.2f}")
print(f"J over n = 1 … 10: {J_start:.2f}; over n = 0 … 10, divided by 10: {11 * J_start / 10:.2f}")

# %% [markdown]
# ## Sources
#
# * Williams: *Simple statistical gradient-following algorithms for connectionist reinforcement learning* (1992).
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 3.3, 13.2, 13.3.
# * Glynn: *Likelihood ratio gradient estimation for stochastic systems* (1990): the trick, before it had this name.
# * Glasserman: *Monte Carlo Methods in Financial Engineering* (2003), chapter 7: finite differences, common random
#   numbers, path and score, and when each may be used.
# * Rubinstein, Kroese: *The Cross-Entropy Method* (2004).
# * Mohamed, Rosca, Figurnov, Mnih: *Monte Carlo Gradient Estimation in Machine Learning* (2020).
