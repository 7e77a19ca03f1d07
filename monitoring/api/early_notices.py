"""Early notices under /api/v1/."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from monitoring.filters.early import EarlyNoticeFilter
from monitoring.models import EarlyNotice
from monitoring.queries.early_notices import visible_early_notices
from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope


class EarlyNoticeSerializer(serializers.ModelSerializer[EarlyNotice]):
    class Meta:
        model = EarlyNotice
        fields = (
            "month", "rule", "subject_code", "batch_code", "year_no", "group_code", "product_code",
            "measured", "projected", "threshold", "clause", "pace_days", "rest_days", "ends_on",
        )  # fmt: skip
        read_only_fields = fields


class EarlyNoticeViewSet(mixins.ListModelMixin, ScopedViewSet):
    """早期提示：现在没有超限、按目前进度到年度末将超限的，新的月份在前。"""

    serializer_class = EarlyNoticeSerializer
    filterset_class = EarlyNoticeFilter
    token_subject = "warnings"
    ordering = ("-month", "-id")

    def visible(self, scope: Scope) -> QuerySet[EarlyNotice]:
        return visible_early_notices(scope)
