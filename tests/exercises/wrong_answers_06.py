"""Lesson 06: wrong answers that students give, written from the text of the exercises alone."""

import numpy as np
import torch
import torch.nn.functional as F


def scores_of(probs):
    return torch.eye(len(probs), dtype=probs.dtype) - probs


def pushes_of(probs, rewards, baseline):
    return (rewards - baseline)[:, None] * scores_of(probs)


def spread(probs, pushes):
    return probs @ ((pushes - probs @ pushes) ** 2).sum(1)


def unbiased_cov(probs, rewards, baseline):
    return torch.cov(pushes_of(probs, rewards, baseline).T).trace()


def weighted_twice(probs, rewards, baseline):
    pushes = probs[:, None] * pushes_of(probs, rewards, baseline)
    return probs @ ((pushes - pushes.sum(0)) ** 2).sum(1)


def only_the_pressed_logit(probs, rewards, baseline):
    push = (rewards - baseline) * (1 - probs)
    return probs @ (push - probs @ push) ** 2


def two_buttons_by_formula(probs, rewards, baseline):
    best = probs[1] * rewards[0] + probs[0] * rewards[1]
    return probs[0] * probs[1] * (baseline - best) ** 2


def twice_two_buttons(probs, rewards, baseline):
    return 2 * two_buttons_by_formula(probs, rewards, baseline)


def sampled_variance(probs, rewards, baseline):
    """A Monte Carlo answer with a fixed seed, where the exact one is asked for."""
    chosen = torch.multinomial(probs, 2000, replacement=True, generator=torch.Generator().manual_seed(0))
    return pushes_of(probs, rewards, baseline)[chosen].var(0).sum()


def probs_taken_for_logits(probs, rewards, baseline):
    pi = probs.softmax(0)
    return spread(pi, pushes_of(pi, rewards, baseline))


def score_of_the_probability(probs, rewards, baseline):
    pushes = (rewards - baseline)[:, None] * torch.eye(len(probs)) / probs
    return spread(probs, pushes)


def baseline_by_column(returns, scores):
    return (scores**2 * returns[:, None]).sum(1) / (scores**2).sum(1)


def baseline_of_control_variate(returns, scores):
    """Cov(sG, s) / Var(s), the regression coefficient of the sample."""
    weighted = scores * returns[:, None]
    s, w = scores - scores.mean(0), weighted - weighted.mean(0)
    return torch.nan_to_num((s * w).sum(0) / (s**2).sum(0))


def baseline_nan_to_mean(returns, scores):
    squares = scores**2
    best = (squares * returns[:, None]).sum(0) / squares.sum(0)
    return torch.where(torch.isnan(best), returns.mean(), best)


def baseline_zero_if_any_zero(returns, scores):
    squares = scores**2
    best = torch.nan_to_num((squares * returns[:, None]).sum(0) / squares.sum(0))
    return torch.where((scores == 0).any(0), 0.0, best)


def standardize_in_place(x):
    x -= x.mean()
    x /= x.std(correction=0) + 1e-8
    return x


def standardize_guard_length_only(x):
    return torch.zeros_like(x) if len(x) == 1 else (x - x.mean()) / x.std()


def standardize_as_it_is_if_equal(x):
    return x if x.std(correction=0) == 0 else (x - x.mean()) / x.std(correction=0)


def standardize_single_kept(x):
    return x if len(x) == 1 else (x - x.mean()) / (x.std() + 1e-8)


def standardize_std_before_mean(x):
    x = x / (x.std(correction=0) + 1e-8)
    return x - x.std(correction=0)


def entropy_unstable(logits):
    p = logits.exp() / logits.exp().sum(-1, keepdim=True)
    return -(p * p.log()).sum(-1)


def entropy_first_row(logits):
    p = logits[0].softmax(-1)
    return -(p * logits[0].log_softmax(-1)).sum(-1)


def entropy_kl_to_uniform(logits):
    log_p = logits.log_softmax(-1)
    return (log_p.exp() * (log_p + np.log(logits.shape[-1]))).sum(-1)


def shaping_in_place(rewards, potentials, gamma):
    rewards += gamma * potentials[1:] - potentials[:-1]
    return rewards


def shaping_last_step_bare(rewards, potentials, gamma):
    shaped = rewards.clone()
    shaped[:-1] = rewards[:-1] + gamma * potentials[1:-1] - potentials[:-2]
    return shaped


def shaping_end_is_zero(rewards, potentials, gamma):
    ends = potentials.clone()
    ends[-1] = 0.0
    return rewards + gamma * ends[1:] - ends[:-1]


def shaping_only_first(rewards, potentials, gamma):
    shaped = rewards.clone()
    shaped[0] = rewards[0] + gamma * potentials[1] - potentials[0]
    return shaped


