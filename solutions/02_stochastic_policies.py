# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · What is a policy that rolls dice?
#
# A policy need not name an action: it may give every action a probability, and roll dice. This lesson shows where dice
# are needed and how a few numbers describe them, such as the outputs of a network. And it computes the one number that
# policy gradients need: the **log-probability** of an action. About 40 minutes; five exercises.

# %%
import math

import torch
from torch import distributions

from helpers import (
    beta_entropy,
    beta_log_prob,
    checks,
    entropy,
    figures,
    gaussian_entropy,
    gaussian_log_prob,
    greedy_actions,
    log_softmax,
    mixture_entropy,
    mixture_log_prob,
    reparameterized_sample,
    widgets,
)

# %% [markdown]
# ## 2.1 From preferences to dice
#
# A **stochastic policy** π(a∣s) gives each action a probability; a deterministic one gives all to one action. From
# preferences z, a **softmax** at temperature τ makes one; **ε-greedy** takes the best action, but with probability ε any,
# evenly.
#
# $$\pi(a) = \frac{\exp(z_a / \tau)}{\sum_b \exp(z_b / \tau)}$$
#
# **Predict.** Where does the softmax go as τ goes to 0? And if the two best preferences are equal?
#
# <!-- BEGIN SOLUTION -->
# To the greedy policy: all probability on the best action. With a tie it goes to an even split between the best two,
# which is still no deterministic policy.
# <!-- END SOLUTION -->

# %%
clear, tied = torch.tensor([1.0, 2.0, 2.5]), torch.tensor([1.0, 2.5, 2.5])


def rounded(probs):
    return "  ".join(f"{p:.3f}" for p in probs.tolist())


for temperature in (10, 1, 0.1, 0.01):
    soft, even = (clear / temperature).softmax(0), (tied / temperature).softmax(0)
    print(f"τ = {temperature:<5}  clear: {rounded(soft)}   tied: {rounded(even)}")
exploring = 0.9 * torch.tensor([0.0, 0.0, 1.0]) + 0.1 / 3
print(f"ε = 0.1    clear: {rounded(exploring)}")

# %% [markdown]
# With one best action the limit is deterministic. No finite preferences reach it: a softmax never gives up an action.
#
# Learning needs the logarithm, for any **logits** z (τ = 1 unless we say otherwise):
#
# $$\log \pi(a) = z_a - \log \sum_b \exp(z_b)$$
#
# ### Exercise 2.1 · `log_softmax`
#
# Write it for a batch of rows. It must stay finite for logits of ±10 000. 2 lines, 5 minutes, medium.


