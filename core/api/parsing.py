"""JSON as the standard has it: no NaN, no key twice, no text that the database refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.api.text import unclean


class StrictJSONParser(JSONParser):
    """Refuses with a 400 that says what is wrong."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParseError("请求内容不是 UTF-8 编码") from error
        try:
            data = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            reason = error.args[0] if isinstance(error, _BadJson) else "请求内容不是合法的 JSON"
            raise ParseError(reason) from error
        reason = unclean(data)
        if reason:
            raise ParseError(reason)
        return data


class _BadJson(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise _BadJson("请求内容中有重复的字段名")
    return data


def _no_constant(name: str) -> Any:
    raise _BadJson(f"请求内容中有不合法的数值 {name}")
