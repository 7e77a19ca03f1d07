"""Codes of packs that a correction of a receipt takes out again or accepts after all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from core.operations import LeavesBehind, operation
from core.transitions import MissingInput
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from procurement.models import CodeEvent, Delivery, TraceCode
from procurement.operations.code_receipts import (
    MOST_CODES,
    Door,
    receive_codes,
    stamps_of,
)
from procurement.queries.receiving import codes_demanded
from procurement.rules.receiving import CODE_CLAUSE
from procurement.rules.trace_code import ReadCode, UnreadableCode, read_code

State = TraceCode.State
ADDED = "added_codes"
"""The field of a correction that names the codes of the packs it adds."""


class OddCodes(MissingInput, LeavesBehind):
    """Codes that a correction may not name; what is odd about them stays found, as at the door."""

    def __init__(self, field: str, reason: str, door: Door) -> None:
        super().__init__(field, reason, CODE_CLAUSE)
        self.door = door

    def leave(self) -> None:
        self.door.keep_findings()


@operation
def release_codes(
    *, delivery: Delivery, accepted: Decimal, codes: Sequence[str], by: User, at: datetime
) -> int:
    """Codes of packs that a correction accepts no more; called by it, which holds the line.

    They go back to the distributor, who may ship them again. Raises MissingInput where a code was
    not received with this delivery (found odd, where it is another institution's), or more stay
    collected than packs are accepted.
    """
    reads = _read("codes", codes)
    wanted = sorted({each.code for each in reads})
    received = TraceCode.objects.filter(
        delivery_id=delivery.pk, state=State.RECEIVED, is_case=False
    )
    found = list(received.select_for_update(of=("self",)).filter(code__in=wanted).order_by("pk"))
    strange = set(wanted) - {each.code for each in found}
    if strange:
        others = [each for each in reads if each.code in strange]
        door = Door([delivery], delivery, others, by, at)
        for each in others:
            door.strange(each)
        words = f"{'、'.join(sorted(strange)[:5])} 不是随这次配送收下的码"
        raise OddCodes("codes", words, door)
    # Those that went back with returned packs are here no more and were accepted all the same.
    back = CodeEvent.objects.filter(
        delivery_id=delivery.pk, kind=CodeEvent.Kind.RETURNED, trace_code__is_case=False
    ).count()
    left = received.count() + back - len(found)
    if left > accepted:
        raise MissingInput(
            "codes",
            f"这次配送已采集 {left + len(found)} 个追溯码，更正后只验收 {accepted.normalize():f} 包装："
            f"请写明不再验收的 {(left + len(found) - accepted).normalize():f} 个包装的码",
            CODE_CLAUSE,
        )
    CodeEvent.objects.bulk_create(
        CodeEvent(
            **stamps_of(row), trace_code=row, at=at, kind=CodeEvent.Kind.CORRECTED,
            delivery_id=delivery.pk, note_no=delivery.note_no, by_name=by.audit_name,
        )
        for row in found
    )  # fmt: skip
    TraceCode.objects.filter(pk__in=[row.pk for row in found]).update(
        state=State.RETURNED, state_at=at
    )
    return len(found)


@operation
def add_codes(
    *, delivery: Delivery, added: Decimal, codes: Sequence[str], by: User, at: datetime
) -> int:
    """Codes of the packs that a correction accepts after all are received with it, from now on.

    Called by the correction, which holds the line; `added` is how many packs it accepts more. A
    case stands for its packs. A code that an earlier correction took out may come back. Raises
    MissingInput where a code does not fit (as at the door), where there are more of them than packs
    added, or where the province demands one for each pack of a drug and some lack.
    """
    typed = [text.strip() for text in codes if text.strip()]
    if added <= 0:
        if typed:
            raise MissingInput(ADDED, "更正后的验收没有增加，不收新的码：请删去", CODE_CLAUSE)
        return 0
    if len(typed) > MOST_CODES:
        raise MissingInput(ADDED, f"一次最多 {MOST_CODES} 个码，请分几次更正", CODE_CLAUSE)
    packs = _ticked(delivery, _read(ADDED, typed), by, at) if typed else 0
    if packs > added:
        raise MissingInput(
            ADDED,
            f"写了 {packs} 个包装的码，更正只增加验收 {added.normalize():f} 包装：请核对",
            CODE_CLAUSE,
        )
    drug = delivery.product.category == "drug"
    if packs < added and drug and codes_demanded(delivery.province, shanghai_day(at)):
        raise MissingInput(
            ADDED,
            f"更正增加验收 {added.normalize():f} 包装，只写了 {packs} 个追溯码。药品应采尽采："
            "请写明增加的每个最小销售包装的码（或整箱的箱码）；没有码的请不要验收",
            CODE_CLAUSE,
        )
    if not packs:
        return 0
    return receive_codes(
        accepted={delivery.pk: added}, deliveries=[delivery], by=by, at=at, demand=False
    )


def _read(field: str, typed: Sequence[str]) -> list[ReadCode]:
    try:
        return [read_code(text) for text in typed]
    except UnreadableCode as problem:
        raise MissingInput(field, str(problem), CODE_CLAUSE) from problem


def _ticked(delivery: Delivery, reads: Sequence[ReadCode], by: User, at: datetime) -> int:
    """Tick these off as at the door; gives how many packs they are. Raises MissingInput."""
    _take_back(delivery, [each.code for each in reads], at)
    door = Door([delivery], delivery, reads, by, at)
    scans = [door.tick(each) for each in reads]
    wrong = [scan.words for scan in scans if not scan.ok]
    if wrong:
        more = f"（共 {len(wrong)} 个码不对）" if len(wrong) > 1 else ""
        raise OddCodes(ADDED, wrong[0] + more, door)
    door.write()
    return sum(scan.packs for scan in scans)


def _take_back(delivery: Delivery, codes: Sequence[str], at: datetime) -> None:
    """What an earlier correction of this delivery took out, and nobody shipped since, is here."""
    last = CodeEvent.objects.filter(trace_code=OuterRef("pk")).order_by("-at", "-pk")
    TraceCode.objects.filter(
        pk__in=TraceCode.objects.filter(
            delivery_id=delivery.pk, state=State.RETURNED, code__in=list(codes)
        )
        .annotate(last=Subquery(last.values("kind")[:1]))
        .filter(last=CodeEvent.Kind.CORRECTED)
        .values("pk")
    ).update(state=State.SHIPPED, state_at=at)
