"""The logarithm of a softmax, lesson 02, as an exercise."""

import math

import torch

from ..densities import log_softmax
from .exercise import Case, Exercise, Mistake
from .lesson_02_formulas import normal

__all__ = ["SOFTMAX"]

CUT_OFF = (
    "A floor under the probabilities, added or by `clamp`, hides the -inf, but rarer actions come out wrong: take logits "
    "minus logsumexp."
)


SOFTMAX = Exercise(
    reference=log_softmax,
    returns="[B, A]: one log-probability for each logit",
    differentiate=("logits",),
    cases=(
        Case("one row of three logits", (torch.tensor([[1.0, 2.0, 3.0]]),)),
        Case("4 rows of 3 logits", (normal(4, 3, seed=1),)),
        Case("3 rows of 3 logits", (2 * normal(3, 3, seed=2),)),
        Case("a single action, which is sure", (torch.tensor([[5.0], [-2.0]]),)),
        # logits - logsumexp is right as well, and in float32 6e-4 off at logits of 1e4
        Case("equal logits of 1e4", (torch.full((2, 3), 1e4),), tolerance=1e-3),
        Case(
            "a row of large logits beside a row of small ones",
            (torch.tensor([[1000.0, 1001.0], [-1000.0, -999.0]]),),
            tolerance=1e-3,
        ),
        Case("logits of ±1e4", (torch.tensor([[1e4, 0.0, -1e4], [-1e4, -1e4, 1e4]]),), tolerance=1e-3),
    ),
    mistakes=(
        Mistake(
            "These are the probabilities: their logarithm is asked for.", lambda logits: logits.softmax(1)
        ),
        Mistake(
            "These are the probabilities, and exp overflows for large logits: take logits minus logsumexp instead.",
            lambda logits: logits.exp() / logits.exp().sum(1, keepdim=True),
        ),
        Mistake(
            "This divides by the sum over the whole table, takes no logarithm, and overflows: take logits minus each row's "
            "logsumexp.",
            lambda logits: logits.exp() / logits.exp().sum(),
        ),
        Mistake(
            "The logarithm of a softmax is -inf where a probability rounds to 0: take logits minus logsumexp, and nothing "
            "is ever rounded to 0.",
            lambda logits: logits.softmax(1).log(),
        ),
        Mistake(
            "The formula is right, but exp overflows for large logits: subtract each row's largest logit first; it cancels.",
            lambda logits: logits - logits.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "exp(z) / sum exp(z) overflows to NaN for large logits: subtract each row's largest logit, and take the "
            "logarithm of the sum alone.",
            lambda logits: (logits.exp() / logits.exp().sum(1, keepdim=True)).log(),
        ),
        *(
            Mistake(CUT_OFF, lambda logits, tiny=tiny: (logits.softmax(1) + tiny).log())
            for tiny in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
        ),
        *(
            Mistake(
                "Cutting the logits off at some size avoids the overflow, but changes the answer: subtract each row's "
                "largest logit instead.",
                lambda logits, limit=limit: logits.clamp(-limit, limit).log_softmax(1),
            )
            for limit in (20.0, 50.0, 88.0)
        ),
        Mistake(
            "This normalises each column, dim=0: the actions of one row must add up to 1, so it is dim=1.",
            lambda logits: logits.log_softmax(0),
        ),
        Mistake(
            "The sum runs over each column, dim=0 (and exp overflows): the actions of one row must add up to 1, dim=1.",
            lambda logits: logits - logits.exp().sum(0).log(),
        ),
        Mistake(
            "The sum runs over the whole table (and exp overflows): each row is a distribution of its own, dim=1.",
            lambda logits: logits - logits.exp().sum().log(),
        ),
        Mistake(
            "This normalises the whole table at once: each row is a distribution of its own, dim=1.",
            lambda logits: logits - logits.logsumexp((0, 1)),
        ),
        Mistake(
            "`logits - logits.logsumexp(1)` takes [B] from [B, A] along the wrong side: keep the dimension, `keepdim=True`.",
            lambda logits: logits - logits.logsumexp(1),
        ),
        Mistake(
            "Taking the sums [B] from the logits [B, A] goes along the wrong side (and exp overflows): keep the dimension, "
            "`keepdim=True`.",
            lambda logits: logits - logits.exp().sum(1).log(),
        ),
        Mistake(
            "Taking the maxima [B] from the logits [B, A] goes along the wrong side: keep the dimension, `keepdim=True`.",
            lambda logits: logits - logits.amax(1),
        ),
        Mistake(
            "The sign is turned round: a log-probability is at most 0, this is -log p.",
            lambda logits: logits.logsumexp(1, keepdim=True) - logits,
        ),
        Mistake(
            "This is only the logarithm of the sum: subtract it from the logits.",
            lambda logits: logits.logsumexp(1, keepdim=True),
        ),
        Mistake(
            "This is only the logarithm of the sum: subtract it from the logits.",
            lambda logits: logits.logsumexp(1),
        ),
        Mistake(
            "The largest logit is subtracted, but the rows are not normalised: subtract the logarithm of the sum of exp as well.",
            lambda logits: logits - logits.amax(1, keepdim=True),
        ),
        Mistake(
            "The sum of exp is subtracted without its logarithm.",
            lambda logits: logits - logits.exp().sum(1, keepdim=True),
        ),
        Mistake(
            "The sum of exp is subtracted without its logarithm.",
            lambda logits: (z := logits - logits.amax(1, keepdim=True)) - z.exp().sum(1, keepdim=True),
        ),
        Mistake(
            "The largest logit is taken off inside the sum but not outside: it cancels only if both use shifted logits.",
            lambda logits: logits - (logits - logits.amax(1, keepdim=True)).exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "The largest logit is taken off outside the sum but not inside: it cancels only if both use shifted logits.",
            lambda logits: logits - logits.amax(1, keepdim=True) - logits.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "Only the largest logit of a row is a safe shift: above the mean or the smallest one, exp still overflows.",
            lambda logits: (z := logits - logits.mean(1, keepdim=True)) - z.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "One maximum for the whole table is too large for rows of small logits, whose exp all round to 0: take each "
            "row's own.",
            lambda logits: (z := logits - logits.max()) - z.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "The largest size is taken off here, `abs`: in a row of large negative logits every exp then rounds to 0. "
            "Take the largest logit off.",
            lambda logits: (
                (z := logits - logits.abs().amax(1, keepdim=True)) - z.exp().sum(1, keepdim=True).log()
            ),
        ),
        Mistake(
            "The logits are halved, or doubled, first: that changes the probabilities, as a temperature does.",
            lambda logits: (logits / 2).log_softmax(1),
        ),
        Mistake(
            "The logits are halved, or doubled, first: that changes the probabilities, as a temperature does.",
            lambda logits: (logits * 2).log_softmax(1),
        ),
        Mistake(
            "This is a logarithm to base 2: the natural one is meant throughout.",
            lambda logits: logits.log_softmax(1) / math.log(2),
        ),
        Mistake(
            "This is a logarithm to base 10: the natural one is meant throughout.",
            lambda logits: logits.log_softmax(1) / math.log(10),
        ),
        Mistake(
            "This is the logarithm of the logits, which may well be negative: exp comes first, then the sum.",
            lambda logits: logits.log(),
        ),
        Mistake(
            "Dividing by the sum of the logits gives no probabilities, since logits may be negative: exp comes first.",
            lambda logits: (logits / logits.sum(1, keepdim=True)).log(),
        ),
        Mistake(
            "A sigmoid looks at one logit alone: in a softmax the actions share one unit of probability.",
            lambda logits: torch.nn.functional.logsigmoid(logits),
        ),
        Mistake(
            "This applies the logarithm's partner once too often: it is log_softmax of probabilities, not of logits.",
            lambda logits: logits.softmax(1).log_softmax(1),
        ),
        Mistake(
            "The logits themselves are added up: exp comes first, then the sum, then its logarithm.",
            lambda logits: logits - logits.sum(1, keepdim=True),
        ),
        Mistake(
            "The logits themselves are added up: exp comes first, then the sum, then its logarithm.",
            lambda logits: logits - logits.sum(1, keepdim=True).log(),
        ),
        Mistake(
            "The mean of exp is taken (and exp overflows): the probabilities are divided by the sum.",
            lambda logits: logits - logits.exp().mean(1, keepdim=True).log(),
        ),
        Mistake(
            "The mean of exp is taken: the probabilities are divided by the sum.",
            lambda logits: logits.log_softmax(1) + math.log(logits.shape[1]),
        ),
        Mistake(
            "The logarithm of the sum is added: dividing is subtracting logarithms.",
            lambda logits: logits + logits.logsumexp(1, keepdim=True),
        ),
        Mistake(
            "`nan_to_num` hides what has been rounded away, but does not bring it back: take logits minus logsumexp.",
            lambda logits: logits.softmax(1).log().nan_to_num(),
        ),
        Mistake(
            "`nan_to_num` hides what has been rounded away, but does not bring it back: take logits minus logsumexp.",
            lambda logits: (logits - logits.exp().sum(1, keepdim=True).log()).nan_to_num(),
        ),
        Mistake(
            "Dividing the logits changes the probabilities, as a temperature does: a shift cancels, a scale does not.",
            lambda logits: (logits / logits.abs().max()).log_softmax(1),
        ),
        Mistake(
            "Dividing the logits changes the probabilities, as a temperature does: a shift cancels, a scale does not.",
            lambda logits: (logits / logits.abs().amax(1, keepdim=True)).log_softmax(1),
        ),
        Mistake(
            "These are the largest logits of the columns: only a shift that is the same for a whole row cancels, dim=1.",
            lambda logits: (z := logits - logits.amax(0)) - z.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "Dividing by the logarithm of the sum is not dividing by the sum: log(x / y) = log x - log y, so subtract it.",
            lambda logits: logits / logits.logsumexp(1, keepdim=True),
        ),
        Mistake(
            "Dividing by the logarithm of the sum is not dividing by the sum: log(x / y) = log x - log y, so subtract it.",
            lambda logits: (z := logits - logits.amax(1, keepdim=True)) / z.exp().sum(1, keepdim=True).log(),
        ),
        Mistake(
            "The log-probabilities of a row are added up: each action keeps its own, [B, A].",
            lambda logits: logits.log_softmax(1).sum(1),
        ),
        Mistake(
            "This is the largest log-probability of each row: each action keeps its own, [B, A].",
            lambda logits: logits.log_softmax(1).amax(1),
        ),
    ),
)
