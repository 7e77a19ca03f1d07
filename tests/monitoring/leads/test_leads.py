"""Leads: found once and frozen, read by those with the right alone, checked, transferred, answered."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from monitoring.models import Lead, LeadSearch
from monitoring.operations.leads.find import (
    evidence_digest,
    find_leads,
    request_due_searches,
    request_lead_search,
)
from monitoring.operations.leads.steps import perform_lead_step, transfer_lead
from monitoring.queries.leads import lead_files, visible_leads
from tests.factories import leads as make
from tests.factories import stages
from tests.monitoring.leads.cast import EARLIER, MARCH, NOW, Cast, noon

pytestmark = pytest.mark.django_db
JOB = SystemActor(audit_name="定时任务")
PEOPLE = ("leads", "reviewer")


def _cast_with_growth() -> Cast:
    cast = Cast()
    for at in EARLIER:
        cast.buy(0, cast.beside, 10, at)
    cast.buy(0, cast.beside, 40, noon(3, 5))
    return cast


def _find(cast: Cast) -> int:
    return find_leads(month=MARCH, province_id=cast.province.pk, by=JOB, at=NOW)


def test_from_found_to_answered() -> None:
    cast = _cast_with_growth()
    assert _find(cast) == 1
    assert _find(cast) == 0
    lead = Lead.objects.get()
    assert LeadSearch.objects.get().month == MARCH
    assert "此前 5 个月的月均量" in lead.method
    assert "4.00 倍" in lead.finding
    assert lead.digest == evidence_digest(lead.method, lead.finding, lead.evidence)
    task = Task.objects.get(act="check_leads")
    assert (task.organisation_id, task.roles) == (cast.bureau.pk, ["leads"])

    acting = cast.acting(cast.bureau, *PEOPLE)
    with pytest.raises(MissingInput):
        perform_lead_step(lead=lead, verb="confirm", note=" ", **acting)
    with pytest.raises(TransitionRefused):
        transfer_lead(lead=lead, receiver=cast.discipline.code, note="请核处", **acting)
    lead = perform_lead_step(lead=lead, verb="confirm", note="已核对处方", **acting)
    task.refresh_from_db()
    assert task.done_at is not None
    with pytest.raises(StaleVersion):
        transfer_lead(
            lead=lead, receiver=cast.discipline.code, note="请核处", seen_version=1, **acting
        )
    with pytest.raises(MissingInput) as told:
        transfer_lead(lead=lead, receiver=cast.hospitals[0].code, note="请核处", **acting)
    assert told.value.field == "receiver"
    office = cast.scope(cast.discipline, "leader")
    assert not visible_leads(office).exists()
    lead = transfer_lead(lead=lead, receiver=cast.discipline.code, note="请核处", **acting)
    assert (lead.state, lead.receiver_id) == ("transferred", cast.discipline.pk)
    assert sorted(each.name.rsplit(".", 1)[1] for each in lead_files(lead)) == [
        "docx",
        "pdf",
        "xlsx",
    ]
    assert visible_leads(office).get() == lead
    assert not visible_leads(cast.scope(cast.discipline, "clerk")).exists()
    assert Task.objects.get(act="answer_lead").organisation_id == cast.discipline.pk
    notice = Notice.objects.get(organisation=cast.discipline)
    assert cast.hospitals[0].name not in notice.title + notice.body

    with pytest.raises(NotYours):
        perform_lead_step(lead=lead, verb="answer", note="已办结", **acting)
    done = perform_lead_step(
        lead=lead, verb="answer", note="已立案", **cast.acting(cast.discipline, "leader")
    )
    assert (done.state, done.outcome) == ("answered", "已立案")
    assert not Task.objects.filter(done_at__isnull=True).exists()
    said = AuditEvent.objects.filter(object_type="lead").values_list("action", "object_label")
    assert {label for _, label in said} == {lead.lead_no}
    assert {action for action, _ in said} == {"lead.confirm", "lead.transfer", "lead.answer"}


def test_only_people_with_the_role_read_them() -> None:
    cast = _cast_with_growth()
    _find(cast)
    named = cast.scope(cast.bureau, "clerk", "leads")
    assert visible_leads(named).count() == 1
    others = (
        cast.scope(cast.bureau, "clerk", "reviewer", "leader", "admin", "importer"),
        cast.scope(cast.city_bureau, "leader", "leads"),
        cast.scope(cast.hospitals[0], "leader"),
        cast.scope(cast.beside.manufacturer, "leader"),
        cast.scope(cast.discipline, "leader"),
        replace(named, token_scopes=frozenset({"warnings:read"})),
    )
    for scope in others:
        assert not visible_leads(scope).exists()
    with pytest.raises(NotYours):
        request_lead_search(month="2026-03", **cast.acting(cast.bureau, "leader"))


def test_dismissed_can_be_looked_at_again() -> None:
    cast = _cast_with_growth()
    _find(cast)
    acting = cast.acting(cast.bureau, *PEOPLE)
    lead = perform_lead_step(lead=Lead.objects.get(), verb="dismiss", note="集中备货", **acting)
    assert _find(cast) == 0
    with pytest.raises(TransitionRefused):
        perform_lead_step(lead=lead, verb="confirm", note="属实", **acting)
    lead = perform_lead_step(lead=lead, verb="reopen", note="又有反映", **acting)
    assert lead.state == "found"
    with pytest.raises(KeyError):
        perform_lead_step(lead=lead, verb="transfer", note="", **acting)


@pytest.mark.parametrize(
    "change",
    [{"finding": "改写"}, {"evidence": {}}, {"amount": 1}, {"method": ""}, {"institution": None}],
)
def test_what_was_found_is_frozen_in_the_database(change: dict[str, object]) -> None:
    row = make.lead(enterprise=stages.parties().manufacturer)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Lead.objects.filter(pk=row.pk).update(**change)
    Lead.objects.filter(pk=row.pk).update(check_note="可以")


def test_search_asks_for_a_computed_month_and_is_queued_once() -> None:
    cast = Cast()
    acting = cast.acting(cast.bureau, *PEOPLE)
    with pytest.raises(MissingInput) as told:
        request_lead_search(month="2026-03", **acting)
    assert "尚未计算" in told.value.reason
    with pytest.raises(MissingInput):
        request_lead_search(month="03-2026", **acting)
    stages.computed_month(month=MARCH, province=cast.province)
    assert [job.kind for job in request_due_searches(by=JOB, at=NOW)] == ["find_leads"]
    assert request_lead_search(month="2026-03", **acting).key.endswith(":2026-03")
    _find(cast)
    assert request_due_searches(by=JOB, at=NOW) == []


@pytest.mark.django_db(transaction=True)
def test_two_transfer_at_once() -> None:
    cast = _cast_with_growth()
    _find(cast)
    acting = cast.acting(cast.bureau, *PEOPLE)
    lead = perform_lead_step(lead=Lead.objects.get(), verb="confirm", note="属实", **acting)
    said: list[str] = []
    start = Barrier(2)

    def send() -> None:
        try:
            start.wait(60)
            transfer_lead(
                lead=lead, receiver=cast.discipline.code, note="请核处",
                seen_version=lead.row_version, **acting,
            )  # fmt: skip
            said.append("sent")
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(said) == ["StaleVersion", "sent"]
    assert lead_files(lead).count() == 3
