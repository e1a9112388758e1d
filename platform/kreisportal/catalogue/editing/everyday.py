"""Whether official words can be found by those that people use for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

from kreisportal.catalogue.editing.findings import Finding
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.search.text import fold


def unspoken(entry: Entry) -> Iterator[Finding]:
    """Official words in a service's names of which no everyday word stands in its name or synonyms."""
    data = entry.data
    names = fold(f"{data['name']['de']} {data['official_name']['de']}")
    spoken = fold("\n".join([data["name"]["de"], *data.get("synonyms", {}).get("de", ())]))
    for official, everyday in everyday_words().items():
        if fold(official) in names and not any(fold(word) in spoken for word in everyday):
            wanted = " or ".join(everyday)
            yield Finding(
                entry.kind, entry.key, "synonyms.de", f"“{official}” needs an everyday word: {wanted}"
            )


@cache
def everyday_words() -> dict[str, tuple[str, ...]]:
    """Official words, or parts of them, with the everyday words one of which is enough."""
    file = resources.files("kreisportal.catalogue.editing") / "words" / "everyday_de.txt"
    found = {}
    for line in file.read_text("utf-8").splitlines():
        official, _, everyday = line.partition("#")[0].partition(":")
        if everyday.strip():
            found[official.strip()] = tuple(word.strip() for word in everyday.split(","))
    return found
