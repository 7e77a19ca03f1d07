"""政务微信 (WeCom): a text message of our application to one member."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from inbox.operations.gateways.base import GatewayProblem, Message
from inbox.operations.gateways.http import call

BAD_TOKEN = (40014, 41001, 42001)
EARLIER_SECONDS = 120
WHAT = "政务微信"

_lock = threading.Lock()
_kept: dict[tuple[str, str, str], tuple[str, float]] = {}


class WecomGateway:
    """Fetches the access token when it has none, and once more when it is refused."""

    def send(self, address: str, message: Message) -> None:
        told = self._post(self._token(fresh=False), address, message)
        if told.get("errcode") in BAD_TOKEN:
            told = self._post(self._token(fresh=True), address, message)
        if told.get("errcode") != 0:
            raise GatewayProblem(f"{WHAT}应答错误 {_number(told.get('errcode'))}")
        if told.get("invaliduser"):
            raise GatewayProblem(f"{WHAT}中没有该成员", is_final=True)

    def _post(self, token: str, address: str, message: Message) -> dict[str, Any]:
        body = {
            "touser": address,
            "msgtype": "text",
            "agentid": _number(settings.WECOM_AGENT_ID),
            "text": {"content": message.text},
            # The other side drops the same text to the same member within the interval.
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 60,
        }
        query = urlencode({"access_token": token})
        return call(
            f"{settings.WECOM_URL}/cgi-bin/message/send?{query}",
            what=WHAT,
            body=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    def _token(self, *, fresh: bool) -> str:
        account = (settings.WECOM_URL, settings.WECOM_CORP_ID, settings.WECOM_SECRET)
        with _lock:
            held, until = _kept.get(account, ("", 0.0))
            if held and not fresh and time.monotonic() < until:
                return held
            query = urlencode({"corpid": account[1], "corpsecret": account[2]})
            told = call(f"{account[0]}/cgi-bin/gettoken?{query}", what=WHAT)
            if told.get("errcode") != 0 or not told.get("access_token"):
                raise GatewayProblem(f"{WHAT}不认可企业编号或应用密钥")
            lasts = max(int(told.get("expires_in") or 0) - EARLIER_SECONDS, 0)
            token = str(told["access_token"])
            _kept[account] = (token, time.monotonic() + lasts)
            return token


def _number(value: Any) -> Any:
    """A number where it is one; ids of applications are given as text in the environment."""
    return int(value) if isinstance(value, str) and value.isdigit() else value
