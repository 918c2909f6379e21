# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · How does this course work?
#
# Ten notebooks teach policy gradients: how an agent learns to act by following the gradient of what it earns. What we
# state, you run; wherever an exact answer is known, it stands beside. This notebook takes 10 minutes and shows how
# everything works, on toys.

# %% [markdown]
# ## 0.1 Is everything in place?
#
# Click into the next cell and press Shift+Enter: that runs it. You need not read its code. It says what is missing, if
# anything is, and what to type. Whatever it names, mend that first.

# %%
import importlib.util
import sys
from pathlib import Path

needed = ["torch", "numpy", "matplotlib", "ipywidgets", "gymnasium", "pygame", "PIL", "helpers"]
found = {name: importlib.util.find_spec(name) for name in needed}
missing = [name for name in needed if found[name] is None]
places = [Path((spec.submodule_search_locations or [spec.origin])[0]) for spec in found.values() if spec]
strange = [p for p in places if p.suffix or (p.name == "helpers" and not (p / "installation.py").exists())]
lab = "\nIn a terminal, in the course's folder, type:  make lab\nThen open this notebook there."
lab += " If you read this again:  make clean lab"
lab += "\nWith conda type instead:  conda activate policy-gradients\nand then:  jupyter lab"
if sys.version_info < (3, 11):
    print(f"This is Python {sys.version.split()[0]}, but the course needs 3.11 or newer.{lab}")
elif missing:
    print(f"The Python of this notebook, {sys.executable}, does not have: {', '.join(missing)}.{lab}")
elif strange:
    print(f"{strange[0]} stands in the way of the course: rename it, then restart the kernel (menu Kernel).")
else:
    print("Everything is in place.")

# %%
import gymnasium as gym
import numpy as np

from helpers import checks, figures, installed_versions, play, widgets

installed_versions()

# %% [markdown]
# ## 0.2 The map
#
# | # | question | minutes |
# |---|---|---|
# | [01](01_why_learn_the_policy.ipynb) | Why not just learn Q? | 30 |
# | [02](02_stochastic_policies.ipynb) | What is a policy that rolls dice? | 40 |
# | [03](03_log_derivative_trick.ipynb) | How do you differentiate an average you can only sample? | 50 |
# | [04](04_eglp_lemma.ipynb) | Which terms may we add for free? | 35 |
# | [05](05_reinforce.ipynb) | Can we learn from nothing but returns? | 60 |
# | [06](06_baselines.ipynb) | Why does adding $100$ to every reward break learning? | 45 |
# | [07](07_actor_critic.ipynb) | Can we learn before the episode ends? | 60 |
# | [08](08_ppo.ipynb) | How far may one batch move the policy? | 45 |
# | [09](09_grpo.ipynb) | What is left when the critic goes away? | 45 |
#
# Each lesson builds on those before it. You need Python, a little PyTorch, and to have met Q-learning.

# %% [markdown]
# ## 0.3 Predict, then run
#
# Before most experiments stands a question. Commit to an answer first: a wrong guess teaches more than a right reading.
#
# **Predict.** CartPole pays +1 for every step on which the pole is up. An agent that pushes left or right at random:
# how many steps does an episode last on average? Double-click here, write your guess below, press Shift+Enter.
#
# <!-- BEGIN SOLUTION -->
# About 22. The pole starts upright, and pushes in a row add up quickly.
# <!-- END SOLUTION -->

# %%
env, rng = gym.make("CartPole-v1"), np.random.default_rng(0)
lengths = [len(play(env, lambda obs: int(rng.integers(2)), seed=seed)) for seed in range(2000)]
error = np.std(lengths) / len(lengths) ** 0.5
print(f"sampled mean of {len(lengths)} episodes: {np.mean(lengths):.1f} steps, standard error {error:.1f}")

# %% [markdown]
# The mean is sampled, so it is a little wrong itself. Its **standard error** says by how much, typically. (Lesson 4
# computes one.)

# %% [markdown]
# ## 0.4 Exercises, checks and hints
#
# The sum of the rewards of an episode is its **return**.
#
# ### Exercise 0.1 · `episode_return`
#
# Write it, as a warm-up: replace the three dots. `rewards` is a tensor of shape `[T]`, one number for each of T steps;
# `[]` is the shape of a single number. 1 line, 1 minute, easy. First make a mistake on purpose, such as
# `return rewards.mean()`, run both cells, and see what the check says.


