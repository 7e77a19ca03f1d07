"""The letters of a 惩戒案件: notice beforehand, decision, repair granted, decision revoked."""

from __future__ import annotations

from datetime import datetime

from core.workdays.deadlines import shanghai_day
from monitoring.documents.official_document import (
    Block,
    OfficialDocument,
    day_words,
    first,
    text,
)
from monitoring.models import SanctionCase
from monitoring.queries.sanction_cases import stops_of
from monitoring.rules.credit_scale import NO_STOP, SCALES, STOPS
from monitoring.states.sanction_case import SanctionKind

TITLES = {
    "notice": "{kind}事先告知书", "decision": "{kind}决定书", "repaired": "{kind}修复告知书",
    "revoked": "撤销{kind}决定告知书",
}  # fmt: skip
NUMERALS = "一二三四五六七"


def sanction_letter(row: SanctionCase, letter: str, at: datetime) -> OfficialDocument:
    """Texts are printed as the officers wrote them. `letter`: a key of TITLES."""
    parts = {
        "notice": _notice, "decision": _decision, "repaired": _ended, "revoked": _ended,
    }[letter](row)  # fmt: skip
    blocks: list[Block] = []
    for numeral, (head, body) in zip(NUMERALS, parts, strict=False):
        blocks += [first(f"{numeral}、{head}"), *body]
    number = row.notice_no if letter == "notice" else row.decision_no
    return OfficialDocument(
        issuer=row.office.name, number=number,
        title=TITLES[letter].format(kind=row.get_kind_display()), to=row.subject.name,
        blocks=tuple(blocks), signed=(row.office.name,), signed_on=shanghai_day(at),
        printer=row.office.name,
    )  # fmt: skip


Parts = list[tuple[str, list[Block]]]


def _notice(row: SanctionCase) -> Parts:
    assert row.statement_due_on is not None
    graded = _grade(row, row.proposed_grade)
    hearing = (
        f"如有异议，请于{day_words(row.statement_due_on)}（含当日）前在平台提交陈述申辩意见和证明材料；"
        "逾期未提交的，视为放弃陈述申辩，将依法依规作出决定。"
    )
    return [
        ("事实和证据", [*_about(row), *_lines(row.matter)]),
        ("拟处理意见", [*graded, *_lines(row.proposal)]),
        ("依据", [text(f"{row.clause}。")]),
        ("陈述申辩", [text(hearing)]),
    ]


def _decision(row: SanctionCase) -> Parts:
    assert row.effective_on is not None
    heard = _lines(row.statement) if row.statement else [text("你单位在期限内没有提交陈述申辩。")]
    until = f"至{day_words(row.effective_to)}" if row.effective_to else "，至准予修复之日"
    effect = [text(f"本决定自{day_words(row.effective_on)}起执行{until}。"), *_consequences(row)]
    return [
        ("事实和证据", [*_about(row), *_lines(row.matter)]),
        ("陈述申辩和复核", heard),
        ("决定", [*_grade(row, row.grade), *_lines(row.decision), *_lines(row.grade_reason)]),
        ("执行", effect),
        ("依据", [text(f"{row.clause}。")]),
        (
            "修复",
            [
                text(
                    "改正违法失信违约行为、消除不良影响后，可在平台申请修复，并提交整改情况和证明材料。"
                )
            ],
        ),
    ]


def _ended(row: SanctionCase) -> Parts:
    assert row.ended_on is not None
    return [
        ("原决定", _about(row)),
        ("结果", [*_lines(row.note), text(f"自{day_words(row.ended_on)}起不再执行原决定。")]),
        ("依据", [text(f"{row.clause}。")]),
    ]


def _about(row: SanctionCase) -> list[Block]:
    words = [f"事由类别：{row.get_cause_display()}。行为发生日：{day_words(row.occurred_on)}。"]
    if row.batch:
        words.append(f"采购批次：{row.batch.name}。")
    if row.product:
        words.append(f"产品：{row.product}（{row.product.code}）。")
    if row.amount:
        words.append(f"涉案金额：{row.amount.normalize():f}元。")
    return [text("".join(words))]


def _grade(row: SanctionCase, grade: str) -> list[Block]:
    if not grade:
        return []
    scale = SCALES[row.scale]
    return [text(f"按《{scale.title}》，失信等级：{scale.label(grade)}。")]


def _consequences(row: SanctionCase) -> list[Block]:
    if row.kind == SanctionKind.CANCEL:
        return [
            text("该产品自执行之日起不再作为中选产品，不再接受新订单；已发出的订单继续履行。"),
            text("三方协议中的该产品同日起不再有效，其余产品由三方签署新版本。"),
        ]
    stop = stops_of(row)
    return [] if stop == NO_STOP else [text(f"{dict(STOPS)[stop]}。")]


def _lines(words: str) -> list[Block]:
    return [text(line.strip()) for line in words.splitlines() if line.strip()]
