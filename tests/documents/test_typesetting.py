"""From data to PDF: every letter of the standard, no commands from data, never a paper that fails."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kreisportal.documents import typesetting
from kreisportal.documents.errors import PaperError
from kreisportal.documents.pdf import AnswerSection, ApplicationCopy, Letterhead, application_copy
from kreisportal.documents.typesetting import clean
from kreisportal.tenancy.definition_mark import drawing_of
from tests.documents import samples
from tests.documents.latin_letters import letters, sequences
from tests.documents.samples import places_of_text

# With microseconds, as clocks have them.
MOMENT = datetime(2026, 12, 24, 10, 15, 30, 123_456, tzinfo=UTC)
OWN, FURTHER = typesetting._letters()
ALL = OWN | FURTHER


def paper(answer: str, title: str = "Titel", mark: bytes | None = None) -> bytes:
    sections = (AnswerSection("Angaben", (("Antwort", answer),)),)
    return application_copy(
        ApplicationCopy(Letterhead("Stadt", mark=mark), title, "A-1", MOMENT, "Stadt", sections)
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_every_letter_of_the_standard_is_shown() -> None:
    assert len(letters()) == 500
    shown = text_of(paper("\n".join(letters()))).split("\n")
    assert [letter for letter in letters() if letter not in shown and f"Antwort {letter}" not in shown] == []


def test_every_sequence_of_the_standard_is_shown() -> None:
    assert len(sequences()) == 149
    # PDF readers disagree on how to copy a letter of several code points, but agree on where it begins.
    shown = text_of(paper("\n".join(f"{letter}." for letter in sequences())))
    assert "[U+" not in shown
    assert shown.count(".\n") >= 149


@pytest.mark.parametrize("style", ['weight: "regular"', 'weight: "semibold"', 'weight: "bold"'])
def test_every_letter_of_the_table_is_in_the_fonts(style: str) -> None:
    for table in (OWN, FURTHER):
        source = f'#set document(title: "x")\n#set text(font: "Libertinus Serif", {style})\n#sys.inputs.text'
        compiler = typst.Compiler(
            source.encode(),
            font_paths=typesetting._fonts(),
            ignore_system_fonts=True,
            sys_inputs={"text": " ".join(sorted(table))},
        )
        # PDF/A allows no letter without a picture: this would raise.
        assert compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße", "Grüße"),
        ("Gru\u0308\u00dfe", "Grüße"),
        ("a\tb\r\nc\u2028d", "a b\nc\nd"),
        ("gut \U0001f600\ufe0f!", "gut [U+1F600]!"),
        ("\u202egnirts", "[U+202E]gnirts"),
        ("\x00\x1b\ud800\ue000\uffff", "[U+0000][U+001B][U+D800][U+E000][U+FFFF]"),
        ("中文", "[U+4E2D][U+6587]"),
    ],
)
def test_what_cannot_be_shown_is_named(text: str, shown: str) -> None:
    assert clean(text, ALL) == shown


@pytest.mark.parametrize("text", ["a", "مرحبا", "a\r\n\ufe0f", "[U+1F600]", "C\u0328\u0306"])
def test_what_can_be_shown_needs_no_note(text: str) -> None:
    assert "Hinweise" not in text_of(paper(text))


def test_the_reader_is_told_of_substitutes() -> None:
    shown = " ".join(text_of(paper("\U0001f600")).split())
    assert "Antwort [U+1F600]" in shown
    assert "zum Beispiel [U+1F600]. Gesendet wurden die Zeichen selbst." in shown


COMMANDS = [
    "#panic()",
    '#read("letters.toml")',
    '#image("/etc/passwd")',
    "$ x^2 $ *fett* _schräg_ `code` ```rust fn```",
    "= Titel\n- Liste\n+ Zahl\n/ Begriff: Wert",
    "<label> @ref \\ ~ --- // /* */ [ ] { } ( ) ; , \" '",
    '")); #panic() (("',
    "https://vechta.example",
    "%(page)s %s %",
    "\\u{41} &amp; <b>",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_typst_s_own_language_is_only_text(command: str) -> None:
    shown = " ".join(text_of(paper(command, title=command.replace("\n", " "))).split())
    assert " ".join(command.split()) in shown


def test_a_title_with_commands_is_the_title() -> None:
    assert PdfReader(io.BytesIO(paper("x", title="#panic() *a*"))).metadata["/Title"] == "#panic() *a*"  # type: ignore[index]


@pytest.mark.parametrize("letter", ["x", "W", "-", "\u0416"])
def test_a_very_long_word_stays_on_the_paper(letter: str) -> None:
    page = PdfReader(io.BytesIO(paper(letter * 500))).pages[0]
    parts = [(text, x) for text, x, _ in places_of_text(page) if set(text) == {letter}]
    # Copied from the paper, it is as it was typed.
    assert sum(len(text) for text, _ in parts) == 500
    # No letter here is wider than it is high, 11 points, so each part ends before the margin does.
    assert all(x > 60 and x + 11 * len(text) < float(page.mediabox.width) for text, x in parts)


SCRIPTS = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from(sorted(OWN)), max_size=60),
    st.text(st.sampled_from(sorted(ALL)), max_size=60),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Mn"]), max_size=20),
    st.text(st.sampled_from("مرحبا שלום abc 123 \u202e\u2067"), max_size=60),
    st.text(st.sampled_from("#$*_`\\@<>[]{}()=-+/~\"'%&\n"), max_size=60),
    st.lists(st.sampled_from(letters() + sequences()), max_size=40).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(SCRIPTS, SCRIPTS)
def test_any_text_becomes_a_paper(answer: str, title: str) -> None:
    assert paper(answer, title).startswith(b"%PDF-1.7")


def test_a_combination_that_no_font_can_draw_does_not_stop_the_paper() -> None:
    # A sign of the one font with a mark of the other: typst refuses it, so the sign is named.
    shown = text_of(paper("\u066a\u2740\u0359 Ende"))
    assert "[U+066A][U+2740]" in shown
    assert "Ende" in shown
    assert "Hinweise" in shown


def test_a_panic_of_the_typesetter_does_not_stop_the_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """What a panic in Rust code becomes in Python."""

    compiling = typesetting._compile
    tries = []

    def panicking(*arguments: Any) -> bytes:
        tries.append(arguments)
        if len(tries) == 1:
            raise PanicException("byte index 15 is out of bounds")
        return compiling(*arguments)

    monkeypatch.setattr(typesetting, "_compile", panicking)
    assert "[U+05D0]" in text_of(paper("\u05d0"))


def test_a_mark_that_holds_a_picture_is_on_the_paper() -> None:
    drawing = drawing_of(samples.image("PNG"), 40, 30).encode()
    assert re.search(rb"/Subtype\s*/Image\b", paper("a", mark=drawing))
    assert not re.search(rb"/Subtype\s*/Image\b", paper("a"))


def test_a_broken_mark_does_not_stop_the_paper() -> None:
    for mark in (b"<svg", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xffbroken", b""):
        assert "Antwort" in text_of(paper("x", mark=mark))


def test_a_mark_reads_no_files() -> None:
    drawing = (
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
        b"viewBox='0 0 9 9'>"
        b"<image xlink:href='%s' width='9' height='9'/></svg>"
    )
    plain = paper("x", mark=drawing % b"nothing.png")
    assert abs(len(paper("x", mark=drawing % b"/etc/passwd")) - len(plain)) < 300


def test_a_fault_of_the_template_has_a_name() -> None:
    with pytest.raises(PaperError, match="application_copy"):
        typesetting.typeset("application_copy", {"words": {}}, MOMENT)


def test_other_exceptions_are_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(typesetting, "_compile", interrupted)
    with pytest.raises(KeyboardInterrupt):
        typesetting.typeset("application_copy", {}, MOMENT)
