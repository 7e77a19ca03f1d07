"""Waiting for a web server to answer, and knowing beforehand that its port is free."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until_answering(url: str, *, seconds: float, between: Callable[[], None]) -> bool:
    """Ask `url` until it answers 200; `between` runs at each try and may raise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        between()
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.2)
    return False
