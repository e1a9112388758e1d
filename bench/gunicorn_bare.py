"""gunicorn's settings for the measure: those of the program, without what belongs to the program itself."""

from pathlib import Path

exec((Path(__file__).resolve().parent.parent / "deploy" / "gunicorn.conf.py").read_text())  # noqa: S102


def post_fork(server, worker):
    """The measure has no connections to forget."""
