"""A student in a real JupyterLab: opens a lesson, runs all, moves a slider, fills an exercise, reads a check.

A new lesson is a new entry of `LESSONS`.
"""

import dataclasses

import pytest
from driver import (
    REPOSITORY,
    cell_errors,
    cell_text,
    cells,
    find_cell,
    open_and_run_all,
    open_notebook,
    open_page,
    photograph,
    picture_bytes,
    run_cell,
    screenshots_folder,
    set_cell_source,
    start_cell,
)
from playwright.sync_api import expect
from test_accessibility import OURS, every_slider_is_called_what_its_label_says, grave_findings

from helpers import checks

STUB = "...  # your code here"


@dataclasses.dataclass(frozen=True)
class Lesson:
    """One lesson as the browser tests see it.

    Args:
        name: the notebook, without its ending.
        exercise: one of its exercises, without `my_`.
        wrong: a body that makes a mistake of the catalogue.
        right: a body that is right.
    """

    name: str
    exercise: str
    wrong: str
    right: str

    @property
    def notebook(self) -> str:
        return f"{self.name}.ipynb"


LESSONS = [
    Lesson(
        "01_why_learn_the_policy",
        exercise="mean_squared_error",
        wrong="return ((estimate - truth) ** 2).sum()",
        right="return ((estimate - truth) ** 2).mean()",
    ),
    Lesson(
        "02_stochastic_policies",
        exercise="reparameterized_sample",
        wrong="return mean + log_std * noise",
        right="return mean + log_std.exp() * noise",
    ),
    Lesson(
        "03_log_derivative_trick",
        exercise="softmax_score",
        wrong="return torch.eye(len(logits))[action] - logits",
        right="return torch.eye(len(logits))[action] - logits.softmax(0)",
    ),
    Lesson(
        "04_eglp_lemma",
        exercise="leave_one_out",
        wrong="return returns.mean().expand(len(returns))",
        right="return (returns.sum() - returns) / (len(returns) - 1)",
    ),
    Lesson(
        "06_baselines",
        exercise="standardize",
        wrong="return (x - x.mean()) / (x.std(correction=0) + 1e-8)",
        right="away = x - x[0]\n    return (away - away.mean()) / (away.std(correction=0) + 1e-8)",
    ),
]


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request) -> Lesson:
    assert (REPOSITORY / "notebooks" / request.param.notebook).exists(), "make notebooks has not built it"
    return request.param


@pytest.fixture(scope="module")
def opened(lab, browser, lesson):
    """The lesson, opened and run once for all its tests; they may come in any order, and leave it without errors."""
    with open_page(browser, lab) as page:
        open_and_run_all(page, lesson.notebook)
        yield page


def press_arrow_and_see(page, widget) -> None:
    """Move the widget's first slider by one key press; the number beside it and the picture follow."""
    picture, readout = widget.locator("img").first, widget.locator(".widget-readout").first
    expect(picture).to_be_visible()
    number, source, pixels = readout.inner_text(), picture.get_attribute("src"), picture_bytes(page, picture)
    slider = widget.get_by_role("slider").first
    slider.focus()
    # A slider that stands at its upper end can only go down.
    at_the_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    page.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
    expect(readout).not_to_have_text(number)
    expect(picture).not_to_have_attribute("src", source)
    assert picture_bytes(page, picture) != pixels


def reset_and_see(page, widget, pixels: str) -> None:
    """Press Reset by keyboard; the picture is the first one again, to the pixel."""
    picture = widget.locator("img").first
    source = picture.get_attribute("src")
    widget.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    expect(picture).not_to_have_attribute("src", source)
    assert picture_bytes(page, picture) == pixels


@pytest.mark.parametrize("mode", ["disabled", "perComm", "perCommTarget"])
def test_live_picture_in_every_subshell_mode(lab, page, mode):
    lab.set_setting("@jupyterlab/apputils-extension:kernels-settings", commsOverSubshells=mode)
    open_and_run_all(page, "demo.ipynb")
    assert cell_errors(page) == []
    widget = page.locator(".live-picture").first
    spoken = widget.get_by_role("status")
    expect(spoken).to_have_text("The mean squared error is 0.00. Drawn in the main thread.")
    first = picture_bytes(page, widget.locator("img"))
    # 1.0 becomes 1.5, then 2.0, so the error is 0.5 ** 2 / 4, then 1 / 4; and the mode is really on, or really off.
    # (The kernel routes a slider's first message to the thread that made it, so the second one tells.)
    press_arrow_and_see(page, widget)
    expect(spoken).to_contain_text("The mean squared error is 0.06.")
    press_arrow_and_see(page, widget)
    thread = "the main" if mode == "disabled" else "another"
    expect(spoken).to_have_text(f"The mean squared error is 0.25. Drawn in {thread} thread.")
    reset_and_see(page, widget, first)
    assert page.strangers == []


