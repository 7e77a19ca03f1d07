"""E-invoices: the goods' total, once per number, red ones that name theirs, the 两票制 pair."""

from __future__ import annotations

import io
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Notice
from procurement.models import Delivery, Invoice, InvoiceItem
from procurement.operations.invoices import InvoiceDraft, register_invoices, register_red
from procurement.rules.invoice import goods_fit, number_fits, sums_fit, tax_no_fits
from tests.procurement.receiving import Door

pytestmark = pytest.mark.django_db
D = Decimal
BUYER, MAKER = "12360000400000000X", "91360000MA0000000X"


def number(last: int) -> str:
    return f"263600000000000{last:05d}"


def draft(note: str = "PSD1", last: int = 1, total: str = "40", **more: Any) -> InvoiceDraft:
    fields: dict[str, Any] = {
        "note_no": note, "invoice_no": number(last), "issued_on": date(2026, 3, 11),
        "buyer_tax_no": BUYER, "net": D(total), "tax": D(0), "total": D(total),
    }  # fmt: skip
    return InvoiceDraft(**fields | more)


def register(door: Door, *drafts: InvoiceDraft, of: Any = None) -> list[Invoice]:
    return register_invoices(drafts=drafts, **door.acting(of or door.carrier))


def red(door: Door, origin: Invoice, last: int = 9, total: str = "-40", **more: Any) -> Invoice:
    fields: dict[str, Any] = {
        "invoice_no": number(last), "issued_on": date(2026, 3, 11), "net": D(total), "tax": D(0),
        "total": D(total), "reason": "退货", **door.acting(door.carrier),
    }  # fmt: skip
    return register_red(origin=origin, **fields | more)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("1" * 20, True), ("1" * 19, False), ("1" * 21, False), ("1" * 19 + "a", False)],
)
def test_a_number_has_twenty_digits(text: str, fits: bool) -> None:
    assert bool(number_fits(text)) is fits


@pytest.mark.parametrize(
    ("length", "fits"), [(14, False), (15, True), (16, False), (18, True), (19, False), (20, True)]
)
def test_tax_numbers(length: int, fits: bool) -> None:
    assert bool(tax_no_fits("9" * length, "识别号")) is fits
    assert not tax_no_fits("９" * length, "识别号")


@pytest.mark.parametrize(
    ("net", "tax", "total", "is_red", "fits"),
    [("100", "13", "113", False, True), ("100", "13", "112.99", False, False),
     ("0", "0", "0", False, False), ("1.001", "0", "1.001", False, False),
     ("-100", "-13", "-113", True, True), ("100", "13", "113", True, False)],
)  # fmt: skip
def test_sums(net: str, tax: str, total: str, is_red: bool, fits: bool) -> None:
    assert bool(sums_fit(net=D(net), tax=D(tax), total=D(total), red=is_red)) is fits


@pytest.mark.parametrize(("off", "fits"), [("0.02", True), ("0.03", False), ("-0.02", True)])
def test_each_row_may_be_rounded_by_a_cent(off: str, fits: bool) -> None:
    assert bool(goods_fit(total=D(100) + D(off), goods=D(100), rows=2)) is fits


def test_registered_once_for_what_was_delivered_and_not_refused() -> None:
    door = Door()
    sent, other = door.ship(door.line()), door.ship(door.line())
    door.take(other, 8, 2, reason="damaged")
    with pytest.raises(MissingInput, match="票货不符"):
        register(door, draft(total="80"))
    (made,) = register(door, draft(total="72", first_no=number(77), first_on=date(2026, 2, 1),
                                   first_seller_tax_no=MAKER))  # fmt: skip
    packs = dict(made.items.values_list("delivery_id", "packs"))
    assert packs == {sent.pk: 10, other.pk: 8}
    assert (made.institution, made.seller_tax_no, made.first_no) == (
        door.hospital, door.carrier.code, number(77),
    )  # fmt: skip
    assert set(Delivery.objects.values_list("invoice_no", flat=True)) == {made.invoice_no}
    assert Notice.objects.filter(organisation_id=door.hospital.pk, title__contains="发票").exists()
    with pytest.raises(MissingInput, match="没有剩余"):
        register(door, draft(last=2))
    door.ship(door.line(), note_no="PSD2")
    with pytest.raises(TransitionRefused, match="已经登记过"):
        register(door, draft("PSD2", last=1))
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(
            **{f"{name}_id": getattr(made, f"{name}_id") for name in
               ("institution", "distributor", "province")},
            invoice_no=made.invoice_no, kind="blue", issued_on=made.issued_on, net=1, tax=0,
            total=1, seller_tax_no=MAKER, buyer_tax_no=BUYER, registered_at=made.registered_at,
        )  # fmt: skip


def test_what_is_refused() -> None:
    door = Door()
    door.ship(door.line())
    with pytest.raises(NotYours):
        register(door, draft(), of=door.hospital)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"note_no": "没有"}, "没有本企业的配送单"),
        ({"issued_on": date(2026, 3, 12)}, "不能晚于今天"),
        ({"first_no": number(2)}, "要么都填"),
        ({"first_no": number(1), "first_on": date(2026, 3, 1), "first_seller_tax_no": MAKER},
         "号码相同"),
        ({"first_no": number(2), "first_on": date(2026, 3, 12), "first_seller_tax_no": MAKER},
         "第一票的开票日期"),
        ({"packs": {"没有": D(1)}}, "没有配送号"),
    ]  # fmt: skip
    for fields, words in wrong:
        with pytest.raises(MissingInput, match=words):
            register(door, draft(**{"note": fields.pop("note_no", "PSD1"), **fields}))
    assert not Invoice.objects.exists()


