"""结余留用 by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from core.transitions import MissingInput, NotYours
from core.transitions.machine import StateMachine
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import paper_answer, served
from procurement.rules.case_steps import whose_step
from settlement.documents.retention import sheet_pdf
from settlement.filters.retention import (
    RetentionRowFilter,
    RetentionRunFilter,
    RetentionSheetFilter,
)
from settlement.models import RetentionRow, RetentionRun, RetentionSheet
from settlement.operations.retention_request import request_retention
from settlement.operations.retention_run import (
    agree_payment,
    answer_finance,
    give_notice,
    publish_run,
    request_payment,
    start_check,
)
from settlement.operations.retention_sheet import (
    answer_sheet,
    appeal_sheet,
    decide_appeal,
    file_share_out,
    note_overlap,
)
from settlement.queries.navigation import sees_retention
from settlement.queries.retention import (
    appeal_papers,
    own_pools,
    run_standings,
    sheet_standings,
    starts_retention,
    visible_retention_rows,
    visible_retention_runs,
    visible_retention_sheets,
    year_named,
    year_of,
)
from settlement.states.retention import RUN_MACHINE, SHEET_MACHINE
from settlement.tables.retention import money, share_of, six, why_failed

VERB = r"acts/(?P<verb>[a-z_]{1,20})"
AMOUNT: dict[str, Any] = {"max_digits": 18, "decimal_places": 2, "min_value": 0, "default": 0}


class RetentionRunSerializer(serializers.ModelSerializer[RetentionRun]):
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    pool: Any = serializers.CharField(source="pool.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = RetentionRun
        fields = (
            "run_no", "batch", "year_no", "pool", "basis", "ratio_max", "tolerance", "share_max",
            "computed_at", "published_at", "appeal_due_on", "notice_from", "notice_to",
            "finance_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class RetentionSheetSerializer(serializers.ModelSerializer[RetentionSheet]):
    run: Any = serializers.CharField(source="run.run_no", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    base: Any = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = RetentionSheet
        fields = (
            "sheet_no", "run", "institution", "institution_name", "rows_count", "passed_count",
            "missing_count", "base", "retained", "overlap", "overlap_note", "self_check_note",
            "appeal_text", "decision_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_base(self, row: RetentionSheet) -> str:
        return f"{money(row.base)}"


class RetentionRowSerializer(serializers.ModelSerializer[RetentionRow]):
    """As the export: money to 0.01, ratio to 6 decimals, quantities exact."""

    batch_code = serializers.CharField(source="run.batch.code", read_only=True)
    year_no = serializers.IntegerField(source="run.year_no", read_only=True)
    institution_code = serializers.CharField(source="institution.code", read_only=True)
    group_code = serializers.CharField(source="group.code", read_only=True)
    actual_qty: Any = serializers.SerializerMethodField()
    basis_qty: Any = serializers.SerializerMethodField()
    budget: Any = serializers.SerializerMethodField()
    spend: Any = serializers.SerializerMethodField()
    base: Any = serializers.SerializerMethodField()
    ratio: Any = serializers.SerializerMethodField()

    class Meta:
        model = RetentionRow
        fields = (
            "batch_code", "year_no", "institution_code", "group_code", "reported_qty",
            "actual_qty", "basis_qty", "baseline_price", "fund_share_before", "fund_share",
            "insured_share", "budget", "spend", "base", "passed", "failed_because", "ratio",
            "retained",
        )  # fmt: skip
        read_only_fields = fields

    def get_actual_qty(self, row: RetentionRow) -> str:
        return _text(row.actual_qty) or "0"

    def get_basis_qty(self, row: RetentionRow) -> str | None:
        return _text(row.basis_qty)

    def get_budget(self, row: RetentionRow) -> str | None:
        return _money(row.budget)

    def get_spend(self, row: RetentionRow) -> str | None:
        return _money(row.spend)

    def get_base(self, row: RetentionRow) -> str | None:
        return _money(row.base)

    def get_ratio(self, row: RetentionRow) -> str | None:
        ratio = six(row.ratio)
        return None if ratio is None else f"{ratio:f}"


class YearAssessmentSerializer(serializers.ModelSerializer[RetentionRow]):
    batch_code = serializers.CharField(source="run.batch.code", read_only=True)
    year_no = serializers.IntegerField(source="run.year_no", read_only=True)
    institution_code = serializers.CharField(source="institution.code", read_only=True)
    group_code = serializers.CharField(source="group.code", read_only=True)
    assessed_reason = serializers.SerializerMethodField()
    non_selected_share = serializers.SerializerMethodField()

    class Meta:
        model = RetentionRow
        fields = (
            "batch_code", "year_no", "institution_code", "group_code", "passed",
            "assessed_because", "assessed_reason", "agreed_qty", "completed_qty",
            "non_selected_share",
        )  # fmt: skip
        read_only_fields = fields

    def get_assessed_reason(self, row: RetentionRow) -> str:
        return why_failed(row)

    def get_non_selected_share(self, row: RetentionRow) -> str | None:
        share = six(share_of(row))
        return None if share is None else f"{share:f}"


class NewRetentionSerializer(serializers.Serializer[Any]):
    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    pool = serializers.CharField(max_length=40)


class RetentionJobSerializer(serializers.Serializer[Any]):
    job = serializers.IntegerField(read_only=True)


class RunActSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    notice_to = serializers.DateField(required=False, allow_null=True, default=None)


class SheetActSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    words = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    files = uploads_field(required=False, default=list)
    staff_amount = serializers.DecimalField(**AMOUNT)
    members_amount = serializers.DecimalField(**AMOUNT)
    other_amount = serializers.DecimalField(**AMOUNT)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(value: Any) -> str | None:
    found = money(value)
    return None if found is None else f"{found:.2f}"


class RetentionEndpoint(mixins.ListModelMixin, ScopedViewSet):
    """What all endpoints here share."""

    token_subject: ClassVar[str] = "settlement"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_retention(scope)


def _mine(machine: StateMachine[Any], verb: str, row: Any, standings: frozenset[str]) -> None:
    """Whose step it is not learns that before anything that they sent is looked at."""
    if verb not in {step.verb for step in machine.transitions}:
        raise Http404
    said = whose_step(machine, verb, row, standings)
    if not said:
        raise NotYours.of(said)


class RetentionRunViewSet(mixins.RetrieveModelMixin, RetentionEndpoint):
    """结余留用测算：按批次采购年度和统筹区。"""

    serializer_class = RetentionRunSerializer
    filterset_class = RetentionRunFilter
    lookup_field = "run_no"
    lookup_value_regex = r"[A-Za-z0-9-]{1,40}"

    def visible(self, scope: Scope) -> QuerySet[RetentionRun]:
        return visible_retention_runs(scope).select_related("batch", "pool")

    @extend_schema(request=NewRetentionSerializer, responses={202: RetentionJobSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """开始测算本级统筹区的一个采购年度；进度见 jobs。"""
        said = starts_retention(self.scope)
        if not said:
            raise NotYours.of(said)
        values = values_of(NewRetentionSerializer, request)
        pool = own_pools(self.scope).filter(code=values["pool"]).first()
        if pool is None:
            raise MissingInput("pool", "本级没有这个统筹区代码，请核对")
        year = year_named(self.scope, values["batch"], values["year_no"])
        if year is None:
            raise MissingInput("year_no", "没有这个批次的这个采购年度，请核对批次代码和年度序号")
        job = request_retention(
            year=year, pool=pool, by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=RunActSerializer, responses=RetentionRunSerializer)
    @action(detail=True, methods=["post"], url_path=VERB)
    def act(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办理一步：compute、start_check、publish、give_notice、countersign、send_back、agree_pay、pay。"""
        row: RetentionRun = self.get_object()
        verb = kwargs["verb"]
        _mine(RUN_MACHINE, verb, row, run_standings(self.scope, row))
        values = values_of(RunActSerializer, request)
        common: dict[str, Any] = {
            "by": acting(request), "scope": self.scope, "at": timezone.now(),
        }  # fmt: skip
        seen = {"run": row, "seen_version": values["version"]} | common
        match verb:
            case "compute":
                request_retention(year=year_of(row), pool=row.pool, **common)
            case "start_check":
                start_check(**seen)
            case "publish":
                publish_run(**seen)
            case "agree_pay":
                agree_payment(**seen)
            case "pay":
                request_payment(**seen)
            case "give_notice":
                if values["notice_to"] is None:
                    raise MissingInput("notice_to", "请填写公示截止日期")
                give_notice(notice_to=values["notice_to"], **seen)
            case _:
                answer_finance(verb=verb, finance_note=values["words"], **seen)
        return Response(self.get_serializer(self.get_object()).data)


