"""Endpoints of 惩戒案件: the same operations, sight and words as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api import sanction_case_serializers as kinds
from monitoring.filters.sanction_case import SanctionCaseFilter
from monitoring.forms.sanction_case import SanctionDraftForm
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.decide import (
    Decision,
    decide_sanction,
    dismiss_sanction,
    revoke_sanction,
)
from monitoring.operations.sanctions.draft import (
    NewSanction,
    draft_sanction,
    drop_sanction,
    notify_sanction,
)
from monitoring.operations.sanctions.repair import ask_repair, judge_repair
from monitoring.operations.sanctions.statement import make_statement
from monitoring.queries.sanction_cases import (
    SHOWN_WITH,
    files_of,
    may_draft,
    visible_sanction_cases,
)
from monitoring.views.sanction_cases import not_yours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served

SHOWN = kinds.SanctionCaseSerializer


class SanctionCaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """惩戒案件：立案、告知、陈述申辩、决定、生效、修复，按立案先后从新到旧。"""

    serializer_class = SHOWN
    filterset_class = SanctionCaseFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "case_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[SanctionCase]:
        return visible_sanction_cases(scope).select_related(*SHOWN_WITH)

    def answer_with(self, number: str, code: int = status.HTTP_200_OK) -> Response:
        """The case as it is now."""
        row = self.visible(self.scope).get(case_no=number)
        return Response(SHOWN(row, context=self.get_serializer_context()).data, status=code)

    def step(
        self, act: Callable[..., object], values: dict[str, Any], request: Request, **more: Any
    ) -> Response:
        """One operation on the case with what the body holds."""
        row = self.get_object()
        if "files" in values:
            values["uploads"] = values.pop("files")
        act(
            case=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version", None), **values, **more,
        )  # fmt: skip
        return self.answer_with(row.case_no)

    @extend_schema(request=kinds.NewSanctionCaseSerializer, responses={201: SHOWN})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """立案；告知之前当事企业看不到。证据以 files 上传。"""
        if not may_draft(self.scope):
            raise not_yours()
        values = values_of(kinds.NewSanctionCaseSerializer, request)
        files = values.pop("files")
        # The page's own form finds what the codes name, with the same words where it finds nothing.
        form = SanctionDraftForm(values, scope=self.scope)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in found] for name, found in form.errors.items()}
            )
        made = draft_sanction(
            new=NewSanction(**form.cleaned_data), uploads=files, by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self.answer_with(made.case_no, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.SanctionNoticeSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"], url_path="notify", url_name="notify")
    def tell_subject(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """告知当事企业：生成告知书，陈述申辩期限不少于 5 个工作日。"""
        return self.step(
            notify_sanction, values_of(kinds.SanctionNoticeSerializer, request), request
        )

    @extend_schema(request=kinds.SanctionNoteSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """告知之前撤销立案，写明原因。"""
        return self.step(drop_sanction, values_of(kinds.SanctionNoteSerializer, request), request)

    @extend_schema(request=kinds.SanctionStatementSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def statement(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """当事企业在期限内提交陈述申辩；材料以 files 上传。"""
        values = values_of(kinds.SanctionStatementSerializer, request)
        return self.step(make_statement, values, request)

    @extend_schema(request=kinds.SanctionDecisionSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """立案人以外的审核或负责人作出决定；取消中选资格的同时取消中选结果、提请启动备供。"""
        values = values_of(kinds.SanctionDecisionSerializer, request)
        decision = Decision(
            values.pop("decision"), values.pop("effective_on"), values.pop("effective_to"),
            values.pop("grade"), values.pop("grade_reason"),
        )  # fmt: skip
        return self.step(decide_sanction, values, request, decision=decision)

    @extend_schema(request=kinds.SanctionNoteSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予惩戒，写明理由并告知当事企业。"""
        return self.step(
            dismiss_sanction, values_of(kinds.SanctionNoteSerializer, request), request
        )

    @extend_schema(request=kinds.SanctionNoteSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤销决定；生效之前撤销的，中选结果照旧执行。"""
        return self.step(revoke_sanction, values_of(kinds.SanctionNoteSerializer, request), request)

    @extend_schema(request=kinds.SanctionRepairSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"])
    def repair(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """当事企业申请修复，材料以 files 上传。"""
        return self.step(ask_repair, values_of(kinds.SanctionRepairSerializer, request), request)

    @extend_schema(request=kinds.SanctionJudgedSerializer, responses=SHOWN)
    @action(detail=True, methods=["post"], url_path="judge-repair", url_name="judge-repair")
    def judge_repair(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核实修复申请：准予的当日结束，不予的继续执行。"""
        return self.step(judge_repair, values_of(kinds.SanctionJudgedSerializer, request), request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """证据、文书和当事企业的材料。"""
        found = files_of(self.scope, self.get_object())
        return Response(KeptFileSerializer(found, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份文件的内容；未通过检查的不提供。"""
        return served(request, files_of(self.scope, self.get_object()), kwargs["file_id"])
