"""Sign-in by an outside account (OpenID Connect, authorisation code with PKCE), and its binding."""

from __future__ import annotations

import base64
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from core.audit.models import AuditEvent
from core.audit.record import Actor, SystemActor, record
from core.operations import operation
from core.transitions import TransitionRefused
from organisations.models import OutsideIdentity, User
from organisations.operations.sign_in import FirstFactor, admit
from organisations.queries.outside_issuer import fetch, issuer, signing_keys
from organisations.queries.sign_in_backend import PeopleBackend
from organisations.rules import CLAUSE_IDENTITY

ALGORITHMS = ["RS256", "ES256"]
LEEWAY_SECONDS = 60


class BadIdentity(Exception):
    """The answer of the outside sign-in does not stand the check; the text is for the log."""


@dataclass(frozen=True)
class Asked:
    """What was sent along, kept in the session until the browser comes back."""

    state: str
    nonce: str
    verifier: str
    binds: bool


def ask(*, binds: bool) -> Asked:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Asked(state, nonce, verifier, binds)


def address_to_go(asked: Asked, back: str) -> str:
    """Where the browser goes. Raises OutsideDown."""
    challenge = base64.urlsafe_b64encode(sha256(asked.verifier.encode()).digest())
    query = {
        "response_type": "code", "client_id": settings.OIDC_CLIENT_ID, "redirect_uri": back,
        "scope": "openid", "state": asked.state, "nonce": asked.nonce,
        "code_challenge": challenge.decode().rstrip("="), "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{issuer().authorization_endpoint}?{urlencode(query)}"


def subject_of(*, code: str, asked: Asked, back: str) -> str:
    """Who came back, by the issuer's own name. Raises OutsideDown or BadIdentity."""
    found = issuer()
    answer = fetch(
        found.token_endpoint,
        {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET,
            "code_verifier": asked.verifier,
        },
    )  # fmt: skip
    claims = _checked(str(answer.get("id_token", "")))
    if not secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce):
        raise BadIdentity("nonce")
    return str(claims["sub"])


def _checked(token: str) -> dict[str, Any]:
    """Signature, issuer, audience, expiry; PyJWT refuses `none` and what is not listed."""
    found = issuer()
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = _key(signing_keys(found), kid) or _key(signing_keys(found, fresh=True), kid)
        if key is None:
            raise BadIdentity("unknown key")
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=ALGORITHMS, audience=settings.OIDC_CLIENT_ID,
            issuer=found.issuer, leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise BadIdentity(str(error)) from error
    return claims


def _key(keys: dict[str, Any], kid: str | None) -> Any:
    for held in jwt.PyJWKSet.from_dict(keys).keys:
        if held.key_id == kid:
            return held.key
    return None


@operation
def sign_in_from_outside(*, request: HttpRequest, subject: str, at: datetime) -> FirstFactor | None:
    """The account that its owner bound before; None where there is none. Makes nobody."""
    bound = OutsideIdentity.objects.filter(issuer=settings.OIDC_ISSUER, subject=subject).first()
    user = PeopleBackend().get_user(bound.user_id) if bound else None
    if user is None:
        refuse_outside("没有绑定在用账号的外部登录", at=at)
        return None
    return admit(request=request, user=user, how=settings.OIDC_LABEL, at=at)


@operation
def bind_outside(*, user: User, subject: str, by: Actor, at: datetime) -> OutsideIdentity:
    """The signed-in owner binds the outside account; one each way."""
    try:
        with transaction.atomic():
            made = OutsideIdentity.objects.create(
                user=user, issuer=settings.OIDC_ISSUER, subject=subject, bound_at=at
            )
    except IntegrityError as error:
        raise TransitionRefused("该外部账号或本账号已经绑定，请先解除原来的绑定") from error
    record(by=by, at=at, action="outside_identity.bind", object_type="user", object_key=user.pk,
           object_label=user.audit_name, detail={"issuer": made.issuer})  # fmt: skip
    return made


@operation
def unbind_outside(*, user: User, by: Actor, at: datetime) -> None:
    gone, _ = OutsideIdentity.objects.filter(user=user, issuer=settings.OIDC_ISSUER).delete()
    if not gone:
        raise TransitionRefused("没有绑定外部账号")
    record(by=by, at=at, action="outside_identity.unbind", object_type="user", object_key=user.pk,
           object_label=user.audit_name)  # fmt: skip


@operation
def refuse_outside(reason: str, *, at: datetime) -> None:
    """A failed attempt from outside is in the trail too."""
    record(by=SystemActor("未登录"), at=at, action="user.sign_in",
           outcome=AuditEvent.Outcome.REFUSED, object_type="user", object_label="外部登录",
           reason=reason, clause=CLAUSE_IDENTITY)  # fmt: skip


def kept(asked: Asked) -> dict[str, Any]:
    """For the session."""
    return asdict(asked)
