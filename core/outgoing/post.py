"""One POST over TLS to a pinned address: no redirect, no proxy, an end to every wait."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from core.outgoing.targets import Target

HEAD_CHARACTERS = 500
_READ_BYTES = 4 * HEAD_CHARACTERS
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """What came back. `status` 0 means that there was no answer, and `problem` says why."""

    status: int
    milliseconds: int
    head: str = ""
    problem: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


class _PinnedConnection(http.client.HTTPSConnection):
    """Connects to the target's address and checks the certificate against its name."""

    def __init__(self, target: Target, *, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout, context=context)
        self.target = target
        self.tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self.target.ip, self.port), self.timeout)
        self.sock = plain
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.target.host)


def post(
    target: Target,
    *,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float = 10.0,
    authorities: str = "",
) -> Answer:
    """Send `body` and give the beginning of the answer; never raises for what the other side does.

    `seconds` bounds the whole call, a server that drips bytes included. `authorities` is a file of
    certificate authorities to trust besides the system's own.
    """
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(authorities)
    connection = _PinnedConnection(target, context=context, timeout=seconds)
    begun = time.monotonic()
    late = threading.Event()

    def cut() -> None:
        late.set()
        sock = connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        head = response.read(_READ_BYTES)
        if late.is_set():
            return Answer(0, _since(begun), problem=_TOO_LONG)
        return Answer(response.status, _since(begun), head=_text(head))
    except ssl.SSLError as error:
        return Answer(0, _since(begun), problem=f"TLS 握手失败：{error.reason or '连接中断'}"[:200])
    except TimeoutError:
        return Answer(0, _since(begun), problem=_TOO_LONG)
    except (OSError, http.client.HTTPException) as error:
        said = _TOO_LONG if late.is_set() else f"连接失败：{type(error).__name__}"
        return Answer(0, _since(begun), problem=said)
    finally:
        timer.cancel()
        connection.close()


_TOO_LONG = "等待超时"


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _text(head: bytes) -> str:
    return _CONTROL.sub(" ", head.decode("utf-8", "replace"))[:HEAD_CHARACTERS]
