"""Purchases off the platform: recorded or found, explained, judged; what the warning follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Task
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.rules.offline import OFFLINE_PURCHASE
from organisations.models import Organisation
from procurement.models import OfflinePurchase
from procurement.operations.offline_purchases import record_offline, step_offline
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.procurement.test_standby import NOW, TODAY, Supply, pdf

pytestmark = pytest.mark.django_db


class Offline(Supply):
    """Without batches: warnings of the day read the values of their policies."""

    def __init__(self) -> None:
        self.county = people.county()
        city = self.county.parent
        assert city
        self.hospital = people.organisation(name="甲医院", region=self.county)
        self.far = people.organisation()
        self.county_bureau = people.organisation("bureau", region=self.county)
        self.city_bureau = people.organisation("bureau", region=city)
        self.maker = people.organisation("enterprise")
        self.product = make.product(manufacturer=self.maker)

    def record(self, of: Organisation | None = None, **changes: Any) -> OfflinePurchase:
        values: dict[str, Any] = {
            "product": self.product, "packs": Decimal(10), "unit_price": Decimal("4.5"),
            "bought_on": date(2026, 3, 2), "seller": "某药店", "words": "抢救缺货",
            "uploads": [pdf()],
        }  # fmt: skip
        return record_offline(**values | changes, **self.acting(of or self.hospital))

    def step(self, row: OfflinePurchase, verb: str, of: Organisation) -> OfflinePurchase:
        return step_offline(purchase=row, verb=verb, words="说明", **self.acting(of))

    def warned(self) -> list[tuple[str, str, Decimal]]:
        by = self.acting(self.county_bureau)["by"]
        raise_daily_warnings(OFFLINE_PURCHASE, on=TODAY, by=by, at=NOW)
        rows = Warning.objects.filter(rule="offline_purchase", mended_month__isnull=True)
        return list(rows.values_list("subject_code", "severity", "measured"))


def test_own_record_is_judged_by_the_county() -> None:
    world = Offline()
    row = world.record()
    assert row.amount == Decimal(45)
    task = Task.objects.get(object_key=row.purchase_no, done_at__isnull=True)
    assert task.organisation_id == world.county_bureau.pk
    assert world.warned() == []
    with pytest.raises(NotYours):
        world.step(row, "accept", world.city_bureau)
    with pytest.raises(NotYours):
        world.step(row, "accept", world.hospital)
    row = world.step(row, "accept", world.county_bureau)
    assert not Task.objects.filter(done_at__isnull=True).exists()
    assert world.warned() == []
    with pytest.raises(TransitionRefused):
        world.step(row, "refuse", world.county_bureau)


def test_unexplained_ones_warn_until_a_reason_stands() -> None:
    """Found and not explained, then refused; explained anew and accepted it ends by itself."""
    world = Offline()
    row = world.record(world.county_bureau, institution=world.hospital, uploads=[])
    more = world.record(world.county_bureau, institution=world.hospital, packs=Decimal(2))
    broken = [(world.hospital.code, "yellow", Decimal(54))]
    assert world.warned() == broken
    assert world.warned() == broken
    for each in (row, more):
        world.step(each, "explain", world.hospital)
    assert world.warned() == []
    row = world.step(row, "refuse", world.county_bureau)
    assert (
        Task.objects.get(done_at__isnull=True, object_key=row.purchase_no).act == "explain_offline"
    )
    assert world.warned() == [(world.hospital.code, "yellow", Decimal(45))]
    row = world.step(row, "explain", world.hospital)
    world.step(row, "accept", world.county_bureau)
    assert world.warned() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"packs": Decimal(0)}, "packs"), ({"packs": Decimal("0.5")}, "packs"),
     ({"unit_price": Decimal(-1)}, "unit_price"),
     ({"bought_on": date(2026, 3, 12)}, "bought_on"), ({"seller": " "}, "seller"),
     ({"words": ""}, "words"), ({"uploads": []}, "files")],
)  # fmt: skip
def test_wrong_input_writes_nothing(changes: dict[str, Any], field: str) -> None:
    world = Offline()
    with pytest.raises(MissingInput) as refused:
        world.record(**changes)
    assert refused.value.field == field
    assert not OfflinePurchase.objects.exists()


def test_a_bureau_records_in_its_region_alone() -> None:
    world = Offline()
    for institution in (world.far, None, world.maker):
        with pytest.raises(MissingInput, match="没有这个编码的医疗机构"):
            world.record(world.county_bureau, institution=institution)
    with pytest.raises(NotYours):
        world.record(world.maker)


def test_page(client: Client) -> None:
    world = Offline()
    client.force_login(world.acting(world.hospital)["by"])
    form = {"product_code": world.product.code, "packs": "10", "unit_price": "4.5",
            "bought_on": "2026-03-02", "seller": "某药店", "words": "抢救缺货"}  # fmt: skip
    refused = client.post("/supply/offline/new/", form)
    assert refused.status_code == 400
    assert "票据" in refused.content.decode()
    refused = client.post("/supply/offline/new/", form | {"words": "", "packs": "0.5"})
    assert "请填写线下采购的原因" in refused.content.decode()
    done = client.post("/supply/offline/new/", form | {"files": [pdf()]})
    assert done.status_code == 302
    row = OfflinePurchase.objects.get()
    client.force_login(world.acting(world.county_bureau)["by"])
    address = f"/supply/offline/{row.purchase_no}/"
    assert "书面报告.pdf" in client.get(address).content.decode()
    assert client.post(f"{address}accept/", {"version": 9, "words": "属实"}).status_code == 409
    assert client.post(f"{address}accept/", {"version": 1, "words": ""}).status_code == 400
    assert client.post(f"{address}accept/", {"version": 1, "words": "属实"}).status_code == 302
