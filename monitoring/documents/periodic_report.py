"""A periodic report on paper and its annex as a workbook; the same content gives the same bytes."""

from __future__ import annotations

from datetime import datetime

from core.workdays.deadlines import shanghai_day
from monitoring.documents.bulletin import PRINTED, Sheet, workbook
from monitoring.documents.official_document import Block, OfficialDocument, first, table, text
from monitoring.models import PeriodicReport
from monitoring.rules.bulletin_text import text_lines


def paper_of_report(report: PeriodicReport, *, at: datetime | None = None) -> OfficialDocument:
    """Its words, then its tables; of a long table the first rows, the annex has all."""
    blocks: list[Block] = [
        {"kind": line.kind, "text": "".join(str(part) for part in line.parts)}
        for line in text_lines(report.body.replace("{", "（").replace("}", "）"))
    ]
    for number, each in enumerate(report.tables, start=1):
        blocks.append(first(f"附表{number}　{each['title']}"))
        if not each["rows"]:
            blocks.append(text("本期没有。"))
            continue
        columns = [
            {"label": label, "width": 4 if place == 1 else 3 if place == 0 else 2,
             "align": "left" if place < 2 else "right"}
            for place, label in enumerate(each["columns"])
        ]  # fmt: skip
        blocks.append(table(columns, each["rows"][:PRINTED]))
        if len(each["rows"]) > PRINTED:
            blocks.append(text(f"共 {len(each['rows'])} 行，其余见电子附表。"))
        if each["note"]:
            blocks.append(text(f"{each['note']}。"))
    return OfficialDocument(
        issuer="", number="", title=report.title, to=report.receiver.name, blocks=tuple(blocks),
        signed=(report.issuer.name,), signed_on=shanghai_day(at) if at else None,
        notes=("附件：附表（电子表格，随本报告在平台下载）",),
    )  # fmt: skip


def files_of_report(report: PeriodicReport, *, at: datetime) -> dict[str, bytes]:
    """pdf, docx and xlsx."""
    paper = paper_of_report(report, at=at)
    sheets = [
        Sheet(
            each["title"][:31].replace("（", "(").replace("）", ")"),
            tuple((label, 34 if place == 1 else 18) for place, label in enumerate(each["columns"])),
            tuple(tuple(row) for row in each["rows"]),
        )
        for each in report.tables
    ]
    return {"pdf": paper.pdf(at=at), "docx": paper.docx(), "xlsx": workbook(sheets, at=at)}
