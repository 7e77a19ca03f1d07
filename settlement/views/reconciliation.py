"""资金总览: one pool's accepted, stated and paid money, what is due, how old, and its budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists.workbook import workbook_response
from core.transitions import TransitionRefused
from core.views.errors import refusal_page
from organisations.models import Pool
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from policy.queries.read import MissingPolicyValue
from settlement.queries.due import AGES, pools_due
from settlement.queries.overview import PoolMoney, chosen_pool, pool_money, visible_money_pools
from settlement.states.statement import CLAUSE
from settlement.views.bank import looks_after_money

HEADINGS = (
    ("部分", 18), ("项目", 40), ("明细", 20), ("张数", 10), ("金额（元）", 18),
)  # fmt: skip
PLACES = (
    ("已列入结算单", "stated"), ("尚未列入", "not_yet"), ("暂停直接结算", "held"),
    ("有异议或未答复", "disputed"), ("追溯码不足（依码结算）", "blocked"),
)  # fmt: skip
AGE_COLUMNS = [
    {"label": "批次"},
    *(
        {"label": label, "numeric": True, "unit": "元"}
        for label in (*(each for _, each in AGES), "合计")
    ),
]


class ReconciliationView(ScopedTemplateView):
    template_name = "settlement/overview.html"
    page_title = "资金总览"
    page_note = "验收、结算、付款逐项对账；付款期限和账龄；专项预算与使用"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        pools = list(visible_money_pools(self.scope).select_related("region").order_by("code"))
        sums = pools_due(pools, today)
        code = self.request.GET.get("pool", "")
        pool = next((each for each in pools if each.code == code), None)
        if code and pool is None:
            raise Http404
        pool = pool or chosen_pool(self.scope, pools, sums)
        money, missing = None, ""
        if pool is not None:
            try:
                money = pool_money(pool, on=today)
            except MissingPolicyValue as error:
                missing = str(error)
        return super().get_context_data(
            sums=sums if len(pools) > 1 else [], pool=pool, money=money, missing=missing,
            places=_places(money), today=today, age_columns=AGE_COLUMNS,
            open_total=sum((age.amount for age in money.ages), Decimal(0)) if money else None,
            export_url=f"{reverse('money-overview-export')}?pool={pool.code}" if pool else "",
            **kwargs,
        )  # fmt: skip


class ReconciliationExportView(ReconciliationView):
    """The page's figures as one sheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data()
        pool, money = context["pool"], context["money"]
        if money is None:
            words = context["missing"] or "本单位所在地区没有统筹区"
            return refusal_page(request, TransitionRefused(words, CLAUSE))
        return workbook_response(
            name=f"资金总览_{pool.name}_{context['today']:%Y%m%d}", columns=HEADINGS,
            rows=_sheet(pool, money),
        )  # fmt: skip


def _places(money: PoolMoney | None) -> list[tuple[str, Decimal]]:
    """Where accepted money stands, in words."""
    if money is None or money.where is None:
        return []
    return [(label, getattr(money.where, name)) for label, name in PLACES]


def _sheet(pool: Pool, money: PoolMoney) -> Iterator[tuple[Any, ...]]:
    if money.where is not None:
        yield "对账", "验收减退货", pool.name, None, money.where.net
        for label, amount in _places(money):
            yield "对账", label, pool.name, None, amount
    yield "对账", "已批准应付", pool.name, None, money.approved
    yield "对账", "已付和冲抵", pool.name, None, money.paid
    for month in money.months:
        label = f"{month.month:%Y-%m} 到期"
        yield "何时应付", label, "已批准未付", month.owed_count, month.owed
        yield "何时应付", label, "在办未批准", month.under_way_count, month.under_way
    for other in money.others:
        yield "何时应付", other.label, "", other.count, other.amount
    for age in money.ages:
        yield "账龄", "全部批次", age.label, age.count, age.amount
    for row in money.batch_ages:
        for age, amount in zip(money.ages, row.amounts, strict=True):
            yield "账龄", row.batch, age.label, None, amount
    for batch in money.batches:
        name = f"{batch.batch} 第 {batch.year_no} 年"
        yield "专项预算", name, "预算", None, batch.budget
        yield "专项预算", name, "使用", None, batch.used
        yield "专项预算", name, "已付", None, batch.paid
