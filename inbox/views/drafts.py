"""Drafts: forms keep what is typed, fetch it again, and throw it away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from core.transitions import MissingInput
from inbox.operations.drafts import discard_draft, keep_draft
from inbox.queries.visible import visible_drafts
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedView

NEVER_KEPT = ("csrfmiddlewaretoken", "_draft", "version", "password")


class DraftView(ScopedView):
    """GET ?key=… gives the draft; POST keeps it; POST with `discard` forgets it."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.GET.get("key", "")
        draft = visible_drafts(self.scope).filter(key=key).order_by("-saved_at", "-pk").first()
        if draft is None:
            return JsonResponse({})
        return JsonResponse({"values": draft.values, "saved_at": draft.saved_at.isoformat()})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("_draft", "")
        if request.POST.get("_discard"):
            discard_draft(key=key, by=self.user)
            return JsonResponse({})
        values = {
            name: texts
            for name, texts in ((name, request.POST.getlist(name)) for name in request.POST)
            if name not in NEVER_KEPT
        }
        try:
            draft = keep_draft(key=key, values=values, by=self.user, at=timezone.now())
        except MissingInput as refusal:
            return JsonResponse({"problem": refusal.reason}, status=400)
        return JsonResponse({"saved_at": draft.saved_at.isoformat()})
