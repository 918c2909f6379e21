"""The tested implementations behind the course: `from helpers import ...` is flat.

`checks`, `figures` and `widgets` are packages of their own: `from helpers import checks, figures, widgets`.
"""

import importlib
import warnings

import torch

from .baselines import *
from .course_table import *
from .densities import *
from .digit_sums import *
from .elite import *
from .enumeration import *
from .envs import *
from .estimator_table import *
from .estimators import *
from .exact import *
from .film import *
from .group_estimates import *
from .installation import *
from .learners import *
from .learning_curve import *
from .live import *
from .live_training import *
from .log_derivative import *
from .losses import *
from .own_envs import *
from .plots import *
from .policies import *
from .q_tables import *
from .returns import *
from .rollouts import *
from .sampling import *
from .sequence_model import *
from .table_values import *
from .tabular import *
from .token_losses import *
from .training_thread import *
from .weightings import *
from .worlds import *

# The course's arrays are small: a second thread costs more than it gives, and on a busy machine thirty times more. So this
# holds whatever OMP_NUM_THREADS says; who wants more calls torch.set_num_threads after the import.
torch.set_num_threads(1)

# Torch's forward mode (jacfwd) still calls what newer versions of torch warn of: no news for a student.
warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", FutureWarning)


def __getattr__(name: str):
    """`helpers.checks`, `helpers.figures` and `helpers.widgets`, loaded when they are first asked for."""
    if name in ("checks", "figures", "widgets"):
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")
