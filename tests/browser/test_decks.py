"""A deck at 1280 x 720: every slide fits, the keys go from slide to slide, nothing is fetched."""

import sys

import pytest
from driver import REPOSITORY, new_page
from test_accessibility import grave_findings

sys.path.insert(0, str(REPOSITORY / "solutions"))

from build_notebooks import sources
from build_slides import build

SCREEN = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    build(folder, sources([]))
    return folder


def test_every_slide_fits_the_screen_and_loads_nothing(decks, browser):
    page, fetched = new_page(browser, viewport=SCREEN), []
    page.on("request", lambda request: fetched.append(request.url))
    for deck in sorted(decks.glob("*.html")):
        page.goto(deck.as_uri())
        sizes = page.evaluate(
            "[...document.querySelectorAll('section')].map((s) => [s.scrollWidth, Math.floor(s.getBoundingClientRect().height)])"
        )
        too_large = [number for number, size in enumerate(sizes, start=1) if size[0] > 1280 or size[1] > 720]
        assert too_large == [], deck.stem
        if deck.stem.startswith("01"):
            assert grave_findings(page) == []
    assert {url.partition(":")[0] for url in fetched} <= {"file", "data"}
    assert len([url for url in fetched if url.startswith("file")]) == len(list(decks.glob("*.html")))
    page.context.close()


def test_keys_go_from_slide_to_slide(decks, browser):
    page = new_page(browser, viewport=SCREEN)
    page.goto(sorted(decks.glob("0*.html"))[0].as_uri())
    shown = """[...document.querySelectorAll('section')].findIndex(
        (slide) => Math.abs(slide.getBoundingClientRect().top) < 2)"""
    last = page.locator("section").count() - 1
    for key, place in [
        ("PageDown", 1),
        (" ", 2),
        ("ArrowRight", 3),
        ("ArrowUp", 2),
        ("End", last),
        ("Home", 0),
    ]:
        page.keyboard.press(key)
        page.wait_for_function(f"{shown} === {place}")
    page.context.close()
