"""函询: the list, one inquiry with its answer and steps, and sending one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.listings import InquiryFilter
from catalog.forms.listings import InquiryAnswerForm, InquiryForm, InquirySettleForm
from catalog.models import Inquiry
from catalog.operations.inquiries import answer_inquiry, send_inquiry, settle_inquiry
from catalog.queries.listing_cases import (
    INQUIRY_TYPE,
    case_files,
    inquiry_standings,
    visible_inquiries,
    visible_inquiry_steps,
)
from catalog.queries.listings import is_listing_officer
from catalog.queries.visible import visible_products
from catalog.states.listing_case import INQUIRY_LEVELS, INQUIRY_MACHINE
from catalog.tables.listings import INQUIRY_COLUMNS
from catalog.views.listings import OfficerPage, add_refusal
from core.attachments.inspect import max_megabytes
from core.transitions import Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

STEP_LABELS = {"send": "发出函询"} | {t.verb: t.label for t in INQUIRY_MACHINE.transitions}


class InquiryListView(FilteredListView):
    page_title = "价格函询"
    page_note = "主管部门就价格和短缺向企业函询，企业在期限前答复并附证明材料"
    filterset_class = InquiryFilter
    columns = INQUIRY_COLUMNS
    default_sort = "-sent"
    route, export_route, sheet_name = "inquiry-list", "inquiry-export", "价格函询"
    bar = ("state", "subject", "late")
    search_hint = "编号、产品、企业、拼音首字母"

    def everything(self, scope: Scope) -> QuerySet[Inquiry]:
        return visible_inquiries(scope).select_related("product", "enterprise", "office")

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return list(objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = (
            [{"label": "发起函询", "icon": "plus", "url": reverse("inquiry-new")}]
            if is_listing_officer(self.scope)
            else []
        )
        return super().get_context_data(**{"actions": actions, **kwargs})


class InquiryExportView(ExportMixin, InquiryListView):
    pass


class InquiryNewView(OfficerPage):
    template_name = "catalog/inquiry_new.html"
    page_title = "发起函询"
    page_note = "发给产品的生产企业，期限按工作日计算；企业收到待办和通知"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = InquiryForm(initial={"product": self.request.GET.get("product", "")})
        crumbs = [{"label": "价格函询", "url": reverse("inquiry-list")}, {"label": "发起函询"}]
        return super().get_context_data(
            **{"form": form, "breadcrumbs": crumbs, "upload_megabytes": max_megabytes(), **kwargs}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InquiryForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            product = visible_products(self.scope).filter(code=values.pop("product")).first()
            if product is None:
                form.add_error("product", "没有这个产品，请核对国家医保编码")
            else:
                try:
                    row = send_inquiry(
                        product=product, uploads=request.FILES.getlist("files"), by=self.user,
                        scope=self.scope, at=timezone.now(), **values,
                    )  # fmt: skip
                except Refusal as refusal:
                    add_refusal(form, refusal)
                else:
                    messages.success(request, f"已发给 {row.enterprise.name}")
                    return HttpResponseRedirect(reverse("inquiry-detail", args=[row.inquiry_no]))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class InquiryDetailView(ScopedDetailView):
    template_name = "catalog/inquiry_detail.html"
    key_field = "inquiry_no"
    key = "inquiry_no"

    def visible(self, scope: Scope) -> QuerySet[Inquiry]:
        return visible_inquiries(scope).select_related(
            "product__manufacturer", "enterprise", "office"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Inquiry = kwargs["object"]
        offers = INQUIRY_MACHINE.offers(row, inquiry_standings(self.scope, row))
        waits = row.state in ("sent", "returned")
        steps = visible_inquiry_steps(self.scope).filter(inquiry=row).order_by("-pk")
        context = {
            "level": INQUIRY_LEVELS[row.state],
            "holder": {"sent": row.enterprise.name, "returned": row.enterprise.name,
                       "answered": row.office.name}.get(row.state, ""),
            "late": waits and row.due_on < timezone.localdate(),
            "waits": waits,
            "offered": offered_actions(
                offers,
                url=lambda verb: reverse("inquiry-act", args=[row.inquiry_no, verb]),
                version=row.row_version,
                on_page={"answer": "answer", "return": "settle", "close": "settle"},
            ),
            "offers": {offer.transition.verb: offer.verdict for offer in offers},
            "answer_form": InquiryAnswerForm(initial={"version": row.row_version}),
            "settle_form": InquirySettleForm(initial={"version": row.row_version}),
            "documents": [
                {"label": each.name, "size": each.file.size_bytes, "who": each.uploaded_by_name,
                 "at": each.uploaded_at,
                 "url": reverse("inquiry-file", args=[row.inquiry_no, each.pk]),
                 "blocked": "" if each.file.scan == "clean" else "已隔离，不能下载"}
                for each in case_files(INQUIRY_TYPE, row)
            ],
            "timeline": [
                {"at": step.at, "who": f"{step.organisation_name} {step.by_name}".strip(),
                 "what": STEP_LABELS.get(step.verb, step.verb), "note": step.text}
                for step in steps
            ],
            "upload_megabytes": max_megabytes(),
            "page_title": f"函询 · {row.product}",
            "breadcrumbs": [
                {"label": "价格函询", "url": reverse("inquiry-list")}, {"label": row.inquiry_no},
            ],
        }  # fmt: skip
        return super().get_context_data(**{**context, **kwargs})


class InquiryActView(InquiryDetailView):
    """The verb in the address: answer, return or close."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        verb = kwargs["verb"]
        if verb not in ("answer", "return", "close"):
            raise Http404
        form: forms.Form = (InquiryAnswerForm if verb == "answer" else InquirySettleForm)(
            request.POST
        )
        if form.is_valid():
            try:
                self._act(row, verb, form.cleaned_data)
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                add_refusal(form, refusal)
            else:
                messages.success(request, f"{STEP_LABELS[verb]}已办理")
                return HttpResponseRedirect(reverse("inquiry-detail", args=[row.inquiry_no]))
        self.object = row
        name = "answer_form" if verb == "answer" else "settle_form"
        return self.render_to_response(
            self.get_context_data(object=row, **{name: form}), status=400
        )

    def _act(self, row: Inquiry, verb: str, values: dict[str, Any]) -> None:
        seen, at = values["version"], timezone.now()
        if verb == "answer":
            answer_inquiry(
                inquiry=row, answer=values["answer"], uploads=self.request.FILES.getlist("files"),
                by=self.user, scope=self.scope, at=at, seen_version=seen,
            )  # fmt: skip
        else:
            settle_inquiry(
                inquiry=row, verb=verb, closing_note=values["closing_note"], by=self.user,
                scope=self.scope, at=at, seen_version=seen,
            )  # fmt: skip


class InquiryFileView(InquiryDetailView):
    """A paper of the inquiry, for those who see it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return served(request, case_files(INQUIRY_TYPE, self.get_object()), kwargs["file_id"])
