"""落地准备 says what each product still needs, never more than the platform knows."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Batch
from catalog.operations.remind_preparation import ask_to_prepare, follow_preparation, remind
from catalog.queries.preparation import due_items, missing_products, preparation_rows, products_of
from core.audit.record import SystemActor
from core.transitions import NotYours
from core.workdays.deadlines import workdays_between
from inbox.models import Notice, Task
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages

NOW = datetime(2026, 5, 20, 10, tzinfo=timezone(timedelta(hours=8)))
START = date(2026, 7, 1)
CLOCK = SystemActor(audit_name="定时任务")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def officer(db: None) -> User:
    return people.person(
        people.organisation("bureau", region=people.region("360000", name="江西省")), "leader"
    )


@pytest.fixture
def batch(officer: User) -> Batch:
    """From 2026-07-01: 甲 is listed at the selected price under a paper; 乙 is not listed."""
    batch = make.batch(
        code="JX-1", policy=Policy.objects.get(code="jiangxi-2024"), effective_on=START
    )
    for code in ("XA01", "XB01"):
        maker = people.organisation("enterprise", is_manufacturer=True)
        product = make.product(code=code, name=code, manufacturer=maker)
        make.selection(batch=batch, product=product, region=officer.organisation.region, price=5)
        make.listed_price(product=product, price=5 if code == "XA01" else 6)
    ready = batch.selections.get(product__code="XA01").product
    make.listing(product=ready)
    return batch


def states(batch: Batch, user: User) -> dict[str, dict[str, str]]:
    scope = scope_of(user, NOW.date())
    rows = preparation_rows(scope, batch, products_of(scope, batch).order_by("code"))
    return {
        row.product.code: {code: each.state for code, each in row.items.items()} for row in rows
    }


def test_each_item_is_what_the_platform_knows(batch: Batch, officer: User) -> None:
    nothing = {
        "registration": "unknown", "relations": "unknown", "agreements": "unknown",
        "stock": "unknown",
    }  # fmt: skip
    assert states(batch, officer) == {
        "XA01": {"listed": "done", "price": "done", **nothing},
        "XB01": {"listed": "missing", "price": "missing", **nothing},
    }
    scope = scope_of(officer, NOW.date())
    own = batch.selections.get(product__code="XB01").product_id
    assert missing_products(scope, batch, "listed") == {own}
    assert missing_products(scope, batch, "any") == {own}
    assert missing_products(scope, batch, "stock") == set()


def test_agreements_count_as_far_as_the_reader_sees_them(batch: Batch, officer: User) -> None:
    product = batch.selections.get(product__code="XA01").product
    stages.agreement_line(
        batch=batch, product=product, year_no=1, province=officer.organisation.region
    )
    found = states(batch, officer)["XA01"]["agreements"]
    stranger = people.person(people.organisation(), "clerk")
    assert (found, states(batch, stranger)["XA01"]["agreements"]) == ("missing", "unknown")


def test_days_are_counted_back_from_the_first_day(batch: Batch) -> None:
    due = {each.item.code: each.due_on for each in due_items(batch)}
    assert (due["price"], due["agreements"]) == (START, START)
    assert due["listed"] is not None and workdays_between(due["listed"], START) == 10
    batch.effective_on = date(2031, 7, 1)
    assert {each.due_on for each in due_items(batch)} == {None, date(2031, 7, 1)}


def test_owners_find_it_waiting_until_it_is_done(batch: Batch, officer: User) -> None:
    late = batch.selections.get(product__code="XB01").product
    assert follow_preparation(by=CLOCK, at=NOW) == 1
    assert follow_preparation(by=CLOCK, at=NOW) == 1
    waiting = Task.objects.get(act="prepare_batch", done_at=None)
    assert waiting.organisation_id == late.manufacturer_id
    assert Notice.objects.filter(key__startswith="batch-preparation").count() == 1
    make.listing(product=late)
    assert remind(batch=batch, by=CLOCK, at=NOW) == 0
    assert not Task.objects.filter(act="prepare_batch", done_at=None).exists()
    stranger = people.person(people.organisation("bureau"), "leader")
    with pytest.raises(NotYours):
        ask_to_prepare(batch=batch, by=stranger, scope=scope_of(stranger, NOW.date()), at=NOW)


def test_page_excel_and_api_say_the_same(client: Client, batch: Batch, officer: User) -> None:
    client.force_login(officer)
    page = client.get("/catalog/batches/JX-1/preparation/?missing=listed").content.decode()
    assert "XB01" in page and "XA01" not in page
    assert "平台尚未登记" in page and "通知责任单位" in page
    file = client.get("/catalog/batches/JX-1/preparation/export/?missing=listed")
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active
    assert sheet is not None
    cells = [cell.value for cell in sheet[2]]
    assert "未挂网" in cells and sheet.max_row == 2
    rows = client.get("/api/v1/batches/JX-1/preparation/").json()
    assert [(row["product"], row["items"]["listed"]["state"]) for row in rows] == [
        ("XA01", "done"), ("XB01", "missing"),
    ]  # fmt: skip
    assert client.post("/catalog/batches/JX-1/preparation/remind/").status_code == 302
    assert client.post("/api/v1/batches/JX-1/remind/").json() == {"told": 1}


def test_queries_do_not_grow_with_the_products(batch: Batch, officer: User) -> None:
    scope = scope_of(officer, NOW.date())

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            preparation_rows(scope, batch, products_of(scope, batch))
        return len(queries)

    two = count()
    for _ in range(3):
        make.selection(batch=batch, region=officer.organisation.region)
    assert count() == two