def test_slider_answers_while_a_cell_draws_with_pyplot(lab, page):
    lab.set_setting("@jupyterlab/apputils-extension:kernels-settings", commsOverSubshells="perCommTarget")
    open_notebook(page, "busy.ipynb")
    run_cell(page, 0)
    run_cell(page, 1)
    widget = page.locator(".live-picture").first
    press_arrow_and_see(page, widget)  # from the next press on, a thread of its own answers this slider
    start_cell(page, 2)
    presses = 0
    while not page.evaluate("window.cellDone"):
        press_arrow_and_see(page, widget)
        presses += 1
    assert presses >= 3
    assert cell_errors(page) == []
    assert "all figures have two axes: True" in cell_text(page, 2)


def test_every_kind_of_control_works_from_the_keyboard(page):
    open_and_run_all(page, "demo.ipynb")
    widget = page.locator(".live-picture").nth(1)
    spoken = widget.get_by_role("status")
    for count in (1, 2, 3):
        widget.get_by_role("button", name="Step").press("Enter")
        expect(spoken).to_contain_text(f"After {count} step")
    picture = widget.locator("img")
    keys = {
        widget.get_by_role("checkbox"): ["Space"],
        widget.get_by_role("combobox"): ["Space", "ArrowDown", "Enter"],  # opens, chooses, closes
        widget.get_by_role("button", name="points"): ["Enter"],
    }
    for control, presses in keys.items():
        source, pixels = picture.get_attribute("src"), picture_bytes(page, picture)
        control.focus()
        for key in presses:
            page.keyboard.press(key)
        expect(picture).not_to_have_attribute("src", source)
        assert picture_bytes(page, picture) != pixels
    widget.get_by_role("button", name="Reset").press("Enter")
    expect(spoken).to_have_text("After 0 steps walk a stands at 0.")


def test_lesson_runs_from_top_to_bottom(opened, lesson):
    assert cell_errors(opened) == []
    code = [cell for cell in cells(opened) if cell["type"] == "code"]
    assert len(code) > 0
    assert opened.strangers == [], "a lesson must not need the internet"
    assert photograph(opened, screenshots_folder(), lesson.name)


def first_widget(page) -> int:
    """The index of the first cell under which a widget stands."""
    return next(
        cell["index"]
        for cell in cells(page)
        if any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in cell["outputs"])
    )


def test_lesson_and_its_figures_can_be_heard(opened, lesson):
    assert cell_text(opened, first_widget(opened)) != ""
    expect(opened.locator(".live-picture").first).to_be_visible()
    assert every_slider_is_called_what_its_label_says(opened) >= 1
    assert grave_findings(opened, OURS) == []


def test_lesson_widget_follows_the_keyboard(opened, lesson):
    assert cell_text(opened, first_widget(opened)) != ""
    widget = opened.locator(".live-picture").first
    first = picture_bytes(opened, widget.locator("img").first)
    spoken = widget.get_by_role("status").inner_text()
    press_arrow_and_see(opened, widget)
    expect(widget.get_by_role("status")).not_to_have_text(spoken)
    reset_and_see(opened, widget, first)


def test_check_tells_a_wrong_answer_from_a_right_one(opened, lesson):
    exercise = find_cell(opened, f"def my_{lesson.exercise}(", tag="exercise")
    check = find_cell(opened, f"checks.{lesson.exercise}(", tag="check")
    empty = next(cell["source"] for cell in cells(opened) if cell["index"] == exercise)
    assert empty.count(STUB) == 1
    assert "not started" in cell_text(opened, check)
    for body, status in ((lesson.wrong, "not yet"), (lesson.right, "correct")):
        source = empty.replace(STUB, body)
        set_cell_source(opened, exercise, source)
        run_cell(opened, exercise)
        run_cell(opened, check)
        expected = judge(lesson, source)
        assert expected.status == status
        words = " ".join(cell_text(opened, check).split())
        assert status in words
        assert expected.message.replace("`", "") in words.replace("`", "")
    assert cell_errors(opened) == []


def judge(lesson: Lesson, source: str):
    """What the check says of the same source here, without a browser."""
    import torch

    namespace = {"torch": torch}
    exec(source, namespace)
    return getattr(checks, lesson.exercise)(namespace[f"my_{lesson.exercise}"])
