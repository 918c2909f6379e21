"""The sequence model against every string it can write, a loop over tokens, and frequencies."""

import itertools
import math

import pytest
import torch

from helpers.sequence_model import SequenceModel, all_answers


def model(n_prompts=2, n_tokens=2, max_length=3, **options) -> SequenceModel:
    """A small one in float64, with a head large enough to have opinions."""
    made = SequenceModel(n_prompts, n_tokens, max_length, **{"hidden": (8, 8), "seed": 0, **options}).double()
    with torch.no_grad():
        made.head[-1].weight.mul_(20)
    return made


def every_string(n_tokens: int, max_length: int) -> set[tuple]:
    """By length: strings that stop after 0 ... L-1 tokens, and strings of L tokens that are cut."""
    found = set()
    for length in range(max_length + 1):
        for string in itertools.product(range(n_tokens), repeat=length):
            found.add(string + (n_tokens,) * (max_length - length))
    return found


@pytest.mark.parametrize(("n_tokens", "max_length"), [(1, 1), (1, 4), (2, 3), (3, 2), (5, 1)])
def test_all_answers_are_all_and_each_once(n_tokens, max_length):
    answers = [tuple(answer) for answer in all_answers(n_tokens, max_length).tolist()]
    assert len(answers) == len(set(answers)) == sum(n_tokens**k for k in range(max_length + 1))
    assert set(answers) == every_string(n_tokens, max_length)


@pytest.mark.parametrize(("n_tokens", "max_length"), [(1, 1), (1, 4), (2, 3), (3, 2), (3, 4)])
def test_the_probabilities_of_all_answers_sum_to_one(n_tokens, max_length):
    one, answers = model(3, n_tokens, max_length), all_answers(n_tokens, max_length)
    for prompt in range(3):
        log_probs = one.log_prob(torch.full((len(answers),), prompt), answers)
        assert abs(log_probs.sum(1).exp().sum().item() - 1) < 1e-12
        assert log_probs.sum(1).exp().std() > 1e-3 or len(answers) == 2


def test_log_probs_by_writing_token_after_token():
    """A loop that knows only the tokens written so far."""
    one, answers = model(2, 3, 4), all_answers(3, 4)
    found = one.log_prob(torch.ones(len(answers), dtype=torch.int64), answers)
    for answer, row in zip(answers.tolist(), found, strict=True):
        state, expected = one.of_prompt[1], []
        for place, token in enumerate(answer):
            expected.append(one.head(state.relu()).log_softmax(-1)[token].item())
            state = state + one.of_token[place, token]
            if token == one.stop:
                break
        expected += [0.0] * (4 - len(expected))
        assert row.tolist() == pytest.approx(expected, abs=1e-12)


def test_a_token_is_scored_without_a_look_at_what_follows():
    one, answers = model(1, 3, 4), all_answers(3, 4)
    prompts = torch.zeros(len(answers), dtype=torch.int64)
    logits = one.logits(prompts, answers)
    for t in range(4):
        for other in (0, 1, 2):
            changed = answers.clone()
            changed[:, t:] = other
            assert torch.equal(one.logits(prompts, changed)[:, : t + 1], logits[:, : t + 1])


def test_the_past_and_the_prompt_count():
    one = model(2, 2, 3)
    logits = one.logits(torch.tensor([0, 0, 1]), torch.tensor([[0, 0, 0], [1, 0, 0], [0, 0, 0]]))
    assert (logits[0, 1:] - logits[1, 1:]).abs().min() > 1e-4
    assert (logits[0] - logits[2]).abs().min() > 1e-4


def test_the_mask_ends_with_the_first_stop():
    one = model(1, 2, 4)
    answers = torch.tensor([[0, 1, 2, 2], [2, 2, 2, 2], [0, 1, 0, 1], [1, 0, 1, 2]])
    assert one.mask(answers).int().tolist() == [[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]]


def test_behind_the_end_all_is_zero_and_carries_no_gradient():
    one = model(1, 2, 4)
    prompts, answers = torch.zeros(2, dtype=torch.int64), torch.tensor([[0, 2, 2, 2], [2, 2, 2, 2]])
    log_probs, entropies = one.evaluate(prompts, answers)
    assert (log_probs == 0).tolist() == (entropies == 0).tolist() == [[0, 0, 1, 1], [0, 1, 1, 1]]
    (gradient,) = torch.autograd.grad(log_probs.sum(), one.of_token)
    assert (gradient[1:] == 0).all(), "what comes behind the end of both was never read"
    assert gradient[0, 0].abs().max() > 0


