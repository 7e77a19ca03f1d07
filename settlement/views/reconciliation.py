"""资金总览: one pool's accepted, stated and paid money, what is due, how old, and its budget."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone

from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from policy.queries.read import MissingPolicyValue
from settlement.queries.overview import pool_money, visible_money_pools
from settlement.views.bank import looks_after_money


class ReconciliationView(ScopedTemplateView):
    template_name = "settlement/overview.html"
    page_title = "资金总览"
    page_note = "验收、结算、付款逐项对账；付款期限和账龄；专项预算与使用"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pools = list(visible_money_pools(self.scope).select_related("region").order_by("code"))
        code = self.request.GET.get("pool", "")
        own = self.scope.region_id
        chosen = next((pool for pool in pools if pool.code == code), None)
        if code and chosen is None:
            raise Http404
        chosen = chosen or next((pool for pool in pools if pool.region_id == own), None)
        pool = chosen or (pools[0] if pools else None)
        now = timezone.now()
        money, missing = None, ""
        if pool is not None:
            try:
                money = pool_money(pool, on=timezone.localdate(now), at=now)
            except MissingPolicyValue as error:
                missing = str(error)
        return super().get_context_data(
            pools=[
                {"label": each.name, "url": f"?pool={each.code}", "active": each == pool}
                for each in pools
            ],
            pool=pool, money=money, missing=missing, today=timezone.localdate(now), **kwargs,
        )  # fmt: skip
