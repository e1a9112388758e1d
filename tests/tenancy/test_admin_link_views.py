"""The town's own tiles on the start page: what is typed, refused and shown, and which lead to the citizen account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.access.roles import Role
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.sso import outside
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.link_fields import OF_LINK, links_typed, links_typed_of
from kreisportal.tenancy.local_links import MOST_LINKS, LocalLinkSchema
from kreisportal.tenancy.queries import client_at
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.staff import add_person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATH = "/de/portal/links/"
POOL = {
    **{"title_de_1": "Hallenbad", "title_en_1": "Indoor pool", "url_1": "https://bad.example/"},
    **{"place_1": "2", "on_1": "yes"},
}
BUS = {
    **{"title_de_2": "Bus", "text_de_2": "Fahrplan und Karten", "url_2": "https://bus.example/los"},
    **{"place_2": "1", "on_2": "yes"},
}


def nobody(_: str) -> None:
    return None


@pytest.fixture(scope="module")
def admin(wsgi: WSGIApplication, program: Program, locksmith: Locksmith, towns: dict[str, int]) -> Browser:
    """A browser with Vechta's tenant admin."""
    browser = Browser(wsgi, "verwaltung.vechta.localhost")
    person = add_person(program.database, locksmith, towns["vechta"], Role.TENANT_ADMIN)
    assert sign_in(browser, person).status_code == 303
    return browser


@pytest.fixture(scope="module")
def bus(program: Program) -> str:
    """A client of the account at bus.example."""
    with program.database.transaction(REGION) as session:
        said = outside.Registration(
            "Busgesellschaft", ["https://bus.example/zurueck"], "https://bus.example/d"
        )
        client, _ = outside.add_client(session, said, demo=False)
        return str(client.id)


def test_links_are_shown_in_their_order_and_taken_back(
    admin: Browser, client: Callable[..., Browser], bus: str
) -> None:
    portal = client("vechta.localhost")
    assert "Mehr aus dem Ort" not in portal.get("/de/").text
    saved = admin.submit(admin.get(PATH), {**POOL, **BUS})
    page = admin.follow(saved)
    assert "Dort meldet man sich mit dem Bürgerkonto an" in page.text
    home = portal.get("/de/").text
    assert home.index("https://bus.example/los") < home.index("https://bad.example/")
    assert "Fahrplan und Karten Dort melden Sie sich mit Ihrem Bürgerkonto an." in home
    assert "Indoor pool" in portal.get("/en/").text
    assert "Hallenbad" not in client("lohne.localhost").get("/de/").text
    hidden = admin.submit(page, {"on_2": ""})
    assert "Hallenbad" not in portal.get("/de/").text
    assert 'value="Hallenbad"' in admin.follow(hidden).text
    admin.submit(admin.get(PATH), {}, "/portal/links/zurueck")
    assert "Hallenbad" in portal.get("/de/").text
    gone = {name: "" for name in links_typed_of(None) if not name.startswith("place")}
    admin.submit(admin.get(PATH), gone)
    assert "Mehr aus dem Ort" not in portal.get("/de/").text


def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(admin: Browser) -> None:
    wrong = admin.submit(admin.get(PATH), {**POOL, "url_1": "http://bad.example"})
    assert wrong.status_code == 422
    assert 'value="http://bad.example"' in wrong.text
    assert "Geben Sie eine Adresse ein, die mit https:// beginnt." in wrong.text


def test_only_the_desk_learns_of_a_client_and_only_of_one_that_is_on(
    database: Database, towns: dict[str, int], bus: str
) -> None:
    staff = Context(ActorKind.STAFF, towns["vechta"])
    with database.transaction(staff) as session:
        assert client_at(session, "https://bus.example") == bus
        for other in ("https://bus.exampl", "https://bus.example.evil", "http://bus.example", ""):
            assert client_at(session, other) is None
    with database.transaction(ANONYMOUS) as session:
        assert client_at(session, "https://bus.example") is None
    with database.transaction(REGION) as session:
        outside.switch_client(session, bus, on=False)
    with database.transaction(staff) as session:
        assert client_at(session, "https://bus.example") is None


@pytest.mark.parametrize(
    "url",
    [
        *("http://x.example", "javascript:alert(1)", "https://", "//x.example", "https://a b.example", ""),
        *(
            "https://user@x.example/",
            "https://x.example\\@evil.example",
            "https://x.example:99999/",
            "https://x",
        ),
        f"https://x.example/{'a' * 500}",
    ],
)
def test_only_whole_addresses_with_https_are_taken(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        links_typed({"title_de_1": "Bad", "url_1": url}, nobody)
    assert list(refused.value.messages) == ["url_1"]


_FIELDS = [f"{name}_{number}" for name in OF_LINK for number in (1, MOST_LINKS)]


@given(st.dictionaries(st.sampled_from(_FIELDS), st.text(max_size=60) | st.just("https://x.example/")))
def test_whatever_is_typed_is_taken_or_refused_in_words(typed: dict[str, str]) -> None:
    try:
        links = links_typed(typed, nobody)
    except InvalidInputError as refused:
        assert all(refused.messages.values())
        return
    # What is kept is what the town's pages can show.
    for link in links or []:
        LocalLinkSchema().load(link)
    again = links_typed(links_typed_of(links), nobody)
    assert again == links
