"""Measured numbers in, a printed row and an entry of `build/benchmarks.json` out."""

import json
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "build" / "benchmarks.json"


def keep(name: str, **numbers: float) -> None:
    """Print a row of the table, and add it to the JSON file."""
    print(f"\n{name}: " + ", ".join(f"{key} {value:,.3g}" for key, value in numbers.items()))
    RESULTS.parent.mkdir(exist_ok=True)
    rows = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    rows[name] = {key: float(value) for key, value in numbers.items()}
    RESULTS.write_text(json.dumps(rows, indent=1))
