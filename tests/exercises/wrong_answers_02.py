"""Lesson 02: wrong answers that students give, written from the exercises' text alone."""

import math

import numpy as np
import scipy.special
import scipy.stats
import torch
from torch import distributions as dist

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def shift_in_place(logits):
    logits -= logits.max(dim=1, keepdim=True).values
    return logits - logits.exp().sum(dim=1, keepdim=True).log()


def largest_forgotten_in_front(logits):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    return logits - shifted.exp().sum(dim=1, keepdim=True).log()


def shifted_by(logits, number):
    shifted = logits - number
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def normal(actions, mean, log_std):
    """The right terms, not yet added up."""
    return -0.5 * ((actions - mean) / log_std.exp()) ** 2 - log_std - HALF_LOG_TWO_PI


def humps(actions, means, log_stds):
    return normal(actions[:, None], means, log_stds)


def one_wide_gaussian(actions, logits, means, log_stds):
    weights = logits.softmax(1)
    mean = (weights * means).sum(1)
    variance = (weights * (log_stds.exp() ** 2 + means**2)).sum(1) - mean**2
    return dist.Normal(mean, variance.sqrt()).log_prob(actions)


def most_likely_hump(actions, logits, means, log_stds):
    rows, best = torch.arange(len(actions)), logits.argmax(1)
    return normal(actions, means[rows, best], log_stds[rows, best])


def log_b(alpha, beta):
    return torch.lgamma(alpha) + torch.lgamma(beta) - torch.lgamma(alpha + beta)


def kernel(u, alpha, beta):
    return (alpha - 1) * u.log() + (beta - 1) * (1 - u).log()


def beta_of(u, alpha, beta, width):
    return kernel(u, alpha, beta) - log_b(alpha, beta) - math.log(width)


def without_log_gamma(actions, alpha, beta, low, high):
    u = (actions - low) / (high - low)
    normaliser = torch.lgamma(alpha + beta).exp() / (torch.lgamma(alpha).exp() * torch.lgamma(beta).exp())
    return (normaliser * u ** (alpha - 1) * (1 - u) ** (beta - 1) / (high - low)).log()


def without_graph(mean, log_std, noise):
    with torch.no_grad():
        return mean + log_std.exp() * noise


def noise_in_place(mean, log_std, noise):
    noise *= log_std.exp().detach()
    return mean + noise


def u_of(a, low, high):
    return (a - low) / (high - low)


def softmax_loop(logits):
    rows = []
    for row in logits.tolist():
        largest = max(row)
        rows.append([z - largest - math.log(sum(math.exp(y - largest) for y in row)) for z in row])
    return torch.tensor(rows)


def gaussian_loop(actions, mean, log_std):
    found = torch.zeros(len(actions))
    for row in range(actions.shape[0]):
        for column in range(actions.shape[1]):
            std = math.exp(log_std[column])
            z = (actions[row, column].item() - mean[row, column].item()) / std
            found[row] += -(z**2) / 2 - math.log(std * math.sqrt(2 * math.pi))
    return found


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


def beta_loop(actions, alpha, beta, low, high):
    found = []
    for action, a, b in zip(actions.tolist(), alpha.tolist(), beta.tolist(), strict=True):
        u = (action - low) / (high - low)
        constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        found.append((a - 1) * math.log(u) + (b - 1) * math.log1p(-u) + constant - math.log(high - low))
    return torch.tensor(found)


def beta_filled_in(actions, alpha, beta, low, high):
    found = torch.empty(len(actions), dtype=torch.float64)
    for i in range(len(actions)):
        u = (actions[i].item() - low) / (high - low)
        found[i] = scipy.special.xlogy(alpha[i].item() - 1, u) + scipy.special.xlog1py(beta[i].item() - 1, -u)
        found[i] -= scipy.special.betaln(alpha[i].item(), beta[i].item()) + np.log(high - low)
    return found


def without_a_graph(answer):
    """The same answer, computed where torch keeps no graph."""

    def log_probs(*arguments):
        with torch.no_grad():
            return answer(*arguments)

    return log_probs


def right_mixture(a, z, m, s):
    return (z.log_softmax(1) + humps(a, m, s)).logsumexp(1)


def right_beta(a, x, y, low, high):
    return beta_of(u_of(a, low, high), x, y, high - low)


def shift_in_place_and_forget_the_log(logits):
    logits -= logits.max(dim=1, keepdim=True).values
    return logits - logits.exp().sum(dim=1, keepdim=True)


