# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · Can we learn before the episode ends?
#
# REINFORCE waits for the end, then credits every action with all that came after it. Here a second learner stands
# beside the policy: a critic that says what a state is worth. We measure what its word costs in bias and what it saves in
# noise. Later comes a task without an end: there REINFORCE waits for ever, and actor-critic learns. About 60 minutes; five exercises.

# %%
import math

import torch

from helpers import (
    action_values,
    advantages,
    checks,
    enumerate_trajectories,
    exact_moments,
    exact_policy_gradient,
    figures,
    gae,
    n_step_returns,
    state_values,
    td_errors,
    widgets,
    world_from_steps,
)
from helpers.widgets import lesson_07_trials as trials

# %% [markdown]
# ## 7.1 What was that one action worth?
#
# A courier works five rounds, rested or tired. Running pays 1 more than walking, and tires. The policy tosses a coin.
# The exact v(s) says what a state is worth, q(s, a) what an action is worth. Their difference is the **advantage**:
#
# $$a_\pi(s, a) = q_\pi(s, a) - v_\pi(s)$$
#
# **Predict.** Rested: is the advantage of running positive in the first round? In the last?
#
# <!-- BEGIN SOLUTION -->
# Negative in the first, where it costs the rounds to come; positive in the last, where nothing comes after.
# <!-- END SOLUTION -->

# %%
pays = [[3.0, 4.0], [0.0, 1.0]]  # rows: rested, tired; columns: walk, run
fresh = [[0.9, 0.5], [0.5, 0.1]]  # probability of being rested in the next round
steps = {}
for state in range(10):  # 2k: rested in round k, 2k + 1: tired; 10: the end
    k, tired = divmod(state, 2)
    for action, p in enumerate(fresh[tired]):
        after = {2 * k + 2: p, 2 * k + 3: 1 - p} if k < 4 else {10: 1.0}
        steps[state, action] = (pays[tired][action], after)
courier = world_from_steps(11, 2, steps)

logits = torch.zeros(11, 2, dtype=torch.float64)
coin = logits.softmax(1)
v, q, a = state_values(courier, coin), action_values(courier, coin), advantages(courier, coin)
for k in (0, 3, 4):
    told = v[2 * k], *q[2 * k], a[2 * k, 1]
    print("round {}, rested: v {:5.2f}, q(walk) {:5.2f}, q(run) {:5.2f}, a(run) {:+.2f}".format(k + 1, *told))

# %% [markdown]
# Running pays 1 more, and in round 1 it is worth 0.95 less. A critic v̂ is enough to see that, no q is needed: the
# **TD error** compares what one step brought with what the critic had said.
#
# $$\delta_t = R_{t+1} + \gamma\, \hat v(S_{t+1}) - \hat v(S_t)$$
#
# ### Exercise 7.1 · `td_errors`
#
# Write it for a whole episode; `values[T]` is used as given. 1 line, 4 minutes, easy.


# %% tags=["exercise"]
def my_td_errors(rewards, values, gamma):
    """How much better each step went than the critic had said; rewards [T], values [T+1] -> [T]."""
    # BEGIN SOLUTION
    return rewards + gamma * values[1:] - values[:-1]
    # END SOLUTION


# %% tags=["check"]
checks.td_errors(my_td_errors)

# %% [markdown]
# <details><summary>Hint</summary><code>values[:-1]</code> are the values before each step, <code>values[1:]</code> those
# after it.</details>
#
# **Predict.** What is the mean TD error of running, less that of walking, in round 1, if the critic knows the true v? If it
# says 0 everywhere?
#
# <!-- BEGIN SOLUTION -->
# With the true v the difference of the advantages, -0.95. With 0 only the rewards are left: +1, the wrong sign.
# <!-- END SOLUTION -->

# %%
records = enumerate_trajectories(courier, coin, 5)
chance = torch.stack([tau.probability for tau in records])
states, actions, rewards = (
    torch.stack([getattr(tau, name) for tau in records], dim=1) for name in ("states", "actions", "rewards")
)


def mean_td_error(critic, action):
    """The exact mean of the first TD error after an action."""
    chosen = actions[0] == action
    return (chance * td_errors(rewards, critic[states], 1.0)[0])[chosen].sum() / chance[chosen].sum()


