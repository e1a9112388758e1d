"""gunicorn's settings for tests: as in deploy, but web processes die at a named point of a submission.

KREISPORTAL_CRASH_AT is ``before-commit`` or ``after-commit``, KREISPORTAL_CRASH_EVERY how many submissions a process
does until it dies at one.
"""

import os
import signal
from pathlib import Path

exec((Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py").read_text("utf-8"))  # noqa: S102 - our own file.

_deployed_post_fork = post_fork  # noqa: F821 - defined by the file above.


def post_fork(server, worker):
    _deployed_post_fork(server, worker)
    _arm(os.environ["KREISPORTAL_CRASH_AT"], int(os.environ["KREISPORTAL_CRASH_EVERY"]))


def _arm(point, every):
    """Make submissions fatal: the process ends as by a power cut, nothing is cleaned up."""
    from sqlalchemy.orm import Session

    from kreisportal.cases import views

    submitted = []
    really_submit, really_commit = views.submit, Session.commit

    def submit(*arguments, **options):
        result = really_submit(*arguments, **options)
        submitted.append(result)
        return result

    def commit(session):
        fatal = len(submitted) >= every
        if fatal and point == "before-commit":
            os.kill(os.getpid(), signal.SIGKILL)
        really_commit(session)
        if fatal and point == "after-commit":
            os.kill(os.getpid(), signal.SIGKILL)

    views.submit, Session.commit = submit, commit
