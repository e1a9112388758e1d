"""Jobs: work put into the transaction that causes it, done by the worker, always for one tenant."""

from kreisportal.jobs.queue import defer
from kreisportal.jobs.registry import JobRegistry
from kreisportal.jobs.runtime import Part, Runtime

__all__ = ["JobRegistry", "Part", "Runtime", "defer"]
