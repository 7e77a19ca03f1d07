"""What a dashboard shows, as numbers and words, under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.queries.dashboard_page import dashboard_numbers
from monitoring.queries.dashboard_subject import DASHBOARD_TYPES, own_subject
from organisations.api.base import ScopedEndpoint

CARD = ("label", "value", "unit", "level", "level_text", "threshold", "direction", "change", "note")
RANK = ("code", "name", "value", "text", "level", "level_text")


class CardSerializer(serializers.Serializer[Any]):
    """One figure as the dashboard words it; empty where it has nothing to say."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    unit = serializers.CharField()
    level = serializers.CharField()
    level_text = serializers.CharField()
    threshold = serializers.CharField()
    direction = serializers.CharField()
    change = serializers.CharField()
    note = serializers.CharField()


class RankSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    level = serializers.CharField()
    level_text = serializers.CharField()


class WarningCountSerializer(serializers.Serializer[Any]):
    level = serializers.CharField()
    count = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer[Any]):
    """`month` is null and the lists are empty while no month has been computed."""

    subject_type = serializers.CharField()
    subject_code = serializers.CharField()
    subject_name = serializers.CharField()
    month = serializers.CharField(allow_null=True)
    cards = CardSerializer(many=True)
    ranking_label = serializers.CharField()
    ranking = RankSerializer(many=True)
    open_warnings = WarningCountSerializer(many=True)


class DashboardEndpoint(ScopedEndpoint):
    """看板：一个对象一个月的主要指标、下级排名与未办结预警数。"""

    token_subject = "monitoring"
    lookup_field = "code"
    lookup_value_regex = r"[^/]{1,40}"

    @extend_schema(responses=forced_singular_serializer(DashboardSerializer))
    def list(self, request: Request) -> Response:
        """本级看板；没有本级看板的机构返回 404。"""
        own = own_subject(self.scope)
        if own is None:
            raise Http404
        return self._answer(request, *own)

    @extend_schema(
        parameters=[
            OpenApiParameter("type", str, required=True, enum=DASHBOARD_TYPES),
            OpenApiParameter("month", str),
            OpenApiParameter("batch", str),
            OpenApiParameter("category", str),
            OpenApiParameter("province", str),
        ],
        responses=DashboardSerializer,
    )
    def retrieve(self, request: Request, code: str = "") -> Response:
        """某地区、统筹区、医疗机构或企业的看板，须在查看范围内。"""
        return self._answer(request, request.query_params.get("type", ""), code)

    def _answer(self, request: Request, subject_type: str, code: str) -> Response:
        page = dashboard_numbers(self.scope, subject_type, code, request.query_params)
        if page is None:
            raise Http404
        return Response(DashboardSerializer(_plain(page)).data)


def _plain(page: dict[str, Any]) -> dict[str, Any]:
    subject, choice = page["subject"], page["choice"]
    ranking = page.get("ranking")
    return {
        "subject_type": subject.type,
        "subject_code": subject.code,
        "subject_name": subject.name,
        "month": f"{choice.month:%Y-%m}" if choice else None,
        "cards": [
            {name: str(card.get(name, "")) for name in CARD} for card in page.get("cards", ())
        ],
        "ranking_label": ranking.label if ranking else "",
        "ranking": [_rank(row) for row in (ranking.rows if ranking else ())],
        "open_warnings": page.get("open_warnings", []),
    }


def _rank(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RANK}
