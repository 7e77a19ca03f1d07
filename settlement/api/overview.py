"""资金总览 by API: what the page shows of one pool, and the pools beside each other."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import TransitionRefused
from organisations.api.base import ScopedEndpoint
from organisations.queries.scope import Scope
from policy.queries.read import MissingPolicyValue
from settlement.api.statement_serializers import yuan
from settlement.queries.due import AGES, pools_due
from settlement.queries.overview import PoolMoney, chosen_pool, pool_money, visible_money_pools
from settlement.states.statement import CLAUSE
from settlement.views.bank import looks_after_money


class PoolDueSerializer(serializers.Serializer[Any]):
    pool = serializers.CharField(source="pool.code")
    pool_name = serializers.CharField(source="pool.name")
    approved_amount = yuan(source="approved")
    paid_amount = yuan(source="paid")
    open_amount = yuan(source="open")
    overdue_amount = yuan(source="overdue")


class WhereaboutsSerializer(serializers.Serializer[Any]):
    """The first is the sum of the others."""

    net_amount = yuan(source="net")
    stated_amount = yuan(source="stated")
    not_yet_amount = yuan(source="not_yet")
    held_amount = yuan(source="held")
    disputed_amount = yuan(source="disputed")
    blocked_amount = yuan(source="blocked")


class DueMonthSerializer(serializers.Serializer[Any]):
    due_month = serializers.DateField(source="month")
    owed_count = serializers.IntegerField()
    owed_amount = yuan(source="owed")
    under_way_count = serializers.IntegerField()
    under_way_amount = yuan(source="under_way")


class OtherDueSerializer(serializers.Serializer[Any]):
    waiting = serializers.CharField(source="label")
    waiting_count = serializers.IntegerField(source="count")
    waiting_amount = yuan(source="amount")


class AgeSerializer(serializers.Serializer[Any]):
    """`age_batch` is empty in the rows of all batches together."""

    age_batch = serializers.CharField()
    age = serializers.CharField()
    open_amount = yuan()


class BatchBudgetSerializer(serializers.Serializer[Any]):
    batch_name = serializers.CharField(source="batch")
    year_no = serializers.IntegerField()
    budget = yuan()
    used_amount = yuan(source="used")
    paid_amount = yuan(source="paid")


class MoneyOverviewSerializer(serializers.Serializer[Any]):
    """Of one pool; `pools` are all that the caller reads."""

    pool = serializers.CharField(source="pool.code")
    since = serializers.DateField(source="money.since", allow_null=True)
    whereabouts = WhereaboutsSerializer(source="money.where", allow_null=True)
    approved_amount = yuan(source="money.approved")
    paid_amount = yuan(source="money.paid")
    due_months = DueMonthSerializer(source="money.months", many=True)
    others_due = OtherDueSerializer(source="money.others", many=True)
    ages = AgeSerializer(many=True)
    budgets = BatchBudgetSerializer(source="money.batches", many=True)
    pools = PoolDueSerializer(many=True)


def _ages(money: PoolMoney) -> list[dict[str, Any]]:
    rows = [{"age_batch": "", "age": each.label, "open_amount": each.amount} for each in money.ages]
    return rows + [
        {"age_batch": row.batch, "age": label, "open_amount": amount}
        for row in money.batch_ages
        for (_, label), amount in zip(AGES, row.amounts, strict=True)
    ]


class MoneyOverviewEndpoint(ScopedEndpoint):
    """资金总览：一个统筹区的验收、结算、付款对账，何时应付，账龄，专项预算与使用。"""

    token_subject: ClassVar[str] = "settlement"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    @extend_schema(
        parameters=[OpenApiParameter("pool", str, description="统筹区代码；不填为本级的")],
        responses=forced_singular_serializer(MoneyOverviewSerializer),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """截至今天。没有可看的统筹区，或没有这个代码，为 404；缺政策取值时为 409，写明缺哪一项。"""
        today = timezone.localdate()
        pools = list(visible_money_pools(self.scope).select_related("region").order_by("code"))
        sums = pools_due(pools, today)
        code = request.query_params.get("pool", "")
        pool = next((each for each in pools if each.code == code), None)
        if not code:
            pool = chosen_pool(self.scope, pools, sums)
        if pool is None:
            raise Http404
        try:
            money = pool_money(pool, on=today)
        except MissingPolicyValue as missing:
            raise TransitionRefused(str(missing), CLAUSE) from missing
        found = {"pool": pool, "money": money, "ages": _ages(money), "pools": sums}
        return Response(MoneyOverviewSerializer(found).data)
