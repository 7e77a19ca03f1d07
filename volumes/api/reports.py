"""Reports, their sheet and letters, and members' sheets under /api/v1/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served
from volumes.api import report_serializers as kinds
from volumes.api.task_serializers import ReportStepSerializer
from volumes.filters import VolumeReportFilter
from volumes.models import MemberSheet, VolumeReport
from volumes.operations.reports import inside, member_sheets
from volumes.operations.reports.letters import (
    make_letter,
    may_sign,
    sign_electronically,
    sign_scanned,
)
from volumes.operations.reports.save import save_figures
from volumes.operations.tasks.extend import extend_report
from volumes.queries.report_page import files_of
from volumes.queries.rows import reports_with_parties
from volumes.queries.sheet import member_sheet_rows, report_sheet
from volumes.queries.visible import sees_reports, visible_member_sheets
from volumes.rules.figures import FigureProblem, WrongFigures

DETAIL = kinds.VolumeReportDetailSerializer
SHEET = kinds.MemberSheetDetailSerializer
R = TypeVar("R")


class VolumeReportViewSet(mixins.ListModelMixin, ScopedViewSet):
    """报量：填报、院内审核、承诺函、提交、撤回、延期。"""

    serializer_class = kinds.VolumeReportSerializer
    filterset_class = VolumeReportFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "volumes"
    lookup_field = "report_no"
    lookup_value_regex = r"[A-Za-z0-9-]{1,40}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)

    def visible(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_with_parties(scope).select_related("task__batch__policy")

    @extend_schema(responses=DETAIL)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一份报量及其报量表、承诺函；数量以品种的计量单位计。"""
        return self._answer(self.get_object())

    @extend_schema(request=kinds.ReportFiguresSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def figures(self, request: Request, **kwargs: Any) -> Response:
        """保存数字：给出的品种全部写入，有一处错误都不写；改动数字使承诺函失效。"""
        report = self.get_object()
        values = values_of(kinds.ReportFiguresSerializer, request)
        return self._answer(
            told(
                save_figures, report=report, inputs=kinds.figure_inputs(values), by=acting(request),
                scope=self.scope, at=timezone.now(), seen_version=values["version"], source="api",
            )
        )  # fmt: skip

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"], url_path="hand-in", url_name="hand-in")
    def hand_in(self, request: Request, **kwargs: Any) -> Response:
        """送院内审核：数字固定，计算摘要。"""
        return self._step(request, inside.hand_in_report)

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, **kwargs: Any) -> Response:
        """经办撤回修改。"""
        return self._step(request, inside.recall_report)

    @extend_schema(request=kinds.ReportOpinionSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"], url_path="hand-back", url_name="hand-back")
    def hand_back(self, request: Request, **kwargs: Any) -> Response:
        """审核或负责人退回经办修改。"""
        return self._step(request, inside.hand_back_report, kinds.ReportOpinionSerializer)

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def endorse(self, request: Request, **kwargs: Any) -> Response:
        """院内审核通过。"""
        return self._step(request, inside.endorse_report)

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """负责人提交；截止时刻之前的最后一秒有效。"""
        return self._step(request, inside.submit_report)

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """医保局开始审核前撤回提交。"""
        return self._step(request, inside.withdraw_report)

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def compile(self, request: Request, **kwargs: Any) -> Response:
        """牵头机构按成员报来的数字汇总；写有汇总说明的品种保留。"""
        return self._step(request, member_sheets.compile_report)

    @extend_schema(request=kinds.NewReportExtensionSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, **kwargs: Any) -> Response:
        """医保局对一家单位延期；截止以后即重新开放。"""
        report = self.get_object()
        values = values_of(kinds.NewReportExtensionSerializer, request)
        extend_report(
            report=report, until=values["until"], reason=values["reason"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self._answer(self.get_object())

    @extend_schema(request=ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def letters(self, request: Request, **kwargs: Any) -> Response:
        """按固定的数字生成承诺函 PDF。"""
        report = self.get_object()
        values = values_of(ReportStepSerializer, request)
        make_letter(
            report=report, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip
        return self._answer(self.get_object())

    @extend_schema(
        request={"multipart/form-data": kinds.SignReportLetterSerializer}, responses=DETAIL
    )
    @action(
        detail=True, methods=["post"], url_path=r"letters/(?P<letter_no>\d{1,6})/sign",
        url_name="letter-sign",
    )  # fmt: skip
    def sign_letter(self, request: Request, **kwargs: Any) -> Response:
        """上传签字盖章的扫描件。"""
        report = self.get_object()
        may_sign(self.scope, report)
        letter = report.letters.filter(letter_no=int(kwargs["letter_no"])).first()
        if letter is None:
            raise Http404
        letter.report = report
        values = values_of(kinds.SignReportLetterSerializer, request)
        sign_scanned(
            letter=letter, upload=values["files"], signer_name=values["signer_name"],
            signer_post=values["signer_post"], signed_on=values["signed_on"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(self.get_object())

    @extend_schema(request=kinds.SignElectronicallySerializer, responses=DETAIL)
    @action(
        detail=True, methods=["post"], url_name="letter-sign-electronically",
        url_path=r"letters/(?P<letter_no>\d{1,6})/sign-electronically",
    )  # fmt: skip
    def sign_letter_electronically(self, request: Request, **kwargs: Any) -> Response:
        """负责人用本单位的签名证书电子签署承诺函。"""
        report = self.get_object()
        may_sign(self.scope, report)
        letter = report.letters.filter(letter_no=int(kwargs["letter_no"])).first()
        if letter is None:
            raise Http404
        letter.report = report
        values = values_of(kinds.SignElectronicallySerializer, request)
        sign_electronically(
            letter=letter, signer_post=values["signer_post"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self._answer(self.get_object())

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """承诺函及其扫描件的原文件。"""
        return served(request, files_of(self.get_object()), kwargs["file_id"])

    def _step(
        self,
        request: Request,
        operation: Callable[..., VolumeReport],
        form: type[serializers.Serializer[Any]] = ReportStepSerializer,
    ) -> Response:
        report = self.get_object()
        values = values_of(form, request)
        moved = told(
            operation, report=report, seen_version=values.pop("version"), by=acting(request),
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return self._answer(moved)

    def _answer(self, report: VolumeReport) -> Response:
        report.sheet_rows = report_sheet(report)  # type: ignore[attr-defined]
        return Response(DETAIL(report).data)


class MemberSheetViewSet(mixins.ListModelMixin, ScopedViewSet):
    """医共体成员填报：填写、报牵头机构、撤回、退回。"""

    serializer_class = kinds.MemberSheetSerializer
    token_subject = "volumes"
    lookup_field = "pk"
    lookup_value_regex = r"\d{1,18}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)

    def visible(self, scope: Scope) -> QuerySet[MemberSheet]:
        return visible_member_sheets(scope).select_related(
            "report__task__batch__policy", "institution"
        )

    @extend_schema(responses=SHEET)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一份成员填报及其数字。"""
        return self._answer(self.get_object())

    @extend_schema(request=kinds.ReportFiguresSerializer, responses=SHEET)
    @action(detail=True, methods=["post"])
    def figures(self, request: Request, **kwargs: Any) -> Response:
        """保存成员的数字。"""
        sheet = self.get_object()
        values = values_of(kinds.ReportFiguresSerializer, request)
        return self._answer(
            told(
                member_sheets.save_member_figures, sheet=sheet, inputs=kinds.figure_inputs(values),
                by=acting(request), scope=self.scope, at=timezone.now(),
                seen_version=values["version"], source="api",
            )
        )  # fmt: skip

    @extend_schema(request=ReportStepSerializer, responses=SHEET)
    @action(detail=True, methods=["post"], url_path="hand-in", url_name="hand-in")
    def hand_in(self, request: Request, **kwargs: Any) -> Response:
        """报牵头机构。"""
        return self._step(request, member_sheets.hand_in_sheet)

    @extend_schema(request=ReportStepSerializer, responses=SHEET)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, **kwargs: Any) -> Response:
        """撤回修改。"""
        return self._step(request, member_sheets.recall_sheet)

    @extend_schema(request=kinds.ReportOpinionSerializer, responses=SHEET)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """牵头机构退回成员。"""
        return self._step(request, member_sheets.return_sheet, kinds.ReportOpinionSerializer)

    def _step(
        self,
        request: Request,
        operation: Callable[..., MemberSheet],
        form: type[serializers.Serializer[Any]] = ReportStepSerializer,
    ) -> Response:
        sheet = self.get_object()
        values = values_of(form, request)
        moved = told(
            operation, sheet=sheet, seen_version=values.pop("version"), by=acting(request),
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return self._answer(moved)

    def _answer(self, sheet: MemberSheet) -> Response:
        sheet.sheet_rows = member_sheet_rows(sheet)  # type: ignore[attr-defined]
        return Response(SHEET(sheet).data)


def told(operation: Callable[..., R], **values: Any) -> R:
    """Every wrong figure by its line and column, not only the first."""
    try:
        return operation(**values)
    except WrongFigures as wrong:
        raise serializers.ValidationError({"lines": _by_line(wrong.problems)}) from wrong


def _by_line(problems: list[FigureProblem]) -> list[str]:
    return [
        f"第 {each.place} 行 {each.group_code} {each.label}：{each.message}；{each.remedy}"
        for each in problems
    ]
