"""Codes at the door: tick them off against the 配送单, then receive them with the goods."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from core.audit.record import Actor, NewEvent, record, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.models.stamps import PartyStamps
from organisations.queries.scope import Scope
from procurement.models import CodeEvent, CodeFinding, Delivery, ProductMark, TraceCode
from procurement.operations.line_progress import lock_lines
from procurement.queries.receiving import codes_demanded, may_receive, of_note
from procurement.rules.receiving import CODE_CLAUSE
from procurement.rules.trace_code import ReadCode, UnreadableCode, read_code

STAMPS = (
    "institution_id", "manufacturer_id", "distributor_id", "county_id", "city_id", "province_id",
    "pool_id",
)  # fmt: skip
State = TraceCode.State
MOST_CODES = 2000


@dataclass(frozen=True)
class Scan:
    """What became of one scan: `packs` ticked of `delivery`, or in `words` why not."""

    typed: str
    words: str
    packs: int = 0
    delivery: Delivery | None = None

    @property
    def ok(self) -> bool:
        return self.packs > 0


def stamps_of(row: PartyStamps) -> dict[str, Any]:
    """The parties of a delivery or of one of its codes, for what is written of them."""
    return {name: getattr(row, name) for name in STAMPS}


@operation
def tick_codes(
    *, first: Delivery, typed: Sequence[str], by: User, scope: Scope, at: datetime
) -> list[Scan]:
    """Tick these codes off against what waits on the 配送单 of `first`; an answer for each.

    Nothing is raised for a code that does not fit: what was found odd (received before, shipped to
    somebody else) is kept as a finding for both parties and the province. A case stands for its
    packs. Raises NotYours.
    """
    allowed = may_receive(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if first.institution_id not in scope.institution_ids:
        raise NotYours("只能收本机构（医共体牵头机构包括成员）的货", CODE_CLAUSE)
    if len(typed) > MOST_CODES:
        raise MissingInput("codes", f"一次最多 {MOST_CODES} 个码，请分几次提交", CODE_CLAUSE)
    waiting = of_note(scope, first)
    lock_lines(keys=[(each.line_id, each.ordered_at) for each in waiting])
    # Behind the lock: what somebody received meanwhile waits no more.
    waiting = of_note(scope, first)
    reads: list[ReadCode | Scan] = []
    for text in typed:
        try:
            reads.append(read_code(text))
        except UnreadableCode as problem:
            reads.append(Scan(text.strip(), str(problem)))
    door = Door(waiting, first, [each for each in reads if isinstance(each, ReadCode)], by, at)
    scans = [each if isinstance(each, Scan) else door.tick(each) for each in reads]
    door.write()
    _note_sitting("trace_code.tick", first, sum(each.packs for each in scans), by, at)
    return scans


@operation
def untick_codes(*, first: Delivery, by: User, scope: Scope, at: datetime) -> int:
    """Begin the ticking of a 配送单 again; gives how many codes are not ticked any more."""
    allowed = may_receive(scope)
    if not allowed or first.institution_id not in scope.institution_ids:
        raise NotYours.of(allowed)
    waiting = of_note(scope, first)
    lock_lines(keys=[(each.line_id, each.ordered_at) for each in waiting])
    number = TraceCode.objects.filter(
        delivery_id__in=[each.pk for each in waiting], state=State.TICKED
    ).update(state=State.SHIPPED, state_at=at)
    _note_sitting("trace_code.untick", first, number, by, at)
    return number


def _note_sitting(action: str, first: Delivery, number: int, by: User, at: datetime) -> None:
    record(
        by=by, at=at, action=action, object_type="receipt", object_key=first.pk,
        object_label=f"{first.note_no} {first.delivery_no}".strip(), clause=CODE_CLAUSE,
        detail={"codes": number},
    )  # fmt: skip


@operation
def receive_codes(
    *, accepted: Mapping[int, Decimal], deliveries: Sequence[Delivery], by: Actor, at: datetime,
    demand: bool,
) -> int:  # fmt: skip
    """Ticked codes are received with their goods; called by the receipt, which holds the lines.

    `demand` False: the clock accepts, nobody has scanned. Raises MissingInput where more codes
    were ticked than packs are accepted, or where the province demands one per pack and some lack.
    """
    ticked = ticked_packs(accepted)
    for sent in deliveries:
        have, need = ticked.get(sent.pk, 0), accepted[sent.pk]
        if have > need:
            raise MissingInput(
                f"accepted_{sent.pk}",
                f"配送 {sent.delivery_no} 已核对 {have} 个码，多于验收的 {need.normalize():f} 包装："
                "拒收的包装不要扫码，请重新核对",
                CODE_CLAUSE,
            )
        asked = demand and sent.product.category == "drug"
        if asked and have < need and codes_demanded(sent.province, shanghai_day(at)):
            raise MissingInput(
                f"accepted_{sent.pk}",
                f"配送 {sent.delivery_no} 验收 {need.normalize():f} 包装，只核对了 {have} 个追溯码。"
                "药品应采尽采：请扫完每个最小销售包装（或整箱的箱码）后收货；没有码的请拒收并写明",
                CODE_CLAUSE,
            )
    notes = {sent.pk: sent.note_no for sent in deliveries}
    rows = list(
        TraceCode.objects.select_for_update(of=("self",))
        .filter(delivery_id__in=list(notes), state=State.TICKED)
        .order_by("pk")
    )
    CodeEvent.objects.bulk_create(
        CodeEvent(
            **stamps_of(row), trace_code=row, at=at, kind=CodeEvent.Kind.RECEIVED, delivery_id=row.delivery_id,
            note_no=notes[row.delivery_id], by_name=by.audit_name,
        )
        for row in rows
    )  # fmt: skip
    TraceCode.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.RECEIVED, state_at=at
    )
    return len(rows)


def write_new_codes(rows: Sequence[TraceCode]) -> None:
    """Codes that nobody had a moment ago. Raises TransitionRefused where somebody has now."""
    try:
        with transaction.atomic():
            TraceCode.objects.bulk_create(rows)
    except IntegrityError as race:
        raise TransitionRefused("其中有的码刚刚在别处登记，请重新扫码或提交", CODE_CLAUSE) from race


def ticked_packs(deliveries: Collection[int]) -> dict[int, int]:
    """How many packs' codes are ticked, by delivery."""
    rows = TraceCode.objects.filter(
        delivery_id__in=list(deliveries), state=State.TICKED, is_case=False
    )
    return dict(rows.values_list("delivery_id").annotate(number=Count("pk")))


