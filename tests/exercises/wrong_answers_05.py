"""Lesson 05: wrong answers that students give, written without looking at the catalogue."""

import math

import torch
import torch.nn.functional as F

from helpers import policy_gradient_loss, rewards_to_go


def running(rewards, gamma, step=lambda reward, rest, gamma: reward + gamma * rest):
    """Backwards through the episode with a step of one's own."""
    returns, rest = [], 0.0
    for reward in reversed(rewards.tolist()):
        rest = step(reward, rest, gamma)
        returns.append(rest)
    return torch.tensor(returns[::-1], dtype=torch.float64)


def to_go_in_the_input(rewards, gamma):
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] += gamma * rewards[t + 1]
    return rewards


def to_go_in_integers(rewards, gamma):
    returns = torch.zeros_like(rewards)
    rest = 0
    for t in reversed(range(len(rewards))):
        rest = rewards[t] + gamma * rest
        returns[t] = rest
    return returns


def to_go_forwards(rewards, gamma):
    returns, rest = [], 0.0
    for reward in rewards.tolist():
        rest = reward + gamma * rest
        returns.append(rest)
    return torch.tensor(returns)


def to_go_without_turning_back(rewards, gamma):
    returns, rest = [], 0.0
    for reward in reversed(rewards.tolist()):
        rest = reward + gamma * rest
        returns.append(rest)
    return torch.tensor(returns)


def to_go_one_step(rewards, gamma):
    returns = rewards.clone().double()
    for t in range(len(rewards) - 1):
        returns[t] = returns[t] + gamma * returns[t + 1]
    return returns


def to_go_last_forgotten(rewards, gamma):
    returns = torch.zeros(len(rewards), dtype=torch.float64)
    for t in reversed(range(len(rewards) - 1)):
        returns[t] = rewards[t] + gamma * returns[t + 1]
    return returns


def to_go_by_division(rewards, gamma):
    powers = gamma ** torch.arange(len(rewards), dtype=torch.float64)
    return (rewards * powers).flip(0).cumsum(0).flip(0) / powers


def powers_of(rewards, gamma):
    return gamma ** torch.arange(len(rewards), dtype=torch.float64)


def discounted_in_integers(rewards, gamma):
    weights = rewards_to_go(rewards, gamma).to(rewards.dtype)
    for t in range(len(weights)):
        weights[t] = gamma**t * weights[t]
    return weights


def update(loss_of=None, before=None, after=None, value=None, steps=1):
    """An update with one thing done otherwise."""

    def answer(policy, optimizer, obs, actions, weights):
        for _ in range(steps):
            loss = (loss_of or policy_gradient_loss)(policy.log_prob(obs, actions), weights)
            optimizer.zero_grad()
            loss.backward()
            if before:
                before(policy, optimizer)
            optimizer.step()
        return value(policy, obs, actions, weights, loss) if value else loss.item()

    return answer


