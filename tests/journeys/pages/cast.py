"""What a town must have for each kind of page to be there: drafts, cases in every state, staff, and sessions.

It is made by the program's own services beside the running processes, which is quicker than by the pages; that the
pages do it is what the journeys show.
"""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import text

from kreisportal.access.roles import Role
from kreisportal.app import create_program
from kreisportal.cases import by_applicant, drafts, work
from kreisportal.cases.submission import confirm_token_of
from kreisportal.catalogue.models import CatalogueEntry
from kreisportal.credentials.keys import derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.documents.service import Owner, take_in
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.sso import outside
from kreisportal.staff import service as staff_service
from kreisportal.staff.sign_in import Locksmith
from tests.cases.house import CaseFacts, House
from tests.documents.samples import pdf
from tests.journeys.pages.probe import ANSWERS, PROBE
from tests.journeys.stage import SECRET_KEY, Stage
from tests.support.region import settings_for
from tests.support.staff import CHEAP, Person, add_person, add_region_person

_OPEN = text("SELECT definer.open_session(:digest, :site, :tenant, :staff, :verified, 3600, 3600)")
_GRANT = text("SELECT definer.grant_to_session(:digest, :tenant, :subject)")
_MORE_CASES = 26
"""As many as make a second page of the inbox."""


@contextmanager
def house_of(stage: Stage) -> Iterator[House]:
    """The program in this process, on the running deployment's database, files and keys."""
    settings = replace(settings_for(stage.database, stage.folder), secret_key=SECRET_KEY, receipt_key_id="1")
    program = create_program(settings)
    with stage.database.superuser() as superuser:
        house = House(program, superuser, Locksmith(Passwords(CHEAP), derive_keys(SECRET_KEY)))
        _publish_probe(program.database)
        yield house
    program.database.close()


def _publish_probe(database: Database) -> None:
    """The form with a field of each type, as a version that was in force once."""
    with database.transaction(REGION) as session:
        session.add(
            CatalogueEntry(
                kind="form",
                key=PROBE["key"],
                version=1,
                position=0,
                digest="",
                data=PROBE,
                release_id=1,
                retired_by=1,
            )
        )


