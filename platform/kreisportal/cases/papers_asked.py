"""The further papers that an authority asked for when a case was sent: kept in its chain, so that it stays readable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kreisportal.cases.models import CaseEvent
from kreisportal.tenancy.further_papers import FurtherPaper


def asked_data(papers: Sequence[FurtherPaper]) -> dict[str, Any]:
    """What the chain keeps for ever: nothing personal. Only of papers that the form asks for as files."""
    wanted = [paper.to_data() for paper in papers if paper.upload]
    return {"papers": wanted} if wanted else {}


def papers_asked(events: Iterable[CaseEvent]) -> tuple[FurtherPaper, ...]:
    """The papers that the form of a case asked for."""
    sent = next((event for event in events if event.kind == "submitted"), None)
    return tuple(FurtherPaper.from_data(paper) for paper in (sent.data.get("papers", ()) if sent else ()))
