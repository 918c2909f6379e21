"""Makes `notebooks.py` beside the tests and the builder in solutions importable."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "solutions")]
