"""The thread of a complaint: every word and every step's words, with files; nothing is changed later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from complaints.models import Complaint, ComplaintCase, ComplaintMessage
from complaints.operations.telling import OBJECT_TYPE, sides, tell
from complaints.queries.cases import beginning_of, may_speak
from complaints.states import CLAUSE, MESSAGE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def taken_up(*, complaint: Complaint) -> ComplaintCase:
    """The case, locked with its complaint; one of the dataset is made by its moments."""
    # The complaint's row first: two who act on a loaded complaint at once take turns here.
    locked = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    found = ComplaintCase.objects.select_for_update(of=("self",)).filter(complaint=locked).first()
    if found is None:
        found = beginning_of(locked)
        found.save()
    found.complaint = locked
    return found


@operation
def add_message(
    *,
    case: ComplaintCase,
    kind: str,
    text: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    at: datetime,
) -> ComplaintMessage:
    """One entry with its files. Raises MissingInput for a file that may not be kept."""
    message = ComplaintMessage.objects.create(
        case=case, at=at, by_id=by.audit_id, by_name=by.audit_name,
        organisation_id=by.organisation_id, kind=kind, text=text.strip(),
    )  # fmt: skip
    attach(owner_type=MESSAGE, owner_id=message.pk, uploads=uploads, by=by, at=at)
    return message


@operation
def say(
    *,
    complaint: Complaint,
    text: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
) -> ComplaintMessage:
    """A word to all sides, which are told; changes no state and no clock.

    Raises NotYours for who has no part in it or when it has ended, MissingInput.
    """
    case = taken_up(complaint=complaint)
    if not may_speak(scope, case.complaint, case):
        raise NotYours("留言由诉求各方和所在地主管部门在办结前填写", CLAUSE)
    if not text.strip():
        raise MissingInput("text", "请填写留言内容", CLAUSE)
    message = add_message(case=case, kind="say", text=text, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="complaint.say", object_type=OBJECT_TYPE, object_key=case.pk,
        object_label=str(case), clause=CLAUSE, detail={"message": message.pk, "files": len(uploads)},
    )  # fmt: skip
    tell(
        complaint=case.complaint, to=sides(case.complaint, case) - {by.organisation_id},
        key=f"say-{message.pk}", title=f"{by.organisation.name}留言", body=message.text, at=at,
    )  # fmt: skip
    return message