class RetentionSheetViewSet(mixins.RetrieveModelMixin, RetentionEndpoint):
    """结余留用测算说明：每家医疗机构一份，医共体为牵头机构。"""

    serializer_class = RetentionSheetSerializer
    filterset_class = RetentionSheetFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    lookup_field = "sheet_no"
    lookup_value_regex = r"[A-Za-z0-9-]{1,60}"

    def visible(self, scope: Scope) -> QuerySet[RetentionSheet]:
        return visible_retention_sheets(scope).select_related(
            "institution", "run__batch", "run__pool"
        )

    @extend_schema(request=SheetActSerializer, responses=RetentionSheetSerializer)
    @action(detail=True, methods=["post"], url_path=VERB)
    def act(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办理一步：self_check、confirm、appeal（以 multipart 的 files 上传证明）、maintain、adjust、file。"""
        row: RetentionSheet = self.get_object()
        verb = kwargs["verb"]
        _mine(SHEET_MACHINE, verb, row, sheet_standings(self.scope, row))
        values = values_of(SheetActSerializer, request)
        common: dict[str, Any] = {
            "sheet": row, "by": acting(request), "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        words = values["words"]
        match verb:
            case "appeal":
                appeal_sheet(words=words, uploads=values["files"], **common)
            case "maintain" | "adjust":
                decide_appeal(verb=verb, words=words, **common)
            case "file":
                file_share_out(
                    staff_amount=values["staff_amount"], members_amount=values["members_amount"],
                    other_amount=values["other_amount"], method=words, **common,
                )  # fmt: skip
            case _:
                answer_sheet(verb=verb, words=words, **common)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=SheetActSerializer, responses=RetentionSheetSerializer)
    @action(detail=True, methods=["post"])
    def overlap(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """标注与支付方式激励重叠；words 为空则取消。"""
        row: RetentionSheet = self.get_object()
        values = values_of(SheetActSerializer, request)
        note_overlap(
            sheet=row, note=values["words"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return Response(self.get_serializer(self.get_object()).data)

    @as_binary
    @action(detail=True, methods=["get"])
    def paper(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """测算说明（PDF）。"""
        sheet: RetentionSheet = self.get_object()
        return paper_answer(request, f"结余留用测算说明_{sheet.sheet_no}.pdf", sheet_pdf(sheet))

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申诉材料；原文件见 files/{id}/。"""
        return Response(KeptFileSerializer(appeal_papers(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份申诉材料的原文件；未通过检查的不提供。"""
        return served(request, appeal_papers(self.get_object()), kwargs["file_id"])


class RetentionRowViewSet(RetentionEndpoint):
    """结余留用明细：列与导出文件一致。"""

    serializer_class = RetentionRowSerializer
    filterset_class = RetentionRowFilter

    def visible(self, scope: Scope) -> QuerySet[RetentionRow]:
        return visible_retention_rows(scope).select_related(
            "institution", "group", "sheet", "run__batch"
        )


class YearAssessmentViewSet(RetentionEndpoint):
    """年度考核：每家机构每个品种合格与否和原因，用于总额预算和绩效分级。"""

    serializer_class = YearAssessmentSerializer
    filterset_class = RetentionRowFilter

    def visible(self, scope: Scope) -> QuerySet[RetentionRow]:
        return visible_retention_rows(scope).select_related(
            "institution", "group", "sheet", "run__batch"
        )
