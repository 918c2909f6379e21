"""Lesson 02: right answers in other styles, which the checks must accept."""

import math

import numpy as np
import scipy.special
import scipy.stats
import torch
from torch import distributions as dist


def softmax_loop(logits):
    rows = []
    for row in logits.tolist():
        largest = max(row)
        rows.append([z - largest - math.log(sum(math.exp(y - largest) for y in row)) for z in row])
    return torch.tensor(rows)


def softmax_in_place(logits):
    logits = logits.clone()
    logits -= logits.max(dim=1, keepdim=True).values
    logits -= logits.exp().sum(dim=1, keepdim=True).log()
    return logits


def gaussian_loop(actions, mean, log_std):
    found = torch.zeros(len(actions))
    for row in range(actions.shape[0]):
        for column in range(actions.shape[1]):
            std = math.exp(log_std[column])
            z = (actions[row, column].item() - mean[row, column].item()) / std
            found[row] += -(z**2) / 2 - math.log(std * math.sqrt(2 * math.pi))
    return found


def gaussian_matrix(actions, mean, log_std):
    variance = (2 * log_std.double()).exp()
    apart = (actions - mean).double()
    power = torch.einsum("bd,d,bd->b", apart, 1 / variance, apart)
    return -0.5 * (power + torch.logdet(torch.diag(2 * math.pi * variance)))


def mixture_loop(actions, logits, means, log_stds):
    found = np.zeros(len(actions))
    for row in range(len(actions)):
        weights = scipy.special.log_softmax(logits[row].numpy().astype(float))
        terms = [
            weight + scipy.stats.norm(mean, math.exp(log_std)).logpdf(float(actions[row]))
            for weight, mean, log_std in zip(
                weights, means[row].tolist(), log_stds[row].tolist(), strict=True
            )
        ]
        found[row] = np.logaddexp.reduce(terms)
    return found


def mixture_by_hand(actions, logits, means, log_stds):
    z = (actions.unsqueeze(-1) - means) / torch.exp(log_stds)
    joint = torch.log_softmax(logits, -1) - z * z / 2 - log_stds - math.log(2 * math.pi) / 2
    largest = joint.max(-1, keepdim=True).values
    return (largest + (joint - largest).exp().sum(-1, keepdim=True).log()).squeeze(-1)


def beta_loop(actions, alpha, beta, low, high):
    found = []
    for action, a, b in zip(actions.tolist(), alpha.tolist(), beta.tolist(), strict=True):
        u = (action - low) / (high - low)
        constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        found.append((a - 1) * math.log(u) + (b - 1) * math.log1p(-u) + constant - math.log(high - low))
    return torch.tensor(found)


def beta_by_parts(actions, alpha, beta, low, high):
    from_low, from_high, width = actions - low, high - actions, torch.tensor(high - low)
    powers = torch.xlogy(alpha - 1, from_low) + torch.xlogy(beta - 1, from_high)
    powers = powers - (alpha + beta - 2) * width.double().log()
    return powers + torch.lgamma(alpha + beta) - torch.lgamma(alpha) - torch.lgamma(beta) - width.log()


def sample_loop(mean, log_std, noise):
    columns = [mean[:, d] + torch.exp(log_std[d]) * noise[:, d] for d in range(mean.shape[1])]
    return torch.stack(columns, dim=1)


