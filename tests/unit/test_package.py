"""Importing the helpers: what it sets, and what it leaves alone."""

import os
import subprocess
import sys

import pytest


def threads(after: str = "pass", **variables: str) -> int:
    """How many threads torch uses once the helpers are imported and some code has run."""
    code = f"import torch, helpers; {after}; print(torch.get_num_threads())"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | variables, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.parametrize("variables", [{}, {"OMP_NUM_THREADS": "4"}, {"MKL_NUM_THREADS": "4"}])
def test_one_thread_whatever_the_environment_says(variables):
    assert threads(**variables) == 1


def test_more_threads_for_who_asks_after_the_import():
    assert threads("torch.set_num_threads(2)") == 2


def test_importing_leaves_the_global_generators_alone():
    code = (
        "import torch, numpy as np; torch.manual_seed(0); np.random.seed(0)\n"
        "a = torch.get_rng_state(), np.random.get_state()[1].tolist()\n"
        "import helpers\n"
        "from helpers import checks, figures, widgets\n"
        "assert torch.equal(a[0], torch.get_rng_state()) and a[1] == np.random.get_state()[1].tolist()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_packages_are_loaded_when_asked_for():
    code = (
        "import sys, helpers\n"
        "assert 'helpers.checks' not in sys.modules\n"
        "assert helpers.checks.regret and helpers.widgets.q_table and helpers.figures\n"
        "assert not hasattr(helpers, 'nothing_of_the_kind')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
