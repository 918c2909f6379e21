"""A generator in, texts out: the writing task of lesson 09, where digits should add up to a prompt.

A prompt is a number 5 ... 24, an answer up to five tokens: digits 0 ... 9, then the stop token 10, which also pads.
"""

from collections.abc import Callable

import torch

from .shapes import match_shapes, need_counts

__all__ = [
    "DIGIT_PROMPTS",
    "answer_texts",
    "demonstrations",
    "different_right_answers",
    "distance_to_reference",
]

STOP, LENGTH = 10, 5
DIGIT_PROMPTS = torch.arange(5, 25)


def demonstrations(n: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """What a human teacher writes: 2 to 4 digits from 1 to 9 that never fall, and every other time a slip.

    The prompt is what the digits add up to; in half of the texts it is off by a number from -3 to 3, evenly drawn.

    Args:
        n: texts to draw; those whose prompt is not in 5 ... 24 are left out.
        generator: the same state gives the same texts.

    Returns:
        prompts int64 [B] and answers int64 [B, 5], B ≤ n.

    Raises:
        ValueError: n is below 1.
    """
    need_counts(n=n)
    digits = torch.randint(1, 10, (n, LENGTH), generator=generator)
    length = torch.randint(2, 5, (n, 1), generator=generator)
    answers = digits.masked_fill(torch.arange(LENGTH) >= length, STOP).sort(dim=1).values
    slips = torch.randint(-3, 4, (n,), generator=generator) * (torch.rand(n, generator=generator) < 0.5)
    prompts = (answers * (answers < STOP)).sum(dim=1) + slips
    asked = (prompts >= DIGIT_PROMPTS[0]) & (prompts <= DIGIT_PROMPTS[-1])
    return prompts[asked], answers[asked]


def answer_texts(answers: torch.Tensor) -> list[str]:
    """The digits of each answer as text, without its stop; answers int64 [B, L]."""
    match_shapes(answers=(answers, "B L"))
    return [
        "".join(str(token) for token in answer if token < STOP)
        for answer in torch.as_tensor(answers).tolist()
    ]


@torch.no_grad()
def distance_to_reference(model, reference, n: int, generator: torch.Generator) -> float:
    """How far a model has gone from its reference, estimated from its own answers to all prompts.

    KL(π ‖ π_ref) ≈ mean of Σ_t log π(a_t) - log π_ref(a_t), in nats per answer

    Args:
        model, reference: sequence models.
        n: answers to each prompt.
        generator: draws them.
    """
    asked = DIGIT_PROMPTS.repeat_interleave(n)
    answers = model.sample(asked, generator)
    return (model.log_prob(asked, answers) - reference.log_prob(asked, answers)).sum(dim=1).mean().item()


def different_right_answers(model, reward: Callable, n: int, generator: torch.Generator) -> float:
    """How many different right answers a model has among n, averaged over the prompts.

    Args:
        model: sequence model.
        reward: (prompts, answers) -> float [B], 1 for a right answer.
        n: answers to each prompt.
        generator: draws them.
    """
    asked = DIGIT_PROMPTS.repeat_interleave(n)
    answers = model.sample(asked, generator)
    found = torch.cat([asked[:, None], answers], dim=1)[reward(asked, answers) > 0]
    return len(found.unique(dim=0)) / len(DIGIT_PROMPTS)
