"""Orders, answers, deliveries, receipts, returns, announcements, applications: told to whom, and once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.audit.record import SystemActor
from core.database.horizon import horizon
from inbox.models import Change, Notice, Task
from inbox.queries.change_kinds import CHANGE_KINDS, change_message
from inbox.queries.visible_changes import visible_changes
from interchange.operations.load_dataset import load
from organisations.models import Organisation
from organisations.queries.scope import scope_of
from procurement.models import OrderLine
from tests.databases import server
from tests.factories import inbox, people, stages
from tests.factories import organisations as make
from tests.factories.catalog import product
from tests.factories.stages import Parties
from tests.interchange.small_province import write_folder


def _told(organisation: Organisation) -> list[tuple[str, str]]:
    rows = visible_changes(scope_of(make.person(organisation, "clerk"), timezone.localdate()))
    return list(rows.order_by("id").values_list("kind", "object_key"))


def _patiently(holds: Callable[[], bool]) -> bool:
    """Whether that comes true within a moment.

    A transaction that has its number but not yet its lock counts as ours for that one question
    (`horizon`), and other workers' tests run in other databases of the cluster beside this one.
    """
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _order(of: Parties, *makers: Organisation) -> list[OrderLine]:
    """One order with a line of each manufacturer, sent in one statement."""
    head = stages.order(of)
    lines = [
        OrderLine(
            **{**of.stamps(), "manufacturer": maker}, order=head, line_no=number,
            ordered_at=head.sent_at, packs=10, unit_price=4, product=product(manufacturer=maker),
        )
        for number, maker in enumerate(makers, start=1)
    ]  # fmt: skip
    return OrderLine.objects.bulk_create(lines)


@pytest.mark.django_db
def test_an_order_is_told_once_to_each_of_its_parties_and_to_nobody_else() -> None:
    of, second = stages.parties(), make.organisation("enterprise")
    lines = _order(of, of.manufacturer, of.manufacturer, second)
    number = lines[0].order.order_no
    for party in (of.institution, of.distributor, of.manufacturer, second):
        assert _told(party) == [("order.sent", number)]
    assert _told(make.organisation("bureau", region=of.institution.region)) == [
        ("order.sent", number)
    ]
    stranger = make.organisation("enterprise")
    assert _told(make.organisation()) == _told(stranger) == []
    assert stages.order(of) is not None  # a head without lines is no order yet
    assert _told(of.institution) == [("order.sent", number)]


@pytest.mark.django_db
def test_an_answer_is_told_to_the_manufacturer_whose_line_it_is() -> None:
    of, second = stages.parties(), make.organisation("enterprise")
    first, other = _order(of, of.manufacturer, second)
    number = first.order.order_no
    Change.objects.all().delete()
    OrderLine.objects.filter(pk=first.pk).update(response="confirmed", responded_at=timezone.now())
    OrderLine.objects.filter(pk=first.pk).update(response="confirmed")  # nothing differs
    assert _told(of.institution) == _told(of.manufacturer) == [("order.answered", number)]
    assert _told(second) == []
    OrderLine.objects.filter(pk=other.pk).update(cancelled_at=timezone.now())
    assert _told(second) == [("order.cancelled", number)]
    assert _told(of.manufacturer) == [("order.answered", number)]


@pytest.mark.django_db
def test_delivery_receipt_and_return_are_told_with_the_order_s_number() -> None:
    of = stages.parties()
    line = stages.order_line(of)
    sent = stages.delivery(of, line)
    sent.delivered_at = timezone.now()
    sent.save(update_fields=["delivered_at"])
    sent.save(update_fields=["delivered_at"])
    stages.receipt(of, line, delivery_id=sent.pk)
    stages.returned(of, line)
    number = line.order.order_no
    expected = ["order.sent", "delivery.recorded", "delivery.updated", "receipt.recorded",
                "return.recorded"]  # fmt: skip
    for party in (of.institution, of.manufacturer, of.distributor):
        assert _told(party) == [(kind, number) for kind in expected]
    client = Client()
    client.force_login(make.person(of.distributor, "clerk"))
    for change in Change.objects.filter(manufacturer_id=None):
        address = change_message(change)["api_url"]
        assert number in address
        assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_an_enterprise_on_both_sides_is_told_once() -> None:
    both = make.organisation("enterprise", is_distributor=True)
    of = Parties(make.organisation(), both, both)
    (line,) = _order(of, both)
    assert _told(both) == [("order.sent", line.order.order_no)]


@pytest.mark.django_db
def test_a_number_that_no_address_can_carry_is_told_without_one() -> None:
    of = stages.parties()
    stages.order_line(of, order=stages.order(of, order_no="A/1"))
    (change,) = Change.objects.filter(manufacturer_id=None)
    assert change_message(change)["api_url"] == ""


@pytest.mark.django_db
def test_a_loaded_dataset_tells_of_itself_once_for_each_province(tmp_path: Path) -> None:
    """The triggers are silent in the loader's transaction, and speak again after it."""
    folder = write_folder(tmp_path / "province")
    at = datetime(2026, 5, 1, tzinfo=timezone.get_current_timezone())
    assert load(folder, by=SystemActor("测试"), at=at).accepted
    kinds = list(Change.objects.values_list("kind", flat=True).distinct())
    assert kinds == ["dataset.loaded"]
    assert Change.objects.count() == 1
    assert load(folder, by=SystemActor("测试"), at=at).accepted  # nothing changes the second time
    assert Change.objects.count() == 1
    line = OrderLine.objects.first()
    assert line is not None
    assert _told(line.institution) == [("dataset.loaded", at.isoformat())]
    OrderLine.objects.filter(pk=line.pk).update(responded_at=timezone.now())
    assert ("order.answered", line.order.order_no) in _told(line.institution)


