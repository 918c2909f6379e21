"""Arguments in, tensors of the promised shape out: one place where every helper refuses bad input."""

import torch

__all__ = ["as_float", "match_shapes"]


def as_float(values) -> torch.Tensor:
    """Return `values` as a floating-point tensor: integers and booleans become the default float dtype.

    A floating tensor comes back as it is, with its graph, so that gradients flow through.
    """
    tensor = torch.as_tensor(values)
    return tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())


def match_shapes(**arguments) -> dict[str, int]:
    """Check that named tensors fit a pattern of named sizes, and return the sizes.

    `match_shapes(rewards=(rewards, "T"), values=(values, "T+1"))` reads: rewards is [T], values [T+1], with one T.
    A pattern is a string of sizes separated by spaces; `"T+1"` is one more than T, a number means itself, "" is a scalar.

    Raises:
        ValueError: says which argument has which shape, and which shape was expected.
    """
    sizes: dict[str, int] = {}
    for name, (tensor, pattern) in arguments.items():
        wanted, shape = pattern.split(), tuple(torch.as_tensor(tensor).shape)
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
