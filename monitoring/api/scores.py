"""供应评分 and appeals by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api import score_serializers as kinds
from monitoring.api.action_serializers import ActionSerializer
from monitoring.filters.score import ScoreAppealFilter, ScoreFilter
from monitoring.models import ScoreAppeal, SupplyScore
from monitoring.operations.score_appeals import appeal_score, close_appeal, uphold_appeal
from monitoring.operations.score_steps import propose_from_score
from monitoring.queries.score_page import files_of
from monitoring.queries.scores import sees_scores, visible_appeals, visible_scores
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


class SupplyScoreViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """企业供应评分：月度、季度、年度，每个版本一条；current=1 只看现行版本。"""

    serializer_class = kinds.SupplyScoreSerializer
    filterset_class = ScoreFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "score_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def visible(self, scope: Scope) -> QuerySet[SupplyScore]:
        rows = visible_scores(scope).select_related("enterprise", "province")
        return rows.prefetch_related("parts")

    @extend_schema(
        request=kinds.NewScoreAppealSerializer, responses={201: kinds.ScoreAppealSerializer}
    )
    @action(detail=True, methods=["post"])
    def appeal(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """企业对一个项目提出申诉；佐证材料以 files 上传，必传。"""
        score = self.get_object()
        values = values_of(kinds.NewScoreAppealSerializer, request)
        made = appeal_score(
            score=score, part=values["part"], claim=values["claim"], uploads=values["files"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        data = kinds.ScoreAppealSerializer(made).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(request=kinds.ScoreProposeSerializer, responses={201: ActionSerializer})
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级医保局按等级提出措施（拟办）；在措施接口作出。"""
        score = self.get_object()
        values = values_of(kinds.ScoreProposeSerializer, request)
        made = propose_from_score(
            score=score, kind=values["kind"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(ActionSerializer(made).data, status=status.HTTP_201_CREATED)


class ScoreAppealViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """评分申诉及裁定。"""

    serializer_class = kinds.ScoreAppealSerializer
    filterset_class = ScoreAppealFilter
    token_subject = "warnings"
    lookup_field = "appeal_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_scores(scope)

    def visible(self, scope: Scope) -> QuerySet[ScoreAppeal]:
        return visible_appeals(scope).select_related("score", "enterprise", "result")

    def _act(self, request: Request, **more: Any) -> dict[str, Any]:
        return {
            "appeal": self.get_object(), "by": acting(request), "scope": self.scope,
            "at": timezone.now(), "seen_version": more.pop("version", None), **more,
        }  # fmt: skip

    @extend_schema(request=kinds.ScoreAppealUpholdSerializer, responses=kinds.ScoreAppealSerializer)
    @action(detail=True, methods=["post"])
    def uphold(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """认定申诉成立，给出更正后的分子、分母，评分出新版本。"""
        self.get_object()
        values = values_of(kinds.ScoreAppealUpholdSerializer, request)
        return Response(self.get_serializer(uphold_appeal(**self._act(request, **values))).data)

    @extend_schema(request=kinds.ScoreAppealRejectSerializer, responses=kinds.ScoreAppealSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """认定申诉不成立，写明理由。"""
        self.get_object()
        values = values_of(kinds.ScoreAppealRejectSerializer, request)
        row = close_appeal(verb="reject", **self._act(request, **values))
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request=kinds.ScoreAppealVersionSerializer, responses=kinds.ScoreAppealSerializer
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """企业撤回申诉。"""
        self.get_object()
        values = values_of(kinds.ScoreAppealVersionSerializer, request)
        row = close_appeal(verb="withdraw", **self._act(request, **values))
        return Response(self.get_serializer(row).data)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申诉的佐证材料。"""
        return Response(KeptFileSerializer(files_of(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份佐证材料的内容；未通过检查的不提供。"""
        return served(request, files_of(self.get_object()), kwargs["file_id"])
