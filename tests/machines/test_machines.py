"""Every solution notebook says the same on other machines: threads, processors, no network, a folder that is read-only."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from notebooks import ROOT, SOURCES, name_of, nbval

MACHINES = {
    "one-thread": {"OMP_NUM_THREADS": "1"},
    "two-threads": {"OMP_NUM_THREADS": "2"},
    "four-threads": {"OMP_NUM_THREADS": "4"},
    "plain-processor": {"ATEN_CPU_CAPABILITY": "default"},
    "compatible-arithmetic": {"MKL_CBWR": "COMPATIBLE"},
    "offline": {"PYTHONPATH": str(Path(__file__).with_name("offline"))},
}
# Rights do not bind root: it gives up what frees it from them.
BOUND = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if os.getuid() == 0
    else []
)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_every_cell_says_what_it_said(source, machine, tmp_path):
    nbval(source.with_suffix(".ipynb"), "--nbval", tmp_path / "report.xml", environment=MACHINES[machine])


def test_the_network_is_really_cut_off():
    call = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    environment = {**os.environ, **MACHINES["offline"]}
    done = subprocess.run(
        [sys.executable, "-c", call], env=environment, capture_output=True, text=True, check=False
    )
    assert "the network is cut off" in done.stderr


@pytest.fixture(scope="module")
def course_nobody_may_write():
    """The course in a folder without any right to write, and a home beside it."""
    with tempfile.TemporaryDirectory() as name:
        course, home = Path(name) / "course", Path(name) / "home"
        home.mkdir()
        for part in ("helpers", "solutions"):
            shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
        paths = [course, *course.rglob("*")]
        for path in paths:
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        yield course, home
        for path in paths:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_folder_that_is_read_only_is_enough(source, course_nobody_may_write):
    course, home = course_nobody_may_write
    environment = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(course)}
    path = course / "solutions" / f"{source.stem}.ipynb"
    nbval(path, "--nbval", home / f"{source.stem}.xml", environment=environment, root=course, before=BOUND)
