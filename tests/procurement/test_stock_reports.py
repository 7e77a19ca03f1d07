"""Monthly stock and capacity: cover by product and pool, who lacks, reminders, sheet and API."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from catalog.queries.preparation import readiness
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, StaleVersion
from core.workdays.deadlines import SHANGHAI
from inbox.models import Task
from organisations.queries.scope import scope_of
from procurement.models import StockReport
from procurement.operations.stock_reports import StockRow, remind_of_stock, report_stock
from procurement.queries.stock_reports import (
    not_reported,
    pool_covers,
    short_products,
    stock_reports,
    with_cover,
)
from procurement.rules.stock_report import cover_days, due_on, is_short, may_be_of, month_before
from tests.days import today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
D = Decimal
CLOCK = SystemActor(audit_name="定时任务")


def test_days_of_cover_and_the_threshold() -> None:
    assert cover_days(stock=D(90), demand=D(0)) is None
    assert cover_days(stock=D(90), demand=D(270)) == 30
    assert not is_short(D(30))
    assert is_short(D("29.99"))
    assert not is_short(None)


@pytest.mark.parametrize(
    ("month", "fits"),
    [(date(2026, 3, 1), True), (date(2026, 4, 1), False), (date(2025, 3, 10), True),
     (date(2025, 3, 9), False)],
)  # fmt: skip
def test_months_that_may_be_reported(month: date, fits: bool) -> None:
    assert bool(may_be_of(month=month, today=date(2026, 3, 11))) is fits


def test_a_month_is_due_on_the_tenth_of_the_next() -> None:
    assert month_before(date(2026, 1, 31)) == date(2025, 12, 1)
    assert due_on(date(2025, 12, 1)) == date(2026, 1, 10)


def last_month() -> date:
    return month_before(today())


def row(market: Market, stock: int = 100, **more: Any) -> StockRow:
    values: dict[str, Any] = {"capacity": D(500), "reserve": D(20)}
    return StockRow(market.selected, last_month(), D(stock), **values | more)


def test_reported_again_keeps_the_trail_and_refuses_a_stale_one() -> None:
    market = Market()
    acting = market.acting(market.maker)
    (made,) = report_stock(rows=[row(market)], **acting)
    (again,) = report_stock(rows=[row(market, 80, seen_version=1)], **acting)
    assert (again.pk, again.row_version, again.stock_packs) == (made.pk, 2, 80)
    last = AuditEvent.objects.filter(action="stock_report.report").latest("pk")
    assert last.detail["before"]["stock"].startswith("100")
    with pytest.raises(StaleVersion):
        report_stock(rows=[row(market, 70, seen_version=1)], **acting)
    with pytest.raises(NotYours):
        report_stock(rows=[row(market)], **market.acting(market.d1))
    with pytest.raises(MissingInput, match="不是本企业的产品"):
        report_stock(rows=[row(market)], **market.acting(market.rival))
    with pytest.raises(MissingInput, match="出现了两次"):
        report_stock(rows=[row(market), row(market)], **acting)
    with pytest.raises(MissingInput, match="不能为负"):
        report_stock(rows=[row(market, -1)], **acting)


def test_cover_by_product_and_pool_and_the_risk_list() -> None:
    market = Market()
    end = datetime.combine(today().replace(day=1), datetime.min.time(), tzinfo=SHANGHAI)
    for packs, ago in ((200, 1), (160, 89), (500, 91)):
        stages.order_line(
            Parties(market.a, market.maker, market.d1), product=market.selected, packs=packs,
            ordered_at=end - timedelta(days=ago) + timedelta(minutes=1),
        )  # fmt: skip
    (made,) = report_stock(rows=[row(market)], **market.acting(market.maker))
    bureau = people_bureau(market)
    (seen,) = with_cover(bureau, stock_reports(bureau))
    found: Any = seen
    assert (found.demand, found.days, found.short) == (360, 30, False)
    assert short_products(bureau, last_month()) == []
    # 落地准备 of its batch says what is in stock, and when it is short; others see nothing of it.
    ids = [market.selected.pk]
    enough = readiness(market.batch, ids, bureau)["stock"][market.selected.pk]
    assert (enough.state, "120 包装，可供 30 天" in enough.words) == ("done", True)
    stranger = scope_of(people.person(people.organisation(), "clerk"), today())
    assert readiness(market.batch, ids, stranger)["stock"][market.selected.pk].state == "unknown"
    report_stock(rows=[row(market, 99)], **market.acting(market.maker))
    (short,) = short_products(bureau, last_month())
    assert readiness(market.batch, ids, bureau)["stock"][market.selected.pk].state == "missing"
    assert short.pk == made.pk
    if market.batch.effective_on <= end.date() - timedelta(days=1):
        (pool,) = pool_covers(bureau, short)
        assert (pool.name, pool.demand, pool.share) == (market.pool.name, 360, 119)


def people_bureau(market: Market) -> Any:
    office = people.organisation("bureau", region=market.province)
    return scope_of(market.user(office), today())


def test_who_has_not_reported_is_listed_and_reminded(client: Client) -> None:
    market = Market()
    make.selection(
        batch=make.batch(effective_on=today() - timedelta(days=400),
                         ends_on=today() + timedelta(days=400)),
        product=market.selected, region=market.city,
    )  # fmt: skip
    bureau = people_bureau(market)
    assert list(not_reported(bureau, last_month())) == [market.selected]
    at = market.acting(market.maker)["at"]
    assert remind_of_stock(by=CLOCK, at=at) == 1
    assert remind_of_stock(by=CLOCK, at=at) == 1
    task = Task.objects.get(act="report_stock")
    assert (task.organisation_id, task.done_at) == (market.maker.pk, None)
    client.force_login(market.user(market.maker))
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/supply/stock/upload/?template=1").content)
    )
    sheet = book.active
    assert sheet is not None
    assert sheet["A2"].value == market.selected.code
    sheet["D2"], sheet["E2"], sheet["F2"] = "x", 500, 20

    def send() -> Any:
        file = io.BytesIO()
        book.save(file)
        file.name = "库存.xlsx"
        file.seek(0)
        return client.post("/supply/stock/upload/", {"file": file})

    assert send().status_code == 400
    sheet["D2"] = 100
    shown = send()
    assert shown.status_code == 200, shown.content.decode()
    done = client.post("/supply/stock/upload/", {"token": shown.context["token"]})
    assert done.status_code == 302
    task.refresh_from_db()
    assert task.done_at is not None
    assert StockReport.objects.get().stock_packs == 100
    assert not not_reported(bureau, last_month()).exists()
    typed = {"product_code": market.selected.code, "month": f"{last_month():%Y-%m}", "stock": "90",
             "capacity": "500", "reserve": "0", "note": "检修"}  # fmt: skip
    answer = client.post("/supply/stock/new/", typed)
    assert answer.status_code == 302
    assert "检修" in client.get(answer["Location"]).content.decode()
    sent = client.post(
        "/api/v1/stock-reports/",
        {"product": market.selected.code, "month": f"{last_month():%Y-%m}", "stock": "60",
         "capacity": "500", "version": 1},
        content_type="application/json",
    )  # fmt: skip
    assert sent.status_code == 409, sent.content.decode()
    listed = client.get("/api/v1/stock-reports/").json()
    assert listed["results"][0]["stock_packs"] == "90.0000"
