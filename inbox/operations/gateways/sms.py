"""SMS by a signed JSON call; the text is the gateway's own template, we give its parameters."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time

from django.conf import settings

from inbox.operations.gateways.base import GatewayProblem, Message
from inbox.operations.gateways.http import call

REFUSED_NUMBER = "invalid_phone"


class HttpSmsGateway:
    """POST {app_id, template_id, sign_name, phone, params, request_id}.

    The header X-Signature is the hexadecimal HMAC-SHA256, under SMS_SECRET, of timestamp, nonce
    and body joined by newlines. `code` 0 in the answer means taken; `code` "invalid_phone" that
    trying again cannot help.
    """

    def send(self, address: str, message: Message) -> None:
        template = settings.SMS_CODE_TEMPLATE if message.is_code else settings.SMS_NOTICE_TEMPLATE
        body = json.dumps(
            {
                "app_id": settings.SMS_APP_ID,
                "template_id": template,
                "sign_name": settings.SMS_SIGN_NAME,
                "phone": address,
                "params": message.values,
                "request_id": message.key,
            },
            ensure_ascii=False,
        ).encode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        told = call(
            settings.SMS_URL,
            what="短信网关",
            body=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Timestamp": stamp,
                "X-Nonce": nonce,
                "X-Signature": signature(settings.SMS_SECRET, stamp, nonce, body),
            },
        )
        if told.get("code") not in (0, "0"):
            final = told.get("code") == REFUSED_NUMBER
            reason = "短信网关不接受该号码" if final else "短信网关没有接受"
            raise GatewayProblem(reason, is_final=final)


def signature(secret: str, stamp: str, nonce: str, body: bytes) -> str:
    """Of a call; a gateway computes the same to know that it is ours."""
    signed = b"\n".join([stamp.encode(), nonce.encode(), body])
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
