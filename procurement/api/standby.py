"""Standby cases by API: the same operations and sight as the pages."""

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
from core.api.parsing import StrictJSONParser
from organisations.api.base import acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.registrations import region_by_code
from organisations.queries.scope import Scope
from organisations.views.files import served
from procurement.api.case_serializers import CaseWordsSerializer
from procurement.filters.standby import StandbyFilter
from procurement.models import StandbyCase
from procurement.operations.standby import answer_notice, end_standby, give_notice, start_standby
from procurement.queries.standby import (
    case_papers,
    may_give_notice,
    standby_standings,
    visible_standby_cases,
)
from procurement.rules.case_steps import whose_step
from procurement.states.standby import STANDBY_MACHINE


class RegionCodeField(serializers.CharField):
    """A region by its six digits; regions are public."""

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        found = region_by_code(code) if len(code) == 6 and code.isdigit() else None
        if found is None:
            raise serializers.ValidationError("没有这个行政区划代码，请填写六位代码，如 360100")
        return found


class StandbyCaseSerializer(serializers.ModelSerializer[StandbyCase]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)
    batch = serializers.CharField(source="batch.code", read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    region_name = serializers.CharField(source="region.name", read_only=True)
    given_by_name = serializers.CharField(source="given_by.name", read_only=True)
    standby_product = serializers.CharField(
        source="standby_product.code", default=None, read_only=True
    )
    standby_product_name = serializers.CharField(
        source="standby_product.name", default=None, read_only=True
    )
    standby_manufacturer_name = serializers.CharField(
        source="standby_manufacturer.name", default=None, read_only=True
    )
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = StandbyCase
        fields = (
            "case_no", "source", "product", "product_name", "manufacturer_name", "batch",
            "region", "region_name", "unable_from", "description", "given_by_name", "given_at",
            "standby_product", "standby_product_name", "standby_manufacturer_name", "starts_on",
            "ends_on", "note", "closing_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewStandbySerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    regions = serializers.ListField(child=RegionCodeField(), min_length=1, max_length=20)
    unable_from = serializers.DateField()
    description = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class StandbyStartSerializer(serializers.Serializer[Any]):
    standby_product = ProductCodeField()
    starts_on = serializers.DateField()
    note = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1)


class StandbyEndSerializer(serializers.Serializer[Any]):
    ends_on = serializers.DateField()
    closing_note = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1)


class StandbyCaseViewSet(QualityViewSet):
    """备供启动。已启动的对全行业公开；等待决定的只给提交单位、中选企业和省市主管部门。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = StandbyCaseSerializer
    filterset_class = StandbyFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    lookup_field = "case_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[StandbyCase]:
        return visible_standby_cases(scope).select_related(
            "product", "manufacturer", "batch", "region", "province", "given_by",
            "standby_product", "standby_manufacturer",
        )  # fmt: skip

    @extend_schema(request=NewStandbySerializer, responses={201: StandbyCaseSerializer(many=True)})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """报告不能供应；每个供应地区一件。书面报告以 multipart 的 files 上传。"""
        require(may_give_notice(self.scope))
        values = self.values(NewStandbySerializer, request)
        uploads = values.pop("files")
        cases = give_notice(
            uploads=uploads, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        answer = self.get_serializer(cases, many=True)
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=StandbyStartSerializer, responses=StandbyCaseSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级受理并启动备供；期间到货的备供产品视同中选。"""
        case = self._of_step("start")
        values = self.values(StandbyStartSerializer, request)
        seen = values.pop("version")
        row = start_standby(
            case=case, by=acting(request), scope=self.scope, at=timezone.now(), seen_version=seen,
            **values,
        )  # fmt: skip
        return self.answer(row)

    @extend_schema(request=StandbyEndSerializer, responses=StandbyCaseSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级结束备供；结束日当天仍计入。"""
        case = self._of_step("end")
        values = self.values(StandbyEndSerializer, request)
        seen = values.pop("version")
        row = end_standby(
            case=case, by=acting(request), scope=self.scope, at=timezone.now(), seen_version=seen,
            **values,
        )  # fmt: skip
        return self.answer(row)

    @extend_schema(request=CaseWordsSerializer, responses=StandbyCaseSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级不予启动，说明原因。"""
        return self._words("refuse", request)

    @extend_schema(request=CaseWordsSerializer, responses=StandbyCaseSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提交单位撤回。"""
        return self._words("withdraw", request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部材料；原文件见 files/{id}/。"""
        return Response(KeptFileSerializer(case_papers(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, case_papers(self.get_object()), kwargs["file_id"])

    def _words(self, verb: str, request: Request) -> Response:
        case = self._of_step(verb)
        values = self.values(CaseWordsSerializer, request)
        row = answer_notice(
            case=case, verb=verb, words=values["words"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self.answer(row)

    def _of_step(self, verb: str) -> StandbyCase:
        case: StandbyCase = self.get_object()
        require(whose_step(STANDBY_MACHINE, verb, case, standby_standings(self.scope, case)))
        return case
