"""承诺函 as PDF: the figures as they are frozen, their digest, places for signature and seal."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.paper import render_paper
from core.signing import Field, prepare_pdf
from core.workdays.deadlines import shanghai_day
from volumes.models import VolumeReport
from volumes.rules.deviation import deviation, share_words

SIGNATURE_FIELD = "institution"
PLEDGES = (
    "一、报量由本单位按程序填报、审核，数字依据历史实际用量、临床需求和变化趋势确定，真实、准确、完整。",
    "二、本单位将按报量及据此确定的约定采购量签订协议，优先采购和使用中选产品，按时完成约定采购量。",
    "三、不以费用控制、药占比、品种规格数量限制、药事委员会评审等为由影响中选产品进院和使用。",
    "四、如有故意少报、不报或虚报，愿按有关规定承担责任。",
)


def letter_pdf(report: VolumeReport, *, number: int, at: datetime) -> bytes:
    """The letter of these figures with an empty field for the institution's electronic signature.

    Reads task, batch and institution. Raises PaperError.
    """
    rows = [
        [
            str(place), line.group.name, line.group.base_unit, _number(line.prior_year_qty),
            _number(line.reported_qty),
            share_words(deviation(line.reported_qty, line.prior_year_qty)), line.explanation,
        ]
        for place, line in enumerate(
            report.lines.select_related("group").order_by("group__code"), start=1
        )
    ]  # fmt: skip
    task = report.task
    paper = render_paper(
        "core/official",
        {
            "title": f"{report.task.batch.get_category_display()}集中带量采购报量承诺函",
            "number": f"{report.report_no} 第{number}份",
            "digest": report.figures_digest,
            "parties": [
                {"label": "承诺单位", "name": report.institution.name, "code": report.institution.code, "note": ""},
                {"label": "致", "name": task.organisation.name, "code": "", "note": ""},
            ],
            "blocks": [
                {"kind": "text", "text": f"就“{task.title}”（{task.batch.name}第 {task.year_no} 采购年度），本单位郑重承诺："},
                *({"kind": "text", "text": words} for words in PLEDGES),
                {"kind": "section", "text": f"所报数量（共 {len(rows)} 个品种，生成日期 {shanghai_day(at):%Y-%m-%d}）"},
                {
                    "kind": "table",
                    "columns": [
                        {"label": "序号", "width": 1}, {"label": "品种", "width": 4},
                        {"label": "单位", "width": 1}, {"label": "上年实际", "width": 2, "align": "right"},
                        {"label": "本年报量", "width": 2, "align": "right"},
                        {"label": "偏差", "width": 2, "align": "right"}, {"label": "说明", "width": 4},
                    ],
                    "rows": rows,
                },
                {"kind": "text", "text": "院长或党委书记签字：                    职务：              日期：      年   月   日"},
            ],
            "signatures": [
                {"name": SIGNATURE_FIELD, "label": "承诺单位（公章）", "organisation": report.institution.name}
            ],
        },
    )  # fmt: skip
    fields = [
        Field(box.name, box.page, box.left, box.bottom, box.right, box.top) for box in paper.boxes
    ]
    return prepare_pdf(paper.pdf, fields)


def _number(value: Decimal) -> str:
    text = f"{value:,.4f}".rstrip("0")
    return text.rstrip(".")
