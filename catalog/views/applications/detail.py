"""One application: where it is, what is asked, its papers, the facts beside it, its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from catalog.forms.applications import OpinionForm, RulingForm
from catalog.models import ProductApplication
from catalog.queries.application_page import application_page, file_of
from catalog.queries.application_rows import applications_with_parties
from catalog.queries.applications import has_applications
from core.attachments.inspect import max_megabytes
from core.views.object_page import offered_actions
from core.workdays.deadlines import add_workdays
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedDetailView

ON_PAGE = {
    "forward": "decide", "publish": "decide", "approve": "decide", "return": "decide",
    "refuse": "decide",
}  # fmt: skip


class ApplicationDetailView(ScopedDetailView):
    template_name = "catalog/applications/detail.html"
    key_field: ClassVar[str] = "application_no"
    key: ClassVar[str] = "application_no"

    def exists_for(self, scope: Scope) -> bool:
        return has_applications(scope)

    def visible(self, scope: Scope) -> QuerySet[ProductApplication]:
        return applications_with_parties(scope).select_related("product__group", "province")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ProductApplication = kwargs["object"]
        now = timezone.now()
        page = application_page(row, self.scope, timezone.localdate(now))
        soonest = add_workdays(now, page.publicity_days + 1).day
        decides = [verb for verb in ON_PAGE if verb in page.verdicts and page.verdicts[verb].ok]
        return super().get_context_data(
            page=page,
            decides=decides,
            rules=page.rules,
            form=kwargs.pop("form", None)
            or OpinionForm(initial={"version": row.row_version, "effective_on": soonest}),
            ruling=RulingForm(initial={"version": 1}),
            offered=offered_actions(
                page.offers,
                url=lambda verb: reverse("application-act", args=[row.application_no, verb]),
                version=row.row_version,
                on_page=ON_PAGE,
            ),
            upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": "挂网申请", "url": reverse("application-list")},
                {"label": row.application_no},
            ],
            **{
                "findings": {},
                "paper_problems": {},
                "typed_papers": {},
                **kwargs,
                "page_title": f"{row.get_kind_display()} · {row.title}",
            },
        )


class ApplicationFileView(ApplicationDetailView):
    """A paper, for those who see the application; only what passed inspection is served."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return kept_file(request, file_of(self.get_object(), self.kwargs["file_id"]))
