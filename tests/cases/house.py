"""Towns with citizens who apply and staff who work, for the tests of cases."""

from __future__ import annotations

import io
import secrets
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from kreisportal.accounts.takeout_jobs import HOLDINGS
from kreisportal.cases import drafts, submission, work
from kreisportal.cases.models import Draft
from kreisportal.cases.pages.parts import office_of
from kreisportal.documents.service import Owner, copy_to, documents_of_case, documents_of_draft, take_in
from kreisportal.documents.storage import STORAGE
from kreisportal.forms import FormDefinition, next_step, parse_step
from kreisportal.jobs import Runtime
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import new_id
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.program import Program
from kreisportal.worker import create_holdings
from tests.documents.samples import pdf
from tests.support.browser import Browser
from tests.support.staff import Person, add_person

SERVICE = FORM = "hund-anmelden"
PROOF = "relief_proof"
"""The form's field for files."""
CONTENT = pdf()
"""What a file holds that every field takes."""


def inputs(**changes: str | list[str] | None) -> dict[str, list[str]]:
    """What is typed on all pages of the form; None leaves an input out."""
    typed: dict[str, str | list[str] | None] = {
        "taken_in": "10.11.2020",
        "origin": "breeder",
        "dog_name": "Wölfchen",
        "breed": "Dackel",
        "sex": "female",
        "dog_birth_date": "1.3.2020",
        "chip_number": "276098101234567",
        "insured": "yes",
        "competence": "kept_dogs",
        "dogs": "2",
        "relief": ["assistance"],
        "given_names": "Änne Łucja",
        "family_name": "Beispiel-Øster",
        "birth_date": "24.12.1980",
        "residence.street": "Große Straße",
        "residence.house_number": "12a",
        "residence.postcode": "49377",
        "residence.city": "Vechta",
        "email": f"a{secrets.token_hex(6)}@post.example",
        "phone": "04441 898-0",
        **changes,
    }
    return {
        name: [value] if isinstance(value, str) else value
        for name, value in typed.items()
        if value is not None
    }


