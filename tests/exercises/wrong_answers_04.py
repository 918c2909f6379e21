"""Lesson 04: what a hurried student types from the exercise's text alone; each is wrong on some input the text promises."""

import numpy as np
import torch


def expected_by_autograd_of_everything(logits, weights):
    leaf = logits.clone().requires_grad_()
    (leaf.softmax(0) * weights * leaf.log_softmax(0)).sum().backward()
    return leaf.grad


def expected_by_autograd_without_probs(logits, weights):
    leaf = logits.clone().requires_grad_()
    (weights * leaf.log_softmax(0)).sum().backward()
    return leaf.grad


def expected_by_autograd_of_the_logits(logits, weights):
    leaf = logits.clone().requires_grad_()
    (leaf.softmax(0).detach() * weights * leaf).sum().backward()
    return leaf.grad


def expected_by_exponentials(logits, weights):
    probs = logits.exp() / logits.exp().sum()
    return probs * (weights - probs @ weights)


def expected_of_the_last_action(logits, weights):
    probs = logits.softmax(0)
    for a in range(len(logits)):
        total = probs[a] * weights[a] * (torch.eye(len(logits))[a] - probs)
    return total


def expected_of_a_sample(logits, weights):
    probs = logits.double().softmax(0)
    a = probs.multinomial(1, generator=torch.Generator().manual_seed(0)).item()
    return weights[a] * (torch.eye(len(logits))[a] - probs)


def others_in_place(returns):
    total = returns.sum()
    for i in range(len(returns)):
        returns[i] = (total - returns[i]) / (len(returns) - 1)
    return returns


def others_running_total(returns):
    baselines = returns.clone()
    for i in range(len(returns)):
        baselines[i] = (baselines.sum() - baselines[i]) / (len(returns) - 1)
    return baselines


def others_neighbours_too(returns):
    return torch.stack([torch.cat([returns[:i], returns[i + 2 :]]).mean() for i in range(len(returns))])


def others_before(returns):
    return torch.cat([torch.zeros(1), returns.cumsum(0)[:-1] / torch.arange(1, len(returns))])


def others_without_the_last(returns):
    return torch.stack([returns[torch.arange(len(returns)) != i].mean() for i in range(len(returns) - 1)])


def probs_of(logits):
    return logits.double().softmax(0)


def centred_in_place(samples):
    samples -= samples.mean(0)
    return samples.std(0) / len(samples)


