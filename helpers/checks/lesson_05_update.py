"""The exercise of lesson 05 that moves a policy: judged by where its parameters stand afterwards, and by the loss."""

import copy

import torch

from ..losses import policy_gradient_loss, reinforce_update
from ..policies import CategoricalPolicy, GaussianPolicy, TabularPolicy
from .exercise import Case, Exercise, Mistake
from .lesson_05_returns import normal, standardised

__all__ = ["UPDATE"]


class LeftOver(TabularPolicy):
    """A policy on which gradients of an earlier batch still lie, on its copies too (torch's copies drop them)."""

    def __deepcopy__(self, memo):
        twin = LeftOver(*self.logits.shape, logits=self.logits)
        memo[id(self)], memo[id(self.logits)] = (
            twin,
            twin.logits,
        )  # so that the optimiser's copy is tied to it
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
        is_number = isinstance(returned, (int, float))
    if not is_number:
        return returned  # something else than a loss: it is told as it is
    rows = [parameter.detach().double().flatten() for parameter in arguments[0].parameters()]
    return torch.cat([torch.as_tensor(returned).detach().double().flatten(), *rows])


def learn(policy, optimizer, loss, said=None) -> float:
    """One right step on a loss, wrong or not."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return (loss if said is None else said).item()


def surrogate(policy, obs, actions, weights) -> torch.Tensor:
    return policy_gradient_loss(policy.log_prob(obs, actions), weights)


def gradients_pile_up(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    loss.backward()
    optimizer.step()
    return loss.item()


def wiped_gradient(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def never_steps(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


def steps_before_the_gradient(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


def never_backward(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    optimizer.step()
    return loss.item()


def loss_after(policy, optimizer, obs, actions, weights):
    learn(policy, optimizer, surrogate(policy, obs, actions, weights))
    return surrogate(policy, obs, actions, weights).item()


def steps_twice(policy, optimizer, obs, actions, weights):
    first = reinforce_update(policy, optimizer, obs, actions, weights)
    reinforce_update(policy, optimizer, obs, actions, weights)
    return first


def steps_twice_on_one_gradient(policy, optimizer, obs, actions, weights):
    loss = reinforce_update(policy, optimizer, obs, actions, weights)
    optimizer.step()
    return loss


def one_by_one(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights).item()
    for b in range(len(weights)):
        rows = slice(b, b + 1)
        reinforce_update(policy, optimizer, obs[rows], actions[rows], weights[rows])
    return loss


def on_a_copy(policy, optimizer, obs, actions, weights):
    return surrogate(copy.deepcopy(policy), obs, actions, weights).item()


def clipped(policy, optimizer, obs, actions, weights):
    loss = surrogate(policy, obs, actions, weights)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.1)
    optimizer.step()
    return loss.item()


def wrong_loss(make):
    """A mistake in the loss alone: `make` gets log-probabilities and weights."""

    def update(policy, optimizer, obs, actions, weights):
        return learn(policy, optimizer, make(policy.log_prob(obs, actions), weights))

    return update


def says_something_else(policy, optimizer, obs, actions, weights):
    return -reinforce_update(policy, optimizer, obs, actions, weights)


NO_CHANGE = (
    "The policy does not change. In this order: optimizer.zero_grad(), loss.backward(), optimizer.step(); "
    "and on the policy itself, not on a copy."
)

UPDATE = Exercise(
    reference=reinforce_update,
    returns="return one number, the loss before the step; the check puts the parameters after the call behind it",
    cases=(
        Case("a table and plain gradient descent", table(lr=0.5)),
        Case("gradients of an earlier batch still there", table(LeftOver, lr=0.5)),
        Case("momentum", table(lr=0.1, momentum=0.9)),
        Case("Adam", table(optimizer=torch.optim.Adam, lr=0.05)),
        Case("a network and a batch of 6", network(6, lr=0.3)),
        Case("a batch of one step", network(1, lr=0.3)),
        Case("a Gaussian policy", gaussian(5, lr=0.2)),
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
            "The policy is right; the number returned is the negative of the loss.",
            says_something_else,
        ),
        Mistake("The policy is right; the loss returned is that after the step, not before.", loss_after),
        Mistake("Two updates are made; one is asked for.", steps_twice),
        Mistake("step() is called twice on one gradient: once is asked for.", steps_twice_on_one_gradient),
        Mistake(
            "The steps are learned from one by one; make one update with the mean over the whole batch.",
            one_by_one,
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
            "Probabilities stand here instead of their logarithms.",
            wrong_loss(lambda log_probs, weights: -(log_probs.exp() * weights).mean()),
        ),
        Mistake(
            "The weights are not used: this makes every action likelier, whatever followed.",
            wrong_loss(lambda log_probs, weights: -log_probs.mean()),
        ),
        Mistake(
            "The weights are standardised here: that is a heuristic with a bias, and the caller's business.",
            wrong_loss(lambda log_probs, weights: -(log_probs * standardised(weights)).mean()),
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
