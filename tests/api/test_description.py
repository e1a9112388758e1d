"""Everything that the description allows and forbids is asked for, and every answer is held against it (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.transport.wsgi import WSGITransport

from tests.api.asking import another_address
from tests.api.conftest import MakeToken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What fits to a town no schema says: which offices there are, what has a form. It is told as 422, and a state that is
# another one meanwhile as 412.
_CONFIG = {
    "operations": [
        {"include-path-regex": "[{]key[}]", "parameters": {"path.key": "hund-anmelden"}},
        {"include-method": "PATCH", "parameters": {"path.key": "hund-anmelden", "header.If-Match": "*"}},
    ],
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422"]},
        "missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 428]},
    },
}


_OF_SOCKETS = frozenset({"max_redirects", "verify", "cert", "proxies"})


# Most of what is asked follows from the description; of random examples few are enough here, `make api-check` takes many.
_SHARE = 25


class _At:
    """The program as asked at one host, over https, each time from another address."""

    def __init__(self, wsgi: WSGIApplication, host: str) -> None:
        self._wsgi = wsgi
        self._host = host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ |= {
            "HTTP_HOST": self._host,
            "wsgi.url_scheme": "https",
            "REMOTE_ADDR": another_address(),
        }
        return self._wsgi(environ, start_response)


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of sockets means nothing to a program in the same process, which refuses to be told."""
    send = WSGITransport.send

    def without(transport: WSGITransport, case: Any, **named: Any) -> Any:
        return send(transport, case, **{name: named[name] for name in named if name not in _OF_SOCKETS})

    monkeypatch.setattr(WSGITransport, "send", without)


def _faults(wsgi: WSGIApplication, host: str, token: str) -> tuple[int, list[str]]:
    """How many operations were asked for, and what was wrong with the answers."""
    auth = {"openapi": {"token": {"bearer": token}}}
    examples = {"max-examples": max(1, settings().max_examples // _SHARE)}
    config = SchemathesisConfig.from_dict({**_CONFIG, "auth": auth, "generation": examples, "workers": 1})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=_At(wsgi, host), config=config)
    asked: set[str] = set()
    faults: list[str] = []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            asked.add(event.recorder.label)
        elif isinstance(event, events.NonFatalError):
            faults.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.EngineFinished):
            faults += [
                f"{failure.operation}: {failure.title}: {failure.message}" for failure in event.failures or ()
            ]
    return len(asked), faults


def test_a_portal_answers_as_described(wsgi: WSGIApplication, make_token: MakeToken) -> None:
    asked, faults = _faults(wsgi, "vechta.localhost", make_token("vechta"))
    assert not faults, "\n\n".join(faults)
    assert asked >= 9


def test_the_region_answers_as_described(wsgi: WSGIApplication, make_region_token: MakeToken) -> None:
    asked, faults = _faults(wsgi, "region.localhost", make_region_token())
    assert not faults, "\n\n".join(faults)
    assert asked >= 2
