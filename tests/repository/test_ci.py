"""The workflow for forks runs make and nothing else, monthly against the newest versions that are admitted."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())


def test_every_step_is_make_or_brings_the_files_and_python():
    steps = WORKFLOW["jobs"]["test"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps if "uses" in step] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    (command,) = [step["run"] for step in steps if "run" in step]
    assert re.fullmatch(
        r"make \$\{\{ github.event_name == 'schedule' && 'test-newest' \|\| 'test' \}\}", command
    )
    when = WORKFLOW[True]  # YAML reads the word `on` as true
    assert "push" in when
    minute, hour, day, month, weekday = when["schedule"][0]["cron"].split()
    assert all(number.isdigit() for number in (minute, hour, day))
    assert (month, weekday) == ("*", "*")


def test_the_newest_versions_are_tried_without_pins_and_apart_from_the_students_environment():
    run = subprocess.run(
        ["make", "--dry-run", "--always-make", "test-newest"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    installs = [line for line in run.splitlines() if "pip install" in line]
    assert installs
    assert all("-c /dev/null" in line and line.startswith(".venv-newest/") for line in installs)
    assert "tests/notebooks" in run
    assert ".venv/" not in run
