"""The reference of all shipped parameters as a page of Markdown, for docs/policy."""

from __future__ import annotations

from policy.queries.shipped import (
    ShippedParameter,
    ShippedPolicy,
    shipped_documents,
    shipped_parameters,
    shipped_policies,
)
from policy.states import ValueType

NOT_IN_FORCE = "不在执行"


def reference() -> str:
    """Documents, policies and every parameter with its dated values and clauses."""
    parts = [
        "# 政策参数一览\n",
        "本页由 `manage.py policy_reference` 依据 `policy/data/` 生成，请勿手工修改。\n",
        _documents(),
        _policies(),
        "## 参数\n",
        *(_parameter(parameter) for parameter in shipped_parameters().values()),
    ]
    return "\n".join(parts)


def _documents() -> str:
    lines = [
        "## 政策文件\n",
        "| 简称 | 标题 | 文号 | 印发日期 | 说明 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for document in shipped_documents():
        issued = f"{document.issued_on:%Y-%m-%d}" if document.issued_on else ""
        cells = (document.code, document.title, document.number, issued, document.note)
        lines.append(_row(*cells))
    return "\n".join(lines) + "\n"


def _policies() -> str:
    lines = [
        "## 政策\n",
        "| 代码 | 名称 | 省份 | 文件 | 施行日期 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for policy in shipped_policies():
        start = f"{policy.effective_from:%Y-%m-%d}"
        lines.append(_row(policy.code, policy.name, policy.province_code, policy.document, start))
    return "\n".join(lines) + "\n"


def _parameter(parameter: ShippedParameter) -> str:
    lines = [
        f"### {parameter.label} `{parameter.key}`\n",
        f"{parameter.meaning}。\n",
        f"- 单位：{parameter.unit or '—'}；取值类型：{_kind(parameter)}；约束力：{parameter.force.label}；"
        f"可收紧的主体：{parameter.narrowed_by}",
        f"- 依据：{parameter.clause_cell}；最近核对原文：{parameter.compared_on:%Y-%m-%d}\n",
        "| 政策 | 自 | 取值 | 条款 |",
        "| --- | --- | --- | --- |",
    ]
    names = {policy.code: policy for policy in shipped_policies()}
    for value in parameter.values:
        shown = NOT_IN_FORCE if value.value is None else value.value
        lines.append(
            _row(_name(names[value.policy]), f"{value.valid_from:%Y-%m-%d}", shown, value.clause)
        )
    return "\n".join(lines) + "\n"


def _kind(parameter: ShippedParameter) -> str:
    if parameter.value_type == ValueType.CHOICE:
        return f"{parameter.value_type.label}（{' / '.join(parameter.choices)}）"
    return str(parameter.value_type.label)


def _name(policy: ShippedPolicy) -> str:
    return f"{policy.name} `{policy.code}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
