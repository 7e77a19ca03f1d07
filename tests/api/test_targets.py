"""B-8: which addresses the platform may call; a listener on loopback never hears of the others."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone

from core.outgoing import targets
from core.outgoing.targets import (
    UnresolvedTarget,
    UnsafeTarget,
    may_be_called,
    pinned,
    read_target,
)
from inbox.models import WebhookAttempt
from inbox.operations.deliver import deliver
from tests.factories import feed

INNER = "主机地址属于内部或保留网段，不允许回调"

BAD = (
    "http://example.org/", "ftp://example.org/", "javascript:alert(1)", "//example.org/", "",
    "https://", "https:///path", "https://user@example.org/", "https://user:pw@127.0.0.1/",
    "https://example.org@127.0.0.1/", "https://127.0.0.1#@example.org/",
    "https://127.0.0.1\\@example.org/", "https://example.org\\.evil/", "https://exa mple.org/",
    "https://example.org/\r\nHost: x", "https://example.org:22/", "https://example.org:0/",
    "https://example.org:99999/", "https://2130706433/", "https://017700000001/",
    "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://127.0.1/",
    "https://0177.0.0.1/", "https://127.0.0.1./", "https://１２７.０.０.１/", "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/", "https://[::ffff:127.0.0.1%25lo]/", "https://[fe80::1%eth0]/",
    "https://[::1/", "https://-bad-.org/", "https://a..b/", "https://example.org/#part",
    "https://" + "a" * 600 + ".org/", "https://ex\u0430mple.org/", "https://example.org:443:1/",
)  # fmt: skip
"""Not even read: no name server is asked about these."""

REFUSED = (
    "https://127.0.0.1/", "https://127.255.255.254/", "https://0.0.0.0/", "https://10.0.0.1/",
    "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://100.100.100.200/", "https://168.63.129.16/",
    "https://192.0.0.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::]/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/",
    "https://[fc00::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://localhost/",
    "https://LOCALHOST./", "https://inner.example.org/", "https://mixed.example.org/",
    "https://mapped.example.org/",
)  # fmt: skip
"""Read, and refused for where they lead; the names are those of the stub below."""

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "inner.example.org": ["10.1.2.3"],
    "mixed.example.org": ["93.184.215.14", "127.0.0.1"],
    "mapped.example.org": ["::ffff:169.254.169.254"],
    "good.example.org": ["93.184.215.14"],
}


def stub(host: str, port: int) -> list[str]:
    return NAMES.get(host, [])


def test_there_are_more_than_forty() -> None:
    assert len(set(BAD) | set(REFUSED)) >= 40


@pytest.mark.parametrize("url", BAD)
def test_bad_address_is_not_read(url: str) -> None:
    with pytest.raises(UnsafeTarget):
        read_target(url)


@pytest.mark.parametrize("url", REFUSED)
def test_inner_address_is_refused(url: str) -> None:
    with pytest.raises(UnsafeTarget, match=INNER):
        pinned(read_target(url), resolver=stub)


def test_public_address_is_pinned_and_ports_can_be_listed() -> None:
    target = pinned(read_target("https://good.example.org/a?b=1"), resolver=stub)
    assert (target.host, target.port, target.path, target.ip) == (
        "good.example.org", 443, "/a?b=1", "93.184.215.14",
    )  # fmt: skip
    assert read_target("https://good.example.org:8443/", ports=(443, 8443)).port == 8443
    with pytest.raises(UnresolvedTarget):
        pinned(read_target("https://nowhere.example.org/"), resolver=stub)


def test_listed_network_may_be_called_and_its_neighbour_may_not() -> None:
    listed = [ipaddress.ip_network("10.1.2.0/24")]
    assert may_be_called(ipaddress.ip_address("10.1.2.3"), listed)
    assert may_be_called(ipaddress.ip_address("::ffff:10.1.2.3"), listed)
    assert not may_be_called(ipaddress.ip_address("10.1.3.3"), listed)


@pytest.fixture
def canary() -> Iterator[tuple[int, list[int]]]:
    """A listener on loopback that counts who comes."""
    came: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            came.append(1)
            peer.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield listener.getsockname()[1], came
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(60)


def _ask_all(port: int) -> set[str]:
    """Deliver to every address of both lists, on the canary's port."""
    outcomes = set()
    for number, url in enumerate((*BAD, *REFUSED)):
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        address = f"{scheme}://{host}:{port}{slash}{path}" if host and ":" not in host[-6:] else url
        endpoint = feed.webhook_endpoint(url=f"{address[:480]}?{number}")
        delivery = feed.webhook_delivery(endpoint, next_attempt_at=timezone.now())
        outcomes.add(deliver(delivery.pk, resolver=stub))
    return outcomes


@pytest.mark.django_db
def test_canary_hears_of_nobody(
    canary: tuple[int, list[int]], settings: pytest.FixtureRequest
) -> None:
    port, came = canary
    settings.WEBHOOK_ALLOWED_PORTS = [443, port]  # type: ignore[attr-defined]
    assert _ask_all(port) == {WebhookAttempt.Outcome.REFUSED}
    assert came == []


@pytest.mark.django_db
def test_control_without_the_guard_the_canary_hears(
    canary: tuple[int, list[int]],
    settings: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, came = canary
    settings.WEBHOOK_ALLOWED_PORTS = [443, port]  # type: ignore[attr-defined]
    settings.WEBHOOK_TIMEOUT_SECONDS = 1  # type: ignore[attr-defined]
    monkeypatch.setattr(targets, "may_be_called", lambda address, allowed=(): True)
    endpoint = feed.webhook_endpoint(url=f"https://127.0.0.1:{port}/")
    deliver(feed.webhook_delivery(endpoint, next_attempt_at=timezone.now()).pk)
    assert came != []
