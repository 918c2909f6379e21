"""The exercise of lesson 05 that moves a policy: judged by where its parameters stand afterwards, and by the loss."""

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np
import torch

from ..losses import reinforce_update
from ..policies import CategoricalPolicy, GaussianPolicy, TabularPolicy
from .exercise import Case, Exercise, Mistake
from .lesson_05_losses import STANDARDISED
from .lesson_05_returns import deviation, normal, standardised, standardised_by_sample
from .lesson_05_wrong_updates import (
    climbs_down_and_says_the_loss,
    clipped,
    each_its_own_step,
    gradients_pile_up,
    last_of,
    loss_after,
    mean_of,
    never_backward,
    never_steps,
    on_a_copy,
    one_by_one,
    one_by_one_on_the_way,
    says_something_else,
    says_the_mean_weight,
    steps_before_the_gradient,
    steps_twice,
    steps_twice_and_says_the_last,
    steps_twice_on_one_gradient,
    sum_of_gradients,
    wiped_gradient,
    with_a_new_optimizer,
    wrong_loss,
)

__all__ = ["UPDATE"]


class Later(Case):
    """A case whose arguments are made when they are asked for: the first optimiser of a session costs a second.

    Args:
        label: as in `Case`.
        make: () -> arguments.
    """

    def __init__(self, label: str, make: Callable[[], tuple]):
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "make", make)

    @cached_property
    def arguments(self) -> tuple:
        return self.make()


class LeftOver(TabularPolicy):
    """A policy on which gradients of an earlier batch still lie, on its copies too (torch's copies drop them)."""

    def __deepcopy__(self, memo):
        twin = LeftOver(*self.logits.shape, logits=self.logits)
        # So that the optimiser's copy is tied to it.
        memo[id(self)], memo[id(self.logits)] = twin, twin.logits
        twin.logits.grad = torch.full_like(twin.logits, 0.5) * torch.arange(1.0, 3.0)
        return twin


def table(kind=TabularPolicy, optimizer=torch.optim.SGD, **options) -> tuple:
    """A table of three states and two actions with its optimiser, and four steps of it."""
    policy = kind(3, 2, logits=torch.tensor([[0.2, -0.3], [1.0, 0.0], [0.0, 0.5]], dtype=torch.float64))
    steps = torch.tensor([0, 1, 2, 1]), torch.tensor([1, 0, 1, 1])
    return policy, optimizer(policy.parameters(), **options), *steps, torch.tensor([2.0, -1.0, 0.5, 3.0])


def network(b: int, **options) -> tuple:
    """A softmax policy of two actions on three features, and b steps of it."""
    policy = CategoricalPolicy(3, 2, hidden=(4,), seed=1).double()
    obs, actions = normal(b, 3, seed=2).double(), (normal(b, seed=3) > 0).long()
    return policy, torch.optim.SGD(policy.parameters(), **options), obs, actions, 2 * normal(b, seed=4)


def gaussian(b: int, **options) -> tuple:
    """A Gaussian policy on two features, and b steps of it."""
    policy = GaussianPolicy(2, 1, hidden=(), seed=1).double()
    obs, actions = normal(b, 2, seed=5).double(), normal(b, 1, seed=6).double()
    return policy, torch.optim.SGD(policy.parameters(), **options), obs, actions, normal(b, seed=7) + 0.5


def loss_and_parameters(arguments: tuple, returned):
    """What is judged: the loss that came back, and behind it the policy's parameters after the call."""
    if isinstance(returned, torch.Tensor):
        is_number = returned.ndim == 0 and not returned.is_complex()
    else:
        is_number = isinstance(returned, (int, float, np.generic, np.ndarray)) and np.ndim(returned) == 0
    if not is_number:
        return returned  # something else than a loss: it is told as it is
    rows = [parameter.detach().double().flatten() for parameter in arguments[0].parameters()]
    return torch.cat([torch.as_tensor(returned).detach().double().flatten(), *rows])


NO_CHANGE = (
    "The policy does not change. In this order: optimizer.zero_grad(), loss.backward(), optimizer.step(); "
    "and on the policy itself, not on a copy."
)

ONE_BY_ONE = "The steps are learned from one by one; make one update with the mean over the whole batch."
PILED_UP = (
    "The gradients of the samples add up, one backward() each: their sum grows with the batch. Divide by B, or take one loss "
    "with its mean."
)
STEP_EACH = "step() stands in the loop over the samples, on gradients that pile up. Take one step, with the gradient of the mean."
TWO_UPDATES = "Two updates are made; one is asked for."

