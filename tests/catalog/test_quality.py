"""Inspections, samples, quality reports and holds: who does what, who is told, what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from catalog.forms.quality import WordsForm
from catalog.models import Inspection, Product, QualityHold, QualityReport, Sampling
from catalog.operations.inspections import (
    NewInspection,
    NewSampling,
    record_follow_up,
    record_inspections,
    record_samplings,
)
from catalog.operations.quality_holds import lift_hold, place_hold
from catalog.operations.quality_reports import answer_report, close_report, report_quality
from catalog.queries.coverage import selected_manufacturers
from catalog.queries.holds import reasons_of_own_holds
from catalog.queries.tradable import why_not_tradable
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.days import dated, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import quality

pytestmark = pytest.mark.django_db


class Cast:
    """甲医院 of a county, its regulator and health commission above it, the product's maker."""

    def __init__(self) -> None:
        county = people.county()
        assert county.parent and county.parent.parent
        self.city, self.province = county.parent, county.parent.parent
        self.hospital = people.organisation(name="甲医院", region=county)
        self.other_hospital = people.organisation(name="乙医院", region=county)
        self.regulator = people.organisation("regulator", region=self.province)
        self.health = people.organisation("health_commission", region=self.city)
        self.bureau = people.organisation("bureau", region=self.province)
        self.maker = people.organisation("enterprise")
        self.product: Product = make.product(name="氯吡格雷片", manufacturer=self.maker)
        self.people: dict[int, User] = {}

    def clerk(self, of: Organisation) -> User:
        if of.pk not in self.people:
            made = people.person(of, "clerk")
            self.people[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        return self.people[of.pk]

    def acting(self, of: Organisation) -> dict[str, Any]:
        user = self.clerk(of)
        return {"by": user, "scope": self.scope(of), "at": timezone.now()}

    def scope(self, of: Organisation) -> Scope:
        return scope_of(self.clerk(of), today())

    def report(self, **changes: Any) -> QualityReport:
        values: dict[str, Any] = {
            "product": self.product, "kind": "adverse", "severity": "usual", "lot_no": "A1",
            "occurred_on": today(), "description": "皮疹，已停药", "hold_use": False,
        }  # fmt: skip
        return report_quality(**values | self.acting(self.hospital) | changes)

    def inspect(self, **changes: Any) -> Inspection:
        values: dict[str, Any] = {
            "enterprise": self.maker, "inspected_on": today(), "coverage": "生产",
            "findings": "记录不全", "result": "rectify", "rectify_by": today(),
        }  # fmt: skip
        (row,) = record_inspections(
            inspections=[NewInspection(**values | changes)], **self.acting(self.regulator)
        )
        return row

    def sample(self, **changes: Any) -> Sampling:
        values: dict[str, Any] = {
            "product": self.product, "lot_no": "A1", "drawn_from": self.hospital,
            "sampled_on": today(), "paper_no": "检1", "result": "fail", "failed_items": "溶出度",
        }  # fmt: skip
        (row,) = record_samplings(
            samplings=[NewSampling(**values | changes)], **self.acting(self.regulator)
        )
        return row


@pytest.fixture
def cast() -> Cast:
    return Cast()


# --- inspections and samples --------------------------------------------------------------------


def test_inspection_is_recorded_and_the_enterprise_told(cast: Cast) -> None:
    row = cast.inspect()
    assert (row.province_id, row.regulator) == (cast.province.pk, cast.regulator)
    assert Notice.objects.get(organisation=cast.maker).url == f"/quality/inspections/{row}/"
    assert AuditEvent.objects.filter(action="inspection.record", object_key=row.pk).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"inspected_on": timedelta(days=1)}, "inspected_on"),
        ({"rectify_by": None}, "rectify_by"),
        ({"rectify_by": timedelta(days=-1)}, "rectify_by"),
        ({"result": "pass"}, "rectify_by"),
        ({"findings": " "}, "findings"),
    ],
)
def test_wrong_inspection_is_refused(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MissingInput) as refused:
        cast.inspect(**dated(changes))
    assert refused.value.field == field
    assert not Inspection.objects.exists()


