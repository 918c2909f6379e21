"""A few numbers in, a small tabular world with known dynamics out."""

import torch

from .shapes import match_shapes, need_counts
from .tabular import TabularMDP, check_distribution, world_from_steps

__all__ = [
    "lottery_world",
    "random_world",
    "rock_paper_scissors",
    "rock_paper_scissors_payoff",
    "short_corridor",
    "timeout_corridor",
    "two_buttons",
    "two_state_world",
    "two_step_world",
]


def two_state_world() -> TabularMDP:
    """The table of lesson 01: two situations, two answers, one decision.

    States: 0 and 1 are live, 2 is the end. Start: 0 or 1, evenly.
    Actions: 0 and 1; each leads to the end.
    Rewards: [[1, 2], [3, 100]], which is q as well. gamma = 1.
    """
    q = {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0, (1, 1): 100.0}
    return world_from_steps(3, 2, {step: (value, {2: 1.0}) for step, value in q.items()}, start=(0.5, 0.5))


def two_buttons(shift: float = 0.0) -> TabularMDP:
    """The smallest choice there is: a good button and a bad one.

    States: 0 is live, 1 is the end. Start: 0.
    Actions: 0 presses the good button, 1 the bad one; each leads to the end.
    Rewards: 1 + shift and -1 + shift. gamma = 1.
    """
    return world_from_steps(2, 2, {(0, 0): (1.0 + shift, {1: 1.0}), (0, 1): (-1.0 + shift, {1: 1.0})})


def short_corridor() -> TabularMDP:
    """Three rooms that look alike, and in the middle one the doors are swapped.

    An agent that sees only the look has one row for all states: `same_in_every_state`. With p = Pr(right),
    v(0) = (2p - 4) / (p (1 - p)), best at p = 2 - sqrt(2); p = 0 and p = 1 never arrive.

    States: 0, 1, 2 from left to right, 3 is the end. Start: 0.
    Actions: 0 is left, 1 is right; left in state 0 bumps into the wall, and in state 1 the two are swapped.
    Rewards: -1 a step. gamma = 1.

    Source: Sutton and Barto, Reinforcement Learning (2018), example 13.1.
    """
    goes_to = {(0, 0): 0, (0, 1): 1, (1, 0): 2, (1, 1): 0, (2, 0): 1, (2, 1): 3}
    return world_from_steps(4, 2, {step: (-1.0, {room: 1.0}) for step, room in goes_to.items()})


def rock_paper_scissors_payoff() -> torch.Tensor:
    """What the first player wins: payoff[mine, theirs] is 1, 0 or -1, in the order rock, paper, scissors.

    Returns:
        float64 [3, 3], antisymmetric.
    """
    return torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]], dtype=torch.float64)


def rock_paper_scissors(opponent=(1 / 3, 1 / 3, 1 / 3)) -> TabularMDP:
    """One round against an opponent who plays a fixed mix: the opponent's mix is the world.

    The best response to a mix is the best action here, worth max_a (payoff @ opponent)[a]: what a rival wins
    on average from a player with that mix. It is 0 at the centre and positive everywhere else.

    States: 0 is live, 1 is the end. Start: 0.
    Actions: 0 rock, 1 paper, 2 scissors; each leads to the end.
    Rewards: the mean payoff over the opponent's hand, in [-1, 1]. gamma = 1.

    Args:
        opponent: float [3], probabilities of rock, paper, scissors; default the centre.

    Raises:
        ValueError: `opponent` is no distribution over three hands.
    """
    opponent = torch.as_tensor(opponent, dtype=torch.float64)
    match_shapes(opponent=(opponent, "3"))
    check_distribution("opponent", opponent)
    rewards = (rock_paper_scissors_payoff() @ opponent).tolist()
    return world_from_steps(2, 3, {(0, hand): (reward, {1: 1.0}) for hand, reward in enumerate(rewards)})


def two_step_world() -> TabularMDP:
    """Two decisions made by one shared logit, where forgetting gamma^t turns the gradient round.

    With logits (0, theta) in both states, dJ/dtheta at theta = 0 is 1/4 (1 - gamma 3/2) = 0.0625; without
    gamma^t it comes out as 1/4 (1 - 3/2) = -0.125.

    States: 0, then 1, then 2, the end. Start: 0.
    Actions: 0 does nothing, 1 acts; both lead on.
    Rewards: acting pays 1 in state 0 and -1.5 in state 1. gamma = 0.5.
    """
    effects = {(0, 0): 0.0, (0, 1): 1.0, (1, 0): 0.0, (1, 1): -1.5}
    steps = {(state, action): (effect, {state + 1: 1.0}) for (state, action), effect in effects.items()}
    return world_from_steps(3, 2, steps, gamma=0.5)