def test_loaded_deliveries_that_share_a_number_are_invoiced_as_a_whole() -> None:
    door = Door()
    for _ in range(2):
        door.ship(door.line(), delivery_no="1")
    with pytest.raises(MissingInput, match="2 行配送号都是 1"):
        register(door, draft(packs={"1": D(10)}))
    (made,) = register(door, draft(total="80"))
    assert made.items.count() == 2


def test_red_names_its_blue_and_takes_back_no_more() -> None:
    door = Door()
    sent = door.ship(door.line())
    (blue,) = register(door, draft())
    with pytest.raises(MissingInput, match="还可开票"):
        red(door, blue, total="-44", packs={sent.delivery_no: D(11)})
    part = red(door, blue, total="-12", packs={sent.delivery_no: D(3)})
    assert (part.kind, part.origin) == ("red", blue)
    assert part.items.get().packs == -3
    with pytest.raises(TransitionRefused, match="不能再冲红"):
        red(door, part, last=8)
    red(door, blue, last=8, total="-28")
    assert sum(InvoiceItem.objects.values_list("amount", flat=True)) == 0
    with pytest.raises(MissingInput, match="没有剩余"):
        red(door, blue, last=7)
    (again,) = register(door, draft(last=5))
    assert again.items.get().packs == 10


def test_pages_sheet_and_api(client: Client) -> None:
    door = Door()
    for note in ("PSD1", "PSD2", "PSD3"):
        door.ship(door.line(), note_no=note)
    client.force_login(door.acting(door.carrier)["by"])
    typed = {"note_no": "PSD1", "invoice_no": "123", "issued_on": "2026-03-11",
             "buyer_tax_no": BUYER, "net": "40", "tax": "0", "total": "40"}  # fmt: skip
    answer = client.post("/invoices/new/", typed)
    assert answer.status_code == 400
    assert "20 位数字" in answer.content.decode()
    typed["invoice_no"] = number(1)
    assert client.post("/invoices/new/", typed).status_code == 302
    assert "甲医院" in client.get(f"/invoices/{number(1)}/").content.decode()
    taken_back = {"invoice_no": number(2), "issued_on": "2026-03-11", "net": "-40", "tax": "0",
                  "total": "-40", "reason": "开票有误"}  # fmt: skip
    page = client.post(f"/invoices/{number(1)}/red/", taken_back | {"total": "-41"})
    assert page.status_code == 400
    assert client.post(f"/invoices/{number(1)}/red/", taken_back).status_code == 302
    blank = openpyxl.load_workbook(io.BytesIO(client.get("/invoices/upload/?template=1").content))
    sheet = blank.active
    assert sheet is not None

    def send() -> Any:
        file = io.BytesIO()
        blank.save(file)
        file.name = "发票.xlsx"
        file.seek(0)
        return client.post("/invoices/upload/", {"file": file})

    sheet.append(["PSD2", "123", "2026-03-11", BUYER, 40, 0, 40, "", "", ""])
    sheet.append(["PSD2", number(3), "三月", BUYER, 40, 0, 40, "", "", ""])
    sheet.append(["PSD2", number(3), "2026-03-11", BUYER, 40, 0, 41, "", "", ""])
    said = send().context["file_errors"]
    assert [(each["line"], each["column"]) for each in said] == [
        (2, "发票号码"), (3, "开票日期"), (4, "价税合计"),
    ]  # fmt: skip
    sheet.delete_rows(2, 3)
    sheet.append(["PSD2", number(3), "2026-03-11", BUYER, 40, 0, 40, "", "", ""])
    shown = send()
    assert shown.status_code == 200, shown.content.decode()
    token = shown.context["token"]
    assert client.post("/invoices/upload/", {"token": token}).status_code == 302
    strange = client.post(
        "/api/v1/invoices/",
        {**typed, "note_no": "PSD3", "invoice_no": number(4),
         "rows": [{"delivery_no": Delivery.objects.get(note_no="PSD1").delivery_no, "packs": "4"}]},
        content_type="application/json",
    )  # fmt: skip
    assert strange.status_code == 400, strange.content.decode()
    made = client.post(
        "/api/v1/invoices/",
        {**typed, "note_no": "PSD3", "invoice_no": number(4),
         "rows": [{"delivery_no": Delivery.objects.get(note_no="PSD3").delivery_no, "packs": "4"}],
         "net": "16", "total": "16"},
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 201, made.content.decode()
    (item,) = client.get(f"/api/v1/invoices/{number(4)}/items/").json()
    assert (item["packs"], item["amount"]) == ("4.0000", "16.0000")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_invoice_the_same_packs_once() -> None:
    door = Door()
    door.ship(door.line())
    who = door.acting(door.carrier)
    said: list[str] = []

    def send(last: int) -> None:
        try:
            register_invoices(drafts=[draft(last=last)], **who)
            said.append("made")
        except MissingInput as missing:
            said.append(missing.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(each,)) for each in (1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted("没有剩余" in each for each in said) == [False, True]
    assert Invoice.objects.count() == 1