def test_only_a_regulator_records(cast: Cast) -> None:
    new = NewInspection(cast.maker, today(), "生产", "无", "pass")
    for other in (cast.bureau, cast.health, cast.hospital, cast.maker):
        with pytest.raises(NotYours):
            record_inspections(inspections=[new], **cast.acting(other))


def test_follow_up_is_of_the_same_regulator_and_of_the_version_read(cast: Cast) -> None:
    row = cast.inspect()
    done: dict[str, Any] = {"follow_up": "已整改", "followed_up_on": today()}
    other = people.organisation("regulator", region=cast.city)
    with pytest.raises(NotYours):
        record_follow_up(inspection=row, **done, **cast.acting(other))
    record_follow_up(inspection=row, **done, seen_version=1, **cast.acting(cast.regulator))
    with pytest.raises(StaleVersion):
        record_follow_up(inspection=row, **done, seen_version=1, **cast.acting(cast.regulator))
    with pytest.raises(MissingInput):
        record_follow_up(
            inspection=row, follow_up="早", followed_up_on=today() - timedelta(days=1),
            **cast.acting(cast.regulator),
        )  # fmt: skip
    row.refresh_from_db()
    assert (row.follow_up, row.row_version) == ("已整改", 2)


def test_failed_sample_is_told_and_a_paper_counts_once(cast: Cast) -> None:
    cast.sample()
    assert "抽检不合格" in Notice.objects.get(organisation=cast.maker).title
    with pytest.raises(TransitionRefused):
        cast.sample(lot_no="A2")
    with pytest.raises(MissingInput):
        cast.sample(paper_no="检2", result="pass")
    cast.sample(paper_no="检2", result="pass", failed_items="")
    assert Sampling.objects.count() == 2
    assert Notice.objects.filter(organisation=cast.maker).count() == 1


