"""Three exercises of lesson 03: slopes by trying, the elite of a batch, and the gradient from scores and returns."""

from math import ceil

import torch

from ..estimators import finite_difference_gradient
from ..log_derivative import elite_mask, score_function_gradient
from .exercise import Case, Exercise, Mistake

__all__ = ["DIFFERENCES", "ELITE", "ESTIMATE"]


def numbers(*shape: int, seed: int) -> torch.Tensor:
    """Normal numbers."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def cubes(theta):
    """A plain number: its central difference is 3 theta^2 + eps^2."""
    return sum(x**3 for x in theta.tolist())


def waves(theta):
    """A tensor []: each parameter has a slope of its own, and the first two act together."""
    return torch.sin(theta[0] * theta[1]) + torch.exp(0.5 * theta).sum()


def softplus(theta):
    return torch.log(1 + torch.exp(theta)).sum()


def noisy_step(theta):
    """Jumps, as an average over a fixed batch does: autograd finds no slope in it, differences do."""
    return (theta > 0.25).double().sum() + 2.0 * (theta > -0.1).double().prod()


def units(theta, eps) -> torch.Tensor:
    """A step of eps along each parameter, [P, P]."""
    return eps * torch.eye(len(theta), dtype=theta.dtype)


def slopes(difference):
    """A wrong answer with the exercise's signature from one difference quotient of (f, theta, step, eps)."""

    def code(f, theta, eps):
        rows = [difference(f, theta, step, eps) for step in units(theta, eps)]
        return torch.tensor([float(row) for row in rows], dtype=theta.dtype)

    return code


def accumulates(f, theta, eps):
    moved, found = theta.clone(), []
    for p in range(len(theta)):
        moved[p] += eps
        above = float(f(moved))
        found.append((above - float(f(theta))) / eps)
    return torch.tensor(found, dtype=theta.dtype)


def accumulates_both(f, theta, eps):
    up, down, found = theta.clone(), theta.clone(), []
    for p in range(len(theta)):
        up[p] += eps
        down[p] -= eps
        found.append((float(f(up)) - float(f(down))) / (2 * eps))
    return torch.tensor(found, dtype=theta.dtype)


def relative(f, theta, eps):
    found = []
    for p, unit in enumerate(units(theta, 1.0)):
        step = eps * theta[p].abs()
        found.append((float(f(theta + step * unit)) - float(f(theta - step * unit))) / (2 * float(step)))
    return torch.tensor(found, dtype=theta.dtype)


def autograd(f, theta, eps):
    leaf = theta.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


def stacks(f, theta, eps):
    return torch.stack([(f(theta + step) - f(theta - step)) / (2 * eps) for step in units(theta, eps)])


def asks_for_item(f, theta, eps):
    found = [(f(theta + step).item() - f(theta - step).item()) / (2 * eps) for step in units(theta, eps)]
    return torch.tensor(found, dtype=theta.dtype)


def all_at_once(f, theta, eps):
    return (float(f(theta + eps)) - float(f(theta - eps))) / (2 * eps)


