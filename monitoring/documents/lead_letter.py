"""The letter that transfers a lead, as PDF and Word, and its evidence as a workbook."""

from __future__ import annotations

from datetime import datetime

from core.workdays.deadlines import shanghai_day
from monitoring.documents.bulletin import PRINTED, Sheet, workbook
from monitoring.documents.official_document import Block, OfficialDocument, first, table, text
from monitoring.models import Lead
from monitoring.states.lead import LEAD_CLAUSE
from organisations.models import Organisation

WIDTHS = (3, 1, 2, 3, 3, 4, 3, 3, 1, 2, 1)


def lead_letter(lead: Lead, *, sender: Organisation, at: datetime) -> OfficialDocument:
    """Finding, method, what the check found, the newest lines; `lead` carries receiver and note."""
    assert lead.receiver is not None
    rows = lead.evidence.get("rows", [])
    columns = [
        {"label": label, "width": width, "align": "left"}
        for label, width in zip(lead.evidence.get("columns", []), WIDTHS, strict=False)
    ]
    blocks: list[Block] = [
        text(f"根据{LEAD_CLAUSE}，现将集中带量采购监测发现并经核查的线索（{lead.lead_no}）移交你单位。"),
        first("一、线索情况"), text(lead.finding),
        first("二、研判方法"), text(lead.method),
        first("三、核查情况"), text(lead.check_note),
        first("四、移交说明"), text(lead.transfer_note),
        first("五、相关订单"),
    ]  # fmt: skip
    if rows:
        blocks.append(table(columns, rows[:PRINTED]))
    blocks.append(
        text(
            f"共 {lead.evidence.get('total', 0)} 行，列出最近的 {min(len(rows), PRINTED)} 行，"
            f"其余见附件。证据摘要（SHA-256）：{lead.digest}。"
        )
    )
    return OfficialDocument(
        issuer=sender.name, number="", title="关于移交集中带量采购监测线索的函",
        to=lead.receiver.name, blocks=tuple(blocks), signed=(sender.name,),
        signed_on=shanghai_day(at), notes=("附件：相关订单（电子表格）",),
    )  # fmt: skip


def files_of_lead(lead: Lead, *, sender: Organisation, at: datetime) -> dict[str, bytes]:
    """pdf, docx and xlsx."""
    paper = lead_letter(lead, sender=sender, at=at)
    columns = tuple((label, 12 + 4 * width) for label, width in zip(
        lead.evidence.get("columns", []), WIDTHS, strict=False
    ))  # fmt: skip
    rows = tuple(tuple(row) for row in lead.evidence.get("rows", []))
    book = workbook([Sheet("相关订单", columns, rows)], at=at)
    return {"pdf": paper.pdf(at=at), "docx": paper.docx(), "xlsx": book}
