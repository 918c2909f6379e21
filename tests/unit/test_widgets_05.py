"""The pure functions behind the widgets of lesson 05, and that their pictures follow."""

import itertools

import pytest
import torch
from matplotlib.figure import Figure

from helpers import train, widgets
from helpers.widgets.lesson_05 import EPISODES, WEIGHTS, _fit, plain_reinforce, shares, weights_of

TOTAL, TO_GO, WITH_POWER = WEIGHTS
REWARDS = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)


@pytest.mark.parametrize(
    ("kind", "gamma", "weights"),
    [
        (TOTAL, 0.5, [3.0, 3.0, 3.0]),  # 1 + 2/2 + 4/4
        (TO_GO, 0.5, [3.0, 4.0, 4.0]),  # the above; 2 + 4/2; 4
        (WITH_POWER, 0.5, [3.0, 2.0, 1.0]),  # the row above times 1, 1/2, 1/4
        (TOTAL, 0.0, [1.0, 1.0, 1.0]),
        (TO_GO, 0.0, [1.0, 2.0, 4.0]),  # each its own reward
        (WITH_POWER, 0.0, [1.0, 0.0, 0.0]),  # 0^0 = 1
        (TO_GO, 1.0, [7.0, 6.0, 4.0]),
        (WITH_POWER, 1.0, [7.0, 6.0, 4.0]),
    ],
)
def test_weights_by_hand(kind, gamma, weights):
    assert weights_of(REWARDS, gamma, kind).tolist() == weights


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("episode", EPISODES)
def test_the_shares_of_the_rewards_add_up_to_the_weight(kind, gamma, episode):
    rewards = torch.tensor(EPISODES[episode], dtype=torch.float64)
    weights = weights_of(rewards, gamma, kind)
    for action in range(len(rewards)):
        counted = shares(len(rewards), gamma, kind, action)
        assert (counted @ rewards).item() == pytest.approx(weights[action].item(), abs=1e-12)
        assert ((counted >= 0) & (counted <= 1)).all()
        if kind != TOTAL:
            assert not counted[:action].any()  # the past does not count


@pytest.mark.parametrize("episode", EPISODES)
def test_no_bar_leaves_the_picture(episode):
    rewards = torch.tensor(EPISODES[episode], dtype=torch.float64)
    ax = Figure().subplots()
    _fit(
        ax, [weights_of(rewards, g, kind) for g in (0.0, 0.5, 1.0) for kind in WEIGHTS]
    )  # as the widget does
    low, high = ax.get_ylim()
    for kind, gamma in itertools.product(WEIGHTS, torch.linspace(0, 1, 101).tolist()):
        weights = weights_of(rewards, gamma, kind)
        assert low < weights.min() <= weights.max() < high, (kind, gamma)


def test_the_picture_follows_every_control():
    widget = widgets.credit()
    pictures, first = {widget.picture.value}, widget.sentence
    # 1 + 0.9 + ... + 0.9^8 = (1 - 0.9^9) / 0.1 for the action at t = 3 of twelve
    assert f"{(1 - 0.9**9) / 0.1:+.3f}" in first
    for name, value in (
        ("gamma", 0.5),
        ("action", 7),
        ("kind", WITH_POWER),
        ("episode", "a goal at the end"),
    ):
        widget.controls[name].value = value
        assert widget.picture.value not in pictures
        pictures.add(widget.picture.value)
    assert f"{0.5**11:+.3f}" in widget.sentence
    widget.reset()
    assert widget.sentence == first


def test_live_training_waits_for_a_button_and_then_gives_the_numbers_of_train():
    live = widgets.live_training()
    assert (live.state, len(live.history)) == ("ready", 0)
    live.step_button.click()
    live.wait()
    live.stop()
    drained = train(plain_reinforce(), max_updates=1, progress=False)
    assert torch.equal(live.history.episode_returns, drained.episode_returns)
    assert live.history.updates[0].losses == drained.updates[0].losses


def test_live_training_takes_another_learner():
    live = widgets.live_training(lambda: plain_reinforce(seed=5), "Another", target=None, returns=(0, 100))
    live.step()
    live.wait()
    live.stop()
    assert torch.equal(
        live.history.episode_returns, train(plain_reinforce(5), max_updates=1, progress=False).episode_returns
    )
