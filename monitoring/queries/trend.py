"""The chosen indicator over the last months, against 序时进度 or its limit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.templatetags.formats import month_text, percent
from monitoring.queries.dashboard_cards import judged_total
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import Figure, chosen, total
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_terms import SCHEDULED, Terms


def trend(
    subject: Subject,
    found: Sequence[Figure],
    ranked: tuple[str, str, str],
    choice: Choice,
    terms: Terms,
) -> dict[str, Any]:
    """Chart data and a sentence for those who do not see it, from figures that were read already."""
    indicator, window, label = ranked
    scheduled = indicator in SCHEDULED
    of_it = [
        f for f in chosen(found, choice, terms) if (f.indicator, f.window) == (indicator, window)
    ]
    totals = [
        total([f for f in of_it if f.month == month], terms if scheduled else None)
        for month in choice.months
    ]
    series: list[dict[str, Any]] = [{"name": label, "values": [_plain(t.value) for t in totals]}]
    if scheduled:
        due = [_plain(t.due_share) for t in totals]
        series.append({"name": "序时进度", "values": due, "dashed": True})
    data: dict[str, Any] = {
        "kind": "trend",
        "percent": True,
        "zoomed": not scheduled,
        "labels": [
            f"{month:%y}-{month:%m}" + ("*" if month == choice.running else "")
            for month in choice.months
        ],
        "series": series,
    }
    if totals and not scheduled:
        judged = judged_total(indicator, totals[-1], choice.month, subject.province_code, terms)
        if judged.limit is not None:
            data["threshold"] = {"value": float(judged.limit), "label": judged.threshold}
    known = [
        (m, t.value) for m, t in zip(choice.months, totals, strict=True) if t.value is not None
    ]
    return {
        "label": label,
        "data": data,
        "has_values": bool(known),
        "summary": _summary(subject, label, known)
        + ("；本月截至现在，未满月" if choice.live and known else ""),
    }


def completion_trend(
    name: str, found: Sequence[Figure], choice: Choice, terms: Terms
) -> dict[str, Any]:
    """Completion of one product against 序时进度, from sums by month, batch and year."""
    totals = [total([f for f in found if f.month == month], terms) for month in choice.months]
    known = [
        (m, t.value) for m, t in zip(choice.months, totals, strict=True) if t.value is not None
    ]
    label = "约定采购量完成率"
    return {
        "label": label,
        "has_values": bool(known),
        "summary": f"{name}没有{label}数据"
        if not known
        else f"{name}{label}：{month_text(known[0][0])} {percent(known[0][1])}，"
        f"{month_text(known[-1][0])} {percent(known[-1][1])}",
        "data": {
            "kind": "trend",
            "percent": True,
            "zoomed": False,
            "labels": [
                f"{month:%y}-{month:%m}" + ("*" if month == choice.running else "")
                for month in choice.months
            ],
            "series": [
                {"name": label, "values": [_plain(t.value) for t in totals]},
                {
                    "name": "序时进度",
                    "values": [_plain(t.due_share) for t in totals],
                    "dashed": True,
                },
            ],
        },
    }


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _summary(subject: Subject, label: str, known: list[Any]) -> str:
    if not known:
        return f"{subject.name}没有{label}数据"
    (first, start), (last, end) = known[0], known[-1]
    return (
        f"{subject.name}{label}：{month_text(first)} {percent(start)}，"
        f"{month_text(last)} {percent(end)}"
    )
