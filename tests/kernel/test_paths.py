"""Where the program's data lie: in the checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from kreisportal.kernel import paths

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["migrations", "catalogue", "tenants", "themes", "deploy"])
def test_in_a_checkout_the_folders_lie_beside_the_source(name: str) -> None:
    assert paths.shipped(name) == PROJECT / name
    assert paths.shipped(name).is_dir()


def test_in_a_wheel_they_lie_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "kreisportal"
    (package / "shipped" / "catalogue").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    assert paths.shipped("catalogue") == package / "shipped" / "catalogue"
    assert paths.project_folder() == tmp_path
