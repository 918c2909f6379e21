"""Lesson 04: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def expected_score_loop(logits, weights):
    probs = torch.softmax(logits, 0)
    total = torch.zeros_like(probs)
    for action in range(len(logits)):
        score = -probs.clone()
        score[action] += 1.0
        total = total + probs[action] * weights[action] * score
    return total


def expected_score_autograd(logits, weights):
    logits = logits.clone().requires_grad_()
    (gradient,) = torch.autograd.grad((logits.log_softmax(0).exp() * weights).sum(), logits)
    return gradient


def expected_score_numpy(logits, weights):
    logits, weights = logits.numpy().astype(np.float64), weights.numpy()
    probs = np.exp(logits - logits.max())
    probs /= probs.sum()
    return (probs * weights) @ (np.eye(len(probs)) - probs)


def standard_error_loop(samples):
    answers = []
    for column in samples.T.tolist():
        mean = sum(column) / len(column)
        variance = sum((x - mean) ** 2 for x in column) / (len(column) - 1)
        answers.append((variance / len(column)) ** 0.5)
    return torch.tensor(answers)


def gradient_loop(scores, returns, baselines):
    total = np.zeros(scores.shape[1])
    for n in range(len(returns)):
        total += scores[n].numpy() * (returns[n].item() - baselines[n].item())
    return total / len(returns)


def others_loop(returns):
    n = len(returns)
    return np.array([sum(returns[j].item() for j in range(n) if j != i) / (n - 1) for i in range(n)])


def others_by_mask(returns):
    n = len(returns)
    others = 1 - torch.eye(n)
    return others @ returns / (n - 1)


def expected_score_by_covariance(logits, weights):
    """The matrix diag(pi) - pi pi^T times the weights."""
    probs = logits.double().softmax(0)
    return (torch.diag(probs) - torch.outer(probs, probs)) @ weights.double()


def expected_score_detached(logits, weights):
    leaf = logits.double().requires_grad_()
    log_pi = leaf.log_softmax(0)
    (log_pi.detach().exp() * weights * log_pi).sum().backward()
    return leaf.grad


def expected_score_by_pairs(logits, weights):
    """pi(a) sum_b pi(b) (w(a) - w(b))."""
    probs = logits.double().softmax(0)
    return probs * ((weights[:, None] - weights[None, :]).double() @ probs)


def expected_score_categorical(logits, weights):
    policy = torch.distributions.Categorical(logits=logits.double())
    total = torch.zeros(len(logits), dtype=torch.float64)
    for action in policy.enumerate_support().tolist():
        score = -policy.probs.clone()
        score[action] += 1
        total += policy.probs[action] * weights[action] * score
    return total


class Welford:
    """Mean and squared distances of a stream, one sample at a time."""

    def __init__(self, size):
        self.n, self.mean, self.squares = 0, np.zeros(size), np.zeros(size)

    def add(self, x):
        self.n += 1
        step = x - self.mean
        self.mean += step / self.n
        self.squares += step * (x - self.mean)


def standard_error_welford(samples):
    stream = Welford(samples.shape[1])
    for row in samples.double().numpy():
        stream.add(row)
    return np.sqrt(stream.squares / (stream.n - 1) / stream.n)


def standard_error_of_pairs(samples):
    """The variance from all differences between two samples, without a mean."""
    n, rows = len(samples), samples.double()
    return ((rows[:, None] - rows[None, :]).square().sum((0, 1)) / (2 * n * n * (n - 1))).sqrt()


def gradient_by_autograd(scores, returns, baselines):
    theta = torch.zeros(scores.shape[1], dtype=scores.dtype, requires_grad=True)
    return torch.autograd.grad((scores @ theta * (returns - baselines)).mean(), theta)[0]


def gradient_by_running_mean(scores, returns, baselines):
    mean = np.zeros(scores.shape[1])
    for n, (s, g, b) in enumerate(zip(scores.numpy(), returns.tolist(), baselines.tolist(), strict=True), 1):
        mean += (s * (g - b) - mean) / n
    return mean


def others_by_cumsum(returns):
    """What came before, and what comes after."""
    before = returns.double().cumsum(0) - returns
    after = returns.double().flip(0).cumsum(0).flip(0) - returns
    return (before + after) / (len(returns) - 1)


def others_by_recursion(returns, i=0):
    if i == len(returns):
        return np.zeros(0)
    rest = returns[:i].tolist() + returns[i + 1 :].tolist()
    return np.append([sum(rest) / len(rest)], others_by_recursion(returns, i + 1))


def others_by_rolling(returns):
    return torch.stack([returns.roll(k) for k in range(1, len(returns))]).mean(0)


def others_by_nan(returns):
    table = returns.repeat(len(returns), 1).double()
    return table.masked_fill(torch.eye(len(returns)).bool(), torch.nan).nanmean(1)


RIGHT = {
    "expected_score": [
        expected_score_loop,
        expected_score_autograd,
        expected_score_numpy,
        lambda logits, weights: logits.softmax(0) * (weights - logits.softmax(0) @ weights),
        lambda logits, weights: torch.einsum(
            "a,a,ap->p", logits.softmax(0), weights, torch.eye(len(logits)) - logits.softmax(0)
        ),
        lambda logits, weights: (
            logits.double().softmax(0) * weights
            - logits.double().softmax(0) * (logits.double().softmax(0) * weights).sum()
        ),
        expected_score_by_covariance,
        expected_score_detached,
        expected_score_by_pairs,
        expected_score_categorical,
        lambda logits, weights: torch.func.grad(lambda z: z.softmax(0) @ weights.double())(logits.double()),
    ],
    "standard_error": [
        standard_error_loop,
        lambda samples: samples.std(dim=0) / len(samples) ** 0.5,
        lambda samples: (samples.var(0) / samples.shape[0]).sqrt(),
        lambda samples: samples.numpy().std(axis=0, ddof=1) / np.sqrt(samples.shape[0]),
        lambda samples: samples.std(0, correction=0) / np.sqrt(len(samples) - 1),
        lambda samples: (
            torch.cov(samples.double().T).reshape(samples.shape[1], -1).diagonal().div(len(samples)).sqrt()
        ),
        lambda samples: (
            ((samples - samples.mean(0)).pow(2).sum(0) / (len(samples) * (len(samples) - 1))) ** 0.5
        ),
        standard_error_welford,
        standard_error_of_pairs,
        lambda samples: torch.std_mean(samples, dim=0)[0] * len(samples) ** -0.5,
        lambda samples: np.sqrt(np.var(samples.numpy(), axis=0, ddof=1) / len(samples)),
        lambda samples: (
            (samples.double().square().mean(0) - samples.double().mean(0).square()).clamp(min=0)
            / (len(samples) - 1)
        ).sqrt(),
    ],
    "baselined_gradient": [
        gradient_loop,
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: scores.T @ (returns - baselines) / len(returns),
        lambda scores, returns, baselines: torch.einsum("np,n->p", scores, returns - baselines).div(
            len(returns)
        ),
        lambda scores, returns, baselines: np.mean(
            scores.numpy() * (returns - baselines).numpy()[:, np.newaxis], axis=0
        ),
        lambda scores, returns, baselines: (
            (scores.double() * returns[:, None]).mean(0) - (scores.double() * baselines[:, None]).mean(0)
        ),
        gradient_by_autograd,
        gradient_by_running_mean,
        lambda scores, returns, baselines: torch.stack(
            [((returns - baselines) * column).mean() for column in scores.T]
        ),
        lambda scores, returns, baselines: (torch.diag(returns - baselines) @ scores).sum(0) / scores.size(0),
        lambda scores, returns, baselines: (
            np.dot((returns - baselines).numpy(), scores.numpy()) / len(scores)
        ),
    ],
    "leave_one_out": [
        others_loop,
        others_by_mask,
        lambda returns: (returns.sum() - returns) / (len(returns) - 1),
        lambda returns: np.array([np.delete(returns.numpy(), i).mean() for i in range(len(returns))]),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]).mean() for i in range(len(returns))]
        ),
        lambda returns: (len(returns) * returns.double().mean() - returns) / (len(returns) - 1),
        lambda returns: returns - len(returns) / (len(returns) - 1) * (returns - returns.mean()),
        others_by_cumsum,
        others_by_recursion,
        others_by_rolling,
        others_by_nan,
        lambda returns: (
            torch.einsum("ij,j->i", 1 - torch.eye(len(returns)).double(), returns.double())
            / (len(returns) - 1)
        ),
    ],
}
