"""Bulletins by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.jobs.models import Job
from core.transitions import TransitionRefused
from monitoring.api.bulletin_serializers import (
    BulletinJudgementSerializer,
    BulletinLineSerializer,
    BulletinNewSerializer,
    BulletinObjectionSerializer,
    BulletinReceiptSerializer,
    BulletinRulingSerializer,
    BulletinSerializer,
    BulletinStepSerializer,
    BulletinTextSerializer,
    BulletinVerifiedSerializer,
    FeedbackSerializer,
)
from monitoring.api.job_serializers import JobSerializer
from monitoring.filters.bulletins import (
    BulletinFilter,
    BulletinLineFilter,
    BulletinReceiptFilter,
)
from monitoring.models import Bulletin, BulletinLine, BulletinReceipt
from monitoring.operations.bulletins.issue import verify_bulletin
from monitoring.operations.bulletins.long_list import act_or_queue, is_long, request_verification
from monitoring.operations.bulletins.prepare import (
    edit_bulletin,
    object_to_line,
    rule_on_objection,
)
from monitoring.operations.bulletins.receipts import (
    answer_bulletin,
    judge_answer,
    read_bulletin,
)
from monitoring.operations.bulletins.request import request_draft
from monitoring.queries.bulletins import (
    reads_whole,
    visible_bulletin_lines,
    visible_bulletin_objections,
    visible_bulletin_receipts,
    visible_bulletins,
)
from monitoring.queries.jobs import job_row
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope


class BulletinViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """通报：起草、核对、审核、会签、印发、更正和核验。"""

    token_subject: ClassVar[str] = "warnings"
    serializer_class = BulletinSerializer
    filterset_class = BulletinFilter
    lookup_field = "bulletin_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Bulletin]:
        return visible_bulletins(scope).select_related("issuer", "corrects")

    @extend_schema(request=BulletinNewSerializer, responses=JobSerializer)
    @action(detail=False, methods=["post"])
    def draft(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发起起草；返回后台任务，完成后结果中有通报编号。"""
        values = values_of(BulletinNewSerializer, request)
        job = request_draft(
            kind=values["kind"], month=values["month"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(JobSerializer(job_row(self.scope, job)).data)

    @extend_schema(request=BulletinTextSerializer, responses=BulletinSerializer)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改文稿；不认识的占位符指出行和列。"""
        values = values_of(BulletinTextSerializer, request)
        row = edit_bulletin(
            bulletin=self.get_object(), title=values["title"], body=values["body"],
            is_joint=values["is_joint"], by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request=BulletinStepSerializer, responses={200: BulletinSerializer, 202: JobSerializer}
    )
    @action(detail=True, methods=["post"])
    def step(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办理一步：核对、提交、审核、会签、印发、更正、撤销、办结。

        名单很长的印发转为后台任务，回答 202 和任务。
        """
        values = values_of(BulletinStepSerializer, request)
        row = act_or_queue(
            values["verb"], self.get_object(), note=values["note"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        if isinstance(row, Job):
            return _queued(self.scope, row)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses={200: BulletinVerifiedSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """由冻结数据重新生成并与定稿逐字节比对；不写入任何数据。名单很长的转为后台任务，回答 202。"""
        bulletin = self.get_object()
        if not reads_whole(self.scope, bulletin):
            raise TransitionRefused("该通报尚未印发，没有可比对的定稿")
        if is_long(bulletin):
            return _queued(
                self.scope,
                request_verification(
                    bulletin=bulletin, by=acting(request), scope=self.scope, at=timezone.now()
                ),
            )
        found = verify_bulletin(bulletin)
        answer = {"same": found.same, "digest": found.digest, "problems": list(found.problems)}
        return Response(BulletinVerifiedSerializer(answer).data)


def _queued(scope: Scope, job: Job) -> Response:
    return Response(JobSerializer(job_row(scope, job)).data, status.HTTP_202_ACCEPTED)


class BulletinLineViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """通报名单：印发前被点名单位只看到本单位的条目。"""

    token_subject: ClassVar[str] = "warnings"
    serializer_class = BulletinLineSerializer
    filterset_class = BulletinLineFilter
    lookup_field = "id"
    lookup_value_regex = r"[0-9]{1,18}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[BulletinLine]:
        return visible_bulletin_lines(scope).select_related("bulletin")

    @extend_schema(request=BulletinObjectionSerializer, responses=BulletinLineSerializer)
    @action(detail=True, methods=["post"], url_path="object", url_name="object")
    def object_to(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核对期内对本单位的条目提出异议。"""
        line = self.get_object()
        object_to_line(
            line=line, reason=values_of(BulletinObjectionSerializer, request)["reason"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(line).data)

    @extend_schema(request=BulletinRulingSerializer, responses=BulletinLineSerializer)
    @action(detail=True, methods=["post"])
    def rule_on(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """裁定异议：成立的从名单中删除。"""
        line = self.get_object()
        objection = (
            visible_bulletin_objections(self.scope)
            .filter(bulletin=line.bulletin_id, line_no=line.line_no)
            .first()
        )
        if objection is None:
            raise Http404
        values = values_of(BulletinRulingSerializer, request)
        rule_on_objection(
            objection=objection, verb=values["verb"], ruling=values["ruling"],
            data_wrong=values["data_wrong"], by=acting(request), scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        line.refresh_from_db()
        return Response(self.get_serializer(line).data)


class BulletinReceiptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """通报签收和整改反馈。"""

    token_subject: ClassVar[str] = "warnings"
    serializer_class = BulletinReceiptSerializer
    filterset_class = BulletinReceiptFilter
    lookup_field = "id"
    lookup_value_regex = r"[0-9]{1,18}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[BulletinReceipt]:
        return visible_bulletin_receipts(scope).select_related("bulletin__issuer", "organisation")

    @extend_schema(request=None, responses=BulletinReceiptSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """签收。"""
        row = read_bulletin(
            receipt=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(request=FeedbackSerializer, responses=BulletinReceiptSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """被通报单位反馈整改情况；佐证材料在页面上传。"""
        values = values_of(FeedbackSerializer, request)
        row = answer_bulletin(
            receipt=self.get_object(), feedback=values["feedback"], uploads=[],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(request=BulletinJudgementSerializer, responses=BulletinReceiptSerializer)
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """印发单位核实整改：认可，或退回补充。"""
        values = values_of(BulletinJudgementSerializer, request)
        row = judge_answer(
            receipt=self.get_object(), verb=values["verb"], note=values["note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)
