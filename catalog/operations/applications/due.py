"""What the day brings: publicity that is over without objection, and approvals whose day has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from catalog.models import ProductApplication
from catalog.operations.applications.effect import CLOCK, take_effect
from catalog.operations.applications.moving import ask
from catalog.operations.applications.review import approve_application
from catalog.queries.application_objections import objection_counts
from catalog.queries.application_offices import deadline_of
from catalog.rules.applications.review import REVIEW_DAYS, may_conclude
from core.operations import operation


@dataclass(frozen=True)
class DueCounts:
    """How many were approved, took effect, and could not."""

    approved: int
    in_force: int
    held_up: int


@operation
def take_due_applications(*, on: date, at: datetime) -> DueCounts:
    """Run every day, safe to run twice: each is locked and looked at again by its own operation."""
    approved = in_force = held_up = 0
    over = ProductApplication.objects.filter(state="publicity", publicity_to__lt=on)
    for row in over.select_related("province", "office").order_by("pk"):
        counts = objection_counts(row)
        said = may_conclude(
            on=on, publicity_to=row.publicity_to, open_count=counts.open, upheld=counts.upheld
        )
        if not said:
            if row.office_id is not None:
                due = deadline_of(row.province, REVIEW_DAYS, at)
                ask(row, row.office_id, "review_application", "公示期满，请处理异议", due, at)
            held_up += 1
            continue
        moved = approve_application(application=row, by=CLOCK, scope=None, at=at)
        approved += 1
        in_force += moved.state == ProductApplication.State.IN_FORCE
    due_today = ProductApplication.objects.filter(state="approved", effective_on__lte=on)
    for row in due_today.order_by("effective_on", "pk"):
        moved = take_effect(application=row, at=at)
        if moved.state == ProductApplication.State.IN_FORCE:
            in_force += 1
        else:
            held_up += 1
    return DueCounts(approved, in_force, held_up)
