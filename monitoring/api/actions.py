"""Endpoints of actions: the same operations, sight and words as the pages."""

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

from core.transitions import NotYours
from monitoring.api import action_serializers as kinds
from monitoring.filters.action import ActionFilter
from monitoring.forms.action import ActionDraftForm
from monitoring.models import SupervisionAction
from monitoring.operations.actions.answer import (
    answer_action,
    dismiss_action,
    judge_action,
    record_minutes,
)
from monitoring.operations.actions.propose import NewAction, propose_action
from monitoring.operations.actions.take import Taking, take_action
from monitoring.queries.action_page import files_of
from monitoring.queries.actions import SHOWN_WITH, invitable, may_propose, visible_actions
from monitoring.states.action_kinds import CLAUSE
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


class ActionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """监管措施：提出、作出、答复、认定，按提出先后从新到旧。"""

    serializer_class = kinds.ActionSerializer
    filterset_class = ActionFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "action_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[SupervisionAction]:
        return visible_actions(scope).select_related(*SHOWN_WITH)

    def answer_with(self, action_no: str, code: int = status.HTTP_200_OK) -> Response:
        """The action as it is now."""
        row = self.visible(self.scope).get(action_no=action_no)
        return Response(kinds.ActionSerializer(row).data, status=code)

    def step(
        self, act: Callable[..., object], kind: type[serializers.Serializer[Any]], request: Request,
        **more: Any,
    ) -> Response:  # fmt: skip
        """One operation on the action with what the body holds."""
        row = self.get_object()
        values = values_of(kind, request)
        if "files" in values:
            values["uploads"] = values.pop("files")
        act(
            action=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version", None), **values, **more,
        )  # fmt: skip
        return self.answer_with(row.action_no)

    @extend_schema(request=kinds.NewActionSerializer, responses={201: kinds.ActionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出监管措施（拟办）；作出之前对象看不到。"""
        if not may_propose(self.scope):
            raise NotYours("监管措施由医保局经办、审核或负责人提出", CLAUSE)
        values = values_of(kinds.NewActionSerializer, request)
        values["warnings"] = " ".join(values["warnings"])
        # The page's own form finds what the codes name, with the same words where it finds nothing.
        form = ActionDraftForm(values, scope=self.scope)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in found] for name, found in form.errors.items()}
            )
        made = propose_action(
            new=NewAction(**form.cleaned_data), by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self.answer_with(made.action_no, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.ActionTakeSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """作出措施：编文号，生成函件，送达对象和参加单位。"""
        row = self.get_object()
        values = values_of(kinds.ActionTakeSerializer, request)
        codes = values.pop("invited")
        found = {each.code: each for each in invitable(self.scope).filter(code__in=codes)}
        missing = [code for code in codes if code not in found]
        if missing:
            raise serializers.ValidationError(
                {"invited": [f"没有代码为“{missing[0]}”的可邀请单位，请核对代码"]}
            )
        version = values.pop("version", None)
        take_action(
            action=row, taking=Taking(**values, invited=list(found.values())), by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=version,
        )  # fmt: skip
        return self.answer_with(row.action_no)

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予采取，写明理由。"""
        return self.step(dismiss_action, kinds.ActionNoteSerializer, request)

    @extend_schema(request=kinds.ActionAnswerSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """对象提交整改情况；材料以 files 上传。"""
        return self.step(answer_action, kinds.ActionAnswerSerializer, request)

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """认定整改到位。"""
        return self.step(judge_action, kinds.ActionNoteSerializer, request, verb="accept")

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """认定整改不到位。"""
        return self.step(judge_action, kinds.ActionNoteSerializer, request, verb="return")

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def recover(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """指标已恢复，办结。"""
        return self.step(judge_action, kinds.ActionNoteSerializer, request, verb="recover")

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不要求答复的措施办结。"""
        return self.step(judge_action, kinds.ActionNoteSerializer, request, verb="end")

    @extend_schema(request=kinds.ActionNoteSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤销已作出的措施；资格标记随之终止。"""
        return self.step(judge_action, kinds.ActionNoteSerializer, request, verb="withdraw")

    @extend_schema(request=kinds.ActionMinutesSerializer, responses=kinds.ActionSerializer)
    @action(detail=True, methods=["post"])
    def minutes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """会后登记纪要，只登记一次。"""
        return self.step(record_minutes, kinds.ActionMinutesSerializer, request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """函件、答复和纪要的材料。"""
        return Response(KeptFileSerializer(files_of(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份文件的内容；未通过检查的不提供。"""
        return served(request, files_of(self.get_object()), kwargs["file_id"])
