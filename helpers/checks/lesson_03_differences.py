"""An exercise of lesson 03: slopes by trying."""

import torch

from ..estimators import finite_difference_gradient
from .exercise import Case, Exercise, Mistake

__all__ = ["DIFFERENCES"]


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


# The right answer in the precision of theta, where a tiny step leaves rounding noise.
central = slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta - step))) / (2 * eps))


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


def same_tensor(f, theta, eps):
    """Two names for one tensor: both points are the same."""
    found = []
    for p in range(len(theta)):
        up = down = theta.clone()
        up[p] += eps
        down[p] -= eps
        found.append((float(f(up)) - float(f(down))) / (2 * eps))
    return torch.tensor(found, dtype=theta.dtype)


def left_below(f, theta, eps):
    """Goes up and down in place, and never back."""
    moved, found = theta.clone(), []
    for p in range(len(theta)):
        moved[p] += eps
        above = float(f(moved))
        moved[p] -= 2 * eps
        found.append((above - float(f(moved))) / (2 * eps))
    return torch.tensor(found, dtype=theta.dtype)


def stays_above(f, theta, eps):
    """Goes up and down around a point that keeps every step made so far."""
    moved, found = theta, []
    for step in units(theta, eps):
        moved = moved + step
        found.append((float(f(moved)) - float(f(moved - 2 * step))) / (2 * eps))
    return torch.tensor(found, dtype=theta.dtype)


def only(keep):
    """The right slopes at some places, 0 at the others."""

    def code(f, theta, eps):
        gradient = torch.zeros_like(theta)
        gradient[keep] = finite_difference_gradient(f, theta, eps)[keep]
        return gradient

    return code


DIFFERENCES = Exercise(
    reference=finite_difference_gradient,
    returns="[P]: one slope for each parameter",
    # Sums of a few powers of 2, exact in floats: who moves theta in place and back by += and -= leaves it as it was.
    cases=(
        Case("a parabola", (lambda theta: (theta**2).sum(), torch.tensor([1.0, -2.0, 0.5]), 0.5)),
        Case(
            "a wide step and a function that returns a plain number",
            (cubes, torch.tensor([0.5, -1.0, 2.0]), 1.0),
        ),
        Case("parameters that act together", (waves, torch.tensor([0.25, 1.25, -0.75, 2.0]), 0.25)),
        Case("a single parameter", (softplus, torch.tensor([0.75]), 2.0)),
        Case(
            "parameters in float64", (waves, torch.tensor([-1.5, 0.375, 0.625], dtype=torch.float64), 0.0625)
        ),
        Case(
            "a function that jumps",
            (noisy_step, torch.tensor([0.1875, -0.25, 0.625], dtype=torch.float64), 0.25),
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
        Mistake(
            "`up = theta` copies nothing: both points are one tensor, moved up and down again. Use `theta.clone()` for each.",
            same_tensor,
        ),
        Mistake(
            "A parameter that went up ε and down 2ε stands ε too low when the next one is tried: put it back first.",
            left_below,
        ),
        Mistake(
            "The step is a number of your own: use the argument `eps`.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, 1e-4),
        ),
        Mistake(
            "The step is a number of your own: use the argument `eps`.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, 1e-3),
        ),
        Mistake(
            "The points lie around 0: θ itself is missing, go from θ to θ + ε and θ - ε.",
            lambda f, theta, eps: finite_difference_gradient(f, torch.zeros_like(theta), eps),
        ),
        Mistake(
            "The two values are added: a slope is their difference over 2ε.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) + float(f(theta - step))) / (2 * eps)),
        ),
        Mistake(
            "Only the last slope is left: make the tensor of zeros once, before the loop.",
            only(slice(-1, None)),
        ),
        Mistake(
            "The last slope is missing: the loop runs over all P parameters.",
            only(slice(None, -1)),
        ),
        Mistake(
            "Only the first slope is there: `return` stands inside the loop.",
            only(slice(None, 1)),
        ),
        Mistake(
            "The step is multiplied with the parameter: it is ε for every one of them.",
            slopes(
                lambda f, theta, step, eps: (
                    (float(f(theta + step * theta)) - float(f(theta - step * theta))) / (2 * eps)
                )
            ),
        ),
        Mistake(
            "The difference is divided by ε², which belongs to a curvature: the two points lie 2ε apart.",
            slopes(lambda f, theta, step, eps: (float(f(theta + step)) - float(f(theta - step))) / eps**2),
        ),
        Mistake(
            "The signs of the slopes are lost: leave `abs` out, a slope may be negative.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps).abs(),
        ),
        Mistake(
            "The slopes are averaged into one number: the gradient has one entry for each parameter, [P].",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps).mean(),
        ),
        Mistake(
            "The steps pile up: each parameter must be back at its place before the next one is moved.",
            stays_above,
        ),
        Mistake(
            "The slopes are cut to whole numbers: make the tensor of zeros one of floats.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps).trunc(),
        ),
        Mistake(
            "Only the first slope comes back: go through all parameters, and return [P].",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps)[0],
        ),
        Mistake(
            "Only the last slope comes back: collect them in a tensor of zeros made before the loop.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps)[-1],
        ),
        Mistake(
            "The first slope is missing: the loop begins with parameter 0.",
            only(slice(1, None)),
        ),
        Mistake(
            "The step is a number of your own: use the argument `eps`.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, 1e-2),
        ),
        Mistake(
            "The step is a number of your own: use the argument `eps`.",
            lambda f, theta, eps: central(f, theta, 1e-5),
        ),
        Mistake(
            "The difference is divided by 4ε: the two points lie 2ε apart.",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps) / 2,
        ),
        Mistake(
            "Both points lie on one side, θ and θ + 2ε: go ε to each side.",
            slopes(lambda f, theta, step, eps: (float(f(theta + 2 * step)) - float(f(theta))) / (2 * eps)),
        ),
        Mistake(
            "The slopes stand in a column [P, 1]: return them in a row, [P].",
            lambda f, theta, eps: finite_difference_gradient(f, theta, eps)[:, None],
        ),
        Mistake(
            "f is given one parameter: it wants all of theta, with one entry moved.",
            lambda f, theta, eps: torch.tensor(
                [(f(theta[p] + eps) - f(theta[p] - eps)) / (2 * eps) for p in range(len(theta))]
            ),
        ),
    ),
    tolerance=1e-4,  # float32: f is rounded before a difference divides the rounding by eps
)
