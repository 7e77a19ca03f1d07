"""Feed the findings back by letter: with a day for the rectification, or as nothing found."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from catalog.queries.province_values import province_value, whole_days
from core.attachments.store import keep_made
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from monitoring.documents.inspection_letter import inspection_letter
from monitoring.models import SiteInspection
from monitoring.operations.inspections.held import held
from monitoring.operations.inspections.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.site_inspections import LETTER, inspection_standings, problems_of
from monitoring.states.action_kinds import RECTIFICATION_DAYS
from monitoring.states.site_inspection import INSPECTION_CLAUSE, INSPECTION_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONGEST = timedelta(days=366)


@operation
def feed_back_inspection(
    *,
    inspection: SiteInspection,
    conclusion: str,
    due_on: date | None = None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SiteInspection:
    """The letter (PDF and Word, kept as they are) tells the findings; without any it closes.

    An empty `due_on` is rectification_workdays from today. From here the organisation sees the
    results, the evidence and the letter. Raises NotYours, StaleVersion, TransitionRefused,
    MissingInput, PaperError.
    """
    verb = "feed_back" if problems_of(inspection) else "clear"
    row = held(inspection, verb, scope, seen_version)
    due = _due(row, due_on, verb, at)
    row.fed_back_at = at
    row.due_on, row.due_provisional = (due.day, due.provisional) if due else (None, False)
    row.conclusion = conclusion.strip()
    _number(row, at)
    row.save()
    moved: SiteInspection
    moved, _ = INSPECTION_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, inputs={"conclusion": conclusion.strip()},
        standings=lambda each: inspection_standings(scope, each),
    )  # fmt: skip
    _keep_letter(moved, by, at)
    pass_on(inspection=moved, at=at)
    tell(
        inspection=moved, to=moved.subject_id, key="feed_back", title="督导检查反馈意见",
        body=moved.conclusion, at=at, urgent=verb == "feed_back",
    )  # fmt: skip
    return moved


def _due(row: SiteInspection, due_on: date | None, verb: str, at: datetime) -> Deadline | None:
    today = shanghai_day(at)
    if verb == "clear":
        if due_on is not None:
            raise MissingInput("due_on", "没有发现问题，不设整改期限，请清空", INSPECTION_CLAUSE)
        return None
    if due_on is None:
        days = province_value(row.province, today, RECTIFICATION_DAYS)
        return add_workdays(at, whole_days(days))
    if not today < due_on <= today + LONGEST:
        raise MissingInput("due_on", "整改期限须晚于今天，最长一年", INSPECTION_CLAUSE)
    return Deadline(due_on, False)


def _number(row: SiteInspection, at: datetime) -> None:
    """The next number of the office's year; two who issue at once take turns."""
    year = shanghai_day(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('inspection_letter'), %s)",
            [row.office_id % 2**31],
        )
    last = SiteInspection.objects.filter(office_id=row.office_id, letter_year=year).aggregate(
        last=Max("letter_seq")
    )["last"]
    row.letter_year, row.letter_seq = year, (last or 0) + 1
    row.letter_no = f"督查反馈〔{year}〕{row.letter_seq}号"


def _keep_letter(row: SiteInspection, by: User, at: datetime) -> None:
    paper = inspection_letter(row, problems_of(row), row.items.count())
    files = (("pdf", "application/pdf", paper.pdf(at=at)), ("docx", DOCX, paper.docx()))
    kept = [
        keep_made(
            owner_type=LETTER, owner_id=row.pk, name=f"督导检查反馈意见{row.letter_no}.{ending}",
            body=io.BytesIO(body), content_type=content_type, by=by, at=at,
        )
        for ending, content_type, body in files
    ]  # fmt: skip
    record(
        by=by, at=at, action="site_inspection.letter", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.inspection_no, clause=row.clause,
        detail={"letter_no": row.letter_no,
                "files": [{"name": each.name, "sha256": each.file.sha256} for each in kept]},
    )  # fmt: skip
