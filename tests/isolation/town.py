"""A town full of canaries: everything that a town can hold, and the people who may see it."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass, replace

from kreisportal.access.roles import Role
from kreisportal.cases import by_applicant, drafts, queries, submission, work
from kreisportal.cases.readings import note_reading
from kreisportal.documents.service import Owner, take_in
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.staff import departments
from kreisportal.staff import service as staff_service
from kreisportal.tenancy.registry import TenantRecord
from tests.cases.house import SERVICE, CaseFacts, DraftFacts, House
from tests.isolation import region_own
from tests.isolation.citizens import Account
from tests.isolation.programs import Tokens, give
from tests.isolation.words import Words
from tests.support.pictures import own_picture, show_picture
from tests.support.staff import Person, add_person, add_region_person


@dataclass(frozen=True)
class Files:
    """The documents of a case."""

    case_id: uuid.UUID
    ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Town:
    """What there is in a town of one applicant and of the office that works on it.

    ``manager`` runs its district, ``operator`` the whole region, ``region_newcomer`` is about to; ``client_id`` is a
    client from outside that the district looks after, ``bundle_id`` the district's bundle of services, and
    ``district_words`` are what is said of both.
    ``open`` waits for an answer and has an address that is not confirmed; ``decided`` is over. ``account`` is of
    somebody there; draft and cases are a guest's, or lie in the account if they are its ``own``.
    """

    tenant: TenantRecord
    words: Words
    draft: DraftFacts
    resume_token: str
    open: CaseFacts
    decided: CaseFacts
    confirm_token: str
    files: tuple[Files, ...]
    colleague: Person
    caseworker: Person
    admin: Person
    halfway: Person
    newcomer: Person
    invitation: str
    invited_id: uuid.UUID
    departments: tuple[uuid.UUID, uuid.UUID]
    feedback_id: uuid.UUID
    receipt: str
    account: Account
    check_id: uuid.UUID
    manager: Person
    operator: Person
    region_newcomer: Person
    region_invitation: str
    client_id: str
    bundle_id: int
    district_words: Words
    tokens: Tokens
    own: bool = False

    @property
    def cases(self) -> tuple[CaseFacts, ...]:
        """Both cases."""
        return self.open, self.decided

    def with_draft(self, draft: DraftFacts) -> Town:
        """The same town with another draft in the place of the draft."""
        return replace(self, draft=draft)

    def with_case(self, case: CaseFacts) -> Town:
        """The same town with another case in the place of the open one."""
        return replace(self, open=case)


def furnish(house: House, slug: str, words: Words, account: Account) -> Town:
    """Let a guest apply and people work in a town until there is one of everything."""
    return _furnished(house, words, account, _People(house, house.tenant(slug), words))


def furnish_account(house: House, town: Town, words: Words, account: Account) -> Town:
    """The same of somebody who applies with an account; the town's own people work on it."""
    made = _furnished(house, words, account, town)
    for table, ids in (("drafts", [made.draft.id]), ("cases", [case.id for case in made.cases])):
        house.superuser.execute(
            f"UPDATE {table} SET account_id = %s WHERE tenant_id = %s AND id = ANY(%s)",
            (account.id, town.tenant.id, ids),
        )
    return replace(made, own=True)


def _furnished(house: House, words: Words, account: Account, people: _People | Town) -> Town:
    tenant, slug = people.tenant, people.tenant.slug
    draft, token = _draft(house, slug, words)
    opened = house.case(slug, files=1, **_answers(words, "open"))
    decided = house.case(slug, files=1, confirmed=True, **_answers(words, "decided"))
    files = (_work(house, opened, people.colleague, words), _decide(house, decided, people.colleague, words))
    confirm = submission.confirm_token_of(house.program.settings.secret_key, opened.id, opened.email)
    (receipt,) = house.rows("SELECT receipt FROM cases WHERE id = %s", opened.id)[0]
    _mark(words, draft, token, (opened, decided), files, confirm)
    check_id = _checks(house, (opened, decided), people.colleague, people.admin)
    words.mark("check/id", check_id)
    return Town(
        *(tenant, words, draft, token, opened, decided, confirm, files),
        *(people.colleague, people.caseworker, people.admin, people.halfway, people.newcomer),
        *(
            people.invitation,
            people.invited_id,
            people.departments,
            people.feedback_id,
            receipt,
            account,
            check_id,
        ),
        *(people.manager, people.operator, people.region_newcomer, people.region_invitation),
        *(people.client_id, people.bundle_id, people.district_words, people.tokens),
    )


