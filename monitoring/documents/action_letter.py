"""The letter of an action: why, by which clause and figures, what is demanded by when."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from core.workdays.deadlines import shanghai_day
from monitoring.documents.official_document import (
    Block,
    OfficialDocument,
    day_words,
    first,
    table,
    text,
)
from monitoring.models import SupervisionAction
from monitoring.queries.warning_rows import WarningRow
from monitoring.states.action_kinds import KINDS

COLUMNS = (
    {"label": "预警", "width": 5},
    {"label": "涉及", "width": 6},
    {"label": "实测", "width": 3, "align": "right"},
    {"label": "阈值", "width": 3, "align": "right"},
    {"label": "依据", "width": 6},
)
NUMERALS = "一二三四五六"
MOST_ROWS = 60


def action_letter(
    action: SupervisionAction, rows: Sequence[WarningRow], invited: Sequence[str]
) -> OfficialDocument:
    """The paper of an action that was taken; the texts are printed as the officer wrote them."""
    assert action.issued_at is not None
    kind = KINDS[action.kind].label
    day = shanghai_day(action.issued_at)
    parts: list[tuple[str, list[Block]]] = [("事由", _paragraphs(action.matter))]
    if rows:
        parts.append(("数据", _figures(rows)))
    parts.append(("依据", [text(f"{action.clause}。")]))
    if action.former:
        before = action.former
        words = (
            f"此前{before.office.name}于{day_words(shanghai_day(before.issued_at or action.issued_at))}"
            f"以{before.letter_no}作出{before.get_kind_display()}，未在期限内整改到位。"
        )
        parts.append(("前序措施", [text(words)]))
    parts.append(("要求", _demands(action, invited)))
    blocks: list[Block] = []
    for numeral, (head, body) in zip(NUMERALS, parts, strict=False):
        blocks += [first(f"{numeral}、{head}"), *body]
    return OfficialDocument(
        issuer=action.office.name, number=action.letter_no,
        title=f"关于对{action.subject.name}{kind}的函", to=action.subject.name,
        blocks=tuple(blocks), signed=(action.office.name,), signed_on=day,
        copies="、".join(invited), printer=action.office.name,
    )  # fmt: skip


def _paragraphs(words: str) -> list[Block]:
    return [text(line.strip()) for line in words.splitlines() if line.strip()]


def _figures(rows: Sequence[WarningRow]) -> list[Block]:
    shown = [
        [row.label, row.matter or "—", row.measured, row.threshold, row.warning.clause or "—"]
        for row in rows[:MOST_ROWS]
    ]
    blocks = [text(f"平台监测数据如下，共 {len(rows)} 条："), table(COLUMNS, shown)]
    if len(rows) > MOST_ROWS:
        blocks.append(text(f"另有 {len(rows) - MOST_ROWS} 条，见平台所列关联预警。"))
    return blocks


def _demands(action: SupervisionAction, invited: Sequence[str]) -> list[Block]:
    kind = KINDS[action.kind]
    blocks = _paragraphs(action.demand)
    if action.meeting_at:
        when = timezone.localtime(action.meeting_at)
        with_whom = f"，{'、'.join(invited)}参加" if invited else ""
        blocks.append(
            text(
                f"请主要负责人于{day_words(when.date())}{when:%H:%M}到{action.meeting_place}"
                f"接受{kind.label}{with_whom}。"
            )
        )
    if action.effective_from and action.effective_to:
        blocks.append(
            text(
                f"本措施自{day_words(action.effective_from)}起至{day_words(action.effective_to)}止，"
                "期满自行终止。"
            )
        )
    if kind.answered and action.due_on:
        blocks.append(
            text(
                f"请于{day_words(action.due_on)}前整改到位，并在平台提交整改情况和佐证材料；"
                "逾期未整改或整改不到位的，将依规采取进一步措施。"
            )
        )
    return blocks
