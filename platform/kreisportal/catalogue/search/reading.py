"""From a service as the catalogue's files describe it to a document of the search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kreisportal.catalogue.search.documents import SearchDocument

# The rest (fees, periods, ways, remedies, responsibility) reads alike everywhere and would only take time.
_TEXTS = ("full", "further", "requirements", "documents", "procedure")


def document_of(
    service: Mapping[str, Any], labels: Mapping[str, Iterable[str]] | None = None
) -> SearchDocument:
    """The document for ``service``, a mapping with the fields of ``catalogue/services/<key>.yaml``.

    ``labels`` are further names by language, such as those of the service's topics and situations. Fields
    that are missing are left out.
    """
    laws = [law["name"] for law in service.get("legal_basis") or ()]
    names: Mapping[str, str] = service["name"]
    return SearchDocument(
        key=service["key"],
        names=names,
        official_names=service.get("official_name") or {},
        synonyms={path: tuple(texts) for path, texts in (service.get("synonyms") or {}).items()},
        labels={
            path: (*(labels or {}).get(path, ()), *(laws if path == "de" else ()))
            for path in dict.fromkeys((*names, *(labels or {})))
        },
        short=service.get("short") or {},
        full=_joined(service),
    )


def _joined(service: Mapping[str, Any]) -> dict[str, str]:
    """All running text of a service by language."""
    found: dict[str, list[str]] = {}
    for field in _TEXTS:
        for path, value in (service.get(field) or {}).items():
            lines: Sequence[str] = value if isinstance(value, list | tuple) else (value,)
            found.setdefault(path, []).extend(lines)
    return {path: "\n".join(lines) for path, lines in found.items()}
