"""Tables of numbers in, a checked and frozen tabular world out."""

from dataclasses import dataclass

import torch

from .shapes import match_shapes, need_counts

__all__ = ["TabularMDP", "same_in_every_state", "world_from_steps"]


@dataclass(frozen=True, eq=False)
class TabularMDP:
    """A finite Markov decision process whose every number is known, in float64.

    A terminal state is worth 0 and takes no action. What stands in its rows is ignored: they are kept as
    "stay here for reward 0", so that nothing written there can leak into an answer.

    Args:
        transition: float [S, A, S], transition[s, a, s'] = Pr(s' | s, a); rows of live states sum to 1.
        reward: float [S, A], the reward for action a in state s.
        start: float [S], the distribution of S_0; sums to 1.
        gamma: discount in [0, 1].
        terminal: bool [S]; at least one state is live.

    Raises:
        ValueError: says which row, state or action is wrong, and how.

    Source: Sutton and Barto, Reinforcement Learning (2018), chapter 3.
    """

    transition: torch.Tensor
    reward: torch.Tensor
    start: torch.Tensor
    gamma: float
    terminal: torch.Tensor

    def __post_init__(self):
        for name in ("transition", "reward", "start"):
            object.__setattr__(self, name, torch.as_tensor(getattr(self, name), dtype=torch.float64).clone())
        object.__setattr__(self, "terminal", torch.as_tensor(self.terminal, dtype=torch.bool).clone())
        object.__setattr__(self, "gamma", float(self.gamma))
        _check(self)
        ends = self.terminal.nonzero().flatten()
        self.transition[ends] = 0.0
        self.transition[ends, :, ends] = 1.0
        self.reward[ends] = 0.0

    @property
    def n_states(self) -> int:
        """S, the terminal states included."""
        return self.reward.shape[0]

    @property
    def n_actions(self) -> int:
        """A, the same in every state."""
        return self.reward.shape[1]


def _check(mdp: TabularMDP) -> None:
    """Refuse wrong shapes, numbers that are no probabilities, and a world with nothing alive in it."""
    match_shapes(reward=(mdp.reward, "S A"), start=(mdp.start, "S"), terminal=(mdp.terminal, "S"))
    match_shapes(transition=(mdp.transition, f"{mdp.n_states} {mdp.n_actions} {mdp.n_states}"))
    if not 0.0 <= mdp.gamma <= 1.0:
        raise ValueError(f"gamma: expected a number in [0, 1], got {mdp.gamma}")
    if mdp.terminal.all():
        raise ValueError("terminal: expected at least one live state, got terminal states only")
    for state in (~mdp.terminal).nonzero().flatten().tolist():
        for action in range(mdp.n_actions):
            check_distribution(f"transition[{state}, {action}]", mdp.transition[state, action])
            if not mdp.reward[state, action].isfinite():
                raise ValueError(
                    f"reward[{state}, {action}]: expected a finite number, got {mdp.reward[state, action]:g}"
                )
    check_distribution("start", mdp.start)


def check_distribution(name: str, row: torch.Tensor) -> None:
    """Refuse a row with a negative entry or a sum other than 1; 1e-6 leaves room for rows in float32."""
    if (row < 0).any():
        at = int((row < 0).nonzero()[0])
        raise ValueError(f"{name}: expected probabilities of at least 0, got {row[at]:g} for state {at}")
    if not abs(row.sum() - 1.0) <= 1e-6:
        raise ValueError(f"{name}: expected probabilities that sum to 1, got a sum of {row.sum():.7g}")


def world_from_steps(
    n_states: int, n_actions: int, steps: dict, gamma: float = 1.0, start=(1.0,)
) -> TabularMDP:
    """A world written down step by step; a state from which no step leads is terminal.

    Args:
        n_states: S, the terminal states included.
        n_actions: A; each live state has a step for every action.
        steps: steps[s, a] = (reward, {s': probability}).
        gamma: discount in [0, 1].
        start: the first entries of the start distribution; states after them never start.

    Returns:
        TabularMDP.

    Raises:
        ValueError: a step from, by or to what does not exist, or a world that TabularMDP refuses: a live state without
            a step for some action, probabilities that do not sum to 1, ...
    """
    need_counts(n_states=n_states, n_actions=n_actions)
    transition = torch.zeros(n_states, n_actions, n_states, dtype=torch.float64)
    reward = torch.zeros(n_states, n_actions, dtype=torch.float64)
    terminal = torch.ones(n_states, dtype=torch.bool)
    for (state, action), (payment, following) in steps.items():
        if not (0 <= action < n_actions and all(0 <= s < n_states for s in (state, *following))):
            raise ValueError(
                f"steps[{state}, {action}]: expected states 0 ... {n_states - 1} and actions 0 ... {n_actions - 1}, "
                f"got a step to {list(following)}"
            )
        terminal[state], reward[state, action] = False, payment
        for following_state, probability in following.items():
            transition[state, action, following_state] = probability
    return TabularMDP(transition, reward, [*start, *[0.0] * (n_states - len(start))], gamma, terminal)


def policy_table(mdp: TabularMDP, probs: torch.Tensor) -> torch.Tensor:
    """Return `probs` in float64, or refuse what is no policy; 1e-3 leaves room for finite differences."""
    match_shapes(probs=(probs, f"{mdp.n_states} {mdp.n_actions}"))
    probs = torch.as_tensor(probs, dtype=torch.float64)
    fair = ((probs >= 0).all(1) & ((probs.sum(1) - 1.0).abs() <= 1e-3)) | mdp.terminal
    if not fair.all():
        state = int((~fair).nonzero()[0])
        raise ValueError(
            f"probs[{state}]: expected probabilities that sum to 1, got {probs[state].detach().tolist()}"
        )
    return probs


def softmax_table(mdp: TabularMDP, logits: torch.Tensor) -> torch.Tensor:
    """The policy pi(a | s) of a table of logits, float64 [S, A]."""
    match_shapes(logits=(logits, f"{mdp.n_states} {mdp.n_actions}"))
    return torch.as_tensor(logits, dtype=torch.float64).softmax(-1)


def same_in_every_state(row: torch.Tensor, n_states: int) -> torch.Tensor:
    """One policy row for all states, for worlds whose states look alike; gradients add up in the shared row.

    out[s, a] = row[a]

    Args:
        row: float [A], logits or probabilities.
        n_states: S, at least 1.

    Returns:
        float [S, A].

    Raises:
        ValueError: row is no row, or n_states is below 1.
    """
    match_shapes(row=(row, "A"))
    need_counts(n_states=n_states)
    return torch.as_tensor(row).expand(n_states, -1)
