"""Lesson 05: right answers in other styles, which the checks must accept."""

import numpy as np
import torch
import torch.nn.functional as F


def to_go_loop(rewards, gamma):
    weights, running = [], 0.0
    for reward in reversed(rewards.tolist()):
        running = reward + gamma * running
        weights.append(running)
    return torch.tensor(weights[::-1])


def to_go_double_sum(rewards, gamma):
    steps = range(len(rewards))
    return np.array([sum(gamma ** (k - t) * rewards[k].item() for k in steps[t:]) for t in steps])


def to_go_matrix(rewards, gamma):
    steps = torch.arange(len(rewards))
    distance = (steps - steps[:, None]).clamp(min=0)
    table = torch.triu(gamma ** distance.to(torch.float64))
    return table @ rewards.to(torch.float64)


def to_go_in_place(rewards, gamma):
    weights = rewards.clone().float()
    for t in range(len(rewards) - 2, -1, -1):
        weights[t] += gamma * weights[t + 1]
    return weights


def to_go_recursive(rewards, gamma):
    if len(rewards) == 1:
        return rewards.float()
    rest = to_go_recursive(rewards[1:], gamma)
    return torch.cat([rewards[:1] + gamma * rest[:1], rest])


def discounted_flip(rewards, gamma):
    powers = gamma ** torch.arange(len(rewards))
    return (powers * rewards).flip(0).cumsum(0).flip(0)


def discounted_numpy(rewards, gamma):
    terms = rewards.numpy() * float(gamma) ** np.arange(len(rewards))
    return np.cumsum(terms[::-1])[::-1]


def discounted_loop(rewards, gamma):
    returns = to_go_loop(rewards, gamma)
    return torch.stack([gamma**t * returns[t] for t in range(len(rewards))])


def update_by_hand(policy, optimizer, obs, actions, weights):
    loss = -(policy.log_prob(obs, actions) * weights).mean()
    for parameter in policy.parameters():
        parameter.grad = None
    gradients = torch.autograd.grad(loss, list(policy.parameters()))
    for parameter, gradient in zip(policy.parameters(), gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(loss.detach())


def update_zeroing_late(policy, optimizer, obs, actions, weights):
    loss = -torch.dot(policy.log_prob(obs, actions), weights.to(torch.float64)) / len(weights)
    policy.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach()


def update_with_distribution(policy, optimizer, obs, actions, weights):
    log_probs = policy.distribution(obs).log_prob(actions)
    loss = -(log_probs * weights.detach()).mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss.item()


def update_adding_up(policy, optimizer, obs, actions, weights):
    optimizer.zero_grad()
    total = 0.0
    for b in range(len(weights)):
        part = -policy.log_prob(obs[b : b + 1], actions[b : b + 1])[0] * weights[b] / len(weights)
        part.backward()
        total += part.item()
    optimizer.step()
    return total


def cloning_loop(logits, actions):
    losses = []
    for row, action in zip(logits, actions, strict=True):
        losses.append(torch.logsumexp(row, 0) - row[action])
    return torch.stack(losses).mean()


RIGHT = {
    "rewards_to_go": [
        to_go_loop,
        to_go_double_sum,
        to_go_matrix,
        to_go_in_place,
        to_go_recursive,
    ],
    "discounted_weights": [
        discounted_flip,
        discounted_numpy,
        discounted_loop,
        lambda rewards, gamma: gamma ** torch.arange(len(rewards)) * to_go_matrix(rewards, gamma),
    ],
    "policy_gradient_loss": [
        lambda log_probs, weights: -(log_probs * weights.detach()).mean(),
        lambda log_probs, weights: (-log_probs * weights.detach()).sum() / len(weights),
        lambda log_probs, weights: torch.mean(-weights.data * log_probs),
        lambda log_probs, weights: -torch.dot(log_probs, weights.detach()) / log_probs.shape[0],
        lambda log_probs, weights: -(log_probs.double() @ weights.detach().double()) / len(log_probs),
        lambda log_probs, weights: torch.stack(
            [-one * other.item() for one, other in zip(log_probs, weights, strict=True)]
        ).mean(),
    ],
    "reinforce_update": [
        update_by_hand,
        update_zeroing_late,
        update_with_distribution,
        update_adding_up,
    ],
    "behaviour_cloning_loss": [
        cloning_loop,
        F.cross_entropy,
        lambda logits, actions: F.nll_loss(logits.log_softmax(1), actions),
        lambda logits, actions: -logits.log_softmax(1)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -(F.one_hot(actions, logits.shape[1]) * logits.log_softmax(1)).sum(1).mean(),
        lambda logits, actions: -torch.distributions.Categorical(logits=logits).log_prob(actions).mean(),
    ],
}
