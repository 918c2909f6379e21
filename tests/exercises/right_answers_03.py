"""Lesson 03: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def score_by_autograd(logits, action):
    leaf = logits.clone().requires_grad_()
    return torch.autograd.grad(torch.log_softmax(leaf, 0)[action], leaf)[0]


def score_in_place(logits, action):
    score = -torch.softmax(logits, dim=0)
    score[action] += 1
    return score


def score_numpy(logits, action):
    shifted = logits.numpy() - logits.numpy().max()
    return (np.arange(len(logits)) == action) - np.exp(shifted) / np.exp(shifted).sum()


def score_loop(logits, action):
    probs = logits.double().softmax(0)
    return torch.stack([(1.0 if a == action else 0.0) - probs[a] for a in range(len(logits))])


def log_prob_loop(mdp, logits, states, actions):
    total = torch.log(mdp.start[states[0]])
    for t in range(len(actions)):
        s, a, following = states[t], actions[t], states[t + 1]
        total = total + torch.log_softmax(logits[s], dim=0)[a]
        total = total + torch.log(mdp.transition[s, a, following])
    return total


def log_of_the_product(mdp, logits, states, actions):
    probability = mdp.start[states[0]].item()
    for s, a, following in zip(states[:-1].tolist(), actions.tolist(), states[1:].tolist(), strict=True):
        probability *= logits.double().softmax(1)[s, a].item() * mdp.transition[s, a, following].item()
    return np.log(probability)


def log_prob_numpy(mdp, logits, states, actions):
    s, a = states.numpy(), actions.numpy()
    table = logits.numpy().astype(np.float64)
    log_pi = table - np.log(np.exp(table).sum(1, keepdims=True))
    return (
        np.log(mdp.start.numpy()[s[0]])
        + log_pi[s[:-1], a].sum()
        + np.log(mdp.transition.numpy()[s[:-1], a, s[1:]]).sum()
    )


def log_prob_categorical(mdp, logits, states, actions):
    policy = torch.distributions.Categorical(logits=logits[states[:-1]])
    world = torch.distributions.Categorical(probs=mdp.transition[states[:-1], actions])
    start = torch.distributions.Categorical(probs=mdp.start)
    return (policy.log_prob(actions) + world.log_prob(states[1:])).sum() + start.log_prob(states[0])


def differences_loop(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(len(theta)):
        up, down = theta.clone(), theta.clone()
        up[p] += eps
        down[p] -= eps
        gradient[p] = (f(up) - f(down)) / (2 * eps)
    return gradient


def differences_list(f, theta, eps):
    steps = torch.eye(len(theta), dtype=theta.dtype) * eps
    return torch.tensor([(float(f(theta + step)) - float(f(theta - step))) / (2 * eps) for step in steps])


def differences_halves(f, theta, eps):
    """Mean of the forward and the backward difference."""
    middle = float(f(theta))
    found = np.empty(len(theta))
    for p in range(len(theta)):
        step = torch.zeros_like(theta)
        step[p] = eps
        found[p] = 0.5 * ((float(f(theta + step)) - middle) / eps + (middle - float(f(theta - step))) / eps)
    return found


def differences_put_back(f, theta, eps):
    """Moves theta itself, and puts back what was there."""
    found = torch.zeros(len(theta))
    for p in range(len(theta)):
        kept = theta[p].item()
        theta[p] = kept + eps
        above = float(f(theta))
        theta[p] = kept - eps
        below = float(f(theta))
        theta[p] = kept
        found[p] = (above - below) / (2 * eps)
    return found


def differences_stacked(f, theta, eps):
    points = torch.cat([theta + eps * torch.eye(len(theta)), theta - eps * torch.eye(len(theta))])
    values = torch.as_tensor([float(f(point)) for point in points])
    return (values[: len(theta)] - values[len(theta) :]) / (2 * eps)


def elite_sorted(returns, fraction):
    ordered = sorted(returns.tolist())
    position = (1 - fraction) * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    threshold = ordered[below] + (position - below) * (ordered[above] - ordered[below])
    return torch.tensor([r >= threshold for r in returns.tolist()])


def gradient_loop(scores, returns):
    total = torch.zeros(scores.shape[1])
    for score, value in zip(scores, returns, strict=True):
        total += score * value
    return total / len(returns)


def differences_moved_and_back(f, theta, eps):
    slopes = np.zeros(len(theta))
    for p in range(len(theta)):
        theta[p] += eps
        above = float(f(theta))
        theta[p] -= 2 * eps
        slopes[p] = (above - float(f(theta))) / (2 * eps)
        theta[p] += eps
    return slopes


RIGHT = {
    "softmax_score": [
        lambda logits, action: (
            torch.nn.functional.one_hot(torch.tensor(action), len(logits)) - torch.softmax(logits, dim=0)
        ),
        lambda logits, action: torch.eye(len(logits))[action] - logits.log_softmax(0).exp(),
        score_by_autograd,
        score_in_place,
        score_numpy,
        score_loop,
        lambda logits, action: torch.func.grad(lambda z: z[action] - z.logsumexp(0))(logits.double()),
    ],
    "trajectory_log_prob": [
        log_prob_loop,
        log_of_the_product,
        log_prob_numpy,
        log_prob_categorical,
        lambda mdp, logits, states, actions: (
            -(
                torch.nn.functional.cross_entropy(logits[states[:-1]].double(), actions, reduction="sum")
                - mdp.transition[states[:-1], actions, states[1:]].log().sum()
                - mdp.start[states[0]].log()
            )
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + (logits.softmax(1)[states[:-1], actions] * mdp.transition[states[:-1], actions, states[1:]])
            .log()
            .sum()
        ),
    ],
    "finite_difference_gradient": [
        differences_loop,
        differences_list,
        differences_halves,
        differences_put_back,
        differences_stacked,
        differences_moved_and_back,
    ],
    "elite_mask": [
        lambda returns, fraction: returns >= torch.quantile(returns, 1 - fraction),
        lambda returns, fraction: returns.numpy() >= np.quantile(returns.numpy(), 1 - fraction),
        lambda returns, fraction: returns.numpy() >= np.percentile(returns.numpy(), 100 * (1 - fraction)),
        lambda returns, fraction: (returns >= returns.quantile(1 - fraction)).int(),
        lambda returns, fraction: torch.where(returns < returns.quantile(1 - fraction), 0.0, 1.0),
        elite_sorted,
        # At or above the upper neighbour, or the middle, is at or above any threshold between two neighbours.
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="higher"),
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="midpoint"),
        lambda returns, fraction: ~(returns.double() < torch.quantile(returns.double(), 1 - fraction)),
    ],
    "score_function_gradient": [
        lambda scores, returns: (scores * returns[:, None]).mean(dim=0),
        lambda scores, returns: scores.T @ returns / len(returns),
        lambda scores, returns: returns @ scores / scores.shape[0],
        lambda scores, returns: torch.einsum("np,n->p", scores, returns) / len(returns),
        lambda scores, returns: np.mean(scores.numpy() * returns.numpy().reshape(-1, 1), axis=0),
        lambda scores, returns: (scores.T * returns).mean(1),
        gradient_loop,
    ],
}
