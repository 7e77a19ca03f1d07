"""Who holds a lot, and a recall from its opening to its end."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.models import Recall, RecallHolder
from procurement.operations.recalls import (
    HolderReport,
    ask_again,
    end_recall,
    find_holders_again,
    open_recall,
    report_holdings,
)
from procurement.queries.lots import lot_holdings
from procurement.queries.recalls import progress_by_place, visible_recall_holders
from tests.days import today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties

# 星期三, no holiday near.
WEDNESDAY = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


class Supply:
    """甲医院 and 乙医院 of one county, 丙医院 elsewhere; lot L1 went to 甲 and 丙."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        far = people.region(parent=people.region(parent=county.parent.parent))
        self.a = people.organisation(name="甲医院", region=county)
        self.b = people.organisation(name="乙医院", region=county)
        self.c = people.organisation(name="丙医院", region=far)
        self.maker = people.organisation("enterprise", region=county)
        self.carrier, self.other_carrier = (
            people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
            for _ in range(2)
        )
        self.regulator = people.organisation("regulator", region=county.parent.parent)
        self.city_regulator = people.organisation("regulator", region=county.parent)
        self.product = make.product(name="缬沙坦胶囊", manufacturer=self.maker)
        self.line_a = self.line(self.a, self.carrier)
        self.take(self.a, self.carrier, self.line_a, "L1", 10)
        self.take(self.c, self.other_carrier, self.line(self.c, self.other_carrier), "L1", 7)
        self.take(self.b, self.carrier, self.line(self.b, self.carrier), "L2", 5)

    def line(self, hospital: Organisation, carrier: Organisation) -> Any:
        parties = Parties(hospital, self.maker, carrier)
        return stages.order_line(parties, product=self.product)

    def take(
        self, hospital: Organisation, carrier: Organisation, line: Any, lot: str, packs: int
    ) -> None:
        parties = Parties(hospital, self.maker, carrier)
        sent = stages.delivery(parties, line, lot_no=lot, packs=packs)
        stages.receipt(parties, line, delivery_id=sent.pk, accepted_packs=packs)

    def user(self, of: Organisation) -> User:
        made = people.person(of, "clerk")
        return User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)

    def acting(self, of: Organisation, at: datetime | None = None) -> dict[str, Any]:
        user = self.user(of)
        return {"by": user, "scope": scope_of(user, today()), "at": at or timezone.now()}

    def held(self, of: Organisation, *lots: str) -> list[tuple[str, Decimal, Decimal]]:
        scope = scope_of(self.user(of), today())
        found = lot_holdings(scope, self.product, lots or ["L1"])
        return sorted((row.institution, row.held, row.unreceived) for row in found)

    def recall(self, of: Organisation | None = None, **changes: Any) -> Recall:
        values: dict[str, Any] = {
            "product": self.product, "lots": ["L1"], "level": "2", "reason": "杂质",
            "instruction": "停用封存",
        }  # fmt: skip
        at = changes.pop("at", None)
        return open_recall(**values | changes, **self.acting(of or self.maker, at))

    def report(self, recall: Recall, of: Organisation, kept: int, used: int, **more: Any) -> None:
        rows = RecallHolder.objects.filter(recall=recall, institution=of)
        report_holdings(
            recall=recall, **self.acting(of),
            reports=[
                HolderReport(row, Decimal(kept), Decimal(0), Decimal(used), **more) for row in rows
            ],
        )  # fmt: skip


@pytest.fixture
def supply(db: None) -> Supply:
    return Supply()


# --- who holds lot X ----------------------------------------------------------------------------


def test_each_side_finds_its_own_holders(supply: Supply) -> None:
    ten, seven = ("甲医院", Decimal(10), Decimal(0)), ("丙医院", Decimal(7), Decimal(0))
    both = sorted([ten, seven])
    assert supply.held(supply.maker) == supply.held(supply.regulator) == both
    assert supply.held(supply.a) == supply.held(supply.carrier) == [ten]
    assert supply.held(supply.city_regulator) == [ten]
    assert supply.held(supply.b) == supply.held(people.organisation("enterprise")) == []
    assert supply.held(supply.maker, "L1", "L2")[-1][0] == "甲医院"
    assert len(supply.held(supply.maker, "L1", "L2")) == 3


def test_returns_of_a_line_with_one_lot_are_taken_off(supply: Supply) -> None:
    parties = Parties(supply.a, supply.maker, supply.carrier)
    stages.returned(parties, supply.line_a, packs=4)
    assert supply.held(supply.a) == [("甲医院", Decimal(6), Decimal(0))]
    stages.returned(parties, supply.line_a, packs=6)
    assert supply.held(supply.a) == []


def test_returns_of_a_line_with_two_lots_are_said_to_be_unclear(supply: Supply) -> None:
    """A return carries no lot: nothing is taken off for a lot that it may not be of."""
    supply.take(supply.a, supply.carrier, supply.line_a, "L9", 3)
    parties = Parties(supply.a, supply.maker, supply.carrier)
    stages.returned(parties, supply.line_a, packs=4)
    (row,) = lot_holdings(scope_of(supply.user(supply.a), today()), supply.product, ["L1"])
    assert (row.held, row.returned, row.unclear) == (10, 0, 4)


