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


def variance_by_autograd(probs, rewards, baseline):
    """Each push as the gradient of (R - b) log softmax, then the covariance matrix."""
    rows = []
    for action, reward in enumerate(rewards.double()):
        logits = probs.double().clamp(min=1e-30).log().requires_grad_()
        ((reward - baseline) * logits.log_softmax(0)[action]).backward()
        rows.append(logits.grad)
    rows, p = torch.stack(rows), probs.double()
    return sum(p[a] * (row - p @ rows).dot(row - p @ rows) for a, row in enumerate(rows))


def variance_by_pairs(probs, rewards, baseline):
    """Half the mean squared distance of two independent pushes."""
    g = (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs)
    return (probs[:, None] * probs * (g[:, None] - g[None]).square().sum(-1)).sum() / 2


class Moments:
    """Running mean and sum of squares, weighted (West's update)."""

    def __init__(self):
        self.weight, self.mean, self.squares = 0.0, 0.0, 0.0

    def add(self, weight, x):
        if weight > 0:
            self.weight += weight
            gap = x - self.mean
            self.mean = self.mean + weight / self.weight * gap
            self.squares += float(weight * (gap * (x - self.mean)).sum())


def variance_running(probs, rewards, baseline):
    moments = Moments()
    for action, p in enumerate(probs.tolist()):
        push = -np.asarray(probs, dtype=float) * float(rewards[action] - baseline)
        push[action] += float(rewards[action] - baseline)
        moments.add(p, push)
    return moments.squares


def variance_quadratic_form(probs, rewards, baseline):
    """E[(R-b)² (1 - 2π(a) + Σπ²)] minus the squared length of the exact gradient π(R - V)."""
    p, r = np.array(probs.tolist()), np.array(rewards.tolist()) - baseline
    return np.float64(p @ (r**2 * (1 - 2 * p + p @ p)) - ((p * (r - p @ r)) ** 2).sum())


def baseline_reduced(returns, scores):
    """Sample by sample, the running weighted mean."""
    weight, best = torch.zeros(scores.shape[1]), torch.zeros(scores.shape[1])
    for g, s in zip(returns, scores, strict=True):
        weight = weight + s * s
        best = best + torch.where(weight > 0, s * s / weight.clamp(min=1e-30), 0.0) * (g - best)
    return best


def baseline_masked_assignment(returns, scores):
    s2 = (scores * scores).double()
    best, seen = torch.zeros(s2.shape[1], dtype=torch.float64), s2.sum(0) > 0
    best[seen] = (returns.double() @ s2[:, seen]) / s2[:, seen].sum(0)
    return best


def standardize_by_moments(x):
    """E[x²] - E[x]² in float64, and a guard that compares."""
    x = x.double()
    variance = max(float((x * x).mean() - x.mean() ** 2), 0.0)
    return (x - x.mean()) / variance**0.5 if variance > 1e-9 else torch.zeros_like(x)


def standardize_loop(x):
    mean = sum(x.tolist()) / len(x)
    spread = (sum((entry - mean) ** 2 for entry in x.tolist()) / max(len(x) - 1, 1)) ** 0.5
    return torch.tensor([(entry - mean) / (spread or 1.0) for entry in x.tolist()])


def standardize_from_the_first(x):
    x = x - x[0]
    return (x - x.mean()) / (x.std(correction=0) + 1e-8)


def entropy_by_hand(logits):
    """exp and log written out, the largest logit taken off first."""
    z = logits - logits.amax(-1, keepdim=True)
    mass = z.exp().sum(-1)
    return mass.log() - (z.exp() * z).sum(-1) / mass


class Doubt:
    """The entropy as a torch distribution of one-hot vectors."""

    def __call__(self, logits):
        return torch.distributions.OneHotCategorical(logits=logits).entropy()


def shaping_recursive(rewards, potentials, gamma):
    if not len(rewards):
        return rewards.double()
    first = rewards[:1].double() + gamma * potentials[1:2] - potentials[:1]
    return torch.cat([first, shaping_recursive(rewards[1:], potentials[1:], gamma)])


def shaping_on_a_copy(rewards, potentials, gamma):
    shaped = rewards.clone()
    for t in range(len(rewards)):
        shaped[t] += gamma * potentials[t + 1] - potentials[t]
    return shaped


