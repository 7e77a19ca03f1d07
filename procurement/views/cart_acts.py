"""Steps on a cart: send, ask for approval, approve, send back, take back, drop, keep as template."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from procurement.forms.ordering import CartCells, CartStepForm
from procurement.models import Cart
from procurement.operations.carts import send_cart, step_cart, submit_cart
from procurement.operations.order_checks import OrderRefused
from procurement.operations.ordering_settings import save_template
from procurement.views.carts import CartBase

VERBS = ("send", "approve", "submit", "return", "take_back", "drop", "template")


class CartActView(CartBase):
    """POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in VERBS:
            raise Http404
        cart = self.cart(self.kwargs["cart_no"])
        assert cart is not None
        form = CartStepForm(request.POST)
        here = HttpResponseRedirect(reverse("cart-of", args=[cart.cart_no]))
        if not form.is_valid():
            return refusal_page(request, MissingInput("version", "页面已过期，请刷新后重试"), form)
        given = form.cleaned_data
        try:
            if "cells" in request.POST:
                # What was typed last may not have been saved by itself yet.
                cells = CartCells(request.POST)
                if cells.wrong:
                    raise MissingInput("packs", self.wrong_words(cells))
                cart = self.save(cart, cells)
                given["version"] = cart.row_version
            return self.act(verb, cart, given) or here
        except OrderRefused as refused:
            for fault in refused.faults[:8]:
                messages.error(request, fault.reason)
            return here
        except Refusal as refusal:
            return refusal_page(request, refusal, form)

    def act(self, verb: str, cart: Cart, given: dict[str, Any]) -> HttpResponse | None:
        acting: dict[str, Any] = {
            "cart": cart, "by": self.user, "scope": self.scope, "at": timezone.now(),
        }  # fmt: skip
        version = given["version"]
        if verb == "template":
            row = save_template(name=given["template_name_words"], **acting)
            messages.success(self.request, f"已存为采购模板“{row.name}”")
            return None
        if verb in ("send", "approve"):
            sent = send_cart(seen_version=version, confirmed=given["confirmed"], **acting)
            orders = [order for placed in sent.placed for order in placed.orders]
            messages.success(
                self.request,
                f"已发送 {len(orders)} 张订单：{'、'.join(o.order_no for o in orders[:5])}",
            )
            if len(orders) == 1:
                return HttpResponseRedirect(reverse("order", args=[orders[0].order_no]))
            return HttpResponseRedirect(reverse("orders"))
        if verb == "submit":
            submit_cart(seen_version=version, confirmed=given["confirmed"], **acting)
            messages.success(self.request, "已提交院内审批，审核人员和负责人已收到待办")
            return None
        step_cart(verb=verb, seen_version=version, return_reason=given["return_reason"], **acting)
        done = {"return": "已退回经办修改", "take_back": "已取回，可以修改", "drop": "已作废"}
        messages.success(self.request, done[verb])
        return HttpResponseRedirect(reverse("cart")) if verb == "drop" else None
