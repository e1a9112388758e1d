"""The templates without a browser: complete, translated, valid, within the policy, light."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from kreisportal.i18n import LANGUAGES
from tests.theming.gallery import PAGES, ROOT, THEME, TOWNS

TEMPLATES = THEME / "templates"
ENGLISH = ROOT / "platform/kreisportal/theming/locale/en.po"


def pages(site: Path) -> list[Path]:
    found = sorted(site.glob("*/*.html"))
    assert len(found) == len(TOWNS) * len(LANGUAGES) * len(PAGES)
    return found


def test_the_gallery_shows_every_macro() -> None:
    shown = "".join(file.read_text("utf-8") for file in sorted(THEME.rglob("*.html")))
    for file in sorted((TEMPLATES / "kern").glob("*.html")):
        for macro in re.findall(r"macro ([a-z][a-z_]*)\(", file.read_text("utf-8")):
            assert re.search(rf"(\{{\{{|call)[^%}}]*\b{macro}\(", shown), f"{file.name}: {macro}"


def test_every_text_of_the_templates_has_its_english() -> None:
    with ENGLISH.open("rb") as stream:
        english = {message.id: message.string for message in read_po(stream) if message.id}
    for file in sorted(TEMPLATES.rglob("*.html")):
        with file.open("rb") as stream:
            for line, _, message, _ in babel_extract(stream, ("_", "gettext"), [], {}):
                text = message if isinstance(message, str) else message[0]
                assert english.get(text), f"{file.name}:{line}: {text}"


def test_english_pages_speak_english(site: Path) -> None:
    page = (site / "en" / "vechta-home.html").read_text("utf-8")
    assert '<html lang="en"' in page
    assert "Skip to content" in page
    assert "Zum Inhalt springen" not in page


def test_pages_keep_to_the_policy(site: Path) -> None:
    """No style attribute, no inline style or script, no handler: the policy would drop them."""
    for file in pages(site):
        html = file.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), file.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html)), file.name


def test_pages_name_no_other_host(site: Path) -> None:
    for file in pages(site):
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", file.read_text("utf-8")), (
            file.name
        )
    css = next((site / "static").glob("site.*.css")).read_text("utf-8")
    assert set(re.findall(r"url\(\s*[\"']?([a-z]+:)", css)) == {"data:"}
    assert "@import" not in css


def test_pages_are_valid_html(site: Path) -> None:
    command = [
        ROOT / "node_modules/.bin/html-validate",
        "--config",
        THEME / "htmlvalidate.json",
        *pages(site),
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("name", PAGES)
def test_a_first_view_is_light(site: Path, name: str) -> None:
    """Page, style sheets and script, as gzip sends them: the pages' whole budget is 100 KB."""
    static = [file for file in (site / "static").glob("site.*") if file.suffix in {".css", ".js"}]
    files = [site / "de" / f"vechta-{name}.html", site / "vechta.css", *static]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    assert len(sizes) == 4
    assert sum(sizes.values()) < 40_000, sizes
    assert max(size for file, size in sizes.items() if file.endswith(".css")) < 25_000, sizes


def test_colour_is_the_towns_and_structure_everybodys(site: Path) -> None:
    for name in PAGES:
        one, other = (
            re.sub(r">[^<]+<", "><", (site / "de" / f"{slug}-{name}.html").read_text("utf-8")).replace(
                slug, "town"
            )
            for slug in TOWNS
        )
        assert one == other
