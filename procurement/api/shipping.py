"""A distributor's ERP: its queue, answers, and shipping by ASN; a hospital reads the notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import Verdict
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.api import shipping_serializers as kinds
from procurement.filters.shipping import DeliveryNoteFilter, QueueFilter
from procurement.models import DeliveryNote, LineProgress
from procurement.operations.answers import confirm_lines, reject_lines
from procurement.operations.code_shipments import ShippedCode
from procurement.operations.line_choice import require_dispatcher
from procurement.operations.line_ends import close_rest
from procurement.operations.shipping import NoteDraft, ShipRow, deliver_note, ship_notes
from procurement.queries.shipping import (
    delivers,
    dispatches,
    line_numbers,
    own_queue,
    visible_note_rows,
)
from procurement.queries.visible import visible_delivery_notes, visible_progress

Named = Sequence[dict[str, Any]]


def line_ids(scope: Scope, named: Named, field: str = "lines") -> dict[tuple[str, int], int]:
    """Ids of the named lines in the own sight; raises ValidationError at those that are not."""
    numbers = {each["order_no"] for each in named}
    rows = visible_progress(scope).filter(order__order_no__in=numbers)
    found = {
        (order_no, line_no): line_id
        for order_no, line_no, line_id in rows.values_list("order__order_no", "line_no", "line_id")
    }
    wrong = {
        str(place): [f"没有订单 {each['order_no']} 第 {each['line_no']} 行，或它已经办结"]
        for place, each in enumerate(named)
        if (each["order_no"], each["line_no"]) not in found
    }
    if wrong:
        raise serializers.ValidationError({field: wrong})
    return found


class SupplyQueueViewSet(mixins.ListModelMixin, ScopedViewSet):
    """配送工作台：本企业待响应、待发货和在途的订单行。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.QueueLineSerializer
    filterset_class = QueueFilter
    ordering = ("due_at", "id")

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def visible(self, scope: Scope) -> QuerySet[LineProgress]:
        return own_queue(scope).select_related(
            "order", "product", "institution", "manufacturer", "distributor", "county"
        )

    @extend_schema(request=kinds.LinesSerializer, responses=kinds.ActedSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """确认这些订单行；有一行不能确认，全部不办理。"""
        return self._act(confirm_lines, kinds.LinesSerializer, request)

    @extend_schema(request=kinds.RejectLinesSerializer, responses=kinds.ActedSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def reject(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """拒绝这些订单行，写明原因。"""
        return self._act(reject_lines, kinds.RejectLinesSerializer, request)

    @extend_schema(request=kinds.CloseRestSerializer, responses=kinds.ActedSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """关闭这些订单行没有发的余量。"""
        return self._act(close_rest, kinds.CloseRestSerializer, request)

    def _act(
        self, operation: Any, kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        values = values_of(kind, request)
        named = values.pop("lines")
        done = operation(
            line_ids=list(_chosen(line_ids(self.scope, named), named)), by=acting(request),
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return Response({"done": len(done)})


def _chosen(found: dict[tuple[str, int], int], named: Named) -> set[int]:
    return {found[each["order_no"], each["line_no"]] for each in named}


class DeliveryNoteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """配送单：一次发往一家医疗机构的配送，可含多张订单的多行。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.DeliveryNoteSerializer
    filterset_class = DeliveryNoteFilter
    lookup_field = "note_no"
    lookup_value_regex = r"[A-Z0-9-]{1,24}"
    ordering = ("-shipped_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[DeliveryNote]:
        return visible_delivery_notes(scope).select_related("institution", "distributor", "county")

    @extend_schema(responses=kinds.NoteWithRowsSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一张配送单及其中看得到的行。"""
        return self._answer(self.get_object())

    @extend_schema(request=kinds.NewNoteSerializer, responses={201: kinds.NoteWithRowsSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发货（ASN）：未响应的行发货即视为确认；有一行有误，全部不发。"""
        require_dispatcher(self.scope)
        values = values_of(kinds.NewNoteSerializer, request)
        named = values.pop("rows")
        found = line_ids(self.scope, named, "rows")
        rows = tuple(
            ShipRow(found[each["order_no"], each["line_no"]], each["packs"], each["lot_no"],
                    each["expires_on"],
                    tuple(ShippedCode(code["code"], code["case"]) for code in each["codes"]))
            for each in named
        )  # fmt: skip
        (note,) = ship_notes(
            drafts=[NoteDraft(rows=rows, **values)], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self._answer(note, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=kinds.NoteWithRowsSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记送达。"""
        note = deliver_note(
            note=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return self._answer(note)

    def _answer(self, note: DeliveryNote, code: int = status.HTTP_200_OK) -> Response:
        rows = line_numbers(visible_note_rows(self.scope, note).select_related("product"))
        return Response(kinds.NoteWithRowsSerializer(note, context={"rows": rows}).data, code)
