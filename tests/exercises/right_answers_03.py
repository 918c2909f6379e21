"""Lesson 03: right answers in other styles, which the checks must accept."""

import math

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


class Softmax:
    """A small class, as someone who comes from another library writes it."""

    def __init__(self, logits):
        self.log_probs = logits - logits.logsumexp(0)

    def score(self, action):
        hot = torch.zeros_like(self.log_probs).index_fill(0, torch.tensor(action), 1.0)
        return hot - self.log_probs.exp()


def score_through_categorical(logits, action):
    leaf = logits.double().requires_grad_()
    torch.distributions.Categorical(logits=leaf).log_prob(torch.tensor(action)).backward()
    return leaf.grad


def score_from_pairs_of_logits(logits, action):
    """pi(b) = 1 / sum_c exp(z_c - z_b), without a softmax."""
    table = logits.double()
    probs = 1 / torch.exp(table[None, :] - table[:, None]).sum(1)
    return (torch.arange(len(logits)) == action).double() - probs


def log_prob_by_recursion(mdp, logits, states, actions):
    if len(actions) == 0:
        return mdp.start[states[0]].log()
    log_pi = logits[states[-2]].double() - logits[states[-2]].double().logsumexp(0)
    step = log_pi[actions[-1]] + mdp.transition[states[-2], actions[-1], states[-1]].log()
    return step + log_prob_by_recursion(mdp, logits, states[:-1], actions[:-1])


def log_prob_by_onehots(mdp, logits, states, actions):
    before = torch.nn.functional.one_hot(states[:-1], mdp.n_states).double()
    after = torch.nn.functional.one_hot(states[1:], mdp.n_states).double()
    taken = torch.nn.functional.one_hot(actions, mdp.n_actions).double()
    chosen = torch.einsum("ts,ta,sa->t", before, taken, logits.double().softmax(1))
    moved = torch.einsum("ts,ta,tz,saz->t", before, taken, after, mdp.transition)
    return (mdp.start @ before[0]).log() + (chosen * moved).log().sum()


def differences_by_recursion(f, theta, eps, p=0):
    if p == len(theta):
        return np.zeros(0)
    step = eps * torch.nn.functional.one_hot(torch.tensor(p), len(theta)).to(theta.dtype)
    slope = (float(f(theta + step)) - float(f(theta - step))) / (eps + eps)
    return np.concatenate([[slope], differences_by_recursion(f, theta, eps, p + 1)])


def differences_in_numpy(f, theta, eps):
    slopes = []
    for p in range(theta.shape[0]):
        up, down = theta.numpy().copy(), theta.numpy().copy()
        up[p], down[p] = up[p] + eps, down[p] - eps
        slopes.append(float(f(torch.from_numpy(up))) - float(f(torch.from_numpy(down))))
    return np.array(slopes) / 2 / eps


def differences_mapped(f, theta, eps):
    central = lambda step: (float(f(theta + step)) - float(f(theta - step))) * 0.5 / eps  # noqa: E731
    return torch.tensor(list(map(central, torch.diag(torch.full_like(theta, eps)))))


def differences_by_index(f, theta, eps):
    place = torch.arange(len(theta))
    values = [
        [float(f(torch.where(place == p, theta + sign * eps, theta))) for sign in (1, -1)] for p in place
    ]
    return -torch.tensor(values, dtype=torch.float64).diff(dim=1)[:, 0] / (2 * eps)


def differences_as_an_object(f, theta, eps):
    class Probe:
        def at(self, p, shift):
            moved = theta.clone()
            moved[p] = moved[p] + shift
            return float(f(moved))

    probe = Probe()
    return torch.tensor([(probe.at(p, eps) - probe.at(p, -eps)) / eps / 2 for p in range(theta.numel())])


def elite_by_counting(returns, fraction):
    """At or above the quantile is to have at most floor(fraction (N - 1)) returns above."""
    values = returns.double()
    above = (values[None, :] > values[:, None]).sum(1)
    return above <= math.floor(round(fraction * (len(values) - 1), 9))


