"""The names of the jobs that acts on cases put in; ``jobs`` does them."""

from __future__ import annotations

TELL_STAFF = "cases.tell_staff"
"""A case was sent: its caseworkers are told."""

ARRIVED = "cases.arrived"
"""A case came from another authority: caseworkers and applicant are told."""

ANSWERED = "cases.answered"
"""The applicant has written: whoever works on the case is told."""

WITHDRAWN = "cases.withdrawn"
"""The applicant has withdrawn: whoever works on the case is told."""

CLEAR_AWAY = "cases.clear_away"
"""A file went over to another authority: its content is removed here."""
