"""Say which order lines were emergency purchases of a reported surge, and correct it (S2-14.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import EmergencyPurchase, SurgeReport
from procurement.queries.emergency_purchases import last_entries, lines_to_tie, standing_ties
from procurement.queries.surge import surge_standings
from procurement.rules.surge import BEFORE_DAYS
from procurement.states.surge import CLAUSE, REPORTER, SURGE_MACHINE

STAMPS = ("institution_id", "county_id", "city_id", "province_id", "pool_id")
COPIED = (
    *STAMPS,
    "report_id",
    "line_id",
    "ordered_at",
    "order_no",
    "line_no",
    "product_id",
    "packs",
)
Kind = EmergencyPurchase.Kind


@operation
def tie_lines(
    *, report: SurgeReport, lines: Sequence[tuple[str, int]], by: User, scope: Scope, at: datetime
) -> list[EmergencyPurchase]:
    """Tie order lines, named by order and line number, to a report that waits for its city.

    All or none. Raises NotYours, TransitionRefused where the report has been judged, MissingInput
    for a line that is not the institution's own, of another product, too old or tied already.
    """
    if REPORTER not in surge_standings(scope, report):
        raise NotYours("应急采购由报告应急需求的医疗机构登记", CLAUSE)
    if not lines:
        raise MissingInput("lines", "请勾选应急采购的订单行", CLAUSE)
    held = SurgeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if held.state != SurgeReport.State.REPORTED:
        raise TransitionRefused(
            f"应急需求“{held.get_state_display()}”，不能再登记应急采购；仍有的请重新报告", CLAUSE
        )
    found = {
        (line.order.order_no, line.line_no): line for line in lines_to_tie(report, shanghai_day(at))
    }
    missing = [key for key in lines if key not in found]
    if missing:
        order_no, line_no = missing[0]
        raise MissingInput(
            "lines",
            f"订单 {order_no} 第 {line_no} 行不能登记：须是本机构报告前 {BEFORE_DAYS} 天以来、"
            "急需产品或页面所列可采购产品的订单行，且没有登记过",
            CLAUSE,
        )
    chosen = [found[key] for key in dict.fromkeys(lines)]
    before = last_entries((line.pk, line.ordered_at) for line in chosen)
    made = _write(
        EmergencyPurchase(
            report=held, line_id=line.pk, ordered_at=line.ordered_at,
            order_no=line.order.order_no, line_no=line.line_no, product_id=line.product_id,
            packs=line.packs, tied_at=at, tied_by_id=by.audit_id, tied_by_name=by.audit_name,
            entry_no=before.get((line.pk, line.ordered_at), 0) + 1,
            **{name: getattr(held, name) for name in STAMPS},
        )
        for line in chosen
    )  # fmt: skip
    record(
        by=by, at=at, action="surge_report.tie", object_type=SURGE_MACHINE.name,
        object_key=held.pk, object_label=held.report_no, clause=CLAUSE,
        detail={"lines": [str(row) for row in made]},
    )  # fmt: skip
    return made


@operation
def untie_lines(
    *,
    report: SurgeReport,
    lines: Sequence[tuple[str, int]],
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> list[EmergencyPurchase]:
    """Correct what was tied by mistake: a new entry for each line says so; the old one stays.

    The lines are free to be tied to another report. All or none. A verified report keeps its
    lines: its exemptions rest on them. Raises NotYours, TransitionRefused, MissingInput for a line
    that is not tied to the report, or without words.
    """
    if REPORTER not in surge_standings(scope, report):
        raise NotYours("应急采购由报告应急需求的医疗机构更正", CLAUSE)
    if not words.strip():
        raise MissingInput("words", "请填写更正原因", CLAUSE)
    if not lines:
        raise MissingInput("lines", "请勾选登记有误的订单行", CLAUSE)
    held = SurgeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if held.state == SurgeReport.State.VERIFIED:
        raise TransitionRefused(
            "应急需求已核实，考核豁免已按登记的订单行写入，不能再更正登记；认定有误的请向核实的医保局反映",
            CLAUSE,
        )
    rows = standing_ties(EmergencyPurchase.objects.filter(report=held))
    tied = {(row.order_no, row.line_no): row for row in rows}
    missing = [key for key in lines if key not in tied]
    if missing:
        order_no, line_no = missing[0]
        raise MissingInput(
            "lines",
            f"订单 {order_no} 第 {line_no} 行没有登记在这份应急需求上，请刷新后核对",
            CLAUSE,
        )
    made = _write(
        EmergencyPurchase(
            kind=Kind.UNTIED, entry_no=row.entry_no + 1, words=words.strip(), tied_at=at,
            tied_by_id=by.audit_id, tied_by_name=by.audit_name,
            **{name: getattr(row, name) for name in COPIED},
        )
        for row in (tied[key] for key in dict.fromkeys(lines))
    )  # fmt: skip
    record(
        by=by, at=at, action="surge_report.untie", object_type=SURGE_MACHINE.name,
        object_key=held.pk, object_label=held.report_no, clause=CLAUSE, reason=words.strip(),
        detail={"lines": [str(row) for row in made]},
    )  # fmt: skip
    return made


def _write(rows: Iterable[EmergencyPurchase]) -> list[EmergencyPurchase]:
    """Each line's next entry. Raises TransitionRefused where somebody wrote it a moment ago."""
    try:
        with transaction.atomic():
            return EmergencyPurchase.objects.bulk_create(rows)
    except IntegrityError as error:
        raise TransitionRefused("其中有订单行刚被登记或更正，请刷新后再选", CLAUSE) from error
