"""处方点评: reasons for non-selected orders with the result that stands, and who may review."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import ClinicalReason, ClinicalReview, OrderLine
from procurement.queries.ordering import visible_clinical_reasons
from procurement.rules.ordering import REASON_CLAUSE

REVIEWERS = ("reviewer", "leader")


def visible_clinical_reviews(scope: Scope) -> QuerySet[ClinicalReview]:
    """As the reasons that they judge: the institution and the authorities over it."""
    return within(scope, ClinicalReview.objects.all(), party_rows(scope))


def reviewed_reasons(scope: Scope) -> QuerySet[ClinicalReason]:
    """Reasons in sight with `result`, `result_note`, `reviewed_at` of the newest review, and the
    line's packs and price as ordered."""
    newest = ClinicalReview.objects.filter(clinical_reason=OuterRef("pk")).order_by("-review_no")
    line = OrderLine.objects.filter(pk=OuterRef("line_id"), ordered_at=OuterRef("ordered_at"))
    return (
        visible_clinical_reasons(scope)
        .select_related("institution", "order", "product__manufacturer", "county")
        .annotate(
            result=Subquery(newest.values("result")[:1]),
            result_note=Subquery(newest.values("note")[:1]),
            reviewed_at=Subquery(newest.values("reviewed_at")[:1]),
            packs=Subquery(line.values("packs")[:1]),
            unit_price=Subquery(line.values("unit_price")[:1]),
        )
    )


def reviews_of(reason: ClinicalReason) -> list[ClinicalReview]:
    """All results of one reason, the first first; the caller has found it in his sight."""
    return list(reason.reviews.order_by("review_no"))


def may_review(scope: Scope, reason: ClinicalReason) -> Verdict:
    """The institution's own reviewers and leaders."""
    if scope.kind != "institution" or reason.institution_id not in scope.institution_ids:
        return Verdict(False, "处方点评由下单的医疗机构办理", REASON_CLAUSE)
    if not scope.has_role(*REVIEWERS):
        return Verdict(False, "处方点评由本机构的审核人员或负责人办理", REASON_CLAUSE)
    return ALLOWED
