"""Changes of results by API: the same operations, two people as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import ResultChange, Selection
from catalog.operations.change_result import (
    confirm_result,
    propose_result,
    return_result,
    revoke_result,
    withdraw_result,
)
from catalog.queries.result_changes import (
    regions_of_province,
    visible_result_changes,
    with_names,
)
from catalog.queries.visible import visible_batches, visible_products
from catalog.states.result_change import ResultKind
from core.transitions import NotYours
from organisations.api.base import acting, values_of
from organisations.queries.scope import Scope
from policy.api.four_eyes import FourEyesViewSet

Found = TypeVar("Found")


class ResultChangeSerializer(serializers.ModelSerializer[ResultChange]):
    """`old_region` is where the period that ends was supplied; price null: cancelled."""

    batch = serializers.CharField(source="batch.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    old_region = serializers.CharField(source="selection.region.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ResultChange
        fields = (
            "change_no", "batch", "kind", "product", "old_region", "region", "role", "old_price",
            "price", "effective_on", "clause", "reason", "state", "state_at", "note",
            "proposed_at", "proposed_by_name", "confirmed_at", "confirmed_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields


class ResultProposalSerializer(serializers.Serializer[Any]):
    """price in yuan per pack; empty where the selection is cancelled."""

    batch = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=ResultKind.choices)
    product = serializers.CharField(max_length=27)
    region = serializers.CharField(max_length=6)
    new_region = serializers.CharField(max_length=6, required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=Selection.Role.choices, required=False)
    price = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    effective_on = serializers.DateField()
    clause = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=300)


class ResultChangeViewSet(FourEyesViewSet):
    """中选结果变更。确认的所有业务用户可查；一人提出，另一人确认。"""

    serializer_class = ResultChangeSerializer
    token_subject = "catalog"
    steps: ClassVar = {
        "confirm": confirm_result,
        "return": return_result,
        "withdraw": withdraw_result,
        "revoke": revoke_result,
    }

    def visible(self, scope: Scope) -> QuerySet[ResultChange]:
        return with_names(visible_result_changes(scope))

    @extend_schema(request=ResultProposalSerializer, responses={201: ResultChangeSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出一项变更。"""
        if not self.scope.is_province_bureau:
            raise NotYours("中选结果由省级医保局变更")
        values = values_of(ResultProposalSerializer, request)
        batches = visible_batches(self.scope).select_related("policy")
        regions = {each.code: each for each in regions_of_province(self.scope)}
        batch = _found("batch", batches.filter(code=values["batch"]).first())
        products = visible_products(self.scope)
        product = _found("product", products.filter(code=values["product"]).first())
        region = _found("region", regions.get(values["region"]))
        new = values.get("new_region", "")
        change = propose_result(
            batch=batch, kind=values["kind"], product=product, region=region,
            new_region=_found("new_region", regions.get(new)) if new else None,
            role=values.get("role", "selected"), price=values.get("price"),
            effective_on=values["effective_on"], clause=values["clause"], reason=values["reason"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self.told(change, status.HTTP_201_CREATED)


def _found(field: str, row: Found | None) -> Found:
    """The row that a code names; a code of nothing is the field's mistake."""
    if row is None:
        raise serializers.ValidationError({field: ["平台没有这一项，请核对代码"]})
    return row
