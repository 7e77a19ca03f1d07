"""Which addresses the platform may call: https, a public host, or a network that its operator lists.

The address is read by one strict pattern instead of a URL library, so that nothing can be read in
two ways: no user part, no fragment, no escapes in the host, no address written as one number.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MAX_URL = 500
_URL = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$-;=?-Z_a-z~\[\]]*)?"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], list[str]]

# Ways to write an inner IPv4 address as an outer IPv6 one, and a cloud's own host address.
NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10",
        "192.88.99.0/24", "168.63.129.16/32", "100.64.0.0/10",
    )
)  # fmt: skip


class UnsafeTarget(Exception):
    """The address may not be called; the text says why, in Chinese."""


class UnresolvedTarget(Exception):
    """The host has no address at present."""


@dataclass(frozen=True)
class Target:
    """An https address that was read; `ip` is where the connection goes, whatever the name does."""

    host: str
    port: int
    path: str
    ip: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the host is an address already, which no name server is asked for."""
        return _literal(self.host) is not None


def read_target(url: str, *, ports: Iterable[int] = (443,)) -> Target:
    """Take the address apart. Raises UnsafeTarget; asks no name server."""
    found = _URL.fullmatch(url)
    if len(url) > MAX_URL or found is None:
        raise UnsafeTarget("地址格式不正确：请填写形如 https://主机名/路径 的完整地址，不含用户名")
    if found["scheme"].lower() != "https":
        raise UnsafeTarget("只能使用 https 地址")
    port = int(found["port"] or 443)
    if port not in set(ports):
        raise UnsafeTarget(f"不能使用端口 {port}")
    return Target(host=_host(found["host"].lower()), port=port, path=found["path"] or "/")


def pinned(target: Target, *, allowed: Iterable[Network] = (), resolver: Resolver | None = None) -> Target:  # fmt: skip
    """The target with the address to connect to.

    Every address of the name must be public or listed: one that is not refuses the name. Raises
    UnsafeTarget or UnresolvedTarget.
    """
    networks = tuple(allowed)
    literal = _literal(target.host)
    found = [str(literal)] if literal else (resolver or resolve)(target.host, target.port)
    if not found:
        raise UnresolvedTarget("主机名解析不到地址")
    for text in found:
        if not may_be_called(ipaddress.ip_address(text), networks):
            raise UnsafeTarget("主机地址属于内部或保留网段，不允许回调")
    return Target(target.host, target.port, target.path, found[0])


def resolve(host: str, port: int) -> list[str]:
    """Addresses of a name by the system's resolver; empty where it knows none."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(answer[4][0]).split("%")[0] for answer in answers]


def may_be_called(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Public unicast, or in a network that the operator lists."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if any(address in network for network in NEVER if network.version == address.version):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback
    )


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError as error:
            raise UnsafeTarget("主机地址格式不正确") from error
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # What ends in a number is an IPv4 address to some readers: only the plain form will do.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise UnsafeTarget("主机地址格式不正确") from error
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnsafeTarget("主机名格式不正确")
    return ".".join(labels)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
