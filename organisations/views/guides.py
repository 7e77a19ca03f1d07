"""办事指南: searched and read by everybody, without signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from organisations.forms.guides import KINDS, GuideSearch
from organisations.models import Guide
from organisations.queries.guides import (
    guide_page,
    guide_regions,
    guides_matching,
    office_for,
    public_files,
    public_guides,
    with_next_reception,
)
from organisations.views.files import public_file
from organisations.views.public import PublicView
from organisations.views.request_scope import request_scope, signed_in

PER_PAGE = 30


class GuideListView(PublicView):
    """All offices, by region and service."""

    template_name = "organisations/guide_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = GuideSearch(request.GET)
        form.is_valid()
        wanted: dict[str, Any] = form.cleaned_data
        given = {name: wanted.get(name) or "" for name in ("q", "area", "kind")}
        rows = guides_matching(words=given["q"], region=given["area"], kind=given["kind"])
        today = timezone.localdate()
        pages = Paginator(with_next_reception(rows, today), PER_PAGE)
        page = pages.get_page(wanted.get("page") or 1)
        return self.page(
            active="guide",
            guides=page.object_list,
            page=page,
            total=pages.count,
            given=given,
            query=urlencode({name: value for name, value in given.items() if value}),
            regions=[{"value": r.code, "label": r.name} for r in guide_regions()],
            kinds=KINDS[1:],
            unclear=[message for found in form.errors.values() for message in found],
        )


class GuideView(PublicView):
    """One office: where, when, whom to call, what it does, what to download."""

    template_name = "organisations/guide.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.page(active="guide", page=guide_page(_guide(code), timezone.localdate()))


class GuideFileView(PublicView):
    """A form or manual of an office."""

    def get(self, request: HttpRequest, code: str, file_id: str) -> Any:
        file = public_files(_guide(code)).filter(pk=file_id).first()
        if file is None:
            raise Http404
        return public_file(file.attachment)


class OwnOfficeView(View):
    """联系谁: the office that answers the reader's questions; the search for those unknown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        office = office_for(request_scope(request)) if signed_in(request) is not None else None
        if office is None:
            return HttpResponseRedirect(reverse("guide-list"))
        return HttpResponseRedirect(reverse("guide", args=[office.code]))


def _guide(code: str) -> Guide:
    guide = public_guides().filter(organisation__code=code).first()
    if guide is None:
        raise Http404
    return guide