def lottery_world() -> TabularMDP:
    """Two rounds of "work or buy a ticket", where the best episodes are the lucky ones, not the wise ones.

    A ticket is worth -1 + 0.9 * 0.3 * 5 = 0.35, work 1: the best policy never gambles. Yet the highest
    returns belong to gamblers who won, and whoever learns from a small elite learns to gamble.

    States: 0 is round one; 1 is round two; 2 is round two, with a prize waiting; 3 is after it, with a prize
    waiting; 4 is the end. Start: 0.
    Actions: 0 works, 1 buys a ticket that wins with probability 0.3; in state 3 both only end the episode.
    Rewards: work 1, ticket -1, a waiting prize 5 whatever is done. gamma = 0.9.
    """
    steps = {(0, 0): (1.0, {1: 1.0}), (0, 1): (-1.0, {2: 0.3, 1: 0.7})}
    for state, prize in ((1, 0.0), (2, 5.0)):
        steps[state, 0] = (prize + 1.0, {4: 1.0})
        steps[state, 1] = (prize - 1.0, {3: 0.3, 4: 0.7})
    steps[3, 0] = steps[3, 1] = (5.0, {4: 1.0})
    return world_from_steps(5, 2, steps, gamma=0.9)


def timeout_corridor(length: int = 5, gamma: float = 0.9) -> TabularMDP:
    """A corridor walked against the clock; the clock is not part of the world.

    Walking right from state s, with k = length - s steps to go, v(s) = -(1 - gamma^k) / (1 - gamma), and -k
    at gamma = 1. Cut an episode after a few steps (`horizon`) and it is truncated, not terminated: where it
    stands is still worth v, and whoever takes the cut for the end finds standing still cheap.

    States: 0 to length - 1 from left to right, `length` is the end. Start: 0.
    Actions: 0 is left (in state 0 into the wall), 1 is right.
    Rewards: -1 a step.

    Args:
        length: number of live states, at least 1.
        gamma: discount in [0, 1].

    Raises:
        ValueError: no live state, or gamma outside [0, 1].
    """
    need_counts(length=length)
    left = {(state, 0): (-1.0, {max(state - 1, 0): 1.0}) for state in range(length)}
    right = {(state, 1): (-1.0, {state + 1: 1.0}) for state in range(length)}
    return world_from_steps(length + 1, 2, left | right, gamma=gamma)


def random_world(
    n_states: int, n_actions: int, seed: int, gamma: float = 0.9, n_terminal: int = 1
) -> TabularMDP:
    """A world drawn by chance, in which every step is possible: nobody has tuned it to fit a claim.

    States: n_states in all; the last n_terminal are ends. Start: any live state, with random probabilities.
    Actions: n_actions; each leads everywhere, with probabilities drawn evenly from the simplex.
    Rewards: standard normal.

    Args:
        n_states: S, more than n_terminal.
        n_actions: A, at least 1.
        seed: the same seed gives the same world.
        gamma: discount in [0, 1]; 1 needs an end.
        n_terminal: number of ends, at least 0.

    Raises:
        ValueError: no action, no live state, or gamma outside [0, 1].
    """
    need_counts(n_states=n_states, n_actions=n_actions)
    if not 0 <= n_terminal < n_states:
        raise ValueError(f"n_terminal: expected 0 to {n_states - 1} of {n_states} states, got {n_terminal}")
    generator = torch.Generator().manual_seed(seed)
    transition = torch.empty(n_states, n_actions, n_states, dtype=torch.float64).exponential_(
        generator=generator
    )
    reward = torch.randn(n_states, n_actions, dtype=torch.float64, generator=generator)
    start = torch.empty(n_states, dtype=torch.float64).exponential_(generator=generator)
    terminal = torch.arange(n_states) >= n_states - n_terminal
    start[terminal] = 0.0
    return TabularMDP(
        transition / transition.sum(-1, keepdim=True), reward, start / start.sum(), gamma, terminal
    )
