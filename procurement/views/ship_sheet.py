"""The sheet on which a dispatcher types packs and lots, read back as drafts of notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.numbers.plain import typed_number
from procurement.models import LineProgress
from procurement.operations.code_shipments import typed_codes
from procurement.operations.shipping import NoteDraft, ShipRow
from procurement.queries.queue import left_to_ship

MOST = Decimal(10) ** 13


@dataclass
class LotRow:
    """One lot of one line as it was typed; `place` tells several of a line apart."""

    place: int
    packs: str
    lot_no: str = ""
    expires_on: str = ""
    codes: str = ""


@dataclass
class SheetLine:
    progress: LineProgress
    lots: list[LotRow] = field(default_factory=list)


@dataclass
class SheetNote:
    """Lines that go to one place of one institution: one 配送单."""

    number: int
    institution: str
    place: str
    own_no: str = ""
    invoice_no: str = ""
    lines: list[SheetLine] = field(default_factory=list)


@dataclass
class SheetProduct:
    """A lot that holds for every line of the product on which none is typed."""

    pk: int
    label: str
    lines: int
    lot_no: str = ""
    expires_on: str = ""


def sheet_of(
    rows: Iterable[LineProgress], given: Mapping[str, Any], more: int = 0
) -> list[SheetNote]:
    """The sheet as typed in `given`, else with what is left to ship; `more` gets one lot more."""
    notes: dict[tuple[int, str], SheetNote] = {}
    for row in rows:
        key = (row.institution_id, row.order.receiving_place)
        if key not in notes:
            number = len(notes) + 1
            notes[key] = SheetNote(
                number, row.institution.name, row.order.receiving_place,
                str(given.get(f"own_{number}", "")), str(given.get(f"invoice_{number}", "")),
            )  # fmt: skip
        line = SheetLine(row, _typed(row, given))
        if row.line_id == more:
            line.lots.append(LotRow(len(line.lots), ""))
        notes[key].lines.append(line)
    return list(notes.values())


def _typed(row: LineProgress, given: Mapping[str, Any]) -> list[LotRow]:
    lots: list[LotRow] = []
    while f"packs_{row.line_id}_{len(lots)}" in given and len(lots) < 20:
        place = len(lots)
        lots.append(
            LotRow(
                place, *(str(given.get(f"{name}_{row.line_id}_{place}", "")).strip()
                         for name in ("packs", "lot", "expires", "codes")),
            )
        )  # fmt: skip
    return lots or [LotRow(0, f"{left_to_ship(row).normalize():f}")]


def products_of(rows: Iterable[LineProgress], given: Mapping[str, Any]) -> list[SheetProduct]:
    found: dict[int, SheetProduct] = {}
    for row in rows:
        each = found.setdefault(
            row.product_id,
            SheetProduct(
                row.product_id, str(row.product), 0,
                str(given.get(f"product_lot_{row.product_id}", "")).strip(),
                str(given.get(f"product_expires_{row.product_id}", "")).strip(),
            ),
        )  # fmt: skip
        each.lines += 1
    return sorted(found.values(), key=lambda each: each.label)


def drafts_of(
    notes: Iterable[SheetNote],
    products: Iterable[SheetProduct],
    head: Mapping[str, Any],
    client_no: str,
) -> tuple[list[NoteDraft], list[str]]:
    """Drafts of the notes that carry something, and what was not understood, by line."""
    usual = {each.pk: each for each in products}
    drafts, errors = [], []
    for note in notes:
        rows: list[ShipRow] = []
        for line in note.lines:
            for lot in line.lots:
                if lot.packs in ("", "0"):
                    continue
                read = _row(line.progress, lot, usual[line.progress.product_id])
                rows += [read] if isinstance(read, ShipRow) else []
                errors += [read] if isinstance(read, str) else []
        if rows:
            drafts.append(
                NoteDraft(
                    rows=tuple(rows), client_no=f"{client_no}-{note.number}",
                    own_no=note.own_no.strip()[:60], invoice_no=note.invoice_no.strip()[:60],
                    receiving_place=note.place, **head,
                )
            )  # fmt: skip
    return drafts, errors


def _row(row: LineProgress, lot: LotRow, usual: SheetProduct) -> ShipRow | str:
    """The row, or in words what is wrong with it."""
    text = lot.packs
    packs = typed_number(text)
    if packs is None:
        return f"订单行 {row}：包装数“{text}”不是数字"
    if packs >= MOST or packs != packs.quantize(Decimal("0.0001")):
        return f"订单行 {row}：包装数至多 4 位小数、13 位整数"
    typed = lot.expires_on or ("" if lot.lot_no else usual.expires_on)
    try:
        expires_on = date.fromisoformat(typed) if typed else None
    except ValueError:
        return f"订单行 {row}：有效期“{typed}”不是日期，请按 2027-06-30 填写"
    lot_no = lot.lot_no or usual.lot_no
    if len(lot_no) > 60:
        return f"订单行 {row}：批号至多 60 个字"
    if lot.lot_no and lot.lot_no == usual.lot_no and expires_on is None and usual.expires_on:
        return _row(row, LotRow(lot.place, lot.packs, "", usual.expires_on, lot.codes), usual)
    return ShipRow(row.line_id, packs, lot_no, expires_on, tuple(typed_codes(lot.codes)))
