"""How to ask for the routes of the region's host; a part of ``recipes``."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping

from kreisportal.kernel import clock
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_TOWN, OWN_MARK
from kreisportal.web.not_open import preview_token
from tests.isolation import bundle_recipes, catalogue_recipes
from tests.isolation.files import File
from tests.isolation.town import Town
from tests.support.region import SECRET_KEY

Fields = Mapping[str, Callable[[Town], str | File]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    "portal_files.preview:token": lambda town: [preview_token(SECRET_KEY, town.tenant)],
    **catalogue_recipes.PATH,
    **bundle_recipes.PATH,
    "ars": lambda town: [town.tenant.ars],
    "slug": lambda town: [town.tenant.slug],
    "client_id": lambda town: [town.client_id],
    "member_id": lambda town: [str(town.manager.id)],
    **dict.fromkeys(
        ("region_staff.invitation_page:token", "region_staff.invitation_send:token"),
        lambda town: [town.region_invitation],
    ),
}

WITH_NEXT = (
    *(
        f"region_staff.{page}_{act}"
        for page in ("sign_in", "code", "recovery", "enrol", "invitation")
        for act in ("page", "send")
    ),
    *(
        f"region_staff_account.{page}_{act}"
        for page in ("password", "codes", "app")
        for act in ("page", "send")
    ),
    "region_staff_account.account",
)
QUERIES: dict[str, Fields] = {
    **catalogue_recipes.QUERIES,
    **bundle_recipes.QUERIES,
    # Whatever is not "namen" leaves all towns on the list, so that it shows what it could tell of another's.
    "region.home": {
        "q": lambda town: town.tenant.slug,
        "stand": lambda town: "open",
        "stoerung": lambda town: "alle",
    },
    "region_renaming.show": {"zurueck": lambda town: "1"},
    "region_merging.show": {"mit": lambda town: town.tenant.slug},
    "region_onboarding.find": {"q": lambda town: town.tenant.slug},
    "region_lists.fill_in": {"kreis": lambda town: town.tenant.ars[:5]},
}

# The canonical name stays so, whoever wants to take it away.
_CANONICAL: Fields = {"host": lambda town: town.tenant.host("portal") or ""}
_CLIENT: Fields = {
    "name": lambda town: f"Bus von {town.tenant.slug}",
    "redirect": lambda town: f"https://{town.tenant.slug}.example/zurueck",
    "scope": lambda town: "email",
    "privacy": lambda town: f"https://{town.tenant.slug}.example/",
    "post-logout": lambda town: "",
    "logout-url": lambda town: "",
    "kind": lambda town: "confidential",
    "district": lambda town: "",
}
_NEW_PASSWORD: Fields = {
    "email": lambda town: town.manager.email,
    "new_password": lambda town: "Vier kluge Katzen tanzen leise",
    "repeated": lambda town: "Vier kluge Katzen tanzen leise",
}
FORMS: dict[str, Fields] = {
    **catalogue_recipes.FORMS,
    **bundle_recipes.FORMS,
    # From a day to come on: the town's name and hosts stay what the others ask for.
    "region_renaming.send": {
        "name": lambda town: f"{town.tenant.profile['name']['de']} am See",
        "short": lambda town: town.tenant.profile["name"]["short"],
        "kind": lambda town: town.tenant.kind,
        "ars": lambda town: town.tenant.ars,
        "portal_host": lambda town: town.tenant.host("portal") or "",
        "desk_host": lambda town: town.tenant.host("desk") or "",
        "on": lambda town: (clock.today() + datetime.timedelta(days=30)).isoformat(),
    },
    "region_renaming.cancel": {},
    # With itself no town is merged; what two do tests/region/test_merge_views.py shows.
    "region_merging.send": {
        "mit": lambda town: town.tenant.slug,
        "angebote": lambda town: "sperrmuell",
        "personen": lambda town: str(town.manager.id),
    },
    **{f"region_merging.{act}": {} for act in ("back", "settle", "resume")},
    **{f"region_withdrawing.{act}": {} for act in ("send", "send_list")},
    "region_towns.change": {"state": lambda town: "paused"},
    "region_hosts.look": {},
    "region_hosts.add": {
        "host": lambda town: f"neu-{secrets.token_hex(8)}.localhost",
        "site": lambda town: "portal",
    },
    "region_hosts.remove": _CANONICAL,
    "region_hosts.prefer": _CANONICAL,
    "region_people.add": {
        "name": lambda town: "Nele Neu",
        "email": lambda town: f"{secrets.token_hex(8)}@region.example",
        "district": lambda town: f"landkreis-{town.tenant.slug}",
        "language": lambda town: "de",
    },
    "region_people.invite": {},
    "region_people.switch": {"schalter": lambda town: "aus"},
    "region_clients.add": {
        **_CLIENT,
        "name": lambda town: f"Neu {secrets.token_hex(8)}",
        "district": lambda town: f"landkreis-{town.tenant.slug}",
    },
    "region_clients.change": _CLIENT,
    "region_clients.switch": {"schalter": lambda town: "aus"},
    "region_clients.renew": {},
    "region_clients.remove": {},
    # The town has a portal already: it is led to that.
    "region_onboarding.send": {
        **dict.fromkeys((*OF_TOWN, *OF_DISTRICT, OWN_MARK), lambda town: town.tenant.slug),
        "zeichen": lambda town: File("zeichen.svg", b"<svg/>"),
        "admin_name": lambda town: "Nils Neu",
        "admin_email": lambda town: f"nils@{town.tenant.slug}.example",
        "offers": lambda town: "none",
    },
    "region_lists.give": {
        "list": lambda town: File("liste.csv", f"town\n{town.tenant.ars}\n".encode()),
        "base": lambda town: f"{town.tenant.slug}.example",
        "open": lambda town: "yes",
    },
    "region_lists.go_on": {},
    "region_lists.remove": {},
    "region_staff.sign_in_send": {
        "email": lambda town: town.manager.email,
        "password": lambda town: "Gurken tanzen",
    },
    "region_staff.code_send": {"code": lambda town: town.manager.code()},
    "region_staff.recovery_send": {"code": lambda town: town.manager.recovery_codes[0]},
    "region_staff.enrol_send": {"code": lambda town: "123456"},
    "region_staff.invitation_send": _NEW_PASSWORD,
    "region_staff.sign_out": {},
    "region_staff_account.password_send": {"old_password": lambda town: "Gurken tanzen", **_NEW_PASSWORD},
    "region_staff_account.codes_send": {"password": lambda town: "Gurken tanzen"},
    "region_staff_account.app_send": {"password": lambda town: town.manager.password},
}