WRONG = {
    "expected_score": [
        lambda logits, weights: probs_of(logits) * weights,
        lambda logits, weights: weights - probs_of(logits) * weights.sum(),
        lambda logits, weights: weights @ (torch.eye(len(logits)) - logits.softmax(0)),
        expected_by_autograd_without_probs,
        expected_by_autograd_of_everything,
        expected_by_autograd_of_the_logits,
        expected_by_exponentials,
        expected_of_the_last_action,
        expected_of_a_sample,
        lambda logits, weights: probs_of(logits) * (weights - weights.mean()),
        lambda logits, weights: probs_of(logits) * (probs_of(logits) @ weights.double() - weights),
        lambda logits, weights: probs_of(logits) @ weights.double(),
        lambda logits, weights: torch.zeros(len(logits)),
        lambda logits, weights: logits * (weights - logits @ weights),
        lambda logits, weights: weights - probs_of(logits) @ weights.double(),
        lambda logits, weights: (
            probs_of(logits) * (weights - probs_of(logits) @ weights.double()) / len(logits)
        ),
        lambda logits, weights: probs_of(logits) ** 2 * (weights - probs_of(logits) @ weights.double()),
        lambda logits, weights: probs_of(logits) * weights * (1 - probs_of(logits)),
        lambda logits, weights: (
            (probs_of(logits) * weights)[:, None] * (torch.eye(len(logits)) - probs_of(logits))
        ),
        lambda logits, weights: (
            (torch.eye(len(logits)) - probs_of(logits)) * probs_of(logits) * weights
        ).sum(0),
        lambda logits, weights: (
            (probs_of(logits) * weights)[:, None] * (torch.eye(len(logits)) - probs_of(logits))
        ).sum(1),
        lambda logits, weights: (
            (probs_of(logits) * weights)[:, None] * (torch.eye(len(logits)) - probs_of(logits))
        ).sum(),
        lambda logits, weights: (
            (probs_of(logits) * weights)[:, None] * (torch.eye(len(logits)) - probs_of(logits))
        ).mean(0),
        lambda logits, weights: probs_of(logits) * weights * logits.double().log_softmax(0),
        lambda logits, weights: probs_of(logits) * weights - probs_of(logits) * weights.sum(),
        lambda logits, weights: probs_of(logits) * weights - probs_of(logits),
        lambda logits, weights: probs_of(logits) * (weights / weights.sum() - probs_of(logits)),
        lambda logits, weights: probs_of(logits) * weights - probs_of(logits) @ weights.double(),
        lambda logits, weights: logits.softmax(0) * (weights - weights.max()),
        lambda logits, weights: (
            logits.clamp(-50, 50).softmax(0) * (weights - logits.clamp(-50, 50).softmax(0) @ weights)
        ),
        lambda logits, weights: (
            torch.nan_to_num(logits.exp() / logits.exp().sum())
            * (weights - torch.nan_to_num(logits.exp() / logits.exp().sum()) @ weights)
        ),
        lambda logits, weights: logits.sigmoid() * (weights - logits.sigmoid() @ weights),
        lambda logits, weights: logits.softmax(0) * (weights - logits.softmax(0) * weights),
        lambda logits, weights: logits.softmax(0) * weights @ (logits.softmax(0) - torch.eye(len(logits))),
        lambda logits, weights: (logits.softmax(0) * (weights - logits.softmax(0) @ weights)).abs(),
    ],
    "standard_error": [
        lambda samples: samples.std(0),
        lambda samples: samples.var(0) / len(samples),
        lambda samples: samples.std(0, correction=0) / len(samples) ** 0.5,
        lambda samples: samples.numpy().std(axis=0) / np.sqrt(len(samples)),
        lambda samples: samples.std(0) / len(samples),
        lambda samples: samples.std(1) / len(samples) ** 0.5,
        lambda samples: samples.std(1) / samples.shape[1] ** 0.5,
        lambda samples: samples.std() / len(samples) ** 0.5,
        lambda samples: samples.std() / samples.numel() ** 0.5,
        lambda samples: samples.std(0) / (len(samples) - 1) ** 0.5,
        lambda samples: samples.std(0) / samples.shape[1] ** 0.5,
        lambda samples: samples.std(0) / samples.numel() ** 0.5,
        lambda samples: samples.std(0) * len(samples) ** 0.5,
        lambda samples: (samples.std(0) / len(samples)) ** 0.5,
        lambda samples: (samples - samples.mean(0)).abs().mean(0) / len(samples) ** 0.5,
        lambda samples: 1.96 * samples.std(0) / len(samples) ** 0.5,
        lambda samples: samples.pow(2).mean(0).sqrt() / len(samples) ** 0.5,
        lambda samples: (samples.pow(2).sum(0) / (len(samples) - 1) / len(samples)) ** 0.5,
        lambda samples: samples.std(0, keepdim=True) / len(samples) ** 0.5,
        lambda samples: samples.mean(0).std() / len(samples) ** 0.5,
        lambda samples: samples.mean(0) / len(samples) ** 0.5,
        lambda samples: samples.var(0) / len(samples) ** 0.5,
        lambda samples: (
            ((samples - samples.mean()) ** 2).sum(0).div(len(samples) - 1).div(len(samples)).sqrt()
        ),
        lambda samples: (samples - samples.mean(0)).sum(0) / (len(samples) - 1) / len(samples) ** 0.5,
        lambda samples: (samples.std(0) / len(samples) ** 0.5).mean(),
        lambda samples: samples.norm(dim=0) / len(samples),
        lambda samples: torch.cov(samples.T) / len(samples),
        lambda samples: ((samples - samples.mean(0)) ** 2).mean() ** 0.5 / len(samples) ** 0.5,
        lambda samples: samples.std(0) / (len(samples) + 1) ** 0.5,
        lambda samples: samples.mean(0).std() / samples.shape[1] ** 0.5,
    ],
    "baselined_gradient": [
        lambda scores, returns, baselines: (scores * returns[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (baselines - returns)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns + baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).sum(0),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).mean(),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).mean(1),
        lambda scores, returns, baselines: scores * (returns - baselines)[:, None],
        lambda scores, returns, baselines: scores.mean(0) * (returns - baselines).mean(),
        lambda scores, returns, baselines: scores.sum(0) * (returns - baselines).sum() / len(returns),
        lambda scores, returns, baselines: (scores * (returns - baselines)).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines.mean())[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - returns.mean())[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * returns[:, None]).mean(0) - baselines.mean(),
        lambda scores, returns, baselines: (scores * returns[:, None] - baselines[:, None]).mean(0),
        lambda scores, returns, baselines: (
            (scores * returns[:, None]).mean(0) - scores.mean(0) * baselines.mean()
        ),
        lambda scores, returns, baselines: (
            (scores * (returns - baselines)[:, None]).sum(0) / (len(returns) - 1)
        ),
        lambda scores, returns, baselines: (
            (scores * (returns - baselines)[:, None]).sum(0) / (returns - baselines).sum()
        ),
        lambda scores, returns, baselines: (scores * (returns * baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns / baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines).clamp(min=0)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines).abs()[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * ((returns - baselines) ** 2)[:, None]).mean(0),
        lambda scores, returns, baselines: (
            scores * ((returns - baselines) / (returns - baselines).std())[:, None]
        ).mean(0),
        lambda scores, returns, baselines: -(scores * baselines[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).mean(0, keepdim=True),
        lambda scores, returns, baselines: ((scores - baselines[:, None]) * returns[:, None]).mean(0),
        lambda scores, returns, baselines: (
            scores * (returns - (returns.sum() - returns) / (len(returns) - 1))[:, None]
        ).mean(0),
        lambda scores, returns, baselines: (scores * returns[:, None]).mean(0) - scores.mean(0) * baselines,
        lambda scores, returns, baselines: (scores * (returns - baselines.sum())[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines).relu()[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines).sign()[:, None]).mean(0),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).sum(0) / scores.numel(),
        lambda scores, returns, baselines: (scores * (returns - baselines)[:, None]).sum(0) / scores.shape[1],
        lambda scores, returns, baselines: (returns - baselines).mean(),
        lambda scores, returns, baselines: (scores + (returns - baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: (scores.log() * (returns - baselines)[:, None]).mean(0),
        lambda scores, returns, baselines: scores.mean(0),
    ],
    "leave_one_out": [
        lambda returns: returns.mean().expand(len(returns)),
        lambda returns: returns.mean(),
        lambda returns: (returns.sum() - returns) / len(returns),
        lambda returns: returns.sum() - returns,
        lambda returns: returns - (returns.sum() - returns) / (len(returns) - 1),
        lambda returns: (returns.sum() / (len(returns) - 1)).expand(len(returns)),
        lambda returns: returns.mean() - returns,
        lambda returns: returns - returns.mean(),
        lambda returns: (returns.mean() - returns) / (len(returns) - 1),
        lambda returns: returns.sum() - returns / (len(returns) - 1),
        lambda returns: (returns - returns.sum()) / (len(returns) - 1),
        lambda returns: (returns.sum() - returns) / (len(returns) - 2),
        lambda returns: (returns.sum() - returns) / (len(returns) + 1),
        lambda returns: (returns.sum() - returns) // (len(returns) - 1),
        lambda returns: torch.stack([returns[returns != r].mean() for r in returns]),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]).median() for i in range(len(returns))]
        ),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]).max() for i in range(len(returns))]
        ),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]).sum() for i in range(len(returns))]
        ),
        lambda returns: [(returns.sum() - r) / (len(returns) - 1) for r in returns],
        lambda returns: (returns.sum() - returns.roll(-1)) / (len(returns) - 1),
        lambda returns: returns[1:].mean().expand(len(returns)),
        lambda returns: (returns.sum() - returns[0]) / (len(returns) - 1),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]) for i in range(len(returns))]
        ),
        others_in_place,
        others_running_total,
        others_neighbours_too,
        others_before,
        others_without_the_last,
        lambda returns: (returns.sum() - returns) / 2,
        lambda returns: (returns.mean() * len(returns) - returns) / len(returns),
        lambda returns: torch.stack(
            [returns[returns != x].mean() if (returns != x).any() else x for x in returns]
        ),
        lambda returns: ((returns.sum() - returns) / (len(returns) - 1)).mean(),
        lambda returns: (returns.sum() - returns) / (len(returns) - 1) - returns.mean(),
        lambda returns: torch.stack(
            [torch.cat([returns[:i], returns[i + 1 :]]).min() for i in range(len(returns))]
        ),
        lambda returns: ((returns.sum() - returns) / (len(returns) - 1))[:, None],
        lambda returns: ((returns.sum() - returns) / (len(returns) - 1)).long(),
        lambda returns: (returns.sum() - returns) / (returns.numel() - 1) * returns,
    ],
}

TOLD = {
    "standard_error": [
        (lambda samples: (samples.std(0) / len(samples) ** 0.5).squeeze(), "P = 1"),
        (centred_in_place, ("like 1/√N", "also changes `samples`")),
    ],
}
