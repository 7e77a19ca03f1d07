"""What each party sees of supply: outcomes of lines, demand by month, rural coverage, the overview."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from procurement.models import OrderLine
from procurement.queries.order_outcomes import of_part, under_way_part, with_outcome
from procurement.queries.reconciling import order_lines
from procurement.queries.supply_demand import months_until, product_demand
from procurement.queries.supply_overview import overview
from procurement.queries.supply_sums import rural_coverage
from procurement.rules.supply_lines import OUTCOMES, RURAL, UNDER_WAY_PARTS
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 3, 9, 9, tzinfo=SHANGHAI)
NOW = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
DUE = SENT + timedelta(hours=72)


class Supplied:
    """A township hospital and a county one buy one product of two distributors."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        self.rural = people.organisation(region=county, institution_kind="township")
        self.hospital = people.organisation(region=county)
        self.maker = people.organisation("enterprise")
        self.good, self.bad = (
            people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
            for _ in range(2)
        )
        self.bureau = people.organisation("bureau", region=county.parent.parent)
        self.product = make.product(manufacturer=self.maker)

    def line(
        self, of: Organisation, trader: Organisation, *came: tuple[int, datetime], **more: Any
    ) -> OrderLine:
        parties = Parties(of, self.maker, trader)
        sent = more.pop("ordered_at", SENT)
        fields: dict[str, Any] = {
            "product": self.product, "ordered_at": sent, "response": "confirmed",
            "responded_at": sent, "response_due_at": sent + timedelta(hours=48),
            "delivery_due_at": sent + timedelta(hours=72),
            "order": stages.order(parties, sent_at=sent),
        }  # fmt: skip
        made = stages.order_line(parties, **fields | more)
        for packs, at in came:
            stages.delivery(
                parties, made, packs=packs, recorded_at=sent, shipped_at=sent, delivered_at=at
            )
        stages.progress(made)
        return made

    def scope(self, of: Organisation) -> Scope:
        return scope_of(self.user(of), NOW.date())

    def user(self, of: Organisation) -> User:
        made = User.objects.filter(organisation=of).first() or people.person(of, "clerk")
        return User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)


@pytest.fixture
def world() -> Supplied:
    return Supplied()


EVER = timedelta(seconds=1)
CASES: dict[str, tuple[tuple[tuple[int, datetime], ...], dict[str, Any], set[str]]] = {
    "at the last moment": (((10, DUE),), {}, {"on_time"}),
    "a second late": (((10, DUE + EVER),), {}, {"late"}),
    "in two parts in time": (((4, DUE - EVER), (6, DUE)), {}, {"on_time"}),
    "half of it": (((5, DUE - EVER),), {}, {"late", "overdue"}),
    "nothing": ((), {}, {"never", "overdue"}),
    "not answered": ((), {"response": "", "responded_at": None},
                     {"to_answer", "unanswered", "never"}),
    "refused": ((), {"response": "rejected", "reject_reason": "out_of_stock"}, {"never"}),
    "refused with excuse": ((), {"response": "rejected", "reject_reason": "delisted"}, set()),
    "taken back": ((), {"response": "", "responded_at": None, "cancelled_at": SENT}, set()),
    "not due": ((), {"delivery_due_at": NOW}, {"to_come"}),
    "due a second ago": ((), {"delivery_due_at": NOW - EVER}, {"never", "overdue"}),
}  # fmt: skip


def test_every_line_turned_out_in_one_way_and_sums_count_the_same(world: Supplied) -> None:
    made = {
        name: world.line(world.rural, world.good, *came, **fields)
        for name, (came, fields, _) in CASES.items()
    }
    scope = world.scope(world.bureau)
    found: dict[str, set[str]] = {name: set() for name in CASES}
    for outcome, _ in OUTCOMES:
        pks = set(with_outcome(order_lines(scope), outcome, NOW).values_list("pk", flat=True))
        for name, line in made.items():
            if line.pk in pks:
                found[name].add(outcome)
    assert found == {name: expected for name, (_, _, expected) in CASES.items()}
    (row,) = rural_coverage(scope, SENT.date().replace(day=1), RURAL, NOW)
    sums = row.sums
    told = [outcome for _, _, outcomes in CASES.values() for outcome in outcomes]
    assert (sums.on_time, sums.late, sums.never, sums.unanswered) == (
        told.count("on_time"), told.count("late"), told.count("never"), 1,
    )  # fmt: skip
    assert sums.due == sums.on_time + sums.late + sums.never
    assert sums.lines == sum(bool(expected) for _, _, expected in CASES.values())