def fill_in(
    form: FormDefinition, typed: Mapping[str, list[str]], documents: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The answers after every page was sent. Fails if a page refuses them."""
    answers: dict[str, Any] = {}
    step = next_step(form, answers)
    while step is not None:
        result = parse_step(form, step, typed, answers, documents)
        assert result.ok, result.errors
        answers = result.merged(answers)
        step = next_step(form, answers, step)
    return answers


@dataclass(frozen=True)
class DraftFacts:
    """A draft that could be sent, and the ids of its files."""

    tenant: TenantRecord
    id: uuid.UUID
    revision: int
    email: str
    files: tuple[uuid.UUID, ...] = ()

    @property
    def context(self) -> Context:
        """Who may see and send it."""
        return Context(ActorKind.APPLICANT, self.tenant.id, subject_id=self.id)


@dataclass(frozen=True)
class CaseFacts:
    """A case that was sent, and what only its applicant knows."""

    tenant: TenantRecord
    id: uuid.UUID
    number: str
    secret: str
    email: str
    files: tuple[uuid.UUID, ...] = ()

    def seen_by(self, tenant: TenantRecord) -> Context:
        """The applicant's context at a tenant that the case has come to."""
        return Context(ActorKind.APPLICANT, tenant.id, subject_id=self.id)

    @property
    def context(self) -> Context:
        """The applicant's."""
        return self.seen_by(self.tenant)


@dataclass(frozen=True)
class Desk:
    """A browser at a desk, and who is signed in there."""

    browser: Browser
    person: Person

    @property
    def context(self) -> Context:
        """As whom the person acts."""
        return Context(ActorKind.STAFF, self.person.tenant_id, staff_id=self.person.id)


@dataclass(frozen=True)
class House:
    """The region. ``superuser`` looks behind row security."""

    program: Program
    superuser: psycopg.Connection
    locksmith: Locksmith
    forms: dict[str, tuple[int, FormDefinition]] = field(default_factory=dict)

    @cached_property
    def runtime(self) -> Runtime:
        """The worker's, without a mailer: jobs are called as such."""
        settings, storage = self.program.settings, self.program.intake.storage
        parts = {STORAGE: storage, HOLDINGS: create_holdings(settings, storage)}
        return Runtime(settings, self.program.database, parts)

    def tenant(self, slug: str = "vechta") -> TenantRecord:
        """A town by its slug."""
        found = self.program.keeper.current.registry.by_slug_or_none(slug)
        assert found is not None, slug
        return found

    def form(self, key: str = FORM) -> tuple[int, FormDefinition]:
        """A form's version and definition."""
        if key not in self.forms:
            version, data = self.program.keeper.current.catalogue.forms[key]
            self.forms[key] = version, FormDefinition.from_data(data)
        return self.forms[key]

    def acting(self, context: Context) -> AbstractContextManager[Session]:
        """A transaction that acts for somebody."""
        return self.program.database.transaction(context)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds, whoever may see it."""
        return self.superuser.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The one value that a query finds."""
        ((found,),) = self.rows(query, *values)
        return found

    def person(self, slug: str = "vechta", **more: Any) -> Person:
        """Somebody new who works there."""
        return add_person(self.program.database, self.locksmith, self.tenant(slug).id, **more)

    def staff(self, slug: str = "vechta", **more: Any) -> Context:
        """As whom somebody new who works there acts."""
        person = self.person(slug, **more)
        return Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)

    def draft(
        self, slug: str = "vechta", *, via: str = "", files: int = 0, language: str = "de", **changes: Any
    ) -> DraftFacts:
        """A complete draft with so many files."""
        tenant, draft_id = self.tenant(slug), new_id()
        version, form = self.form()
        beginning = drafts.Beginning(tenant.id, self.tenant(via or slug).id, SERVICE, FORM, version, language)
        context = Context(ActorKind.APPLICANT, tenant.id, subject_id=draft_id)
        typed = inputs(**changes)
        with self.acting(context) as session:
            row = drafts.begin(session, beginning, draft_id, {})
            stored = [self.upload(session, row, f"Nachweis {number}.pdf") for number in range(files)]
            typed[PROOF] = [str(each) for each in stored]
            answers = fill_in(form, typed, documents_of_draft(session, draft_id))
            drafts.save(session, row, answers, language)
            return DraftFacts(tenant, draft_id, row.revision, answers.get("email", ""), tuple(stored))

    def upload(self, session: Session, row: Draft, name: str, content: bytes = CONTENT) -> uuid.UUID:
        """A file of a draft, named by no answer yet."""
        owner = Owner(row.tenant_id, draft_id=row.id, field=PROOF)
        return take_in(session, self.program.intake, owner, io.BytesIO(content), name).id

    def send(self, draft: DraftFacts, revision: int | None = None) -> submission.Sent:
        """Send a draft as the review page does."""
        with self.acting(draft.context) as session:
            return self.submit(session, draft, revision)

    def submit(self, session: Session, draft: DraftFacts, revision: int | None = None) -> submission.Sent:
        """Send a draft within a transaction."""
        return submission.submit(
            session,
            draft.context,
            draft.id,
            draft.revision if revision is None else revision,
            lambda _: submission.Brought(
                self.form()[1], office_of(self.program.keeper.current, draft.tenant.id, SERVICE)
            ),
            submission.Keys(self.program.settings.secret_key, self.program.receipt_keys),
        )

    def case(
        self, slug: str = "vechta", *, confirmed: bool = False, files: int = 0, **changes: Any
    ) -> CaseFacts:
        """A case that was just sent; ``confirmed``: the applicant's address is."""
        from kreisportal.cases import by_applicant

        draft = self.draft(slug, files=files, **changes)
        sent = self.send(draft)
        secret = submission.case_secret(self.program.settings.secret_key, sent.id)
        case = CaseFacts(draft.tenant, sent.id, sent.number, secret, draft.email, draft.files)
        if confirmed:
            with self.acting(case.context) as session:
                by_applicant.confirm_address(session, case.context, case.id)
        return case

    def pass_on(self, case: CaseFacts, source: str, target: str, reason: str = "Nicht hier.") -> None:
        """Pass a case on as the desk does."""
        context, to = self.staff(source), self.tenant(target)

        def copy_files(session: Session, of_case: uuid.UUID) -> None:
            copy_to(self.program.intake.storage, documents_of_case(session, of_case), to.id)

        with self.acting(context) as session:
            work.pass_on(session, context, case.id, work.Target(to.id, to.slug, 30), reason, copy_files)

    def ask(self, case: CaseFacts, question: str) -> None:
        """Ask the applicant as the desk does."""
        context = self.staff(case.tenant.slug)
        with self.acting(context) as session:
            work.ask(session, context, case.id, question)

    def mails(self, case_id: uuid.UUID, tenant_id: int | None = None) -> list[tuple[str, str]]:
        """The mails about a case: (template, recipient), oldest first."""
        query = "SELECT template, recipient FROM mails WHERE case_id = %s AND coalesce(tenant_id = %s, true)"
        return self.rows(query + " ORDER BY created_at, template, recipient", case_id, tenant_id)

    def jobs(self, case_id: uuid.UUID) -> list[tuple[int, str]]:
        """The jobs about a case that wait: (tenant, name)."""
        query = (
            "SELECT (args->>'tenant_id')::int, task_name FROM procrastinate_jobs WHERE args->>'case_id' = %s"
        )
        return self.rows(query + " ORDER BY id", str(case_id))

    def events(self, case_id: uuid.UUID, tenant_id: int | None = None) -> list[tuple[str, str, bool]]:
        """What happened to a case: (kind, actor, public)."""
        query = "SELECT kind, actor, is_public FROM case_events WHERE case_id = %s"
        query += " AND coalesce(tenant_id = %s, true) ORDER BY tenant_id, sequence"
        return self.rows(query, case_id, tenant_id)

    def audit(self, case_id: uuid.UUID) -> list[tuple[str, str]]:
        """What the audit says of a case: (action, actor)."""
        query = "SELECT action, actor FROM audit_entries WHERE subject_id = %s ORDER BY id"
        return self.rows(query, str(case_id))