def _checks(house: House, cases: tuple[CaseFacts, CaseFacts], asked: Person, decided: Person) -> uuid.UUID:
    """Something to be confirmed about the open case, and something that was about the decided one; the id of that."""
    row = (
        "INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by, decided_by, decided_at)"
        " VALUES (%s, gen_random_uuid(), %s, 'passport', %s, %s, %s, now()) RETURNING id"
    )
    first, second = cases
    house.rows(row, first.tenant.id, first.id, "open", asked.id, None)
    return uuid.UUID(str(house.value(row, second.tenant.id, second.id, "confirmed", asked.id, decided.id)))


class _People:
    """Who works there. Only the colleague's name and the invited one's are canaries: the others see their own."""

    def __init__(self, house: House, tenant: TenantRecord, words: Words) -> None:
        def add(name: str, *roles: Role, email: str = "") -> Person:
            return add_person(
                house.program.database, house.locksmith, tenant.id, *roles, name=name, email=email
            )

        name, self.mail = words.word("staff/name"), f"{words.word('staff/email').lower()}@amt.example"
        self.colleague = add(name, email=self.mail)
        self.caseworker = add("Erika Muster")
        self.admin = add("Max Muster", Role.TENANT_ADMIN)
        self.halfway = add("Hanna Halb")
        self.newcomer = add("Nele Neu")
        house.superuser.execute(
            "UPDATE staff SET totp_secret = NULL, recovery_codes = '{}' WHERE id = %s", (self.newcomer.id,)
        )
        new = {
            "email": f"{words.word('invited/email')}@amt.example",
            "name": words.word("invited/name"),
            "roles": [Role.CASEWORKER],
            "language": "de",
        }
        with house.acting(REGION) as session:
            invited, self.invitation = staff_service.add_member(session, REGION, tenant.id, new, clock.now())
            self.invited_id = invited.id
        self.departments = self._departments(house, tenant, words)
        self.feedback_id = _figures(house, tenant, words)
        show_picture(house, tenant.slug, own_picture(tenant.slug))
        _council(house, tenant, words)
        database, district = house.program.database, tenant.parent_id
        self.manager = add_region_person(database, house.locksmith, district)
        self.operator = add_region_person(database, house.locksmith, None)
        self.region_newcomer = add_region_person(database, house.locksmith, district)
        house.superuser.execute(
            "UPDATE region_staff SET totp_secret = NULL, recovery_codes = '{}' WHERE id = %s",
            (self.region_newcomer.id,),
        )
        colleague = {"email": f"{tenant.slug}@kreis.example", "name": "Kai Kreis", "language": "de"}
        with house.acting(REGION) as session:
            _, self.region_invitation = staff_service.add_region_member(
                session, REGION, district, colleague, clock.now()
            )
        self.tenant = tenant
        self.district_words = Words(f"{tenant.slug}'s district")
        self.client_id = region_own.client(house, district, self.district_words)
        self.bundle_id = region_own.bundle(house, self.manager, tenant, self.district_words)
        region_own.onboarding_list(house, self.manager, tenant, self.district_words)
        self.tokens = give(house, tenant.id, self.admin, self.manager, words)
        words.mark("staff/id", self.colleague.id)
        words.mark("invited/token", self.invitation)

    def _departments(self, house: House, tenant: TenantRecord, words: Words) -> tuple[uuid.UUID, uuid.UUID]:
        """One in which the colleague works a service that nobody applies for here, and an empty one."""
        desk, names = _desk(self.admin), (words.word("department/name"), "Leer")
        with house.acting(desk) as session:
            first, second = (departments.add(session, desk, tenant.id, name) for name in names)
            departments.change(session, desk, first, names[0], ["sperrmuell"], ["sperrmuell"])
            departments.place(session, desk, tenant.id, self.colleague.id, [first])
        words.mark("department/id", first)
        return first, second


def _figures(house: House, tenant: TenantRecord, words: Words) -> uuid.UUID:
    """Something counted, a time told, and what somebody said; the id of that."""
    figures = "INSERT INTO service_figures VALUES (%s, date_trunc('month', now()), %s, 'abandoned', 'dog', 3)"
    house.superuser.execute(figures, (tenant.id, SERVICE))
    house.superuser.execute("INSERT INTO decision_times VALUES (%s, 'sperrmuell', 10, 3, 5)", (tenant.id,))
    said = (
        "INSERT INTO feedback (tenant_id, id, service_key, occasion, stars, words)"
        " VALUES (%s, gen_random_uuid(), %s, 'sent', 4, %s) RETURNING id"
    )
    return uuid.UUID(str(house.value(said, tenant.id, SERVICE, words.word("feedback/words"))))


