"""A mail server that says what it is told to, for what no real server in a test would say."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

_USUAL = {
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class Script:
    """What the server answers to a verb (``.`` ends the data; an empty answer breaks off), and what it has heard."""

    answers: Mapping[str, str]
    heard: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def scripted(**answers: str) -> Iterator[Script]:
    """A server at a free port. Answers are given by verb, ``end`` is the one to the end of the data."""
    named = {("." if verb == "end" else verb.upper()): answer for verb, answer in answers.items()}
    script = Script({**_USUAL, "HELLO": "220 here", **named})

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            in_data = False
            verb = "HELLO"
            while script.answers.get(verb, "500 what?"):
                if not in_data or verb == ".":
                    answer = script.answers.get(verb, "500 what?")
                    self.wfile.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
                    in_data = answer.startswith("354")
                line = self.rfile.readline().decode().rstrip("\r\n")
                if not line and not in_data:
                    return
                script.heard.append(line)
                verb = line if in_data else line[:4].upper()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield script
        server.shutdown()
        thread.join()