# %% tags=["exercise"]
def my_log_softmax(logits):
    """Log-probabilities of the actions, each row a distribution: float [B, A] in, float [B, A] out."""
    # BEGIN SOLUTION
    shifted = logits - logits.max(dim=1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    # END SOLUTION


# %% tags=["check"]
checks.log_softmax(my_log_softmax)

# %% [markdown]
# <details><summary>Hint</summary>Adding one number to all logits of a row changes nothing. Which number keeps
# <code>exp</code> from overflowing? <code>keepdim=True</code> keeps [B, 1] beside [B, A].</details>
#
# **Predict.** What do the formula as it stands, `softmax(z).log()` and `log_softmax(z)` give for z = (10 000, 0, -10 000)?
#
# <!-- BEGIN SOLUTION -->
# The formula overflows: -inf everywhere, since exp(10 000) is inf. The logarithm of the softmax is right for the first action
# only; the others' probabilities round to 0. `log_softmax` is exact: 0, -10 000, -20 000.
# <!-- END SOLUTION -->

# %%
z = torch.tensor([[1e4, 0.0, -1e4]])
print("as it stands  ", (z - z.exp().sum(dim=1, keepdim=True).log()).tolist())
print("log of softmax", z.softmax(dim=1).log().tolist())
print("log_softmax   ", log_softmax(z).tolist())
print("torch's       ", distributions.Categorical(logits=z).logits.tolist())

# %% [markdown]
# ## 2.2 The smallest step of Q
#
# **Predict.** Two actions are worth 0 and q. An update moves q from a millionth below 0 to a millionth above. By how much
# does the second action's probability change: greedy, ε-greedy with $\varepsilon = 0.1$, softmax of Q at $\tau = 0.2$?
#
# <!-- BEGIN SOLUTION -->
# Greedy by 1, ε-greedy by 0.90, the softmax by 2.5 millionths: never more than the change of q over 4τ.
# <!-- END SOLUTION -->


# %%
def choices(q):
    """Probability of the second action by three policies, for values [N] of it beside 0."""
    values = torch.stack([torch.zeros_like(q), q], dim=1)
    greedy = greedy_actions(values).double()
    return {"greedy": greedy, "ε-greedy": 0.9 * greedy + 0.05, "softmax": (values / 0.2).softmax(1)[:, 1]}


for name, probs in choices(torch.tensor([-1e-6, 1e-6], dtype=torch.float64)).items():
    print(f"{name:8s} changes by {probs.diff().item():.2g}")
gaps = torch.linspace(-1, 1, 2001, dtype=torch.float64)
figures.choice_probabilities(gaps, *choices(gaps).values())

# %% [markdown]
# However small the step of Q, it can turn a greedy policy round. A softmax moves as smoothly as its logits.
#
# ## 2.3 Dice against an opponent
#
# In rock-paper-scissors your rival knows your mix p, though not your next hand. With the payoffs M the rival's three hands
# win Mp on average. These numbers add up to 0, so the best of them is positive, or all are 0: at the even mix only.
#
# $$\max_a\, (Mp)_a \;\ge\; \frac{1}{3} \sum_a (Mp)_a = 0$$
#
# **Predict.** You play rock 40% of the time, paper and scissors 30% each. What should the rival play, and how much does that win?
#
# <!-- BEGIN SOLUTION -->
# Paper: it beats your 40% and loses to your 30%, so it wins 0.10 a round on average.
# <!-- END SOLUTION -->

# %%
widgets.simplex()

# %%
from helpers import optimal_action_values, rock_paper_scissors

mixes = {"always rock": (1, 0, 0), "more rock": (0.4, 0.3, 0.3), "even": (1 / 3, 1 / 3, 1 / 3)}
worth = {name: optimal_action_values(rock_paper_scissors(mix))[0].max().item() for name, mix in mixes.items()}
figures.best_responses(mixes, worth)

# %% [markdown]
# A deterministic policy loses every round, the even mix nothing: the best policy rolls dice.
#
# ## 2.4 Dice where rooms look alike
#
# Three rooms in a row look the same; right of the last is the exit. In the middle room left and right are swapped. Each
# step costs 1. Who sees only the look, and remembers nothing, has one number to choose: p, the probability of right.
# States that cannot be told apart are called **aliased**.
#
# $$v(p) = \frac{2p - 4}{p\,(1 - p)}$$
#
# **Predict.** ε-greedy at $\varepsilon = 0.1$ has $p = 0.95$ or $p = 0.05$. How many steps does each need on average? Which p is best?
#
# <!-- BEGIN SOLUTION -->
# 44.2 and 82.1 steps. The best p is 2 - √2, about 0.586, and needs only 11.66.
# <!-- END SOLUTION -->

# %%
widgets.corridor()

# %%
from helpers import same_in_every_state, short_corridor, state_values

world = short_corridor()


def value(right):
    """Exact value of the start if every room goes right with this probability."""
    row = torch.tensor([1 - right, right], dtype=torch.float64)
    return state_values(world, same_in_every_state(row, world.n_states))[0].item()


best = max((n / 1000 for n in range(1, 1000)), key=value)
print(f"ε-greedy, right {value(0.95):.1f}, left {value(0.05):.1f}")
print(f"best of 999 probabilities {best}; 2 - √2 = {2 - 2**0.5:.4f}, worth {value(2 - 2**0.5):.2f}")
try:
    value(1.0)
except ValueError as error:
    print("always right:", error)

# %%
rights = torch.linspace(0.02, 0.98, 193, dtype=torch.float64)
marks = {"ε-greedy, left": 0.05, "best": 2 - 2**0.5, "ε-greedy, right": 0.95}
marks = {name: (right, value(right)) for name, right in marks.items()}
figures.corridor_values(rights, torch.tensor([value(right) for right in rights.tolist()]), marks)

# %% [markdown]
# Dice at 2 - √2 are worth -11.66. A deterministic policy of the look never arrives; ε-greedy arrives by its mistakes.
#
# <details><summary>Where the formula comes from</summary>v₀ = -1 + (1-p) v₀ + p v₁, v₁ = -1 + p v₀ + (1-p) v₂ (swapped),
# v₂ = -1 + (1-p) v₁. Solved for v₀ this is v(p); its slope is 0 where p² - 4p + 2 = 0, so p = 2 - √2.</details>
#
# ## 2.5 Dice for continuous actions
#
# A network cannot list a probability for every real number. It puts out the parameters of a density, here of D
# independent **Gaussians**, with log σ so that σ is positive:
#
# $$\log \pi(a) = -\sum_{d=1}^{D} \Bigl[\tfrac12 \Bigl(\frac{a_d - \mu_d}{\sigma_d}\Bigr)^2 + \log \sigma_d + \tfrac12 \log 2\pi\Bigr]$$
#
# ### Exercise 2.2 · `gaussian_log_prob`
#
# Write the joint log-density: one number for each action. 2 lines, 5 minutes, medium.


# %% tags=["exercise"]
def my_gaussian_log_prob(actions, mean, log_std):
    """Joint log-density: actions and mean float [B, D], log_std float [D] in, float [B] out."""
    # BEGIN SOLUTION
    z = (actions - mean) / log_std.exp()
    return (-0.5 * z**2 - log_std - 0.5 * math.log(2 * math.pi)).sum(dim=1)
    # END SOLUTION


# %% tags=["check"]
checks.gaussian_log_prob(my_gaussian_log_prob)

# %% [markdown]
# <details><summary>Hint</summary>log_std [D] fits [B, D] by itself. Sum over <code>dim=1</code>, the constant too: every
# coordinate brings its own.</details>
#
# **Predict.** A log-probability is never positive. Can a log-density be? Take D = 1, $\sigma = 0.1$, the action at the mean.
#
# <!-- BEGIN SOLUTION -->
# Yes: the density there is $1 / (0.1 \sqrt{2\pi})$ = 3.99 per unit of action, and its logarithm 1.38. Only areas are probabilities.
# <!-- END SOLUTION -->

# %%
peak = gaussian_log_prob(torch.zeros(1, 1), torch.zeros(1, 1), torch.tensor([0.1]).log())
print(f"log-density {peak.item():.2f}, density {peak.exp().item():.2f}")

# %% [markdown]
# A Gaussian has one hump: between "swerve left" and "swerve right" it puts its mean into the tree. A **mixture** of K
# Gaussians has several, with weights w = softmax(logits):
#
# $$\log \pi(a) = \log \sum_{k=1}^{K} w_k\, \mathcal{N}(a \mid \mu_k, \sigma_k^2)$$
#
# ### Exercise 2.3 · `mixture_log_prob`
#
# Write it for D = 1, finite even far from every hump. 3 lines, 7 minutes, hard.


# %% tags=["exercise"]
def my_mixture_log_prob(actions, logits, means, log_stds):
    """Log-density of a mixture: actions float [B], the other three float [B, K] in, float [B] out."""
    # BEGIN SOLUTION
    z = (actions[:, None] - means) / log_stds.exp()
    components = -0.5 * z**2 - log_stds - 0.5 * math.log(2 * math.pi)
    return (log_softmax(logits) + components).logsumexp(dim=1)
    # END SOLUTION


# %% tags=["check"]
checks.mixture_log_prob(my_mixture_log_prob)

# %% [markdown]
# <details><summary>Hint</summary>log(w N) = log w + log N, and <code>torch.logsumexp</code> adds up what is given in
# logarithms. <code>actions[:, None]</code> is [B, 1].</details>
#
# Many actions are bounded. A **Beta** density lives on (0, 1); stretched to (low, high) it is divided by the width, the
# **Jacobian** of the stretching. With u = (a - low) / (high - low):
#
# $$\log \pi(a) = (\alpha - 1) \log u + (\beta - 1) \log(1 - u) - \log B(\alpha, \beta) - \log(\text{high} - \text{low})$$
#
# where log B(α, β) = log Γ(α) + log Γ(β) - log Γ(α + β).
#
# ### Exercise 2.4 · `beta_log_prob`
#
# Write it with `torch.lgamma`, which is log Γ. 4 lines, 6 minutes, medium.


# %% tags=["exercise"]
def my_beta_log_prob(actions, alpha, beta, low, high):
    """Log-density on (low, high): actions, alpha, beta float [B], low < high numbers in, float [B] out."""
    # BEGIN SOLUTION
    u = (actions - low) / (high - low)
    log_b = torch.lgamma(alpha) + torch.lgamma(beta) - torch.lgamma(alpha + beta)
    kernel = (alpha - 1) * u.log() + (beta - 1) * (1 - u).log()
    return kernel - log_b - math.log(high - low)
    # END SOLUTION


# %% tags=["check"]
checks.beta_log_prob(my_beta_log_prob)

# %% [markdown]
# <details><summary>Hint</summary>Without the last term the density would integrate to high - low instead of
# 1.</details>
#
# Four families by hand. We hold each against `torch.distributions`, at ordinary parameters and at huge ones.

# %%
generator, std = torch.Generator().manual_seed(0), torch.tensor([0.5, 1.0, 2.0]).double()
agree = {1.0: {}, 1e4: {}}
for size in agree:
    a, b, c = (size * torch.randn(100, 3, generator=generator, dtype=torch.float64) for _ in range(3))
    torques, alpha = 4 * (c[:, 0] / size).sigmoid() - 2, 1 + b[:, 0].abs()
    humps = distributions.Categorical(logits=b), distributions.Normal(c, std)
    stretch = distributions.AffineTransform(-2, 4)
    beta = distributions.TransformedDistribution(distributions.Beta(alpha, 2 * alpha), stretch)
    ours_and_theirs = {
        "softmax": (log_softmax(a), distributions.Categorical(logits=a).logits),
        "Gaussian": (gaussian_log_prob(a, b, std.log()), distributions.Normal(b, std).log_prob(a).sum(1)),
        "mixture": (
            mixture_log_prob(a[:, 0], b, c, std.log().expand(100, 3)),
            distributions.MixtureSameFamily(*humps).log_prob(a[:, 0]),
        ),
        "Beta": (beta_log_prob(torques, alpha, 2 * alpha, -2, 2), beta.log_prob(torques)),
    }
    for name, pair in ours_and_theirs.items():
        agree[size][name] = torch.allclose(*pair, rtol=1e-6, atol=1e-6)
agree

# %% [markdown]
# All agree to one part in a million, also with logits, distances and α of size 10 000.
#
# ## 2.6 What happens at a bound
#
# A motor takes torques in [-1, 1]; the environment clips the rest.
#
# **Predict.** A Gaussian has $\mu = 0.9$ and $\sigma = 0.5$. How much of its probability ends at exactly 1? Then use the sliders: which
# of the three densities can have two humps, and which stays inside the bounds whatever you do?
#
# <!-- BEGIN SOLUTION -->
# 42%: all that lies beyond 1. Two humps: the mixture, and the Beta if α and β are both below 1, one hump at each bound.
# Only the Beta stays inside.
# <!-- END SOLUTION -->

# %%
widgets.policy_shapes()

# %%
quantiles = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
raw = 0.9 + 0.5 * torch.special.ndtri(quantiles)  # as Gaussian as 100 000 actions can be
clipped = raw.clamp(-1, 1)
alpha = 20 * (clipped.mean().item() + 1) / 2  # α + β = 20, and the mean of the clipped action
print(f"exactly 1: {(clipped == 1).double().mean():.1%}; mean {clipped.mean():.2f}")
figures.clipped_beside_beta(mean=0.9, std=0.5, alpha=alpha, beta=20 - alpha)

# %% [markdown]
# The mean that acts is not the mean that the network put out, and beyond the bound every action does the same. A Beta
# has neither problem. (Clipping does not bias the gradient as long as the *sampled* action is scored: see Pitfalls.)
#
# ## 2.7 Rolling the dice
#
# To draw from a Gaussian, draw **noise** ε ~ N(0, 1), mean 0 and variance 1, then shift and scale it. The action becomes a
# smooth function of the parameters, the **reparametrisation**:
#
# $$a = \mu + \sigma \varepsilon$$
#
# ### Exercise 2.5 · `reparameterized_sample`
#
# Write it, differentiable in mean and log_std. 1 line, 2 minutes, easy.


# %% tags=["exercise"]
def my_reparameterized_sample(mean, log_std, noise):
    """Gaussian samples: mean and noise float [B, D], log_std float [D] in, float [B, D] with its graph out."""
    # BEGIN SOLUTION
    return mean + log_std.exp() * noise
    # END SOLUTION


# %% tags=["check"]
checks.reparameterized_sample(my_reparameterized_sample)

# %% [markdown]
# <details><summary>Hint</summary>exp(log_std) is [D] and fits [B, D]. No <code>detach</code>, no
# <code>item</code>.</details>
#
# In torch, `rsample` draws this way and keeps the graph; `sample` cuts it. REINFORCE needs no `rsample`: it takes a
# detached sample and averages reward times the gradient of its log-probability (lesson 3 says why).
#
# **Predict.** A throw earns 1 if a > 1, else 0; μ = 0, σ = 1. The exact slope of the average in μ is 0.24. Which of the two
# ways finds it, through the sample or through the log-probability?
#
# <!-- BEGIN SOLUTION -->
# Only the log-probability. The reward is a step: it has no graph and no slope, so nothing flows back through the sample.
# <!-- END SOLUTION -->

# %%
mean, log_std = torch.zeros(1_000_000, 1, requires_grad=True), torch.zeros(1)
noise = torch.randn(1_000_000, 1, generator=torch.Generator().manual_seed(0))
actions = reparameterized_sample(mean, log_std, noise)
hits = (actions > 1).float()[:, 0]
log_probs = gaussian_log_prob(actions.detach(), mean, log_std)
(slopes,) = torch.autograd.grad((hits * log_probs).mean(), mean)
print(f"actions have a graph: {actions.requires_grad}; what they earn has one: {hits.requires_grad}")
error = (hits * noise[:, 0]).std() / len(hits) ** 0.5
print(f"score function, sampled {slopes.sum():.2f}, standard error {error:.4f}")
print(f"exact {math.exp(-0.5) / math.sqrt(2 * math.pi):.2f}")
for family in ("Categorical", "Normal", "MixtureSameFamily", "Beta"):
    print(f"{family} offers rsample: {getattr(distributions, family).has_rsample}")

# %% [markdown]
# Two of the four families have no `rsample` at all, and all four have a log-probability. That is all we need.
#
# ## 2.8 How much dice?
#
# **Entropy** measures how undecided a policy is, in nats; for a density the sum is an integral. D Gaussians have
# Σ (log σ + ½ log 2πe), a Beta a formula too; for a mixture there is none, and we sum over fixed points.
#
# $$H(\pi) = -\sum_a \pi(a) \log \pi(a)$$
#
# **Predict.** Among three actions, which policy has the largest entropy, and how large? Can an entropy be negative?
#
# <!-- BEGIN SOLUTION -->
# The even one, log 3 = 1.099 nats. Over actions never; of a density yes, if it is narrow: $\sigma = 0.1$ gives -0.88.
# <!-- END SOLUTION -->

# %%
x, narrow = torch.linspace(-6, 6, 120_001), torch.tensor([0.1]).log()
log_density = gaussian_log_prob(x[:, None], 0 * x[:, None], narrow)
integral = torch.trapezoid(-log_density.exp() * log_density, x)
print(f"softmax: even {entropy(torch.zeros(3)):.3f}, of (1, 2, 2.5) {entropy(clear):.3f}")
print(f"Gaussian, σ = 0.1: {gaussian_entropy(narrow):.2f}, by the integral {integral:.2f}")
print(f"six such coordinates: {gaussian_entropy(narrow.expand(6)):.2f}")
humps = mixture_entropy(torch.zeros(1, 2), torch.tensor([[[-1.0], [1.0]]]), narrow.expand(1, 2, 1))
print(f"mixture, two such humps: {humps.item():.2f}")
for a, b in [(1.0, 1.0), (4.0, 2.0)]:
    print(f"Beta({a:g}, {b:g}) on (-1, 1): {beta_entropy(torch.tensor(a), torch.tensor(b), -1, 1):.2f}")

# %% [markdown]
# Two humps of equal weight that do not overlap add log 2. Six alike coordinates have six times the entropy of one, -5.30 and not -0.88:
# the sum over coordinates is often forgotten.
#
# Should σ depend on the state? Many Gaussian policies learn one log σ per coordinate, the same in every state. A driver's
# steering has $\sigma = 1$ on an open field and $\sigma = 0.1$ before a gate that is $0.3$ wide to either side.
#
# **Predict.** If both are met equally often, the shared σ that fits the driver best has as its square the mean of both
# squares. How often does the policy with that σ pass the gate?
#
# <!-- BEGIN SOLUTION -->
# The shared σ is 0.711. It passes 33% of the time; the driver passes 99.7%.
# <!-- END SOLUTION -->

# %%
driver = torch.tensor([1.0, 0.1])  # field, gate
for name, sigma in [("for each state", driver), ("for all states", (driver**2).mean().sqrt().expand(2))]:
    fit = (-sigma.log() - 0.5 * math.log(2 * math.pi) - 0.5 * (driver / sigma) ** 2).mean()
    passes = torch.erf(0.3 / (sigma[1] * math.sqrt(2)))
    print(f"one σ {name}: {sigma[1]:.3f} at the gate, mean log-density {fit:.2f}, passes {passes:.1%}")

# %% [markdown]
# ## What to remember
#
# 1. A policy is a distribution; a deterministic one is its limit. Sometimes dice are better: they arrive where no sure
#    choice ever does.
# 2. Four families have one thing in common: a log-probability, computed in logarithms, joint over coordinates.
# 3. REINFORCE needs a sample and its log-probability, not a graph through the sample.
#
# ## Pitfalls
#
# **Noise from N(1, 0).** Slides write it for N(0, 1). Its variance is 0: every sample is the same point, μ + σ.

# %%
mu, sigma, generator = 2.0, 0.5, torch.Generator().manual_seed(0)
for name, mean, variance in [("N(1, 0)", 1.0, 0.0), ("N(0, 1)", 0.0, 1.0)]:
    noise = mean + math.sqrt(variance) * torch.randn(100_000, generator=generator)
    actions = mu + sigma * noise
    print(f"{name}, sampled: mean {actions.mean():.2f}, standard deviation {actions.std():.2f}")
print(f"exact {mu:.2f} and {sigma:.2f}; standard error of a sampled mean {sigma / 100_000**0.5:.4f}")

# %% [markdown]
# **One action acts, another is scored.** Probabilities always add up to 1, so the score, the gradient of log π(a), must
# average to 0 over the policy's own actions. It does not if the log-probability is that of the clipped action, or if
# masked logits act and unmasked ones are scored: the parameters drift even where every action earns the same 1.

# %%
for name, scored in [("clipped", clipped), ("sampled", raw)]:
    mean_score = ((scored - 0.9) / 0.5**2).mean().item()
    print(f"Gaussian, {name} action scored: mean score {round(mean_score, 6) + 0.0:.2f}, exact 0.00")
logits = torch.zeros(3)
acting = logits.masked_fill(torch.tensor([True, False, False]), -math.inf).softmax(0)
for name, scoring in [("unmasked", logits.softmax(0)), ("masked", acting)]:
    mean_score = acting @ (torch.eye(3) - scoring)
    print(f"softmax, scored {name}: mean score {rounded(mean_score)}, exact 0.000 each")

# %% [markdown]
# **The density of a squashed action.** For a = tanh(u) with u Gaussian, the density of `a` is not the Gaussian's at `a`, nor
# the Gaussian's at u: it is the one at u, divided by the Jacobian 1 - a². A density must integrate to 1.
#
# The Jacobian holds no parameter, so the score at u survives without it; an entropy, or the density itself, does not.

# %%
squashed = torch.linspace(-1, 1, 20_003, dtype=torch.float64)[1:-1]
at_a, at_u = (distributions.Normal(0.0, 1.0).log_prob(point).exp() for point in (squashed, squashed.atanh()))
for name, density in [("at a", at_a), ("at u", at_u), ("at u / (1 - a²)", at_u / (1 - squashed**2))]:
    print(f"Gaussian {name}: integral {torch.trapezoid(density, squashed):.2f}, exact 1.00")

# %% [markdown]
# ## Sources
#
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 13.1 (with example 13.1) and 13.7.
# * von Neumann: *Zur Theorie der Gesellschaftsspiele* (1928): mixed strategies.
# * Singh, Jaakkola, Jordan: *Learning Without State-Estimation in Partially Observable Markovian Decision Processes* (1994):
#   where states look alike, the best policy of the look may be stochastic.
# * Bishop: *Mixture Density Networks* (1994).
# * Chou, Maturana, Scherer: *Improving Stochastic Policy Gradients in Continuous Control with Deep Reinforcement Learning
#   using the Beta Distribution* (2017).
# * Kingma, Welling: *Auto-Encoding Variational Bayes* (2014): the reparametrisation.
# * Haarnoja et al.: *Soft Actor-Critic* (2018): squashed Gaussians and their Jacobian.