def _locked(codes: Collection[str]) -> dict[str, TraceCode]:
    rows = TraceCode.objects.select_for_update(of=("self",)).filter(code__in=codes)
    return {row.code: row for row in rows.order_by("pk")}


def _inside(cases: Sequence[TraceCode]) -> dict[int, list[TraceCode]]:
    """What is in these cases, by case."""
    rows = TraceCode.objects.select_for_update(of=("self",)).filter(parent__in=cases)
    found: dict[int, list[TraceCode]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.parent_id or 0, []).append(row)
    return found


class Door:
    """One sitting at one 配送单: what was found, and what is to be written at its end."""

    def __init__(
        self, waiting: Sequence[Delivery], first: Delivery, reads: Sequence[ReadCode],
        by: User, at: datetime,
    ) -> None:  # fmt: skip
        self.waiting = {each.pk: each for each in waiting}
        self.first, self.by, self.at = first, by, at
        known = _locked({each.code for each in reads})
        self.inside = _inside([row for row in known.values() if row.is_case])
        packed = {row.code: row for rows in self.inside.values() for row in rows}
        # One object for one code, whether it was scanned itself or its case.
        self.known = known | packed
        strange = {each.mark for each in reads if each.code not in self.known}
        marks = ProductMark.objects.filter(mark__in=strange).select_related("product")
        self.marks = {each.mark: each for each in marks}
        self.ticked: list[TraceCode] = []
        self.fresh: list[TraceCode] = []
        self.findings: list[CodeFinding] = []
        # Where the distributor registered codes, others are unknown. What was scanned here in an
        # earlier sitting was never registered as shipped, and shuts nothing out.
        shipped = CodeEvent.objects.filter(
            delivery_id__in=list(self.waiting), kind=CodeEvent.Kind.SHIPPED
        )
        self.with_codes = set(shipped.values_list("delivery_id", flat=True).distinct())
        self.counts = ticked_packs(self.waiting)

    def tick(self, read: ReadCode) -> Scan:
        row = self.known.get(read.code)
        return self._unknown(read) if row is None else self._known(read, row)

    def _known(self, read: ReadCode, row: TraceCode) -> Scan:
        here = self.waiting.get(row.delivery_id)
        if row.state == State.RECEIVED:
            self._find(CodeFinding.Kind.REPEATED, row)
            where = "本机构" if row.institution_id == self.first.institution_id else "其他机构"
            return Scan(
                read.code, f"{read.code} 已由{where}收货，不能再收：请拒收这一包装并联系配送企业"
            )
        if row.state == State.RETURNED:
            return Scan(read.code, f"{read.code} 已退货：请配送企业重新登记发货后再收")
        if here is None:
            if row.institution_id != self.first.institution_id:
                self._find(CodeFinding.Kind.ELSEWHERE, row)
                return Scan(
                    read.code,
                    f"{read.code} 登记发往其他机构，疑似串货：请拒收这一包装并联系配送企业",
                )
            return Scan(read.code, f"{read.code} 在本机构的另一张配送单上，请打开那张配送单收货")
        if row.state == State.TICKED:
            return Scan(read.code, f"{read.code} 刚才已经核对过")
        if row.is_case:
            return self._case(read, row, here)
        return self._tick([row], read, here)

    def _case(self, read: ReadCode, row: TraceCode, here: Delivery) -> Scan:
        packs = [
            each
            for each in self.inside.get(row.pk, [])
            if each.state == State.SHIPPED and each.delivery_id == row.delivery_id
        ]
        if not packs:
            return Scan(read.code, f"箱码 {read.code} 里的包装都已经核对过")
        row.state = State.TICKED
        self.ticked.append(row)
        return self._tick(packs, read, here)

    def _tick(self, rows: Sequence[TraceCode], read: ReadCode, here: Delivery) -> Scan:
        for row in rows:
            row.state = State.TICKED
        self.ticked += rows
        return self._fitting(read, here, len(rows))

    def _unknown(self, read: ReadCode) -> Scan:
        """Nobody has registered it: taken where its mark is that of goods shipped without codes."""
        mark = self.marks.get(read.mark)
        if mark is None:
            return Scan(
                read.code,
                f"{read.code}：标识 {read.mark} 没有登记对应的产品，是未知的码。请核对包装；"
                "确是本品的，请生产企业在“产品标识”登记",
            )
        same = [each for each in self.waiting.values() if each.product_id == mark.product_id]
        if not same:
            return Scan(
                read.code, f"{read.code} 是 {mark.product}，这张配送单上没有这个产品：请拒收"
            )
        open_ones = [each for each in same if each.pk not in self.with_codes]
        if not open_ones:
            return Scan(
                read.code, f"{read.code} 不在配送企业登记的码中，是未知的码：请拒收并联系配送企业"
            )
        here = next((each for each in open_ones if self.counts.get(each.pk, 0) < each.packs), None)
        if here is None:
            return Scan(read.code, f"{mark.product} 的码已经核对满配送的数量，多出的请不要收")
        if read.lot_no and here.lot_no and read.lot_no != here.lot_no:
            return Scan(
                read.code, f"{read.code} 的批号 {read.lot_no} 与配送单 {here.lot_no} 不符：请拒收"
            )
        made = TraceCode(
            **stamps_of(here), code=read.code, kind=read.kind, product_id=here.product_id,
            lot_no=read.lot_no or here.lot_no, expires_on=read.expires_on or here.expires_on,
            delivery_id=here.pk, state=State.TICKED, state_at=self.at,
        )  # fmt: skip
        self.known[read.code] = made
        self.fresh.append(made)
        return self._fitting(read, here, 1)

    def _fitting(self, read: ReadCode, here: Delivery, packs: int) -> Scan:
        self.counts[here.pk] = self.counts.get(here.pk, 0) + packs
        words = f"{here.product}：已核对 {self.counts[here.pk]}／{here.packs.normalize():f}"
        return Scan(read.code, words, packs, here)

    def strange(self, read: ReadCode) -> None:
        """A pack is here whose code was shipped to, or received by, another institution: found."""
        row = self.known.get(read.code)
        if row is None or row.institution_id == self.first.institution_id:
            return
        if row.state == State.RECEIVED:
            self._find(CodeFinding.Kind.REPEATED, row)
        elif row.state != State.RETURNED:
            self._find(CodeFinding.Kind.ELSEWHERE, row)

    def _find(self, kind: str, row: TraceCode) -> None:
        self.findings.append(
            CodeFinding(
                **stamps_of(self.first), trace_code=row, kind=kind, product_id=row.product_id,
                other_id=row.institution_id, delivery_id=self.first.pk, found_at=self.at,
                by_name=self.by.audit_name,
            )
        )  # fmt: skip

    def write(self) -> None:
        """One update, and what was found."""
        write_new_codes(self.fresh)
        TraceCode.objects.filter(pk__in=[row.pk for row in self.ticked]).update(
            state=State.TICKED, state_at=self.at
        )
        self.keep_findings()

    def keep_findings(self) -> None:
        """What was odd, with its audit events; the same at the same delivery once."""
        CodeFinding.objects.bulk_create(self.findings, ignore_conflicts=True)
        record_many(
            [
                NewEvent(
                    action=f"trace_code.{each.kind}", object_type="trace_code",
                    object_key=str(each.trace_code_id), object_label=each.trace_code.code,
                    clause=CODE_CLAUSE, detail={"note_no": self.first.note_no},
                )
                for each in self.findings
            ],
            by=self.by, at=self.at,
        )  # fmt: skip
