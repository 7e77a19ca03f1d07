"""四方联络人: the directory, a new one, the yearly check, an end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from complaints.filters import ContactFilter
from complaints.forms import ContactForm, ContactStepForm
from complaints.models import LiaisonContact
from complaints.operations.contacts import check_contact, end_contact, name_contact
from complaints.queries.visible import visible_contacts
from complaints.rules import CONTACT_CLAUSE, OFFICERS, unchecked_since
from complaints.tables import CONTACT_COLUMNS
from core.transitions import ALLOWED, MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


def may_name(scope: Scope) -> Verdict:
    if scope.is_business and scope.has_role(*OFFICERS):
        return ALLOWED
    return Verdict(False, "联络人由本单位的经办、审核或负责人登记和核对", CONTACT_CLAUSE)


class ContactListView(FilteredListView):
    page_title = "四方联络人"
    page_note = (
        "医疗机构、生产企业、配送企业和医保局各自登记，每年核对一次；每件诉求的页面列出四方联络人"
    )
    filterset_class = ContactFilter
    columns = CONTACT_COLUMNS
    default_sort = "-checked"
    route, export_route, sheet_name = "liaison-list", "liaison-export", "四方联络人"
    bar = ("due",)
    search_hint = "姓名、单位、产品、拼音首字母"
    template_name = "complaints/contacts.html"

    def everything(self, scope: Scope) -> QuerySet[LiaisonContact]:
        return visible_contacts(scope).select_related("organisation", "product")

    def row_label(self, row: LiaisonContact) -> str:
        return str(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        since = unchecked_since(timezone.localdate())
        own = visible_contacts(self.scope).filter(organisation=self.scope.organisation_id)
        new = {"label": "登记联络人", "icon": "plus", "url": reverse("liaison-new"),
               "kind": "primary"}  # fmt: skip
        return super().get_context_data(
            own=[
                {"row": row, "due": row.checked_on <= since}
                for row in own.select_related("product").order_by("pk")[:50]
            ],
            may_check=bool(may_name(self.scope)),
            actions=[new] if may_name(self.scope) else [],
            **kwargs,
        )


class ContactExportView(ExportMixin, ContactListView):
    pass


class ContactNewView(OneFormView):
    page_title = "登记联络人"
    page_note = "登记后有往来的各方都能看到，请填办公电话"
    form_class = ContactForm
    list_route, list_label = "liaison-list", "四方联络人"
    submit, done = "登记", "已登记联络人"

    def allowed(self, scope: Scope) -> Verdict:
        return may_name(scope)

    def make(self, values: dict[str, Any]) -> str:
        product = values.pop("product_code", None) or None
        name_contact(product=product, by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("liaison-list")


class ContactStepView(ScopedDetailView):
    """POST only: check or end one of the own contacts."""

    http_method_names = ["post"]
    key_field = key = "contact_no"

    def visible(self, scope: Scope) -> QuerySet[LiaisonContact]:
        return visible_contacts(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: LiaisonContact = self.get_object()
        form = ContactStepForm(request.POST)
        if not form.is_valid():
            return refusal_page(
                request,
                MissingInput("version", "请从联络人页面的按钮办理", CONTACT_CLAUSE),
                form,
            )
        act, done = (
            (check_contact, "已核对") if self.kwargs["verb"] == "check" else (end_contact, "已停用")
        )
        try:
            act(
                contact=row, by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, done)
        return HttpResponseRedirect(reverse("liaison-list"))
