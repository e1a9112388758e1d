"""The lines of keys in TOML, with all that may mislead a reader of lines."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.tenancy.toml_lines import KeyPath, TomlLines

SOURCE = '''\
# title = "not a key"
title = "a = [b] # c"
long = """
[no.table]
key = 1
"""
other = \'\'\'
"""
x = 2
\'\'\'
[table] # with a comment
"quoted key" = 1
dotted.key.de = "x"
list = [
  "one", # [no]
  "]",
]
inline = { a = "{", b = 2 }

[[things]]
name = "first"
[things.part]
size = 1
[[things]]
name = "second"

  [things.part]
  size = 2
[deep.er]
a=1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("long",), 3),
        (("other",), 7),
        (("table",), 11),
        (("table", "quoted key"), 12),
        (("table", "dotted", "key", "de"), 13),
        (("table", "list"), 14),
        (("table", "list", 1), 14),
        (("table", "inline"), 18),
        (("table", "inline", "b"), 18),
        (("table", "missing"), 11),
        (("things",), 20),
        (("things", 0, "name"), 21),
        (("things", 0, "part", "size"), 23),
        (("things", 1), 24),
        (("things", 1, "name"), 25),
        (("things", 1, "part", "size"), 28),
        (("things", 1, "missing"), 24),
        (("deep", "er", "a"), 30),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_every_key_has_its_line(path: KeyPath, line: int) -> None:
    tomllib.loads(SOURCE)
    assert TomlLines(SOURCE).line(path) == line


def test_lines_end_in_either_way() -> None:
    assert TomlLines('a = 1\r\n[b]\r\nc = "x"\r\n').line(("b", "c")) == 3


def test_the_last_line_needs_no_end() -> None:
    assert TomlLines("a = 1\nb = 2").line(("b",)) == 2


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=20)), max_size=12))
def test_texts_never_hide_the_keys_after_them(pairs: list[tuple[str, str]]) -> None:
    keys = {f"{name}-{place}": text for place, (name, text) in enumerate(pairs)}
    source = "".join(f"{key} = {_basic(text)}\n" for key, text in keys.items())
    assert tomllib.loads(source) == keys
    lines = TomlLines(source)
    assert [lines.line((key,)) for key in keys] == list(range(1, len(keys) + 1))


def _basic(text: str) -> str:
    escaped = "".join(
        letter
        if letter.isascii() and letter.isprintable() and letter not in '"\\'
        else f"\\U{ord(letter):08x}"
        for letter in text
    )
    return f'"{escaped}"'
