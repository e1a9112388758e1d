"""A tenant admin says which further papers the town wants for a service: what was typed, checked, and kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import LANGUAGES, locked_offer
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.further_papers import LONGEST_NAME, LONGEST_NOTE, MOST_PAPERS, NEEDS, FurtherPaper

OF_PAPER = ("key", "name_de", "name_en", "note_de", "note_en", "need", "upload")
_EMPTY = 2

Typed = Mapping[str, str]


def papers_typed_of(row: Offer | None) -> dict[str, str]:
    """The papers as the form shows them, numbered from 1, with some empty ones behind as long as more may come."""
    papers = [FurtherPaper.from_data(paper) for paper in (row.details.get("papers", ()) if row else ())]
    typed: dict[str, str] = {}
    for number, paper in enumerate(papers, 1):
        typed |= {f"{name}_{number}": text for name, text in _typed_of(paper).items()}
    for number in range(len(papers) + 1, min(MOST_PAPERS, len(papers) + _EMPTY) + 1):
        typed |= {f"{name}_{number}": "" for name in OF_PAPER}
    return typed


def _typed_of(paper: FurtherPaper) -> dict[str, str]:
    texts = {f"name_{language}": paper.name.get(language, "") for language in LANGUAGES}
    texts |= {f"note_{language}": paper.note.get(language, "") for language in LANGUAGES}
    return {"key": paper.key, "need": paper.need, "upload": "yes" if paper.upload else "", **texts}


def change_papers(
    session: Session, tenant_id: int, service_key: str, typed: Typed, channel: str, seen: str
) -> bool:
    """Lay the papers into the offer; one without a name goes. ``channel`` is that of an offer which there was not yet.

    Returns whether that changed anything. Raises InvalidInputError with a sentence at each field, and ConflictError if the
    offer is not what was ``seen`` any more.
    """
    papers = papers_typed(typed)
    first = {"is_on": False, "channel": channel, "details": {}}
    row, _ = locked_offer(session, tenant_id, service_key, seen, first)
    known = {paper["key"] for paper in row.details.get("papers", ())}
    # A key that this offer never had is none: it would be a file field of somebody's choosing.
    data = [paper | ({} if paper["key"] in known else {"key": secrets.token_hex(4)}) for paper in papers]
    after = {name: value for name, value in row.details.items() if name != "papers"}
    after |= {"papers": data} if data else {}
    changed = after != row.details
    row.details = after
    session.flush()
    return changed


def papers_typed(typed: Typed) -> list[dict[str, Any]]:
    """What was typed as plain data. Raises InvalidInputError with all that is wrong at once."""
    faults: dict[str, list[str]] = {}
    papers: list[dict[str, Any]] = []
    for number in range(1, MOST_PAPERS + 1):
        words = {name: " ".join(typed.get(f"{name}_{number}", "").split()) for name in OF_PAPER}
        if not any(words[name] for name in OF_PAPER[1:5]):
            continue
        faults |= {f"{name}_{number}": [sentence] for name, sentence in _faults(words).items()}
        texts = {
            part: {
                language: words[f"{part}_{language}"] for language in LANGUAGES if words[f"{part}_{language}"]
            }
            for part in ("name", "note")
        }
        paper = FurtherPaper(
            words["key"], texts["name"], words["need"], texts["note"], words["upload"] == "yes"
        )
        papers.append(paper.to_data())
    if faults:
        raise InvalidInputError(faults)
    return papers


def _faults(words: Typed) -> dict[str, str]:
    found = {}
    if not words["name_de"]:
        found["name_de"] = gettext("Schreiben Sie, wie die Unterlage heißt.")
    if words["note_en"] and not words["note_de"]:
        found["note_de"] = gettext("Schreiben Sie den Text auch auf Deutsch.")
    if words["need"] not in NEEDS:
        found["need"] = gettext("Wählen Sie, von wem Sie die Unterlage brauchen.")
    for name in OF_PAPER[1:5]:
        longest = LONGEST_NAME if name.startswith("name") else LONGEST_NOTE
        if len(words[name]) > longest:
            found[name] = gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=longest)
        elif not words[name].isprintable():
            found[name] = gettext("In diesem Text stehen Zeichen, die es nicht gibt. Schreiben Sie ihn neu.")
    return found
