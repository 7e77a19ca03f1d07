"""线索 under /api/v1/: for the people who read them in the pages; tokens never do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.job_serializers import JobSerializer
from monitoring.filters.lead import LeadFilter
from monitoring.models import Lead
from monitoring.operations.leads.find import request_lead_search
from monitoring.operations.leads.steps import WORDS, perform_lead_step, transfer_lead
from monitoring.queries.jobs import job_row
from monitoring.queries.leads import SHOWN_WITH, lead_files, reads_leads, visible_leads
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import served


class LeadSerializer(serializers.ModelSerializer[Lead]):
    institution: Any = serializers.CharField(
        source="institution.code", default=None, read_only=True
    )
    enterprise: Any = serializers.CharField(source="enterprise.code", default=None, read_only=True)
    group: Any = serializers.CharField(source="group.code", default=None, read_only=True)
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)
    receiver: Any = serializers.CharField(source="receiver.code", default=None, read_only=True)
    measured = serializers.DecimalField(max_digits=28, decimal_places=8, read_only=True)
    compared = serializers.DecimalField(max_digits=28, decimal_places=8, read_only=True)
    amount = serializers.DecimalField(max_digits=28, decimal_places=8, read_only=True)
    evidence = serializers.DictField(read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Lead
        fields = (
            "lead_no", "kind", "institution", "enterprise", "group", "product", "period_from",
            "period_to", "measured", "compared", "amount", "method", "finding", "evidence",
            "digest", "found_at", "check_note", "receiver", "transfer_note", "transferred_at",
            "outcome", "state", "version",
        )  # fmt: skip
        read_only_fields = fields


class LeadSearchRequestSerializer(serializers.Serializer[Any]):
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class LeadStepSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=WORDS)
    note = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class LeadTransferSerializer(serializers.Serializer[Any]):
    receiver = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=4000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class LeadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """线索：筛查、核查、移交、反馈；只有“线索查办”角色和接收单位可用，接口令牌不可用。"""

    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "lead_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return reads_leads(scope)

    def visible(self, scope: Scope) -> QuerySet[Lead]:
        return visible_leads(scope).select_related(*SHOWN_WITH)

    def _fresh(self, lead: Lead) -> Response:
        return Response(self.get_serializer(self.visible(self.scope).get(pk=lead.pk)).data)

    @extend_schema(request=LeadSearchRequestSerializer, responses=JobSerializer)
    @action(detail=False, methods=["post"])
    def search(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按期末月份筛查；返回后台任务。"""
        values = values_of(LeadSearchRequestSerializer, request)
        job = request_lead_search(
            month=values["month"], by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response(JobSerializer(job_row(self.scope, job)).data)

    @extend_schema(request=LeadStepSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def step(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核查属实、排除、重新核查，或接收单位反馈；材料以 files 上传。"""
        values = values_of(LeadStepSerializer, request)
        moved = perform_lead_step(
            lead=self.get_object(), verb=values["verb"], note=values["note"],
            uploads=values["files"], by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._fresh(moved)

    @extend_schema(request=LeadTransferSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """移交给纪检监察、卫健或药监；生成移交函和相关订单表。"""
        values = values_of(LeadTransferSerializer, request)
        moved = transfer_lead(
            lead=self.get_object(), receiver=values["receiver"], note=values["note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._fresh(moved)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核查材料、移交函和相关订单表。"""
        return Response(KeptFileSerializer(lead_files(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份文件的内容。"""
        return served(request, lead_files(self.get_object()), kwargs["file_id"])
