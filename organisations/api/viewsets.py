"""Endpoints of organisations, people, tokens and consortia."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import Verdict
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting
from organisations.api.delegations import colleague
from organisations.api.serializers import (
    ConsortiumSerializer,
    HandedOverSerializer,
    HandoverSerializer,
    InviteSerializer,
    MeSerializer,
    OrganisationSerializer,
    PersonSerializer,
    PoolSerializer,
    RegionSerializer,
    TokenSerializer,
)
from organisations.filters import OrganisationFilter
from organisations.models import ApiToken, Consortium, Organisation, Pool, Region, User
from organisations.operations.delegation import hand_over
from organisations.operations.passwords import set_one_time_password
from organisations.operations.people import edit_person, invite_person, switch_off, switch_on
from organisations.operations.second_factor import reset_second_factor
from organisations.operations.tokens import issue_token, revoke_token
from organisations.queries.people import people_of
from organisations.queries.scope import Scope
from organisations.queries.visible import (
    visible_api_tokens,
    visible_consortia,
    visible_memberships,
    visible_organisations,
    visible_pools,
    visible_regions,
)
from organisations.rules import manages_people


class MeEndpoint(ScopedEndpoint):
    """当前账号或令牌。"""

    token_subject = "organisations"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    @extend_schema(responses=forced_singular_serializer(MeSerializer))
    def list(self, request: Request) -> Response:
        return Response(MeSerializer(request.user, context={"view": self}).data)


class RegionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """行政区划。"""

    serializer_class = RegionSerializer
    token_subject = "organisations"
    lookup_field = "code"
    lookup_value_regex = r"\d{6}"
    ordering = "code"

    def visible(self, scope: Scope) -> QuerySet[Region]:
        return visible_regions(scope).select_related("parent")


class PoolViewSet(mixins.ListModelMixin, ScopedViewSet):
    """统筹区。"""

    serializer_class = PoolSerializer
    token_subject = "organisations"
    ordering = "code"

    def visible(self, scope: Scope) -> QuerySet[Pool]:
        return visible_pools(scope).select_related("region")


class OrganisationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """看得到的机构：本机构、辖区内机构、企业。"""

    serializer_class = OrganisationSerializer
    token_subject = "organisations"
    lookup_field = "code"
    lookup_value_regex = r"[0-9A-Za-z_-]{1,18}"
    filterset_class = OrganisationFilter
    ordering = "code"

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        return visible_organisations(scope).select_related("region", "pool")


class PersonViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, ScopedViewSet
):
    """本机构人员，由机构管理员管理。"""

    serializer_class = PersonSerializer
    personal = ("username", "phone")
    token_subject = "organisations"
    lookup_field = "username"
    lookup_value_regex = r"[a-z0-9._-]{1,150}"
    http_method_names = ("get", "post", "put", "patch", "head", "options")
    ordering = "username"

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))

    def visible(self, scope: Scope) -> QuerySet[User]:
        return people_of(scope)

    @extend_schema(request=InviteSerializer, responses={201: InviteSerializer})
    def create(self, request: Request) -> Response:
        """建立账号，返回一次性口令。"""
        form = InviteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        person, password = invite_person(
            organisation=acting(request).organisation,
            by=acting(request),
            at=timezone.now(),
            **form.validated_data,
        )
        data = {**PersonSerializer(person).data, "one_time_password": password}
        return Response(data, status=status.HTTP_201_CREATED)

    def perform_update(self, serializer: Any) -> None:
        person: User = serializer.instance
        fields = {
            "name": person.name,
            "phone": person.phone,
            "roles": person.roles,
            **serializer.validated_data,
        }
        serializer.instance = edit_person(
            user=person, by=acting(self.request), at=timezone.now(), **fields
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reset(self, request: Request, **kwargs: Any) -> Response:
        """重置口令，返回一次性口令。"""
        person = self.get_object()
        password = set_one_time_password(user=person, by=acting(request), at=timezone.now())
        data = {**PersonSerializer(self.get_object()).data, "one_time_password": password}
        return Response(data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def off(self, request: Request, **kwargs: Any) -> Response:
        """停用账号。"""
        person = switch_off(user=self.get_object(), by=acting(request), at=timezone.now())
        return Response(PersonSerializer(person).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def on(self, request: Request, **kwargs: Any) -> Response:
        """启用账号。"""
        person = switch_on(user=self.get_object(), by=acting(request), at=timezone.now())
        return Response(PersonSerializer(person).data)

    @extend_schema(request=None, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_path="second-factor-reset")
    def second_factor_reset(self, request: Request, **kwargs: Any) -> Response:
        """重置动态口令，该人员下次登录重新启用。"""
        person = reset_second_factor(user=self.get_object(), by=acting(request), at=timezone.now())
        return Response(PersonSerializer(person).data)

    @extend_schema(request=HandoverSerializer, responses=HandedOverSerializer)
    @action(detail=True, methods=["post"])
    def handover(self, request: Request, **kwargs: Any) -> Response:
        """移交：只有本人有的角色交给同事，账号停用。"""
        leaver = self.get_object()
        form = HandoverSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        done = hand_over(
            leaver=leaver,
            colleague=colleague(leaver, form.validated_data["colleague"], "colleague"),
            revoke_tokens=form.validated_data["revoke_tokens"], by=acting(request),
            at=timezone.now(),
        )  # fmt: skip
        return Response(HandedOverSerializer(done).data)


class TokenViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """本机构的接口令牌，由机构管理员签发和吊销。"""

    serializer_class = TokenSerializer
    token_subject = "organisations"
    lookup_field = "token_key"
    lookup_url_kwarg = "key"
    lookup_value_regex = r"[0-9a-f]{15}"
    ordering = ("-created", "token_key")

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))

    def visible(self, scope: Scope) -> QuerySet[ApiToken]:
        return visible_api_tokens(scope).select_related("user")

    def create(self, request: Request) -> Response:
        """签发令牌，令牌原文只在此返回一次。"""
        form = TokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        token, secret = issue_token(
            organisation=acting(request).organisation,
            name=wanted["name"],
            scopes=wanted["scopes"],
            roles=wanted["user"]["roles"],
            days=wanted["days"],
            per_minute=wanted["per_minute"],
            by=acting(request),
            at=timezone.now(),
        )
        data = {**TokenSerializer(token).data, "token": secret}
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """吊销令牌。"""
        token = revoke_token(token=self.get_object(), by=acting(request), at=timezone.now())
        return Response(TokenSerializer(token).data)


class ConsortiumViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """医共体及其成员。"""

    serializer_class = ConsortiumSerializer
    token_subject = "organisations"
    lookup_field = "code"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "code"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def visible(self, scope: Scope) -> QuerySet[Consortium]:
        seen = visible_memberships(scope).select_related("institution").order_by("valid_from", "pk")
        return (
            visible_consortia(scope)
            .select_related("lead")
            .prefetch_related(Prefetch("memberships", seen, to_attr="seen_memberships"))
        )
