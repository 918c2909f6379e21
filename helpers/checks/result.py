"""What a check has to say: a status and one sentence, the same in a terminal and in a notebook."""

import html
import re
from dataclasses import dataclass

__all__ = ["CORRECT", "NOT_STARTED", "NOT_YET", "Result"]

CORRECT = "correct"
NOT_YET = "not yet"
NOT_STARTED = "not started"

# Frame colours; the status is also written out, so that nothing is told by colour alone.
FRAMES = {CORRECT: "#009E73", NOT_YET: "#E69F00", NOT_STARTED: "#555555"}


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise.

    Args:
        exercise: name of the exercise, for example `regret`.
        status: `"correct"`, `"not yet"` or `"not started"`.
        message: one plain sentence.
    """

    exercise: str
    status: str
    message: str

    def __bool__(self) -> bool:
        return self.status == CORRECT

    def __repr__(self) -> str:
        return f"{self.exercise}: {self.status}. {self.message}"

    def _repr_html_(self) -> str:
        name, status, message = (html.escape(text) for text in (self.exercise, self.status, self.message))
        message = re.sub(r"`(.+?)`", r"<code>\1</code>", message)
        return (
            f'<div role="status" style="border-left: 0.4em solid {FRAMES[self.status]}; padding: 0.2em 0.8em">'
            f"<code>{name}</code>: <strong>{status}</strong>. {message}</div>"
        )
