"""Observations in, a distribution over actions out: five families with one face.

obs is float [B, O], or int64 [B] in a tabular world; actions are int64 [B] or float [B, D]. `seed` draws the initial
weights (an int or a torch.Generator) and leaves torch's global generator alone; None draws from the global one.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import distributions as dist

from .densities import (
    beta_entropies,
    beta_log_density,
    entropy,
    gaussian_entropy,
    gaussian_log_prob,
    log_softmax,
    mean_surprise,
    mixture_entropy,
    mixture_log_prob,
    reparameterized_sample,
)
from .networks import ValueFunction, apply_to, network
from .shapes import as_float, match_shapes, need_counts

__all__ = [
    "BetaPolicy",
    "CategoricalPolicy",
    "GaussianPolicy",
    "MixturePolicy",
    "TabularPolicy",
    "ValueFunction",
]


class Policy(torch.nn.Module):
    """What the families share. A family says how observations become parameters, and what those mean.

    All methods raise `ValueError` for observations or actions of another shape than the policy was made for.

    Source: Sutton and Barto, Reinforcement Learning (2018), sections 13.1 and 13.7.
    """

    def __init__(self, action_pattern: str):
        super().__init__()
        self.action_pattern = action_pattern

    def distribution(self, obs) -> dist.Distribution:
        """π(·|s) for each observation, as one of torch's distributions, joint over the D coordinates."""
        return self._distribution(*self._parameters_at(obs))

    def log_prob(self, obs, actions) -> torch.Tensor:
        """log π(a|s), float [B], with its graph."""
        parameters = self._parameters_at(obs)
        return self._log_prob(self._checked(actions, len(parameters[0])), *parameters)

    forward = log_prob  # so that torch.func.functional_call sees a function of the weights

    def entropy(self, obs) -> torch.Tensor:
        """H(π(·|s)) in nats, float [B], with its graph; an estimate in a mixture."""
        return self._entropy(*self._parameters_at(obs))

    def evaluate(self, obs, actions) -> tuple[torch.Tensor, torch.Tensor]:
        """`log_prob` and `entropy` for the price of one pass through the network."""
        parameters = self._parameters_at(obs)
        log_probs = self._log_prob(self._checked(actions, len(parameters[0])), *parameters)
        return log_probs, self._entropy(*parameters)

    @torch.no_grad()
    def sample(self, obs, generator: torch.Generator | None = None) -> torch.Tensor:
        """a ~ π(·|s), int64 [B] or float [B, D], detached; without a generator from torch's global one."""
        return self._sample(generator, *self._parameters_at(obs))

    def _checked(self, actions, batch: int) -> torch.Tensor:
        """The actions as a tensor, one for each observation."""
        actions = torch.as_tensor(actions)
        match_shapes(actions=(actions, self.action_pattern.replace("B", str(batch))))
        return actions


class _SoftmaxPolicy(Policy):
    """A choice among A actions from logits [B, A]: p(a) = exp(z_a) / Σ_a' exp(z_a')."""

    def __init__(self):
        super().__init__("B")

    def _distribution(self, logits):
        return dist.Categorical(logits=logits, validate_args=False)

    def evaluate(self, obs, actions):
        log_probs = log_softmax(*self._parameters_at(obs))  # one softmax for both
        return _chosen(self._checked(actions, len(log_probs)), log_probs), mean_surprise(log_probs)

    def _log_prob(self, actions, logits):
        return _chosen(actions, log_softmax(logits))

    def _entropy(self, logits):
        return entropy(logits)

    def _sample(self, generator, logits):
        return _draw(logits, generator)


class TabularPolicy(_SoftmaxPolicy):
    """A softmax with one row of logits for each state: the policy that can represent everything, and shares nothing.

    Args:
        n_states, n_actions: at least 1.
        logits: float [S, A], where to start; None starts with the uniform policy.

    The parameter `.logits` [S, A] is what is learned; `.probs` [S, A] are its probabilities, with their graph.
    """

    def __init__(self, n_states: int, n_actions: int, logits: torch.Tensor | None = None):
        super().__init__()
        need_counts(n_states=n_states, n_actions=n_actions)
        logits = torch.zeros(n_states, n_actions) if logits is None else as_float(logits)
        match_shapes(logits=(logits, f"{n_states} {n_actions}"))
        self.logits = torch.nn.Parameter(logits.detach().clone())

    @property
    def probs(self) -> torch.Tensor:
        return log_softmax(self.logits).exp()

    def _parameters_at(self, obs):
        states = torch.as_tensor(obs)
        match_shapes(obs=(states, "B"))
        try:
            return (F.embedding(states.long(), self.logits),)
        except IndexError as error:
            raise ValueError(f"obs: expected states 0 ... {len(self.logits) - 1}, got {states}") from error


