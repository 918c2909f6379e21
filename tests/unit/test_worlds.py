"""The worlds are what their descriptions say, and a bad world is refused with the wrong row named."""

import dataclasses
import math

import pytest
import torch

from helpers.exact import expected_return, optimal_action_values, state_values
from helpers.tabular import TabularMDP, same_in_every_state, world_from_steps
from helpers.worlds import (
    lottery_world,
    random_world,
    rock_paper_scissors,
    rock_paper_scissors_payoff,
    short_corridor,
    timeout_corridor,
    two_buttons,
    two_state_world,
    two_step_world,
)

WORLDS = {
    "two_state_world": two_state_world(),
    "two_buttons": two_buttons(),
    "short_corridor": short_corridor(),
    "rock_paper_scissors": rock_paper_scissors(),
    "two_step_world": two_step_world(),
    "lottery_world": lottery_world(),
    "timeout_corridor": timeout_corridor(),
    "random_world": random_world(5, 3, seed=0),
}


def good_world() -> dict:
    """The pieces of a correct world: 0 -> 1 -> 2, the end; two actions."""
    transition = torch.zeros(3, 2, 3)
    transition[0, :, 1] = 1.0
    transition[1, :, 2] = 1.0
    return {
        "transition": transition,
        "reward": torch.ones(3, 2),
        "start": torch.tensor([1.0, 0.0, 0.0]),
        "gamma": 0.9,
        "terminal": torch.tensor([False, False, True]),
    }


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS.keys())
def test_a_built_world_is_a_world(world):
    states, actions = world.n_states, world.n_actions
    assert world.transition.shape == (states, actions, states)
    assert world.reward.shape == (states, actions)
    assert world.start.shape == world.terminal.shape == (states,)
    assert {world.transition.dtype, world.reward.dtype, world.start.dtype} == {torch.float64}
    assert world.terminal.dtype == torch.bool
    torch.testing.assert_close(world.transition.sum(-1), torch.ones(states, actions, dtype=torch.float64))
    assert world.start[world.terminal].sum() == 0
    live_first = world.terminal.to(torch.int8)
    assert (live_first.diff() >= 0).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda world: world["transition"].__setitem__((1, 0, 2), 0.9), r"transition\[1, 0\].*sum of 0\.9"),
        (
            lambda world: world["transition"].__setitem__((0, 1, 0), -0.5),
            r"transition\[0, 1\].*-0\.5 for state 0",
        ),
        (lambda world: world["transition"].__setitem__((1, 1, 0), math.nan), r"transition\[1, 1\].*nan"),
        (lambda world: world["reward"].__setitem__((1, 0), math.inf), r"reward\[1, 0\].*finite.*inf"),
        (lambda world: world["start"].__setitem__(0, 0.5), r"start.*sum of 0\.5"),
        (lambda world: world.update(gamma=1.1), r"gamma.*\[0, 1\].*1\.1"),
        (lambda world: world.update(gamma=-0.1), r"gamma.*\[0, 1\].*-0\.1"),
        (lambda world: world.update(gamma=math.nan), r"gamma.*\[0, 1\].*nan"),
        (lambda world: world.update(terminal=torch.ones(3, dtype=torch.bool)), r"terminal.*live"),
        (
            lambda world: world.update(terminal=torch.zeros(4, dtype=torch.bool)),
            r"terminal: expected shape \[S\]",
        ),
        (
            lambda world: world.update(transition=torch.ones(3, 2, 4) / 4),
            r"transition: expected shape \[3, 2, 3\]",
        ),
        (
            lambda world: world.update(transition=torch.ones(2, 3, 3) / 3),
            r"transition: expected shape \[3, 2, 3\]",
        ),
    ],
)
def test_a_bad_world_is_refused_with_the_wrong_row_named(change, sentence):
    pieces = good_world()
    TabularMDP(**pieces)
    change(pieces)
    with pytest.raises(ValueError, match=sentence):
        TabularMDP(**pieces)


def test_the_rows_of_a_terminal_state_are_ignored():
    pieces = good_world()
    probs = torch.full((3, 2), 0.5)
    clean = state_values(TabularMDP(**pieces), probs)
    pieces["transition"][2], pieces["reward"][2] = math.nan, 1e9
    probs[2] = math.nan
    assert torch.equal(state_values(TabularMDP(**pieces), probs), clean)


def test_a_world_is_frozen_and_keeps_its_own_copy():
    pieces = good_world()
    world = TabularMDP(**pieces)
    with pytest.raises(dataclasses.FrozenInstanceError):
        world.gamma = 0.5
    pieces["reward"][0, 0] = 7.0
    assert world.reward[0, 0] == 1.0
    assert pieces["transition"][2].sum() == 0.0  # the caller's own rows are left alone


