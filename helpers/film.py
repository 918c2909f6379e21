"""Frames of an episode in, an animation and a filmstrip out, small enough for a notebook."""

import base64
import io
import os
from dataclasses import dataclass

import gymnasium as gym
import numpy as np
from IPython.display import display
from PIL import Image, ImageDraw

from .rollouts import play

__all__ = ["Film", "animate", "film_episode", "filmstrip"]

COLOURS, WIDTH, LIMIT = 16, 300, 100_000  # pixels, bytes


@dataclass(frozen=True)
class Film:
    """A picture that a notebook shows, moving or not, and under it a sentence that says what it shows.

    Args:
        png: the bytes of a PNG, or of an animated PNG.
        text: what the picture shows, in one sentence.
    """

    png: bytes
    text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text, "image/png": base64.b64encode(self.png).decode()}

    def _ipython_display_(self) -> None:
        display(self._repr_mimebundle_(), raw=True)
        display({"text/markdown": self.text, "text/plain": self.text}, raw=True)

    def __repr__(self) -> str:
        return self.text


class _Camera(gym.Wrapper):
    """Keeps a frame of every few steps, the first and the last among them."""

    def __init__(self, env: gym.Env, every: int):
        super().__init__(env)
        self.every, self.frames, self.steps, self.clock = every, [], [], 0

    def reset(self, **options):
        result = self.env.reset(**options)
        self._shoot()
        return result

    def step(self, action):
        result = self.env.step(action)
        self.clock += 1
        if self.clock % self.every == 0 or result[2] or result[3]:
            self._shoot()
        return result

    def _shoot(self):
        picture = Image.fromarray(self.env.render())
        picture.thumbnail((WIDTH, WIDTH), Image.Resampling.BOX)  # small at once: 500 full frames fill 360 MB
        self.frames.append(np.asarray(picture))
        self.steps.append(self.clock)


def film_episode(
    env: gym.Env, policy, *, seed: int, every: int = 2, max_steps: int = 1000
) -> tuple[Film, Film]:
    """Play one episode before a camera.

    Args:
        env: a Gymnasium environment made with `render_mode="rgb_array"`.
        policy, seed, max_steps: as in `play`.
        every: int >= 1; a frame every so many steps.

    Returns:
        The animation, in the environment's own time, and the filmstrip of eight frames.

    Raises:
        ValueError: if the environment draws no frames.
    """
    if env.render_mode != "rgb_array":
        raise ValueError(f'env: expected render_mode="rgb_array", got {env.render_mode!r}')
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # frames are drawn without a screen
    camera = _Camera(env, every)
    trajectory = play(camera, policy, seed=seed, max_steps=max_steps)
    text = f"One episode: {len(trajectory)} steps, return {float(trajectory.rewards.sum()):.0f}"
    moving = animate(
        camera.frames,
        milliseconds=1000 * every / env.metadata.get("render_fps", 30),
        text=f"{text}, animated",
    )
    return moving, filmstrip(camera.frames, steps=camera.steps, text=f"{text}, as a filmstrip")


def animate(
    frames, *, milliseconds: float = 40, size=(300, 150), limit: int = LIMIT, text="An animation"
) -> Film:
    """An animated PNG that plays for ever and rests for a second on its last frame.

    Args:
        frames: uint8 [F, H, W, 3], F >= 1.
        milliseconds: how long a frame stands.
        size: the largest width and height, in pixels.
        limit: bytes; frames are left out, every second one at a time, until the film fits.
        text: what it shows.
    """
    pictures, times = _few_colours(_cropped(_checked(frames), size)), milliseconds
    png = _encoded(pictures, times)
    while len(png) > limit and len(pictures) > 2:
        pictures, times = [*pictures[:-1:2], pictures[-1]], 2 * times
        png = _encoded(pictures, times)
    return Film(png, text)


def filmstrip(
    frames, *, count: int = 8, columns: int = 4, size=(150, 75), steps=None, text="A filmstrip"
) -> Film:
    """Frames at equal distances in time, the first and the last among them, row by row in one still picture.

    Args:
        frames: uint8 [F, H, W, 3], F >= 1.
        count: int >= 1, at most so many frames.
        columns: int >= 1, so many in a row.
        size: the largest width and height of one frame, in pixels.
        steps: int [F], the number written into each frame, or None.
        text: what it shows.
    """
    frames = _checked(frames)
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(count, len(frames))).round().astype(int))
    pictures = [Image.fromarray(np.asarray(picture)) for picture in _cropped(frames, size, chosen)]
    width, height = pictures[0].width + 4, pictures[0].height + 4
    rows = -(-len(pictures) // columns)
    strip = Image.new("RGB", (width * min(columns, len(pictures)) - 4, height * rows - 4), "#555555")
    for k, (index, picture) in enumerate(zip(chosen, pictures, strict=True)):
        if steps is not None:
            ImageDraw.Draw(picture).text((3, 0), f"step {steps[index]}", fill="#555555")
        strip.paste(picture, (width * (k % columns), height * (k // columns)))
    return Film(_encoded(_few_colours([strip]), 0), text)


def _checked(frames) -> np.ndarray:
    frames = np.asarray(frames)
    if frames.ndim != 4 or frames.shape[-1] != 3 or len(frames) == 0 or frames.dtype != np.uint8:
        raise ValueError(
            f"frames: expected uint8 [F, H, W, 3], F >= 1, got {frames.dtype} {list(frames.shape)}"
        )
    return frames


def _cropped(frames: np.ndarray, size, chosen=slice(None)) -> list[Image.Image]:
    """Cut off the rows that are background in every frame, and shrink what is left into `size`."""
    background = frames[0, 0, 0]
    drawn = np.flatnonzero((frames != background).any(axis=(0, 2, 3)))
    top, bottom = (max(drawn[0] - 10, 0), drawn[-1] + 11) if len(drawn) else (0, frames.shape[1])
    pictures = [Image.fromarray(frame[top:bottom]) for frame in frames[chosen]]
    for picture in pictures:
        picture.thumbnail(size, Image.Resampling.LANCZOS)
    return pictures


def _few_colours(pictures: list[Image.Image]) -> list[Image.Image]:
    """The same few colours for all frames, without dithering: what does not move costs nothing."""
    samples = pictures[:: max(1, len(pictures) // 8)]
    sheet = Image.fromarray(np.concatenate([np.asarray(picture) for picture in samples]))
    palette = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]


def _encoded(pictures: list[Image.Image], milliseconds: float) -> bytes:
    buffer, rest = io.BytesIO(), pictures[1:]
    options = {"save_all": True, "append_images": rest, "loop": 0} if rest else {}
    if rest:
        options["duration"] = [milliseconds] * len(rest) + [1000]
    pictures[0].save(buffer, format="PNG", optimize=True, **options)
    return buffer.getvalue()
