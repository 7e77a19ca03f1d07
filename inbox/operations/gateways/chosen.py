"""The gateway of each channel, as the settings choose."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from inbox.models import Channel
from inbox.operations.gateways.base import Gateway, GatewayProblem
from inbox.operations.gateways.file import FileGateway
from inbox.operations.gateways.sms import HttpSmsGateway
from inbox.operations.gateways.smtp import SmtpGateway
from inbox.operations.gateways.wecom import WecomGateway

OFF = "off"
_MADE: dict[tuple[str, str], Callable[[], Gateway]] = {
    ("email", "smtp"): SmtpGateway,
    ("sms", "http"): HttpSmsGateway,
    ("wecom", "wecom"): WecomGateway,
}


def is_offered(channel: str) -> bool:
    """Whether this installation sends by the channel at all."""
    return str(settings.MESSAGE_GATEWAYS.get(channel, OFF)) != OFF


def offered_channels() -> list[Channel]:
    return [channel for channel in Channel if is_offered(channel)]


def gateway_for(channel: str) -> Gateway:
    """Raises GatewayProblem where the channel is off or names a gateway that there is not."""
    name = settings.MESSAGE_GATEWAYS.get(channel, OFF)
    if name == OFF:
        raise GatewayProblem("该渠道没有开通", is_final=True)
    if name == "file":
        return FileGateway(channel)
    made = _MADE.get((channel, name))
    if made is None:
        raise GatewayProblem(f"网关设置“{name}”无法识别，请系统管理员检查")
    return made()
