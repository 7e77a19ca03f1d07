"""Real servers on this machine that stand in for the mail server and the gateways."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Inbox:
    """What a stub was sent; `answers` are taken one by one, then `usual` again and again."""

    port: int = 0
    got: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    usual: Any = None

    def answer(self) -> Any:
        return self.answers.pop(0) if self.answers else self.usual


def _smtp_handler(inbox: Inbox) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        """Enough of RFC 5321; the answer to RCPT is the next one of the inbox."""

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 stub")
            sent: dict[str, Any] = {}
            for raw in self.rfile:
                line = raw.decode().strip()
                verb = line[:4].upper()
                if verb in ("EHLO", "HELO"):
                    self.say("250 stub")
                elif verb == "RCPT":
                    sent["to"] = line.partition("<")[2].partition(">")[0]
                    self.say(inbox.answer() or "250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    lines = []
                    for part in self.rfile:
                        if part in (b".\r\n", b".\n"):
                            break
                        lines.append(part)
                    inbox.got.append({**sent, "data": b"".join(lines)})
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    return Handler


@contextmanager
def smtp_server() -> Iterator[Inbox]:
    inbox = Inbox()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _smtp_handler(inbox))
    with server, _running(server, inbox):
        yield inbox


def _http_handler(inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            inbox.got.append({"path": self.path, "headers": dict(self.headers), "body": body})
            status, told = inbox.answer() or (200, {"code": 0, "errcode": 0})
            text = json.dumps(told).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST  # noqa: N815 - the base class looks for this name

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def http_server() -> Iterator[Inbox]:
    inbox = Inbox()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _http_handler(inbox))
    with server, _running(server, inbox):
        yield inbox


@contextmanager
def _running(server: socketserver.BaseServer, inbox: Inbox) -> Iterator[None]:
    inbox.port = server.server_address[1]  # type: ignore[assignment, index]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
