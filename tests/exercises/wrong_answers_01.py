"""Lesson 01: wrong answers that students give, written from the exercises' text alone."""

import numpy as np
import torch


def greedy_from_zero(q):
    actions = []
    for row in q:
        best, best_value = 0, 0.0
        for action, value in enumerate(row):
            if value > best_value:
                best, best_value = action, value
        actions.append(best)
    return torch.tensor(actions)


def greedy_last_of_ties(q):
    actions = torch.zeros(len(q), dtype=torch.long)
    for state in range(q.shape[0]):
        for action in range(q.shape[1]):
            if q[state, action] >= q[state, actions[state]]:
                actions[state] = action
    return actions


def last_argmax(q):
    return q.shape[1] - 1 - q.flip(1).argmax(1)


def pay(truth, actions):
    return truth[torch.arange(len(truth)), actions]


def earned(estimate, truth, start):
    return (start * pay(truth, estimate.argmax(1))).sum()


def ties(estimate):
    return (estimate == estimate.amax(1, keepdim=True)).float()


def first_rows_only(estimate, truth, start):
    return start[0] * truth[0, estimate[0].argmax()] + start[1] * truth[1, estimate[1].argmax()]


def forgotten_return(estimate, truth, start):
    (start * truth.max(1).values).sum() - earned(estimate, truth, start)


def greedy_loop(q):
    actions = torch.zeros(len(q), dtype=torch.int32)
    for state, row in enumerate(q):
        best = 0
        for action, value in enumerate(row):
            if value > row[best]:
                best = action
        actions[state] = best
    return actions


def wipes_negative_values(q):
    q[q < 0] = 0
    return q.argmax(1)


def weighs_in_place(estimate, truth, start):
    truth *= start[:, None]
    return truth.gather(1, estimate.argmax(1, keepdim=True)).mean()


