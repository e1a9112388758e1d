"""Reading YAML files: faults name file, line and field; nothing dangerous is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kreisportal.forms import load_form, load_forms
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import MAX_BYTES

FORM = """\
key: probe
title: {de: Probe, en: Probe}
intro: {de: Probe, en: Probe}
legal_sources: [§ 1]
outcome: {de: Ende, en: End}
privacy:
  purpose: {de: p, en: p}
  legal_basis: {de: p, en: p}
  recipients: {de: p, en: p}
  retention: {de: p, en: p}
  duty: {de: p, en: p}
steps:
  - key: one
    title: {de: Eins, en: One}
    fields:
      - key: name
        type: name
        label: {de: Name, en: Name}
"""
BLOCKS = """\
blocks:
  name:
    key: name
    type: name
    label: {de: Name, en: Name}
    help: {de: Wie im Ausweis, en: As on the card}
"""


def write(folder: Path, text: str, name: str = "probe") -> Path:
    """A form's file below catalogue/forms."""
    path = folder / "catalogue" / "forms" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> list[str]:
    """The faults of a file."""
    with pytest.raises(DefinitionError) as caught:
        load_form(path)
    return caught.value.faults


def test_a_file_is_read(tmp_path: Path) -> None:
    assert load_form(write(tmp_path, FORM)).steps[0].fields[0].key == "name"


def test_a_fault_names_file_line_and_field(tmp_path: Path) -> None:
    faults = refusal(write(tmp_path, FORM.replace("type: name", "type: nome")))
    assert faults[0].startswith("catalogue/forms/probe.yaml:17: steps[0].fields[0].type: must be one of")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        FORM.replace("type: name", "type: nome").replace("key: one", "key: One").replace("outcome", "income")
    )
    assert len(refusal(write(tmp_path, text))) == 4


def test_something_missing_is_told_where_it_should_stand(tmp_path: Path) -> None:
    faults = refusal(write(tmp_path, FORM.replace("        type: name\n", "")))
    assert faults == [
        "catalogue/forms/probe.yaml:16: steps[0].fields[0].type: Missing data for required field"
    ]


def test_the_key_is_the_name_of_the_file(tmp_path: Path) -> None:
    faults = refusal(write(tmp_path, FORM, "other"))
    assert faults == ["catalogue/forms/other.yaml:1: key: must be 'other', the name of the file"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("key: [", "node content"),
        ("key: &a probe\nb: *a\n", "anchors are not allowed"),
        ("a: 1\na: 2\n", "a: must be a text that stands here once"),
        ("? [a]\n: 1\n", "must be a text that stands here once"),
        ("- 1\n", "form: must be a map"),
        ("", "form: must be a map"),
        ("a: " + "[" * 300 + "]" * 300, "nested too deeply"),
        ("a: !!python/object:os.system {}\n", "Unknown field"),
        ("x: " + "y" * MAX_BYTES, f"the file is larger than {MAX_BYTES} bytes"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, fault: str) -> None:
    faults = refusal(write(tmp_path, text))
    assert any(fault in each for each in faults), faults
    assert all(each.startswith("catalogue/forms/probe.yaml:") for each in faults)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes("title: Hündin".encode("latin-1"))
    assert "not UTF-8" in refusal(path)[0]


def test_words_and_numbers_are_not_guessed_at(tmp_path: Path) -> None:
    text = FORM.replace("{de: Name, en: Name}", "{de: no, en: 2026-12-24}")
    assert dict(load_form(write(tmp_path, text)).steps[0].fields[0].label) == {"de": "no", "en": "2026-12-24"}


def test_a_block_is_used_and_overridden(tmp_path: Path) -> None:
    write(tmp_path, BLOCKS, "_blocks")
    inner = FORM.index("      - key: name")
    text = FORM[:inner] + "      - {use: name, required: false, label: {de: Rufname, en: First name}}\n"
    field = load_form(write(tmp_path, text)).steps[0].fields[0]
    assert (field.key, field.required, field.label["de"], field.help["de"]) == (
        "name",
        False,
        "Rufname",
        "Wie im Ausweis",
    )


def test_a_fault_inside_a_block_names_the_blocks_file(tmp_path: Path) -> None:
    write(tmp_path, BLOCKS.replace("type: name", "type: nome"), "_blocks")
    text = FORM[: FORM.index("      - key: name")] + "      - use: name\n"
    assert refusal(write(tmp_path, text))[0].startswith(
        "catalogue/forms/_blocks.yaml:4: steps[0].fields[0].type:"
    )


def test_a_block_that_does_not_exist(tmp_path: Path) -> None:
    text = FORM[: FORM.index("      - key: name")] + "      - use: nobody\n"
    assert refusal(write(tmp_path, text)) == [
        "catalogue/forms/probe.yaml:16: use: there is no block 'nobody'"
    ]


def test_a_block_cannot_contain_itself(tmp_path: Path) -> None:
    write(tmp_path, "blocks:\n  name:\n    use: name\n", "_blocks")
    text = FORM[: FORM.index("      - key: name")] + "      - use: name\n"
    assert "nested too deeply" in refusal(write(tmp_path, text))[0]


def test_a_folder_is_read_and_its_faults_collected(tmp_path: Path) -> None:
    path = write(tmp_path, FORM)
    write(tmp_path, FORM.replace("key: probe", "key: second"), "second")
    write(tmp_path, BLOCKS, "_blocks")
    assert list(load_forms(path.parent)) == ["probe", "second"]
    write(tmp_path, "key: [", "third")
    write(tmp_path, "key: [", "fourth")
    with pytest.raises(DefinitionError) as caught:
        load_forms(path.parent)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "catalogue/forms/fourth.yaml",
        "catalogue/forms/third.yaml",
    ]
