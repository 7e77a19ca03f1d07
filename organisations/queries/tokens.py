"""Find the live token that a secret belongs to."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from core.database.prepared import Prepared
from organisations.models import ApiToken
from organisations.queries.scope import predecessors_of
from organisations.queries.sign_in_backend import WITH_ORGANISATION


def _tokens(token_key: str) -> QuerySet[ApiToken]:
    merged = ArraySubquery(predecessors_of(OuterRef("user__organisation_id")))
    rows: QuerySet[ApiToken] = (
        ApiToken.objects.filter(token_key=token_key, revoked_at__isnull=True)
        .select_related(*(f"user__{path}" for path in WITH_ORGANISATION))
        .annotate(predecessor_ids=merged)
    )
    return rows


_TOKENS: Prepared[ApiToken] = Prepared(_tokens, "\x01")


def live_token(secret: str, now: datetime) -> ApiToken | None:
    """The token of this secret, unless expired, revoked, or its user or organisation is off."""
    digest = hash_token(secret)
    for token in _TOKENS.rows(secret[: CONSTANTS.TOKEN_KEY_LENGTH]):
        token.user.predecessor_ids = token.predecessor_ids
        fresh = token.expiry is None or token.expiry > now
        live = token.user.is_active and token.user.organisation.is_active
        if hmac.compare_digest(token.digest, digest) and fresh and live:
            return token
    return None
