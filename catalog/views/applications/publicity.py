"""What is published, for the whole trade; whoever has an objection raises it here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.applications import ObjectionForm
from catalog.models import ApplicationObjection, ProductApplication
from catalog.operations.applications.objections import file_objection
from catalog.queries.application_objections import files_of
from catalog.queries.application_page import item_lines
from catalog.queries.application_rows import application_rows, public_applications
from catalog.queries.applications import ACTING_ROLES, visible_objections
from catalog.rules.applications.review import may_object
from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedDetailView


class PublicityDetailView(ScopedDetailView):
    """The items with old and new values, and the form for an objection."""

    template_name = "catalog/applications/publicity.html"
    key_field: ClassVar[str] = "application_no"
    key: ClassVar[str] = "application_no"

    def visible(self, scope: Scope) -> QuerySet[ProductApplication]:
        return public_applications(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ProductApplication = self.get_object()
        form = ObjectionForm(request.POST)
        if form.is_valid():
            try:
                file_objection(
                    application=row, text=form.cleaned_data["text"],
                    uploads=request.FILES.getlist("files"), by=self.user, scope=self.scope,
                    at=timezone.now(),
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error("text" if missing.field == "text" else None, missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "异议已提交，裁定结果会通知本单位")
                return HttpResponseRedirect(reverse("publicity-detail", args=[row.application_no]))
        self.object = row
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ProductApplication = kwargs["object"]
        today = timezone.localdate()
        open_now = row.state == "publicity" and bool(
            may_object(on=today, publicity_from=row.publicity_from, publicity_to=row.publicity_to)
        )
        return super().get_context_data(
            row=application_rows([row])[0],
            items=item_lines(row),
            form=kwargs.pop("form", None) or ObjectionForm(),
            objects=open_now
            and row.organisation_id != self.scope.organisation_id
            and self.scope.has_role(*ACTING_ROLES),
            own_objections=list(
                visible_objections(self.scope)
                .filter(application=row, organisation_id=self.scope.organisation_id)
                .order_by("pk")
            ),
            open_now=open_now,
            upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": "挂网公示", "url": reverse("publicity-list")},
                {"label": row.application_no},
            ],
            **{**kwargs, "page_title": f"{row.get_kind_display()} · {row.title}"},
        )


class ObjectionFileView(ScopedDetailView):
    """A file of an objection, for those who see the objection."""

    key_field: ClassVar[str] = "objection_no"
    key: ClassVar[str] = "objection_no"

    def visible(self, scope: Scope) -> QuerySet[ApplicationObjection]:
        return visible_objections(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = files_of(self.get_object()).filter(pk=self.kwargs["file_id"]).first()
        return kept_file(request, found)
