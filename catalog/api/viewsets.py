"""Endpoints of the catalogue: same rows and filters as the pages, to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import filters
from catalog.api import serializers
from catalog.api.preparation import PreparationSerializer, ToldSerializer
from catalog.models import (
    AgreementYear,
    Batch,
    BatchParameter,
    Exemption,
    Group,
    ListedPrice,
    Product,
    Selection,
)
from catalog.operations.remind_preparation import ask_to_prepare
from catalog.queries.batch_rows import batches_with_counts
from catalog.queries.preparation import preparation_rows, products_of
from catalog.queries.product_rows import groups_with_counts, products_with_group
from catalog.queries.selection_rows import selections_with_period
from catalog.queries.visible import (
    visible_agreement_years,
    visible_batch_parameters,
    visible_exemptions,
    visible_listed_prices,
)
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope

CODE = r"[^/]{1,40}"


class CatalogueViewSet(mixins.ListModelMixin, ScopedViewSet):
    """What all endpoints here share."""

    token_subject: ClassVar[str] = "catalog"
    ordering = "id"


class BatchViewSet(mixins.RetrieveModelMixin, CatalogueViewSet):
    """采购批次。"""

    serializer_class = serializers.BatchSerializer
    filterset_class = filters.BatchFilter
    lookup_field = "code"
    lookup_value_regex = CODE

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return batches_with_counts(scope)

    @extend_schema(responses=PreparationSerializer(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def preparation(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """落地准备：每个产品各项的状态；unknown 是平台尚未登记。"""
        batch: Batch = self.get_object()
        products = products_of(self.scope, batch).order_by("code")
        rows = preparation_rows(self.scope, batch, products)
        return Response(PreparationSerializer(rows, many=True).data)

    @extend_schema(request=None, responses=ToldSerializer)
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """通知落地准备的责任单位。"""
        told = ask_to_prepare(
            batch=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response({"told": told})


class AgreementYearViewSet(CatalogueViewSet):
    """批次的采购年度。"""

    serializer_class = serializers.AgreementYearSerializer
    filterset_class = filters.YearFilter

    def visible(self, scope: Scope) -> QuerySet[AgreementYear]:
        return visible_agreement_years(scope).select_related("batch")


class BatchParameterViewSet(CatalogueViewSet):
    """批次执行文件另行规定的参数。"""

    serializer_class = serializers.BatchParameterSerializer
    filterset_class = filters.OverrideFilter

    def visible(self, scope: Scope) -> QuerySet[BatchParameter]:
        return visible_batch_parameters(scope).select_related("batch")


class SelectionViewSet(CatalogueViewSet):
    """中选与备供结果，按供应地区。"""

    serializer_class = serializers.SelectionSerializer
    filterset_class = filters.SelectionFilter

    def visible(self, scope: Scope) -> QuerySet[Selection]:
        return selections_with_period(scope)


class GroupViewSet(mixins.RetrieveModelMixin, CatalogueViewSet):
    """同通用名品种。"""

    serializer_class = serializers.GroupSerializer
    filterset_class = filters.GroupFilter
    lookup_field = "code"
    lookup_value_regex = CODE

    def visible(self, scope: Scope) -> QuerySet[Group]:
        return groups_with_counts(scope, timezone.localdate())


class ProductViewSet(mixins.RetrieveModelMixin, CatalogueViewSet):
    """挂网产品。"""

    serializer_class = serializers.ProductSerializer
    filterset_class = filters.ProductFilter
    lookup_field = "code"
    lookup_value_regex = CODE

    def visible(self, scope: Scope) -> QuerySet[Product]:
        return products_with_group(scope)


class ListedPriceViewSet(CatalogueViewSet):
    """挂网价历史。"""

    serializer_class = serializers.ListedPriceSerializer
    filterset_class = filters.ListedPriceFilter

    def visible(self, scope: Scope) -> QuerySet[ListedPrice]:
        return visible_listed_prices(scope).select_related("product")


class ExemptionViewSet(CatalogueViewSet):
    """考核豁免；涉及具体机构的只给该机构和所在辖区的主管部门。"""

    serializer_class = serializers.ExemptionSerializer
    filterset_class = filters.ExemptionFilter

    def visible(self, scope: Scope) -> QuerySet[Exemption]:
        return visible_exemptions(scope).select_related("batch", "group", "product", "institution")