def test_lists_keep_their_double_precision():
    world = TabularMDP([[[0.1, 0.9]], [[0.0, 1.0]]], [[0.1], [0.0]], [1.0, 0.0], 0.3, [False, True])
    assert world.reward[0, 0].item() == 0.1
    assert world.transition[0, 0, 0].item() == 0.1


def test_a_forgotten_step_is_named():
    with pytest.raises(ValueError, match=r"transition\[0, 1\]"):
        world_from_steps(2, 2, {(0, 0): (1.0, {1: 1.0})})


def test_two_state_world_is_the_table_of_the_lecture():
    q = torch.tensor([[1.0, 2.0], [3.0, 100.0]], dtype=torch.float64)
    world = two_state_world()
    assert torch.equal(optimal_action_values(world)[:2], q)
    assert expected_return(world, torch.tensor([[0.0, 1.0]] * 3)) == (2 + 100) / 2


@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_two_buttons_pay_plus_and_minus_one_plus_the_shift(shift):
    assert two_buttons(shift).reward[0].tolist() == [1 + shift, -1 + shift]


def test_the_corridor_swaps_its_doors_in_the_middle_room():
    moves = short_corridor().transition.argmax(-1)
    assert moves[:3].tolist() == [[0, 1], [2, 0], [1, 3]]


def test_rock_paper_scissors_is_a_fair_cycle():
    payoff = rock_paper_scissors_payoff()
    assert torch.equal(payoff, -payoff.T)
    rock, paper, scissors = range(3)
    assert payoff[paper, rock] == payoff[scissors, paper] == payoff[rock, scissors] == 1


def test_only_the_centre_cannot_be_exploited():
    assert optimal_action_values(rock_paper_scissors())[0].max().item() == pytest.approx(0, abs=1e-15)
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        mix = torch.rand(3, generator=generator, dtype=torch.float64)
        mix = mix / mix.sum()
        rock, paper, scissors = mix.tolist()
        by_hand = max(scissors - paper, rock - scissors, paper - rock)
        best = optimal_action_values(rock_paper_scissors(mix))[0].max().item()
        assert best == pytest.approx(by_hand, abs=1e-12)
        assert best > 0


@pytest.mark.parametrize("mix", [(0.5, 0.6, -0.1), (0.5, 0.4, 0.2), (0.5, 0.5)])
def test_an_opponent_who_is_no_distribution_is_refused(mix):
    with pytest.raises(ValueError, match="opponent"):
        rock_paper_scissors(mix)


def test_in_the_lottery_work_is_wise_and_the_tickets_are_as_described():
    q = optimal_action_values(lottery_world())
    ticket = -1 + 0.9 * 0.3 * 5
    by_hand = [[1 + 0.9 * 1, ticket + 0.9 * 1], [1, ticket], [5 + 1, 5 + ticket], [5, 5], [0, 0]]
    torch.testing.assert_close(q, torch.tensor(by_hand, dtype=torch.float64))


@pytest.mark.parametrize("gamma", [0.0, 0.9, 1.0])
def test_the_timeout_corridor_has_its_closed_form(gamma):
    world = timeout_corridor(length=4, gamma=gamma)
    always_right = same_in_every_state(torch.tensor([0.0, 1.0]), 5)
    by_hand = [-sum(gamma**k for k in range(4 - state)) for state in range(5)]
    torch.testing.assert_close(state_values(world, always_right), torch.tensor(by_hand, dtype=torch.float64))


def test_random_worlds_obey_their_seed_and_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    first, again, other = random_world(4, 2, 7), random_world(4, 2, 7), random_world(4, 2, 8)
    assert torch.equal(first.transition, again.transition)
    assert not torch.equal(first.transition, other.transition)
    assert torch.equal(before, torch.get_rng_state())
    assert random_world(4, 2, 7, n_terminal=0).terminal.sum() == 0
    with pytest.raises(ValueError, match="n_terminal"):
        random_world(4, 2, 7, n_terminal=4)


def test_one_row_for_all_states_adds_up_its_gradient():
    row = torch.tensor([1.0, 2.0], requires_grad=True)
    table = same_in_every_state(row, 3)
    assert table.shape == (3, 2)
    (gradient,) = torch.autograd.grad((table * torch.arange(6.0).reshape(3, 2)).sum(), row)
    assert gradient.tolist() == [0 + 2 + 4, 1 + 3 + 5]
