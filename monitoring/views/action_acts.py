"""The steps of an action, posted from its page; what is wrong stays beside the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from monitoring.models import SupervisionAction
from monitoring.operations.actions.answer import (
    answer_action,
    dismiss_action,
    judge_action,
    record_minutes,
)
from monitoring.operations.actions.take import Taking, take_action
from monitoring.operations.actions.telling import action_url
from monitoring.views.action_forms import MINUTES, form_of
from monitoring.views.actions import ActionView

DONE = {
    "take": "已作出，函件已生成并送达对象", "dismiss": "已登记不予采取", "answer": "已提交整改答复",
    "accept": "已认定整改到位", "return": "已认定整改不到位，对象须重新整改", "recover": "已按指标恢复办结",
    "end": "已办结", "withdraw": "已撤销", MINUTES: "纪要已登记，各方可见",
}  # fmt: skip


class ActionActView(ActionView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SupervisionAction = self.get_object()
        verb = self.kwargs["verb"]
        form = form_of(verb, row, self.scope, request.POST, auto_id=f"id_{verb}_%s")
        if not form.is_valid():
            return self._again(row, verb, form)
        try:
            self._act(row, verb, dict(form.cleaned_data))
        except MissingInput as missing:
            field = missing.field if missing.field in form.fields else None
            field = "words" if field is None and "words" in form.fields else field
            form.add_error(None if missing.field == "files" else field, missing.reason)
            return self._again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(action_url(row))

    def _act(self, row: SupervisionAction, verb: str, values: dict[str, Any]) -> None:
        common: dict[str, Any] = {
            "action": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values.pop("version"),
        }  # fmt: skip
        files = self.request.FILES.getlist("files")
        if verb == "take":
            take_action(taking=Taking(**{**values, "invited": list(values["invited"])}), **common)
        elif verb == MINUTES:
            record_minutes(uploads=files, **values, **common)
        elif verb == "answer":
            answer_action(answer=values["words"], uploads=files, **common)
        elif verb == "dismiss":
            dismiss_action(note=values["words"], **common)
        else:
            judge_action(verb=verb, note=values["words"], **common)

    def _again(self, row: SupervisionAction, verb: str, form: Any) -> HttpResponse:
        self.object = row
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_verb=verb)
        return self.render_to_response(context, status=400)