def test_what_is_under_way_and_what_was_refused(supply: Supply) -> None:
    parties = Parties(supply.b, supply.maker, supply.carrier)
    line = supply.line(supply.b, supply.carrier)
    sent = stages.delivery(parties, line, lot_no="L3", packs=8)
    assert supply.held(supply.b, "L3") == [("乙医院", Decimal(0), Decimal(8))]
    stages.receipt(parties, line, delivery_id=sent.pk, accepted_packs=0, refused_packs=8)
    assert supply.held(supply.b, "L3") == []


def test_corrected_receipts_add_up(supply: Supply) -> None:
    parties = Parties(supply.b, supply.maker, supply.carrier)
    line = supply.line(supply.b, supply.carrier)
    sent = stages.delivery(parties, line, lot_no="L3", packs=8)
    stages.receipt(parties, line, delivery_id=sent.pk, accepted_packs=8)
    stages.receipt(parties, line, delivery_id=sent.pk, receipt_no=2, accepted_packs=-3)
    assert supply.held(supply.b, "L3") == [("乙医院", Decimal(5), Decimal(0))]


def test_lot_is_found_by_its_index_in_one_statement(supply: Supply) -> None:
    scope = scope_of(supply.user(supply.regulator), today())
    with CaptureQueriesContext(connection) as queries:
        lot_holdings(scope, supply.product, ["L1"])
    (query,) = queries
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "product_id_lot_no_idx" in plan or "delivery_lot" in plan


# --- a recall -----------------------------------------------------------------------------------


def test_every_holder_gets_its_task_and_suppliers_are_told(supply: Supply) -> None:
    recall = supply.recall(supply.regulator)
    tasks = Task.objects.filter(object_key__startswith=recall.recall_no)
    assert set(tasks.values_list("organisation_id", flat=True)) == {supply.a.pk, supply.c.pk}
    told = set(Notice.objects.values_list("organisation_id", flat=True))
    assert told == {supply.maker.pk, supply.carrier.pk, supply.other_carrier.pk}


@pytest.mark.parametrize(
    ("level", "last_day"),
    [("1", date(2026, 3, 12)), ("2", date(2026, 3, 16)), ("3", date(2026, 3, 20))],
)
def test_report_is_due_by_the_levels_working_day(
    supply: Supply, level: str, last_day: date
) -> None:
    recall = supply.recall(level=level, at=WEDNESDAY)
    assert timezone.localtime(recall.due_at).date() == last_day + timedelta(days=1)


def test_office_recalls_in_its_region_only(supply: Supply) -> None:
    recall = supply.recall(supply.city_regulator)
    assert [row.institution for row in recall.holders.all()] == [supply.a]


def test_who_may_not_recall(supply: Supply) -> None:
    county = people.organisation("bureau", region=supply.a.region)
    for other in (supply.a, supply.carrier, county, people.organisation("enterprise")):
        with pytest.raises(NotYours):
            supply.recall(other)
    with pytest.raises(MissingInput):
        supply.recall(lots=[" "])
    with pytest.raises(MissingInput):
        supply.recall(reason="")


def test_report_has_to_add_up_or_be_explained(supply: Supply) -> None:
    recall = supply.recall()
    with pytest.raises(MissingInput) as refused:
        supply.report(recall, supply.a, kept=6, used=3)
    assert "合计 9，与应处置数 10 不符" in refused.value.reason
    supply.report(recall, supply.a, kept=6, used=3, difference="lost", note="破损 1")
    row = RecallHolder.objects.get(recall=recall, institution=supply.a)
    assert (row.state, row.kept_packs, row.used_packs) == ("reported", 6, 3)
    task = Task.objects.get(organisation=supply.a)
    assert task.done_at is not None
    with pytest.raises(TransitionRefused):
        supply.report(recall, supply.a, kept=10, used=0)


def test_nobody_reports_for_another(supply: Supply) -> None:
    recall = supply.recall()
    row = recall.holders.get(institution=supply.a)
    report = HolderReport(row, Decimal(10), Decimal(0), Decimal(0))
    for other in (supply.b, supply.carrier, supply.maker, supply.regulator):
        with pytest.raises(NotYours):
            report_holdings(recall=recall, reports=[report], **supply.acting(other))
    stale = HolderReport(row, Decimal(10), Decimal(0), Decimal(0), version=9)
    with pytest.raises(StaleVersion):
        report_holdings(recall=recall, reports=[stale], **supply.acting(supply.a))


