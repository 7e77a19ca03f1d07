"""What an inspection or a sample must say; the same for form, sheet and API."""

from __future__ import annotations

from datetime import date


def inspection_fault(
    *, inspected_on: date, result: str, rectify_by: date | None, today: date
) -> tuple[str, str] | None:
    """The field that is wrong and why; None for what may be entered."""
    if inspected_on > today:
        return "inspected_on", "检查日期不能晚于今天"
    if (result == "rectify") != (rectify_by is not None):
        return "rectify_by", "结论为“限期整改”时填写整改期限，其他结论不填"
    if rectify_by is not None and rectify_by < inspected_on:
        return "rectify_by", "整改期限不能早于检查日期"
    return None


def sampling_fault(
    *, sampled_on: date, result: str, failed_items: str, today: date
) -> tuple[str, str] | None:
    """The same for a sample."""
    if sampled_on > today:
        return "sampled_on", "抽样日期不能晚于今天"
    if (result == "fail") != bool(failed_items.strip()):
        return "failed_items", "不合格时写明不合格项目，合格时不填"
    return None
