"""A distributor registers the codes that it ships; a manufacturer which marks are its products'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from catalog.models import Product
from core.audit.record import NewEvent, record, record_many
from core.operations import operation
from core.transitions import ALLOWED, MissingInput, NotYours, TransitionRefused, Verdict
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import CodeEvent, CodeKind, Delivery, ProductMark, Receipt, TraceCode
from procurement.operations.code_receipts import stamps_of, write_new_codes
from procurement.operations.line_progress import lock_lines
from procurement.rules.receiving import ANSWERERS, CODE_CLAUSE
from procurement.rules.trace_code import (
    LINE_END,
    ReadCode,
    UnreadableCode,
    marks_product,
    read_code,
)

MOST_CODES = 5000
State = TraceCode.State


@dataclass(frozen=True)
class ShippedCode:
    """One pack's code, and the code of the case that it is in, if any.

    `line` is where it stands in the sender's list; 0 counts within what is sent.
    """

    code: str
    case: str = ""
    line: int = 0


@dataclass(frozen=True)
class CodeFault:
    """What is wrong with a code of the load at `load`; line 0: with the load as a whole."""

    load: int
    line: int
    words: str


@dataclass(frozen=True)
class CodeLoad:
    """A delivery with the codes that travel with it; `label` names it where several are sent."""

    delivery: Delivery
    codes: Sequence[ShippedCode]
    label: str = ""

    def place(self, line: int) -> str:
        return f"{self.label} {f'第 {line} 行' if line else ''}".strip()

    def fault(self, index: int, line: int, said: str) -> CodeFault:
        between = "" if said.startswith("：") else " "
        return CodeFault(index, line, f"{self.place(line)}{between}{said}".strip())


def typed_codes(text: str) -> list[ShippedCode]:
    """A code a line; after a comma the code of its case."""
    found = []
    for number, line in enumerate(LINE_END.split(text), 1):
        if line.strip():
            code, _, case = line.replace("，", ",").partition(",")
            found.append(ShippedCode(code.strip(), case.strip(), number))
    return found


def may_ship_codes(scope: Scope, sent: Delivery | None = None) -> Verdict:
    own = scope.is_business and scope.is_distributor and scope.has_role(*ANSWERERS)
    if own and (sent is None or sent.distributor_id == scope.organisation_id):
        return ALLOWED
    return Verdict(False, "随货追溯码由配送该货的企业登记", CODE_CLAUSE)


def may_bind(scope: Scope, product: Product | None = None) -> Verdict:
    own = scope.is_business and scope.is_manufacturer and scope.has_role(*ANSWERERS)
    if own and (product is None or product.manufacturer_id == scope.organisation_id):
        return ALLOWED
    return Verdict(False, "产品标识由该产品的生产企业登记", CODE_CLAUSE)


@operation
def bind_mark(
    *, product: Product, mark: str, by: User, scope: Scope, at: datetime
) -> ProductMark:  # fmt: skip
    """Seven digits of a drug's codes, or a device's GTIN, stand for this product from now on.

    Raises NotYours, MissingInput; TransitionRefused where the mark stands for another product.
    """
    allowed = may_bind(scope, product)
    if not allowed:
        raise NotYours.of(allowed)
    given = mark.strip()
    kind = CodeKind.DRUG if product.category == "drug" else CodeKind.UDI
    said = marks_product(kind, given)
    if not said:
        raise MissingInput("mark", said.reason, CODE_CLAUSE)
    made, new = ProductMark.objects.get_or_create(
        mark=given,
        defaults={
            "kind": kind, "product": product, "manufacturer_id": product.manufacturer_id,
            "bound_at": at, "bound_by_name": by.audit_name,
        },
    )  # fmt: skip
    if not new:
        same = made.product_id == product.pk
        words = "已经登记为这个产品" if same else "已经登记为另一个产品，一个标识只能对应一个产品"
        raise TransitionRefused(f"标识 {given} {words}", CODE_CLAUSE)
    record(
        by=by, at=at, action="product_mark.bind", object_type="product_mark", object_key=made.pk,
        object_label=f"{given} {product}"[:300], clause=CODE_CLAUSE,
        detail={"product": product.code, "mark": given},
    )  # fmt: skip
    return made


@operation
def ship_codes(*, loads: Sequence[CodeLoad], by: User, scope: Scope, at: datetime) -> int:
    """Register the codes of deliveries that are not received yet, all or none; gives how many packs.

    A fixed number of statements for any number of deliveries. Raises NotYours, TransitionRefused;
    MissingInput naming each line that is wrong: not readable, of another product or lot, shipped
    before, twice in what is sent, more than the delivery's packs.
    """
    for load in loads:
        allowed = may_ship_codes(scope, load.delivery)
        if not allowed:
            raise NotYours.of(allowed)
        if not load.codes or len(load.codes) > MOST_CODES:
            raise MissingInput("codes", f"请填写 1 至 {MOST_CODES} 个码，每行一个", CODE_CLAUSE)
    if not loads:
        raise MissingInput("codes", "没有要登记的追溯码", CODE_CLAUSE)
    sent = {load.delivery.pk: load.delivery for load in loads}
    lines = [(each.line_id, each.ordered_at) for each in sent.values()]
    lock_lines(keys=lines)
    received = Receipt.objects.filter(
        delivery_id__in=list(sent), line_id__in=[line_id for line_id, _ in lines]
    )
    for pk in received.values_list("delivery_id", flat=True)[:1]:
        raise TransitionRefused(
            f"配送 {sent[pk].delivery_no} 已收货，不能再登记追溯码", CODE_CLAUSE
        )
    read, wrong = _read_all(loads)
    _refuse(wrong)
    held = TraceCode.objects.select_for_update(of=("self",)).filter(code__in=_named(read))
    found = {row.code: row for row in held.order_by("pk")}
    _refuse(_known_faults(loads, read, found))
    with transaction.atomic():
        shipped = _write(loads, read, found, at)
        CodeEvent.objects.bulk_create(
            CodeEvent(
                **stamps_of(row), trace_code=row, kind=CodeEvent.Kind.SHIPPED, at=at,
                delivery_id=row.delivery_id, note_no=sent[row.delivery_id].note_no,
                by_name=by.audit_name,
            )
            for row in shipped
        )  # fmt: skip
        record_many(
            [_event(load.delivery, here) for load, here in zip(loads, read, strict=True)],
            by=by, at=at,
        )  # fmt: skip
        return sum(len(here.packs) for here in read)


def code_faults(loads: Sequence[CodeLoad]) -> list[CodeFault]:
    """All that `ship_codes` would refuse of these codes now; nothing is written or locked.

    Goods that are not shipped yet may be told by a delivery that is not saved.
    """
    read, wrong = _read_all(loads)
    if wrong:
        return wrong
    rows = TraceCode.objects.filter(code__in=_named(read))
    return _known_faults(loads, read, {row.code: row for row in rows})


@dataclass
class _Read:
    """The packs of one load by code, each with its line and case; and its cases."""

    packs: dict[str, tuple[int, ReadCode, str]] = field(default_factory=dict)
    cases: dict[str, ReadCode] = field(default_factory=dict)


def _named(read: Sequence[_Read]) -> list[str]:
    return [code for here in read for code in (*here.packs, *here.cases)]


def _write(
    loads: Sequence[CodeLoad], read: Sequence[_Read], found: Mapping[str, TraceCode], at: datetime
) -> list[TraceCode]:
    """The rows of all loads: cases first, for the packs to name them; those that came back again."""
    cases = [
        {code: _new(load.delivery, case, at, is_case=True) for code, case in here.cases.items()}
        for load, here in zip(loads, read, strict=True)
    ]
    made = [row for each in cases for row in each.values()]
    write_new_codes(made)
    new: list[TraceCode] = []
    again: list[TraceCode] = []
    for load, here, boxes in zip(loads, read, cases, strict=True):
        for code, (_, pack, case) in here.packs.items():
            fresh = _new(load.delivery, pack, at)
            fresh.parent = boxes.get(case)
            if code in found:
                fresh.pk = found[code].pk
            (again if code in found else new).append(fresh)
    write_new_codes(new)
    if again:
        TraceCode.objects.bulk_update(again, [
            "institution", "manufacturer", "distributor", "county", "city", "province", "pool",
            "lot_no", "expires_on", "delivery_id", "state", "state_at", "parent",
        ])  # fmt: skip
    return [*made, *new, *again]


def _event(sent: Delivery, here: _Read) -> NewEvent:
    return NewEvent(
        action="trace_code.ship", object_type="receipt", object_key=str(sent.pk),
        object_label=f"{sent.note_no} {sent.delivery_no}".strip(), clause=CODE_CLAUSE,
        detail={"codes": len(here.packs), "cases": len(here.cases)},
    )  # fmt: skip


def _known_faults(
    loads: Sequence[CodeLoad], read: Sequence[_Read], found: Mapping[str, TraceCode]
) -> list[CodeFault]:
    """What was shipped before, and more codes than packs."""
    held = TraceCode.objects.filter(
        delivery_id__in=[load.delivery.pk for load in loads if load.delivery.pk], is_case=False
    )
    before = dict(held.values_list("delivery_id").annotate(number=Count("pk")))
    wrong: list[CodeFault] = []
    for index, (load, here) in enumerate(zip(loads, read, strict=True)):
        wrong += [
            load.fault(index, number, f"{code} 已登记发货，不能重复登记")
            for code, (number, _, _) in here.packs.items()
            if code in found and found[code].state != State.RETURNED
        ]
        wrong += [
            load.fault(index, 0, f"箱码 {code} 已登记发货") for code in here.cases if code in found
        ]
        total = before.get(load.delivery.pk, 0) + len(here.packs)
        if total > load.delivery.packs:
            most = f"{load.delivery.packs.normalize():f}"
            wrong.append(load.fault(index, 0, f"共 {total} 个码，多于这次配送的 {most} 包装"))
    return wrong


def _read_all(loads: Sequence[CodeLoad]) -> tuple[list[_Read], list[CodeFault]]:
    """What each load names, and all that cannot be read or fitted; a code is in one load alone."""
    bound = ProductMark.objects.filter(product__in={load.delivery.product_id for load in loads})
    marks: dict[int, set[str]] = {}
    for product, mark in bound.values_list("product_id", "mark"):
        marks.setdefault(product, set()).add(mark)
    read: list[_Read] = []
    wrong: list[CodeFault] = []
    elsewhere: dict[str, str] = {}
    for index, load in enumerate(loads):
        here, faults = _read_load(index, load, marks.get(load.delivery.product_id, set()))
        wrong += faults
        places = {code: number for code, (number, _, _) in here.packs.items()}
        named = dict.fromkeys(here.cases, 0) | places
        wrong += [
            load.fault(index, number, f"{code} 与{elsewhere[code]}重复")
            for code, number in named.items() if code in elsewhere
        ]  # fmt: skip
        for code, number in named.items():
            case = f"{load.label or '另一次配送'}的箱码"
            elsewhere.setdefault(code, load.place(number) if number else case)
        read.append(here)
    return read, wrong


def _read_load(index: int, load: CodeLoad, marks: Set[str]) -> tuple[_Read, list[CodeFault]]:
    sent, here = load.delivery, _Read()
    wrong: list[CodeFault] = []
    if not marks:
        words = f"{sent.product} 还没有产品标识：请生产企业先在“产品标识”登记"
        return here, [load.fault(index, 0, words)]
    for place, each in enumerate(load.codes, 1):
        number = each.line or place
        said = ""
        try:
            code = read_code(each.code)
            case = read_code(each.case) if each.case.strip() else None
        except UnreadableCode as problem:
            wrong.append(load.fault(index, number, f"：{problem}"))
            continue
        if code.mark not in marks:
            said = f"{code.code} 不是 {sent.product} 的码"
        elif code.lot_no and sent.lot_no and code.lot_no != sent.lot_no:
            said = f"批号 {code.lot_no} 与配送的 {sent.lot_no} 不符"
        elif code.code in here.packs:
            said = f"{code.code} 与第 {here.packs[code.code][0]} 行重复"
        elif case and case.code == code.code:
            said = "的箱码与追溯码相同"
        if said:
            wrong.append(load.fault(index, number, said))
        if case:
            here.cases[case.code] = case
        here.packs.setdefault(code.code, (number, code, case.code if case else ""))
    wrong += [
        load.fault(index, 0, f"{code} 既是箱码又是包装的码")
        for code in here.cases if code in here.packs
    ]  # fmt: skip
    return here, wrong


def _refuse(wrong: Sequence[CodeFault]) -> None:
    if wrong:
        more = f"；另有 {len(wrong) - 10} 处" if len(wrong) > 10 else ""
        words = "；".join(fault.words for fault in wrong[:10])
        raise MissingInput("codes", words + more, CODE_CLAUSE)


def _new(sent: Delivery, read: ReadCode, at: datetime, *, is_case: bool = False) -> TraceCode:
    return TraceCode(
        **stamps_of(sent), code=read.code, kind=read.kind, product_id=sent.product_id,
        lot_no=read.lot_no or sent.lot_no, expires_on=read.expires_on or sent.expires_on,
        is_case=is_case, delivery_id=sent.pk, state=State.SHIPPED, state_at=at,
    )  # fmt: skip
