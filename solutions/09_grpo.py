# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 · What is left when the critic goes away?
#
# A language model answers a prompt, and someone checks the answer. A critic would have to say half way through a sentence
# what the rest is worth. That is hard to learn. So we let the model answer several times and compare. This lesson finds out
# exactly what that comparison does. Then it tunes a small language model with it. About 45 minutes; four exercises.

# %%
import copy
from itertools import product

import torch

from helpers import (
    checks,
    course_table,
    every_group,
    expected_score,
    figures,
    group_advantages,
    grpo_loss,
    kl_penalty,
    masked_mean,
    mean_group_gradient,
    widgets,
    world_from_steps,
)

# %% [markdown]
# ## 9.1 One line apart
#
# A **group** is K answers to one prompt, with one reward each. Every method of this section averages the same scores and
# differs in the weight of an answer only:
#
# $$\hat g = \frac{1}{K} \sum_{k=1}^{K} w_k\, \nabla \log \pi(\text{answer}_k)$$
#
# Four weights: the reward itself (REINFORCE); the reward minus the mean of the others; minus the mean of the group; and that
# divided by the group's std. **GRPO** (group relative policy optimisation) takes the last: the group stands where PPO has a
# critic.
#
# **Predict.** Which of the four leave the mean gradient as it is?
#
# <!-- BEGIN SOLUTION -->
# The first two. The group mean shortens it to 1 - 1/K of its length (lesson 4). The std depends on the answers too, so it turns it.
# <!-- END SOLUTION -->

# %%
weights = {"reward": lambda r: r}
weights["leave one out"] = lambda r: r - (r.sum(1, keepdim=True) - r) / (r.shape[1] - 1)
weights["group mean"] = lambda r: r - r.mean(1, keepdim=True)
weights["group mean and std"] = group_advantages
probs, rewards = torch.tensor([[0.7, 0.2, 0.1], [1.0, 2.0, 4.0]], dtype=torch.double)  # of three answers
truth = expected_score(probs.log(), rewards)
for K, (name, weight) in product((2, 4, 8), weights.items()):
    ratio = mean_group_gradient(probs, rewards, weight, K) / truth  # exact: over every group of K answers
    print(f"K = {K}, {name:18s} estimate / truth {[round(part, 3) for part in ratio.tolist()]}")

# %% [markdown]
# The group mean has the same factor in every entry: 1 - 1/K, here ½, ¾ and ⅞. With the std the three factors differ: the
# gradient has turned towards the second answer. The line that makes GRPO of it:
#
# $$\hat A_{gk} = \frac{R_{gk} - \operatorname{mean}_k R_g}{\operatorname{std}_k R_g}$$
#
# ### Exercise 9.1 · `group_advantages`
#
# Write it for G groups in rows. A group of equal rewards gets exactly 0. Either convention of the std is right. 2 lines,
# 6 minutes, easy but for one trap.


# %% tags=["exercise"]
def my_group_advantages(rewards):
    """Each reward standardised in its own group, 0 where a group's rewards are equal; [G, K] -> [G, K]."""
    # BEGIN SOLUTION
    away = rewards - rewards[:, :1]  # the mean of eight times 0.3 is not quite 0.3; that of eight zeros is 0
    return (away - away.mean(dim=1, keepdim=True)) / (away.std(dim=1, correction=0, keepdim=True) + 1e-8)
    # END SOLUTION


# %% tags=["check"]
checks.group_advantages(my_group_advantages)

# %% [markdown]
# <details><summary>Hint</summary><code>dim=1, keepdim=True</code> keeps a column that fits beside the rewards. A small
# number below the fraction bar is not enough: the mean of equal rewards may be rounded, and a tiny rest over a tiny std is
# not 0. Subtract each group's first reward before you take the mean.</details>
#
# ## 9.2 Easy and hard prompts
#
# Say a prompt is answered rightly with chance p, reward 1 or 0. Its true gradient is ∇p. With the std the mean push is
# ∇p times a factor, which for large groups is
#
# $$\frac{1}{\sqrt{p(1 - p)}}$$
#
# A group is **silent** if all its answers are right, or all wrong: then every weight is 0. Where p is near 0 or 1, small
# groups are mostly silent.
#
# **Predict.** A prompt at p = ½ and one at $p = 0.01$: how many times more does the second factor stretch its ∇p? Does
# a group of 8 manage that? In the widget, how many right answers of 8 give a single answer the largest weight, and when are all 0?
#
# <!-- BEGIN SOLUTION -->
# 10.05 / 2, five times. A group of 8 does not: 92% of the hard prompt's groups are silent, and the factor stays below
# √(K - 1) = √7. That is also the largest weight: of the only right answer in 8, or, with a minus, of the only wrong one.
# All are 0 when all are right, or none.
# <!-- END SOLUTION -->

