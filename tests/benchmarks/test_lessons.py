"""How long a lesson runs from top to bottom and how much memory its kernel then holds: for one, and for a class at once.

Run by `make benchmark`; the limits hold on a quiet machine with two cores. `STUDENTS=4,16 make benchmark` sets the
sizes of the class.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
from nbclient import NotebookClient
from table import keep

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "solutions").glob("[0-9]*.ipynb"))
STUDENTS = [int(number) for number in os.environ.get("STUDENTS", "4,16").split(",")]
IN_CLASS = next(path for path in LESSONS if path.stem.startswith("06"))
MEGABYTE = 1e6
LESSON_LIMIT, CELL_LIMIT, COURSE_LIMIT, MEMORY_LIMIT = 60, 20, 300, 600  # seconds, seconds, seconds, MB
spent: dict[str, float] = {}  # seconds of each lesson, for the sum at the end


def attend(path: Path) -> tuple[list[float], float]:
    """Run a notebook in a kernel of its own: the seconds of each cell, and the kernel's memory at the end in MB."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, kernel_name="python3")
    client.resources = {"metadata": {"path": str(path.parent)}}
    seconds = []
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            begun = time.perf_counter()
            client.execute_cell(cell, number)
            seconds.append(time.perf_counter() - begun)
        kernel = psutil.Process(client.km.provisioner.pid)
        return seconds, kernel.memory_info().rss / MEGABYTE


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_in_a_minute_and_fits_a_small_laptop(path):
    seconds, memory = attend(path)
    spent[path.stem] = sum(seconds)
    keep(path.stem, seconds=sum(seconds), slowest_cell=max(seconds), memory_mb=memory)
    assert sum(seconds) <= LESSON_LIMIT
    assert max(seconds) <= CELL_LIMIT
    assert memory <= MEMORY_LIMIT


def test_the_whole_course_runs_in_five_minutes():
    if len(spent) < len(LESSONS):
        pytest.skip("not every lesson was timed in this run")
    keep("all lessons", seconds=sum(spent.values()))
    assert sum(spent.values()) <= COURSE_LIMIT


def test_memory_of_a_server_that_waits():
    """What each student of a JupyterHub needs besides the kernel."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(10)
        memory = psutil.Process(server.pid).memory_info().rss / MEGABYTE
    finally:
        server.terminate()
        server.wait(20)
    keep("a server that waits", memory_mb=memory)
    assert memory <= MEMORY_LIMIT


@pytest.mark.parametrize("students", STUDENTS)
def test_a_class_that_runs_lesson_06_all_at_once(students):
    """The worst moment of a class: everybody presses Run All. One kernel each, on this machine's cores."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(students) as room:
        attended = list(room.map(attend, [IN_CLASS] * students))
    memory = [megabytes for _, megabytes in attended]
    keep(
        f"{students} students at once, lesson 06",
        cores=os.cpu_count(),
        wall_seconds=time.perf_counter() - begun,
        slowest_cell=float(np.median([max(seconds) for seconds, _ in attended])),
        memory_mb_each=float(np.median(memory)),
    )
    assert max(memory) <= MEMORY_LIMIT