DIFFERENCES = Exercise(
    reference=finite_difference_gradient,
    returns="[P]: one slope for each parameter",
    cases=(
        Case("a parabola", (lambda theta: (theta**2).sum(), torch.tensor([1.0, -2.0, 0.5]), 0.5)),
        Case(
            "a wide step and a function that returns a plain number",
            (cubes, torch.tensor([0.5, -1.0, 2.0]), 1.0),
        ),
        Case("parameters that act together", (waves, torch.tensor([0.3, 1.2, -0.7, 2.0]), 0.3)),
        Case("a single parameter", (softplus, torch.tensor([0.8]), 2.0)),
        Case("parameters in float64", (waves, numbers(3, seed=1).double(), 0.05)),
        Case(
            "a function that jumps", (noisy_step, torch.tensor([0.2, -0.3, 0.6], dtype=torch.float64), 0.25)
        ),
    ),
    mistakes=(
        Mistake(
            "This is the forward difference, (f(θ + ε) - f(θ)) / ε: the central one goes ε to both sides.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta))) / eps),
        ),
        Mistake(
            "This is the backward difference, (f(θ) - f(θ - ε)) / ε: the central one goes ε to both sides.",
            slopes(lambda f, theta, step, eps: (float(f(theta)) - float(f(theta - step))) / eps),
        ),
        Mistake(
            "The two points lie 2ε apart: divide by 2ε, not by ε.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta - step))) / eps),
        ),
        Mistake(
            "The difference is divided by 2 and multiplied by ε: Python reads `/ 2 * eps` from left to right, put brackets.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta - step))) / 2 * eps),
        ),
        Mistake(
            "The difference is not divided: a slope is the difference over the distance 2ε.",
            slopes(lambda f, theta, step, eps: float(f(theta + step)) - float(f(theta - step))),
        ),
        Mistake(
            "The difference is divided by 2 only: the two points lie 2ε apart.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta - step))) / 2),
        ),
        Mistake(
            "The sign is turned round: f(θ + ε) minus f(θ - ε).",
            slopes(lambda f, theta, step, eps: (float(f(theta - step)) - float(f(theta + step))) / (2 * eps)),
        ),
        Mistake(
            "Each side goes ε/2 here; the two points are θ + ε and θ - ε, 2ε apart.",
            slopes(
                lambda f, theta, step, eps: (float(f(theta + step / 2)) - float(f(theta - step / 2))) / eps
            ),
        ),
        Mistake(
            "One side goes ε and the other stays at θ, yet 2ε divides: go from θ to both sides, each on a copy.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta))) / (2 * eps)),
        ),
        Mistake(
            "This is the second difference over ε²: the curvature, not the slope.",
            slopes(
                lambda f, theta, step, eps: (
                    (float(f(theta + step)) - 2 * float(f(theta)) + float(f(theta - step))) / eps**2
                )
            ),
        ),
        Mistake(
            "All parameters move at once, which gives one slope along a diagonal: move one at a time, and get [P].",
            all_at_once,
        ),
        Mistake(
            "All parameters move at once, so that every entry is the sum of all slopes: move one at a time.",
            lambda f, theta, eps: torch.full_like(theta, all_at_once(f, theta, eps)),
        ),
        Mistake(
            "The steps pile up: each parameter must be back at its place before the next one is moved.",
            accumulates_both,
        ),
        Mistake(
            "The steps pile up, and this is a forward difference: move one parameter at a time, ε to both sides.",
            accumulates,
        ),
        Mistake(
            "The step grows with the parameter here: it is ε for every one of them.",
            relative,
        ),
        Mistake(
            "This is autograd's gradient: it needs a graph inside f, which an average over episodes has not; call f only.",
            autograd,
        ),
        Mistake(
            "f may return a plain number, which `torch.stack` does not take: write the slopes into a tensor of zeros.",
            stacks,
        ),
        Mistake(
            "f may return a plain number, which has no `.item()`: use `float(...)`, which takes numbers and tensors.",
            asks_for_item,
        ),
        Mistake(
            "The slopes are added up: the gradient has one entry for each parameter, [P].",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps).sum(),
        ),
        Mistake(
            "The slopes are divided by their number: each entry of the gradient stands for itself.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps) / len(theta),
        ),
        Mistake(
            "The gradient is scaled to length 1: leave it as it is.",
            lambda f, theta, eps: torch.nn.functional.normalize(
                finite_difference_gradient(f, theta, eps), dim=0
            ),
        ),
    ),
    tolerance=1e-4,  # float32: f is rounded before a difference divides the rounding by eps
)

ELEVEN = torch.tensor([3.0, -1.0, 8.0, 2.0, 5.0, 0.0, 13.0, -4.0, 1.0, 21.0, -7.0])
NINE = torch.tensor([1.0, 7.0, 3.0, 9.0, 5.0, 2.0, 8.0, 4.0, 6.0])
LOSSES = torch.tensor([-10.0, -30.0, -20.0, -90.0, -50.0, -41.0])
LUCKY = torch.tensor([1.9, 0.1, 4.4, -1.9, 1.9, 4.4, 1.9, 0.1, 1.9, 4.4])


def quantile(returns, share, interpolation="linear") -> torch.Tensor:
    return torch.quantile(returns, share, interpolation=interpolation)


def best(returns, count) -> torch.Tensor:
    """The mask of exactly `count` best returns, ties cut off by their place."""
    mask = torch.zeros(len(returns), dtype=torch.bool)
    mask[returns.argsort(descending=True, stable=True)[:count]] = True
    return mask


