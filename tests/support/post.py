"""The mails that wait to be sent, as the worker would write them now."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import psycopg

from kreisportal.jobs import Runtime
from kreisportal.notifications.links import LINKS, LinksRegistry, QueuedMail
from kreisportal.notifications.mailer import MAILER, Envelope
from kreisportal.notifications.sending import send_mail
from kreisportal.notifications.service import SEND_MAIL
from kreisportal.staff.mail_links import register_links
from kreisportal.web.program import Program


class Letters:
    """Takes every message, and keeps it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    def send(self, envelope: Envelope, message: EmailMessage) -> None:
        self.taken.append(message)


class Post:
    """Mails to staff. ``superuser`` looks behind row security."""

    def __init__(self, program: Program, superuser: psycopg.Connection) -> None:
        registry, self._letters = LinksRegistry(), Letters()
        register_links(registry)
        self._superuser = superuser
        self._runtime = Runtime(program.settings, program.database, {LINKS: registry, MAILER: self._letters})

    def newest(self, email: str) -> tuple[str, str, str]:
        """Of the newest mail to somebody: its template, its sender, and where it leads."""
        mail_id, tenant, slug, *facts = self._rows(email)[-1]
        links = self._runtime.get(LINKS).links(self._runtime, tenant, QueuedMail(mail_id, None, *facts))
        return facts[2], slug, links["url"]

    def written(self, email: str) -> list[EmailMessage]:
        """All mails to somebody as they go out, the oldest first: those that are queued and whose job waits."""
        before = len(self._letters.taken)
        for mail_id, tenant, *_ in self._rows(email):
            query = (
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND args->>'mail_id' = %s"
                " AND (args->>'tenant_id')::int = %s"
            )
            (jobs,) = self._superuser.execute(query, [SEND_MAIL, str(mail_id), tenant]).fetchone() or (0,)
            assert jobs == 1, "one job sends it"
            send_mail(self._runtime, tenant, mail_id)
        return self._letters.taken[before:]

    def priority(self, email: str) -> int:
        """Before which others the newest mail to somebody goes."""
        query = "SELECT priority FROM procrastinate_jobs WHERE args->>'mail_id' = %s"
        (found,) = self._superuser.execute(query, [str(self._rows(email)[-1][0])]).fetchone() or (0,)
        assert isinstance(found, int)
        return found

    def count(self, email: str) -> int:
        """How many mails to somebody there are."""
        query = "SELECT count(*) FROM mails WHERE recipient = %s"
        (found,) = self._superuser.execute(query, [email]).fetchone() or (0,)
        assert isinstance(found, int)
        return found

    def _rows(self, email: str) -> list[tuple[Any, ...]]:
        rows = self._superuser.execute(
            "SELECT m.id, m.tenant_id, t.slug, m.recipient, m.language, m.template, m.data FROM mails m"
            " JOIN tenants t ON t.id = tenant_id WHERE recipient = %s ORDER BY m.created_at",
            [email],
        ).fetchall()
        assert rows, f"no mail to {email}"
        return rows
