"""`build/benchmarks.json` in, the table of the README's part "How fast" out, printed."""

import json
import os
import platform
import re
from importlib.metadata import version

from table import RESULTS

Rows = dict[str, dict[str, float]]
VERSIONS = ("torch", "numpy", "gymnasium", "jupyterlab")


def learning(rows: Rows) -> list[tuple[str, str, str]]:
    """What was measured, the number, and the target: one line for each learner's training."""
    table = []
    for name in ("REINFORCE", "REINFORCE with baseline", "A2C", "PPO"):
        run, pace = rows[f"{name} to 475"], rows[f"{name} steps/s against random"]["median_ratio"]
        text = f"{run['median_seconds']:.2f} s ({run['slowest_seconds']:.2f} s); {run['fresh_worst']:.0f}"
        table.append(
            (
                f"{name}: CartPole to 475, median (slowest) of {run['seeds']:.0f} seeds; "
                "worst mean of 100 fresh episodes",
                text,
                "slowest at most 4 times the median; 475",
            )
        )
        table.append(
            (f"{name}: environment steps/s in training, as a share of random stepping", f"{pace:.2f}", "0.25")
        )
    for name, rival in (("REINFORCE", "A2C"), ("A2C", "A2C"), ("PPO", "PPO")):
        row = rows.get(f"{name} against stable-baselines3 {rival}")
        if row:
            seeds = rows[f"stable-baselines3 {rival}"]["seeds"]
            table.append(
                (
                    f"{name}: time to 475, as a share of stable-baselines3's {rival} ({seeds:.0f} seeds)",
                    f"{row['ratio']:.3f}",
                    f"{row['limit']:.2f}",
                )
            )
    return table


def worst(rows: Rows, pattern: str, key: str) -> float:
    """The largest of one number over all rows whose names fit."""
    return max(row[key] for name, row in rows.items() if re.search(pattern, name))


def comfort(rows: Rows) -> list[tuple[str, str, str]]:
    """The same for what a student feels: redraws, imports, whole lessons, memory."""
    lesson = r"^\d\d_"
    table = [
        ("returns and GAE on [1000, 256], times faster than a Python loop",
         f"{rows['returns and GAE on [1000, 256]']['times_faster']:.0f}", "50"),
        ("slider to new picture in the kernel, 95th percentile of the slowest widget",
         f"{worst(rows, 'in the kernel$', 'p95_ms'):.0f} ms", "30 ms"),
        ("key press to new pixels in the browser, the same",
         f"{worst(rows, 'to pixels$', 'p95_ms'):.0f} ms", "100 ms"),
        ("`import helpers`, beyond torch, gymnasium and matplotlib", f"{rows['import helpers']['seconds']:.2f} s", "0.30 s"),
        ("slowest lesson from top to bottom; slowest cell",
         f"{worst(rows, lesson, 'seconds'):.0f} s; {worst(rows, lesson, 'slowest_cell'):.0f} s", "60 s; 20 s"),
        ("all ten lessons", f"{rows['all lessons']['seconds'] / 60:.1f} min", "5 min"),
        ("largest memory of a kernel after its lesson", f"{worst(rows, lesson, 'memory_mb'):.0f} MB", "600 MB"),
    ]  # fmt: skip
    return table


if __name__ == "__main__":
    measured = json.loads(RESULTS.read_text())
    print("| What | Measured | Target |\n|---|---|---|")
    for line in learning(measured) + comfort(measured):
        print(f"| {' | '.join(line)} |")
    print(
        f"\nMeasured on {os.cpu_count()} cores ({platform.machine()}), one torch thread, with Python "
        f"{platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in VERSIONS) + "."
    )
