"""gunicorn's settings: plain processes behind a buffering proxy. The command line and GUNICORN_CMD_ARGS win."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_PROCESSES", "2"))
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
limit_request_line = 4094
limit_request_fields = 60
control_socket_disable = True
forwarded_allow_ips = ""
accesslog = None


def post_fork(server, worker):
    from wsgi import program

    program.database.dispose()
    program.keeper.start()
