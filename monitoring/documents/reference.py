"""The pages of docs/ on indicators, rules and states, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import get_resolver

from core.transitions import MACHINES, StateMachine
from monitoring.indicators.registry import INDICATORS
from monitoring.models import IndicatorValue
from monitoring.rules import DAILY_RULES, HOURLY_RULES, MONTHLY_RULES

WINDOWS = {"month": "当月", "ytd": "年度累计"}
KEYS = {"batch": "批次与年度", "group": "品种", "product": "产品", "category": "类别"}
SUBJECTS = dict(IndicatorValue.Subject.choices)


def indicators_page() -> str:
    """docs/indicators/README.md: every indicator in words, every rule, in the order they run."""
    parts = [
        "# 指标与预警规则",
        "",
        "由 `manage.py monitoring_reference` 依据程序中的声明生成，请勿手工修改。"
        "每个指标只有一处定义（`monitoring/indicators/<代码>.sql`），月度数据与打开的明细出自同一条查询。",
        "",
    ]
    for indicator in INDICATORS:
        parts += [
            f"## {indicator.label} `{indicator.code}`",
            "",
            f"- 分子：{indicator.numerator}",
            f"- 分母：{indicator.denominator}",
            f"- 统计期：{'、'.join(WINDOWS[window] for window in indicator.windows)}",
            f"- 依据：{indicator.clause}",
        ]
        for subject in indicator.subjects:
            who = "、".join(str(SUBJECTS[kind]) for kind in subject.types)
            keys = " × ".join(KEYS[key] for key in subject.keys)
            parts.append(f"- 对象：{who}{f'，按{keys}' if keys else ''}")
        if indicator.exclusions:
            parts.append(f"- 剔除：{'；'.join(indicator.exclusions.values())}")
        if indicator.assessed_note:
            parts.append(f"- 考核：{indicator.assessed_note}")
        parts.append("")
    parts += [
        "## 月度预警规则",
        "",
        "| 规则 | 名称 | 何时发出 | 指标 | 政策参数 | 谁答复 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    parts += [
        f"| `{rule.code}` | {rule.label} | {rule.meaning} | `{rule.indicator}` |"
        f" `{rule.parameter}` | {rule.answered_by} |"
        for rule in MONTHLY_RULES
    ]
    parts += [
        "",
        "## 每日、每小时预警规则",
        "",
        "| 规则 | 名称 | 何时发出 | 谁答复 |",
        "| --- | --- | --- | --- |",
    ]
    parts += [
        f"| `{rule.code}` | {rule.label} | {rule.meaning} | {rule.answered_by} |"
        for rule in DAILY_RULES + HOURLY_RULES
    ]
    return "\n".join([*parts, ""])


def state_machines() -> dict[str, StateMachine[Any]]:
    """Every table of states whose steps people or rules take, by name; tests may make some more."""
    _ = get_resolver().url_patterns
    return {
        name: machine
        for name, machine in sorted(MACHINES.items())
        if any(step.by for step in machine.transitions) and not name.startswith("test_")
    }


def states_page(machine: StateMachine[Any]) -> str:
    """docs/states/<name>.md: the table of one machine's transitions."""
    labels = machine.state_labels

    def words(known: Mapping[str, str], keys: Iterable[str]) -> str:
        return "、".join(str(known.get(key, key)) for key in keys)

    rows = [
        f"| {t.label} `{t.verb}` | {words(labels, (s for s in labels if s in t.sources))} |"
        f" {labels[t.target]} | {words(machine.standing_labels, sorted(t.by))} |"
        f" {words(machine.input_labels, t.needs) or '—'} | {t.clause or '—'} |"
        for t in machine.transitions
    ]
    return "\n".join(
        [
            f"# {machine.label}的状态",
            "",
            "由 `manage.py monitoring_reference` 依据转换表生成。页面按钮、接口、数据库触发器与测试出自同一张表。",
            "",
            "| 动作 | 从 | 到 | 谁办理 | 必填 | 依据 |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def states_index(machines: Mapping[str, StateMachine[Any]]) -> str:
    """docs/states/README.md: the tables by name."""
    listed = [f"- [{machine.label}]({name}.md)" for name, machine in machines.items()]
    return "\n".join(
        ["# 各类事项的状态", "", "由 `manage.py monitoring_reference` 生成。", "", *listed, ""]
    )


def reference_pages() -> dict[str, str]:
    """Every generated page below docs/, by its path."""
    machines = state_machines()
    states = {f"states/{name}.md": states_page(machine) for name, machine in machines.items()}
    return {
        "indicators/README.md": indicators_page(),
        "states/README.md": states_index(machines),
        **states,
    }
