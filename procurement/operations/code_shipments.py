"""A distributor registers the codes that it ships; a manufacturer which marks are its products'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from catalog.models import Product
from core.audit.record import record
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
    """What is wrong with a code; line 0 where it concerns the delivery as a whole."""

    line: int
    words: str


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
def ship_codes(
    *, delivery: Delivery, codes: Sequence[ShippedCode], by: User, scope: Scope, at: datetime
) -> int:
    """Register the codes of a delivery that is not received yet, all or none; gives how many packs.

    Raises NotYours, TransitionRefused; MissingInput naming each line that is wrong: not readable,
    of another product or lot, shipped before, twice in the list, more than the delivery's packs.
    """
    allowed = may_ship_codes(scope, delivery)
    if not allowed:
        raise NotYours.of(allowed)
    if not codes or len(codes) > MOST_CODES:
        raise MissingInput("codes", f"请填写 1 至 {MOST_CODES} 个码，每行一个", CODE_CLAUSE)
    lock_lines(keys=[(delivery.line_id, delivery.ordered_at)])
    if Receipt.objects.filter(delivery_id=delivery.pk, line_id=delivery.line_id).exists():
        raise TransitionRefused(
            f"配送 {delivery.delivery_no} 已收货，不能再登记追溯码", CODE_CLAUSE
        )
    packs, cases, wrong = _read_all(delivery, codes)
    _refuse(wrong)
    found = {
        row.code: row
        for row in TraceCode.objects.select_for_update(of=("self",))
        .filter(code__in=[*packs, *cases])
        .order_by("pk")
    }
    _refuse(_known_faults(delivery, packs, cases, found))
    with transaction.atomic():
        made = {code: _new(delivery, read, at, is_case=True) for code, read in cases.items()}
        write_new_codes(list(made.values()))
        again = []
        new = []
        for code, (_, read, case) in packs.items():
            row = found.get(code)
            fresh = _new(delivery, read, at)
            fresh.parent = made.get(case)
            if row is None:
                new.append(fresh)
            else:
                fresh.pk = row.pk
                again.append(fresh)
        write_new_codes(new)
        if again:
            TraceCode.objects.bulk_update(again, [
                "institution", "manufacturer", "distributor", "county", "city", "province", "pool",
                "lot_no", "expires_on", "delivery_id", "state", "state_at", "parent",
            ])  # fmt: skip
        CodeEvent.objects.bulk_create(
            CodeEvent(
                **stamps_of(delivery), trace_code=row, kind=CodeEvent.Kind.SHIPPED, at=at,
                delivery_id=delivery.pk, note_no=delivery.note_no, by_name=by.audit_name,
            )
            for row in [*made.values(), *new, *again]
        )  # fmt: skip
        record(
            by=by, at=at, action="trace_code.ship", object_type="receipt", object_key=delivery.pk,
            object_label=f"{delivery.note_no} {delivery.delivery_no}".strip(), clause=CODE_CLAUSE,
            detail={"codes": len(packs), "cases": len(cases)},
        )  # fmt: skip
        return len(packs)


def code_faults(delivery: Delivery, codes: Sequence[ShippedCode]) -> list[CodeFault]:
    """All that `ship_codes` would refuse of these codes now; nothing is written or locked."""
    packs, cases, wrong = _read_all(delivery, codes)
    if wrong:
        return wrong
    rows = TraceCode.objects.filter(code__in=[*packs, *cases])
    return _known_faults(delivery, packs, cases, {row.code: row for row in rows})


Packs = dict[str, tuple[int, ReadCode, str]]


def _known_faults(
    delivery: Delivery, packs: Packs, cases: dict[str, ReadCode], found: dict[str, TraceCode]
) -> list[CodeFault]:
    """What was shipped before, and more codes than packs."""
    wrong = [
        CodeFault(number, f"第 {number} 行 {code} 已登记发货，不能重复登记")
        for code, (number, _, _) in packs.items()
        if code in found and found[code].state != State.RETURNED
    ]
    wrong += [CodeFault(0, f"箱码 {code} 已登记发货") for code in cases if code in found]
    held = TraceCode.objects.filter(delivery_id=delivery.pk, is_case=False)
    before = held.aggregate(number=Count("pk"))["number"]
    if before + len(packs) > delivery.packs:
        words = f"共 {before + len(packs)} 个码，多于这次配送的 {delivery.packs.normalize():f} 包装"
        wrong.append(CodeFault(0, words))
    return wrong


def _read_all(
    delivery: Delivery, codes: Sequence[ShippedCode]
) -> tuple[Packs, dict[str, ReadCode], list[CodeFault]]:
    """Packs by code with their line and case, the cases, and all that cannot be read or fitted."""
    packs: Packs = {}
    cases: dict[str, ReadCode] = {}
    wrong: list[CodeFault] = []
    marks = set(
        ProductMark.objects.filter(product=delivery.product_id).values_list("mark", flat=True)
    )
    if not marks:
        words = f"{delivery.product} 还没有产品标识：请生产企业先在“产品标识”登记"
        return packs, cases, [CodeFault(0, words)]
    for place, each in enumerate(codes, 1):
        number = each.line or place
        said = ""
        try:
            read = read_code(each.code)
            case = read_code(each.case) if each.case.strip() else None
        except UnreadableCode as problem:
            wrong.append(CodeFault(number, f"第 {number} 行：{problem}"))
            continue
        if read.mark not in marks:
            said = f"{read.code} 不是 {delivery.product} 的码"
        elif read.lot_no and delivery.lot_no and read.lot_no != delivery.lot_no:
            said = f"批号 {read.lot_no} 与配送的 {delivery.lot_no} 不符"
        elif read.code in packs:
            said = f"{read.code} 与第 {packs[read.code][0]} 行重复"
        elif case and case.code == read.code:
            said = "的箱码与追溯码相同"
        if said:
            wrong.append(CodeFault(number, f"第 {number} 行 {said}"))
        if case:
            cases[case.code] = case
        packs.setdefault(read.code, (number, read, case.code if case else ""))
    wrong += [CodeFault(0, f"{code} 既是箱码又是包装的码") for code in cases if code in packs]
    return packs, cases, wrong


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
