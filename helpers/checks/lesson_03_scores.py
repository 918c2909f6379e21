"""Two exercises of lesson 03: how likely a trajectory is, and which way the logits make an action likelier."""

import torch

from ..log_derivative import softmax_score, trajectory_log_prob
from ..tabular import TabularMDP, world_from_steps
from ..worlds import lottery_world, random_world, two_state_world
from .exercise import Case, Exercise, Mistake

__all__ = ["SCORE", "TRAJECTORY"]


def table(*shape: int, seed: int) -> torch.Tensor:
    """Logits of both signs, float32."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def onehot(logits: torch.Tensor, action: int) -> torch.Tensor:
    """1 at the action, 0 elsewhere, [A]."""
    return torch.eye(len(logits), dtype=logits.dtype)[action]


def naive_softmax(logits: torch.Tensor) -> torch.Tensor:
    """The softmax as its formula reads: it overflows."""
    return logits.exp() / logits.exp().sum()


SCORE = Exercise(
    reference=softmax_score,
    returns="[A]: one derivative for each logit",
    cases=(
        Case("two equal logits", (torch.zeros(2), 0)),
        Case("three logits", (torch.tensor([0.5, -1.0, 2.0]), 1)),
        Case("the last of five actions", (table(5, seed=1), 4)),
        Case("an action that is nearly certain", (torch.tensor([6.0, -2.0, 0.0], dtype=torch.float64), 0)),
        Case("logits that are all large and close together", (torch.tensor([200.0, 201.0, 199.0]), 2)),
        Case("logits of 10000 and -10000", (torch.tensor([1e4, 0.0, -1e4]), 1)),
        Case("a single action", (torch.tensor([0.7]), 0)),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: 1 at the action taken, minus the probabilities.",
            lambda logits, action: logits.softmax(0) - onehot(logits, action),
        ),
        Mistake(
            "The probabilities are not subtracted: a softmax raises one action by lowering all the others.",
            onehot,
        ),
        Mistake(
            "The 1 at the action taken is missing: this is the derivative of the normalising term alone.",
            lambda logits, action: -logits.softmax(0),
        ),
        Mistake(
            "This is the gradient of the probability; the gradient of its logarithm has no factor π(action) in front.",
            lambda logits, action: logits.softmax(0)[action] * (onehot(logits, action) - logits.softmax(0)),
        ),
        Mistake(
            "Each entry is multiplied by its own probability: leave that factor out, E[...] is taken later, by sampling.",
            lambda logits, action: logits.softmax(0) * (onehot(logits, action) - logits.softmax(0)),
        ),
        Mistake(
            "This is the derivative with respect to the probabilities, 1/π at the action; the logits are asked for.",
            lambda logits, action: onehot(logits, action) / logits.softmax(0),
        ),
        Mistake(
            "The score is divided by the probability once more: the logarithm has divided by it already.",
            lambda logits, action: (onehot(logits, action) - logits.softmax(0)) / logits.softmax(0)[action],
        ),
        Mistake(
            "The logits are subtracted as they are: turn them into probabilities with a softmax first.",
            lambda logits, action: onehot(logits, action) - logits,
        ),
        Mistake(
            "Log-probabilities are subtracted where probabilities belong.",
            lambda logits, action: onehot(logits, action) - logits.log_softmax(0),
        ),
        Mistake(
            "exp() of a large logit is infinite, and the quotient NaN: use `torch.softmax`, which subtracts the largest first.",
            lambda logits, action: onehot(logits, action) - naive_softmax(logits),
        ),
        Mistake(
            "The softmax is taken twice: once turns the logits into probabilities.",
            lambda logits, action: onehot(logits, action) - logits.softmax(0).softmax(0),
        ),
        Mistake(
            "A sigmoid of each logit is not its softmax: the probabilities of all actions must sum to 1.",
            lambda logits, action: onehot(logits, action) - logits.sigmoid(),
        ),
        Mistake(
            "This subtracts a uniform policy, 1/A for each action; subtract the softmax of the logits.",
            lambda logits, action: onehot(logits, action) - 1 / len(logits),
        ),
        Mistake(
            "This is the log-probability itself; its derivative with respect to each logit is asked for.",
            lambda logits, action: logits.log_softmax(0)[action],
        ),
        Mistake(
            "This is the log-probability itself; its derivative with respect to each logit is asked for.",
            lambda logits, action: logits.softmax(0)[action].log(),
        ),
        Mistake(
            "These are the probabilities: 1 at the action, minus them.",
            lambda logits, action: logits.softmax(0),
        ),
        Mistake(
            "This is the derivative for the logit of the action alone; the other logits move its probability as well.",
            lambda logits, action: 1 - logits.softmax(0)[action],
        ),
        Mistake(
            "Only the logit of the action has a derivative here; the others have one too, minus their probability.",
            lambda logits, action: onehot(logits, action) * (1 - logits.softmax(0)),
        ),
        Mistake(
            "The 1 stands at the likeliest action; it belongs to the action that was taken.",
            lambda logits, action: onehot(logits, int(logits.argmax())) - logits.softmax(0),
        ),
        Mistake(
            "The action is counted from 1 here; it is counted from 0.",
            lambda logits, action: onehot(logits, action - 1) - logits.softmax(0),
        ),
        Mistake(
            "Every entry has the 1: it stands at the action that was taken only.",
            lambda logits, action: 1 - logits.softmax(0),
        ),
    ),
)


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


TRAJECTORY = Exercise(
    reference=trajectory_log_prob,
    returns="one number",
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
            (two_starts(), table(3, 2, seed=5), path([0, 1, 0]), path([0, 0])),
        ),
        Case(
            "a world of 4 states and 3 actions",
            (RANDOM, table(4, 3, seed=6), path([2, 0, 1, 1, 3]), path([2, 0, 1, 2])),
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
    ),
)
