"""The table of the course on a second world, against exact moments and sampling."""

import torch

from helpers import (
    course_table,
    enumerate_trajectories,
    estimator_table,
    exact_policy_gradient,
    gradient_samples,
    group_advantages,
    lottery_world,
    rewards_to_go,
    sample_trajectories,
    standard_error,
)
from helpers.policies import TabularPolicy

WORLD, LOGITS = lottery_world(), torch.tensor([[0.5, -0.5]] * 5, dtype=torch.float64)
TRUTH = exact_policy_gradient(WORLD, LOGITS).flatten()
WEIGHTS = {"mean": lambda r: r - r.mean(1, keepdim=True), "mean and std": group_advantages}
ROWS = {row.name: row for row in course_table(WORLD, LOGITS, 3, WEIGHTS, size=3)}


def test_rows_shared_with_the_estimator_table():
    length = TRUTH.norm().item()
    shared = 0
    for row in estimator_table(WORLD, LOGITS, 3):
        mine = ROWS[row.name]
        assert abs(mine.bias - row.bias / length) < 1e-9
        assert abs(mine.cosine - row.cosine) < 1e-9
        if mine.bias < 1e-3:  # the mean is the truth, so its length is known
            assert abs(mine.steps / (row.environment_steps * row.variance / length**2) - 1) < 1e-3
            shared += 1
    assert shared == 6


def test_the_true_critic_is_free_of_bias_and_an_untrained_one_is_not():
    assert ROWS["TD error, true V"].bias < 1e-12
    assert ROWS["TD error, untrained critic"].bias > ROWS["GAE(0.9), untrained critic"].bias > 0.1


def test_groups_of_sampled_episodes():
    """Bias and noise of the group estimates from 12 000 groups of three sampled episodes."""
    played = sample_trajectories(WORLD, LOGITS.softmax(1), 36_000, 3, torch.Generator().manual_seed(0))
    returns = torch.stack([rewards_to_go(tau.rewards, WORLD.gamma)[0] for tau in played]).view(-1, 3)
    scores = gradient_samples(TabularPolicy(5, 2, LOGITS), played, lambda tau: torch.ones(len(tau)))
    steps = sum(len(tau) for tau in played) / len(played)
    for name, weight_fn in WEIGHTS.items():
        samples = (weight_fn(returns)[:, :, None] * scores.view(-1, 3, 10)).mean(1)
        mean, row = samples.mean(0), ROWS[f"{name}, K = 3"]
        error = 4 * standard_error(samples).norm().item()
        assert abs((mean - TRUTH).norm().item() - row.bias * TRUTH.norm().item()) < error
        noise = 3 * steps * samples.var(0).sum() / mean.square().sum()
        assert abs(noise.item() / row.steps - 1) < 0.1
    assert abs(ROWS["mean, K = 3"].bias - 1 / 3) < 1e-9


def test_a_policy_that_has_not_moved_is_not_clipped():
    """At distance 0 the row is the full return less V, which is free of bias."""
    rows = {row.name: row for row in course_table(WORLD, LOGITS, 3, {}, moved=(0.0, 5.0), size=1)}
    assert rows["PPO, policy moved by 0.0"].bias < 1e-12
    assert abs(rows["PPO, policy moved by 0.0"].steps - rows["baseline V"].steps) < 1e-6
    assert rows["PPO, policy moved by 5.0"].bias > 0.5


def test_an_importance_weighted_step_without_a_clip_has_little_bias():
    """Not clipped, moved a little: only the states are old. By enumeration of the same episodes."""
    row = next(
        row
        for row in course_table(WORLD, LOGITS, 3, {}, moved=(0.1,), clip=9.0)
        if row.name.startswith("PPO")
    )
    assert 0 < row.bias < 0.02
    assert len(enumerate_trajectories(WORLD, LOGITS.softmax(1), 3)) == 12
