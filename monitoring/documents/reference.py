"""The pages of docs/ on indicators, rules and states, made from their declarations."""

from __future__ import annotations

from monitoring.indicators.registry import INDICATORS
from monitoring.models import IndicatorValue
from monitoring.rules import DAILY_RULES, MONTHLY_RULES
from monitoring.states import WARNING_MACHINE

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
        "## 每日预警规则",
        "",
        "| 规则 | 名称 | 何时发出 | 谁答复 |",
        "| --- | --- | --- | --- |",
    ]
    parts += [
        f"| `{rule.code}` | {rule.label} | {rule.meaning} | {rule.answered_by} |"
        for rule in DAILY_RULES
    ]
    return "\n".join([*parts, ""])


def states_page() -> str:
    """docs/states/warning.md: the table of a warning's transitions."""
    machine = WARNING_MACHINE
    labels = machine.state_labels
    rows = [
        f"| {t.label} `{t.verb}` | {'、'.join(labels[s] for s in labels if s in t.sources)} |"
        f" {labels[t.target]} | {'、'.join(machine.standing_labels[who] for who in sorted(t.by))} |"
        f" {'、'.join(machine.input_labels[need] for need in t.needs) or '—'} |"
        for t in machine.transitions
    ]
    return "\n".join(
        [
            "# 预警的状态",
            "",
            "由 `manage.py monitoring_reference` 依据转换表生成。页面按钮、接口、数据库触发器与测试出自同一张表。",
            "",
            "| 动作 | 从 | 到 | 谁办理 | 必填 |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


PAGES = {"indicators/README.md": indicators_page, "states/warning.md": states_page}