class CategoricalPolicy(_SoftmaxPolicy):
    """A softmax over the outputs of a network; it starts near uniform.

    Args:
        obs_size, n_actions: at least 1.
        hidden: sizes of the ReLU layers; () makes the logits linear in the observation.
        seed: see the module.
    """

    def __init__(self, obs_size: int, n_actions: int, hidden=(64,), *, seed=None):
        super().__init__()
        need_counts(obs_size=obs_size, n_actions=n_actions)
        self.network = network(obs_size, hidden, n_actions, seed)

    def _parameters_at(self, obs):
        return (apply_to(self.network, obs),)


class GaussianPolicy(Policy):
    """Independent Gaussian coordinates: the mean from a network, the spread learned but the same in every state.

    Args:
        obs_size, action_size: at least 1.
        hidden: sizes of the ReLU layers.
        seed: see the module.

    The parameter `.log_std` [D] starts at 0. Actions are unbounded: an environment that clips them must not change
    the action that is scored.
    """

    def __init__(self, obs_size: int, action_size: int, hidden=(64,), *, seed=None):
        super().__init__(f"B {action_size}")
        need_counts(obs_size=obs_size, action_size=action_size)
        self.network = network(obs_size, hidden, action_size, seed)
        self.log_std = torch.nn.Parameter(torch.zeros(action_size))

    def _parameters_at(self, obs):
        mean = apply_to(self.network, obs)
        return mean, self.log_std.expand_as(mean)

    def _distribution(self, mean, log_std):
        return dist.Independent(dist.Normal(mean, log_std.exp(), validate_args=False), 1, validate_args=False)

    def _log_prob(self, actions, mean, log_std):
        return gaussian_log_prob(actions, mean, log_std)

    def _entropy(self, mean, log_std):
        return gaussian_entropy(log_std)

    def _sample(self, generator, mean, log_std):
        return reparameterized_sample(mean, log_std, _noise(mean, generator))


class MixturePolicy(Policy):
    """K Gaussians with weights, means and spreads from a network: one is drawn, then all D coordinates from it.

    Args:
        obs_size, action_size, n_components: at least 1.
        hidden: sizes of the ReLU layers.
        seed: see the module.

    The means start spread over [-1, 1], or all components would learn the same. `entropy` is an estimate (see
    `mixture_entropy`): no closed formula exists.
    """

    def __init__(self, obs_size: int, action_size: int, n_components: int, hidden=(64,), *, seed=None):
        super().__init__(f"B {action_size}")
        need_counts(obs_size=obs_size, action_size=action_size, n_components=n_components)
        self.sizes = (n_components, action_size)
        self.network = network(obs_size, hidden, n_components * (1 + 2 * action_size), seed)
        if n_components > 1:
            spread = torch.linspace(-1, 1, n_components).repeat_interleave(action_size)
            with torch.no_grad():
                self.network[-1].bias[n_components : n_components * (1 + action_size)] = spread

    def _parameters_at(self, obs):
        n_components, action_size = self.sizes
        outputs = apply_to(self.network, obs)
        logits, rest = outputs[:, :n_components], outputs[:, n_components:]
        means, log_stds = rest.unflatten(1, (2, n_components, action_size)).unbind(1)
        return logits, means, log_stds

    def _distribution(self, logits, means, log_stds):
        weights = dist.Categorical(logits=logits, validate_args=False)
        components = dist.Independent(
            dist.Normal(means, log_stds.exp(), validate_args=False), 1, validate_args=False
        )
        return dist.MixtureSameFamily(weights, components, validate_args=False)

    def _log_prob(self, actions, logits, means, log_stds):
        return mixture_log_prob(actions, logits, means, log_stds)

    def _entropy(self, logits, means, log_stds):
        return mixture_entropy(logits, means, log_stds)

    def _sample(self, generator, logits, means, log_stds):
        rows, chosen = torch.arange(len(logits)), _draw(logits, generator)
        mean, log_std = means[rows, chosen], log_stds[rows, chosen]
        return reparameterized_sample(mean, log_std, _noise(mean, generator))


