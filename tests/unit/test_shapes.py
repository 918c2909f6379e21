"""Bad input is refused in one voice: a ValueError that says what was expected and what came."""

import pytest
import torch

import helpers as h
from helpers.group_estimates import mean_group_gradient
from helpers.shapes import as_flags, as_float, as_indices, match_shapes, need_counts
from helpers.tabular import same_in_every_state

NAN, CORRIDOR, EVEN = float("nan"), h.short_corridor(), torch.full((4, 2), 0.5)
TWO = torch.tensor([0.5, 0.5])


def test_numbers_become_floats_and_floats_keep_their_graph():
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    assert as_float(x) is x
    assert as_float([1, 2]).dtype == as_float([True]).dtype == torch.get_default_dtype()


@pytest.mark.parametrize("values", [None, "x", [[1.0], [1.0, 2.0]], torch.ones(2, dtype=torch.complex64)])
def test_what_is_no_number_is_refused(values):
    with pytest.raises(ValueError, match="expected"):
        as_float(values)


@pytest.mark.parametrize("values", [None, "x", [[1.0], [1.0, 2.0]]])
def test_the_argument_that_is_no_number_is_named(values):
    with pytest.raises(ValueError, match="rewards: expected numbers"):
        match_shapes(rewards=(values, "T"))


def test_flags_are_true_and_false_or_1_and_0():
    assert as_flags("mask", [1, 0]).tolist() == as_flags("mask", [True, False]).tolist() == [True, False]
    for values in ([NAN, 1.0], [2, 0], [-1], None):
        with pytest.raises(ValueError, match="mask: expected"):
            as_flags("mask", values)


def test_indices_are_integers_that_do_not_count_from_the_end():
    assert as_indices("actions", [0, 2], 3).tolist() == [0, 2]
    for values in ([-1], [3], [0.0], [True], None):
        with pytest.raises(ValueError, match="actions: expected"):
            as_indices("actions", values, 3)


def test_a_count_is_a_whole_number_of_at_least_1():
    need_counts(n=1, horizon=torch.tensor(3))
    for count in (0, -1, 2.5, 2.0, NAN, float("inf"), None, "2", torch.ones(2)):
        with pytest.raises(ValueError, match="horizon: expected a whole number of at least 1"):
            need_counts(n=1, horizon=count)


REFUSED = {
    "a mask of NaN": lambda: h.masked_mean(torch.ones(1, 1), torch.tensor([[NAN]])),
    "an end of 2": lambda: h.bootstrap_values(TWO, torch.tensor([2, 0]), torch.tensor([0, 0])),
    "rewards of None": lambda: h.rewards_to_go(None),
    "gamma of None": lambda: h.rewards_to_go(TWO, None),
    "endlessly many steps": lambda: h.n_step_returns(TWO, torch.ones(3), 0.9, float("inf")),
    "a negative eps": lambda: h.standardize(TWO, -1.0),
    "an eps of NaN": lambda: h.group_advantages(TWO[None], NAN),
    "an elite of NaN": lambda: h.elite_mask(torch.tensor([1.0, NAN]), 0.5),
    "an elite of all": lambda: h.elite_weight(CORRIDOR, EVEN, 3, 1.0),
    "states that are no integers": lambda: h.trajectory_log_prob(CORRIDOR, EVEN, [0.0, 1.0], [1]),
    "half a step": lambda: h.enumerate_trajectories(CORRIDOR, EVEN, 2.5),
    "no episode": lambda: h.sample_trajectories(CORRIDOR, EVEN, 0, 3, torch.Generator()),
    "a step to nowhere": lambda: h.world_from_steps(2, 1, {(0, 0): (0.0, {2: 1.0})}),
    "a step from state -1": lambda: h.world_from_steps(2, 1, {(-1, 0): (0.0, {1: 1.0})}),
    "a world without actions": lambda: h.random_world(3, 0, seed=0),
    "no state": lambda: same_in_every_state(TWO, 0),
    "the largest of NaN": lambda: h.greedy_actions(torch.tensor([[1.0, NAN]])),
    "a policy of 99": lambda: mean_group_gradient(99 * TWO, TWO, h.group_advantages, 2),
    "weights of another shape": lambda: mean_group_gradient(TWO, TWO, lambda rewards: rewards[:, :1], 2),
    "a policy that sums to 2": lambda: h.table_values(h.server_cooling_table(), [[1.0, 1.0, 0.0]] * 63, 0.9),
    "a policy of one state": lambda: h.table_return(h.server_cooling_table(), [[1.0, 0.0, 0.0]], 0.9),
    "gamma of 1.1": lambda: h.optimal_values(h.server_cooling_table(), 1.1),
    "an environment held for 0 steps": lambda: h.make_envs("CartPole-v1", 2, seed=0, hold=0),
    "an answer without a place": lambda: h.all_answers(2, 0),
    "a network without inputs": lambda: h.ValueFunction(0),
    "half an environment": lambda: h.make_envs("CartPole-v1", 2.5, seed=0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_give_a_wrong_number_or_an_obscure_error_is_refused(name):
    with pytest.raises(ValueError, match=r"expected .* got"):
        REFUSED[name]()