# %%
widgets.grpo_group()


# %%
def factor(p, K):
    """The mean push with mean and std over the true gradient p (1 - p), over every group of K answers."""
    right_or_wrong = torch.tensor([[p, 1 - p], [1.0, 0.0]], dtype=torch.double)
    return mean_group_gradient(*right_or_wrong, group_advantages, K)[0].item() / (p * (1 - p))


for p in (0.01, 0.1, 0.5):
    found = "  ".join(f"K = {K}: {factor(p, K):.2f}" for K in (2, 4, 8))
    print(
        f"p = {p:4.2f}  {found}  limit: {(p * (1 - p)) ** -0.5:5.2f}  silent of 8: {p**8 + (1 - p) ** 8:.0%}"
    )
figures.difficulty(factor, sizes=(2, 4, 8, 12))

# %% [markdown]
# So the std is a choice of what to climb: not the mean of p over the prompts but, for large groups, that of 2 arcsin √p. It
# asks more for the nearly hopeless and the nearly perfect. Leaving the std out climbs p itself; both are in use.
#
# ## 9.3 The leash
#
# Reward never says all we want. So one adds a penalty for leaving the **reference**, a frozen copy of the model at the start.
# Its usual form is k3 (lesson 8), for tokens that the policy itself has written:
#
# $$\text{penalty} = e^x - 1 - x, \qquad x = \log \frac{\pi_\text{ref}(a)}{\pi(a)}, \quad a \sim \pi$$
#
# This ratio is not the ρ of lesson 8, which compares the policy with an older one. We keep ρ for that.
#
# ### Exercise 9.2 · `kl_penalty`
#
# Write it, token by token. 1 or 2 lines, 5 minutes, easy.


# %% tags=["exercise"]
def my_kl_penalty(log_probs, reference_log_probs):
    """k3 of KL(policy ‖ reference) at each token; [B, L], [B, L] -> [B, L]."""
    # BEGIN SOLUTION
    return (reference_log_probs - log_probs).expm1() - (reference_log_probs - log_probs)
    # END SOLUTION


# %% tags=["check"]
checks.kl_penalty(my_kl_penalty)

# %% [markdown]
# <details><summary>Hint</summary>x is a difference of the two arguments. Which one comes first? The samples are the
# policy's, so the reference stands on top. <code>x.expm1()</code> is exp(x) - 1.</details>
#
# The mean of k3 is KL(π ‖ π_ref). But as a loss only its *gradient* counts, taken with the written tokens held fixed.
#
# **Predict.** Of what is that gradient the mean? And what does the simplest estimate, k1 = log π - log π_ref, do as a loss?
#
# <!-- BEGIN SOLUTION -->
# k3 gives the gradient of the other divergence, KL(π_ref ‖ π): the gradient of one token is $(1 - e^x) \nabla \log \pi$, and
# its mean is $-\sum \pi_\text{ref} \nabla \log \pi$. k1 gives ∇ log π. Its mean is 0 by the lemma of lesson 4, so on average
# this leash does not pull.
# <!-- END SOLUTION -->

# %%
logits, reference = probs.log().requires_grad_(), torch.tensor([0.2, 0.3, 0.5], dtype=torch.double)
log_pi, log_ref = logits.log_softmax(0), reference.log()
k1, k3 = log_pi - log_ref, kl_penalty(log_pi[:, None], log_ref[:, None])[:, 0]
means = {
    "k1": probs @ k1,
    "k2": probs @ (k1**2 / 2),
    "k3": probs @ k3,
}  # probs has no graph: tokens held fixed
means |= {"KL(π, ref)": log_pi.exp() @ k1, "KL(ref, π)": reference @ (log_ref - log_pi)}
for name, mean in means.items():
    (slope,) = torch.autograd.grad(mean, logits, retain_graph=True)
    print(f"{name:10s} {mean:.3f}, gradient {[round(part, 3) + 0.0 for part in slope.tolist()]}")