class BetaPolicy(Policy):
    """Independent Beta coordinates on (low, high): bounded without clipping; α, β > 1, so that there is one hump.

    Args:
        obs_size, action_size: at least 1.
        low, high: float, or float [D]; finite, low < high.
        hidden: sizes of the ReLU layers.
        seed: see the module.
    """

    def __init__(self, obs_size: int, action_size: int, low, high, hidden=(64,), *, seed=None):
        super().__init__(f"B {action_size}")
        need_counts(obs_size=obs_size, action_size=action_size)
        self.low, self.high = _bound("low", low, action_size), _bound("high", high, action_size)
        if not (self.low < self.high).all():
            raise ValueError(f"low, high: expected low < high, got {low} and {high}")
        self.network = network(obs_size, hidden, 2 * action_size, seed)

    def _parameters_at(self, obs):
        return (1 + F.softplus(apply_to(self.network, obs))).chunk(2, dim=1)

    def _distribution(self, alpha, beta):
        low, width = self.low.to(alpha.dtype), (self.high - self.low).to(alpha.dtype)
        stretched = dist.TransformedDistribution(
            dist.Beta(alpha, beta, validate_args=False), dist.AffineTransform(low, width), validate_args=False
        )
        return dist.Independent(stretched, 1, validate_args=False)

    def _log_prob(self, actions, alpha, beta):
        actions = as_float(actions)
        densities = beta_log_density(actions, alpha, beta, self.low, self.high)
        impossible = (actions < self.low) | (
            actions > self.high
        )  # density 0, not the logarithm of a negative
        return densities.masked_fill(impossible, -torch.inf).sum(dim=-1)

    def _entropy(self, alpha, beta):
        return beta_entropies(alpha, beta, self.low, self.high).sum(dim=-1)

    def _sample(self, generator, alpha, beta):
        # torch's own sampler of the Beta takes no generator, NumPy's does
        seed = torch.randint(2**62, (), generator=generator).item()
        fraction = torch.from_numpy(np.random.default_rng(seed).beta(alpha.double(), beta.double()))
        low, high = self.low.to(alpha.dtype), self.high.to(alpha.dtype)
        actions = (self.low + (self.high - self.low) * fraction).to(alpha.dtype)
        # rounding may have put an action on a bound, where the density is 0 or infinite
        return actions.clamp(torch.nextafter(low, high), torch.nextafter(high, low))


def _chosen(actions: torch.Tensor, log_probs: torch.Tensor) -> torch.Tensor:
    """The log-probability of each row's action, [B]."""
    try:
        return log_probs.gather(1, actions.long()[:, None])[:, 0]
    except RuntimeError as error:
        raise ValueError(f"actions: expected 0 ... {log_probs.shape[1] - 1}, got {actions}") from error


def _draw(logits: torch.Tensor, generator) -> torch.Tensor:
    """One index for each row of logits [B, A], with the probabilities of their softmax: the Gumbel trick."""
    return (logits - torch.empty_like(logits).exponential_(generator=generator).log()).argmax(dim=-1)


def _noise(like: torch.Tensor, generator) -> torch.Tensor:
    """Standard normal noise in the shape and dtype of a tensor."""
    return torch.randn(like.shape, generator=generator, dtype=like.dtype)


def _bound(name: str, bound, size: int) -> torch.Tensor:
    """A bound as float64 [D]: kept exact whatever the dtype of the weights."""
    bound = torch.as_tensor(bound, dtype=torch.float64)
    bound = bound.expand(size) if bound.ndim == 0 else bound
    match_shapes(**{name: (bound, str(size))})
    if not bound.isfinite().all():
        raise ValueError(f"{name}: expected finite bounds, got {bound.tolist()}")
    return bound
