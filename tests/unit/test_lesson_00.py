"""What lesson 00 claims: its numbers, its map, its notation and its glossary."""

import re
import sys
from pathlib import Path

import gymnasium as gym
import nbformat
import numpy as np
import pytest
import torch

import helpers
from helpers import History, figures
from helpers.learners import Update

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "solutions"))

from build_notebooks import read_source
from screens import ROOM, height, pieces_of_text

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "solutions" / "00_start_here.py").read_text()
LESSON = read_source(ROOT / "solutions" / "00_start_here.py")
TEXT = "\n\n".join(cell.source for cell in LESSON.cells if cell.cell_type == "markdown")


def rows(start: str, end: str) -> list[list[str]]:
    """The rows of the tables between two headings, without their heads."""
    part = TEXT.partition(start)[2].partition(end)[0]
    table = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [row for row in table if row[0] not in ("#", "symbol", "English")]


def test_a_random_agent_lasts_about_22_steps():
    """Four independent rounds of 500 episodes, each stepped by hand with random pushes of its own."""
    env, means = gym.make("CartPole-v1"), []
    for start in range(4):
        rng, lengths = np.random.default_rng(100 + start), []
        for episode in range(500):
            env.reset(seed=10_000 * (start + 1) + episode)
            length, over = 0, False
            while not over:
                _, reward, terminated, truncated, _ = env.step(int(rng.integers(2)))
                assert reward == 1.0
                length, over = length + 1, terminated or truncated
            lengths.append(length)
        means.append(np.mean(lengths))
    mean, error = np.mean(means), np.std(lengths) / 2000**0.5
    assert "# About 22." in SOURCE
    assert abs(mean - 22) < 0.5 + 2 * error
    told = re.search(r"of 2000 episodes: ([\d.]+) steps, standard error ([\d.]+)", shown())
    sampled, its_error = map(float, told.groups())
    assert its_error == pytest.approx(error, rel=0.3)
    assert abs(sampled - mean) < 4 * 2**0.5 * error


def shown() -> str:
    """All text that the executed lesson prints."""
    cells = nbformat.read(ROOT / "solutions" / "00_start_here.ipynb", as_version=4).cells
    return "\n".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def test_475_counts_as_solved_and_an_episode_ends_after_500_steps():
    spec = gym.spec("CartPole-v1")
    assert (spec.reward_threshold, spec.max_episode_steps) == (475.0, 500)


def test_the_numbers_of_the_discount():
    """By repeated multiplication; half after 50 steps is the root that 0.98 and 0.99 enclose."""
    counts = {gamma: np.cumprod(np.full(100, gamma)) for gamma in (0.9, 0.98, 0.99, 0.986)}
    told = f"{counts[0.9][9]:.3f}; and at about 0.986, since it counts {counts[0.98][49]:.3f} at $\\gamma = 0.98$ and "
    assert f"{told}{counts[0.99][49]:.3f} at $\\gamma = 0.99$" in SOURCE
    assert abs(counts[0.986][49] - 0.5) < 0.01
    sentence = figures.discounts((0.9, 0.98, 0.99)).sentence
    told = {float(gamma): int(steps) for steps, gamma in re.findall(r"(\d+) at γ = ([\d.]+\d)", sentence)}
    for gamma, steps in told.items():
        assert abs(counts[gamma][steps - 1] - 0.5) <= min(
            abs(counts[gamma][steps - 2] - 0.5), abs(counts[gamma][steps] - 0.5)
        )
    assert len(told) == 3


def test_the_sentence_of_the_curves_is_made_from_the_runs():
    def sentence(ends):
        updates = [Update(steps, torch.tensor([480.0] * 100), {}, 0.5) for steps in (500, 1000)]
        runs = [History(updates, ended_by=end) for end in ends]
        return figures.learning_curves(runs, "as given", target=475, name="CartPole-v1").sentence

    told = [sentence(["target"] * n + ["limit"] * (5 - n)) for n in (5, 3, 0)]
    words = (
        "all or all but one of the 5 seeds reach 475",
        "some of the 5 seeds",
        "none or one of the 5 seeds",
    )
    for text, expected in zip(told, words, strict=True):
        assert expected in text


def test_the_map_and_the_readme_tell_the_same_questions_and_minutes():
    readme = (ROOT / "README.md").read_text()
    listed = re.findall(r"^\| (\d\d) \| \[`(\w+)`\]\(.+?\) \| (.+?) \| (\d+) \|$", readme, flags=re.M)
    assert [number for number, *_ in listed] == [f"{number:02d}" for number in range(10)]
    mapped = [(re.search(r"\d\d", row[0])[0], row[0], *row[1:]) for row in rows("## 0.2", "## 0.3")]
    assert len(mapped) == 9
    for (number, file, question, minutes), (n, link, q, m) in zip(listed[1:], mapped, strict=True):
        assert (number, question, minutes) == (n, q.replace("$", ""), m)
        assert f"({file}.ipynb)" in link
        assert (ROOT / "notebooks" / f"{file}.ipynb").exists()
    for _, file, question, _ in listed:
        title = nbformat.read(ROOT / "notebooks" / f"{file}.ipynb", as_version=4).cells[0].source
        assert title.splitlines()[0].endswith(f"· {question}"), file
    assert f"{listed[0][3]} minutes" in TEXT
    hours = sum(int(minutes) for *_, minutes in listed) / 60
    assert f"{hours:g} hours" in readme


def test_the_notation_names_what_helpers_holds():
    code = " ".join(row[1] for row in rows("## 0.7", "## 0.8"))
    named = set(re.findall(r"\b([a-z]+(?:_[a-z]+)+|gae|ratio)\b", code))
    assert len(named) >= 9
    assert all(hasattr(helpers, name) for name in named), named


def test_the_glossary_has_a_word_in_each_language_and_no_word_twice():
    words = rows("## 0.8", "## What to remember")
    assert len(words) >= 25
    for english, russian, chinese in words:
        assert re.fullmatch(r"[A-Za-z ,-]+", english)
        assert re.fullmatch(r"[А-Яа-яёЁ—(), :-]+", re.sub(r"\bTD\b|\bt\b", "", russian)), russian
        assert re.fullmatch(r"[\u4e00-\u9fff、 ]+", chinese.replace("KL", "")), chinese
        assert len(english.split(",")) == len(chinese.split("、")), english
    for column in zip(*words, strict=True):
        assert len(set(column)) == len(column)


@pytest.mark.parametrize("part", ["## 0.8 Glossary", "### Estimates", "### Algorithms"])
def test_each_part_of_the_glossary_fits_a_screen_in_large_type(part):
    cell = next(cell for cell in LESSON.cells if "## 0.8" in cell.source)
    (screen,) = [piece for piece in pieces_of_text(cell) if piece.source.startswith(part)]
    assert height(screen) <= 1.2 * ROOM, "slides shrink what is higher, and a table in small type is not read"
