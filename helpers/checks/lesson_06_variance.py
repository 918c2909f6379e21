"""Two exercises of lesson 06 as data: how noisy a gradient is, and the baseline that makes it least noisy."""

import torch

from ..baselines import optimal_baseline
from ..log_derivative import gradient_variance
from .exercise import Case, Exercise, Mistake

__all__ = ["GRADIENT_VARIANCE", "OPTIMAL_BASELINE"]


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
            "The baseline is not used: it comes off every reward before the score multiplies it.",
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
            "The score is the one-hot row minus π; here π is not subtracted.",
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
    ),
)


def weighted(returns, scores) -> torch.Tensor:
    """The right answer, NaN where a score is always 0."""
    squares = scores.square()
    return (returns[:, None] * squares).sum(0) / squares.sum(0)


def guarded(numerator, denominator) -> torch.Tensor:
    """A ratio, 0 where the denominator is."""
    return torch.where(denominator == 0, 0.0, numerator / denominator)


STILL = normal(5, 3, seed=2) * torch.tensor([1.0, 0.0, 3.0])

OPTIMAL_BASELINE = Exercise(
    reference=optimal_baseline,
    returns="[P]: one number for each parameter",
    cases=(
        Case(
            "10 presses of the two buttons",
            (torch.tensor([1.0] * 3 + [-1.0] * 7), torch.tensor([[0.7, -0.7]] * 3 + [[-0.3, 0.3]] * 7)),
        ),
        Case(
            "2 samples of 2 parameters", (torch.tensor([4.0, 1.0]), torch.tensor([[1.0, 2.0], [3.0, -1.0]]))
        ),
        Case("6 samples of 3 parameters", (normal(6, seed=3) + 5.0, normal(6, 3, seed=4))),
        Case("as many samples as parameters", (normal(4, seed=5) + 1.0, normal(4, 4, seed=6))),
        Case("a single sample", (torch.tensor([7.0]), torch.tensor([[0.5, -2.0]]))),
        Case("equal returns", (torch.full((4,), 3.0), normal(4, 2, seed=7))),
        Case("a parameter whose score is always 0", (normal(5, seed=8) + 2.0, STILL)),
    ),
    mistakes=(
        Mistake(
            "This is the mean return; each return must count as much as the squared score that it multiplies.",
            lambda returns, scores: returns.mean().expand(scores.shape[1]),
        ),
        Mistake(
            "This is the mean return, one number: each parameter has its own baseline, weighted by its squared scores.",
            lambda returns, scores: returns.mean(),
        ),
        Mistake(
            "The weights are the absolute scores; they must be the squared scores, for a variance is made of squares.",
            lambda returns, scores: guarded((returns[:, None] * scores.abs()).sum(0), scores.abs().sum(0)),
        ),
        Mistake(
            "The scores are not squared: they average to 0, so this divides by almost nothing.",
            lambda returns, scores: guarded((returns[:, None] * scores).sum(0), scores.sum(0)),
        ),
        Mistake(
            "This divides by 0 where a parameter's score is always 0: return 0 there.",
            weighted,
        ),
        Mistake(
            "Where a score is always 0 the answer asked for is 0, not the mean return.",
            lambda returns, scores: torch.where(
                scores.abs().sum(0) == 0,
                returns.mean(),
                guarded((returns[:, None] * scores**2).sum(0), (scores**2).sum(0)),
            ),
        ),
        Mistake(
            "One baseline serves all parameters here, by the whole length of the score: each parameter has its own.",
            lambda returns, scores: ((returns @ scores.square().sum(1)) / scores.square().sum()).expand(
                scores.shape[1]
            ),
        ),
        Mistake(
            "This is one number for all parameters: sum over the samples only, dim 0.",
            lambda returns, scores: (returns @ scores.square().sum(1)) / scores.square().sum(),
        ),
        Mistake(
            "The division by the sum of the squared scores is missing: a weighted mean divides by its weights.",
            lambda returns, scores: (returns[:, None] * scores.square()).sum(0),
        ),
        Mistake(
            "This divides by N; a weighted mean divides by the sum of its weights, the squared scores.",
            lambda returns, scores: (returns[:, None] * scores.square()).mean(0),
        ),
        Mistake(
            "Numerator and denominator are exchanged: the returns are averaged, so they stand above.",
            lambda returns, scores: guarded(
                scores.square().sum(0), (returns[:, None] * scores.square()).sum(0)
            ),
        ),
        Mistake(
            "The returns are squared as well: only the scores are, Σ s²G / Σ s².",
            lambda returns, scores: guarded(
                (returns[:, None] * scores).square().sum(0), scores.square().sum(0)
            ),
        ),
        Mistake(
            "[N] times [N, P] pairs the returns with the columns: make them a column first, `returns[:, None]`.",
            lambda returns, scores: guarded((returns * scores.square()).sum(0), scores.square().sum(0)),
        ),
        Mistake(
            "The sums run over the parameters: they run over the samples, dim 0, and leave one number for each parameter.",
            lambda returns, scores: returns * scores.square().sum(1) / scores.square().sum(1),
        ),
        Mistake(
            "The weights are taken for the first parameter only: each parameter weighs with its own squared scores.",
            lambda returns, scores: weighted(returns, scores[:, :1]).expand(scores.shape[1]),
        ),
        Mistake(
            "The sign is turned round: this is to be subtracted from the return, so it lies among the returns.",
            lambda returns, scores: (
                -guarded((returns[:, None] * scores.square()).sum(0), scores.square().sum(0))
            ),
        ),
        Mistake(
            "This takes the sample mean off the scores first; their true mean is 0, so Σ s²G / Σ s² is all that is needed.",
            lambda returns, scores: guarded(
                (returns[:, None] * (scores - scores.mean(0)).square()).sum(0),
                (scores - scores.mean(0)).square().sum(0),
            ),
        ),
        Mistake(
            "This is the gradient, the mean of score times return; asked for is the baseline, Σ s²G / Σ s².",
            lambda returns, scores: (returns[:, None] * scores).mean(0),
        ),
        Mistake(
            "The weights are a softmax of the scores; they are the squared scores over their sum.",
            lambda returns, scores: returns @ scores.softmax(0),
        ),
    ),
)
