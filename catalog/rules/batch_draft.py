"""When a batch's draft may go to the second person: checked, complete, and early enough or said why."""

from __future__ import annotations

from collections.abc import Collection

from catalog.states.batch_draft import DocumentPart
from core.transitions import ALLOWED, Verdict

CLAUSE = "赣医保字〔2024〕22号 一"


def ready_to_submit(*, problem_count: int, checked: bool, parts: Collection[str]) -> Verdict:
    """No mistakes, and all four parts of the execution document (S2-1.1)."""
    if not checked:
        return Verdict(False, "还没有检查：请先填写内容或上传工作簿")
    if problem_count:
        return Verdict(False, f"还有 {problem_count} 处错误：请改正后再提交复核")
    missing = [str(part.label) for part in DocumentPart if part.value not in parts]
    if missing:
        return Verdict(False, f"执行文件缺少：{'、'.join(missing)}，请上传后再提交", CLAUSE)
    return ALLOWED


def lead_is_enough(had: int | None, needed: int | None) -> Verdict:
    """Working days from issue to start, against publish_lead_workdays (S2-1.2).

    Too short is no refusal: it asks for a reason, which is kept and shown.
    """
    if needed is None:
        return ALLOWED
    if had is None:
        return Verdict(False, "公布日或执行日所在年份的工作日历尚未公布，无法核对提前天数", CLAUSE)
    if had < needed:
        return Verdict(False, f"公布日到执行日只有 {had} 个工作日，应不少于 {needed} 个", CLAUSE)
    return ALLOWED