@dataclass
class Cast:
    """A town's people and papers."""

    house: House
    slug: str
    _sessions: dict[tuple[Any, ...], str] = field(default_factory=dict)
    _new_cases: int = 0

    @property
    def database(self) -> Database:
        """The program's way to the database."""
        return self.house.program.database

    @cached_property
    def district(self) -> str:
        """The authority that the town belongs to."""
        return f"landkreis-{self.slug}"

    def session(
        self,
        site: str = "portal",
        staff: uuid.UUID | None = None,
        *,
        verified: bool = True,
        subject: uuid.UUID | None = None,
    ) -> str:
        """The token of a session: staff's, or of somebody who may see a draft or case."""
        key = (site, staff, verified, subject)
        if key not in self._sessions:
            token, tenant_id = new_token(), self.house.tenant(self.slug).id
            row = {"digest": digest(token), "site": site, "tenant": tenant_id}
            with self.database.transaction(ANONYMOUS) as session:
                session.execute(_OPEN, {**row, "staff": staff, "verified": bool(staff) and verified})
                if subject:
                    session.execute(_GRANT, {**row, "subject": subject})
            self._sessions[key] = token
        return self._sessions[key]

    def region_session(self) -> str:
        """The token of somebody who runs the whole region."""
        person, token = add_region_person(self.database, self.house.locksmith, None), new_token()
        self.region_member = person
        row = {
            "digest": digest(token),
            "site": "region",
            "tenant": None,
            "staff": person.id,
            "verified": True,
        }
        with self.database.transaction(ANONYMOUS) as session:
            session.execute(_OPEN, row)
        return token

    def bring(self, slug: str, state: str) -> None:
        """Bring a town into a state; its portal shows it within a second."""
        self.house.superuser.execute("UPDATE tenants SET state = %s WHERE slug = %s", [state, slug])

    def forget_clients(self) -> None:
        """No client from outside is registered any more."""
        self.house.superuser.execute("DELETE FROM outside_clients")

    def client(self) -> str:
        """The id of the one client from outside."""
        self.forget_clients()
        said = outside.Registration("Bücherei", ["https://buch.example/"], "https://buch.example/datenschutz")
        with self.database.transaction(REGION) as session:
            return outside.add_client(session, said)[0].id

    def region_colleague(self) -> uuid.UUID:
        """The id of somebody else who runs the region."""
        return add_region_person(self.database, self.house.locksmith, None, name="Nils Neu").id

    def forget_town(self, ars: str) -> None:
        """A town that was brought on line is gone again, and its district, if nobody else is in it."""
        execute, keys = self.house.superuser.execute, [ars, ars[:5].ljust(12, "0")]
        ids = [row[0] for row in execute("SELECT id FROM tenants WHERE ars = ANY (%s)", [keys])]
        for table in ("hosts", "offers", "staff", "audit_entries"):
            execute(f"DELETE FROM {table} WHERE tenant_id = ANY (%s)", [ids])
        for kept in ("parent_id IS NOT NULL", "true"):
            execute(f"DELETE FROM tenants WHERE id = ANY (%s) AND {kept}", [ids])

    def hire(self, *roles: Role, name: str) -> Person:
        """Somebody with these roles who can sign in."""
        tenant_id = self.house.tenant(self.slug).id
        return add_person(self.database, self.house.locksmith, tenant_id, *roles, name=name)

    @cached_property
    def caseworker(self) -> Person:
        """Who works on the cases."""
        return self.hire(Role.CASEWORKER, Role.TENANT_ADMIN, name="Wiebke Ahrendsen")

    @cached_property
    def newcomer(self) -> Person:
        """Who has nothing to do yet, and no recovery codes left."""
        person = self.hire(Role.CASEWORKER, name="Jannis Lüttmann")
        self.house.superuser.execute("UPDATE staff SET recovery_codes = '{}' WHERE id = %s", [person.id])
        return person

    @cached_property
    def admin(self) -> Person:
        """Who leads the portal and works on no case."""
        return self.hire(Role.TENANT_ADMIN, name="Thekla Osterloge")

    @property
    def staff_context(self) -> Context:
        """As whom the caseworker acts."""
        return Context(ActorKind.STAFF, self.house.tenant(self.slug).id, staff_id=self.caseworker.id)

    def invitation(self) -> str:
        """The token of an invitation that nobody has accepted."""
        new = {"email": f"neu-{new_token()[:8].lower()}@rathaus.example", "name": "Malte Brinkhege"}
        return self._invite({**new, "roles": ["caseworker"], "language": "de"})[0]

    def _invite(self, new: dict[str, Any]) -> tuple[str, uuid.UUID]:
        with self.database.transaction(REGION) as session:
            tenant_id = self.house.tenant(self.slug).id
            member, token = staff_service.add_member(session, REGION, tenant_id, new, clock.now())
            return token, member.id

    @cached_property
    def enrolling(self) -> uuid.UUID:
        """Somebody who has chosen a password and sets up the app now."""
        new = {"email": "setzt-ein@rathaus.example", "name": "Rieke Nordlohne"}
        token, staff_id = self._invite({**new, "roles": ["caseworker"], "language": "de"})
        invited = Context(ActorKind.STAFF, self.house.tenant(self.slug).id, staff_id=staff_id)
        with self.database.transaction(invited) as session:
            staff_service.accept_invitation(
                session, invited, self.house.locksmith, token, "Gurken tanzen nachts gern", (), clock.now()
            )
        return staff_id

    def draft(self) -> uuid.UUID:
        """A complete draft with a file."""
        return self.house.draft(self.slug, files=1).id

    def probe(self, *, answered: bool) -> uuid.UUID:
        """A draft of the form with all field types."""
        tenant, draft_id = self.house.tenant(self.slug), new_id()
        beginning = drafts.Beginning(tenant.id, tenant.id, "hund-anmelden", PROBE["key"], 1, "de")
        context = Context(ActorKind.APPLICANT, tenant.id, subject_id=draft_id)
        with self.database.transaction(context) as session:
            row = drafts.begin(session, beginning, draft_id, {})
            if answered:
                stored = self.house.upload(session, row, "Nachweis.pdf")
                files = {"papers": [{"id": str(stored), "name": "Nachweis.pdf"}]}
                drafts.save(session, row, {**ANSWERS, **files}, "de")
        return draft_id

    def draft_of(self, form_key: str, answers: Mapping[str, Any]) -> uuid.UUID:
        """A draft of a form of the catalogue with these answers."""
        tenant, draft_id = self.house.tenant(self.slug), new_id()
        version = self.house.form(form_key)[0]
        beginning = drafts.Beginning(tenant.id, tenant.id, form_key, form_key, version, "de")
        context = Context(ActorKind.APPLICANT, tenant.id, subject_id=draft_id)
        with self.database.transaction(context) as session:
            drafts.begin(session, beginning, draft_id, answers)
        return draft_id

    def resume_token(self) -> str:
        """The token of a link that leads back to a draft."""
        draft = self.house.draft(self.slug)
        with self.database.transaction(draft.context) as session:
            row = drafts.load(session, draft.id, lock=True)
            drafts.pause(session, row, draft.email, SECRET_KEY)
            return drafts.resume_token(SECRET_KEY, row)

    def receipt(self) -> str:
        """The signed receipt of a case."""
        return str(self.house.value("SELECT receipt FROM cases WHERE id = %s", self.fresh.id))

    def confirm_token(self) -> str:
        """The token of a link that confirms an address."""
        case = self.fresh
        return confirm_token_of(SECRET_KEY, case.id, case.email)

    @cached_property
    def fresh(self) -> CaseFacts:
        """A case that was just sent, with two files and an address that is not confirmed."""
        return self.house.case(self.slug, files=2)

    @cached_property
    def bare(self) -> CaseFacts:
        """A case of somebody who gave no address and no file."""
        return self.house.case(self.slug, email="", phone="", relief=[])

    @cached_property
    def asked(self) -> CaseFacts:
        """A case with a question to the applicant, a note, a mail that came back, and days too late."""
        case = self._taken()
        with self.house.acting(self.staff_context) as session:
            work.note(session, self.staff_context, case.id, "Züchter anrufen.\n\nNummer steht im Vertrag.")
            work.ask(
                session,
                self.staff_context,
                case.id,
                "Wie heißt der Züchter?\n\nBitte schicken Sie den Vertrag.",
            )
        late = clock.today() - datetime.timedelta(days=3)
        execute = self.house.superuser.execute
        execute("UPDATE cases SET due_on = %s WHERE id = %s", [late, case.id])
        execute(
            "UPDATE mails SET state = 'bounced', problem = 'Postfach unbekannt' WHERE case_id = %s", [case.id]
        )
        return case

    def _taken(self) -> CaseFacts:
        case = self.house.case(self.slug, files=1, confirmed=True)
        with self.house.acting(self.staff_context) as session:
            work.take(session, self.staff_context, case.id)
        return case

    @cached_property
    def answered(self) -> CaseFacts:
        """A case whose applicant has answered the question."""
        case = self._taken()
        with self.house.acting(self.staff_context) as session:
            work.ask(session, self.staff_context, case.id, "Wie heißt der Züchter?")
        with self.house.acting(case.context) as session:
            stored = self._store(session, case, "upload")
            by_applicant.answer(session, case.context, case.id, "Zucht vom Beispielhof", stored)
        return case

    def _store(self, session: Any, case: CaseFacts, kind: str) -> list[str]:
        owner = Owner(case.tenant.id, case_id=case.id, kind=kind)
        return [str(take_in(session, self.house.program.intake, owner, io.BytesIO(pdf()), "Brief.pdf").id)]

    @cached_property
    def decided(self) -> CaseFacts:
        """A case that was decided, with a letter."""
        case = self._taken()
        with self.house.acting(self.staff_context) as session:
            words, letter = "Wölfchen ist angemeldet.", self._store(session, case, "decision")
            work.decide(session, self.staff_context, case.id, "granted", words, letter, 30, signed="W. A.")
        return case

    @cached_property
    def withdrawn(self) -> CaseFacts:
        """A case that its applicant took back."""
        case = self.house.case(self.slug, confirmed=True)
        with self.house.acting(case.context) as session:
            by_applicant.withdraw(session, case.context, case.id, 30)
        return case

    @cached_property
    def passed_on(self) -> CaseFacts:
        """A case that went to the district."""
        case = self.house.case(self.slug, files=1, confirmed=True)
        self.house.pass_on(case, self.slug, self.district, "Der Landkreis ist zuständig.")
        return case

    @cached_property
    def came(self) -> CaseFacts:
        """A case that came from the district."""
        case = self.house.case(self.district, files=1, confirmed=True)
        self.house.pass_on(case, self.district, self.slug, "Die Stadt ist zuständig.")
        return case

    def miss_words(self) -> None:
        """Words that people have searched for in vain this month, one of them very long."""
        tenant_id, month = self.house.tenant(self.slug).id, clock.today().replace(day=1)
        for word, count in (("zirkuszelt", 40), ("drachenflugplatzbenutzungsgebühr", 12), ("yacht", 3)):
            self.house.superuser.execute(
                "INSERT INTO missed_words (tenant_id, month, word, count) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [tenant_id, month, word, count],
            )

    def fill_inbox(self) -> None:
        """More new cases than a page of the inbox shows."""
        while self._new_cases < _MORE_CASES:
            self.house.case(self.slug)
            self._new_cases += 1
