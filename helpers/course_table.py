"""A small world, a policy and the weights of a group in, one exact row for each algorithm of the course out."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from .elite import elite_weight
from .enumeration import enumerate_trajectories
from .estimator_table import estimator_table
from .estimators import gradient_samples
from .exact import exact_policy_gradient, state_values
from .group_estimates import every_group
from .policies import TabularPolicy
from .returns import gae
from .tabular import TabularMDP, softmax_table
from .weightings import discounts, outcomes_of, weight_functions

__all__ = ["CourseRow", "course_table"]


class CourseRow(NamedTuple):
    """One algorithm on one world.

    Args:
        name: of the weight before the score.
        bias: length of (mean estimate - truth), in lengths of the truth.
        cosine: between the mean estimate and the truth.
        steps: environment steps after which the noise of the average has sunk to the length of its mean.
    """

    name: str
    bias: float
    cosine: float
    steps: float


def course_table(
    mdp: TabularMDP,
    logits: torch.Tensor,
    horizon: int,
    group_weights: dict[str, Callable],
    *,
    size: int = 4,
    lam: float = 0.9,
    clip: float = 0.2,
    moved: tuple[float, ...] = (0.2, 0.5),
) -> list[CourseRow]:
    """Every algorithm of the course by enumeration: what its weight is biased by, and what it costs.

    bias = ‖E[ĝ] - ∇J‖ / ‖∇J‖, steps = cost · tr Cov[ĝ] / ‖E[ĝ]‖²; nothing is sampled

    Args:
        mdp: the world; within the horizon every episode ends, so that the truth is the gradient of J.
        logits: float [S, A] of the tabular softmax policy.
        horizon: largest number of actions.
        group_weights: name -> (rewards [G, K] -> weights [G, K]); a reward is an episode's discounted return.
        size: K of the groups; one start state, so that all their episodes answer one question.
        lam: of the GAE with an untrained critic.
        clip: of PPO.
        moved: how far along the truth PPO's policy has gone since it drew its data, in logits.

    Returns:
        list of CourseRow, in the order of the lessons.

    Raises:
        ValueError: as `estimator_table` and `every_group`.
    """
    logits = torch.as_tensor(logits, dtype=torch.float64).detach()
    probs = softmax_table(mdp, logits)
    truth, episodes = (
        exact_policy_gradient(mdp, logits).flatten(),
        enumerate_trajectories(mdp, probs, horizon),
    )
    returns, chances, length = outcomes_of(mdp, episodes)
    cost = float(length)
    policy = TabularPolicy(mdp.n_states, mdp.n_actions, logits)
    rows = [_finite_differences(mdp, logits, horizon, truth)]
    for name, weight_fn in _step_weights(mdp, probs, horizon, lam).items():
        samples = gradient_samples(policy, episodes, weight_fn)
        rows.append(_row(name, samples, chances, truth, cost))
    for distance in moved:
        ahead = logits + distance * (truth / truth.norm()).view_as(logits)
        weight_fn = _clipped_weight(mdp, probs, softmax_table(mdp, ahead), clip)
        samples = gradient_samples(TabularPolicy(mdp.n_states, mdp.n_actions, ahead), episodes, weight_fn)
        there = exact_policy_gradient(mdp, ahead).flatten()
        rows.append(_row(f"PPO, policy moved by {distance}", samples, chances, there, cost))
    groups = every_group(len(episodes), size)
    scores = gradient_samples(policy, episodes, lambda tau: torch.ones(len(tau)))
    for name, weight_fn in group_weights.items():
        samples = (weight_fn(returns[groups])[:, :, None] * scores[groups]).mean(dim=1)
        rows.append(_row(f"{name}, K = {size}", samples, chances[groups].prod(1), truth, size * cost))
    return rows


def _row(name: str, samples, chances, truth, cost: float) -> CourseRow:
    """Moments of the estimates [N, P], each with its probability [N]."""
    mean = chances @ samples
    noise = chances @ (samples - mean).square().sum(1) / mean.square().sum()
    cosine = torch.cosine_similarity(mean, truth, dim=0)
    return CourseRow(name, float((mean - truth).norm() / truth.norm()), float(cosine), cost * float(noise))


def _finite_differences(mdp: TabularMDP, logits, horizon: int, truth) -> CourseRow:
    """The row of `estimator_table`; its mean is the truth up to the step squared."""
    row = estimator_table(mdp, logits, horizon)[0]
    length = float(truth.norm())
    return CourseRow(
        row.name, row.bias / length, row.cosine, row.variance / length**2 * row.environment_steps
    )


def _step_weights(mdp: TabularMDP, probs, horizon: int, lam: float) -> dict[str, Callable]:
    """Name -> weight_fn of the algorithms that use one episode at a time."""
    values = state_values(mdp, probs)

    def critic(v, trust):
        return lambda tau: discounts(mdp.gamma, tau) * gae(tau.rewards, v[tau.states], mdp.gamma, trust)

    return {
        "cross-entropy method": elite_weight(mdp, probs, horizon, 0.1),
        **weight_functions(mdp, probs),
        "TD error, true V": critic(values, 0.0),
        "TD error, untrained critic": critic(0.0 * values, 0.0),
        f"GAE({lam}), untrained critic": critic(0.0 * values, lam),
    }


def _clipped_weight(mdp: TabularMDP, old_probs, probs, clip: float) -> Callable:
    """ratio times advantage, and 0 once the ratio has gone beyond the clip in the good direction."""
    values, ratios = state_values(mdp, old_probs), probs / old_probs.clamp(min=1e-300)

    def weight(tau):
        ratio = ratios[tau.states[:-1], tau.actions]
        advantage = discounts(mdp.gamma, tau) * gae(tau.rewards, values[tau.states], mdp.gamma, 1.0)
        stopped = ((advantage > 0) & (ratio > 1 + clip)) | ((advantage < 0) & (ratio < 1 - clip))
        return torch.where(stopped, 0.0, ratio * advantage)

    return weight
