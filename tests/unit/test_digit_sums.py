"""The writing task of lesson 09: what the teacher writes, and what is counted in a model's answers."""

import math

import torch

from helpers import (
    DIGIT_PROMPTS,
    SequenceModel,
    answer_texts,
    demonstrations,
    different_right_answers,
    distance_to_reference,
)


def test_what_the_teacher_writes():
    prompts, answers = demonstrations(20_000, torch.Generator().manual_seed(0))
    texts = answer_texts(answers)
    assert set(prompts.tolist()) == set(DIGIT_PROMPTS.tolist()) == set(range(5, 25))
    assert {len(text) for text in texts} == {2, 3, 4}
    assert set("".join(texts)) == set("123456789")
    assert all(list(text) == sorted(text) for text in texts)
    assert (answers[:, -1] == 10).all()
    slips = prompts - torch.tensor([sum(map(int, text)) for text in texts])
    assert set(slips.tolist()) == set(range(-3, 4))
    # A slip every other time, one in seven of which is 0; those that leave 5 ... 24 are left out: about 4 in 7 are right.
    share = (slips == 0).double().mean().item()
    assert abs(share - 4 / 7) < 0.02


def test_texts_end_at_the_stop():
    assert answer_texts(torch.tensor([[1, 2, 10, 10, 10], [10] * 5, [9, 0, 9, 0, 9]])) == ["12", "", "90909"]


class Writer:
    """Splits a prompt up to 18 into two halves, an odd one in both orders in turn; beyond that it writes a 1."""

    def sample(self, prompts, generator):
        first = prompts // 2 + (torch.arange(len(prompts)) % 2) * (prompts % 2)
        stop, small = torch.full_like(first, 10), prompts <= 18
        first, second = torch.where(small, first, 1), torch.where(small, prompts - first, stop)
        return torch.stack([first, second, stop, stop, stop], 1)


def test_different_right_answers_by_hand():
    def right(prompts, answers):
        return ((answers * (answers < 10)).sum(1) == prompts).float()

    # 5 ... 18: seven odd prompts with two right answers each, seven even ones with one; six prompts with none.
    assert different_right_answers(Writer(), right, 10, torch.Generator()) == (7 * 2 + 7 * 1) / 20
    assert different_right_answers(Writer(), right, 1, torch.Generator()) == 14 / 20


def test_the_distance_is_the_divergence_of_whole_answers():
    model, reference = (SequenceModel(25, 10, 5, (8, 8), seed=seed).double() for seed in (0, 1))
    with torch.no_grad():
        model.head[-1].bias.copy_(torch.linspace(-1, 1, 11))
        reference.head[-1].bias.zero_()
        for one in (model, reference):
            one.head[-1].weight.zero_()  # every token from the same distribution
    chances = torch.linspace(-1, 1, 11, dtype=torch.float64).softmax(0)
    each = (chances * (chances * 11).log()).sum().item()
    going_on = 1 - chances[10].item()
    exact = each * sum(going_on**t for t in range(5))
    found = distance_to_reference(model, reference, 500, torch.Generator().manual_seed(0))
    assert math.isclose(found, exact, rel_tol=0.05)
    assert distance_to_reference(model, model, 5, torch.Generator().manual_seed(0)) == 0.0
