"""Where the program's data folders lie: beside the source in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The folder ``name`` (``migrations``, ``catalogue``, ``tenants``, ``themes``, ``build``) that came with the program."""
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else project_folder() / name


def project_folder() -> Path:
    """The checkout's root; in a wheel the current directory, below which ``var/`` is kept."""
    root = _PACKAGE.parent.parent
    return root if (root / "pyproject.toml").exists() else Path.cwd()
