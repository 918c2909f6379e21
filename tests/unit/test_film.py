"""A film is read back with Pillow, and its frames compared with the frames it was made of."""

import io

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from helpers.film import animate, film_episode, filmstrip


def moving_square(n_frames=20, height=200, width=300):
    frames = np.full((n_frames, height, width, 3), 255, dtype=np.uint8)
    for k in range(n_frames):
        frames[k, 80:100, 10 * k : 10 * k + 20] = (0, 0, 200)
    return frames


def read(film):
    return Image.open(io.BytesIO(film.png))


def test_the_animation_shows_every_frame_in_its_time():
    picture = read(animate(moving_square(), milliseconds=40, size=(300, 200)))
    assert picture.n_frames == 20
    for k in (0, 7, 19):
        picture.seek(k)
        blue = np.asarray(picture.convert("RGB"))[..., 0] < 100
        columns = np.flatnonzero(blue.any(axis=0))
        assert (columns[0], columns[-1]) == (10 * k, 10 * k + 19)
        assert picture.info["duration"] == (1000 if k == 19 else 40)


def test_rows_that_are_always_background_are_cut_off_and_the_rest_fits():
    picture = read(animate(moving_square(), size=(150, 150)))
    assert picture.width == 150
    assert picture.height == 20  # 20 rows of square, 10 more on both sides, halved


def test_a_film_that_is_too_large_loses_frames_but_not_its_last_one_nor_its_time():
    noise = np.random.default_rng(0).integers(0, 255, (33, 60, 60, 3), dtype=np.uint8)
    full, small = animate(noise, limit=10**9), animate(noise, limit=40_000)
    assert len(full.png) > 40_000 >= len(small.png)
    frames, fewer = read(full), read(small)
    assert fewer.n_frames < frames.n_frames
    frames.seek(frames.n_frames - 1), fewer.seek(fewer.n_frames - 1)
    difference = np.asarray(frames.convert("RGB"), float) - np.asarray(fewer.convert("RGB"), float)
    assert np.abs(difference).mean() < 20  # the palettes part a little
    fewer.seek(0)
    assert fewer.info["duration"] >= 80


def test_the_filmstrip_holds_eight_frames_from_the_first_to_the_last():
    picture = np.asarray(read(filmstrip(moving_square(), size=(300, 200))).convert("RGB"))
    assert picture.shape == (2 * 44 - 4, 4 * 304 - 4, 3)
    first, last = picture[:40, :300], picture[44:84, 3 * 304 : 3 * 304 + 300]
    assert np.flatnonzero((first[..., 0] < 50).any(axis=0))[[0, -1]].tolist() == [0, 19]
    assert np.flatnonzero((last[..., 0] < 50).any(axis=0))[[0, -1]].tolist() == [190, 209]


@pytest.mark.filterwarnings("error")
def test_a_whole_cartpole_episode_on_film_stays_under_100_kb():
    def balance(obs):
        return int(obs[2] + 0.3 * obs[3] + 0.02 * obs[0] + 0.05 * obs[1] > 0)

    moving, strip = film_episode(gym.make("CartPole-v1", render_mode="rgb_array"), balance, seed=0)
    assert moving.text.startswith("One episode: 500 steps, return 500")
    assert len(moving.png) + len(strip.png) < 100_000
    picture = read(moving)
    assert picture.n_frames > 200
    assert (picture.width, picture.height) <= (300, 150)
    seconds = sum((picture.seek(k), picture.info["duration"])[1] for k in range(picture.n_frames)) / 1000
    assert seconds == pytest.approx(500 / 50 + 1)  # 50 steps a second, and the rest on the last frame


def test_a_notebook_gets_the_picture_and_a_sentence():
    bundle = animate(moving_square(), text="A square moves right")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}
    assert bundle["text/plain"] == "A square moves right"


def test_one_frame_is_a_film_too():
    assert read(animate(moving_square(1))).size == (300, 40)
    assert read(filmstrip(moving_square(1), size=(300, 200))).size == (300, 40)


def test_what_are_no_frames_is_refused():
    with pytest.raises(ValueError, match="frames: expected uint8"):
        animate(np.zeros((3, 10, 10)))
    with pytest.raises(ValueError, match="frames: expected uint8"):
        filmstrip([])
    with pytest.raises(ValueError, match="render_mode"):
        film_episode(gym.make("CartPole-v1"), lambda obs: 0, seed=0)
