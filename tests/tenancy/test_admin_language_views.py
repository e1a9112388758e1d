"""The desk's page on the portal's languages: saving, two at once, taking back, and which legal pages it says are missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from kreisportal.access.roles import Role
from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.tenancy.legal import gaps_of
from kreisportal.tenancy.offered_languages import entry_for, languages_of, offered
from kreisportal.tenancy.registry import TenantRecord, pack, unpack
from kreisportal.tenancy.town_changes import parts_now
from kreisportal.web.program import Program
from tests.support.browser import Browser

PATH = "/de/portal/sprachen/"
ENGLISH, PLAIN = "language_en", "language_de-simple"


@pytest.fixture(scope="module")
def vechta(program: Program) -> TenantRecord:
    found = program.keeper.current.registry.by_slug_or_none("vechta")
    assert found is not None
    return found


def with_profile(town: TenantRecord, **changes: Any) -> TenantRecord:
    facts = dict(unpack(town.packed))
    facts["profile"] = {**facts["profile"], **changes}
    return replace(town, packed=pack(facts))


def ticked(page: str) -> set[str]:
    return set(re.findall(r'<input[^>]* name="(language_[a-z-]+)"[^>]* checked', page))


def test_what_is_ticked_is_offered_at_once_audited_and_can_be_taken_back(
    desk: Callable[..., Browser], client: Callable[..., Browser], database: Database, towns: dict[str, int]
) -> None:
    admin, portal = desk("vechta", Role.TENANT_ADMIN), client("vechta.localhost")
    page = admin.get(PATH)
    assert ticked(page.text) == {ENGLISH, PLAIN}
    assert portal.get("/en/").status_code == 200
    saved = admin.submit(page, {PLAIN: "", ENGLISH: "no"})
    assert saved.status_code == 303
    assert ticked(admin.follow(saved).text) == set()
    assert [portal.get(f"/{path}/").status_code for path in ("de", "en", "de-simple")] == [200, 302, 302]
    assert client("lohne.localhost").get("/en/").status_code == 200
    assert re.search(r'/de/portal/sprachen/"[^§]{1,400}?>\s*Deutsch\s*<', admin.get("/de/portal/").text)
    admin.submit(admin.get(PATH), {ENGLISH: "yes"})
    assert [portal.get(f"/{path}/").status_code for path in ("de", "en", "de-simple")] == [200, 200, 302]
    with database.transaction(Context(ActorKind.STAFF, towns["vechta"])) as session:
        entries = session.scalars(
            select(AuditEntry.data).where(AuditEntry.action == "town.languages").order_by(AuditEntry.at)
        ).all()
    assert entries == [{"parts": ["languages"]}] * 2
    admin.submit(admin.get(PATH), {}, "/portal/languages/zurueck")
    assert ticked(admin.get(PATH).text) == set()
    # With all of them ticked the town says nothing of it any more, as before.
    admin.submit(admin.get(PATH), {ENGLISH: "yes", PLAIN: "yes"})
    with database.transaction(Context(ActorKind.STAFF, towns["vechta"])) as session:
        assert parts_now(session, towns["vechta"], "languages") == {"languages": None}
    assert portal.get("/de-simple/").status_code == 200


def test_who_saves_second_sees_what_the_first_has_saved(desk: Callable[..., Browser]) -> None:
    first, second = desk("bakum", Role.TENANT_ADMIN), desk("bakum", Role.TENANT_ADMIN)
    seen = second.get(PATH)
    assert first.submit(first.get(PATH), {ENGLISH: ""}).status_code == 303
    met = second.submit(seen, {PLAIN: ""})
    assert met.status_code == 409
    assert "Inzwischen hat jemand anderes hier etwas geändert" in met.text
    # What was ticked still is, and beside it stands what is saved.
    assert ticked(met.text) == {ENGLISH}
    assert met.text.count("wird nicht angeboten") == 1
    assert second.submit(met, {}, "/portal/sprachen/").status_code == 303
    assert ticked(first.get(PATH).text) == {ENGLISH}


def test_only_who_leads_the_portal_chooses(desk: Callable[..., Browser]) -> None:
    caseworker = desk("lohne", Role.CASEWORKER)
    assert caseworker.get(PATH).status_code == 403
    assert "/portal/sprachen/" not in caseworker.get("/de/").text
    assert (
        "Your portal is always there in German."
        in desk("lohne", Role.TENANT_ADMIN).get(PATH.replace("de", "en", 1)).text
    )


def test_the_page_says_which_legal_pages_are_not_there_in_a_language(vechta: TenantRecord) -> None:
    assert gaps_of(vechta, "en") == ([], [])
    assert gaps_of(vechta, "de-simple") == ([], ["imprint", "privacy", "accessibility"])
    own = with_profile(
        vechta, texts={"imprint": {"de": "# Wir\n"}, "privacy": {"de": "# D\n", "en": "# P\n"}}
    )
    assert gaps_of(own, "en") == (["imprint"], [])


def test_the_desk_tells_them(desk: Callable[..., Browser]) -> None:
    admin = desk("cloppenburg", Role.TENANT_ADMIN)
    page = admin.get(PATH).text
    assert "Nur auf Deutsch: Impressum, Datenschutz, Barrierefreiheit." in page
    assert "Ohne eigenen Text" not in page
    imprint = admin.get("/de/portal/rechtstexte/imprint/")
    saved = admin.submit(imprint, {"text_de": "# Eigenes\n\n{name}\n", "tat": "speichern"})
    assert saved.status_code == 303, saved.text
    assert "Ohne eigenen Text in dieser Sprache, mit dem der Region: Impressum." in admin.get(PATH).text


@pytest.mark.parametrize(
    ("entry", "paths"),
    [
        (None, "de en de-simple"),
        ([], "de"),
        (["en"], "de en"),
        (["de-simple", "en"], "de en de-simple"),
        # What was saved by another version of the program takes no page away.
        (["fr", "de"], "de"),
    ],
)
def test_german_is_always_offered(vechta: TenantRecord, entry: list[str] | None, paths: str) -> None:
    assert " ".join(language.path for language in offered(entry)) == paths
    town = with_profile(vechta, languages=entry) if entry is not None else vechta
    assert " ".join(language.path for language in languages_of(town)) == paths


def test_a_town_that_offers_all_says_nothing_of_it() -> None:
    assert entry_for({"en", "de-simple"}) is None
    assert entry_for({"en", "fr"}) == ["en"]
    assert entry_for(set()) == []
