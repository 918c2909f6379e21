"""A formula as named steps in, functions that make a mistake out: a mistake is the right formula with a step replaced.

Steps are written as text, one `name = expression` a line over the arguments and earlier names; the last line is the answer.
So two mistakes at once are two replaced steps, and a slip that fits any formula ("the sign of the result") is one more step.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import CodeType

__all__ = ["Formula"]


@dataclass(frozen=True)
class Step:
    """One assignment: the names it makes, what it needs, and its expression, compiled."""

    makes: tuple[str, ...]
    needs: frozenset[str]
    expression: CodeType


@cache
def read_step(line: str) -> Step:
    """`"low, high = 1 - clip, 1 + clip"` as a step."""
    [statement] = ast.parse(line.strip()).body
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise ValueError(f"expected `name = expression`, got {line!r}")
    makes = tuple(n.id for n in ast.walk(statement.targets[0]) if isinstance(n, ast.Name))
    needs = frozenset(n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name))
    return Step(makes, needs, compile(ast.Expression(statement.value), "<step>", "eval"))


class Formula:
    """A formula as steps, each name with the steps that make it, in their order.

    Args:
        arguments: names of the arguments, in the order of the signature.
        steps: the lines.
        tools: what the expressions may use besides, such as `torch`.
    """

    def __init__(self, arguments: tuple[str, ...], steps: str, tools: dict):
        self.arguments, self.tools = arguments, tools
        lines = [read_step(line) for line in steps.strip().splitlines()]
        self.makers = {step.makes: [step] for step in lines}
        self.answer = lines[-1].makes

    def changes(self, text: str) -> tuple[Step, ...]:
        """The steps of a mistake: lines, or assignments separated by semicolons."""
        return tuple(read_step(line) for line in text.replace("\n", ";").split(";") if line.strip())

    def function(self, changes: tuple[Step, ...] = ()) -> Callable:
        """The formula with some steps replaced, as a function of its arguments.

        A change that mentions its own name comes after what made that name before: `answer = -answer` turns the sign of
        whatever the answer is. A change of an argument stands before everything that uses the argument.
        """
        makers = dict(self.makers)
        for step in changes:
            before = makers.get(step.makes, []) if step.needs & set(step.makes) else []
            makers[step.makes] = [*before, step]
        maker_of = {name: names for names in makers for name in names}

        def run(*arguments):
            known = {**self.tools, **dict(zip(self.arguments, arguments, strict=True))}
            done = set()

            def find(names: tuple[str, ...]) -> None:
                done.add(names)
                for step in makers[names]:
                    for need in step.needs:
                        wanted = maker_of.get(need)
                        if wanted and wanted not in done:
                            find(wanted)
                    made = eval(step.expression, known)
                    made = made if len(names) > 1 else (made,)
                    known.update(
                        (n, part) for n, part in zip(names, made, strict=True) if maker_of[n] == names
                    )

            find(self.answer)
            return known[self.answer[0]]

        return run
