"""Registering jobs."""

from __future__ import annotations

import pytest

from kreisportal.jobs import JobRegistry


def nothing() -> None:
    """A handler."""


def test_a_name_is_taken_once() -> None:
    registry = JobRegistry()
    registry.job("cases.tidy")(nothing)
    with pytest.raises(ValueError, match="registered already"):
        registry.periodic("cases.tidy", nothing)
    assert registry.jobs["cases.tidy"].handler is nothing
    assert registry.jobs["cases.tidy"].every is None


@pytest.mark.parametrize("name", ["tidy", "cases.", "Cases.tidy", "cases.tidy now", "cases.tidy\n"])
def test_names_say_room_and_verb(name: str) -> None:
    with pytest.raises(ValueError, match=r"room\.verb"):
        JobRegistry().register(name, nothing)


def test_times_are_checked() -> None:
    registry = JobRegistry()
    registry.periodic("cases.tidy", nothing, "30 3 * * *")
    assert registry.jobs["cases.tidy"].every == "30 3 * * *"
    with pytest.raises(ValueError, match="cron"):
        registry.periodic("cases.remind", nothing, "every hour")


def test_a_job_of_the_region_is_no_tenants() -> None:
    registry = JobRegistry()
    registry.region("sso.tidy", nothing, "30 3 * * *")
    registry.region("sso.tell", nothing)
    assert [(job.for_region, job.every) for job in registry.jobs.values()] == [
        (True, "30 3 * * *"),
        (True, None),
    ]
    with pytest.raises(ValueError, match="cron"):
        registry.region("sso.other", nothing, "every hour")
