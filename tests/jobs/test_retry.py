"""The growing delay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.jobs import Job

from kreisportal.jobs.retry import GrowingDelay
from kreisportal.kernel import clock


@given(st.integers(1, 60), st.integers(60, 7200), st.integers(0, 10_000))
def test_the_delay_grows_up_to_its_longest(first: int, longest: int, retries: int) -> None:
    delay = GrowingDelay(first, longest)
    assert delay.seconds(0) == first
    assert first <= delay.seconds(retries) <= delay.seconds(retries + 1) <= longest
    assert delay.seconds(retries + 1) in (2 * delay.seconds(retries), longest)


@pytest.mark.parametrize(("attempts", "again"), [(0, True), (2, True), (3, False), (4, False)])
def test_a_job_is_given_up(attempts: int, again: bool) -> None:
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="a.b", attempts=attempts)
    decision = GrowingDelay(10, 100, attempts=3).get_retry_decision(exception=RuntimeError(), job=job)
    assert (decision is not None) is again
    if decision is not None and decision.retry_at is not None:
        wait = (decision.retry_at - clock.now()).total_seconds()
        assert wait == pytest.approx(10 * 2**attempts, abs=5)