UPDATE = Exercise(
    reference=reinforce_update,
    returns="return one number, the loss before the step; the check puts the parameters after the call behind it",
    cases=(
        Later("a table and plain gradient descent", partial(table, lr=0.5)),
        Later("gradients of an earlier batch still there", partial(table, LeftOver, lr=0.5)),
        Later("momentum", partial(table, lr=0.1, momentum=0.9)),
        Later("Adam", partial(table, optimizer=torch.optim.Adam, lr=0.05)),
        Later("a network and a batch of 6", partial(network, 6, lr=0.3)),
        Later("a batch of one step", partial(network, 1, lr=0.3)),
        Later("a Gaussian policy", partial(gaussian, 5, lr=0.2)),
    ),
    observe=loss_and_parameters,
    may_change=("policy", "optimizer"),
    mistakes=(
        Mistake(
            "Gradients pile up: backward() adds to what an earlier batch has left. Call optimizer.zero_grad() before it.",
            gradients_pile_up,
        ),
        Mistake(NO_CHANGE, wiped_gradient),
        Mistake(NO_CHANGE, never_steps),
        Mistake(NO_CHANGE, steps_before_the_gradient),
        Mistake(NO_CHANGE, on_a_copy),
        Mistake(
            "backward() is missing: the step has no gradient, or uses the one that an earlier batch has left.",
            never_backward,
        ),
        Mistake(
            "The sign is turned round: this walks down the return. The loss is minus the mean of log-probability times weight.",
            wrong_loss(lambda log_probs, weights: (log_probs * weights).mean()),
        ),
        Mistake(
            "The number returned is right, but the policy walks down the return: minimise minus the mean of log-probability "
            "times weight.",
            climbs_down_and_says_the_loss,
        ),
        Mistake(
            "The policy is right; the number returned is the negative of the loss.",
            says_something_else,
        ),
        Mistake("The policy is right; the loss returned is that after the step, not before.", loss_after),
        Mistake(
            "The policy is right; the number returned is the mean of the weights, not the loss.",
            says_the_mean_weight,
        ),
        Mistake(TWO_UPDATES, steps_twice),
        Mistake(TWO_UPDATES, steps_twice_and_says_the_last),
        Mistake("step() is called twice on one gradient: once is asked for.", steps_twice_on_one_gradient),
        Mistake(
            ONE_BY_ONE,
            one_by_one,
        ),
        Mistake(
            ONE_BY_ONE,
            one_by_one_on_the_way,
        ),
        *(Mistake(ONE_BY_ONE, each_its_own_step(say)) for say in (sum, last_of)),
        *(Mistake(PILED_UP, sum_of_gradients(say)) for say in (mean_of, last_of)),
        *(Mistake(STEP_EACH, sum_of_gradients(say, step_each=True)) for say in (mean_of, sum, last_of)),
        *(
            Mistake(
                "A new optimiser is made inside: use the one you are given, which knows its step size and its past.",
                with_a_new_optimizer(make, lr=lr),
            )
            for make in (torch.optim.Adam, torch.optim.SGD)
            for lr in (1e-3, 1e-2, 0.1)
        ),
        Mistake(
            "The loss sums over the batch: the mean keeps the step's size when the batch grows.",
            wrong_loss(lambda log_probs, weights: -(log_probs * weights).sum()),
        ),
        Mistake(
            "This is the product of two means ([B] beside [B, 1] does it, too): each log-probability meets its own weight.",
            wrong_loss(lambda log_probs, weights: -log_probs.mean() * weights.mean()),
        ),
        Mistake(
            "A mean of the one times a sum of the other: each log-probability must meet its own weight, then comes the mean.",
            wrong_loss(lambda log_probs, weights: -log_probs.mean() * weights.sum()),
        ),
        Mistake(
            "Probabilities stand here instead of their logarithms.",
            wrong_loss(lambda log_probs, weights: -(log_probs.exp() * weights).mean()),
        ),
        Mistake(
            "The weights are not used: this makes every action likelier, whatever followed.",
            wrong_loss(lambda log_probs, weights: -log_probs.mean()),
        ),
        Mistake(
            STANDARDISED,
            wrong_loss(lambda log_probs, weights: -(log_probs * standardised(weights)).mean()),
        ),
        Mistake(
            STANDARDISED,
            wrong_loss(lambda log_probs, weights: -(log_probs * standardised_by_sample(weights)).mean()),
        ),
        Mistake(
            "The mean of the weights is taken off: a baseline is the caller's business.",
            wrong_loss(lambda log_probs, weights: -(log_probs * (weights - weights.mean())).mean()),
        ),
        Mistake(
            "The weights are divided by their deviation: that changes the step, and nobody asked for it.",
            wrong_loss(lambda log_probs, weights: -(log_probs * weights / deviation(weights)).mean()),
        ),
        Mistake(
            "Negative weights are lost: what went badly must become less likely.",
            wrong_loss(lambda log_probs, weights: -(log_probs * weights.clamp(min=0)).mean()),
        ),
        Mistake(
            "The gradient is clipped: that changes the step, and nobody asked for it.",
            clipped,
        ),
    ),
)
