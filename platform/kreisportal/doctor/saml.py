"""Looks whether people can sign in by SAML, where that is set up: programs, files, certificates."""

from __future__ import annotations

from collections.abc import Iterator

from kreisportal.bundid.saml_errors import SamlSettingsError
from kreisportal.bundid.saml_files import certificate_of, days_left, is_open_to_all, signing_certificates
from kreisportal.bundid.saml_settings import SamlSettings, read_saml_settings
from kreisportal.doctor.findings import Finding, fault, ok, warning
from kreisportal.settings import Settings

_SOON = 60
"""Days in which another certificate should be on its way: providers take their time."""


def examine_saml(settings: Settings) -> Iterator[Finding]:
    """The file can be read with all that it names, and no certificate is over or will soon be."""
    if settings.saml_file is None:
        return
    try:
        known = read_saml_settings(settings.saml_file)
    except SamlSettingsError as error:
        for said in error.faults:
            yield fault("SAML", said, f"Mend it in {settings.saml_file} or beside it (docs/identity.md).")
        return
    faulty = [*_own(known), *_theirs(known)]
    yield from faulty
    if not faulty:
        names = ", ".join(provider.key for provider in known.providers)
        yield ok("SAML", f"{names}; our certificate is good for {_days(known)} days")


def _days(known: SamlSettings) -> int:
    return days_left(certificate_of(known.keys[0]))


def _own(known: SamlSettings) -> Iterator[Finding]:
    for number, pair in enumerate(known.keys):
        if is_open_to_all(pair):
            yield warning("SAML", f"every user may read {pair.key}", f"chmod o-r {pair.key}")
        left = days_left(certificate_of(pair))
        state = (
            f"{pair.certificate.name} is over"
            if left < 0
            else f"{pair.certificate.name} is over in {left} days"
        )
        if left < 0 and number == 0:
            yield fault("SAML", state, "Put another key in its place (docs/identity.md, rotating the keys).")
        elif left < _SOON and number == len(known.keys) - 1:
            yield warning("SAML", state, "Add the next key now (docs/identity.md, rotating the keys).")


def _theirs(known: SamlSettings) -> Iterator[Finding]:
    for provider in known.providers:
        advice = (
            f"Get the provider's newest metadata and put them into {provider.metadata}; restart the sites."
        )
        try:
            best = max(map(days_left, signing_certificates(provider.metadata)))
        except ValueError:
            yield fault("SAML", f"{provider.key}: a certificate in the metadata cannot be read", advice)
            continue
        if best < 0:
            yield fault("SAML", f"{provider.key}: the provider's certificate is over", advice)
        elif best < _SOON:
            yield warning(
                "SAML", f"{provider.key}: the provider's certificate is over in {best} days", advice
            )
