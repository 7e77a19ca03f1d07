"""The outside sign-in (OpenID Connect): its addresses, its keys, and whether it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.cache import cache

TIMEOUT_SECONDS = 5
KEPT_SECONDS = 300
DOWN_KEPT_SECONDS = 30
MOST_BYTES = 1_000_000


class OutsideDown(Exception):
    """The outside sign-in does not answer, or answers what cannot be used."""


@dataclass(frozen=True)
class Issuer:
    """What its discovery document says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def is_configured() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def issuer() -> Issuer:
    """Kept for five minutes; a failure for half a minute, so that no page waits for it each time.

    Raises OutsideDown. The document must name the very issuer that was configured.
    """
    kept = cache.get(_key("issuer"))
    if kept == "":
        raise OutsideDown
    if kept is None:
        try:
            kept = fetch(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration")
            found = Issuer(**{name: str(kept[name]) for name in Issuer.__dataclass_fields__})
            if found.issuer != settings.OIDC_ISSUER:
                raise OutsideDown
        except (OutsideDown, KeyError) as error:
            cache.set(_key("issuer"), "", DOWN_KEPT_SECONDS)
            raise OutsideDown from error
        cache.set(_key("issuer"), kept, KEPT_SECONDS)
    return Issuer(**{name: str(kept[name]) for name in Issuer.__dataclass_fields__})


def is_up() -> bool:
    """For the sign-in page, from what is kept."""
    try:
        issuer()
    except OutsideDown:
        return False
    return True


def signing_keys(found: Issuer, *, fresh: bool = False) -> dict[str, Any]:
    """The issuer's JWKS; `fresh` where a token names a key that is not among those kept."""
    kept = None if fresh else cache.get(_key("keys"))
    if kept is None:
        kept = fetch(found.jwks_uri)
        cache.set(_key("keys"), kept, KEPT_SECONDS)
    return dict(kept)


def fetch(url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON object; with `form` by POST. No redirects, five seconds, one megabyte."""
    if not url.startswith(("https://", "http://")):
        raise OutsideDown
    body = urlencode(form).encode() if form is not None else None
    asked = Request(url, data=body, headers={"Accept": "application/json"})  # noqa: S310 - scheme checked
    try:
        with build_opener(_NoRedirect).open(asked, timeout=TIMEOUT_SECONDS) as answer:
            held = json.loads(answer.read(MOST_BYTES))
    except (URLError, TimeoutError, OSError, ValueError) as error:
        raise OutsideDown from error
    if not isinstance(held, dict):
        raise OutsideDown
    return held


def _key(what: str) -> str:
    return f"oidc:{settings.OIDC_ISSUER}:{what}"
