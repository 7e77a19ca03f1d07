"""Surge cases and transfers by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import QualityViewSet, require
from core.api.numbers import PlainDecimalField
from organisations.api.base import acting
from organisations.queries.scope import Scope
from procurement.api.case_serializers import CaseWordsSerializer
from procurement.filters.surge_cases import SurgeCaseFilter, TransferFilter
from procurement.models import SurgeCase, SurgeReport, Transfer
from procurement.operations.surge_cases import close_surge, open_surge
from procurement.operations.transfers import step_transfer
from procurement.queries.supply_side import visible_surge_cases, visible_transfers
from procurement.queries.surge_cases import (
    may_open_surge,
    regions_to_open,
    surge_case_standings,
    transfer_standings,
)
from procurement.rules.case_steps import whose_step
from procurement.states.surge_case import SURGE_CASE_MACHINE
from procurement.states.transfer import TRANSFER_MACHINE

PACKS: dict[str, Any] = {"max_digits": 17, "decimal_places": 4, "min_value": 0}


class SurgeCaseSerializer(serializers.ModelSerializer[SurgeCase]):
    group = serializers.CharField(source="group.code", read_only=True)
    group_name = serializers.CharField(source="group.name", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    region_name = serializers.CharField(source="region.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = SurgeCase
        fields = (
            "case_no", "group", "group_name", "region", "region_name", "cause", "description",
            "starts_on", "ends_on", "opened_at", "closing_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewSurgeCaseSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(max_length=40)
    region = serializers.CharField(max_length=6)
    cause = serializers.ChoiceField(choices=SurgeReport.Cause.choices)
    description = serializers.CharField(max_length=4000)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()

    def validate_group(self, code: str) -> Any:
        found = self.context["known"].group(code.strip())
        if found is None:
            raise serializers.ValidationError("没有这个编码的品种，请核对")
        return found

    def validate_region(self, code: str) -> Any:
        found = regions_to_open(self.context["known"].scope).filter(code=code.strip()).first()
        if found is None:
            raise serializers.ValidationError("请填写本市，或本省和所辖设区市的行政区划代码")
        return found


class SurgeCaseViewSet(QualityViewSet):
    """应急保障。设区市或省级医保局对一个品种、一个地区启动和结束。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = SurgeCaseSerializer
    filterset_class = SurgeCaseFilter
    lookup_field = "case_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[SurgeCase]:
        return visible_surge_cases(scope).select_related("group", "region", "opened_by")

    @extend_schema(request=NewSurgeCaseSerializer, responses={201: SurgeCaseSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """启动应急保障。"""
        require(may_open_surge(self.scope))
        values = self.values(NewSurgeCaseSerializer, request)
        row = open_surge(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=CaseWordsSerializer, responses=SurgeCaseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """结束应急保障，写明说明。"""
        row: SurgeCase = self.get_object()
        standings = surge_case_standings(self.scope, row)
        require(whose_step(SURGE_CASE_MACHINE, "close", row, standings))
        values = self.values(CaseWordsSerializer, request)
        row = close_surge(
            case=row, words=values["words"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self.answer(row)


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    report_no = serializers.CharField(source="report.report_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    lender = serializers.CharField(source="lender.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Transfer
        fields = (
            "transfer_no", "report_no", "institution", "lender", "product", "asked_packs", "words",
            "asked_at", "offered_packs", "answer_words", "sent_packs", "lot_no", "expires_on",
            "sent_at", "received_packs", "received_words", "received_at", "closing_words", "state",
            "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewTransferSerializer(serializers.Serializer[Any]):
    lender = serializers.CharField(max_length=18)
    packs = PlainDecimalField(**PACKS)
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class TransferStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class TransferOfferSerializer(TransferStepSerializer):
    offered_packs = PlainDecimalField(**PACKS)


class TransferRefuseSerializer(TransferStepSerializer):
    answer_words = serializers.CharField(max_length=500)


class TransferSendSerializer(TransferStepSerializer):
    sent_packs = PlainDecimalField(**PACKS)
    lot_no = serializers.CharField(max_length=60)
    expires_on = serializers.DateField()


class TransferReceiveSerializer(TransferStepSerializer):
    received_packs = PlainDecimalField(**PACKS)
    received_words = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default=""
    )


class TransferWithdrawSerializer(TransferStepSerializer):
    closing_words = serializers.CharField(max_length=500)


class TransferViewSet(QualityViewSet):
    """调剂。应急期间医疗机构之间，双方各自办理。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = TransferSerializer
    filterset_class = TransferFilter
    lookup_field = "transfer_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Transfer]:
        return visible_transfers(scope).select_related("product", "institution", "lender", "report")

    @extend_schema(request=TransferOfferSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调出方同意，写明可调出多少。"""
        return self._step("offer", TransferOfferSerializer, request)

    @extend_schema(request=TransferRefuseSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调出方不能调出，说明原因。"""
        return self._step("refuse", TransferRefuseSerializer, request)

    @extend_schema(request=TransferStepSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调入方确认接收。"""
        return self._step("accept", TransferStepSerializer, request)

    @extend_schema(request=TransferSendSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调出方登记调出。"""
        return self._step("send", TransferSendSerializer, request)

    @extend_schema(request=TransferReceiveSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调入方登记收到。"""
        return self._step("receive", TransferReceiveSerializer, request)

    @extend_schema(request=TransferWithdrawSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """调出前任一方撤回。"""
        return self._step("withdraw", TransferWithdrawSerializer, request)

    def _step(
        self, verb: str, kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        row: Transfer = self.get_object()
        require(whose_step(TRANSFER_MACHINE, verb, row, transfer_standings(self.scope, row)))
        values = self.values(kind, request)
        seen = values.pop("version")
        row = step_transfer(
            transfer=row, verb=verb, values=values, by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=seen,
        )  # fmt: skip
        return self.answer(row)
