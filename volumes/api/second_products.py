"""一品两规 by API: the same operation and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.visible import visible_groups
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from volumes.filters import SecondProductFilter
from volumes.models import SecondProductChoice
from volumes.models.second_product import SecondReason
from volumes.operations.second_products import NOT_YOURS, choose_second
from volumes.queries.second_products import second_choices
from volumes.queries.visible import sees_reports


class SecondProductSerializer(serializers.ModelSerializer[SecondProductChoice]):
    group: Any = serializers.CharField(source="group.code", read_only=True)
    group_name: Any = serializers.CharField(source="group.name", read_only=True)
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)
    stands = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = SecondProductChoice
        fields = (
            "institution", "institution_name", "group", "group_name", "product", "basis",
            "offered", "reason_code", "explanation", "chosen_at", "stands", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewSecondProductSerializer(serializers.Serializer[Any]):
    """`product` is a code, or `none` for giving the second product up."""

    group = serializers.CharField(max_length=40)
    product = serializers.CharField(max_length=27)
    reason_code = serializers.ChoiceField(
        choices=SecondReason.choices, required=False, allow_blank=True, default=""
    )
    explanation = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default=""
    )
    version = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class SecondProductViewSet(mixins.ListModelMixin, ScopedViewSet):
    """一品两规：医疗机构在中选产品以外选用的同通用名产品，备供优先。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = SecondProductSerializer
    filterset_class = SecondProductFilter
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)

    def visible(self, scope: Scope) -> QuerySet[SecondProductChoice]:
        return second_choices(scope)

    @extend_schema(request=NewSecondProductSerializer, responses={201: SecondProductSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记第二规；有备供产品而选用其他产品的，须有原因和说明。"""
        if self.scope.kind != "institution":
            raise NotYours(NOT_YOURS)
        values = values_of(NewSecondProductSerializer, request)
        group = visible_groups(self.scope).filter(code=values["group"]).first()
        if group is None:
            raise serializers.ValidationError({"group": ["没有这个代码的品种"]})
        row = choose_second(
            group=group, product_code=values["product"], reason_code=values["reason_code"],
            explanation=values["explanation"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        fresh = second_choices(self.scope).get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=status.HTTP_201_CREATED)
