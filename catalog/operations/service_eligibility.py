"""Who may charge an adjusted price first: entered with its basis, year by year (S2-9.2).

The yearly assessment of institutions is not computed by the catalogue, and what it knows lies above
it: an officer enters the verdict with the document or the figure that it comes from.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from catalog.models import ServiceEligibility
from catalog.operations.dated_rows import make_room
from catalog.operations.services import require
from catalog.queries.services import assessable, may_price
from catalog.states.service_candidate import ELIGIBILITY_CLAUSE
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation
from organisations.queries.scope import Scope


@operation
def enter_eligibility(
    *,
    institution: Organisation,
    year: int,
    verdict: str,
    share: Decimal | None,
    reason: str,
    clause: str,
    valid_from: date,
    by: Actor,
    scope: Scope,
    at: datetime,
) -> ServiceEligibility:
    """Goes first or waits, from a day on that has not passed; `share` as the assessment gives it.

    Raises NotYours, MissingInput naming the field. The institution is told.
    """
    require(may_price(scope))
    today = timezone.localdate(at)
    if not assessable(scope).filter(pk=institution.pk).exists():
        raise MissingInput("institution_code", "本地区没有这家医疗机构", ELIGIBILITY_CLAUSE)
    if not today.year - 2 <= year <= today.year:
        reason_year = f"考核年度应为 {today.year - 2} 至 {today.year}"
        raise MissingInput("year", reason_year, ELIGIBILITY_CLAUSE)
    if verdict not in ServiceEligibility.Verdict.values:
        raise MissingInput("verdict", "请选择优先执行或暂缓执行", ELIGIBILITY_CLAUSE)
    if share is not None and (not share.is_finite() or not 0 <= share <= 999):
        raise MissingInput("share", "考核值应为不小于 0 的数，如完成率 0.95", ELIGIBILITY_CLAUSE)
    if not reason.strip():
        raise MissingInput("reason", "请填写理由：是否按要求使用中选产品", ELIGIBILITY_CLAUSE)
    if not clause.strip():
        raise MissingInput("clause", "请填写考核结果的文件或来源", ELIGIBILITY_CLAUSE)
    if valid_from < today:
        raise MissingInput("valid_from", "起始日不能早于今天", ELIGIBILITY_CLAUSE)
    # The institution's row is the lock: two verdicts come one after the other.
    Organisation.objects.select_for_update().get(pk=institution.pk)
    rows = ServiceEligibility.objects.filter(institution=institution)
    row = ServiceEligibility.objects.create(
        institution=institution, year=year, verdict=verdict, share=share, reason=reason.strip(),
        clause=clause.strip(), valid_to=make_room(rows, valid_from), valid_from=valid_from,
        set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="service_eligibility.enter", object_type="organisation",
        object_key=institution.code, object_label=institution.name, reason=row.reason,
        clause=ELIGIBILITY_CLAUSE,
        detail={"year": year, "verdict": verdict, "share": None if share is None else str(share),
                "valid_from": f"{valid_from}", "basis": row.clause},
    )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                organisation_id=institution.pk, key=f"service-eligibility:{row.pk}",
                title=f"服务价格调整后{row.get_verdict_display()}：{row.reason}",
                url=reverse("service-eligibility"),
            )
        ],
        at=at,
    )  # fmt: skip
    return row
