"""Programs of the system that tests need: fetched where they are not there, and never done without."""

from __future__ import annotations

import subprocess

import pytest

from kreisportal.kernel.paths import project_folder


def fetch_xmlsec1() -> None:
    """See that xmlsec1, with which SAML is signed, is there; else the test fails and says what to install."""
    find = project_folder() / "deploy" / "find-xmlsec1"
    found = subprocess.run([find], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr)
