"""Baselines against loops, a brute search for the least variance, and hand arithmetic."""

import pytest
import torch
from draws import draw

from helpers.baselines import group_advantages, leave_one_out, optimal_baseline, standardize

DTYPES = [torch.float32, torch.float64]


# leave_one_out
def test_leave_one_out_is_the_mean_of_the_others():
    assert leave_one_out(torch.tensor([1, 2, 6])).tolist() == [(2 + 6) / 2, (1 + 6) / 2, (1 + 2) / 2]
    returns = draw(7)
    for i, baseline in enumerate(leave_one_out(returns)):
        others = [g.item() for j, g in enumerate(returns) if j != i]
        assert baseline.item() == pytest.approx(sum(others) / 6, abs=1e-12)


def test_leave_one_out_does_not_move_with_its_own_return():
    returns = draw(5).requires_grad_()
    jacobian = torch.autograd.functional.jacobian(leave_one_out, returns)
    torch.testing.assert_close(jacobian, (1 - torch.eye(5, dtype=torch.float64)) / 4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_leave_one_out_of_equal_returns_is_that_return(dtype):
    for value in (0.1, 1 / 3, 1e6 + 0.1):
        returns = torch.full((7,), value, dtype=dtype)
        assert torch.equal(leave_one_out(returns), returns)


def test_leave_one_out_keeps_its_digits_when_every_reward_is_shifted():
    small = draw(64)
    shifted = (small + 1e6).float()
    exact = torch.stack([torch.cat([shifted[:i], shifted[i + 1 :]]).double().mean() for i in range(64)])
    assert (leave_one_out(shifted).double() - exact).abs().max() <= 0.0625  # one spacing of float32 at 1e6


@pytest.mark.parametrize("bad", [torch.ones(1), torch.ones(0), torch.ones(3, 1), torch.tensor(1.0)])
def test_leave_one_out_needs_others(bad):
    with pytest.raises(ValueError, match="returns: expected"):
        leave_one_out(bad)


# optimal_baseline
def test_optimal_baseline_by_hand():
    # two samples: scores 1 and 3 weigh the returns by 1 and 9; the second parameter never moves
    scores = torch.tensor([[1.0, 0.0], [-3.0, 0.0]])
    first, second = optimal_baseline(torch.tensor([10, 20]), scores).tolist()
    assert first == pytest.approx((10 + 9 * 20) / 10, rel=1e-6)
    assert second == 0


def test_optimal_baseline_has_the_least_second_moment_of_all():
    returns, scores = draw(40, seed=1) + 5, draw(40, 3, seed=2)
    best = optimal_baseline(returns, scores)

    def second_moment(baselines):
        return (scores * (returns[:, None] - baselines)).square().sum(dim=0)

    for step in (1e-3, 0.1, 10.0):
        assert (second_moment(best + step) > second_moment(best)).all()
        assert (second_moment(best - step) > second_moment(best)).all()


def test_optimal_baseline_of_the_lectures_two_buttons_is_p1_r0_plus_p0_r1():
    # one logit: the scores are p1 and -p0, drawn with probabilities p0 and p1; 10 samples in that proportion
    p0, r0, r1 = 0.3, 1.0, -1.0
    scores = torch.tensor([[1 - p0]] * 3 + [[-p0]] * 7, dtype=torch.float64)
    returns = torch.tensor([r0] * 3 + [r1] * 7, dtype=torch.float64)
    assert optimal_baseline(returns, scores).item() == pytest.approx((1 - p0) * r0 + p0 * r1)


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_optimal_baseline_of_tiny_and_huge_scores(size):
    returns, scores = draw(10).float(), draw(10, 2, seed=1).float()
    torch.testing.assert_close(optimal_baseline(returns, scores * size), optimal_baseline(returns, scores))


def test_optimal_baseline_takes_mixed_dtypes():
    assert optimal_baseline(draw(3), torch.ones(3, 2)).dtype == torch.float64


def test_optimal_baseline_refuses_shapes_that_do_not_fit():
    for returns, scores in [(torch.ones(3, 1), torch.ones(3, 2)), (torch.ones(3), torch.ones(2, 3))]:
        with pytest.raises(ValueError, match="expected shape"):
            optimal_baseline(returns, scores)
    with pytest.raises(ValueError, match="scores"):
        optimal_baseline(torch.ones(3), torch.ones(3))
    with pytest.raises(ValueError, match="at least 1 sample"):
        optimal_baseline(torch.ones(0), torch.ones(0, 2))


# standardize, group_advantages
def test_standardize_by_hand():
    # mean 3, squared deviations 4, 1, 1, 4: variance 10/4
    result = standardize(torch.tensor([1, 2, 4, 5]), eps=0.0)
    torch.testing.assert_close(result, torch.tensor([-2.0, -1.0, 1.0, 2.0]) / 2.5**0.5)


def test_standardize_has_mean_zero_and_deviation_one():
    result = standardize(draw(50) * 3 + 100)
    assert abs(result.mean()) < 1e-12
    assert result.numpy().std() == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -7.3, 1e8 + 0.1, 1e-12])
@pytest.mark.parametrize("eps", [1e-8, 0.0])
def test_equal_entries_are_exactly_zero(dtype, value, eps):
    for count in (1, 2, 3, 7, 10, 1000):
        x = torch.full((count,), value, dtype=dtype)
        assert torch.equal(standardize(x, eps), torch.zeros_like(x))
        group = torch.stack([x, x + torch.arange(count, dtype=dtype)])
        assert torch.equal(group_advantages(group, eps)[0], torch.zeros_like(x))


def test_integers_and_both_dtypes_give_the_same():
    x = torch.tensor([3, 3, 4, 9])
    torch.testing.assert_close(standardize(x).double(), standardize(x.double()), rtol=1e-6, atol=1e-6)
    assert standardize(x.double()).dtype == torch.float64
    assert x.tolist() == [3, 3, 4, 9]


def test_groups_are_standardised_one_by_one():
    rewards = draw(4, 6) * torch.tensor([[1.0], [10.0], [0.1], [3.0]]) + 5
    result = group_advantages(rewards)
    for group, expected in zip(result, rewards, strict=True):
        torch.testing.assert_close(group, standardize(expected))
    # one of four answers right: mean 1/4, variance 3/16
    one_right = group_advantages(torch.tensor([[1, 0, 0, 0]]), eps=0.0)
    torch.testing.assert_close(one_right, torch.tensor([[0.75, -0.25, -0.25, -0.25]]) / (3 / 16) ** 0.5)


def test_standardising_keeps_gradients_finite_even_for_equal_entries():
    for x in (torch.full((4,), 0.1, requires_grad=True), torch.ones(1, requires_grad=True)):
        standardize(x).sum().backward()
        assert torch.isfinite(x.grad).all()


def test_standardising_refuses_other_shapes():
    for bad in (torch.ones(2, 3), torch.ones(0), torch.tensor(1.0)):
        with pytest.raises(ValueError, match="expected"):
            standardize(bad)
    for bad in (torch.ones(3), torch.ones(2, 0)):
        with pytest.raises(ValueError, match="expected"):
            group_advantages(bad)
