"""What a WSGI server runs: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``, settings from the environment."""

import gc

from kreisportal.app import create_program, create_wsgi
from kreisportal.settings import read_settings
from kreisportal.web.logs import configure

configure()
program = create_program(read_settings())
app = create_wsgi(program)

# What is loaded now lives as long as the process; the collector need not touch it, so forks go on sharing it.
gc.freeze()
