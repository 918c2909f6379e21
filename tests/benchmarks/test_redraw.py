"""How fast a picture follows its control: in the kernel, and from key press to new pixels in the browser.

Run by `make benchmark`; the limits hold on a quiet machine, so `make test` does not run it.
"""

import shutil
import sys
import time
from pathlib import Path

import ipywidgets
import numpy as np
import pytest

BROWSER_TESTS = Path(__file__).parents[1] / "browser"
sys.path.append(str(BROWSER_TESTS))

from demo_widget import demo  # noqa: E402

import helpers.widgets  # noqa: E402
from helpers.live import LivePicture  # noqa: E402

KERNEL_LIMIT, BROWSER_LIMIT = 0.030, 0.100  # seconds, 95th percentile
WIDGETS = {"demo": demo, **{name: getattr(helpers.widgets, name) for name in ("q_table",)}}

# From the key press until the browser has decoded the next picture and is about to paint it.
STOPWATCH = """
() => {
    const picture = document.querySelector('.live-picture img');
    window.seconds = [];
    let pressed = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    picture.addEventListener('load', () => requestAnimationFrame(() => {
        if (pressed !== null) { window.seconds.push((performance.now() - pressed) / 1000); pressed = null; }
    }));
}
"""


def report(name: str, where: str, seconds: list[float], limit: float) -> None:
    """Print the row of the table, and hold the limit."""
    median, late = np.percentile(seconds, [50, 95])
    print(
        f"\n{name} {where}: median {1e3 * median:.1f} ms, p95 {1e3 * late:.1f} ms, limit {1e3 * limit:.0f} ms"
    )
    assert late <= limit


def numbers(live: LivePicture) -> dict:
    """The controls that hold a number on a scale."""
    scales = (ipywidgets.FloatSlider, ipywidgets.IntSlider)
    return {name: control for name, control in live.controls.items() if isinstance(control, scales)}


@pytest.mark.parametrize("name", WIDGETS)
def test_redraw_in_the_kernel(name):
    live = WIDGETS[name]()
    seconds = []
    for sweep in range(60):
        for control in numbers(live).values():
            control.value = control.min + (control.max - control.min) * ((7 * sweep) % 60) / 60
            begin = time.perf_counter()
            live.redraw()
            seconds.append(time.perf_counter() - begin)
    report(name, "in the kernel", seconds, KERNEL_LIMIT)


@pytest.mark.parametrize("name", WIDGETS)
def test_key_press_to_pixels_in_the_browser(name, tmp_path):
    from driver import cell_errors, open_and_run_all, open_page, running_browser, running_lab, write_notebook

    shutil.copy(BROWSER_TESTS / "demo_widget.py", tmp_path)
    module = "demo_widget" if name == "demo" else "helpers.widgets"
    write_notebook(tmp_path / "one.ipynb", f"from {module} import {name}", f"{name}()")
    with running_lab(tmp_path) as lab, running_browser() as browser, open_page(browser, lab) as page:
        open_and_run_all(page, "one.ipynb")
        assert cell_errors(page) == []
        slider = page.locator(".live-picture").get_by_role("slider").first
        slider.focus()
        page.evaluate(STOPWATCH)
        for press in range(60):
            page.keyboard.press("ArrowRight" if press % 20 < 10 else "ArrowLeft")
            page.wait_for_function(f"window.seconds.length === {press + 1}")
            page.wait_for_timeout(50)
        report(name, "from key press to pixels", page.evaluate("window.seconds"), BROWSER_LIMIT)
