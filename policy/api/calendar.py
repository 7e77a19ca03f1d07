"""Endpoints of the working-day calendar."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.workdays.errors import CalendarUploadRefused
from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.upload import CalendarRow, parse_rows
from core.workdays.workbook import csv_of
from organisations.api.base import ScopedViewSet
from organisations.models import User
from organisations.queries.scope import Scope
from policy.api.serializers import (
    CalendarDaySerializer,
    CalendarUploadSerializer,
    CalendarYearSerializer,
)
from policy.filters import CalendarDayFilter, CalendarYearFilter
from policy.operations.upload_calendar_year import upload_year
from policy.queries.calendar_page import (
    calendar_change,
    visible_calendar_days,
    years_with_counts,
)
from policy.rules import CALENDAR_ROLES, uploads_calendar


class CalendarYearViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """工作日历年度。省级医保局的审核、负责人可上传一年的日历。"""

    serializer_class = CalendarYearSerializer
    filterset_class = CalendarYearFilter
    token_subject = "catalog"
    lookup_field = "year"
    lookup_value_regex = r"[0-9]{4}"
    parser_classes = (MultiPartParser,)
    ordering = "-year"

    def visible(self, scope: Scope) -> QuerySet[CalendarYear]:
        return years_with_counts(scope)

    @extend_schema(request={"multipart/form-data": CalendarUploadSerializer})
    def create(self, request: Request) -> Response:
        """上传一年的日历（CSV 或 XLSX），`dry_run` 只校验并给出变化。"""
        verdict = uploads_calendar(
            is_province_bureau=self.scope.is_province_bureau,
            has_role=self.scope.has_role(*CALENDAR_ROLES),
        )
        if not verdict:
            raise PermissionDenied(verdict.reason)
        given = CalendarUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = given.validated_data
        try:
            rows = parse_rows(csv_of(values["file"].read()), year=values["year"])
            if values["dry_run"]:
                return Response(self._preview(values["year"], rows))
            upload_year(
                year=values["year"], rows=rows, source=values["source"], by=cast(User, request.user),
                at=timezone.now(),
            )  # fmt: skip
        except CalendarUploadRefused as refused:
            raise serializers.ValidationError({"file": refused.errors[:100]}) from refused
        stored = self.get_queryset().get(year=values["year"])
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    def _preview(self, year: int, rows: list[CalendarRow]) -> dict[str, Any]:
        change = calendar_change(self.scope, year, rows)
        return {
            "year": year,
            "published": change.published,
            "notes": change.notes,
            "changes": [
                {"date": each.day, "before": each.before, "after": each.after}
                for each in change.changes
            ],
        }


class CalendarDayViewSet(mixins.ListModelMixin, ScopedViewSet):
    """已公布年度的每一天是否工作日。"""

    serializer_class = CalendarDaySerializer
    filterset_class = CalendarDayFilter
    token_subject = "catalog"
    ordering = "date"

    def visible(self, scope: Scope) -> QuerySet[CalendarDay]:
        return visible_calendar_days(scope)
