"""Seeds and settings in, the numbers of whole trainings out: the experiments of lesson 07, without a picture."""

from dataclasses import replace
from functools import cache

import torch

from ..baselines import standardize
from ..envs import make_envs
from ..exact import expected_return, optimal_action_values
from ..learners import actor_critic, reinforce, train
from ..losses import reinforce_update
from ..own_envs import server_cooling_table
from ..policies import CategoricalPolicy, GaussianPolicy, ValueFunction
from ..returns import rewards_to_go
from ..rollouts import collect_episodes
from ..tabular import TabularMDP

__all__ = [
    "SharedCritic",
    "as_they_are",
    "coefficient_sweep",
    "error_ratios",
    "from_anywhere",
    "race",
    "resting_values",
    "server_bounds",
    "server_training",
    "server_world",
    "swing_up",
]

GAMMA = 0.98  # of the server
ALGORITHMS = ("REINFORCE", "with baseline", "actor-critic")


def error_ratios(seed: int, fits: int, updates: int = 12) -> list[float]:
    """How a critic compares with saying the mean return of the batch, before each update of REINFORCE on CartPole.

    E[(G - v̂)²] / Var[G]; below 1 the critic is the better baseline

    Args:
        seed: int.
        fits: int >= 1, gradient steps of the critic on each batch.
        updates: int >= 1, U; each plays 32 episodes.

    Returns:
        [U].
    """
    envs, ratios = make_envs("CartPole-v1", 32, seed=seed), []
    policy, critic = CategoricalPolicy(4, 2, seed=seed), ValueFunction(4, seed=seed + 100)
    actor, judge = (torch.optim.Adam(net.parameters(), lr=0.02) for net in (policy, critic))
    for _ in range(updates):
        block = collect_episodes(envs, policy)
        obs, actions = block.obs[block.valid], block.actions[block.valid]
        returns = (0.05 * rewards_to_go(block.rewards, 0.98))[block.valid]
        surprise = (returns - critic(obs)).detach()
        ratios.append((surprise.square().mean() / returns.var(correction=0)).item())
        reinforce_update(policy, actor, obs, actions, standardize(surprise))
        for _ in range(fits):
            judge.zero_grad()
            (critic(obs) - returns).square().mean().backward()
            judge.step()
    return ratios


def as_they_are(weights: torch.Tensor) -> torch.Tensor:
    """The weights of a batch, not rescaled."""
    return weights


def race(name: str, target: float, limit: int, seeds, *, episodes: dict, blocks: dict, **shared) -> dict:
    """Environment steps until the mean return of 100 episodes first reaches the target, for each algorithm.

    Args:
        name: of the environment; 32 of them, discrete actions.
        target: mean return.
        limit: steps after which a training is given up.
        seeds: of the trainings.
        episodes: settings of REINFORCE, with and without a learned baseline.
        blocks: settings of actor-critic.
        shared: settings of all.

    Returns:
        algorithm -> steps of each seed, NaN for one that did not arrive.
    """
    arrivals = {}
    for algorithm in ALGORITHMS:
        learner, own = (reinforce, episodes) if algorithm != "actor-critic" else (actor_critic, blocks)
        arrivals[algorithm] = []
        for seed in seeds:
            envs = make_envs(name, 32, seed=seed)
            obs_size, n_actions = envs.single_observation_space.shape[0], envs.single_action_space.n
            nets = [
                CategoricalPolicy(obs_size, n_actions, seed=seed),
                ValueFunction(obs_size, seed=seed + 100),
            ]
            nets = nets[:1] if algorithm == "REINFORCE" else nets
            updates = learner(envs, *nets, seed=seed, **own, **shared)
            history = train(updates, target=target, max_steps=limit, hold=0, progress=False)
            arrivals[algorithm].append(history.steps if history.ended_by == "target" else float("nan"))
    return arrivals


