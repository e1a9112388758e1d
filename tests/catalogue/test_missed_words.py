"""Words that found nothing: what is counted, what is written down, and who may read it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import CliRunner

from kreisportal.access.roles import Role
from kreisportal.catalogue.cli import catalogue
from kreisportal.catalogue.missed_words import LEAST, Missed, MissedWords, missed_words, months_ago
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
from kreisportal.web.program import Program
from tests.catalogue.small_region import away
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

EVER = date(2020, 1, 1)


@pytest.fixture
def empty(region: DatabaseCopy) -> None:
    """Nothing has been written down yet."""
    with region.superuser() as connection:
        connection.execute("DELETE FROM missed_words")


@pytest.fixture
def counter(database: Database, empty: None) -> MissedWords:
    """The counter of a process."""
    return MissedWords(database)


def tenant(database: Database, slug: str) -> int:
    from kreisportal.tenancy.models import Tenant

    with database.transaction(REGION) as session:
        return session.query(Tenant.id).filter(Tenant.slug == slug).scalar()


def written(database: Database, slug: str | None = None) -> list[Missed]:
    with database.transaction(REGION) as session:
        return missed_words(session, EVER, tenant(database, slug) if slug else None)


def note(
    counter: MissedWords, database: Database, *queries: str, slug: str = "vechta", times: int = LEAST
) -> None:
    for query in queries * times:
        counter.note(tenant(database, slug), query)
    counter.flush()


def test_what_was_typed_often_enough_is_written_down(counter: MissedWords, database: Database) -> None:
    note(counter, database, "Trampolin", " trampolin ", times=2)
    note(counter, database, "Drohne  fliegen", slug="lohne")
    assert written(database, "vechta") == [Missed("trampolin", 4)]
    assert written(database, "lohne") == [Missed("drohne fliegen", 3)]
    assert written(database) == [Missed("trampolin", 4), Missed("drohne fliegen", 3)]


def test_what_few_have_typed_stays_in_memory(counter: MissedWords, database: Database) -> None:
    note(counter, database, "Heinz Erhardt", times=LEAST - 1)
    assert written(database) == []


def test_what_was_written_down_is_not_counted_again(counter: MissedWords, database: Database) -> None:
    note(counter, database, "trampolin")
    counter.flush()
    note(counter, database, "trampolin", times=1)
    assert written(database) == [Missed("trampolin", LEAST + 1)]


@pytest.mark.parametrize(
    "query",
    [
        *("04441 123456", "anna@example.org", "Große Straße 12", "VEC-AB 123", "x", "", "<b>hund</b>"),
        *("ich habe vier wörter hier", "a" * 41, "hund\x00katze", "1", "kfz-2"),
    ],
)
def test_what_may_tell_who_asked_is_never_counted(
    counter: MissedWords, database: Database, query: str
) -> None:
    note(counter, database, query)
    assert written(database) == []


@pytest.mark.parametrize("query", ["Müllgebühr", "kita-platz ändern", "smörrebröd café öffnen"])
def test_words_of_letters_are_counted(counter: MissedWords, database: Database, query: str) -> None:
    note(counter, database, query)
    assert [missed.word for missed in written(database)] == [query.lower()]


def test_memory_is_bounded(counter: MissedWords, database: Database) -> None:
    vechta = tenant(database, "vechta")
    letters = "abcdefghijklmnopqr"
    for word in (f"wort{a}{b}{c}{d}" for a in letters for b in letters for c in letters for d in "ab"):
        counter.note(vechta, word)
    assert len(counter._counts) == 5_000
    note(counter, database, "trampolin")
    assert written(database) == [Missed("trampolin", LEAST)]


def test_while_the_database_is_away_nothing_is_lost(
    counter: MissedWords, database: Database, region: DatabaseCopy
) -> None:
    vechta = tenant(database, "vechta")
    with away(region):
        for _ in range(LEAST):
            counter.note(vechta, "trampolin")
        counter.flush()
    counter.flush()
    assert written(database) == [Missed("trampolin", LEAST)]


def test_threads_do_not_lose_counts(counter: MissedWords, database: Database) -> None:
    vechta = tenant(database, "vechta")
    threads = [
        threading.Thread(target=lambda: [counter.note(vechta, "trampolin") for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counter.flush()
    assert written(database) == [Missed("trampolin", 2000)]


def test_staff_see_their_own_towns_words_only(counter: MissedWords, database: Database) -> None:
    note(counter, database, "trampolin")
    note(counter, database, "drohne", slug="lohne")
    staff = Context(ActorKind.STAFF, tenant(database, "lohne"))
    with database.transaction(staff) as session:
        assert missed_words(session, EVER) == [Missed("drohne", LEAST)]
        assert missed_words(session, EVER, tenant(database, "vechta")) == []


@pytest.mark.parametrize(
    ("months", "found"),
    [(0, date(2026, 3, 1)), (2, date(2026, 1, 1)), (3, date(2025, 12, 1)), (15, date(2024, 12, 1))],
)
def test_months_are_counted_back_over_the_year(months: int, found: date) -> None:
    assert months_ago(date(2026, 3, 31), months) == found


def test_a_search_in_vain_is_counted_without_asking_the_database(
    client: Callable[..., Browser], program: Program, region: DatabaseCopy, empty: None
) -> None:
    portal = client("vechta.localhost")
    with away(region):
        for query in ["trampolin"] * LEAST + ["perso"] * LEAST:
            assert portal.get(f"/de/suche?q={query}").status_code == 200
    assert written(program.database) == []
    program.missed_words.flush()
    assert written(program.database) == [Missed("trampolin", LEAST)]


def test_the_tenant_admin_sees_a_table_and_bars(
    desk: Callable[..., Browser], program: Program, empty: None
) -> None:
    note(program.missed_words, program.database, "trampolin", times=8)
    note(program.missed_words, program.database, "drohne", times=4)
    note(program.missed_words, program.database, "imkerei", slug="lohne", times=9)
    page = desk("vechta", Role.TENANT_ADMIN).get("/de/leistungen/suchwoerter").text
    assert page.index('scope="row">trampolin<') < page.index('scope="row">drohne<')
    assert page.count("<rect") == 2
    assert 'width="190.0"' in page and 'width="95.0"' in page
    assert "imkerei" not in page
    assert (
        "What was searched for in vain"
        in desk("vechta", Role.TENANT_ADMIN).get("/en/leistungen/suchwoerter").text
    )


def test_nothing_missed_is_said_in_words(desk: Callable[..., Browser], empty: None) -> None:
    page = desk("cloppenburg", Role.TENANT_ADMIN).get("/de/leistungen/suchwoerter").text
    assert "Bisher wurde nichts so oft vergeblich gesucht." in page
    assert "<svg" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_tenant_admin_sees_how_texts_read(desk: Callable[..., Browser]) -> None:
    page = desk("vechta", Role.TENANT_ADMIN).get("/de/leistungen/texte").text
    numbers = [int(part.partition("<")[0]) for part in page.split('data-label="LIX">')[1:]]
    assert len(numbers) > 100
    assert numbers == sorted(numbers, reverse=True)
    plain = desk("vechta", Role.TENANT_ADMIN).get("/en/leistungen/texte")
    assert "How the texts read" in plain.text


def test_the_operator_sees_all_towns_words(
    counter: MissedWords, database: Database, region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", region.url())
    assert "Nothing was searched for in vain" in CliRunner().invoke(catalogue, ["missed"]).output
    note(counter, database, "trampolin")
    output = CliRunner().invoke(catalogue, ["missed"]).output
    assert "trampolin" in output and "3" in output
