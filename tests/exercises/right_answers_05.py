"""Lesson 05: right answers in other styles, which the checks must accept."""

import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F

from helpers import policy_gradient_loss, rewards_to_go


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


def to_go_einsum(rewards, gamma):
    step = np.arange(len(rewards))
    table = np.where(step >= step[:, None], float(gamma) ** np.maximum(step - step[:, None], 0), 0.0)
    return np.einsum("tk,k->t", table, np.asarray(rewards, dtype=np.float64))


def to_go_convolution(rewards, gamma):
    kernel = float(gamma) ** np.arange(len(rewards))
    return np.convolve(rewards.numpy()[::-1], kernel)[: len(rewards)][::-1].copy()


def to_go_accumulate(rewards, gamma):
    backwards = itertools.accumulate(rewards.double().flip(0), lambda rest, reward: reward + gamma * rest)
    return torch.stack(list(backwards)).flip(0)


def to_go_doubling(rewards, gamma):
    returns, reach = rewards.clone().double(), 1
    while reach < len(returns):
        returns = returns + gamma**reach * torch.cat([returns[reach:], returns.new_zeros(reach)])
        reach *= 2
    return returns


class ToGo:
    """Keeps the running return between calls of `add`."""

    def __init__(self, gamma):
        self.gamma, self.rest = gamma, 0.0

    def add(self, reward):
        self.rest = reward + self.gamma * self.rest
        return self.rest


def to_go_in_a_class(rewards, gamma):
    returns = ToGo(float(gamma))
    return np.array([returns.add(float(reward)) for reward in reversed(rewards)])[::-1]


def discounted_subtracting(rewards, gamma):
    terms = rewards.double() * torch.tensor([gamma**t for t in range(len(rewards))], dtype=torch.float64)
    return terms.sum() - terms.cumsum(0) + terms


def discounted_running(rewards, gamma):
    weights, power = rewards_to_go(rewards, gamma).clone().double(), 1.0
    for t in range(len(weights)):
        weights[t] *= power
        power *= gamma
    return weights


def discounted_recursive(rewards, gamma):
    if len(rewards) == 0:
        return np.zeros(0)
    rest = gamma * discounted_recursive(rewards[1:], gamma)
    return np.append(float(rewards[0]) + (rest[0] if len(rest) else 0.0), rest)


def discounted_suffixes(rewards, gamma):
    terms = [float(gamma) ** t * reward for t, reward in enumerate(rewards.tolist())]
    return torch.tensor([math.fsum(terms[t:]) for t in range(len(terms))], dtype=torch.float64)


def discounted_cumprod(rewards, gamma):
    powers = torch.cat([torch.ones(1), torch.full((len(rewards) - 1,), float(gamma))]).double().cumprod(0)
    return powers * torch.from_numpy(to_go_einsum(rewards, gamma))


class Surrogate(torch.nn.Module):
    """The loss as a module."""

    def forward(self, log_probs, weights):
        with torch.no_grad():
            shares = -weights / len(weights)
        return torch.einsum("b,b->", log_probs, shares.to(log_probs.dtype))


def update_with_module_gradients(policy, optimizer, obs, actions, weights):
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                parameter.grad.zero_()
    loss = torch.mean(policy.log_prob(obs, actions).neg() * weights)
    loss.backward()
    optimizer.step()
    return np.float64(loss.item())


def update_with_closure(policy, optimizer, obs, actions, weights):
    def closure():
        optimizer.zero_grad()
        loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


def update_uphill(policy, optimizer, obs, actions, weights):
    objective = (policy.log_prob(obs, actions) * weights).mean()
    optimizer.zero_grad()
    (-objective).backward()
    optimizer.step()
    return -objective.item()


def update_zeroing_first(policy, optimizer, obs, actions, weights):
    optimizer.zero_grad()
    policy.zero_grad(set_to_none=False)
    loss = policy_gradient_loss(policy.log_prob(obs, actions), weights)
    value = loss.detach().clone().numpy()
    loss.backward()
    optimizer.step()
    return value


def update_with_given_gradient(policy, optimizer, obs, actions, weights):
    log_probs = policy.log_prob(obs, actions)
    optimizer.zero_grad()
    log_probs.backward(gradient=(-weights / len(weights)).to(log_probs.dtype))
    optimizer.step()
    return -(log_probs.detach() @ weights.to(log_probs.dtype)).item() / len(weights)


def cloning_by_hand(logits, actions):
    top = logits.max(dim=1, keepdim=True).values
    log_normaliser = top[:, 0] + (logits - top).exp().sum(1).log()
    return (log_normaliser - logits.gather(1, actions[:, None])[:, 0]).sum() / logits.shape[0]


def cloning_einsum(logits, actions):
    mask = (torch.arange(logits.shape[1]) == actions[:, None]).to(logits.dtype)
    return -torch.einsum("ba,ba->", mask, F.log_softmax(logits, dim=-1)) / len(logits)


def cloning_by_differences(logits, actions):
    own = torch.take_along_dim(logits, actions.unsqueeze(1), dim=1)
    return torch.logsumexp(logits - own, dim=1).mean()


RIGHT = {
    "rewards_to_go": [
        to_go_loop,
        to_go_double_sum,
        to_go_matrix,
        to_go_in_place,
        to_go_recursive,
        to_go_einsum,
        to_go_convolution,
        to_go_accumulate,
        to_go_doubling,
        to_go_in_a_class,
    ],
    "discounted_weights": [
        discounted_flip,
        discounted_numpy,
        discounted_loop,
        lambda rewards, gamma: gamma ** torch.arange(len(rewards)) * to_go_matrix(rewards, gamma),
        discounted_subtracting,
        discounted_running,
        discounted_recursive,
        discounted_suffixes,
        discounted_cumprod,
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
        Surrogate(),
        lambda log_probs, weights: (log_probs * weights.detach()).mean().mul(-1),
        lambda log_probs, weights: (
            sum(-lp * float(w) for lp, w in zip(log_probs, weights.detach(), strict=True)) / len(weights)
        ),
        lambda log_probs, weights: -torch.inner(log_probs, weights.detach()) / weights.numel(),
        lambda log_probs, weights: (-log_probs * torch.tensor(weights.tolist())).mean(),
    ],
    "reinforce_update": [
        update_by_hand,
        update_zeroing_late,
        update_with_distribution,
        update_adding_up,
        update_with_module_gradients,
        update_with_closure,
        update_uphill,
        update_zeroing_first,
        update_with_given_gradient,
    ],
    "behaviour_cloning_loss": [
        cloning_loop,
        F.cross_entropy,
        lambda logits, actions: F.nll_loss(logits.log_softmax(1), actions),
        lambda logits, actions: -logits.log_softmax(1)[torch.arange(len(actions)), actions].mean(),
        lambda logits, actions: -(F.one_hot(actions, logits.shape[1]) * logits.log_softmax(1)).sum(1).mean(),
        lambda logits, actions: -torch.distributions.Categorical(logits=logits).log_prob(actions).mean(),
        cloning_by_hand,
        cloning_einsum,
        cloning_by_differences,
        torch.nn.CrossEntropyLoss(),
        lambda logits, actions: F.cross_entropy(logits, F.one_hot(actions, logits.shape[1]).to(logits.dtype)),
        lambda logits, actions: -torch.log_softmax(logits.double(), 1).gather(1, actions[:, None]).mean(),
    ],
}
