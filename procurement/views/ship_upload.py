"""Shipping by a sheet (ASN): rows of order, line, packs, lot, expiry; all notes at once, or none."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from core.workdays.deadlines import shanghai_day
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.shipping import ShipRowForm
from procurement.models import Delivery, LineProgress
from procurement.operations.code_shipments import CodeLoad, code_faults
from procurement.operations.shipping import NoteDraft, ShipRow, ship_notes
from procurement.queries.queue import NAMED, left_to_ship
from procurement.queries.shipping import (
    delivers,
    dispatches,
    own_queue,
    recalled_lots,
    tolerances,
)
from procurement.rules.shipping import MOST_LINES, lot_fits, packs_fit
from procurement.states.order_line import TO_SHIP
from procurement.views.column_names import OwnLayout

HEAD = ("invoice_no", "carrier", "plate_no")
COLD = ("cold_device", "lowest_celsius", "highest_celsius")


class ShipUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    """Rows of one institution, place, own number and record of the cold chain make one 配送单."""

    page_title = "Excel 发货"
    page_note = "模板已列出待发的订单行；同一行有几个批号的写几行。先校验并预览，有一处错误都不发货"
    sheet_name = "发货"
    route, back_route = "shipment-upload", "supply-queue"
    max_rows = MOST_LINES
    mapping_kind = "shipments"
    own_sheet_columns = (
        SheetColumn("order_no", "订单号", 24, "照模板，不改"),
        SheetColumn("line_no", "行号", 8, "照模板，不改"),
        SheetColumn("institution", "医疗机构", 28, "只供核对"),
        SheetColumn("product", "产品", 36, "只供核对"),
        SheetColumn("packs", "本次发货", 12, "包装数；不发的行删去"),
        SheetColumn("lot_no", "批号", 18, "照包装"),
        SheetColumn("expires_on", "有效期至", 14, "如 2027-06-30"),
        SheetColumn("own_no", "企业单号", 20, "选填；同一单号为一张配送单"),
        SheetColumn("invoice_no", "发票号", 22, "选填"),
        SheetColumn("codes", "追溯码", 26, "选填；单元格内每行一个，箱码写在逗号后"),
        SheetColumn("carrier", "承运单位", 18, "选填"),
        SheetColumn("plate_no", "车牌号", 12, "选填"),
        SheetColumn("cold_device", "冷链设备编号", 16, "冷链配送必填；与不是冷链的分开成单"),
        SheetColumn("lowest_celsius", "启运最低温", 12, "冷链配送必填，℃"),
        SheetColumn("highest_celsius", "启运最高温", 12, "冷链配送必填，℃"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def to_ship(self) -> list[LineProgress]:
        rows = own_queue(self.scope).filter(state__in=TO_SHIP).select_related(*NAMED, "batch")
        return list(rows.order_by("institution__code", "due_at", "id")[: MOST_LINES * 4])

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        numbers = {row.cells.get("order_no", "") for row in rows}
        found = own_queue(self.scope).filter(order__order_no__in=numbers)
        self.lines = {
            (row.order.order_no, row.line_no): row for row in found.select_related(*NAMED, "batch")
        }

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return ShipRowForm(texts, lines=self.lines)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        lines = {each["line"].line_id: each["line"] for each in values}
        allowed = tolerances(lines.values())
        recalled = recalled_lots({line.product_id for line in lines.values()})
        shipped = {key: line.shipped_packs for key, line in lines.items()}
        first: dict[tuple[int, str], int] = {}
        errors: list[SheetError] = []
        for row, each in zip(rows, values, strict=True):
            line, lot = each["line"], each["lot_no"]
            # What is wrong with a code is told by the sheet's line.
            each["codes"] = tuple(replace(code, line=row.line) for code in each["codes"])
            fits = lot_fits(
                lot_no=lot, expires_on=each["expires_on"], on=shanghai_day(timezone.now()),
                recalled=(line.product_id, lot) in recalled,
            )  # fmt: skip
            if not fits:
                errors.append(SheetError(row.line, self.heading("lot_no"), lot, fits.reason))
            fits = packs_fit(
                packs=each["packs"], ordered=line.packs, shipped=shipped[line.line_id],
                tolerance=allowed[line.line_id],
            )  # fmt: skip
            if not fits:
                errors.append(
                    SheetError(row.line, self.heading("packs"), str(each["packs"]), fits.reason)
                )
            shipped[line.line_id] += each["packs"]
            if (line.line_id, lot) in first:
                said = f"与第 {first[line.line_id, lot]} 行是同一订单行的同一批号，请合并"
                errors.append(SheetError(row.line, self.heading("lot_no"), lot, said))
            first.setdefault((line.line_id, lot), row.line)
        return errors + self._code_errors(rows, values)

    def _code_errors(
        self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]
    ) -> list[SheetError]:
        """What shipping would refuse of the codes, told with everything else that is wrong."""
        coded = [(row, each) for row, each in zip(rows, values, strict=True) if each["codes"]]
        # Confirmed: shipping itself looks again, and knows a second press by the sheet's number.
        if not coded or self.request.POST.get("token"):
            return []
        heading = self.heading("codes")
        faults = code_faults(
            [
                CodeLoad(
                    Delivery(product=each["line"].product, packs=each["packs"],
                             lot_no=each["lot_no"]),
                    each["codes"],
                )
                for _, each in coded
            ]
        )  # fmt: skip
        return [
            SheetError(coded[fault.load][0].line, heading,
                       coded[fault.load][0].cells.get("codes", "")[:80], fault.words)
            for fault in faults
        ]  # fmt: skip

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        notes: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for each in values:
            line = each["line"]
            # What was cooled travels with its own record.
            cold = tuple(each[name] for name in COLD)
            key = (line.institution_id, line.order.receiving_place, each["own_no"], *cold)
            notes.setdefault(key, []).append(each)
        # The sheet that was shown, confirmed twice, is one shipping; by API the call's key says so.
        shown = self.request.POST.get("token", "") or secrets.token_hex(20)
        token = hashlib.sha256(shown.encode()).hexdigest()[:40]
        drafts = []
        for number, ((_, place, own_no, *record), rows) in enumerate(notes.items(), start=1):
            head: dict[str, Any] = dict(zip(COLD, record, strict=True))
            head |= {name: next((each[name] for each in rows if each[name]), "") for name in HEAD}
            drafts.append(
                NoteDraft(
                    rows=tuple(
                        ShipRow(each["line"].line_id, each["packs"], each["lot_no"],
                                each["expires_on"], each["codes"])
                        for each in rows
                    ),
                    client_no=f"{token}-{number}", own_no=own_no, receiving_place=place,
                    cold_chain=bool(record[0]), **head,
                )
            )  # fmt: skip
        made = ship_notes(
            drafts=drafts, by=self.user, scope=self.scope, at=timezone.now(),
            seen={each["line"].line_id: each["line"].row_version for each in values},
        )  # fmt: skip
        return f"已发货 {len(values)} 行，配送单 {len(made)} 张"

    def example_rows(self) -> list[list[Any]]:
        return [
            [row.order.order_no, row.line_no, row.institution.name, str(row.product),
             left_to_ship(row), *[""] * 10]
            for row in self.to_ship()
            if left_to_ship(row)
        ]  # fmt: skip
