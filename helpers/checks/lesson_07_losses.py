"""Two exercises of lesson 07: the loss of actor and critic, and what follows a step is worth."""

import torch

from ..losses import actor_critic_loss
from ..returns import bootstrap_values
from .exercise import Case, Exercise, Mistake

__all__ = ["BOOTSTRAP", "LOSS"]


def batch(size: int, seed: int) -> tuple:
    """Log-probabilities, values, advantages, targets and entropies, each [B]."""
    chance = torch.Generator().manual_seed(seed)
    log_probs = -torch.rand(size, generator=chance) - 0.1
    values, advantages, targets = torch.randn(3, size, generator=chance)
    return log_probs, values, advantages, targets + 0.5, torch.rand(size, generator=chance) + 0.2


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
    ),
)

T, F = True, False
NEXT = torch.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0], [2.0, 7.0, -3.0]])
ENDS = torch.tensor([[F, T, F], [F, F, F], [T, F, F]])
CUTS = torch.tensor([[F, F, T], [F, F, F], [F, T, F]])
NONE = torch.zeros(3, 3, dtype=torch.bool)
BOTH = torch.tensor([[T, F]]), torch.tensor([[T, T]])


def zero_where(condition):
    """A wrong answer that is 0 on the steps a condition of (terminated, truncated) names."""

    def code(next_values, terminated, truncated):
        return torch.where(condition(terminated.bool(), truncated.bool()), 0.0, next_values)

    return code


def stops_for_good(next_values, terminated, truncated):
    return next_values * (terminated.cumsum(0) == 0)


def one_row_late(next_values, terminated, truncated):
    late = torch.cat([torch.zeros_like(terminated[:1]), terminated[:-1]])
    return torch.where(late.bool(), 0.0, next_values)


def ends_all(next_values, terminated, truncated):
    return torch.where(terminated.bool().any(1, keepdim=True), 0.0, next_values)


BOOTSTRAP = Exercise(
    reference=bootstrap_values,
    returns="[T, N]: one number for each step of each environment",
    cases=(
        Case("ends of both kinds in three environments", (NEXT, ENDS, CUTS)),
        Case("no end at all", (NEXT, NONE, NONE)),
        Case("time limits only", (NEXT, NONE, CUTS)),
        Case("ends only", (NEXT, ENDS, NONE)),
        Case("a step that is terminated and truncated at once", (torch.tensor([[3.0, 5.0]]), *BOTH)),
        Case("a single step of one environment", (NEXT[:1, :1], ENDS[:1, :1], ~ENDS[:1, :1])),
        Case(
            "two environments for four steps",
            (NEXT.flatten()[:8].view(4, 2), ENDS.flatten()[:8].view(4, 2), CUTS.flatten()[:8].view(4, 2)),
        ),
    ),
    mistakes=(
        Mistake(
            "A time limit is taken for the end: where the clock cut the episode, the state is still worth v̂.",
            zero_where(lambda terminated, truncated: terminated | truncated),
        ),
        Mistake(
            "The value is kept where the world ended; nothing follows there, so it is worth 0.",
            lambda next_values, terminated, truncated: next_values + 0.0,
        ),
        Mistake(
            "The two are swapped: 0 belongs where terminated, the value where truncated.",
            zero_where(lambda terminated, truncated: truncated),
        ),
        Mistake(
            "The flag is turned round: values are kept where the world ended and dropped where it went on.",
            zero_where(lambda terminated, truncated: ~terminated),
        ),
        Mistake(
            "Values are kept at time limits only; every step that did not end the world has a value after it.",
            zero_where(lambda terminated, truncated: ~truncated),
        ),
        Mistake(
            "Values are kept at time limits only, and not where both flags are set; steps that go on have one, too.",
            zero_where(lambda terminated, truncated: ~truncated | terminated),
        ),
        Mistake(
            "A step that is terminated and truncated at once is worth 0 as well: the world did end.",
            zero_where(lambda terminated, truncated: terminated & ~truncated),
        ),
        Mistake(
            "This is 0 only where both flags are set; terminated alone is enough.",
            zero_where(lambda terminated, truncated: terminated & truncated),
        ),
        Mistake(
            "Everything after the first end is 0 as well; the environment has started a new episode there.",
            stops_for_good,
        ),
        Mistake(
            "The zeros stand one row too late: `terminated[t]` belongs to step t, as `next_values[t]` does.",
            one_row_late,
        ),
        Mistake(
            "When one environment ends, all are taken to end; each of the N has its own flags.",
            ends_all,
        ),
        Mistake(
            "These are the values of the steps that went on, in a row; keep the shape, with 0 where the world ended.",
            lambda next_values, terminated, truncated: next_values[~terminated.bool()],
        ),
        Mistake(
            "The value is turned negative where the world ended; it is 0 there.",
            lambda next_values, terminated, truncated: next_values * (1.0 - 2.0 * terminated.float()),
        ),
        Mistake(
            "Where the world ended stands 1; nothing follows, so it is 0.",
            lambda next_values, terminated, truncated: torch.where(terminated.bool(), 1.0, next_values),
        ),
    ),
)