def test_coverage_counts_rural_places_of_the_month_in_ones_own_sight(world: Supplied) -> None:
    march, april = (
        datetime(2026, 3, 31, 23, 59, tzinfo=SHANGHAI),
        datetime(2026, 4, 1, tzinfo=SHANGHAI),
    )
    world.line(world.rural, world.good, (10, DUE))
    world.line(world.rural, world.bad)
    world.line(world.hospital, world.bad)
    world.line(world.rural, world.good, ordered_at=march)
    world.line(world.rural, world.good, ordered_at=april)
    month = SENT.date().replace(day=1)
    found = [
        (row.distributor, row.sums.lines, row.sums.due, row.sums.never)
        for row in rural_coverage(world.scope(world.bureau), month, RURAL, NOW)
    ]
    # Never delivered first; the line of the last minute of March is not due yet.
    assert found == [(world.bad, 1, 1, 1), (world.good, 2, 1, 0)]
    own = rural_coverage(world.scope(world.bad), month, RURAL, NOW)
    assert [row.distributor for row in own] == [world.bad]
    assert rural_coverage(world.scope(world.hospital), month, RURAL, NOW) == []


def test_demand_by_institution_and_month_with_what_was_agreed(world: Supplied) -> None:
    world.line(world.rural, world.good, (10, DUE))
    world.line(world.hospital, world.bad)
    early = SENT - timedelta(days=31)
    world.line(world.hospital, world.good, (10, early), ordered_at=early)
    assert [f"{day:%Y-%m}" for day in months_until(NOW.date())][::11] == ["2025-04", "2026-03"]
    demand = product_demand(world.scope(world.maker), world.product, NOW)
    rows = [(row.institution, row.months[-2:], row.late) for row in demand.institutions]
    assert rows == [
        (world.hospital, (Decimal(10), Decimal(10)), 1), (world.rural, (Decimal(0), Decimal(10)), 0),
    ]  # fmt: skip
    assert [each.distributor for each in demand.traders] == [world.bad, world.good]
    own = product_demand(world.scope(world.good), world.product, NOW)
    assert {row.institution for row in own.institutions} == {world.hospital, world.rural}
    assert [each.distributor for each in own.traders] == [world.good]
    other = product_demand(world.scope(people.organisation("enterprise")), world.product, NOW)
    assert (other.institutions, other.traders) == ([], [])


def test_overview_counts_lines_under_way_by_the_other_side(world: Supplied) -> None:
    world.line(world.rural, world.bad)
    world.line(world.hospital, world.bad, response="", responded_at=None)
    world.line(world.hospital, world.good, (10, DUE))
    scope = world.scope(world.bureau)
    seen = overview(scope, NOW)
    assert seen.totals == {
        "lines": 3, "to_answer": 1, "unanswered": 1, "late": 1, "to_receive": 1,
    }  # fmt: skip
    rows = [(row.code, row.lines, row.unanswered, row.late) for row in seen.parties]
    assert rows == [(world.bad.code, 2, 1, 1), (world.good.code, 1, 0, 0)]
    (product,) = seen.products
    assert (product.code, product.lines) == (world.product.code, 3)
    assert {row.code for row in overview(world.scope(world.bad), NOW).parties} == {
        world.rural.code, world.hospital.code,
    }  # fmt: skip
    nothing = overview(world.scope(people.organisation("enterprise")), NOW)
    assert (set(nothing.totals.values()), nothing.parties, nothing.products) == ({0}, [], [])


