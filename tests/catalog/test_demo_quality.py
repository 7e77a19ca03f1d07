"""The demonstration's people find quality work waiting; a second start adds nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from catalog.models import (
    CatalogueEdition,
    Inspection,
    QualityHold,
    QualityReport,
    Sampling,
    Substitute,
)
from catalog.operations.demo_quality import create_demo_quality
from procurement.operations.demo_recall import create_demo_recall
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)


def test_it_is_made_once_by_the_steps_that_people_take() -> None:
    province = people.region()
    watch = people.organisation("regulator", region=province)
    people.person(watch, "clerk", username="regulator")
    office = people.organisation("bureau", region=province)
    people.person(office, "clerk", username="province-colleague")
    people.person(office, "leader", username="province")
    maker = people.person(people.organisation("enterprise"), "clerk", username="manufacturer")
    hospital = people.person(
        people.organisation(region=province), "clerk", "storekeeper", username="hospital"
    )
    for owner in (maker.organisation, people.organisation("enterprise")):
        make.selection(product=make.product(manufacturer=owner), role="selected")
    for _ in range(2):
        Substitute.objects.create(group=make.group(), product=make.product())
    assert create_demo_quality(at=NOW)
    assert not create_demo_quality(at=NOW)
    assert sorted(Inspection.objects.values_list("result", flat=True)) == ["rectify", "rectify"]
    assert Sampling.objects.get(result="fail").manufacturer == maker.organisation
    assert set(QualityReport.objects.values_list("state", flat=True)) == {"reported", "answered"}
    assert QualityHold.objects.get().institution == hospital.organisation
    editions = CatalogueEdition.objects.order_by("pk").values_list("state", flat=True)
    assert list(editions) == ["published", "proposed"]
    # The published one holds from next month: nothing that the demonstration shows moves.
    assert sorted(Substitute.objects.values_list("valid_to", flat=True), key=str) == [
        date(2026, 6, 30), None
    ]  # fmt: skip


def test_a_recall_asks_the_hospital_that_has_the_lot() -> None:
    of = stages.parties()
    people.person(of.manufacturer, "clerk", username="manufacturer")
    people.person(of.institution, "storekeeper", username="hospital")
    stages.delivery(of, product=make.product(manufacturer=of.manufacturer), lot_no="L7")
    recall = create_demo_recall(at=NOW)
    assert recall is not None
    assert recall.lots == ["L7"]
    assert [holder.institution for holder in recall.holders.all()] == [of.institution]
    assert create_demo_recall(at=NOW) is None
