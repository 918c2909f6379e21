"""An exercise of lesson 03: which way the logits make an action likelier."""

import torch

from ..log_derivative import softmax_score
from .exercise import Case, Exercise, Mistake

__all__ = ["SCORE", "table"]


def table(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs, float32."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def onehot(logits: torch.Tensor, action: int) -> torch.Tensor:
    """1 at the action, 0 elsewhere, [A]."""
    return torch.eye(len(logits), dtype=logits.dtype)[action]


def naive_softmax(logits: torch.Tensor) -> torch.Tensor:
    """The softmax as its formula reads: it overflows."""
    return logits.exp() / logits.exp().sum()


def through_the_log(logits, action):
    """Right, but for the logarithm of a softmax that may be 0."""
    leaf = logits.clone().requires_grad_()
    return torch.autograd.grad(leaf.softmax(0)[action].log(), leaf)[0]


def overwritten(logits, action):
    """1 at the action instead of 1 minus its probability."""
    score = -logits.softmax(0)
    score[action] = 1.0
    return score


SCORE = Exercise(
    reference=softmax_score,
    returns="[A]: one derivative for each logit",
    cases=(
        Case("two equal logits", (torch.zeros(2), 0)),
        Case("three logits", (torch.tensor([0.5, -1.0, 2.0]), 1)),
        Case("the last of five actions", (table(5, seed=1), 4)),
        Case("an action that is nearly certain", (torch.tensor([6.0, -2.0, 0.0], dtype=torch.float64), 0)),
        Case("logits that are all large and close together", (torch.tensor([200.0, 201.0, 199.0]), 2)),
        Case("logits of 10000 and -10000", (torch.tensor([1e4, 0.0, -1e4]), 1)),
        Case("a single action", (torch.tensor([0.7]), 0)),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: 1 at the action taken, minus the probabilities.",
            lambda logits, action: logits.softmax(0) - onehot(logits, action),
        ),
        Mistake(
            "The probabilities are not subtracted: a softmax raises one action by lowering all the others.",
            onehot,
        ),
        Mistake(
            "The 1 at the action taken is missing: this is the derivative of the normalising term alone.",
            lambda logits, action: -logits.softmax(0),
        ),
        Mistake(
            "This is the gradient of the probability; the gradient of its logarithm has no factor π(action) in front.",
            lambda logits, action: logits.softmax(0)[action] * (onehot(logits, action) - logits.softmax(0)),
        ),
        Mistake(
            "Each entry is multiplied by its own probability: leave that factor out, E[...] is taken later, by sampling.",
            lambda logits, action: logits.softmax(0) * (onehot(logits, action) - logits.softmax(0)),
        ),
        Mistake(
            "This is the derivative with respect to the probabilities, 1/π at the action; the logits are asked for.",
            lambda logits, action: onehot(logits, action) / logits.softmax(0),
        ),
        Mistake(
            "The score is divided by the probability once more: the logarithm has divided by it already.",
            lambda logits, action: (onehot(logits, action) - logits.softmax(0)) / logits.softmax(0)[action],
        ),
        Mistake(
            "The logits are subtracted as they are: turn them into probabilities with a softmax first.",
            lambda logits, action: onehot(logits, action) - logits,
        ),
        Mistake(
            "Log-probabilities are subtracted where probabilities belong.",
            lambda logits, action: onehot(logits, action) - logits.log_softmax(0),
        ),
        Mistake(
            "exp() of a large logit is infinite, and the quotient NaN: use `torch.softmax`, which subtracts the largest first.",
            lambda logits, action: onehot(logits, action) - naive_softmax(logits),
        ),
        Mistake(
            "The softmax is taken twice: once turns the logits into probabilities.",
            lambda logits, action: onehot(logits, action) - logits.softmax(0).softmax(0),
        ),
        Mistake(
            "A sigmoid of each logit is not its softmax: the probabilities of all actions must sum to 1.",
            lambda logits, action: onehot(logits, action) - logits.sigmoid(),
        ),
        Mistake(
            "This subtracts a uniform policy, 1/A for each action; subtract the softmax of the logits.",
            lambda logits, action: onehot(logits, action) - 1 / len(logits),
        ),
        Mistake(
            "This is the log-probability itself; its derivative with respect to each logit is asked for.",
            lambda logits, action: logits.log_softmax(0)[action],
        ),
        Mistake(
            "This is the log-probability itself; its derivative with respect to each logit is asked for.",
            lambda logits, action: logits.softmax(0)[action].log(),
        ),
        Mistake(
            "This is the probability of the action; asked for is the derivative of its logarithm, one number for each logit.",
            lambda logits, action: logits.softmax(0)[action],
        ),
        Mistake(
            "1/π - 1 mixes two derivatives: log π has 1/π by the probability, and 1 - π by the action's own logit.",
            lambda logits, action: 1 / logits.softmax(0) - 1,
        ),
        Mistake(
            "1/π - 1 mixes two derivatives: log π has 1/π by the probability, and 1 - π by the action's own logit.",
            lambda logits, action: 1 / logits.softmax(0)[action] - 1,
        ),
        Mistake(
            "1/π - 1 mixes two derivatives: log π has 1/π by the probability, and 1 - π by the action's own logit.",
            lambda logits, action: onehot(logits, action) / logits.softmax(0) - 1,
        ),
        Mistake(
            "These are the probabilities: 1 at the action, minus them.",
            lambda logits, action: logits.softmax(0),
        ),
        Mistake(
            "This is the derivative for the logit of the action alone; the other logits move its probability as well.",
            lambda logits, action: 1 - logits.softmax(0)[action],
        ),
        Mistake(
            "Only the logit of the action has a derivative here; the others have one too, minus their probability.",
            lambda logits, action: onehot(logits, action) * (1 - logits.softmax(0)),
        ),
        Mistake(
            "The 1 stands at the likeliest action; it belongs to the action that was taken.",
            lambda logits, action: onehot(logits, int(logits.argmax())) - logits.softmax(0),
        ),
        Mistake(
            "The action is counted from 1 here; it is counted from 0.",
            lambda logits, action: onehot(logits, action - 1) - logits.softmax(0),
        ),
        Mistake(
            "Every entry has the 1: it stands at the action that was taken only.",
            lambda logits, action: 1 - logits.softmax(0),
        ),
        Mistake(
            "log(softmax) is -inf where a probability has become 0, and its gradient NaN: use `log_softmax`, or the formula.",
            through_the_log,
        ),
        Mistake(
            "The 1 is written over the entry of the action: add it to minus the probability, 1 - π(action).",
            overwritten,
        ),
        Mistake(
            "This is log π of every action; the derivative of one of them with respect to each logit is asked for.",
            lambda logits, action: logits.log_softmax(0),
        ),
        Mistake(
            "The score stands in a table [1, A]: return the row itself, [A].",
            lambda logits, action: (onehot(logits, action) - logits.softmax(0))[None],
        ),
        Mistake(
            "This is the derivative with respect to the probabilities, 1/π at the action; the logits are asked for.",
            lambda logits, action: onehot(logits, action).where(
                onehot(logits, action) == 0, 1 / logits.softmax(0)[action]
            ),
        ),
        Mistake(
            "All log-probabilities are differentiated together; only that of the action taken is asked for.",
            lambda logits, action: 1 - len(logits) * logits.softmax(0),
        ),
        Mistake(
            "The probabilities are added: they are taken off the 1 at the action.",
            lambda logits, action: onehot(logits, action) + logits.softmax(0),
        ),
        Mistake(
            "These are exp(logits), which need not sum to 1: divide by their sum, or use `softmax`.",
            lambda logits, action: onehot(logits, action) - logits.exp(),
        ),
        Mistake(
            "Logits over their sum are no probabilities, they may be negative: take the `softmax`.",
            lambda logits, action: onehot(logits, action) - logits / logits.sum(),
        ),
        Mistake(
            "The probability of the action is taken off every entry: each entry has the probability of its own action.",
            lambda logits, action: onehot(logits, action) - logits.softmax(0)[action],
        ),
        Mistake(
            "This is the table of the scores of all actions: return the row of the action that was taken.",
            lambda logits, action: torch.eye(len(logits)) - logits.softmax(0),
        ),
        Mistake(
            "`one_hot` makes a row as long as the largest action it is given: add the number of actions, `len(logits)`.",
            lambda logits, action: torch.nn.functional.one_hot(torch.tensor(action)) - logits.softmax(0),
        ),
        Mistake(
            "The entries are added up, which always gives 0: return one number for each logit.",
            lambda logits, action: (onehot(logits, action) - logits.softmax(0)).sum(),
        ),
        Mistake(
            "The score is cut to whole numbers: it stays one of floats.",
            lambda logits, action: (onehot(logits, action) - logits.softmax(0)).long(),
        ),
        Mistake(
            "Cutting large logits off makes it another policy: `softmax` takes them as they are.",
            lambda logits, action: onehot(logits, action) - logits.clamp(-50, 50).softmax(0),
        ),
        Mistake(
            "`nan_to_num` hides that exp() overflowed, and puts a 0 for a probability: use `softmax`.",
            lambda logits, action: onehot(logits, action) - naive_softmax(logits).nan_to_num(),
        ),
        Mistake(
            "The probability of the likeliest action is taken off every entry: each has the probability of its own action.",
            lambda logits, action: onehot(logits, action) - logits.softmax(0).max(),
        ),
    ),
)