def resting_values(loss, values: torch.Tensor) -> tuple[torch.Tensor, float, float]:
    """Where a critic comes to rest that descends a quadratic loss of its values all the way, the gradient nowhere cut.

    v = -H⁺ ∇L(0), H the Hessian of the loss

    Args:
        loss: float [S] -> [], quadratic.
        values: float [S], to compare with.

    Returns:
        The lowest point [S] (shortest, where several are), the loss there, and the loss of `values`.
    """
    zero = torch.zeros_like(values)
    lowest = -torch.linalg.pinv(torch.func.hessian(loss)(zero)) @ torch.func.grad(loss)(zero)
    return lowest, loss(lowest).item(), loss(values).item()


def from_anywhere(world: TabularMDP) -> TabularMDP:
    """The same world, started in each of its live states equally often."""
    live = (~world.terminal).double()
    return replace(world, start=live / live.sum())


def swing_up(seed: int, steps: int = 120_000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Actor-critic on Pendulum-v1 with a Gaussian policy; every action is held for two frames.

    Args:
        seed: int.
        steps: decisions, of all 16 environments together.

    Returns:
        After every 50 episodes decisions so far, int64 [K], and their mean return, float [K]; and what the critic says
        at the end over angle (-180° to 180°, 0 is upright) and spin (-8 to 8), float [61 spins, 61 angles].
    """
    envs = make_envs("Pendulum-v1", 16, seed=seed, hold=2)
    policy, critic = GaussianPolicy(3, 1, seed=seed), ValueFunction(3, seed=seed + 100)
    settings = {
        "n_steps": 16,
        "gamma": 0.9,
        "lam": 0.95,
        "reward_scale": 0.05,
        "lr": 0.002,
        "critic_lr": 0.01,
    }
    learner = actor_critic(envs, policy, critic, seed=seed, **settings)
    history = train(learner, max_steps=steps, progress=False)
    spin, angle = torch.meshgrid(
        torch.linspace(-8, 8, 61), torch.linspace(-torch.pi, torch.pi, 61), indexing="ij"
    )
    view = critic(torch.stack([angle.cos(), angle.sin(), spin], dim=-1).flatten(0, 1)).detach().view(61, 61)
    return history.episode_steps[49::50], history.episode_returns.unfold(0, 50, 50).mean(1), view


@cache
def server_world() -> TabularMDP:
    """The server of `ServerCooling-v0` as a world whose values are known exactly, gamma = 0.98; it has no end."""
    table = server_cooling_table()
    n_states, n_actions, _ = table.probability.shape
    moves = torch.zeros(n_states, n_actions, n_states, dtype=torch.float64)
    moves.scatter_add_(2, torch.from_numpy(table.next_state), torch.from_numpy(table.probability))
    paid = torch.from_numpy((table.probability * table.reward).sum(-1))
    return TabularMDP(moves, paid, table.start, GAMMA, torch.zeros(n_states, dtype=torch.bool))


def reward_a_step(probs: torch.Tensor) -> float:
    """(1 - γ) J of a policy of the server [S, A]: its exact reward a step, early steps counting more."""
    return (1 - GAMMA) * expected_return(server_world(), probs).item()


def server_bounds() -> dict[str, float]:
    """The exact reward a step of three policies that nobody has to learn."""
    world = server_world()
    best = torch.eye(3)[optimal_action_values(world).argmax(1)]
    even = torch.full_like(world.reward, 1 / 3)
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


def server_training(
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


def coefficient_sweep(value_coefs, entropy_coefs, seeds) -> tuple[dict, dict]:
    """Exact reward a step after 80 updates of actor-critic on the server, for each coefficient and seed.

    Args:
        value_coefs: c_v, each with separate networks and with a shared body.
        entropy_coefs: c_H, each with separate networks and c_v = 0.5.
        seeds: of the trainings.

    Returns:
        network -> c_v -> rewards of the seeds; c_H -> rewards of the seeds.
    """

    def final(**settings) -> list[float]:
        return [server_training(seed, **settings)[-1] for seed in seeds]

    by_value = {
        name: {c: final(shared=shared, value_coef=c) for c in value_coefs}
        for name, shared in (("separate", False), ("shared body", True))
    }
    return by_value, {c: final(entropy_coef=c) for c in entropy_coefs}
