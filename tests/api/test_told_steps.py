"""Steps of complaints and bulletins are told to those who see them, once, and to nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import ComplaintMessage
from complaints.states import CaseState
from inbox.models import Change
from inbox.queries.change_kinds import (
    BULLETIN_STATES,
    COMPLAINT_STEPS,
    OBJECTION_STATES,
    RECEIPT_STATES,
    change_message,
)
from inbox.queries.visible_changes import visible_changes
from monitoring.states.bulletins import BulletinState, ObjectionState, ReceiptState
from organisations.models import Organisation
from organisations.queries.scope import scope_of
from tests.factories import bulletins, complaints, stages
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


def _told(organisation: Organisation) -> list[str]:
    rows = visible_changes(scope_of(make.person(organisation, "clerk"), timezone.localdate()))
    return list(rows.order_by("id").values_list("kind", flat=True))


def _addresses_open(organisation: Organisation) -> None:
    """Every change leads to what its reader may read."""
    person = make.person(organisation, "clerk")
    client = Client()
    client.force_login(person)
    for change in visible_changes(scope_of(person, timezone.localdate())):
        address = change_message(change)["api_url"]
        assert address, change.kind
        assert client.get(address).status_code == 200, address


def test_steps_of_a_complaint_are_told_to_its_sides_and_bureau() -> None:
    of = stages.parties()
    fact = stages.complaint(of)
    bureau = make.organisation("bureau", region=of.institution.region)
    stranger = make.organisation("enterprise")
    case = complaints.complaint_case(fact)
    case.state = "replied"
    case.save(update_fields=["state"])
    case.due_on = None
    case.save(update_fields=["due_on"])  # a clock is no step
    case.level = "city"
    case.save(update_fields=["level"])
    case.supervised_at = timezone.now()
    case.save(update_fields=["supervised_at"])
    complaints.complaint_message(case)
    complaints.complaint_message(case, kind=ComplaintMessage.Kind.REPLY)  # told by the step
    expected = [f"complaint.{step}" for step in
                ("filed", "replied", "escalated", "supervised", "said")]  # fmt: skip
    for party in (of.institution, of.manufacturer, of.distributor, bureau):
        assert _told(party) == expected
    assert _told(stranger) == _told(make.organisation()) == []
    assert set(Change.objects.values_list("object_key", flat=True)) == {fact.complaint_no}
    _addresses_open(of.distributor)


def test_a_case_made_for_a_complaint_of_the_dataset_is_no_news_but_its_steps_are() -> None:
    of = stages.parties()
    case = complaints.complaint_case(stages.complaint(of), from_dataset=True, content="")
    assert _told(of.manufacturer) == []
    case.state = "replied"
    case.save(update_fields=["state"])
    assert _told(of.manufacturer) == ["complaint.replied"]


def test_a_bulletin_is_told_to_the_named_before_and_to_all_when_issued() -> None:
    row = bulletins.bulletin()
    line = bulletins.bulletin_line(row)
    struck = bulletins.bulletin_line(row, removed=True, removed_reason="数据有误")
    named, spared, office = line.organisation, struck.organisation, row.issuer
    assert named is not None
    assert spared is not None
    row.state = "checking"
    row.save(update_fields=["state"])
    objection = bulletins.bulletin_objection(line)
    objection.state, objection.ruling = "rejected", "数据无误"
    objection.save(update_fields=["state", "ruling"])
    own = ["bulletin.checking", "bulletin_objection.filed", "bulletin_objection.rejected"]
    assert _told(named) == _told(office) == own
    assert _told(spared) == []
    row.state = "review"
    row.save(update_fields=["state"])
    assert _told(named) == own
    assert _told(office) == [*own, "bulletin.review"]
    _addresses_open(office)


def test_what_is_issued_is_told_to_everybody_of_the_province_and_receipts_to_two() -> None:
    row = bulletins.bulletin(state="ready")
    home = row.issuer.region
    assert home is not None
    city = make.region(parent=home)
    bystander = make.organisation(region=make.region(parent=city))
    issued = {
        "state": "issued", "issued_at": timezone.now(), "issue_seq": 1, "issue_year": 2026,
        "content": {"a": 1}, "content_digest": "0" * 64,
    }  # fmt: skip
    for name, value in issued.items():
        setattr(row, name, value)
    row.save(update_fields=list(issued))
    receipt = bulletins.bulletin_receipt(row)
    receipt.state = "read"
    receipt.save(update_fields=["state"])
    assert _told(bystander) == ["bulletin.issued"]
    assert _told(receipt.organisation) == ["bulletin_receipt.read"]  # of another province
    assert _told(row.issuer) == ["bulletin.issued", "bulletin_receipt.read"]
    addresses = {change_message(each)["api_url"] for each in Change.objects.all()}
    assert addresses == {
        f"/api/v1/bulletins/{row.bulletin_no}/", f"/api/v1/bulletin-receipts/{receipt.pk}/",
    }  # fmt: skip


def test_every_state_that_a_trigger_may_write_has_its_kind() -> None:
    assert {*CaseState.values, "said", "supervised", "escalated"} == set(COMPLAINT_STEPS)
    assert set(BulletinState.values) == set(BULLETIN_STATES)
    assert set(ObjectionState.values) == set(OBJECTION_STATES)
    assert set(ReceiptState.values) - {"sent"} == set(RECEIPT_STATES)
