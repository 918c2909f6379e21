"""Nothing in, a table of the versions found out: what to look at first when something does not work."""

import html
import platform
from importlib.metadata import PackageNotFoundError, version

import ipywidgets

__all__ = ["installed_versions"]

PACKAGES = ("torch", "numpy", "matplotlib", "ipywidgets", "gymnasium", "pygame-ce", "jupyterlab", "nbval")


class _Table(ipywidgets.HTML):
    """A table that a cell shows; its plain text is the same on every machine."""

    def __repr__(self) -> str:
        return "A table of the versions of Python and of each package that the course uses"


def installed_versions() -> ipywidgets.HTML:
    """The versions of Python and of each package of the course, as a table."""
    rows = [("Python", platform.python_version()), *((name, _version(name)) for name in PACKAGES)]
    cells = "".join(f"<tr><td>{name}</td><td>{html.escape(found)}</td></tr>" for name, found in rows)
    return _Table(f"<table><tr><th>package</th><th>version found</th></tr>{cells}</table>")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not found"
