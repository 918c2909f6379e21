"""An exercise and outcomes that are not right in, one sentence out, for mistakes that no catalogue names."""

import numpy as np

__all__ = ["explain", "lower"]


def explain(exercise, answers: list) -> str:
    """Say what is wrong with the first case that went wrong: no value, its shape, NaN, its sign or scale, its gradient."""
    right = exercise.nearest(answers)
    fails = [i for i, good in enumerate(exercise.agree_all(answers, right)) if not good]
    # A wrong gradient is worth a word only where the values are right; a crash on most inputs before anything else.
    wrong_values = [i for i, good in enumerate(exercise.agree_all(answers, right, False)) if not good]
    crashes = [i for i in fails if answers[i].value is None]
    first = ((crashes if 2 * len(crashes) > len(answers) else []) or wrong_values or fails)[0]
    answer, truth, label = answers[first], right[first], exercise.cases[first].label
    if answer.value is not None and all(exercise.cases[i].edge for i in fails):
        return f"With {label}, yours is {_show(answer.value)}: {exercise.cases[first].edge}."
    score = (
        ""
        if len(fails) == len(answers)
        else f" (right on {len(answers) - len(fails)} of {len(answers)} inputs)"
    )
    if answer.value is None:
        problem = _without_a_value(answer, truth)
        return problem if not score else f"With {label}: {lower(problem).rstrip('.')}{score}."
    also = _also_stops(exercise, answers, crashes)
    if answer.value.shape != truth.value.shape:
        expected, got = list(truth.value.shape), list(answer.value.shape)
        return (
            f"With {label}, shape {expected} is expected ({exercise.returns}), yours is {got}{score}.{also}"
        )
    if np.isnan(answer.value).any() > np.isnan(truth.value).any():
        expected, got = _show(truth.value), _show(answer.value)
        return f"With {label}, your answer holds NaN (not a number): {got} where {expected} is right{score}.{also}"
    if not exercise.close(answer.value, truth.value, first):
        scale = _common_factor(exercise, answers, right)
        hint = f"; everywhere yours is {scale} times the right answer" if scale else ""
        return f"With {label}, {_show(truth.value)} is expected, yours is {_show(answer.value)}{hint}{score}.{also}"
    return _explain_gradient(exercise, first, answer, truth, score)


def _without_a_value(answer, truth) -> str:
    if answer.total is None or truth.value.ndim:
        return answer.problem
    opening = answer.problem.partition(";")[0]
    if np.allclose(answer.total, truth.value, rtol=1e-4, atol=1e-6):
        return f"{opening}: these are its parts, and one number is expected, their sum."
    return f"{opening}; one number is expected: add up what belongs together, and return that alone."


def _also_stops(exercise, answers, crashes: list) -> str:
    """The crash that stands beside a wrong value."""
    if not crashes or not answers[crashes[0]].raised:
        return ""
    crash = answers[crashes[0]]
    return f" And with {exercise.cases[crashes[0]].label} it stops with {crash.raised}{crash.place}."


def _explain_gradient(exercise, case: int, answer, truth, score: str) -> str:
    label = exercise.cases[case].label
    if not answer.gradients:
        return f"The value is right, but with {label} its gradient cannot be taken: {lower(answer.problem)}"
    name = next(
        n for n in exercise.differentiate if not exercise.close(answer.gradients[n], truth.gradients[n], case)
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
    """The one factor between all answers and all right answers, in words; "" if there is none.

    It is found from every case alike, and must hold in every case: a case of large numbers says nothing of the others.
    """
    pairs = [(i, a.value, t.value) for i, (a, t) in enumerate(zip(answers, right, strict=True))]
    pairs = [(i, yours, truth) for i, yours, truth in pairs if yours is not None]
    if any(yours.shape != truth.shape for _, yours, truth in pairs):
        return ""
    if not all(np.isfinite(yours).all() and np.isfinite(truth).all() for _, yours, truth in pairs):
        return ""
    with np.errstate(all="ignore"):  # an answer near the largest number there is
        factors = [
            float((yours * truth).sum() / (truth**2).sum()) for _, yours, truth in pairs if truth.any()
        ]
        factor = float(np.median(factors)) if factors else np.nan
        tells_nothing = not np.isfinite(factor) or abs(factor) < 1e-3 or abs(factor - 1) < 1e-2
        if tells_nothing or not all(exercise.close(yours, factor * truth, i) for i, yours, truth in pairs):
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
