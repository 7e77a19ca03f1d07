"""Cursor pages: stable while rows arrive, equally quick at any depth."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """`?cursor=` and `?page_size=` up to 200; newest or first by the view's `ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-pk"
    invalid_cursor_message = "翻页标记无效，请从第一页开始。"
