"""The human loop of a warning: acknowledge, explain with evidence, verify, close or return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from core.attachments.store import attach
from core.operations import operation
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import Warning, WarningStep
from monitoring.queries.warning_parties import answerers, first_bureaus
from monitoring.queries.warning_standings import ACTING_ROLES, OBJECT_TYPE, warning_standings
from monitoring.states import WARNING_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope


def warning_url(warning: Warning) -> str:
    """The warning's page."""
    return reverse("warning-detail", args=[warning.warning_no])


@operation
def acknowledge_warning(
    *,
    warning: Warning,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Warning:
    """The answering party has read it (赣2024 十三). Its task stays open until it explains."""
    return _step("acknowledge", warning, by, scope, at, seen_version, {})


@operation
def explain_warning(
    *,
    warning: Warning,
    explanation: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Warning:
    """The answering party says why and what it did, with evidence; its bureau has to verify."""
    moved = _step(
        "explain",
        warning,
        by,
        scope,
        at,
        seen_version,
        {"explanation": explanation.strip()},
    )
    attach(owner_type=OBJECT_TYPE, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.warning_no], at=at)
    bureaus = first_bureaus(moved)
    open_tasks(
        tasks=[_task(moved, bureau, "verify_warning", "核实预警说明") for bureau in bureaus],
        at=at,
    )
    _notify(moved, bureaus, "预警已提交说明，请核实", at)
    return moved


@operation
def close_warning(
    *,
    warning: Warning,
    closing_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Warning:
    """The bureau found the explanation true and sufficient."""
    moved = _step(
        "close",
        warning,
        by,
        scope,
        at,
        seen_version,
        {"closing_note": closing_note.strip()},
    )
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.warning_no], at=at)
    _notify(moved, answerers([moved]).get(moved.pk, []), "预警已核实办结", at)
    return moved


@operation
def return_warning(
    *,
    warning: Warning,
    closing_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Warning:
    """The bureau asks for more; the answering party has the task again."""
    moved = _step(
        "return",
        warning,
        by,
        scope,
        at,
        seen_version,
        {"closing_note": closing_note.strip()},
    )
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.warning_no], at=at)
    parties = answerers([moved]).get(moved.pk, [])
    open_tasks(
        tasks=[_task(moved, party, "answer_warning", "补充预警说明") for party in parties],
        at=at,
    )
    _notify(moved, parties, "预警说明被退回，请补充", at)
    return moved


def _step(
    verb: str,
    warning: Warning,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
    inputs: dict[str, str],
) -> Warning:
    moved, before = WARNING_MACHINE.perform(
        verb=verb,
        obj=warning,
        by=by,
        at=at,
        standings=lambda row: warning_standings(scope, row),
        inputs=inputs,
        seen_version=seen_version,
    )
    WarningStep.objects.create(
        warning=moved,
        at=at,
        by_id=by.audit_id,
        by_name=by.name,
        organisation_name=by.audit_organisation_name,
        verb=verb,
        from_state=before,
        to_state=moved.state,
        text="".join(inputs.values()),
    )
    result: Warning = moved
    return result


def _task(warning: Warning, organisation_id: int, act: str, title: str) -> NewTask:
    return NewTask(
        organisation_id=organisation_id,
        act=act,
        title=f"{title}（{warning.warning_no}）",
        object_type=OBJECT_TYPE,
        object_key=warning.warning_no,
        url=warning_url(warning),
        severity=warning.severity,
        roles=ACTING_ROLES,
    )


def _notify(warning: Warning, organisation_ids: Sequence[int], title: str, at: datetime) -> None:
    notify(
        notices=[
            NewNotice(
                organisation_id=organisation_id,
                key=f"warning:{warning.pk}:{warning.row_version}:{organisation_id}",
                title=f"{title}（{warning.warning_no}）",
                url=warning_url(warning),
                category="warning",
            )
            for organisation_id in organisation_ids
        ],
        at=at,
    )
