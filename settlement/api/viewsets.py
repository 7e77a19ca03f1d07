"""Endpoints of settlement, to read."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins

from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope
from settlement.api.serializers import RetentionInputSerializer
from settlement.filters.retention import RetentionInputFilter
from settlement.models import RetentionInput
from settlement.queries.visible import visible_retention_inputs


class RetentionInputViewSet(mixins.ListModelMixin, ScopedViewSet):
    """结余留用测算数据：集采前价格与基金支付比例，只给统筹区经办机构和主管部门。"""

    serializer_class = RetentionInputSerializer
    filterset_class = RetentionInputFilter
    token_subject = "settlement"

    def visible(self, scope: Scope) -> QuerySet[RetentionInput]:
        return visible_retention_inputs(scope).select_related("batch", "pool", "group")
