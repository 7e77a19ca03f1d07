"""What pages of cases share: a form with papers, an object with steps and documents, their acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from catalog.queries.steps import steps_of
from catalog.views.quality import OneFormView
from core.attachments.inspect import max_megabytes
from core.attachments.models import Attachment
from core.transitions import MissingInput, NotYours, Refusal
from core.transitions.machine import StateMachine
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedDetailView
from procurement.rules.case_steps import whose_step


class PapersFormView(OneFormView):
    """A form with uploads under `files`; a missing paper is said above the form."""

    template_name = "procurement/case_new.html"
    papers_label: ClassVar[str] = "书面报告和证明材料（可多选）"
    papers_note: ClassVar[str] = ""

    @property
    def uploads(self) -> list[Any]:
        return self.request.FILES.getlist("files")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            upload_megabytes=max_megabytes(), papers_label=self.papers_label,
            papers_note=self.papers_note, **kwargs,
        )  # fmt: skip


class CaseView(ScopedDetailView):
    """One case of a machine. Its steps are forms on the page, by verb."""

    template_name = "procurement/case_detail.html"
    machine: ClassVar[StateMachine[Any]]
    levels: ClassVar[Mapping[str, str]]
    steps: ClassVar[Mapping[str, str]]
    """Words of the audit actions beside the machine's own verbs."""

    def standings(self, row: Any) -> frozenset[str]:
        raise NotImplementedError

    def form_of(self, verb: str, row: Any, data: Any = None) -> forms.Form:
        """The form of one step, bound where data is given."""
        raise NotImplementedError

    def act_url(self, row: Any, verb: str) -> str:
        raise NotImplementedError

    def file_url(self, row: Any, file: Attachment) -> str:
        raise NotImplementedError

    def papers(self, row: Any) -> list[Attachment]:
        return []

    def facts(self, row: Any) -> list[dict[str, Any]]:
        raise NotImplementedError

    def who(self, row: Any) -> str:
        """Who has to act now, in words."""
        return ""

    def case_context(self, row: Any, **kwargs: Any) -> dict[str, Any]:
        failed: forms.Form | None = kwargs.pop("failed", None)
        failed_verb = kwargs.pop("verb", "")
        offers = self.machine.offers(row, self.standings(row))
        open_steps = [each.transition for each in offers if each.verdict]
        return {
            "state": {"words": row.get_state_display(), "level": self.levels[row.state],
                      "who": self.who(row)},
            "offered": offered_actions(
                offers, url=lambda verb: self.act_url(row, verb), version=row.row_version,
                on_page={each.verb: each.verb for each in open_steps},
            ),
            "facts": self.facts(row),
            "documents": document_items(self.papers(row), lambda file: self.file_url(row, file)),
            "step_forms": [
                {
                    "id": step.verb, "title": step.label, "submit": step.label,
                    "url": self.act_url(row, step.verb), "draft": f"{step.verb}-{row}",
                    "form": failed if failed and failed_verb == step.verb
                            else self.form_of(step.verb, row),
                }
                for step in open_steps
            ],
            "timeline": steps_of(
                self.machine.name, row.pk,
                {f"{self.machine.name}.{t.verb}": t.label for t in self.machine.transitions}
                | dict(self.steps),
            ),
            **kwargs,
        }  # fmt: skip


class CaseActView(CaseView):
    """POST only: the step in the address, back to the case; a refusal shows the page again."""

    http_method_names = ["post"]
    acts: ClassVar[Mapping[str, Callable[[Any, Any, dict[str, Any]], object]]]
    """By verb: (view, row, values) carries it out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Model = self.get_object()
        verb = str(kwargs["verb"])
        if verb not in self.acts:
            raise Http404
        mine = whose_step(self.machine, verb, row, self.standings(row))
        if not mine:
            return refusal_page(request, NotYours.of(mine))
        form = self.form_of(verb, row, request.POST)
        try:
            if not form.is_valid():
                return self.again(row, verb, form)
            self.acts[verb](self, row, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"{self.machine.named(verb).label}：已办理")
        return HttpResponseRedirect(self.done_url(row))

    def done_url(self, row: Any) -> str:
        raise NotImplementedError

    def again(self, row: Any, verb: str, form: forms.Form) -> HttpResponse:
        context = self.get_context_data(object=row, failed=form, verb=verb)
        return self.render_to_response(context, status=400)


class CaseFileView(CaseView):
    """One paper of a case, to whoever sees the case."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        row = self.get_object()
        found = [file for file in self.papers(row) if file.pk == kwargs["file_id"]]
        return kept_file(request, found[0] if found else None)
