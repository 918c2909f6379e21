"""An exercise of lesson 06 as data: how noisy the gradient of one sample is."""

import torch

from ..log_derivative import gradient_variance
from .exercise import Case, Exercise, Mistake

__all__ = ["GRADIENT_VARIANCE"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pushes(probs, rewards, baseline) -> torch.Tensor:
    """The gradient that each action would give, one in each row, [A, A]."""
    return (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs)


def spread(probs, gradients) -> torch.Tensor:
    """Trace of the covariance of rows that are drawn with probs."""
    return (probs * (gradients - probs @ gradients).square().sum(1)).sum()


def covariance(probs, gradients) -> torch.Tensor:
    """The covariance of rows that are drawn with probs, [A, A]."""
    moved = gradients - probs @ gradients
    return moved.T @ (probs[:, None] * moved)


def spread_around_mean(probs, rewards, baseline) -> torch.Tensor:
    """The squared distance of each action's push from the mean push, [A]."""
    moved = pushes(probs, rewards, baseline)
    return (moved - probs @ moved).square().sum(1)


def two_button_parabola(probs, rewards, baseline) -> torch.Tensor:
    """Right for one logit and two actions, and for nothing else."""
    best = probs[1] * rewards[0] + probs[0] * rewards[1]
    return probs[0] * probs[1] * (baseline - best) ** 2


TWO, BUTTONS = torch.tensor([0.3, 0.7]), torch.tensor([1.0, -1.0])
FIVE = torch.tensor([0.1, 0.3, 0.25, 0.15, 0.2])

GRADIENT_VARIANCE = Exercise(
    reference=gradient_variance,
    returns="one number",
    cases=(
        Case("the two buttons at p = 0.3, without a baseline", (TWO, BUTTONS, 0.0)),
        Case("the two buttons with 100 added to both rewards", (TWO, BUTTONS + 100, 0.0)),
        Case("the two buttons with their value as baseline", (TWO, BUTTONS, -0.4)),
        Case("three actions", (torch.tensor([0.7, 0.2, 0.1]), torch.tensor([1.0, 2.0, 4.0]), 2.0)),
        Case("five actions", (FIVE, normal(5, seed=1), 0.5)),
        Case("equal rewards, a little above the baseline", (FIVE, torch.full((5,), 3.0), 2.0)),
        Case("a policy that is certain", (torch.tensor([0.0, 1.0]), torch.tensor([3.0, 5.0]), 1.0)),
        Case("a baseline that leaves no variance", (TWO, BUTTONS, 0.4)),
    ),
    mistakes=(
        Mistake(
            "This is the mean squared length of a push; a variance is taken around the mean push: subtract it first.",
            lambda probs, rewards, baseline: (probs * pushes(probs, rewards, baseline).square().sum(1)).sum(),
        ),
        Mistake(
            "This is the variance of one logit only: add up those of all logits, the trace of the covariance.",
            lambda probs, rewards, baseline: covariance(probs, pushes(probs, rewards, baseline))[0, 0],
        ),
        Mistake(
            "This is p₀p₁(b - b*)², for two actions and one logit: with a logit for each action, add up over all of them.",
            two_button_parabola,
        ),
        Mistake(
            "This is p₀p₁(b - b*)² doubled, which holds for two actions only: take the mean over all actions.",
            lambda probs, rewards, baseline: 2 * two_button_parabola(probs, rewards, baseline),
        ),
        Mistake(
            "The variances of the logits are averaged; the trace adds them up.",
            lambda probs, rewards, baseline: spread(probs, pushes(probs, rewards, baseline)) / len(probs),
        ),
        Mistake(
            "These are the variances of the single logits: add them up to get one number.",
            lambda probs, rewards, baseline: covariance(probs, pushes(probs, rewards, baseline)).diagonal(),
        ),
        Mistake(
            "This is the whole covariance matrix: its trace is asked for, the sum of its diagonal.",
            lambda probs, rewards, baseline: covariance(probs, pushes(probs, rewards, baseline)),
        ),
        Mistake(
            "All entries of the covariance are added up, which gives 0, for the pushes sum to 0: add the diagonal only.",
            lambda probs, rewards, baseline: covariance(probs, pushes(probs, rewards, baseline)).sum(),
        ),
        Mistake(
            "This is a standard deviation: leave the square root out.",
            lambda probs, rewards, baseline: spread(probs, pushes(probs, rewards, baseline)).sqrt(),
        ),
        Mistake(
            "The actions count equally here: each one's push comes up with probability π(a), so weigh it with that.",
            lambda probs, rewards, baseline: pushes(probs, rewards, baseline).var(0, correction=0).sum(),
        ),
        Mistake(
            "The actions count equally, and with 1/(A - 1): each push comes up with probability π(a), so weigh it with that.",
            lambda probs, rewards, baseline: pushes(probs, rewards, baseline).var(0).sum(),
        ),
        Mistake(
            "The squares are weighed with π(a), but the mean push is not: it too is a mean over actions as π takes them.",
            lambda probs, rewards, baseline: (
                probs
                * (pushes(probs, rewards, baseline) - pushes(probs, rewards, baseline).mean(0))
                .square()
                .sum(1)
            ).sum(),
        ),
        Mistake(
            "The baseline changes nothing here: it comes off every reward, before the score multiplies it.",
            lambda probs, rewards, baseline: spread(probs, pushes(probs, rewards, 0.0)),
        ),
        Mistake(
            "The baseline is added; it comes off the rewards.",
            lambda probs, rewards, baseline: spread(probs, pushes(probs, rewards, -baseline)),
        ),
        Mistake(
            "This is the variance of the reward; each reward must first be multiplied with its action's score.",
            lambda probs, rewards, baseline: probs @ (rewards - probs @ rewards) ** 2,
        ),
        Mistake(
            "This is E[(R - b)²]; the variance of the gradient also has the squared length of the score in it.",
            lambda probs, rewards, baseline: probs @ (rewards - baseline) ** 2,
        ),
        Mistake(
            "π is not taken off the one-hot row, or the rewards met the columns: the score of a is onehot(a) - π, times a "
            "column, `(rewards - baseline)[:, None]`.",
            lambda probs, rewards, baseline: spread(probs, torch.diag(rewards - baseline)),
        ),
        Mistake(
            "The score has an entry for every logit, -π(k) for the actions not taken; here only the taken one's is kept.",
            lambda probs, rewards, baseline: spread(probs, torch.diag((rewards - baseline) * (1 - probs))),
        ),
        Mistake(
            "This differentiates with respect to the probabilities, 1/π(a); asked for is the gradient in the logits.",
            lambda probs, rewards, baseline: spread(
                probs, torch.diag((rewards - baseline) / probs.clamp(min=1e-9))
            ),
        ),
        Mistake(
            "Take the squared length of the mean push off, not its length.",
            lambda probs, rewards, baseline: (
                probs @ pushes(probs, rewards, baseline).square().sum(1)
                - (probs @ pushes(probs, rewards, baseline)).norm()
            ),
        ),
        Mistake(
            "π stands as a column here, so that row a loses π(a) in every entry: the score of a is onehot(a) - π, π a row.",
            lambda probs, rewards, baseline: spread(
                probs, (rewards - baseline)[:, None] * (torch.eye(len(probs)) - probs[:, None])
            ),
        ),
        Mistake(
            "The mean reward is taken off, not the mean push: multiply reward and score first, then subtract their mean.",
            lambda probs, rewards, baseline: probs @ pushes(probs, rewards, probs @ rewards).square().sum(1),
        ),
        Mistake(
            "The distances from the mean push are not squared.",
            lambda probs, rewards, baseline: (
                probs
                @ (pushes(probs, rewards, baseline) - probs @ pushes(probs, rewards, baseline)).norm(dim=1)
            ),
        ),
        Mistake(
            "The squared distances are added up without their probabilities: the mean over actions weighs each with π(a).",
            lambda probs, rewards, baseline: spread_around_mean(probs, rewards, baseline).sum(),
        ),
        Mistake(
            "The probabilities are squared as well: each squared distance counts π(a), once.",
            lambda probs, rewards, baseline: probs**2 @ spread_around_mean(probs, rewards, baseline),
        ),
        Mistake(
            "The variance of a product is not the product of variances: multiply reward and score, then take the variance.",
            lambda probs, rewards, baseline: (
                (probs @ rewards**2 - (probs @ rewards) ** 2)
                * (probs @ (torch.eye(len(probs)) - probs).square().sum(1))
            ),
        ),
        Mistake(
            "The variances of the first two logits only are added up: add up those of all logits.",
            lambda probs, rewards, baseline: (
                covariance(probs, pushes(probs, rewards, baseline)).diagonal()[:2].sum()
            ),
        ),
        Mistake(
            "The score has an entry for every logit, -π(k) for the actions not taken; here only the taken one's is kept.",
            lambda probs, rewards, baseline: (
                probs @ ((rewards - baseline) * (1 - probs)) ** 2
                - (probs @ ((rewards - baseline) * (1 - probs))) ** 2
            ),
        ),
        Mistake(
            "This differentiates with respect to the probabilities, 1/π(a); asked for is the gradient in the logits.",
            lambda probs, rewards, baseline: spread(
                probs, (rewards - baseline)[:, None] * torch.eye(len(probs)) / probs
            ),
        ),
        Mistake(
            "The pushes are multiplied with π(a) before the distance is taken: π(a) says how often a push comes, not how long "
            "it is.",
            lambda probs, rewards, baseline: (
                probs
                @ (
                    probs[:, None] * pushes(probs, rewards, baseline)
                    - probs @ pushes(probs, rewards, baseline)
                )
                .square()
                .sum(1)
            ),
        ),
        Mistake(
            "`probs` are probabilities already: a softmax on top makes other ones of them.",
            lambda probs, rewards, baseline: spread(
                probs.softmax(0), pushes(probs.softmax(0), rewards, baseline)
            ),
        ),
    ),
)
