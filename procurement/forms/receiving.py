"""What is typed at the door: packs of each delivery, corrections, requests to return, codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import DAY, known_product, say_what_is_missing
from catalog.models import Product
from catalog.queries.known import Known
from core.numbers.typed import TypedNumber
from procurement.models import Delivery, ReceiptRemark, ReturnRequest
from procurement.operations.code_shipments import ShippedCode, typed_codes
from procurement.queries.receiving import DeliveryKey
from procurement.rules.trace_code import code_lines

MOST = Decimal(10) ** 13
REASONS = [("", "没有拒收"), *ReceiptRemark.Reason.choices]


def _packs(label: str, **more: Any) -> TypedNumber:
    return TypedNumber(
        label=label, unit="包装", min_value=0, max_value=MOST, decimal_places=4, **more
    )


class ReceiveForm(forms.Form):
    """For each delivery of a note: whether it is taken now, packs, reason, what the goods bear."""

    def __init__(self, *args: Any, rows: Sequence[Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            self.fields |= self._fields(row)
        say_what_is_missing(self)

    def _fields(self, row: Delivery) -> dict[str, forms.Field]:
        key = row.pk
        return {
            f"take_{key}": forms.BooleanField(label="本次收货", required=False, initial=True),
            f"accepted_{key}": _packs("验收", initial=row.packs),
            f"refused_{key}": _packs("拒收", initial=Decimal(0)),
            f"reason_{key}": forms.ChoiceField(
                label="拒收原因", required=False, choices=REASONS,
                error_messages={"invalid_choice": "请从列出的拒收原因中选择"},
            ),
            f"words_{key}": forms.CharField(label="说明", max_length=500, required=False),
            f"lot_no_{key}": forms.CharField(
                label="实物批号", max_length=60, required=False,
                help_text="与配送单不同时填写。",
            ),
            f"expires_on_{key}": forms.DateField(
                label="实物有效期至", required=False, widget=DAY,
                help_text="与配送单不同时填写。",
            ),
        }  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        """Per delivery its bound fields, for the template."""
        names = ("take", "accepted", "refused", "reason", "words", "lot_no", "expires_on")
        return [
            {"row": row, **{name: self[f"{name}_{row.pk}"] for name in names}} for row in self.rows
        ]


class ReceiptRowForm(forms.Form):
    """One delivery in a sheet; `delivery` in the cleaned data is the waiting one that it names."""

    order_no = forms.CharField(label="订单号", max_length=60)
    line_no = forms.IntegerField(label="行号", min_value=1, max_value=2_000_000_000, required=False)
    delivery_no = forms.CharField(label="配送号", max_length=40)
    accepted = _packs("验收")
    refused = _packs("拒收", required=False)
    reason = forms.ChoiceField(
        label="拒收原因", required=False, choices=REASONS,
        error_messages={
            "invalid_choice": "没有这个拒收原因，可填：" + "、".join(ReceiptRemark.Reason.labels)
        },
    )  # fmt: skip
    words = forms.CharField(label="说明", max_length=500, required=False)
    lot_no = forms.CharField(label="实物批号", max_length=60, required=False)
    expires_on = forms.DateField(
        label="实物有效期至", required=False, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]
    )

    def __init__(self, *args: Any, waiting: Mapping[DeliveryKey, Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        say_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["refused"] = given.get("refused") or Decimal(0)
        if {"order_no", "line_no", "delivery_no"} <= given.keys():
            given["delivery"] = _named(self.waiting, given)
            if given["delivery"] is None:
                self.add_error(
                    "delivery_no",
                    "没有等待收货的这次配送：请照模板的订单号、行号、配送号；已收货的请办理更正",
                )
        return given


class ReturnRowForm(forms.Form):
    """Packs to be sent back of one received delivery, in a sheet."""

    order_no = forms.CharField(label="订单号", max_length=60)
    line_no = forms.IntegerField(label="行号", min_value=1, max_value=2_000_000_000, required=False)
    delivery_no = forms.CharField(label="配送号", max_length=40)
    kind = forms.ChoiceField(
        label="方式", choices=ReturnRequest.Kind.choices, required=False,
        error_messages={"invalid_choice": "方式填退货或换货，空为退货"},
    )  # fmt: skip
    packs = _packs("数量")
    reason = forms.ChoiceField(
        label="原因", choices=ReturnRequest.Reason.choices,
        error_messages={
            "invalid_choice": "没有这个退货原因，可填：" + "、".join(ReturnRequest.Reason.labels)
        },
    )  # fmt: skip
    words = forms.CharField(label="说明", max_length=500, required=False)

    def __init__(self, *args: Any, received: Mapping[DeliveryKey, Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received = received
        say_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["kind"] = given.get("kind") or ReturnRequest.Kind.RETURN
        if {"order_no", "line_no", "delivery_no"} <= given.keys():
            given["delivery"] = _named(self.received, given)
            if given["delivery"] is None:
                self.add_error("delivery_no", "本机构没有这次配送：请核对订单号、行号、配送号")
        return given


def _named(known: Mapping[DeliveryKey, Delivery], given: Mapping[str, Any]) -> Delivery | None:
    """Other systems number no lines: without one the 配送号 tells, where the order has it once."""
    order_no, line_no, delivery_no = given["order_no"], given["line_no"], given["delivery_no"]
    if line_no is not None:
        return known.get((order_no, line_no, delivery_no))
    same = [row for key, row in known.items() if (key[0], key[2]) == (order_no, delivery_no)]
    return same[0] if len(same) == 1 else None


class NoteCodeForm(forms.Form):
    """One code of one delivery of a note, in a sheet."""

    delivery_no = forms.CharField(label="配送号", max_length=40)
    code = forms.CharField(label="追溯码", max_length=200)
    case = forms.CharField(label="箱码", max_length=200, required=False)

    def __init__(self, *args: Any, sent: Mapping[str, Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = sent
        say_what_is_missing(self)

    def clean_delivery_no(self) -> Delivery:
        found = self.sent.get(self.cleaned_data["delivery_no"])
        if found is None:
            raise forms.ValidationError("这张配送单上没有这个配送号，请照模板填写")
        return found


class ScanForm(forms.Form):
    """One scan, or many pasted, a line each."""

    codes = forms.CharField(label="追溯码", max_length=60_000)

    def clean_codes(self) -> list[str]:
        return code_lines(self.cleaned_data["codes"])


class FindForm(forms.Form):
    """A note's number or a code, from a scanner or typed."""

    q = forms.CharField(label="配送单号或追溯码", max_length=200)


class CorrectForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    accepted = _packs("更正后验收")
    refused = _packs("更正后拒收")
    words = forms.CharField(label="更正原因", max_length=500)
    codes = forms.CharField(
        label="不再验收的追溯码", max_length=60_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="更正后验收少于已采集的码时，每行写一个退出的码。",
    )  # fmt: skip
    added_codes = forms.CharField(
        label="增加验收的追溯码", max_length=60_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="更正后验收增加时，每行写一个增加的包装的码；箱码代表箱内包装。"
        "要求采集追溯码的省份，药品增加几个包装就要几个码。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    def clean_codes(self) -> list[str]:
        return code_lines(self.cleaned_data["codes"])

    def clean_added_codes(self) -> list[str]:
        return code_lines(self.cleaned_data["added_codes"])


class AskReturnForm(forms.Form):
    kind = forms.ChoiceField(
        label="方式", choices=ReturnRequest.Kind.choices,
        help_text="换货不改变收货数量；换不成时可改为退货。",
    )  # fmt: skip
    packs = _packs("数量")
    reason = forms.ChoiceField(label="原因", choices=ReturnRequest.Reason.choices)
    words = forms.CharField(label="说明", max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class RequestStepForm(forms.Form):
    """Whatever a step of a request needs; the operation says what is missing."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    answer_words = forms.CharField(label="拒绝原因", max_length=500, required=False)
    turn_words = forms.CharField(label="改为退货的原因", max_length=500, required=False)
    new_note_no = forms.CharField(label="补发配送单号", max_length=60, required=False)
    new_lot_no = forms.CharField(label="补发批号", max_length=60, required=False)
    new_expires_on = forms.DateField(label="补发有效期至", required=False, widget=DAY)
    codes = forms.CharField(
        label="退回包装的追溯码", max_length=60_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="每行一个；登记后这些码可以重新发货。",
    )  # fmt: skip


class ShipCodesForm(forms.Form):
    """Codes of one delivery, a line each; after a comma the code of the case."""

    codes = forms.CharField(
        label="追溯码", max_length=400_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="每行一个；整箱的在追溯码后写逗号和箱码，医院扫箱码即核对箱内全部包装。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    def clean_codes(self) -> list[ShippedCode]:
        return typed_codes(self.cleaned_data["codes"])


class MarkForm(forms.Form):
    """Which mark stands for which product."""

    product = forms.CharField(label="国家医保编码", max_length=27)
    mark = forms.CharField(
        label="标识", max_length=14, help_text="药品填追溯码前 7 位；医疗器械填 14 位 GTIN。"
    )

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        say_what_is_missing(self)

    def clean_product(self) -> Product:
        return known_product(self.known, self.cleaned_data["product"])
