"""One step of an application: the machine, who holds it then and until when, who is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from catalog.models import ApplicationStep, ProductApplication
from catalog.queries.application_offices import deadline_of
from catalog.queries.applications import ACTING_ROLES, OBJECT_TYPE, application_standings
from catalog.rules.applications.review import LEVEL_WORDS
from catalog.states.application import APPLICATION_MACHINE, CLOCK
from core.audit.record import Actor
from core.workdays.deadlines import Deadline
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation
from organisations.queries.scope import Scope

HELD = (
    "level", "office", "held_since", "due_on", "due_provisional", "submitted_at",
    "submitted_by_id", "submitted_by_name", "publicity_from", "publicity_to", "effective_on",
    "effect_problem", "path", "needs_publicity",
)  # fmt: skip


def application_url(application: ProductApplication) -> str:
    """The application's page."""
    return reverse("application-detail", args=[application.application_no])


def move(
    verb: str,
    application: ProductApplication,
    *,
    by: Actor,
    at: datetime,
    scope: Scope | None,
    seen_version: int | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> ProductApplication:
    """Carry the verb out; without a scope the clock acts. Open 待办 of the step before end."""
    row: ProductApplication
    row, _ = APPLICATION_MACHINE.perform(
        verb=verb, obj=application, by=by, at=at, inputs=inputs or {}, seen_version=seen_version,
        standings=lambda held: {CLOCK} if scope is None else application_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.application_no], at=at)
    return row


def hold(
    row: ProductApplication,
    *,
    office: Organisation | None,
    days_key: str,
    at: datetime,
    level: str | None = None,
) -> Deadline:
    """Put it before an office (None: the applicant) with the working days of that step."""
    due = deadline_of(row.province, days_key, at)
    row.level = row.level if level is None else level
    row.office, row.held_since = office, at
    row.due_on, row.due_provisional = due.day, due.provisional
    row.save(update_fields=list(HELD))
    return due


def hold_until(
    row: ProductApplication, day: date | None, *, office: Organisation | None, at: datetime
) -> None:
    """Nothing is to be done but wait for a day; None where all is over."""
    row.office, row.held_since = office, at
    row.due_on, row.due_provisional = day, False
    row.save(update_fields=list(HELD))


def note(
    row: ProductApplication, verb: str, *, by: Actor, at: datetime, text: str = "", label: str = ""
) -> None:
    """A line of the timeline."""
    ApplicationStep.objects.create(
        application=row, at=at, by_id=by.audit_id, by_name=by.audit_name,
        organisation_name=by.audit_organisation_name, verb=verb,
        label=label or APPLICATION_MACHINE.named(verb).label, to_state=row.state, text=text,
    )  # fmt: skip


def ask(
    row: ProductApplication, organisation_id: int, act: str, title: str, due: Deadline, at: datetime
) -> None:
    """A 待办 until the deadline's end."""
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act,
                title=f"{title}：{row.get_kind_display()} {row.title}（{row.application_no}）",
                object_type=OBJECT_TYPE, object_key=row.application_no,
                url=application_url(row), due_at=due.ends_at, roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip


def tell(row: ProductApplication, title: str, at: datetime, body: str = "") -> None:
    """Tell the applicant where it is now."""
    notify(
        notices=[
            NewNotice(
                organisation_id=row.organisation_id,
                key=f"application:{row.application_no}:{row.row_version}",
                title=f"{title}：{row.title}（{row.application_no}）", body=body,
                url=application_url(row), category=Notice.Category.GENERAL,
            )
        ],
        at=at,
    )  # fmt: skip


def level_words(level: str) -> str:
    return LEVEL_WORDS.get(level, "")
