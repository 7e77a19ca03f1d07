"""What an audit event tells of values: before and after, and the rest, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps

from core.transitions import MACHINES
from organisations.models import Organisation, User
from organisations.states import TOKEN_SCOPES

NAMES = {
    "belongs_to": "所属",
    "changed": "改动",
    "columns": "列",
    "filter": "筛选条件",
    "days": "有效天数",
    "created": "新增",
    "document": "依据文件",
    "files": "文件",
    "from": "原状态",
    "method": "请求方式",
    "opened": "新发出",
    "organisation": "机构",
    "recovered": "恢复",
    "rows": "行数",
    "route": "页面",
    "sha256": "文件摘要",
    "size": "大小（字节）",
    "status": "状态码",
    "to": "新状态",
    "unchanged": "不变",
    "updated": "更新",
    "url": "地址",
    "valid_from": "自",
    "valid_to": "至",
    "value": "取值",
    "warnings": "预警",
}
CODES: Mapping[str, Mapping[str, str]] = {
    "roles": dict(User.Role.choices),
    "scopes": TOKEN_SCOPES,
    "kinds": dict(Organisation.Kind.choices),
    "platform_role": dict(User.PlatformRole.choices),
}
"""Words for the codes in a value, by the name of the value."""


@dataclass(frozen=True)
class Changed:
    """One value before and after an act."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Told:
    """One thing else that an event tells."""

    name: str
    value: str


def before_and_after(object_type: str, detail: dict[str, Any]) -> tuple[list[Changed], list[Told]]:
    """The values of an event that has both sides, name by name, and what else it tells."""
    rest = dict(detail)
    rows: list[Changed] = []
    if isinstance(detail.get("before"), dict) and isinstance(detail.get("after"), dict):
        before, after = rest.pop("before"), rest.pop("after")
        rows = [
            Changed(_name(name), _words(name, before.get(name)), _words(name, after.get(name)))
            for name in dict.fromkeys([*before, *after])
        ]
    machine = MACHINES.get(object_type)
    if machine is not None and {"from", "to"} <= set(rest):
        labels = machine.state_labels
        old, new = str(rest.pop("from")), str(rest.pop("to"))
        rows = [Changed("状态", str(labels.get(old, old)), str(labels.get(new, new))), *rows]
    return rows, [Told(_name(name), _words(name, value)) for name, value in rest.items()]


def _name(name: str) -> str:
    return NAMES.get(name) or _field_names().get(name, name)


@cache
def _field_names() -> dict[str, str]:
    """The Chinese name of each model field; of namesakes the one that most models give."""
    counted: dict[str, dict[str, int]] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            label = str(field.verbose_name)
            if label != field.name.replace("_", " "):
                votes = counted.setdefault(field.name, {})
                votes[label] = votes.get(label, 0) + 1
    return {name: max(votes, key=lambda label: votes[label]) for name, votes in counted.items()}


def _words(name: str, value: Any) -> str:
    """A value for reading; nothing is a dash, what has parts is written out."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    codes = CODES.get(name, {})
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return "、".join(codes.get(str(each), str(each)) for each in value)
    if isinstance(value, dict) and not any(
        isinstance(each, dict | list) for each in value.values()
    ):
        return "；".join(f"{_name(key)} {_words(key, each)}" for key, each in value.items())
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return codes.get(str(value), str(value))
