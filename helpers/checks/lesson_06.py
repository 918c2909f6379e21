"""The exercises of lesson 06: baselines, standardising, entropy and shaping."""

import math

import torch

from ..densities import entropy
from .exercise import Case, Exercise, Mistake
from .lesson_06_optimal import OPTIMAL_BASELINE
from .lesson_06_shaping import POTENTIAL_SHAPING
from .lesson_06_variance import GRADIENT_VARIANCE
from .lesson_06_weights import STANDARDIZE

__all__ = ["EXERCISES"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def surprise(logits: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Minus p log p for every action, without NaN."""
    return -logits.softmax(dim) * logits.log_softmax(dim)


LOG_OF_ZERO = (
    "log of a probability of 0 is -∞, and 0 · (-∞) is NaN: take the logarithms from `log_softmax`, "
    "which stay finite."
)
NAN_GRADIENT = (
    "The values are right, but where a probability is 0 the gradient is NaN: it goes through log 0, even if the value is "
    "mended afterwards. Use `log_softmax`."
)

ENTROPY = Exercise(
    reference=entropy,
    returns="[B]: one number for each row",
    differentiate=("logits",),
    cases=(
        Case("a coin of 0.3 and 0.7", (torch.tensor([[0.3, 0.7]]).log(),)),
        Case("4 rows of 3 actions", (normal(4, 3, seed=1),)),
        Case("three equal logits, where the answer is log 3", (torch.zeros(1, 3),)),
        Case("as many rows as actions", (normal(3, 3, seed=2) * 2,)),
        Case("2 rows of 5 actions", (normal(2, 5, seed=3) + 4.0,)),
        Case("actions that are rare", (torch.tensor([[6.0, 0.0, -3.0], [-4.0, 5.0, 5.0]]),)),
        Case("a single action, where the answer is 0", (torch.tensor([[2.0], [-1.0]]),)),
        Case(
            "logits of 10 000",
            (torch.tensor([[1e4, 0.0, -1e4], [1e4, 1e4, -1e4], [-1e4] * 3], dtype=torch.float64),),
        ),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: p log p is never positive, the entropy is minus its sum.",
            lambda logits: -surprise(logits).sum(-1),
        ),
        Mistake(LOG_OF_ZERO, lambda logits: -(logits.softmax(-1) * logits.softmax(-1).log()).sum(-1)),
        Mistake(
            "A probability cut off at 0.001 hides the NaN, but rare actions come out wrong: use `log_softmax`, which needs no "
            "guard.",
            lambda logits: -(logits.softmax(-1) * logits.softmax(-1).clamp(min=1e-3).log()).sum(-1),
        ),
        Mistake(
            NAN_GRADIENT,
            lambda logits: torch.special.entr(logits.softmax(-1)).sum(-1),
        ),
        Mistake(
            "The values are right where no probability is 0, but the sign is turned round, and 0 · log 0 gives NaN.",
            lambda logits: (logits.softmax(-1) * logits.softmax(-1).log()).sum(-1),
        ),
        Mistake(
            "exp of a large logit is infinite, and infinity over infinity is NaN: use `softmax` and `log_softmax`.",
            lambda logits: (
                -(logits.exp() / logits.exp().sum(-1, keepdim=True))
                * (logits - logits.exp().sum(-1, keepdim=True).log())
            ).sum(-1),
        ),
        Mistake(
            "This is in bits; nats are asked for: the natural logarithm.",
            lambda logits: surprise(logits).sum(-1) / math.log(2),
        ),
        Mistake(
            "The terms are averaged over the actions: the probabilities weigh them already, so add them up.",
            lambda logits: surprise(logits).mean(-1),
        ),
        Mistake(
            "The softmax runs over the rows: it runs over the actions, dim -1.",
            lambda logits: surprise(logits, 0).sum(-1),
        ),
        Mistake(
            "Softmax and sum run over the rows: both run over the actions, dim -1, and leave one number for each row.",
            lambda logits: surprise(logits, 0).sum(0),
        ),
        Mistake(
            "The sum runs over the rows: it runs over the actions, dim -1, and leaves one number for each row.",
            lambda logits: surprise(logits).sum(0),
        ),
        Mistake(
            "This is the mean entropy of the batch: return one number for each row.",
            lambda logits: surprise(logits).sum(-1).mean(),
        ),
        Mistake(
            "This adds up the entropies of all rows: return one number for each row.",
            lambda logits: surprise(logits).sum(),
        ),
        Mistake(
            "The values are right, but they stand in a column [B, 1]: leave `keepdim` out.",
            lambda logits: surprise(logits).sum(-1, keepdim=True),
        ),
        Mistake(
            "This is the table of -p log p: add it up over the actions.",
            surprise,
        ),
        Mistake(
            "The weights p are missing: entropy is the mean of -log p, each action weighed with its probability.",
            lambda logits: -logits.log_softmax(-1).sum(-1),
        ),
        Mistake(
            "The actions count equally here: the mean of -log p weighs each action with its probability.",
            lambda logits: -logits.log_softmax(-1).mean(-1),
        ),
        Mistake(
            "Logits are not logarithms of probabilities yet: use `log_softmax`, which normalises them.",
            lambda logits: -(logits.softmax(-1) * logits).sum(-1),
        ),
        Mistake(
            "This is divided by log A, so that it ends at 1; entropy in nats ends at log A.",
            lambda logits: (
                surprise(logits).sum(-1) / math.log(logits.shape[-1])
                if logits.shape[-1] > 1
                else 0 * logits.sum(-1)
            ),
        ),
        Mistake(
            "This is log A minus the entropy, the distance to the uniform policy: it falls where entropy rises.",
            lambda logits: math.log(logits.shape[-1]) - surprise(logits).sum(-1),
        ),
        Mistake(
            "This is the perplexity, the exponential of the entropy: leave `exp` out.",
            lambda logits: surprise(logits).sum(-1).exp(),
        ),
        Mistake(
            "This is 1 - Σ p², which also measures doubt, but it is not the entropy: that is -Σ p log p.",
            lambda logits: 1 - logits.softmax(-1).square().sum(-1),
        ),
        Mistake(
            "This is -log p of the likeliest action; entropy is the mean over all actions.",
            lambda logits: -logits.log_softmax(-1).amax(-1),
        ),
        Mistake(
            "This is -log p of the likeliest action; entropy is the mean over all actions.",
            lambda logits: -logits.log_softmax(-1).max(-1).values,
        ),
        Mistake(
            "The softmax is taken twice: `log_softmax` wants the logits, not the probabilities.",
            lambda logits: -(logits.softmax(-1) * logits.softmax(-1).log_softmax(-1)).sum(-1),
        ),
        Mistake(
            "A sigmoid looks at each logit alone; the probabilities of one choice come from a softmax over the actions.",
            lambda logits: -(logits.sigmoid() * torch.nn.functional.logsigmoid(logits)).sum(-1),
        ),
        Mistake(
            "The value is right, but no gradient flows through the probabilities (`.detach()`, `.item()`, NumPy): "
            "a bonus without one pushes nothing.",
            lambda logits: -(logits.softmax(-1).detach() * logits.log_softmax(-1)).sum(-1),
        ),
        Mistake(
            "This is divided by log A, so that it ends at 1; entropy in nats ends at log A.",
            lambda logits: (
                surprise(logits).sum(-1) / math.log(logits.shape[-1])
                if logits.shape[-1] > 1
                else logits.sum(-1) * math.nan
            ),
        ),
        Mistake(
            "The logits are taken for probabilities, and a logit may be negative: first `softmax` and `log_softmax`.",
            lambda logits: -(logits * logits.log()).sum(-1),
        ),
        Mistake(
            "The weights are the logits here: weigh each log-probability with its probability, `softmax`.",
            lambda logits: -(logits * logits.log_softmax(-1)).sum(-1),
        ),
        Mistake(
            "A sigmoid looks at each logit alone; the probabilities of one choice come from a softmax over the actions.",
            lambda logits: -(logits.sigmoid() * logits.sigmoid().log()).sum(-1),
        ),
        *(
            Mistake(
                "What is added inside the logarithm changes rare actions: use `log_softmax`, which needs no guard.",
                lambda logits, small=small: (
                    -(logits.softmax(-1) * (logits.softmax(-1) + small).log()).sum(-1)
                ),
            )
            for small in (1e-2, 1e-3)
        ),
    ),
)

EXERCISES = (GRADIENT_VARIANCE, OPTIMAL_BASELINE, STANDARDIZE, ENTROPY, POTENTIAL_SHAPING)