def shaping_by_returns(rewards, potentials, gamma):
    """The shaped return from t is G_t + γ^(T-t) Φ(s_T) - Φ(s_t); its differences are the rewards."""
    n, total = len(rewards), potentials[-1].double()
    returns = [total - potentials[-1]]
    for t in reversed(range(n)):
        total = rewards[t] + gamma * total
        returns.insert(0, total - potentials[t])
    return torch.stack([returns[t] - gamma * returns[t + 1] for t in range(n)])


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
        variance_by_autograd,
        variance_by_pairs,
        variance_running,
        variance_quadratic_form,
        lambda probs, rewards, baseline: (
            (
                probs.outer(probs)
                .neg()
                .add(probs.diag())
                .matmul((rewards - baseline).diag())
                .square()
                .div(probs.clamp(min=1e-30))
            ).sum()
            - (probs * (rewards - probs @ rewards)).square().sum()
        ),
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
        baseline_reduced,
        baseline_masked_assignment,
        lambda returns, scores: torch.tensor(
            [(returns * s**2).sum().item() / (s**2).sum().item() if s.any() else 0.0 for s in scores.T]
        ),
        lambda returns, scores: torch.where(
            (scores == 0).all(0),
            torch.zeros(scores.shape[1]),
            (scores.square() / scores.square().sum(0)).mul(returns[:, None]).sum(0),
        ),
        lambda returns, scores: np.divide(
            np.square(scores.numpy()).T @ returns.numpy(),
            np.square(scores.numpy()).sum(0),
            out=np.zeros(scores.shape[1], dtype=np.float32),
            where=np.square(scores.numpy()).sum(0) > 0,
        ),
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
        standardize_by_moments,
        standardize_loop,
        standardize_from_the_first,
        lambda x: x * 0 if bool((x == x[0]).all()) else (x - x.mean()) / x.std(),
        lambda x: (
            torch.nn.functional.batch_norm(x.double()[:, None], None, None, training=True, eps=1e-10)[:, 0]
            if len(x) > 1
            else torch.zeros(1)
        ),
        lambda x: torch.nn.functional.layer_norm(x.double(), x.shape, eps=1e-12),
        lambda x: (x - x[0] - (x - x[0]).mean()) / (x.std(correction=0) + 1e-8),
        lambda x: torch.where(x.max() == x.min(), 0.0, (x - x.mean()) / x.std(correction=0)),
        lambda x: (x - x.mean()) / (x.std(correction=0) + 1e-8) * (x.max() > x.min()),
        lambda x: torch.zeros(len(x)) if len(x.unique()) == 1 else (x - x.mean()) / (x.std() + 1e-8),
        lambda x: (x.double() - x.double().mean()) / (x.double().std(correction=0) + 1e-5),
    ],
    "entropy": [
        entropy_loop,
        entropy_by_hand,
        Doubt(),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1).detach()).sum(-1),  # Σ p d(log p) is 0
        lambda logits: -torch.diagonal(logits.softmax(-1) @ logits.log_softmax(-1).T),
        lambda logits: torch.vmap(lambda row: -row.softmax(0).dot(row.log_softmax(0)))(logits),
        lambda logits: -(logits.softmax(-1) * logits.softmax(-1).clamp(min=1e-38).log()).sum(-1),
        lambda logits: (
            np.log(logits.shape[-1])
            - torch.nn.functional.kl_div(
                torch.full_like(logits, -np.log(logits.shape[-1])),
                logits.log_softmax(-1),
                reduction="none",
                log_target=True,
            ).sum(-1)
        ),
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
        shaping_recursive,
        shaping_on_a_copy,
        shaping_by_returns,
        lambda rewards, potentials, gamma: (
            rewards + torch.stack([potentials[:-1], potentials[1:]], 1) @ torch.tensor([-1.0, gamma])
        ),
        lambda rewards, potentials, gamma: (
            rewards
            + torch.nn.functional.conv1d(potentials[None, None], torch.tensor([[[-1.0, gamma]]]))[0, 0]
        ),
        lambda rewards, potentials, gamma: rewards + (gamma * potentials.roll(-1) - potentials)[:-1],
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
