"""Every group there is, and the exact mean gradient of a weighting, against sampling and hand arithmetic."""

import itertools

import pytest
import torch

from helpers import every_group, group_advantages, mean_group_gradient, standard_error


def draw(*shape, seed=0):
    return torch.rand(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n_answers", "size"), [(1, 1), (1, 3), (4, 1), (3, 4)])
def test_every_group_is_every_group(n_answers, size):
    groups = [tuple(group) for group in every_group(n_answers, size).tolist()]
    assert groups == list(itertools.product(range(n_answers), repeat=size))


def test_the_mean_by_hand():
    # Two answers with 1/4 and 3/4, rewards 1 and 0; groups of two; the group mean leaves ±1/2 in a mixed group.
    # A mixed group has the chance 2 · 3/16, its estimate is (1/2) (1/2 (3/4, -3/4) - 1/2 (-1/4, 1/4)) = (1/4, -1/4)
    probs, rewards = torch.tensor([0.25, 0.75]), torch.tensor([1.0, 0.0])
    found = mean_group_gradient(probs, rewards, lambda r: r - r.mean(1, keepdim=True), 2)
    torch.testing.assert_close(found, torch.tensor([6 / 64, -6 / 64]))


@pytest.mark.parametrize("weight_fn", [lambda r: r, lambda r: r - r.mean(1, keepdim=True), group_advantages])
def test_the_mean_is_what_sampling_comes_to(weight_fn):
    probs, rewards = draw(4) / draw(4).sum(), draw(4, seed=1)
    groups = probs.multinomial(3 * 50_000, True, generator=torch.Generator().manual_seed(2)).view(-1, 3)
    samples = (weight_fn(rewards[groups])[:, :, None] * (torch.eye(4) - probs)[groups]).mean(1)
    exact = mean_group_gradient(probs, rewards, weight_fn, 3)
    assert ((samples.mean(0) - exact).abs() < 4 * standard_error(samples)).all()
    assert (exact.abs() > 4 * standard_error(samples)).any()


def test_what_cannot_be_listed_is_refused():
    for n_answers, size in ((0, 2), (2, 0), (10, 9)):
        with pytest.raises(ValueError, match="expected"):
            every_group(n_answers, size)
    with pytest.raises(ValueError, match="expected shape"):
        mean_group_gradient(torch.ones(2) / 2, torch.ones(3), lambda r: r, 2)
