"""Counting for the figures that a form was begun, sent or given up: in memory, and nothing of who it was."""

from __future__ import annotations

from kreisportal.cases.drafts import reached_step
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.forms import form_of_draft
from kreisportal.cases.submission import Sent
from kreisportal.catalogue.service_counts import Counted, What
from kreisportal.web.program import program


def count_started(tenant_id: int, service_key: str) -> None:
    """Somebody has answered the first page."""
    program().service_counts.note(Counted(tenant_id, service_key, What.STARTED))


def count_finished(tenant_id: int, sent: Sent) -> None:
    """Something was sent; however often the button was pressed, it is one."""
    if not sent.again:
        program().service_counts.note(Counted(tenant_id, sent.service_key, What.FINISHED))


def given_up(draft: Draft) -> Counted:
    """That a draft is thrown away, and at which step; to be counted when it is gone."""
    step = reached_step(form_of_draft(draft), draft)
    return Counted(draft.tenant_id, draft.service_key, What.ABANDONED, step)
