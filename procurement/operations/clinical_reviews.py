"""Say what a review found of the clinical reason of a non-selected order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import ClinicalReason, ClinicalReview
from procurement.queries.clinical_reviews import may_review
from procurement.rules.ordering import REASON_CLAUSE


@operation
def review_reason(
    *,
    reason: ClinicalReason,
    result: str,
    note: str,
    seen: int,
    by: User,
    scope: Scope,
    at: datetime,
) -> ClinicalReview:
    """Add a result; it stands in place of the one before, which is kept.

    `seen`: how many results the reviewer saw. Anything but 合理 says why. The institution is told
    of what is not reasonable. Raises NotYours, StaleVersion, MissingInput.
    """
    allowed = may_review(scope, reason)
    if not allowed:
        raise NotYours.of(allowed)
    with connection.cursor() as cursor:
        # Reasons are append-only for the application: no row lock, so two reviewers wait here.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"clinical review {reason.pk}"],
        )
    held = ClinicalReason.objects.select_related(
        "institution__region__parent__parent", "product", "order"
    ).get(pk=reason.pk)
    count = held.reviews.count()
    if seen != count:
        raise StaleVersion("这条理由已有新的点评结果，请刷新看到以后再点评")
    if result not in ClinicalReview.Result.values:
        raise MissingInput("result", "请选择点评结果", REASON_CLAUSE)
    words = note.strip()
    if result != ClinicalReview.Result.REASONABLE and not words:
        raise MissingInput("note", "结果不是“合理”的，请写明点评意见", REASON_CLAUSE)
    stamps: dict[str, Any] = stamps_of(held.institution)
    row = ClinicalReview.objects.create(
        **stamps, clinical_reason=held, review_no=count + 1, result=result, note=words[:500],
        reviewed_at=at, reviewed_by_id=by.audit_id, reviewed_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="clinical_reason.review", object_type="clinical_reason",
        object_key=held.pk, object_label=f"{held.order.order_no} {held.product}",
        clause=REASON_CLAUSE, reason=words, detail={"result": result, "review_no": row.review_no},
    )  # fmt: skip
    if result != ClinicalReview.Result.REASONABLE:
        notice = NewNotice(
            held.institution_id, f"clinical-review-{held.pk}-{row.review_no}",
            f"处方点评：{held.product}（{held.order.order_no}）{row.get_result_display()}", words,
        )  # fmt: skip
        notify(notices=[notice], at=at)
    return row
