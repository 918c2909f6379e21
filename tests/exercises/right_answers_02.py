"""Lesson 02: right answers in other styles, which the checks must accept."""

import math

import numpy as np
import torch
from torch import distributions as dist


def softmax_in_place(logits):
    logits = logits.clone()
    logits -= logits.max(dim=1, keepdim=True).values
    logits -= logits.exp().sum(dim=1, keepdim=True).log()
    return logits


def gaussian_matrix(actions, mean, log_std):
    variance = (2 * log_std.double()).exp()
    apart = (actions - mean).double()
    power = torch.einsum("bd,d,bd->b", apart, 1 / variance, apart)
    return -0.5 * (power + torch.logdet(torch.diag(2 * math.pi * variance)))


def mixture_by_hand(actions, logits, means, log_stds):
    z = (actions.unsqueeze(-1) - means) / torch.exp(log_stds)
    joint = torch.log_softmax(logits, -1) - z * z / 2 - log_stds - math.log(2 * math.pi) / 2
    largest = joint.max(-1, keepdim=True).values
    return (largest + (joint - largest).exp().sum(-1, keepdim=True).log()).squeeze(-1)


def beta_by_parts(actions, alpha, beta, low, high):
    from_low, from_high, width = actions - low, high - actions, torch.tensor(high - low)
    powers = torch.xlogy(alpha - 1, from_low) + torch.xlogy(beta - 1, from_high)
    powers = powers - (alpha + beta - 2) * width.double().log()
    return powers + torch.lgamma(alpha + beta) - torch.lgamma(alpha) - torch.lgamma(beta) - width.log()


def beta_in_float32(actions, alpha, beta, low, high):
    """Term by term as the formula reads: at α and β of 2e4 the terms of half a million leave few digits."""
    a, x, y = actions.float(), alpha.float(), beta.float()
    u = (a - low) / (high - low)
    log_b = torch.lgamma(x) + torch.lgamma(y) - torch.lgamma(x + y)
    return (x - 1) * torch.log(u) + (y - 1) * torch.log(1 - u) - log_b - math.log(high - low)


def beta_in_float32_by_another_order(actions, alpha, beta, low, high):
    a, x, y = actions.float(), alpha.float(), beta.float()
    found = torch.lgamma(x + y) - torch.lgamma(x) + (x - 1) * (torch.log(a - low) - math.log(high - low))
    return (
        found
        - torch.lgamma(y)
        + (y - 1) * (torch.log(high - a) - math.log(high - low))
        - math.log(high - low)
    )


def sample_loop(mean, log_std, noise):
    columns = [mean[:, d] + torch.exp(log_std[d]) * noise[:, d] for d in range(mean.shape[1])]
    return torch.stack(columns, dim=1)


def softmax_by_pairs(logits):
    """1 / p_a is the sum of exp(z_b - z_a): no logit is shifted by hand."""
    return -torch.logsumexp(logits[:, None, :] - logits[:, :, None], dim=2)


def softmax_matrix(logits):
    shifted = logits - logits.amax(1, keepdim=True)
    return shifted - (shifted.exp() @ torch.ones(logits.shape[1], 1)).log()


def softmax_recursive(logits):
    def total(columns):
        return columns[0] if len(columns) == 1 else torch.logaddexp(columns[0], total(columns[1:]))

    return logits - total(list(logits.T))[:, None]


class Gaussian:
    """A class with its parameters inside."""

    def __init__(self, mean, log_std):
        self.mean, self.log_std = mean, log_std

    def log_prob(self, actions):
        noise = (actions - self.mean) * torch.exp(-self.log_std)
        return -(noise.square() + math.log(2 * math.pi)).div(2).add(self.log_std)


def gaussian_multiplied_out(actions, mean, log_std):
    a, m, precision = actions.double(), mean.double(), torch.exp(-2 * log_std.double())
    power = (a * a) @ precision - 2 * (a * m) @ precision + (m * m) @ precision
    return -power / 2 - log_std.sum() - mean.shape[1] / 2 * math.log(2 * math.pi)


def mixture_one_after_another(actions, logits, means, log_stds):
    total, weight = None, torch.log_softmax(logits.double(), 1)
    for k in range(logits.shape[1]):
        hump = weight[:, k] + Gaussian(means[:, k], log_stds[:, k]).log_prob(actions)
        total = hump if total is None else torch.logaddexp(total, hump)
    return total


def mixture_row_by_row(actions, logits, means, log_stds):
    def of_row(action, logits, means, log_stds):
        return torch.logsumexp(
            logits - logits.logsumexp(0) + Gaussian(means, log_stds).log_prob(action), dim=0
        )

    return torch.vmap(of_row)(actions, logits, means, log_stds)


