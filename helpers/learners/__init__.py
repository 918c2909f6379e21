"""Environments and a policy in, a stream of updates out: the algorithms of the course, each an endless generator.

One skeleton: collect, weigh, step, yield. Read two neighbours side by side: what differs is the lesson.
"""

from ._actor_critic import actor_critic
from ._cem import cem
from ._dqn import QNetwork, dqn
from ._grpo import grpo
from ._ppo import ppo
from ._reinforce import reinforce
from ._training import History, Update, train, train_each

__all__ = [
    "History",
    "QNetwork",
    "Update",
    "actor_critic",
    "cem",
    "dqn",
    "grpo",
    "ppo",
    "reinforce",
    "train",
    "train_each",
]
