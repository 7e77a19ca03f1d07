"""Signatures of what is sent, in the shape of Standard Webhooks, and their secrets at rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"


class LostSecret(Exception):
    """A kept secret cannot be read any more: SECRET_KEY was changed without its fallback."""


def new_secret() -> str:
    """256 random bits, written with the prefix that secret scanners know."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def signatures(kept: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature per secret, so that a receiver may know the old or the new one."""
    return " ".join(
        signature(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in kept
    )


def seal(secret: str) -> str:
    """The secret as the database keeps it."""
    return _box().encrypt(secret.encode()).decode()


def unseal(kept: str) -> str:
    """The secret again. Raises LostSecret."""
    try:
        return _box().decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise LostSecret from error


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=b"zhaocai outgoing secrets")
    return base64.urlsafe_b64encode(
        derivation.derive(key.encode() if isinstance(key, str) else key)
    )
