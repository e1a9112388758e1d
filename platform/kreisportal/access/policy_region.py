"""Who may call what on the host of those who run the region."""

from __future__ import annotations

from kreisportal.access.policy_town import STAFF
from kreisportal.access.who import Who

CATALOGUE = {
    "region_catalogue.overview": Who.STAFF,
    "region_catalogue.show": Who.STAFF,
    "region_history.overview": Who.STAFF,
    "region_history.version": Who.STAFF,
    "region_history.bring_back": Who.OPERATOR,
    "region_drafts.edit": Who.OPERATOR,
    "region_drafts.save": Who.OPERATOR,
    "region_drafts.preview": Who.OPERATOR,
    "region_drafts.compare": Who.OPERATOR,
    "region_drafts.publish": Who.OPERATOR,
    "region_drafts.discard": Who.OPERATOR,
    "region_drafts.bring_up_to_date": Who.OPERATOR,
    "region_overlays.show": Who.STAFF,
    "region_overlays.change": Who.STAFF,
    "region_catalogue_files.overview": Who.STAFF,
    "region_catalogue_files.export": Who.STAFF,
    "region_catalogue_files.give": Who.OPERATOR,
    "region_catalogue_files.accept": Who.OPERATOR,
    "region_catalogue_files.forget": Who.OPERATOR,
}
"""The region's catalogue: whoever runs a district reads it, and says what the district adds."""

BUNDLES = {
    f"region_bundles.{page}": Who.STAFF
    for page in ("overview", "new", "add", "show", "edit", "save", "apply", "take_back", "remove")
}
"""Bundles: whose one may change, the database knows."""

REGION = {
    "region.home": Who.STAFF,
    "region_files.start": Who.EVERYBODY,
    "region_files.robots": Who.EVERYBODY,
    "region_towns.show": Who.STAFF,
    "region_towns.change": Who.STAFF,
    "region_hosts.show": Who.STAFF,
    "region_hosts.look": Who.STAFF,
    "region_hosts.add": Who.STAFF,
    "region_hosts.remove": Who.STAFF,
    "region_hosts.prefer": Who.STAFF,
    "region_renaming.show": Who.STAFF,
    "region_renaming.send": Who.STAFF,
    "region_renaming.cancel": Who.STAFF,
    "region_withdrawing.ask": Who.STAFF,
    "region_withdrawing.send": Who.STAFF,
    "region_withdrawing.send_list": Who.STAFF,
    "region_merging.show": Who.STAFF,
    "region_merging.send": Who.STAFF,
    "region_merging.back": Who.STAFF,
    "region_merging.settle": Who.STAFF,
    "region_merging.resume": Who.STAFF,
    "region_onboarding.find": Who.STAFF,
    "region_onboarding.page": Who.STAFF,
    "region_onboarding.send": Who.STAFF,
    "region_figures.overview": Who.STAFF,
    "region_lists.overview": Who.STAFF,
    "region_lists.fill_in": Who.STAFF,
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
    "region_tokens.show": Who.STAFF,
    "region_tokens.revoke": Who.STAFF,
    "region_clients.overview": Who.STAFF,
    "region_clients.new": Who.STAFF,
    "region_clients.add": Who.STAFF,
    "region_clients.show": Who.STAFF,
    "region_clients.change": Who.STAFF,
    "region_clients.switch": Who.STAFF,
    "region_clients.renew": Who.STAFF,
    "region_clients.remove": Who.STAFF,
    **CATALOGUE,
    **BUNDLES,
    # The pages of sign-in and access of the desk, at the region's host.
    **{f"region_{endpoint}": who for endpoint, who in STAFF.items()},
}
