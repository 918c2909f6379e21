"""An exercise of lesson 03: how likely a trajectory is."""

import torch

from ..log_derivative import trajectory_log_prob
from ..tabular import TabularMDP, world_from_steps
from ..worlds import lottery_world, random_world, two_state_world
from .exercise import Case, Exercise, Mistake
from .lesson_03_score import table

__all__ = ["TRAJECTORY"]


def two_starts() -> TabularMDP:
    """A world with gamma < 1, two possible starts and a step back."""
    steps = {
        (0, 0): (1.0, {0: 0.25, 1: 0.75}),
        (0, 1): (0.0, {2: 1.0}),
        (1, 0): (-1.0, {0: 0.4, 2: 0.6}),
        (1, 1): (2.0, {1: 0.9, 2: 0.1}),
    }
    return world_from_steps(3, 2, steps, gamma=0.5, start=(0.3, 0.7))


LOTTERY, RANDOM = lottery_world(), random_world(4, 3, seed=3)
path = torch.tensor


def parts(mdp, logits, states, actions) -> tuple:
    """The log-probabilities of start [], of each choice [T] and of each step of the world [T]."""
    choices = logits.log_softmax(-1)[states[:-1], actions]
    return mdp.start[states[0]].log(), choices, mdp.transition[states[:-1], actions, states[1:]].log()


def summed(mdp, start, choices, steps) -> torch.Tensor:
    return start + choices.sum() + steps.sum()


def discounted(mdp, start, choices, steps) -> torch.Tensor:
    powers = mdp.gamma ** torch.arange(len(choices))
    return start + (powers * (choices + steps)).sum()


def mistaken(change) -> object:
    """A function with the exercise's signature from one of (mdp, start, choices, steps)."""
    return lambda mdp, logits, states, actions: change(mdp, *parts(mdp, logits, states, actions))


def with_choices(choose) -> object:
    """A function with the exercise's signature in which only the policy's part is another."""

    def code(mdp, logits, states, actions):
        start, _, steps = parts(mdp, logits, states, actions)
        return start + choose(logits, states, actions).sum() + steps.sum()

    return code


def with_world(step_of) -> object:
    """A function with the exercise's signature in which only the world's part is another."""

    def code(mdp, logits, states, actions):
        start, choices, _ = parts(mdp, logits, states, actions)
        return start + choices.sum() + step_of(mdp, states, actions)

    return code


def unsliced(in_policy: slice, before: slice, after: slice) -> object:
    """States that are one too many for the actions, and so stop wherever T > 1."""

    def code(mdp, logits, states, actions):
        choices = logits.log_softmax(-1)[states[in_policy], actions]
        steps = mdp.transition[states[before], actions, states[after]]
        return mdp.start[states[0]].log() + choices.sum() + steps.log().sum()

    return code


ALL, FIRST, LAST = slice(None), slice(None, -1), slice(1, None)
TOO_MANY_STATES = (
    "`states` has one entry more than `actions`: the dynamics lead from `states[:-1]` to `states[1:]`, the policy chose in "
    "`states[:-1]`."
)