def test_closing_waits_for_all_and_a_report_may_be_asked_for_again(supply: Supply) -> None:
    recall = supply.recall()
    end: dict[str, Any] = {"recall": recall, "closing_note": "完成"}
    supply.report(recall, supply.a, kept=10, used=0)
    with pytest.raises(TransitionRefused) as refused:
        end_recall(verb="close", **end, **supply.acting(supply.maker))
    assert "还有 1 家机构没有报告" in refused.value.reason
    supply.report(recall, supply.c, kept=0, used=7)
    ask_again(
        recall=recall, holder=recall.holders.get(institution=supply.c), opener_note="请附清单",
        **supply.acting(supply.maker),
    )  # fmt: skip
    assert Task.objects.filter(organisation=supply.c, done_at__isnull=True).count() == 1
    supply.report(recall, supply.c, kept=7, used=0)
    with pytest.raises(NotYours):
        end_recall(verb="close", **end, **supply.acting(supply.regulator))
    end_recall(verb="close", **end, **supply.acting(supply.maker))
    with pytest.raises(TransitionRefused):
        supply.report(recall, supply.c, kept=7, used=0)
    with pytest.raises(TransitionRefused):
        find_holders_again(recall=recall, **supply.acting(supply.maker))


def test_found_again_after_new_deliveries_keeps_reports(supply: Supply) -> None:
    recall = supply.recall()
    supply.report(recall, supply.a, kept=10, used=0)
    supply.take(supply.b, supply.carrier, supply.line(supply.b, supply.carrier), "L1", 2)
    assert find_holders_again(recall=recall, **supply.acting(supply.maker)) == 1
    states = dict(recall.holders.values_list("institution__name", "state"))
    assert states == {"甲医院": "reported", "乙医院": "waiting", "丙医院": "waiting"}
    assert find_holders_again(recall=recall, **supply.acting(supply.maker)) == 0


def test_progress_by_place_and_who_sees_it(supply: Supply) -> None:
    recall = supply.recall()
    supply.report(recall, supply.a, kept=4, used=6)

    def progress(of: Organisation) -> list[tuple[int, int, Decimal, Decimal]]:
        rows = progress_by_place(scope_of(supply.user(of), today()), recall)
        return [(r.institutions, r.reported, r.held, r.used) for r in rows]

    everything = [(1, 1, 10, 6), (1, 0, 7, 0), (2, 1, 17, 6)]
    assert progress(supply.regulator) == progress(supply.maker) == everything
    assert progress(supply.carrier) == [(1, 1, 10, 6), (1, 1, 10, 6)]
    assert progress(supply.b) == []
    seen = visible_recall_holders(scope_of(supply.user(supply.a), today()))
    assert [row.institution for row in seen] == [supply.a]


def test_hospital_finds_recall_on_its_page_and_reports(supply: Supply, client: Client) -> None:
    recall = supply.recall()
    row = recall.holders.get(institution=supply.a)
    client.force_login(supply.user(supply.a))
    path = f"/recalls/{recall.recall_no}/"
    page = client.get(path).content.decode()
    assert "报告本机构的处置数量" in page and "丙医院" not in page
    data = {f"kept_{row.pk}": "6", f"sent_{row.pk}": "0", f"version_{row.pk}": "1"}
    wrong = client.post(f"{path}report/", {**data, f"used_{row.pk}": "x"})
    assert wrong.status_code == 400 and 'value="6"' in wrong.content.decode()
    wrong = client.post(f"{path}report/", {**data, f"used_{row.pk}": "1"})
    assert wrong.status_code == 400 and "与应处置数 10 不符" in wrong.content.decode()
    assert client.post(f"{path}report/", {**data, f"used_{row.pk}": "4"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "reported"


def test_a_lot_that_nobody_holds_is_said_to_whoever_recalls_it(
    supply: Supply, client: Client
) -> None:
    client.force_login(supply.user(supply.maker))
    given = {"product": supply.product.code, "level": "2", "reason": "自查", "instruction": "停用"}
    for lot, words in (
        ("L1", "2 家持有单位已收到待办"), ("L9", "没有单位收到待办：请核对批号"),
    ):  # fmt: skip
        page = client.post("/recalls/new/", given | {"lots": lot}, follow=True)
        assert words in page.content.decode()


def test_lot_page_answers_in_one_click(supply: Supply, client: Client) -> None:
    client.force_login(supply.user(supply.maker))
    query = f"?product={supply.product.code}&lots=L1"
    page = client.get(f"/recalls/lots/{query}").content.decode()
    assert "甲医院" in page and "丙医院" in page and "乙医院" not in page
    assert client.get(f"/recalls/lots-export/{query}").content[:2] == b"PK"
    assert client.get("/recalls/lots-export/?product=x&lots=L1").status_code == 400
    api = client.get(f"/api/v1/lot-holders/{query}").json()
    assert sorted(each["held_packs"] for each in api) == ["10.0000", "7.0000"]


@pytest.mark.parametrize("second", ["close", "withdraw"])
def test_of_two_ends_at_once_one_wins(fresh_database: str, second: str) -> None:
    supply = Supply()
    recall = supply.recall()
    for hospital, packs in ((supply.a, 10), (supply.c, 7)):
        supply.report(recall, hospital, kept=packs, used=0)
    people_of = [supply.acting(supply.maker) for _ in range(2)]
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def end(verb: str, acting: dict[str, Any]) -> None:
        both.wait()
        try:
            end_recall(recall=recall, verb=verb, closing_note="完", **acting)
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=end, args=pair)
        for pair in zip(("close", second), people_of, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["TransitionRefused", "done"]
