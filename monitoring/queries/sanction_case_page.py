"""What the page of one 惩戒案件 shows: facts, effects, and where its effects lead."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.templatetags.formats import money
from monitoring.models import SanctionCase
from monitoring.queries.sanction_cases import results_of, stops_of
from monitoring.rules.credit_scale import SCALES, STOPS, suggested_grade
from monitoring.states.sanction_case import STANDS, SanctionKind
from organisations.queries.scope import Scope
from procurement.queries.standby import visible_standby_cases


def facts_of(scope: Scope, row: SanctionCase) -> list[dict[str, Any]]:
    """What the case is about and what was said at each step, for `c-facts`."""
    facts: list[dict[str, Any]] = [
        {"label": "种类", "value": row.get_kind_display()},
        {"label": "当事企业", "value": row.subject.name},
        {"label": "立案单位", "value": row.office.name},
        {"label": "事由类别", "value": row.get_cause_display()},
        {"label": "行为发生日", "value": f"{row.occurred_on:%Y-%m-%d}"},
        {"label": "编号", "value": row.case_no},
    ]
    if row.batch:
        facts.append(
            {"label": "批次", "value": row.batch.name,
             "url": reverse("batch-detail", args=[row.batch.code])}
        )  # fmt: skip
    if row.product:
        facts.append(
            {"label": "产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])}
        )  # fmt: skip
    if row.amount:
        facts.append({"label": "涉案金额", "value": f"{money(row.amount)} 元"})
    if row.action:
        facts.append(
            {"label": "所依措施", "value": row.action.letter_no or row.action.action_no,
             "url": reverse("action-detail", args=[row.action.action_no])}
        )  # fmt: skip
    facts += _graded(row) + _dates(row)
    if row.decision_no and scope.is_bureau:
        names = f"{row.drafted_by_name}、{row.decided_by_name}"
        facts.append({"label": "立案人、决定人", "value": names})
    for label, value in (
        ("事实和证据", row.matter), ("拟处理意见", row.proposal), ("陈述申辩意见", row.statement),
        ("决定内容", row.decision), ("等级理由", row.grade_reason), ("整改和修复情况", row.repair),
        ("意见", row.note), ("依据", row.clause),
    ):  # fmt: skip
        if value:
            facts.append({"label": label, "value": value, "wide": True})
    return facts


def _graded(row: SanctionCase) -> list[dict[str, Any]]:
    if row.kind != SanctionKind.CREDIT:
        return []
    scale = SCALES[row.scale]
    said = suggested_grade(scale, row.cause, row.amount, row.topmost)
    facts = [
        {"label": "裁量基准", "value": scale.title},
        {"label": "基准对应等级", "value": scale.label(said) or "基准未列明，由承办人评定"},
    ]
    if row.proposed_grade:
        facts.append({"label": "拟定等级", "value": scale.label(row.proposed_grade)})
    if row.grade:
        facts.append({"label": "失信等级", "value": scale.label(row.grade)})
        facts.append({"label": "采购限制", "value": dict(STOPS)[stops_of(row)]})
    return facts


def _dates(row: SanctionCase) -> list[dict[str, Any]]:
    facts = []
    if row.notice_no:
        facts.append({"label": "告知书", "value": row.notice_no})
    if row.statement_due_on:
        words = "（暂定）" if row.due_provisional else ""
        facts.append({"label": "陈述申辩期限", "value": f"{row.statement_due_on:%Y-%m-%d}{words}"})
    if row.stated_at:
        at = timezone.localtime(row.stated_at)
        facts.append({"label": "陈述申辩", "value": f"{at:%Y-%m-%d %H:%M}"})
    if row.decision_no:
        facts.append({"label": "决定书", "value": row.decision_no})
    if row.effective_on:
        until = f" 至 {row.effective_to:%Y-%m-%d}" if row.effective_to else ""
        facts.append({"label": "执行期间", "value": f"{row.effective_on:%Y-%m-%d} 起{until}"})
    if row.ended_on:
        facts.append({"label": "结束日", "value": f"{row.ended_on:%Y-%m-%d}"})
    return facts


def effects_of(scope: Scope, row: SanctionCase) -> list[dict[str, Any]]:
    """What a cancellation did and will do, each with the page where it can be followed."""
    if row.kind != SanctionKind.CANCEL or row.effective_on is None:
        return []
    day = f"{row.effective_on:%Y-%m-%d}"
    found = [
        {
            "what": f"{each.change.region.name}的中选结果",
            "state": "已恢复" if each.change.state == "revoked" else f"{day} 起取消",
            "url": reverse("result-change", args=[each.change.change_no]),
            "label": each.change.change_no,
        }
        for each in results_of(row)
    ]
    stands = row.state in STANDS
    found.append({"what": "新订单", "state": f"{day} 起不再接受" if stands else "可以采购"})
    found.append({"what": "三方协议", "state": _agreements(row, day), "label": "本批次协议",
                  "url": f"{reverse('agreements')}?batch={row.batch.code}" if row.batch else ""})  # fmt: skip
    cases = visible_standby_cases(scope).filter(
        product=row.product_id, batch=row.batch_id, unable_from=row.effective_on
    )
    found += [
        {"what": f"{each.region.name}的备供", "state": each.get_state_display(),
         "url": reverse("standby-case", args=[each.case_no]), "label": each.case_no}
        for each in cases.select_related("region").order_by("pk")
    ]  # fmt: skip
    return found


def _agreements(row: SanctionCase, day: str) -> str:
    if row.enacted_at is None:
        return f"{day} 起不再包含该产品" if row.state == "decided" else "未变动"
    done = row.effects
    return (
        f"{done.get('ended', 0)} 行不再有效，{done.get('versions', 0)} 份新版本待三方签署，"
        f"{done.get('terminated', 0)} 份终止"
    )
