"""Lesson 01's four functions against hand arithmetic and plain loops."""

import itertools

import numpy as np
import pytest
import torch

from helpers.q_tables import greedy_actions, greedy_return, mean_squared_error, regret

TRUTH = torch.tensor([[1.0, 2.0], [3.0, 100.0]], dtype=torch.float64)
A = torch.tensor([[1.0, 2.0], [3.0, 50.0]], dtype=torch.float64)
B = torch.tensor([[2.0, 1.0], [3.0, 100.0]], dtype=torch.float64)
UNIFORM = torch.full((2,), 0.5, dtype=torch.float64)


def test_the_lectures_table_by_hand():
    # A is off by 50 in one of four entries: 2500 / 4. B is off by 1 in two of four: 2 / 4.
    assert mean_squared_error(A, TRUTH) == 50**2 / 4
    assert mean_squared_error(B, TRUTH) == (1 + 1) / 4
    # A takes the second action twice and earns 2 or 100; B takes the first in s0 and earns 1 or 100.
    assert greedy_return(A, TRUTH, UNIFORM) == (2 + 100) / 2
    assert greedy_return(B, TRUTH, UNIFORM) == (1 + 100) / 2
    assert regret(A, TRUTH, UNIFORM) == 0
    assert regret(B, TRUTH, UNIFORM) == 51 - 50.5


def test_ties_go_to_the_first():
    q = torch.tensor([[1.0, 1.0, 0.0], [0.0, 2.0, 2.0], [5.0, 5.0, 5.0]])
    actions = greedy_actions(q)
    assert actions.tolist() == [0, 1, 0]
    assert actions.dtype == torch.int64


def test_random_tables_against_loops():
    generator = np.random.default_rng(0)
    for n_states, n_actions in itertools.product([1, 2, 5], [1, 2, 4]):
        estimate = generator.integers(-3, 4, size=(n_states, n_actions)).astype(float)  # with many ties
        truth = generator.normal(size=(n_states, n_actions))
        start = generator.dirichlet(np.ones(n_states))
        error = earned = best = 0.0
        for s in range(n_states):
            chosen = 0
            for a in range(n_actions):
                error += (estimate[s, a] - truth[s, a]) ** 2 / (n_states * n_actions)
                if estimate[s, a] > estimate[s, chosen]:
                    chosen = a
            earned += start[s] * truth[s, chosen]
            best += start[s] * max(truth[s])
        estimate, truth, start = map(torch.from_numpy, (estimate, truth, start))
        assert mean_squared_error(estimate, truth).item() == pytest.approx(error, abs=1e-12)
        assert greedy_return(estimate, truth, start).item() == pytest.approx(earned, abs=1e-12)
        assert regret(estimate, truth, start).item() == pytest.approx(best - earned, abs=1e-12)


def test_regret_is_exactly_zero_for_the_truth_itself():
    generator = torch.Generator().manual_seed(1)
    truth = torch.randn(50, 7, generator=generator)
    start = torch.rand(50, generator=generator)
    start = start / start.sum()
    assert regret(truth, truth, start) == 0
    assert regret(3 * truth + 5, truth, start) == 0  # the order is all that counts
    assert regret(-truth, truth, start) > 0


def test_integers_and_arrays_are_taken():
    estimate, truth = np.array([[1, 2], [3, 50]]), np.array([[1, 2], [3, 100]])
    assert mean_squared_error(estimate, truth) == 625
    assert greedy_return(estimate, truth, np.array([1, 0])) == 2
    assert regret(estimate, truth, np.array([0, 1])) == 0


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="truth"):
        mean_squared_error(A, TRUTH[:, :1])  # would broadcast silently
    with pytest.raises(ValueError, match="q"):
        greedy_actions(A[0])
    for function in (greedy_return, regret):
        with pytest.raises(ValueError, match="start"):
            function(A, TRUTH, UNIFORM[:, None])
        with pytest.raises(ValueError, match="truth"):
            function(A, TRUTH[:1], UNIFORM)
