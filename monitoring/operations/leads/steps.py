"""Check a lead, dismiss it, transfer it with a letter, and the receiver's answer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from core.attachments.store import attach, keep_made
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.documents.bulletin import MIME
from monitoring.documents.lead_letter import files_of_lead
from monitoring.models import Lead
from monitoring.operations.leads.find import OBJECT_TYPE, keep_search_task
from monitoring.queries.leads import lead_receivers, lead_standings
from monitoring.states.lead import (
    INVESTIGATOR,
    LEAD_CLAUSE,
    LEAD_MACHINE,
    LEADING_ROLES,
)
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

WORDS = ("confirm", "dismiss", "reopen", "answer")
"""Steps that take words only."""


def lead_url(lead: Lead) -> str:
    return reverse("lead", args=[lead.lead_no])


@operation
def perform_lead_step(
    *,
    lead: Lead,
    verb: str,
    note: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Lead:
    """`confirm`, `dismiss`, `reopen` or `answer`; papers stay with the lead. KeyError for others.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    if verb not in WORDS:
        raise KeyError(verb)
    (needed,) = LEAD_MACHINE.named(verb).needs
    moved: Lead
    moved, _ = LEAD_MACHINE.perform(
        verb=verb, obj=lead, by=by, at=at, seen_version=seen_version,
        inputs={needed: note.strip()}, standings=lambda row: lead_standings(scope, row),
    )  # fmt: skip
    if uploads:
        attach(owner_type=OBJECT_TYPE, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    if verb == "answer":
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.lead_no], at=at)
        _tell_bureau(moved, at)
    else:
        month = moved.period_to.replace(day=1)
        keep_search_task(month=month, province_id=moved.province_id, at=at)
    return moved


@operation
def transfer_lead(
    *,
    lead: Lead,
    receiver: str,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Lead:
    """Send a confirmed lead to another office (`receiver` its code): letter, annex, task, record.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput (receiver, transfer_note).
    """
    locked = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    held = lead_standings(scope, locked)
    said = LEAD_MACHINE.verdict(LEAD_MACHINE.named("transfer"), locked, held)
    if INVESTIGATOR not in held:
        raise NotYours.of(said)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion(
            f"该线索已由{locked.state_by_name or '他人'}更新为“{locked.get_state_display()}”，"
            "请刷新后再办理"
        )
    if not said:
        raise TransitionRefused.of(said)
    office = lead_receivers(scope.province_id).filter(code=receiver).first()
    if office is None:
        raise MissingInput("receiver", "请从列表中选择本省的接收单位", LEAD_CLAUSE)
    if not note.strip():
        raise MissingInput("note", "请填写移交说明", LEAD_CLAUSE)
    # The new state needs receiver, day and words: they are there before it is.
    locked.receiver, locked.transfer_note = office, note.strip()
    locked.transferred_at, locked.transferred_by_name = at, by.audit_name
    locked.save(
        update_fields=["receiver", "transfer_note", "transferred_at", "transferred_by_name"]
    )
    for kind, made in files_of_lead(locked, sender=by.organisation, at=at).items():
        name = "相关订单" if kind == "xlsx" else "移交函"
        keep_made(
            owner_type=OBJECT_TYPE, owner_id=locked.pk, name=f"{name}{locked.lead_no}.{kind}",
            body=io.BytesIO(made), content_type=MIME[kind], by=by, at=at,
        )  # fmt: skip
    moved: Lead
    moved, _ = LEAD_MACHINE.perform(
        verb="transfer", obj=locked, by=by, at=at, inputs={"transfer_note": note.strip()},
        standings=lambda row: lead_standings(scope, row),
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=office.pk, act="answer_lead", title=f"办理移交的线索 {moved.lead_no}",
                object_type=OBJECT_TYPE, object_key=moved.lead_no, url=lead_url(moved),
                roles=LEADING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    # Notices are read by all of an office: the number only.
    notify(
        notices=[
            NewNotice(
                office.pk, f"lead-{moved.pk}-transfer", f"收到移交的线索 {moved.lead_no}", "",
                lead_url(moved),
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


def _tell_bureau(lead: Lead, at: datetime) -> None:
    """The number only: notices are read by all of a bureau, the lead by those with the right."""
    bureaus = Organisation.objects.filter(kind="bureau", is_active=True, region_id=lead.province_id)
    notify(
        notices=[
            NewNotice(
                each.pk, f"lead-{lead.pk}-answer-{each.pk}", f"线索 {lead.lead_no} 已反馈办理结果", "",
                lead_url(lead),
            )
            for each in bureaus
        ],
        at=at,
    )  # fmt: skip
