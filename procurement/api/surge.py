"""Reports of a surge by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import QualityViewSet, require
from catalog.api.quality_serializers import ProductCodeField
from core.api.numbers import PlainDecimalField
from core.api.parsing import StrictJSONParser
from organisations.api.base import acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import served
from procurement.api.case_serializers import CaseWordsSerializer
from procurement.api.surge_cases import NewTransferSerializer, TransferSerializer
from procurement.filters.surge import SurgeFilter
from procurement.models import EmergencyPurchase, SurgeReport
from procurement.operations.emergency_purchases import tie_lines, untie_lines
from procurement.operations.surge import answer_surge, report_surge, verify_surge
from procurement.operations.transfers import ask_transfer
from procurement.queries.emergency_purchases import tied_lines
from procurement.queries.surge import (
    may_report_surge,
    supply_options,
    surge_papers,
    surge_standings,
    visible_surge_reports,
)
from procurement.rules.case_steps import whose_step
from procurement.states.surge import SURGE_MACHINE


class SurgeReportSerializer(serializers.ModelSerializer[SurgeReport]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    bought_product = serializers.CharField(
        source="bought_product.code", default=None, read_only=True
    )
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = SurgeReport
        fields = (
            "report_no", "institution", "institution_name", "product", "product_name", "cause",
            "needed_packs", "days_of_stock", "description", "reported_at", "bought_product",
            "kind", "from_on", "to_on", "note", "closing_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewSurgeSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    cause = serializers.ChoiceField(choices=SurgeReport.Cause.choices)
    needed_packs = PlainDecimalField(max_digits=17, decimal_places=4, min_value=0)
    days_of_stock = serializers.IntegerField(min_value=0, max_value=999)
    description = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class SurgeVerifySerializer(serializers.Serializer[Any]):
    bought_product = ProductCodeField()
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    note = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1)


class EmergencyLineSerializer(serializers.Serializer[Any]):
    """One order line, by its numbers."""

    order_no = serializers.CharField(max_length=60)
    line_no = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


class EmergencyLinesSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(child=EmergencyLineSerializer(), min_length=1, max_length=50)


class UntieLinesSerializer(EmergencyLinesSerializer):
    words = serializers.CharField(max_length=500)


class EmergencyPurchaseSerializer(serializers.ModelSerializer[EmergencyPurchase]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)

    class Meta:
        model = EmergencyPurchase
        fields = (
            "order_no", "line_no", "ordered_at", "product", "product_name", "packs", "tied_at",
        )  # fmt: skip
        read_only_fields = fields


class SurgeOptionSerializer(serializers.Serializer[Any]):
    way = serializers.CharField(read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    manufacturer_name = serializers.CharField(source="product.manufacturer.name", read_only=True)
    place = serializers.CharField(read_only=True)
    stock = serializers.CharField(read_only=True)


class SurgeReportViewSet(QualityViewSet):
    """应急需求。医疗机构报告，所在设区市医保局（省直机构为省局）核实。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = SurgeReportSerializer
    filterset_class = SurgeFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    lookup_field = "report_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[SurgeReport]:
        return visible_surge_reports(scope).select_related(
            "product", "institution__region__parent", "county", "city", "bought_product"
        )

    @extend_schema(request=NewSurgeSerializer, responses={201: SurgeReportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构报告应急需求；证明材料以 multipart 的 files 上传。"""
        require(may_report_surge(self.scope))
        values = self.values(NewSurgeSerializer, request)
        uploads = values.pop("files")
        row = report_surge(
            uploads=uploads, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=SurgeVerifySerializer, responses=SurgeReportSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核实应急采购，写入考核豁免。"""
        row = self._of_step("verify")
        values = self.values(SurgeVerifySerializer, request)
        seen = values.pop("version")
        row = verify_surge(
            report=row, by=acting(request), scope=self.scope, at=timezone.now(), seen_version=seen,
            **values,
        )  # fmt: skip
        return self.answer(row)

    @extend_schema(request=CaseWordsSerializer, responses=SurgeReportSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予认定，说明原因。"""
        return self._words("refuse", request)

    @extend_schema(request=CaseWordsSerializer, responses=SurgeReportSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构撤回。"""
        return self._words("withdraw", request)

    @extend_schema(responses=SurgeOptionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def alternatives(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """可以采购的产品：本地区中选、本地区备供、其他地区中选、可替代药品。"""
        found = supply_options(self.get_object(), timezone.localdate())
        return Response(SurgeOptionSerializer(found, many=True).data)

    @extend_schema(responses=EmergencyPurchaseSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def purchases(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """已登记的应急采购订单行。"""
        found = tied_lines(self.scope, self.get_object())
        return Response(EmergencyPurchaseSerializer(found, many=True).data)

    @extend_schema(
        request=EmergencyLinesSerializer, responses={201: EmergencyPurchaseSerializer(many=True)}
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def tie(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构登记为这次应急需求而下的订单行，全部登记或全部不登记。"""
        report: SurgeReport = self.get_object()
        require(may_report_surge(self.scope))
        lines = self.values(EmergencyLinesSerializer, request)["lines"]
        made = tie_lines(
            report=report, lines=[(each["order_no"], each["line_no"]) for each in lines],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(EmergencyPurchaseSerializer(made, many=True).data, status.HTTP_201_CREATED)

    @extend_schema(
        request=UntieLinesSerializer, responses={201: EmergencyPurchaseSerializer(many=True)}
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def untie(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """更正：登记有误的订单行不再是这次的应急采购，写明原因；原登记保留。"""
        report: SurgeReport = self.get_object()
        require(may_report_surge(self.scope))
        values = self.values(UntieLinesSerializer, request)
        made = untie_lines(
            report=report, lines=[(each["order_no"], each["line_no"]) for each in values["lines"]],
            words=values["words"], by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(EmergencyPurchaseSerializer(made, many=True).data, status.HTTP_201_CREATED)

    @extend_schema(request=NewTransferSerializer, responses={201: TransferSerializer})
    @action(detail=True, methods=["post"], url_path="ask-transfer", url_name="ask-transfer")
    def ask_transfer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """向本市最近 90 天收到过该产品的一家医疗机构申请调剂。"""
        report: SurgeReport = self.get_object()
        require(may_report_surge(self.scope))
        values = self.values(NewTransferSerializer, request)
        row = ask_transfer(
            report=report, lender_code=values.pop("lender"), by=acting(request), scope=self.scope,
            at=timezone.now(), **values,
        )  # fmt: skip
        return Response(TransferSerializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部材料；原文件见 files/{id}/。"""
        return Response(KeptFileSerializer(surge_papers(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, surge_papers(self.get_object()), kwargs["file_id"])

    def _words(self, verb: str, request: Request) -> Response:
        row = self._of_step(verb)
        values = self.values(CaseWordsSerializer, request)
        row = answer_surge(
            report=row, verb=verb, words=values["words"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self.answer(row)

    def _of_step(self, verb: str) -> SurgeReport:
        row: SurgeReport = self.get_object()
        require(whose_step(SURGE_MACHINE, verb, row, surge_standings(self.scope, row)))
        return row
