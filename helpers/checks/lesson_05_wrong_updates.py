"""What goes wrong in one update, as code: each function makes one mistake and is otherwise right."""

import copy

import torch

from ..losses import policy_gradient_loss, reinforce_update

__all__ = [
    "climbs_down_and_says_the_loss",
    "clipped",
    "each_its_own_step",
    "gradients_pile_up",
    "last_of",
    "loss_after",
    "mean_of",
    "never_backward",
    "never_steps",
    "on_a_copy",
    "one_by_one",
    "one_by_one_on_the_way",
    "says_something_else",
    "says_the_mean_weight",
    "steps_before_the_gradient",
    "steps_twice",
    "steps_twice_and_says_the_last",
    "steps_twice_on_one_gradient",
    "sum_of_gradients",
    "wiped_gradient",
    "with_a_new_optimizer",
    "wrong_loss",
]


def learn(optimizer, loss) -> float:
    """One right step on a loss, wrong or not."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


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
    learn(optimizer, surrogate(policy, obs, actions, weights))
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


def one_by_one_on_the_way(policy, optimizer, obs, actions, weights):
    rows = [slice(b, b + 1) for b in range(len(weights))]
    losses = [reinforce_update(policy, optimizer, obs[r], actions[r], weights[r]) for r in rows]
    return sum(losses) / len(losses)


def each_its_own_step(say):
    """A step for each sample on the sum of its terms; say: the losses on the way -> what is returned."""

    def update(policy, optimizer, obs, actions, weights):
        rows = [slice(b, b + 1) for b in range(len(weights))]
        return say([reinforce_update(policy, optimizer, obs[r], actions[r], weights[r]) for r in rows])

    return update


def sum_of_gradients(say, step_each=False):
    """Gradients pile up from sample to sample, then comes one step, or one after each."""

    def update(policy, optimizer, obs, actions, weights):
        optimizer.zero_grad()
        losses = []
        for b in range(len(weights)):
            loss = surrogate(policy, obs[b : b + 1], actions[b : b + 1], weights[b : b + 1])
            loss.backward()
            if step_each:
                optimizer.step()
            losses.append(loss.item())
        if not step_each:
            optimizer.step()
        return say(losses)

    return update


def mean_of(losses: list) -> float:
    return sum(losses) / len(losses)


def last_of(losses: list) -> float:
    return losses[-1]


def steps_twice_and_says_the_last(policy, optimizer, obs, actions, weights):
    reinforce_update(policy, optimizer, obs, actions, weights)
    return reinforce_update(policy, optimizer, obs, actions, weights)


def with_a_new_optimizer(make, **options):
    """The right step with an optimiser of one's own."""

    def update(policy, optimizer, obs, actions, weights):
        return reinforce_update(policy, make(policy.parameters(), **options), obs, actions, weights)

    return update


def says_the_mean_weight(policy, optimizer, obs, actions, weights):
    reinforce_update(policy, optimizer, obs, actions, weights)
    return weights.mean().item()


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
        return learn(optimizer, make(policy.log_prob(obs, actions), weights))

    return update


def climbs_down_and_says_the_loss(policy, optimizer, obs, actions, weights):
    return -learn(optimizer, -surrogate(policy, obs, actions, weights))


def says_something_else(policy, optimizer, obs, actions, weights):
    return -reinforce_update(policy, optimizer, obs, actions, weights)