# %% tags=["exercise"]
def my_episode_return(rewards):
    """The sum of the rewards of one episode: [T] in, one number [] out."""
    # BEGIN SOLUTION
    return rewards.sum()
    # END SOLUTION


# %% tags=["check"]
checks.episode_return(my_episode_return)

# %% [markdown]
# <details><summary>Hint</summary>A tensor has a method <code>.sum()</code>.</details>
#
# A check says whether you are right, and if not, which mistake it looks like. If you are stuck, open the hint, or go
# on: no later cell needs your function, each uses the tested one from `helpers`. The solutions stand in the folder
# `solutions`, in a notebook of the same name.

# %% [markdown]
# ## 0.5 Widgets
#
# A later reward often counts less: after $t$ steps $\gamma^t$ times as much. The number $\gamma$, from 0 to 1, is the
# **discount**.
#
# **Predict.** At $\gamma = 0.9$, what does a reward after 10 steps count? At which γ does it count half after 50 steps?
#
# <!-- BEGIN SOLUTION -->
# 0.349; and at about 0.986, since it counts 0.364 at $\gamma = 0.98$ and 0.605 at $\gamma = 0.99$.
# <!-- END SOLUTION -->

# %%
widgets.discount()

# %% [markdown]
# Drag the slider, or click it and use the arrow keys. Every widget can be used by keyboard, and the sentence below it
# says what it shows. What we take away from it stands below:

# %%
for gamma in (0.9, 0.98, 0.99):
    print(f"γ = {gamma}: after 10 steps {gamma**10:.3f}, after 50 steps {gamma**50:.3f}")
print(f"half after 50 steps: γ = {0.5 ** (1 / 50):.3f}")
figures.discounts((0.9, 0.98, 0.99))

# %% [markdown]
# ## 0.6 The promise
#
# The next cell makes an agent that learns by `ppo`, from nothing. By lesson 8 you can read every line of it. Run the
# cell, then press its button *Run*. 64 copies of CartPole step together, and the mean return of the last $100$ episodes
# grows to 475, which counts as solved.
#
# **Predict.** How long will it take on your machine: an hour, a minute, or seconds?
#
# <!-- BEGIN SOLUTION -->
# Seconds, on most machines: the 64 copies are one array, so the network answers all of them at once.
# <!-- END SOLUTION -->

# %%
from helpers import CategoricalPolicy, ValueFunction, make_envs, ppo, train_each


def agent(seed):
    """A fresh policy, and the learner that trains it."""
    policy, critic = CategoricalPolicy(4, 2, seed=seed), ValueFunction(4, seed=seed)
    return policy, ppo(make_envs("CartPole-v1", 64, seed=seed), policy, critic, seed=seed)


widgets.live_training(lambda: agent(seed=0)[1], title="PPO learns CartPole while you look on")

# %% [markdown]
# One run might be luck. So the next cell trains five agents, each from another seed, and waits until all are done.

# %%
agents = [agent(seed) for seed in range(5)]
histories = train_each((learner for _, learner in agents), target=475, window=100)
solved = sum(history.ended_by == "target" for history in histories)
title = f"{solved} of {len(histories)} agents learn to balance the pole"
figures.learning_curves(histories, title, target=475, name="CartPole-v1")

# %% [markdown]
# One of these five agents, on film. An episode ends when the pole falls, when the cart leaves the track, or after `500`
# steps.

# %%
screen = gym.make("CartPole-v1", render_mode="rgb_array")
figures.episode_on_film(screen, agents[0][0], seed=0, text="A trained agent balances the pole, animated.")

# %% [markdown]
# ## 0.7 One notation for the whole course
#
# | symbol | code | meaning |
# |---|---|---|
# | $S_t, A_t, R_{t+1}$ | `obs[t], actions[t], rewards[t]` | state, action, the reward it causes |
# | $T$ | `len(rewards)` | number of actions in an episode |
# | `[T, N]` | `x.shape` | T rows, N columns; `[]`: one number |
# | $\gamma$ | `gamma` | discount, from 0 to 1 |
# | $G_t$ | `rewards_to_go(rewards, gamma)[t]` | return from step $t$ on |
# | $\pi_\theta(a \mid s)$ | `policy.distribution(obs)`, `probs` | policy with parameters $\theta$ |
# | $v_\pi, q_\pi, a_\pi$ | `state_values, action_values, advantages` | exact: in lower case |
# | $\hat v, \hat A_t, \delta_t$ | `critic(obs), gae(...), td_errors(...)` | estimated value, estimated advantage; TD error |
# | $J(\theta), \nabla J, \hat g$ | `expected_return, exact_policy_gradient, gradient_samples` | objective, gradient, estimate |
# | $\rho_t$ | `ratio` | new over old probability |
#
# A hat marks an estimate. One letter has two meanings, as in the literature: $A_t$ without a hat is the action, and
# $\hat A_t$ is the estimate of its advantage $a_\pi(S_t, A_t)$.

