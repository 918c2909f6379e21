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


class Errors:
    """TD errors one at a time, as a class."""

    def __init__(self, gamma):
        self.gamma = gamma

    def step(self, reward, value, after):
        return reward + self.gamma * after - value


def td_class(rewards, values, gamma):
    errors = Errors(gamma)
    return torch.tensor(
        [
            errors.step(*step)
            for step in zip(rewards.tolist(), values.tolist(), values.tolist()[1:], strict=False)
        ]
    )


def td_matrix(rewards, values, gamma):
    """A band matrix with -1 and γ in each row."""
    steps = len(rewards)
    band = gamma * torch.eye(steps, steps + 1).roll(1, dims=1) - torch.eye(steps, steps + 1)
    return rewards + band @ values


def td_difference(rewards, values, gamma):
    """What the value rose by, less what the discount takes."""
    return rewards.numpy() + np.diff(values.numpy()) - (1 - gamma) * values.numpy()[1:]


def td_filled(rewards, values, gamma):
    found = torch.empty_like(values[:-1])
    for t, reward in enumerate(rewards):
        found[t] = reward + gamma * values[t + 1] - values[t]
    return found


def n_step_deque(rewards, values, gamma, n):
    """A window that slides backwards over the rewards."""
    steps, found = len(rewards), []
    rewards, values = rewards.tolist(), values.tolist()
    for t in range(steps):
        window = rewards[t : t + n]
        total = values[t + len(window)]
        while window:
            total = window.pop() + gamma * total
        found.append(total)
    return torch.tensor(found)


def n_step_cumsum(rewards, values, gamma, n):
    """Differences of discounted running sums, brought back by γ^-t."""
    steps = len(rewards)
    powers = gamma ** torch.arange(steps + 1, dtype=torch.float64)
    sums = torch.cat([torch.zeros(1, dtype=torch.float64), (powers[:-1] * rewards).cumsum(0)])
    t = torch.arange(steps)
    end = (t + n).clamp(max=steps)
    return (sums[end] - sums[t] + powers[end] * values[end]) / powers[t]


def n_step_self_call(rewards, values, gamma, n):
    def worth(t, left):
        if left == 0 or t == len(rewards):
            return values[t]
        return rewards[t] + gamma * worth(t + 1, left - 1)

    return torch.stack([worth(t, n) for t in range(len(rewards))])


def n_step_einsum(rewards, values, gamma, n):
    steps = len(rewards)
    t, k = torch.arange(steps)[:, None], torch.arange(steps)[None, :]
    weights = torch.where((k >= t) & (k < t + n), gamma ** (k - t).clamp(min=0).float(), 0.0)
    rest = torch.full((steps,), n).minimum(steps - torch.arange(steps))
    return (
        torch.einsum("tk,k->t", weights, rewards.float()) + gamma**rest * values[torch.arange(steps) + rest]
    )


def n_step_convolution(rewards, values, gamma, n):
    kernel = gamma ** np.arange(n)
    rewards, values, steps = rewards.numpy().astype(float), values.numpy(), len(rewards)
    sums = np.convolve(rewards[::-1], kernel)[:steps][::-1]
    ends = np.minimum(np.arange(steps) + n, steps)
    return np.array(sums + gamma ** (ends - np.arange(steps)) * values[ends])


def gae_self_call(rewards, values, gamma, lam):
    def advantage(t):
        if t == len(rewards):
            return torch.zeros(())
        return rewards[t] + gamma * values[t + 1] - values[t] + gamma * lam * advantage(t + 1)

    return torch.stack([advantage(t) for t in range(len(rewards))])


def gae_double_sum(rewards, values, gamma, lam):
    steps = len(rewards)
    error = [float(rewards[t] + gamma * values[t + 1] - values[t]) for t in range(steps)]
    return torch.tensor(
        [sum((gamma * lam) ** (k - t) * error[k] for k in range(t, steps)) for t in range(steps)]
    )


def gae_solve(rewards, values, gamma, lam):
    """Â - γλ Â' = δ as a system of equations."""
    steps = len(rewards)
    system = np.eye(steps) - gamma * lam * np.eye(steps, k=1)
    values = values.numpy()
    return np.linalg.solve(system, rewards.numpy() + gamma * values[1:] - values[:-1])


def gae_flipped(rewards, values, gamma, lam):
    errors = (rewards + gamma * values[1:] - values[:-1]).flip(0)
    total, found = torch.zeros(()), torch.empty_like(errors)
    for t, error in enumerate(errors):
        total = error + gamma * lam * total
        found[t] = total
    return found.flip(0)


