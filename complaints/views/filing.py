"""File a complaint: the institution's form or the enterprise's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.known import Known
from complaints.forms import EnterpriseComplaintForm, InstitutionComplaintForm
from complaints.operations.file_complaint import NewComplaint, file_complaint
from complaints.queries.cases import may_file
from core.attachments.inspect import max_megabytes
from core.transitions import NotYours, Refusal
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedTemplateView

FIELDS = {"product": "product_code"}
NAMES = ("category", "product_code", "order_no", "line_no", "lot_no")


class ComplaintNewView(ScopedTemplateView):
    page_title = "提出诉求"
    page_note = "提交后同时告知对方和所在地医保局，对方按工作日回复并承诺解决日期"
    template_name = "complaints/new.html"

    def form(self, *args: Any, **kwargs: Any) -> Any:
        kind = (
            EnterpriseComplaintForm if self.scope.kind == "enterprise" else InstitutionComplaintForm
        )
        return kind(*args, known=Known(self.scope), **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_file(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        given = {name: request.GET.get(name, "") for name in NAMES}
        return self.render_to_response(self.get_context_data(form=self.form(initial=given)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_file(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        given = dict(form.cleaned_data)
        product = given.pop("product_code", None)
        new = NewComplaint(
            **given, product=product or None, uploads=tuple(request.FILES.getlist("files"))
        )
        try:
            made = file_complaint(new=new, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            field = FIELDS.get(field, field) if field else None
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "已提交，已告知对方和所在地医保局")
        return HttpResponseRedirect(reverse("complaint-detail", args=[made.complaint_no]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            upload_megabytes=max_megabytes(),
            list_url=reverse("complaint-list"),
            breadcrumbs=[
                {"label": "诉求", "url": reverse("complaint-list")},
                {"label": self.page_title},
            ],
            **kwargs,
        )
