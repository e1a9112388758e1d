"""Reading the definitions of a folder such as ``catalogue/forms``."""

from __future__ import annotations

from pathlib import Path

from kreisportal.forms.definition import FormDefinition
from kreisportal.forms.schemas import read_definition, shown_trail
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import Blocks, read_blocks, read_source

BLOCKS_FILE = "_blocks.yaml"
"""Parts that several forms use, named by ``{use: name}``. Files that begin with _ are no forms."""


def load_form(path: Path, blocks: Blocks | None = None) -> FormDefinition:
    """The definition in a file. Its key must be the file's name.

    Raises DefinitionError with a line ``catalogue/forms/x.yaml:12: steps[1].fields[0].type: …`` for every
    fault.
    """
    source = read_source(path, read_blocks(path.parent / BLOCKS_FILE) if blocks is None else blocks)
    definition, faults = read_definition(source.data)
    if definition is not None and definition.key != path.stem:
        faults = [(("key",), f"must be {path.stem!r}, the name of the file")]
    if faults or definition is None:
        lines = (f"{source.place(trail)}: {shown_trail(trail)}: {sentence}" for trail, sentence in faults)
        raise DefinitionError(list(dict.fromkeys(lines)))
    return definition


def load_forms(folder: Path) -> dict[str, FormDefinition]:
    """All definitions of a folder by key. Raises one DefinitionError with the faults of all files."""
    blocks = read_blocks(folder / BLOCKS_FILE)
    found: dict[str, FormDefinition] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name.startswith("_"):
            continue
        try:
            found[path.stem] = load_form(path, blocks)
        except DefinitionError as error:
            faults += error.faults
    if faults:
        raise DefinitionError(faults)
    return found
