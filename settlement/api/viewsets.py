"""Prices and shares of 结余留用 by API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import require
from core.transitions import MissingInput
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from settlement.api.serializers import (
    RetentionInputSerializer,
    RetentionInputsSerializer,
    RetentionInputsTakenSerializer,
)
from settlement.filters.retention import RetentionInputFilter
from settlement.models import RetentionInput
from settlement.operations.retention_inputs import InputRow, enter_retention_inputs
from settlement.queries.retention import starts_retention
from settlement.queries.retention_inputs import named_inputs
from settlement.queries.visible import visible_retention_inputs


class RetentionInputViewSet(mixins.ListModelMixin, ScopedViewSet):
    """结余留用测算数据：集采前价格与基金支付比例，只给统筹区经办机构和主管部门。"""

    serializer_class = RetentionInputSerializer
    filterset_class = RetentionInputFilter
    token_subject = "settlement"

    def visible(self, scope: Scope) -> QuerySet[RetentionInput]:
        return visible_retention_inputs(scope).select_related("batch", "pool", "group")

    @extend_schema(request=RetentionInputsSerializer, responses=RetentionInputsTakenSerializer)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """录入一个统筹区一个批次年度的测算数据，已有的按品种更正；全部写入或全部不写入。"""
        require(starts_retention(self.scope))
        values = values_of(RetentionInputsSerializer, request)
        rows = values["rows"]
        named = named_inputs(
            self.scope, batches=[values["batch"]], groups=[row["group"] for row in rows]
        )
        year = named.years.get((values["batch"], values["year_no"]))
        pool = named.pools.get(values["pool"])
        if year is None or pool is None:
            raise MissingInput("batch", "没有这个批次的这个采购年度，或本级没有这个统筹区")
        unknown = [row["group"] for row in rows if row["group"] not in named.groups]
        if unknown:
            raise MissingInput("rows", f"没有这些品种代码：{'、'.join(unknown[:20])}")
        taken = enter_retention_inputs(
            rows=[
                InputRow(year=year, pool=pool, group=named.groups[row.pop("group")], **row)
                for row in rows
            ],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response({"taken": taken})
