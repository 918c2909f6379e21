"""A lesson on the wall: one screen at a time, already run, its widgets alive, one's own JupyterLab untouched."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from driver import PATIENCE, REPOSITORY, new_page, picture_bytes
from playwright.sync_api import expect

sys.path.insert(0, str(REPOSITORY / "solutions"))

from build_notebooks import sources
from present import presenting_copy, presenting_lab

LESSON = sources(["01"])[0]
ROOT = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def wall(tmp_path_factory, browser):
    """The lesson, open at its first screen."""
    home = tmp_path_factory.mktemp("present") / "home"
    copy = presenting_copy(LESSON)
    with presenting_lab(copy, LESSON.stem, home, *ROOT) as address:
        page = new_page(browser, viewport={"width": 1280, "height": 720})
        page.strangers = []
        server = address.partition("/doc")[0]
        page.on(
            "request",
            lambda r: None if r.url.startswith((server, "data:", "blob:")) else page.strangers.append(r.url),
        )
        page.goto(address)
        expect(page.locator(".jp-Cell:visible").first).to_be_visible()
        yield page, copy, address, home
        page.context.close()


def place(page):
    return page.locator(".jp-Cell:visible small")


def test_it_opens_with_a_token_on_this_machine_and_keeps_its_files_to_itself(wall):
    page, _, address, home = wall
    assert address.startswith("http://127.0.0.1:")
    assert len(address.partition("?token=")[2]) >= 32
    assert {path.name for path in home.iterdir()} >= {"config", "data", "runtime", "settings", "lesson"}
    assert page.strangers == []


def number_of_screens(cells) -> int:
    """Each has its number."""
    return sum("<small>" in cell.source for cell in cells)


def number_of(page) -> int:
    return int(place(page).inner_text().partition(" / ")[0])


def go_forward(page, last: int) -> None:
    """Screen by screen up to one of them; each fits the window."""
    for number in range(number_of(page), last + 1):
        expect(place(page)).to_have_text(re.compile(f"^{number} / "))
        bottom = page.evaluate(
            """Math.max(...[...document.querySelectorAll('.jp-Notebook .jp-Cell')].filter(
            (cell) => cell.checkVisibility()).map((cell) => cell.getBoundingClientRect().bottom))"""
        )
        assert bottom <= 720, number
        if number < last:
            page.keyboard.press("PageDown" if number % 2 else "ArrowRight")


def test_the_widget_is_alive_without_running_a_cell(wall):
    page, copy, _, _ = wall
    place_of_widget = next(i for i, cell in enumerate(copy.cells) if cell.source.startswith("widgets."))
    go_forward(page, number_of_screens(copy.cells[:place_of_widget]))
    widget = page.locator(".live-picture:visible")
    picture, pixels = widget.locator("img"), picture_bytes(page, widget.locator("img"))
    source = picture.get_attribute("src")
    widget.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowUp")
    expect(picture).not_to_have_attribute("src", source)
    assert picture_bytes(page, picture) != pixels
    page.locator(".jp-Cell:visible").first.click()  # from the widget back to the screen


def test_arrows_go_to_the_last_screen_and_back(wall):
    page, copy, _, _ = wall
    last = number_of_screens(copy.cells)
    go_forward(page, last)
    for key, number in (("PageUp", last - 1), ("ArrowLeft", last - 2)):  # cell by cell
        while number_of(page) > number:
            page.keyboard.press(key)
        assert number_of(page) == number


def test_a_cell_added_on_the_wall_stays_on_its_screen(wall):
    page = wall[0]
    number, cells = number_of(page), page.locator(".jp-Cell:visible")
    before = cells.count()
    page.keyboard.press("b")
    expect(cells).to_have_count(before + 1)
    assert number_of(page) == number
    go_forward(page, number + 2)
    top = page.locator(".jp-Cell:visible:not(.jp-RawCell)").first
    expect(top.locator("small")).to_have_count(1)  # the head, and no cell of the screen before


def test_no_code_stands_where_only_the_outcome_counts(wall):
    hidden = [cell for cell in wall[1].cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert [cell for cell in hidden if cell.source.startswith("widgets.")]
    for cell in wall[1].cells:
        if cell.source.startswith(("widgets.", "figures.", "checks.")):
            assert cell in hidden
        if "exercise" in cell.metadata.get("tags", []):
            assert cell not in hidden
            assert cell.source.endswith("...  # your code here")


class Presentation:
    """The program that `make present` starts, and the processes that it starts."""

    def __init__(self):
        command = [sys.executable, "solutions/present.py", "00", "--no-browser", *ROOT]
        self.program = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        self.processes, self.folder = [], None

    def wait_for_the_kernel(self) -> None:
        ends = time.monotonic() + PATIENCE
        while self.folder is None:
            assert self.program.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.1)
            self.processes = psutil.Process(self.program.pid).children(recursive=True)
            with contextlib.suppress(psutil.NoSuchProcess):  # helpers of the server come and go
                for words in [process.cmdline() for process in self.processes]:
                    if "ipykernel_launcher" in words:
                        self.folder = Path(words[-1]).parents[1]  # of the file of its connection

    def wait_for_the_lesson(self) -> None:
        self.wait_for_the_kernel()
        assert any(line.startswith("http://127.0.0.1:") for line in self.program.stdout)

    def is_whole(self) -> bool:
        lesson = self.folder / "lesson" / "00_start_here.ipynb"
        return lesson.exists() and all(process.is_running() for process in self.processes)

    def stop(self, number: int) -> None:
        self.program.send_signal(number)
        self.program.wait(PATIENCE)

    def is_gone(self) -> bool:
        return not self.folder.exists() and not any(process.is_running() for process in self.processes)


@pytest.fixture
def present():
    """A function that starts a presentation; what a failed test leaves running is killed."""
    started = []

    def start() -> Presentation:
        started.append(Presentation())
        return started[-1]

    yield start
    for presentation in started:
        for process in [presentation.program, *presentation.processes]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        presentation.program.wait()


def test_two_run_beside_each_other_and_each_ends_with_its_server_its_kernel_and_its_folder(present):
    first, second = present(), present()
    first.wait_for_the_lesson()
    second.wait_for_the_lesson()
    assert first.folder != second.folder
    assert len(first.processes) >= 2  # JupyterLab and the kernel
    assert first.is_whole()
    first.stop(signal.SIGINT)
    assert first.is_gone()
    assert second.is_whole()
    second.stop(signal.SIGTERM)
    assert second.is_gone()


def test_one_that_is_stopped_while_its_kernel_starts_leaves_nothing(present):
    presentation = present()
    presentation.wait_for_the_kernel()
    presentation.stop(signal.SIGTERM)
    assert presentation.is_gone()
