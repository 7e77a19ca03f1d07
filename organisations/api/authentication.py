"""`Authorization: Token …` of an organisation's own system."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from organisations.models import ApiToken, User
from organisations.operations.note_token_use import note_token_use
from organisations.queries.tokens import live_token

KEYWORD = "Token"


class ApiTokenAuthentication(BaseAuthentication):
    """A token that is unknown, expired or revoked, or of somebody switched off, reads the same."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0] != KEYWORD:
            return None
        now = timezone.now()
        token = live_token(words[1], now) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed
        note_token_use(token=token, at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD
