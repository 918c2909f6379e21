"""Returns in, who belongs to the elite of the cross-entropy method out: in a batch, or in endlessly many episodes."""

from collections.abc import Callable

import torch

from .shapes import as_float, match_shapes
from .tabular import TabularMDP
from .weightings import discounts, episode_outcomes

__all__ = ["elite_mask", "elite_weight"]


def elite_mask(returns: torch.Tensor, fraction: float) -> torch.Tensor:
    """Which episodes the cross-entropy method learns from: the best ones.

    mask[n] = returns[n] >= quantile(returns, 1 - fraction), interpolated linearly between neighbours

    Args:
        returns: float [N], N at least 1.
        fraction: share of the elite, between 0 and 1, both excluded.

    Returns:
        bool [N]; ties with the threshold are in, so it may be more than the fraction.

    Raises:
        ValueError: no returns, one that is not finite, or fraction outside (0, 1).

    Source: Rubinstein and Kroese, The cross-entropy method (2004).
    """
    n = match_shapes(returns=(returns, "N"))["N"]
    if n == 0 or not 0.0 < fraction < 1.0:
        raise ValueError(f"expected at least 1 return and a fraction in (0, 1), got {n} and {fraction}")
    returns = as_float(returns).to(torch.float64)
    if not returns.isfinite().all():  # NaN is above no threshold: nobody would be elite
        raise ValueError(f"returns: expected finite numbers, got {returns.tolist()}")
    ordered = returns.sort().values
    # Rounded, because 1 - 0.7 is a little more than 0.3: a tie must not be lost to that.
    position = round((1.0 - fraction) * (n - 1), 9)
    below = int(position)
    threshold = torch.lerp(ordered[below], ordered[min(below + 1, n - 1)], position - below)
    return returns >= threshold


def elite_weight(mdp: TabularMDP, probs: torch.Tensor, horizon: int, fraction: float) -> Callable:
    """The cross-entropy method as a score-function estimator: the return is replaced by "was it among the best?".

    weight = 1[G_0 >= quantile] / Pr(G_0 >= quantile), the update of an endlessly large population of episodes

    Args:
        mdp: the world.
        probs: float [S, A], pi(a | s).
        horizon: largest number of actions.
        fraction: share of the elite, in (0, 1); ties with the threshold are in.

    Returns:
        weight_fn: trajectory -> float64 [T].

    Raises:
        ValueError: as `enumerate_trajectories`; or fraction outside (0, 1).

    Source: Rubinstein and Kroese, The cross-entropy method (2004).
    """
    if not 0.0 < fraction < 1.0:
        raise ValueError(f"fraction: expected a number in (0, 1), got {fraction}")
    returns, chances, _ = episode_outcomes(mdp, probs, horizon)
    ordered, order = returns.sort()
    below = chances[order].cumsum(0) < 1.0 - fraction - 1e-9
    threshold = ordered[int(below.sum())] - 1e-9  # equal returns may differ by rounding
    share = chances[returns >= threshold].sum()

    def weight(trajectory):
        is_elite = discounts(mdp.gamma, trajectory) @ trajectory.rewards >= threshold
        return (is_elite / share).expand(len(trajectory.rewards))

    return weight
