"""The letters of a 惩戒案件 as PDF and Word, kept as they are with their digests on the trail."""

from __future__ import annotations

import io
from datetime import datetime

from core.attachments.store import keep_made
from core.audit.record import record
from monitoring.documents.bulletin import MIME
from monitoring.documents.sanction_letter import TITLES, sanction_letter
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.telling import OBJECT_TYPE
from monitoring.queries.sanction_cases import LETTER
from organisations.models import User


def keep_letter(row: SanctionCase, letter: str, by: User, at: datetime) -> None:
    """`letter`: notice, decision, repaired or revoked. Raises PaperError where it cannot be printed."""
    paper = sanction_letter(row, letter, at)
    title = TITLES[letter].format(kind=row.get_kind_display())
    kept = [
        keep_made(
            owner_type=LETTER, owner_id=row.pk, name=f"{title}{row.case_no}.{ending}",
            body=io.BytesIO(body), content_type=MIME[ending], by=by, at=at,
        )
        for ending, body in (("pdf", paper.pdf(at=at)), ("docx", paper.docx()))
    ]  # fmt: skip
    record(
        by=by, at=at, action="sanction_case.letter", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.case_no, clause=row.clause,
        detail={"letter": letter, "files": [each.file.sha256 for each in kept]},
    )  # fmt: skip
