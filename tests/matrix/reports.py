"""报量 of the matrix: a task of the province, reports of A, B and C with sheets and a letter; the twin's."""

from __future__ import annotations

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.attachments.store import attach, keep_made
from organisations.models import Organisation, User
from tests.factories import reports as make
from tests.factories.catalog import batch, group
from tests.factories.organisations import LONG_AGO
from tests.factories.stages import report_line
from tests.matrix.actors import Cast
from tests.matrix.places import Places
from volumes.models import ReportTask

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seed_reports(places: Places, cast: Cast) -> dict[str, str]:
    """Keys bl_p (open), bl_d (draft of the province), bl_t…; rp_, ms_, rf_ and rm_ by hospital."""
    of = batch(code="BLA", name="报量批次")
    asked = group(code="GBLA", name="报量品种")
    keys: dict[str, str] = {}

    def task(code: str, bureau: Organisation, **more: object) -> ReportTask:
        now = timezone.now()
        made = make.report_task(
            task_no=f"BL2025-{code.upper()}", organisation=bureau, batch=of, year_no=ord(code),
            opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=5), title=f"报量{code}",
            **more,
        )  # fmt: skip
        make.report_task_group(made, group=asked)
        keys[f"bl_{code}"] = made.task_no
        return made

    opened = task("p", places.bureau, state="open", letter_required=True)
    task("d", places.bureau)
    task("q", places.bureau_q, review_levels=["city"])
    twins = [task(code, places.bureau_t, state="open") for code in "tuv"]
    for letter, at, owner in (
        ("a", opened, cast.users["a_clerk"]), ("b", opened, cast.users["b_clerk"]),
        ("c", opened, cast.users["c_clerk"]), ("t", twins[0], None),
    ):  # fmt: skip
        keys |= _report(letter, at, getattr(places, letter), owner)
    return keys


def _report(
    letter: str, task: ReportTask, hospital: Organisation, owner: User | None
) -> dict[str, str]:
    mark = f"报记{letter.upper()}7Q"
    report = make.volume_report(
        hospital,
        task,
        report_no=f"BL2025-R{letter.upper()}",
        state="drafting",
        opinion=f"{mark}意见",
    )
    report_line(
        hospital, report=report, batch=task.batch, year_no=task.year_no, status="draft",
        submitted_at=None, group=task.task_groups.get().group, explanation=f"{mark}说明",
    )  # fmt: skip
    sheet = make.member_sheet(report, hospital)
    make.member_sheet_line(sheet, group=task.task_groups.get().group, explanation=f"{mark}成员说明")
    by = owner or User.objects.filter(organisation=hospital).first()
    assert by is not None
    upload = SimpleUploadedFile(f"{mark}.pdf", PDF)
    (paper,) = attach(
        owner_type="volume_report", owner_id=report.pk, uploads=[upload], by=by, at=LONG_AGO
    )
    make.commitment_letter(report, document=paper)
    marked = keep_made(
        owner_type="volume_report_marked", owner_id=report.pk, name=f"{mark}.xlsx",
        body=io.BytesIO(b"x"), content_type="text/plain", by=by, at=LONG_AGO,
    )  # fmt: skip
    return {
        f"rp_{letter}": report.report_no, f"ms_{letter}": str(sheet.pk),
        f"rf_{letter}": str(paper.pk), f"rm_{letter}": str(marked.pk),
    }  # fmt: skip
