"""Bringing tenants in from files, and reading them in again after admins have changed things."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from kreisportal.documents.town_pictures import made_of_folder
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.host_names import add_host
from kreisportal.tenancy.importing import Imported, import_order, import_tenant
from kreisportal.tenancy.models import Host, Tenant
from tests.support.server import DatabaseCopy

Change = tuple[str, str]
PORTAL_HOSTS = 'portal = ["beispielstadt.localhost", "www.beispielstadt.localhost"]'


@pytest.fixture(scope="module")
def database(schema: DatabaseCopy) -> Iterator[Database]:
    """The application's way to an empty database."""
    opened = Database(schema.url())
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction of the region's that is undone."""
    with pytest.raises(RuntimeError, match="undone"), database.transaction(REGION) as opened:
        yield opened
        raise RuntimeError("undone")


@pytest.fixture
def definition(write_tenant: Any, town_source: str, tmp_path: Path) -> Callable[..., TenantDefinition]:
    """A tenant of the examples, the town unless ``source`` is given; each call writes its folder anew."""

    def make(
        *changes: Change,
        source: str = town_source,
        slug: str = "beispielstadt",
        picture: tuple[int, int, int] | None = None,
    ) -> TenantDefinition:
        shutil.rmtree(tmp_path / slug, ignore_errors=True)
        folder = write_tenant(source, *changes, slug=slug)
        if picture:
            Image.new("RGB", (800, 400), picture).save(folder / "markt.png")
        return read_tenant(folder)

    return make


@pytest.fixture
def district(session: Session, definition: Callable[..., TenantDefinition], district_source: str) -> Imported:
    """The district of the examples, brought in."""
    return import_tenant(session, definition(source=district_source, slug="landkreis-beispiel"))


def tenant(session: Session) -> Tenant:
    found = session.scalars(select(Tenant).where(Tenant.slug == "beispielstadt")).one()
    session.refresh(found)
    return found


def hosts(session: Session, site: str = "portal") -> list[tuple[str, bool]]:
    rows = session.scalars(select(Host).where(Host.tenant_id == tenant(session).id, Host.site == site))
    return sorted((row.host, row.canonical) for row in rows)