def test_packs_that_come_months_after_the_deadline_are_late_and_not_missing(
    world: Supplied,
) -> None:
    old = NOW - timedelta(days=150)
    world.line(world.hospital, world.bad, (10, NOW - timedelta(days=1)), ordered_at=old)
    world.line(world.hospital, world.bad, (10, NOW + timedelta(days=1)), ordered_at=old)
    world.line(
        world.hospital, world.good, (10, NOW), response="", responded_at=None, delivery_due_at=None
    )
    demand = product_demand(world.scope(world.maker), world.product, NOW)
    found = {each.distributor: each.sums for each in demand.traders}
    assert (found[world.bad].late, found[world.bad].never) == (1, 1)
    # Without a deadline it is neither, and what came is not unanswered.
    assert (found[world.good].due, found[world.good].unanswered) == (0, 0)


def test_a_count_of_the_overview_opens_to_as_many_lines_however_old(world: Supplied) -> None:
    old = NOW - timedelta(days=200)
    world.line(world.rural, world.bad, ordered_at=old)
    world.line(world.rural, world.bad, response="", responded_at=None, ordered_at=old)
    world.line(world.hospital, world.bad, response="", responded_at=None, ordered_at=NOW)
    world.line(world.hospital, world.good, (10, DUE))
    world.line(world.hospital, world.good, (4, NOW), ordered_at=NOW - timedelta(hours=80))
    world.line(world.hospital, world.good, cancelled_at=NOW)
    scope = world.scope(world.bureau)
    counts = overview(scope, NOW).totals | {"waiting": 1}
    assert counts == {
        "lines": 5, "to_answer": 2, "waiting": 1, "unanswered": 1, "late": 2, "to_receive": 2,
    }  # fmt: skip
    for part, _ in UNDER_WAY_PARTS:
        assert of_part(order_lines(scope), part, NOW).count() == counts[part], part
        assert under_way_part(scope, part, NOW).count() == counts[part], part


def test_pages_and_files(world: Supplied, client: Client) -> None:
    sent = timezone.now() - timedelta(days=5)
    world.line(world.rural, world.bad, ordered_at=sent)
    world.line(world.rural, world.bad, ordered_at=sent - timedelta(days=100))
    client.force_login(world.user(world.rural))
    late = client.get("/supply/lines/?under_way=late").content.decode()
    assert late.count('<th scope="row"') == 2, "the old one too"
    for asked, number in (
        ("under_way=late", 2), ("under_way=late&outcome=never", 2), ("under_way=to_receive", 0),
        ("under_way=late&since=2000-01-01&until=2000-12-31", 0), ("outcome=never", 1),
    ):  # fmt: skip
        assert client.get(f"/supply/lines/?{asked}").context["view"].count.number == number, asked
    assert client.get("/api/v1/order-lines/?under_way=late").json()["results"][1]["line_no"] == 1
    page = client.get("/supply/overview/").content.decode()
    assert "供应自查" in page
    assert "配送超时的订单行" in page
    client.force_login(world.user(world.maker))
    page = client.get("/supply/lines/?outcome=never").content.decode()
    assert world.rural.name in page
    assert world.rural.name not in client.get("/supply/lines/?outcome=on_time").content.decode()
    address = f"/supply/demand/?product={world.product.code}"
    assert world.rural.name in client.get(address).content.decode()
    file = client.get(address.replace("demand/", "demand-export/")).content
    rows = list(openpyxl.load_workbook(io.BytesIO(file)).active.values)
    assert (rows[1][0], rows[1][3], len(rows[0])) == (world.rural.name, 20, 18)
    assert client.get("/supply/demand-export/?product=x").status_code == 400
    assert "没有这个产品" in client.get("/supply/demand/?product=x").content.decode()
    for month in ("9999-12", "x", "0001-01"):
        assert client.get(f"/supply/coverage/?month={month}").status_code == 200
        assert client.get(f"/api/v1/supply-coverage/?month={month}").status_code == 400
    file = client.get(f"/supply/coverage-export/?month={sent:%Y-%m}").content
    assert world.product.code in str(list(openpyxl.load_workbook(io.BytesIO(file)).active.values))
    told = client.get("/api/v1/supply-overview/").json()
    assert (told["lines"], told["parties"][0]["code"]) == (2, world.bad.code)
    assert client.get("/api/v1/supply-demand/?product=x").status_code == 404
