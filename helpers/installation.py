"""Nothing in, a table of the versions found out: what to look at first when something does not work."""

import html
import platform
from importlib.metadata import PackageNotFoundError, requires, version

import ipywidgets
from packaging.requirements import Requirement

__all__ = ["installed_versions"]

COURSE = "policy-gradients-course"
WHAT_TO_TYPE = (
    "In the course's folder type <code>make lab</code>, or with conda "
    "<code>conda env update -f environment.yml</code>; then restart the kernel."
)


class _Table(ipywidgets.HTML):
    """A table that a cell shows; its plain text is the same on every machine."""

    def __repr__(self) -> str:
        return "A table of the versions of Python and of each package that the course uses"


def installed_versions() -> ipywidgets.HTML:
    """The versions of Python and of each package of the course, beside what the course needs, as a table.

    A package that is missing or too old is said to be, and below the table stands what to type.
    """
    rows = [("Python", platform.python_version(), "3.11 or newer", "")]
    rows += [_row(Requirement(needed)) for needed in (COURSE, *_needed())]
    cells = "".join(
        f"<tr>{''.join(f'<td>{html.escape(word)}&emsp;</td>' for word in row)}</tr>" for row in rows
    )
    heads = "".join(f"<th>{head}</th>" for head in ("package", "found", "needed", ""))
    advice = f"<p>{WHAT_TO_TYPE}</p>" if any(verdict for *_, verdict in rows) else ""
    return _Table(f'<table style="line-height: 1.4"><tr>{heads}</tr>{cells}</table>{advice}')


def _needed() -> list[str]:
    """What pyproject.toml asks for, as pip has noted it; nothing if the course itself is not installed."""
    try:
        return [needed for needed in requires(COURSE) if "extra ==" not in needed]
    except PackageNotFoundError:
        return []


def _row(needed: Requirement) -> tuple[str, str, str, str]:
    """Name, version found, version needed, and what is wrong with it ("" if nothing is)."""
    lowest = ", ".join(f"{part.version} or newer" for part in needed.specifier)
    try:
        found = version(needed.name)
    except PackageNotFoundError:
        return needed.name, "none", lowest, "missing"
    return needed.name, found, lowest, "" if needed.specifier.contains(found, prereleases=True) else "too old"
