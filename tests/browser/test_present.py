"""A lesson on the wall: one screen at a time, already run, its widgets alive, one's own JupyterLab untouched."""

import os
import re
import sys

import pytest
from driver import REPOSITORY, picture_bytes
from playwright.sync_api import expect

sys.path.insert(0, str(REPOSITORY / "solutions"))

from build_notebooks import sources
from present import presenting_copy, presenting_lab

LESSON = sources(["01"])[0]


@pytest.fixture(scope="module")
def wall(tmp_path_factory, browser):
    """The lesson, open at its first screen."""
    home = tmp_path_factory.mktemp("present") / "home"
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    copy = presenting_copy(LESSON)
    with presenting_lab(copy, LESSON.stem, home, *root) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.strangers = []
        server = address.partition("/doc")[0]
        page.on(
            "request",
            lambda r: None if r.url.startswith((server, "data:", "blob:")) else page.strangers.append(r.url),
        )
        page.set_default_timeout(60_000)
        page.goto(address)
        expect(page.locator(".jp-Cell:visible").first).to_be_visible()
        yield page, copy, address, home
        page.close()


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
