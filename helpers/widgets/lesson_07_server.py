"""Coefficients and seeds in, the exact value of a server's trained policy out: lesson 07's task without an end."""

from functools import cache

import torch

from ..envs import make_envs
from ..exact import expected_return, optimal_action_values
from ..learners import actor_critic
from ..own_envs import server_cooling_table
from ..policies import CategoricalPolicy, ValueFunction
from ..tabular import TabularMDP

__all__ = ["SharedCritic", "bounds", "coefficient_sweep", "reward_a_step", "training", "widest", "world"]

GAMMA = 0.98


@cache
def world() -> TabularMDP:
    """The server of `ServerCooling-v0` as a world whose values are known exactly, gamma = 0.98; it has no end."""
    table = server_cooling_table()
    n_states, n_actions, _ = table.probability.shape
    moves = torch.zeros(n_states, n_actions, n_states, dtype=torch.float64)
    moves.scatter_add_(2, torch.from_numpy(table.next_state), torch.from_numpy(table.probability))
    paid = torch.from_numpy((table.probability * table.reward).sum(-1))
    return TabularMDP(moves, paid, table.start, GAMMA, torch.zeros(n_states, dtype=torch.bool))


def reward_a_step(probs: torch.Tensor) -> float:
    """(1 - γ) J of a policy of the server [S, A]: its exact reward a step, early steps counting more."""
    return (1 - GAMMA) * expected_return(world(), probs).item()


def bounds() -> dict[str, float]:
    """The exact reward a step of three policies that nobody has to learn."""
    best = torch.eye(3)[optimal_action_values(world()).argmax(1)]
    even = torch.full_like(world().reward, 1 / 3)
    return {name: reward_a_step(probs) for name, probs in (("best possible", best), ("random", even))}


class SharedCritic(torch.nn.Module):
    """A value head on the hidden layer of a policy: two heads, one body.

    `parameters()` are those of the head alone: the body is the policy's, and the optimiser has it already.
    """

    def __init__(self, policy: CategoricalPolicy, seed: int):
        super().__init__()
        self.policys_body = [policy.network[:-1]]  # in a list, so that it is not registered a second time
        self.head = ValueFunction(policy.network[-1].in_features, hidden=(), seed=seed)

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        return self.head(self.policys_body[0](obs))


def training(
    seed: int, *, shared: bool = False, updates: int = 80, every: int = 80, **coefficients
) -> list[float]:
    """Actor-critic on the server, 16 environments in blocks of 8 steps, judged by the exact value of its policy.

    Args:
        seed: int.
        shared: whether actor and critic share a body.
        updates, every: int >= 1, how many updates, and after how many each the policy is judged.
        coefficients: `value_coef`, `entropy_coef` of the loss.

    Returns:
        Exact reward a step of the policy before the first update and then after every `every`.
    """
    envs, policy = make_envs("ServerCooling-v0", 16, seed=seed), CategoricalPolicy(4, 3, seed=seed)
    critic = SharedCritic(policy, seed + 100) if shared else ValueFunction(4, seed=seed + 100)
    settings = {"n_steps": 8, "gamma": GAMMA, "lam": 0.95, "reward_scale": 0.1, **coefficients}
    learner = actor_critic(envs, policy, critic, seed=seed, **settings)
    every_state, told = torch.from_numpy(server_cooling_table().features), []
    for number in range(updates + 1):
        if number % every == 0:
            told.append(reward_a_step(policy.distribution(every_state).probs.detach()))
        if number < updates:
            next(learner)
    return told


def coefficient_sweep(value_coefs, entropy_coefs, seeds, usual: list[float]) -> tuple[dict, dict]:
    """Exact reward a step after 80 updates of actor-critic on the server, for each coefficient and seed.

    Args:
        value_coefs: c_v, each with separate networks and with a shared body; c_H = 0.
        entropy_coefs: c_H, each with separate networks; c_v = 0.5.
        seeds: of the trainings.
        usual: rewards of the seeds with separate networks, c_v = 0.5 and c_H = 0, not to be trained a second time.

    Returns:
        network -> c_v -> rewards of the seeds; c_H -> rewards of the seeds.
    """

    def final(shared: bool, value_coef: float, entropy_coef: float) -> list[float]:
        if (shared, value_coef, entropy_coef) == (False, 0.5, 0.0):
            return usual
        settings = {"shared": shared, "value_coef": value_coef, "entropy_coef": entropy_coef}
        return [training(seed, **settings)[-1] for seed in seeds]

    by_value = {
        name: {c: final(shared, c, 0.0) for c in value_coefs}
        for name, shared in (("separate", False), ("shared body", True))
    }
    return by_value, {c: final(False, 0.5, c) for c in entropy_coefs}


def widest(rows: dict[float, list[float]]) -> float:
    """How far a seed's rewards lie apart over the coefficients, at most: c -> rewards of the seeds."""
    return max(max(seed) - min(seed) for seed in zip(*rows.values(), strict=True))