def elite_by_weights(returns, fraction):
    ordered = np.sort(returns.numpy().astype(np.float64))
    threshold = np.interp((1 - fraction) * (len(ordered) - 1), np.arange(len(ordered)), ordered)
    return returns.numpy() >= threshold - 1e-12


def elite_of_the_negative(returns, fraction):
    return -returns.double() <= torch.quantile(-returns.double(), fraction)


def gradient_by_running_mean(scores, returns):
    mean = torch.zeros(scores.shape[1], dtype=torch.float64)
    for n, (score, value) in enumerate(zip(scores, returns, strict=True), start=1):
        mean += (score * value - mean) / n
    return mean


def gradient_by_autograd(scores, returns):
    """The slope of the mean of (theta · score) times return."""
    theta = torch.zeros(scores.shape[1], dtype=scores.dtype, requires_grad=True)
    ((scores @ theta) * returns).mean().backward()
    return theta.grad


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
        lambda logits, action: Softmax(logits).score(action),
        score_through_categorical,
        score_from_pairs_of_logits,
        lambda logits, action: torch.func.jacrev(lambda z: z.log_softmax(0))(logits.double())[action],
        lambda logits, action: np.eye(len(logits))[action] - logits.double().softmax(-1).numpy(),
    ],
    "trajectory_log_prob": [
        log_prob_loop,
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
        log_prob_by_recursion,
        log_prob_by_onehots,
        lambda mdp, logits, states, actions: (
            mdp.start.log()[states[0]]
            + (logits.log_softmax(1)[:, :, None] + mdp.transition.log())[
                states[:-1], actions, states[1:]
            ].sum()
        ),
        lambda mdp, logits, states, actions: (
            torch.cat(
                [
                    mdp.start[states[:1]],
                    logits.double().softmax(1)[states[:-1]].gather(1, actions[:, None])[:, 0],
                    mdp.transition[states[:-1], actions].gather(1, states[1:, None])[:, 0],
                ]
            )
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
        differences_by_recursion,
        differences_in_numpy,
        differences_mapped,
        differences_by_index,
        differences_as_an_object,
    ],
    "elite_mask": [
        lambda returns, fraction: returns >= torch.quantile(returns, 1 - fraction),
        lambda returns, fraction: returns.numpy() >= np.quantile(returns.numpy(), 1 - fraction),
        lambda returns, fraction: returns.numpy() >= np.percentile(returns.numpy(), 100 * (1 - fraction)),
        elite_sorted,
        # At or above the upper neighbour, or the middle, is at or above any threshold between two neighbours.
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="higher"),
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="midpoint"),
        lambda returns, fraction: ~(returns.double() < torch.quantile(returns.double(), 1 - fraction)),
        elite_by_counting,
        elite_by_weights,
        elite_of_the_negative,
        lambda returns, fraction: torch.ge(returns, torch.nanquantile(returns, 1.0 - fraction)),
        lambda returns, fraction: np.array(
            [r >= np.quantile(returns.numpy(), 1 - fraction) for r in returns.numpy()]
        ),
    ],
    "score_function_gradient": [
        lambda scores, returns: (scores * returns[:, None]).mean(dim=0),
        lambda scores, returns: scores.T @ returns / len(returns),
        lambda scores, returns: returns @ scores / scores.shape[0],
        lambda scores, returns: torch.einsum("np,n->p", scores, returns) / len(returns),
        lambda scores, returns: np.mean(scores.numpy() * returns.numpy().reshape(-1, 1), axis=0),
        lambda scores, returns: (scores.T * returns).mean(1),
        gradient_loop,
        gradient_by_running_mean,
        gradient_by_autograd,
        lambda scores, returns: (torch.diag(returns) @ scores).mean(0),
        lambda scores, returns: np.average(scores.numpy() * returns.numpy()[:, None], axis=0),
        lambda scores, returns: torch.stack([(column * returns).mean() for column in scores.unbind(1)]),
        lambda scores, returns: (scores * returns[:, None]).cumsum(0)[-1] / scores.size(0),
    ],
}
