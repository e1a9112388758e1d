"""The kinds of pages of a desk: signing in, inbox, cases in every state, the portal's administration, one's own access."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from playwright.sync_api import Page

from kreisportal.access.roles import Role
from kreisportal.access.scopes import OF_TOWNS
from kreisportal.cases import identity_checks
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.staff import access_tokens
from tests.documents import samples
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.council_told import tell_council
from tests.journeys.pages.inspection import Kind, press
from tests.journeys.windows import follow


def access(cast: Cast) -> Iterator[Kind]:
    """Ways in, and what one can change about them."""
    half = cast.session("desk", cast.newcomer.id, verified=False)
    enrolling = cast.session("desk", cast.enrolling, verified=False)
    invitation = f"/einladung/{cast.invitation()}"
    yield Kind("sign-in", "/anmelden")
    yield Kind("sign-in with errors", "/anmelden", status=422, act=press)
    yield Kind("code", "/anmelden/code", half)
    yield Kind("code with errors", "/anmelden/code", half, 422, press)
    yield Kind("recovery code", "/anmelden/ersatzcode", half)
    yield Kind("recovery code with errors", "/anmelden/ersatzcode", half, 422, press)
    yield Kind("invitation", invitation)
    yield Kind("invitation with errors", invitation, status=422, act=press)
    yield Kind("invitation gone", "/einladung/vorbei", status=404)
    yield Kind("enrolment", "/anmelden/einrichten", enrolling)
    yield Kind("enrolment with errors", "/anmelden/einrichten", enrolling, 422, press)
    person = cast.hire(Role.CASEWORKER, name="Keno Tiefental")
    mine, own = cast.session("desk", person.id), "/zugang"
    yield Kind("access", f"{own}/", mine)
    yield Kind("access without codes", f"{own}/", cast.session("desk", cast.newcomer.id))
    yield Kind("password", f"{own}/passwort", mine)
    yield Kind("password with errors", f"{own}/passwort", mine, 422, press)
    yield Kind("new codes", f"{own}/ersatzcodes", mine)
    yield Kind("codes shown", f"{own}/ersatzcodes", mine, act=partial(_prove, password=person.password))
    yield Kind("new app", f"{own}/app", mine)
    yield Kind("new app shown", f"{own}/app", mine, act=partial(_prove, password=person.password))


def work(cast: Cast) -> Iterator[Kind]:
    """What caseworkers and those who lead the portal do all day."""
    mine, empty = cast.session("desk", cast.caseworker.id), cast.session("desk", cast.newcomer.id)
    cast.fill_inbox()
    tell_council(cast)
    cases = "/vorgaenge/"
    yield Kind("home", "/", mine)
    yield Kind("inbox empty", f"{cases}?korb=meine", empty)
    yield Kind("inbox full", f"{cases}?korb=eingang", mine)
    yield Kind("inbox, second page", f"{cases}?korb=eingang&seite=2", mine)
    yield Kind("inbox overdue", f"{cases}?korb=ueberfaellig", mine)
    yield Kind("inbox closed", f"{cases}?korb=erledigt", mine)
    yield Kind("inbox without hit", f"{cases}?korb=offen&q=xyzzy", mine)
    for name in ("fresh", "bare", "asked", "answered", "decided", "withdrawn", "passed_on", "came"):
        yield Kind(f"case {name}", f"{cases}{getattr(cast, name).id}", mine)
    one = f"{cases}{cast.fresh.id}"
    yield Kind("case, question missing", one, mine, 422, partial(_act, field="frage"))
    yield Kind("case, decision missing", one, mine, 422, partial(_act, field="bescheid"))
    yield Kind("case, reason missing", one, mine, 422, partial(_act, field="grund"))
    yield Kind("case, note of a page open too long", one, mine, 400, _stale_note)
    yield from _identities(cast, mine, one)
    admin = cast.session("desk", cast.admin.id)
    yield Kind("offers", "/leistungen/", admin)
    yield Kind("offers filtered", "/leistungen/?q=hund", admin)
    offer = "/leistungen/hund-anmelden/angebot/"
    yield Kind("offer", offer, admin)
    yield Kind("offer planned and looked at", offer, admin, act=_plan_and_look)
    yield Kind("further papers", "/leistungen/hund-anmelden/unterlagen/", admin)
    yield Kind("offer with errors", offer, admin, 422, _wrong_offer)
    yield Kind("offer changed meanwhile", offer, admin, 409, _old_offer)
    yield from _town(admin)
    yield Kind("texts", "/leistungen/texte", admin)
    yield Kind("no words missed", "/leistungen/suchwoerter", admin)
    cast.miss_words()
    yield Kind("words missed", "/leistungen/suchwoerter", admin)
    yield from _team(cast, admin)
    yield from _figures(cast, admin)
    yield from _tokens(cast, admin)
    yield Kind("not allowed", cases, admin, 403)
    yield Kind("not found", "/gibt-es-nicht", mine, 404)


def _tokens(cast: Cast, admin: str) -> Iterator[Kind]:
    """Access tokens: one that is good, one that is revoked, and a new one."""
    tokens = "/zugriffsschluessel/"
    context = replace(cast.staff_context, staff_id=cast.admin.id)
    with cast.database.transaction(context) as session:
        for name in ("Website", "Alte App"):
            access_tokens.make(session, context, name, OF_TOWNS, 90)
        old = next(each.id for each in access_tokens.all_tokens(session, context) if each.name == "Alte App")
        access_tokens.revoke(session, context, old)
    yield Kind("tokens with errors", tokens, admin, 422, press)
    yield Kind("token with a question open", tokens, admin, act=_open_questions)
    yield Kind("token looked after", f"{tokens}{old}", admin)
    yield Kind("token made", tokens, admin, act=_make_token)


def _make_token(page: Page) -> None:
    page.fill("#name", "Stadt-App")
    page.check("input[name=scope] >> nth=0")
    press(page)


def _team(cast: Cast, admin: str) -> Iterator[Kind]:
    """Who works here, as the admin sees it."""
    cast.invitation()
    yield Kind("team", "/team/", admin)
    yield Kind("invitation to the team", "/team/einladen", admin)
    yield Kind("invitation to the team with errors", "/team/einladen", admin, 422, press)
    yield Kind("member of the team", f"/team/{cast.newcomer.id}", admin, act=_open_questions)
    yield Kind("oneself in the team", f"/team/{cast.admin.id}", admin)
    units = "/team/abteilungen/"
    yield Kind("no departments", units, admin)
    department = cast.department()
    yield Kind("departments with errors", units, admin, 422, press)
    yield Kind("department in use", f"{units}{department}", admin, 409, _remove)
    yield Kind("what was done in the town", "/protokoll/", admin)
    newcomer = cast.session("desk", cast.newcomer.id)
    yield Kind("leave with errors", "/abwesenheit/", newcomer, 422, _half_a_leave)
    cast.stand_in()
    yield Kind("standing in", "/abwesenheit/", newcomer)
    yield Kind("inbox of who stands in", "/vorgaenge/?korb=meine", newcomer)
    yield Kind("member who is away", f"/team/{cast.caseworker.id}", admin)


def _figures(cast: Cast, admin: str) -> Iterator[Kind]:
    """How a service is used, and what was said about it."""
    execute, tenant_id = cast.house.superuser.execute, cast.house.tenant(cast.slug).id
    for table in ("service_figures", "feedback"):
        execute(f"DELETE FROM {table} WHERE tenant_id = %s", [tenant_id])
    yield Kind("no figures", "/zahlen/", admin)
    execute(
        "INSERT INTO service_figures SELECT %s, date_trunc('month', now()), 'hund-anmelden', what, step, count"
        " FROM (VALUES ('viewed', '', 120), ('started', '', 40), ('finished', '', 25), ('abandoned', 'proof', 9))"
        " AS f (what, step, count)",
        [tenant_id],
    )
    execute(
        "INSERT INTO feedback (tenant_id, id, service_key, occasion, stars, words)"
        " VALUES (%s, gen_random_uuid(), 'hund-anmelden', 'sent', 4, 'Ging schnell.')",
        [tenant_id],
    )
    yield Kind("figures", "/zahlen/", admin)
    yield Kind("figures of a service", "/zahlen/hund-anmelden", admin, act=_open_questions)


def _town(admin: str) -> Iterator[Kind]:
    """The town itself: its look, start page, notice, offices, legal texts."""
    yield Kind("the town", "/portal/", admin)
    yield Kind("look with errors", "/portal/aussehen/", admin, 422, partial(_send, field="svg", text="<"))
    yield Kind("picture previewed", "/portal/bild/", admin, 200, _show_picture)
    yield Kind("start page with errors", "/portal/startseite/", admin, 422, _one_place)
    links = "/portal/links/"
    yield Kind("links with errors", links, admin, 422, partial(_send, field="title_de_1", text="Bad"))
    yield Kind("council with errors", "/portal/rat/", admin, 422, partial(_send, field="url", text="rat"))
    languages = "/portal/sprachen/"
    yield Kind(
        "languages changed meanwhile", languages, admin, 409, partial(_send, field="gesehen", text="another")
    )
    notice = "/portal/mitteilung/"
    yield Kind("notice previewed", notice, admin, 200, partial(_preview, text="Am Freitag ist **zu**."))
    yield Kind("notice with errors", notice, admin, 422, partial(_send, field="text_de", text="<b>"))
    yield Kind("town hall with errors", "/portal/rathaus/", admin, 422, partial(_send, field="city", text=""))
    yield Kind("closed days", "/portal/schliesstage/", admin)
    yield Kind("offices of the town", "/portal/aemter/", admin)
    office = "/portal/aemter/standesamt/"
    yield Kind(
        "new office with errors", "/portal/aemter/neu/", admin, 422, partial(_send, field="name_de", text="")
    )
    yield Kind(
        "office changed meanwhile", office, admin, 409, partial(_send, field="gesehen", text="another")
    )
    yield Kind("office to be removed", "/portal/aemter/steueramt/entfernen", admin)
    yield Kind("legal texts", "/portal/rechtstexte/", admin)
    yield Kind("legal text", "/portal/rechtstexte/imprint/", admin)
    facts = "/portal/rechtstexte/angaben/"
    yield Kind("facts in legal texts", facts, admin, 422, partial(_send, field="privacy_email", text="x"))


def _send(page: Page, field: str, text: str) -> None:
    page.locator(f"[name={field}]").evaluate("(box, text) => { box.value = text; }", text)
    follow(page.locator("form button.kern-btn--primary"))


def _show_picture(page: Page) -> None:
    name = {"name": "markt.png", "mimeType": "image/png"}
    page.set_input_files("#picture", {**name, "buffer": samples.image("PNG", (800, 400))})
    page.fill("#alt_de", "Der Markt im Sommer")
    page.fill("#credit", "A. Beispiel")
    follow(page.locator("form button[value=vorschau]"))
    page.wait_for_function("document.querySelector('.kp-picture img').naturalWidth === 800")


def _preview(page: Page, text: str) -> None:
    page.fill("#text_de", text)
    follow(page.locator("form button[value=vorschau]"))


def _one_place(page: Page) -> None:
    page.select_option("#topics", "1")
    follow(page.locator("form button.kern-btn--primary"))


def _identities(cast: Cast, mine: str, case: str) -> Iterator[Kind]:
    """What was seen at the counter, to be confirmed by another, and what was confirmed."""
    second = Context(ActorKind.STAFF, cast.staff_context.tenant_id, staff_id=cast.newcomer.id)
    yield Kind("nothing to confirm", "/identitaet/", mine)
    yield Kind("case, document missing", case, mine, 422, partial(_act, field="ausweis"))
    for done in (True, False):
        seen = cast.house.case(cast.slug).id
        with cast.database.transaction(cast.staff_context) as session:
            identity_checks.ask(session, cast.staff_context, seen, "identity_card")
        if done:
            with cast.database.transaction(second) as session:
                identity_checks.confirm(session, second, seen)
    yield Kind("identities to confirm", "/identitaet/", mine)
    yield Kind("identity to confirm", f"/identitaet/{seen}", cast.session("desk", cast.newcomer.id))
    yield Kind("identity that another confirms", f"/identitaet/{seen}", mine)
    yield Kind("confirmed identities", "/bestaetigt/", mine)


def _remove(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action$=entfernen]").evaluate("form => form.requestSubmit()")


def _half_a_leave(page: Page) -> None:
    page.fill("#leave_from", "2026-12-24")
    press(page)


def _open_questions(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('main details').forEach(each => { each.name = ''; each.open = true; })"
    )


def _prove(page: Page, password: str) -> None:
    page.locator("main input[type=password]").fill(password)
    press(page)


def _act(page: Page, field: str) -> None:
    """Send a form of the case's acts as it is: empty."""
    with page.expect_navigation():
        page.locator(f"[name={field}]").first.evaluate("box => box.form.requestSubmit()")


def _wrong_offer(page: Page) -> None:
    """Save an offer with a number that is none, and text in English only."""
    page.fill("#processing_days", "bald")
    page.fill("#text_de", "")
    page.fill("#text_en", "Only here")
    follow(page.locator("form button.kern-btn--primary"))


def _plan_and_look(page: Page) -> None:
    """Plan a change of an offer for a day to come, and have it ready to be looked at."""
    page.fill("#gilt_ab", "2099-01-01")
    page.fill("#text_de", "Ab Neujahr nur noch mit Termin.")
    follow(page.locator("form button.kern-btn--primary"))
    follow(page.locator("[name=tat][value=vorschau]"))


def _old_offer(page: Page) -> None:
    """Save an offer that somebody else has changed since the page was opened."""
    page.fill("#processing_days", "9")
    page.evaluate("document.querySelector('.kp-form [name=gesehen]').value = 'another'")
    follow(page.locator("form button.kern-btn--primary"))


def _stale_note(page: Page) -> None:
    page.context.clear_cookies(name="__Host-csrf")
    page.locator("[name=notiz]").fill("Züchter angerufen")
    with page.expect_navigation():
        page.locator("[name=notiz]").evaluate("box => box.form.requestSubmit()")
