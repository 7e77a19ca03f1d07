"""Secrets at rest: sealed with a key that follows from the platform's SECRET_KEY."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_PURPOSE = b"zhaocai second factor"


class UnreadableSecret(Exception):
    """Sealed under a key that is no longer configured; the owner has to enrol again."""


def seal_secret(text: str) -> str:
    """The text, encrypted and authenticated."""
    return _box().encrypt(text.encode()).decode()


def open_secret(sealed: str) -> str:
    """The text again; raises UnreadableSecret under another SECRET_KEY."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def keyed_digest(text: str) -> str:
    """SHA-256 with the platform's key: worthless to whoever has the database alone."""
    return hmac.new(_key(settings.SECRET_KEY), text.encode(), sha256).hexdigest()


def _box() -> MultiFernet:
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(key))) for key in keys])


def _key(secret: str) -> bytes:
    return hmac.new(secret.encode(), _PURPOSE, sha256).digest()
