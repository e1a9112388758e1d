"""What an account takes out is all that is its own and nothing else; what it deletes is gone from everywhere.

Looked for are the canaries of somebody who has an account, and has applied in two towns with it.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from kreisportal.accounts.takeouts import REGION_FOLDER
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.staff.sign_in import Locksmith
from tests.accounts.people import HOST
from tests.isolation.takeout_attacks import make_takeout
from tests.isolation.town import Town
from tests.isolation.words import Words, readable
from tests.isolation.world import Facts, Original, World
from tests.support.browser import Browser

SECRETS = {
    *("account/app", "account/recovery", "account/session", "account/handle", "account/link"),
    *("account/link to confirm", "account/link to undo", "mandate/invitation"),
}
"""What opens an account, and no takeout holds."""
BEFORE = {"account/takeout", "account/takeout id"}
"""The takeout before, which the new one has replaced."""
ANOTHERS = {"mandate/inviting"}
"""Who has invited the account to act for them: seen by whoever has the link, and not before."""
SEEN_BY_THE_OTHER = {*ANOTHERS, "mandate/representative", "mandate/case", "mandate/id"}
"""What whoever acted for the account still sees of it: their own name, and at which cases they did what."""
NOT_TOLD = {
    *("internal/note", "staff/name", "staff/email", "staff/id", "check/id"),
    *("draft/token", "case/token", "case/secret"),
}
"""What an office keeps to itself, and what opens a draft or case to anybody."""


@pytest.fixture(scope="module")
def world(
    original: Original, locksmith: Locksmith, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world of one's own, in which an account is taken out and then deleted."""
    with original.opened(tmp_path_factory.mktemp("own-data"), locksmith) as made:
        yield made


@pytest.fixture(scope="module")
def taken_out(world: World) -> ZipFile:
    """What the account of B's citizen takes out."""
    takeout_id = make_takeout(world, world.facts.b.account.id)
    with world.program.intake.storage.open(REGION_FOLDER, takeout_id) as stream:
        return ZipFile(io.BytesIO(stream.read()))


def owned(facts: Facts) -> tuple[Town, Town]:
    """What lies in the account, in both towns."""
    return facts.citizen_b, facts.neighbour


def text_of(archive: ZipFile) -> str:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
    return readable(buffer.getvalue(), "application/zip")


def test_a_takeout_holds_all_that_is_ones_own(world: World, taken_out: ZipFile) -> None:
    text = text_of(taken_out)
    account = world.facts.b.account.words
    assert {*account.labels.values(), *account.marks.values()} - account.found(
        text
    ) == SECRETS | BEFORE | ANOTHERS
    for town in owned(world.facts):
        words = town.words
        missing = {*words.labels.values(), *words.marks.values()} - words.found(text)
        assert missing <= NOT_TOLD | {"unknown"}, town.tenant.slug


def test_a_takeout_holds_nothing_that_is_anothers_or_opens_anything(world: World, taken_out: ZipFile) -> None:
    text, facts = text_of(taken_out), world.facts
    assert facts.b.account.words.found(text) & (SECRETS | ANOTHERS) == set()
    for town in owned(facts):
        assert town.words.found(text) & NOT_TOLD == set()
    for words in (facts.a.words, facts.b.words, facts.citizen_a.words, facts.a.account.words):
        assert words.found(text) == set(), words.owner


def test_a_takeout_is_whole_and_each_entry_is_what_its_digest_says(world: World, taken_out: ZipFile) -> None:
    manifest = json.loads(taken_out.read("manifest.json"))
    assert manifest["missing"] == []
    assert len(taken_out.namelist()) == len(set(taken_out.namelist())) == len(manifest["files"]) + 1
    for entry in manifest["files"]:
        assert hashlib.sha256(taken_out.read(entry["name"])).hexdigest() == entry["sha256"]
    assert taken_out.read("Meine-Daten.pdf").startswith(b"%PDF")
    for town in owned(world.facts):
        for case in town.cases:
            folder = f"orte/{town.tenant.slug}/{case.number}"
            value = json.loads(taken_out.read(f"{folder}/vorgang.json"))
            assert value["answers"]["dog_name"]
            assert {event["kind"] for event in value["events"]} > {"submitted"}
            assert taken_out.read(f"{folder}/{case.number}.pdf").startswith(b"%PDF")
            stored = {file["sha256"]: file["stored_as"] for file in value["files"]}
            for digest, name in stored.items():
                assert hashlib.sha256(taken_out.read(f"{folder}/{name}")).hexdigest() == digest
        letter = taken_out.read(
            f"orte/{town.tenant.slug}/{town.decided.number}/{town.decided.number}-Bescheid.pdf"
        )
        assert letter.startswith(b"%PDF")


