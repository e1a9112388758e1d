"""gunicorn's settings: plain processes behind a buffering proxy. The command line and GUNICORN_CMD_ARGS win."""

import gc
import os
from pathlib import Path

# The sites, for the proxy; and, on a port of its own that no other machine reaches, what INTERNAL_PORT is for.
bind = [os.environ.get("BIND", "127.0.0.1:8000")]
_internal = os.environ.get("INTERNAL_PORT", "")
_processes = os.environ.get("WEB_PROCESSES", "2")
# What is no number is told by the program, along with all other faults of the settings.
if _internal.isdecimal():
    bind.append(f"127.0.0.1:{_internal}")

workers = int(_processes) if _processes.isdecimal() else 1
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
limit_request_line = 4094
limit_request_fields = 60
control_socket_disable = True
accesslog = None

# Which forwarded headers count is decided by the program's gate alone (TRUSTED_PROXIES). gunicorn would believe
# every peer on a Unix socket, and take a path prefix from a header that proxies pass on as it came.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers = {}

# The processes' sign of life must not wait for a disk.
if Path("/dev/shm").is_dir():  # noqa: S108 - a file without a name, as gunicorn makes it.
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def when_ready(server):
    # What is there before the processes begin stays: looking through it again and again takes time in each of
    # them, and memory that they would share.
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    from wsgi import program

    program.database.dispose()
    program.keeper.start(program.missed_words.flush, program.service_counts.flush)