# %% [markdown]
# k3 has the right value and the gradient of KL(π_ref ‖ π); k2 has a wrong value and the gradient of KL(π ‖ π_ref). Both
# vanish only at the reference, so both are leashes. (In a text this holds token by token, given the tokens before it,
# which the policy has written.)
#
# ## 9.4 From answers to tokens
#
# An answer is a string of tokens, its log-probability a sum over them. Answers end at different places; a **mask** is true
# where a token is real, and behind it anything may stand.
#
# $$\text{masked mean} = \frac{\sum_{b,t} m_{bt}\, x_{bt}}{\sum_{b,t} m_{bt}}$$
#
# ### Exercise 9.3 · `masked_mean`
#
# Write it; even NaN behind the mask does no harm. 1 line, 4 minutes, easy but for one trap.


# %% tags=["exercise"]
def my_masked_mean(x, mask):
    """The mean over the real tokens of the whole batch; [B, L], bool [B, L] -> []."""
    # BEGIN SOLUTION
    return x[mask].mean()
    # END SOLUTION


# %% tags=["check"]
checks.masked_mean(my_masked_mean)

# %% [markdown]
# <details><summary>Hint</summary>0 · NaN is NaN, so select the tokens instead of multiplying the others by 0.</details>
#
# The first GRPO paper averages over the tokens of each answer, then over the answers. So an answer of n tokens weighs
# Â/n per token.
#
# **Predict.** Two kinds of right answer, of 2 and 8 tokens, two kinds of wrong ones, of 2 and 8 tokens, all equally likely.
# What does that average prefer?
#
# <!-- BEGIN SOLUTION -->
# Among right answers the short ones, among wrong ones the long ones. A long wrong text is pushed down a quarter as hard as a
# short one, so more of it remains.
# <!-- END SOLUTION -->

# %%
length, reward = torch.tensor([[2.0, 8.0, 2.0, 8.0], [1.0, 1.0, 0.0, 0.0]], dtype=torch.double)
groups, scores = every_group(4, 6), torch.eye(4, dtype=torch.double) - 0.25  # 4096 groups, equally likely
terms = group_advantages(reward[groups])[:, :, None] * scores[groups]
tokens = length[groups][:, :, None]
pushes = {
    "sum over tokens": terms.mean((0, 1)),
    "mean over tokens of the batch": (terms.sum(1) / tokens.sum(1)).mean(0),
    "mean of each answer first": (terms / tokens).mean((0, 1)),
}
figures.lengths(pushes, ["right, 2 tokens", "right, 8 tokens", "wrong, 2 tokens", "wrong, 8 tokens"])

# %% [markdown]
# The sum points along the gradient of the mean reward. The first paper's mean pushes short answers four times as hard as long
# ones: it climbs (R - b)/length instead, with b the group's mean. One mean over all tokens of a large batch divides by nearly
# the same number each time. What is left of the bias shrinks as batches grow, so we use that mean. As in lesson 8, ρ is
# $\pi / \pi_\text{old}$, here of one token:
#
# $$L = -\frac{1}{\sum m} \sum_{b,t} m_{bt} \min\bigl(\rho_{bt} \hat A_b,\ \operatorname{clamp}(\rho_{bt}, 1 - \epsilon, 1 + \epsilon)\, \hat A_b\bigr)$$
#
# ### Exercise 9.4 · `grpo_loss`
#
# Write it: lesson 8's loss over real tokens, each with the advantage of its answer. No gradient flows into old
# log-probabilities and advantages. 4 lines, 8 minutes, medium.


# %% tags=["exercise"]
def my_grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    """PPO's loss, averaged over real tokens; [B, L], [B, L], [B], bool [B, L], a number -> []."""
    # BEGIN SOLUTION
    ratio = (log_probs - old_log_probs.detach()).exp()
    weight = advantages.detach()[:, None]
    gain = torch.minimum(ratio * weight, ratio.clamp(1 - clip, 1 + clip) * weight)
    return -masked_mean(gain, mask)
    # END SOLUTION


# %% tags=["check"]
checks.grpo_loss(my_grpo_loss)