TRAJECTORY = Exercise(
    reference=trajectory_log_prob,
    returns="one number",
    differentiate=("logits",),
    cases=(
        Case(
            "one step from a random start",
            (two_state_world(), torch.tensor([[0.0, 1.0], [2.0, 0.5], [0.0, 0.0]]), path([1, 2]), path([1])),
        ),
        Case("two rounds of the lottery", (LOTTERY, torch.zeros(5, 2), path([0, 1, 4]), path([0, 0]))),
        Case("a ticket that wins", (LOTTERY, table(5, 2, seed=2), path([0, 2, 3, 4]), path([1, 1, 0]))),
        Case(
            "a world with gamma = 0.5 that steps back",
            (two_starts(), table(3, 2, seed=4).double(), path([1, 0, 0, 1, 1, 2]), path([0, 0, 0, 1, 1])),
        ),
        Case(
            "an episode that the time limit has cut",
            (two_starts(), table(3, 2, seed=5), path([0, 1, 1]), path([0, 1])),
        ),
        Case(
            "a world of 4 states and 3 actions",
            (RANDOM, table(4, 3, seed=6), path([2, 0, 1, 1, 0]), path([2, 0, 1, 2])),
        ),
    ),
    mistakes=(
        Mistake(
            "The start is missing: a trajectory begins with log start(s₀).",
            mistaken(lambda mdp, start, choices, steps: choices.sum() + steps.sum()),
        ),
        Mistake(
            "This is the policy's part alone; the probability of the trajectory also has the start and the dynamics.",
            mistaken(lambda mdp, start, choices, steps: choices.sum()),
        ),
        Mistake(
            "The dynamics are missing: add log P(next state | state, action) of every step.",
            mistaken(lambda mdp, start, choices, steps: start + choices.sum()),
        ),
        Mistake(
            "The policy is missing: add log π(action | state) of every step.",
            mistaken(lambda mdp, start, choices, steps: start + steps.sum()),
        ),
        Mistake(
            "This is the dynamics' part alone; the start and the policy belong to the trajectory as well.",
            mistaken(lambda mdp, start, choices, steps: steps.sum()),
        ),
        Mistake(
            "This is the probability; its logarithm is asked for.",
            mistaken(lambda *p: summed(*p).exp()),
        ),
        Mistake(
            "The sign is turned round: the logarithm of a probability is never above zero.",
            mistaken(lambda *p: -summed(*p)),
        ),
        Mistake(
            "The terms are discounted by γ^t: gamma weighs rewards, and plays no part in how likely a trajectory is.",
            mistaken(discounted),
        ),
        Mistake(
            "The policy's terms are discounted by γ^t: gamma weighs rewards, and plays no part in how likely an action is.",
            mistaken(
                lambda mdp, start, choices, steps: summed(
                    mdp, start, mdp.gamma ** torch.arange(len(choices)) * choices, steps
                )
            ),
        ),
        Mistake(
            "The steps are averaged; the logarithm of a product is the sum of the logarithms.",
            mistaken(lambda mdp, start, choices, steps: start + choices.mean() + steps.mean()),
        ),
        Mistake(
            "These are the terms of the steps: add them up.",
            mistaken(lambda mdp, start, choices, steps: choices + steps),
        ),
        Mistake(
            "The start is added to every step: it happens once.",
            mistaken(lambda mdp, start, choices, steps: (start + choices + steps).sum()),
        ),
        Mistake(
            "The last action is left out: an episode with T + 1 states has T actions, all of them count.",
            mistaken(lambda mdp, start, choices, steps: summed(mdp, start, choices[:-1], steps[:-1])),
        ),
        Mistake(
            "The step into the last state is left out: its probability belongs to the trajectory too.",
            mistaken(lambda mdp, start, choices, steps: summed(mdp, start, choices, steps[:-1])),
        ),
        Mistake(
            "The first step is left out: t runs from 0 to T - 1.",
            mistaken(lambda mdp, start, choices, steps: summed(mdp, start, choices[1:], steps[1:])),
        ),
        Mistake(
            "The logits are added as they are: turn each row into log-probabilities with `log_softmax` first.",
            with_choices(lambda logits, states, actions: logits[states[:-1], actions]),
        ),
        Mistake(
            "Probabilities of actions are added up with logarithms: take the log of the softmax (`log_softmax`).",
            with_choices(lambda logits, states, actions: logits.softmax(-1)[states[:-1], actions]),
        ),
        Mistake(
            "The softmax runs over states here: the probabilities of the actions of one state sum to 1, dim=1.",
            with_choices(lambda logits, states, actions: logits.log_softmax(0)[states[:-1], actions]),
        ),
        Mistake(
            "One softmax runs over the whole table here: each state has a distribution of its own, dim=1.",
            with_choices(
                lambda logits, states, actions: (
                    logits.flatten().log_softmax(0).reshape(logits.shape)[states[:-1], actions]
                )
            ),
        ),
        Mistake(
            "Actions are paired with the state that follows them; `actions[t]` was chosen in `states[t]`.",
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[states[1:], actions]),
        ),
        Mistake(
            "The dynamics run backwards: `transition[s, a, s']` is asked at s = states[t], s' = states[t + 1].",
            with_world(
                lambda mdp, states, actions: mdp.transition[states[1:], actions, states[:-1]].log().sum()
            ),
        ),
        Mistake(
            "Probabilities of the world's steps are added up with logarithms: take their log.",
            with_world(lambda mdp, states, actions: mdp.transition[states[:-1], actions, states[1:]].sum()),
        ),
        Mistake(
            "This is the log of a sum over steps; the logarithm of a product is the sum of the logarithms.",
            with_world(
                lambda mdp, states, actions: mdp.transition[states[:-1], actions, states[1:]].sum().log()
            ),
        ),
        Mistake(
            "The start's probability is added without its logarithm.",
            mistaken(lambda mdp, start, choices, steps: summed(mdp, start.exp(), choices, steps)),
        ),
        Mistake(
            "`start[0]` is the probability of state 0; the trajectory starts in `states[0]`.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start[0].log(), *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "The first choice is left out: t runs from 0 to T - 1, and A₀ is a choice as well.",
            mistaken(lambda mdp, start, choices, steps: summed(mdp, start, choices[1:], steps)),
        ),
        Mistake(
            TOO_MANY_STATES,
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[states, actions]),
        ),
        *(
            Mistake(TOO_MANY_STATES, unsliced(in_policy, before, after))
            for in_policy in (FIRST, ALL)
            for before, after in ((ALL, LAST), (FIRST, ALL), (ALL, ALL))
        ),
        Mistake(
            "`log_pi[:, actions]` takes these actions in every state: index with the states too, `log_pi[states[:-1], actions]`.",
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[:, actions]),
        ),
        Mistake(
            "The softmax is taken twice: `log_softmax` wants the logits, not probabilities.",
            with_choices(
                lambda logits, states, actions: logits.softmax(-1).log_softmax(-1)[states[:-1], actions]
            ),
        ),
        Mistake(
            "Every next state is added here; only the one that followed counts: `transition[states[:-1], actions, states[1:]]`.",
            with_world(lambda mdp, states, actions: mdp.transition[states[:-1], actions].log().sum()),
        ),
        Mistake(
            "The start is asked at the last state; the trajectory starts in `states[0]`.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start[states[-1]].log(), *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "This is the log of a sum: probabilities along a trajectory multiply, so their logarithms add up.",
            mistaken(lambda mdp, *terms: sum(term.exp().sum() for term in terms).log()),
        ),
        Mistake(
            "These are the terms of the steps: add them up, and the start once.",
            mistaken(lambda mdp, start, choices, steps: start + choices + steps),
        ),
        Mistake(
            "This is the log of the logits, which are no probabilities: use `log_softmax`.",
            with_choices(lambda logits, states, actions: logits[states[:-1], actions].log()),
        ),
        Mistake(
            "`start` holds probabilities already: take their `log`; a softmax is for logits.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start.log_softmax(0)[states[0]], *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "`transition` holds probabilities already: take their `log`; a softmax is for logits.",
            with_world(
                lambda mdp, states, actions: mdp.transition.log_softmax(-1)[
                    states[:-1], actions, states[1:]
                ].sum()
            ),
        ),
        Mistake(
            "The start's and the world's probabilities are added without their logarithms.",
            mistaken(lambda mdp, start, choices, steps: start.exp() + choices.sum() + steps.exp().sum()),
        ),
        Mistake(
            "`start` is asked at every state; only the first is drawn from it, the dynamics lead to the others.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start[states[:-1]].log().sum(), *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "`start` is asked at every state; only the first is drawn from it, the dynamics lead to the others.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start[states].log().sum(), *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "This is the log of a sum: probabilities along a trajectory multiply, so their logarithms add up.",
            mistaken(lambda mdp, start, choices, steps: (start.exp() + (choices + steps).exp().sum()).log()),
        ),
        Mistake(
            "`[states[:-1]][:, actions]` pairs every step with every action: index with both at once, `[states[:-1], actions]`.",
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[states[:-1]][:, actions]),
        ),
        Mistake(
            "Rewards are added: they play no part in how likely a trajectory is.",
            lambda mdp, logits, states, actions: (
                trajectory_log_prob(mdp, logits, states, actions) + mdp.reward[states[:-1], actions].sum()
            ),
        ),
        Mistake(
            "The logarithm is divided by the number of steps: a trajectory's is the sum over its steps.",
            lambda mdp, logits, states, actions: (
                trajectory_log_prob(mdp, logits, states, actions) / len(actions)
            ),
        ),
        Mistake(
            "All possible starts are added: take that of `states[0]`.",
            lambda mdp, logits, states, actions: summed(
                mdp, mdp.start.log().sum(), *parts(mdp, logits, states, actions)[1:]
            ),
        ),
        Mistake(
            "Every action of a state is added; only the one taken counts: `log_pi[states[:-1], actions]`.",
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[states[:-1]]),
        ),
        Mistake(
            "Logarithms are multiplied: probabilities multiply, their logarithms add up.",
            mistaken(lambda mdp, start, choices, steps: start + (choices * steps).sum()),
        ),
        Mistake(
            "Logarithms are multiplied: probabilities multiply, their logarithms add up.",
            mistaken(lambda mdp, start, choices, steps: start * (choices * steps).sum()),
        ),
        Mistake(
            "The order of the indices is turned round: it is `transition[s, a, s']`.",
            with_world(
                lambda mdp, states, actions: mdp.transition[actions, states[:-1], states[1:]].log().sum()
            ),
        ),
        Mistake(
            "The order of the indices is turned round: `log_pi` has a row for each state, `log_pi[states[:-1], actions]`.",
            with_choices(lambda logits, states, actions: logits.log_softmax(-1)[actions, states[:-1]]),
        ),
    ),
)
