"""Lesson 01: right answers in other styles, which the checks must accept."""

import numpy as np
import torch


def mse_loop(estimate, truth):
    total = 0.0
    for row, true_row in zip(estimate, truth, strict=True):
        for value, true_value in zip(row, true_row, strict=True):
            total += (value.item() - true_value.item()) ** 2
    return total / estimate.numel()


def return_loop(estimate, truth, start):
    return sum(start[s].item() * truth[s, estimate[s].argmax()].item() for s in range(len(start)))


def mse_recursive(estimate, truth):
    def summed(numbers):
        if len(numbers) == 1:
            return numbers[0]
        half = len(numbers) // 2
        return summed(numbers[:half]) + summed(numbers[half:])

    return summed(((estimate - truth) ** 2).flatten()) / truth.numel()


def running_mse(estimate, truth):
    mean = torch.zeros((), dtype=torch.float64)
    for count, error in enumerate((estimate - truth).flatten(), start=1):
        mean = mean + (error**2 - mean) / count
    return mean


class Greedy:
    """A class that carries its table."""

    def __init__(self, estimate):
        self.estimate = estimate

    def __call__(self, state):
        return max(range(self.estimate.shape[1]), key=lambda action: self.estimate[state, action].item())


def places_before_the_first_best(q):
    return ((q == q.amax(1, keepdim=True)).cumsum(1) == 0).sum(1)


def return_in_class(estimate, truth, start):
    act = Greedy(estimate)
    return torch.stack([start[s] * truth[s, act(s)] for s in range(len(start))]).sum()


def return_recursive(estimate, truth, start):
    if len(start) == 0:
        return torch.zeros(())
    here = start[0] * truth[0][estimate[0].argmax()]
    return here + return_recursive(estimate[1:], truth[1:], start[1:])


def regret_by_pairs(estimate, truth, start):
    """Every action that beats the chosen one says by how much; the largest lead is the regret of the state."""
    chosen = truth.gather(1, estimate.argmax(1, keepdim=True))
    return ((truth - chosen).clamp(min=0).max(1).values * start).sum()


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
        lambda estimate, truth: torch.einsum("sa,sa->", estimate - truth, estimate - truth) / truth.numel(),
        lambda estimate, truth: torch.nn.MSELoss()(estimate.double(), truth.double()),
        lambda estimate, truth: np.square(np.subtract(estimate.numpy(), truth.numpy())).mean(),
        lambda estimate, truth: torch.tensor([(row @ row) / len(row) for row in estimate - truth]).mean(),
        mse_recursive,
        running_mse,
    ],
    "greedy_actions": [
        lambda q: q.argmax(dim=1),
        lambda q: torch.max(q, dim=-1).indices,
        lambda q: np.argmax(q.numpy(), axis=1),
        lambda q: torch.tensor([row.argmax().item() for row in q]),
        lambda q: (q == q.amax(1, keepdim=True)).int().argmax(1),
        lambda q: np.array([list(row).index(max(row)) for row in q.tolist()]),
        lambda q: torch.tensor([Greedy(q)(state) for state in range(len(q))]),
        lambda q: torch.sort(q, dim=1, descending=True, stable=True).indices[:, 0],
        lambda q: (q[:, :, None] < q[:, None, :]).any(2).int().argmin(1),
        lambda q: np.array([np.flatnonzero(row == row.max())[0] for row in q.numpy()], dtype=np.uint8),
        lambda q: torch.unravel_index(q.argmax(1) + q.shape[1] * torch.arange(len(q)), q.shape)[1],
        places_before_the_first_best,
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
        lambda estimate, truth, start: np.average(
            np.take_along_axis(truth.numpy(), estimate.numpy().argmax(1)[:, None], 1)[:, 0], weights=start
        ),
        lambda estimate, truth, start: (
            start @ truth.flatten()[torch.arange(len(truth)) * truth.shape[1] + estimate.argmax(1)]
        ),
        lambda estimate, truth, start: torch.trace(
            torch.diag(start)
            @ truth
            @ torch.nn.functional.one_hot(estimate.argmax(1), truth.shape[1]).T.float()
        ),
        return_in_class,
        return_recursive,
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
        lambda estimate, truth, start: torch.relu(
            start @ truth.amax(1) - start @ truth[torch.arange(len(truth)), estimate.argmax(1)]
        ),
        lambda estimate, truth, start: np.average(
            [max(row) - row[Greedy(estimate)(s)] for s, row in enumerate(truth.tolist())], weights=start
        ),
        lambda estimate, truth, start: torch.einsum(
            "s,sa,sa->",
            start,
            truth,
            (
                torch.nn.functional.one_hot(truth.argmax(1), truth.shape[1])
                - torch.nn.functional.one_hot(estimate.argmax(1), truth.shape[1])
            ).float(),
        ),
        lambda estimate, truth, start: (
            return_recursive(truth, truth, start) - return_in_class(estimate, truth, start)
        ),
        regret_by_pairs,
    ],
}
