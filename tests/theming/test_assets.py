from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner

from kreisportal.theming.assets import BuildError, build, join_scripts, main, read_manifest
from tests.theming.gallery import ROOT


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """A small theme of its own."""
    folder = tmp_path / "theme"
    for name in ("scss", "js", "static/icons"):
        (folder / name).mkdir(parents=True)
    (folder / "scss/site.scss").write_text("main { p { hyphens: auto; content: '–'; } }")
    (folder / "js/b.js").write_text("const name = 2;\n")
    (folder / "js/a.js").write_text("const name = 1;\n")
    (folder / "static/icons/dot.svg").write_text("<svg/>")
    return folder


def test_names_hold_the_digest_of_the_content(theme: Path, tmp_path: Path) -> None:
    manifest = build(theme, ROOT / "node_modules", tmp_path / "out")
    assert sorted(manifest) == ["icons/dot.svg", "site.css", "site.js"]
    for name, file in manifest.items():
        digest = hashlib.sha256((tmp_path / "out" / file).read_bytes()).hexdigest()[:12]
        assert file == name.replace(".", f".{digest}.")
    assert json.loads((tmp_path / "out/manifest.json").read_text()) == manifest
    assert read_manifest(tmp_path / "out") == manifest


def test_what_can_be_made_smaller_lies_there_compressed(theme: Path, tmp_path: Path) -> None:
    manifest = build(theme, ROOT / "node_modules", tmp_path / "out")
    style = tmp_path / "out" / manifest["site.css"]
    assert gzip.decompress(style.with_name(style.name + ".gz").read_bytes()) == style.read_bytes()
    assert brotli.decompress(style.with_name(style.name + ".br").read_bytes()) == style.read_bytes()


def test_the_style_sheet_begins_with_colours_and_has_no_mark_inside(theme: Path, tmp_path: Path) -> None:
    manifest = build(theme, ROOT / "node_modules", tmp_path / "out")
    css = (tmp_path / "out" / manifest["site.css"]).read_text("utf-8")
    assert css.startswith(":root")
    assert "--kern-color-feedback-danger:" in css
    assert "\ufeff" not in css
    assert "@charset" not in css
    assert 'main p{hyphens:auto;content:"–"}' in css


def test_scripts_stand_in_blocks_so_that_names_do_not_meet(theme: Path) -> None:
    script = join_scripts(sorted((theme / "js").glob("*.js"))).decode()
    assert script == '"use strict";\n{\nconst name = 1;\n}\n{\nconst name = 2;\n}\n'


def test_building_again_leaves_only_the_new_files(theme: Path, tmp_path: Path) -> None:
    first = build(theme, ROOT / "node_modules", tmp_path / "out")
    (theme / "js/a.js").write_text("const name = 3;\n")
    second = build(theme, ROOT / "node_modules", tmp_path / "out")
    assert first["site.css"] == second["site.css"]
    assert first["site.js"] != second["site.js"]
    files = {file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*.*")}
    assert {file for file in files if not file.endswith((".br", ".gz"))} == {
        *second.values(),
        "manifest.json",
    }
    assert {file.removesuffix(".br").removesuffix(".gz") for file in files} <= {
        *second.values(),
        "manifest.json",
    }
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "theme"]


def test_a_fault_names_the_place_and_leaves_the_last_build(theme: Path, tmp_path: Path) -> None:
    first = build(theme, ROOT / "node_modules", tmp_path / "out")
    (theme / "scss/site.scss").write_text("main { p { }")
    with pytest.raises(BuildError, match=r"site\.scss"):
        build(theme, ROOT / "node_modules", tmp_path / "out")
    assert read_manifest(tmp_path / "out") == first


def test_without_npms_packages_it_says_what_to_do(theme: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="make assets"):
        build(theme, tmp_path / "nothing", tmp_path / "out")
    with pytest.raises(BuildError, match="make assets"):
        read_manifest(tmp_path / "out")


def test_the_command_builds_and_reports(theme: Path, tmp_path: Path) -> None:
    arguments = ["build", "--theme", str(theme), "--modules", str(ROOT / "node_modules")]
    done = CliRunner().invoke(main, [*arguments, "--target", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "3 static files" in done.output
    failed = CliRunner().invoke(main, [*arguments[:-1], str(tmp_path), "--target", str(tmp_path / "other")])
    assert failed.exit_code == 1
    assert "make assets" in failed.output


def test_nothing_committed_holds_a_registry_address() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text("utf-8")


def test_every_icon_the_templates_name_is_in_the_style_sheet(site: Path) -> None:
    css = next((site / "static").glob("site.*.css")).read_text("utf-8")
    named: set[str] = set()
    for file in sorted(site.glob("de/*.html")):
        named |= set(re.findall(r"kern-icon--([a-z-]+)", file.read_text("utf-8")))
    assert named
    for name in named:
        assert f".kern-icon--{name}{{" in css, name
