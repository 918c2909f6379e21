"""Fixtures of the browser tests: one JupyterLab and one Chromium for all of them, a fresh page for each."""

import shutil

import pytest
from driver import REPOSITORY, open_page, running_browser, running_lab, write_notebook

IMPORTS = "from demo_widget import demo, every_control, figures_with_two_axes"
# The cell ends when the slider has moved the picture three times: a slider that waits for the cell waits forever.
BUSY = "print('all figures have two axes:', figures_with_two_axes(live, moves=3))"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab on copies of the student notebooks, and on a small demo of the live picture."""
    root = tmp_path_factory.mktemp("notebooks")
    for notebook in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, root)
    shutil.copy(REPOSITORY / "tests" / "browser" / "demo_widget.py", root)
    write_notebook(root / "demo.ipynb", IMPORTS, "demo()", "every_control()")
    write_notebook(root / "busy.ipynb", IMPORTS, "live = demo()\nlive", BUSY)
    with running_lab(root) as lab:
        yield lab


@pytest.fixture(scope="session")
def browser():
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(lab, browser):
    with open_page(browser, lab) as page:
        yield page
