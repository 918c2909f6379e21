"""The exercise `actor_critic_loss` of lesson 07."""

import torch

from ..losses import actor_critic_loss
from .exercise import Case, Exercise, Mistake
from .lesson_07_wrong_losses import (
    broadcast,
    deaf_actor,
    detached_entropy,
    entropy_from_chosen,
    half_summed,
    mean_times_mean,
    no_coefficients,
    no_mean,
    nothing_learns_values,
    of_the_critic,
    own_advantage,
    own_detached,
    parts,
    probabilities,
    standardised,
    standardised_by_the_sample,
    summed,
    summed_entropy,
    swapped_coefficients,
    towards_advantages,
    wrong_one_detached,
)

__all__ = ["LOSS"]


def batch(size: int, seed: int) -> tuple:
    """Log-probabilities, values, advantages, targets and entropies, each [B]."""
    chance = torch.Generator().manual_seed(seed)
    log_probs = -torch.rand(size, generator=chance) - 0.1
    values, advantages, targets = torch.randn(3, size, generator=chance)
    return log_probs, values, advantages, targets + 0.5, torch.rand(size, generator=chance) + 0.2


CRITIC_GRADIENT = "A gradient flows into the advantages: the actor's loss would train the critic. Take them as data: `.detach()`."

LOSS = Exercise(
    reference=actor_critic_loss,
    returns="one number",
    cases=(
        Case("a batch of five", (*batch(5, seed=1), 0.5, 0.01)),
        Case("a batch of one", (*batch(1, seed=2), 0.5, 0.1)),
        Case("no entropy bonus", (*batch(6, seed=3), 0.5, 0.0)),
        Case("no critic's part", (*batch(6, seed=4), 0.0, 0.3)),
        Case("a critic's part that counts double", (*batch(8, seed=5), 2.0, 0.05)),
        Case("a batch of twenty", (*batch(20, seed=6), 0.25, 0.5)),
    ),
    differentiate=("log_probs", "values", "advantages", "targets", "entropies"),
    mistakes=(
        Mistake(
            "The actor's part has the wrong sign: minimised, it must make actions with a positive advantage likelier.",
            parts(actor=1.0),
        ),
        Mistake(
            "The entropy is added; minimised, that takes the dice away. Subtract it.",
            parts(bonus=1.0),
        ),
        Mistake(
            "Everything has the wrong sign: losses are minimised here.",
            parts(actor=1.0, critic=-1.0, bonus=1.0),
        ),
        Mistake(
            "The critic's part is subtracted; minimised, that would make its error as large as it can be. Add it.",
            parts(critic=-1.0),
        ),
        Mistake(
            "A gradient flows into advantages and targets: both are data here, take each with `.detach()`.",
            parts(detach=False, through_target=True),
        ),
        Mistake(CRITIC_GRADIENT, parts(detach=False)),
        Mistake(
            "A gradient flows into the targets: the critic would move its own target towards itself. Use `.detach()`.",
            parts(through_target=True),
        ),
        Mistake(
            "The advantages are made anew from targets and values, with a gradient; use those given, without one.",
            own_advantage,
        ),
        Mistake(
            "The advantages are made anew from targets and values; use the ones that are given.",
            own_detached,
        ),
        Mistake(
            "The values are detached, so the critic never learns: it is the targets that are data.",
            nothing_learns_values,
        ),
        Mistake(
            "The critic's part is halved, as some write a squared error: here it is value_coef times the mean square.",
            parts(critic=0.5),
        ),
        Mistake(
            "The critic's part takes absolute errors; square them.",
            parts(gap=torch.abs),
        ),
        Mistake(
            "The critic's errors are not squared, so that errors of opposite sign cancel.",
            parts(gap=lambda error: error),
        ),
        Mistake(
            "This is the sum over the batch; each part is a mean, or the step grows with the batch.",
            summed,
        ),
        Mistake(
            "The actor's part is a sum over the batch, the others are means: take the mean in all three.",
            half_summed,
        ),
        Mistake(
            "This multiplies the mean log-probability with the mean advantage; multiply step by step, then take the mean.",
            mean_times_mean,
        ),
        Mistake(
            "These are probabilities: the score is the gradient of the log-probability, leave `exp` out.",
            probabilities,
        ),
        Mistake(
            "The two coefficients are swapped: value_coef goes with the squared error, entropy_coef with the entropy.",
            swapped_coefficients,
        ),
        Mistake(
            "The coefficients are not used: value_coef times the critic's part, entropy_coef times the entropy.",
            no_coefficients,
        ),
        Mistake(
            "The critic's part is missing: without it the values never learn.",
            parts(critic=0.0),
        ),
        Mistake(
            "The entropy bonus is missing: subtract entropy_coef times the mean entropy.",
            parts(bonus=0.0),
        ),
        Mistake(
            "[B, 1] against [B] makes [B, B]: every value is compared with every target. Keep both [B].",
            broadcast,
        ),
        Mistake(
            "The critic is fitted to the advantages; its targets are the returns it should have said, `targets`.",
            towards_advantages,
        ),
        Mistake(
            "`.detach()` stands on the values in place of the targets: the targets would move, and the critic never learns.",
            wrong_one_detached,
        ),
        Mistake(
            "`.detach()` stands on the log-probabilities, so the actor never learns: it is the advantages that are data.",
            deaf_actor,
        ),
        Mistake(
            "The advantages are standardised here; that is a step of its own, before the loss.",
            standardised,
        ),
        Mistake(
            "The advantages are standardised here; that is a step of its own, before the loss.",
            standardised_by_the_sample,
        ),
        Mistake(
            "The mean of the advantages is taken off: that is a step of its own, before the loss.",
            lambda log_probs, values, advantages, *rest: parts()(
                log_probs, values, advantages - advantages.mean(), *rest
            ),
        ),
        Mistake(
            "The entropies are summed, the other parts are means: take the mean in all three.",
            summed_entropy,
        ),
        Mistake(
            "No gradient flows into the entropies, so the bonus does nothing: they are part of the policy, leave them attached.",
            detached_entropy,
        ),
        Mistake(
            "The entropy is made from the chosen actions' log-probabilities alone; use `entropies`, over all actions.",
            entropy_from_chosen,
        ),
        Mistake(
            "The mean over the batch is missing: a loss is one number.",
            no_mean,
        ),
        Mistake(
            "The mean error is squared: errors of opposite sign cancel before. Square first, then take the mean.",
            of_the_critic(lambda errors: errors.mean() ** 2),
        ),
        Mistake(
            "The critic's part has a root; it is the mean square itself.",
            of_the_critic(lambda errors: errors.square().mean().sqrt()),
        ),
        Mistake(
            "The critic's squared errors are summed, the other parts are means: take the mean in all three.",
            of_the_critic(lambda errors: errors.square().sum()),
        ),
    ),
)
