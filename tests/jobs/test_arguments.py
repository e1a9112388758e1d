"""What a job may carry."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.jobs.arguments import Id, check_tenant, decode, encode

KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,30}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda name: name != "tenant_id")


@given(
    st.integers(1, 10**6),
    st.dictionaries(NAMES, st.integers(-(2**53), 2**53) | KEYS | st.uuids(), max_size=4),
)
def test_ids_come_back_as_they_were(tenant_id: int, ids: dict[str, Id]) -> None:
    stored = encode(tenant_id, ids)
    assert stored["tenant_id"] == tenant_id
    assert decode(stored) == ids


@pytest.mark.parametrize("tenant", [None, 0, -1, True, "3"])
def test_a_job_without_a_tenant_raises(tenant: object) -> None:
    with pytest.raises(ValueError, match="exactly one tenant"):
        check_tenant(tenant)
    with pytest.raises(ValueError, match="exactly one tenant"):
        encode(tenant, {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        "erika@example.com",
        "Erika Mustermann",
        "",
        "x" * 81,
        "a\n",
        None,
        1.5,
        True,
        ["a"],
        {"name": "x"},
        b"x",
        "Löhne",
    ],
)
def test_what_is_no_id_is_refused_without_being_told(value: object) -> None:
    with pytest.raises(ValueError, match="'note' of a job must be an id") as refusal:
        encode(1, {"note": value})  # type: ignore[dict-item]
    assert "erika" not in str(refusal.value).lower()


def test_a_uuid_as_text_is_refused() -> None:
    with pytest.raises(ValueError, match="must be an id"):
        encode(1, {"case_id": str(uuid.uuid4())})


@pytest.mark.parametrize("name", ["tenant_id", "Name", "a b", "", "_x"])
def test_names_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        encode(1, {name: 1})
