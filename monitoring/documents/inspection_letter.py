"""The letter of a 督导检查: what was looked at, each finding with what is demanded, by when."""

from __future__ import annotations

from collections.abc import Sequence

from core.workdays.deadlines import shanghai_day
from monitoring.documents.official_document import (
    Block,
    OfficialDocument,
    day_words,
    first,
    table,
    text,
)
from monitoring.models import SiteInspection, SiteInspectionItem

COLUMNS = (
    {"label": "序号", "width": 2, "align": "center"},
    {"label": "检查内容", "width": 6},
    {"label": "发现的问题", "width": 7},
    {"label": "整改要求", "width": 7},
)


def inspection_letter(
    row: SiteInspection, problems: Sequence[SiteInspectionItem], items: int
) -> OfficialDocument:
    """The paper of an inspection that is fed back; texts are printed as the officer wrote them."""
    assert row.fed_back_at is not None
    assert row.visited_on is not None
    day = shanghai_day(row.fed_back_at)
    visited = (
        f"{row.office.name}于{day_words(row.visited_on)}对你单位开展了督导检查，"
        f"共检查{items}项，发现问题{len(problems)}项。"
    )
    blocks: list[Block] = [
        first("一、检查情况"), text(visited), *_paragraphs(row.visit_note),
    ]  # fmt: skip
    if problems:
        rows = [[str(each.seq), each.matter, each.finding, each.demand] for each in problems]
        blocks += [first("二、发现的问题"), table(COLUMNS, rows)]
    blocks += [first("三、反馈意见" if problems else "二、反馈意见"), *_paragraphs(row.conclusion)]
    if row.due_on:
        blocks.append(
            text(
                f"请于{day_words(row.due_on)}前逐项整改到位，并在平台提交整改情况和佐证材料；"
                "逾期未整改或整改不到位的，将依规采取监管措施。"
            )
        )
    blocks.append(text(f"依据：{row.clause}。"))
    return OfficialDocument(
        issuer=row.office.name, number=row.letter_no,
        title=f"关于对{row.subject.name}督导检查的反馈意见", to=row.subject.name,
        blocks=tuple(blocks), signed=(row.office.name,), signed_on=day, printer=row.office.name,
    )  # fmt: skip


def _paragraphs(words: str) -> list[Block]:
    return [text(line.strip()) for line in words.splitlines() if line.strip()]
