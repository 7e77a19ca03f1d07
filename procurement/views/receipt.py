"""One delivery as it was received: its figures, corrections, codes, and sending packs back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView
from procurement.forms.receiving import AskReturnForm, CorrectForm, ShipCodesForm
from procurement.models import Delivery
from procurement.operations.code_shipments import CodeLoad, may_ship_codes, ship_codes
from procurement.operations.receipts import correct_receipt
from procurement.operations.return_requests import ask_return
from procurement.queries.auto_accept import announced
from procurement.queries.codes import visible_trace_codes
from procurement.queries.receipts import with_remarks
from procurement.queries.receiving import may_receive, receipt_dues, receipts_of, taken_of
from procurement.queries.return_requests import sent_back, spoken_for, visible_return_requests
from procurement.queries.visible import visible_deliveries

STEPS = {
    "receipt.take": "收货",
    "receipt.announce_auto": "公告自动验收",
    "receipt.auto_accept": "自动验收",
    "receipt.correct": "更正收货",
    "trace_code.ship": "登记随货追溯码",
}
CODES_SHOWN = 200


class ReceiptView(ScopedDetailView):
    template_name = "procurement/receipt.html"

    def visible(self, scope: Scope) -> QuerySet[Delivery]:
        return visible_deliveries(scope).select_related(
            "institution", "distributor", "manufacturer", "product", "province"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent: Delivery = kwargs["object"]
        taken = taken_of([sent.pk], [sent.line_id]).get(sent.pk)
        own = sent.institution_id in self.scope.institution_ids and bool(may_receive(self.scope))
        due = receipt_dues([sent], self.scope.on).get(sent.pk)
        gone = sent_back(sent.pk)
        asked = spoken_for(delivery_id=sent.pk)
        codes = visible_trace_codes(self.scope).filter(delivery_id=sent.pk, is_case=False)
        left = taken.accepted - gone - asked if taken else None
        return super().get_context_data(
            **{
                "page_title": f"配送 {sent.note_no} {sent.delivery_no}".replace("  ", " "),
                "auto": announced(self.scope, [sent.pk]).get(sent.pk),
                "taken": taken, "due": due, "gone": gone, "asked": asked, "left": left, "own": own,
                "state": _state(sent, taken is not None), "holder": _holder(sent, taken),
                "level": "green" if taken else "yellow" if sent.delivered_at else "blue",
                "late": taken is None and due is not None and due.ends_at <= timezone.now(),
                "offered": self.acts(sent, taken is not None, own, left),
                "entries": with_remarks(self.scope, receipts_of(self.scope, sent)),
                "requests": list(
                    visible_return_requests(self.scope)
                    .filter(delivery_id=sent.pk).order_by("-asked_at")
                ),
                "codes": list(codes.order_by("code")[:CODES_SHOWN]), "code_count": codes.count(),
                "correct_form": CorrectForm(
                    initial={"seen": taken.receipts, "accepted": taken.accepted,
                             "refused": taken.refused}
                ) if taken and own else None,
                "return_form": AskReturnForm() if taken and own and left else None,
                "codes_form": ShipCodesForm()
                if not taken and may_ship_codes(self.scope, sent) else None,
                "timeline": steps_of("receipt", sent.pk, STEPS),
                "breadcrumbs": [
                    {"label": "收货", "url": reverse("receipts")}, {"label": sent.delivery_no},
                ],
                **kwargs,
            }
        )  # fmt: skip

    def acts(self, sent: Delivery, taken: bool, own: bool, left: Any) -> list[dict[str, Any]]:
        """What the reader can do now, else why not."""
        if not own:
            ships = may_ship_codes(self.scope, sent)
            if ships and not taken:
                return [{"label": "登记随货追溯码", "url": "#codes", "kind": "primary"}]
            return []
        if not taken:
            return [{"label": "收货", "url": reverse("receive", args=[sent.pk]), "kind": "primary"}]
        back = {"label": "申请退换货"}
        back |= {"url": "#return"} if left else {"reason": "验收的包装都已退货或正在申请退换"}
        return [{"label": "更正收货", "url": "#correct", "kind": "primary"}, back]


class ReceiptActView(ReceiptView):
    """POST only: one operation, back to the delivery; a refusal shows the page as it was typed."""

    http_method_names = ["post"]
    form_name = ""
    form_class: type[Any]

    def act(self, sent: Delivery, values: dict[str, Any]) -> str:
        """Carry it out; gives the words that say what was done."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = self.get_object()
        refused = self.refusal(sent)
        if refused is not None:
            return refusal_page(request, refused)
        form = self.form_class(request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=sent, **{self.form_name: form})
            return self.render_to_response(context, status=400)
        try:
            words = self.act(sent, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            context = self.get_context_data(object=sent, **{self.form_name: form})
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, words)
        return HttpResponseRedirect(reverse("receipt", args=[sent.pk]))

    def refusal(self, sent: Delivery) -> Refusal | None:
        """Who may not act at all is told so before anything that was typed is judged."""
        allowed = may_receive(self.scope)
        if allowed and sent.institution_id in self.scope.institution_ids:
            return None
        return NotYours(allowed.reason or "由收货的医疗机构办理", allowed.clause)


class ReceiptCorrectView(ReceiptActView):
    form_name, form_class = "correct_form", CorrectForm

    def act(self, sent: Delivery, values: dict[str, Any]) -> str:
        made = correct_receipt(
            delivery=sent, accepted=values["accepted"], refused=values["refused"],
            words=values["words"], seen=values["seen"], codes=values["codes"],
            added_codes=values["added_codes"], by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已更正，收货序号 {made.receipt_no}"


class ReturnNewView(ReceiptActView):
    form_name, form_class = "return_form", AskReturnForm

    def act(self, sent: Delivery, values: dict[str, Any]) -> str:
        row = ask_return(delivery=sent, by=self.user, scope=self.scope, at=timezone.now(), **values)
        return f"已申请{row.get_kind_display()} {row.request_no}，等配送企业确认"


class ReceiptCodesView(ReceiptActView):
    """The distributor's: codes that go with the goods."""

    form_name, form_class = "codes_form", ShipCodesForm

    def refusal(self, sent: Delivery) -> Refusal | None:
        allowed = may_ship_codes(self.scope, sent)
        return None if allowed else NotYours.of(allowed)

    def act(self, sent: Delivery, values: dict[str, Any]) -> str:
        number = ship_codes(
            loads=[CodeLoad(sent, values["codes"])], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已登记 {number} 个追溯码"


def _state(sent: Delivery, taken: bool) -> str:
    if taken:
        return "已收货"
    return "待收货" if sent.delivered_at else "在途"


def _holder(sent: Delivery, taken: Any) -> str:
    if taken:
        return ""
    if sent.delivered_at or sent.distributor is None:
        return f"{sent.institution.name}的库管或经办"
    return f"{sent.distributor.name}（送达）；医疗机构收到即可收货"