ELITE = Exercise(
    reference=elite_mask,
    returns="[N]: true for the elite",
    cases=(
        Case("eleven returns and a fraction of 0.25", (ELEVEN, 0.25)),
        Case("a threshold that is one of the returns", (NINE, 0.25)),
        Case("returns that are all negative", (LOSSES, 0.35)),
        Case("ties at the threshold", (LUCKY, 0.2)),
        Case("a fraction above one half", (numbers(8, seed=2), 0.65)),
        Case("many returns in float64", (numbers(53, seed=3).double(), 0.1)),
        Case("equal returns, all of them elite", (torch.full((4,), 1.5), 0.5)),
        Case("a single return", (torch.tensor([-2.0]), 0.3)),
    ),
    mistakes=(
        Mistake(
            "A return at the threshold belongs to the elite: at or above it, >= and not >.",
            lambda returns, fraction: returns > quantile(returns, 1 - fraction),
        ),
        Mistake(
            "Two slips: the threshold is the 1 - fraction quantile, and a return at the threshold is elite (>=).",
            lambda returns, fraction: returns > quantile(returns, fraction),
        ),
        Mistake(
            "The threshold is the `fraction` quantile, so that 1 - fraction of the episodes are kept: take 1 - fraction.",
            lambda returns, fraction: returns >= quantile(returns, fraction),
        ),
        Mistake(
            "These are the worst episodes: the elite lies at or above the 1 - fraction quantile.",
            lambda returns, fraction: returns <= quantile(returns, fraction),
        ),
        Mistake(
            "The mask is turned round: true stands for the elite.",
            lambda returns, fraction: returns < quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The comparison is turned round: the elite lies at or above the threshold.",
            lambda returns, fraction: returns <= quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The quantile's argument is read as percent (`percentile`): a fraction needs `quantile`, or 100 (1 - fraction).",
            lambda returns, fraction: returns >= quantile(returns, (1 - fraction) / 100),
        ),
        Mistake(
            "This takes the best fraction · N by their place, which cuts ties off: compare every return with the threshold.",
            lambda returns, fraction: best(returns, max(1, int(fraction * len(returns)))),
        ),
        Mistake(
            "This takes the best fraction · N, rounded, and cuts ties off: compare every return with the threshold.",
            lambda returns, fraction: best(returns, max(1, round(fraction * len(returns)))),
        ),
        Mistake(
            "This takes the best fraction · N, rounded up, and cuts ties off: compare every return with the threshold.",
            lambda returns, fraction: best(returns, ceil(fraction * len(returns))),
        ),
        Mistake(
            "The threshold is the return at place fraction · N from the top; the quantile lies at (1 - fraction) · (N - 1).",
            lambda returns, fraction: (
                returns >= returns.topk(max(1, int(fraction * len(returns)))).values[-1]
            ),
        ),
        Mistake(
            "The threshold is the return below the quantile: interpolate linearly between the two neighbours.",
            lambda returns, fraction: returns >= quantile(returns, 1 - fraction, "lower"),
        ),
        Mistake(
            "The threshold is the sorted return at (1 - fraction) · N; the quantile lies at (1 - fraction) · (N - 1).",
            lambda returns, fraction: returns >= returns.sort().values[int((1 - fraction) * len(returns))],
        ),
        Mistake(
            "This is a share of the largest return, which fails for negative ones: the elite is a share of the episodes.",
            lambda returns, fraction: returns >= (1 - fraction) * returns.max(),
        ),
        Mistake(
            "This is a share of the range from worst to best; the elite is a share of the episodes: take a quantile.",
            lambda returns, fraction: returns >= returns.max() - fraction * (returns.max() - returns.min()),
        ),
        Mistake(
            "The threshold is the mean return, whatever the fraction: take the 1 - fraction quantile.",
            lambda returns, fraction: returns >= returns.mean(),
        ),
        Mistake(
            "The threshold is the median, whatever the fraction: take the 1 - fraction quantile.",
            lambda returns, fraction: returns >= quantile(returns, 0.5),
        ),
        Mistake(
            "Only the best episode is kept: the elite is every return at or above the 1 - fraction quantile.",
            lambda returns, fraction: returns >= returns.max(),
        ),
        Mistake(
            "These are the elite's returns; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns[returns >= quantile(returns, 1 - fraction)],
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: (returns >= quantile(returns, 1 - fraction)).nonzero()[:, 0],
        ),
        Mistake(
            "These are the elite's places; a mask is asked for, true or false for every episode.",
            lambda returns, fraction: returns.topk(int(fraction * len(returns))).indices,
        ),
        Mistake(
            "This is the threshold; compare every return with it.",
            lambda returns, fraction: quantile(returns, 1 - fraction),
        ),
        Mistake(
            "The mask is multiplied with the returns; true or false for every episode is asked for.",
            lambda returns, fraction: returns * (returns >= quantile(returns, 1 - fraction)),
        ),
        Mistake(
            "The size of a return counts here, not its sign: a large negative return is no elite, leave `abs` out.",
            lambda returns, fraction: returns.abs() >= quantile(returns.abs(), 1 - fraction),
        ),
    ),
)