WRONG = {
    "mean_squared_error": [
        lambda e, t: ((e - t) ** 2).sum(),
        lambda e, t: ((e - t) ** 2).mean(dim=1),
        lambda e, t: ((e - t) ** 2).mean(dim=0),
        lambda e, t: (e - t).abs().mean(),
        lambda e, t: ((e - t) ** 2).mean().sqrt(),
        lambda e, t: (e - t).mean() ** 2,
        lambda e, t: 0.5 * ((e - t) ** 2).mean(),
        lambda e, t: ((e - t) ** 2).sum() / len(e),
        lambda e, t: ((e - t) ** 2).sum() / e.shape[1],
        lambda e, t: (e - t).mean(),
        lambda e, t: (e - t).var(),
        lambda e, t: (e - t).var(unbiased=False),
        lambda e, t: ((e - t) ** 2).sum() / (e.numel() - 1),
        lambda e, t: (e**2 - t**2).mean(),
        lambda e, t: ((e - t) ** 2).max(),
        lambda e, t: torch.linalg.norm(e - t),
        lambda e, t: (e - t) ** 2,
        lambda e, t: ((e - t) ** 2).median(),
        lambda e, t: torch.nn.functional.smooth_l1_loss(e, t),
        lambda e, t: ((e.amax(1) - t.amax(1)) ** 2).mean(),
        lambda e, t: ((e - t) ** 2 / t**2).mean(),
        lambda e, t: int(((e - t) ** 2).mean()),
        lambda e, t: -((e - t) ** 2).mean(),
        lambda e, t: 2 * (e - t).mean(),
        lambda e, t: torch.tensor(625.0),
    ],
    "greedy_actions": [
        lambda q: q.argmax(),
        lambda q: q.argmax(dim=0),
        lambda q: q.max(dim=1).values,
        lambda q: q.argmin(dim=1),
        lambda q: q.max(dim=1),
        lambda q: torch.nn.functional.one_hot(q.argmax(1), q.shape[1]),
        lambda q: q.abs().argmax(1),
        lambda q: q.argmax(1, keepdim=True),
        lambda q: q.argmax(1) + 1,
        lambda q: (q[:, 1] > q[:, 0]).long(),
        lambda q: q == q.max(dim=1, keepdim=True).values,
        lambda q: (q == q.amax(1, keepdim=True)).nonzero()[:, 1],
        lambda q: np.argmax(q.numpy()),
        lambda q: torch.argsort(q, dim=1, stable=True)[:, -1],
        lambda q: q.int().argmax(1),
        lambda q: q.round().argmax(1),
        lambda q: (10 * q).long().argmax(1),
        lambda q: torch.argsort(q, dim=1, descending=True, stable=True),
        lambda q: torch.multinomial(q.softmax(1), 1)[:, 0],
        greedy_from_zero,
        greedy_last_of_ties,
        last_argmax,
    ],
    "greedy_return": [
        lambda e, t, s: (s * e.max(1).values).sum(),
        lambda e, t, s: (s * t.max(1).values).sum(),
        lambda e, t, s: pay(t, e.argmax(1)).sum(),
        lambda e, t, s: pay(t, e.argmax(1)).mean(),
        lambda e, t, s: s * pay(t, e.argmax(1)),
        lambda e, t, s: (s * pay(t, e.argmax(1))).mean(),
        lambda e, t, s: (s * t[:, e.argmax(1)]).sum(),
        lambda e, t, s: (s[:, None] * t[:, e.argmax(1)]).sum(),
        lambda e, t, s: (s * t[e.argmax(1)]).sum(),
        lambda e, t, s: (s * pay(e, t.argmax(1))).sum(),
        lambda e, t, s: (s * pay(t, e.argmax(0))).sum(),
        lambda e, t, s: t.flatten()[e.argmax()],
        lambda e, t, s: (s * pay(t, last_argmax(e))).sum(),
        lambda e, t, s: t[s.argmax(), e[s.argmax()].argmax()],
        lambda e, t, s: (s[:, None] * e.softmax(1) * t).sum(),
        lambda e, t, s: (s * (t * ties(e)).sum(1) / ties(e).sum(1)).sum(),
        lambda e, t, s: (s[:, None] * t * ties(e)).sum(),
        lambda e, t, s: (s * t.masked_fill(ties(e) == 0, -torch.inf).amax(1)).sum(),
        lambda e, t, s: (s * pay(t, e.argmin(1))).sum(),
        lambda e, t, s: (s[:, None] * t).sum(),
        lambda e, t, s: (s * t.gather(1, e.argmax(1, keepdim=True))).sum(),
        lambda e, t, s: t[:, (s @ e).argmax()] @ s,
        lambda e, t, s: (s * e.argmax(1)).sum(),
        lambda e, t, s: pay(t, e.argmax(1))[s > 0].mean(),
        lambda e, t, s: (s * pay(t, (s[:, None] * e).argmax(1))).max(),
        lambda e, t, s: s[0] * t[0, e[0].argmax()] + (1 - s[0]) * t[1, e[1].argmax()],
        first_rows_only,
    ],
    "regret": [
        lambda e, t, s: earned(e, t, s) - (s * t.amax(1)).sum(),
        lambda e, t, s: (s * e.amax(1)).sum() - earned(e, t, s),
        lambda e, t, s: (s * (t.amax(1) - e.amax(1))).sum(),
        lambda e, t, s: (t.amax(1) - pay(t, e.argmax(1))).sum(),
        lambda e, t, s: (t.amax(1) - pay(t, e.argmax(1))).mean(),
        lambda e, t, s: s * (t.amax(1) - pay(t, e.argmax(1))),
        lambda e, t, s: (s * (t.amax(1) - pay(t, e.argmax(1)))).mean(),
        lambda e, t, s: t.max() - earned(e, t, s),
        lambda e, t, s: (s @ t).max() - earned(e, t, s),
        lambda e, t, s: (s * t.amax(1)).max() - earned(e, t, s),
        lambda e, t, s: (s * (t.amax(1) - pay(t, e.argmax(1)))).max(),
        lambda e, t, s: (t.amax(1) - pay(t, e.argmax(1))).max(),
        lambda e, t, s: 1 - earned(e, t, s) / (s * t.amax(1)).sum(),
        lambda e, t, s: (s * (t.amax(1) - pay(t, e.argmax(1))) ** 2).sum(),
        lambda e, t, s: (s * (t.argmax(1) != e.argmax(1))).sum(),
        lambda e, t, s: (s * (t.amax(1) - pay(e, e.argmax(1)))).abs().sum(),
        lambda e, t, s: (s * (t.amax(1) - pay(e, t.argmax(1)))).sum(),
        lambda e, t, s: (s * (t.amax(1) - pay(t, last_argmax(e)))).sum(),
        lambda e, t, s: (s * t.amax(1)).sum(),
        lambda e, t, s: earned(e, t, s),
        lambda e, t, s: earned(e, t, s) - (s * t.mean(1)).sum(),
        lambda e, t, s: (s * (t.amax(1) - t.amin(1))).sum(),
        lambda e, t, s: (s * (e.amax(1) - pay(e, t.argmax(1)))).sum(),
        lambda e, t, s: ((e - t) ** 2).mean(),
        lambda e, t, s: t.amax(1).sum() - earned(e, t, s),
        lambda e, t, s: t.amax(1) - earned(e, t, s),
        lambda e, t, s: (s * (t.amax(1) - t.gather(1, e.argmax(1, keepdim=True)))).sum(),
        lambda e, t, s: (s * t.max(dim=0).values.max()).sum() - earned(e, t, s),
        lambda e, t, s: (s * (t.amax(1) - pay(t, e.argmin(1)))).sum(),
        forgotten_return,
    ],
}

TOLD = {
    "greedy_actions": [
        (
            lambda q: q.argmax(1).float(),
            "their type is float32: int64 is asked for",
        ),
        (
            greedy_loop,
            "their type is int32: int64 is asked for",
        ),
        (wipes_negative_values, ("best value of 0", "also changes `q`")),
    ],
    "mean_squared_error": [
        (lambda estimate, truth: (estimate - truth**2).mean(), "`**` binds tighter"),
        (lambda estimate, truth: (truth - estimate**2).mean(), "`**` binds tighter"),
    ],
    "greedy_return": [
        (
            lambda estimate, truth, start: (
                start * truth[estimate.argmax(1), torch.arange(len(start))]
            ).sum(),
            "`truth[torch.arange(S), actions]`",
        ),
        (weighs_in_place, ("a sum, not a mean", "also changes `truth`")),
    ],
    "regret": [
        (
            lambda estimate, truth, start: (
                start * (truth.amax(1) - truth[estimate.argmax(1), torch.arange(len(start))])
            ).sum(),
            "`truth[torch.arange(S), actions]`",
        ),
    ],
}
