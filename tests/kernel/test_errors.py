"""Named errors: each has a code and a status of its own, and none tells more than it should."""

from __future__ import annotations

import pytest

from kreisportal.kernel import errors


def named() -> list[type[errors.KreisportalError]]:
    return errors.KreisportalError.__subclasses__()


def test_codes_are_different() -> None:
    codes = [error.code for error in named()]
    assert len(set(codes)) == len(codes)
    assert "error" not in codes


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFoundError, 404),
        (errors.NotAllowedError, 403),
        (errors.ConflictError, 409),
        (errors.InvalidInputError, 422),
        (errors.DefinitionError, 500),
        (errors.UnavailableError, 503),
    ],
)
def test_each_has_its_status(error: type[errors.KreisportalError], status: int) -> None:
    assert error.status == status


def test_faults_are_told_line_by_line() -> None:
    error = errors.DefinitionError(["a.yaml:1: x", "a.yaml:2: y"])
    assert str(error) == "a.yaml:1: x\na.yaml:2: y"
    assert error.faults == ["a.yaml:1: x", "a.yaml:2: y"]


def test_what_a_person_typed_is_not_part_of_the_message() -> None:
    error = errors.InvalidInputError({"name": ["So geht „Max“ nicht."], "age": ["Zu jung."]})
    assert str(error) == "age, name"
    assert error.messages["name"] == ["So geht „Max“ nicht."]