@pytest.mark.django_db
def test_announcements_are_told_to_those_they_are_meant_for() -> None:
    office, meant, other = make.organisation("bureau"), make.organisation(), make.organisation()
    row = inbox.announcement(office, state="published")
    inbox.announcement_recipient(row, meant)
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    row.save(update_fields=["state"])
    assert _told(meant) == [
        ("announcement.published", row.code), ("announcement.withdrawn", row.code),
    ]  # fmt: skip
    assert _told(other) == []


@pytest.mark.django_db
def test_applications_are_told_to_both_sides() -> None:
    bureau, hospital = make.organisation("bureau"), make.organisation()
    draft = people.registration(bureau, state="draft")
    assert _told(bureau) == []
    draft.state = "submitted"
    draft.save(update_fields=["state"])
    assert _told(bureau) == [("registration.submitted", draft.receipt_no)]
    row = people.organisation_change(hospital, bureau, state="submitted")
    row.state = "returned"
    row.save(update_fields=["state"])
    expected = [("organisation_change.submitted", row.change_no),
                ("organisation_change.returned", row.change_no)]  # fmt: skip
    assert _told(hospital) == expected
    assert _told(bureau)[1:] == expected


def test_every_kind_that_a_trigger_writes_is_named() -> None:
    """What stands in the migrations' SQL is in CHANGE_KINDS: an unknown kind has no words."""
    of_states = {kind for kind in CHANGE_KINDS if kind.startswith(("registration.", "organis"))}
    assert len(of_states) == 12
    assert {"order.sent", "order.answered", "order.cancelled", "delivery.recorded",
            "delivery.updated", "receipt.recorded", "return.recorded", "dataset.loaded",
            "announcement.published", "announcement.superseded",
            "announcement.withdrawn"} <= set(CHANGE_KINDS)  # fmt: skip


@pytest.fixture
def forgotten(fresh_database: str) -> Iterator[None]:
    """A transaction with a number, left open in another database of the cluster."""
    owner = settings.DATABASES["owner"]
    with server.owner_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (elsewhere,) = cursor.fetchone()
    assert elsewhere != fresh_database
    other = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"],
        password=owner["PASSWORD"], dbname=elsewhere,
    )  # fmt: skip
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    yield
    other.rollback()
    other.close()


def test_a_transaction_forgotten_in_another_database_does_not_hold_the_feed_back(
    forgotten: None,
) -> None:
    hospital = make.organisation()
    inbox.notice(hospital)
    client = Client()
    client.force_login(make.person(hospital, "clerk"))
    (change,) = Change.objects.all()
    assert _patiently(
        lambda: (
            [each["kind"] for each in client.get("/api/v1/changes/").json()["changes"]]
            == ["notice.sent"]
        )
    )
    # The twin: the cluster's own horizon stands still below it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (of_cluster,) = cursor.fetchone()
    assert of_cluster <= change.transaction_id


@pytest.mark.django_db
def test_the_own_transaction_counts_as_under_way() -> None:
    inbox.notice(make.organisation())
    (change,) = Change.objects.all()
    assert horizon()[1] <= change.transaction_id


def test_a_transaction_of_this_database_does_hold_it_back(fresh_database: str) -> None:
    database = connection.settings_dict
    own = psycopg2.connect(
        host=database["HOST"], port=database["PORT"] or None, user=database["USER"],
        password=database["PASSWORD"], dbname=fresh_database,
    )  # fmt: skip
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            (number,) = cursor.fetchone()
        inbox.notice(make.organisation())
        assert horizon()[1] <= number
        own.rollback()
        assert _patiently(lambda: horizon()[1] > number)
    finally:
        own.close()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Task, Notice])
def test_what_one_statement_made_is_told_in_its_order(model: type[Task] | type[Notice]) -> None:
    """By number: as text, 10 would be told before 8."""
    of = make.organisation("enterprise")
    made = inbox.task(of) if model is Task else inbox.notice(of)
    columns = {f.attname: getattr(made, f.attname) for f in made._meta.concrete_fields}
    Change.objects.all().delete()
    numbers = [8, 9, 10, 11, 99, 100, 101]
    rows = [
        model(**columns | {"id": number, "key" if model is Notice else "object_key": f"排{number}"})
        for number in reversed(numbers)
    ]
    model._default_manager.bulk_create(rows)  # type: ignore[arg-type]
    assert [int(key) for _, key in _told(of)] == numbers
