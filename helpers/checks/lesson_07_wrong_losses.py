"""Wrong losses of actor and critic, as functions like the exercise `actor_critic_loss`."""

import torch

__all__ = [
    "broadcast",
    "deaf_actor",
    "detached_entropy",
    "entropy_from_chosen",
    "half_summed",
    "mean_times_mean",
    "no_coefficients",
    "no_mean",
    "nothing_learns_values",
    "of_the_critic",
    "own_advantage",
    "own_detached",
    "parts",
    "probabilities",
    "standardised",
    "standardised_by_the_sample",
    "summed",
    "summed_entropy",
    "swapped_coefficients",
    "towards_advantages",
    "wrong_one_detached",
]


def parts(actor=-1.0, critic=1.0, bonus=-1.0, detach=True, through_target=False, gap=lambda error: error**2):
    """A loss of the exercise's form with its usual places to go wrong."""

    def loss(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
        weights = advantages.detach() if detach else advantages
        goal = targets if through_target else targets.detach()
        return (
            actor * (log_probs * weights).mean()
            + critic * value_coef * gap(values - goal).mean()
            + bonus * entropy_coef * entropies.mean()
        )

    return loss


def summed(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    right = parts()(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef)
    return right * len(values)


def half_summed(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    critic = value_coef * ((values - targets.detach()) ** 2).mean()
    return -(log_probs * advantages.detach()).sum() + critic - entropy_coef * entropies.mean()


def mean_times_mean(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    critic = value_coef * ((values - targets.detach()) ** 2).mean()
    return -log_probs.mean() * advantages.detach().mean() + critic - entropy_coef * entropies.mean()


def probabilities(log_probs, *rest):
    return parts()(log_probs.exp(), *rest)


def own_advantage(log_probs, values, advantages, targets, *rest):
    return parts(detach=False)(log_probs, values, targets.detach() - values, targets, *rest)


def own_detached(log_probs, values, advantages, targets, *rest):
    return parts()(log_probs, values, targets - values, targets, *rest)


def nothing_learns_values(log_probs, values, *rest):
    return parts()(log_probs, values.detach(), *rest)


def swapped_coefficients(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    return parts()(log_probs, values, advantages, targets, entropies, entropy_coef, value_coef)


def no_coefficients(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    return parts()(log_probs, values, advantages, targets, entropies, 1.0, 1.0)


def broadcast(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    critic = value_coef * ((values[:, None] - targets.detach()) ** 2).mean()
    return -(log_probs * advantages.detach()).mean() + critic - entropy_coef * entropies.mean()


def towards_advantages(log_probs, values, advantages, targets, *rest):
    return parts()(log_probs, values, advantages, advantages, *rest)


def wrong_one_detached(log_probs, values, advantages, targets, *rest):
    """`.detach()` stands on the values in place of the targets."""
    return parts(through_target=True)(log_probs, values.detach(), advantages, targets, *rest)


def deaf_actor(log_probs, *rest):
    """`.detach()` stands on the log-probabilities."""
    return parts(detach=False)(log_probs.detach(), *rest)


def standardised(log_probs, values, advantages, *rest):
    scaled = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    return parts()(log_probs, values, scaled, *rest)


def standardised_by_the_sample(log_probs, values, advantages, *rest):
    spread = advantages.std() if len(advantages) > 1 else torch.tensor(float("nan"))
    return parts()(log_probs, values, (advantages - advantages.mean()) / (spread + 1e-8), *rest)


def summed_entropy(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    return parts()(log_probs, values, advantages, targets, len(values) * entropies, value_coef, entropy_coef)


def detached_entropy(log_probs, values, advantages, targets, entropies, *coefficients):
    return parts()(log_probs, values, advantages, targets, entropies.detach(), *coefficients)


def entropy_from_chosen(log_probs, values, advantages, targets, entropies, *coefficients):
    own = -log_probs.exp() * log_probs + 0.0 * entropies.detach()
    return parts()(log_probs, values, advantages, targets, own, *coefficients)


def no_mean(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    critic = value_coef * (values - targets.detach()) ** 2
    return -log_probs * advantages.detach() + critic - entropy_coef * entropies


def of_the_critic(measure):
    """A loss whose critic's part is a measure of the row of errors."""

    def loss(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
        right = parts(critic=0.0)(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef)
        return right + value_coef * measure(values - targets.detach())

    return loss
