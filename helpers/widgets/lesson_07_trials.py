"""Seeds and settings in, the numbers of whole trainings out: races, a critic's noise and a pendulum, without a picture."""

import torch

from ..baselines import standardize
from ..envs import make_envs
from ..learners import actor_critic, reinforce, train_each
from ..learners._batches import as_they_are
from ..losses import reinforce_update
from ..policies import CategoricalPolicy, GaussianPolicy, ValueFunction
from ..returns import rewards_to_go
from ..rollouts import collect_episodes

__all__ = [
    "as_they_are",
    "error_ratios",
    "race",
    "resting_values",
    "swing_up",
]

ALGORITHMS = ("REINFORCE", "with baseline", "actor-critic")


def error_ratios(seed: int, fits: int, updates: int = 8) -> list[float]:
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


def race(
    name: str,
    target: float,
    limit: int,
    seeds,
    *,
    episodes: dict,
    blocks: dict,
    algorithms: tuple[str, ...] = ALGORITHMS,
    **shared,
) -> dict:
    """Environment steps until the mean return of 100 episodes first reaches the target, for each algorithm.

    Args:
        name: of the environment; 32 of them, discrete actions.
        target: mean return.
        limit: steps after which a training is given up.
        seeds: of the trainings.
        episodes: settings of REINFORCE, with and without a learned baseline.
        blocks: settings of actor-critic.
        algorithms: which of the three run.
        shared: settings of all three.

    Returns:
        algorithm -> steps of each seed, NaN for one that did not arrive.
    """
    arrivals = {}
    for algorithm in algorithms:
        learner, own = (reinforce, episodes) if algorithm != "actor-critic" else (actor_critic, blocks)
        arrivals[algorithm] = []
        for seed in seeds:
            envs = make_envs(name, 32, seed=seed)
            obs_size, n_actions = envs.single_observation_space.shape[0], envs.single_action_space.n
            policy = CategoricalPolicy(obs_size, n_actions, seed=seed)
            critic = None if algorithm == "REINFORCE" else ValueFunction(obs_size, seed=seed + 100)
            updates = learner(envs, policy, critic, seed=seed, **own, **shared)
            (history,) = train_each([updates], target=target, max_steps=limit, hold=0)
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
    zero, slope = torch.zeros_like(values), torch.func.grad(loss)
    lowest = -torch.linalg.pinv(torch.func.jacrev(slope)(zero)) @ slope(zero)
    return lowest, loss(lowest).item(), loss(values).item()


def swing_up(seed: int, steps: int = 80_000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
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
        "gamma": 0.85,
        "lam": 0.95,
        "reward_scale": 0.05,
        "lr": 0.004,
        "critic_lr": 0.02,
    }
    learner = actor_critic(envs, policy, critic, seed=seed, **settings)
    (history,) = train_each([learner], max_steps=steps)
    spin, angle = torch.meshgrid(
        torch.linspace(-8, 8, 61), torch.linspace(-torch.pi, torch.pi, 61), indexing="ij"
    )
    view = critic(torch.stack([angle.cos(), angle.sin(), spin], dim=-1).flatten(0, 1)).detach().view(61, 61)
    return history.episode_steps[49::50], history.episode_returns.unfold(0, 50, 50).mean(1), view
