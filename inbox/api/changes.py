"""The feed of changes under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import MissingInput
from inbox.queries.change_kinds import CHANGE_KINDS, change_message
from inbox.queries.changes import changes_since
from organisations.api.base import ScopedEndpoint
from organisations.queries.scope import Scope

SIZE, MAX_SIZE = 200, 1000


class ChangeSerializer(serializers.Serializer[Any]):
    """Numbers and addresses only; what the object says now is read at its address."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[(k, v.label) for k, v in CHANGE_KINDS.items()])
    at = serializers.DateTimeField()
    object_type = serializers.CharField()
    object_key = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    api_url = serializers.CharField(allow_blank=True)
    page_url = serializers.CharField(allow_blank=True)


class ChangePageSerializer(serializers.Serializer[Any]):
    changes = ChangeSerializer(many=True)
    next = serializers.CharField()
    more = serializers.BooleanField()


class ChangeKindSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    token_scope = serializers.CharField()


class ChangeEndpoint(ScopedEndpoint):
    """变更：看得到的对象新增或变化的先后记录，供其他系统增量同步。"""

    token_subject = "changes"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    @extend_schema(
        parameters=[
            OpenApiParameter("since", str, description="上次回答的 next；start 从最早保留的变更开始；now 只取当前标记"),
            OpenApiParameter("kind", str, many=True, description="只取这些种类，可重复"),
            OpenApiParameter("limit", int, description=f"每次条数，1 至 {MAX_SIZE}，默认 {SIZE}"),
        ],
        responses=forced_singular_serializer(ChangePageSerializer),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """标记之后的变更，按提交先后，不漏不断；同一变更可能重复给出，请按 id 去重。

        变更保留 30 天，标记过旧时返回 410，请改用各列表接口核对后从 since=now 继续。
        正在提交的事务结束前，其后的变更会稍后才给出。
        """
        given = request.query_params
        page = changes_since(
            self.scope,
            since=given.get("since", ""),
            kinds=given.getlist("kind"),
            size=_size(given.get("limit", "")),
            now=timezone.now(),
        )
        return Response(
            {
                "changes": [change_message(change) for change in page.rows],
                "next": page.next,
                "more": page.more,
            }
        )


class ChangeKindEndpoint(ScopedEndpoint):
    """变更的种类。"""

    token_subject = "changes"

    @extend_schema(responses=ChangeKindSerializer(many=True))
    def list(self, request: Request) -> Response:
        """全部变更种类，以及令牌读取它所需的范围。"""
        return Response(
            [
                {"kind": name, "label": kind.label, "token_scope": f"{kind.subject}:read"}
                for name, kind in CHANGE_KINDS.items()
            ]
        )


def _size(text: str) -> int:
    if not text:
        return SIZE
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= MAX_SIZE):
        raise MissingInput("limit", f"条数应为 1 至 {MAX_SIZE} 的整数")
    return int(text)
