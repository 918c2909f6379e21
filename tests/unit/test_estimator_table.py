"""One table: every estimator of the course on one world, with what is claimed of each."""

import math

import pytest
import torch

from helpers.elite import elite_mask, elite_weight
from helpers.enumeration import exact_moments
from helpers.estimator_table import estimator_table
from helpers.estimators import bias_and_variance, finite_difference_gradient, gradient_samples
from helpers.exact import action_values, exact_policy_gradient, expected_return, state_values
from helpers.log_derivative import gradient_variance
from helpers.sampling import sample_trajectories
from helpers.scores import score
from helpers.tabular import world_from_steps
from helpers.weightings import optimal_state_baseline, weight_functions
from helpers.worlds import lottery_world, random_world, two_buttons

DOUBLE = torch.float64
HORIZON, EPS, FRACTION = 3, 0.1, 0.1
MDP = lottery_world()
LOGITS = torch.tensor([[0.5, -0.5]] * 5, dtype=DOUBLE)
PROBS = LOGITS.softmax(-1)
TRUTH = exact_policy_gradient(MDP, LOGITS).flatten()
TABLE = {row.name: row for row in estimator_table(MDP, LOGITS, HORIZON, EPS, FRACTION)}
UNBIASED = ["total return", "reward-to-go", "constant baseline J", "baseline V", "optimal baseline"]


class Table(torch.nn.Module):
    def __init__(self, logits):
        super().__init__()
        self.logits = torch.nn.Parameter(logits.clone())

    def log_prob(self, obs, actions):
        return self.logits.log_softmax(-1)[obs, actions]


def test_the_table_has_every_estimator():
    assert set(TABLE) == {
        "finite differences",
        "cross-entropy method",
        *UNBIASED[:2],
        "reward-to-go without gamma^t",
        *UNBIASED[2:],
    }


@pytest.mark.parametrize("name", UNBIASED)
def test_the_unbiased_ones_are_unbiased(name):
    assert TABLE[name].bias < 1e-10
    assert TABLE[name].cosine == pytest.approx(1.0, abs=1e-10)


def test_dropping_gamma_to_the_t_is_biased_by_what_it_adds():
    """Without gamma^t each state's part of the gradient is divided by gamma^t; a state has one t in this world."""
    when = torch.tensor([0, 1, 1, 2, 0], dtype=DOUBLE)
    by_hand = TRUTH.reshape(5, 2) / MDP.gamma ** when[:, None]
    row = TABLE["reward-to-go without gamma^t"]
    assert row.bias == pytest.approx((by_hand.flatten() - TRUTH).norm().item(), abs=1e-12)
    assert row.bias > 1e-3


def test_the_finite_differences_have_the_bias_and_variance_of_their_definition():
    row = TABLE["finite differences"]
    central = finite_difference_gradient(
        lambda theta: expected_return(MDP, theta.reshape(5, 2).softmax(-1)), LOGITS.flatten(), EPS
    )
    assert row.bias == pytest.approx((central - TRUTH).norm().item(), abs=1e-10)
    # By sampling: 4 live states x 2 logits, two episodes each.
    generator, n, variance, steps = torch.Generator().manual_seed(0), 4000, 0.0, 0.0
    for state in range(4):
        for action in range(2):
            for sign in (-1, 1):
                moved = LOGITS.clone()
                moved[state, action] += sign * EPS
                episodes = sample_trajectories(MDP, moved.softmax(-1), n, HORIZON, generator)
                returns = torch.tensor(
                    [sum(0.9**t * r for t, r in enumerate(e.rewards.tolist())) for e in episodes]
                )
                variance += returns.var().item() / (2 * EPS) ** 2
                steps += sum(len(e.rewards) for e in episodes) / n
    assert row.variance == pytest.approx(variance, rel=0.02)
    assert row.environment_steps == pytest.approx(steps, rel=0.01)


def test_the_elite_follows_luck():
    """The cross-entropy method walks away from the optimum here: an angle of more than 90 degrees."""
    assert TABLE["cross-entropy method"].cosine < 0
    assert TABLE["cross-entropy method"].bias > 0.1


def test_the_cross_entropy_row_is_what_a_large_population_does():
    weight_fn = elite_weight(MDP, PROBS, HORIZON, FRACTION)
    mean, _ = exact_moments(MDP, LOGITS, weight_fn, HORIZON)
    episodes = sample_trajectories(MDP, PROBS, 20_000, HORIZON, torch.Generator().manual_seed(2))
    returns = torch.tensor([sum(0.9**t * r for t, r in enumerate(e.rewards.tolist())) for e in episodes])
    elite = [
        episode for episode, chosen in zip(episodes, elite_mask(returns, FRACTION), strict=True) if chosen
    ]
    rows = []
    for episode in elite:  # the mean score of the elite: the direction of its log-likelihood
        rows.append(score(Table(LOGITS), episode.states[:-1], episode.actions).sum(0))
    judged = bias_and_variance(torch.stack(rows), mean)
    assert judged.bias_in_standard_errors.abs().max() < 4