# %% [markdown]
# <details><summary>Hint</summary>Make the advantages a column, <code>[:, None]</code>, and finish with
# <code>masked_mean</code>.</details>
#
# **Predict.** "My loss is 0 from the first step on. Is it broken?" Four answers of three tokens, one of them right, the policy
# not moved yet. What are loss and gradient? What if all four are right?
#
# <!-- BEGIN SOLUTION -->
# All ratios are 1 and the advantages add up to 0, so the loss is 0; its gradient is not. (With answers of different lengths the
# loss is not 0 either, and means as little.) If all are right, the gradient is 0 too. Watch the share of silent groups, not the loss.
# <!-- END SOLUTION -->

# %%
log_probs = torch.full((4, 3), -1.0, requires_grad=True)
for group in torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]):
    loss = grpo_loss(log_probs, log_probs.detach(), group_advantages(group[None])[0], torch.ones(4, 3))
    slope = torch.autograd.grad(loss, log_probs)[0][:, 0]
    print(f"rewards {group.tolist()}: loss {loss.abs():.3f}, gradients {[f'{part:+.3f}' for part in slope]}")

# %% [markdown]
# ## 9.5 A language model in small
#
# A prompt is a number from 5 to 24, an answer a string of digits that should add up to it: `17` → `278`. A teacher shows
# how: 2 to 4 digits that never fall. But every other time it may miss the sum by up to 3. We can list every right answer. So
# the share that a model answers rightly is a sum, not a sample.


# %%
def right(prompts, answers):
    """1 where the digits of an answer that has ended add up to its prompt: a program can verify it."""
    total = (answers * (answers < 10)).sum(1)  # 10 is the stop token
    return ((total == prompts) & (answers[:, -1] == 10)).float()


# %%
from helpers import DIGIT_PROMPTS, SequenceModel, all_answers, demonstrations, grpo

texts = all_answers(10, 5)
prompts = (texts * (texts < 10)).sum(1)  # the prompt to which a text would be the right answer
possible = torch.isin(prompts, DIGIT_PROMPTS) & (right(prompts, texts) == 1)
right_texts, right_prompts = texts[possible], prompts[possible]
print(f"{len(texts)} texts of at most 5 tokens, {len(right_texts)} of them right for one of the 20 prompts")


@torch.no_grad()
def share_right(model):
    """The chance that the model answers each prompt rightly, exact; [20]."""
    chances = model.log_prob(right_prompts, right_texts).sum(1).exp()
    return torch.zeros(25).index_add(0, right_prompts, chances)[DIGIT_PROMPTS]


# %% [markdown]
# The model writes token by token: each gets a probability given the prompt and the tokens before it. First it learns to
# imitate, by the **cross-entropy** of the teacher's tokens. That is a policy gradient with the weight 1, on texts of someone
# else:
#
# $$L = -\frac{1}{\sum m} \sum_{b,t} m_{bt} \log \pi(a_{bt} \mid \text{prompt}_b, a_{b,<t})$$
#
# **Predict.** The teacher is right a little more often than not. How often will its pupil be?
#
# <!-- BEGIN SOLUTION -->
# The pupil is right less often than its teacher. Imitation copies slips as well as sums, and after $400$ batches the pupil still
# adds slips of its own.
# <!-- END SOLUTION -->


# %%
def cross_entropy(model, chance):
    """The mean surprise at the teacher's tokens, in nats."""
    prompts, answers = demonstrations(256, chance)
    return -masked_mean(model.log_prob(prompts, answers), model.mask(answers))


def pupil(seed):
    """A model that has seen 400 batches of demonstrations, and its losses."""
    chance, model, losses = torch.Generator().manual_seed(seed), SequenceModel(25, 10, 5, seed=seed), []
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(400):
        losses.append(cross_entropy(model, chance))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    return model, torch.stack(losses).detach()


references, losses = zip(*[pupil(seed) for seed in range(5)], strict=True)

# %%
taught = right(*demonstrations(100_000, torch.Generator().manual_seed(0)))  # sampled
error = taught.std() / len(taught) ** 0.5
shares = torch.stack([share_right(model).mean() for model in references])
figures.imitation(torch.stack(losses).numpy(), taught.mean().item(), shares.numpy(), error.item())

