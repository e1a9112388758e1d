"""What is posted for a step: files taken in once, kept through errors, of the kinds that the question takes."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kreisportal.cases import drafts
from kreisportal.cases.pages import step_input
from tests.cases.citizen import open_draft, send_page
from tests.cases.house import CONTENT, PROOF, DraftFacts, House
from tests.documents.samples import image
from tests.support.browser import Browser

Citizens = Callable[..., Browser]
File = tuple[bytes, str]


class Proof:
    """The page of a draft that asks for files, in somebody's browser."""

    def __init__(self, house: House, browser: Browser, draft: DraftFacts) -> None:
        self.house, self.browser, self.draft = house, browser, draft
        open_draft(house, browser, draft)
        (step,) = {each.key for each in house.form()[1].steps for field in each.fields if field.key == PROOF}
        self.path = f"/de/antrag/{draft.id}/{step}"

    def send(
        self, *files: File, kept: tuple[object, ...] = (), page: TestResponse | None = None, **more: Any
    ) -> Any:
        """Send the page with new files, and with those of before that shall stay."""
        values = [*(str(each) for each in kept), *((io.BytesIO(content), name) for content, name in files)]
        return send_page(self.browser, page or self.browser.get(self.path), {PROOF: values}, **more)

    @property
    def stored(self) -> list[str]:
        """The names of the files that lie with the draft."""
        query = "SELECT name FROM documents WHERE draft_id = %s ORDER BY created_at, name"
        return [name for (name,) in self.house.rows(query, self.draft.id)]

    @property
    def revision(self) -> int:
        """The revision of the answers."""
        return int(self.house.value("SELECT revision FROM drafts WHERE id = %s", self.draft.id))

    @property
    def answered(self) -> list[str]:
        """The names of the files that the answers name."""
        query = "SELECT jsonb_path_query_array(answers, '$.relief_proof[*].name') FROM drafts WHERE id = %s"
        return list(self.house.value(query, self.draft.id))


@pytest.fixture
def proof(house: House, citizen: Citizens) -> Proof:
    """The page, with no file yet."""
    draft = house.draft()
    return Proof(house, citizen(), draft)


def test_files_of_the_right_kinds_are_kept_and_named(proof: Proof) -> None:
    answer = proof.send((CONTENT, "Ausweis.pdf"), (image("PNG"), "Foto.png"), (image("JPEG"), "Foto.jpeg"))
    assert answer.status_code == 303
    assert proof.stored == proof.answered == ["Ausweis.pdf", "Foto.png", "Foto.jpg"]


def test_files_stand_everywhere_in_the_order_in_which_they_came(proof: Proof) -> None:
    names = [f"Seite {number}.pdf" for number in (3, 10, 1)]
    assert proof.send(*((CONTENT, name) for name in names)).status_code == 303
    assert proof.stored == names
    proof.house.send(dataclasses.replace(proof.draft, revision=proof.revision))
    page = proof.browser.get(f"/de/vorgang/{proof.draft.id}").text
    assert re.findall(r">(Seite [0-9]+\.pdf)<", page) == names


def test_the_kind_is_found_in_the_content_and_not_in_the_name(proof: Proof) -> None:
    answer = proof.send((b"<html><script>alert(1)</script>", "Ausweis.pdf"))
    assert answer.status_code == 422
    assert "Ausweis.pdf: " in answer.text
    assert proof.stored == []


def test_what_was_taken_in_is_there_again_when_another_is_refused(proof: Proof) -> None:
    answer = proof.send((CONTENT, "Gut.pdf"), (b"MZ\x90\x00", "Schlecht.exe"))
    assert answer.status_code == 422
    assert "Schlecht.exe: " in answer.text
    assert proof.stored == ["Gut.pdf"]
    # Its box is checked, so that it goes along without being chosen again.
    (document,) = proof.house.rows("SELECT id FROM documents WHERE draft_id = %s", proof.draft.id)
    assert str(document[0]) in answer.text
    assert proof.send(kept=document, page=answer).status_code == 303
    assert proof.answered == ["Gut.pdf"]


def test_a_file_that_is_left_out_is_no_answer_any_more(proof: Proof) -> None:
    proof.send((CONTENT, "Eins.pdf"), (CONTENT, "Zwei.pdf"))
    ids = proof.house.rows(
        "SELECT id FROM documents WHERE draft_id = %s AND name = 'Zwei.pdf'", proof.draft.id
    )
    assert proof.send(kept=ids[0]).status_code == 303
    assert proof.answered == ["Zwei.pdf"]


