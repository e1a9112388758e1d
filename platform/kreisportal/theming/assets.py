"""Builds the static files: ``themes/base`` in, ``build/static`` with names by digest and a manifest out.

    python -m kreisportal.theming.assets build

A file's name holds twelve hexadecimal digits of its SHA-256, so that browsers may keep it for a year.
``manifest.json`` maps the logical name (``site.css``) to the one by digest (``site.0123456789ab.css``). What
brotli and gzip make smaller lies beside the file, as ``.br`` and ``.gz``, and is sent to whom takes it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import click
from whitenoise.compress import Compressor

from kreisportal.kernel.errors import KreisportalError
from kreisportal.theming.palette import NEUTRAL_BRAND, palette
from kreisportal.theming.stylesheet import base_css

MANIFEST = "manifest.json"
_DIGITS = 12


class BuildError(KreisportalError):
    """The static files could not be built, or have not been; the message says what to do."""

    code = "static-files"


def build(theme: Path, modules: Path, target: Path) -> dict[str, str]:
    """Build ``theme`` (folders scss, js, static) into ``target`` and return the manifest.

    ``modules`` is npm's folder ``node_modules``. Everything is made beside ``target`` first and moved
    there in one step, so a failed build leaves the last one. Raises BuildError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".static-") as name:
        fresh = Path(name) / "static"
        fresh.mkdir()
        manifest = _fill(fresh, _contents(theme, modules))
        compressor = Compressor(quiet=True)
        for file in manifest.values():
            compressor.compress(str(fresh / file))
        if target.exists():
            target.rename(Path(name) / "old")
        fresh.rename(target)
    return manifest


def read_manifest(target: Path) -> dict[str, str]:
    """The manifest of the files built into ``target``. Raises BuildError when there is none."""
    file = target / MANIFEST
    if not file.is_file():
        raise BuildError(f"{file} is missing: run `make assets`")
    manifest: dict[str, str] = json.loads(file.read_text("utf-8"))
    return manifest


def _contents(theme: Path, modules: Path) -> dict[str, bytes]:
    """Logical name → content of every static file."""
    contents = {
        "site.css": base_css(palette(NEUTRAL_BRAND)).encode()
        + compile_scss(theme / "scss" / "site.scss", modules),
        "site.js": join_scripts(sorted((theme / "js").glob("*.js"))),
    }
    for file in sorted((theme / "static").rglob("*")):
        if file.is_file():
            contents[file.relative_to(theme / "static").as_posix()] = file.read_bytes()
    return contents


def _fill(folder: Path, contents: dict[str, bytes]) -> dict[str, str]:
    manifest = {}
    for name, content in contents.items():
        path = Path(name)
        digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
        manifest[name] = path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix()
        file = folder / manifest[name]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", "utf-8")
    return manifest


def compile_scss(source: Path, modules: Path) -> bytes:
    """The compressed CSS of ``source``. Raises BuildError when sass is missing or refuses."""
    sass = modules / ".bin" / "sass"
    if not sass.exists():
        raise BuildError(
            f"{sass} is missing: Node.js 20 or newer and `npm ci` are needed (`make assets` runs it)"
        )
    # KERN's sources use a few deprecated functions of sass; --quiet-deps hides what is not ours to mend.
    # --no-charset, because a byte order mark in the middle of site.css would spoil the rule after it.
    flags = ["--style=compressed", "--no-source-map", "--no-charset", "--quiet-deps"]
    command: list[str | Path] = [sass, *flags, f"--load-path={modules}", source]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise BuildError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def join_scripts(files: list[Path]) -> bytes:
    """One script of several, each in a block of its own so that their names do not meet."""
    parts = [f"{{\n{file.read_text('utf-8').rstrip()}\n}}\n" for file in files]
    return ('"use strict";\n' + "".join(parts)).encode()


@click.group()
def main() -> None:
    """Static files of the pages."""


@main.command("build")
@click.option("--theme", type=click.Path(path_type=Path, exists=True), default=Path("themes/base"))
@click.option("--modules", type=click.Path(path_type=Path), default=Path("node_modules"))
@click.option("--target", type=click.Path(path_type=Path), default=Path("build/static"))
def build_command(theme: Path, modules: Path, target: Path) -> None:
    """Build themes/base into build/static."""
    try:
        manifest = build(theme, modules, target)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    size = sum((target / name).stat().st_size for name in manifest.values())
    click.echo(f"{len(manifest)} static files, {size // 1024} KB, in {target}")


if __name__ == "__main__":
    main()