# %% [markdown]
# ## 0.8 Glossary: the agent and its world
#
# | English | Russian | Chinese |
# |---|---|---|
# | policy | политика, стратегия | 策略 |
# | state, action, reward | состояние, действие, награда | 状态、动作、奖励 |
# | episode, trajectory | эпизод, траектория | 回合、轨迹 |
# | return, reward-to-go | возврат (отдача), возврат с шага t | 回报、剩余回报 |
# | discount | коэффициент дисконтирования | 折扣因子 |
# | state value, action value | ценность состояния, ценность действия | 状态价值、动作价值 |
# | advantage | преимущество | 优势 |
# | regret | сожаление | 遗憾 |
# | exploration | исследование | 探索 |
# | terminated, truncated | завершён (средой), прерван (по времени) | 终止、截断 |
#
# ### Estimates
#
# | English | Russian | Chinese |
# |---|---|---|
# | bias, variance | смещение, дисперсия | 偏差、方差 |
# | unbiased estimate | несмещённая оценка | 无偏估计 |
# | standard error | стандартная ошибка | 标准误 |
# | mean squared error | среднеквадратичная ошибка | 均方误差 |
# | temporal-difference error | ошибка временных разностей, TD-ошибка | 时序差分误差 |
# | bootstrapping | бутстрэппинг | 自举 |
# | score function | скор-функция, градиент логарифма вероятности | 得分函数 |
# | log-derivative trick | трюк с логарифмом | 对数导数技巧 |
# | reparametrisation | репараметризация | 重参数化 |
# | importance ratio | отношение вероятностей, вес выборки по значимости | 重要性采样比 |
#
# ### Algorithms
#
# | English | Russian | Chinese |
# |---|---|---|
# | policy gradient | градиент политики (стратегии) | 策略梯度 |
# | baseline | базовая линия | 基线 |
# | actor, critic | актор, критик | 演员、评论家 |
# | entropy | энтропия | 熵 |
# | reward shaping | формирование награды | 奖励塑形 |
# | behaviour cloning | клонирование поведения | 行为克隆 |
# | on-policy, off-policy | с единой стратегией, с разделённой стратегией | 同策略、异策略 |
# | trust region | доверительная область | 信任域 |
# | clipping | обрезка (клиппинг) | 裁剪 |
# | KL divergence | дивергенция Кульбака — Лейблера | KL 散度 |

# %% [markdown]
# ## What to remember
#
# 1. Predict before you run; then compare.
# 2. A check names your mistake, and nothing you leave empty blocks a later cell.
# 3. Numbers are computed in cells, beside the exact answer where one is known. Where none is known, algorithms are
#    compared over at least five seeds.

# %% [markdown]
# ## Pitfalls
#
# **A cell run twice.** Code that changes what it starts from gives another answer each time it runs. The cells of this
# course do not; if you are lost, use the menu: *Run*, then *Restart Kernel and Run All Cells*.

# %%
total = 0
for times in ("once", "twice"):
    total = total + sum([1.0, 1.0, 1.0])  # a cell that adds to what it finds
    print(f"run {times}: {total}, exact {sum([1.0, 1.0, 1.0])}")

# %% [markdown]
# **One seed proves nothing.** The five agents above differ in nothing but their seed, and yet each curve is another:
# look at them once more, above. A comparison of algorithms in this course has at least five seeds, and shows their spread.

# %% [markdown]
# ## Sources
#
# * Sutton, Barto: *Reinforcement Learning: An Introduction* (2018): the notation.
# * Schulman et al.: *Proximal Policy Optimization Algorithms* (2017): the algorithm of 0.6.
# * Towers et al.: *Gymnasium: A Standard Interface for Reinforcement Learning Environments* (2024).