for name, critic in {"true v": v, "half of v": v / 2, "0": 0 * v}.items():
    walk, run = mean_td_error(critic, 0), mean_td_error(critic, 1)
    print(f"critic says {name:9s}: walking {walk:+.2f}, running {run:+.2f}, difference {run - walk:+.2f}")
exact, error = (q[0, 1] - q[0, 0]).item(), (v[3] - v[2]).item()  # e(rested) - e(tired) of the critic 0
print(f"critic 0, by the formula below: {exact:.2f} + (0.5 - 0.9) · {error:.2f} = {exact - 0.4 * error:+.2f}")

# %% [markdown]
# With the true v the TD error is an unbiased advantage. With a wrong one, e = v̂ - v, it is off by exactly
#
# $$\mathbb{E}[\delta_t | s, a] - a_\pi(s, a) = \gamma\, \mathbb{E}[e(S_{t+1}) | s, a] - e(s)$$
#
# The last term is a baseline, free by lesson 4. The first depends on the action: bias. (And R + γ v(S') is q on average
# only; one sample of it is not.)
#
# ## 7.2 Ask the critic later
#
# We may wait n steps before we ask:
#
# $$G_t^{(n)} = R_{t+1} + \dots + \gamma^{n-1} R_{t+n} + \gamma^n\, \hat v(S_{t+n})$$
#
# ### Exercise 7.2 · `n_step_returns`
#
# Write it. Where fewer than n steps are left, take those, and `values[T]`. 6 lines, 10 minutes, medium.


# %% tags=["exercise"]
def my_n_step_returns(rewards, values, gamma, n):
    """The next n rewards, then the critic's word; rewards [T], values [T+1] -> [T]."""
    # BEGIN SOLUTION
    returns = torch.zeros(len(rewards), dtype=values.dtype)
    for t in range(len(rewards)):
        end = min(t + n, len(rewards))
        returns[t] = gamma ** (end - t) * values[end]
        for k in range(t, end):
            returns[t] += gamma ** (k - t) * rewards[k]
    return returns
    # END SOLUTION


# %% tags=["check"]
checks.n_step_returns(my_n_step_returns)

# %% [markdown]
# <details><summary>Hint</summary>For each t: <code>end = min(t + n, T)</code>. The critic's word is
# <code>values[end]</code>, and it is <code>end - t</code> steps away.</details>
#
# **Predict.** The critic says half the truth. How do bias and variance of the gradient change from n = 1 to n = 5, where
# the episode is over?
#
# <!-- BEGIN SOLUTION -->
# The bias falls to 0: at n = 5 nobody asks the critic. The variance grows: more dice are summed, and the value taken off no
# longer fits the longer sum (section 4 of this lesson says how much that is).
# <!-- END SOLUTION -->

# %%
truth = exact_policy_gradient(courier, logits).flatten()


def bias_and_variance(weight_fn):
    """Length of the bias, and the variance, of one episode's gradient estimate: exact."""
    mean, covariance = exact_moments(courier, logits, weight_fn, 5)
    return (mean - truth).norm().item(), covariance.trace().item()


def n_step_advantages(critic, n):
    return lambda tau: n_step_returns(tau.rewards, critic[tau.states], 1.0, n) - critic[tau.states[:-1]]


critics = {"0": 0 * v, "half of v": v / 2, "the true v": v}
moments = {
    name: [bias_and_variance(n_step_advantages(critic, n)) for n in range(1, 6)]
    for name, critic in critics.items()
}
figures.patience(moments)

# %% [markdown]
# ## 7.3 Ask the critic again and again
#
# Which n? **GAE** (generalised advantage estimate) takes them all, the n-step advantage with weight $(1-\lambda)\lambda^{n-1}$;
# all n past the end are one number, so the longest gets what is left. The same number comes out of TD errors alone:
#
# $$\hat A_t = \sum_{k=t}^{T-1} (\gamma \lambda)^{k-t}\, \delta_k = \delta_t + \gamma \lambda\, \hat A_{t+1}$$
#
# ### Exercise 7.3 · `gae`
#
# Write it, backwards in time. 5 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_gae(rewards, values, gamma, lam):
    """Discounted sums of the TD errors to come; rewards [T], values [T+1] -> [T]."""
    # BEGIN SOLUTION
    errors, advantage = td_errors(rewards, values, gamma), 0.0
    advantages = torch.zeros_like(errors)
    for t in reversed(range(len(rewards))):
        advantage = errors[t] + gamma * lam * advantage
        advantages[t] = advantage
    return advantages
    # END SOLUTION


