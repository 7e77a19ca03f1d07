"""How far the signing is, place by place, and reminding those who have not signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.models import Batch
from catalog.queries.visible import visible_batches
from contracts.operations.agreements.remind import may_remind, remind_unsigned
from contracts.queries.signing_overview import signing_by_place, signing_years
from core.transitions import Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView


class SigningOverviewView(ScopedTemplateView):
    """Of authorities: by city for the province, by county below."""

    template_name = "contracts/signing_overview.html"
    page_title = "协议签订进度"
    page_note = "按地区列出已生效、待签和逾期未签的协议，点数字看名单"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    def choice(self) -> tuple[Batch | None, int]:
        given = self.request.GET
        rows = visible_batches(self.scope).order_by("-effective_on", "code")
        made = rows.filter(agreements__isnull=False).distinct()
        code = given.get("batch", "")
        batch = rows.filter(code=code).first() if code else made.first()
        year = given.get("year_no", "")
        if year.isascii() and year.isdigit() and len(year) < 3:
            return batch, int(year)
        # The newest year that has agreements: its signing is what is followed up.
        years = signing_years(self.scope, batch) if batch else []
        return batch, years[-1] if years else 1

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch, year = self.choice()
        offered = visible_batches(self.scope).filter(agreements__isnull=False).distinct()
        found = signing_by_place(self.scope, batch, year) if batch else []
        return super().get_context_data(
            batch=batch, year_no=year, places=found,
            level="city" if self.scope.region_level == "province" else "county",
            batches=[
                {"value": row.code, "label": row.name}
                for row in offered.order_by("-effective_on", "code")
            ],
            years=[
                {"value": str(each), "label": f"第 {each} 年度"}
                for each in (signing_years(self.scope, batch) if batch else [])
            ],
            may_remind=bool(may_remind(self.scope)),
            breadcrumbs=[
                {"label": "三方协议", "url": reverse("agreements")}, {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


class SigningReminderView(SigningOverviewView):
    """POST only: remind every party of the bureau's region that has not signed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code, year = self.kwargs["code"], self.kwargs["year_no"]
        batch = visible_batches(self.scope).filter(code=code).first()
        if batch is None:
            raise Http404
        try:
            told = remind_unsigned(
                batch=batch, year_no=year, by=self.user, scope=self.scope, at=timezone.now()
            )
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已催签：{told} 家单位收到通知")
        url = reverse("agreement-progress")
        return HttpResponseRedirect(f"{url}?batch={code}&year_no={year}")
