"""Say which order lines were emergency purchases of a reported surge (S2-14.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import EmergencyPurchase, SurgeReport
from procurement.queries.emergency_purchases import lines_to_tie
from procurement.queries.surge import surge_standings
from procurement.rules.surge import BEFORE_DAYS
from procurement.states.surge import CLAUSE, REPORTER, SURGE_MACHINE

STAMPS = ("institution_id", "county_id", "city_id", "province_id", "pool_id")


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
    try:
        with transaction.atomic():
            made = EmergencyPurchase.objects.bulk_create(
                EmergencyPurchase(
                    report=held, line_id=line.pk, ordered_at=line.ordered_at,
                    order_no=line.order.order_no, line_no=line.line_no,
                    product_id=line.product_id, packs=line.packs, tied_at=at,
                    tied_by_id=by.audit_id, tied_by_name=by.audit_name,
                    **{name: getattr(held, name) for name in STAMPS},
                )
                for line in (found[key] for key in dict.fromkeys(lines))
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused("其中有订单行刚被登记，请刷新后再选", CLAUSE) from error
    record(
        by=by, at=at, action="surge_report.tie", object_type=SURGE_MACHINE.name,
        object_key=held.pk, object_label=held.report_no, clause=CLAUSE,
        detail={"lines": [str(row) for row in made]},
    )  # fmt: skip
    return made