def update_adding_gradients(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    loss.backward()
    optimizer.step()
    return loss.item()


def update_zeroing_before_the_step(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def update_zeroing_at_the_end(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def update_without_step(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


def update_without_backward(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def update_step_before_backward(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


def update_no_return(policy, optimizer, obs, actions, weights):
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def update_with_new_actions(policy, optimizer, obs, actions, weights):
    return update()(policy, optimizer, obs, policy.sample(obs), weights)


def update_one_by_one(policy, optimizer, obs, actions, weights):
    losses = [
        update()(policy, optimizer, obs[b : b + 1], actions[b : b + 1], weights[b : b + 1])
        for b in range(len(weights))
    ]
    return sum(losses) / len(losses)


def update_with_own_optimizer(policy, optimizer, obs, actions, weights):
    return update()(policy, torch.optim.SGD(policy.parameters(), lr=0.01), obs, actions, weights)


def after_the_step(policy, obs, actions, weights, loss):
    return policy_gradient_loss(policy.log_prob(obs, actions), weights).item()


def clip_gradients(policy, optimizer):
    torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.1)


def cloning_mask(logits, actions):
    return -(F.one_hot(actions, logits.shape[1]) * logits.log_softmax(1)).mean()


RTG, DW, PGL = "rewards_to_go", "discounted_weights", "policy_gradient_loss"


def future_not_yet_known(rewards, gamma):
    returns = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        returns[t] = rewards[t] + gamma * (returns[t + 1] if t + 1 < len(rewards) else 0.0)
    return returns


def backwards(rewards, gamma):
    returns, running = torch.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        returns[t] = running
    return returns


def stops_before_the_first(rewards, gamma):
    returns, running = torch.zeros(len(rewards)), 0.0
    for t in range(len(rewards) - 1, 0, -1):
        running = rewards[t] + gamma * running
        returns[t] = running
    return returns


def all_but_the_first(rewards, gamma):
    found, running = [], 0.0
    for t in range(len(rewards) - 1, 0, -1):
        running = rewards[t].item() + gamma * running
        found.append(running)
    return torch.tensor(found[::-1])


def scaled(x):
    return (x - x.mean()) / (x.std() if len(x) > 1 else torch.tensor(torch.nan))


def sample_by_sample(zero, step_each, say):
    """A loop over the samples that steps in it or after it."""

    def update(policy, optimizer, obs, actions, weights):
        losses = []
        optimizer.zero_grad()
        for b in range(len(weights)):
            loss = -policy.log_prob(obs[b : b + 1], actions[b : b + 1])[0] * weights[b]
            if zero:
                optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
            if step_each:
                optimizer.step()
        if not step_each:
            optimizer.step()
        return say(losses)

    return update


def average(losses):
    return sum(losses) / len(losses)


def last(losses):
    return losses[-1]


def discounts_all_in_place(rewards, gamma):
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] += gamma * rewards[t + 1]
    return rewards * gamma


def walks_down_and_says_the_loss(policy, optimizer, obs, actions, weights):
    gain = (policy.log_prob(obs, actions) * weights).mean()
    optimizer.zero_grad()
    gain.backward()
    optimizer.step()
    return -gain.item()


WRONG = {
    RTG: [
        to_go_in_the_input,
        to_go_in_integers,
        to_go_forwards,
        to_go_without_turning_back,
        to_go_one_step,
        to_go_last_forgotten,
        to_go_by_division,
        lambda rewards, gamma: rewards.double().cumsum(0),
        lambda rewards, gamma: rewards.double().flip(0).cumsum(0).flip(0),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards).flip(0).cumsum(0).flip(0),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards).sum().expand(len(rewards)),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards).sum(),
        lambda rewards, gamma: powers_of(rewards, gamma) * rewards,
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards).cumsum(0),
        lambda rewards, gamma: running(rewards, gamma) - rewards,
        lambda rewards, gamma: running(rewards, gamma).tolist(),
        lambda rewards, gamma: running(rewards, gamma, lambda r, rest, g: g * (r + rest)),
        lambda rewards, gamma: running(rewards, gamma, lambda r, rest, g: g * r + rest),
        lambda rewards, gamma: running(rewards, gamma, lambda r, rest, g: r + g * rest if r == 0 else r),
        lambda rewards, gamma: running(rewards, gamma, lambda r, rest, g: r - g * rest),
        lambda rewards, gamma: running(rewards, gamma) - running(rewards, gamma).mean(),
        lambda rewards, gamma: (1 - gamma) * running(rewards, gamma),
        lambda rewards, gamma: running(rewards, 0.99),
        lambda rewards, gamma: running(rewards, gamma) / torch.arange(len(rewards), 0, -1),
    ],
    DW: [
        rewards_to_go,
        discounted_in_integers,
        lambda rewards, gamma: powers_of(rewards, gamma) * rewards,
        lambda rewards, gamma: powers_of(rewards, gamma) * rewards_to_go(rewards, gamma)[0],
        lambda rewards, gamma: gamma * powers_of(rewards, gamma) * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: powers_of(rewards, gamma) ** 2 * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: powers_of(rewards, gamma).flip(0) * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: gamma * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: powers_of(rewards, gamma) * rewards_to_go(rewards, 1.0),
        lambda rewards, gamma: powers_of(rewards, gamma).cumsum(0) * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards).cumsum(0),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards_to_go(rewards, gamma)).sum(),
        lambda rewards, gamma: rewards_to_go(rewards, gamma) / powers_of(rewards, gamma),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards_to_go(rewards, gamma)).tolist(),
        lambda rewards, gamma: rewards_to_go(powers_of(rewards, gamma) * rewards, gamma),
        lambda rewards, gamma: (powers_of(rewards, gamma) * rewards_to_go(rewards, gamma)).flip(0),
        lambda rewards, gamma: gamma ** len(rewards) * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: (
            (math.log(gamma) * torch.arange(len(rewards))).exp() * rewards_to_go(rewards, gamma)
        ),
        lambda rewards, gamma: torch.arange(len(rewards)) ** gamma * rewards_to_go(rewards, gamma),
        lambda rewards, gamma: torch.arange(len(rewards)) * gamma * rewards_to_go(rewards, gamma),
    ],
    PGL: [
        lambda log_probs, weights: (log_probs * weights.detach()).mean(),
        lambda log_probs, weights: -(log_probs * weights.detach()).sum(),
        lambda log_probs, weights: -(log_probs * weights).mean(),
        lambda log_probs, weights: (log_probs * weights).mean(),
        lambda log_probs, weights: -(log_probs * weights).sum(),
        lambda log_probs, weights: -(log_probs.detach() * weights).mean(),
        lambda log_probs, weights: -(log_probs * weights).mean().detach(),
        lambda log_probs, weights: -(log_probs.exp() * weights.detach()).mean(),
        lambda log_probs, weights: -log_probs.mean() * weights.detach().mean(),
        lambda log_probs, weights: -log_probs.mean() * weights.detach().sum(),
        lambda log_probs, weights: -log_probs.sum() * weights.detach().sum(),
        lambda log_probs, weights: -log_probs * weights.detach(),
        lambda log_probs, weights: -(log_probs + weights.detach()).mean(),
        lambda log_probs, weights: -(log_probs * weights.detach()).sum() / weights.detach().sum(),
        lambda log_probs, weights: -(log_probs[:, None] * weights.detach()).mean(),
        lambda log_probs, weights: -(log_probs * (weights - weights.mean()).detach()).mean(),
        lambda log_probs, weights: (
            -(log_probs * ((weights - weights.mean()) / (weights.std() + 1e-8)).detach()).mean()
        ),
        lambda log_probs, weights: ((log_probs * weights.detach()) ** 2).mean(),
        lambda log_probs, weights: F.mse_loss(log_probs, weights.detach()),
        lambda log_probs, weights: -(log_probs.log() * weights.detach()).mean(),
        lambda log_probs, weights: -(log_probs * weights.detach().abs()).mean(),
    ],
    "reinforce_update": [
        update_adding_gradients,
        update_zeroing_before_the_step,
        update_zeroing_at_the_end,
        update_without_step,
        update_without_backward,
        update_step_before_backward,
        update_no_return,
        update_with_new_actions,
        update_one_by_one,
        update_with_own_optimizer,
        update(lambda log_probs, weights: (log_probs * weights).mean()),
        update(lambda log_probs, weights: -(log_probs * weights).sum()),
        update(lambda log_probs, weights: -(log_probs.exp() * weights).mean()),
        update(lambda log_probs, weights: -log_probs.mean() * weights.mean()),
        update(lambda log_probs, weights: -log_probs.mean() * weights.sum()),
        update(lambda log_probs, weights: -(log_probs * (weights - weights.mean())).mean()),
        update(lambda log_probs, weights: -(log_probs * weights / weights.std()).mean()),
        update(lambda log_probs, weights: -log_probs.mean()),
        update(before=clip_gradients),
        update(steps=2),
        update(value=after_the_step),
        update(value=lambda policy, obs, actions, weights, loss: -loss.item()),
        update(value=lambda policy, obs, actions, weights, loss: weights.mean().item()),
    ],
    "behaviour_cloning_loss": [
        cloning_mask,
        lambda logits, actions: -logits.softmax(1).log()[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -(logits.softmax(1) + 1e-8).log()[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: (
            -(logits.softmax(1).clamp(1e-6, 1)).log()[range(len(actions)), actions].mean()
        ),
        lambda logits, actions: -logits.log_softmax(1)[torch.arange(len(actions)), actions].sum(),
        lambda logits, actions: logits.log_softmax(1)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -logits.log_softmax(0)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -logits.log_softmax(1)[torch.arange(len(actions)), actions],
        lambda logits, actions: -logits.log_softmax(1)[:, actions].mean(),
        lambda logits, actions: -logits.log_softmax(1).mean(),
        lambda logits, actions: -logits.log_softmax(1)[torch.arange(len(actions)), actions - 1].mean(),
        lambda logits, actions: -logits[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -logits.softmax(1)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: 1 - logits.softmax(1)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: (logits.argmax(1) != actions).double().mean(),
        lambda logits, actions: F.cross_entropy(logits.softmax(1), actions),
        lambda logits, actions: F.nll_loss(logits.softmax(1), actions),
        lambda logits, actions: F.nll_loss(logits, actions),
        lambda logits, actions: F.mse_loss(logits.softmax(1), F.one_hot(actions, logits.shape[1]).double()),
        lambda logits, actions: F.binary_cross_entropy_with_logits(
            logits, F.one_hot(actions, logits.shape[1]).to(logits.dtype)
        ),
        lambda logits, actions: -(logits.softmax(1) * logits.log_softmax(1)).sum(1).mean(),
        lambda logits, actions: F.cross_entropy(logits, actions).detach(),
        lambda logits, actions: F.cross_entropy(logits, actions, reduction="sum") / logits.shape[1],
        lambda logits, actions: F.cross_entropy(logits, actions) / math.log(2),
        lambda logits, actions: (
            logits.exp().sum(1).log() - logits[torch.arange(len(actions)), actions]
        ).mean(),
        lambda logits, actions: F.multi_margin_loss(logits, actions),
    ],
}

TOLD = {
    "rewards_to_go": [
        (future_not_yet_known, "runs forwards"),
        (stops_before_the_first, "`range` stops before its end"),
        (all_but_the_first, "`range` stops before its end"),
        (lambda rewards, gamma: scaled(backwards(rewards, gamma)), "standardised"),
        (
            discounts_all_in_place,
            ("discounted once too often", "stops with RuntimeError", "also changes `rewards`"),
        ),
    ],
    "discounted_weights": [
        (
            lambda rewards, gamma: gamma ** torch.arange(len(rewards)) * future_not_yet_known(rewards, gamma),
            "runs forwards",
        ),
        (
            lambda rewards, gamma: (
                gamma ** torch.arange(len(rewards)) * stops_before_the_first(rewards, gamma)
            ),
            "`range` stops before its end",
        ),
        (
            lambda rewards, gamma: gamma ** torch.arange(len(rewards)) * scaled(backwards(rewards, gamma)),
            "standardised before γ^t",
        ),
    ],
    "reinforce_update": [
        (sample_by_sample(True, True, average), "one by one"),
        (sample_by_sample(True, True, sum), "one by one"),
        (sample_by_sample(True, True, last), "one by one"),
        (sample_by_sample(False, False, average), "add up"),
        (sample_by_sample(False, False, last), "add up"),
        (sample_by_sample(False, True, average), "step() stands in the loop"),
        (sample_by_sample(False, True, sum), "step() stands in the loop"),
        (sample_by_sample(False, True, last), "step() stands in the loop"),
        (walks_down_and_says_the_loss, "The number returned is right"),
    ],
}
