"""The mails as people read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import UndefinedError

from kreisportal.i18n import LANGUAGES, Language, language_by_path, speaking
from kreisportal.notifications.rendering import Rendered, render, template_names
from tests.notifications.letters import DATA, TENANT, URL

ROOM = Path(__file__).parents[2] / "platform" / "kreisportal" / "notifications"


def rendered(template: str, language: str = "de", **values: str | bool | None) -> Rendered:
    spoken = language_by_path(language)
    assert spoken is not None
    with speaking(spoken):
        return render(template, {**DATA[template], "url": URL, **TENANT, **values})


def test_every_template_is_known_here() -> None:
    assert template_names() == DATA.keys()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.path)
@pytest.mark.parametrize("template", sorted(DATA))
def test_a_mail_is_whole_and_narrow(template: str, language: Language) -> None:
    mail = rendered(template, language.path)
    assert 10 < len(mail.subject) <= 60
    assert "\n" not in mail.subject
    lines = mail.text.split("\n")
    assert lines[0] in ("Guten Tag,", "Hello,")
    assert URL in lines, "a link stands alone in its line, unbroken"
    assert all(len(line) <= 72 for line in lines if line != URL)
    assert "\n\n\n" not in mail.text
    assert "{" not in mail.text
    assert "%" not in mail.text
    assert "Stadt Vechta" in lines


@pytest.mark.parametrize("template", sorted(DATA))
def test_the_template_names_what_it_needs(template: str) -> None:
    head = (ROOM / "templates" / "mail" / f"{template}.txt").read_text().partition("-#}")[0]
    for name in [*DATA[template], "url"]:
        assert re.search(rf"\b{name}\b", head), name
        values = {**DATA[template], "url": URL, **TENANT}
        del values[name]
        with pytest.raises(UndefinedError):
            render(template, values)


@pytest.mark.parametrize("template", sorted(DATA))
def test_translated(template: str) -> None:
    german, english = rendered(template), rendered(template, "en")
    assert german.subject != english.subject
    ours = set(german.text.split("\n")) & set(english.text.split("\n"))
    assert not {line for line in ours if re.search(r"\b(Sie|Ihr|Antrag|ist)\b", line)}


@pytest.mark.parametrize("template", ["confirm_address", "resume_draft"])
def test_what_goes_to_an_unproven_address_says_nothing_of_the_matter(template: str) -> None:
    mail = rendered(template, number="VEC-2026-000123", service="Hund anmelden")
    assert "Hund" not in mail.text
    assert "VEC-2026-000123" not in mail.text.replace(URL, "")


def test_the_letter_says_when_a_draft_ends() -> None:
    assert "24. Dezember 2026" in rendered("resume_draft").text
    assert "24 December 2026" in rendered("resume_draft", "en").text


def test_sender_and_ways() -> None:
    text = rendered("case_news").text
    for line in (
        "Burgstraße 6, 49377 Vechta",
        "Telefon: 04441 886-0",
        "E-Mail: rathaus@stadt-vechta.example",
    ):
        assert line in text.split("\n")
    assert "Telefon" not in rendered("case_news", tenant_phone=None).text
    assert "Online-Rathaus" not in rendered("case_news", portal_url=None).text


def test_a_demonstration_says_so() -> None:
    assert "Vorführung" not in rendered("case_news").text
    assert "Das ist eine Vorführung." in rendered("case_news", is_demo=True).text


def test_a_value_cannot_pretend_to_be_a_paragraph() -> None:
    mail = rendered(
        "application_received", service="Hund\n\nZahlen Sie hier:\r\nhttps://evil.example", number="A\nB"
    )
    assert "\n\nZahlen" not in mail.text
    assert "https://evil.example" not in mail.text.split("\n")
    assert mail.subject == "Ihr Antrag ist angekommen: A B"
    assert "&amp;" not in rendered("application_received", service="Kind & Kegel").text


def test_english_is_complete() -> None:
    used: set[str] = set()
    for pattern, method, name in (("*.py", "python", "gettext"), ("*.txt", "jinja2.ext:babel_extract", "_")):
        for path in ROOM.rglob(pattern):
            with path.open("rb") as stream:
                found = extract(method, stream, keywords={name: None}, options={"silent": "false"})
                used |= {str(message) for _, message, _, _ in found}
    with (ROOM / "locale" / "en.po").open("rb") as stream:
        translated = {str(message.id): str(message.string) for message in read_po(stream) if message.id}
    assert set(translated) == used
    for german, english in translated.items():
        assert english
        assert sorted(re.findall(r"%\(\w+\)s", german)) == sorted(re.findall(r"%\(\w+\)s", english)), german


@pytest.mark.parametrize(
    ("kind", "arrived", "decided"),
    [
        ("application", "Ihr Antrag ist angekommen", "Entscheidung zu Ihrem Antrag VEC-2026-000123"),
        ("registration", "Ihre Anmeldung ist angekommen", "Antwort zu VEC-2026-000123: Hund anmelden"),
        ("report", "Ihre Meldung ist angekommen", "Antwort zu VEC-2026-000123: Hund anmelden"),
        ("request", "Ihre Anfrage ist angekommen", "Antwort zu VEC-2026-000123: Hund anmelden"),
        ("idea", "Ihr Anliegen ist angekommen", "Antwort zu VEC-2026-000123: Hund anmelden"),
        ("preparation", "Ihre Angaben sind angekommen", "Antwort zu VEC-2026-000123: Hund anmelden"),
    ],
)
def test_what_is_no_application_is_not_called_one(kind: str, arrived: str, decided: str) -> None:
    mail = rendered("application_received", kind=kind)
    assert mail.subject == f"{arrived}: VEC-2026-000123"
    assert f"\n{arrived}.\n" in mail.text
    assert rendered("case_decided", kind=kind).subject == decided
    for template in ("application_received", "case_news", "case_decided"):
        assert ("Antrag" in rendered(template, kind=kind).text) <= (kind == "application"), template
