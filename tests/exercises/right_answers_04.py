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
    ],
}
