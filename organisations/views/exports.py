"""Begin the file of a large list, and fetch it when its job is done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import organisations.tasks  # noqa: F401 - its kind of job gets its name by being imported
from core.jobs.models import Job
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.operations.export_list import EXPORT_LIST, request_export
from organisations.queries.exports import file_of
from organisations.queries.scope import Scope
from organisations.queries.visible import own_jobs
from organisations.views.files import kept_file
from organisations.views.list_export import list_at
from organisations.views.scoped import ScopedDetailView, ScopedView

MAX_QUERY = 4_000


class ExportRequestView(ScopedView):
    """POST: the list's address and conditions; the answer is the page of the job."""

    http_method_names = ["post", "options"]

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        path = request.POST.get("path", "")
        query = request.POST.get("query", "")[:MAX_QUERY]
        found = list_at(path, query, user=self.user, scope=self.scope, exports=True)
        if found is None or not found.exists:
            raise Http404
        try:
            found.view.get_queryset()
            found.view.refuse_broken_filter()
        except MissingInput as broken:
            return refusal_page(request, broken)
        job = request_export(
            path=path, query=query, title=found.view.sheet_name, by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))


class ExportFileView(ScopedDetailView):
    """The file of one's own export, for as long as one is in the organisation that it was made for."""

    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "pk"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[Job]:
        return own_jobs(scope).filter(
            kind=EXPORT_LIST,
            state=Job.State.DONE,
            arguments__organisation=scope.organisation_id,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return kept_file(request, file_of(self.get_object()))