# %% [markdown]
# ## 9.6 From imitation to reinforcement
#
# Now the model writes itself, and `right` judges. The learner is `ppo` without its critic:
#
# ```python
# answers = policy.sample(asked, chance)               # K answers to each of G prompts
# rewards = reward(asked, answers)                     # one number for each whole answer
# advantages = weight_fn(rewards.view(G, K)).flatten() # the group, where ppo has gae(critic)
# loss = grpo_loss(...) + kl_coef * masked_mean(kl_penalty(...), mask)
# ```
#
# **Predict.** Five seeds, with and without a leash of $0.2$. Which earns more? What does the other keep?
#
# <!-- BEGIN SOLUTION -->
# The free one earns more. The leashed one stays nearer to the reference, and keeps more ways to answer.
# <!-- END SOLUTION -->


# %%
def tuned(seed, shift=0.0, updates=80, **options):
    """A copy of the seed's pupil after some updates of GRPO, and each prompt's share right at every fifth; [1 + U/5, 20]."""
    policy = copy.deepcopy(references[seed])
    learner = grpo(DIGIT_PROMPTS, lambda p, a: right(p, a) + shift, policy, seed=seed, **options)
    shares = [share_right(policy)]
    for update in range(1, updates + 1):
        next(learner)
        if update % 5 == 0:
            shares.append(share_right(policy))
    return policy, torch.stack(shares)


# %%
free, free_shares = zip(*[tuned(seed) for seed in range(5)], strict=True)
leashed, leashed_shares = zip(*[tuned(seed, kl_coef=0.2) for seed in range(5)], strict=True)

# %%
from helpers import different_right_answers, distance_to_reference

chance, models = torch.Generator().manual_seed(0), {"before": references, "free": free, "leashed": leashed}
pairs = {name: zip(models[name], references, strict=True) for name in ("free", "leashed")}
far = {name: [distance_to_reference(*pair, 100, chance) for pair in pairs[name]] for name in pairs}
many = {
    name: [different_right_answers(m, right, 100, chance) for m in group] for name, group in models.items()
}
by_prompt = {"free": torch.stack(free_shares).numpy(), "leashed": torch.stack(leashed_shares).numpy()}
figures.leash({name: shares.mean(2) for name, shares in by_prompt.items()}, far, many, every=5)

# %%
named = {"before": references[0], "free": free[0], "leashed": leashed[0]}
figures.written(named, right, prompts=(8, 17, 24), generator=torch.Generator().manual_seed(0))

# %% [markdown]
# Free, more answers are right than on the leash. The leash keeps more ways to answer than the free run, but fewer than there
# were before. The free model ends farther from its reference. In the ideal, a leash β · KL(π ‖ π_ref) on whole answers leads to π
# in proportion to $\pi_\text{ref} \cdot \exp(R/\beta)$. Then right answers keep the proportions they had.
#
# **Predict.** The mean over the prompts hides single ones. A free run answers a prompt nearly always rightly. Can it lose that prompt
# again? How long does it stay lost, with 16 answers in a group?
#
# <!-- BEGIN SOLUTION -->
# It can. When all answers to it are right, its groups are silent, and nothing holds it while the steps of other prompts move the
# shared weights. When all are wrong, its groups are silent again, until luck or the other prompts bring a right answer.
# <!-- END SOLUTION -->

# %%
for p in (0.9999, 0.3, 0.01, 0.001, 0.0001):
    silent = p**16 + (1 - p) ** 16
    print(f"p = {p:6.4f}: {silent:6.1%} of its groups silent, {1 / (1 - silent):5.1f} until one is not")
figures.lost_prompts(by_prompt, DIGIT_PROMPTS.numpy(), every=5, after=40)

# %% [markdown]
# With p right, a group of K is all wrong with chance $(1 - p)^K$, and all right with chance $p^K$. Then its push is exactly 0. At
# $p = 0.001$, 98.4% of the groups are silent, and one waits 63 groups for the first that is not. Steps of other prompts may bring it
# back sooner, because all share their weights.
#
# The leash asks for no reward, so it pulls in silent groups too. But it, too, sees only what the policy writes. An answer that is
# certain has score 0, so no leash moves it. With other seeds a leashed run loses a prompt as well, so we do not say that the
# leash prevents it.
#
# **Predict.** Take the std away, then the group: the reward itself is the weight. What if right pays 1 and wrong 0? If right pays 11,
# wrong 10?
#
# <!-- BEGIN SOLUTION -->
# With 1 and 0, the bare reward learns about as well as the group: wrong answers weigh nothing, right ones are praised. With 11 and 10
# everything written is praised, so the bare reward falls far behind (lesson 6). It is slow, not stuck: its mean gradient is
# the same. The group takes any constant off.
# <!-- END SOLUTION -->

