"""A surge in need: reported by the institution, verified by its city, kept as an exemption."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import Exemption, Product, Substitute
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from procurement.forms.surge import SurgeReportForm
from procurement.models import SurgeReport
from procurement.operations.surge import answer_surge, report_surge, verify_surge
from procurement.queries.surge import possible_lenders, supply_options
from procurement.rules.surge import LONGEST_DAYS, counts_as, may_count
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties
from tests.procurement.test_standby import NOW, TODAY, Supply, pdf

pytestmark = pytest.mark.django_db


def report(supply: Supply, **changes: Any) -> SurgeReport:
    values: dict[str, Any] = {
        "product": supply.product, "cause": "epidemic", "needed_packs": Decimal(100),
        "days_of_stock": 2, "description": "流感就诊量上升", "uploads": [pdf()],
    }  # fmt: skip
    of = changes.pop("of", supply.hospital)
    return report_surge(**values | changes, **supply.acting(of))


def verify(supply: Supply, row: SurgeReport, bought: Product, **changes: Any) -> SurgeReport:
    values: dict[str, Any] = {
        "from_on": TODAY, "to_on": TODAY + timedelta(days=30), "note": "属实",
    }  # fmt: skip
    of = changes.pop("of", supply.city_bureau)
    return verify_surge(report=row, bought_product=bought, **values | changes, **supply.acting(of))


@pytest.mark.parametrize(
    ("roles", "kind"),
    [({"standby"}, "standby_counts"), (set(), "non_selected"), ({"selected"}, ""),
     ({"selected", "standby"}, "")],
)  # fmt: skip
def test_kind_that_fits(roles: set[str], kind: str) -> None:
    assert counts_as(roles=frozenset(roles)) == kind


@pytest.mark.parametrize(("days", "ok"), [(-1, False), (0, True), (LONGEST_DAYS - 1, True),
                                          (LONGEST_DAYS, False)])  # fmt: skip
def test_days_that_one_report_covers(days: int, ok: bool) -> None:
    assert bool(may_count(from_on=TODAY, to_on=TODAY + timedelta(days=days))) is ok


def test_standby_bought_counts_as_selected() -> None:
    supply = Supply()
    row = report(supply)
    assert Task.objects.get(object_key=row.report_no).organisation_id == supply.city_bureau.pk
    row = verify(supply, row, supply.standby)
    made = Exemption.objects.get()
    assert (made.exemption_no, made.kind, made.batch, made.product, made.institution) == (
        row.report_no, "standby_counts", supply.batch, supply.standby, supply.hospital,
    )  # fmt: skip
    assert (made.from_on, made.to_on) == (TODAY, TODAY + timedelta(days=30))
    assert Task.objects.get(object_key=row.report_no).done_at is not None
    assert Notice.objects.filter(organisation_id=supply.hospital.pk).exists()


def test_non_selected_bought_is_left_out() -> None:
    supply = Supply()
    verify(supply, report(supply), supply.stranger)
    made = Exemption.objects.get()
    assert (made.kind, made.batch) == ("non_selected", None)


def test_what_is_refused() -> None:
    supply = Supply()
    with pytest.raises(NotYours):
        report(supply, of=supply.maker)
    with pytest.raises(MissingInput, match="大于零"):
        report(supply, needed_packs=Decimal(0))
    with pytest.raises(MissingInput, match="按整包装报告：需要数量应为整数"):
        report(supply, needed_packs=Decimal("0.5"))
    with pytest.raises(MissingInput, match="为什么突然增加"):
        report(supply, description=" ")
    row = report(supply, uploads=[])
    with transaction.atomic(), pytest.raises(IntegrityError, match="surge_report_whole_packs"):
        SurgeReport.objects.filter(pk=row.pk).update(needed_packs=Decimal("0.5"))
    with pytest.raises(TransitionRefused, match="待核实"):
        report(supply)
    with pytest.raises(NotYours):
        verify(supply, row, supply.standby, of=supply.bureau)
    with pytest.raises(MissingInput, match="没有证明材料"):
        verify(supply, row, supply.standby)
    row = answer_surge(
        report=row, verb="withdraw", words="补材料", **supply.acting(supply.hospital)
    )
    row = report(supply)
    with pytest.raises(MissingInput, match="不需要认定"):
        verify(supply, row, supply.product)
    with pytest.raises(MissingInput, match="截止日"):
        verify(supply, row, supply.standby, to_on=TODAY - timedelta(days=1))
    with pytest.raises(StaleVersion):
        verify(supply, row, supply.standby, seen_version=9)
    row.refresh_from_db()
    assert row.state == "reported"
    assert row.bought_product is None
    answer_surge(report=row, verb="refuse", words="可供应", **supply.acting(supply.city_bureau))
    assert not Exemption.objects.exists()


def test_what_could_be_bought_and_who_could_lend() -> None:
    supply = Supply()
    elsewhere = make.product(manufacturer=supply.maker, group=supply.product.group)
    make.selection(batch=supply.batch, product=elsewhere, region=supply.other_city, role="selected")
    # Selected here as well as elsewhere: no other region's.
    beside = make.product(manufacturer=supply.maker, group=supply.product.group)
    for region in (supply.other_city, supply.county.parent):
        make.selection(batch=supply.batch, product=beside, region=region, role="selected")
    instead = make.product()
    Substitute.objects.create(group=supply.product.group, product=instead)
    neighbour = people.organisation(name="乙医院", region=supply.county)
    recent = datetime(2026, 3, 1, 10, tzinfo=SHANGHAI)
    for hospital, at in ((neighbour, recent), (supply.far, recent)):
        parties = Parties(hospital, supply.maker, supply.second)
        line = stages.order_line(parties, product=supply.product)
        sent = stages.delivery(parties, line)
        stages.receipt(parties, line, delivery_id=sent.pk, received_at=at, accepted_packs=5)
    row = report(supply)
    found = {(each.way, each.product.pk) for each in supply_options(row, TODAY)}
    assert found == {
        ("本地区备供", supply.standby.pk), ("其他地区中选", elsewhere.pk),
        ("可替代药品", instead.pk), ("本地区中选", beside.pk),
    }  # fmt: skip
    assert possible_lenders(row, TODAY) == [neighbour]
    assert possible_lenders(row, date(2026, 5, 30)) == [neighbour]
    assert possible_lenders(row, date(2026, 5, 31)) == []


@pytest.mark.parametrize(
    ("typed", "said"), [("-1", "不能小于 0"), ("1.5", "请填写整数"), ("1000", "不能大于 999")]
)
def test_days_that_are_no_number_of_days_are_told_in_plain_words(typed: str, said: str) -> None:
    form = SurgeReportForm({"days_of_stock": typed}, known=None)  # type: ignore[arg-type]
    assert said in form.errors["days_of_stock"][0]


def test_page_and_api(client: Client) -> None:
    supply = Supply()
    client.force_login(supply.acting(supply.hospital)["by"])
    answer = client.post(
        "/supply/surge/new/",
        {"product_code": supply.product.code, "cause": "epidemic", "needed_packs": "100",
         "days_of_stock": "2", "description": "上升", "files": [pdf()]},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert supply.standby.code in page
    row = SurgeReport.objects.get()
    listed = client.get(f"/api/v1/surge-reports/{row.report_no}/alternatives/").json()
    assert [each["product"] for each in listed] == [supply.standby.code]
    client.force_login(supply.acting(supply.city_bureau)["by"])
    words = {"version": 1, "words": "属实", "bought_product": "没有",
             "from_on": "2026-03-11", "to_on": "2026-04-11"}  # fmt: skip
    address = f"/supply/surge/{row.report_no}/verify/"
    refused = client.post(address, words)
    assert refused.status_code == 400
    assert "没有这个国家医保编码" in refused.content.decode()
    assert client.post(address, words | {"bought_product": supply.standby.code}).status_code == 302
    assert NOW.date() == Exemption.objects.get().from_on
