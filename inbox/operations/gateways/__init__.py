"""Ways out of the platform: e-mail, SMS and 政务微信 behind one interface, chosen by settings."""

from inbox.operations.gateways.base import Gateway, GatewayProblem, Message
from inbox.operations.gateways.chosen import gateway_for, is_offered, offered_channels

__all__ = [
    "Gateway",
    "GatewayProblem",
    "Message",
    "gateway_for",
    "is_offered",
    "offered_channels",
]
