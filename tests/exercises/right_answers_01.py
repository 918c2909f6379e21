"""Lesson 01: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def mse_loop(estimate, truth):
    total = 0.0
    for row, true_row in zip(estimate, truth, strict=True):
        for value, true_value in zip(row, true_row, strict=True):
            total += (value.item() - true_value.item()) ** 2
    return total / estimate.numel()


def greedy_loop(q):
    actions = torch.zeros(len(q), dtype=torch.int32)
    for state, row in enumerate(q):
        best = 0
        for action, value in enumerate(row):
            if value > row[best]:
                best = action
        actions[state] = best
    return actions


def return_loop(estimate, truth, start):
    return sum(start[s].item() * truth[s, estimate[s].argmax()].item() for s in range(len(start)))


RIGHT = {
    "mean_squared_error": [
        lambda estimate, truth: torch.nn.functional.mse_loss(estimate, truth),
        lambda estimate, truth: np.mean((estimate.numpy() - truth.numpy()) ** 2),
        lambda estimate, truth: ((truth - estimate) ** 2).mean(dim=0).mean(),
        lambda estimate, truth: (
            (estimate - truth).double().pow(2).sum() / (estimate.shape[0] * estimate.shape[1])
        ),
        lambda estimate, truth: torch.linalg.norm(estimate - truth) ** 2 / truth.numel(),
        lambda estimate, truth: (estimate - truth).var(unbiased=False) + (estimate - truth).mean() ** 2,
        mse_loop,
    ],
    "greedy_actions": [
        lambda q: q.argmax(dim=1),
        lambda q: torch.max(q, dim=-1).indices,
        lambda q: np.argmax(q.numpy(), axis=1),
        lambda q: torch.tensor([row.argmax().item() for row in q]),
        lambda q: q.argmax(1).float(),
        lambda q: (q == q.amax(1, keepdim=True)).int().argmax(1),
        lambda q: np.array([list(row).index(max(row)) for row in q.tolist()]),
        greedy_loop,
    ],
    "greedy_return": [
        lambda estimate, truth, start: start @ truth[torch.arange(len(truth)), estimate.argmax(1)],
        lambda estimate, truth, start: torch.diag(truth[:, estimate.argmax(1)]).double() @ start.double(),
        lambda estimate, truth, start: (
            start * truth.gather(1, estimate.argmax(1, keepdim=True))[:, 0]
        ).sum(),
        lambda estimate, truth, start: np.dot(
            start.numpy(), truth.numpy()[np.arange(len(truth)), estimate.numpy().argmax(1)]
        ),
        lambda estimate, truth, start: torch.einsum(
            "s,sa,sa->", start, truth, torch.nn.functional.one_hot(estimate.argmax(1), truth.shape[1]).float()
        ),
        lambda estimate, truth, start: truth.double()[range(len(truth)), estimate.argmax(1)] @ start.double(),
        return_loop,
    ],
    "regret": [
        lambda estimate, truth, start: start @ truth.max(1).values - return_loop(estimate, truth, start),
        lambda estimate, truth, start: (
            start * (truth.amax(1) - torch.take_along_dim(truth, estimate.argmax(1)[:, None], 1)[:, 0])
        ).sum(),
        lambda estimate, truth, start: return_loop(truth, truth, start) - return_loop(estimate, truth, start),
        lambda estimate, truth, start: float(
            np.sum(
                start.numpy()
                * (truth.numpy().max(1) - truth.numpy()[range(len(truth)), estimate.argmax(1).numpy()])
            )
        ),
        lambda estimate, truth, start: (
            -(
                start.double()
                @ (truth[torch.arange(len(truth)), estimate.argmax(1)] - truth.max(1)[0]).double()
            )
        ),
    ],
}