def rows_with(world: World, words: Words) -> dict[str, list[tuple[str, set[str]]]]:
    """Every row of every table in which a canary is found, however it is written there; by table."""
    tables = world.superuser.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    found: dict[str, list[tuple[str, set[str]]]] = {}
    for (table,) in tables:
        for (row,) in world.superuser.execute(f"SELECT to_jsonb(t)::text FROM {table} t"):
            labels = words.found(row) | words.found(_bytes_in(row))
            if labels:
                found.setdefault(table, []).append((row, labels))
    return found


def rows_left(world: World, words: Words) -> dict[str, list[tuple[str, set[str]]]]:
    """The same without what another person still sees of the mandates that there were."""
    return {
        table: rows
        for table, rows in rows_with(world, words).items()
        if not table.startswith("account_mandate") or any(labels - SEEN_BY_THE_OTHER for _, labels in rows)
    }


def _bytes_in(row: str) -> str:
    """What stands in a row's bytes."""
    values: dict[str, Any] = json.loads(row)
    bytes_of = [str(value)[2:] for value in values.values() if str(value).startswith("\\x")]
    return " ".join(bytes.fromhex(each).decode("latin-1") for each in bytes_of)


def files_with(world: World, words: Words) -> set[Path]:
    """The files in which a canary is found, or that are named by one."""
    folder = world.program.settings.data_folder
    mail = folder / "mail"
    return {
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_relative_to(mail)
        if words.found(f"{file.relative_to(folder)} {file.read_bytes().decode('latin-1')}")
    }


def delete(world: World, town: Town) -> str:
    """Delete the account in the browser in which it is signed in; what the page says then."""
    browser = Browser(world.wsgi, HOST)
    browser.set_cookie(SESSION_COOKIE, town.account.cookies["account"])
    asked = browser.get("/de/loeschen")
    for owned_town in owned(world.facts):
        assert all(case.number in asked.text for case in owned_town.cases)
    done = browser.submit(asked, {"password": town.account.password})
    assert done.status_code == 200, done.text
    return done.text


def test_after_the_deletion_nothing_is_left_but_the_named_cases(world: World, taken_out: ZipFile) -> None:
    """Everywhere in the database and in every file. It comes last: then the account is gone."""
    facts, account = world.facts, world.facts.b.account
    storage, settings = world.program.intake.storage, world.program.settings
    assert rows_with(world, account.words)
    assert list((settings.files_folder / str(REGION_FOLDER)).rglob(str(takeout_file(world))))
    receipt = delete(world, facts.b)
    assert rows_left(world, account.words).keys() <= {"mails"}, "the receipt is still to be sent"
    send_receipt(world, account.email)
    assert rows_left(world, account.words) == {}
    assert files_with(world, account.words) == set()
    for town in owned(facts):
        kept = {str(case.id) for case in town.cases}
        for table, rows in rows_with(world, town.words).items():
            for row, labels in rows:
                assert not [label for label in labels if label.startswith("draft")], f"{table}: {row}"
                assert any(case in row for case in kept), f"{table}: {row}"
        named = {str(each) for files in town.files for each in files.ids}
        assert {file.name for file in files_with(world, town.words)} == named
        assert all(case.number in receipt for case in town.cases)
    assert world.house.rows("SELECT id FROM cases WHERE account_id = %s", account.id) == []
    for owned_by in (facts.citizen_a, facts.a):
        assert rows_with(world, owned_by.words), "what is another's is still there"
    storage.open(REGION_FOLDER, facts.a.account.takeout_id).close()


def takeout_file(world: World) -> object:
    return world.house.value(
        "SELECT id FROM account_takeouts WHERE account_id = %s", world.facts.b.account.id
    )


def send_receipt(world: World, email: str) -> None:
    """Let the worker send what waits for the address; the mail tells what has gone, and is then forgotten."""
    import asyncio

    from kreisportal.jobs.running import drain
    from kreisportal.worker import create_crew

    world.superuser.execute(
        "DELETE FROM procrastinate_jobs WHERE NOT (task_name = 'notifications.send_mail' AND args->>'mail_id' IN"
        " (SELECT id::text FROM mails WHERE recipient = %s))",
        [email],
    )
    crew = create_crew(world.program.settings, concurrency=1)
    asyncio.run(drain(crew))
    crew.runtime.database.close()
    (mail,) = (world.program.settings.data_folder / "mail").rglob("*.eml")
    assert "gel=C3=B6scht" in mail.read_text("utf-8") or "gelöscht" in mail.read_text("utf-8")
