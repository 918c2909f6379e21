"""Lesson 07: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def td_loop(rewards, values, gamma):
    return torch.tensor(
        [float(rewards[t]) + gamma * float(values[t + 1]) - float(values[t]) for t in range(len(rewards))]
    )


def td_numpy(rewards, values, gamma):
    rewards, values = rewards.numpy().astype(np.float64), values.numpy()
    return rewards + gamma * values[1:] - values[:-1]


def n_step_loop(rewards, values, gamma, n):
    steps, found = len(rewards), []
    for t in range(steps):
        end = min(t + n, steps)
        total = values[end].double()
        for k in reversed(range(t, end)):
            total = rewards[k].double() + gamma * total
        found.append(total)
    return torch.stack(found)


def n_step_by_td_errors(rewards, values, gamma, n):
    """v̂(S_t) plus the discounted TD errors of the next n steps."""
    errors = (rewards + gamma * values[1:] - values[:-1]).double()
    t = torch.arange(len(rewards))
    ahead = (t[None, :] - t[:, None]).double()
    weights = torch.where((ahead >= 0) & (ahead < n), gamma ** ahead.clamp(min=0), 0.0)
    return values[:-1].double() + weights @ errors


def n_step_by_recursion(rewards, values, gamma, n):
    """The return of one step more is a reward and the discounted return of one step less."""
    if n == 0:
        return values[:-1] + 0.0
    later = values[1:].clone()
    for _ in range(n - 1):
        later = torch.cat([(rewards + gamma * later)[1:], values[-1:]])
    return rewards + gamma * later


def n_step_numpy(rewards, values, gamma, n):
    rewards, values, steps = rewards.numpy(), values.numpy(), len(rewards)
    padded = np.concatenate([rewards, np.zeros(n)])
    found = np.zeros(steps)
    for k in range(n):
        found += gamma**k * padded[k : k + steps]
    rest = np.minimum(n, steps - np.arange(steps))
    return found + gamma**rest * values[np.arange(steps) + rest]


def gae_loop(rewards, values, gamma, lam):
    total, found = 0.0, torch.zeros(len(rewards), dtype=torch.float64)
    for t in reversed(range(len(rewards))):
        total = float(rewards[t]) + gamma * float(values[t + 1]) - float(values[t]) + gamma * lam * total
        found[t] = total
    return found


def gae_matrix(rewards, values, gamma, lam):
    errors = rewards + gamma * values[1:] - values[:-1]
    t = torch.arange(len(rewards), dtype=torch.float64)
    ahead = t[None, :] - t[:, None]
    return torch.where(ahead >= 0, (gamma * lam) ** ahead.clamp(min=0), 0.0) @ errors.double()


def gae_by_n_steps(rewards, values, gamma, lam):
    """The weighted mean of all n-step advantages; the last weight takes what is left."""
    longest = len(rewards)
    weights = [(1 - lam) * lam ** (n - 1) for n in range(1, longest)] + [lam ** (longest - 1)]
    found = torch.zeros(longest, dtype=torch.float64)
    for n, weight in enumerate(weights, start=1):
        found += weight * n_step_loop(rewards, values, gamma, n)
    return found - values[:-1]


def gae_by_lambda_return(rewards, values, gamma, lam):
    """G_t = R + γ ((1 - λ) v̂' + λ G_{t+1}), less the value."""
    later, found = values[-1], []
    for t in reversed(range(len(rewards))):
        later = rewards[t] + gamma * ((1 - lam) * values[t + 1] + lam * later)
        found.insert(0, later - values[t])
    return torch.stack(found)


def loss_by_parts(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    with torch.no_grad():
        weights, goals = advantages.clone(), targets.clone()
    actor = -torch.mean(weights * log_probs)
    critic = torch.nn.functional.mse_loss(values, goals)
    return actor + value_coef * critic - entropy_coef * torch.mean(entropies)


def loss_one_mean(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    errors = values - targets.detach()
    terms = -log_probs * advantages.detach() + value_coef * errors**2 - entropy_coef * entropies
    return terms.sum() / len(terms)


def loss_dot(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    n, errors = len(values), (values - targets.data).double()
    actor = -(log_probs.double() @ advantages.data.double()) / n
    return actor + value_coef * (errors @ errors) / n - entropy_coef * entropies.double().sum() / n


def loss_einsum(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    n, errors = len(values), targets.detach() - values
    actor = torch.einsum("b,b->", log_probs, advantages.detach()) / n
    return value_coef * torch.einsum("b,b->", errors, errors) / n - actor - entropy_coef * entropies.mean()


def bootstrap_loop(next_values, terminated, truncated):
    found = next_values.clone()
    for t in range(found.shape[0]):
        for n in range(found.shape[1]):
            if terminated[t, n]:
                found[t, n] = 0.0
    return found


def bootstrap_inplace(next_values, terminated, truncated):
    found = next_values.clone()
    found[terminated.bool()] = 0
    return found


RIGHT = {
    "td_errors": [
        td_loop,
        td_numpy,
        lambda rewards, values, gamma: rewards - values[:-1] + gamma * values[1:],
        lambda rewards, values, gamma: rewards.double() + gamma * values[1:].double() - values[:-1].double(),
        lambda rewards, values, gamma: torch.stack(
            [r + gamma * after - v for r, v, after in zip(rewards, values, values[1:], strict=False)]
        ),
        lambda rewards, values, gamma: rewards + values.unfold(0, 2, 1) @ torch.tensor([-1.0, gamma]),
    ],
    "n_step_returns": [n_step_loop, n_step_by_td_errors, n_step_by_recursion, n_step_numpy],
    "gae": [gae_loop, gae_matrix, gae_by_n_steps, gae_by_lambda_return],
    "actor_critic_loss": [loss_by_parts, loss_one_mean, loss_dot, loss_einsum],
    "bootstrap_values": [
        bootstrap_loop,
        bootstrap_inplace,
        lambda next_values, terminated, truncated: torch.where(terminated, 0.0, next_values),
        lambda next_values, terminated, truncated: next_values * ~terminated,
        lambda next_values, terminated, truncated: next_values * (1 - terminated.float()),
        lambda next_values, terminated, truncated: next_values * ~terminated.bool(),
        lambda next_values, terminated, truncated: next_values.numpy() * (1 - terminated.numpy()),
        lambda next_values, terminated, truncated: next_values.masked_fill(terminated.bool(), 0.0).double(),
    ],
}