# %%
rewards = (torch.arange(16) < torch.arange(17)[:, None]).float()  # 0 to 16 right answers of 16
difference = (group_advantages(rewards + 10) - group_advantages(rewards)).abs().max()
print(f"weights of the group, rewards 11 and 10 or 1 and 0: largest difference {difference:.2f}")

# %%
alone = {
    "group mean": (0.0, "group mean"),
    "reward, 1 or 0": (0.0, "reward"),
    "reward, 11 or 10": (10.0, "reward"),
}
compared = {"group mean and std": by_prompt["free"][:, :9]}
for name, (shift, weight) in alone.items():
    runs = [tuned(seed, shift, updates=40, weight_fn=weights[weight])[1] for seed in range(5)]
    compared[name] = torch.stack(runs).numpy()
figures.zero_of_the_reward({name: shares.mean(2) for name, shares in compared.items()}, every=5)

# %% [markdown]
# Here neither the std nor the group buys anything that we can see: the group mean alone learns about as well, and with rewards 1
# and 0 the bare reward does, too. What the group buys is that nobody has to know where the zero of the reward lies. We have trained no critic
# here. The table of the next section sets the group beside one, in a world that knows its truth.

# %% [markdown]
# ## 9.7 The whole course as one table
#
# All but the first average $w_t\, \nabla \log \pi(A_t \mid S_t)$ over what they have sampled, each with a weight of its own:
#
# | algorithm (lesson) | weight before the score | what it costs | biased by |
# |---|---|---|---|
# | finite differences (3) | none: two returns subtracted | episodes for every parameter | the step, a little |
# | cross-entropy method (3) | 1 for the elite, else 0 | many whole episodes | luck |
# | REINFORCE (5) | γᵗ Gₜ | whole episodes | a γᵗ left out |
# | with a baseline (6) | γᵗ (Gₜ - b(Sₜ)) | a value to learn | nothing |
# | actor-critic (7) | γᵗ δₜ, or GAE | a critic, learned on the way | the critic's error |
# | PPO (8) | ρₜ Âₜ, inside the clip | old log-probabilities | old visits and old returns, the critic's error, the clip |
# | leave one out (4, 9) | R - mean of the others | K answers to one prompt | nothing |
# | GRPO (9) | (R - mean) / std, ρ and clip | K answers to one prompt | 1 - 1/K, the std, the clip |
#
# **Predict.** The farm of lesson 4 knows its truth. Which rows have a bias there? Which needs the fewest steps until its signal
# is as long as its noise?
#
# <!-- BEGIN SOLUTION -->
# Biased: the elite, a missing γᵗ, the untrained critic, old data, the groups that use their own mean. The fewest steps: TD
# errors of the true V, a critic that no one has. The most: finite differences.
# <!-- END SOLUTION -->

# %%
steps = {(0, 0): (2.0, {1: 1.0}), (0, 1): (0.0, {1: 0.25, 2: 0.75})}  # eat the seed corn, or sow it
steps |= {(1, action): (1.0 * action, {3: 1.0}) for action in (0, 1)}  # a bare field: rest, or glean
steps |= {(2, action): (10.0 * action, {3: 1.0}) for action in (0, 1)}  # a full field: rest, or harvest
for row in course_table(world_from_steps(4, 2, steps, gamma=0.9), torch.zeros(4, 2), 2, weights):
    print(f"{row.name:30s} bias {row.bias:4.2f}   cosine {row.cosine:+.2f}   steps {row.steps:6.0f}")