# %% tags=["check"]
checks.gae(my_gae)

# %% [markdown]
# <details><summary>Hint</summary>First the TD errors. Then from the last step to the first, as rewards-to-go in lesson
# 5, with γλ for γ.</details>
#
# **Predict.** What is GAE at λ = 0, what at λ = 1? And in the widget, where the critic says half the truth: which λ is best
# for 100 episodes, which for 10 000?
#
# <!-- BEGIN SOLUTION -->
# At 0 the TD error, at 1 the return less the value. Best are about 0.45 and 1: averaging wears the noise away, but never
# the bias.
# <!-- END SOLUTION -->

# %%
widgets.gae_mixer()


# %%
def gae_weights(critic, lam):
    return lambda tau: gae(tau.rewards, critic[tau.states], 1.0, lam)


for name, critic in critics.items():
    told = [bias_and_variance(gae_weights(critic, lam)) for lam in (0.0, 0.5, 0.9, 1.0)]
    print(f"λ = 0, 0.5, 0.9, 1; critic {name:10s}  bias", *[f"{bias:5.2f}" for bias, _ in told], end="  ")
    print("variance", *[f"{variance:6.2f}" for _, variance in told])
lams = torch.linspace(0, 1, 21).tolist()
moments = [bias_and_variance(gae_weights(v / 2, lam)) for lam in lams]
figures.best_lambda(lams, moments, episodes=(100, 1000, 10_000))

# %% [markdown]
# ## 7.4 When does a critic begin to pay?
#
# At λ = 1 a critic is only a baseline. The formula below says what its errors cost. It needs three things: a table of logits, an
# episode that visits no state twice, and the coin policy, under which every score has the squared length ½. All hold for the courier.
#
# $$\text{variance with } \hat v = \text{variance with } v + \tfrac12 \sum_t \mathbb{E}\bigl[(\hat v(S_t) - v(S_t))^2\bigr]$$
#
# **Predict.** An untrained network says random things. Is it better than no critic? Is the true v still best in a world where a
# state comes again? And on CartPole: when does a critic predict a return better than the mean of the batch, which costs nothing?
#
# <!-- BEGIN SOLUTION -->
# It is better only if its squared error is below that of saying 0. A wild one is worse than none, a fresh network about the same.
# Where a state comes again, a wrong critic can have less variance than v. On CartPole it depends on how hard the critic is trained.
# <!-- END SOLUTION -->

