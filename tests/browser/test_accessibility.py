"""What a screen reader could not use, found by axe-core: nothing grave in what the course writes.

JupyterLab's own frame (its editors, its list of cells) is not ours to mend; cells' texts and outputs are. The lessons
themselves are heard in test_lab.py, where they are open anyway.
"""

import sys
from importlib.resources import files

from driver import REPOSITORY, new_page, open_and_run_all
from playwright.sync_api import expect

sys.path.insert(0, str(REPOSITORY / "solutions"))

import build_site
from build_notebooks import sources

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
OURS = {"include": [[".jp-Cell-outputArea"], [".jp-RenderedMarkdown"]]}
GRAVE = ("critical", "serious")


def grave_findings(page, where=None) -> list[str]:
    """'rule: the element', for each finding."""
    page.evaluate(AXE)
    found = page.evaluate("(where) => axe.run(where ?? document)", where)
    assert found["passes"], "axe has looked at nothing"
    grave = [finding for finding in found["violations"] if finding["impact"] in GRAVE]
    return [f"{finding['id']}: {node['html'][:200]}" for finding in grave for node in finding["nodes"]]


def every_slider_is_called_what_its_label_says(page) -> int:
    widgets = page.locator(".widget-slider")
    for widget in widgets.all():
        label = widget.locator(".widget-label").text_content().strip()
        assert label
        expect(widget.get_by_role("slider")).to_have_accessible_name(label)
    return widgets.count()


def test_every_kind_of_control_can_be_heard_and_axe_would_find_a_picture_without_words(page):
    open_and_run_all(page, "demo.ipynb")
    assert every_slider_is_called_what_its_label_says(page) >= 5
    assert grave_findings(page, OURS) == []

    # And axe would have found one that could not:
    page.locator(".live-picture img").first.evaluate("(picture) => picture.removeAttribute('alt')")
    assert [finding.partition(":")[0] for finding in grave_findings(page, OURS)] == ["image-alt"]


def test_a_page_of_the_site_can_be_heard(browser, tmp_path):
    build_site.build(tmp_path, sources(["01"]))
    page = new_page(browser)
    for path in sorted(tmp_path.glob("*.html")):
        page.goto(path.as_uri())
        assert grave_findings(page) == [], path.name
    page.context.close()
