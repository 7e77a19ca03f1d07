"""The steps of a complaint, posted from its page; what is wrong stays beside the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from complaints.models import Complaint
from complaints.operations.bureau import close_complaint, escalate, supervise
from complaints.operations.moves import (
    claim_solved,
    confirm_solved,
    refuse_solved,
    reply_complaint,
    withdraw_complaint,
)
from complaints.operations.telling import complaint_url
from complaints.operations.thread import say
from complaints.views.detail import ComplaintView, form_of, label_of
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page

Step = tuple[Callable[..., object], str, str]

STEPS: dict[str, Step] = {
    "reply": (reply_complaint, "reply", "已回复，请按承诺的日期解决"),
    "claim": (claim_solved, "solution", "已申报解决，等提出方确认"),
    "confirm": (confirm_solved, "", "已确认解决，等医保局办结"),
    "refuse": (refuse_solved, "refusal", "已退回对方，并请医保局督办"),
    "withdraw": (withdraw_complaint, "withdrawal", "已撤回"),
    "close": (close_complaint, "conclusion", "已办结"),
    "supervise": (supervise, "text", "已督办，已告知各方"),
    "escalate": (escalate, "text", "已上报，由上一级办理"),
    "say": (say, "text", "留言已发送"),
}
"""By verb: the operation, what its words are called there, what the reader is told."""
UNVERSIONED = frozenset({"say"})
TAKE_FILES = frozenset({"reply", "claim", "refuse", "say"})


class ComplaintActView(ComplaintView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Complaint = self.get_object()
        verb = self.kwargs["verb"]
        form = form_of(verb)(request.POST, label=label_of(verb))
        if not form.is_valid():
            return self._again(row, verb, form)
        act, words, done = STEPS[verb]
        values: dict[str, Any] = {words: form.cleaned_data["words"]} if words else {}
        if verb == "reply":
            values["promised_on"] = form.cleaned_data["promised_on"]
        if verb not in UNVERSIONED:
            values["seen_version"] = form.cleaned_data["version"]
        if verb in TAKE_FILES:
            values["uploads"] = request.FILES.getlist("files")
        try:
            act(complaint=row, by=self.user, scope=self.scope, at=timezone.now(), **values)
        except MissingInput as missing:
            field = "promised_on" if missing.field == "promised_on" else None
            field = "words" if missing.field == words else field
            form.add_error(field, missing.reason)
            return self._again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, done)
        return HttpResponseRedirect(complaint_url(row))

    def _again(self, row: Complaint, verb: str, form: Any) -> HttpResponse:
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_verb=verb)
        return self.render_to_response(context, status=400)
