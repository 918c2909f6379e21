"""How long `import helpers` takes beyond the libraries that every lesson needs anyway."""

import statistics
import subprocess
import sys

from table import keep

LIMIT = 0.3  # seconds
CODE = """
import time, torch, gymnasium, matplotlib.pyplot
begun = time.perf_counter()
import helpers
print(time.perf_counter() - begun)
"""


def test_importing_the_helpers():
    runs = [
        subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
        for _ in range(7)
    ]
    seconds = statistics.median(float(run.stdout) for run in runs)
    keep("import helpers", seconds=seconds, limit=LIMIT)
    assert seconds <= LIMIT
