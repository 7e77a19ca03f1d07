"""What every way out can do, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One message. `values` are the parameters of gateways that send by template.

    `key` is the same when the same message is tried again, for gateways that drop repeats.
    """

    subject: str
    text: str
    is_code: bool = False
    key: str = ""
    values: dict[str, str] = field(default_factory=dict)


class GatewayProblem(Exception):
    """It was not sent; the reason is for the log, in Chinese, without address or text.

    `is_final` where trying again cannot help (the address is refused).
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason[:200]
        self.is_final = is_final


class Gateway(Protocol):
    """Hands one message over to the outside; returns once the other side has taken it."""

    def send(self, address: str, message: Message) -> None:
        """Raises GatewayProblem."""
        ...
