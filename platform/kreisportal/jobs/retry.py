"""When a job that failed is tried again: soon at first, then ever more seldom, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job


@dataclass(frozen=True, slots=True)
class GrowingDelay(BaseRetryStrategy):
    """Waits ``first`` seconds, then twice as long each time up to ``longest``; gives up after ``attempts`` retries.

    With its defaults a job is given up after about six hours.
    """

    first: int = 5
    longest: int = 3600
    attempts: int = 15

    def seconds(self, retries: int) -> int:
        """How long to wait when there were ``retries`` before this one (0 after the first failure)."""
        return min(self.first << min(retries, 30), self.longest)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Procrastinate's question after an error: when again? None gives the job up."""
        if job.attempts >= self.attempts or not isinstance(exception, Exception):
            return None
        return RetryDecision(retry_in={"seconds": self.seconds(job.attempts)})
