"""An exercise of lesson 09 as data: the leash to the reference."""

import torch

from ..token_losses import kl_penalty
from .exercise import Case, Exercise, Mistake
from .lesson_09_groups import normal

__all__ = ["KL_PENALTY"]


def tokens(*shape: int, seed: int, shift: float = 0.0) -> tuple:
    """Log-probabilities of the same tokens under two policies."""
    log_probs = -normal(*shape, seed=seed).abs() - 0.1
    return log_probs, log_probs + 0.7 * normal(*shape, seed=seed + 50) + shift


def k3_of(away: torch.Tensor) -> torch.Tensor:
    """ρ - 1 - log ρ from log ρ."""
    return away.exp() - 1 - away


UPSIDE_DOWN = "The ratio is upside down: with samples from the policy it is ρ = π_ref/π, `exp(reference_log_probs - log_probs)`."
NUMBER = "This is one number: the penalty keeps its tokens, [B, L]; the masked mean comes later."

HALF = "This is half of it: the ½ belongs to k2, half the squared log-ratio; k3 has none."

KL_PENALTY = Exercise(
    reference=kl_penalty,
    returns="[B, L]: one penalty for each token",
    differentiate=("log_probs",),
    tolerance=1e-4,
    cases=(
        Case(
            "a token twice as likely under the policy, and one half as likely",
            (torch.tensor([[0.4, 0.2]]).log(), torch.tensor([[0.2, 0.4]]).log()),
        ),
        Case("a policy that has not moved", (tokens(2, 3, seed=1)[0], tokens(2, 3, seed=1)[0])),
        Case("2 answers of 4 tokens", tokens(2, 4, seed=2)),
        Case("3 answers of 3 tokens, the policy surer than the reference", tokens(3, 3, seed=3, shift=-1.0)),
        Case("a single token", (torch.tensor([[-1.0]]), torch.tensor([[-0.2]]))),
        Case("a rare token", (torch.tensor([[-20.0, -2.0]]), torch.tensor([[-20.5, -1.0]]))),
    ),
    mistakes=(
        Mistake(UPSIDE_DOWN, lambda log_probs, reference_log_probs: k3_of(log_probs - reference_log_probs)),
        Mistake(
            "This is k1, the plain difference of log-probabilities: unbiased, but single tokens can be negative; k3 adds ρ - 1.",
            lambda log_probs, reference_log_probs: log_probs - reference_log_probs,
        ),
        Mistake(
            "This is log ρ alone: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: reference_log_probs - log_probs,
        ),
        Mistake(
            "This is k2, half the squared log-ratio: close to k3 near ρ = 1, but biased; k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: 0.5 * (log_probs - reference_log_probs) ** 2,
        ),
        Mistake(
            "This is the squared log-ratio: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs) ** 2,
        ),
        Mistake(
            "This is the absolute log-ratio: k3 is (ρ - 1) - log ρ, never negative by itself.",
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs).abs(),
        ),
        Mistake(
            "The sign is turned round: a penalty is never negative.",
            lambda log_probs, reference_log_probs: -k3_of(reference_log_probs - log_probs),
        ),
        Mistake(
            "The -1 is missing: where policy and reference agree, ρ = 1 and the penalty is 0.",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs) + 1,
        ),
        Mistake(
            "The 1 is taken off twice: `expm1` has done it already.",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs) - 1,
        ),
        Mistake(
            "The difference of the logarithms is log ρ, and is used as ρ here: take its `exp` first.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs) - 1 - (reference_log_probs - log_probs).log()
            ),
        ),
        Mistake(
            "- log ρ is missing: ρ - 1 by itself has the mean 0, whatever the two policies are.",
            lambda log_probs, reference_log_probs: (reference_log_probs - log_probs).expm1(),
        ),
        Mistake(
            "log ρ is added where it is to be taken off: (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs).expm1() + (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "This is the ratio ρ itself: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (reference_log_probs - log_probs).exp(),
        ),
        Mistake(
            "The ratio takes the place of its own logarithm here: ρ is `exp` of the difference.",
            lambda log_probs, reference_log_probs: k3_of((reference_log_probs - log_probs).exp()),
        ),
        Mistake(
            "The log-ratio is weighted with the probability, but the samples come from the policy already: do not weigh twice.",
            lambda log_probs, reference_log_probs: log_probs.exp() * (log_probs - reference_log_probs),
        ),
        Mistake(
            "This is PyTorch's `kl_div`, a sum over all tokens there are; here only the sampled ones are known: use k3.",
            lambda log_probs, reference_log_probs: torch.nn.functional.kl_div(
                log_probs, reference_log_probs, log_target=True, reduction="none"
            ),
        ),
        Mistake(
            "ρ and log ρ are turned different ways: both are reference minus policy, `reference_log_probs - log_probs`.",
            lambda log_probs, reference_log_probs: (
                (log_probs - reference_log_probs).expm1() - (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "Log-probabilities are divided here: a ratio of probabilities is a difference of logarithms, then `exp`.",
            lambda log_probs, reference_log_probs: (
                reference_log_probs / log_probs - 1 - (reference_log_probs / log_probs).log()
            ),
        ),
        Mistake(
            NUMBER,
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).mean(),
        ),
        Mistake(
            NUMBER,
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).sum(),
        ),
        Mistake(
            "The tokens are added up, one number for each answer: keep them apart, [B, L].",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).sum(1),
        ),
        Mistake(
            "The tokens are averaged, one number for each answer: keep them apart, [B, L].",
            lambda log_probs, reference_log_probs: k3_of(reference_log_probs - log_probs).mean(1),
        ),
        Mistake(
            "The log-ratios of an answer are added up first; the leash is taken token by token.",
            lambda log_probs, reference_log_probs: k3_of((reference_log_probs - log_probs).sum(1)),
        ),
        Mistake(HALF, lambda log_probs, reference_log_probs: 0.5 * k3_of(reference_log_probs - log_probs)),
        Mistake(
            "Both directions are averaged here: only ρ = π_ref/π fits samples from the policy.",
            lambda log_probs, reference_log_probs: (
                0.5 * (k3_of(reference_log_probs - log_probs) + k3_of(log_probs - reference_log_probs))
            ),
        ),
        Mistake(
            "This is ρ log ρ, an estimate of KL(reference ‖ policy): k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs).exp() * (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "This is ρ log ρ - (ρ - 1), an estimate of KL(reference ‖ policy): k3 is (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs).exp() * (reference_log_probs - log_probs)
                - (reference_log_probs - log_probs).expm1()
            ),
        ),
        Mistake(
            "The first bracket is turned round: ρ - 1, not 1 - ρ.",
            lambda log_probs, reference_log_probs: (
                -(reference_log_probs - log_probs).expm1() - (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "The penalty is weighted with the probability, but the samples come from the policy already: do not weigh twice.",
            lambda log_probs, reference_log_probs: log_probs.exp() * k3_of(reference_log_probs - log_probs),
        ),
        Mistake(
            "This is k1 with its negative tokens cut off, which is biased: k3 adds ρ - 1 instead.",
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs).clamp(min=0),
        ),
        Mistake(
            "The sign of log ρ is lost in the absolute value: (ρ - 1) - log ρ.",
            lambda log_probs, reference_log_probs: (
                (reference_log_probs - log_probs).expm1() - (reference_log_probs - log_probs).abs()
            ),
        ),
        Mistake(
            "The arguments are log-probabilities of written tokens already: a log-softmax across places mixes them up.",
            lambda log_probs, reference_log_probs: k3_of(
                reference_log_probs.log_softmax(-1) - log_probs.log_softmax(-1)
            ),
        ),
        Mistake(
            "Probabilities are subtracted where their ratio is asked for: ρ is `exp` of the difference of logarithms.",
            lambda log_probs, reference_log_probs: (
                reference_log_probs.exp() - log_probs.exp() - 1 - (reference_log_probs - log_probs)
            ),
        ),
        Mistake(
            "The sign is turned round, and the ratio is upside down: `exp(reference_log_probs - log_probs)`, never negative.",
            lambda log_probs, reference_log_probs: -k3_of(log_probs - reference_log_probs),
        ),
    ),
)