def gae_in_place(rewards, values, gamma, lam):
    """Each error receives what comes after it."""
    found = (rewards + gamma * values[1:] - values[:-1]).clone()
    for t in range(len(found) - 2, -1, -1):
        found[t] += gamma * lam * found[t + 1]
    return found


def loss_loop(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    total = 0.0
    for log_prob, value, advantage, target, entropy in zip(
        log_probs, values, advantages.tolist(), targets.tolist(), entropies, strict=True
    ):
        total = total - log_prob * advantage + value_coef * (value - target) ** 2 - entropy_coef * entropy
    return total / len(log_probs)


def loss_double(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    log_probs, values, entropies = log_probs.double(), values.double(), entropies.double()
    advantages, targets = advantages.detach().double(), targets.detach().double()
    objective = (log_probs * advantages).mean() + entropy_coef * entropies.mean()
    return value_coef * (targets - values).pow(2).mean() - objective


def loss_norm(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    with torch.no_grad():
        weights, goals = 1.0 * advantages, 1.0 * targets
    critic = torch.linalg.vector_norm(values - goals) ** 2 / values.numel()
    return torch.mean(-log_probs * weights) + value_coef * critic - entropy_coef * entropies.mean(0)


def loss_stacked(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    parts = torch.stack([-log_probs * advantages.detach(), (values - targets.detach()) ** 2, -entropies])
    return parts.mean(1) @ torch.tensor([1.0, value_coef, entropy_coef])


def loss_expanded(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    advantages, targets = advantages.detach(), targets.detach()
    square = (values**2).mean() - 2 * (values * targets).mean() + (targets**2).mean()
    return (-log_probs * advantages - entropy_coef * entropies).mean() + value_coef * square


def bootstrap_list(next_values, terminated, truncated):
    rows = [
        [0.0 if over else value for value, over in zip(*row, strict=True)]
        for row in zip(next_values.tolist(), terminated.tolist(), strict=True)
    ]
    return torch.tensor(rows)


def bootstrap_three_cases(next_values, terminated, truncated):
    """Ended, cut, or neither: said one by one."""
    terminated, truncated = terminated.bool(), truncated.bool()
    worth = torch.zeros_like(next_values)
    worth[truncated & ~terminated] = next_values[truncated & ~terminated]
    worth[~truncated & ~terminated] = next_values[~truncated & ~terminated]
    return worth


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
        td_class,
        td_matrix,
        td_difference,
        td_filled,
        lambda rewards, values, gamma: torch.add(rewards, values[1:], alpha=gamma).sub(values[:-1]),
    ],
    "n_step_returns": [
        n_step_loop,
        n_step_by_td_errors,
        n_step_by_recursion,
        n_step_numpy,
        n_step_deque,
        n_step_cumsum,
        n_step_self_call,
        n_step_einsum,
        n_step_convolution,
    ],
    "gae": [
        gae_loop,
        gae_matrix,
        gae_by_n_steps,
        gae_by_lambda_return,
        gae_self_call,
        gae_double_sum,
        gae_solve,
        gae_flipped,
        gae_in_place,
    ],
    "actor_critic_loss": [
        loss_by_parts,
        loss_one_mean,
        loss_dot,
        loss_einsum,
        loss_loop,
        loss_double,
        loss_norm,
        loss_stacked,
        loss_expanded,
    ],
    "bootstrap_values": [
        bootstrap_loop,
        bootstrap_inplace,
        lambda next_values, terminated, truncated: torch.where(terminated, 0.0, next_values),
        lambda next_values, terminated, truncated: next_values * ~terminated,
        lambda next_values, terminated, truncated: next_values * (1 - terminated.float()),
        lambda next_values, terminated, truncated: next_values * ~terminated.bool(),
        lambda next_values, terminated, truncated: next_values.numpy() * (1 - terminated.numpy()),
        lambda next_values, terminated, truncated: next_values.masked_fill(terminated.bool(), 0.0).double(),
        bootstrap_list,
        bootstrap_three_cases,
        lambda next_values, terminated, truncated: np.where(
            terminated.numpy() != 0, 0.0, next_values.numpy()
        ),
        lambda next_values, terminated, truncated: torch.where(terminated == 0, next_values, 0.0),
        lambda next_values, terminated, truncated: next_values.index_put(
            (terminated.bool(),), torch.zeros(())
        ),
    ],
}
