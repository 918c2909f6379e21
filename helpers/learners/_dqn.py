"""Deep Q-learning, small: single steps in, TD errors on remembered steps made smaller, for the comparison."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import chain, repeat

import torch
from torch import nn

from ..policies import CategoricalPolicy
from ..rollouts import collect
from ._batches import finished_returns
from ._training import Update

__all__ = ["QNetwork", "dqn"]


class QNetwork(nn.Module):
    """Action values: obs [B, O] -> [B, A]; acts greedily, but with probability `.epsilon` at random.

    Args:
        obs_size, n_actions, hidden, seed: as in `CategoricalPolicy`, whose network this is: logits read as values.
    """

    def __init__(self, obs_size: int, n_actions: int, hidden=(64,), *, seed=None):
        super().__init__()
        self.network = CategoricalPolicy(obs_size, n_actions, hidden, seed=seed).network
        self.epsilon = 0.0

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        return self.network(obs)

    def sample(self, obs: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """An action for each row: the best one, or with probability epsilon any, int64 [B]."""
        values = self(obs)
        any_action = torch.randint(values.shape[1], values.shape[:1], generator=generator)
        explores = torch.rand(len(obs), generator=generator) < self.epsilon
        return torch.where(explores, any_action, values.argmax(1))


def dqn(
    envs,
    network: QNetwork,
    *,
    seed: int,
    n_steps: int = 1,
    gamma: float = 0.99,
    lr: float = 1e-3,
    memory: int = 50_000,
    batch: int = 128,
    warmup: int = 1_000,
    target_every: int = 100,
    epsilon: tuple[float, float, int] = (1.0, 0.05, 10_000),
    reward_scale: float = 1.0,
) -> Iterator[Update]:
    """Learn the values, act greedily: after every n steps of all environments one step on remembered ones.

    loss = mean of Huber(R + γ max_a q̂_old(s', a) [not terminated] - q̂(s, a))

    Args:
        envs: vector environment with discrete actions.
        network: action values, to be trained; keeps the current epsilon.
        seed: int; with the network's first parameters it fixes all that follows.
        n_steps: int >= 1, steps of all environments between two updates.
        gamma: in [0, 1).
        lr: > 0, Adam's.
        memory: int >= 1, environment steps remembered.
        batch, warmup: int >= 1, rows of one update; steps before the first update.
        target_every: int >= 1, updates between two copies of the network into the old one.
        epsilon: first, last, and the environment steps in between, on a straight line.
        reward_scale: > 0, multiplies the rewards.

    Source: Mnih et al. (2015), Human-level control through deep reinforcement learning.
    """
    optimizer, old = torch.optim.Adam(network.parameters(), lr, fused=True), deepcopy(network)
    generator, replay = torch.Generator().manual_seed(seed), _Replay(memory)
    steps, updates, running = 0, 0, torch.zeros(envs.num_envs)
    for start_seed in chain([seed], repeat(None)):
        first, last, over = epsilon
        network.epsilon = last + (first - last) * max(0.0, 1 - steps / over)
        rollout = collect(envs, network, n_steps, seed=start_seed)
        steps += replay.remember(rollout)
        returns, loss = finished_returns(rollout, running), float("nan")
        if steps >= warmup:
            obs, actions, rewards, terminated, next_obs = replay.draw(batch, generator)
            with torch.no_grad():  # semi-gradient: the target is data
                targets = reward_scale * rewards + gamma * old(next_obs).amax(1) * ~terminated
            error = nn.functional.smooth_l1_loss(network(obs).gather(1, actions[:, None])[:, 0], targets)
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            loss, updates = error.item(), updates + 1
            if updates % target_every == 0:
                old.load_state_dict(network.state_dict())
        yield Update(steps, returns, {"value": loss}, float("nan"))


class _Replay:
    """The last so many transitions, in a ring."""

    def __init__(self, size: int):
        self.size, self.count, self.columns = size, 0, None

    def remember(self, rollout) -> int:
        """Keep the valid rows of a block; return how many they are."""
        names = ("obs", "actions", "rewards", "terminated", "final_obs")
        rows = [getattr(rollout, name)[rollout.valid] for name in names]
        if self.columns is None:
            self.columns = [torch.zeros((self.size, *row.shape[1:]), dtype=row.dtype) for row in rows]
        places = (self.count + torch.arange(len(rows[0]))) % self.size
        for column, row in zip(self.columns, rows, strict=True):
            column[places] = row
        self.count += len(rows[0])
        return len(rows[0])

    def draw(self, batch: int, generator: torch.Generator) -> list[torch.Tensor]:
        """Some remembered transitions, each as likely: obs, actions, rewards, terminated, next_obs."""
        chosen = torch.randint(min(self.count, self.size), (batch,), generator=generator)
        return [column[chosen] for column in self.columns]
