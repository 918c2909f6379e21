"""An exercise and outcomes that are not right in, one sentence out, for mistakes that no catalogue names."""

import numpy as np

__all__ = ["explain", "lower"]


def explain(exercise, answers: list) -> str:
    """Say what is wrong with the first case that went wrong: no value, its shape, NaN, its sign or scale, its gradient."""
    right = exercise.right[0]
    fails = [
        i
        for i, (answer, truth) in enumerate(zip(answers, right, strict=True))
        if not exercise.agree(answer, truth)
    ]
    wrong_values = [
        i for i in fails if answers[i].value is None or not exercise.close(answers[i].value, right[i].value)
    ]
    first = (wrong_values or fails)[0]  # a wrong gradient is worth a word only where the values are right
    answer, truth, label = answers[first], right[first], exercise.cases[first].label
    score = (
        ""
        if len(fails) == len(answers)
        else f" (right on {len(answers) - len(fails)} of {len(answers)} inputs)"
    )
    if answer.problem:
        return answer.problem if not score else f"With {label}: {lower(answer.problem).rstrip('.')}{score}."
    if answer.value.shape != truth.value.shape:
        expected, got = list(truth.value.shape), list(answer.value.shape)
        return f"With {label}, shape {expected} is expected ({exercise.returns}), yours is {got}{score}."
    if np.isnan(answer.value).any() > np.isnan(truth.value).any():
        expected, got = _show(truth.value), _show(answer.value)
        return f"With {label}, your answer holds NaN (not a number): {got} where {expected} is right{score}."
    if not exercise.close(answer.value, truth.value):
        scale = _common_factor(exercise, answers, right)
        hint = f"; everywhere yours is {scale} times the right answer" if scale else ""
        return f"With {label}, {_show(truth.value)} is expected, yours is {_show(answer.value)}{hint}{score}."
    return _explain_gradient(exercise, answer, truth, label, score)


def _explain_gradient(exercise, answer, truth, label: str, score: str) -> str:
    name = next(
        n for n in exercise.differentiate if not exercise.close(answer.gradients[n], truth.gradients[n])
    )
    if not answer.connected:
        return (
            f"The value is right, but no gradient flows back to `{name}`: something cut the graph, such as `.item()`, "
            "`.detach()`, `float(...)` or NumPy."
        )
    if np.isnan(answer.gradients[name]).any():
        return (
            f"The value is right, but with {label} its gradient for `{name}` holds NaN (not a number){score}."
        )
    if not any(outcome.gradients[name].any() for outcome in exercise.right[0]):
        return f"The value is right, but a gradient flows into `{name}`, which is to be taken as given: detach it."
    expected, got = _show(truth.gradients[name]), _show(answer.gradients[name])
    return f"The value is right, but with {label} its gradient for `{name}` is {got} where {expected} is right{score}."


def _common_factor(exercise, answers, right) -> str:
    """The one factor between all answers and all right answers, in words; "" if there is none."""
    pairs = [(a.value, t.value) for a, t in zip(answers, right, strict=True) if a.value is not None]
    if any(a.shape != t.shape for a, t in pairs):
        return ""
    yours = np.concatenate([a.ravel() for a, _ in pairs])
    truths = np.concatenate([t.ravel() for _, t in pairs])
    if not np.isfinite(yours).all() or not np.isfinite(truths).all() or not truths.any():
        return ""
    with np.errstate(all="ignore"):  # an answer near the largest number there is
        factor = float(yours @ truths / (truths @ truths))
    tells_nothing = not np.isfinite(factor) or abs(factor) < 1e-3 or abs(factor - 1) < 1e-2
    if tells_nothing or not exercise.close(yours, factor * truths):
        return ""
    return f"{factor:.3g}"


def _show(array: np.ndarray) -> str:
    """A few numbers, shortened so that a sentence stays a sentence."""
    flat = [f"{number:.4g}" for number in array.ravel()[:6]]
    if array.ndim == 0:
        return flat[0]
    return f"[{', '.join(flat)}{', ...' if array.size > 6 else ''}]"


def lower(sentence: str) -> str:
    """The sentence as the second half of another one."""
    return sentence[0].lower() + sentence[1:]
