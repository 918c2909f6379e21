"""Measure every claim over 20 seeds on up to three instruction sets, and write the table `results.md`.

python tests/claims/run.py               all lessons
python tests/claims/run.py 05 09         two of them; the other rows stay as they are
"""

import multiprocessing
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

SEEDS = range(200, 220)  # the lessons use seeds below 200
ENOUGH = 19  # of the 20 seeds, on each instruction set
RESULTS = Path(__file__).with_name("results.md")
SETS = {  # what makes torch and its libraries compute as on another processor
    "default": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "MKL_CBWR": "COMPATIBLE"},
    "AVX2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "AVX512": {},
}
HEAD = f"""# What the lessons say of trained runs, measured

`make test-claims` writes this table: each claim over {len(SEEDS)} seeds that no lesson uses, on each instruction set
that the machine has. A claim that holds on fewer than {ENOUGH} of them is weakened or dropped, in its lesson. The margin
says by how much the claim holds on the worst seed, in the claim's own unit (the function of that name in this folder says
which). Seconds are of one seed; claims of one lesson share their runs, so the first one of them pays. The version changes
with the claim.

| claim | lesson | {" | ".join(SETS)} | worst margin | seconds | version | sentence |
|---|---|{"---|" * len(SETS)}---|---|---|---|
"""


def measure(lesson: str, seed: int) -> list[tuple[str, float, float]]:
    """(claim, margin, seconds) of every claim of a lesson, in one process so that they share their runs."""
    from claims import all_claims

    rows = []
    for claim in all_claims().values():
        if claim.lesson == lesson:
            begun = time.perf_counter()
            margin = float(claim.margin(seed))
            rows.append((claim.name, margin, time.perf_counter() - begun))
    return rows


def sets_of_this_machine() -> list[str]:
    """The instruction sets that this machine can compute with, the poorest first."""
    import torch

    own = torch.backends.cpu.get_cpu_capability().upper()
    names = list(SETS)
    return names[: names.index(own) + 1] if own in names else names[:1]


def read_table() -> dict[str, list[str]]:
    """The rows of the table that is there: claim -> its other cells."""
    text = RESULTS.read_text() if RESULTS.exists() else ""
    rows = [re.split(r"\s*\|\s*", line.strip("| \n")) for line in text.splitlines() if line.startswith("| `")]
    return {
        row[0].strip("`"): row[1:] for row in rows if len(row) == len(SETS) + 6
    }  # none that is half written


def main(lessons: list[str], workers: int) -> int:
    from claims import all_claims

    claims, sets = all_claims(), sets_of_this_machine()
    lessons = lessons or sorted({claim.lesson for claim in claims.values()})
    found = {name: {} for name, claim in claims.items() if claim.lesson in lessons}
    seconds = {name: [] for name in found}
    for kind in sets:
        os.environ.update(SETS[kind])
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            tasks = [pool.submit(measure, lesson, seed) for lesson in lessons for seed in SEEDS]
            for task in tasks:
                for name, margin, spent in task.result():
                    found[name].setdefault(kind, []).append(margin)
                    seconds[name].append(spent)
        for name in SETS[kind]:
            del os.environ[name]
    rows = {name: row for name, row in read_table().items() if row[0] not in lessons}
    for name, margins in found.items():
        claim, spent = claims[name], sum(seconds[name]) / len(seconds[name])
        held = [
            f"{sum(m > 0 for m in margins[kind])}/{len(SEEDS)}" if kind in margins else "not run"
            for kind in SETS
        ]
        worst = min(map(min, margins.values()))
        rows[name] = [claim.lesson, *held, f"{worst:.3g}", f"{spent:.1f}", claim.version, claim.sentence]
    ordered = sorted(rows, key=lambda name: rows[name][0])  # by lesson, in each as they were
    lines = [f"| `{name}` | {' | '.join(rows[name])} |" for name in ordered]
    RESULTS.write_text(HEAD + "\n".join(lines) + "\n")
    print("\n".join(line for line in lines if line.split("`")[1] in found))
    return sum(too_few(row) for row in read_table().values())


def too_few(row: list[str]) -> bool:
    """Whether a row of the table has an instruction set on which its claim holds too seldom."""
    return any(int(cell.partition("/")[0]) < ENOUGH for cell in row[1 : 1 + len(SETS)] if "/" in cell)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    weak = main([a for a in sys.argv[1:] if a.isdigit()], workers=int(os.environ.get("WORKERS", 2)))
    sys.exit(f"{weak} claims hold too seldom" if weak else 0)