def global_shift_in_place(logits):
    logits -= logits.max()
    return logits - logits.exp().sum(dim=1, keepdim=True).log()


def clamps_in_place(actions, mean, log_std):
    log_std.clamp_(min=-2, max=2)
    return dist.Normal(mean, log_std.exp()).log_prob(actions).sum(1)


def rescales_in_place(actions, alpha, beta, low, high):
    actions -= low
    actions /= high - low
    return dist.Beta(alpha, beta).log_prob(actions)


WRONG = {
    "log_softmax": [
        lambda z: z - z.exp().sum(dim=1, keepdim=True).log(),
        lambda z: z.softmax(dim=1).log(),
        lambda z: z.double().softmax(dim=1).log(),
        lambda z: z.softmax(dim=1),
        lambda z: z.log_softmax(dim=0),
        lambda z: z - z.logsumexp(dim=(0, 1)),
        lambda z: z - z.logsumexp(dim=1),
        lambda z: z.logsumexp(dim=1, keepdim=True) - z,
        lambda z: shifted_by(z, z.max()),
        lambda z: shifted_by(z, z.mean(dim=1, keepdim=True)),
        lambda z: shifted_by(z, z.min(dim=1, keepdim=True).values),
        lambda z: shifted_by(z, z.abs().max()),
        lambda z: shifted_by(z, z.max(dim=0).values),
        lambda z: z - z.max(dim=1, keepdim=True).values,
        lambda z: (z.softmax(dim=1) + 1e-8).log(),
        lambda z: z.softmax(dim=1).clamp(min=1e-12).log(),
        lambda z: z.softmax(dim=1).log().nan_to_num(),
        lambda z: z.log_softmax(dim=1) / math.log(2),
        lambda z: z.clamp(-50, 50).log_softmax(dim=1),
        lambda z: (z / z.abs().max()).log_softmax(dim=1),
        lambda z: z - z.sum(dim=1, keepdim=True).log(),
        lambda z: z - z.exp().mean(dim=1, keepdim=True).log(),
        lambda z: z.log_softmax(dim=1) / z.logsumexp(dim=1, keepdim=True),
        lambda z: z - z.exp().sum(dim=1, keepdim=True),
        lambda z: z / z.logsumexp(dim=1, keepdim=True),
        lambda z: torch.nn.functional.logsigmoid(z),
        lambda z: -z.log_softmax(dim=1),
        lambda z: z + z.logsumexp(dim=1, keepdim=True),
        lambda z: z.log_softmax(dim=1).sum(dim=1),
        lambda z: z.log_softmax(dim=1).max(dim=1).values,
        shift_in_place,
        largest_forgotten_in_front,
    ],
    "gaussian_log_prob": [
        lambda a, m, s: normal(a, m, s),
        lambda a, m, s: normal(a, m, s).mean(1),
        lambda a, m, s: normal(a, m, s).sum(0),
        lambda a, m, s: normal(a, m, s).sum(),
        lambda a, m, s: normal(a, m, s).sum(1, keepdim=True),
        lambda a, m, s: normal(a, m, s).prod(1),
        lambda a, m, s: normal(a, m, s).logsumexp(1),
        lambda a, m, s: normal(a, m, s).sum(1).exp(),
        lambda a, m, s: -normal(a, m, s).sum(1),
        lambda a, m, s: normal(a, m, s).exp().log().sum(1),
        lambda a, m, s: normal(a, m, s).exp().prod(1).log(),
        lambda a, m, s: normal(a, m, s.clamp(-20, 2)).sum(1),
        lambda a, m, s: normal(a, m, s / 2).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / (s.exp() + 1e-6)) ** 2 - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: dist.Normal(m, s.exp() + 1e-4).log_prob(a).sum(1),
        lambda a, m, s: (normal(a, m, s) + HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (normal(a, m, s) + s).sum(1),
        lambda a, m, s: (normal(a, m, s) + 2 * s).sum(1),
        lambda a, m, s: (normal(a, m, s) + s / 2).sum(1),
        lambda a, m, s: (normal(a, m, s) - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (normal(a, m, s) + HALF_LOG_TWO_PI).sum(1) - HALF_LOG_TWO_PI,
        lambda a, m, s: (normal(a, m, s) + s).sum(1) - s.mean(),
        lambda a, m, s: (normal(a, m, s) + s).sum(1) - s,
        lambda a, m, s: (-(((a - m) / s.exp()) ** 2) - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * (a - m) ** 2 / s.exp() - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) * s.exp()) ** 2 - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s) ** 2 - s.log() - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s) ** 2 - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (0.5 * ((a - m) / s.exp()) ** 2 - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s.exp()) - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * (a - m) / s.exp() ** 2 - s - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s.exp()) ** 2 - s.exp() - HALF_LOG_TWO_PI).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s.exp()) ** 2 - s - math.sqrt(2 * math.pi)).sum(1),
        lambda a, m, s: (-0.5 * ((a - m) / s.exp()) ** 2 - s - 0.5 * math.log(math.pi)).sum(1),
        lambda a, m, s: dist.Normal(m, s.exp()).cdf(a).log().sum(1),
        lambda a, m, s: dist.Normal(m, (2 * s).exp()).log_prob(a).sum(1),
    ],
    "mixture_log_prob": [
        lambda a, z, m, s: (z.softmax(1) * humps(a, m, s).exp()).sum(1).log(),
        lambda a, z, m, s: (z + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.softmax(1).log() + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.softmax(1) * humps(a, m, s)).sum(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).logsumexp(0),
        lambda a, z, m, s: (z.log_softmax(0) + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: humps(a, m, s).logsumexp(1) - math.log(z.shape[1]),
        lambda a, z, m, s: humps(a, m, s).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).sum(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).max(1).values,
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).logsumexp(1).exp(),
        lambda a, z, m, s: -(z.log_softmax(1) + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).logsumexp(1, keepdim=True),
        lambda a, z, m, s: z.log_softmax(1) + humps(a, m, s),
        lambda a, z, m, s: (z.log_softmax(1) + normal(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s) + s).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s) + HALF_LOG_TWO_PI).logsumexp(1),
        lambda a, z, m, s: ((z.softmax(1) * humps(a, m, s).exp()).sum(1) + 1e-8).log(),
        lambda a, z, m, s: (z.softmax(1) * humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.softmax(1) + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) * humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (torch.nn.functional.logsigmoid(z) + humps(a, m, s)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s).clamp(min=-100)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s / 2)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s.abs().log())).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, 2 * s)).logsumexp(1),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).exp().sum(1).log(),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).logsumexp(1).sum(),
        lambda a, z, m, s: (z.log_softmax(1) + humps(a, m, s)).mean(1),
        lambda a, z, m, s: (z.softmax(1) * humps(a, m, s).exp()).log().sum(1),
        lambda a, z, m, s: (z.log() - z.sum(1, keepdim=True).log() + humps(a, m, s)).logsumexp(1),
        one_wide_gaussian,
        most_likely_hump,
    ],
    "beta_log_prob": [
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, 1),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, 1 / (high - low)),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, (high - low) ** 2),
        lambda a, x, y, low, high: beta_of(a, x, y, high - low),
        lambda a, x, y, low, high: beta_of(a, x, y, 1),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x + 1, y + 1, high - low),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), y, x, high - low),
        lambda a, x, y, low, high: beta_of(1 - u_of(a, low, high), x, y, high - low),
        lambda a, x, y, low, high: beta_of(a - low / (high - low), x, y, high - low),
        lambda a, x, y, low, high: beta_of((a - low) / high, x, y, high - low),
        lambda a, x, y, low, high: beta_of(a / (high - low), x, y, high - low),
        lambda a, x, y, low, high: beta_of((a + 1) / 2, x, y, 2),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high).clamp(1e-3, 1 - 1e-3), x, y, high - low),
        lambda a, x, y, low, high: beta_of(a.sigmoid(), x, y, high - low),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, high - low).exp(),
        lambda a, x, y, low, high: -beta_of(u_of(a, low, high), x, y, high - low),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, high - low).sum(),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, high - low).mean(),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, high - low)[:, None],
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, 1) / (high - low),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, 1) - (high - low),
        lambda a, x, y, low, high: kernel(u_of(a, low, high), x, y) - math.log(high - low),
        lambda a, x, y, low, high: kernel(u_of(a, low, high), x, y) + log_b(x, y) - math.log(high - low),
        lambda a, x, y, low, high: (
            kernel(u_of(a, low, high), x, y) - torch.lgamma(x) - torch.lgamma(y) - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            kernel(u_of(a, low, high), x, y)
            - torch.lgamma(x)
            - torch.lgamma(y)
            - torch.lgamma(x + y)
            - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            kernel(u_of(a, low, high), x, y) - log_b(x, y).log() - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            kernel(u_of(a, low, high), x, y) - log_b(x, y).exp() - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            kernel(u_of(a, low, high), x, y)
            - torch.digamma(x)
            - torch.digamma(y)
            + torch.digamma(x + y)
            - math.log(high - low)
        ),
        lambda a, x, y, low, high: beta_of(u_of(a, low, high), x, y, abs(high + low) + 1e-8),
        lambda a, x, y, low, high: (
            x * u_of(a, low, high).log()
            + y * (1 - u_of(a, low, high)).log()
            - log_b(x, y)
            - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            (x - 1) * u_of(a, low, high).log()
            + (y - 1) * u_of(a, low, high).log()
            - log_b(x, y)
            - math.log(high - low)
        ),
        lambda a, x, y, low, high: (
            (x - 1) * u_of(a, low, high).log()
            + (y - 1) * torch.log1p(u_of(a, low, high))
            - log_b(x, y)
            - math.log(high - low)
        ),
        without_log_gamma,
    ],
    "reparameterized_sample": [
        lambda m, s, e: m + s * e,
        lambda m, s, e: m + (2 * s).exp() * e,
        lambda m, s, e: m + (s / 2).exp() * e,
        lambda m, s, e: m - s.exp() * e,
        lambda m, s, e: m * e + s.exp(),
        lambda m, s, e: m + s.exp() + 0 * e,
        lambda m, s, e: (m + s.exp()) * e,
        lambda m, s, e: m + (s * e).exp(),
        lambda m, s, e: m + (s + e).exp(),
        lambda m, s, e: m * s.exp() * e,
        lambda m, s, e: s.exp() * e,
        lambda m, s, e: m + e,
        lambda m, s, e: m + e / s.exp(),
        lambda m, s, e: (e - m) / s.exp(),
        lambda m, s, e: m + s.exp().mean() * e,
        lambda m, s, e: m + torch.nn.functional.softplus(s) * e,
        lambda m, s, e: m + s.clamp(-20, 2).exp() * e,
        lambda m, s, e: (m + s.exp() * e).detach(),
        lambda m, s, e: m.detach() + s.exp() * e,
        lambda m, s, e: m + s.detach().exp() * e,
        lambda m, s, e: m + s.exp().item() * e if s.numel() == 1 else m + s.exp().detach() * e,
        lambda m, s, e: torch.tensor((m + s.exp() * e).tolist()),
        lambda m, s, e: (m + s.exp() * e).detach().numpy(),
        lambda m, s, e: m + s.exp() * torch.randn_like(m),
        lambda m, s, e: dist.Normal(m, s.exp()).rsample(),
        lambda m, s, e: (m + s.exp() * e).sum(1),
        lambda m, s, e: (m + s.exp() * e).mean(0),
        lambda m, s, e: (m + s.exp() * e).tanh(),
        lambda m, s, e: (m + s.exp() * e).clamp(-1, 1),
        lambda m, s, e: (m + s.exp() * e).exp(),
        lambda m, s, e: m + s.exp() * (e - e.mean(0)),
        lambda m, s, e: m + s.exp() * e.abs(),
        lambda m, s, e: m + s.exp()[:, None] * e,
        without_graph,
        noise_in_place,
    ],
}