# %% [markdown]
# The fewest steps take what we do not have: 4 with the true V. With an untrained critic the same line points elsewhere (cosine
# 0.68). Four answers to the same prompt need 15 steps and no critic; the bare return needs 21. Here the
# std costs more than it gives: 23 steps, and a bias of 0.78. No row is best everywhere. Each buys less noise with a bias, a
# critic, or more answers.
#
# ## 9.8 Where to go next
#
# * **Steps in other metrics:** natural gradients and TRPO; lesson 8's picture is the entrance.
# * **A learned Q that one can differentiate by the action:** reparametrisation, in SAC and TD3.
# * **Old data in earnest:** V-trace, Retrace; offline reinforcement learning.
# * **Rewards from people:** reward models (RLHF), preferences without one (DPO).
# * **At scale:** CleanRL and Stable-Baselines3 for control, TRL for language models. You can now read their losses line by line.
#
# And a habit to take along: before a long run, one exact small world; after it, five seeds.
#
# ## What to remember
#
# 1. GRPO is PPO with a group of answers for a critic. Only the weight changes; the group mean costs the factor 1 - 1/K.
# 2. The std chooses which prompts count, the way to average which lengths count: both are part of the objective.
# 3. A silent group pushes nothing, so a prompt with wrong answers only gets no push of its own. The leash costs
#    reward and keeps variety.

# %% [markdown]
# ## Pitfalls
#
# **Leave-one-out, divided by the std of the others:** if the others are all equal, it divides by next to nothing.
# **No guard:** a silent group is 0/0. **Mean and std of the whole batch:** a prompt that is always answered rightly teaches
# nothing, and is praised.

# %%
group = torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
others, batch = group[0, 1:], (group - group.mean()) / group.std(correction=0)
exploded = (group[0, 0] - others.mean()) / (others.std(correction=0) + 1e-8)
print(f"std of the others {exploded:.0f}, of the group {group_advantages(group)[0, 0]:.2f}")
bare = (group - group.mean(1, keepdim=True)) / group.std(1, keepdim=True)
print(
    f"all four right: {bare[1, 0]} unguarded, {batch[1, 0]:+.2f} by the batch, {group_advantages(group)[1, 0]} by the group"
)

# %% [markdown]
# **Padding times 0** is NaN where padding is NaN. **A reference that is the policy itself**, not a copy: the leash is 0 for ever.
# **Acting at one temperature, scoring at another:** ρ, the policy over the one that wrote, is not 1 even before the first step.

# %%
log_probs, mask = torch.tensor([[-1.0, -2.0, float("nan")]]), torch.tensor([[True, True, False]])
print(
    f"(x * mask).sum() / mask.sum() {(log_probs * mask).sum() / mask.sum()}, exact {masked_mean(log_probs, mask):.1f}"
)
itself = kl_penalty(log_pi[:, None], log_pi[:, None])[:, 0]
print(f"leash to itself {probs @ itself:.3f}, to the reference {probs @ k3:.3f}")
cold = (probs.log() / 0.5).log_softmax(0)  # written at temperature 0.5, scored at 1
print(
    f"ratio before any step: {[round(part, 2) for part in (probs / cold.exp()).tolist()]}, exact [1.0, 1.0, 1.0]"
)

# %% [markdown]
# ## Sources
#
# * Shao et al.: *DeepSeekMath: pushing the limits of mathematical reasoning in open language models* (2024): GRPO.
# * Williams: *Simple statistical gradient-following algorithms for connectionist reinforcement learning* (1992).
# * Kool, van Hoof, Welling: *Buy 4 REINFORCE samples, get a baseline for free!* (2019): leave one out.
# * Ahmadian et al.: *Back to basics: revisiting REINFORCE-style optimization for learning from human feedback* (2024).
# * Liu et al.: *Understanding R1-Zero-like training: a critical perspective* (2025): the biases of std and length.
# * Yu et al.: *DAPO: an open-source LLM reinforcement learning system at scale* (2025): one mean over tokens, silent groups.
# * Mroueh: *Reinforcement learning with verifiable rewards: GRPO's effective loss, dynamics, and success amplification* (2025).
# * Schulman: *Approximating KL divergence* (2020): k1, k2, k3.
# * Korbak, Perez, Buckley: *RL with KL penalties is better viewed as Bayesian inference* (2022): where the leash leads.
# * Ouyang et al.: *Training language models to follow instructions with human feedback* (2022): imitation first, then reward.
# * Bengio et al.: *A neural probabilistic language model* (2003): the model of section 9.5, in spirit.
