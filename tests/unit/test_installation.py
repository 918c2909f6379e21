"""The table of versions says what is installed, and the same words on every machine."""

import platform

import torch

from helpers import installation


def test_the_table_names_every_package_and_its_version():
    table = installation.installed_versions()
    assert platform.python_version() in table.value
    assert torch.__version__ in table.value
    assert all(name in table.value for name in installation.PACKAGES)
    assert "version" in repr(table)
    assert torch.__version__ not in repr(table)


def test_a_package_that_is_missing_is_said_to_be(monkeypatch):
    monkeypatch.setattr(installation, "PACKAGES", ("no-such-package",))
    assert "<td>no-such-package</td><td>not found</td>" in installation.installed_versions().value
