"""The cart of a hospital's clerk: one page, which saves itself while it is filled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal, Verdict
from core.views.conflict import checked_version
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.models import Organisation
from organisations.queries.consortia import lead_of
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView, ScopedView
from procurement.forms.ordering import CartCells
from procurement.models import Cart
from procurement.operations.carts import CartChange, approval_over, change_cart, open_cart
from procurement.queries import cart_page
from procurement.queries.ordering import (
    cart_standings,
    may_order,
    orderer,
    orderers,
    visible_carts,
    visible_order_templates,
    visible_receiving_places,
)
from procurement.rules.ordering import CLAUSE
from procurement.states.cart import CART_LEVELS, CART_MACHINE, EDITABLE

# The summary and the approval hold what each step needs: quantities confirmed, a reason.
PARTS = {
    "send": "cart-summary", "submit": "cart-summary", "drop": "cart-summary",
    "approve": "cart-approval", "return": "cart-approval", "take_back": "cart-approval",
}  # fmt: skip
HOLDERS = {
    "draft": "本机构经办人员", "returned": "本机构经办人员", "awaiting": "本机构审核人员或负责人",
}  # fmt: skip


class CartBase(ScopedView):
    """Carts are the affair of institutions; others have no such page."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def entry(self, scope: Scope) -> Verdict:
        if may_order(scope):
            return Verdict(True)
        return Verdict(False, "采购车由本机构的经办、审核人员或负责人填写", CLAUSE)

    def cart(self, number: str) -> Cart | None:
        """By its number, else the one that is being filled."""
        rows = visible_carts(self.scope).select_related("institution", "place")
        if not number:
            own = rows.filter(institution=self.scope.organisation_id, state="draft")
            return own.first()
        found = rows.filter(cart_no=number).first()
        if found is None:
            raise Http404
        return found

    def buyer(self, code: str) -> Organisation:
        found = orderer(self.scope, code)
        if found is None:
            raise Http404
        return found

    def wrong_words(self, cells: CartCells) -> str:
        """What is wrong with the numbers, by the product's name; empty where nothing is."""
        first = list(cells.wrong.items())[:3]
        names = cart_page.products_by_code(self.scope, [key[1] for key, _ in first])
        return "；".join(f"{names.get(key[1], key[1])}：{words}" for key, words in first)

    def save(self, cart: Cart | None, cells: CartCells) -> Cart:
        """Only what differs from the cart is a change; a first quantity opens the cart."""
        scope, now = self.scope, timezone.now()
        made = cart or open_cart(by=self.user, scope=scope, at=now)
        held = {
            (line.institution.code, line.product.code): line
            for line in made.lines.select_related("institution", "product")
        }
        buyers = {code: self.buyer(code) for code in {key[0] for key in cells.packs}}
        products = cart_page.products_by_code(scope, {key[1] for key in cells.packs})
        changes = []
        for key, packs in cells.packs.items():
            line, reason = held.get(key), cells.reasons.get(key)
            same = packs == (line.packs if line else 0) and (
                reason is None or reason == (line.clinical_reason if line else "")
            )
            if same or (not packs and line is None):
                continue
            if key[1] not in products:
                raise Http404
            changes.append(CartChange(buyers[key[0]], products[key[1]], packs, reason))
        given = self.request.POST
        place = None
        if given.get("deliver_to", "").isdecimal():
            number = int(given["deliver_to"][:18])
            place = visible_receiving_places(scope).filter(pk=number).first()
            if place is None:
                raise Http404
        version = checked_version(self.request)
        return change_cart(
            cart=made, changes=changes, by=self.user, scope=scope, at=now, place=place,
            urgent=given.get("urgent") == "on" if "cells" in given else None,
            seen_version=version if cart else None,
        )  # fmt: skip


class CartView(CartBase, ScopedTemplateView):
    template_name = "procurement/cart.html"
    page_title = "采购车"
    page_note = "填写数量即自动保存；发送后按配送企业分成订单"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        cart = self.cart(self.kwargs.get("cart_no", ""))
        given = self.request.GET
        buyer = self.buyer(given.get("for", "")[:40])
        rows = cart_page.cart_rows(self.scope, cart, buyer, now)
        editable = cart is None or cart.state in EDITABLE
        if not editable:
            rows = [row for row in rows if row.line is not None]
        words = given.get("q", "").replace("\x00", "")[:60]
        put = {row.key for row in rows if row.line}
        found = cart_page.found_for_cart(self.scope, words, buyer, now)
        open_carts = visible_carts(self.scope).filter(state__in=("awaiting", "returned"))
        return super().get_context_data(
            **{
                "cart": cart,
                "buyer": buyer,
                "lead": _other_lead(buyer, self.scope.on),
                "buyers": orderers(self.scope),
                "rows": rows,
                "editable": editable,
                "words": words,
                "found": [row for row in found if row.key not in put],
                "places": visible_receiving_places(self.scope).filter(
                    institution=self.scope.organisation_id, is_open=True
                ).order_by("-is_default", "name"),
                "templates": visible_order_templates(self.scope).filter(
                    institution=self.scope.organisation_id, is_open=True
                ).order_by("name")[:20],
                "last_orders": cart_page.last_orders(self.scope, buyer),
                "open_carts": open_carts.order_by("-pk")[:10],
                "timeline": steps_of(self.scope, CART_MACHINE.name, cart.pk) if cart else [],
                "breadcrumbs": [{"label": "订单", "url": reverse("orders")},
                                {"label": self.page_title}],
                **summary(self.scope, cart, rows),
                **kwargs,
            }
        )  # fmt: skip