def shaping_to_the_end(rewards, potentials, gamma):
    shaped = rewards.clone()
    shaped[-1] = shaped[-1] + gamma * potentials[-1] - potentials[0]
    return shaped


def shaping_discounted(rewards, potentials, gamma):
    powers = gamma ** torch.arange(len(rewards))
    return rewards + powers * (gamma * potentials[1:] - potentials[:-1])


def shaping_return(rewards, potentials, gamma):
    shaped, tail = rewards + gamma * potentials[1:] - potentials[:-1], 0.0
    found = []
    for r in reversed(shaped):
        tail = r + gamma * tail
        found.append(tail)
    return torch.stack(found[::-1])


def standardize_sample(x):
    return torch.zeros_like(x) if len(x) < 2 else (x - x.mean()) / x.std().clamp(min=1e-6)


def centres_alone_and_refuses_one(x):
    if len(x) == 1:
        raise ValueError("one entry has no deviation")
    return x - x.mean()


def by_the_variance_in_place(x):
    x -= x.mean()
    return x / (x.var(correction=0) + 1e-8)


WRONG = {
    "gradient_variance": [
        lambda probs, rewards, baseline: spread(probs, pushes_of(probs, rewards, 0.0)),
        lambda probs, rewards, baseline: spread(probs, pushes_of(probs, rewards, -baseline)),
        lambda probs, rewards, baseline: probs @ (pushes_of(probs, rewards, baseline) ** 2).sum(1),
        lambda probs, rewards, baseline: pushes_of(probs, rewards, baseline).var(0).sum(),
        lambda probs, rewards, baseline: pushes_of(probs, rewards, baseline).var(0, correction=0).sum(),
        lambda probs, rewards, baseline: spread(probs, pushes_of(probs, rewards, baseline)).sqrt(),
        lambda probs, rewards, baseline: spread(probs, pushes_of(probs, rewards, baseline)) / len(probs),
        lambda probs, rewards, baseline: probs @ (rewards - baseline - probs @ (rewards - baseline)) ** 2,
        lambda probs, rewards, baseline: probs @ (rewards - baseline) ** 2,
        lambda probs, rewards, baseline: spread(probs, (rewards - baseline)[:, None] * torch.eye(len(probs))),
        lambda probs, rewards, baseline: spread(
            probs, (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs[:, None])
        ),
        lambda probs, rewards, baseline: spread(probs, (rewards - baseline) * scores_of(probs)),
        lambda probs, rewards, baseline: spread(probs, rewards[:, None] * scores_of(probs) - baseline),
        lambda probs, rewards, baseline: (
            probs
            @ ((pushes_of(probs, rewards, baseline) - pushes_of(probs, rewards, baseline).mean(0)) ** 2).sum(
                1
            )
        ),
        lambda probs, rewards, baseline: (
            (pushes_of(probs, rewards, baseline) - probs @ pushes_of(probs, rewards, baseline)) ** 2
        ).sum(),
        lambda probs, rewards, baseline: (
            probs
            @ (pushes_of(probs, rewards, baseline) - probs @ pushes_of(probs, rewards, baseline)).norm(dim=1)
        ),
        lambda probs, rewards, baseline: (
            probs @ (pushes_of(probs, rewards, baseline) ** 2).sum(1)
            - (probs @ pushes_of(probs, rewards, baseline)).norm()
        ),
        lambda probs, rewards, baseline: (
            probs @ (pushes_of(probs, rewards, baseline) - probs @ pushes_of(probs, rewards, baseline)) ** 2
        ),
        lambda probs, rewards, baseline: (
            probs
            @ (pushes_of(probs, rewards, baseline) - probs @ pushes_of(probs, rewards, baseline)).sum(1) ** 2
        ),
        unbiased_cov,
        weighted_twice,
        only_the_pressed_logit,
        two_buttons_by_formula,
        twice_two_buttons,
        sampled_variance,
        probs_taken_for_logits,
        score_of_the_probability,
    ],
    "optimal_baseline": [
        lambda returns, scores: torch.nan_to_num((returns @ scores) / scores.sum(0)),
        lambda returns, scores: torch.nan_to_num((returns @ scores.abs()) / scores.abs().sum(0)),
        lambda returns, scores: returns.mean().expand(scores.shape[1]),
        lambda returns, scores: returns.mean(),
        lambda returns, scores: (returns @ scores**2) / (scores**2).sum(0),
        lambda returns, scores: (returns @ scores**2) / (scores**2).sum(),
        lambda returns, scores: (returns @ (scores**2).sum(1)) / (scores**2).sum(),
        lambda returns, scores: ((returns @ (scores**2).sum(1)) / (scores**2).sum()).expand(scores.shape[1]),
        lambda returns, scores: (returns[:, None] * scores**2).mean(0) / ((scores**2).sum(0) + 1e-8),
        lambda returns, scores: (returns[:, None] * scores**2).sum(0) / ((scores**2).mean(0) + 1e-8),
        lambda returns, scores: (returns[:, None] * scores**2).mean(0),
        lambda returns, scores: (returns[:, None] * scores**2).sum(0),
        lambda returns, scores: torch.nan_to_num(
            ((returns[:, None] * scores) ** 2).sum(0) / (scores**2).sum(0)
        ),
        lambda returns, scores: torch.nan_to_num((returns @ scores) ** 2 / (scores**2).sum(0)),
        lambda returns, scores: torch.nan_to_num((returns @ scores) / (scores**2).sum(0)),
        lambda returns, scores: torch.nan_to_num((returns @ scores**2) / scores.sum(0) ** 2),
        lambda returns, scores: torch.nan_to_num((returns[:, None] * scores**2 / scores**2).mean(0)),
        lambda returns, scores: (returns @ scores**2) / ((scores**2).sum(0) + 1.0),
        lambda returns, scores: (returns @ scores**2) / (scores**2).sum(0).clamp(min=1.0),
        lambda returns, scores: torch.nan_to_num(
            ((returns - returns.mean()) @ scores**2) / (scores**2).sum(0)
        ),
        lambda returns, scores: torch.nan_to_num(-(returns @ scores**2) / (scores**2).sum(0)),
        lambda returns, scores: torch.nan_to_num((returns[:, None] * scores**2) / (scores**2).sum(0)),
        lambda returns, scores: (returns @ scores**2 + 1e-8) / ((scores**2).sum(0) + 1e-8),
        baseline_by_column,
        baseline_of_control_variate,
        baseline_nan_to_mean,
        baseline_zero_if_any_zero,
    ],
    "standardize": [
        lambda x: (x - x.mean()) / x.std(),
        lambda x: (x - x.mean()) / x.std(correction=0),
        lambda x: (x - x.mean()) / (x.std() + 1e-8),
        lambda x: (x - x.mean()) / (x.var(correction=0) + 1e-8),
        lambda x: x - x.mean(),
        lambda x: x / (x.std(correction=0) + 1e-8),
        lambda x: x - x.mean() / (x.std(correction=0) + 1e-8),
        lambda x: (x + x.mean()) / (x.std(correction=0) + 1e-8),
        lambda x: (x.mean() - x) / (x.std(correction=0) + 1e-8),
        lambda x: (x - x.min()) / (x.max() - x.min() + 1e-8),
        lambda x: (x - x.mean()) / (x.max() - x.min() + 1e-8),
        lambda x: (x - x.mean()) / (x.abs().max() + 1e-8),
        lambda x: (x - x.mean()) / ((x - x.mean()).abs().mean() + 1e-8),
        lambda x: (x - x.median()) / (x.std(correction=0) + 1e-8),
        lambda x: (x - x.mean()) / ((x**2).mean().sqrt() + 1e-8),
        lambda x: (x - x.mean()) / ((x - x.mean()).norm() + 1e-8),
        lambda x: F.normalize(x, dim=0),
        lambda x: (x - x.mean()) / x.std(correction=0).clamp(min=1.0),
        lambda x: (x - x.mean()) / (x.std(correction=0) + 1.0),
        lambda x: (x - x.mean()) / (x.std(correction=0) + 0.01),
        lambda x: x.softmax(0),
        lambda x: ((x - x.mean()) / (x.std(correction=0) + 1e-8)).mean(),
        standardize_in_place,
        standardize_guard_length_only,
        standardize_as_it_is_if_equal,
        standardize_single_kept,
        standardize_std_before_mean,
    ],
    "entropy": [
        lambda logits: (logits.softmax(-1) * logits.log_softmax(-1)).sum(-1),
        lambda logits: -(logits.softmax(-1) * logits.softmax(-1).log()).sum(-1),
        lambda logits: -(logits.softmax(0) * logits.log_softmax(0)).sum(0),
        lambda logits: -(logits.softmax(0) * logits.log_softmax(0)).sum(1),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(0),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1).mean(),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).mean(-1),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1, keepdim=True),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1) / np.log(2),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1) / np.log(logits.shape[-1]),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1).detach(),
        lambda logits: -(logits.softmax(-1).detach() * logits.log_softmax(-1)).sum(-1),
        lambda logits: -(logits * logits.log()).sum(-1),
        lambda logits: -(logits * logits.log_softmax(-1)).sum(-1),
        lambda logits: -(logits.softmax(-1) * logits).sum(-1),
        lambda logits: -(logits.log_softmax(-1)).sum(-1),
        lambda logits: -(logits.log_softmax(-1)).mean(-1),
        lambda logits: (-(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)).exp(),
        lambda logits: -(logits.softmax(-1) * logits.softmax(-1).log()).nan_to_num().sum(-1),
        lambda logits: -torch.xlogy(logits.softmax(-1), logits.softmax(-1)).sum(-1),
        lambda logits: torch.special.entr(logits.softmax(-1)).sum(-1),
        lambda logits: 1 - (logits.softmax(-1) ** 2).sum(-1),
        lambda logits: -(logits.sigmoid() * logits.sigmoid().log()).sum(-1),
        lambda logits: -(logits.softmax(-1) * (logits.softmax(-1) + 1e-2).log()).sum(-1),
        lambda logits: -(logits.softmax(-1) * logits.log_softmax(-1)).max(-1).values,
        entropy_unstable,
        entropy_first_row,
        entropy_kl_to_uniform,
    ],
    "potential_shaping": [
        lambda rewards, potentials, gamma: rewards + potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: rewards + potentials[:-1] - gamma * potentials[1:],
        lambda rewards, potentials, gamma: rewards + gamma * potentials[:-1] - potentials[1:],
        lambda rewards, potentials, gamma: rewards + potentials[1:] - gamma * potentials[:-1],
        lambda rewards, potentials, gamma: rewards + gamma * (potentials[1:] - potentials[:-1]),
        lambda rewards, potentials, gamma: rewards + gamma * potentials[1:],
        lambda rewards, potentials, gamma: rewards - potentials[:-1],
        lambda rewards, potentials, gamma: rewards + potentials[1:],
        lambda rewards, potentials, gamma: rewards + gamma * potentials[1:] + potentials[:-1],
        lambda rewards, potentials, gamma: rewards - gamma * potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: gamma * potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: rewards + (potentials[1:] - potentials[:-1]).abs(),
        lambda rewards, potentials, gamma: rewards + (gamma * potentials[1:] - potentials[:-1]).abs(),
        lambda rewards, potentials, gamma: gamma * rewards + gamma * potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: rewards * (gamma * potentials[1:] - potentials[:-1]),
        lambda rewards, potentials, gamma: (rewards + gamma * potentials[1:] - potentials[:-1]).sum(),
        lambda rewards, potentials, gamma: rewards + gamma * potentials - potentials,
        lambda rewards, potentials, gamma: rewards + gamma * potentials[-1] - potentials[0],
        lambda rewards, potentials, gamma: rewards + gamma**2 * potentials[1:] - gamma * potentials[:-1],
        lambda rewards, potentials, gamma: rewards + gamma * potentials.roll(-1)[:-1] - potentials[1:],
        lambda rewards, potentials, gamma: rewards + 0.99 * potentials[1:] - potentials[:-1],
        lambda rewards, potentials, gamma: rewards[:-1] + gamma * potentials[1:-1] - potentials[:-2],
        lambda rewards, potentials, gamma: rewards + gamma * potentials[:-1].roll(-1) - potentials[:-1],
        shaping_in_place,
        shaping_last_step_bare,
        shaping_end_is_zero,
        shaping_only_first,
        shaping_to_the_end,
        shaping_discounted,
        shaping_return,
    ],
}