TOLD = {
    "log_softmax": [
        (lambda z: z.half().log_softmax(1).float(), "is expected"),
        (
            lambda logits: scipy.special.log_softmax(logits.numpy(), axis=1),
            "NumPy keeps no graph",
        ),
        (
            lambda logits: logits.numpy() - np.logaddexp.reduce(logits.numpy(), axis=1, keepdims=True),
            "NumPy keeps no graph",
        ),
        (
            softmax_loop,
            "no gradient flows back to `logits`",
        ),
        (without_a_graph(lambda z: z.log_softmax(1)), "no gradient flows back to `logits`"),
        (lambda z: z.log_softmax(1).detach(), "no gradient flows back to `logits`"),
        (
            lambda z: torch.tensor([[value.item() for value in row] for row in z.log_softmax(1)]),
            "no gradient flows back to `logits`",
        ),
        (lambda z: shifted_by(z, z.abs().amax(1, keepdim=True)), "`abs`"),
        (lambda z: z - z.max(1, keepdim=True) - 1, "take `.values`"),
        (lambda z: (z / 2).log_softmax(1), "temperature"),
        (shift_in_place, "changes `logits`"),
        (shift_in_place_and_forget_the_log, ("sum of exp", "also changes `logits`")),
        (lambda z: z.detach().softmax(1), ("probabilities", "no gradient flows back to `logits`")),
        (global_shift_in_place, ("One maximum for the whole table", "also changes `logits`")),
    ],
    "gaussian_log_prob": [
        (
            lambda actions, mean, log_std: (
                scipy.stats.norm(mean.numpy(), np.exp(log_std.numpy())).logpdf(actions.numpy()).sum(1)
            ),
            "NumPy keeps no graph",
        ),
        (
            gaussian_loop,
            "no gradient flows back to",
        ),
        (without_a_graph(lambda a, m, s: normal(a, m, s).sum(1)), "no gradient flows back to"),
        (lambda a, m, s: normal(a, m, s).sum(1).detach(), "no gradient flows back to"),
        (lambda a, m, s: normal(a, m.detach(), s).sum(1), "its gradient for `mean`"),
        (
            lambda a, m, s: (-0.5 * ((a - m) / s.exp()) ** 2 + s + HALF_LOG_TWO_PI).sum(1),
            "reaches the first term only",
        ),
        (clamps_in_place, ("cut off", "also changes `log_std`")),
        (
            lambda a, m, s: normal(a, m, s).mean(1).detach(),
            ("mean over the coordinates", "no gradient flows back to `mean`"),
        ),
    ],
    "mixture_log_prob": [
        (
            lambda actions, logits, means, log_stds: scipy.special.logsumexp(
                scipy.stats.norm(means.numpy(), np.exp(log_stds.numpy())).logpdf(actions.numpy()[:, None])
                + scipy.special.log_softmax(logits.numpy(), axis=1),
                axis=1,
            ),
            "NumPy keeps no graph",
        ),
        (
            mixture_loop,
            "NumPy keeps no graph",
        ),
        (
            lambda actions, logits, means, log_stds: torch.tensor(
                [
                    dist.MixtureSameFamily(dist.Categorical(logits=z), dist.Normal(m, s.exp())).log_prob(a)
                    for a, z, m, s in zip(actions, logits, means, log_stds, strict=True)
                ]
            ),
            "no gradient flows back to `logits`",
        ),
        (without_a_graph(right_mixture), "no gradient flows back to `logits`"),
        (lambda *given: right_mixture(*given).detach(), "no gradient flows back to `logits`"),
        (
            lambda a, z, m, s: (z.softmax(1) * humps(a, m, s).logsumexp(1, keepdim=True)).sum(1),
            "weights have no effect",
        ),
        (
            lambda a, z, m, s: (
                z.log_softmax(1) - 0.5 * ((a[:, None] - m) / s.exp()) ** 2 + s + HALF_LOG_TWO_PI
            ).logsumexp(1),
            "reaches the first term only",
        ),
    ],
    "beta_log_prob": [
        (
            lambda actions, alpha, beta, low, high: scipy.stats.beta(
                alpha.numpy().astype(float), beta.numpy().astype(float), loc=low, scale=high - low
            ).logpdf(actions.numpy().astype(float)),
            "NumPy keeps no graph",
        ),
        (
            beta_loop,
            "no gradient flows back to `alpha`",
        ),
        (
            lambda actions, alpha, beta, low, high: (
                scipy.stats.beta.logpdf(
                    (actions.double() - low) / (high - low), alpha.double(), beta.double()
                )
                - np.log(high - low)
            ),
            "NumPy keeps no graph",
        ),
        (
            beta_filled_in,
            "no gradient flows back to `alpha`",
        ),
        (without_a_graph(right_beta), "no gradient flows back to `alpha`"),
        (lambda *given: right_beta(*given).detach(), "no gradient flows back to `alpha`"),
        (
            lambda a, x, y, low, high: (
                kernel(u_of(a, low, high), x, y)
                - x.lgamma()
                + y.lgamma()
                - (x + y).lgamma()
                - math.log(high - low)
            ),
            "reaches lgamma(α) only",
        ),
        (
            lambda a, x, y, low, high: (
                (x - 1) * u_of(a, low, high)
                + (y - 1) * (1 - u_of(a, low, high))
                - log_b(x, y)
                - math.log(high - low)
            ),
            "where their logarithms belong",
        ),
        (rescales_in_place, ("Jacobian is missing", "also changes `actions`")),
    ],
}
