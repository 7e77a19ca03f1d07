"""Bases of every endpoint: the same sight and the same rules as the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from core.api.once import once
from core.api.throttles import PerMinute, UnknownPerMinute
from core.transitions import ALLOWED, Verdict
from organisations.api.paging import CursorPage
from organisations.api.permissions import MayCall
from organisations.models import ApiToken, User
from organisations.operations.export_list import note_list_taken
from organisations.queries.scope import Scope
from organisations.queries.visibility import require_scoped
from organisations.views.request_scope import request_scope


class ScopedEndpoint(ViewSet):
    """An endpoint without rows of its own. `token_subject` names what a token's scopes must cover.

    `exists_for` False gives 404, a refusing `entry` 403, as in the pages.
    """

    permission_classes = (MayCall,)
    throttle_classes = (PerMinute,)
    token_subject: ClassVar[str] = ""
    scope: Scope

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    def entry(self, scope: Scope) -> Verdict:
        return ALLOWED

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            super().initial(request, *args, **kwargs)
        except (AuthenticationFailed, NotAuthenticated):
            unknown = UnknownPerMinute()
            if not unknown.allow_request(request, self):
                self.throttled(request, unknown.wait())
            raise
        self.scope = _scope(request)
        if not self.exists_for(self.scope):
            raise Http404
        verdict = self.entry(self.scope)
        if not verdict:
            raise PermissionDenied(verdict.reason)
        key = request.headers.get("Idempotency-Key", "")
        method = (request.method or "").lower()
        if key and request.method not in SAFE_METHODS and hasattr(self, method):
            setattr(self, method, once(getattr(self, method), key))


class ScopedViewSet(ScopedEndpoint, GenericViewSet):
    """Rows by `visible(scope)`; cursor pages; filters of the page's own filter set.

    `lookup_field` is the business number, never the row's id. `personal` names the fields of its
    list that are about people: each page of it that is fetched is on the trail (S-12).
    """

    pagination_class = CursorPage
    personal: ClassVar[tuple[str, ...]] = ()

    def visible(self, scope: Scope) -> QuerySet[Any]:
        """The visible_… query of the model, refined as the endpoint needs."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            # The schema is made without a request, so without a scope; only the model matters.
            return QuerySet(self.serializer_class.Meta.model).none()  # type: ignore[union-attr]
        return require_scoped(self.visible(self.scope), self.scope)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters narrow lists; one thing is found by its number alone."""
        return queryset if getattr(self, "detail", False) else super().filter_queryset(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        if self.personal and data:
            query = {**self.request.query_params.dict(), "cursor": ""}
            note_list_taken(
                path=self.request.path,
                title=str(self.get_queryset().model._meta.verbose_name),
                conditions=[f"{name}={value}" for name, value in query.items() if value],
                columns=self.personal,
                row_count=len(data),
                by=acting(self.request),
                at=timezone.now(),
                by_api=True,
            )
        return super().get_paginated_response(data)


def acting(request: Request) -> User:
    """Who acts: the signed-in person or a token's service user. MayCall let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def values_of(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What the body holds by the serializer; raises ValidationError by field."""
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def _scope(request: Request) -> Scope:
    """Of the token's user with the token's limits, or of the signed-in person."""
    plain = request._request
    plain.user = request.user
    scope = request_scope(plain)
    if isinstance(request.auth, ApiToken) and scope.token_scopes is None:
        scope = replace(scope, token_scopes=frozenset(request.auth.scopes))
        plain.scope = scope  # type: ignore[attr-defined]
    return scope
