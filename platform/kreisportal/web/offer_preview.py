"""An offer that is not saved yet, sealed by the program on its way from the desk to the portal that shows how it looks.

Nothing is stored for it: the form that leads to the portal carries it, for an hour, and only for the town it is of.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from kreisportal.tenancy.registry import TenantRecord

SECONDS = 3600
_LONGEST = 200_000


def seal(secret_key: str, tenant: TenantRecord, service_key: str, facts: Mapping[str, Any]) -> str:
    """An offer's facts, as the snapshot would have them, as one line of text."""
    packed = urlsafe_b64encode(zlib.compress(json.dumps(facts).encode())).decode()
    return str(_serializer(secret_key).dumps([tenant.id, service_key, packed]))


def unseal(secret_key: str, text: str, tenant: TenantRecord) -> tuple[str, Mapping[str, Any]] | None:
    """The service and the facts of an offer that this program has sealed for this town; None for anything else."""
    if len(text) > _LONGEST:
        return None
    try:
        tenant_id, service_key, packed = _serializer(secret_key).loads(text, max_age=SECONDS)
    except BadSignature:
        return None
    if tenant_id != tenant.id:
        return None
    return service_key, json.loads(zlib.decompress(urlsafe_b64decode(packed)))


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="preview of an offer")