def beta_by_logit(actions, alpha, beta, low, high):
    logit = torch.log(actions - low) - torch.log(high - actions)
    kernel = (alpha - 1) * torch.nn.functional.logsigmoid(logit)
    kernel = kernel + (beta - 1) * torch.nn.functional.logsigmoid(-logit)
    return kernel + (alpha + beta).lgamma() - alpha.lgamma() - beta.lgamma() - math.log(high - low)


def sample_row_by_row(mean, log_std, noise):
    return torch.stack([m + log_std.exp() * e for m, e in zip(mean, noise, strict=True)])


def sample_in_place(mean, log_std, noise):
    moved = noise.clone()
    moved *= log_std.exp()
    moved += mean
    return moved


RIGHT = {
    "log_softmax": [
        lambda logits: torch.log_softmax(logits, dim=1),
        lambda logits: logits - torch.logsumexp(logits, dim=-1, keepdim=True),
        lambda logits: logits - logits.logsumexp(1)[:, None],
        lambda logits: dist.Categorical(logits=logits).logits,
        lambda logits: torch.stack([row - row.logsumexp(0) for row in logits.double()]),
        lambda logits: dist.Categorical(logits=logits).log_prob(torch.arange(logits.shape[1])[:, None]).T,
        softmax_in_place,
        lambda logits: torch.nn.LogSoftmax(dim=-1)(logits.float()),
        lambda logits: logits - torch.logcumsumexp(logits, dim=1)[:, -1:],
        lambda logits: (
            -torch.stack(
                [
                    torch.nn.functional.cross_entropy(
                        logits, torch.full((len(logits),), action), reduction="none"
                    )
                    for action in range(logits.shape[1])
                ],
                dim=1,
            )
        ),
        softmax_matrix,
        softmax_by_pairs,
        softmax_recursive,
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
        lambda actions, mean, log_std: Gaussian(mean, log_std).log_prob(actions).cumsum(1)[:, -1],
        lambda actions, mean, log_std: torch.einsum(
            "bd->b", dist.Normal(mean, log_std.exp()).log_prob(actions)
        ),
        lambda actions, mean, log_std: (
            dist.Normal(0.0, 1.0).log_prob((actions - mean) / log_std.exp()).sum(1) - log_std.sum()
        ),
        lambda actions, mean, log_std: torch.vmap(lambda a, m: Gaussian(m, log_std).log_prob(a).sum())(
            actions, mean
        ),
        gaussian_multiplied_out,
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
        mixture_by_hand,
        lambda actions, logits, means, log_stds: torch.logcumsumexp(
            logits.log_softmax(1) + Gaussian(means, log_stds).log_prob(actions[:, None]), dim=1
        )[:, -1],
        lambda actions, logits, means, log_stds: (
            torch.log_softmax(logits.float(), 1)
            + Gaussian(means.float(), log_stds.float()).log_prob(actions.float()[:, None])
        ).logsumexp(1),
        mixture_one_after_another,
        mixture_row_by_row,
    ],
    "beta_log_prob": [
        lambda actions, alpha, beta, low, high: (
            dist.Beta(alpha, beta).log_prob((actions - low) / (high - low)) - math.log(high - low)
        ),
        lambda actions, alpha, beta, low, high: dist.TransformedDistribution(
            dist.Beta(alpha, beta), dist.AffineTransform(low, high - low)
        ).log_prob(actions),
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
        beta_in_float32,
        beta_in_float32_by_another_order,
        lambda actions, alpha, beta, low, high: (
            torch.xlogy(alpha - 1, (actions - low) / (high - low))
            + torch.special.xlog1py(beta - 1, -(actions - low) / (high - low))
            - torch.special.multigammaln(alpha, 1)
            - torch.special.gammaln(beta)
            + torch.special.gammaln(alpha + beta)
            - torch.full_like(actions, high - low).log()
        ),
        lambda actions, alpha, beta, low, high: torch.vmap(
            lambda a, x, y: (
                (x - 1) * torch.log((a - low) / (high - low))
                + (y - 1) * torch.log((high - a) / (high - low))
                - (x.lgamma() + y.lgamma() - (x + y).lgamma())
                - math.log(high - low)
            )
        )(actions, alpha, beta),
        beta_by_logit,
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
        lambda mean, log_std, noise: torch.lerp(mean, mean + log_std.exp(), noise),
        lambda mean, log_std, noise: torch.nn.functional.linear(noise, torch.diag(log_std.exp())) + mean,
        lambda mean, log_std, noise: torch.vmap(lambda m, e: m + e * torch.exp(log_std))(mean, noise),
        lambda mean, log_std, noise: mean + noise * (2 * log_std).exp().sqrt(),
        sample_row_by_row,
        sample_in_place,
    ],
}