def test_the_order_of_the_variances():
    variance = {name: TABLE[name].variance for name in TABLE}
    assert (
        variance["optimal baseline"]
        < variance["baseline V"]
        < variance["constant baseline J"]
        < variance["reward-to-go"]
        < variance["total return"]
        < variance["finite differences"] / 100
    )


def test_finite_differences_cost_one_episode_for_each_point():
    one = TABLE["total return"].environment_steps
    assert TABLE["finite differences"].environment_steps == pytest.approx(4 * 2 * 2 * one, rel=0.05)
    # By hand: round one, round two, and a third step if the last ticket won.
    ticket = PROBS[0, 1].item()
    assert one == pytest.approx(2 + 0.3 * ticket)


def test_that_order_is_no_law():
    """A lower variance is nobody's birthright: at even odds reward-to-go is noisier than the total return here, and
    with two buttons the baseline V is four times as noisy as none."""
    even = {row.name: row for row in estimator_table(MDP, torch.zeros(5, 2), HORIZON)}
    assert even["reward-to-go"].variance > even["total return"].variance
    buttons = {
        row.name: row for row in estimator_table(two_buttons(), torch.tensor([[0.3, 0.7]] * 2).log(), 1)
    }
    assert buttons["baseline V"].variance == pytest.approx(4 * buttons["reward-to-go"].variance, rel=1e-5)
    assert buttons["optimal baseline"].variance == pytest.approx(0, abs=1e-10)


def test_the_optimal_baseline_is_the_bottom_of_a_parabola():
    """Moving b(s) for any state by any amount raises the variance; the world has three actions and uneven odds."""
    steps = {}
    generator = torch.Generator().manual_seed(5)
    for state, following in ((0, (1, 2)), (1, (3,)), (2, (3,))):
        for action in range(3):
            chances = torch.rand(len(following), dtype=DOUBLE, generator=generator)
            chances = dict(zip(following, (chances / chances.sum()).tolist(), strict=True))
            steps[state, action] = (torch.randn((), generator=generator).item(), chances)
    mdp = world_from_steps(4, 3, steps, gamma=0.8)
    logits = torch.randn(4, 3, dtype=DOUBLE, generator=generator)
    best = optimal_state_baseline(mdp, logits.softmax(-1))
    assert best[3] == 0

    def variance(baseline):
        def weights(trajectory):
            first, second = trajectory.rewards
            b = baseline[trajectory.states[:-1]]
            return torch.stack([first + 0.8 * second - b[0], 0.8 * (second - b[1])])

        return exact_moments(mdp, logits, weights, horizon=2)[1].trace().item()

    lowest = variance(best)
    table = {row.name: row.variance for row in estimator_table(mdp, logits, 2)}
    assert table["optimal baseline"] == pytest.approx(lowest)
    for state in range(3):
        above, below = best.clone(), best.clone()
        above[state], below[state] = best[state] + 0.1, best[state] - 0.1
        assert variance(above) == pytest.approx(variance(below))
        assert variance(above) > lowest + 1e-6
    assert variance(state_values(mdp, logits.softmax(-1))) > lowest


def test_the_optimal_baseline_of_one_decision_minimises_gradient_variance():
    probs = torch.tensor([[0.2, 0.8], [0.5, 0.5]], dtype=DOUBLE)
    best = optimal_state_baseline(two_buttons(), probs)[0].item()
    assert best == pytest.approx(0.8 * 1 + 0.2 * -1)  # b* = p1 R0 + p0 R1
    rewards = two_buttons().reward[0]
    assert gradient_variance(probs[0], rewards, best).item() == pytest.approx(0, abs=1e-12)
    certain = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
    assert optimal_state_baseline(two_buttons(), certain)[0] == action_values(two_buttons(), certain)[0, 0]


def test_the_table_agrees_with_sampling_where_the_horizon_cuts():
    """In a world that may go on for ever, the truth is the gradient of what `horizon` steps pay."""
    mdp, logits, n = random_world(3, 2, seed=4), torch.zeros(3, 2, dtype=DOUBLE), 10_000
    table = {row.name: row for row in estimator_table(mdp, logits, 3)}
    assert all(table[name].bias < 1e-10 for name in UNBIASED)
    episodes = sample_trajectories(mdp, logits.softmax(-1), n, 3, torch.Generator().manual_seed(0))
    for name, weight_fn in weight_functions(mdp, logits.softmax(-1)).items():
        samples = gradient_samples(Table(logits), episodes, weight_fn)
        squares = ((samples - samples.mean(0)) ** 2).sum(1)
        assert abs(squares.mean().item() - table[name].variance) < 4 * squares.std().item() / math.sqrt(n)
