"""What a WSGI server runs: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``, settings from the environment."""

import gc
import sys

from kreisportal.app import create_program, create_wsgi
from kreisportal.kernel.errors import KreisportalError, UnavailableError
from kreisportal.settings import read_settings
from kreisportal.web.logs import configure
from kreisportal.web.program import Program

# What is away may come back: gunicorn begins a process anew, and so does the service manager (sysexits.h).
_TRY_LATER = 75
# What is set up wrongly stays so. This is gunicorn's WORKER_BOOT_ERROR, the status of a process at which it gives up
# itself; with any other it would begin that process again and again.
_WRONG_CONFIGURATION = 3


def _start() -> Program:
    """The program; what keeps it from starting is told in words, not as a traceback."""
    try:
        return create_program(read_settings())
    except KreisportalError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_TRY_LATER if isinstance(error, UnavailableError) else _WRONG_CONFIGURATION)


configure()
program = _start()
app = create_wsgi(program)

# What is loaded now lives as long as the process; the collector need not touch it, so forks go on sharing it.
gc.freeze()
