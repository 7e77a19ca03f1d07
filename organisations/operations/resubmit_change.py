"""An application that its bureau returned, mended and handed in again under its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from organisations.models import OrganisationChange, User
from organisations.operations.board import board
from organisations.operations.change_organisation import ask_bureau, checked_successor
from organisations.queries.changes import OBJECT_TYPE, change_standings
from organisations.queries.scope import Scope
from organisations.states import CHANGE_MACHINE

MENDED = ("new_name", "new_code", "effective_on", "reason")


@operation
def resubmit_change(
    *,
    change: OrganisationChange,
    effective_on: date,
    reason: str,
    uploads: Sequence[UploadedFile] = (),
    new_name: str = "",
    new_code: str = "",
    successor_code: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OrganisationChange:
    """The applicant's admin mends what was asked for and hands it in again; the bureau gets the task.

    What kind of change it is stays; the proofs of before stay too, new ones come on top. Raises
    MissingInput naming the field, and whatever the step itself refuses.
    """
    row: OrganisationChange
    # A savepoint: what is refused leaves the step undone, whoever called.
    with transaction.atomic():
        row, _ = CHANGE_MACHINE.perform(
            verb="resubmit", obj=change, by=by, at=at, seen_version=seen_version,
            standings=lambda held: change_standings(scope, held),
        )  # fmt: skip
        successor = checked_successor(
            organisation=row.organisation, kind=row.kind, effective_on=effective_on,
            new_name=new_name, new_code=new_code, successor_code=successor_code, at=at,
        )  # fmt: skip
    before = {name: str(getattr(row, name)) for name in MENDED}
    row.new_name = new_name if row.kind == "rename" else ""
    row.new_code = new_code if row.kind == "recode" else ""
    row.successor, row.effective_on, row.reason = successor, effective_on, reason
    row.save(update_fields=[*MENDED, "successor"])
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(by=by, at=at, action="organisation_change.mend", object_type=OBJECT_TYPE,
           object_key=row.change_no, object_label=f"{row.organisation.name} {row.get_kind_display()}",
           reason=reason, detail={"before": before, "files": len(uploads)})  # fmt: skip
    board().take_away(object_type=OBJECT_TYPE, object_key=row.change_no, at=at)
    ask_bureau(row=row, at=at)
    return row