def test_database_refuses_a_failure_without_items(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        quality.sampling(result="fail", failed_items="")


def test_coverage_counts_the_calendar_year_and_names_who_is_missing(cast: Cast) -> None:
    day = date(2026, 6, 15)
    batch = make.batch(effective_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    make.selection(batch=batch, product=cast.product, region=cast.province)
    missing = make.selection(batch=batch, region=cast.province).product.manufacturer
    make.selection(batch=batch, region=cast.province, role="standby")
    by = {"regulator": cast.regulator, "enterprise": cast.maker}
    quality.inspection(**by, inspected_on=date(2025, 12, 31))

    def rows() -> dict[int, tuple[Any, ...]]:
        found = selected_manufacturers(cast.scope(cast.regulator), day)
        return {r.pk: (r.selected, r.covered, r.inspections, r.last_inspected_on) for r in found}

    assert rows() == {
        cast.maker.pk: (1, False, None, date(2025, 12, 31)),
        missing.pk: (1, False, None, None),
    }
    quality.inspection(**by, inspected_on=date(2026, 1, 1))
    quality.inspection(**by, inspected_on=date(2026, 6, 16))
    assert rows()[cast.maker.pk] == (1, True, 1, date(2026, 1, 1))


# --- quality reports ----------------------------------------------------------------------------


def test_report_reaches_maker_regulator_and_nearest_health_commission(cast: Cast) -> None:
    row = cast.report()
    told = set(Notice.objects.values_list("organisation_id", flat=True))
    assert told == {cast.maker.pk, cast.regulator.pk, cast.health.pk}
    asked = set(Task.objects.values_list("organisation_id", "act"))
    assert asked == {
        (cast.maker.pk, "answer_quality_report"), (cast.regulator.pk, "close_quality_report"),
    }  # fmt: skip
    assert (row.institution, row.county, row.distributor) == (
        cast.hospital, cast.hospital.region, None,
    )  # fmt: skip


def test_answer_leaves_the_regulators_task_and_conclusion_ends_both(cast: Cast) -> None:
    row = cast.report()
    answer_report(report=row, answer="批次留样合格", **cast.acting(cast.maker))
    waiting = Task.objects.filter(done_at__isnull=True)
    assert [task.organisation_id for task in waiting] == [cast.regulator.pk]
    close_report(report=row, conclusion="与药品无关", **cast.acting(cast.regulator))
    row.refresh_from_db()
    assert (row.state, waiting.all().count()) == ("closed", 0)


def test_steps_belong_to_their_side(cast: Cast) -> None:
    row = cast.report()
    for other in (cast.hospital, cast.bureau, cast.health, people.organisation("enterprise")):
        with pytest.raises(NotYours):
            answer_report(report=row, answer="x", **cast.acting(other))
        with pytest.raises(NotYours):
            close_report(report=row, conclusion="x", **cast.acting(other))
    foreign = people.organisation("regulator", region=people.region())
    with pytest.raises(NotYours):
        close_report(report=row, conclusion="x", **cast.acting(foreign))
    with pytest.raises(MissingInput):
        close_report(report=row, conclusion=" ", **cast.acting(cast.regulator))


def test_institution_reports_what_happened_not_what_will(cast: Cast) -> None:
    with pytest.raises(MissingInput):
        cast.report(occurred_on=today() + timedelta(days=1))
    with pytest.raises(NotYours):
        cast.report(**cast.acting(cast.maker))
    assert not QualityReport.objects.exists()


# --- holds --------------------------------------------------------------------------------------


def _codes(cast: Cast, of: Organisation) -> list[str]:
    return [each.code for each in why_not_tradable(cast.product, today(), of.region)]


def test_own_hold_is_the_institutions_alone(cast: Cast) -> None:
    row = cast.report(lot_no="", hold_use=True)
    hold = QualityHold.objects.get()
    assert (hold.institution, hold.basis) == (cast.hospital, row.report_no)
    assert list(reasons_of_own_holds([cast.product.pk], cast.hospital.pk)) == [cast.product.pk]
    assert reasons_of_own_holds([cast.product.pk], cast.other_hospital.pk) == {}
    assert "held" not in _codes(cast, cast.hospital)


@pytest.mark.parametrize("who", ["regulator", "bureau"])
def test_hold_for_all_stops_ordering_until_it_is_lifted(cast: Cast, who: str) -> None:
    of = getattr(cast, who)
    hold = place_hold(product=cast.product, lot_no="", reason="抽检不合格", **cast.acting(of))
    assert "held" in _codes(cast, cast.hospital)
    assert "held" not in _codes(cast, people.organisation())
    with pytest.raises(TransitionRefused):
        place_hold(product=cast.product, lot_no="", reason="再次", **cast.acting(of))
    with pytest.raises(NotYours):
        lift_hold(hold=hold, lift_reason="x", **cast.acting(cast.hospital))
    with pytest.raises(MissingInput):
        lift_hold(hold=hold, lift_reason="", **cast.acting(of))
    lift_hold(hold=hold, lift_reason="复检合格", **cast.acting(of))
    assert "held" not in _codes(cast, cast.hospital)
    place_hold(product=cast.product, lot_no="", reason="又不合格", **cast.acting(of))


def test_a_hold_is_told_to_those_of_the_region_who_use_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    far = people.organisation()
    monkeypatch.setattr(
        "catalog.operations.quality_holds.institutions_using",
        lambda product, on: [cast.hospital.pk, far.pk],
    )
    make.listing(product=cast.product)
    hold = place_hold(
        product=cast.product, lot_no="", reason="不合格", **cast.acting(cast.regulator)
    )
    told = Notice.objects.filter(title__startswith="请暂停使用")
    assert [(row.organisation, row.is_urgent) for row in told] == [(cast.hospital, True)]
    client.force_login(cast.clerk(cast.hospital))
    page = client.get(f"/catalog/listings/{cast.product.listing.listing_no}/").content.decode()
    assert "现在不能采购" in page and "不合格" in page
    lift_hold(hold=hold, lift_reason="复检合格", **cast.acting(cast.regulator))
    assert Notice.objects.get(title__startswith="可以恢复使用").organisation == cast.hospital
    place_hold(product=cast.product, lot_no="B", reason="异物", **cast.acting(cast.hospital))
    assert (
        Notice.objects.filter(title__startswith="请暂停使用").count() == 1
    )  # its own: nobody else


def test_hold_of_one_lot_does_not_stop_ordering(cast: Cast) -> None:
    place_hold(product=cast.product, lot_no="A1", reason="异物", **cast.acting(cast.regulator))
    assert "held" not in _codes(cast, cast.hospital)


def test_county_bureau_and_maker_do_not_hold(cast: Cast) -> None:
    county = people.organisation("bureau", region=cast.hospital.region)
    for other in (county, cast.maker, cast.health):
        with pytest.raises(NotYours):
            place_hold(product=cast.product, lot_no="", reason="x", **cast.acting(other))


# --- pages --------------------------------------------------------------------------------------


@pytest.fixture
def opened(client: Client, cast: Cast) -> Callable[[Organisation, str], str]:
    def text(of: Organisation, path: str) -> str:
        client.force_login(cast.clerk(of))
        answer = client.get(path)
        assert answer.status_code == 200, answer.content.decode()[:500]
        return answer.content.decode()

    return text


def test_hospital_reports_by_form_and_regulator_concludes_on_the_page(
    cast: Cast, client: Client, opened: Callable[[Organisation, str], str]
) -> None:
    assert "本机构同时暂停使用" in opened(cast.hospital, "/quality/reports/new/")
    data = {
        "kind": "risk", "severity": "severe", "product_code": "没有的", "lot_no": "A1",
        "occurred_on": f"{today():%Y-%m-%d}", "description": "变色",
    }  # fmt: skip
    wrong = client.post("/quality/reports/new/", data)
    assert wrong.status_code == 400 and "没有这个国家医保编码的产品" in wrong.content.decode()
    assert client.post(
        "/quality/reports/new/", {**data, "product_code": cast.product.code}
    ).status_code == 302  # fmt: skip
    row = QualityReport.objects.get()
    page = opened(cast.regulator, f"/quality/reports/{row}/")
    assert "处置办结" in page and "变色" in page
    url = f"/quality/reports/{row}/close/"
    refused = client.post(url, {"version": 1, "words": ""})
    assert refused.status_code == 400 and "请填写处置结论" in refused.content.decode()
    assert client.post(url, {"version": 1, "words": "召回该批"}).status_code == 302
    assert "召回该批" in opened(cast.hospital, f"/quality/reports/{row}/")


def test_held_product_says_so_on_its_page(
    cast: Cast, opened: Callable[[Organisation, str], str]
) -> None:
    path = f"/catalog/products/{cast.product.code}/"
    assert "暂停使用中" not in opened(cast.hospital, path)
    place_hold(product=cast.product, lot_no="", reason="溶出度", **cast.acting(cast.regulator))
    assert "溶出度" in opened(cast.hospital, path)
    assert "暂停使用中" in opened(cast.hospital, "/catalog/products/")


def test_a_refused_step_names_its_field_as_the_page_does() -> None:
    refused = WordsForm({"version": "1", "words": ""})
    assert refused.is_valid()
    refused.add_error("words", "请填写企业说明")
    shown = WordsForm.shown(refused, label="企业说明", version=1)
    assert (shown["words"].label, shown.fields["words"].required) == ("企业说明", True)