def test_another_drafts_file_is_not_taken(proof: Proof) -> None:
    stranger = proof.house.draft(files=1)
    answer = proof.send(kept=stranger.files)
    assert answer.status_code in (303, 422)
    assert proof.answered == []
    owner = "SELECT draft_id FROM documents WHERE id = %s"
    assert proof.house.value(owner, stranger.files[0]) == stranger.id


def test_a_draft_holds_no_more_files_than_any_form_asks_for(
    proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_input, "_MOST_FILES", 2)
    answer = proof.send(*((CONTENT, f"Seite {number}.pdf") for number in range(3)))
    assert answer.status_code == 422
    assert "Seite 2.pdf: Das ist eine Datei zu viel." in answer.text
    assert len(proof.stored) == 2


def most_of_proof(proof: Proof) -> int:
    """How many files the question takes."""
    (most,) = {
        field.limits["max"]
        for each in proof.house.form()[1].steps
        for field in each.fields
        if field.key == PROOF
    }
    return int(most)


def ids_of(proof: Proof) -> tuple[str, ...]:
    """The files that lie with the draft, in the order in which they came."""
    query = "SELECT id FROM documents WHERE draft_id = %s ORDER BY created_at"
    return tuple(str(each) for (each,) in proof.house.rows(query, proof.draft.id))


def test_of_more_files_than_the_question_takes_the_rest_is_refused_and_not_kept(proof: Proof) -> None:
    most = most_of_proof(proof)
    # One that does not fit at all takes no room.
    files = [(b"MZ\x90\x00", "Nichts.exe"), *((CONTENT, f"Seite {number}.pdf") for number in range(most + 2))]
    answer = proof.send(*files)
    assert answer.status_code == 422
    for number in (most, most + 1):
        assert f"Seite {number}.pdf: Hier passen höchstens {most} Dateien hin." in answer.text
    assert f"Seite {most - 1}.pdf: " not in answer.text
    assert proof.stored == [f"Seite {number}.pdf" for number in range(most)]
    assert proof.send(kept=ids_of(proof), page=answer).status_code == 303
    assert proof.answered == proof.stored


def test_files_that_stand_on_the_page_count_and_stay(proof: Proof) -> None:
    most = most_of_proof(proof)
    names = [f"Seite {number}.pdf" for number in range(most)]
    proof.send(*((CONTENT, name) for name in names))
    answer = proof.send((CONTENT, "Zu viel.pdf"), kept=ids_of(proof))
    assert answer.status_code == 422
    assert "Zu viel.pdf: Hier passen höchstens" in answer.text
    assert proof.stored == proof.answered == names


def test_a_file_that_is_taken_away_makes_room_for_another_at_once(proof: Proof) -> None:
    names = [f"Seite {number}.pdf" for number in range(most_of_proof(proof))]
    proof.send(*((CONTENT, name) for name in names))
    answer = proof.send((CONTENT, "Neu.pdf"), kept=ids_of(proof), _remove=f"{PROOF}.0")
    assert "Neu.pdf: " not in answer.text
    assert proof.stored == [*names, "Neu.pdf"]
    assert "Neu.pdf" in proof.browser.get(proof.path).text


def test_with_a_stale_token_no_file_is_taken(proof: Proof) -> None:
    before = proof.stored
    answer = proof.send((CONTENT, "Ausweis.pdf"), csrf_token="alt")
    assert answer.status_code == 400
    assert proof.stored == before


def test_an_address_that_no_mail_can_be_written_to_is_no_answer(house: House, citizen: Citizens) -> None:
    draft, browser = house.draft(), citizen()
    open_draft(house, browser, draft)
    (step,) = {each.key for each in house.form()[1].steps for field in each.fields if field.key == "email"}
    path = f"/de/antrag/{draft.id}/{step}"
    typed = {"email": '"anne"@post.example', "phone": ""}
    answer = send_page(browser, browser.get(path), typed)
    assert answer.status_code == 422
    assert "&#34;anne&#34;@post.example" in answer.text
    with house.acting(draft.context) as session:
        assert drafts.load(session, draft.id).answers["email"] == draft.email
