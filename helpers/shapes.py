"""Arguments in, tensors of the promised shape out: one place where every helper refuses bad input."""

from operator import index

import torch

__all__ = ["as_flags", "as_float", "as_indices", "match_shapes", "need_counts"]


def as_float(values) -> torch.Tensor:
    """Return `values` as a floating-point tensor: integers and booleans become the default float dtype.

    A floating tensor comes back as it is, with its graph, so that gradients flow through.

    Raises:
        ValueError: not real numbers.
    """
    tensor = _as_tensor("values", values)
    if tensor.is_floating_point():
        return tensor
    if tensor.is_complex():
        raise ValueError(f"values: expected real numbers, got complex ones in shape {list(tensor.shape)}")
    return tensor.to(torch.get_default_dtype())


def as_flags(name: str, values) -> torch.Tensor:
    """Return `values` as a bool tensor; 0 and 1 will do.

    Raises:
        ValueError: anything else among them; NaN would count as true.
    """
    tensor = _as_tensor(name, values)
    if tensor.dtype != torch.bool and not ((tensor == 0) | (tensor == 1)).all():
        raise ValueError(f"{name}: expected true and false (or 1 and 0), got {tensor.tolist()}")
    return tensor.bool()


def as_indices(name: str, values, n: int) -> torch.Tensor:
    """Return `values` as int64, each in 0 ... n - 1.

    Raises:
        ValueError: other numbers; a negative index would count from the end.
    """
    tensor = _as_tensor(name, values)
    whole = not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool)
    if not whole or ((tensor < 0) | (tensor >= n)).any():
        raise ValueError(f"{name}: expected integers from 0 to {n - 1}, got {tensor.tolist()}")
    return tensor.long()


def need_counts(**counts) -> None:
    """Refuse what cannot be a number of things: `need_counts(horizon=horizon, n=n)`.

    Raises:
        ValueError: says which argument is not a whole number of at least 1, and what it is.
    """
    for name, count in counts.items():
        try:
            whole = index(count)
        except TypeError:  # a float, however round, None, a row of numbers
            whole = 0
        if whole < 1:
            raise ValueError(f"{name}: expected a whole number of at least 1, got {count!r}")


def match_shapes(**arguments) -> dict[str, int]:
    """Check that named tensors fit a pattern of named sizes, and return the sizes.

    `match_shapes(rewards=(rewards, "T"), values=(values, "T+1"))` reads: rewards is [T], values [T+1], with one T.
    A pattern is a string of sizes separated by spaces; `"T+1"` is one more than T, a number means itself, "" is a scalar.

    Raises:
        ValueError: says which argument has which shape, and which shape was expected.
    """
    sizes: dict[str, int] = {}
    for name, (tensor, pattern) in arguments.items():
        wanted, shape = pattern.split(), tuple(_as_tensor(name, tensor).shape)
        fits = len(wanted) == len(shape) and all(
            _fits(symbol, size, sizes) for symbol, size in zip(wanted, shape, strict=True)
        )
        if not fits:
            known = ", ".join(f"{symbol} = {size}" for symbol, size in sizes.items() if symbol in pattern)
            raise ValueError(
                f"{name}: expected shape [{', '.join(wanted)}]{' with ' + known if known else ''}, got {list(shape)}"
            )
    return sizes


def _fits(symbol: str, size: int, sizes: dict[str, int]) -> bool:
    """Whether `size` may stand where `symbol` stands; a symbol met for the first time takes the size."""
    if symbol.isdigit():
        return size == int(symbol)
    base, _, extra = symbol.partition("+")
    return sizes.setdefault(base, size - int(extra or 0)) == size - int(extra or 0)


def _as_tensor(name: str, values) -> torch.Tensor:
    """`torch.as_tensor`, with an error that says whose values are none."""
    try:
        return torch.as_tensor(values)
    except (TypeError, ValueError, RuntimeError) as error:  # None, a string, rows of different lengths
        raise ValueError(f"{name}: expected numbers, got {type(values).__name__}: {error}") from error
