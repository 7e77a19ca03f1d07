"""延迟响应清单 by API: read, explain by row, close."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.api.shipping_serializers import LineNameSerializer
from procurement.filters.delayed import DelayedListFilter
from procurement.models import DelayedList, DelayedRow
from procurement.operations.delayed_lists import DelayAnswer, answer_delayed, close_delayed
from procurement.queries.delayed_lists import has_lists, rows_of_list, with_states
from procurement.queries.visible import visible_delayed_lists


class DelayedListSerializer(serializers.ModelSerializer[DelayedList]):
    distributor = serializers.CharField(source="distributor.code", default=None, read_only=True)
    distributor_name = serializers.CharField(
        source="distributor.name", default=None, read_only=True
    )
    county = serializers.CharField(source="county.code", default=None, read_only=True)

    class Meta:
        model = DelayedList
        fields: tuple[str, ...] = (
            "list_no", "listed_on", "listed_at", "due_on", "due_provisional", "row_count",
            "distributor", "distributor_name", "county", "state", "state_at", "closing_note",
        )  # fmt: skip
        read_only_fields: Any = fields


class DelayedRowSerializer(serializers.ModelSerializer[DelayedRow]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    state_now = serializers.CharField(read_only=True)

    class Meta:
        model = DelayedRow
        fields = (
            "order_no", "line_no", "institution", "institution_name", "product", "packs", "urgent",
            "ordered_at", "due_at", "listed_state", "state_now", "reason_kind", "reason_note",
            "answered_at",
        )  # fmt: skip
        read_only_fields = fields


class DelayedListWithRowsSerializer(DelayedListSerializer):
    rows = serializers.SerializerMethodField()

    class Meta(DelayedListSerializer.Meta):
        fields: tuple[str, ...] = (*DelayedListSerializer.Meta.fields, "rows")
        read_only_fields = fields

    def get_rows(self, row: DelayedList) -> list[dict[str, Any]]:
        return DelayedRowSerializer(self.context["rows"], many=True).data  # type: ignore[return-value]


class DelayAnswerSerializer(LineNameSerializer):
    reason_kind = serializers.ChoiceField(choices=DelayedRow.Reason.choices)
    reason_note = serializers.CharField(
        max_length=500, allow_blank=True, required=False, default=""
    )


class NewDelayAnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.ListField(child=DelayAnswerSerializer(), min_length=1, max_length=1000)


class DelayCloseSerializer(serializers.Serializer[Any]):
    closing_note = serializers.CharField(max_length=500)


class DelayedListViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """延迟响应清单：超过响应时限仍未响应的订单行，每个工作日按县（市、区）和配送企业各一份。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = DelayedListSerializer
    filterset_class = DelayedListFilter
    lookup_field = "list_no"
    lookup_value_regex = r"[A-Z0-9-]{1,24}"
    ordering = ("-listed_on", "-id")

    def exists_for(self, scope: Scope) -> bool:
        return has_lists(scope)

    def visible(self, scope: Scope) -> QuerySet[DelayedList]:
        return visible_delayed_lists(scope).select_related("distributor", "county")

    @extend_schema(responses=DelayedListWithRowsSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一份清单及其各行。"""
        return self._answer(self.get_object())

    @extend_schema(request=NewDelayAnswersSerializer, responses=DelayedListWithRowsSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业逐行说明原因；全部说明后转医保局办结。"""
        row = self.get_object()
        given = values_of(NewDelayAnswersSerializer, request)["answers"]
        known = {(each.order_no, each.line_no): each.pk for each in rows_of_list(self.scope, row)}
        wrong = {
            str(place): ["这份清单上没有这一行"]
            for place, each in enumerate(given)
            if (each["order_no"], each["line_no"]) not in known
        }
        if wrong:
            raise serializers.ValidationError({"answers": wrong})
        moved = answer_delayed(
            delayed_list=row, by=acting(request), scope=self.scope, at=timezone.now(),
            answers=[
                DelayAnswer(
                    known[each["order_no"], each["line_no"]], each["reason_kind"],
                    each["reason_note"],
                )
                for each in given
            ],
        )  # fmt: skip
        return self._answer(moved)

    @extend_schema(request=DelayCloseSerializer, responses=DelayedListWithRowsSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局办结清单。"""
        moved = close_delayed(
            delayed_list=self.get_object(), by=acting(request), scope=self.scope,
            at=timezone.now(), **values_of(DelayCloseSerializer, request),
        )  # fmt: skip
        return self._answer(moved)

    def _answer(self, row: DelayedList) -> Response:
        rows = with_states(list(rows_of_list(self.scope, row)))
        return Response(DelayedListWithRowsSerializer(row, context={"rows": rows}).data)
