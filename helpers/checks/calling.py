"""A function and copies of its inputs in, an `Outcome` out: whatever the function does, nothing is raised.

The function runs in a thread of its own, so that one that never ends can be stopped; what it returns is read as numbers
at once, so that everything after this module compares arrays.
"""

import contextlib
import contextvars
import copy
import ctypes
import dataclasses
import inspect
import threading
import time
import traceback
from collections.abc import Callable

import numpy as np
import torch

__all__ = ["Outcome", "call_all"]

PATIENCE = 3.0  # seconds for all calls of one check; a right answer needs milliseconds


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Args:
        value: float64 array of what was returned; None if it was no number, array or tensor.
        gradients: for each argument that is differentiated, float64 array (zeros where no gradient flows).
        connected: whether the returned value carries a graph at all.
        problem: one sentence where there is no value to judge, otherwise "".
        raised: name of the exception's type, otherwise "".
        changed: names of the arguments that are no longer what they were.
    """

    value: np.ndarray | None = None
    gradients: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    connected: bool = False
    problem: str = ""
    raised: str = ""
    changed: tuple[str, ...] = ()


class Stopped(BaseException):
    """Raised inside a function that does not end; no `except Exception` of the function catches it."""


class _Worker(threading.Thread):
    """A thread that ends without a word when it is stopped, even once more on its way out."""

    def run(self) -> None:
        with contextlib.suppress(Stopped):
            super().run()


def call_all(function: Callable, inputs: list[tuple], names: tuple[str, ...], differentiate: tuple[str, ...] = (),
             observe: Callable | None = None) -> list[Outcome]:  # fmt: skip
    """Call `function` once for each tuple of arguments, on copies, and return the outcomes.

    Args:
        function: what the student wrote; it is called with positional arguments.
        inputs: the arguments of each call; they are left as they are.
        names: the arguments' names, for the sentences and for `differentiate`.
        differentiate: the arguments whose gradient is taken.
        observe: from (arguments after the call, returned value) to what is judged; the returned value itself if None.
    """
    outcomes: list[Outcome] = []

    def work() -> None:
        with contextlib.suppress(Stopped):
            for arguments in inputs:
                outcomes.append(_call(function, arguments, names, differentiate, observe))

    # The context carries over, so that what the function prints lands in the cell that checks it.
    thread = _Worker(target=contextvars.copy_context().run, args=(work,), daemon=True)
    thread.start()
    _wait(thread)
    if thread.is_alive():
        _stop(thread)
        sentence = (
            f"Your function had not returned after {PATIENCE:g} seconds: look for a loop that never ends."
        )
        return [*outcomes, *[Outcome(problem=sentence, raised="endless")] * (len(inputs) - len(outcomes))]
    return outcomes


def _wait(thread: threading.Thread) -> None:
    """Wait for `PATIENCE` seconds; up to three times as long while a busy machine keeps this process from working."""
    began, used = time.monotonic(), time.process_time()
    thread.join(PATIENCE)
    while thread.is_alive() and time.monotonic() - began < 3 * PATIENCE:
        if time.process_time() - used > 0.8 * PATIENCE:
            return
        thread.join(0.2)


def _stop(thread: threading.Thread) -> None:
    """Raise `Stopped` in the thread, again if it is swallowed; a call that sits in C is left to end by itself."""
    for _ in range(10):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
        thread.join(0.2)
        if not thread.is_alive():
            return


def _call(function, arguments, names, differentiate, observe) -> Outcome:
    given, changed = _copy(arguments, names, differentiate), ()
    try:
        returned = function(*given)
        judged = observe(given, returned) if observe and returned is not None else returned
        changed = tuple(n for n, old, new in zip(names, arguments, given, strict=True) if not _same(old, new))
        value, problem = _read(judged)
        if problem:
            return Outcome(problem=problem, changed=changed)
        leaves = {name: given[names.index(name)] for name in differentiate}
        gradients = _gradients(judged, leaves) if leaves else {}
        connected = isinstance(judged, torch.Tensor) and judged.requires_grad
        return Outcome(value, gradients, connected, changed=changed)
    except Stopped:
        raise
    except BaseException as error:
        return Outcome(problem=_describe(error, function), raised=type(error).__name__, changed=changed)


def _copy(arguments: tuple, names: tuple[str, ...], differentiate: tuple[str, ...]) -> tuple:
    copies = copy.deepcopy(arguments)  # in one go: an optimiser stays tied to its policy
    for name in differentiate:
        copies[names.index(name)].requires_grad_()
    return copies


def _same(old, new) -> bool:
    """Whether an argument still holds what it held; what is no array is taken to be unchanged."""
    if isinstance(old, torch.Tensor):
        return old.shape == new.shape and torch.equal(old.nan_to_num(), new.detach().nan_to_num())
    if isinstance(old, np.ndarray):
        return old.shape == new.shape and np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    if dataclasses.is_dataclass(old):
        return all(_same(getattr(old, f.name), getattr(new, f.name)) for f in dataclasses.fields(old))
    return True


def _read(value) -> tuple[np.ndarray | None, str]:
    """Return the value as float64, or None and the sentence that says what came instead."""
    if value is None:
        return None, "Your function returned None: perhaps a `return` is missing."
    if value is Ellipsis:
        return None, "Your function returned `...`: put your answer in its place."
    if type(value).__module__ == "torch.return_types":
        name = type(value).__name__
        return None, (
            f"Your function returned all that `{name}` gives with a dimension, both values and indices: take one of the two, "
            "`.values` or `.indices`."
        )
    if isinstance(value, (list, tuple)):
        return None, (
            f"Your function returned a Python {type(value).__name__} ({len(value)} entries); a tensor is expected, which has "
            "a shape and can be calculated with: make one with `torch.stack` or `torch.tensor`."
        )
    if isinstance(value, torch.Tensor) and not value.is_complex():
        return value.detach().double().numpy(), ""
    if isinstance(value, (np.ndarray, np.generic, int, float)) and np.asarray(value).dtype.kind in "biuf":
        return np.asarray(value, dtype=np.float64), ""
    return (
        None,
        f"Your function returned something of type `{type(value).__name__}`; a tensor of numbers is expected.",
    )


def _gradients(value, leaves: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Gradient of a fixed mix of the value's entries; zeros where none flows."""
    found = [None] * len(leaves)
    if isinstance(value, torch.Tensor) and value.requires_grad:
        mix = torch.cos(torch.arange(value.numel(), dtype=value.dtype)).reshape(value.shape)  # 1 for a scalar
        found = torch.autograd.grad((value * mix).sum(), list(leaves.values()), allow_unused=True)
    return {
        name: (torch.zeros_like(leaf) if gradient is None else gradient).detach().double().numpy()
        for (name, leaf), gradient in zip(leaves.items(), found, strict=True)
    }


def _describe(error: BaseException, function: Callable) -> str:
    """One sentence on an exception, with the line of the student's function where it arose."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    frames = [f for f in traceback.walk_tb(error.__traceback__) if f[0].f_code is code]
    line = f" in its line {frames[-1][1] - code.co_firstlineno + 1}" if frames else ""
    try:
        text = " ".join(str(error).split()).rstrip(".")
    except Exception:
        text = ""
    text = text if len(text) < 160 else text[:157] + "..."
    return f"Your function stopped{line} with {type(error).__name__}{': ' + text if text else ''}."
