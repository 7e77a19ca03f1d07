"""Six digits that follow from a shared secret and the half minute (RFC 4226, RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from datetime import datetime
from hashlib import sha1
from urllib.parse import quote, urlencode

PERIOD_SECONDS = 30
DIGITS = 6
WINDOW_STEPS = 1
"""A phone's clock may be one half minute off, to either side."""
SECRET_BYTES = 20


def new_secret() -> str:
    """160 random bits in base32 without padding, as apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")


def current_step(at: datetime) -> int:
    """The number of the half minute since 1970 that `at` lies in."""
    return int(at.timestamp()) // PERIOD_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of one half minute. SHA-1 because apps know nothing else; HMAC keeps it sound."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step whose code this is, within the window and later than `after`; None for no match.

    Whoever keeps the step and passes it as `after` the next time refuses a code used twice. All
    steps are compared, so that the time taken does not tell which one was near.
    """
    now, found = current_step(at), None
    for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step), code) and step > after:
            found = step
    return found


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the picture holds: `otpauth://totp/…`."""
    label = quote(f"{issuer}:{account}")
    asked = {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": PERIOD_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(asked)}"
