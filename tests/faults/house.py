"""A deployment whose processes are killed: web processes on a port, prepared drafts, and a client with a ledger."""

from __future__ import annotations

import base64
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from kreisportal.cases import drafts
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.kernel.paths import project_folder
from tests.forms.filing import PERSON, file_form
from tests.support.server import DatabaseCopy

HOST = "vechta.localhost"
ANSWERS = {**PERSON, "reason": "died", "breed": "Dackel", "date": "1.11.2026", "tag": "lost"}
_SECONDS = 30
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
"""The CSRF token of a page's forms."""

FIELDS = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
"""The hidden fields of a page, e.g. of a form that is offered to be sent again."""

_REVISION = re.compile(r'name="revision" value="(\d+)"')


@dataclass(frozen=True)
class Draft:
    """A draft ready to be sent, and the session that may send it."""

    id: uuid.UUID
    session: str
    path: str


def prepare_drafts(database: Database, count: int) -> list[Draft]:
    """Complete drafts at Vechta, as citizens would have made them."""
    with database.transaction(ANONYMOUS) as session:
        tenant_id = session.scalar(text("SELECT id FROM definer.load_tenants(NULL) WHERE slug = 'vechta'"))
    assert isinstance(tenant_id, int)
    answers = file_form("hund-abmelden", ANSWERS).answers
    beginning = drafts.Beginning(tenant_id, tenant_id, "hund-abmelden", "hund-abmelden", 1, "de")
    made = []
    for _ in range(count):
        draft_id, token = new_id(), new_token()
        with database.transaction(Context(ActorKind.APPLICANT, tenant_id, subject_id=draft_id)) as session:
            # An address of its own each: one alone would soon get no more mails.
            mailbox = {"email": f"{draft_id}@beispiel.example"}
            drafts.begin(session, beginning, draft_id, {**answers, **mailbox})
            opened = {"digest": digest(token), "tenant": tenant_id, "subject": draft_id}
            session.execute(
                text("SELECT definer.open_session(:digest, 'portal', :tenant, NULL, false, 7200, 7200)"),
                opened,
            )
            session.execute(text("SELECT definer.grant_to_session(:digest, :tenant, :subject)"), opened)
        made.append(Draft(draft_id, token, f"/de/antrag/{draft_id}/pruefen"))
    return made


@dataclass
class Visitor:
    """A browser's part that matters here: cookies, one connection for each request, and no patience."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    host: str = HOST

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page; status 0 when the connection broke."""
        return self._ask("GET", path, None)

    def post(self, path: str, values: Mapping[str, str]) -> tuple[int, str]:
        """Status and address led to (or body); status 0 when the connection broke: not acknowledged."""
        return self._ask("POST", path, urlencode(values))

    def upload(
        self, path: str, values: Mapping[str, str], field: str, name: str, content: bytes
    ) -> tuple[int, str]:
        """The same with a file."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in values.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        parts += [head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
        return self._ask("POST", path, b"".join(parts), f"multipart/form-data; boundary={boundary}")

    def _ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        address = f"{self.host}:{self.port}"
        headers = {"Host": address, "Referer": f"http://{address}{path}"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": content_type, "Origin": f"http://{address}"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, _ = value.partition(";")
                key, _, content_of = cookie.partition("=")
                self.cookies[key] = content_of
        return answer.status, answer.getheader("Location") or content


@dataclass(frozen=True)
class Sending:
    """What a review page would send for a draft."""

    draft: Draft
    visitor: Visitor
    values: dict[str, str]

    @classmethod
    def of(cls, port: int, draft: Draft) -> Sending:
        """Open the review page, until it comes."""
        visitor = Visitor(port, {"__Host-session": draft.session})
        for _ in range(20):
            status, page = visitor.get(draft.path)
            token, revision = TOKEN.search(page), _REVISION.search(page)
            if status == 200 and token and revision:
                return cls(draft, visitor, {"csrf_token": token[1], "revision": revision[1]})
        raise AssertionError(f"the review page did not come: {status}")

    def send(self, **changes: str) -> tuple[int, str]:
        """Send the application; status and address led to."""
        visitor = Visitor(self.visitor.port, dict(self.visitor.cookies))
        return visitor.post(self.draft.path, {**self.values, **changes})


def check_ledger(region: DatabaseCopy, drafts: Sequence[Draft]) -> None:
    """All these drafts, which were acknowledged, are one case each, with one number, event, mail and set of jobs."""
    ids = [draft.id for draft in drafts]
    with region.superuser() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query, [ids]).fetchall()

        cases = rows("SELECT id, number FROM cases WHERE id = ANY(%s)")
        assert {case for case, _ in cases} == set(ids), "an acknowledged application is lost"
        assert len({number for _, number in cases}) == len(ids), "a number was given twice"
        assert rows("SELECT id FROM drafts WHERE id = ANY(%s)") == []
        for table in ("case_events", "mails"):
            found = rows(f"SELECT case_id, count(*) FROM {table} WHERE case_id = ANY(%s) GROUP BY case_id")
            assert sorted(found) == sorted((case, 1) for case in ids), f"{table}: lost or doubled"
        found = rows(
            "SELECT (args->>'case_id')::uuid, count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'cases.tell_staff' AND (args->>'case_id')::uuid = ANY(%s) GROUP BY 1"
        )
        assert sorted(found) == sorted((case, 1) for case in ids), "jobs: lost or doubled"


@contextmanager
def web_processes(
    database_url: str, folder: Path, *, workers: int, config: Path | None = None, **more: str
) -> Iterator[int]:
    """gunicorn on a free port until the end of the block; ``more`` are further settings."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        port = listening.getsockname()[1]
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(project_folder()), *sys.path]),
            "SECRET_KEY": "a-key-for-faults-only-0123456789-abcdef",
            "RECEIPT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "DATABASE_URL": database_url,
            "DATA_FOLDER": str(folder),
            "MAIL_URL": f"folder:{folder / 'mail'}",
            "PUBLIC_PORT": str(port),
            **more,
        }
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            str(config or _config()),
            "--workers",
            str(workers),
        ]
        command += ["--bind", f"fd://{listening.fileno()}", "wsgi:app"]
        with (folder / "web.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=project_folder(),
                env=environment,
                stdout=log,
                stderr=log,
                pass_fds=[listening.fileno()],
            )
            try:
                yield port
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _config() -> Path:
    return project_folder() / "deploy" / "gunicorn.conf.py"
