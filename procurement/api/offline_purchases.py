"""Purchases off the platform by API: the same operations and sight as the pages."""

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
from catalog.api.quality_serializers import ProductCodeField, TraderCodeField
from core.api.parsing import StrictJSONParser
from core.transitions import Verdict
from organisations.api.base import acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import served
from procurement.api.case_serializers import CaseWordsSerializer
from procurement.filters.offline_purchases import OfflineFilter
from procurement.models import OfflinePurchase
from procurement.operations.offline_purchases import (
    correct_surge,
    record_offline,
    step_offline,
)
from procurement.queries.offline_purchases import (
    may_record_offline,
    offline_papers,
    offline_standings,
    visible_offline_purchases,
)
from procurement.rules.case_steps import whose_step
from procurement.states.offline_purchase import BUYER, CLAUSE, OFFLINE_MACHINE

NOT_BUYER = "应急需求编号由采购的医疗机构更正"


class OfflinePurchaseSerializer(serializers.ModelSerializer[OfflinePurchase]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    surge_no = serializers.CharField(source="surge.report_no", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = OfflinePurchase
        fields = (
            "purchase_no", "source", "institution", "institution_name", "product", "product_name",
            "packs", "unit_price", "bought_on", "seller", "finding", "reason", "surge_no", "recorded_at",
            "note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewOfflinePurchaseSerializer(serializers.Serializer[Any]):
    institution = TraderCodeField(required=False, allow_null=True)
    product = ProductCodeField()
    packs = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)
    unit_price = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)
    bought_on = serializers.DateField()
    seller = serializers.CharField(max_length=200)
    surge_no = serializers.CharField(max_length=24, allow_blank=True, required=False, default="")
    words = serializers.CharField(max_length=2000)
    files = uploads_field(required=False, default=list)


class SurgeCorrectionSerializer(CaseWordsSerializer):
    """Empty for none."""

    surge_no = serializers.CharField(max_length=24, allow_blank=True)


class OfflinePurchaseViewSet(QualityViewSet):
    """线下采购。医疗机构登记或说明，所属医保局审核。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = OfflinePurchaseSerializer
    filterset_class = OfflineFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    lookup_field = "purchase_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[OfflinePurchase]:
        return visible_offline_purchases(scope).select_related("product", "institution", "surge")

    @extend_schema(request=NewOfflinePurchaseSerializer, responses={201: OfflinePurchaseSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记线下采购；医疗机构须以 multipart 的 files 上传凭证，医保部门须填 institution。"""
        require(may_record_offline(self.scope))
        values = self.values(NewOfflinePurchaseSerializer, request)
        uploads = values.pop("files")
        row = record_offline(
            uploads=uploads, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=CaseWordsSerializer, responses=OfflinePurchaseSerializer)
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构说明原因。"""
        return self._step("explain", request)

    @extend_schema(request=CaseWordsSerializer, responses=OfflinePurchaseSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局认定原因成立。"""
        return self._step("accept", request)

    @extend_schema(request=CaseWordsSerializer, responses=OfflinePurchaseSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局认定原因不成立，次日起预警。"""
        return self._step("refuse", request)

    @extend_schema(request=SurgeCorrectionSerializer, responses=OfflinePurchaseSerializer)
    @action(detail=True, methods=["post"], url_path="correct-surge", url_name="correct-surge")
    def correct_surge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构更正应急需求编号；不是为应急需求而买的写空。"""
        row: OfflinePurchase = self.get_object()
        require(Verdict(BUYER in offline_standings(self.scope, row), NOT_BUYER, CLAUSE))
        values = self.values(SurgeCorrectionSerializer, request)
        moved = correct_surge(
            purchase=row, surge_no=values["surge_no"], words=values["words"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self.answer(moved)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部凭证；原文件见 files/{id}/。"""
        return Response(KeptFileSerializer(offline_papers(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份凭证的原文件；未通过检查的不提供。"""
        return served(request, offline_papers(self.get_object()), kwargs["file_id"])

    def _step(self, verb: str, request: Request) -> Response:
        row: OfflinePurchase = self.get_object()
        require(whose_step(OFFLINE_MACHINE, verb, row, offline_standings(self.scope, row)))
        values = self.values(CaseWordsSerializer, request)
        moved = step_offline(
            purchase=row, verb=verb, words=values["words"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self.answer(moved)
