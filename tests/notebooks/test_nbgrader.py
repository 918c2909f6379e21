"""An instructor's course in nbgrader: full marks for a full notebook, none for an empty one, the share for a part."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from notebooks import ROOT, SOURCES, read

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "policy_gradients"
c.ClearSolutions.code_stub = {"python": "...  # your code here"}
c.Execute.timeout = 600
"""


def nbgrader(course, *arguments) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ["PATH"]]
    )  # nbgrader calls alembic by name
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def hand_in(course, student: str, notebook, name: str) -> None:
    folder = course / "submitted" / student / "week1"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / name)


def marks(course) -> dict[str, tuple[float, float]]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {s.student.id: (s.score, s.max_score) for s in book.assignment_submissions("week1")}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(CONFIG)
    solution = SOURCES[0].with_suffix(".ipynb")
    (course / "source" / "week1").mkdir(parents=True)
    shutil.copy(solution, course / "source" / "week1")
    nbgrader(course, "generate_assignment", "week1")
    empty = read(course / "release" / "week1" / solution.name)
    full, half = read(solution), read(course / "release" / "week1" / solution.name)
    exercises = [i for i, cell in enumerate(full.cells) if "exercise" in cell.metadata.get("tags", [])]
    for index in exercises[: len(exercises) // 2]:
        half.cells[index].source = full.cells[index].source
    for student, notebook in [("full", full), ("half", half), ("empty", empty)]:
        hand_in(course, student, notebook, solution.name)
    nbgrader(course, "autograde", "week1")
    return marks(course), len(exercises), empty


def test_the_share_of_right_exercises_is_the_share_of_the_marks(graded):
    given, count, _ = graded
    assert given == {"full": (count, count), "half": (count // 2, count), "empty": (0, count)}


def test_the_guide_gives_the_configuration_that_is_tried_here():
    assert CONFIG.strip() in (ROOT / "solutions" / "README.md").read_text()


def test_what_students_are_given_holds_no_solution(graded):
    *_, released = graded
    assert "SOLUTION" not in nbformat.writes(released)
