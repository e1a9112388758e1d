"""The measure: a Flask application with one route that answers with bytes it holds ready, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, Response

_FOLDER = Path(os.environ["BENCH_PAGES"])
_PAGES = {
    kind: ((_FOLDER / kind).read_bytes(), status, media_type)
    for kind, (status, media_type) in json.loads((_FOLDER / "index.json").read_text()).items()
}

app = Flask("bare", static_folder=None)


@app.route("/<kind>", methods=["GET", "POST"])
def page(kind: str) -> Response:
    """The bytes of a kind of page."""
    body, status, media_type = _PAGES[kind]
    return Response(body, status, content_type=media_type)
