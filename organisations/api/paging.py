"""Cursor pages of the API: the keyset of core in the shape that REST framework asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from core.lists.keyset import PAGE_SIZE, KeysetPage, keyset_page
from core.transitions import MissingInput

MAX_PAGE_SIZE = 200
SIZE_REASON = f"每页条数应为 1 至 {MAX_PAGE_SIZE} 的整数"


class CursorPage(BasePagination):
    """`?cursor=` and `?page_size=` up to 200, in the order of the view's `ordering`.

    `ordering` is one column or several, all with the same sign, the last of them unique. A broken
    cursor or size is a 400 that says so: nothing is corrected in silence.
    """

    ordering: str | Sequence[str] = "-pk"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        said = getattr(view, "ordering", None) or self.ordering
        names = [said] if isinstance(said, str) else list(said)
        key = queryset.model._meta.pk
        order = [key.name if name.lstrip("-") == "pk" else name.lstrip("-") for name in names]
        self.address = request.build_absolute_uri()
        self.page: KeysetPage[Any] = keyset_page(
            queryset,
            order=order,
            cursor=request.query_params.get("cursor", ""),
            size=_size(request.query_params.get("page_size", "")),
            ascending=not names[0].startswith("-"),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.page.older),
                "previous": self._link(self.page.newer),
                "results": data,
            }
        )

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.address, "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "下一页的完整地址；没有下一页时为 null"},
                "previous": {**link, "description": "上一页的完整地址；没有上一页时为 null"},
                "results": {**schema, "description": "本页内容"},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "翻页标记，取自上一次回答的 next 或 previous，不要自行拼写",
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE,
                           "default": PAGE_SIZE},
                "description": f"每页条数，1 至 {MAX_PAGE_SIZE}，默认 {PAGE_SIZE}",
            },
        ]  # fmt: skip


def _size(text: str) -> int:
    if not text:
        return PAGE_SIZE
    # Not isdecimal alone: it takes digits of other scripts.
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= MAX_PAGE_SIZE):
        raise MissingInput("page_size", SIZE_REASON)
    return int(text)
