"""Shipping from the queue: packs and lots of the chosen lines, one 配送单 per institution and place."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal, StaleVersion, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from procurement.forms.shipping import ShipHeadForm
from procurement.models import LineProgress
from procurement.operations.shipping import ship_notes
from procurement.queries.shipping import delivers, dispatches
from procurement.states.order_line import TO_SHIP
from procurement.views.queue import chosen_rows, read_lines
from procurement.views.queue_acts import read_versions
from procurement.views.ship_sheet import drafts_of, products_of, sheet_of


class ShipView(ScopedTemplateView):
    """GET is the sheet of the chosen lines; POST adds a lot to a line, or ships all of it."""

    template_name = "procurement/queue_ship.html"
    page_title = "发货"
    page_note = "同一医疗机构、同一收货地点的行合为一张配送单；未响应的行发货即视为确认"

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rows = self.to_ship(read_lines(request.GET.get("lines", "")))
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return self.shown(rows, ShipHeadForm(), client_no=secrets.token_hex(12))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.POST
        try:
            seen = read_versions(given.getlist("line"))
            client_no = given.get("client_no", "")
            if not client_no.isalnum() or len(client_no) > 64:
                raise MissingInput("client_no", "页面不完整，没有发货，请返回工作台重新选择")
        except Refusal as refusal:
            return refusal_page(request, refusal)
        form = ShipHeadForm(given)
        rows = chosen_rows(self.scope, list(seen))
        more = given.get("more", "")
        if more.isascii() and more.isdigit():
            return self.shown(
                rows, ShipHeadForm(initial=_plain(form)), client_no=client_no, more=int(more)
            )
        if not form.is_valid():
            return self.shown(rows, form, client_no=client_no, status=400)
        drafts, errors = drafts_of(
            sheet_of(rows, given), products_of(rows, given), _head(form.cleaned_data), client_no
        )
        if errors:
            return self.shown(rows, form, client_no=client_no, errors=errors, status=400)
        shipped = {row.line_id for draft in drafts for row in draft.rows}
        try:
            notes = ship_notes(
                drafts=drafts, by=self.user, scope=self.scope, at=timezone.now(),
                seen={line: version for line, version in seen.items() if line in shipped},
            )  # fmt: skip
        except MissingInput as missing:
            return self.shown(rows, form, client_no=client_no, errors=[missing.reason], status=400)
        except StaleVersion as stale:
            return self.shown(rows, form, client_no=client_no, errors=[stale.reason], status=409)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        if len(notes) == 1:
            messages.success(request, f"已发货，配送单 {notes[0].note_no}")
            return HttpResponseRedirect(reverse("delivery-note", args=[notes[0].note_no]))
        messages.success(
            request, f"已发货，生成配送单 {len(notes)} 张：在下面勾选后一并打印、登记送达"
        )
        today = timezone.localdate()
        query = urlencode({"stage": "shipped", "since": f"{today}", "until": f"{today}"})
        return HttpResponseRedirect(f"{reverse('delivery-notes')}?{query}")

    def to_ship(self, lines: list[int]) -> list[LineProgress]:
        """What of the choice can be shipped; raises MissingInput where nothing can."""
        rows = [row for row in chosen_rows(self.scope, lines) if row.state in TO_SHIP]
        if not rows:
            raise MissingInput("lines", "所选的订单行都已发完或已办结，请在“待发货”中选择")
        self.left_out = len(lines) - len(rows)
        return rows

    def shown(
        self, rows: list[LineProgress], form: ShipHeadForm, *, client_no: str, more: int = 0,
        errors: list[str] | None = None, status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        given = self.request.POST
        notes = sheet_of(rows, given, more)
        context = self.get_context_data(
            rows=rows, notes=notes, products=products_of(rows, given), form=form, errors=errors,
            client_no=client_no, left_out=getattr(self, "left_out", 0), added=more,
            breadcrumbs=[
                {"label": "配送工作台", "url": reverse("supply-queue")}, {"label": "发货"},
            ],
        )  # fmt: skip
        return self.render_to_response(context, status=status)


def _head(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ShipHeadForm.base_fields}


def _plain(form: ShipHeadForm) -> dict[str, Any]:
    """What was typed so far, right or wrong, without judging it yet."""
    return {name: form.data.get(name, "") for name in form.fields}
