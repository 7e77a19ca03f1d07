"""How one operation describes itself: summary, tag, what a token needs, the Idempotency-Key."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from organisations.states import TOKEN_SCOPES, TOKEN_SUBJECTS

HAN = re.compile("[一-鿿]")
ACTIONS = {
    "list": "查询", "retrieve": "查看", "create": "新增", "update": "修改",
    "partial_update": "修改部分内容", "destroy": "删除",
}  # fmt: skip
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "调用方自定的唯一键。同一键重发同样的内容，返回第一次的结果而不再办理一次；"
    "同一键内容不同返回 422。键保留 7 天。",
}


class Schema(AutoSchema):
    """Takes its words from the docstrings of view and action, which are Chinese for that."""

    def get_tags(self) -> list[str]:
        return [TOKEN_SUBJECTS.get(getattr(self.view, "token_subject", ""), "其他")]

    def get_summary(self) -> str:
        said, whole = self._said(), self._class_words()
        if said:
            return re.split("[。；：]", said, maxsplit=1)[0]
        action = getattr(self.view, "action", "")
        return f"{ACTIONS.get(action, action)}{re.split('[。；：，]', whole, maxsplit=1)[0]}"

    def get_description(self) -> str:  # type: ignore[override]
        subject = getattr(self.view, "token_subject", "")
        needed = f"{subject}:{'read' if self.method == 'GET' else 'write'}"
        words = [self._said() or self._class_words()]
        if needed in TOKEN_SCOPES:
            words.append(f"令牌须有范围 `{needed}`（{TOKEN_SCOPES[needed]}）。")
        return "\n\n".join(words)

    def _map_serializer_field(self, field: Any, direction: str, *args: Any, **kwargs: Any) -> Any:
        """Months are no dates, and what stands behind an empty relation is null."""
        made = super()._map_serializer_field(field, direction, *args, **kwargs)
        if made and getattr(field, "format", "") == "%Y-%m":
            made = {name: said for name, said in made.items() if name != "format"}
            made["pattern"] = "^[0-9]{4}-[0-9]{2}$"
        if made and field.read_only and _may_be_empty(field):
            made = made | {"nullable": True} if "$ref" not in made else made
        return made

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None and self.method != "GET":
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        return operation

    def _said(self) -> str:
        """The action's own docstring, if it is Chinese."""
        handler = getattr(self.view, getattr(self.view, "action", "") or "", None)
        text = " ".join((getattr(handler, "__doc__", "") or "").split())
        return text if HAN.search(text) else ""

    def _class_words(self) -> str:
        text = " ".join((self.view.__class__.__doc__ or "").split())
        return text if HAN.search(text) else ""


def _may_be_empty(field: Any) -> bool:
    """Read along a relation that the row need not have, or with None as its declared default."""
    if field.default is None:
        return True
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or not isinstance(field, serializers.RelatedField):
        return False
    source = str(field.source or field.field_name).split(".")[0]
    return source in {one.name for one in model._meta.concrete_fields if one.null}
