"""What lesson 07 says of its trained runs: critics, a maze, races, a pendulum and a server, each as a function of a seed."""

import functools

import numpy as np
from claims import claim, definitions

from helpers.figures.lesson_07_runs import CLIMB, TOLD
from helpers.widgets import lesson_07_server as server
from helpers.widgets import lesson_07_trials as trials
from helpers.widgets import watch_critic

LIMITS = {"CartPole-v1": 300_000, "Acrobot-v1": 120_000}


@functools.cache
def error_ratios(seed: int, fits: int) -> np.ndarray:
    """Squared error of the critic over that of the mean of the batch, before each update, [8]."""
    return np.array(trials.error_ratios(seed, fits))


@claim(
    "07",
    "On CartPole a fresh network says about 0, and the mean of the batch predicts far better.",
    cheap=True,
)
def a_fresh_critic_is_far_worse_than_the_mean_of_the_batch(seed: int) -> float:
    """Times as large a squared error, less 2."""
    return error_ratios(seed, 1)[0] - 2


@claim(
    "07",
    "With one gradient step a batch the critic does not overtake that mean within these eight updates.",
    cheap=True,
)
def one_step_a_batch_does_not_overtake_the_mean(seed: int) -> float:
    """The smallest of the eight ratios of squared errors, less 1."""
    return error_ratios(seed, 1).min() - 1


@claim("07", "With ten steps it does.", cheap=True)
def ten_steps_a_batch_overtake_the_mean(seed: int) -> float:
    """1 less the smallest of the eight ratios of squared errors."""
    return 1 - error_ratios(seed, 10).min()


@claim("07", "so after ten updates at least twice as many cells have heard of it.", cheap=True)
def a_large_lambda_tells_twice_as_many_cells_of_the_exit(seed: int) -> float:
    """Cells worth more than 0.05 after ten updates: those of λ = 0.95, less twice those of λ = 0, and 1 for at least."""
    small, large = (watch_critic(lam, seed, 10)["critic"][-1][:-1] > TOLD for lam in (0.0, 0.95))
    return large.sum() - 2 * small.sum() + 1


@functools.cache
def arrivals(name: str, seed: int, algorithms: tuple[str, ...]) -> dict[str, float]:
    """Environment steps to the lesson's target with the lesson's settings, for each algorithm; infinite for none."""
    lesson = definitions("07")
    task, target = name.partition("-")[0].lower(), {"CartPole-v1": 475, "Acrobot-v1": -100}[name]
    settings = {**getattr(lesson, f"own_{task}"), **getattr(lesson, f"same_{task}"), "algorithms": algorithms}
    race = trials.race(name, target, LIMITS[name], [seed], **settings)
    return {algorithm: float(np.nan_to_num(steps, nan=np.inf)[0]) for algorithm, steps in race.items()}


@claim("07", "Actor-critic reaches both targets within the limits")
def actor_critic_reaches_both_targets(seed: int) -> float:
    """Share of the limit that is left on the slower of the two tasks; minus infinity where it does not arrive."""
    return min(
        1 - arrivals(name, seed, ("actor-critic",))["actor-critic"] / limit for name, limit in LIMITS.items()
    )


@claim("07", "but on CartPole at least one of the two REINFORCEs is faster.")
def one_of_two_reinforces_is_faster_on_cartpole(seed: int) -> float:
    """Environment steps of actor-critic, less those of the faster of the two REINFORCEs."""
    slow = arrivals("CartPole-v1", seed, ("actor-critic",))["actor-critic"]
    return slow - min(arrivals("CartPole-v1", seed, ("REINFORCE", "with baseline")).values())


@claim("07", "The pendulum's return climbs far above its start.")
def the_pendulum_climbs(seed: int) -> float:
    """Mean of the last three points of the curve, less the first, less 300."""
    _, returns, _ = trials.swing_up(seed)
    return float(returns[-3:].mean() - returns[0]) - CLIMB


@functools.cache
def growth(seed: int) -> list[float]:
    """Exact reward a step of actor-critic on the server, after every ten of 200 updates."""
    return server.training(seed, updates=200, every=10)


@claim("07", "At first the policies get worse.", cheap=True)
def the_servers_policy_first_gets_worse(seed: int) -> float:
    """Exact reward a step at the start, less the lowest, less 0.01."""
    return growth(seed)[0] - min(growth(seed)) - 0.01


@claim("07", "Then they learn, and end far above the random policy.", cheap=True)
def actor_critic_learns_without_an_end(seed: int) -> float:
    """Exact reward a step at the end, less that of the random policy, less 0.1."""
    return growth(seed)[-1] - server.bounds()["random"] - 0.1


@functools.cache
def sweep(seed: int) -> tuple[dict, dict]:
    """Exact reward a step of each setting of the coefficients, as in the lesson but for the middle c_H."""
    return server.coefficient_sweep((0.005, 0.5, 50.0), (0.0, 3.0), [seed], [growth(seed)[8]])


@claim(
    "07",
    "With separate networks and Adam $c_v$ hardly matters: seed by seed the policies are nearly the same.",
)
def separate_networks_hardly_feel_the_critics_weight(seed: int) -> float:
    """0.02 less the widest gap of the seed's reward a step over c_v."""
    return 0.02 - server.widest(sweep(seed)[0]["separate"])


@claim("07", "With a shared body it matters more.")
def a_shared_body_feels_the_critics_weight_more(seed: int) -> float:
    """The widest gap of the seed's reward a step over c_v with a shared body, less that with separate networks."""
    by_value, _ = sweep(seed)
    return server.widest(by_value["shared body"]) - server.widest(by_value["separate"])


@claim("07", "so the policy stays close to random.")
def a_large_bonus_keeps_the_policy_random(seed: int) -> float:
    """0.05 less the distance of the reward a step from that of the random policy."""
    return 0.05 - abs(sweep(seed)[1][3.0][0] - server.bounds()["random"])
