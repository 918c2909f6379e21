"""An exercise of lesson 04: the mean score, weighted."""

import torch

from ..log_derivative import expected_score
from .exercise import Case, Exercise, Mistake

__all__ = ["EXPECTED_SCORE", "normal"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def all_scores(logits: torch.Tensor) -> torch.Tensor:
    """The score of every action, one in each row, [A, A]."""
    return torch.eye(len(logits)) - logits.softmax(0)


def overflowing(logits, weights):
    """Right, but for a softmax that divides infinity by infinity."""
    probs = logits.exp() / logits.exp().sum()
    return probs * (weights - probs @ weights)


def patched(logits, weights):
    """A softmax that overflows, with zeros put for NaN."""
    probs = (logits.exp() / logits.exp().sum()).nan_to_num()
    return probs * (weights - probs @ weights)


def through_the_policy(logits, weights):
    """The gradient of sum pi w log pi, where only log pi was meant to be differentiated."""
    leaf = logits.clone().requires_grad_()
    return torch.autograd.grad((leaf.softmax(0) * weights * leaf.log_softmax(0)).sum(), leaf)[0]


THREE = torch.tensor([0.7, 0.2, 0.1]).log()
ZERO_ANYWAY = (
    "This is 0 for any weights. Each action's weight multiplies the whole score of that action; "
    "then the sum runs over the actions, not over the logits."
)

EXPECTED_SCORE = Exercise(
    reference=expected_score,
    returns="[A]: one number for each logit",
    cases=(
        Case("weights 1, 2, 4 and a policy 0.7, 0.2, 0.1", (THREE, torch.tensor([1.0, 2.0, 4.0]))),
        Case("equal weights, where the answer is 0", (THREE, torch.tensor([2.0, 2.0, 2.0]))),
        Case("a weight for one action only", (THREE, torch.tensor([0.0, 0.0, 1.0]))),
        Case(
            "two actions, one reward positive and one negative", (torch.zeros(2), torch.tensor([1.0, -1.0]))
        ),
        Case("five actions", (normal(5, seed=1), normal(5, seed=2))),
        Case("a policy that is not normalised", (normal(4, seed=3) + 2.0, normal(4, seed=4))),
        Case("logits of 1000", (torch.tensor([1000.0, 999.0, -1000.0]), torch.tensor([1.0, 3.0, 2.0]))),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: the score of an action is its one-hot row minus π, so that its own entry is positive.",
            lambda logits, weights: -(logits.softmax(0) * weights) @ all_scores(logits),
        ),
        Mistake(
            "The probabilities π(a) are missing: a mean over actions weighs each action with how often it is taken.",
            lambda logits, weights: weights @ all_scores(logits),
        ),
        Mistake(
            "The actions are averaged as if all were equally likely: weigh each with π(a) instead of 1/A.",
            lambda logits, weights: weights @ all_scores(logits) / len(logits),
        ),
        Mistake(
            "After weighing with π(a) comes a sum, not a mean: the probabilities have divided already.",
            lambda logits, weights: (logits.softmax(0) * weights) @ all_scores(logits) / len(logits),
        ),
        Mistake(
            "The score is the one-hot row minus π; here π is not subtracted, so equal weights do not give 0.",
            lambda logits, weights: logits.softmax(0) * weights,
        ),
        Mistake(
            "What is subtracted must be weighted too: it is π times the mean weight Σ π(a) w(a), not π alone.",
            lambda logits, weights: logits.softmax(0) * (weights - 1),
        ),
        Mistake(
            "The mean weight runs over actions as π takes them, Σ π(a) w(a); this is the plain mean of the weights.",
            lambda logits, weights: logits.softmax(0) * (weights - weights.mean()),
        ),
        Mistake(ZERO_ANYWAY, lambda logits, weights: (logits.softmax(0) @ all_scores(logits)) * weights),
        Mistake(
            ZERO_ANYWAY,
            lambda logits, weights: (logits.softmax(0) * weights)[:, None].mul(all_scores(logits)).sum(1),
        ),
        Mistake(ZERO_ANYWAY, lambda logits, weights: logits.softmax(0) @ all_scores(logits) * weights.mean()),
        Mistake(
            "The entries are added up, which always gives 0: return one number for each logit.",
            lambda logits, weights: ((logits.softmax(0) * weights) @ all_scores(logits)).sum(),
        ),
        Mistake(
            "This is the table of weighted scores, one row for each action: add the rows up.",
            lambda logits, weights: (logits.softmax(0) * weights)[:, None] * all_scores(logits),
        ),
        Mistake(
            "This is the mean weight, Σ π(a) w(a); its gradient is asked for, with ∇ log π(a) in the sum.",
            lambda logits, weights: logits.softmax(0) @ weights,
        ),
        Mistake(
            "This weighs log π(a), not its gradient: the score is ∇ log π(a), the one-hot row minus π.",
            lambda logits, weights: logits.softmax(0) * weights * logits.log_softmax(0),
        ),
        Mistake(
            "This weighs log π(a), not its gradient: the score is ∇ log π(a), the one-hot row minus π.",
            lambda logits, weights: (logits.softmax(0) * weights * logits.log_softmax(0)).sum(),
        ),
        Mistake(
            "This is how much each weight exceeds the mean; it still has to be multiplied with π(a).",
            lambda logits, weights: weights - logits.softmax(0) @ weights,
        ),
        Mistake(
            "Only the action's own logit is counted, π(1 - π): each logit also lowers the other actions' probabilities.",
            lambda logits, weights: weights * logits.softmax(0) * (1 - logits.softmax(0)),
        ),
        Mistake(
            "Logits are not probabilities yet: take their softmax first.",
            lambda logits, weights: logits * (weights - logits @ weights),
        ),
        Mistake(
            "These are exp(logits), which need not sum to 1: divide by their sum, or use softmax.",
            lambda logits, weights: logits.exp() * (weights - logits.exp() @ weights),
        ),
        Mistake(
            "This is the score of the likeliest action only; the mean runs over all actions.",
            lambda logits, weights: weights[logits.argmax()] * all_scores(logits)[logits.argmax()],
        ),
        Mistake(
            "exp of a large logit is infinite, and infinity over infinity is NaN: use softmax, which subtracts the largest.",
            overflowing,
        ),
        Mistake(
            "[A] times [A, A] pairs π(a) w(a) with the columns; a row is one action's score: make it a column, `[:, None]`.",
            lambda logits, weights: (logits.softmax(0) * weights * all_scores(logits)).sum(0),
        ),
        Mistake(
            "In the table of scores π must lie along each row: `eye - probs`, not `eye - probs[:, None]`.",
            lambda logits, weights: (logits.softmax(0) * weights) @ all_scores(logits).T,
        ),
        Mistake(
            "The mean weight is Σ π(a) w(a); here the weights are added up without π(a).",
            lambda logits, weights: logits.softmax(0) * (weights - weights.sum()),
        ),
        Mistake(
            "The weights are not used: each action's score is weighed with π(a) w(a).",
            lambda logits, weights: logits.softmax(0) * (1 - logits.softmax(0)),
        ),
        Mistake(
            "π(a) multiplies twice: the mean takes it once.",
            lambda logits, weights: logits.softmax(0) ** 2 * (weights - logits.softmax(0) @ weights),
        ),
        Mistake(
            "The weights are multiplied into the logits: they weigh the scores, the policy is softmax(logits).",
            lambda logits, weights: (
                (logits * weights).softmax(0) * (weights - (logits * weights).softmax(0) @ weights)
            ),
        ),
        Mistake(
            "This weighs log π(a), not its gradient: the score is ∇ log π(a), the one-hot row minus π.",
            lambda logits, weights: logits.softmax(0) * weights * logits.softmax(0).log(),
        ),
        Mistake(
            "Autograd went through π too, so it is the gradient of Σ π w log π: hold π fixed with `detach`.",
            through_the_policy,
        ),
        Mistake(
            "Only the term of the last action is left: add the terms of all actions up.",
            lambda logits, weights: logits.softmax(0)[-1] * weights[-1] * all_scores(logits)[-1],
        ),
        Mistake(
            "The mean weight is taken off every entry: it is multiplied with π(a) as well.",
            lambda logits, weights: logits.softmax(0) * weights - logits.softmax(0) @ weights,
        ),
        Mistake(
            "Dividing the weights by their sum makes them another reward: use them as they are.",
            lambda logits, weights: (
                logits.softmax(0) * (weights - logits.softmax(0) @ weights) / weights.sum()
            ),
        ),
        Mistake(
            "Cutting large logits off makes it another policy: `softmax` takes them as they are.",
            lambda logits, weights: expected_score(logits.clamp(-50, 50), weights),
        ),
        Mistake(
            "`nan_to_num` hides that exp overflowed, and puts a 0 for a probability: use softmax.",
            lambda logits, weights: overflowing(logits, weights).nan_to_num(),
        ),
        Mistake(
            "`nan_to_num` hides that exp overflowed, and puts a 0 for a probability: use softmax.",
            patched,
        ),
        Mistake(
            "A sigmoid of each logit is not its softmax: the probabilities of all actions must sum to 1.",
            lambda logits, weights: logits.sigmoid() * (weights - logits.sigmoid() @ weights),
        ),
        Mistake(
            "The signs are lost: leave `abs` out, some logits are pushed down.",
            lambda logits, weights: expected_score(logits, weights).abs(),
        ),
        Mistake(
            "The largest weight is taken off here; what is taken off is the mean weight, Σ π(a) w(a).",
            lambda logits, weights: logits.softmax(0) * (weights - weights.max()),
        ),
    ),
)
