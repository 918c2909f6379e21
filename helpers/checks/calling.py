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

PATIENCE = 3.0  # seconds of processor time for all calls of one check; a right answer needs milliseconds
LONGEST = 60.0  # seconds by the clock on the wall, for a function that only waits


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Args:
        value: float64 array of what was returned; None if it was no number, array or tensor.
        dtype: type of the numbers that were returned, such as "int64".
        total: where a tuple or list of single numbers came back, their sum.
        gradients: for each argument that is differentiated, float64 array (zeros where no gradient flows); empty if
            they could not be taken.
        connected: whether the returned value carries a graph at all.
        problem: one sentence where there is no value, or no gradient, to judge, otherwise "".
        raised: name of the exception's type, otherwise "".
        place: where the exception arose, such as " in its line 2".
        changed: names of the arguments that are no longer what they were.
    """

    value: np.ndarray | None = None
    dtype: str = ""
    total: np.ndarray | None = None
    gradients: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    connected: bool = False
    problem: str = ""
    raised: str = ""
    place: str = ""
    changed: tuple[str, ...] = ()


class Stopped(BaseException):
    """Raised inside a function that does not end; no `except Exception` of the function catches it."""


class _Worker(threading.Thread):
    """A thread that ends without a word when it is stopped, even once more on its way out."""

    clock = None

    def run(self) -> None:
        if hasattr(time, "pthread_getcpuclockid"):
            self.clock = time.pthread_getcpuclockid(threading.get_ident())
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


def _wait(thread: _Worker) -> None:
    """Wait until the thread has worked for `PATIENCE` seconds: on a busy machine that takes longer."""
    began, used = time.monotonic(), time.process_time()
    while thread.is_alive() and time.monotonic() - began < LONGEST:
        thread.join(0.1)
        if _worked(thread, used) >= PATIENCE:
            return


def _worked(thread: _Worker, used: float) -> float:
    """Seconds of processor time of the thread; of all threads where the system does not tell them apart (macOS)."""
    if thread.clock is None:
        return time.process_time() - used
    try:
        return time.clock_gettime(thread.clock)
    except OSError:  # the thread has just ended
        return 0.0


def _stop(thread: threading.Thread) -> None:
    """Raise `Stopped` in the thread, again if it is swallowed; a call that sits in C is left to end by itself."""
    for _ in range(10):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
        thread.join(0.2)
        if not thread.is_alive():
            return


def _call(function, arguments, names, differentiate, observe) -> Outcome:
    given, leaves = _copy(arguments, names, differentiate)
    try:
        returned = function(*given)
        judged = observe(given, returned) if observe and returned is not None else returned
        value, problem = _read(judged)
    except Stopped:
        raise
    except BaseException as error:
        return Outcome(changed=_changed(names, arguments, given), **_describe(error, function))
    changed = _changed(names, arguments, given)
    if problem:
        return Outcome(problem=problem, total=_total(judged), changed=changed)
    known = {"value": value, "dtype": _dtype(judged), "changed": changed}
    known["connected"] = isinstance(judged, torch.Tensor) and judged.requires_grad
    try:
        return Outcome(gradients=_gradients(judged, leaves) if leaves else {}, **known)
    except Stopped:
        raise
    except Exception as error:  # the value is there all the same
        return Outcome(**known, **_describe(error, function))


def _copy(arguments: tuple, names: tuple[str, ...], differentiate: tuple[str, ...]) -> tuple[list, dict]:
    """What the function is given, and the leaves behind what is differentiated.

    The function gets what was made from a leaf, as from a network, not the leaf itself: there torch forbids a change
    in place before it can be seen that one was made.
    """
    copies = list(copy.deepcopy(arguments))  # in one go: an optimiser stays tied to its policy
    leaves = {name: copies[names.index(name)].requires_grad_() for name in differentiate}
    for name, leaf in leaves.items():
        copies[names.index(name)] = leaf.clone()
    return copies, leaves


def _changed(names: tuple[str, ...], before: tuple, after: list) -> tuple[str, ...]:
    return tuple(name for name, old, new in zip(names, before, after, strict=True) if not _same(old, new))


def _same(old, new) -> bool:
    """Whether an argument still holds what it held; what is no array is taken to be unchanged."""
    if isinstance(old, torch.Tensor):
        if old.shape != new.shape or old.dtype != new.dtype:
            return False
        new = new.detach()
        return bool(((old == new) | ((old != old) & (new != new))).all())  # NaN is NaN, and 0 is not
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


def _total(value) -> np.ndarray | None:
    """The sum of a tuple or list of single numbers; None for anything else."""
    if type(value) not in (list, tuple):
        return None
    parts = [_read(part)[0] for part in value if not isinstance(part, (list, tuple))]
    alone = len(parts) == len(value) > 0 and all(part is not None and part.ndim == 0 for part in parts)
    return np.sum(parts) if alone else None


def _dtype(value) -> str:
    """The type of the numbers, as torch calls it; the integers of Python and NumPy index a table in any size."""
    if isinstance(value, torch.Tensor):
        return str(value.dtype).removeprefix("torch.")
    dtype = np.asarray(value).dtype
    return "int64" if dtype.kind in "iu" else str(dtype)


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


# What torch says where a beginner's slip lies behind it, and what the slip is.
SLIPS = {
    "torch.return_types": (
        "with a dimension, `max`, `min` and `sort` give values and indices, so take `.values` or `.indices`"
    ),
    "Boolean value of Tensor with more than one value": (
        "`and`, `or`, `not`, `if` and a < b < c need a single truth; tensors are joined with `&`, `|` and `~`, each "
        "comparison in brackets"
    ),
    "Can't call numpy() on Tensor that requires grad": (
        "NumPy keeps no graph, so no gradient could flow back: write it with torch"
    ),
    "indexing tensors could not be broadcast": "the tensors between the square brackets must be equally long",
}


def _describe(error: BaseException, function: Callable) -> dict[str, str]:
    """What an `Outcome` says of an exception: one sentence, its name, and the line of the student's function."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    frames = [f for f in traceback.walk_tb(error.__traceback__) if f[0].f_code is code]
    place = f" in its line {frames[-1][1] - code.co_firstlineno + 1}" if frames else ""
    try:
        text = " ".join(str(error).split()).rstrip(".")
    except Exception:
        text = ""
    name = type(error).__name__
    slip = next((slip for words, slip in SLIPS.items() if words in text), "")
    text = text if len(text) < 160 else text[:157] + "..."
    told = f" ({name}): {slip}" if slip else f" with {name}{': ' + text if text else ''}"
    return {"problem": f"Your function stopped{place}{told}.", "raised": name, "place": place}
