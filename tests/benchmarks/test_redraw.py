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
from table import keep

BROWSER_TESTS = Path(__file__).parents[1] / "browser"
sys.path.append(str(BROWSER_TESTS))

from demo_widget import demo  # noqa: E402

import helpers.widgets  # noqa: E402
from helpers.live import LivePicture  # noqa: E402

KERNEL_LIMIT, BROWSER_LIMIT = 0.030, 0.100  # seconds, 95th percentile
DRAGS = [  # a widget, and a control of which every step shows
    ("demo", "q0"),
    ("discount", "gamma"),
    ("q_table", "q00"),
    ("policy_shapes", "share"),
    ("simplex", "rock"),
    ("finite_differences", "eps"),
    ("eglp", "samples"),
    ("credit", "gamma"),
    ("reward_shift", "shift"),
    ("reward_shift", "baseline"),
    ("baseline_parabola", "p"),
    ("gae_mixer", "lam"),
    ("critic_map", "updates"),
    ("ppo_clip", "ratio"),
    ("grpo_group", "p"),
]

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
    keep(f"{name} {where}", median_ms=1e3 * median, p95_ms=1e3 * late, limit_ms=1e3 * limit)
    assert late <= limit


def make(name: str) -> LivePicture:
    """The widget of that name."""
    return (demo if name == "demo" else getattr(helpers.widgets, name))()


def stops(control, count: int = 60) -> list:
    """Values from one end of a slider to the other, all different."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    places = np.linspace(control.min, control.max, count)
    if isinstance(control, ipywidgets.FloatLogSlider):
        return list(control.base**places)
    return list(dict.fromkeys(places.round().astype(int).tolist() if is_whole(control) else places.tolist()))


def is_whole(control) -> bool:
    """Whether it is a slider of whole numbers."""
    return isinstance(control, ipywidgets.IntSlider)


@pytest.mark.parametrize(("name", "control"), DRAGS)
def test_redraw_in_the_kernel(name, control):
    slider = make(name).controls[control]
    seconds, values = [], stops(slider)
    for value in (values + values[::-1]) * -(-60 // (2 * len(values))):
        if value == slider.value:
            continue  # nothing would be drawn
        begin = time.perf_counter()
        slider.value = value  # computes and draws, as a message from the browser does
        seconds.append(time.perf_counter() - begin)
    report(f"{name}, {control}", "in the kernel", seconds, KERNEL_LIMIT)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A lab and a browser for all rows, and the folder of the lab."""
    from driver import running_browser, running_lab

    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(BROWSER_TESTS / "demo_widget.py", folder)
    with running_lab(folder) as lab, running_browser() as browser:
        yield folder, lab, browser


def slider_of(page, name: str, control: str):
    """The handle of one of the widget's sliders, found by its place among them."""
    controls = make(name).controls
    sliders = [key for key, one in controls.items() if type(one).__name__.endswith("Slider")]
    return page.locator(".live-picture").get_by_role("slider").nth(sliders.index(control))


def drag(page, slider, presses: int = 60) -> None:
    """Move a slider from its lower end by that many key presses, back and forth if need be."""
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(1000)
    page.evaluate(STOPWATCH)
    key = "ArrowRight"
    for press in range(presses):
        now, low, high = (slider.get_attribute(f"aria-value{part}") for part in ("now", "min", "max"))
        key = {high: "ArrowLeft", low: "ArrowRight"}.get(now, key)
        page.keyboard.press(key)
        page.wait_for_function(f"window.seconds.length === {press + 1}")
        page.wait_for_timeout(50)


@pytest.mark.parametrize(("name", "control"), DRAGS)
def test_key_press_to_pixels_in_the_browser(name, control, desk):
    from driver import cell_errors, open_and_run_all, open_page, write_notebook

    folder, lab, browser = desk
    module = "demo_widget" if name == "demo" else "helpers.widgets"
    write_notebook(folder / f"{name}.ipynb", f"from {module} import {name}", f"{name}()")
    with open_page(browser, lab) as page:
        open_and_run_all(page, f"{name}.ipynb")
        assert cell_errors(page) == []
        drag(page, slider_of(page, name, control))
        seconds = page.evaluate("window.seconds")
    report(f"{name}, {control}", "from key press to pixels", seconds, BROWSER_LIMIT)
