"""Object to what is published, and rule on an objection with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import ApplicationObjection, ProductApplication
from catalog.operations.applications.drafts import next_number
from catalog.operations.applications.moving import application_url, ask, note
from catalog.queries.application_objections import objection_standings
from catalog.queries.application_offices import deadline_of
from catalog.queries.applications import ACTING_ROLES, OBJECTION_TYPE
from catalog.rules.applications.review import OBJECTION_DAYS, may_object
from catalog.states.application import OBJECTION_MACHINE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def file_objection(
    *,
    application: ProductApplication,
    text: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> ApplicationObjection:
    """Any organisation of the trade but the applicant, while it is published; one at a time.

    The office that published it has to rule within its working days; until then nothing takes
    effect.
    """
    row = ProductApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not scope.is_business or not scope.has_role(*ACTING_ROLES):
        raise NotYours("公示异议由单位的经办、审核或负责人提出")
    if row.organisation_id == scope.organisation_id:
        raise NotYours("本企业的申请不能自己提异议；内容有误的请联系公示单位退回补正")
    allowed = may_object(
        on=shanghai_day(at), publicity_from=row.publicity_from, publicity_to=row.publicity_to
    )
    if row.state != ProductApplication.State.PUBLICITY or not allowed:
        raise TransitionRefused(allowed.reason or f"申请{row.get_state_display()}，不再受理异议")
    if not text.strip():
        raise MissingInput("text", "请写明异议内容：哪一项不实、依据是什么")
    due = deadline_of(row.province, OBJECTION_DAYS, at)
    try:
        with transaction.atomic():
            made = ApplicationObjection.objects.create(
                objection_no=next_number("catalog_objection_no", "YY", at), application=row,
                organisation=by.organisation, text=text.strip(), filed_at=at,
                filed_by_id=by.audit_id, filed_by_name=by.audit_name, rule_due_on=due.day,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused("本单位已提出异议，正在裁定；补充材料请联系公示单位") from error
    attach(owner_type=OBJECTION_TYPE, owner_id=made.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="application_objection.file", object_type=OBJECTION_TYPE,
        object_key=made.pk, object_label=made.objection_no,
        detail={"application": row.application_no},
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.office_id or 0, act="rule_objection",
                title=f"裁定公示异议：{row.title}（{made.objection_no}）",
                object_type=OBJECTION_TYPE, object_key=made.objection_no,
                url=application_url(row), due_at=due.ends_at, roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    _tell(made, row.organisation_id, "公示期收到异议", "", at)
    return made


@operation
def rule_objection(
    *,
    objection: ApplicationObjection,
    upheld: bool,
    ruling: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ApplicationObjection:
    """成立: the application has to be returned or refused. 不成立: it may go on."""
    row: ApplicationObjection
    row, _ = OBJECTION_MACHINE.perform(
        verb="uphold" if upheld else "dismiss", obj=objection, by=by, at=at,
        inputs={"ruling": ruling.strip()}, seen_version=seen_version,
        standings=lambda held: objection_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECTION_TYPE, object_keys=[row.objection_no], at=at)
    application = row.application
    words = f"异议{row.get_state_display()}"
    note(application, "rule", by=by, at=at, text=row.ruling, label=f"裁定{words}")
    for organisation_id in (row.organisation_id, application.organisation_id):
        _tell(row, organisation_id, words, row.ruling, at)
    if upheld and application.due_on is not None:
        due = deadline_of(application.province, OBJECTION_DAYS, at)
        ask(
            application,
            application.office_id or 0,
            "review_application",
            "异议成立，请处理",
            due,
            at,
        )
    return row


def _tell(
    row: ApplicationObjection, organisation_id: int, title: str, body: str, at: datetime
) -> None:
    notify(
        notices=[
            NewNotice(
                organisation_id=organisation_id,
                key=f"objection:{row.objection_no}:{row.row_version}:{organisation_id}",
                title=f"{title}：{row.application.title}（{row.objection_no}）", body=body,
                url=_page(row, organisation_id),
            )
        ],
        at=at,
    )  # fmt: skip


def _page(row: ApplicationObjection, organisation_id: int) -> str:
    """The applicant reads it on the application's page, the objector on the published one."""
    if organisation_id == row.application.organisation_id:
        return application_url(row.application)
    return reverse("publicity-detail", args=[row.application.application_no])
