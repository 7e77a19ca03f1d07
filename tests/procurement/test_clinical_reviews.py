"""处方点评: the institution's reviewer says what he found; a later result stands, all are kept."""

from __future__ import annotations

import pytest

from core.transitions import MissingInput, NotYours, StaleVersion
from inbox.models import Notice
from procurement.models import ClinicalReason
from procurement.operations.clinical_reviews import review_reason
from procurement.queries.clinical_reviews import reviewed_reasons
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


def test_results_are_added_by_the_own_reviewer_and_the_last_one_stands() -> None:
    market = Market()
    market.place(market.row(market.other, 2, reason="对辅料过敏"))
    reason = ClinicalReason.objects.get()
    reviewer = market.acting(market.a, "reviewer")
    for stranger in (market.acting(market.a), market.acting(market.b, "reviewer")):
        with pytest.raises(NotYours):
            review_reason(reason=reason, result="reasonable", note="", seen=0, **stranger)
    with pytest.raises(MissingInput) as missing:
        review_reason(reason=reason, result="unreasonable", note=" ", seen=0, **reviewer)
    assert missing.value.field == "note"
    with pytest.raises(MissingInput):
        review_reason(reason=reason, result="fine", note="", seen=0, **reviewer)
    review_reason(reason=reason, result="unreasonable", note="无过敏史", seen=0, **reviewer)
    with pytest.raises(StaleVersion):
        review_reason(reason=reason, result="reasonable", note="", seen=0, **reviewer)
    review_reason(reason=reason, result="reasonable", note="已补病历", seen=1, **reviewer)
    shown = reviewed_reasons(market.scope(market.a)).get()
    assert (shown.result, shown.result_note, shown.packs) == ("reasonable", "已补病历", 2)
    assert reason.reviews.count() == 2
    assert Notice.objects.filter(key__startswith="clinical-review-").count() == 1
    assert not reviewed_reasons(market.scope(market.b)).exists()
    assert not reviewed_reasons(market.scope(market.rival)).exists()