def revisions(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM changes")) or 0


@pytest.mark.usefixtures("district")
class TestTown:
    """A town of a district that is there."""

    def test_a_new_town_is_open_with_all_that_its_file_says(self, session: Session, definition: Any) -> None:
        outcome = import_tenant(session, definition())
        town = tenant(session)
        assert outcome.is_new
        assert outcome.tenant_id == town.id
        assert (town.code, town.kind, town.ars, town.state, town.has_portal) == (
            "BSP", "city", "034600009009", "open", True)  # fmt: skip
        assert town.profile["name"]["de"] == "Stadt Beispielstadt"
        assert town.profile["brand"]["mark_svg"].startswith("<svg")
        assert not {"slug", "code", "kind", "ars", "district", "portal", "hosts", "offers"} & set(
            town.profile
        )
        assert hosts(session) == [("beispielstadt.localhost", True), ("www.beispielstadt.localhost", False)]
        assert hosts(session, "desk") == [("verwaltung.beispielstadt.localhost", True)]

    def test_the_same_file_again_changes_nothing_and_wakes_nobody(
        self, session: Session, definition: Any
    ) -> None:
        import_tenant(session, definition())
        before = revisions(session)
        outcome = import_tenant(session, definition())
        assert (outcome.is_new, outcome.taken, outcome.conflicts) == (False, (), ())
        assert revisions(session) == before

    def test_what_the_file_changes_comes_in(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        outcome = import_tenant(
            session,
            definition(('phone = "04441 886-0"', 'phone = "04441 886-1"'), ('code = "BSP"', 'code = "BEI"')),
        )
        assert set(outcome.taken) == {"code", "contact.phone"}
        assert tenant(session).profile["contact"]["phone"] == "04441 886-1"
        assert tenant(session).code == "BEI"

    def test_what_an_admin_changed_stays_and_is_told(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        town = tenant(session)
        town.profile = {**town.profile, "contact": {**town.profile["contact"], "phone": "04441 886-2"}}
        town.has_portal, town.state = False, "paused"
        session.flush()
        assert import_tenant(session, definition()).conflicts == ()
        outcome = import_tenant(session, definition(('phone = "04441 886-0"', 'phone = "04441 886-1"')))
        assert outcome.conflicts == ("contact.phone",)
        town = tenant(session)
        assert town.profile["contact"]["phone"] == "04441 886-2"
        assert (town.has_portal, town.state) == (False, "paused")

    def test_languages_that_an_admin_switched_off_stay_off(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        town = tenant(session)
        town.profile = {**town.profile, "languages": []}
        session.flush()
        assert import_tenant(session, definition()).conflicts == ()
        offered = ("portal = true\n", 'portal = true\nlanguages = ["en"]\n')
        assert import_tenant(session, definition(offered)).conflicts == ("languages",)
        assert tenant(session).profile["languages"] == []

    def test_a_picture_and_its_words_come_in_together_or_not_at_all(
        self, session: Session, definition: Any
    ) -> None:
        def pictured(shade: int, alt: str) -> TenantDefinition:
            table = f'mark = "mark.svg"\n\n[brand.picture]\nfile = "markt.png"\nalt.de = "{alt}"\n'
            read = definition(('mark = "mark.svg"\n', table), picture=(shade, 90, 60))
            return made_of_folder(read)[0]

        def shown() -> Any:
            return tenant(session).profile["brand"].get("picture")

        import_tenant(session, definition())
        outcome = import_tenant(session, pictured(1, "Der Markt"))
        first = shown()
        assert outcome.taken == ("brand.picture",)
        assert (first["file"], first["alt"], first["width"]) == ("markt.webp", {"de": "Der Markt"}, 800)
        assert import_tenant(session, pictured(1, "Der Markt")).taken == ()
        town = tenant(session)
        town.profile = {
            **town.profile,
            "brand": {**town.profile["brand"], "picture": {**first, "credit": "B."}},
        }
        session.flush()
        # New words of the file would stand at the picture that an admin has left there.
        outcome = import_tenant(session, pictured(250, "Der See"))
        assert (outcome.taken, outcome.conflicts) == ((), ("brand.picture",))
        assert shown() == {**first, "credit": "B."}

    def test_a_conflict_is_told_once(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        town = tenant(session)
        town.profile = {**town.profile, "places": {"postcodes": ["49999"]}}
        changed = ('postcodes = ["49377", "49378"]', 'postcodes = ["49377"]')
        assert import_tenant(session, definition(changed)).conflicts == ("places.postcodes",)
        assert import_tenant(session, definition(changed)).conflicts == ()
        assert tenant(session).profile["places"] == {"postcodes": ["49999"]}

    def test_a_town_made_by_an_admin_keeps_what_it_has(self, session: Session, definition: Any) -> None:
        district_id = session.scalar(select(Tenant.id).where(Tenant.slug == "landkreis-beispiel"))
        session.add(
            Tenant(slug="beispielstadt", code="BSP", kind="city", ars="034600009009", parent_id=district_id,
                   has_portal=True, state="preparing", profile={"name": {"de": "Eigen"}}, imported={})
        )  # fmt: skip
        session.flush()
        outcome = import_tenant(session, definition())
        assert not outcome.is_new
        assert "name.de" in outcome.conflicts
        assert tenant(session).profile["name"]["de"] == "Eigen"
        assert tenant(session).profile["contact"]["city"] == "Beispielstadt"
        assert tenant(session).state == "preparing"

    def test_hosts_come_and_go_with_the_file(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        import_tenant(
            session, definition((PORTAL_HOSTS, 'portal = ["beispielstadt.localhost", "neu.localhost"]'))
        )
        assert hosts(session) == [("beispielstadt.localhost", True), ("neu.localhost", False)]

    def test_the_first_host_of_the_file_is_the_canonical_one(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        swapped = (PORTAL_HOSTS, 'portal = ["www.beispielstadt.localhost", "beispielstadt.localhost"]')
        import_tenant(session, definition(swapped))
        assert hosts(session) == [("beispielstadt.localhost", False), ("www.beispielstadt.localhost", True)]

    def test_when_the_canonical_host_goes_the_next_one_is_it(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        import_tenant(session, definition((PORTAL_HOSTS, 'portal = ["www.beispielstadt.localhost"]')))
        assert hosts(session) == [("www.beispielstadt.localhost", True)]

    def test_a_new_host_may_take_the_first_place(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        import_tenant(
            session, definition((PORTAL_HOSTS, 'portal = ["neu.localhost", "beispielstadt.localhost"]'))
        )
        assert hosts(session) == [("beispielstadt.localhost", False), ("neu.localhost", True)]

    def test_a_host_may_move_to_another_site(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        moved = (PORTAL_HOSTS, 'portal = ["beispielstadt.localhost"]')
        desk = ('desk = ["verw', 'desk = ["www.beispielstadt.localhost", "verw')
        import_tenant(session, definition(moved, desk))
        assert hosts(session) == [("beispielstadt.localhost", True)]
        assert ("www.beispielstadt.localhost", True) in hosts(session, "desk")

    def test_a_host_that_an_admin_added_stays(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        add_host(session, "rathaus.localhost", "portal", tenant(session).id, canonical=True)
        import_tenant(session, definition())
        assert ("rathaus.localhost", True) in hosts(session)
        import_tenant(session, definition((PORTAL_HOSTS, 'portal = ["ganz-neu.localhost"]')))
        assert hosts(session) == [("ganz-neu.localhost", False), ("rathaus.localhost", True)]

    def test_a_host_that_an_admin_removed_stays_away(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        session.delete(session.get(Host, "www.beispielstadt.localhost"))
        session.flush()
        import_tenant(session, definition())
        assert hosts(session) == [("beispielstadt.localhost", True)]

    def test_there_is_always_a_canonical_host(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        session.delete(session.get(Host, "beispielstadt.localhost"))
        session.flush()
        import_tenant(session, definition())
        assert hosts(session) == [("www.beispielstadt.localhost", True)]

    def test_a_canonical_host_that_an_admin_chose_stays(self, session: Session, definition: Any) -> None:
        import_tenant(session, definition())
        session.execute(update(Host).where(Host.host == "beispielstadt.localhost").values(canonical=False))
        session.execute(update(Host).where(Host.host == "www.beispielstadt.localhost").values(canonical=True))
        swapped = (
            PORTAL_HOSTS,
            'portal = ["beispielstadt.localhost", "neu.localhost", "www.beispielstadt.localhost"]',
        )
        import_tenant(session, definition(swapped))
        assert [host for host, canonical in hosts(session) if canonical] == ["www.beispielstadt.localhost"]

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            (
                [('beispielstadt.localhost", "www', 'landkreis.localhost", "www')],
                "hosts.portal: landkreis.localhost",
            ),
            ([('code = "BSP"', 'code = "LKB"')], "code: LKB belongs to landkreis-beispiel already"),
            (
                [('district = "landkreis-beispiel"', 'district = "nirgends"')],
                "district: there is no tenant nirgends",
            ),
            (
                [('ars = "034600009009"', 'ars = "034530009009"')],
                "district: landkreis-beispiel is not its district",
            ),
        ],
    )
    def test_what_belongs_to_another_is_refused_by_name(
        self, session: Session, definition: Any, changes: list[Change], fault: str
    ) -> None:
        district_id = session.scalar(select(Tenant.id).where(Tenant.slug == "landkreis-beispiel"))
        add_host(session, "landkreis.localhost", "portal", district_id, canonical=True)
        with pytest.raises(DefinitionError, match=fault):
            import_tenant(session, definition(*changes))

    @pytest.mark.parametrize(
        ("name", "site", "of_tenant", "fault"),
        [
            ("x.localhost", "portal", False, "needs a tenant"),
            ("x.localhost", "region", True, "has no tenant"),
            ("X_y", "desk", True, "X_y"),
            ("a" * 300, "desk", True, "hosts.desk"),
            ("", "desk", True, "hosts.desk"),
            ("x.localhost:80", "desk", True, "hosts.desk"),
        ],
    )
    def test_a_host_is_a_name_for_a_site_of_the_right_sort(
        self, session: Session, definition: Any, name: str, site: str, of_tenant: bool, fault: str
    ) -> None:
        import_tenant(session, definition())
        with pytest.raises(DefinitionError, match=fault):
            add_host(session, name, site, tenant(session).id if of_tenant else None, canonical=False)


def test_the_region_has_hosts_of_its_own(session: Session) -> None:
    add_host(session, "region.localhost", "region", None, canonical=True)
    add_host(session, "region2.localhost", "region", None, canonical=True)
    add_host(session, "konto.localhost", "account", None, canonical=True)
    rows = session.execute(select(Host.host, Host.canonical).order_by(Host.host)).all()
    assert [tuple(row) for row in rows] == [
        ("konto.localhost", True), ("region.localhost", False), ("region2.localhost", True)]  # fmt: skip


def test_districts_come_before_their_towns(definition: Any, district_source: str) -> None:
    town = definition()
    district = definition(source=district_source, slug="landkreis-beispiel")
    assert import_order([town, district]) == [district, town]


def test_a_town_without_its_district_is_refused(session: Session, definition: Any) -> None:
    with pytest.raises(DefinitionError, match="add it first"):
        import_tenant(session, definition())