RIGHT = {
    "log_softmax": [
        lambda logits: torch.log_softmax(logits, dim=1),
        lambda logits: logits - torch.logsumexp(logits, dim=-1, keepdim=True),
        lambda logits: logits - logits.logsumexp(1)[:, None],
        lambda logits: scipy.special.log_softmax(logits.numpy(), axis=1),
        lambda logits: dist.Categorical(logits=logits).logits,
        lambda logits: torch.stack([row - row.logsumexp(0) for row in logits.double()]),
        lambda logits: logits.numpy() - np.logaddexp.reduce(logits.numpy(), axis=1, keepdims=True),
        lambda logits: dist.Categorical(logits=logits).log_prob(torch.arange(logits.shape[1])[:, None]).T,
        softmax_loop,
        softmax_in_place,
    ],
    "gaussian_log_prob": [
        lambda actions, mean, log_std: dist.Normal(mean, log_std.exp()).log_prob(actions).sum(-1),
        lambda actions, mean, log_std: dist.Independent(dist.Normal(mean, log_std.exp()), 1).log_prob(
            actions
        ),
        lambda actions, mean, log_std: dist.MultivariateNormal(
            mean.double(), torch.diag((2 * log_std.double()).exp())
        ).log_prob(actions.double()),
        lambda actions, mean, log_std: (
            scipy.stats.norm(mean.numpy(), np.exp(log_std.numpy())).logpdf(actions.numpy()).sum(1)
        ),
        lambda actions, mean, log_std: (
            -0.5 * ((actions - mean) ** 2 / torch.exp(2 * log_std)).sum(1)
            - log_std.sum()
            - 0.5 * actions.shape[1] * math.log(2 * math.pi)
        ),
        lambda actions, mean, log_std: (
            -torch.nn.functional.gaussian_nll_loss(
                mean, actions, (2 * log_std).exp().expand_as(mean), full=True, eps=1e-12, reduction="none"
            ).sum(1)
        ),
        gaussian_matrix,
        gaussian_loop,
    ],
    "mixture_log_prob": [
        lambda actions, logits, means, log_stds: dist.MixtureSameFamily(
            dist.Categorical(logits=logits), dist.Normal(means, log_stds.exp())
        ).log_prob(actions),
        lambda actions, logits, means, log_stds: (
            torch.log_softmax(logits, 1) + dist.Normal(means, log_stds.exp()).log_prob(actions[:, None])
        ).logsumexp(1),
        lambda actions, logits, means, log_stds: (
            (logits + dist.Normal(means, log_stds.exp()).log_prob(actions[:, None])).logsumexp(1)
            - logits.logsumexp(1)
        ),
        lambda actions, logits, means, log_stds: scipy.special.logsumexp(
            scipy.stats.norm(means.numpy(), np.exp(log_stds.numpy())).logpdf(actions.numpy()[:, None])
            + scipy.special.log_softmax(logits.numpy(), axis=1),
            axis=1,
        ),
        mixture_by_hand,
        mixture_loop,
    ],
    "beta_log_prob": [
        lambda actions, alpha, beta, low, high: (
            dist.Beta(alpha, beta).log_prob((actions - low) / (high - low)) - math.log(high - low)
        ),
        lambda actions, alpha, beta, low, high: dist.TransformedDistribution(
            dist.Beta(alpha, beta), dist.AffineTransform(low, high - low)
        ).log_prob(actions),
        lambda actions, alpha, beta, low, high: scipy.stats.beta(
            alpha.numpy().astype(float), beta.numpy().astype(float), loc=low, scale=high - low
        ).logpdf(actions.numpy().astype(float)),
        lambda actions, alpha, beta, low, high: (
            dist.Dirichlet(torch.stack([alpha, beta], 1)).log_prob(
                torch.stack([actions - low, high - actions], 1) / (high - low)
            )
            - np.log(high - low)
        ),
        lambda actions, alpha, beta, low, high: (  # kept apart from the bounds by float32's own step, no more
            dist.Beta(alpha, beta).log_prob(((actions - low) / (high - low)).clamp(1.2e-7, 1 - 1.2e-7))
            - math.log(high - low)
        ),
        beta_by_parts,
        beta_loop,
    ],
    "reparameterized_sample": [
        lambda mean, log_std, noise: mean + torch.exp(log_std) * noise,
        lambda mean, log_std, noise: torch.addcmul(mean, log_std.exp().expand_as(noise), noise),
        lambda mean, log_std, noise: mean + noise @ torch.diag(log_std.exp()),
        lambda mean, log_std, noise: (
            mean.double() + torch.einsum("d,bd->bd", log_std.double().exp(), noise.double())
        ),
        lambda mean, log_std, noise: dist.AffineTransform(mean, log_std.exp())(noise),
        lambda mean, log_std, noise: math.e**log_std * noise + mean,
        sample_loop,
    ],
}
