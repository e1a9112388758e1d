"""Legal pages: the town's own words before the region's, with the town's facts in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kreisportal.tenancy.definition_texts import PAGES
from kreisportal.tenancy.legal import legal_text
from kreisportal.tenancy.registry import TenantRecord, pack, unpack
from kreisportal.web.program import Program


@pytest.fixture
def vechta(program: Program) -> TenantRecord:
    found = program.keeper.current.registry.by_slug_or_none("vechta")
    assert found is not None
    return found


def with_profile(town: TenantRecord, **changes: Any) -> TenantRecord:
    facts = dict(unpack(town.packed))
    facts["profile"] = {**facts["profile"], **changes}
    return replace(town, packed=pack(facts))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
def test_every_portal_has_every_page_with_its_facts(program: Program, page: str, language: str) -> None:
    for town in program.keeper.current.registry.tenants.values():
        if town.has_portal:
            text = legal_text(town, page, language)
            assert text
            assert text.text.startswith("# ")
            assert "{" not in text.text


def test_the_facts_are_those_of_the_town(vechta: TenantRecord) -> None:
    text = legal_text(vechta, "imprint", "de")
    assert text
    assert "Stadt Vechta" in text.text
    assert "rathaus@stadt-vechta.example" in text.text


@pytest.mark.parametrize("page", ["", "nothing", "../imprint", "imprint.de", "IMPRINT"])
def test_there_is_no_other_page(vechta: TenantRecord, page: str) -> None:
    assert legal_text(vechta, page, "de") is None


@pytest.mark.parametrize(
    ("own", "language", "beginning", "written_in"),
    [
        ({"de": "# Unser"}, "de", "# Unser", "de"),
        ({"de": "# Unser", "en": "# Ours"}, "en", "# Ours", "en"),
        ({"en": "# Ours"}, "en", "# Ours", "en"),
        ({"de": "# Unser"}, "de-simple", "# Unser", "de"),
        ({}, "de", "# Impressum", "de"),
        ({}, "de-simple", "# Impressum", "de"),
    ],
)
def test_the_towns_own_words_come_first(
    vechta: TenantRecord, own: dict[str, str], language: str, beginning: str, written_in: str
) -> None:
    text = legal_text(with_profile(vechta, texts={"imprint": own}), "imprint", language)
    assert text
    assert text.text.startswith(beginning)
    assert text.language == written_in


def test_plain_german_is_called_so_on_an_english_page(vechta: TenantRecord) -> None:
    text = legal_text(vechta, "plain-language", "en")
    assert text
    assert text.language == "de-simple"


def test_own_words_in_another_language_do_not_replace_the_common_text_of_this_one(
    vechta: TenantRecord,
) -> None:
    text = legal_text(with_profile(vechta, texts={"imprint": {"de": "# Unser"}}), "imprint", "en")
    assert text == legal_text(vechta, "imprint", "en")


def test_own_words_may_name_facts_and_a_line_without_its_fact_is_left_out(vechta: TenantRecord) -> None:
    own = {"imprint": {"de": "# {name}\n\nTelefon: {phone}\n\nMail: {email}"}}
    contact = {key: value for key, value in vechta.profile["contact"].items() if key != "phone"}
    text = legal_text(with_profile(vechta, texts=own, contact=contact), "imprint", "de")
    assert text
    assert text.text == "# Stadt Vechta\n\n\nMail: rathaus@stadt-vechta.example\n"


def test_a_portal_whose_host_is_gone_still_has_its_pages(vechta: TenantRecord) -> None:
    assert legal_text(replace(vechta, hosts=()), "imprint", "de")


def test_a_portal_that_an_admin_left_without_legal_facts_still_has_its_pages(vechta: TenantRecord) -> None:
    facts = dict(unpack(vechta.packed))
    facts["profile"] = {key: value for key, value in facts["profile"].items() if key != "legal"}
    assert legal_text(replace(vechta, packed=pack(facts)), "privacy", "de")