def _council(house: House, tenant: TenantRecord, words: Words) -> None:
    """A source of the council's meetings, whose address only the desk shows, and how it was read."""
    url = f"https://{words.word('council/host').lower()}.example/body"
    said = json.dumps({"url": url, "body": url, "name": "Rat", "on": True})
    put = "UPDATE tenants SET profile = jsonb_set(profile, '{council}', %s::jsonb) WHERE id = %s"
    house.superuser.execute(put, (said, tenant.id))
    shown = json.dumps({"as_of": "2026-11-30", "meetings": [], "papers": []})
    kept = (
        "INSERT INTO council_contents (tenant_id, body, shown, read_at, tried_at, next_at)"
        " VALUES (%s, %s, %s::jsonb, now(), now(), now())"
    )
    house.superuser.execute(kept, (tenant.id, url, shown))
    house.program.keeper.renew()


def _answers(words: Words, which: str) -> dict[str, str]:
    return {
        "given_names": words.word(f"{which}/given name"),
        "family_name": words.word(f"{which}/family name"),
        "dog_name": words.word(f"{which}/answer"),
        "email": f"{words.word(f'{which}/email').lower()}@post.example",
        "residence.street": words.word(f"{which}/street"),
    }


def _draft(house: House, slug: str, words: Words) -> tuple[DraftFacts, str]:
    draft = house.draft(slug, files=1, **_answers(words, "draft"))
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        typed = {"dog_name": words.word("draft/typed"), "breed": ""}
        drafts.save(session, row, row.answers, "de", ("dog", typed))
        address = f"{words.word('draft/resume address').lower()}@post.example"
        assert drafts.pause(session, row, address, house.program.settings.secret_key)
        return draft, drafts.resume_token(house.program.settings.secret_key, row)


def _file(house: House, context: Context, owner: Owner, words: Words, label: str) -> uuid.UUID:
    name = f"{words.word(f'{label} file/name')}.pdf"
    with house.acting(context) as session:
        stream = io.BytesIO(words.file(f"{label} file/content"))
        return take_in(session, house.program.intake, owner, stream, name).id


def _rename(house: House, case: CaseFacts, words: Words, label: str) -> None:
    """The file that came with the application gets a telling name; its applicant had not thought of one."""
    name = f"{words.word(f'{label}/name')}.pdf"
    house.superuser.execute("UPDATE documents SET name = %s WHERE id = %s", (name, case.files[0]))


def _work(house: House, case: CaseFacts, colleague: Person, words: Words) -> Files:
    desk = _desk(colleague)
    proof = _file(house, case.context, Owner(case.tenant.id, case_id=case.id), words, "message")
    _rename(house, case, words, "upload")
    with house.acting(desk) as session:
        # In the place of a role stands a word, since that is what a page shows of somebody who has looked.
        note_reading(session, desk, case.id, words.word("reading/role"), "case")
        work.take(session, desk, case.id)
        work.note(session, desk, case.id, words.word("internal/note"))
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, words.word("message"), [str(proof)])
    with house.acting(desk) as session:
        work.ask(session, desk, case.id, words.word("question"))
        row = queries.case(session, case.id)
        assert row is not None and row.state == "waiting"
    return Files(case.id, (*case.files, proof))


def _decide(house: House, case: CaseFacts, colleague: Person, words: Words) -> Files:
    desk = _desk(colleague)
    owner = Owner(case.tenant.id, case_id=case.id, kind="decision")
    answer = _file(house, desk, owner, words, "decision")
    with house.acting(desk) as session:
        text, signed = words.word("decision/text"), words.word("decision/signed")
        work.decide(session, desk, case.id, "granted", text, [str(answer)], 30, signed=signed)
    return Files(case.id, (*case.files, answer))


def _desk(person: Person) -> Context:
    return Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)


def _mark(
    words: Words,
    draft: DraftFacts,
    token: str,
    cases: tuple[CaseFacts, ...],
    files: tuple[Files, ...],
    confirm: str,
) -> None:
    words.mark("draft/id", draft.id, *draft.files)
    words.mark("draft/token", token)
    words.mark("case/token", confirm)
    for case in cases:
        words.mark("case/id", case.id)
        words.mark("case/number", case.number)
        words.mark("case/secret", case.secret, case.secret.replace("-", ""))
    words.mark("document/id", *(each for file in files for each in file.ids))
