"""考核豁免: applied for with evidence, checked by the city, granted by the province, listed (赣2024 十四)."""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from catalog.models import Exemption
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI, shanghai_day
from inbox.models import Notice, Task
from monitoring.models import ExemptionApplication
from monitoring.operations.exemption_applications import (
    NewApplication,
    apply_for_exemption,
    grant_application,
    perform_step,
)
from monitoring.queries.exemption_applications import (
    supply_record,
    supply_words,
    visible_exemption_applications,
    visible_granted_exemptions,
)
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from tests.factories import catalog, stages
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, 10, tzinfo=SHANGHAI)


class Cast:
    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.hospital = people.organisation(region=county)
        self.other = people.organisation(region=county)
        self.county = people.organisation("bureau", region=county)
        self.city = people.organisation("bureau", region=county.parent)
        self.province = people.organisation("bureau", region=county.parent.parent)
        self.product = catalog.product(tags=["shortage"])
        self.batch = catalog.batch()
        catalog.agreement_year(
            batch=self.batch, year_no=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        catalog.selection(
            batch=self.batch, product=self.product, role="selected", region=county.parent.parent
        )
        self.users: dict[int, User] = {}

    def acting(self, of: Organisation) -> dict[str, Any]:
        if of.pk not in self.users:
            made = people.person(of, "clerk")
            self.users[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        user = self.users[of.pk]
        return {"by": user, "scope": scope_of(user, shanghai_day(NOW)), "at": NOW}

    def asked(self, **more: Any) -> NewApplication:
        values: dict[str, Any] = {
            "batch": self.batch, "product": self.product, "kind": "agreed_volume",
            "cause": "shortage", "statement": "企业停产，无法足量供应",
            "asked_from": date(2026, 3, 1), "asked_to": date(2026, 5, 31),
        }  # fmt: skip
        return NewApplication(**values | more)

    def apply(self, of: Organisation | None = None, **more: Any) -> ExemptionApplication:
        return apply_for_exemption(
            new=self.asked(**more), uploads=[paper()], **self.acting(of or self.hospital)
        )

    def step(self, of: Organisation, row: ExemptionApplication, verb: str, note: str = "") -> Any:
        return perform_step(application=row, verb=verb, note=note, **self.acting(of))

    def grant(self, row: ExemptionApplication, first: date, last: date, **more: Any) -> Any:
        return grant_application(
            application=row, from_on=first, to_on=last, note="属实",
            **self.acting(self.province), **more,
        )  # fmt: skip


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "说明.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf"
    )


def test_from_the_application_to_the_public_list() -> None:
    cast = Cast()
    row = cast.apply()
    assert Task.objects.filter(organisation=cast.city, act="check_exemption").exists()
    for stranger in (cast.hospital, cast.county, cast.province):
        with pytest.raises(NotYours):
            cast.step(stranger, row, "check", "属实")
    with pytest.raises(TransitionRefused, match="已有|已在办理"):
        cast.apply()
    row = cast.step(cast.city, row, "return", "请补企业停产说明")
    assert Task.objects.filter(organisation=cast.hospital, act="mend_exemption").exists()
    row = cast.step(cast.hospital, row, "resubmit", "已补企业停产说明")
    with pytest.raises(MissingInput):
        cast.step(cast.city, row, "check", " ")
    row = cast.step(cast.city, row, "check", "经核实停产属实")
    assert list(Task.objects.filter(done_at__isnull=True).values_list("act", flat=True)) == [
        "grant_exemption"
    ]
    with pytest.raises(MissingInput, match="申请期间"):
        cast.grant(row, date(2026, 2, 28), date(2026, 5, 31))
    with pytest.raises(MissingInput, match="申请期间"):
        cast.grant(row, date(2026, 3, 1), date(2026, 6, 1))
    row = cast.grant(row, date(2026, 3, 1), date(2026, 4, 30))
    made = Exemption.objects.get(exemption_no=row.application_no)
    assert (made.kind, made.institution_id, made.product_id, made.batch_id) == (
        "agreed_volume", cast.hospital.pk, cast.product.pk, cast.batch.pk,
    )  # fmt: skip
    assert (made.from_on, made.to_on) == (date(2026, 3, 1), date(2026, 4, 30))
    assert Notice.objects.filter(organisation=cast.hospital, title__contains="已认定").exists()
    assert not Task.objects.filter(done_at__isnull=True).exists()
    trail = AuditEvent.objects.filter(object_type="exemption_application").order_by("pk")
    assert [each.action.rpartition(".")[2] for each in trail if each.action != "attachment.add"] == [
        "file", "return", "resubmit", "check", "grant",
    ]  # fmt: skip
    # All of the trade read what was granted; the papers stay with those concerned.
    scope = cast.acting(cast.other)["scope"]
    assert visible_granted_exemptions(scope).get() == row
    assert not visible_exemption_applications(scope).exists()
    cast.apply()


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"asked_to": date(2026, 2, 28)}, "asked_to", "早于"),
        ({"asked_from": date(2025, 5, 30)}, "asked_to", "366"),
        (
            {"asked_from": date(2027, 1, 1), "asked_to": date(2027, 1, 31)},
            "asked_from", "采购年度",
        ),
        ({"kind": "non_selected"}, "product", "不考核约定量"),
        ({"kind": "standby_counts"}, "kind", "种类"),
        ({"cause": "weather"}, "cause", "事由"),
        ({"statement": " "}, "statement", "理由"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(more: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(MissingInput, match=words) as found:
        Cast().apply(**more)
    assert found.value.field == field
    assert not ExemptionApplication.objects.exists()


def test_evidence_product_and_person_are_asked_for() -> None:
    cast = Cast()
    with pytest.raises(MissingInput, match="佐证"):
        apply_for_exemption(new=cast.asked(), uploads=[], **cast.acting(cast.hospital))
    with pytest.raises(MissingInput, match="不在这个批次"):
        cast.apply(product=catalog.product())
    with pytest.raises(NotYours):
        cast.apply(of=cast.city)


def test_a_shortage_product_shows_its_supply_record() -> None:
    cast = Cast()
    row = cast.apply()
    stages.indicator_value(
        cast.hospital, month=date(2026, 3, 1), indicator="fulfilment_rate", window="month",
        subject_code=cast.hospital.code, batch_code=cast.batch.code, year_no=1,
        product_code=cast.product.code, numerator=30, denominator=100,
    )  # fmt: skip
    assert supply_words(cast.product, NOW.date()) == "短缺药"
    (figure,) = supply_record(cast.acting(cast.hospital)["scope"], row)
    assert (figure.month, figure.value) == ("2026-03", "30.00%")
    assert supply_record(cast.acting(cast.other)["scope"], row) == []


@pytest.mark.django_db(transaction=True)
def test_granted_once_however_many_grant() -> None:
    cast = Cast()
    row = cast.apply()
    row = cast.step(cast.city, row, "check", "属实")
    cast.acting(cast.province)
    start, said = Barrier(2), []

    def grant() -> None:
        start.wait()
        try:
            cast.grant(row, date(2026, 3, 1), date(2026, 4, 30), seen_version=row.row_version)
            said.append("done")
        except (StaleVersion, Refusal) as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=grant) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["StaleVersion", "done"]
    assert Exemption.objects.count() == 1
