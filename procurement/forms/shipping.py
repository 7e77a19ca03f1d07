"""What a dispatcher types: why lines are refused or closed, how a shipment travels, rows of an ASN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import say_what_is_missing
from core.numbers.typed import TypedNumber
from procurement.models import LineProgress, OrderLine
from procurement.operations.code_shipments import ShippedCode, typed_codes
from procurement.rules.shipping import cold_chain_fits

MOST = Decimal(10) ** 13
# Not \s: the separator of a UDI's elements (FNC1) counts as one there.
BETWEEN_CODES = re.compile(r"(?<![,，])[ \t\r\n\u3000]+(?![,，])")


class RejectLinesForm(forms.Form):
    """Why lines are refused; the hospital reads it."""

    reason = forms.ChoiceField(
        label="拒绝原因", choices=[("", "请选择"), *OrderLine.RejectReason.choices],
        error_messages={"required": "请选择拒绝原因"},
    )  # fmt: skip
    note = forms.CharField(
        label="说明", max_length=500, required=False, help_text="原因为“其他”的必须写明。"
    )


class CloseRestForm(forms.Form):
    reason = forms.CharField(
        label="关闭余量的原因", max_length=500, help_text="医疗机构会看到；关闭后这些包装不再发货。",
        error_messages={"required": "请填写关闭余量的原因"},
    )  # fmt: skip


class ShipHeadForm(forms.Form):
    """What all notes of one shipping share."""

    carrier = forms.CharField(label="承运单位", max_length=100, required=False)
    plate_no = forms.CharField(label="车牌号", max_length=20, required=False)
    driver = forms.CharField(label="送货人及电话", max_length=60, required=False)
    planned_at = forms.DateTimeField(
        label="预计到达", required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    cold_chain = forms.BooleanField(label="冷链配送", required=False)
    cold_device = forms.CharField(
        label="冷链设备编号", max_length=60, required=False, help_text="冷链配送必填。"
    )
    lowest_celsius = TypedNumber(
        label="启运最低温", unit="℃", required=False, max_digits=5, decimal_places=1
    )
    highest_celsius = TypedNumber(
        label="启运最高温", unit="℃", required=False, max_digits=5, decimal_places=1
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        fits = cold_chain_fits(
            cold_chain=bool(given.get("cold_chain")), device=given.get("cold_device") or "",
            lowest=given.get("lowest_celsius"), highest=given.get("highest_celsius"),
        )  # fmt: skip
        if not fits:
            self.add_error("cold_device", fits.reason)
        return given


class ShipRowForm(forms.Form):
    """One lot of one line in a sheet; `line` in the cleaned data is the own line that it names."""

    order_no = forms.CharField(label="订单号", max_length=60)
    line_no = forms.IntegerField(label="行号", min_value=1, max_value=100000, required=False)
    product = forms.CharField(label="产品", max_length=400, required=False)
    packs = TypedNumber(
        label="本次发货", min_value=Decimal("0.0001"), max_value=MOST, decimal_places=4
    )
    lot_no = forms.CharField(label="批号", max_length=60)
    expires_on = forms.DateField(label="有效期至", input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])
    own_no = forms.CharField(max_length=60, required=False)
    invoice_no = forms.CharField(max_length=60, required=False)
    codes = forms.CharField(max_length=200_000, required=False, strip=False)
    carrier = forms.CharField(max_length=100, required=False)
    plate_no = forms.CharField(max_length=20, required=False)
    cold_device = forms.CharField(max_length=60, required=False)
    lowest_celsius = TypedNumber(required=False, max_digits=5, decimal_places=1)
    highest_celsius = TypedNumber(required=False, max_digits=5, decimal_places=1)

    def __init__(
        self, *args: Any, lines: Mapping[tuple[str, int], LineProgress], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        say_what_is_missing(self)

    def clean_codes(self) -> list[ShippedCode]:
        """A sheet gives the lines of a cell with spaces between them; no code has one."""
        return typed_codes(BETWEEN_CODES.sub("\n", self.cleaned_data["codes"]))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        record = [given.get(name) for name in ("cold_device", "lowest_celsius", "highest_celsius")]
        fits = cold_chain_fits(
            cold_chain=any(each not in (None, "") for each in record), device=record[0] or "",
            lowest=record[1], highest=record[2],
        )  # fmt: skip
        if not fits:
            self.add_error("cold_device", fits.reason)
        if {"order_no", "line_no"} <= given.keys():
            given["line"] = self._named(given["order_no"], given["line_no"], given.get("product"))
            if given["line"] is None:
                self.add_error(
                    "order_no",
                    "工作台里没有这个订单行，请照模板的订单号和行号；没有行号的写产品的国家医保编码",
                )
        return given

    def _named(
        self, order_no: str, line_no: int | None, product: str | None
    ) -> LineProgress | None:
        """Without a line number the product tells the line, where the order has it once."""
        if line_no is not None:
            return self.lines.get((order_no, line_no))
        same = [
            line for (number, _), line in self.lines.items()
            if number == order_no and product in (line.product.code, str(line.product))
        ]  # fmt: skip
        return same[0] if len(same) == 1 else None