def test_sampled_answers_have_the_probabilities_that_scoring_says():
    one, answers, n = model(2, 2, 3), all_answers(2, 3), 400_000
    chances = one.log_prob(torch.ones(len(answers), dtype=torch.int64), answers).sum(1).exp()
    drawn = one.sample(torch.ones(n, dtype=torch.int64), torch.Generator().manual_seed(0))
    assert torch.equal(drawn[:, 1:] == 2, (drawn[:, 1:] == 2) | (drawn[:, :-1] == 2)), "padded with stops"
    shares = (drawn[:, None] == answers).all(2).double().mean(0)
    assert shares.sum().item() == pytest.approx(1)
    # Every version of torch draws other numbers: five standard errors, 15 times, are exceeded once in 100 000.
    assert ((shares - chances).abs() < 5 * (chances * (1 - chances) / n).sqrt()).all()


def test_the_log_probs_while_sampling_are_those_of_scoring():
    """The generator is asked for the same numbers again, and each token's chance is written down as it is drawn."""
    one, prompts = model(4, 5, 6), torch.arange(4).repeat(50)
    answers = one.sample(prompts, torch.Generator().manual_seed(1))
    chance, state, seen = torch.Generator().manual_seed(1), one.of_prompt[prompts], []
    for place in range(6):
        probs = one.head(state.relu()).softmax(-1)
        tokens = probs.multinomial(1, generator=chance)
        seen.append(probs.gather(1, tokens)[:, 0].log())
        state = state + one.of_token[place, tokens[:, 0]]
    mask = one.mask(answers)
    torch.testing.assert_close(one.log_prob(prompts, answers)[mask], torch.stack(seen, 1)[mask])
    assert 0.1 < mask.double().mean() < 0.95


def test_entropy_by_its_definition():
    one, answers = model(1, 3, 2), all_answers(3, 2)
    prompts = torch.zeros(len(answers), dtype=torch.int64)
    _, entropies = one.evaluate(prompts, answers)
    probs = one.logits(prompts, answers).softmax(-1)
    expected = -(probs * probs.log()).sum(-1)
    torch.testing.assert_close(entropies[one.mask(answers)], expected[one.mask(answers)])
    # Σ over all answers of probability times the entropies on the way is the entropy of whole answers.
    log_probs = one.log_prob(prompts, answers).sum(1)
    whole = -(log_probs.exp() * log_probs).sum()
    torch.testing.assert_close((log_probs.exp() * entropies.sum(1)).sum(), whole)


def test_a_fresh_model_is_near_uniform_and_fixed_by_its_seed():
    first, same, other = (SequenceModel(3, 4, 5, seed=seed) for seed in (0, 0, 1))
    for one, two in zip(first.parameters(), same.parameters(), strict=True):
        assert torch.equal(one, two)
    assert not torch.equal(first.of_prompt, other.of_prompt)
    log_probs = first.log_prob(torch.zeros(1, dtype=torch.int64), torch.zeros(1, 5, dtype=torch.int64))
    assert (log_probs + math.log(5)).abs().max() < 0.5
    state = torch.random.get_rng_state()
    SequenceModel(3, 4, 5, seed=0).sample(torch.arange(3), torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_what_does_not_fit_is_refused():
    one = model(2, 2, 3)
    good = torch.zeros(1, dtype=torch.int64), torch.zeros(1, 3, dtype=torch.int64)
    one.log_prob(*good)
    for prompts, answers in [
        (good[0], torch.zeros(1, 2, dtype=torch.int64)),
        (torch.zeros(2, dtype=torch.int64), good[1]),
        (good[0] + 2, good[1]),
        (good[0], good[1] + 3),
        (good[0], good[1] - 1),
    ]:
        with pytest.raises(ValueError, match="expected"):
            one.log_prob(prompts, answers)
    for sizes in [(0, 2, 3), (1, 0, 3), (1, 2, 0)]:
        with pytest.raises(ValueError, match="at least 1"):
            SequenceModel(*sizes)
