"""Standby: from the manufacturer's notice to the end, and what it does to figures and ordering."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from catalog.models import Exemption
from catalog.queries.orderable import why_not_orderable
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.models import StandbyCase
from procurement.operations.standby import answer_notice, end_standby, give_notice, start_standby
from tests.factories import catalog as make
from tests.factories import organisations as people

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()


def pdf() -> SimpleUploadedFile:
    body = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    return SimpleUploadedFile("书面报告.pdf", body, "application/pdf")


class Supply:
    """One group of one batch: 甲 is selected in the city, 乙 and 丙 are standby in the province."""

    def __init__(self) -> None:
        self.county = people.county()
        city = self.county.parent
        assert city
        assert city.parent
        self.city, self.province = city, city.parent
        self.other_city = people.region(parent=self.province)
        self.hospital = people.organisation(name="甲医院", region=self.county)
        self.far = people.organisation(region=people.region(parent=self.other_city))
        self.bureau = people.organisation("bureau", region=self.province)
        self.city_bureau = people.organisation("bureau", region=self.city)
        self.maker, self.second = (people.organisation("enterprise") for _ in range(2))
        group = make.group()
        self.batch = make.batch(effective_on=date(2025, 7, 1), ends_on=date(2026, 12, 31))
        self.product = make.product(manufacturer=self.maker, group=group)
        self.standby = make.product(manufacturer=self.second, group=group)
        self.stranger = make.product(manufacturer=self.second)
        make.selection(batch=self.batch, product=self.product, region=self.city, role="selected")
        make.selection(batch=self.batch, product=self.standby, region=self.province, role="standby")

    def acting(self, of: Organisation, at: datetime = NOW) -> dict[str, Any]:
        made = User.objects.filter(organisation=of).first() or people.person(of, "clerk")
        user = User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)
        return {"by": user, "scope": scope_of(user, at.date()), "at": at}

    def notice(self, **changes: Any) -> StandbyCase:
        values: dict[str, Any] = {
            "product": self.product, "regions": [self.city], "unable_from": date(2026, 3, 1),
            "description": "原料药停产", "uploads": [pdf()],
        }  # fmt: skip
        of = changes.pop("of", self.maker)
        return give_notice(**values | changes, **self.acting(of))[0]

    def start(self, case: StandbyCase, **changes: Any) -> StandbyCase:
        values: dict[str, Any] = {
            "standby_product": self.standby, "starts_on": TODAY, "note": "同意",
        }  # fmt: skip
        of = changes.pop("of", self.bureau)
        return start_standby(case=case, **values | changes, **self.acting(of))


@pytest.fixture
def supply(db: None) -> Supply:
    return Supply()


def codes(hospital: Organisation, product: Any, on: date) -> set[str]:
    return {each.code for each in why_not_orderable(hospital, product, on)}


def test_from_notice_to_end(supply: Supply) -> None:
    case = supply.notice()
    assert Task.objects.get(object_key=case.case_no).organisation_id == supply.bureau.pk
    assert codes(supply.hospital, supply.standby, TODAY) & {"standby_started"} == set()

    case = supply.start(case)
    assert Task.objects.get(object_key=case.case_no).done_at is not None
    told = set(Notice.objects.values_list("organisation_id", flat=True))
    assert {supply.maker.pk, supply.second.pk, supply.hospital.pk} <= told
    assert supply.far.pk not in told
    # The product is standby in the whole province: one exemption for each hospital of the city.
    row = Exemption.objects.get()
    assert (row.kind, row.product, row.institution) == (
        "standby_counts", supply.standby, supply.hospital,
    )  # fmt: skip
    assert (row.batch, row.from_on, row.to_on) == (supply.batch, TODAY, None)
    assert case.case_no in row.reason
    assert "standby_started" in codes(supply.hospital, supply.standby, TODAY)
    assert "standby_instead" in codes(supply.hospital, supply.product, TODAY)
    assert "standby_started" not in codes(supply.hospital, supply.standby, TODAY - timedelta(1))
    assert "standby_started" not in codes(supply.far, supply.standby, TODAY)

    last = TODAY + timedelta(days=10)
    case = end_standby(
        case=case, ends_on=last, closing_note="恢复供应", **supply.acting(supply.bureau)
    )
    assert Exemption.objects.get().to_on == last
    assert "standby_started" in codes(supply.hospital, supply.standby, last)
    assert "standby_started" not in codes(supply.hospital, supply.standby, last + timedelta(1))
    trail = list(
        AuditEvent.objects.filter(action__startswith="standby_case")
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert trail == [
        "standby_case.give", "standby_case.start", "standby_case.days", "standby_case.end",
        "standby_case.days",
    ]  # fmt: skip


def test_one_exemption_for_all_where_the_product_is_standby_there_only(supply: Supply) -> None:
    """Of a case of the whole province no row names an institution: later ones are covered too."""
    make.selection(
        batch=supply.batch, product=supply.product, region=supply.province, role="selected"
    )
    supply.start(supply.notice(regions=[supply.province]))
    assert Exemption.objects.get().institution is None


def test_what_is_refused(supply: Supply) -> None:
    with pytest.raises(MissingInput, match="书面报告"):
        supply.notice(uploads=[])
    with pytest.raises(MissingInput, match="不是该产品的供应地区"):
        supply.notice(regions=[supply.other_city])
    with pytest.raises(MissingInput, match="不是该产品的供应地区"):
        supply.notice(regions=[supply.county])
    with pytest.raises(NotYours):
        supply.notice(of=supply.second)
    with pytest.raises(NotYours):
        supply.notice(of=supply.hospital)
    # Of two regions one is wrong: nothing is kept of the other.
    with pytest.raises(MissingInput):
        supply.notice(regions=[supply.city, supply.other_city])
    assert not StandbyCase.objects.exists()

    case = supply.notice(of=supply.city_bureau, uploads=[])
    assert case.source == "found"
    with pytest.raises(TransitionRefused, match="不需要重复提交"):
        supply.notice()
    with pytest.raises(NotYours):
        supply.start(case, of=supply.city_bureau)
    with pytest.raises(MissingInput, match="不是这个批次、品种"):
        supply.start(case, standby_product=supply.stranger)
    with pytest.raises(MissingInput, match="不能早于不能供应的日期"):
        supply.start(case, starts_on=date(2026, 2, 28))
    with pytest.raises(MissingInput, match="周期之外"):
        supply.start(case, starts_on=date(2027, 1, 1))
    with pytest.raises(MissingInput, match="办理意见"):
        supply.start(case, note=" ")
    with pytest.raises(StaleVersion):
        supply.start(case, seen_version=7)
    case.refresh_from_db()
    assert case.state == "submitted"
    assert case.standby_product is None
    assert not Exemption.objects.exists()

    case = supply.start(case, starts_on=date(2026, 3, 1))
    for ends_on in (TODAY - timedelta(1), date(2026, 2, 1)):
        with pytest.raises(MissingInput, match="不追溯取消"):
            end_standby(
                case=case, ends_on=ends_on, closing_note="恢复", **supply.acting(supply.bureau)
            )
    with pytest.raises(TransitionRefused):
        answer_notice(case=case, verb="refuse", words="不", **supply.acting(supply.bureau))


@pytest.mark.django_db(transaction=True)
def test_start_and_withdrawal_at_once(isolated_rows: None = None) -> None:
    """One wins, the other is told; standby is never started of a notice that was taken back."""
    supply = Supply()
    case = supply.notice()
    ways = [
        lambda: supply.start(case),
        lambda: answer_notice(
            case=case, verb="withdraw", words="已恢复", **supply.acting(supply.maker)
        ),
    ]
    for of in (supply.bureau, supply.maker):
        supply.acting(of)
    gate, refused = threading.Barrier(2), []

    def run(way: Any) -> None:
        try:
            gate.wait()
            way()
        except Refusal as refusal:
            refused.append(refusal.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case.refresh_from_db()
    assert len(refused) == 1
    assert (case.state == "in_force") == Exemption.objects.exists()


def test_pages_and_api(supply: Supply, client: Client) -> None:
    user = supply.acting(supply.maker)["by"]
    client.force_login(user)
    answer = client.post(
        "/api/v1/standby-cases/",
        {"product": supply.product.code, "regions": [supply.city.code],
         "unable_from": "2026-03-01", "description": "停产"},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 400
    typed = {"product_code": supply.product.code, "unable_from": "2026-03-01",
             "description": "停产", "files": [pdf()]}  # fmt: skip
    county = supply.county
    for strange in ("火星市", f"{supply.city.name}，火星市", county.name):
        refused = client.post("/supply/standby/new/", typed | {"regions": strange})
        assert refused.status_code == 400 and "这个地区" in refused.content.decode(), strange
    # By name or code, each once: of two words for one region one case is made.
    both = f"{supply.city.name}、{supply.city.code}"
    answer = client.post("/supply/standby/new/", typed | {"regions": both, "files": [pdf()]})
    assert answer.status_code == 302, answer.content.decode()
    case = StandbyCase.objects.get()
    page = client.get(answer["Location"])
    assert "书面报告.pdf" in page.content.decode()
    client.force_login(supply.acting(supply.bureau)["by"])
    told = client.get(f"/supply/standby/{case.case_no}/").content.decode()
    assert supply.standby.code in told
    done = client.post(
        f"/supply/standby/{case.case_no}/start/",
        {"version": 1, "standby_product": supply.standby.code, "on": "2026-12-30", "words": "同意"},
    )
    assert done.status_code == 302, done.content.decode()
    assert Exemption.objects.get().from_on == date(2026, 12, 30)
    told = Notice.objects.get(
        organisation=supply.standby.manufacturer, title__contains="备供已启动"
    )
    assert f"{supply.city.name}各地都已点选配送企业" in told.title
