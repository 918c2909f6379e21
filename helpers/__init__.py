"""The tested implementations behind the course: `from helpers import ...` is flat.

`checks` and `widgets` are modules of their own: `from helpers import checks, widgets`.
"""

from .envs import *
from .exact import *
from .live import *
from .plots import *
from .q_tables import *
from .returns import *
from .rollouts import *
from .tabular import *
from .worlds import *
