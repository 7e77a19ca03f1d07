"""代办: who stands in for whom, set and ended as on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting
from organisations.forms.people import clean_text
from organisations.models import Delegation, User
from organisations.operations.delegation import end_delegation, set_delegation
from organisations.queries.delegations import colleagues_of, visible_delegations
from organisations.queries.people import people_of
from organisations.queries.scope import Scope
from organisations.rules import manages_people


class DelegationSerializer(serializers.ModelSerializer[Delegation]):
    """Who stands in for whom, from when until when."""

    id = serializers.IntegerField(read_only=True)
    absent = serializers.CharField(source="absent.username", read_only=True)
    absent_name = serializers.CharField(source="absent.name", read_only=True)
    delegate = serializers.CharField(source="delegate.username", read_only=True)
    delegate_name = serializers.CharField(source="delegate.name", read_only=True)

    class Meta:
        model = Delegation
        fields = (
            "id", "absent", "absent_name", "delegate", "delegate_name", "starts_at", "ends_at",
            "reason", "set_at", "set_by_name",
        )  # fmt: skip
        read_only_fields = fields


class NewDelegationSerializer(serializers.Serializer[Any]):
    """Two colleagues by user name."""

    absent = serializers.CharField(max_length=150)
    delegate = serializers.CharField(max_length=150)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)

    def validate_reason(self, value: str) -> str:
        reason = clean_text(value)
        if not reason:
            raise serializers.ValidationError("请填写事由")
        return reason


class DelegationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """代办。机构管理员设定和取消，本人也可以取消；以代办身份办理只在页面上。"""

    serializer_class = DelegationSerializer
    personal = ("absent", "delegate")
    token_subject = "organisations"
    lookup_value_regex = r"\d{1,18}"
    ordering = ("-ends_at", "-pk")

    def visible(self, scope: Scope) -> QuerySet[Delegation]:
        return visible_delegations(scope)

    @extend_schema(request=NewDelegationSerializer, responses={201: DelegationSerializer})
    def create(self, request: Request) -> Response:
        """设定代办，到期自动结束。"""
        allowed = manages_people(
            is_business=self.scope.is_business, is_admin=self.scope.has_role("admin")
        )
        if not allowed:
            raise NotYours.of(allowed)
        form = NewDelegationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        absent = self._person(values.pop("absent"))
        delegate = colleague(absent, values.pop("delegate"), "delegate")
        made = set_delegation(
            absent=absent, delegate=delegate, by=acting(request), at=timezone.now(), **values
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:
        """提前取消代办。"""
        row = self.get_object()
        if not (self.scope.has_role("admin") or row.absent_id == self.scope.user_id):
            raise NotYours("代办由机构管理员或被代办的本人取消")
        ended = end_delegation(delegation=row, by=acting(request), at=timezone.now())
        return Response(self.get_serializer(ended).data)

    def _person(self, username: str) -> User:
        found = people_of(self.scope).filter(username=username).first()
        if found is None:
            raise serializers.ValidationError({"absent": ["没有这名人员，请核对用户名"]})
        return found


def colleague(person: User, username: str, field: str) -> User:
    """A colleague in use of that name; the refusal names the field."""
    for other in colleagues_of(person):
        if other.username == username:
            return other
    raise serializers.ValidationError({field: ["没有这名在用的同事，请核对用户名"]})