TOLD = {
    "standardize": [
        (lambda x: x / x.std(), "mean is not taken off"),
        (
            standardize_sample,
            "the mean rounds",
        ),
        (
            lambda x: (x - x.mean()) / torch.sqrt(((x - x.mean()) ** 2).sum() / len(x) + 1e-12),
            "the mean rounds",
        ),
        (
            lambda x: (x - x.mean()) * torch.rsqrt(x.var(correction=0).clamp(min=1e-12)),
            "the mean rounds",
        ),
        (
            lambda x: (x - x.mean()) / (x.std(correction=0) + 1e-8),
            "the mean rounds",
        ),
        (
            lambda x: (x - x.mean()) / (x.var(correction=0) + 1e-10).sqrt(),
            "the mean rounds",
        ),
        (
            lambda x: torch.nan_to_num((x - x.mean()) / x.std(correction=0)),
            "the mean rounds",
        ),
        (
            centres_alone_and_refuses_one,
            ("division by the standard deviation is missing", "stops with ValueError"),
        ),
        (by_the_variance_in_place, ("variance", "also changes `x`")),
        (lambda x: (x - x[0] - (x - x[0]).mean()) / (x.var(correction=0) + 1e-8), "variance"),
        (
            lambda x: (x - x.mean()) / x.std(correction=0).clamp(min=1e-8),
            ("three times 3.4", "the mean rounds"),
        ),
    ],
}
