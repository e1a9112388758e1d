"""The one table of who may call what. A route that is not in it is refused, and a test fails for it."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    """Whom a route is for.

    ``EVERYBODY`` needs nothing; ``APPLICANT`` a draft or case whose secret was shown in this session (the view
    asks for exactly that one); ``STAFF_HALF`` a password but not yet the second factor; ``CASEWORKER`` and
    ``TENANT_ADMIN`` staff of the host's tenant with that role; ``STAFF`` any who work at the host, at the region's those
    who run it; ``ACCOUNT`` a citizen or business who is signed in with an account.
    """

    EVERYBODY = "everybody"
    APPLICANT = "applicant"
    STAFF_HALF = "staff-half"
    STAFF = "staff"
    CASEWORKER = "caseworker"
    TENANT_ADMIN = "tenant-admin"
    ACCOUNT = "account"


_DEMO = {"demo.index": Who.EVERYBODY}
_PORTAL = {
    "portal_files.start": Who.EVERYBODY,
    "portal.home": Who.EVERYBODY,
    "portal.search": Who.EVERYBODY,
    "portal.suggest": Who.EVERYBODY,
    "portal.topics": Who.EVERYBODY,
    "portal.topic": Who.EVERYBODY,
    "portal.situations": Who.EVERYBODY,
    "portal.situation": Who.EVERYBODY,
    "portal.services": Who.EVERYBODY,
    "portal.service": Who.EVERYBODY,
    "portal.place": Who.EVERYBODY,
    "portal.offices": Who.EVERYBODY,
    "portal.contact": Who.EVERYBODY,
    "portal.legal": Who.EVERYBODY,
    "portal_files.theme": Who.EVERYBODY,
    "portal_files.mark": Who.EVERYBODY,
    "portal_files.sitemap": Who.EVERYBODY,
    # The link is the proof; what it shows is what will be public soon.
    "portal_files.preview": Who.EVERYBODY,
    "portal_files.robots": Who.EVERYBODY,
    "portal_files.security_txt": Who.EVERYBODY,
    "portal_files.manifest": Who.EVERYBODY,
    "portal_files.favicon": Who.EVERYBODY,
}
_DESK = {
    "offers_admin.overview": Who.TENANT_ADMIN,
    "offers_admin.change": Who.TENANT_ADMIN,
    "offers_admin.change_chosen": Who.TENANT_ADMIN,
    "offer_admin.show": Who.TENANT_ADMIN,
    "offer_admin.change": Who.TENANT_ADMIN,
    "offers_admin.missed": Who.TENANT_ADMIN,
    "offers_admin.texts": Who.TENANT_ADMIN,
    "desk_files.start": Who.EVERYBODY,
    "desk_files.theme": Who.EVERYBODY,
    "desk_files.mark": Who.EVERYBODY,
    "desk_files.favicon": Who.EVERYBODY,
    "desk_files.robots": Who.EVERYBODY,
    "desk.home": Who.STAFF,
}
_STAFF = {
    "staff.sign_in_page": Who.EVERYBODY,
    "staff.sign_in_send": Who.EVERYBODY,
    "staff.code_page": Who.STAFF_HALF,
    "staff.code_send": Who.STAFF_HALF,
    "staff.recovery_page": Who.STAFF_HALF,
    "staff.recovery_send": Who.STAFF_HALF,
    "staff.invitation_page": Who.EVERYBODY,
    "staff.invitation_send": Who.EVERYBODY,
    "staff.enrol_page": Who.STAFF_HALF,
    "staff.enrol_send": Who.STAFF_HALF,
    "staff.sign_out": Who.STAFF_HALF,
    "staff_account.account": Who.STAFF,
    "staff_account.password_page": Who.STAFF,
    "staff_account.password_send": Who.STAFF,
    "staff_account.codes_page": Who.STAFF,
    "staff_account.codes_send": Who.STAFF,
    "staff_account.app_page": Who.STAFF,
    "staff_account.app_send": Who.STAFF,
}
_TEAM = {
    "team_admin.overview": Who.TENANT_ADMIN,
    "team_admin.invite_page": Who.TENANT_ADMIN,
    "team_admin.invite_send": Who.TENANT_ADMIN,
    "team_admin.show": Who.TENANT_ADMIN,
    "team_admin.change": Who.TENANT_ADMIN,
    "team_admin.invite_again": Who.TENANT_ADMIN,
    "team_admin.reset": Who.TENANT_ADMIN,
    "team_admin.end": Who.TENANT_ADMIN,
    "team_admin.restore": Who.TENANT_ADMIN,
}
_REGION = {
    "region.home": Who.STAFF,
    "region_files.start": Who.EVERYBODY,
    "region_files.robots": Who.EVERYBODY,
    "region_towns.show": Who.STAFF,
    "region_towns.change": Who.STAFF,
    "region_onboarding.find": Who.STAFF,
    "region_onboarding.page": Who.STAFF,
    "region_onboarding.send": Who.STAFF,
    "region_audit.overview": Who.STAFF,
    # The pages of sign-in and access of the desk, at the region's host.
    **{f"region_{endpoint}": who for endpoint, who in _STAFF.items()},
}

_CASES = {
    "applications.begin": Who.EVERYBODY,
    "applications.first": Who.EVERYBODY,
    "applications.step": Who.APPLICANT,
    "applications.review": Who.APPLICANT,
    "applications.send": Who.APPLICANT,
    "applications.pause": Who.APPLICANT,
    "applications.keep": Who.APPLICANT,
    "applications.discard": Who.APPLICANT,
    "applications.resume": Who.EVERYBODY,
    "status.enter": Who.EVERYBODY,
    "status.sent": Who.APPLICANT,
    "status.show": Who.APPLICANT,
    "status.answer": Who.APPLICANT,
    "status.withdraw": Who.APPLICANT,
    "status.ask_to_confirm": Who.APPLICANT,
    "status.copy": Who.APPLICANT,
    "status.letter": Who.APPLICANT,
    "status.document": Who.APPLICANT,
    "status.confirm": Who.EVERYBODY,
    "status.leave": Who.EVERYBODY,
    "status.keep": Who.APPLICANT,
    "status.remember": Who.APPLICANT,
    "status.verify": Who.EVERYBODY,
    "status.receipt_keys": Who.EVERYBODY,
    "cases_desk.inbox": Who.CASEWORKER,
    "cases_desk.show": Who.CASEWORKER,
    "cases_desk.take": Who.CASEWORKER,
    "cases_desk.hand_over": Who.CASEWORKER,
    "cases_desk.note": Who.CASEWORKER,
    "cases_desk.ask": Who.CASEWORKER,
    "cases_desk.set_state": Who.CASEWORKER,
    "cases_desk.set_due": Who.CASEWORKER,
    "cases_desk.decide": Who.CASEWORKER,
    "cases_desk.pass_on": Who.CASEWORKER,
    "cases_desk.mark_read": Who.CASEWORKER,
    "cases_desk.copy": Who.CASEWORKER,
    "cases_desk.letter": Who.CASEWORKER,
    "cases_desk.document": Who.CASEWORKER,
    "identity_desk.waiting": Who.CASEWORKER,
    "identity_desk.ask": Who.CASEWORKER,
    "identity_desk.show": Who.CASEWORKER,
    "identity_desk.confirm": Who.CASEWORKER,
    "identity_desk.refuse": Who.CASEWORKER,
    "identity_admin.overview": Who.TENANT_ADMIN,
    "identity_admin.revoke": Who.TENANT_ADMIN,
}

_ACCOUNT = {
    "account_files.start": Who.EVERYBODY,
    "account_confirmations.remove_page": Who.ACCOUNT,
    "account_confirmations.remove_send": Who.ACCOUNT,
    "account_files.mark": Who.EVERYBODY,
    "account_files.robots": Who.EVERYBODY,
    "account.sign_in_page": Who.EVERYBODY,
    "account.sign_in_send": Who.EVERYBODY,
    "account.sign_up_page": Who.EVERYBODY,
    "account.sign_up_send": Who.EVERYBODY,
    "account.forgotten_page": Who.EVERYBODY,
    "account.forgotten_send": Who.EVERYBODY,
    "account.link_page": Who.EVERYBODY,
    "account.link_send": Who.EVERYBODY,
    "account.sign_out": Who.ACCOUNT,
    "account.password_page": Who.ACCOUNT,
    "account.password_send": Who.ACCOUNT,
    "account_deletion.ask": Who.ACCOUNT,
    "account_deletion.delete": Who.ACCOUNT,
    "account_takeout.overview": Who.ACCOUNT,
    "account_takeout.ask": Who.ACCOUNT,
    "account_takeout.download": Who.ACCOUNT,
    "account_takeout.remove": Who.ACCOUNT,
    # The code after the password is asked of who has shown the password in this browser; the views look for that.
    "account_steps.code_page": Who.EVERYBODY,
    "account_steps.code_send": Who.EVERYBODY,
    "account_steps.recovery_page": Who.EVERYBODY,
    "account_steps.recovery_send": Who.EVERYBODY,
    "account_steps.prove_page": Who.ACCOUNT,
    "account_steps.prove_send": Who.ACCOUNT,
    "account_access.overview": Who.ACCOUNT,
    "account_access.app_begin": Who.ACCOUNT,
    "account_access.app_page": Who.ACCOUNT,
    "account_access.app_send": Who.ACCOUNT,
    "account_access.codes_page": Who.ACCOUNT,
    "account_access.codes_send": Who.ACCOUNT,
    "account_access.off_page": Who.ACCOUNT,
    "account_access.off_send": Who.ACCOUNT,
    # Whose the passkey is that answers, the answer tells.
    "account_passkeys.ask": Who.EVERYBODY,
    "account_passkeys.sign_in": Who.EVERYBODY,
    "account_passkeys.prove": Who.ACCOUNT,
    "account_passkeys.add_page": Who.ACCOUNT,
    "account_passkeys.ask_new": Who.ACCOUNT,
    "account_passkeys.add_send": Who.ACCOUNT,
    "account_passkeys.remove_page": Who.ACCOUNT,
    "account_passkeys.remove_send": Who.ACCOUNT,
    "account_address.change_page": Who.ACCOUNT,
    "account_address.change_send": Who.ACCOUNT,
    "account_address.confirm_page": Who.ACCOUNT,
    "account_address.confirm_send": Who.ACCOUNT,
    # Who reads the old mailbox takes the account back, signed in or not; the link is the proof.
    "account_address.undo_page": Who.EVERYBODY,
    "account_address.undo_send": Who.EVERYBODY,
    # An identity that nobody has waits in this browser for an account; the views look for it.
    "account_identities.unknown": Who.EVERYBODY,
    "account_identities.needed": Who.EVERYBODY,
    "account_identities.refused": Who.EVERYBODY,
    "account_identities.forget": Who.EVERYBODY,
    "account_identities.begin_send": Who.EVERYBODY,
    "account_identities.join_page": Who.ACCOUNT,
    "account_identities.join_send": Who.ACCOUNT,
    "account_identities.remove_page": Who.ACCOUNT,
    "account_identities.remove_send": Who.ACCOUNT,
    "account_openid.start": Who.EVERYBODY,
    "account_openid.callback": Who.EVERYBODY,
    # To a provider that speaks SAML and back; without one that is set up all of them are answered as unknown.
    "saml.start": Who.EVERYBODY,
    "saml_endpoints.take": Who.EVERYBODY,
    "saml_endpoints.back": Who.EVERYBODY,
    "saml_endpoints.metadata": Who.EVERYBODY,
    "account_sessions.overview": Who.ACCOUNT,
    "account_sessions.end_one": Who.ACCOUNT,
    "account_sessions.end_others": Who.ACCOUNT,
    "account_matters.home": Who.ACCOUNT,
    "account_matters.mailbox": Who.ACCOUNT,
    "account_matters.readings": Who.ACCOUNT,
    "account_details.overview": Who.ACCOUNT,
    "account_details.step": Who.ACCOUNT,
    "account_details.step_send": Who.ACCOUNT,
    "account_details.told": Who.ACCOUNT,
    "account_details.told_send": Who.ACCOUNT,
    "account_entries.add": Who.ACCOUNT,
    "account_entries.add_send": Who.ACCOUNT,
    "account_entries.change": Who.ACCOUNT,
    "account_entries.change_send": Who.ACCOUNT,
    "account_entries.remove": Who.ACCOUNT,
    "account_entries.remove_send": Who.ACCOUNT,
    "mandates.overview": Who.ACCOUNT,
    "mandates.choose": Who.ACCOUNT,
    "mandates.give_page": Who.ACCOUNT,
    "mandates.give_send": Who.ACCOUNT,
    "mandates.show": Who.ACCOUNT,
    "mandates.end": Who.ACCOUNT,
    "mandate_invitation.page": Who.ACCOUNT,
    "mandate_invitation.send": Who.ACCOUNT,
    "account_towns.consent": Who.ACCOUNT,
    "account_towns.consent_send": Who.ACCOUNT,
    "account_towns.settings": Who.ACCOUNT,
    "account_towns.take_back": Who.ACCOUNT,
    "provider.authorize": Who.EVERYBODY,
    "openid.configuration": Who.EVERYBODY,
    "openid.keys": Who.EVERYBODY,
    "openid.authorize_send": Who.EVERYBODY,
    "openid.token": Who.EVERYBODY,
    "openid.user_info": Who.EVERYBODY,
    "openid.user_info_send": Who.EVERYBODY,
    "openid_logout.ask": Who.EVERYBODY,
    "openid_logout.ask_send": Who.EVERYBODY,
    "account_logout.confirm": Who.EVERYBODY,
    "sso.start": Who.EVERYBODY,
    "sso.callback": Who.EVERYBODY,
    "sso.sign_out": Who.ACCOUNT,
    "sso.signed_out": Who.EVERYBODY,
}

POLICY: dict[str, Who] = {**_DEMO, **_PORTAL, **_CASES, **_DESK, **_STAFF, **_TEAM, **_REGION, **_ACCOUNT}
"""Endpoint → whom it is for."""

SIMULATION: dict[str, Who] = {
    "account_simulator.start": Who.EVERYBODY,
    "account_simulator.choose": Who.EVERYBODY,
    "account_simulator.choose_send": Who.EVERYBODY,
}
"""Routes that there are in a demonstration only."""
