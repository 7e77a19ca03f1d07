"""JSON over HTTP to a gateway that the operator configured; never follows a redirect."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import IO, Any

from django.conf import settings

from inbox.operations.gateways.base import GatewayProblem

MOST_BYTES = 100_000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any,
        newurl: str,
    ) -> None:  # fmt: skip
        return None


# Without the proxies of the environment: the gateway is on the government's own network.
_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def call(
    url: str, *, what: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """GET, or POST with a body; the JSON object of a 2xx answer. Raises GatewayProblem."""
    if not url.startswith(("https://", "http://")):
        raise GatewayProblem(f"{what}的网址没有设置好")
    request = urllib.request.Request(url, data=body, headers=headers or {})  # noqa: S310
    try:
        with _OPENER.open(request, timeout=settings.MESSAGE_TIMEOUT_SECONDS) as answer:
            text = answer.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        raise GatewayProblem(f"{what}应答 {error.code}") from error
    except (OSError, ValueError) as error:
        raise GatewayProblem(f"{what}连接不上") from error
    try:
        told = json.loads(text)
    except ValueError as error:
        raise GatewayProblem(f"{what}的应答不是 JSON") from error
    if not isinstance(told, dict):
        raise GatewayProblem(f"{what}的应答不是 JSON 对象")
    return told