# %%
noise = 10 * torch.randn(11, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
base = bias_and_variance(gae_weights(v, 1.0))[1]
for name, critic in {**critics, "random": noise, "v + random": v + noise / 2}.items():
    critic = critic.masked_fill(courier.terminal, 0.0)
    error = (chance * (critic - v)[states].square().sum(0)).sum()
    _, variance = bias_and_variance(gae_weights(critic, 1.0))
    print(f"{name:10s}: squared error {error:6.1f}, variance {variance:6.2f} = {base:.2f} + {error / 2:6.2f}")

again = world_from_steps(2, 2, {(0, action): (1.0, {action: 1.0}) for action in (0, 1)})  # 0 stays, 1 ends
for wrong in (0.0, 1.0, 2.0):  # v = 2, and two visits on average, so the squared error is 2 wrong²
    weights = gae_weights(torch.tensor([2.0 + wrong, 0.0], dtype=torch.float64), 1.0)
    _, covariance = exact_moments(again, logits[:2], weights, 40)
    print(
        f"a state that recurs, v + {wrong:.0f}: variance {covariance.trace():.2f}, the formula {6 + wrong**2:.2f}"
    )

ratios = {fits: [trials.error_ratios(seed, fits) for seed in range(5)] for fits in (1, 10)}
figures.noise_of_a_critic(ratios)

# %% [markdown]
# For the courier a wild critic adds noise. In the second world, one state that pays 1 until a coin ends it, the formula fails. The
# visits share their logits, so the critic's error at one visit can cancel luck at the next: v + 2 has variance 2.00, and v has 6.00.
# A network shares its weights between all states, so for it the formula is a guide only.
#
# On CartPole a fresh network says about 0, and the mean of the batch predicts far better. With one gradient step a batch the critic
# does not overtake that mean within these eight updates. With ten steps it does. So one step is slower. Whether it overtakes the mean
# later, this figure does not say.
#
# ## 7.5 Two losses
#
# The actor makes actions with Â > 0 likelier. The critic moves towards its target, Â + v̂. Advantage and target are data: no gradient
# flows into them. A bar is the mean over the block, H the entropy of π(·|s):
#
# $$L = -\overline{\log \pi\, \hat A} + c_v\, \overline{(\hat v - \text{target})^2} - c_H\, \overline{H}$$
#
# **Predict.** Give the critic the true v, and forget to detach. Which of the two losses moves it, on average, away from the truth?
#
# <!-- BEGIN SOLUTION -->
# Both, each in its own direction. Detached, neither does on average.
# <!-- END SOLUTION -->


# %%
def mean_loss(loss, x):
    """Exact mean over all trajectories of loss(v̂ before a step, its target), summed over steps."""
    x = x.masked_fill(courier.terminal, 0.0)
    return (chance * loss(x[states[:-1]], rewards + x[states[1:]]).sum(0)).sum()


losses = {  # log π is log ½ for every action of the coin policy
    "critic, detached": lambda said, target: (said - target.detach()) ** 2,
    "critic, not     ": lambda said, target: (said - target) ** 2,
    "actor,  detached": lambda said, target: -math.log(0.5) * (target - said).detach(),
    "actor,  not     ": lambda said, target: -math.log(0.5) * (target - said),
}
for name, loss in losses.items():
    push = (-torch.func.grad(lambda x, loss=loss: mean_loss(loss, x))(v)).round(decimals=2) + 0.0
    print(f"{name} pushes v: start {push[0]:+.2f}, then rested {push[2]:+.2f}, tired {push[3]:+.2f}")
rest, least, exact = trials.resting_values(lambda x: mean_loss(losses["critic, not     "], x), v)
print(
    f"critic, not, rests at {rest[2]:.2f}, {rest[3]:.2f} (true {v[2]:.2f}, {v[3]:.2f}): squared TD error {least:.2f}, with v {exact:.2f}"
)

# %% [markdown]
# Through its target the critic sees the future: whoever is rested in round 2 has been lucky, and that value is pulled down to the
# one before it; the tired one's is pulled up. (The value before stands still: luck and bad luck cancel.) A far smaller loss, and
# wrong values. The actor's loss lifts the start's value without any reward for it.
#
# ### Exercise 7.4 · `actor_critic_loss`
#
# Write the loss above; $c_v$ is `value_coef`, $c_H$ `entropy_coef`. 4 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_actor_critic_loss(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    """Actor, critic and entropy bonus in one number to minimise; five rows [B], two numbers -> []."""
    # BEGIN SOLUTION
    actor = -(log_probs * advantages.detach()).mean()
    critic = (values - targets.detach()).square().mean()
    return actor + value_coef * critic - entropy_coef * entropies.mean()
    # END SOLUTION


# %% tags=["check"]
checks.actor_critic_loss(my_actor_critic_loss)

# %% [markdown]
# <details><summary>Hint</summary>Three means. <code>.detach()</code> stands twice; the check looks at the gradients,
# too.</details>
#
# ## 7.6 Terminated is not truncated
#
# When the world ends (**terminated**), nothing follows. When a clock cuts the episode (**truncated**), its last state is
# worth as much as ever:
#
# $$\text{what follows} = \begin{cases} 0 & \text{terminated} \\ \hat v(S_{t+1}) & \text{otherwise} \end{cases}$$
#
# ### Exercise 7.5 · `bootstrap_values`
#
# Write it; $S_{t+1}$ is the observation before any reset. 1 line, 5 minutes, easy.


# %% tags=["exercise"]
def my_bootstrap_values(next_values, terminated, truncated):
    """The worth of what follows each step; three blocks [T, N] -> [T, N]."""
    # BEGIN SOLUTION
    return torch.where(terminated.bool(), 0.0, next_values)
    # END SOLUTION


# %% tags=["check"]
checks.bootstrap_values(my_bootstrap_values)

# %% [markdown]
# <details><summary>Hint</summary><code>torch.where(condition, a, b)</code>. One of the three arguments has nothing to
# say.</details>
#
# A corridor has eight states, and each step pays -1. With $\gamma = 0.9$ and k steps to go $v = -(1-\gamma^k)/(1-\gamma)$. We start in
# each state equally often, walk right, and a clock cuts every episode after three steps.
#
# **Predict.** We take the cut for the end. What does the critic say of the state farthest from the exit:
# too much or too little?
#
# <!-- BEGIN SOLUTION -->
# Too much: wherever the clock cuts, the rest of the way looks free.
# <!-- END SOLUTION -->

# %%
from helpers import bootstrap_values, collect, collect_episodes, make_envs, timeout_corridor

obs = torch.arange(3)[:, None] + torch.arange(8)  # [step, start]: each start once, so all means are exact
inside, after = obs < 8, (obs + 1).clamp(max=8)
end, cut = after == 8, (torch.arange(3)[:, None] == 2) & (after < 8)


# %%
def comes_to_rest(follows, at_end=0.0):
    """Every value is the mean target of its state; `at_end` is what the critic says of the end, never trained."""
    values = torch.full((9,), at_end)
    for _ in range(200):
        targets = (-1 + 0.9 * follows(values))[inside]
        values = values.scatter_reduce(0, obs[inside], targets, "mean", include_self=False)
    return values[:8]


learned = {  # the next episode starts anywhere, so its first value is on average the mean
    "right": comes_to_rest(lambda x: bootstrap_values(x[after], end, cut)),
    "a cut taken for the end": comes_to_rest(lambda x: bootstrap_values(x[after], end | cut, cut)),
    "next episode's first state": comes_to_rest(lambda x: torch.where(cut, x[:8].mean(), x[after])),
    "a value (-5) after the end": comes_to_rest(lambda x: x[after], at_end=-5.0),
}
corridor, right = timeout_corridor(8, gamma=0.9), torch.tensor([[0.0, 1.0]] * 9)
figures.timeout_values(state_values(corridor, right)[:8], learned)

# %% [markdown]
# ## 7.7 Step by step
#
# All parts are there. We play a block of T steps in N environments, take one gradient step, and play the next block. No episode
# has to end, and none is cut because its neighbour ended. The helper `actor_critic` is this loop as a generator, and below it learns
# live. By default it also standardises Â over the block (lesson 6: a heuristic with a bias). `as_they_are` switches that off.
#
# **Predict.** In the maze, the second widget, only the exit pays. From where does the critic's map fill up? How does λ = 0
# differ from $\lambda = 0.95$?
#
# <!-- BEGIN SOLUTION -->
# It fills from the exit, backwards. At λ = 0 a value reaches only the neighbours of its cell in one update. At $\lambda = 0.95$ the reward of the
# exit reaches a whole path at once, so after ten updates at least twice as many cells have heard of it.
# <!-- END SOLUTION -->

# %%
from helpers import CategoricalPolicy, ValueFunction, actor_critic_loss


def update(block, policy, critic, optimizer):
    """One step of actor and critic on a block [T, N]."""
    with torch.no_grad():  # 1. judge: whatever comes out here is data
        before = critic(block.obs.flatten(0, 1)).view_as(block.rewards)
        after = critic(block.final_obs.flatten(0, 1)).view_as(block.rewards)
        follows = bootstrap_values(after, block.terminated, block.truncated)
        values, scaled = torch.cat([before, after[-1:]]), 0.05 * block.rewards
        advantage = gae(scaled, values, 0.98, 0.95, next_values=follows, ends=block.ended)
    rows = block.valid  # 2. a reset is no transition
    log_probs, entropies = policy.evaluate(block.obs[rows], block.actions[rows])
    advantage, targets = advantage[rows], (advantage + before)[rows]
    loss = actor_critic_loss(log_probs, critic(block.obs[rows]), advantage, targets, entropies, 0.5, 0.0)
    optimizer.zero_grad()  # 3. one step for both
    loss.backward()
    optimizer.step()


# %%
from helpers import actor_critic

ours, theirs = ((CategoricalPolicy(4, 2, seed=0), ValueFunction(4, seed=1)) for _ in range(2))
envs, same_envs = (make_envs("CartPole-v1", 32, seed=0) for _ in range(2))
optimizer = torch.optim.Adam([*ours[0].parameters(), *ours[1].parameters()], lr=0.005)
settings = {"n_steps": 32, "gamma": 0.98, "lam": 0.95, "reward_scale": 0.05}
helper = actor_critic(same_envs, *theirs, seed=0, rescale=trials.as_they_are, **settings)
for number in range(3):
    update(collect(envs, ours[0], 32, seed=None if number else 0), *ours, optimizer)
    next(helper)
pairs = [pair for k in (0, 1) for pair in zip(ours[k].parameters(), theirs[k].parameters(), strict=True)]
apart = max((mine - other).abs().max().item() for mine, other in pairs)
print(f"after three updates our weights and the helper's differ by {apart:.4f}")

# %%
widgets.live_actor_critic()

# %%
widgets.critic_map()

# %%
figures.maze_maps({lam: widgets.watch_critic(lam) for lam in (0.0, 0.95)}, widgets.maze_world().cells)

# %% [markdown]
# ## 7.8 Against REINFORCE
#
# We train five seeds each. Learning rates and block lengths were chosen on other seeds. In the two races γ, reward scale and entropy bonus
# are the same for all, and nobody standardises. CartPole pays +1 a step. Acrobot pays -1, until it has swung up or the time is up.
#
# REINFORCE subtracts from each return the mean over the episodes that still run at that time step. (The sample is part of that mean,
# so of N episodes the gradient keeps the share 1 - 1/N.) "With baseline" subtracts a learned value, too.
#
# Pendulum has continuous actions, so the policy is a Gaussian. It has settings of its own, and Â is standardised. Each action is held
# for two frames, so we count decisions.
#
# **Predict.** Who needs fewer steps on CartPole? On Acrobot?
#
# <!-- BEGIN SOLUTION -->
# On CartPole at least one of the two REINFORCEs is faster than actor-critic: its first episodes are short, and a return is ready soon.
# On Acrobot five seeds name no winner.
# <!-- END SOLUTION -->

# %%
blocks = {"n_steps": 24, "lam": 0.95, "lr": 0.004, "critic_lr": 0.01}
own_cartpole = {"episodes": {"lr": 0.04}, "blocks": blocks}
same_cartpole = {"gamma": 0.98, "reward_scale": 0.05, "entropy_coef": 0.0, "rescale": trials.as_they_are}
cartpole = trials.race("CartPole-v1", 475, 300_000, range(50, 55), **own_cartpole, **same_cartpole)

# %%
blocks = {"n_steps": 8, "lam": 0.95, "lr": 0.005, "critic_lr": 0.02}
own_acrobot = {"episodes": {"lr": 0.06}, "blocks": blocks}
same_acrobot = {"gamma": 0.99, "reward_scale": 0.1, "entropy_coef": 0.01, "rescale": trials.as_they_are}
acrobot = trials.race("Acrobot-v1", -100, 120_000, range(50, 55), **own_acrobot, **same_acrobot)
figures.first_arrivals({"CartPole-v1 to 475": cartpole, "Acrobot-v1 to -100": acrobot}, (300_000, 120_000))

# %%
curves = [trials.swing_up(seed) for seed in range(5)]
figures.pendulum(curves)

# %% [markdown]
# Actor-critic reaches both targets within the limits, but on CartPole at least one of the two REINFORCEs is faster. The pendulum's
# return climbs far above its start. Seeds differ, though: one can be late, and one can fall back near the end.
#
# ## 7.9 A task that never ends
#
# A server is to be kept cool, day and night. No episode ends, so there is no return to wait for. The environment is a
# table, so every policy has an exact value, here (1 - γ) J, the reward a step, at $\gamma = 0.98$.
#
# **Predict.** How many updates does REINFORCE make in 25 600 environment steps?
#
# <!-- BEGIN SOLUTION -->
# None. The first would come when the first episodes end.
# <!-- END SOLUTION -->

# %%
from helpers.widgets import lesson_07_server as server

bounds, policy = server.bounds(), CategoricalPolicy(4, 3, seed=0)
waiting = collect_episodes(make_envs("ServerCooling-v0", 16, seed=0), policy, max_steps=1600)
print("exact reward a step:", ", ".join(f"{name} {value:.3f}" for name, value in bounds.items()))
print(f"{waiting.valid.sum()} steps, {waiting.ended.sum()} ends, so REINFORCE has made 0 updates")
growth = [server.training(seed, updates=200, every=10) for seed in range(5)]
figures.endless([10 * 128 * k for k in range(21)], growth, bounds, int(waiting.valid.sum()))

# %% [markdown]
# At first the policies get worse. Then they learn, and end far above the random policy. A likely reason for the dip: all servers start
# cold, where saving the fan's power pays. The network carries this over to hot states before the critic has learnt what heat costs. The
# figure shows only the dip.
#
# For REINFORCE a clock could cut the episodes. Then the return lacks all that comes after the cut, and only a critic could add it.
#
# ## 7.10 The coefficients of the loss
#
# $c_v$ and $c_H$ weigh critic and entropy. Actor and critic may be two networks, or two heads on one body.
#
# **Predict.** Adam divides each gradient by its own size. What changes from $c_v = 0.005$ to $c_v = 50$ if the networks are separate?
# If they share the body?
#
# <!-- BEGIN SOLUTION -->
# Separate: next to nothing, Adam takes the factor out again. Shared: $c_v$ decides for whom the body learns.
# <!-- END SOLUTION -->


# %%
usual = [rewards[8] for rewards in growth]  # after 80 updates, c_v = 0.5, c_H = 0
by_value, by_entropy = server.coefficient_sweep((0.005, 0.5, 50.0), (0.0, 0.3, 3.0), range(5), usual)
figures.coefficients(by_value, by_entropy, bounds)

# %% [markdown]
# All this is after 80 updates. With separate networks and Adam $c_v$ hardly matters: seed by seed the policies are nearly the same.
# With a shared body it matters more. The bars overlap, so five seeds do not tell which $c_v$ is best.
#
# An entropy bonus of $c_H = 3$ outweighs Â, which is standardised to size 1, so the policy stays close to random. Begin
# with separate networks, $c_v = 0.5$ and $c_H = 0$, and watch the entropy.
#
# ## What to remember
#
# 1. The TD error of the true v is an unbiased advantage. A wrong critic biases it by γ E[e(S')|s, a]; λ towards 1 takes the
#    bias out and lets the noise in.
# 2. Advantage and target are data: detach both. What follows is worth 0 only if the world has ended.
# 3. Actor-critic learns from any block of steps, so it can learn where no episode ends.
#
# ## Pitfalls
#
# Beside those above, an **advantage that leaks**: a clock cut the first of two episodes after two steps, and without `ends`
# it is praised for the second. And **[B, 1] against [B]**: a critic that returns a column makes B² differences where there should be B.

# %%
rewards, values = torch.tensor([1.0, 1.0, 5.0, 5.0]), torch.tensor([2.0, 1.0, 10.0, 5.0, 0.0])
worth = torch.tensor([0.0, 0.5, 0.0, 0.0])  # 0.5: where it was cut
ends = torch.tensor([False, True, False, True])
leaks, right = gae(rewards, values, 1.0, 1.0), gae(rewards, values, 1.0, 1.0, next_values=worth, ends=ends)
print("leaking", leaks.tolist(), "exact", right.tolist())
said = targets = torch.tensor([0.0, 1.0, 2.0])
print(
    f"[B, 1]: {(said[:, None] - targets).square().mean():.3f}, exact {(said - targets).square().mean():.3f}"
)

# %% [markdown]
# ## Sources
#
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018), sections 6.1, 7.1, 11.5, 12.1, 13.5, 13.6.
# * Barto, Sutton, Anderson: *Neuronlike adaptive elements that can solve difficult learning control problems* (1983).
# * Baird: *Residual algorithms: reinforcement learning with function approximation* (1995): through the target.
# * Mnih et al.: *Asynchronous methods for deep reinforcement learning* (2016): A3C; A2C is its synchronous form.
# * Schulman et al.: *High-dimensional continuous control using generalized advantage estimation* (2016).
# * Pardo et al.: *Time limits in reinforcement learning* (2018).