def standardised(returns, correction: int) -> torch.Tensor:
    """(returns - mean) / std; NaN for a single return and correction 1, without torch's warning."""
    centered = returns - returns.mean()
    return centered / ((centered**2).sum() / (len(returns) - correction)).sqrt().add(1e-8)


def product(scores, returns) -> torch.Tensor:
    """Each score times the return of its own sample, [N, P]."""
    return scores * returns[:, None]


ESTIMATE = Exercise(
    reference=score_function_gradient,
    returns="[P]: one entry for each parameter",
    cases=(
        Case(
            "three samples of two parameters",
            (torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]]), torch.tensor([1.0, 2.0, 4.0])),
        ),
        Case("seven samples of three parameters", (numbers(7, 3, seed=4), numbers(7, seed=5))),
        Case("as many samples as parameters", (numbers(4, 4, seed=6), numbers(4, seed=7))),
        Case(
            "more parameters than samples, in float64",
            (numbers(2, 5, seed=8).double(), numbers(2, seed=9).double()),
        ),
        Case("equal returns", (numbers(6, 2, seed=10), torch.full((6,), 3.0))),
        Case("a single parameter", (numbers(5, 1, seed=11), numbers(5, seed=12))),
        Case("a single sample", (torch.tensor([[0.5, -0.5, 2.0]]), torch.tensor([-3.0]))),
    ),
    mistakes=(
        Mistake(
            "This is the sum over the samples: divide by N, an average is estimated.",
            lambda scores, returns: product(scores, returns).sum(0),
        ),
        Mistake(
            "This is the mean score times the mean return: multiply each score with its own return first, then average.",
            lambda scores, returns: scores.mean(0) * returns.mean(),
        ),
        Mistake(
            "This is the mean score times the sum of the returns: multiply each score with its own return, then average.",
            lambda scores, returns: scores.mean(0) * returns.sum(),
        ),
        Mistake(
            "The mean runs over parameters too: average over samples only (dim=0), one entry for each parameter.",
            lambda scores, returns: product(scores, returns).mean(),
        ),
        Mistake(
            "The mean runs over parameters, which leaves one number for each sample: average over samples, dim=0.",
            lambda scores, returns: product(scores, returns).mean(1),
        ),
        Mistake(
            "These are the estimates of the single samples: average them over the samples.",
            product,
        ),
        Mistake(
            "`scores * returns` lines the returns up with the parameters: write `returns[:, None]`, one return for each row.",
            lambda scores, returns: (scores * returns).mean(0),
        ),
        Mistake(
            "The sign is turned round: this is the gradient of a loss; that of the average itself is asked for.",
            lambda scores, returns: -product(scores, returns).mean(0),
        ),
        Mistake(
            "The returns are missing: without them the mean score is zero but for noise.",
            lambda scores, returns: scores.mean(0),
        ),
        Mistake(
            "The mean return is subtracted here: a good idea (lesson 06), but its bias has to be known first; leave it out.",
            lambda scores, returns: product(scores, returns - returns.mean()).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, standardised(returns, 1)).mean(0),
        ),
        Mistake(
            "The returns are standardised here, which makes it another gradient: use them as they are.",
            lambda scores, returns: product(scores, standardised(returns, 0)).mean(0),
        ),
        Mistake(
            "The sum is divided by N - 1; a mean divides by N (N - 1 belongs to a variance).",
            lambda scores, returns: product(scores, returns).sum(0) / (len(returns) - 1),
        ),
        Mistake(
            "The sum is divided by the number of parameters: divide by the number of samples.",
            lambda scores, returns: product(scores, returns).sum(0) / scores.shape[1],
        ),
        Mistake(
            "The sum is divided by the sum of the returns: an average over samples divides by N.",
            lambda scores, returns: product(scores, returns).sum(0) / returns.sum(),
        ),
        Mistake(
            "The size of a return counts here, not its sign: leave `abs` out, bad samples must push the other way.",
            lambda scores, returns: product(scores, returns.abs()).mean(0),
        ),
        Mistake(
            "Only samples with positive returns count here: bad samples must push the other way.",
            lambda scores, returns: product(scores, returns.clamp(min=0)).mean(0),
        ),
        Mistake(
            "The estimate stands in a row of its own, [1, P]: leave `keepdim` out.",
            lambda scores, returns: product(scores, returns).mean(0, keepdim=True),
        ),
        Mistake(
            "The estimate is scaled to length 1: the length of the gradient belongs to it.",
            lambda scores, returns: torch.nn.functional.normalize(product(scores, returns).mean(0), dim=0),
        ),
    ),
)
