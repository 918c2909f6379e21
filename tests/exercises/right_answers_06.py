"""Lesson 06: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def variance_loop(probs, rewards, baseline):
    """Second moment minus squared mean, logit by logit."""
    total = 0.0
    for k in range(len(probs)):
        mean = square = 0.0
        for action, p in enumerate(probs.tolist()):
            push = (rewards[action].item() - baseline) * ((action == k) - probs[k].item())
            mean, square = mean + p * push, square + p * push**2
        total += square - mean**2
    return total


def variance_numpy(probs, rewards, baseline):
    p, r = probs.double().numpy(), rewards.double().numpy()
    g = (r - baseline)[:, None] * (np.eye(len(p)) - p)
    return np.trace((g * p[:, None]).T @ g - np.outer(p @ g, p @ g))


def variance_closed(probs, rewards, baseline):
    weights = (rewards - baseline).double()
    p = probs.double()
    lengths = 1 - 2 * p + (p**2).sum()
    mean = p * (weights - (p * weights).sum())
    return (p * weights**2 * lengths).sum() - (mean**2).sum()


def baseline_loop(returns, scores):
    best = torch.zeros(scores.shape[1])
    for k in range(scores.shape[1]):
        above = sum(s.item() ** 2 * g.item() for s, g in zip(scores[:, k], returns, strict=True))
        below = sum(s.item() ** 2 for s in scores[:, k])
        best[k] = above / below if below else 0.0
    return best


def baseline_by_least_squares(returns, scores):
    """The b that fits s G by s b, parameter by parameter."""
    s, g = scores.double(), returns.double()
    return torch.stack(
        [
            torch.linalg.lstsq(s[:, k : k + 1], (s[:, k] * g)[:, None], driver="gelsd").solution[0, 0]
            for k in range(s.shape[1])
        ]
    )


def standardize_numpy(x):
    x = x.double().numpy()
    return (x - x.mean()) / x.std() if x.std() > 0 else np.zeros_like(x)


def standardize_sample(x):
    return torch.zeros_like(x) if len(x) < 2 else (x - x.mean()) / x.std().clamp(min=1e-6)


def entropy_loop(logits):
    rows = []
    for row in logits:
        total = torch.zeros(())
        for log_p in row.log_softmax(0):
            total = total - log_p.exp() * log_p
        rows.append(total)
    return torch.stack(rows)


def shaping_loop(rewards, potentials, gamma):
    shaped = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        shaped[t] = rewards[t] + gamma * potentials[t + 1] - potentials[t]
    return shaped


RIGHT = {
    "gradient_variance": [
        variance_loop,
        variance_numpy,
        variance_closed,
        lambda probs, rewards, baseline: torch.einsum(
            "a,ak->",
            probs,
            (
                (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs)
                - probs * (rewards - probs @ rewards)
            )
            ** 2,
        ),
        lambda probs, rewards, baseline: torch.cov(
            ((rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs)).T.double(),
            correction=0,
            aweights=probs.double(),
        ).trace(),
    ],
    "optimal_baseline": [
        baseline_loop,
        baseline_by_least_squares,
        lambda returns, scores: torch.nan_to_num((returns @ scores**2) / (scores**2).sum(0)),
        lambda returns, scores: np.nan_to_num(
            (returns.numpy()[:, None] * scores.numpy() ** 2).mean(0)
            / np.maximum((scores.numpy() ** 2).mean(0), 1e-30)
        ),
        lambda returns, scores: (
            torch.einsum("n,np,np->p", returns, scores, scores)
            / torch.einsum("np,np->p", scores, scores).clamp(min=1e-12)
        ),
        lambda returns, scores: (returns[:, None] * scores**2).sum(0) / ((scores**2).sum(0) + 1e-8),
    ],
    "standardize": [
        standardize_numpy,
        standardize_sample,
        lambda x: (x - x.mean()) / (x.std(correction=0) + 1e-8),
        lambda x: (x - x.mean()) / (x.var(correction=0) + 1e-10).sqrt(),
        lambda x: torch.nan_to_num((x - x.mean()) / x.std(correction=0)),
        lambda x: torch.nn.functional.layer_norm(x.double(), x.shape, eps=1e-12),
        lambda x: (x.double() - x.double().mean()) / (x.double().std(correction=0) + 1e-5),
    ],
    "entropy": [
        entropy_loop,
        lambda logits: torch.distributions.Categorical(logits=logits).entropy(),
        lambda logits: -(logits.softmax(1) * logits.log_softmax(1)).sum(1),
        lambda logits: torch.logsumexp(logits, 1) - (logits.softmax(1) * logits).sum(1),
        lambda logits: torch.nn.functional.cross_entropy(
            logits.double().T[None], logits.double().softmax(-1).T[None], reduction="none"
        )[0],
        lambda logits: -torch.einsum("ba,ba->b", logits.log_softmax(-1).exp(), logits.log_softmax(-1)),
    ],
    "potential_shaping": [
        shaping_loop,
        lambda rewards, potentials, gamma: rewards + gamma * potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: (
            rewards.numpy() + gamma * potentials.numpy()[1:] - potentials.numpy()[:-1]
        ),
        lambda rewards, potentials, gamma: rewards + potentials.diff() - (1 - gamma) * potentials[1:],
        lambda rewards, potentials, gamma: torch.tensor(
            [
                float(r) + gamma * float(potentials[t + 1]) - float(potentials[t])
                for t, r in enumerate(rewards)
            ]
        ),
    ],
}
