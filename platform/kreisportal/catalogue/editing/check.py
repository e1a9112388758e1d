"""All that editors must mend before a catalogue is good enough to be published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kreisportal.catalogue.editing.everyday import unspoken
from kreisportal.catalogue.editing.findings import PLAIN, Finding, passages
from kreisportal.catalogue.editing.links import dead_links
from kreisportal.catalogue.editing.modules import unfinished
from kreisportal.catalogue.editing.plain import Glossary, hard_words, plain_faults
from kreisportal.catalogue.files import Entry


def check(entries: Sequence[Entry]) -> list[Finding]:
    """Everything found, in the order of the files. ``entries`` are right by themselves (``read_catalogue``)."""
    keys = {kind: {entry.key for entry in entries if entry.kind == kind} for kind in _KINDS}
    glossary = Glossary(entry.data for entry in entries if entry.kind == "word")
    return [finding for entry in entries for finding in _of(entry, keys, glossary)]


def check_one(entry: Entry, keys: dict[str, set[str]], glossary: Glossary) -> list[Finding]:
    """Everything found in one entry; ``keys`` are those that exist, by kind."""
    return list(_of(entry, keys, glossary))


_KINDS = ("topic", "situation", "service", "guide", "word")


def _of(entry: Entry, keys: dict[str, set[str]], glossary: Glossary) -> Iterator[Finding]:
    if entry.kind not in _KINDS:
        return
    yield from dead_links(entry, keys)
    if entry.kind == "service":
        yield from unfinished(entry)
        yield from unspoken(entry)
    yield from _in_plain_language(entry, glossary)


def _in_plain_language(entry: Entry, glossary: Glossary) -> Iterator[Finding]:
    plain = [passage for passage in passages(entry) if passage.language == PLAIN]
    for passage in plain:
        for fault in plain_faults(passage.text):
            yield Finding(entry.kind, entry.key, f"{passage.field}.{PLAIN}", fault)
    whole = "\n".join(passage.text for passage in plain)
    for word in hard_words(whole):
        if not glossary.explains(word, whole):
            yield Finding(entry.kind, entry.key, PLAIN, f"the hard word “{word}” is explained nowhere")
