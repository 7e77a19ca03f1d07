"""Reading codes, ticking them off at the door, and what is odd about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from procurement.models import CodeEvent, CodeFinding, Delivery, Receipt, TraceCode
from procurement.operations.code_receipts import Scan, tick_codes, untick_codes
from procurement.operations.code_shipments import (
    CodeLoad,
    ShippedCode,
    bind_mark,
    ship_codes,
    typed_codes,
)
from procurement.queries.code_rates import collection_rates
from procurement.queries.codes import visible_code_findings
from procurement.rules.trace_code import UnreadableCode, code_lines, read_code
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.procurement.receiving import Door

MARK = "8190001"
GTIN = "06901234567892"


def drug(number: int) -> str:
    return f"{MARK}{number:013d}"


READ = {
    drug(1): (drug(1), MARK, "", None),
    f"  {drug(2)}\r\n": (drug(2), MARK, "", None),
    f"(01){GTIN}(17)280131(10)LOT01(21)SN1": (
        f"(01){GTIN}(10)LOT01(21)SN1", GTIN, "LOT01", date(2028, 1, 31),
    ),
    # As a scanner types it: symbology, FNC1 after the lot, whose length varies.
    f"]d201{GTIN}1728013110LOT01\x1d21SN1": (
        f"(01){GTIN}(10)LOT01(21)SN1", GTIN, "LOT01", date(2028, 1, 31),
    ),
    # A day of 00 is the month's last.
    f"01{GTIN}1728020021SN2": (f"(01){GTIN}(21)SN2", GTIN, "", date(2028, 2, 29)),
}  # fmt: skip
UNREADABLE = {
    "": "没有扫到内容",
    "6901234567892": "商品条码",
    "8190001": "20 位数字，这里是 7 位",
    "Ａ123": "不是药品追溯码",
    "(01)06901234567893(21)SN1": "校验位不对",
    f"(01){GTIN}(10)L1": "没有序列号",
    f"01{GTIN}1728134521A": "读不懂",
    f"(17)280131(21)A{GTIN}": "缺少产品标识",
    "8" * 201: "太长",
}


@pytest.mark.parametrize("typed", READ)
def test_code_is_read_in_one_way(typed: str) -> None:
    read = read_code(typed)
    assert (read.code, read.mark, read.lot_no, read.expires_on) == READ[typed]


@pytest.mark.parametrize("typed", UNREADABLE)
def test_unreadable_code_says_what_is_wrong(typed: str) -> None:
    with pytest.raises(UnreadableCode, match=UNREADABLE[typed]):
        read_code(typed)


class Coded(Door):
    """The door with a bound mark."""

    def __init__(self) -> None:
        super().__init__()
        bind_mark(product=self.product, mark=MARK, **self.acting(self.maker))

    def register(self, sent: Delivery, *codes: str, case: str = "") -> int:
        load = CodeLoad(sent, [ShippedCode(code, case) for code in codes])
        return ship_codes(loads=[load], **self.acting(self.carrier))

    def tick(self, sent: Delivery, *typed: str, **who: Any) -> list[Scan]:
        return tick_codes(first=sent, typed=typed, **who or self.acting(self.hospital))


@pytest.fixture
def door(db: None) -> Coded:
    return Coded()


def codes(*numbers: int) -> list[str]:
    return [drug(number) for number in numbers]


def test_case_stands_for_its_packs_and_they_are_received_with_the_goods(door: Coded) -> None:
    sent = door.ship(door.line(packs=3), 3)
    assert door.register(sent, *codes(1, 2), case=drug(100)) == 2
    door.register(sent, drug(3))
    (scan,) = door.tick(sent, drug(100))
    assert (scan.packs, scan.words) == (2, f"{door.product}：已核对 2／3")
    again, alone, twice = door.tick(sent, drug(100), drug(3), drug(3))
    assert "刚才已经核对过" in again.words
    assert alone.ok
    assert "刚才已经核对过" in twice.words
    door.take(sent, 3)
    received = CodeEvent.objects.filter(kind="received")
    # The case is received too, and counts for nothing itself.
    assert received.count() == 4
    assert set(TraceCode.objects.values_list("state", flat=True)) == {"received"}
    (rate,) = collection_rates(door.acting(door.bureau)["scope"], date(2026, 3, 1))
    assert (rate.accepted, rate.collected, rate.rate) == (3, 3, 1)


def test_ticking_begins_again_and_more_codes_than_packs_are_refused(door: Coded) -> None:
    sent = door.ship(door.line(packs=3), 3)
    door.register(sent, *codes(1, 2, 3))
    door.tick(sent, *codes(1, 2, 3))
    with pytest.raises(MissingInput, match="已核对 3 个码，多于验收的 2 包装"):
        door.take(sent, 2, 1, reason="damaged")
    assert untick_codes(first=sent, **door.acting(door.hospital)) == 3
    door.tick(sent, *codes(1, 2))
    door.take(sent, 2, 1, reason="damaged")
    assert TraceCode.objects.filter(state="received").count() == 2


def test_repeated_and_elsewhere_are_refused_and_found(door: Coded) -> None:
    first, second = door.ship(door.line(packs=3), 3), door.ship(door.line(packs=3), 3, note_no="B")
    strange = door.ship(door.line(packs=3, of=door.other), 3, note_no="C")
    door.register(first, *codes(1, 2, 3))
    door.register(strange, *codes(7, 8, 9))
    (waits,) = door.tick(second, drug(2))
    assert "另一张配送单" in waits.words
    door.tick(first, *codes(1, 2, 3))
    door.take(first, 3)
    repeated, elsewhere = door.tick(second, drug(1), drug(8))
    assert "已由本机构收货" in repeated.words
    assert "疑似串货" in elsewhere.words
    found = CodeFinding.objects.order_by("pk").values_list("kind", "institution_id", "other_id")
    assert list(found) == [
        ("repeated", door.hospital.pk, door.hospital.pk),
        ("elsewhere", door.hospital.pk, door.other.pk),
    ]
    door.tick(second, drug(8))
    assert CodeFinding.objects.count() == 2


def test_unknown_codes_are_refused_unless_the_goods_came_without_codes(door: Coded) -> None:
    coded, plain = door.ship(door.line(packs=2), 2), door.ship(door.line(packs=2), 2, note_no="B")
    door.register(coded, drug(1))
    unbound, unknown = door.tick(coded, "7" * 20, drug(9))
    assert "没有登记对应的产品" in unbound.words
    assert "不在配送企业登记的码中" in unknown.words
    scans = door.tick(plain, *codes(21, 22, 23))
    assert [scan.ok for scan in scans] == [True, True, False]
    assert "核对满配送的数量" in scans[2].words
    assert not CodeFinding.objects.exists()


def test_only_the_receiving_side_ticks(door: Coded) -> None:
    sent = door.ship(door.line(packs=2), 2)
    for who in (door.acting(door.other), door.acting(door.hospital, "accountant")):
        with pytest.raises(NotYours):
            door.tick(sent, drug(1), **who)


def test_drug_needs_every_code_where_the_province_demands_it(
    door: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procurement.operations.code_receipts.codes_demanded", lambda *_: True)
    sent = door.ship(door.line(packs=2), 2)
    door.register(sent, *codes(1, 2))
    door.tick(sent, drug(1))
    with pytest.raises(MissingInput, match="只核对了 1 个追溯码"):
        door.take(sent, 2)
    door.tick(sent, drug(2))
    door.take(sent, 2)


WRONG = {
    "two of one": ([drug(1), drug(1)], "重复"),
    "another product": (["7" * 20], "不是"),
    "more than packs": ([drug(n) for n in range(3)], "多于这次配送的 2 包装"),
    "unreadable": (["x"], "第 1 行"),
    "none": ([], "请填写 1 至"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_codes_are_not_shipped(case: str, door: Coded) -> None:
    given, words = WRONG[case]
    sent = door.ship(door.line(packs=2), 2)
    with pytest.raises(MissingInput, match=words):
        door.register(sent, *given)
    assert not TraceCode.objects.exists()


def test_code_is_shipped_once_until_it_comes_back(door: Coded) -> None:
    sent, later = door.ship(door.line(packs=2), 2), door.ship(door.line(packs=2), 2, note_no="B")
    door.register(sent, *codes(1, 2))
    with pytest.raises(MissingInput, match="已登记发货"):
        door.register(later, drug(1))
    door.tick(sent, *codes(1, 2))
    door.take(sent, 2)
    with pytest.raises(TransitionRefused, match="已收货"):
        door.register(sent, drug(5))
    asked = door.ask(sent, 1)
    with pytest.raises(MissingInput, match="不是随这次配送收下的码"):
        door.answer(asked, "confirm", codes=[drug(9)])
    door.answer(asked, "confirm", codes=[drug(1)])
    assert door.register(later, drug(1)) == 1
    ways = CodeEvent.objects.filter(trace_code__code=drug(1)).order_by("pk")
    kinds = ways.values_list("kind", flat=True)
    assert list(kinds) == ["shipped", "received", "returned", "shipped"]
    assert door.tick(later, drug(1))[0].ok


def test_code_shipped_to_another_region_is_told_to_whom_it_concerns(door: Coded) -> None:
    """串货 across regions: the scanning county, the hospital it was meant for, the province; no more."""
    twin = people.county()
    far = people.organisation(name="外市医院", region=twin)
    beside = people.organisation(name="旁观医院", region=twin)
    sent = door.ship(door.line(packs=2, of=far), 2, note_no="远")
    here = door.ship(door.line(packs=3), 3)
    door.register(sent, *codes(1, 2), case=drug(100))
    door.register(here, drug(3))
    case, pack, own = door.tick(here, drug(100), drug(1), drug(3))
    for scan in (case, pack):
        assert (scan.ok, "疑似串货" in scan.words) == (False, True)
    assert own.ok
    found = CodeFinding.objects.values_list("kind", "institution_id", "other_id", "distributor_id")
    assert list(found) == [("elsewhere", door.hospital.pk, far.pk, door.carrier.pk)] * 2
    # Nothing of it was ticked: it waits where it was sent to, and is received there.
    assert set(TraceCode.objects.filter(delivery_id=sent.pk).values_list("state", flat=True)) == {
        "shipped"
    }
    sights = {
        each: visible_code_findings(door.acting(each)["scope"]).count()
        for each in (door.hospital, far, beside, door.carrier, door.bureau, door.maker)
    }
    assert sights == {
        door.hospital: 2, far: 2, beside: 0, door.carrier: 2, door.bureau: 2, door.maker: 2,
    }  # fmt: skip
    door.tick(sent, drug(100), **door.acting(far))
    door.take(sent, 2, who=door.acting(far, "storekeeper"))
    # 回流: received there, seen here again.
    (back,) = door.tick(here, drug(2))
    assert "已由其他机构收货" in back.words
    assert CodeFinding.objects.filter(kind="repeated", other=far).count() == 1


def test_collection_rate_counts_packs_of_drugs_by_month_with_corrections(door: Coded) -> None:
    """Cases are no codes, devices no drugs, refused packs not due; corrections count in their month."""
    last = datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)
    march, april, may = (date(2026, month, 1) for month in (3, 4, 5))
    first = door.ship(door.line(packs=10), 10)
    door.register(first, *codes(1, 2, 3), case=drug(100))
    door.register(first, *codes(4, 5))
    keeper = door.acting(door.hospital, "storekeeper", at=last)
    door.tick(first, drug(100), *codes(4, 5), **keeper)
    door.take(first, 8, 2, reason="damaged", who=keeper)
    uncoded = door.ship(door.line(packs=4, of=door.other), 4, note_no="B")
    door.take(
        uncoded, 4, who=door.acting(door.other, "storekeeper", at=last + timedelta(seconds=1))
    )
    device = make.product(manufacturer=door.maker, category="consumable")
    door.take(door.ship(door.line(packs=9, product=device), 9, note_no="C"), 9, who=keeper)

    def rates(month: date) -> list[tuple[str, int, int, Decimal | None]]:
        scope = door.acting(door.bureau)["scope"]
        return [
            (row.name, int(row.accepted), row.collected, row.rate)
            for row in collection_rates(scope, month)
        ]

    assert rates(march) == [("甲医院", 8, 5, Decimal("0.625"))]
    assert rates(april) == [("乙医院", 4, 0, Decimal(0))]
    # Five codes of at most four packs: the correction names which one went out.
    later = door.acting(door.hospital, "storekeeper", at=last + timedelta(days=31))
    with pytest.raises(MissingInput, match="请写明不再验收的 1 个包装的码"):
        door.correct(first, 4, 6, who=later)
    for wrong, words in ((drug(9), "不是随这次配送收下的码"), ("x", "请重新扫码")):
        with pytest.raises(MissingInput, match=words):
            door.correct(first, 4, 6, who=later, codes=[wrong])
    assert not CodeEvent.objects.filter(kind="corrected").exists()
    door.correct(first, 4, 6, who=later, codes=[drug(5)])
    assert rates(march) == [("甲医院", 8, 5, Decimal("0.625"))]
    assert rates(may) == [("甲医院", -4, -1, None)]
    # A pack that went back was accepted all the same; the one corrected away may be shipped again.
    asked = door.ask(first, 1)
    door.answer(asked, "confirm", codes=[drug(4)])
    with pytest.raises(MissingInput, match="1 个包装的码"):
        door.correct(first, 3, 7)
    assert door.register(door.ship(door.line(packs=1), 1, note_no="D"), drug(5)) == 1


def test_codes_scanned_in_a_second_sitting_are_taken_like_the_first(door: Coded) -> None:
    """What was found at the door was never registered as shipped: it shuts no other code out."""
    sent = door.ship(door.line(packs=2), 2)
    assert [scan.ok for scan in door.tick(sent, drug(1))] == [True]
    assert [scan.ok for scan in door.tick(sent, drug(2))] == [True]
    door.take(sent, 2)
    assert CodeEvent.objects.filter(kind="received").count() == 2


def test_packs_that_a_correction_adds_bring_their_codes(door: Coded) -> None:
    """Refused at the door, accepted after all: codes as at the door, counted from the correction."""
    sent = door.ship(door.line(packs=4), 4)
    door.register(sent, *codes(1, 2))
    door.register(sent, *codes(3, 4), case=drug(100))
    door.tick(sent, *codes(1, 2))
    door.take(sent, 2, 2, reason="damaged")
    for wrong, words in (
        ([drug(1)], "已由本机构收货"),
        ([drug(9)], "不在配送企业登记的码中"),
        (["x"], "请重新扫码"),
        ([drug(3), drug(3)], "刚才已经核对过"),
        ([drug(100)], "2 个包装的码，更正只增加验收 1 包装"),
    ):
        with pytest.raises(MissingInput, match=words) as refused:
            door.correct(sent, 3, 1, added_codes=wrong)
        assert refused.value.field == "added_codes"
    with pytest.raises(MissingInput, match="没有增加"):
        door.correct(sent, 1, 3, codes=[drug(2)], added_codes=[drug(3)])
    states = dict(TraceCode.objects.values_list("code", "state"))
    assert states[drug(3)] == states[drug(4)] == states[drug(100)] == "shipped"
    assert states[drug(2)] == "received"
    april = datetime(2026, 4, 1, 9, tzinfo=SHANGHAI)
    door.correct(
        sent, 4, 0, added_codes=[drug(100)],
        who=door.acting(door.hospital, "storekeeper", at=april),
    )  # fmt: skip
    assert set(TraceCode.objects.values_list("state", flat=True)) == {"received"}
    scope = door.acting(door.bureau)["scope"]
    for month, accepted in ((date(2026, 3, 1), 2), (date(2026, 4, 1), 2)):
        (rate,) = collection_rates(scope, month)
        assert (rate.accepted, rate.collected) == (accepted, accepted)


def test_code_that_a_correction_took_out_comes_back_by_the_next(door: Coded) -> None:
    sent = door.ship(door.line(packs=2), 2)
    door.register(sent, *codes(1, 2))
    door.tick(sent, *codes(1, 2))
    door.take(sent, 2)
    door.correct(sent, 1, 1, codes=[drug(2)])
    door.correct(sent, 2, 0, added_codes=[drug(2)])
    kinds = CodeEvent.objects.filter(trace_code__code=drug(2)).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "shipped", "received", "corrected", "received",
    ]  # fmt: skip
    # What went back to the distributor with returned packs does not.
    door.answer(door.ask(sent, 1), "confirm", codes=[drug(1)])
    door.correct(sent, 1, 1, codes=[drug(2)])
    with pytest.raises(MissingInput, match="已退货"):
        door.correct(sent, 2, 0, added_codes=[drug(1)])


def test_province_that_demands_codes_asks_them_of_added_packs_too(
    door: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = door.ship(door.line(packs=3), 3)
    door.register(sent, *codes(1, 2, 3))
    door.tick(sent, drug(1))
    door.take(sent, 1, 2, reason="damaged")
    monkeypatch.setattr("procurement.operations.code_corrections.codes_demanded", lambda *_: True)
    with pytest.raises(MissingInput, match="增加验收 2 包装，只写了 1 个追溯码"):
        door.correct(sent, 3, 0, added_codes=[drug(2)])
    door.correct(sent, 3, 0, added_codes=codes(2, 3))
    assert CodeEvent.objects.filter(kind="received").count() == 3


def test_added_codes_by_page_and_by_api(door: Coded, client: Client) -> None:
    sent = door.ship(door.line(packs=2), 2)
    door.register(sent, *codes(1, 2))
    door.tick(sent, drug(1))
    door.take(sent, 1, 1, reason="damaged")
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    url = reverse("receipt-correct", args=[sent.pk])
    given = {"seen": 1, "accepted": 2, "refused": 0, "words": "外箱破损，药品完好"}
    wrong = client.post(url, given | {"added_codes": drug(7)})
    assert wrong.status_code == 400
    assert f"{drug(7)} 不在配送企业登记的码中" in wrong.content.decode()
    assert client.post(url, given | {"added_codes": f" {drug(2)} \r\n"}).status_code == 302
    assert TraceCode.objects.get(code=drug(2)).state == "received"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_key", [False, True])
def test_odd_codes_of_a_correction_are_found_though_it_is_refused(
    by_key: bool, client: Client
) -> None:
    """As at the door: the correction writes nothing, what was odd stays for both sides."""
    door = Coded()
    line = door.line(packs=4)
    sent = door.ship(line, 4)
    away = door.ship(door.line(packs=2, of=door.other), 2, note_no="PSD8")
    door.register(sent, *codes(1, 2, 3, 4))
    door.register(away, *codes(8, 9))
    door.tick(sent, *codes(1, 2, 3))
    door.take(sent, 3, 1, reason="damaged")
    for wrong in ({"added_codes": codes(8)}, {"added_codes": codes(1)}, {"codes": codes(9)}):
        packs = 4 if "added_codes" in wrong else 2
        body = {
            "order_no": line.order.order_no, "line_no": line.line_no, "delivery_no": sent.delivery_no,
            "accepted_packs": packs, "refused_packs": 4 - packs, "words": "清点有误", "seen": 1,
            **wrong,
        }  # fmt: skip
        if by_key:
            key = {"HTTP_IDEMPOTENCY_KEY": f"更正{wrong}"}
            client.force_login(door.acting(door.hospital, "storekeeper")["by"])
            answer = client.post(
                reverse("api-receiving-correct"), body, content_type="application/json", **key
            )
            assert answer.status_code == 400
            continue
        with pytest.raises(MissingInput):
            door.correct(sent, packs, 4 - packs, **wrong)
    found = CodeFinding.objects.order_by("pk").values_list("trace_code__code", "kind", "other_id")
    assert list(found) == [
        (drug(8), "elsewhere", door.other.pk), (drug(1), "repeated", door.hospital.pk),
        (drug(9), "elsewhere", door.other.pk),
    ]  # fmt: skip
    events = AuditEvent.objects.filter(action__startswith="trace_code.", object_type="trace_code")
    assert events.count() == 3
    assert Receipt.objects.count() == 1
    assert dict(TraceCode.objects.values_list("code", "state"))[drug(4)] == "shipped"


def test_the_api_reads_a_code_as_it_was_scanned(door: Coded, client: Client) -> None:
    sent = door.ship(door.line(packs=2), 2)
    door.register(sent, *codes(1, 2))
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    shown = client.get(reverse("api-code-event-list"), {"code": f" {drug(1)} "})
    (event,) = shown.json()["results"]
    assert (event["code"], event["kind"]) == (drug(1), "shipped")
    wrong = client.get(reverse("api-code-event-list"), {"code": "6901234567890"})
    assert wrong.status_code == 400
    assert "13 位商品条码" in str(wrong.json()["errors"])


def test_a_udi_keeps_its_fnc1_through_the_forms() -> None:
    scanned = f"]d201{GTIN}1728013110LOT01\x1d21SN1"
    assert code_lines(f"{scanned}\r\n\r\n{drug(1)}\n") == [scanned, drug(1)]
    (typed,) = typed_codes(f"\n{scanned}，{drug(100)}")
    assert (typed.code, typed.case, typed.line) == (scanned, drug(100), 2)


def test_mark_stands_for_one_product(door: Coded) -> None:
    other = make.product(manufacturer=door.maker)
    with pytest.raises(TransitionRefused, match="另一个产品"):
        bind_mark(product=other, mark=MARK, **door.acting(door.maker))
    with pytest.raises(MissingInput, match="前 7 位"):
        bind_mark(product=other, mark="123", **door.acting(door.maker))
    with pytest.raises(NotYours):
        bind_mark(product=other, mark="8190002", **door.acting(door.carrier))
