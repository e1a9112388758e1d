"""Who may call what on the host of those who run the region."""

from __future__ import annotations

from kreisportal.access.policy_town import STAFF
from kreisportal.access.who import Who

REGION = {
    "region.home": Who.STAFF,
    "region_files.start": Who.EVERYBODY,
    "region_files.robots": Who.EVERYBODY,
    "region_towns.show": Who.STAFF,
    "region_towns.change": Who.STAFF,
    "region_hosts.show": Who.STAFF,
    "region_hosts.add": Who.STAFF,
    "region_hosts.remove": Who.STAFF,
    "region_hosts.prefer": Who.STAFF,
    "region_renaming.show": Who.STAFF,
    "region_renaming.send": Who.STAFF,
    "region_renaming.cancel": Who.STAFF,
    "region_onboarding.find": Who.STAFF,
    "region_onboarding.page": Who.STAFF,
    "region_onboarding.send": Who.STAFF,
    "region_figures.overview": Who.STAFF,
    "region_lists.overview": Who.STAFF,
    "region_lists.give": Who.STAFF,
    "region_lists.go_on": Who.STAFF,
    "region_lists.remove": Who.STAFF,
    "region_lists.report": Who.STAFF,
    "region_audit.overview": Who.STAFF,
    "region_people.overview": Who.STAFF,
    "region_people.new": Who.STAFF,
    "region_people.add": Who.STAFF,
    "region_people.show": Who.STAFF,
    "region_people.invite": Who.STAFF,
    "region_people.switch": Who.STAFF,
    "region_tokens.overview": Who.STAFF,
    "region_tokens.make": Who.STAFF,
    "region_tokens.revoke": Who.STAFF,
    "region_clients.overview": Who.STAFF,
    "region_clients.new": Who.STAFF,
    "region_clients.add": Who.STAFF,
    "region_clients.show": Who.STAFF,
    "region_clients.change": Who.STAFF,
    "region_clients.switch": Who.STAFF,
    "region_clients.renew": Who.STAFF,
    # The pages of sign-in and access of the desk, at the region's host.
    **{f"region_{endpoint}": who for endpoint, who in STAFF.items()},
}
