"""Marks of towns: pictures to send as one, and where a page shows its town's."""

from __future__ import annotations

import io
import re

from werkzeug.test import TestResponse

from tests.documents import samples


def mark_url(page: TestResponse) -> str:
    found = re.search(r"/mark\.[0-9a-f]{12}\.svg", page.text)
    assert found
    return found[0]


def picture(kind: str = "PNG") -> dict[str, object]:
    return {"zeichen": (io.BytesIO(samples.image(kind, (300, 200))), f"Wappen.{kind.lower()}")}
