"""Recalls by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.known import Known
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting
from organisations.queries.scope import Scope
from procurement.api import recall_serializers as kinds
from procurement.filters import RecallFilter, RecallHolderFilter
from procurement.forms import split_lots
from procurement.models import Recall, RecallHolder
from procurement.operations.recalls import (
    HolderReport,
    ask_again,
    end_recall,
    find_holders_again,
    open_recall,
    report_holdings,
)
from procurement.queries.lots import lot_holdings
from procurement.queries.recalls import own_holders, visible_recall_holders, visible_recalls


class RecallViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """召回。内容对全行业公开；持有数量只给有关各方。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.RecallSerializer
    filterset_class = RecallFilter
    lookup_field = "recall_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = ("-opened_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Recall]:
        return visible_recalls(scope).select_related("product", "opened_by", "area")

    @extend_schema(request=kinds.NewRecallSerializer, responses={201: kinds.RecallSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发起召回；持有单位立即产生待办。"""
        values = self._values(kinds.NewRecallSerializer, request)
        row = open_recall(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.HoldingsSerializer, responses=kinds.RecallSerializer)
    @action(detail=True, methods=["post"])
    def report(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构报告本机构各批号的处置数量。"""
        recall = self.get_object()
        given = self._values(kinds.HoldingsSerializer, request)["holdings"]
        waiting = own_holders(self.scope, recall).filter(state=RecallHolder.State.WAITING)
        rows = {(row.lot_no, _code(row)): row for row in waiting}
        reports = []
        for each in given:
            row = rows.pop((each["lot_no"], each["sent_by"]), None)
            if row is None:
                message = (
                    f"没有等待报告的批号 {each['lot_no']}（配送企业 {each['sent_by'] or '空'}）"
                )
                raise serializers.ValidationError({"holdings": [message]})
            reports.append(
                HolderReport(
                    holder=row, kept_packs=each["kept_packs"],
                    sent_back_packs=each["sent_back_packs"], used_packs=each["used_packs"],
                    difference=each["difference"], note=each["note"],
                )
            )  # fmt: skip
        report_holdings(
            recall=recall, reports=reports, by=acting(request), scope=self.scope, at=timezone.now()
        )
        return self._answer(recall)

    @extend_schema(request=None, responses=kinds.RecallSerializer)
    @action(detail=True, methods=["post"])
    def find(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """重新查找持有单位。"""
        recall = self.get_object()
        find_holders_again(recall=recall, by=acting(request), scope=self.scope, at=timezone.now())
        return self._answer(recall)

    @extend_schema(request=kinds.AskAgainSerializer, responses=kinds.RecallSerializer)
    @action(detail=True, methods=["post"])
    def again(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """要求一家机构重报一个批号。"""
        recall = self.get_object()
        values = self._values(kinds.AskAgainSerializer, request)
        rows = visible_recall_holders(self.scope).filter(
            recall=recall, institution__code=values["holder_code"], lot_no=values["lot_no"],
            state=RecallHolder.State.REPORTED,
        )  # fmt: skip
        found = list(rows)
        if not found:
            raise serializers.ValidationError({"holder_code": ["这家机构没有这个批号的报告"]})
        for row in found:
            ask_again(
                recall=recall, holder=row, opener_note=values["opener_note"], by=acting(request),
                scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        return self._answer(recall)

    @extend_schema(request=kinds.EndSerializer, responses=kinds.RecallSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办结召回；还有机构没有报告时拒绝。"""
        return self._end("close", request)

    @extend_schema(request=kinds.EndSerializer, responses=kinds.RecallSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤销召回。"""
        return self._end("withdraw", request)

    def _end(self, verb: str, request: Request) -> Response:
        values = self._values(kinds.EndSerializer, request)
        row = end_recall(
            recall=self.get_object(), verb=verb, closing_note=values["closing_note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    def _values(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"known": Known(self.scope)})
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def _answer(self, row: Recall, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, status=code)


class RecallHolderViewSet(mixins.ListModelMixin, ScopedViewSet):
    """召回持有：每家机构、每个批号、每家配送企业一行。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.RecallHolderSerializer
    filterset_class = RecallHolderFilter
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[RecallHolder]:
        return visible_recall_holders(scope).select_related(
            "recall", "institution", "manufacturer", "distributor", "county"
        )


class LotHolderViewSet(ScopedEndpoint):
    """批号追踪：谁持有这些批号。"""

    token_subject: ClassVar[str] = "procurement"

    @extend_schema(
        parameters=[
            OpenApiParameter("product", str, required=True, description="国家医保编码"),
            OpenApiParameter("lots", str, required=True, description="批号，多个用逗号分开"),
        ],
        responses=kinds.LotHoldingSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """持有机构及数量，只列查看范围内的。"""
        given = kinds.LotQuerySerializer(
            data=request.query_params, context={"known": Known(self.scope)}
        )
        given.is_valid(raise_exception=True)
        product, lots = given.validated_data["product"], split_lots(given.validated_data["lots"])
        found = lot_holdings(self.scope, product, lots)
        return Response(kinds.LotHoldingSerializer(found, many=True).data)


def _code(row: RecallHolder) -> str:
    return row.distributor.code if row.distributor else ""
