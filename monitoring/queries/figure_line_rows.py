"""A figure's lines as its page, its workbook and the API give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from complaints.models import Complaint
from core.templatetags.formats import day, moment
from monitoring.models import IndicatorValue
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_documents import Loaded, due_day, load_documents
from monitoring.queries.figure_lines import FigureLine
from monitoring.queries.names import REGION_SUBJECTS, day_of
from organisations.queries.changes import names_on
from organisations.queries.scope import Scope

SOURCES = {
    "receipt": "收货",
    "return": "退货",
    "delivery": "配送",
    "order_line": "订单行",
    "agreement": "协议行",
    "report": "报量",
    "complaint": "诉求",
    "history": "历史采购",
    "completion": "产品完成情况",
}
SEES_NOT = "不在您的查看范围"


@dataclass(frozen=True)
class LineRow:
    """One line in words. `part` says where it counts: 分子和分母, 分子, 分母, 剔除 or 不计."""

    kind: str
    number: str
    url: str
    institution: str
    matter: str
    at: datetime | None
    dates: str
    packs: Decimal | None
    pack_unit: str
    quantity: Decimal | None
    base_unit: str
    amount: Decimal | None
    numerator: Decimal
    denominator: Decimal
    part: str
    excluded: str

    @property
    def date_lines(self) -> list[str]:
        return self.dates.split("；") if self.dates else ["—"]


def line_rows(scope: Scope, figure: IndicatorValue, lines: Iterable[FigureLine]) -> list[LineRow]:
    """Name everything on these lines; queries grow with kinds of documents, not with lines."""
    listed = list(lines)
    loaded = load_documents(scope, listed)
    documents = [loaded.of(line) for line in listed]
    ids = {pk for each in documents if (pk := getattr(each, "institution_id", None)) is not None}
    then = names_on(ids, day_of(figure)) if ids else {}
    return [_row(figure, line, loaded, then) for line in listed]


def _row(figure: IndicatorValue, line: FigureLine, loaded: Loaded, then: dict[int, str]) -> LineRow:
    found = loaded.of(line)
    product = _product(line, found)
    group = getattr(product, "group", None) or getattr(found, "group", None)
    institution = getattr(found, "institution", None)
    matter = product or group
    return LineRow(
        kind=SOURCES.get(line.source, line.source),
        number=_number(line, found, loaded),
        url=_url(figure, line, found),
        institution=then.get(institution.pk, institution.name) if institution else "",
        matter=str(matter) if matter else "",
        at=line.at,
        dates=_dates(line, found, loaded) if found is not None else "",
        packs=_packs(line, found),
        pack_unit=getattr(product, "pack_unit", ""),
        quantity=line.quantity,
        base_unit=group.base_unit if group else "",
        amount=line.amount,
        numerator=line.numerator,
        denominator=line.denominator,
        part=_part(line),
        excluded=line.excluded or "",
    )


def _product(line: FigureLine, found: Any) -> Any:
    return found if line.source == "completion" else getattr(found, "product", None)


def _part(line: FigureLine) -> str:
    if line.excluded:
        return "剔除"
    if line.numerator and line.denominator:
        return "分子和分母"
    if line.numerator:
        return "分子"
    return "分母" if line.denominator else "不计"


def _number(line: FigureLine, found: Any, loaded: Loaded) -> str:
    """The business number: order and line, and below them the delivery's or the return's own."""
    if found is None:
        return SEES_NOT
    order_line = loaded.order_line(line)
    ordered = f"{order_line.order.order_no}-{order_line.line_no}" if order_line else ""
    match line.source:
        case "order_line":
            return ordered
        case "receipt":
            return f"{ordered} 收货 {found.receipt_no}"
        case "delivery":
            return f"{ordered} 配送 {found.delivery_no}"
        case "return":
            return f"{found.return_no}（{ordered}）"
        case "agreement":
            return str(found.agreement_no)
        case "complaint":
            return str(found.complaint_no)
        case "report":
            return f"报量 第{found.year_no}年"
        case "history":
            return f"{found.month:%Y-%m} 历史采购"
    return str(found.code)


def _dates(line: FigureLine, found: Any, loaded: Loaded) -> str:
    """The moments that decide how the line counts."""
    order_line = loaded.order_line(line)
    match line.source:
        case "receipt":
            return moment(found.received_at)
        case "return":
            return moment(found.returned_at)
        case "delivery":
            return f"送达 {moment(found.delivered_at)}；收货期限 {day(due_day(line.at))}"
        case "order_line" if order_line is not None:
            return _order_dates(order_line)
        case "agreement":
            return _signatures(found)
        case "complaint":
            return _complaint_dates(found)
        case "report":
            return f"提交 {moment(found.submitted_at)}，{found.get_status_display()}"
        case "history":
            return f"{found.month:%Y-%m}"
    return ""


def _order_dates(line: Any) -> str:
    answer = line.get_response_display() if line.response else "未响应"
    reason = f"（{line.get_reject_reason_display()}）" if line.reject_reason else ""
    at = f" {moment(line.responded_at)}" if line.responded_at else ""
    gone = f"；撤单 {moment(line.cancelled_at)}" if line.cancelled_at else ""
    return f"发送 {moment(line.ordered_at)}；{answer}{reason}{at}{gone}"


def _signatures(agreement: Any) -> str:
    sides = (
        ("机构", agreement.institution_signed_at),
        ("生产", agreement.manufacturer_signed_at),
        ("配送", agreement.distributor_signed_at),
    )
    return "；".join(f"{side} {day(at) if at else '未签'}" for side, at in sides)


def _complaint_dates(complaint: Complaint) -> str:
    parts = [
        f"提出 {moment(complaint.filed_at)}",
        f"回复 {moment(complaint.replied_at)}" if complaint.replied_at else "未回复",
    ]
    if complaint.promised_on:
        parts.append(f"承诺 {day(complaint.promised_on)}")
    parts.append(f"解决 {moment(complaint.resolved_at)}" if complaint.resolved_at else "未解决")
    return "；".join(parts)


def _packs(line: FigureLine, found: Any) -> Decimal | None:
    packs: Decimal | None = getattr(found, "packs", getattr(found, "accepted_packs", None))
    return -packs if packs is not None and line.source == "return" else packs


def _url(figure: IndicatorValue, line: FigureLine, found: Any) -> str:
    """Completion lines open to the unit's own figure of that product."""
    if line.source != "completion" or found is None or figure.subject_type in REGION_SUBJECTS:
        return ""
    return figure_url(
        IndicatorValue(
            month=figure.month,
            indicator="completion_rate",
            window="ytd",
            subject_type=figure.subject_type,
            subject_code=figure.subject_code,
            batch_code=figure.batch_code,
            year_no=figure.year_no,
            product_code=found.code,
        )
    )
