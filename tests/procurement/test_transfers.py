"""A surge opened by a bureau: lines come first; institutions let each other have packs, both recording."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from organisations.models import Organisation
from procurement.models import LineProgress, SurgeCase, SurgeReport, Transfer
from procurement.operations.surge_cases import close_surge, open_surge
from procurement.operations.transfers import ask_transfer, step_transfer
from procurement.queries.queue import at_stage
from procurement.rules.transfer import LONGEST_DAYS, days_fit, received_fits
from tests.days import morning, today
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties
from tests.procurement.test_standby import TODAY, Supply
from tests.procurement.test_surge import report

pytestmark = pytest.mark.django_db
D = Decimal


def opened(supply: Supply, of: Organisation | None = None, **changes: Any) -> SurgeCase:
    values: dict[str, Any] = {
        "group": supply.product.group, "region": supply.city, "cause": "epidemic",
        "description": "流感上升，优先供应", "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return open_surge(**values | changes, **supply.acting(of or supply.city_bureau))


def lender(supply: Supply) -> Organisation:
    """A neighbour that received the product yesterday."""
    made = people.organisation(name="乙医院", region=supply.county)
    parties = Parties(made, supply.maker, supply.second)
    for at in (datetime(2026, 3, 1, 10, tzinfo=SHANGHAI), morning() - timedelta(days=1)):
        line = stages.order_line(parties, product=supply.product)
        sent = stages.delivery(parties, line)
        stages.receipt(parties, line, delivery_id=sent.pk, received_at=at, accepted_packs=5)
    return made


@pytest.mark.parametrize(
    ("start", "end", "ok"),
    [(0, 0, True), (1, 9, False), (-5, -1, False), (0, LONGEST_DAYS - 1, True),
     (0, LONGEST_DAYS, False)],
)  # fmt: skip
def test_days_of_a_case(start: int, end: int, ok: bool) -> None:
    day = date(2026, 3, 11)
    found = days_fit(
        starts_on=day + timedelta(days=start), ends_on=day + timedelta(days=end), today=day
    )
    assert bool(found) is ok


@pytest.mark.parametrize(
    ("packs", "words", "ok"), [("5", "", True), ("4", "", False), ("4", "破损一件", True),
                               ("6", "多", False), ("0", "全部破损", True)]
)  # fmt: skip
def test_less_than_was_sent_needs_words(packs: str, words: str, ok: bool) -> None:
    assert bool(received_fits(packs=D(packs), sent=D(5), words=words)) is ok


def test_a_case_takes_waiting_reports_and_puts_its_lines_first() -> None:
    supply = Supply()
    row = report(supply)
    carrier = people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
    near, far = (
        stages.progress(stages.order_line(Parties(of, supply.maker, carrier),
                                          product=supply.product))
        for of in (supply.hospital, supply.far)
    )  # fmt: skip
    with pytest.raises(NotYours):
        opened(supply, supply.hospital)
    with pytest.raises(MissingInput, match="行政区划代码"):
        opened(supply, region=supply.other_city)
    case = opened(supply)
    row.refresh_from_db()
    assert row.case == case
    told = Notice.objects.filter(title__contains="启动应急保障")
    for party, number in ((supply.hospital, 1), (carrier, 1), (supply.far, 0)):
        assert told.filter(organisation_id=party.pk).count() == number
    first = at_stage(LineProgress.objects.all(), "surge")
    assert list(first.values_list("line_id", flat=True)) == [near.line_id]
    with pytest.raises(TransitionRefused, match="已有应急保障"):
        opened(supply)
    case = close_surge(case=case, words="已缓解", **supply.acting(supply.bureau))
    assert case.state == "closed"
    assert not at_stage(LineProgress.objects.all(), "surge").exists()
    assert far.line_id != near.line_id
    wide = opened(supply, supply.bureau, region=supply.city.parent)
    assert at_stage(LineProgress.objects.all(), "surge").count() == 2
    again = report(supply, of=supply.far)
    assert SurgeReport.objects.get(pk=again.pk).case == wide


def test_both_sides_record_a_transfer() -> None:
    supply = Supply()
    neighbour = lender(supply)
    row = report(supply)

    def ask(**changes: Any) -> Transfer:
        of = changes.pop("of", supply.hospital)
        values: dict[str, Any] = {
            "report": row,
            "lender_code": neighbour.code,
            "packs": D(20),
            **changes,
        }
        return ask_transfer(**values, **supply.acting(of))

    def step(moved: Transfer, verb: str, of: Organisation, **values: Any) -> Transfer:
        seen = values.pop("seen", None)
        return step_transfer(
            transfer=moved, verb=verb, values=values, seen_version=seen, **supply.acting(of)
        )

    with pytest.raises(NotYours):
        ask(of=neighbour)
    with pytest.raises(MissingInput, match="多于应急需求"):
        ask(packs=D(101))
    for stranger in (supply.hospital, supply.far, people.organisation(region=supply.county)):
        with pytest.raises(MissingInput, match="可以向谁调剂"):
            ask(lender_code=stranger.code)
    with pytest.raises(MissingInput, match="按整包装调剂：需要调剂的数量应为整数"):
        ask(packs=D("1.5"))
    moved = ask()
    with pytest.raises(TransitionRefused, match="正在办理"):
        ask()
    assert Task.objects.get(act="transfer_asked").organisation_id == neighbour.pk
    with pytest.raises(NotYours):
        step(moved, "offer", supply.hospital, offered_packs=D(5))
    with pytest.raises(MissingInput, match="多于申请的"):
        step(moved, "offer", neighbour, offered_packs=D(21))
    with pytest.raises(MissingInput, match="按整包装调剂：可调出数量应为整数"):
        step(moved, "offer", neighbour, offered_packs=D("4.5"))
    moved = step(moved, "offer", neighbour, offered_packs=D(15))
    with pytest.raises(StaleVersion):
        step(moved, "accept", supply.hospital, seen=1)
    moved = step(moved, "accept", supply.hospital)
    with pytest.raises(MissingInput, match="已过期"):
        step(
            moved, "send", neighbour, sent_packs=D(5), lot_no="L1", expires_on=TODAY - timedelta(1)
        )
    whole = {"lot_no": "L1", "expires_on": date(2028, 1, 1)}
    with pytest.raises(MissingInput, match="按整包装调剂：调出数量应为整数"):
        step(moved, "send", neighbour, sent_packs=D("0.5"), **whole)
    moved = step(
        moved, "send", neighbour, sent_packs=D(12), lot_no="L1", expires_on=date(2028, 1, 1)
    )
    with pytest.raises(TransitionRefused):
        step(moved, "withdraw", supply.hospital, closing_words="不要了")
    with pytest.raises(MissingInput, match="请说明"):
        step(moved, "receive", supply.hospital, received_packs=D(11))
    with pytest.raises(MissingInput, match="按整包装调剂：收到数量应为整数"):
        step(moved, "receive", supply.hospital, received_packs=D("0.5"), received_words="破损")
    moved = step(moved, "receive", supply.hospital, received_packs=D(11), received_words="破损一件")
    assert (moved.state, moved.offered_packs, moved.sent_packs, moved.received_packs) == (
        "received", 15, 12, 11,
    )  # fmt: skip
    assert not Task.objects.filter(object_key=moved.transfer_no, done_at__isnull=True).exists()
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=moved.pk).update(received_packs=13)
    for column in ("asked_packs", "offered_packs", "sent_packs", "received_packs"):
        half = {column: F(column) - D("0.5")}
        with transaction.atomic(), pytest.raises(IntegrityError, match="whole_packs"):
            Transfer.objects.filter(pk=moved.pk).update(**half)


def test_pages_and_api(client: Client) -> None:
    supply = Supply()
    neighbour = lender(supply)
    row = report(supply)
    client.force_login(supply.acting(supply.city_bureau)["by"])
    assert supply.product.group is not None
    typed = {"group_code": supply.product.group.code, "region_code": supply.city.code,
             "cause": "epidemic", "starts_on": f"{today()}",
             "ends_on": f"{today() + timedelta(days=9)}", "description": "上升"}  # fmt: skip
    assert (
        client.post("/supply/surge-cases/new/", typed | {"group_code": "没有"}).status_code == 400
    )
    elsewhere = {key.removesuffix("_code"): value for key, value in typed.items()}
    refused = client.post(
        "/api/v1/surge-cases/", elsewhere | {"region": supply.other_city.code},
        content_type="application/json",
    )  # fmt: skip
    assert refused.status_code == 400
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/region"]
    answer = client.post("/supply/surge-cases/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert row.report_no in page
    assert "配送企业还没有答复" in page and "无上月数据" not in page
    client.force_login(supply.acting(supply.hospital)["by"])
    address = f"/supply/transfers/of/{row.report_no}/"
    opened = client.get(address).content.decode()
    assert f"{row.product}，需要 " in opened
    asked = client.post(address, {"lender_code": neighbour.code, "packs": "20", "words": ""})
    assert asked.status_code == 302, asked.content.decode()
    assert "乙医院" in client.get(f"/supply/surge/{row.report_no}/").content.decode()
    client.force_login(supply.acting(neighbour)["by"])
    wrong = client.post(f"{asked['Location']}offer/", {"version": "1", "offered_packs": "21"})
    assert wrong.status_code == 400
    assert "多于申请的" in wrong.content.decode()
    moved = Transfer.objects.get()
    for typed_packs in ("2.5", "５", "1e1"):
        part = client.post(
            f"/api/v1/transfers/{moved.transfer_no}/offer/",
            {"version": 1, "offered_packs": typed_packs}, content_type="application/json",
        )  # fmt: skip
        assert part.status_code == 400, typed_packs
    page = client.post(f"{asked['Location']}offer/", {"version": "1", "offered_packs": "2.5"})
    assert (page.status_code, "按整包装调剂" in page.content.decode()) == (400, True)
    sent = client.post(
        f"/api/v1/transfers/{moved.transfer_no}/offer/", {"version": 1, "offered_packs": "5"},
        content_type="application/json",
    )  # fmt: skip
    assert sent.json()["state"] == "offered", sent.content.decode()
    listed = client.get("/api/v1/transfers/").json()["results"]
    assert [each["lender"] for each in listed] == [neighbour.code]