def _other_lead(buyer: Organisation, on: date) -> Organisation | None:
    """The lead of its consortium, where that is another institution."""
    lead = lead_of(buyer, on)
    return lead if lead is not None and lead.pk != buyer.pk else None


def summary(scope: Scope, cart: Cart | None, rows: list[cart_page.CartRow]) -> dict[str, Any]:
    """Sums, warnings and steps of a cart, for the page and for what is shown after each save."""
    put = [row for row in rows if row.line is not None]
    over = approval_over(scope.organisation_id)
    total = sum((row.amount for row in put), Decimal(0))
    offered: list[dict[str, Any]] = []
    if cart is not None:
        standings = cart_standings(scope, cart)
        offered = offered_actions(
            CART_MACHINE.offers(cart, standings), version=cart.row_version,
            url=lambda verb: reverse("cart-act", args=[cart.cart_no, verb]), on_page=PARTS,
        )  # fmt: skip
    return {
        "level": CART_LEVELS[cart.state] if cart else "grey",
        "total": total,
        "count": len(put),
        "over": over,
        "needs_approval": over is not None and total > over,
        "blocked": [row for row in put if row.blocking],
        "reasonless": [
            row for row in put
            if row.sight.needs_reason() and row.line and not row.line.clinical_reason
        ],
        "abnormal": [row.abnormal for row in put if row.abnormal],
        "offered": offered,
        "who": HOLDERS.get(cart.state, "") if cart else "",
        "verbs": {
            offer.transition.verb for offer in CART_MACHINE.offers(cart, standings)
            if offer.verdict.ok
        } if cart is not None else set(),
    }  # fmt: skip


class CartSaveView(CartBase):
    """POST only: the sheet's cells; by htmx it answers with the summary alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.POST
        cells = CartCells(given)
        live = request.headers.get("HX-Request") == "true"
        error = self.wrong_words(cells)
        cart = self.cart(given.get("filling", "")[:20])
        if not error:
            try:
                cart = self.save(cart, cells)
            except Refusal as refusal:
                if not live:
                    return refusal_page(request, refusal)
                error = refusal.reason
        back = reverse("cart-of", args=[cart.cart_no]) if cart else reverse("cart")
        if live:
            now = timezone.now()
            fresh = self.cart(cart.cart_no) if cart else None
            rows = cart_page.cart_rows(self.scope, fresh, self.buyer(""), now, agreed=False)
            context = {**summary(self.scope, fresh, rows), "cart": fresh, "error": error,
                       "editable": True, "saved_at": None if error else now}  # fmt: skip
            if error:
                # What was refused stays old: the next press must not write over what is newer.
                context["version"] = given.get("version", "")
            return render(request, "procurement/_cart_summary.html", context)
        if error:
            messages.error(request, f"没有保存：{error}")
        query = {"for": given.get("for", "")[:40]} if given.get("for") else {}
        return HttpResponseRedirect(f"{back}?{urlencode(query)}" if query else back)


class CartFillView(CartBase):
    """POST only: put a template's or a past order's products into the cart."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given, now = request.POST, timezone.now()
        buyer = self.buyer(given.get("for", "")[:40])
        if given.get("template"):
            found = visible_order_templates(self.scope).filter(
                template_no=given["template"][:24], is_open=True
            ).first()  # fmt: skip
            if found is None:
                raise Http404
            wanted = cart_page.template_rows(found)
        else:
            wanted = cart_page.order_packs(self.scope, given.get("order", "")[:60], buyer)
            if not wanted:
                raise Http404
        products = cart_page.products_by_code(self.scope, wanted)
        try:
            cart = open_cart(by=self.user, scope=self.scope, at=now)
            change_cart(
                cart=cart, by=self.user, scope=self.scope, at=now,
                changes=[
                    CartChange(buyer, products[code], packs)
                    for code, packs in wanted.items() if code in products
                ],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已放入 {len(wanted)} 个产品，请核对数量后发送")
        return HttpResponseRedirect(reverse("cart"))
