"""Numbers in addresses: one that no row can have leads to no page, and never to a fault of the database."""

from __future__ import annotations

import re

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from kreisportal.app import create_app
from kreisportal.credentials.passwords import Passwords
from kreisportal.web.addresses import LARGEST_NUMBER
from kreisportal.web.program import Program
from tests.support.staff import CHEAP


def test_a_number_that_no_row_can_have_leads_nowhere(program: Program) -> None:
    urls = create_app(program, Passwords(CHEAP)).url_map
    numbered = [rule for rule in urls.iter_rules() if "<int:" in rule.rule]
    assert len(numbered) > 5
    for rule in numbered:
        bound = urls.bind("all.localhost", subdomain=rule.subdomain)
        path = rule.rule.replace("<language:lang>", "de")

        def filled(number: int, path: str = path) -> str:
            return re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", str(number), path))

        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert bound.match(filled(LARGEST_NUMBER), method)[0] == rule.endpoint
        with pytest.raises((NotFound, MethodNotAllowed)):
            bound.match(filled(LARGEST_NUMBER + 1), method)
